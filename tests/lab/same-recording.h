/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Two recordings are the same to the last bit of all that they measured.
 */
#pragma once

#include "bf-snapshot.h"

/* Columns hold norms of all weights, gradients and outputs to the last bit. The gradient of the input is measured
 * only where someone looked. */
static inline void
assert_same_column (const BfColumn *a, const BfColumn *b)
{
  g_assert_cmpuint (a->first, ==, b->first);
  g_assert_cmpuint (a->last, ==, b->last);
  g_assert_cmpmem (&a->loss, 4 * sizeof (double), &b->loss, 4 * sizeof (double));
  g_assert_cmpmem (&a->learning_rate, sizeof (float), &b->learning_rate, sizeof (float));
  g_assert_cmpuint (a->n_layers, ==, b->n_layers);
  g_assert_cmpmem (a->layers, a->n_layers * sizeof *a->layers, b->layers, b->n_layers * sizeof *b->layers);
}

static inline void
assert_same_recording (const BfSnapshot *a, const BfSnapshot *b)
{
  g_assert_cmpuint (a->steps, ==, b->steps);
  g_assert_cmpuint (a->columns->len, ==, b->columns->len);
  for (guint i = 0; i < a->columns->len; i++)
    assert_same_column (a->columns->pdata[i], b->columns->pdata[i]);
  assert_same_column (a->start, b->start);
  g_assert_cmpuint (a->epochs->len, ==, b->epochs->len);
  for (guint i = 0; i < a->epochs->len; i++)
    {
      const BfEpoch *x = &g_array_index (a->epochs, BfEpoch, i), *y = &g_array_index (b->epochs, BfEpoch, i);

      /* Field by field: nothing tells what lies between the first two. */
      g_assert_cmpuint (x->epoch, ==, y->epoch);
      g_assert_cmpuint (x->step, ==, y->step);
      g_assert_cmpmem (&x->train_loss, 4 * sizeof (double), &y->train_loss, 4 * sizeof (double));
    }
  g_assert_cmpmem (&a->test_accuracy, sizeof (double), &b->test_accuracy, sizeof (double));
}
