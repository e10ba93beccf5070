/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Normalizations and dropout by hand and at their edges; the reference cases and the differences of
 * test-gradients have the rest. A tested layer stands before a dense layer that is the identity, so
 * that its input, output and both gradients are at hand.
 */
#include "bf-layer.h"
#include "bf-trainer.h"

#include <math.h>
#include <string.h>

#define D 4
#define N 6

static BfLayer *
append_dense (BfSpec *spec, guint units, const char *start)
{
  BfLayer *layer = bf_spec_append (spec, "dense");

  g_assert_true (bf_options_set_number (layer->options, "units", units, NULL));
  g_assert_true (bf_options_set_choice (layer->options, "start", start, NULL));
  return layer;
}

static BfSpec *
make_empty_spec (void)
{
  BfSpec *spec = bf_spec_new ();

  bf_options_free (spec->loss);
  spec->loss = bf_options_new (bf_kind_find (bf_losses, "mse"));
  return spec;
}

static BfSpec *
make_spec (const char *kind, BfLayer **tested)
{
  BfSpec *spec = make_empty_spec ();

  *tested = bf_spec_append (spec, kind);
  append_dense (spec, D, "identity");
  return spec;
}

static BfNetwork *
compile (BfSpec *spec, guint batch)
{
  g_autoptr (BfPlan) plan = bf_plan_new (spec, &(BfShape) { D, D, 0 });
  g_autoptr (GError) error = NULL;
  BfNetwork *network = bf_network_new (plan, 3, batch, &error);

  g_assert_no_error (error);
  return network;
}

static BfNetwork *
make_network (const char *kind)
{
  BfLayer *tested;
  g_autoptr (BfSpec) spec = make_spec (kind, &tested);

  return compile (spec, N);
}

static void
fill (float *values, gsize size, float phase)
{
  for (gsize i = 0; i < size; i++)
    values[i] = sinf (phase + 1.7f * (float) i) + 0.5f;
}

static void
pass_back (BfNetwork *network, guint n)
{
  bf_network_backward (network, n, TRUE);
}

static void
assert_all_near (const float *values, gsize size, float expected)
{
  for (gsize i = 0; i < size; i++)
    g_assert_cmpfloat_with_epsilon (values[i], expected, 1e-6);
}

/* Names carry the number of the dense layer before. */
static void
test_names (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfPlan) plan = NULL;

  append_dense (spec, 3, "he-normal");
  append_dense (spec, 3, "he-normal");
  bf_spec_append (spec, "batch-norm");
  bf_spec_append (spec, "dropout");
  append_dense (spec, 2, "he-normal");
  plan = bf_plan_new (spec, &(BfShape) { 3, 2, 2 });
  g_assert_null (plan->error);
  g_assert_cmpstr (plan->layers[2].name, ==, "Batch Norm 2");
  g_assert_cmpstr (plan->layers[3].name, ==, "Dropout 2");
  g_assert_cmpuint (plan->layers[2].parameters, ==, 6);
  spec->batch = 1;
  bf_plan_unref (plan);
  plan = bf_plan_new (spec, &(BfShape) { 3, 2, 2 });
  g_assert_cmpint (plan->error_layer, ==, 2);
}

/* One training pass moves the running values a tenth of the way, to the unbiased variance. */
static void
test_running (void)
{
  g_autoptr (BfNetwork) network = make_network ("batch-norm");
  const BfParameter *mean = bf_network_find_buffer (network, 0, "running-mean");
  const BfParameter *variance = bf_network_find_buffer (network, 0, "running-var");
  float *x = bf_network_get_input (network);

  g_assert_cmpuint (bf_network_get_n_buffers (network), ==, 2);
  g_assert_null (mean->gradient);
  g_assert_null (bf_network_find_parameter (network, 0, "running-mean"));
  assert_all_near (mean->value, D, 0);
  assert_all_near (variance->value, D, 1);
  for (guint i = 0; i < N; i++)
    for (guint j = 0; j < D; j++)
      x[i * D + j] = (float) (i * (j + 1));
  bf_network_forward (network, N, FALSE);
  assert_all_near (mean->value, D, 0);
  g_assert_cmpfloat_with_epsilon (bf_network_get_output (network, 0)[D], 1 / sqrt (1 + 1e-5), 1e-6);
  bf_network_forward (network, N, TRUE);
  for (guint j = 0; j < D; j++)
    {
      double m = 2.5 * (j + 1), v = 3.5 * (j + 1) * (j + 1);   /* of 0 … 5, times j + 1 */

      g_assert_cmpfloat_with_epsilon (mean->value[j], 0.1 * m, 1e-5);
      g_assert_cmpfloat_with_epsilon (variance->value[j], 0.9 + 0.1 * v, 1e-5);
    }
}

