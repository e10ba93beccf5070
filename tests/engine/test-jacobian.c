/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Jacobians against differences of the outputs; their singular values against what is known of orthogonal layers,
 * of determinants, and of wide layers by mean-field theory.
 */
#include "bf-jacobian.h"
#include "bf-jacobian-rows.h"

#include "bf-layer.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

#define SAMPLES 6
#define STEP 0.01f

static BfLayer *
add_dense (BfSpec *spec, guint units, const char *start, double std)
{
  BfLayer *layer = bf_spec_append (spec, "dense");

  bf_options_set_number (layer->options, "units", units, NULL);
  bf_options_set_choice (layer->options, "start", start, NULL);
  if (std > 0)
    bf_options_set_number (bf_options_edit_choice (layer->options, "start"), "std", std, NULL);
  return layer;
}

static BfLayer *
add_activation (BfSpec *spec, const char *function)
{
  BfLayer *layer = bf_spec_append (spec, "activation");

  bf_options_set_choice (layer->options, "function", function, NULL);
  return layer;
}

static void
add_skip (BfSpec *spec, const BfLayer *from, gboolean projection)
{
  BfLayer *layer = bf_spec_append (spec, "add");

  bf_options_set_number (layer->options, "from", from->id, NULL);
  bf_options_set_number (layer->options, "projection", projection, NULL);
}

static BfSpec *
begin_spec (void)
{
  BfSpec *spec = bf_spec_new ();

  bf_options_free (spec->loss);
  spec->loss = bf_options_new (bf_kind_find (bf_losses, "mse"));
  return spec;
}

/* With normal inputs. */
static BfNetwork *
compile (BfSpec *spec, guint inputs, guint outputs, guint samples)
{
  g_autoptr (GError) error = NULL;
  const BfShape shape = { inputs, outputs, 0 };
  g_autoptr (BfPlan) plan = bf_plan_new (spec, &shape);
  BfNetwork *network = bf_network_new (plan, 11, samples, &error);
  gsl_rng *random = gsl_rng_alloc (gsl_rng_mt19937);

  g_assert_no_error (error);
  for (guint i = 0; i < samples * inputs; i++)
    bf_network_get_input (network)[i] = (float) gsl_ran_gaussian_ziggurat (random, 1);
  gsl_rng_free (random);
  bf_network_set_draws (network, FALSE);
  return network;
}

static BfJacobian *
examine (BfNetwork *network, guint samples)
{
  g_autoptr (GError) error = NULL;
  BfJacobian *jacobian = bf_jacobian_new (network, samples, samples, 0, NULL, &error);

  g_assert_no_error (error);
  return jacobian;
}

/* ∂ output / ∂ input of one sample by the fourth-order formula; a training pass each, the others of the batch as
 * they are. */
static double
differ (BfNetwork *network, guint sample, guint out, guint in)
{
  static const struct { int steps; double weight; } parts[] = { { -2, 1 / 12.0 }, { -1, -8 / 12.0 }, { 1, 8 / 12.0 }, { 2, -1 / 12.0 } };
  const BfPlan *plan = bf_network_get_plan (network);
  float *x = bf_network_get_input (network) + sample * plan->shape.inputs + in;
  const float old = *x;
  double sum = 0;

  for (guint k = 0; k < G_N_ELEMENTS (parts); k++)
    {
      *x = old + STEP * (float) parts[k].steps;
      bf_network_forward (network, SAMPLES, TRUE);
      sum += parts[k].weight * bf_network_get_output (network, plan->n_layers - 1)[sample * plan->shape.outputs + out];
    }
  *x = old;
  return sum / STEP;
}

static void
assert_as_differences (BfSpec *spec)
{
  g_autoptr (BfNetwork) network = compile (spec, 5, 4, SAMPLES);
  const BfPlan *plan = bf_network_get_plan (network);
  g_autoptr (BfJacobianRows) rows = bf_jacobian_rows_new (network, SAMPLES);
  double difference = 0, size = 0;

  for (guint s = 0; s < SAMPLES; s += 3)
    {
      g_autoptr (BfMatrix) matrix = NULL;

      bf_network_forward (network, SAMPLES, TRUE);
      matrix = bf_jacobian_rows_compute (rows, 0, plan->n_layers - 1, s);
      g_assert_cmpuint (matrix->rows, ==, 4);
      g_assert_cmpuint (matrix->columns, ==, 5);
      for (guint i = 0; i < 4; i++)
        for (guint j = 0; j < 5; j++)
          {
            const double expected = differ (network, s, i, j);

            difference += pow (*bf_matrix_at (matrix, i, j) - expected, 2);
            size += expected * expected;
          }
    }
  g_assert_cmpfloat (size, >, 1e-4);
  if (!(sqrt (difference / size) < 2e-3))
    g_error ("differences say otherwise, by %g", sqrt (difference / size));
}

