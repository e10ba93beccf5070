/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The kernels against their naive twin, over odd shapes, strides and operands; and that parts of a
 * product are the same bits as the whole.
 */
#include "bf-blas.h"
#include "bf-kernel.h"

#include <math.h>
#include <string.h>

#define MAX_FLOATS (300 * 300 * 10)

static const char *const ids[] = { "avx512", "avx2", "portable", "cblas" };

static float *a, *b, *c, *expected, start[4096];

/* Whole numbers of −8 … 8: sums of their products are exact, so the order does not matter. */
static void
fill (float *values, gsize n, guint32 seed)
{
  for (gsize i = 0; i < n; i++)
    {
      seed = seed * 1664525u + 1013904223u;
      values[i] = (float) ((int) (seed >> 24) % 17 - 8);
    }
}

static void
multiply_naively (const BfProduct *p, float *out)
{
  for (gsize i = 0; i < p->m; i++)
    for (gsize j = 0; j < p->n; j++)
      {
        float sum = p->add ? p->c[i * p->c_stride + j] : p->start ? p->start[j] : 0;

        for (gsize k = 0; k < p->k; k++)
          sum += (p->transpose_a ? p->a[k * p->a_stride + i] : p->a[i * p->a_stride + k])
                 * (p->transpose_b ? p->b[j * p->b_stride + k] : p->b[k * p->b_stride + j]);
        out[i * p->c_stride + j] = sum;
      }
}

/* Beyond the columns of C nothing may be written. */
static void
check_product (BfProduct p, guint parts)
{
  const gsize size = p.m * p.c_stride;

  fill (c, size, p.m + p.n);
  memcpy (expected, c, size * sizeof (float));
  multiply_naively (&p, expected);
  for (guint part = 0; part < parts; part++)
    bf_kernel_multiply (&p, part, parts);
  for (gsize i = 0; i < size; i++)
    if (c[i] != expected[i])
      g_error ("%s, (%u, %u) by k %u%s%s, %u parts: element %zu, %zu is %g, not %g", bf_kernel_get_id (), p.m, p.n, p.k,
               p.transpose_a ? ", A transposed" : "", p.transpose_b ? ", B transposed" : "", parts,
               i / p.c_stride, i % p.c_stride, c[i], expected[i]);
}

static void
check_shape (guint m, guint n, guint k, guint gap)
{
  for (guint bits = 0; bits < 16; bits++)
    {
      BfProduct p = { m, n, k, .a = a, .b = b, .c = c, .c_stride = n + gap };

      p.transpose_a = (bits & 1) != 0;
      p.transpose_b = (bits & 2) != 0;
      p.a_stride = (p.transpose_a ? m : k) + gap;
      p.b_stride = (p.transpose_b ? k : n) + gap;
      p.start = bits & 4 ? start : NULL;
      p.add = (bits & 8) != 0;
      for (guint parts = 1; parts <= 3; parts++)
        check_product (p, parts);
    }
}

static void
test_shapes (gconstpointer id)
{
  static const guint extents[] = { 1, 2, 5, 8, 13, 16, 17, 31, 33, 65 };
  guint turn = 0;

  if (!bf_kernel_force (id))
    {
      g_test_skip ("not on this processor");
      return;
    }
  fill (a, MAX_FLOATS, 1);
  fill (b, MAX_FLOATS, 2);
  for (guint i = 0; i < G_N_ELEMENTS (extents); i++)
    for (guint j = 0; j < G_N_ELEMENTS (extents); j++)
      for (guint l = 0; l < G_N_ELEMENTS (extents); l++)
        check_shape (extents[i], extents[j], extents[l], turn++ % 3);
  check_shape (64, 128, 784, 0);
  check_shape (128, 784, 64, 0);
  check_shape (5, 40, 2600, 1);   /* more than one block of k */
}

