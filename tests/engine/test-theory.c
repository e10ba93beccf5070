/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Theory against closed forms, against a fine sum, and against what wide, deep networks measure where its
 * assumptions hold.
 */
#include "bf-initializer.h"
#include "bf-mean-field.h"
#include "bf-network.h"
#include "bf-spec.h"
#include "bf-theory.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#define WIDTH   512
#define DEPTH   30
#define SAMPLES 16
#define SEEDS   10

static const BfActivation *
find (const char *id)
{
  return (const BfActivation *) bf_kind_find (bf_activations, id);
}

static void
assert_close (double value, double expected, double tolerance)
{
  if (!(fabs (value - expected) <= tolerance * fabs (expected)))
    g_error ("%.10g in place of %.10g", value, expected);
}

/* Trapezoids in x, as fine as the finer of the two widths. */
static double
sum_square (double (*f) (double), double q)
{
  const double sd = sqrt (q), end = 12 * sd, h = MIN (sd, 1) / 400;
  double sum = 0;

  for (double x = -end; x <= end; x += h)
    sum += f (x) * f (x) * exp (-0.5 * x * x / q);
  return sum * h / (sd * sqrt (2 * M_PI));
}

static void
test_closed_forms (void)
{
  for (double q = 1e-6; q < 2e6; q *= 10)
    {
      assert_close (bf_mean_field_square (find ("relu"), q), q / 2, 1e-6);
      assert_close (bf_mean_field_slope_square (find ("relu"), q), 0.5, 1e-6);
      assert_close (bf_mean_field_square (find ("linear"), q), q, 1e-6);
      assert_close (bf_mean_field_square (find ("leaky-relu"), q), 0.50005 * q, 1e-6);
      assert_close (bf_mean_field_slope_square (find ("hard-tanh"), q), erf (1 / sqrt (2 * q)), 1e-6);
      /* E[e^2x; x < 0] = e^2q Φ(−2√q) */
      if (q <= 10)
        assert_close (bf_mean_field_slope_square (find ("elu"), q), 0.5 + exp (2 * q) * 0.5 * erfc (sqrt (2 * q)), 1e-6);
    }
}

static void
test_fine_sums (void)
{
  static const double qs[] = { 1e-4, 0.3, 57, 1e4 };
  const BfKind *const *table = bf_activations ();

  for (guint i = 0; table[i]; i++)
    for (guint k = 0; k < G_N_ELEMENTS (qs); k++)
      {
        const BfActivation *activation = (const BfActivation *) table[i];

        assert_close (bf_mean_field_square (activation, qs[k]), sum_square (activation->value, qs[k]), 1e-4);
        assert_close (bf_mean_field_slope_square (activation, qs[k]), sum_square (activation->slope, qs[k]), 1e-3);
      }
}

static void
test_table (void)
{
  const BfKind *const *table = bf_activations ();

  for (guint i = 0; table[i]; i++)
    {
      const BfActivation *activation = (const BfActivation *) table[i];
      g_autoptr (BfMeanField) field = bf_mean_field_new (activation);

      for (double q = 2e-6; q < 1e6; q *= 7.3)
        {
          assert_close (bf_mean_field_get_square (field, q), bf_mean_field_square (activation, q), 1e-4);
          assert_close (bf_mean_field_get_slope_square (field, q), bf_mean_field_slope_square (activation, q), 1e-4);
        }
    }
}

/* tanh: silent and ordered below σw² = 1, chaotic above; ReLU: nothing but σw² = 2 is between. */
static void
test_phases (void)
{
  g_autoptr (BfMeanField) th = bf_mean_field_new (find ("tanh"));
  g_autoptr (BfMeanField) rectifier = bf_mean_field_new (find ("relu"));

  g_assert_cmpfloat (bf_mean_field_get_fixed_point (th, 0.9, 0), <, 1e-3);
  assert_close (bf_mean_field_get_chi (th, 0.9, 0), 0.9, 1e-3);
  g_assert_cmpfloat (bf_mean_field_get_chi (th, 2.25, 0.05), >, 1.05);
  g_assert_cmpfloat (bf_mean_field_get_chi (th, 1.2, 0.3), <, 1);
  g_assert_true (isinf (bf_mean_field_get_fixed_point (rectifier, 2.1, 0.1)));
  assert_close (bf_mean_field_get_chi (rectifier, 2.1, 0.1), 1.05, 1e-4);
  assert_close (bf_mean_field_get_fixed_point (rectifier, 1, 0.1), 0.2, 1e-4);
}

/* What each initializer says of its weights, by drawing them. */
static void
test_moments (void)
{
  const BfKind *const *table = bf_initializers ();
  const guint rows = 120, columns = 80;
  g_autofree float *values = g_new (float, rows * columns);
  g_autoptr (GString) silent = g_string_new (NULL);

  for (guint i = 0; table[i]; i++)
    {
      const BfInitializer *initializer = (const BfInitializer *) table[i];
      g_autoptr (BfOptions) options = bf_options_new (table[i]);
      gsl_rng *random;
      double mean, variance, sum = 0, squares = 0;

      if (!initializer->moments)
        {
          g_string_append_printf (silent, "%s ", table[i]->id);
          continue;
        }
      random = gsl_rng_alloc (gsl_rng_mt19937);
      initializer->draw (options, random, rows, columns, values);
      gsl_rng_free (random);
      initializer->moments (options, rows, columns, &mean, &variance);
      for (guint k = 0; k < rows * columns; k++)
        {
          sum += values[k];
          squares += values[k] * values[k];
        }
      sum /= rows * columns;
      g_assert_cmpfloat (fabs (sum - mean), <, 0.05 * sqrt (variance));
      assert_close (squares / (rows * columns) - mean * mean, variance, 0.05);
    }
  g_assert_cmpstr (silent->str, ==, "constant identity lsuv ");
}