/* Every kind of layer between two dense ones. */
static void
test_differences (void)
{
  const BfKind *const *kinds = bf_layer_kinds ();

  for (guint k = 0; kinds[k]; k++)
    {
      g_autoptr (BfSpec) spec = begin_spec ();
      const BfLayer *first;

      add_dense (spec, 7, "normal", 0.5);
      first = add_activation (spec, "tanh");
      add_dense (spec, 7, "normal", 0.5);
      if (g_str_equal (kinds[k]->id, "add"))
        add_skip (spec, first, FALSE);
      else
        bf_spec_append (spec, kinds[k]->id);
      add_activation (spec, "softplus");
      add_dense (spec, 4, "normal", 0.5);
      g_test_message ("%s", kinds[k]->id);
      if (g_str_equal (kinds[k]->id, "dense"))
        bf_options_set_number (((BfLayer *) ((BfBlock *) spec->blocks->pdata[3])->layers->pdata[0])->options, "units", 9, NULL);
      assert_as_differences (spec);
    }
}

/* Skips side by side, over each other, with a projection, and of the layer just before. */
static void
test_skips (void)
{
  g_autoptr (BfSpec) spec = begin_spec ();
  const BfLayer *first, *second, *third;

  first = add_dense (spec, 6, "normal", 0.5);
  second = add_activation (spec, "tanh");
  add_skip (spec, second, FALSE);
  add_dense (spec, 6, "normal", 0.5);
  third = add_activation (spec, "silu");
  add_skip (spec, first, FALSE);
  add_dense (spec, 8, "normal", 0.5);
  add_skip (spec, third, TRUE);
  add_skip (spec, second, TRUE);
  add_dense (spec, 4, "normal", 0.5);
  assert_as_differences (spec);
}

/* The whole's singular values at the last layer are those of the Jacobian in one go, with skips and without. */
static void
test_product (void)
{
  for (guint skips = 0; skips < 2; skips++)
    {
      g_autoptr (BfSpec) spec = begin_spec ();
      g_autoptr (BfNetwork) network = NULL;
      g_autoptr (BfJacobian) jacobian = NULL;
      g_autoptr (BfJacobianRows) rows = NULL;
      const BfLayer *before = NULL;

      for (guint i = 0; i < 6; i++)
        {
          BfLayer *layer;

          add_dense (spec, 8, "normal", 0.4);
          layer = add_activation (spec, "tanh");
          if (before && skips && i % 2)
            add_skip (spec, before, FALSE);
          before = i % 2 ? before : layer;
        }
      add_dense (spec, 3, "normal", 0.4);
      network = compile (spec, 8, 3, SAMPLES);
      jacobian = examine (network, SAMPLES);
      g_assert_cmpuint (jacobian->n_samples, ==, SAMPLES);
      rows = bf_jacobian_rows_new (network, SAMPLES);
      for (guint s = 0; s < SAMPLES; s++)
        for (guint w = 0; w < jacobian->n_layers; w++)
          {
            const BfSpectrum *spectrum = &jacobian->products[w];
            g_autoptr (BfMatrix) whole = bf_jacobian_rows_compute (rows, 0, bf_plan_get_stage_end (jacobian->plan, w), s);
            double values[8];

            g_assert_cmpuint (spectrum->n_values, ==, w < 6 ? 8 : 3);
            g_assert_true (bf_matrix_get_singular_values (whole, FALSE, values));
            for (guint i = 0; i < spectrum->n_values; i++)
              if (values[i] > 1e-4 * values[0])
                g_assert_cmpfloat_with_epsilon (spectrum->log_values[s * spectrum->n_values + i], log10 (values[i]), 1e-3);
          }
    }
}

/* Dynamical isometry: orthogonal layers without activation leave every length. */
static void
test_isometry (void)
{
  g_autoptr (BfSpec) spec = begin_spec ();
  g_autoptr (BfNetwork) network = NULL;
  g_autoptr (BfJacobian) jacobian = NULL;

  for (guint i = 0; i < 40; i++)
    add_dense (spec, 24, "orthogonal", 0);
  network = compile (spec, 24, 24, SAMPLES);
  jacobian = examine (network, SAMPLES);
  for (guint w = 0; w < 40; w++)
    for (guint k = 0; k < 2; k++)
      {
        const BfSpectrum *spectrum = k ? &jacobian->products[w] : &jacobian->layers[w];

        g_assert_cmpuint (spectrum->n_zeros, ==, 0);
        g_assert_cmpfloat_with_epsilon (bf_spectrum_get_quantile (spectrum, jacobian, 0), 0, 2e-6);
        g_assert_cmpfloat_with_epsilon (bf_spectrum_get_quantile (spectrum, jacobian, 0.5), 0, 2e-6);
        g_assert_cmpfloat_with_epsilon (bf_spectrum_get_quantile (spectrum, jacobian, 1), 0, 2e-6);
        g_assert_cmpfloat_with_epsilon (spectrum->log_rms, 0, 2e-6);
      }
}

