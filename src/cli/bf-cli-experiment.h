/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the verbs that take an experiment share: where its data lies, its seed and its remedies.
 */
#pragma once

#include "bf-cli.h"

G_BEGIN_DECLS

typedef struct
{
  char *folder;      /* of the data, or NULL: the experiment's own */
  gint64 seed;       /* -1: the experiment's own */
  char **remedies;   /* to switch on, as "id:name=value,…"; or NULL */
} BfCliExperiment;

#define BF_CLI_EXPERIMENT_INIT { .seed = -1 }

/* Rows of a GOptionEntry array. */
#define BF_CLI_EXPERIMENT_ENTRIES(experiment) \
  { "data", 0, 0, G_OPTION_ARG_FILENAME, &(experiment)->folder, N_("Folder or file to take the data from"), N_("DIR") }, \
  { "seed", 0, 0, G_OPTION_ARG_INT64, &(experiment)->seed, N_("Seed of weights, split and shuffles"), N_("N") }, \
  { "remedy", 0, 0, G_OPTION_ARG_STRING_ARRAY, &(experiment)->remedies, N_("Switch a remedy on; may be repeated"), \
    N_("ID[:name=value,…]") }

void    bf_cli_experiment_clear (BfCliExperiment *self);

/* The experiment (a file or a ready-made one) with these changes, its remedies on but not applied. Warnings are
 * printed. Transfer full; NULL: the error is printed, *code is what to return. */
BfSpec *bf_cli_load_base        (const char *what, const BfCliExperiment *changes, BfExit *code);
/* The same with its remedies applied: what is trained. */
BfSpec *bf_cli_load_effective   (const char *what, const BfCliExperiment *changes, BfExit *code);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BfCliExperiment, bf_cli_experiment_clear)

G_END_DECLS
