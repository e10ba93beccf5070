/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The one matrix product, written once and compiled for each kind of vector registers. The file that
 * includes this says LANES (floats a register), TILE_ROWS and KERNEL, the name of what comes out.
 *
 * C is made in tiles of up to TILE_ROWS rows and two registers of columns, which stay in registers
 * while k runs: for each k, two loads from B, and for each row one element of A times both. So each
 * element of C is one sum in the order of k (in blocks of K_BLOCK), whoever computes the tile: the
 * bits depend on the shape and the kernel, never on the number of threads.
 *
 * B comes in panels of two registers' columns, (k, WIDTH). A panel is copied, transposed if need be,
 * to where it lies close together; one that does already is read in place.
 */
#include "bf-kernel-private.h"

#define WIDTH   (2 * LANES)
#define K_BLOCK 1024

typedef float Vector __attribute__ ((vector_size (LANES * 4)));
typedef float Loose __attribute__ ((vector_size (LANES * 4), aligned (4), may_alias));
typedef gint32 Whole __attribute__ ((vector_size (LANES * 4)));

#define INLINE static inline __attribute__ ((always_inline))
#define UNROLL _Pragma ("GCC unroll 16")

/* One tile, all of it known. by_column: A is (k, m). */
typedef struct
{
  guint k;
  const float *a;
  gsize a_stride;
  const float *b;
  gsize b_stride;
  const float *start;     /* what C begins with, or NULL: 0 */
  gsize start_stride;     /* 0: every row with the same */
  float *c;
  gsize c_stride;
  guint columns;          /* of C that there are, at most `vectors` registers */
} Tile;

INLINE Vector
load (const float *from)
{
  return *(const Loose *) from;
}

/* The first n of a register's columns. */
#if defined (__AVX512F__)
#include <immintrin.h>

INLINE Vector
load_some (const float *from, guint n)
{
  return (Vector) _mm512_maskz_loadu_ps ((__mmask16) ((1u << n) - 1), from);
}

INLINE void
store_some (float *to, Vector value, guint n)
{
  _mm512_mask_storeu_ps (to, (__mmask16) ((1u << n) - 1), (__m512) value);
}
#else
INLINE Vector
load_some (const float *from, guint n)
{
  Vector value = { 0 };

  UNROLL for (guint i = 0; i < LANES; i++)
    if (i < n)
      value[i] = from[i];
  return value;
}

INLINE void
store_some (float *to, Vector value, guint n)
{
  UNROLL for (guint i = 0; i < LANES; i++)
    if (i < n)
      to[i] = value[i];
}
#endif

INLINE guint
columns_of (const Tile *t, guint vector)
{
  const guint before = vector * LANES;

  return t->columns <= before ? 0 : MIN (t->columns - before, LANES);
}

INLINE void
make_tile (const Tile *t, const guint rows, const guint vectors, const gboolean by_column)
{
  const gboolean whole = t->columns == vectors * LANES;
  Vector sums[TILE_ROWS][2] = { 0 };

  if (t->start)
    UNROLL for (guint r = 0; r < rows; r++)
      UNROLL for (guint v = 0; v < vectors; v++)
        {
          const float *start = t->start + r * t->start_stride + v * LANES;

          sums[r][v] = whole ? load (start) : load_some (start, columns_of (t, v));
        }
  for (gsize k = 0; k < t->k; k++)
    {
      const float *b = t->b + k * t->b_stride;
      const Vector b0 = load (b), b1 = vectors > 1 ? load (b + LANES) : b0;

      UNROLL for (guint r = 0; r < rows; r++)
        {
          const float a = by_column ? t->a[k * t->a_stride + r] : t->a[r * t->a_stride + k];

          sums[r][0] += a * b0;
          if (vectors > 1)
            sums[r][1] += a * b1;
        }
    }
  UNROLL for (guint r = 0; r < rows; r++)
    UNROLL for (guint v = 0; v < vectors; v++)
      {
        float *c = t->c + r * t->c_stride + v * LANES;

        if (whole)
          *(Loose *) c = sums[r][v];
        else
          store_some (c, sums[r][v], columns_of (t, v));
      }
}