static BfSpec *
make_spec (const char *activation, double weight_variance)
{
  BfSpec *spec = bf_spec_new ();

  bf_options_free (spec->loss);
  spec->loss = bf_options_new (bf_kind_find (bf_losses, "mse"));
  for (guint i = 0; i <= DEPTH; i++)
    {
      BfLayer *dense = bf_spec_append (spec, "dense");

      bf_options_set_number (dense->options, "units", i < DEPTH ? WIDTH : 1, NULL);
      bf_options_set_choice (dense->options, "start", "normal", NULL);
      bf_options_set_number (bf_options_edit_choice (dense->options, "start"), "std", sqrt (weight_variance / WIDTH), NULL);
      if (i < DEPTH)
        bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", activation, NULL);
    }
  return spec;
}

/* Adds log₁₀ of the RMS over samples of ‖∂L/∂h‖ behind each weighted layer, up to a common factor. Each sample's
 * loss gradient is set to 1, so that the rows are those of each sample alone. */
static void
measure (BfPlan *plan, guint64 seed, double *logs)
{
  g_autoptr (BfNetwork) network = bf_network_new (plan, seed, SAMPLES, NULL);
  gsl_rng *random = gsl_rng_alloc (gsl_rng_mt19937);
  float *x = bf_network_get_input (network);

  gsl_rng_set (random, seed);
  for (guint i = 0; i < SAMPLES * WIDTH; i++)
    x[i] = (float) gsl_ran_gaussian_ziggurat (random, 1);
  gsl_rng_free (random);
  bf_network_forward (network, SAMPLES, TRUE);
  for (guint i = 0; i < SAMPLES; i++)
    bf_network_get_output_gradient (network, plan->n_layers - 1)[i] = 1;
  bf_network_backward (network, SAMPLES, FALSE);
  for (guint w = 0; w < DEPTH; w++)
    {
      const float *g = bf_network_get_output_gradient (network, bf_plan_get_stage_end (plan, w));
      double sum = 0;

      for (guint i = 0; i < SAMPLES * WIDTH; i++)
        sum += (double) g[i] * g[i];
      logs[w] += 0.5 * log10 (sum) / SEEDS;
    }
}

typedef struct
{
  const char *activation;
  double weight_variance;
} Case;

/* numerics.md: predicted and measured log₁₀ differ by less than 0.2 at every layer in the mean of ten seeds. */
static void
test_measured (gconstpointer data)
{
  const Case *self = data;
  const BfShape shape = { WIDTH, 1, 0 };
  g_autoptr (BfSpec) spec = make_spec (self->activation, self->weight_variance);
  g_autoptr (BfPlan) plan = bf_plan_new (spec, &shape);
  g_autoptr (BfTheory) theory = bf_theory_new (plan, 1);
  double logs[DEPTH] = { 0 };

  g_assert_null (theory->reason);
  g_assert_cmpuint (theory->n_layers, ==, DEPTH + 1);
  for (guint64 seed = 1; seed <= SEEDS; seed++)
    measure (plan, seed, logs);
  for (guint w = 0; w < DEPTH; w++)
    {
      const double measured = logs[w] - logs[DEPTH - 1];

      g_test_message ("layer %u: predicted %.3f, measured %.3f", w + 1, theory->layers[w].log_gradient, measured);
      g_assert_cmpfloat (fabs (measured - theory->layers[w].log_gradient), <, 0.2);
    }
}

static void
test_silent (void)
{
  const BfShape shape = { WIDTH, 1, 0 };
  g_autoptr (BfSpec) spec = make_spec ("tanh", 1);
  g_autoptr (BfPlan) plan = NULL;
  g_autoptr (BfTheory) theory = NULL;
  BfLayer *layer = bf_spec_find_layer (spec, 1, NULL, NULL);

  bf_options_set_choice (layer->options, "start", "uniform", NULL);
  bf_options_set_number (bf_options_edit_choice (layer->options, "start"), "low", 0.9, NULL);
  plan = bf_plan_new (spec, &shape);
  theory = bf_theory_new (plan, 1);
  g_assert_cmpuint (theory->n_layers, ==, 0);
  g_assert_nonnull (strstr (theory->reason, "0.95"));
}

int
main (int argc, char **argv)
{
  static const Case cases[] = { { "tanh", 0.75 }, { "tanh", 1 }, { "sigmoid", 1 }, { "sigmoid", 16 }, { "sigmoid", 100 },
                                { "relu", 1.5 }, { "relu", 2 } };
  const guint n_cases = g_getenv ("BF_VALGRIND") ? 1 : G_N_ELEMENTS (cases);   /* a second each; there, many minutes */

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/theory/closed-forms", test_closed_forms);
  g_test_add_func ("/theory/fine-sums", test_fine_sums);
  g_test_add_func ("/theory/table", test_table);
  g_test_add_func ("/theory/phases", test_phases);
  g_test_add_func ("/theory/moments", test_moments);
  g_test_add_func ("/theory/silent", test_silent);
  for (guint i = 0; i < n_cases; i++)
    {
      g_autofree char *path = g_strdup_printf ("/theory/measured/%s-%g", cases[i].activation, cases[i].weight_variance);

      g_test_add_data_func (path, &cases[i], test_measured);
    }
  return g_test_run ();
}
