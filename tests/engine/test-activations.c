/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Every activation of the table: its float32 loops against its double functions, its derivative
 * against central differences, and what it says about its slope.
 */
#include "bf-activation.h"
#include "bf-spec.h"

#include <math.h>
#include <string.h>

#define N 4001

/* −20 … 20 in steps of 0.01, each a little off, so that no point is a kink. */
static void
fill_points (float *x)
{
  for (guint i = 0; i < N; i++)
    x[i] = (float) ((int) i - 2000) * 0.01f + 0.0013f;
}

static void
assert_close (const char *name, double x, double actual, double expected, double relative, double absolute)
{
  if (!(fabs (actual - expected) <= relative * fabs (expected) + absolute))
    g_error ("%s at %g gives %.9g in place of %.9g", name, x, actual, expected);
}

static void
test_loops (gconstpointer data)
{
  const BfActivation *f = data;
  g_autofree float *x = g_new (float, N), *y = g_new (float, N), *dx = g_new (float, N), *dy = g_new (float, N);

  fill_points (x);
  for (guint i = 0; i < N; i++)
    dy[i] = 1;
  f->forward (N, x, y);
  f->backward (N, x, y, dy, dx);
  for (guint i = 0; i < N; i++)
    {
      assert_close (f->kind.id, x[i], y[i], f->value (x[i]), 1e-6, 4e-7);
      assert_close (f->kind.id, x[i], dx[i], f->slope (x[i]), 2e-6, 4e-7);
    }
}

static void
test_small_values (gconstpointer data)
{
  const BfActivation *f = data;
  float x[] = { 1e-8f, -1e-8f, 1e-5f, -1e-5f, 0.01f, -0.01f }, y[G_N_ELEMENTS (x)];

  if (f->value (0) != 0)
    return;
  f->forward (G_N_ELEMENTS (x), x, y);
  for (guint i = 0; i < G_N_ELEMENTS (x); i++)
    assert_close (f->kind.id, x[i], y[i], f->value (x[i]), 1e-6, 0);
}

static void
test_derivative (gconstpointer data)
{
  const BfActivation *f = data;
  g_autofree float *x = g_new (float, N);
  double h = 1e-5;

  fill_points (x);
  for (guint i = 0; i < N; i++)
    assert_close (f->kind.id, x[i], f->slope (x[i]), (f->value (x[i] + h) - f->value (x[i] - h)) / (2 * h), 1e-6, 1e-8);
}

static void
test_slope_maximum (gconstpointer data)
{
  const BfActivation *f = data;
  double maximum = 0;

  for (double x = -12; x < 12; x += 1e-4)
    maximum = fmax (maximum, fabs (f->slope (x)));
  g_assert_cmpfloat (maximum, <=, f->slope_maximum * (1 + 1e-7));
  g_assert_cmpfloat (maximum, >=, f->slope_maximum * (1 - 1e-3));
}

static void
test_saturation (gconstpointer data)
{
  const BfActivation *f = data;
  guint saturated = 0;

  if (isnan (f->saturated_low))
    return;
  for (double x = -30; x < 30; x += 0.0101)
    {
      double y = f->value (x);
      gboolean expected = fabs (f->slope (x)) < 0.025 * f->slope_maximum;

      g_assert_cmpint (y < f->saturated_low || y > f->saturated_high, ==, expected);
      saturated += expected;
    }
  g_assert_cmpuint (saturated, >, 100);
}