#define MAKE(r) case r: make_tile (t, r, vectors, by_column); return;

INLINE void
make_rows (const Tile *t, guint rows, const guint vectors, const gboolean by_column)
{
  switch (rows)
    {
      MAKE (1) MAKE (2) MAKE (3) MAKE (4) MAKE (5) MAKE (6)
#if TILE_ROWS > 6
      MAKE (7) MAKE (8) MAKE (9) MAKE (10) MAKE (11) MAKE (12)
#endif
    }
}

/* Each is a function of its own: four sets of tiles. */
#define TILES(name, vectors, by_column)                        \
  static __attribute__ ((noinline)) void                       \
  name (const Tile *t, guint rows)                             \
  {                                                            \
    make_rows (t, rows, vectors, by_column);                   \
  }

TILES (tiles_wide, 2, FALSE)
TILES (tiles_wide_by_column, 2, TRUE)
TILES (tiles_narrow, 1, FALSE)
TILES (tiles_narrow_by_column, 1, TRUE)

#ifdef __clang__
/* It has no shuffle by a vector; these are constants after unrolling. */
INLINE Vector
shuffle (Vector a, Vector b, Whole places)
{
  Vector shuffled;

  UNROLL for (gint32 i = 0; i < LANES; i++)
    shuffled[i] = places[i] < LANES ? a[places[i]] : b[places[i] - LANES];
  return shuffled;
}
#else
#define shuffle __builtin_shuffle
#endif

/* Rows of registers become columns: blocks of half the size are swapped across the diagonal, then of a
 * quarter, down to single elements. */
INLINE void
transpose_registers (Vector *rows)
{
  Whole place;

  UNROLL for (gint32 e = 0; e < LANES; e++)
    place[e] = e;
  UNROLL for (gint32 size = LANES / 2; size > 0; size /= 2)
    {
      const Whole low = place + (((place & size) != 0) & (LANES - size));
      const Whole high = low + size;

      UNROLL for (gint32 i = 0; i < LANES; i++)
        if (!(i & size))
          {
            const Vector a = rows[i], b = rows[i + size];

            rows[i] = shuffle (a, b, low);
            rows[i + size] = shuffle (a, b, high);
          }
    }
}

static void
transpose_block (const float *from, gsize stride, float *to, gsize to_stride)
{
  Vector rows[LANES];

  UNROLL for (guint i = 0; i < LANES; i++)
    rows[i] = load (from + i * stride);
  transpose_registers (rows);
  UNROLL for (guint i = 0; i < LANES; i++)
    *(Loose *) (to + i * to_stride) = rows[i];
}

/* panel (k, width) from B given as (columns, k); columns beyond are 0. */
static void
pack_transposed (float *panel, guint width, const float *b, gsize stride, guint columns, guint k)
{
  for (guint first = 0; first < width; first += LANES)
    {
      const guint n = columns <= first ? 0 : MIN (columns - first, LANES);
      guint at = 0;

      if (n == LANES)
        for (; at + LANES <= k; at += LANES)
          transpose_block (b + first * stride + at, stride, panel + (gsize) at * width + first, width);
      for (; at < k; at++)
        for (guint j = 0; j < LANES; j++)
          panel[(gsize) at * width + first + j] = j < n ? b[(first + j) * stride + at] : 0;
    }
}

/* The same from B given as (k, columns). */
static void
pack (float *panel, guint width, const float *b, gsize stride, guint columns, guint k)
{
  const guint first = MIN (columns, LANES), second = columns - first;

  for (guint at = 0; at < k; at++, b += stride, panel += width)
    {
      *(Loose *) panel = first == LANES ? load (b) : load_some (b, first);
      if (width > LANES)
        *(Loose *) (panel + LANES) = second == LANES ? load (b + LANES) : load_some (b + LANES, second);
    }
}

