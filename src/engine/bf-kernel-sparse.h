/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The matrix product where many elements of one operand are 0, as half the pixels of an image are, or half the
 * outputs of ReLU: their products are left out. Sums are in the same order as in tiles, and what is left out would
 * have added 0, so an element is the same bits whichever way computes it. Only 0 times what is not finite is not 0:
 * there the tiles are asked.
 *
 * Here registers hold many columns of one row of C, not a few of many rows, because each row leaves out others.
 *
 * Included by bf-kernel-tile.h where SPREAD says how many registers there are for that; it takes all 32 of AVX-512 and
 * its masks. With 16 registers of AVX2 tiles are faster, even over zeros.
 */

/* Elements looked at together, a bit each; the rows of B that belong to them stay in the first-level cache. */
#define GROUP 64
#define MOST_GROUPS 4

/* A bit for each of n ≤ GROUP values that is not 0. */
INLINE guint64
find_nonzero (const float *values, guint n)
{
  guint64 bits = 0;

  for (guint i = 0; i < n; i += LANES)
    bits |= (guint64) _mm512_cmpneq_ps_mask ((__m512) load_some (values + i, MIN (n - i, LANES)), _mm512_setzero_ps ()) << i;
  return bits;
}

/* One row of C under way: its sums, and the elements of the sparse operand that it goes through. */
typedef struct
{
  Vector sums[SPREAD];
  guint64 bits;
  const float *values;
} Row;

/* sums += the next value times its row of b. */
INLINE void
add_next (Row *row, const guint vectors, const float *b, gsize b_stride)
{
  const guint i = (guint) __builtin_ctzll (row->bits);
  const float value = row->values[i];

  UNROLL for (guint v = 0; v < vectors; v++)
    row->sums[v] += value * load (b + i * b_stride + v * LANES);
  row->bits &= row->bits - 1;
}

/* Two rows at once, so that one goes on while sums of the other are waited for. */
INLINE void
add_group (Row *first, Row *second, const guint vectors, const float *b, gsize b_stride)
{
  while (first->bits && second->bits)
    {
      add_next (first, vectors, b, b_stride);
      add_next (second, vectors, b, b_stride);
    }
  while (first->bits)
    add_next (first, vectors, b, b_stride);
  while (second->bits)
    add_next (second, vectors, b, b_stride);
}

INLINE void
look_at (Row *row, const float *values, guint n)
{
  row->values = values;
  row->bits = find_nonzero (values, n);
}

INLINE void
load_row (Row *row, const guint vectors, const float *from)
{
  UNROLL for (guint v = 0; v < vectors; v++)
    row->sums[v] = from ? load (from + v * LANES) : (Vector) { 0 };
}

INLINE void
store_row (const Row *row, const guint vectors, float *to)
{
  UNROLL for (guint v = 0; v < vectors; v++)
    *(Loose *) (to + v * LANES) = row->sums[v];
}

/* Whether so many registers' columns of b, k rows, are all finite. */
INLINE gboolean
is_finite (const float *b, gsize b_stride, guint k, const guint vectors)
{
  Vector sums[SPREAD] = { 0 };
  Whole differs = { 0 };

  for (guint i = 0; i < k; i++)
    UNROLL for (guint v = 0; v < vectors; v++)
      sums[v] += 0.0f * load (b + i * b_stride + v * LANES);
  UNROLL for (guint v = 0; v < vectors; v++)
    differs |= sums[v] != sums[v];
  for (guint lane = 0; lane < LANES; lane++)
    if (differs[lane])
      return FALSE;
  return TRUE;
}

