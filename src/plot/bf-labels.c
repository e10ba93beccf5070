/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Labels that touch form a block, which stands at the mean of where its labels want to be (pool
 * adjacent violators: the least-squares solution).
 */
#include "bf-labels.h"

#include <math.h>

typedef struct { double sum; guint first, n; } BfBlock1D;

static int
compare (gconstpointer a, gconstpointer b, gpointer positions)
{
  const double *p = positions;
  double x = p[*(const guint *) a], y = p[*(const guint *) b];

  return x < y ? -1 : x > y;
}

/* Top of a block of labels, kept within the bounds. */
static double
block_top (const BfBlock1D *block, double distance, double low, double high)
{
  double top = block->sum / block->n - distance * (block->n - 1) / 2;

  top = MIN (top, high - distance * (block->n - 1));
  return MAX (top, low);
}

void
bf_labels_spread (double *positions, guint n, double distance, double low, double high)
{
  g_autofree guint *order = g_new (guint, MAX (1, n));
  g_autofree BfBlock1D *blocks = g_new (BfBlock1D, MAX (1, n));
  guint n_blocks = 0;

  for (guint i = 0; i < n; i++)
    {
      order[i] = i;
      if (!isfinite (positions[i]))
        positions[i] = high;
    }
  g_qsort_with_data (order, (int) n, sizeof *order, compare, positions);
  for (guint i = 0; i < n; i++)
    {
      blocks[n_blocks++] = (BfBlock1D) { positions[order[i]], i, 1 };
      while (n_blocks > 1)
        {
          BfBlock1D *a = &blocks[n_blocks - 2], *b = &blocks[n_blocks - 1];

          if (block_top (a, distance, low, high) + a->n * distance <= block_top (b, distance, low, high))
            break;
          *a = (BfBlock1D) { a->sum + b->sum, a->first, a->n + b->n };
          n_blocks--;
        }
    }
  for (guint b = 0; b < n_blocks; b++)
    for (guint i = 0; i < blocks[b].n; i++)
      positions[order[blocks[b].first + i]] = block_top (&blocks[b], distance, low, high) + i * distance;
}
