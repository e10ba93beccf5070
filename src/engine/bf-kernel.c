/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Which kernel multiplies, and how a product is shared among threads.
 */
#include "bf-kernel-private.h"

#include "bf-crew.h"
#include "bf-vector-math.h"

#include <gsl/gsl_cblas.h>

/* Up to so many columns, of sums at least so long, a kernel's registers are mostly empty and CBLAS is faster. They
 * belong to one thread whole, so the parts stay the same bits as the whole. */
#define NARROW 16
#define LONG   32

/* Of the measurement of the peak: some 500 µs each: few enough to be left alone, in some of them. */
#define PEAK_TRIES  80
#define PEAK_LENGTH 150000

static void
multiply_cblas (const BfProduct *p, guint first_row, guint end_row, guint first_column, guint end_column)
{
  const float *a = p->a + (p->transpose_a ? first_row : first_row * p->a_stride);
  const float *b = p->b + (p->transpose_b ? first_column * p->b_stride : first_column);

  if (first_row == end_row || first_column == end_column)
    return;
  for (guint i = first_row; p->start && !p->add && i < end_row; i++)
    for (guint j = first_column; j < end_column; j++)
      p->c[i * p->c_stride + j] = p->start[j];
  cblas_sgemm (CblasRowMajor, p->transpose_a ? CblasTrans : CblasNoTrans, p->transpose_b ? CblasTrans : CblasNoTrans,
               (int) (end_row - first_row), (int) (end_column - first_column), (int) p->k,
               1.0f, a, (int) p->a_stride, b, (int) p->b_stride,
               p->add || p->start ? 1.0f : 0.0f, p->c + first_row * p->c_stride + first_column, (int) p->c_stride);
}

static const BfKernel cblas = { .id = "cblas", .multiply = multiply_cblas };

/* (rows, columns) as doubles without gaps. */
static double *
widen (const float *values, guint rows, guint columns, gsize stride)
{
  double *wide = g_new (double, MAX (1, (gsize) rows * columns));

  for (guint i = 0; i < rows; i++)
    for (guint j = 0; j < columns; j++)
      wide[(gsize) i * columns + j] = values[i * stride + j];
  return wide;
}

/* In double and rounded once: the same bits in whatever order the sum is taken, but for one in some ten million. Slow,
 * and it allocates: to compare with, not to train. */
static void
multiply_double (const BfProduct *p, guint first_row, guint end_row, guint first_column, guint end_column)
{
  const guint m = end_row - first_row, n = end_column - first_column;
  g_autofree double *a = widen (p->a + (p->transpose_a ? first_row : first_row * p->a_stride),
                                p->transpose_a ? p->k : m, p->transpose_a ? m : p->k, p->a_stride);
  g_autofree double *b = widen (p->b + (p->transpose_b ? first_column * p->b_stride : first_column),
                                p->transpose_b ? n : p->k, p->transpose_b ? p->k : n, p->b_stride);
  g_autofree double *c = g_new0 (double, MAX (1, (gsize) m * n));

  if (m == 0 || n == 0)
    return;
  cblas_dgemm (CblasRowMajor, p->transpose_a ? CblasTrans : CblasNoTrans, p->transpose_b ? CblasTrans : CblasNoTrans,
               (int) m, (int) n, (int) p->k, 1.0, a, (int) (p->transpose_a ? m : p->k),
               b, (int) (p->transpose_b ? p->k : n), 0.0, c, (int) n);
  for (guint i = 0; i < m; i++)
    for (guint j = 0; j < n; j++)
      {
        float *out = &p->c[(first_row + i) * p->c_stride + first_column + j];

        *out = (float) (c[(gsize) i * n + j] + (p->add ? *out : p->start ? p->start[first_column + j] : 0));
      }
}

static const BfKernel in_double = { .id = "double", .multiply = multiply_double };

static const BfKernel *
find_kernel (const char *id)
{
#ifdef __x86_64__
  __builtin_cpu_init ();
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512vl")
      && (!id || g_str_equal (id, "avx512")))
    return &bf_kernel_avx512;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma") && (!id || g_str_equal (id, "avx2")))
    return &bf_kernel_avx2;
