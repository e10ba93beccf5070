/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Experiments as JSON: `.backflow` files, ready-made experiments (data/experiments/), and what
 * figures carry. The schema is documented in data/experiments/README.md.
 */
#pragma once

#include "../engine/bf-spec.h"

G_BEGIN_DECLS

#define BF_FILE_VERSION 1

/* What a file may ask for; the window's and the command line's fields have the same limits. */
#define BF_MAX_BATCH         65536
#define BF_MAX_EPOCHS        1000000
#define BF_MAX_LEARNING_RATE 1e6
#define BF_MAX_SEED          ((G_GUINT64_CONSTANT (1) << 53) - 1)
#define BF_MAX_VALIDATION    0.9

/* warnings: NULL, or gets one translated sentence for each unknown key or newer version (transfer
 * full, ended by NULL, NULL when there are none). Unknown kinds are errors. name: for messages. */
BfSpec *bf_file_parse (const char *text, gssize length, const char *name, GStrv *warnings, GError **error);
BfSpec *bf_file_load  (const char *path, GStrv *warnings, GError **error);
char   *bf_file_print (BfSpec *spec);     /* transfer full; same spec, same bytes */
gboolean bf_file_save (BfSpec *spec, const char *path, GError **error);

/* Ready-made experiments: id is the file's name without ending. */
typedef struct { char *id, *name, *summary; } BfExample;
void       bf_example_free  (BfExample *example);
GPtrArray *bf_examples_list (GError **error);                    /* of BfExample, container and elements full */
BfSpec    *bf_examples_load (const char *id, GError **error);
/* A file's path or a ready-made experiment's name, as the command line takes it. */
BfSpec    *bf_experiment_load_any (const char *what, GStrv *warnings, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfExample, bf_example_free)

G_END_DECLS
