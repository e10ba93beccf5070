/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The fast loops against plain ones, and the values at which they are easily wrong: zeros, the
 * smallest and largest floats, infinities, NaN, bin edges.
 */
#include "bf-stats.h"

#include <float.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#define N 10007   /* not a multiple of any block or vector */

static float *
draw_values (double spread)
{
  gsl_rng *random = gsl_rng_alloc (gsl_rng_mt19937);
  float *values = g_new (float, N);

  for (guint i = 0; i < N; i++)
    values[i] = i % 100 == 7 ? 0 : (float) (gsl_ran_ugaussian (random) * pow (10, spread * gsl_ran_ugaussian (random)));
  gsl_rng_free (random);
  return values;
}

static BfStats
get_stats (const float *values, gsize n)
{
  BfMeasure measure;
  BfStats stats;

  bf_measure_tensor (&measure, values, n);
  bf_stats_set_measure (&stats, &measure);
  return stats;
}

#define assert_near(a, b, relative) \
  g_assert_cmpfloat_with_epsilon ((a), (b), (relative) * fabs ((double) (b)))

static void
test_plain (void)
{
  g_autofree float *values = draw_values (1);
  BfStats stats = get_stats (values, N);
  double sum = 0, squares = 0, spread = 0;
  float low = values[0], high = values[0];

  for (guint i = 0; i < N; i++)
    {
      sum += values[i];
      squares += (double) values[i] * values[i];
      low = MIN (low, values[i]);
      high = MAX (high, values[i]);
    }
  for (guint i = 0; i < N; i++)
    spread += pow (values[i] - sum / N, 2);
  g_assert_cmpuint (stats.size, ==, N);
  g_assert_cmpuint (stats.zeros, ==, 100);
  g_assert_cmpuint (stats.nonfinite, ==, 0);
  g_assert_cmpuint (stats.states, ==, 0);
  g_assert_cmpuint (stats.counted, ==, 1);
  g_assert_true (stats.minimum == low && stats.maximum == high);
  assert_near (stats.mean, sum / N, 1e-5);
  assert_near (stats.rms, sqrt (squares / N), 1e-6);
  assert_near (stats.sd, sqrt (spread / (N - 1)), 1e-6);
  assert_near (stats.log_norm, log10 (sqrt (squares)), 1e-6);
  assert_near (stats.norm_low, sqrt (squares), 1e-6);
  assert_near (stats.norm_high, sqrt (squares), 1e-6);
}

/* Measured alone the squares have the same bits, at any length. */
static void
test_squares (void)
{
  g_autofree float *values = draw_values (1);

  for (int n = 1; n <= BF_MEASURE_BLOCK; n = n < 70 ? n + 1 : 2 * n - 1)
    {
      BfMeasureBlock block;
      const double squares = bf_measure_squares (values, n);

      bf_measure_block (&block, values, n);
      g_assert_cmpmem (&block.squares, sizeof (double), &squares, sizeof (double));
    }
}

/* Squares of these leave the range of a float at either end. */
static void
test_range (void)
{
  float values[100];
  BfStats stats;

  for (guint i = 0; i < 100; i++)
    values[i] = i % 2 ? -3e38f : 3e38f;
  stats = get_stats (values, 100);
  assert_near (stats.log_norm, log10 (3e39), 1e-6);
  g_assert_cmpfloat (stats.norm_high, ==, FLT_MAX);
  assert_near (stats.rms, 3e38, 1e-6);
  g_assert_cmpuint (stats.states, ==, 0);
  for (guint i = 0; i < 100; i++)
    values[i] = 2e-38f;
  stats = get_stats (values, 100);
  assert_near (stats.log_norm, log10 (2e-37), 1e-6);
  assert_near (stats.mean, 2e-38, 1e-6);
  values[0] = 1e-40f;
  stats = get_stats (values, 1);
  g_assert_cmpuint (stats.states, ==, BF_STATE_SUBNORMAL);
  g_assert_cmpuint (stats.zeros, ==, 0);
}

static void
test_zeros (void)
{
  const float values[3] = { 0, -0.0f, 0 };
  const BfStats stats = get_stats (values, 3);

  g_assert_cmpuint (stats.states, ==, BF_STATE_ZERO);
  g_assert_cmpuint (stats.zeros, ==, 3);
  g_assert_cmpuint (stats.counted, ==, 0);
  g_assert_true (isnan (stats.log_norm));
  g_assert_cmpfloat (stats.norm_low, ==, 0);
  g_assert_cmpfloat (stats.sd, ==, 0);
}

static void
test_nonfinite (void)
{
  const float values[6] = { 3, NAN, -4, INFINITY, -NAN, 0 };
  BfStats stats = get_stats (values, 6);

  g_assert_cmpuint (stats.states, ==, BF_STATE_NAN | BF_STATE_INFINITE);
  g_assert_cmpuint (stats.nonfinite, ==, 3);
  g_assert_cmpuint (stats.zeros, ==, 1);
  g_assert_true (stats.minimum == -4 && stats.maximum == 3);
  assert_near (stats.mean, -1.0 / 3, 1e-6);
  g_assert_true (isnan (stats.log_norm) && isnan (stats.norm_high));
  stats = get_stats (values + 3, 1);
  g_assert_cmpuint (stats.states, ==, BF_STATE_INFINITE);
  g_assert_true (isnan (stats.rms));
}

