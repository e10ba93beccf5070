/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Starting weights: the moments that each promises, and what they may depend on.
 */
#include "bf-initializer.h"
#include "bf-random.h"
#include "bf-spec.h"

#include <math.h>
#include <string.h>

#define ROWS    150
#define COLUMNS 350
#define SIZE    (ROWS * COLUMNS)

/* setting: "std=0.5", or NULL. */
static void
draw (const char *id, const char *setting, guint rows, guint columns, guint32 layer, float *values)
{
  const BfInitializer *initializer = (const BfInitializer *) bf_kind_find (bf_initializers, id);
  g_autoptr (BfOptions) options = bf_options_new (&initializer->kind);
  g_autoptr (gsl_rng) random = bf_random_new (42, layer, 0, "weight");
  g_auto (GStrv) pairs = g_strsplit (setting ? setting : "", ",", -1);

  for (guint i = 0; pairs[i]; i++)
    {
      g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);

      g_assert_true (bf_options_set_string (options, pair[0], pair[1], NULL));
    }
  initializer->draw (options, random, rows, columns, values);
}

/* bound: the largest magnitude of a uniform law; 0: a normal law. */
static const struct Moments { const char *id; const char *setting; double mean, sd, bound; } moments[] = {
  { "framework-default", NULL, 0, 0.030861, 0.053452 },
  { "normal", "mean=0.5,std=0.25", 0.5, 0.25, 0 },
  { "uniform", "low=0.9,high=1.1", 1, 0.057735, 1.1 },
  { "glorot-uniform", NULL, 0, 0.063246, 0.109545 },
  { "glorot-normal", NULL, 0, 0.063246, 0 },
  { "he-uniform", NULL, 0, 0.075593, 0.130931 },
  { "he-normal", NULL, 0, 0.075593, 0 },
  { "lecun-normal", NULL, 0, 0.053452, 0 },
};

static void
test_moments (gconstpointer data)
{
  const struct Moments *expected = data;
  g_autofree float *w = g_new (float, SIZE);
  double mean = 0, variance = 0, largest = 0;

  draw (expected->id, expected->setting, ROWS, COLUMNS, 1, w);
  for (guint i = 0; i < SIZE; i++)
    {
      mean += w[i] / (double) SIZE;
      largest = fmax (largest, fabs (w[i]));
    }
  for (guint i = 0; i < SIZE; i++)
    variance += (w[i] - mean) * (w[i] - mean) / SIZE;
  /* Five standard errors of the mean; 2 % of the deviation. */
  g_assert_cmpfloat_with_epsilon (mean, expected->mean, 5 * expected->sd / sqrt (SIZE));
  g_assert_cmpfloat_with_epsilon (sqrt (variance), expected->sd, 0.02 * expected->sd);
  if (expected->bound > 0)
    {
      g_assert_cmpfloat (largest, <=, expected->bound * (1 + 1e-5));
      g_assert_cmpfloat (largest, >, expected->bound * 0.99);
    }
  else
    g_assert_cmpfloat (largest, >, expected->mean + 3 * expected->sd);
}

/* Rows (or columns, whichever are fewer) of gain · an orthonormal set. */
static void
check_orthogonal (guint rows, guint columns, double gain)
{
  g_autofree float *w = g_new (float, rows * columns);
  g_autofree char *setting = g_strdup_printf ("gain=%g", gain);
  guint n = MIN (rows, columns), length = MAX (rows, columns);

  draw ("orthogonal", setting, rows, columns, 1, w);
  for (guint a = 0; a < n; a++)
    for (guint b = 0; b <= a; b++)
      {
        double product = 0;

        for (guint k = 0; k < length; k++)
          product += rows < columns ? (double) w[a * columns + k] * w[b * columns + k]
                                    : (double) w[k * columns + a] * w[k * columns + b];
        g_assert_cmpfloat_with_epsilon (product, a == b ? gain * gain : 0, 1e-5 * gain * gain);
      }
}