/* Determinants multiply: so the logarithms of all singular values of a deep, vanishing product add up to those of its
 * layers, though they reach far below what a double knows. */
static void
test_determinant (void)
{
  g_autoptr (BfSpec) spec = begin_spec ();
  g_autoptr (BfNetwork) network = NULL;
  g_autoptr (BfJacobian) jacobian = NULL;
  double layers = 0;

  for (guint i = 0; i < 80; i++)
    {
      add_dense (spec, 10, "normal", 0.3);
      add_activation (spec, "sigmoid");
    }
  network = compile (spec, 10, 10, SAMPLES);
  jacobian = examine (network, SAMPLES);
  for (guint w = 0; w < 80; w++)
    {
      double product = 0;

      for (guint i = 0; i < SAMPLES * 10; i++)
        {
          layers += jacobian->layers[w].log_values[i];
          product += jacobian->products[w].log_values[i];
        }
      g_assert_true (isfinite (layers));
      g_assert_cmpuint (jacobian->products[w].n_zeros, ==, 0);
      g_assert_cmpfloat_with_epsilon (product, layers, 1e-5 * fabs (layers));
    }
  g_assert_cmpfloat (jacobian->products[79].log_rms, <, -45);
  g_assert_cmpfloat (bf_spectrum_get_quantile (&jacobian->products[79], jacobian, 0), <, -100);
}

/* Layers that end all of the signal, and one that leaves one direction only. */
static void
test_zeros (void)
{
  g_autoptr (BfSpec) spec = begin_spec ();
  g_autoptr (BfNetwork) network = NULL;
  g_autoptr (BfJacobian) jacobian = NULL;
  const BfParameter *bias;

  add_dense (spec, 12, "constant", 0);
  add_dense (spec, 12, "normal", 0.3);
  add_activation (spec, "relu");
  add_dense (spec, 4, "normal", 0.3);
  network = compile (spec, 12, 4, SAMPLES);
  {
    float *weights = bf_network_find_parameter (network, 0, "weight")->value;

    for (guint i = 0; i < 144; i++)
      weights[i] = 0.1f;
  }
  jacobian = examine (network, SAMPLES);
  g_assert_cmpuint (jacobian->layers[0].n_zeros, ==, SAMPLES * 11);
  g_assert_cmpfloat_with_epsilon (bf_spectrum_get_quantile (&jacobian->layers[0], jacobian, 1), log10 (1.2), 1e-5);
  g_assert_cmpuint (jacobian->products[0].n_zeros, ==, SAMPLES * 11);
  g_assert_cmpuint (jacobian->products[1].n_zeros, ==, SAMPLES * 11);   /* one direction is left */
  g_assert_cmpuint (jacobian->products[2].n_zeros, ==, SAMPLES * 3);
  bf_jacobian_unref (jacobian);

  bias = bf_network_find_parameter (network, 1, "bias");
  for (guint i = 0; i < 12; i++)
    bias->value[i] = -1000;
  jacobian = examine (network, SAMPLES);
  g_assert_cmpuint (jacobian->layers[1].n_zeros, ==, SAMPLES * 12);
  g_assert_true (isinf (jacobian->layers[1].log_rms));
  g_assert_cmpuint (jacobian->layers[2].n_zeros, ==, 0);
  g_assert_true (isinf (jacobian->products[2].log_rms));
}

typedef struct
{
  const char *activation;
  double weight_variance;
} Case;

/* The mean square of a wide layer's singular values is χ = σw² E[φ′²], of a product the product of them. */
static void
test_theory (gconstpointer data)
{
  const Case *self = data;
  const guint width = 256, depth = 8;
  g_autoptr (BfSpec) spec = begin_spec ();
  g_autoptr (BfNetwork) network = NULL;
  g_autoptr (BfTheory) theory = NULL;
  g_autoptr (BfJacobian) jacobian = NULL;

  for (guint i = 0; i < depth; i++)
    {
      add_dense (spec, i == 3 ? width / 2 : width, "normal", sqrt (self->weight_variance / (i == 4 ? width / 2 : width)));
      add_activation (spec, self->activation);
    }
  network = compile (spec, width, width, 4);
  theory = bf_theory_new (bf_network_get_plan (network), 1);
  g_assert_null (theory->reason);
  jacobian = examine (network, 4);
  for (guint w = 0; w < depth; w++)
    {
      double layer, product;

      bf_jacobian_expect (jacobian->plan, theory, w, &layer, &product);
      g_test_message ("layer %u: %.3f, predicted %.3f; product %.3f, predicted %.3f", w + 1, jacobian->layers[w].log_rms, layer,
                      jacobian->products[w].log_rms, product);
      g_assert_cmpfloat_with_epsilon (jacobian->layers[w].log_rms, layer, 0.02);
      g_assert_cmpfloat_with_epsilon (jacobian->products[w].log_rms, product, 0.02 + 0.01 * w);
    }
}

