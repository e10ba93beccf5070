/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Every optimizer of the table: it finds the bottom of a bowl, a weight's update depends on nothing
 * but its own gradients, and weight decay pulls to zero; NAdam's product against the naive one. The
 * numbers of each against PyTorch's are in the reference cases.
 */
#include "bf-optimizer.h"

#include <math.h>
#include <string.h>

#define N 37
#define STRIDE 48

static const BfOptimizer *
get_optimizer (const BfOptions *options)
{
  return (const BfOptimizer *) bf_options_get_kind (options);
}

/* Steps down ½ Σ c (w − 1)², c between 0.1 and 10. */
static void
descend (const BfOptions *options, float rate, guint64 steps, gsize n, float *values)
{
  g_autofree float *state = g_new0 (float, STRIDE * get_optimizer (options)->state_size);
  float gradients[STRIDE];

  for (guint64 t = 1; t <= steps; t++)
    {
      for (gsize i = 0; i < n; i++)
        gradients[i] = powf (10, (float) i / 18 - 1) * (values[i] - 1);
      get_optimizer (options)->update (options, rate, t, n, values, gradients, state, STRIDE);
    }
}

static void
fill (float *values)
{
  for (guint i = 0; i < N; i++)
    values[i] = 3 * sinf ((float) i);
}

static void
test_bowl (gconstpointer kind)
{
  g_autoptr (BfOptions) options = bf_options_new (kind);
  float values[N];
  double before = 0, after = 0;

  fill (values);
  for (guint i = 0; i < N; i++)
    before += (values[i] - 1) * (values[i] - 1);
  if (bf_kind_find_param (kind, "weight_decay"))
    g_assert_true (bf_options_set_number (options, "weight_decay", 0, NULL));
  descend (options, g_str_equal (((const BfKind *) kind)->id, "adagrad") ? 0.5f : 0.02f, 2000, N, values);
  for (guint i = 0; i < N; i++)
    after += (values[i] - 1) * (values[i] - 1);
  g_assert_cmpfloat (after, <, 0.01 * before);
}

/* Vector loops have a remainder: the first elements of a long array against a short one. */
static void
test_elementwise (gconstpointer kind)
{
  g_autoptr (BfOptions) options = bf_options_new (kind);
  float all[N], some[N];

  for (gsize n = 1; n < N; n += 5)
    {
      fill (all);
      fill (some);
      descend (options, 0.01f, 20, N, all);
      descend (options, 0.01f, 20, n, some);
      for (gsize i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon (all[i], some[i], 1e-5);
      fill (all);
      g_assert_cmpmem (all + n, (N - n) * sizeof (float), some + n, (N - n) * sizeof (float));
    }
}

/* With a gradient of zero only the decay acts; without decay nothing moves. */
static void
test_decay (gconstpointer kind)
{
  for (guint decays = 0; decays < 2; decays++)
    {
      g_autoptr (BfOptions) options = bf_options_new (kind);
      g_autofree float *state = g_new0 (float, STRIDE * get_optimizer (options)->state_size);
      float values[N], start[N], gradients[N] = { 0 };

      fill (values);
      fill (start);
      g_assert_true (bf_options_set_number (options, "weight_decay", decays ? 0.1 : 0, NULL));
      for (guint64 t = 1; t <= 5; t++)
        get_optimizer (options)->update (options, 0.01f, t, N, values, gradients, state, STRIDE);
      for (guint i = 0; i < N; i++)
        if (decays && start[i] != 0)
          g_assert_cmpfloat (fabs (values[i]), <, fabs (start[i]));
        else
          g_assert_cmpfloat (values[i], ==, start[i]);
    }
}

/* AdamW's decay is not scaled by the gradient: w (1 − rate · decay) a step. */
static void
test_decoupled (void)
{
  g_autoptr (BfOptions) options = bf_options_new (bf_kind_find (bf_optimizers, "adamw"));
  float value = 2, gradient = 0, state[2 * STRIDE] = { 0 };

  g_assert_true (bf_options_set_number (options, "weight_decay", 0.5, NULL));
  get_optimizer (options)->update (options, 0.1f, 1, 1, &value, &gradient, state, STRIDE);
  g_assert_cmpfloat_with_epsilon (value, 2 * (1 - 0.1 * 0.5), 1e-6);
}

/* Step by step in double, with the product kept as it goes. */
static void
test_nadam (void)
{
  g_autoptr (BfOptions) options = bf_options_new (bf_kind_find (bf_optimizers, "nadam"));
  double m = 0, v = 0, product = 1, expected = 1;
  float value = 1, state[2 * STRIDE] = { 0 };

  for (guint64 t = 1; t <= 600; t++)
    {
      const float gradient = sinf (0.1f * (float) t) + 0.3f;
      const double now = 0.9 * (1 - 0.5 * pow (0.96, 0.004 * (double) t));
      const double next = 0.9 * (1 - 0.5 * pow (0.96, 0.004 * (double) (t + 1)));

      product *= now;
      m = 0.9 * m + 0.1 * gradient;
      v = 0.999 * v + 0.001 * gradient * gradient;
      expected -= 0.01 * ((1 - now) / (1 - product) * gradient + next / (1 - product * next) * m)
                  / (sqrt (v / (1 - pow (0.999, (double) t))) + 1e-8);
      get_optimizer (options)->update (options, 0.01f, t, 1, &value, &gradient, state, STRIDE);
      g_assert_cmpfloat_with_epsilon (value, expected, 1e-4);
    }
}

static void
add_test (const char *name, const BfKind *kind, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/optimizers/%s/%s", kind->id, name);

  g_test_add_data_func (path, kind, function);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (const BfKind *const *kind = bf_optimizers (); *kind; kind++)
    {
      add_test ("bowl", *kind, test_bowl);
      add_test ("elementwise", *kind, test_elementwise);
      if (bf_kind_find_param (*kind, "weight_decay"))
        add_test ("decay", *kind, test_decay);
    }
  g_test_add_func ("/optimizers/adamw/decoupled", test_decoupled);
  g_test_add_func ("/optimizers/nadam/product", test_nadam);
  return g_test_run ();
}