/* Arbitrary numbers: parts give the same bits as the whole, and one run the same as the next. */
static void
test_same_bits (gconstpointer id)
{
  BfProduct p = { 64, 200, 1500, .a = a, .a_stride = 1500, .b = b, .b_stride = 1500, .c = c, .c_stride = 200, .transpose_b = TRUE };

  if (!bf_kernel_force (id))
    {
      g_test_skip ("not on this processor");
      return;
    }
  for (gsize i = 0; i < 200 * 1500; i++)
    {
      a[i] = sinf ((float) i);
      b[i] = cosf ((float) i * 0.7f);
    }
  bf_kernel_multiply (&p, 0, 1);
  memcpy (expected, c, 64 * 200 * sizeof (float));
  for (guint parts = 1; parts <= 4; parts++)
    {
      memset (c, 0, 64 * 200 * sizeof (float));
      for (guint part = parts; part-- > 0;)
        bf_kernel_multiply (&p, part, parts);
      g_assert_cmpmem (c, 64 * 200 * sizeof (float), expected, 64 * 200 * sizeof (float));
    }
}

/* Some three of five elements are 0, in runs as in images. */
static void
fill_sparsely (float *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    values[i] = sinf ((float) i * 0.37f) > 0.3f ? cosf ((float) i * 1.3f) : 0;
}

/* What adds to C goes through tiles, so the same bits must come out as when zeros are left out. */
static void
check_sparse (BfProduct p)
{
  const gsize size = p.m * p.c_stride;

  for (gsize i = 0; i < size; i++)
    c[i] = !p.start || i % p.c_stride >= p.n ? 0 : p.start[i % p.c_stride];
  p.add = TRUE;
  bf_kernel_multiply (&p, 0, 1);
  memcpy (expected, c, size * sizeof (float));
  p.add = FALSE;
  for (guint parts = 1; parts <= 3; parts++)
    {
      for (gsize i = 0; i < size; i++)
        c[i] = i % p.c_stride < p.n ? NAN : 0;
      for (guint part = 0; part < parts; part++)
        bf_kernel_multiply (&p, part, parts);
      g_assert_cmpmem (c, size * sizeof (float), expected, size * sizeof (float));
    }
}

static void
check_sparse_shape (guint samples, guint inputs, guint units, guint gap)
{
  BfProduct forward = { samples, units, inputs, .a = a, .a_stride = inputs + gap, .b = b, .b_stride = inputs + gap,
                        .c = c, .c_stride = units + gap, .start = start, .transpose_b = TRUE };
  BfProduct weights = { units, inputs, samples, .a = b, .a_stride = units + gap, .transpose_a = TRUE,
                        .b = a, .b_stride = inputs + gap, .c = c, .c_stride = inputs + gap };
  BfProduct plain = { samples, units, inputs, .a = a, .a_stride = inputs + gap, .b = b, .b_stride = units + gap,
                      .c = c, .c_stride = units + gap };

  check_sparse (forward);
  check_sparse (weights);
  check_sparse (plain);
}

static void
test_zeros_left_out (gconstpointer id)
{
  static const guint samples[] = { 1, 4, 5, 16, 33, 64, 70, 256, 300 };
  static const guint extents[] = { 32, 33, 64, 100, 128, 200, 784 };

  if (!bf_kernel_force (id))
    {
      g_test_skip ("not on this processor");
      return;
    }
  fill_sparsely (a, MAX_FLOATS);
  for (gsize i = 0; i < MAX_FLOATS; i++)
    b[i] = sinf ((float) i);
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    for (guint j = 0; j < G_N_ELEMENTS (extents); j++)
      for (guint l = 0; l < G_N_ELEMENTS (extents); l++)
        check_sparse_shape (samples[i], extents[j], extents[l], (i + j + l) % 3);
}