#endif
  if (!id || g_str_equal (id, "portable"))
    return &bf_kernel_portable;
  if (g_str_equal (id, "double"))
    return &in_double;
  return g_str_equal (id, "cblas") ? &cblas : NULL;
}

static const BfKernel *chosen;

static const BfKernel *
get_kernel (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      const char *id = g_getenv ("BACKFLOW_KERNEL");

      if (!chosen)
        chosen = find_kernel (id && *id ? id : NULL);
      if (!chosen)
        {
          g_message ("BACKFLOW_KERNEL=%s: this processor does not run it. It is left out.", id);
          chosen = find_kernel (NULL);
        }
      g_once_init_leave (&once, 1);
    }
  return chosen;
}

const char *
bf_kernel_get_id (void)
{
  return get_kernel ()->id;
}

gboolean
bf_kernel_force (const char *id)
{
  const BfKernel *kernel = find_kernel (id);

  get_kernel ();
  if (kernel)
    chosen = kernel;
  return kernel != NULL;
}

/* Rows of an operand whose elements are counted, and how many of a hundred may at most differ from 0: leaving zeros out
 * takes a third more time an element than a tile. */
#define COUNTED_ROWS 4
#define SPARSE_WIDTH 32
#define MOST_NONZERO 65

BF_VECTORIZED static guint32
count_nonzero (const float *values, guint n)
{
  guint32 count = 0;

  for (guint i = 0; i < n; i++)
    count += values[i] != 0;
  return count;
}

/* Whether many elements of the operand that has a sample a row are 0: of A, or, where A is transposed, of B. */
static gboolean
is_sparse (const BfKernel *kernel, const BfProduct *p, guint share)
{
  const float *values = p->transpose_a ? p->b : p->a;
  const gsize stride = p->transpose_a ? p->b_stride : p->a_stride;
  const guint rows = p->transpose_a ? p->k : p->m, width = p->transpose_a ? p->n : p->k;
  const guint counted = MIN (rows, COUNTED_ROWS);
  guint64 nonzero = 0;

  if (!kernel->multiply_sparse || p->add || share < kernel->fewest || width < SPARSE_WIDTH || rows < COUNTED_ROWS
      || (p->transpose_a && (p->transpose_b || p->start || rows > kernel->most_samples)))
    return FALSE;
  for (guint i = 0; i < counted; i++)
    nonzero += count_nonzero (values + (gsize) (rows * i / counted) * stride, width);
  return nonzero * 100 < (guint64) counted * width * MOST_NONZERO;
}

/* Where A is transposed C is a weight gradient, whose rows belong to units as the columns of an output do; so a thread
 * has to do with the same units' weights throughout. */
void
bf_kernel_multiply (const BfProduct *p, guint part, guint parts)
{
  const BfKernel *kernel = get_kernel ();

  const guint extent = p->transpose_a ? p->m : p->n;
  const guint begin = bf_crew_get_begin (extent, part, parts), end = bf_crew_get_begin (extent, part + 1, parts);
  void (*multiply) (const BfProduct *, guint, guint, guint, guint);

  if (!p->transpose_a && p->n <= NARROW && p->k >= LONG && kernel != &in_double)
    kernel = &cblas;
  multiply = is_sparse (kernel, p, end - begin) ? kernel->multiply_sparse : kernel->multiply;
  if (p->transpose_a)
    multiply (p, begin, end, 0, p->n);
  else
    multiply (p, 0, p->m, begin, end);
}

double
bf_kernel_measure_peak (void)
{
  const BfKernel *kernel = find_kernel (NULL);
  double best = 0;

  for (guint i = 0; i < PEAK_TRIES; i++)
    {
      const gint64 began = g_get_monotonic_time ();
      float result;
      const double operations = kernel->fuse (PEAK_LENGTH, &result);

      best = MAX (best, operations * G_USEC_PER_SEC / (double) MAX (1, g_get_monotonic_time () - began));
    }
  return best;
}
