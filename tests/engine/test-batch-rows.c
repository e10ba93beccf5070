/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Rows that are the same are computed once: beside the same pass computed in full, which bf_network_forward_while() and
 * bf_network_backward_while() still do.
 */
#include "bf-batch-rows.h"
#include "bf-network-private.h"
#include "bf-probe.h"
#include "bf-trainer.h"

#include <math.h>
#include <string.h>

#define WIDTH 80
#define BATCH 64

static void
test_compare (void)
{
  float rows[3][WIDTH];

  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < WIDTH; j++)
      rows[i][j] = j == 5 ? 0 : 0.5f + j;
  g_assert_cmpint (bf_batch_rows_compare (rows[0], 3, WIDTH), ==, BF_ROWS_SAME);
  g_assert_cmpint (bf_batch_rows_compare (rows[0], 1, WIDTH), ==, BF_ROWS_SAME);
  rows[2][5] = -0.0f;
  g_assert_cmpint (bf_batch_rows_compare (rows[0], 3, WIDTH), ==, BF_ROWS_NEAR);
  rows[1][79] *= 1.25f;
  g_assert_cmpint (bf_batch_rows_compare (rows[0], 3, WIDTH), ==, BF_ROWS_NEAR);
  rows[1][79] *= 1.25f;
  g_assert_cmpint (bf_batch_rows_compare (rows[0], 3, WIDTH), ==, BF_ROWS_APART);
  rows[1][79] = NAN;
  g_assert_cmpint (bf_batch_rows_compare (rows[0], 3, WIDTH), ==, BF_ROWS_APART);
  for (guint j = 0; j < WIDTH; j++)
    rows[1][j] = nextafterf (rows[0][j], 100);
  g_assert_cmpint (bf_batch_rows_compare (rows[0], 3, WIDTH), ==, BF_ROWS_APART);
}

static void
test_find_and_spread (void)
{
  float rows[40][3], found[BF_MAX_DISTINCT_ROWS][3], part[50];
  guint8 which[40], zero[40] = { 0 };
  BfBatchRows kept = { .which = which };

  for (guint i = 0; i < 40; i++)
    for (guint j = 0; j < 3; j++)
      rows[i][j] = i * i % 7 + 10 * j;
  kept.n = bf_batch_rows_find (rows[0], 40, 3, found[0], which);
  g_assert_cmpuint (kept.n, ==, 4);   /* the squares of 7: 0, 1, 2, 4 */
  for (guint i = 0; i < 40; i++)
    {
      g_assert_cmpuint (which[i], <=, i);
      g_assert_cmpmem (found[which[i]], sizeof found[0], rows[i], sizeof rows[i]);
    }
  bf_batch_rows_read (&kept, found[0], 3, 5, 50, part);
  g_assert_cmpmem (part, sizeof part, rows[0] + 5, sizeof part);
  bf_batch_rows_spread (&kept, found[0], 40, 3, 0, 3);
  g_assert_cmpmem (found, sizeof rows, rows, sizeof rows);

  kept = (BfBatchRows) { 0, zero };
  bf_batch_rows_spread (&kept, rows[0], 40, 3, 1, 2);
  g_assert_cmpfloat (rows[39][1], ==, 0);
  g_assert_cmpfloat (rows[39][2], >, 0);
  for (guint i = 0; i < 40; i++)
    rows[i][0] = i;
  g_assert_cmpuint (bf_batch_rows_find (rows[0], 40, 3, found[0], which), ==, 0);
}

/* Fourteen layers of sigmoid, from inputs that nobody tells apart or that differ by `spread`. */
static BfNetwork *
make_network (const char *loss, guint classes, float spread, gboolean skip)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  const BfShape shape = { .inputs = 8, .outputs = MAX (classes, 1), .classes = classes };
  BfNetwork *network;
  float *input;
  guint from = 0;

  g_clear_pointer (&spec->loss, bf_options_free);
  spec->loss = bf_options_new (bf_kind_find (bf_losses, loss));
  for (guint i = 0; i < 14; i++)
    {
      BfLayer *dense = bf_spec_append (spec, "dense");

      bf_options_set_number (dense->options, "units", WIDTH, NULL);
      if (i == 6)
        from = dense->id;
      if (i == 8 && skip)
        bf_options_set_number (bf_spec_append (spec, "add")->options, "from", from, NULL);
      bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", "sigmoid", NULL);
    }
  bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", shape.outputs, NULL);
  plan = bf_plan_new (spec, &shape);
  network = bf_network_new (plan, 1, BATCH, &error);
  g_assert_no_error (error);
  input = bf_network_get_input (network);
  for (guint i = 0; i < BATCH; i++)
    for (guint j = 0; j < 8; j++)
      input[i * 8 + j] = 0.3f * j + spread * (float) ((i * 37 + j * 11) % 50);
  return network;
}

