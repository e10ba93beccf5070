/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-reduce.h"

#include "bf-vector-math.h"

#include <string.h>

#define LANES 16

/* value: an expression of i. */
#define REDUCE(value)                         \
  double lanes[LANES] = { 0 }, sum = 0;       \
  gsize whole = n - n % LANES;                \
                                              \
  for (gsize first = 0; first < whole; first += LANES) \
    for (guint lane = 0; lane < LANES; lane++) \
      {                                       \
        gsize i = first + lane;               \
        lanes[lane] += (value);               \
      }                                       \
  for (gsize i = whole; i < n; i++)           \
    sum += (value);                           \
  for (guint lane = 0; lane < LANES; lane++)  \
    sum += lanes[lane];                       \
  return sum

BF_VECTORIZED double
bf_reduce_sum (gsize n, const float *a)
{
  REDUCE ((double) a[i]);
}

BF_VECTORIZED double
bf_reduce_squares (gsize n, const float *a, double center)
{
  REDUCE ((a[i] - center) * (a[i] - center));
}

BF_VECTORIZED double
bf_reduce_products (gsize n, const float *a, const float *b, double center)
{
  REDUCE (a[i] * (b[i] - center));
}

/* value: an expression of i, the element, and j, its column. */
#define REDUCE_COLUMNS(value)                 \
  memset (sums, 0, columns * sizeof (double)); \
  for (guint row = 0; row < rows; row++)      \
    for (guint j = 0; j < columns; j++)       \
      {                                       \
        gsize i = (gsize) row * columns + j;  \
        sums[j] += (value);                   \
      }

BF_VECTORIZED void
bf_reduce_columns (guint rows, guint columns, const float *restrict a, double *restrict sums)
{
  REDUCE_COLUMNS ((double) a[i])
}

BF_VECTORIZED void
bf_reduce_column_squares (guint rows, guint columns, const float *restrict a,
                          const double *restrict centers, double *restrict sums)
{
  REDUCE_COLUMNS ((a[i] - centers[j]) * (a[i] - centers[j]))
}

BF_VECTORIZED void
bf_reduce_column_products (guint rows, guint columns, const float *restrict a, const float *restrict b,
                           const double *restrict centers, double *restrict sums)
{
  REDUCE_COLUMNS (a[i] * (b[i] - centers[j]))
}