/* Some columns of C = start + A B, A with many zeros; FALSE: B is not finite there. */
INLINE gboolean
spread_columns (const BfProduct *p, guint column, const guint vectors)
{
  float panel[GROUP * SPREAD * LANES] __attribute__ ((aligned (64)));
  const guint width = vectors * LANES;

  for (guint first_k = 0; first_k < p->k; first_k += GROUP)
    {
      const guint k = MIN (GROUP, p->k - first_k);
      const float *b = p->transpose_b ? panel : p->b + first_k * p->b_stride + column;
      const gsize b_stride = p->transpose_b ? width : p->b_stride;

      if (p->transpose_b)
        pack_transposed (panel, width, p->b + column * p->b_stride + first_k, p->b_stride, width, k);
      if (!is_finite (b, b_stride, k, vectors))
        return FALSE;
      for (guint row = 0; row < p->m; row += 2)
        {
          /* The last of an odd number is its own neighbor. */
          const guint rows[2] = { row, MIN (row + 1, p->m - 1) };
          Row sums[2];

          UNROLL for (guint i = 0; i < 2; i++)
            {
              load_row (&sums[i], vectors, first_k > 0 ? p->c + rows[i] * p->c_stride + column : p->start ? p->start + column : NULL);
              look_at (&sums[i], p->a + rows[i] * p->a_stride + first_k, k);
            }
          add_group (&sums[0], &sums[1], vectors, b, b_stride);
          UNROLL for (guint i = 0; i < 2; i++)
            store_row (&sums[i], vectors, p->c + rows[i] * p->c_stride + column);
        }
    }
  return TRUE;
}

/* Some rows of C = Aᵀ B, B with many zeros, made as columns of Bᵀ A. */
INLINE gboolean
spread_rows (const BfProduct *p, guint row, const guint vectors)
{
  float columns[LANES * MOST_GROUPS * GROUP] __attribute__ ((aligned (64)));   /* of B, each in one piece */
  float sums_of[LANES * SPREAD * LANES] __attribute__ ((aligned (64)));
  const guint width = vectors * LANES, whole = p->n / LANES * LANES, height = (p->k + LANES - 1) / LANES * LANES;

  for (guint column = 0; column < whole; column += LANES)
    {
      pack_transposed (columns, height, p->b + column, p->b_stride, p->k, LANES);
      for (guint j = 0; j < LANES; j += 2)
        {
          Row sums[2];

          UNROLL for (guint i = 0; i < 2; i++)
            load_row (&sums[i], vectors, NULL);
          for (guint k = 0; k < p->k; k += GROUP)
            {
              UNROLL for (guint i = 0; i < 2; i++)
                look_at (&sums[i], columns + (j + i) * height + k, MIN (GROUP, p->k - k));
              add_group (&sums[0], &sums[1], vectors, p->a + k * p->a_stride + row, p->a_stride);
            }
          UNROLL for (guint i = 0; i < 2; i++)
            store_row (&sums[i], vectors, sums_of + (j + i) * width);
        }
      for (guint v = 0; v < vectors; v++)
        transpose_block (sums_of + v * LANES, width, p->c + (row + v * LANES) * p->c_stride + column, p->c_stride);
    }
  multiply (p, row, row + width, whole, p->n);
  return TRUE;
}

/* Each is a function of its own: with all registers, and with half of them. */
static __attribute__ ((noinline)) gboolean
spread_wide_columns (const BfProduct *p, guint column)
{
  return spread_columns (p, column, SPREAD);
}

static __attribute__ ((noinline)) gboolean
spread_narrow_columns (const BfProduct *p, guint column)
{
  return spread_columns (p, column, SPREAD / 2);
}

static __attribute__ ((noinline)) gboolean
spread_wide_rows (const BfProduct *p, guint row)
{
  return spread_rows (p, row, SPREAD);
}

static __attribute__ ((noinline)) gboolean
spread_narrow_rows (const BfProduct *p, guint row)
{
  return spread_rows (p, row, SPREAD / 2);
}

/* Goes on with `spread`, so many columns or rows at once, as far as it can. */
INLINE guint
spread_while (const BfProduct *p, guint begin, guint end, guint width, gboolean (*spread) (const BfProduct *, guint))
{
  while (end - begin >= width && spread (p, begin))
    begin += width;
  return begin;
}

/* As multiply(), with many zeros in B where A is transposed, otherwise in A. What is left over is for the tiles. */
static void
multiply_sparse (const BfProduct *p, guint first_row, guint end_row, guint first_column, guint end_column)
{
  const guint wide = SPREAD * LANES, narrow = wide / 2;

  if (p->transpose_a)
    {
      first_row = spread_while (p, first_row, end_row, wide, spread_wide_rows);
      first_row = spread_while (p, first_row, end_row, narrow, spread_narrow_rows);
    }
  else
    {
      first_column = spread_while (p, first_column, end_column, wide, spread_wide_columns);
      first_column = spread_while (p, first_column, end_column, narrow, spread_narrow_columns);
    }
  multiply (p, first_row, end_row, first_column, end_column);
}
