/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Snapshots made from formulas, for tests of figures: norms fall by 0.8 decades a layer towards
 * the input, or not, or end badly.
 */
#pragma once

#include "bf-snapshot.h"

typedef enum
{
  SAMPLE_VANISHING,  /* seven sigmoid layers of the first tutorial */
  SAMPLE_HEALTHY,    /* norms about 1, the loss falls */
  SAMPLE_EXPLODING,  /* grows beyond 1e2, the last column is not finite; diverged */
  SAMPLE_ZEROS,      /* the first half of the layers exactly zero from the middle on */
  SAMPLE_NAN,        /* not a number everywhere, from the first step */
  N_SAMPLES
} SampleKind;

/* hidden layers of 128 units and an output of 10, `columns` columns of `per_column` steps each
 * after the start; 0 columns: only the start is measured. */
BfSnapshot *sample_snapshot_new (SampleKind kind, guint hidden, guint columns, guint per_column);
