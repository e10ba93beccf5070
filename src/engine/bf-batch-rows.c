/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-batch-rows.h"

#include "bf-vector-math.h"

#include <math.h>
#include <string.h>

/* Of a row, values that may differ from the first row's, one in so many, and still be near. */
#define FEW 2

/* How many values of a row are other bits than the first's; more than there are: one is far from it, or not a number. */
BF_VECTORIZED static guint32
count_different (const float *restrict first, const float *restrict row, guint width)
{
  guint32 different = 0, far = 0;

  for (guint j = 0; j < width; j++)
    {
      guint32 a, b;

      memcpy (&a, &first[j], sizeof a);
      memcpy (&b, &row[j], sizeof b);
      different += a != b;
      far |= !(fabsf (row[j] - first[j]) <= 0.5f * fabsf (first[j]));
    }
  return far ? width + 1 : different;
}

BfRowsRelation
bf_batch_rows_compare (const float *rows, guint n, guint width)
{
  guint32 different = 0;

  for (guint i = 1; i < n; i++)
    {
      const guint32 here = count_different (rows, rows + (gsize) i * width, width);

      if (here > width / FEW)
        return BF_ROWS_APART;
      different |= here;
    }
  return different ? BF_ROWS_NEAR : BF_ROWS_SAME;
}

BF_VECTORIZED void
bf_batch_rows_subtract (const float *restrict rows, guint n, guint width, guint begin, guint end, float *restrict differences)
{
  for (guint i = 0; i < n; i++)
    for (guint j = begin; j < end; j++)
      differences[(gsize) i * width + j] = rows[(gsize) i * width + j] - rows[j];
}

gboolean
bf_batch_rows_are_zero (const float *rows, guint n, guint width)
{
  const gsize size = (gsize) n * width;

  for (gsize i = 0; i < size; i++)
    if (rows[i] != 0)
      return FALSE;
  return TRUE;
}

static guint
find_row (const float *row, const float *distinct, guint n, guint width)
{
  guint at = 0;

  while (at < n && memcmp (row, distinct + (gsize) at * width, width * sizeof *row) != 0)
    at++;
  return at;
}

guint
bf_batch_rows_find (const float *rows, guint n, guint width, float *distinct, guint8 *which)
{
  const guint most = MIN (n / 2, BF_MAX_DISTINCT_ROWS);
  guint found = 0;

  for (guint i = 0; i < n; i++)
    {
      const float *row = rows + (gsize) i * width;
      const guint at = find_row (row, distinct, found, width);

      if (at == most)
        return 0;
      if (at == found)
        memcpy (distinct + (gsize) found++ * width, row, width * sizeof *row);
      which[i] = (guint8) at;
    }
  return found;
}

/* From the last sample to the first: the row that one has stands before it, and is not written over yet. */
void
bf_batch_rows_spread (const BfBatchRows *self, float *values, guint n, guint width, guint begin, guint end)
{
  const gsize bytes = (end - begin) * sizeof *values;

  for (guint i = n; self->which && bytes > 0 && i-- > 0;)
    {
      float *row = values + (gsize) i * width + begin;

      if (self->n == 0)
        memset (row, 0, bytes);
      else if (self->which[i] != i)
        memcpy (row, values + (gsize) self->which[i] * width + begin, bytes);
    }
}

void
bf_batch_rows_read (const BfBatchRows *self, const float *values, guint width, gsize first, gsize size, float *out)
{
  while (size > 0)
    {
      const gsize row = first / width, column = first % width, n = MIN (size, width - column);

      if (self->n == 0)
        memset (out, 0, n * sizeof *out);
      else
        memcpy (out, values + (self->which ? self->which[row] : row) * width + column, n * sizeof *out);
      out += n;
      first += n;
      size -= n;
    }
}
