/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A data set of the MNIST family: what it and its classes are called. */
typedef struct
{
  const char *name;                /* proper name, not translated */
  guint n_classes;
  const char *const *class_names;  /* n_classes, N_(); or NULL: */
  const char *characters;          /* one UTF-8 character for each class */
} BfIdxFamily;

extern const BfIdxFamily bf_idx_fashion;

/* By the file names' prefix ("emnist-letters"), then by the folder's name, and by its parent's
 * where the folder is only called "raw" or "gzip" ("MNIST/raw"); NULL: unknown. */
const BfIdxFamily *bf_idx_family_guess (const char *folder, const char *prefix);

/* Translated; transfer full, NULL-ended. */
char **bf_idx_family_get_class_names (const BfIdxFamily *self);

G_END_DECLS