static gboolean
go_on (gpointer data, GError **error)
{
  return TRUE;
}

static void
pass_in_full (BfNetwork *network, const guint16 *labels, const float *targets)
{
  g_assert_true (bf_network_forward_while (network, BATCH, TRUE, go_on, NULL, NULL));
  bf_network_loss (network, BATCH, labels, targets, NULL);
  g_assert_true (bf_network_backward_while (network, BATCH, go_on, NULL, NULL));
}

static void
pass (BfNetwork *network, const guint16 *labels, const float *targets)
{
  bf_network_forward (network, BATCH, TRUE);
  bf_network_loss (network, BATCH, labels, targets, NULL);
  bf_network_backward (network, BATCH, FALSE);
}

static void
fill_labels (guint16 *labels)
{
  for (guint i = 0; i < BATCH; i++)
    labels[i] = (guint16) (i * i % 5);
}

/* The largest difference, as a part of the largest value. */
static double
compare (const float *values, const float *expected, gsize n)
{
  double worst = 0, largest = 0;

  for (gsize i = 0; i < n; i++)
    {
      worst = fmax (worst, fabs ((double) values[i] - expected[i]));
      largest = fmax (largest, fabs (expected[i]));
    }
  return largest > 0 ? worst / largest : worst;
}

static void
check_gradients (BfNetwork *network, BfNetwork *full)
{
  for (guint i = 0; i < bf_network_get_n_parameters (network); i++)
    {
      const BfParameter *p = &bf_network_get_parameters (network)[i], *q = &bf_network_get_parameters (full)[i];
      const double off = compare (p->gradient, q->gradient, (gsize) p->rows * p->columns);

      if (off > 2e-6)
        g_error ("%s of layer %u is off by %g of it", p->name, p->layer, off);
    }
}

/* All hidden outputs and their gradients are the same bits; the narrow last product is CBLAS's, which has its own ways. */
static void
check_same_samples (const char *loss, guint classes)
{
  g_autoptr (BfNetwork) network = make_network (loss, classes, 0, FALSE), full = make_network (loss, classes, 0, FALSE);
  const guint last = bf_network_get_plan (network)->n_layers - 1;
  guint16 labels[BATCH];
  float targets[BATCH];

  fill_labels (labels);
  for (guint i = 0; i < BATCH; i++)
    targets[i] = 0.01f * i;
  pass (network, labels, targets);
  pass_in_full (full, labels, targets);
  for (guint l = 2; l <= last; l++)
    g_assert_cmpint (network->same[l], ==, TRUE);
  g_assert_cmpuint (network->output_rows[4].n, ==, 1);
  g_assert_cmpuint (network->gradient_rows[4].n, ==, classes ? 3 : BATCH);   /* squares of 5: 0, 1, 4 */
  for (guint l = 0; l < last; l++)
    g_assert_cmpmem (bf_network_get_output (network, l), BATCH * WIDTH * sizeof (float),
                     bf_network_get_output (full, l), BATCH * WIDTH * sizeof (float));
  g_assert_cmpfloat (compare (bf_network_get_output (network, last), bf_network_get_output (full, last), BATCH), <, 1e-6);
  check_gradients (network, full);

  /* The same gradient at the output: what comes back is the same bits. */
  memcpy (bf_network_get_output_gradient (network, last), bf_network_get_output_gradient (full, last),
          BATCH * MAX (classes, 1) * sizeof (float));
  bf_network_backward (network, BATCH, FALSE);
  for (guint l = 0; l < last; l++)
    g_assert_cmpmem (bf_network_get_output_gradient (network, l), BATCH * WIDTH * sizeof (float),
                     bf_network_get_output_gradient (full, l), BATCH * WIDTH * sizeof (float));
}

static void
test_same_samples (void)
{
  check_same_samples ("cross-entropy", 5);
  check_same_samples ("mse", 0);
}