/* Evaluation's backward pass takes the running values as constants. */
static void
test_evaluation_gradient (void)
{
  g_autoptr (BfNetwork) network = make_network ("batch-norm");

  fill (bf_network_get_input (network), N * D, 0);
  bf_network_find_buffer (network, 0, "running-var")->value[1] = 4;
  bf_network_forward (network, N, FALSE);
  fill (bf_network_get_output_gradient (network, 1), N * D, 1);
  pass_back (network, N);
  for (guint i = 0; i < N * D; i++)
    g_assert_cmpfloat_with_epsilon (bf_network_get_input_gradient (network)[i],
                                    bf_network_get_output_gradient (network, 1)[i] / (i % D == 1 ? 2 : 1), 1e-4);
}

static void
test_batch_statistics (void)
{
  BfLayer *tested;
  g_autoptr (BfSpec) spec = make_spec ("batch-norm", &tested);
  g_autoptr (BfNetwork) network = NULL;
  float trained[N * D];

  g_assert_true (bf_options_set_choice (tested->options, "statistics", "batch", NULL));
  network = compile (spec, N);
  g_assert_cmpuint (bf_network_get_n_buffers (network), ==, 0);
  fill (bf_network_get_input (network), N * D, 0);
  bf_network_forward (network, N, TRUE);
  memcpy (trained, bf_network_get_output (network, 0), sizeof trained);
  bf_network_forward (network, N, FALSE);
  g_assert_cmpmem (trained, sizeof trained, bf_network_get_output (network, 0), sizeof trained);
}

/* LSUV's own passes leave no trace in running values and generators. */
static void
test_lsuv (void)
{
  g_autoptr (BfSpec) spec = make_empty_spec ();
  g_autoptr (BfNetwork) network = NULL, fresh = NULL;

  bf_spec_append (spec, "batch-norm");
  bf_spec_append (spec, "dropout");
  append_dense (spec, D, "lsuv");
  network = compile (spec, N);
  fresh = compile (spec, N);
  fill (bf_network_get_input (network), N * D, 0);
  bf_network_lsuv (network, N);
  g_assert_cmpmem (bf_network_get_buffer_values (network), bf_network_get_buffer_size (network) * sizeof (float),
                   bf_network_get_buffer_values (fresh), bf_network_get_buffer_size (fresh) * sizeof (float));
  g_assert_cmpmem (gsl_rng_state (bf_network_get_random (network, 1)), gsl_rng_size (bf_network_get_random (network, 1)),
                   gsl_rng_state (bf_network_get_random (fresh, 1)), gsl_rng_size (bf_network_get_random (fresh, 1)));
  g_assert_cmpint (memcmp (bf_network_find_parameter (network, 2, "weight")->value,
                           bf_network_find_parameter (fresh, 2, "weight")->value, D * D * sizeof (float)), !=, 0);
}

/* A tensor whose values are all equal: every normalization gives 0, and passes back what is finite. */
static void
test_no_spread (gconstpointer kind)
{
  g_autoptr (BfNetwork) network = make_network (kind);

  for (guint i = 0; i < N * D; i++)
    bf_network_get_input (network)[i] = 0.3f;
  bf_network_forward (network, N, TRUE);
  assert_all_near (bf_network_get_output (network, 0), N * D, 0);
  fill (bf_network_get_output_gradient (network, 1), N * D, 1);
  pass_back (network, N);
  for (guint i = 0; i < N * D; i++)
    g_assert_true (isfinite (bf_network_get_input_gradient (network)[i]));
  if (g_str_equal (kind, "tensor-norm"))
    assert_all_near (bf_network_get_input_gradient (network), N * D, 0);
}