static void
test_extremes (gconstpointer data)
{
  const BfActivation *f = data;
  float x[] = { -3e38f, -1e4f, -100, -88, 88, 100, 1e4f, 3e38f, NAN };
  float y[G_N_ELEMENTS (x)], dx[G_N_ELEMENTS (x)], dy[G_N_ELEMENTS (x)];

  for (guint i = 0; i < G_N_ELEMENTS (x); i++)
    dy[i] = 1;
  f->forward (G_N_ELEMENTS (x), x, y);
  f->backward (G_N_ELEMENTS (x), x, y, dy, dx);
  for (guint i = 0; i + 1 < G_N_ELEMENTS (x); i++)
    {
      /* Hard swish overflows where 6 x does; the rest is finite. */
      if (fabsf (x[i]) > 5e37f)
        continue;
      assert_close (f->kind.id, x[i], y[i], f->value (x[i]), 1e-6, 1e-6);
      assert_close (f->kind.id, x[i], dx[i], f->slope (x[i]), 1e-6, 1e-6);
    }
  g_assert_true (isnan (y[G_N_ELEMENTS (x) - 1]));
}

/* Threads take pieces of a tensor: each value is the same bits whatever stands beside it. */
static void
test_pieces (gconstpointer data)
{
  static const guint pieces[] = { 1, 3, 7, 16, 50 };
  static float x[N], y[N], dy[N], dx[N], piece_y[N], piece_dx[N];
  const BfActivation *f = data;

  fill_points (x);
  for (guint i = 0; i < N; i++)
    dy[i] = sinf ((float) i);
  f->forward (N, x, y);
  f->backward (N, x, y, dy, dx);
  for (guint p = 0; p < G_N_ELEMENTS (pieces); p++)
    {
      for (guint i = 0; i < N; i += pieces[p])
        {
          const guint n = MIN (pieces[p], N - i);

          f->forward (n, x + i, piece_y + i);
          f->backward (n, x + i, y + i, dy + i, piece_dx + i);
        }
      g_assert_cmpmem (piece_y, sizeof piece_y, y, sizeof y);
      g_assert_cmpmem (piece_dx, sizeof piece_dx, dx, sizeof dx);
    }
}

/* The derivative that PyTorch takes at each kink. */
static void
test_kinks (void)
{
  static const struct { const char *id; float x, slope; } kinks[] = {
    { "relu", 0, 0 }, { "leaky-relu", 0, 0.01f }, { "elu", 0, 1 }, { "selu", 0, 1.7580993f },
    { "relu6", 0, 0 }, { "relu6", 6, 0 }, { "hard-tanh", -1, 0 }, { "hard-tanh", 1, 0 },
    { "hard-sigmoid", -3, 0 }, { "hard-sigmoid", 3, 0 }, { "hard-swish", 3, 1.5f }, { "hard-swish", -3, -0.5f },
    { "softsign", 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinks); i++)
    {
      const BfActivation *f = (const BfActivation *) bf_kind_find (bf_activations, kinks[i].id);
      float y, dx, dy = 1;

      f->forward (1, &kinks[i].x, &y);
      f->backward (1, &kinks[i].x, &y, &dy, &dx);
      assert_close (kinks[i].id, kinks[i].x, dx, kinks[i].slope, 1e-6, 0);
      assert_close (kinks[i].id, kinks[i].x, f->slope (kinks[i].x), kinks[i].slope, 1e-6, 0);
    }
}

static void
add_tests (const BfKind *kind)
{
  static const struct { const char *name; GTestDataFunc function; } tests[] = {
    { "loops", test_loops }, { "small-values", test_small_values }, { "derivative", test_derivative },
    { "slope-maximum", test_slope_maximum }, { "saturation", test_saturation }, { "extremes", test_extremes },
    { "pieces", test_pieces },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/activations/%s/%s", kind->id, tests[i].name);

      g_test_add_data_func (path, kind, tests[i].function);
    }
}

static void
test_table (void)
{
  guint n = 0;

  while (bf_activations ()[n])
    n++;
  g_assert_cmpuint (n, ==, 16);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (const BfKind *const *kind = bf_activations (); *kind; kind++)
    add_tests (*kind);
  g_test_add_func ("/activations/kinks", test_kinks);
  g_test_add_func ("/activations/table", test_table);
  return g_test_run ();
}