/* All tiles of one panel and one block of k, in rows as even as they can be. */
static void
make_panel (const BfProduct *p, Tile *t, guint first_row, guint end_row, guint column, guint first_k, gboolean wide)
{
  const guint m = end_row - first_row, n_tiles = (m + TILE_ROWS - 1) / TILE_ROWS;

  for (guint i = 0; i < n_tiles; i++)
    {
      const guint row = first_row + (guint) ((guint64) m * i / n_tiles);
      const guint rows = first_row + (guint) ((guint64) m * (i + 1) / n_tiles) - row;

      t->a = p->transpose_a ? p->a + first_k * p->a_stride + row : p->a + row * p->a_stride + first_k;
      t->c = p->c + row * p->c_stride + column;
      t->start = first_k > 0 || p->add ? t->c : p->start ? p->start + column : NULL;
      t->start_stride = first_k > 0 || p->add ? p->c_stride : 0;
      if (p->transpose_a)
        (wide ? tiles_wide_by_column : tiles_narrow_by_column) (t, rows);
      else
        (wide ? tiles_wide : tiles_narrow) (t, rows);
    }
}

/* The rows and columns of C from first to before end. */
static void
multiply (const BfProduct *p, guint first_row, guint end_row, guint first_column, guint end_column)
{
  float panel[K_BLOCK * WIDTH] __attribute__ ((aligned (64)));

  for (guint column = first_column; column < end_column; column += WIDTH)
    for (guint k = 0; k < p->k; k += K_BLOCK)
      {
        Tile t = { .k = MIN (p->k - k, K_BLOCK), .a_stride = p->a_stride, .c_stride = p->c_stride };
        const guint columns = MIN (end_column - column, WIDTH);
        const guint width = columns > LANES ? WIDTH : LANES;

        t.columns = columns;
        t.b = panel;
        t.b_stride = width;
        if (!p->transpose_b && columns == width)
          {
            t.b = p->b + k * p->b_stride + column;
            t.b_stride = p->b_stride;
          }
        else if (p->transpose_b)
          pack_transposed (panel, width, p->b + column * p->b_stride + k, p->b_stride, columns, t.k);
        else
          pack (panel, width, p->b + k * p->b_stride + column, p->b_stride, columns, t.k);
        make_panel (p, &t, first_row, end_row, column, k, width > LANES);
      }
}

#ifdef SPREAD
#include "bf-kernel-sparse.h"
#endif

/* Sums that do not wait for each other: more than any processor has under way. */
#define CHAINS 12

/* n times a multiplication and an addition for each of so many registers: as fast as the processor can, without any
 * memory. Returns how many operations that were. */
static double
fuse (guint n, float *result)
{
  Vector sums[CHAINS] = { 0 }, factor = { 0 }, one = { 0 }, all = { 0 };

  factor += 0.5f;
  one += 1.0f;
  UNROLL for (guint r = 0; r < CHAINS; r++)
    sums[r] += (float) r + 0.25f;   /* each its own: what is the same, or 2, is computed once */
  for (guint i = 0; i < n; i++)
    UNROLL for (guint r = 0; r < CHAINS; r++)
      sums[r] = sums[r] * factor + one;
  UNROLL for (guint r = 0; r < CHAINS; r++)
    all += sums[r];
  *result = all[0];
  return 2.0 * n * CHAINS * LANES;
}

const BfKernel KERNEL = {
  .id = KERNEL_ID,
  .multiply = multiply,
#ifdef SPREAD
  .multiply_sparse = multiply_sparse,
  .most_samples = MOST_GROUPS * GROUP,
  .fewest = SPREAD / 2 * LANES,
#endif
  .fuse = fuse,
};