/* A skip connection adds samples of which all have to be there, and passes back what it has to add to. */
static void
test_skip (void)
{
  g_autoptr (BfNetwork) network = make_network ("cross-entropy", 5, 0, TRUE), full = make_network ("cross-entropy", 5, 0, TRUE);
  const guint last = bf_network_get_plan (network)->n_layers - 1;
  guint16 labels[BATCH];

  fill_labels (labels);
  pass (network, labels, NULL);
  pass_in_full (full, labels, NULL);
  g_assert_true (network->same[last] && network->same[8]);
  for (guint l = 0; l < last; l++)
    {
      g_assert_cmpmem (bf_network_get_output (network, l), BATCH * WIDTH * sizeof (float),
                       bf_network_get_output (full, l), BATCH * WIDTH * sizeof (float));
      g_assert_cmpfloat (compare (bf_network_get_output_gradient (network, l), bf_network_get_output_gradient (full, l),
                                  BATCH * WIDTH), <, 2e-6);
    }
  check_gradients (network, full);
}

/* Samples that become the same on the way. */
static void
test_near_samples (void)
{
  g_autoptr (BfNetwork) network = make_network ("cross-entropy", 5, 1e-7f, FALSE), full = make_network ("cross-entropy", 5, 1e-7f, FALSE);
  const guint last = bf_network_get_plan (network)->n_layers - 1;
  guint16 labels[BATCH];

  fill_labels (labels);
  pass (network, labels, NULL);
  pass_in_full (full, labels, NULL);
  g_assert_false (network->same[2]);
  g_assert_true (network->same[last]);
  for (guint l = 0; l < last; l++)
    {
      g_assert_cmpfloat (compare (bf_network_get_output (network, l), bf_network_get_output (full, l), BATCH * WIDTH), <, 5e-7);
      g_assert_cmpfloat (compare (bf_network_get_output_gradient (network, l), bf_network_get_output_gradient (full, l),
                                  BATCH * WIDTH), <, 2e-6);
    }
  check_gradients (network, full);
}

/* Below weights of zero there is no gradient; above, there is. */
static void
test_zero_gradients (void)
{
  g_autoptr (BfNetwork) network = make_network ("cross-entropy", 5, 0.1f, FALSE);
  const BfParameter *weight = bf_network_find_parameter (network, 8, "weight");
  float *gradients = bf_network_get_gradients (network);
  guint16 labels[BATCH];

  fill_labels (labels);
  memset (weight->value, 0, WIDTH * WIDTH * sizeof (float));
  memset (gradients, 0x7f, bf_network_get_size (network) * sizeof (float));
  pass (network, labels, NULL);
  g_assert_cmpuint (network->gradient_rows[6].n, ==, 0);
  for (guint i = 0; i < bf_network_get_n_parameters (network); i++)
    {
      const BfParameter *p = &bf_network_get_parameters (network)[i];
      double size = 0;

      for (gsize k = 0; k < (gsize) p->rows * p->columns; k++)
        size += fabsf (p->gradient[k]);
      if (p->layer < 8)
        g_assert_cmpfloat (size, ==, 0);
      else
        g_assert_true (size > 0 && size < 1e3);
    }
  for (guint i = 0; i < BATCH * WIDTH; i++)
    g_assert_cmpfloat (bf_network_get_output_gradient (network, 3)[i], ==, 0);
}

static BfTrainer *
make_trainer (const char *optimizer, guint threads)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  BfTrainer *trainer;

  g_clear_pointer (&spec->data, bf_options_free);
  g_clear_pointer (&spec->optimizer, bf_options_free);
  spec->optimizer = bf_options_new (bf_kind_find (bf_optimizers, optimizer));
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "moons"));
  bf_options_set_number (spec->data, "samples", 20 * BATCH, NULL);
  spec->validation_share = 0;
  spec->learning_rate = 0.1;
  spec->batch = BATCH;
  for (guint i = 0; i < 16; i++)
    {
      bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", i % 3 ? WIDTH : 128, NULL);
      bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", "sigmoid", NULL);
    }
  bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 2, NULL);
  data = bf_dataset_load (spec, NULL, NULL, &error);
  g_assert_cmpuint (bf_dataset_get_count (data, BF_PART_TRAIN) % BATCH, ==, 0);
  plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  trainer = bf_trainer_new (plan, data, threads, &error);
  g_assert_no_error (error);
  bf_trainer_set_planned (trainer, 100000);
  return trainer;
}

static float *
train (guint threads, gboolean recording, gsize *size)
{
  g_autoptr (BfTrainer) trainer = make_trainer ("sgd", threads);
  BfNetwork *network = bf_trainer_get_network (trainer);
  const guint steps = g_getenv ("BF_VALGRIND") ? 40 : 1000;

  bf_trainer_set_planned (trainer, steps + 1);
  bf_trainer_set_recording (trainer, recording);
  for (guint i = 0; i < steps; i++)
    g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_MADE);
  g_assert_cmpuint (bf_crew_get_threads (bf_network_get_crew (network)), ==, threads);
  g_assert_true (network->same[32]);
  *size = bf_network_get_size (network) * sizeof (float);
  return g_memdup2 (bf_network_get_values (network), *size);
}