static void
test_orthogonal (void)
{
  check_orthogonal (20, 20, 1);
  check_orthogonal (10, 40, 1.5);
  check_orthogonal (40, 10, 0.5);
  check_orthogonal (1, 7, 2);
}

/* Haar measure: the sign of an element is a coin toss (a plain QR would fix the first one's). */
static void
test_orthogonal_sign (void)
{
  guint positive = 0;

  for (guint32 layer = 0; layer < 200; layer++)
    {
      float w[9];

      draw ("orthogonal", NULL, 3, 3, layer, w);
      positive += w[0] > 0;
    }
  g_assert_cmpuint (positive, >, 60);
  g_assert_cmpuint (positive, <, 140);
}

static void
test_fixed (void)
{
  float w[6];

  draw ("constant", "value=0.25", 2, 3, 1, w);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpfloat (w[i], ==, 0.25f);
  draw ("identity", NULL, 2, 3, 1, w);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpfloat (w[i], ==, i == 0 || i == 4);
}

static void
test_random (void)
{
  static const struct { guint64 seed; guint32 id, copy; const char *purpose; } others[] = {
    { 43, 1, 0, "weight" }, { 42, 2, 0, "weight" }, { 42, 1, 1, "weight" }, { 42, 1, 0, "bias" },
    { G_GUINT64_CONSTANT (42) << 32, 1, 0, "weight" },
  };
  g_autoptr (gsl_rng) random = bf_random_new (42, 1, 0, "weight");
  g_autoptr (gsl_rng) again = bf_random_new (42, 1, 0, "weight");
  gulong first = gsl_rng_get (random);

  g_assert_cmpstr (gsl_rng_name (random), ==, "mt19937");
  g_assert_cmpuint (gsl_rng_get (again), ==, first);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (gsl_rng) other = bf_random_new (others[i].seed, others[i].id, others[i].copy, others[i].purpose);

      g_assert_cmpuint (gsl_rng_get (other), !=, first);
    }
}

static void
test_bias (void)
{
  g_autoptr (gsl_rng) random = bf_random_new (42, 1, 0, "bias");
  float biases[2000];
  double largest = 0, mean = 0;

  bf_initializer_draw_bias (random, 16, G_N_ELEMENTS (biases), biases);
  for (guint i = 0; i < G_N_ELEMENTS (biases); i++)
    {
      largest = fmax (largest, fabs (biases[i]));
      mean += biases[i] / G_N_ELEMENTS (biases);
    }
  g_assert_cmpfloat (largest, <=, 0.25);
  g_assert_cmpfloat (largest, >, 0.245);
  g_assert_cmpfloat_with_epsilon (mean, 0, 0.02);
}

/* Each row of the table draws something finite and the same again. */
static void
test_table (void)
{
  guint n = 0;

  for (const BfKind *const *kind = bf_initializers (); *kind; kind++, n++)
    {
      float a[24], b[24];

      draw ((*kind)->id, NULL, 4, 6, 1, a);
      draw ((*kind)->id, NULL, 4, 6, 1, b);
      g_assert_cmpmem (a, sizeof a, b, sizeof b);
      for (guint i = 0; i < 24; i++)
        g_assert_true (isfinite (a[i]));
    }
  g_assert_cmpuint (n, ==, 12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autofree char *path = g_strdup_printf ("/initializers/moments/%s", moments[i].id);

      g_test_add_data_func (path, &moments[i], test_moments);
    }
  g_test_add_func ("/initializers/orthogonal", test_orthogonal);
  g_test_add_func ("/initializers/orthogonal-sign", test_orthogonal_sign);
  g_test_add_func ("/initializers/fixed", test_fixed);
  g_test_add_func ("/initializers/bias", test_bias);
  g_test_add_func ("/initializers/table", test_table);
  g_test_add_func ("/random/streams", test_random);
  return g_test_run ();
}
