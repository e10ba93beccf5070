/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What differs between two experiments, as a person reads it: a row a remedy, a layer's setting, a
 * setting of the training. And what two runs have in common: starting weights and batches.
 */
#pragma once

#include "../engine/bf-snapshot.h"

G_BEGIN_DECLS

typedef enum { BF_DIFF_REMEDY, BF_DIFF_LAYER, BF_DIFF_TRAINING } BfDiffGroup;

typedef struct
{
  BfDiffGroup group;
  char *what;    /* translated: "Batch Normalization", "Dense 1 … Dense 7, Starting Weights", "Seed" */
  char *a, *b;   /* translated values; NULL: not in that experiment */
} BfDiffRow;

/* a, b: with their remedies, which are applied here. Layers are matched by permanent id and copy; copies
 * that differ alike share a row. Remedies first, then the layers input to output, then the training; no
 * row: they train alike. Array of BfDiffRow, transfer full. */
GPtrArray *bf_spec_diff (BfSpec *a, BfSpec *b);

void bf_diff_row_free (BfDiffRow *self);

/* A choice with its settings in words: "SGD (Momentum: 0.9)". Translated, transfer full. */
char *bf_options_describe (const BfOptions *self);

typedef struct
{
  guint shared;         /* layers with weights that both have */
  guint same_start;     /* of them: whose starting weights are the same, as measured at step 0 */
  guint only[2];        /* layers with weights that only one has */
  gboolean same_seed;
  gboolean same_batches;
} BfRunMatch;

/* By permanent id and copy; starting weights by what was measured of them, not by what was asked for. */
void  bf_run_match_init     (BfRunMatch *self, const BfSnapshot *a, const BfSnapshot *b);
/* A sentence or two that say it, translated, transfer full. */
char *bf_run_match_describe (const BfRunMatch *self, const BfSnapshot *a, const BfSnapshot *b);

G_END_DECLS