static void
test_same_training (void)
{
  gsize size;
  g_autofree float *one = train (1, FALSE, &size);

  for (guint threads = 1; threads <= 3; threads++)
    {
      g_autofree float *many = train (threads, threads != 2, &size);

      g_assert_cmpmem (many, size, one, size);
    }
}

/* Of all tensors, by a probe that knows nothing and asks for everything. */
static void
check_reading (BfNetwork *network, const BfColumn *column, const BfFrame *frame)
{
  const guint n_layers = bf_network_get_plan (network)->n_layers;
  g_autoptr (BfProbe) probe = bf_probe_new (network);
  g_autoptr (BfColumn) expected = bf_column_new (n_layers);
  g_autoptr (BfFrame) counted = bf_probe_count (probe, BATCH, 0);

  bf_probe_measure (probe, BATCH, FALSE, expected);
  for (guint l = 0; l < n_layers; l++)
    {
      g_assert_cmpmem (&column->layers[l].tensors, sizeof column->layers[l].tensors,
                       &expected->layers[l].tensors, sizeof column->layers[l].tensors);
      g_assert_true (column->layers[l].saturated == expected->layers[l].saturated || isnan (expected->layers[l].saturated));
      for (guint t = 0; t < BF_N_TENSORS; t++)
        if (counted->histograms[l * BF_N_TENSORS + t])
          g_assert_cmpmem (frame->histograms[l * BF_N_TENSORS + t], sizeof (BfHistogram),
                           counted->histograms[l * BF_N_TENSORS + t], sizeof (BfHistogram));
    }
}

/* What one probe carries from step to step is what another reads, whatever happens in between. */
static void
check_readings (const char *optimizer, guint threads)
{
  g_autoptr (BfTrainer) trainer = make_trainer (optimizer, threads);
  BfNetwork *network = bf_trainer_get_network (trainer);
  g_autoptr (BfProbe) probe = bf_probe_new (network);
  g_autoptr (BfColumn) column = bf_column_new (bf_network_get_plan (network)->n_layers);
  g_autoptr (BfFrame) frame = bf_probe_count (probe, BATCH, 0);
  guint unchanged = 0, same = 0;

  for (guint i = 0; i < 40; i++)
    {
      guint64 written = bf_network_get_written (network, 4);

      g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_MADE);
      unchanged += written == bf_network_get_written (network, 4);
      if (i == 20)
        bf_network_find_parameter (network, 4, "weight")->value[7] += 0.5f;
      if (i == 25)
        bf_trainer_set_learning_rate (trainer, 1e3);
      bf_probe_read_tensors (probe, BATCH, (1u << BF_N_TENSORS) - 1, i % 3 ? column : NULL, i % 4 ? frame : NULL);
      bf_probe_measure (probe, BATCH, i % 2 == 0, column);
      bf_probe_measure (probe, BATCH, FALSE, column);
      bf_probe_read_tensors (probe, BATCH, (1u << BF_N_TENSORS) - 1, NULL, frame);
      same += bf_network_get_output_rows (network, 28)->which != NULL;
      if (i % 5 == 0 || i == 21 || i == 26)
        check_reading (network, column, frame);
    }
  g_test_message ("%s: %u steps did not change a weight, in %u samples were the same", optimizer, unchanged, same);
  g_assert_true (g_str_equal (optimizer, "sgd") ? unchanged > 10 : unchanged == 0);   /* AdamW decays all weights */
  g_assert_cmpuint (same, >, 10);
}

static void
test_readings (void)
{
  check_readings ("sgd", 1);
  check_readings ("sgd", 2);
  check_readings ("adamw", 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/batch-rows/compare", test_compare);
  g_test_add_func ("/batch-rows/find-and-spread", test_find_and_spread);
  g_test_add_func ("/batch-rows/same-samples", test_same_samples);
  g_test_add_func ("/batch-rows/skip", test_skip);
  g_test_add_func ("/batch-rows/near-samples", test_near_samples);
  g_test_add_func ("/batch-rows/zero-gradients", test_zero_gradients);
  g_test_add_func ("/batch-rows/same-training", test_same_training);
  g_test_add_func ("/batch-rows/readings", test_readings);
  return g_test_run ();
}