/* What is not finite is never hidden. */
static void
test_not_finite (gconstpointer kind)
{
  g_autoptr (BfNetwork) network = make_network (kind);

  fill (bf_network_get_input (network), N * D, 0);
  bf_network_get_input (network)[D + 1] = NAN;
  bf_network_forward (network, N, TRUE);
  g_assert_true (isnan (bf_network_get_output (network, 0)[D + 1]));
  fill (bf_network_get_input (network), N * D, 0);
  bf_network_restart_random (network);
  bf_network_forward (network, N, TRUE);
  fill (bf_network_get_output_gradient (network, 1), N * D, 1);
  bf_network_get_output_gradient (network, 1)[D + 1] = NAN;
  pass_back (network, N);
  g_assert_true (isnan (bf_network_get_input_gradient (network)[D + 1]));
}

static void
test_gradient_norm (void)
{
  g_autoptr (BfNetwork) network = make_network ("gradient-norm");
  float *dy = bf_network_get_output_gradient (network, 1);
  const float *dx;
  double mean = 0, squares = 0;

  fill (bf_network_get_input (network), N * D, 0);
  bf_network_forward (network, N, TRUE);
  g_assert_cmpmem (bf_network_get_input (network), N * D * sizeof (float),
                   bf_network_get_output (network, 0), N * D * sizeof (float));
  fill (dy, N * D, 2);
  for (guint i = 0; i < N * D; i++)
    mean += dy[i] / (N * D);
  for (guint i = 0; i < N * D; i++)
    squares += (dy[i] - mean) * (dy[i] - mean);
  pass_back (network, N);
  dx = bf_network_get_input_gradient (network);
  for (guint i = 0; i < N * D; i++)
    g_assert_cmpfloat_with_epsilon (dx[i], (dy[i] - mean) / (sqrt (squares / (N * D - 1)) + 1e-6), 1e-5);
  for (guint i = 0; i < N * D; i++)
    dy[i] = 3;
  pass_back (network, N);
  assert_all_near (dx, N * D, 0);
}

static void
test_dropout (void)
{
  const guint n = 4000;
  BfLayer *tested;
  g_autoptr (BfSpec) spec = make_spec ("dropout", &tested);
  g_autoptr (BfNetwork) network = NULL, again = NULL;
  g_autofree float *first = g_new (float, n * D);
  guint dropped = 0;

  g_assert_true (bf_options_set_number (tested->options, "rate", 0.3, NULL));
  network = compile (spec, n);
  again = compile (spec, n);
  for (guint i = 0; i < n * D; i++)
    bf_network_get_input (network)[i] = bf_network_get_input (again)[i] = 1;
  bf_network_forward (network, n, FALSE);
  assert_all_near (bf_network_get_output (network, 0), n * D, 1);
  bf_network_forward (network, n, TRUE);
  bf_network_forward (again, n, TRUE);
  memcpy (first, bf_network_get_output (network, 0), n * D * sizeof (float));
  g_assert_cmpmem (first, n * D * sizeof (float), bf_network_get_output (again, 0), n * D * sizeof (float));
  for (guint i = 0; i < n * D; i++)
    {
      dropped += first[i] == 0;
      g_assert_true (first[i] == 0 || fabsf (first[i] - 1 / 0.7f) < 1e-6f);
    }
  g_assert_cmpfloat_with_epsilon ((double) dropped / (n * D), 0.3, 0.015);   /* four standard deviations */
  for (guint i = 0; i < n * D; i++)
    bf_network_get_output_gradient (network, 1)[i] = 1;
  pass_back (network, n);
  g_assert_cmpmem (first, n * D * sizeof (float), bf_network_get_input_gradient (network), n * D * sizeof (float));
  bf_network_forward (network, n, TRUE);
  g_assert_cmpint (memcmp (first, bf_network_get_output (network, 0), n * D * sizeof (float)), !=, 0);
  bf_network_set_draws (network, FALSE);
  bf_network_forward (network, n, TRUE);
  assert_all_near (bf_network_get_output (network, 0), n * D, 1);
}

static BfTrainer *
make_trainer (BfSpec *spec)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, &error);
  g_autoptr (BfPlan) plan = NULL;
  BfTrainer *trainer;

  g_assert_no_error (error);
  plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  trainer = bf_trainer_new (plan, data, 1, &error);
  g_assert_no_error (error);
  return trainer;
}