static void
test_all_finite (void)
{
  g_autofree float *values = draw_values (1);

  g_assert_true (bf_stats_all_finite (values, N));
  values[N - 1] = -INFINITY;
  g_assert_false (bf_stats_all_finite (values, N));
  g_assert_true (bf_stats_all_finite (values, N - 1));
  values[0] = NAN;
  g_assert_false (bf_stats_all_finite (values, N - 1));
}

static void
test_shares (void)
{
  const float values[8] = { 0, 1, 0, 5,
                            0, 0, 0, -1 };
  const float after[4] = { 1, 1, -2, 5 };
  guint8 alive[4];

  assert_near (bf_stats_get_dead (values, 2, 4, alive), 0.5, 1e-9);
  assert_near (bf_stats_get_outside (values, 8, -0.5f, 4), 0.25, 1e-9);
  assert_near (bf_stats_get_change (values, after, 4), 5, 1e-9);
}

static int
find_bin (float value)
{
  BfHistogram histogram = { 0 };

  bf_histogram_count (&histogram, &value, 1);
  g_assert_cmpuint (histogram.total, ==, 1);
  for (int i = 0; i < BF_HISTOGRAM_BINS; i++)
    if (histogram.bins[i])
      return i;
  return histogram.under ? -1 : histogram.over ? BF_HISTOGRAM_BINS : -2;
}

/* The fast bin against the logarithm, at every edge and on both its sides. */
static void
test_edges (void)
{
  for (int i = 0; i <= BF_HISTOGRAM_BINS; i++)
    {
      const double edge = pow (10, (i - 120) / 10.0);
      float value = (float) edge;

      if (value < edge)
        value = nextafterf (value, INFINITY);
      g_assert_cmpint (find_bin (value), ==, i);
      g_assert_cmpint (find_bin (-value), ==, i);
      g_assert_cmpint (find_bin (nextafterf (value, 0)), ==, i - 1);
      g_assert_cmpint (find_bin ((float) (edge * 1.1)), ==, i);
    }
  g_assert_cmpint (find_bin (FLT_MAX), ==, BF_HISTOGRAM_BINS);
  g_assert_cmpint (find_bin (FLT_MIN / 4), ==, -1);
}

static void
test_histogram (void)
{
  g_autofree float *values = draw_values (4);
  guint32 bins[BF_HISTOGRAM_BINS + 2] = { 0 };
  BfHistogram histogram = { 0 };
  gsl_histogram *view;

  values[1] = NAN;
  values[2] = -INFINITY;
  for (guint i = 0; i < N; i++)
    if (values[i] != 0 && isfinite (values[i]))
      bins[(int) CLAMP (floor (10 * log10 (fabs (values[i]))) + 121, 0, BF_HISTOGRAM_BINS + 1)]++;
  bf_histogram_count (&histogram, values, N);
  g_assert_cmpuint (histogram.total, ==, N);
  g_assert_cmpuint (histogram.zero, ==, 100);
  g_assert_cmpuint (histogram.nan, ==, 1);
  g_assert_cmpuint (histogram.infinite, ==, 1);
  g_assert_cmpuint (histogram.under, >, 0);
  g_assert_cmpuint (histogram.under, ==, bins[0]);
  g_assert_cmpuint (histogram.over, ==, bins[BF_HISTOGRAM_BINS + 1]);
  view = bf_histogram_to_gsl (&histogram);
  for (guint i = 0; i < BF_HISTOGRAM_BINS; i++)
    {
      g_assert_cmpuint (histogram.bins[i], ==, bins[i + 1]);
      g_assert_cmpfloat (gsl_histogram_get (view, i), ==, bins[i + 1]);
    }
  gsl_histogram_free (view);
}

static void
test_quantile (void)
{
  BfHistogram histogram = { 0 };
  float values[100];

  for (guint i = 0; i < 100; i++)
    values[i] = i < 40 ? 0 : 1.1f;
  bf_histogram_count (&histogram, values, 100);
  g_assert_cmpfloat (bf_histogram_get_quantile (&histogram, 0.2), ==, 0);
  assert_near (bf_histogram_get_quantile (&histogram, 0.7), pow (10, 0.05), 1e-9);
  assert_near (bf_histogram_get_quantile (&histogram, 1), pow (10, 0.1), 1e-9);
  g_assert_true (isnan (bf_histogram_get_quantile (&(BfHistogram) { .total = 1, .nan = 1 }, 0.5)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stats/squares", test_squares);
  g_test_add_func ("/stats/plain", test_plain);
  g_test_add_func ("/stats/range", test_range);
  g_test_add_func ("/stats/zeros", test_zeros);
  g_test_add_func ("/stats/nonfinite", test_nonfinite);
  g_test_add_func ("/stats/all-finite", test_all_finite);
  g_test_add_func ("/stats/shares", test_shares);
  g_test_add_func ("/histogram/edges", test_edges);
  g_test_add_func ("/histogram/counts", test_histogram);
  g_test_add_func ("/histogram/quantile", test_quantile);
  return g_test_run ();
}