static void
test_not_finite (void)
{
  g_autoptr (BfSpec) spec = begin_spec ();
  g_autoptr (BfNetwork) network = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BfJacobian) jacobian = NULL;

  add_dense (spec, 6, "normal", 0.3);
  add_activation (spec, "tanh");
  add_dense (spec, 4, "normal", 0.3);
  network = compile (spec, 5, 4, SAMPLES);
  bf_network_get_input (network)[0] = INFINITY;   /* of the first sample: the slope is 0, or not a number */
  bf_network_get_input (network)[1] = -INFINITY;
  jacobian = examine (network, SAMPLES);
  g_assert_cmpuint (jacobian->n_samples + jacobian->n_undefined, ==, SAMPLES);
  g_assert_cmpuint (jacobian->n_samples, >=, SAMPLES - 1);
  g_assert_true (isfinite (jacobian->products[1].log_rms));

  *bf_network_find_parameter (network, 0, "weight")->value = NAN;
  g_assert_null (bf_jacobian_new (network, SAMPLES, SAMPLES, 0, NULL, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_INVALID);
}

static void
test_progress (void)
{
  g_autoptr (BfSpec) spec = begin_spec ();
  g_autoptr (BfNetwork) network = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (BfJacobian) jacobian = NULL;
  BfProgress progress = { .cancellable = cancellable };

  add_dense (spec, 6, "normal", 0.3);
  add_dense (spec, 4, "normal", 0.3);
  network = compile (spec, 5, 4, SAMPLES);
  jacobian = bf_jacobian_new (network, SAMPLES, 3, 17, &progress, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (jacobian->n_samples, ==, 3);
  g_assert_cmpuint (jacobian->step, ==, 17);
  g_assert_cmpfloat_with_epsilon (bf_progress_get_fraction (&progress), 1, 1e-3);
  g_cancellable_cancel (cancellable);
  g_assert_null (bf_jacobian_new (network, SAMPLES, 3, 17, &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_too_wide (void)
{
  g_autoptr (BfSpec) spec = begin_spec ();
  g_autoptr (BfNetwork) network = NULL;
  g_autoptr (GError) error = NULL;

  add_dense (spec, 2100, "normal", 0.3);
  add_dense (spec, 2100, "normal", 0.3);
  network = compile (spec, 5, 2100, 1);
  g_assert_null (bf_jacobian_new (network, 1, 1, 0, NULL, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "2100"));
}

static void
test_choose (void)
{
  g_autoptr (BfSpec) spec = begin_spec ();
  const BfShape shape = { 5, 1024, 0 };
  g_autoptr (BfPlan) plan = NULL;
  guint n = 0;

  add_dense (spec, 1024, "normal", 0.3);
  plan = bf_plan_new (spec, &shape);
  g_assert_cmpuint (bf_jacobian_choose (plan, 1000, &n), ==, 2);
  g_assert_cmpuint (n, ==, 2);
  n = 20;
  g_assert_cmpuint (bf_jacobian_choose (plan, 7, &n), ==, 7);
  g_assert_cmpuint (n, ==, 7);
  bf_plan_unref (plan);
  bf_spec_append (spec, "batch-norm");
  spec->batch = 32;
  plan = bf_plan_new (spec, &shape);
  n = 0;
  g_assert_cmpuint (bf_jacobian_choose (plan, 1000, &n), ==, 32);
  g_assert_cmpuint (n, ==, 2);
}

int
main (int argc, char **argv)
{
  static const Case cases[] = { { "tanh", 1 }, { "tanh", 3 }, { "sigmoid", 1 }, { "relu", 2 } };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jacobian/differences", test_differences);
  g_test_add_func ("/jacobian/skips", test_skips);
  g_test_add_func ("/jacobian/product", test_product);
  g_test_add_func ("/jacobian/isometry", test_isometry);
  g_test_add_func ("/jacobian/determinant", test_determinant);
  g_test_add_func ("/jacobian/zeros", test_zeros);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/jacobian/theory/%s-%g", cases[i].activation, cases[i].weight_variance);

      g_test_add_data_func (path, &cases[i], test_theory);
    }
  g_test_add_func ("/jacobian/not-finite", test_not_finite);
  g_test_add_func ("/jacobian/progress", test_progress);
  g_test_add_func ("/jacobian/too-wide", test_too_wide);
  g_test_add_func ("/jacobian/choose", test_choose);
  return g_test_run ();
}