/* Moons through a layer of each kind that this file is about. */
static BfSpec *
make_experiment (gboolean normalized)
{
  static const char *const kinds[] = { "batch-norm", "layer-norm", "tensor-norm", "gradient-norm", "dropout" };
  BfSpec *spec = bf_spec_new ();

  bf_options_free (spec->data);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "moons"));
  g_assert_true (bf_options_set_number (spec->data, "samples", 200, NULL));
  spec->scaling = bf_kind_find (bf_scalings, "none");
  spec->batch = 16;
  spec->epochs = 3;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      append_dense (spec, 8, "he-normal");
      if (normalized)
        bf_spec_append (spec, kinds[i]);
      bf_spec_append (spec, "activation");
    }
  append_dense (spec, 2, "he-normal");
  return spec;
}

/* Neither recording nor evaluating between steps changes a bit. */
static void
test_same_bits (void)
{
  g_autoptr (BfSpec) spec = make_experiment (TRUE);
  g_autoptr (BfTrainer) plain = make_trainer (spec), watched = make_trainer (spec);
  BfNetwork *a = bf_trainer_get_network (plain), *b = bf_trainer_get_network (watched);
  double loss, accuracy;

  bf_trainer_set_recording (plain, FALSE);
  while (bf_trainer_step (plain) == BF_STEP_MADE)
    ;
  do
    bf_trainer_evaluate (watched, BF_PART_TEST, &loss, &accuracy);
  while (bf_trainer_step (watched) == BF_STEP_MADE);
  g_assert_cmpmem (bf_network_get_values (a), bf_network_get_size (a) * sizeof (float),
                   bf_network_get_values (b), bf_network_get_size (b) * sizeof (float));
  g_assert_cmpmem (bf_network_get_buffer_values (a), bf_network_get_buffer_size (a) * sizeof (float),
                   bf_network_get_buffer_values (b), bf_network_get_buffer_size (b) * sizeof (float));
  g_assert_true (isfinite (loss));
}

/* A last batch of one sample counts, but not under batch norm. */
static void
test_single_sample (void)
{
  for (guint normalized = 0; normalized < 2; normalized++)
    {
      g_autoptr (BfSpec) spec = make_experiment (normalized);
      g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, NULL);
      g_autoptr (BfTrainer) trainer = NULL;

      spec->batch = bf_dataset_get_count (data, BF_PART_TRAIN) - 1;
      trainer = make_trainer (spec);
      g_assert_cmpint (bf_network_needs_two_samples (bf_trainer_get_network (trainer)), ==, normalized);
      g_assert_cmpuint (bf_trainer_get_steps_per_epoch (trainer), ==, normalized ? 1 : 2);
    }
}

int
main (int argc, char **argv)
{
  static const char *const norms[] = { "batch-norm", "layer-norm", "tensor-norm" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/norms/names", test_names);
  g_test_add_func ("/norms/running", test_running);
  g_test_add_func ("/norms/evaluation-gradient", test_evaluation_gradient);
  g_test_add_func ("/norms/batch-statistics", test_batch_statistics);
  g_test_add_func ("/norms/lsuv", test_lsuv);
  for (guint i = 0; i < G_N_ELEMENTS (norms); i++)
    {
      g_autofree char *path = g_strconcat ("/norms/no-spread/", norms[i], NULL);

      g_test_add_data_func (path, norms[i], test_no_spread);
    }
  for (const BfKind *const *kind = bf_layer_kinds (); *kind; kind++)
    if (!bf_kind_find_param (*kind, "from") && !g_str_equal ((*kind)->id, "dense"))
      {
        g_autofree char *path = g_strconcat ("/norms/not-finite/", (*kind)->id, NULL);

        g_test_add_data_func (path, (*kind)->id, test_not_finite);
      }
  g_test_add_func ("/norms/gradient-norm", test_gradient_norm);
  g_test_add_func ("/norms/dropout", test_dropout);
  g_test_add_func ("/norms/same-bits", test_same_bits);
  g_test_add_func ("/norms/single-sample", test_single_sample);
  return g_test_run ();
}