/* 0 times infinity is no number, whether or not zeros are left out. */
static void
test_infinite_weight (gconstpointer id)
{
  BfProduct p = { 64, 200, 300, .a = a, .a_stride = 300, .b = b, .b_stride = 300, .c = c, .c_stride = 200, .transpose_b = TRUE };

  if (!bf_kernel_force (id))
    {
      g_test_skip ("not on this processor");
      return;
    }
  fill_sparsely (a, 64 * 300);
  for (guint i = 0; i < 64; i++)
    a[i * 300 + 17] = 0;
  fill (b, 200 * 300, 2);
  b[150 * 300 + 17] = INFINITY;
  bf_kernel_multiply (&p, 0, 1);
  for (guint i = 0; i < 64; i++)
    for (guint j = 0; j < 200; j++)
      g_assert_true (isnan (c[i * 200 + j]) == (j == 150));
}

static void
test_nan (gconstpointer id)
{
  BfProduct p = { 8, 33, 9, .a = a, .a_stride = 9, .b = b, .b_stride = 33, .c = c, .c_stride = 33 };

  if (!bf_kernel_force (id))
    {
      g_test_skip ("not on this processor");
      return;
    }
  fill (a, 8 * 9, 1);
  fill (b, 9 * 33, 2);
  b[32] = NAN;
  a[0] = 1;
  bf_kernel_multiply (&p, 0, 1);
  g_assert_true (isnan (c[32]));
  for (guint j = 0; j < 32; j++)
    g_assert_true (isfinite (c[j]));
}

static void
test_unknown (void)
{
  g_assert_false (bf_kernel_force ("abacus"));
  g_assert_true (bf_kernel_force ("portable"));
  g_assert_cmpstr (bf_kernel_get_id (), ==, "portable");
}

/* Beside the best that a product can do, for who reads the log; no time is asserted. */
static void
test_peak (void)
{
  BfProduct p = { 12, 32, 256, .a = a, .a_stride = 256, .b = b, .b_stride = 32, .c = c, .c_stride = 32 };
  const double operations = 2.0 * 12 * 32 * 256;
  gint64 best = G_MAXINT64;

  for (guint i = 0; i < 50; i++)
    {
      const gint64 began = g_get_monotonic_time ();

      for (guint repeat = 0; repeat < 100; repeat++)
        bf_kernel_multiply (&p, 0, 1);
      best = MIN (best, g_get_monotonic_time () - began);
    }
  g_test_message ("%.1f GFLOP/s of %.1f", 100 * operations / (1e3 * (double) MAX (best, 1)), bf_kernel_measure_peak () / 1e9);
  g_assert_cmpfloat (bf_kernel_measure_peak (), >, 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  bf_blas_init ();
  a = g_new (float, MAX_FLOATS);
  b = g_new (float, MAX_FLOATS);
  c = g_new (float, MAX_FLOATS);
  expected = g_new (float, MAX_FLOATS);
  fill (start, G_N_ELEMENTS (start), 3);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *shapes = g_strconcat ("/kernel/", ids[i], "/shapes", NULL);
      g_autofree char *bits = g_strconcat ("/kernel/", ids[i], "/same-bits-in-parts", NULL);
      g_autofree char *nan = g_strconcat ("/kernel/", ids[i], "/not-a-number-stays-in-its-column", NULL);
      g_autofree char *zeros = g_strconcat ("/kernel/", ids[i], "/zeros-left-out-are-the-same-bits", NULL);
      g_autofree char *infinite = g_strconcat ("/kernel/", ids[i], "/zero-times-infinity", NULL);

      g_test_add_data_func (shapes, ids[i], test_shapes);
      if (!g_str_equal (ids[i], "cblas"))
        g_test_add_data_func (bits, ids[i], test_same_bits);
      g_test_add_data_func (nan, ids[i], test_nan);
      g_test_add_data_func (infinite, ids[i], test_infinite_weight);
      if (!g_str_equal (ids[i], "cblas"))
        g_test_add_data_func (zeros, ids[i], test_zeros_left_out);
    }
  g_test_add_func ("/kernel/unknown", test_unknown);
  g_test_add_func ("/kernel/peak", test_peak);
  status = g_test_run ();
  g_free (a);
  g_free (b);
  g_free (c);
  g_free (expected);
  return status;
}
