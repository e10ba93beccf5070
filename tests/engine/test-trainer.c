/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Training as a whole: a step by hand, learning, what is recorded, and how it ends.
 */
#include "bf-trainer.h"

#include <math.h>
#include <string.h>

static BfSpec *
make_spec (const char *data, guint samples, const char *loss, double rate, guint batch, guint epochs)
{
  BfSpec *spec = bf_spec_new ();

  g_clear_pointer (&spec->data, bf_options_free);
  g_clear_pointer (&spec->loss, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, data));
  spec->loss = bf_options_new (bf_kind_find (bf_losses, loss));
  g_assert_true (bf_options_set_number (spec->data, "samples", samples, NULL));
  spec->scaling = bf_kind_find (bf_scalings, "none");
  spec->validation_share = 0.25;
  spec->learning_rate = rate;
  spec->batch = batch;
  spec->epochs = epochs;
  spec->seed = 7;
  return spec;
}

static BfLayer *
add_dense (BfSpec *spec, guint units, const char *start)
{
  BfLayer *layer = bf_spec_append (spec, "dense");

  g_assert_true (bf_options_set_number (layer->options, "units", units, NULL));
  g_assert_true (bf_options_set_choice (layer->options, "start", start, NULL));
  return layer;
}

static void
add_activation (BfSpec *spec, const char *function)
{
  g_assert_true (bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", function, NULL));
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

static BfStepResult
run (BfTrainer *trainer)
{
  BfStepResult result;

  do
    result = bf_trainer_step (trainer);
  while (result == BF_STEP_MADE);
  return result;
}

/* Blobs through two hidden layers. */
static BfSpec *
make_blobs (const char *activation)
{
  BfSpec *spec = make_spec ("blobs", 203, "cross-entropy", 0.1, 16, 4);

  add_dense (spec, 8, "glorot-uniform");
  add_activation (spec, activation);
  add_dense (spec, 8, "glorot-uniform");
  add_activation (spec, activation);
  add_dense (spec, 10, "glorot-uniform");
  return spec;
}

static guint
count_classes (BfSpec *spec)
{
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, NULL);

  return bf_dataset_get_shape (data)->outputs;
}

/* Sets the last layer's units to what the data asks for. */
static BfSpec *
fit_output (BfSpec *spec)
{
  BfBlock *last = spec->blocks->pdata[spec->blocks->len - 1];

  g_assert_true (bf_options_set_number (((BfLayer *) last->layers->pdata[0])->options, "units", count_classes (spec), NULL));
  return spec;
}

/* y = w·x + b under the mean square error, all samples in one batch: dL/dw = 2 mean ((y - t) x). */
static void
test_by_hand (void)
{
  g_autoptr (BfSpec) spec = make_spec ("random-regression", 8, "mse", 0.5, 64, 1);
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfTrainer) trainer = NULL;
  g_autoptr (BfSnapshot) snapshot = NULL;
  const BfParameter *weight, *bias;
  float x[64], t[64];
  double w, b, dw = 0, db = 0, loss = 0;
  guint n;

  g_assert_true (bf_options_set_number (spec->data, "inputs", 1, NULL));
  add_dense (spec, 1, "he-normal");
  data = bf_dataset_load (spec, NULL, NULL, NULL);
  n = bf_dataset_get_count (data, BF_PART_TRAIN);
  g_assert_cmpuint (n, >, 2);
  bf_dataset_gather (data, BF_PART_TRAIN, NULL, 0, n, x, 1, NULL, t);
  trainer = make_trainer (spec);
  g_assert_cmpuint (bf_trainer_get_planned (trainer), ==, 1);
  weight = bf_network_find_parameter (bf_trainer_get_network (trainer), 0, "weight");
  bias = bf_network_find_parameter (bf_trainer_get_network (trainer), 0, "bias");
  w = weight->value[0];
  b = bias->value[0];
  for (guint i = 0; i < n; i++)
    {
      const double away = w * x[i] + b - t[i];

      loss += away * away / n;
      dw += 2 * away * x[i] / n;
      db += 2 * away / n;
    }
  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_MADE);
  g_assert_cmpfloat_with_epsilon (weight->value[0], w - 0.5 * dw, 1e-5);
  g_assert_cmpfloat_with_epsilon (bias->value[0], b - 0.5 * db, 1e-5);
  snapshot = bf_trainer_snapshot (trainer);
  g_assert_cmpfloat_with_epsilon (snapshot->start->loss, loss, 1e-5);
  g_assert_cmpfloat_with_epsilon (bf_column_get_norm (snapshot->start, 0, BF_TENSOR_WEIGHT_GRADIENT), fabs (dw), 1e-5);
  g_assert_cmpfloat_with_epsilon (bf_column_get_norm (snapshot->start, 0, BF_TENSOR_BIAS_GRADIENT), fabs (db), 1e-5);
  g_assert_cmpfloat_with_epsilon (bf_snapshot_get_column (snapshot, 0)->layers[0].update_ratio, fabs (0.5 * dw / w), 1e-5);
  g_assert_cmpint (snapshot->outcome, ==, BF_OUTCOME_FINISHED);
}

static void
test_learns_xor (void)
{
  g_autoptr (BfSpec) spec = make_spec ("xor", 400, "cross-entropy", 0.5, 16, 80);
  g_autoptr (BfTrainer) trainer = NULL;
  g_autoptr (BfSnapshot) snapshot = NULL;
  const BfEpoch *first, *last;

  add_dense (spec, 16, "glorot-normal");
  add_activation (spec, "tanh");
  add_dense (spec, 2, "glorot-normal");
  trainer = make_trainer (spec);
  g_assert_cmpint (run (trainer), ==, BF_STEP_FINISHED);
  snapshot = bf_trainer_snapshot (trainer);
  g_assert_cmpuint (snapshot->epochs->len, ==, 80);
  first = &g_array_index (snapshot->epochs, BfEpoch, 0);
  last = &g_array_index (snapshot->epochs, BfEpoch, 79);
  g_assert_cmpfloat (last->train_loss, <, first->train_loss / 2);
  g_assert_cmpfloat (last->validation_accuracy, >, 0.85);
  g_assert_cmpfloat (snapshot->test_accuracy, >, 0.85);
  g_assert_cmpfloat (snapshot->steps_per_second, >, 0);
  g_assert_cmpuint (snapshot->steps, ==, snapshot->steps_planned);
}

/* The last, smaller batch counts, and an epoch's numbers are means over its steps. */
static void
test_epochs (void)
{
  g_autoptr (BfSpec) spec = fit_output (make_blobs ("tanh"));
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, NULL);
  const guint n = bf_dataset_get_count (data, BF_PART_TRAIN);
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfSnapshot) snapshot = NULL;

  g_assert_cmpuint (n % 16, !=, 0);
  g_assert_cmpuint (bf_trainer_get_steps_per_epoch (trainer), ==, n / 16 + 1);
  run (trainer);
  snapshot = bf_trainer_snapshot (trainer);
  g_assert_cmpuint (snapshot->columns->len, ==, 4 * (n / 16 + 1));
  for (guint e = 0; e < 4; e++)
    {
      const BfEpoch *epoch = &g_array_index (snapshot->epochs, BfEpoch, e);
      double loss = 0, accuracy = 0;

      for (guint i = 0; i <= n / 16; i++)
        {
          const BfColumn *column = bf_snapshot_get_column (snapshot, e * (n / 16 + 1) + i);

          loss += column->loss / (n / 16 + 1);
          accuracy += column->accuracy / (n / 16 + 1);
          g_assert_cmpuint (column->layers[0].tensors[BF_TENSOR_OUTPUT].size, ==, 8 * (i < n / 16 ? 16 : n % 16));
        }
      g_assert_cmpuint (epoch->epoch, ==, e + 1);
      g_assert_cmpuint (epoch->step, ==, (e + 1) * (n / 16 + 1));
      g_assert_cmpfloat_with_epsilon (epoch->train_loss, loss, 1e-5);
      g_assert_cmpfloat_with_epsilon (epoch->train_accuracy, accuracy, 1e-5);
      g_assert_true (isfinite (epoch->validation_loss));
    }
}

static void
assert_same_weights (BfTrainer *a, BfTrainer *b, gboolean same)
{
  BfNetwork *x = bf_trainer_get_network (a), *y = bf_trainer_get_network (b);

  g_assert_cmpint (memcmp (bf_network_get_values (x), bf_network_get_values (y),
                           bf_network_get_size (x) * sizeof (float)) == 0, ==, same);
}

/* Neither recording nor looking nor evaluating changes a bit; another seed does. */
static void
test_same_bits (void)
{
  g_autoptr (BfSpec) spec = fit_output (make_blobs ("relu"));
  g_autoptr (BfSpec) seeded = bf_spec_copy (spec);
  g_autoptr (BfTrainer) recorded = make_trainer (spec), again = make_trainer (spec), off = make_trainer (spec);
  g_autoptr (BfTrainer) watched = make_trainer (spec), other = NULL;
  double loss, accuracy;

  seeded->seed = 8;
  other = make_trainer (seeded);
  bf_trainer_set_recording (off, FALSE);
  bf_trainer_evaluate (watched, BF_PART_TEST, &loss, &accuracy);
  while (bf_trainer_step (watched) == BF_STEP_MADE)
    {
      bf_snapshot_unref (bf_trainer_snapshot (watched));
      bf_trainer_evaluate (watched, BF_PART_TRAIN, &loss, &accuracy);
    }
  run (recorded);
  run (again);
  run (off);
  run (other);
  assert_same_weights (recorded, again, TRUE);
  assert_same_weights (recorded, off, TRUE);
  assert_same_weights (recorded, watched, TRUE);
  assert_same_weights (recorded, other, FALSE);
}

/* Recorded bits are the same as well, and step 0's are those of the start. */
static void
test_same_record (void)
{
  g_autoptr (BfSpec) spec = fit_output (make_blobs ("relu"));
  g_autoptr (BfTrainer) a = make_trainer (spec), b = make_trainer (spec);
  g_autoptr (BfSnapshot) x = NULL, y = NULL;
  const BfColumn *first;

  run (a);
  run (b);
  x = bf_trainer_snapshot (a);
  y = bf_trainer_snapshot (b);
  g_assert_cmpuint (x->columns->len, ==, y->columns->len);
  for (guint i = 0; i < x->columns->len; i++)
    g_assert_cmpmem (((BfColumn *) x->columns->pdata[i])->layers, 5 * sizeof (BfLayerStats),
                     ((BfColumn *) y->columns->pdata[i])->layers, 5 * sizeof (BfLayerStats));
  first = x->columns->pdata[0];
  g_assert_cmpmem (first->layers[2].tensors, sizeof first->layers[2].tensors,
                   x->start->layers[2].tensors, sizeof first->layers[2].tensors);
  g_assert_cmpfloat (first->loss, ==, x->start->loss);
  g_assert_cmpuint (((BfFrame *) x->frames->pdata[0])->step, ==, 0);
  g_assert_cmpuint (((BfFrame *) x->frames->pdata[x->frames->len - 1])->step, ==, x->steps - 1);
}

/* brief: nobody looks, but for every 37th step. The rate is too high from one step on. */
static void
run_looking (BfTrainer *trainer, gboolean brief, guint break_at)
{
  BfStepResult result;
  guint step = 0;

  do
    {
      if (step == break_at)
        bf_trainer_set_learning_rate (trainer, 1e20);
      bf_trainer_set_brief (trainer, brief && step % 37 != 0);
      result = bf_trainer_step (trainer);
      if (brief && step % 37 == 0)
        bf_snapshot_unref (bf_trainer_snapshot (trainer));
      step++;
    }
  while (result == BF_STEP_MADE);
}

/* Steps that nobody looks at leave the same recording, whether the training ends or diverges. */
static void
test_brief (gconstpointer data)
{
  const char *activation = data;
  const gboolean diverges = g_str_equal (activation, "linear");
  /* So many that a column holds more steps than there are from one update ratio to the next. */
  const guint64 planned = g_str_equal (activation, "sigmoid") ? 15001 : 3001;
  g_autoptr (BfSpec) spec = fit_output (make_blobs (activation));
  g_autoptr (BfTrainer) whole = make_trainer (spec), brief = make_trainer (spec);
  g_autoptr (BfSnapshot) x = NULL, y = NULL;

  bf_trainer_set_planned (whole, planned);
  bf_trainer_set_planned (brief, planned);
  run_looking (whole, FALSE, diverges ? 2500 : G_MAXUINT);
  run_looking (brief, TRUE, diverges ? 2500 : G_MAXUINT);
  x = bf_trainer_snapshot (whole);
  y = bf_trainer_snapshot (brief);
  g_assert_cmpint (x->outcome, ==, diverges ? BF_OUTCOME_DIVERGED : BF_OUTCOME_FINISHED);
  g_assert_cmpint (y->outcome, ==, x->outcome);
  g_assert_cmpuint (y->steps, ==, x->steps);
  g_assert_cmpuint (y->diverged_layer, ==, x->diverged_layer);
  g_assert_cmpuint (x->columns->len, ==, y->columns->len);
  for (guint i = 0; i < x->columns->len; i++)
    {
      const BfColumn *a = x->columns->pdata[i], *b = y->columns->pdata[i];

      g_assert_cmpmem (a->layers, 5 * sizeof (BfLayerStats), b->layers, 5 * sizeof (BfLayerStats));
      g_assert_cmpmem (&a->log_gradient, sizeof (double), &b->log_gradient, sizeof (double));
      g_assert_cmpuint (a->first_dead, ==, b->first_dead);
    }
}

/* What of a frozen layer's gradient is kept of steps that nobody looks at: less often, and nothing that was not there. */
static void
assert_less_of (const BfStats *whole, const BfStats *brief)
{
  g_assert_cmpuint (brief->size, ==, whole->size);
  g_assert_cmpfloat (brief->rms, ==, whole->rms);
  g_assert_cmpfloat (brief->maximum, ==, whole->maximum);
  g_assert_cmpuint (brief->counted, <=, whole->counted);
  g_assert_cmpuint (brief->counted, >, 0);
  g_assert_cmpfloat (brief->norm_low, >=, whole->norm_low);
  g_assert_cmpfloat (brief->norm_high, <=, whole->norm_high);
}

/* A frozen layer before the first that trains has no gradient in steps that nobody looks at; all else is the same. */
static void
test_brief_frozen (void)
{
  g_autoptr (BfSpec) spec = fit_output (make_blobs ("sigmoid"));
  g_autoptr (BfTrainer) whole = NULL, brief = NULL;
  g_autoptr (BfSnapshot) x = NULL, y = NULL;
  guint64 counted = 0, brief_counted = 0;

  ((BfLayer *) ((BfBlock *) spec->blocks->pdata[0])->layers->pdata[0])->frozen = TRUE;
  whole = make_trainer (spec);
  brief = make_trainer (spec);
  bf_trainer_set_planned (whole, 3001);
  bf_trainer_set_planned (brief, 3001);
  run_looking (whole, FALSE, 4000);
  run_looking (brief, TRUE, 4000);
  assert_same_weights (whole, brief, TRUE);
  x = bf_trainer_snapshot (whole);
  y = bf_trainer_snapshot (brief);
  g_assert_cmpuint (x->columns->len, ==, y->columns->len);
  for (guint i = 0; i < x->columns->len; i++)
    {
      const BfColumn *a = x->columns->pdata[i], *b = y->columns->pdata[i];

      for (guint t = 0; t < BF_N_TENSORS; t++)
        if (t == BF_TENSOR_WEIGHT || t == BF_TENSOR_BIAS || t == BF_TENSOR_OUTPUT)
          g_assert_cmpmem (&a->layers[0].tensors[t], sizeof (BfStats), &b->layers[0].tensors[t], sizeof (BfStats));
        else
          assert_less_of (&a->layers[0].tensors[t], &b->layers[0].tensors[t]);
      counted += a->layers[0].tensors[BF_TENSOR_WEIGHT_GRADIENT].counted;
      brief_counted += b->layers[0].tensors[BF_TENSOR_WEIGHT_GRADIENT].counted;
      g_assert_cmpmem (&a->log_gradient, sizeof (double), &b->log_gradient, sizeof (double));
    }
  g_assert_cmpuint (brief_counted, <, counted);
}

/* Before any training the snapshot knows the start, and nothing has moved. */
static void
test_start (void)
{
  g_autoptr (BfSpec) spec = fit_output (make_blobs ("sigmoid"));
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfSnapshot) snapshot = bf_trainer_snapshot (trainer);

  g_assert_cmpuint (snapshot->steps, ==, 0);
  g_assert_cmpuint (snapshot->columns->len, ==, 0);
  g_assert_cmpuint (snapshot->frames->len, ==, 1);
  g_assert_cmpuint (snapshot->epochs->len, ==, 0);
  g_assert_cmpint (snapshot->outcome, ==, BF_OUTCOME_NONE);
  g_assert_true (isfinite (snapshot->start->input_gradient) && snapshot->start->input_gradient > 0);
  g_assert_true (isfinite (bf_column_get_attenuation (snapshot->start, snapshot->plan)));
  g_assert_true (isfinite (snapshot->start->layers[1].saturated));
  g_assert_true (isnan (snapshot->start->layers[1].dead));
  g_assert_true (isnan (snapshot->test_accuracy));
  g_assert_cmpuint (snapshot->start->layers[1].tensors[BF_TENSOR_WEIGHT].size, ==, 0);
}

/* A frame that was asked for by looking comes with the next step. */
static void
test_single_steps (void)
{
  g_autoptr (BfSpec) spec = fit_output (make_blobs ("sigmoid"));
  g_autoptr (BfTrainer) trainer = make_trainer (spec);

  bf_trainer_set_planned (trainer, 200);
  for (guint64 k = 0; k < 150; k++)
    {
      g_autoptr (BfSnapshot) before = bf_trainer_snapshot (trainer);
      g_autoptr (BfSnapshot) after = NULL;

      bf_trainer_step (trainer);
      after = bf_trainer_snapshot (trainer);
      g_assert_cmpuint (bf_snapshot_get_last_step (after), ==, k);
      g_assert_cmpuint (((BfFrame *) after->frames->pdata[after->frames->len - 1])->step, ==, k);
    }
}

static BfSpec *
make_linear (double rate)
{
  BfSpec *spec = make_spec ("random-regression", 64, "mse", rate, 8, 5);

  add_dense (spec, 4, "he-normal");
  add_dense (spec, 4, "he-normal");
  add_dense (spec, 1, "he-normal");
  return spec;
}

/* One update by 1e30 leaves weights that are finite; their product through the second layer is not. */
static void
check_diverged (gboolean recording)
{
  g_autoptr (BfSpec) spec = make_linear (1e30);
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfSnapshot) snapshot = NULL;
  const BfColumn *last;

  bf_trainer_set_recording (trainer, recording);
  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_MADE);
  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_DIVERGED);
  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_DIVERGED);
  snapshot = bf_trainer_snapshot (trainer);
  g_assert_cmpint (snapshot->outcome, ==, BF_OUTCOME_DIVERGED);
  g_assert_cmpuint (snapshot->diverged_step, ==, 1);
  g_assert_cmpuint (snapshot->diverged_layer, ==, 1);
  g_assert_cmpint (snapshot->diverged_what, ==, BF_DIVERGED_OUTPUT);
  g_assert_cmpuint (snapshot->steps, ==, 1);
  last = bf_snapshot_get_column (snapshot, 1);
  g_assert_cmpuint (last->last, ==, 1);
  g_assert_cmpuint (last->layers[0].tensors[BF_TENSOR_OUTPUT].nonfinite, ==, 0);
  g_assert_true (last->layers[0].tensors[BF_TENSOR_OUTPUT].norm_high > 1e20f);
  g_assert_cmpuint (last->layers[1].tensors[BF_TENSOR_OUTPUT].nonfinite, >, 0);
  g_assert_true (last->layers[1].tensors[BF_TENSOR_OUTPUT].states & (BF_STATE_INFINITE | BF_STATE_NAN));
  g_assert_cmpuint (bf_snapshot_get_frame (snapshot, 1)->step, ==, 1);
}

static void
test_diverges (void)
{
  check_diverged (TRUE);
  check_diverged (FALSE);
}

/* Each layer of 100 weights of 1,000 a unit multiplies by 1e5, from about 5e4 behind the first. */
static void
check_diverged_at_start (gboolean recording)
{
  g_autoptr (BfSpec) spec = make_spec ("random-regression", 64, "mse", 0.1, 8, 5);
  g_autoptr (BfTrainer) trainer = NULL;
  g_autoptr (BfSnapshot) snapshot = NULL;

  for (guint i = 0; i <= 10; i++)
    {
      BfLayer *layer = add_dense (spec, i < 10 ? 100 : 1, "constant");
      g_assert_true (bf_options_set_string (layer->options, "value", "1000", NULL));
    }
  trainer = make_trainer (spec);
  bf_trainer_set_recording (trainer, recording);
  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_DIVERGED);
  snapshot = bf_trainer_snapshot (trainer);
  g_assert_cmpuint (snapshot->steps, ==, 0);
  g_assert_cmpuint (snapshot->diverged_step, ==, 0);
  g_assert_cmpuint (snapshot->diverged_layer, ==, 7);
  g_assert_cmpint (snapshot->diverged_what, ==, BF_DIVERGED_OUTPUT);
  g_assert_cmpuint (snapshot->columns->len, ==, 1);
  g_assert_cmpuint (snapshot->frames->len, ==, 1);
  g_assert_true (isfinite (bf_column_get_norm (snapshot->start, 6, BF_TENSOR_OUTPUT)));
  g_assert_true (isinf (bf_column_get_norm (snapshot->start, 7, BF_TENSOR_OUTPUT)));
}

static void
test_diverges_at_start (void)
{
  check_diverged_at_start (TRUE);
  check_diverged_at_start (FALSE);
}

/* The last planned update has no pass after it that would show what it did. */
static void
test_diverges_at_end (void)
{
  g_autoptr (BfSpec) spec = make_linear (1e-3);
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfSnapshot) snapshot = NULL;

  bf_trainer_set_planned (trainer, 1);
  bf_trainer_set_learning_rate (trainer, 1e39);
  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_MADE);
  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_DIVERGED);
  snapshot = bf_trainer_snapshot (trainer);
  g_assert_cmpint (snapshot->diverged_what, ==, BF_DIVERGED_PARAMETER);
  g_assert_cmpuint (snapshot->diverged_step, ==, 1);
  g_assert_cmpuint (snapshot->diverged_layer, ==, 0);
}

static void
test_frozen (void)
{
  g_autoptr (BfSpec) spec = make_linear (1e-3);
  g_autoptr (BfTrainer) trainer = NULL;
  g_autoptr (BfSnapshot) snapshot = NULL;
  g_autofree float *before = NULL;
  BfNetwork *network;

  ((BfLayer *) ((BfBlock *) spec->blocks->pdata[1])->layers->pdata[0])->frozen = TRUE;
  trainer = make_trainer (spec);
  network = bf_trainer_get_network (trainer);
  before = g_memdup2 (bf_network_get_values (network), bf_network_get_size (network) * sizeof (float));
  run (trainer);
  for (guint i = 0; i < bf_network_get_n_parameters (network); i++)
    {
      const BfParameter *p = &bf_network_get_parameters (network)[i];
      const gboolean same = memcmp (before + p->offset, p->value, p->rows * p->columns * sizeof (float)) == 0;

      g_assert_cmpint (same, ==, p->layer == 1);
    }
  snapshot = bf_trainer_snapshot (trainer);
  for (guint l = 0; l < 3; l++)
    {
      const BfLayerStats *stats = &bf_snapshot_get_column (snapshot, 3)->layers[l];

      g_assert_cmpint (stats->update_ratio > 0, ==, l != 1);
      g_assert_cmpint (!!(stats->tensors[BF_TENSOR_WEIGHT].states & BF_STATE_FROZEN), ==, l == 1);
      g_assert_true (stats->tensors[BF_TENSOR_WEIGHT_GRADIENT].norm_high > 0);
    }
}

static void
test_dead_units (void)
{
  g_autoptr (BfSpec) spec = fit_output (make_blobs ("relu"));
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfSnapshot) snapshot = NULL;
  const BfParameter *bias = bf_network_find_parameter (bf_trainer_get_network (trainer), 0, "bias");

  bias->value[2] = bias->value[5] = -1e6f;
  bf_trainer_step (trainer);
  bf_trainer_step (trainer);
  snapshot = bf_trainer_snapshot (trainer);
  g_assert_cmpfloat (bf_snapshot_get_column (snapshot, 1)->layers[1].dead, >=, 0.25f);
  g_assert_cmpfloat (bf_snapshot_get_column (snapshot, 1)->layers[1].dead, <, 1);
  g_assert_true (isnan (bf_snapshot_get_column (snapshot, 1)->layers[1].saturated));
}

static void
test_commands (void)
{
  g_autoptr (BfSpec) spec = fit_output (make_blobs ("tanh"));
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfSnapshot) finished = NULL, cancelled = NULL;
  const BfMark *mark;

  bf_trainer_set_planned (trainer, 5);
  bf_trainer_step (trainer);
  bf_trainer_set_learning_rate (trainer, 0.25);
  g_assert_cmpint (run (trainer), ==, BF_STEP_FINISHED);
  finished = bf_trainer_snapshot (trainer);
  g_assert_cmpint (finished->outcome, ==, BF_OUTCOME_FINISHED);
  g_assert_true (isfinite (finished->test_loss));
  g_assert_cmpuint (finished->marks->len, ==, 1);
  mark = finished->marks->pdata[0];
  g_assert_cmpuint (mark->step, ==, 1);
  g_assert_cmpfloat (bf_snapshot_get_column (finished, 0)->learning_rate, ==, 0.1f);
  g_assert_cmpfloat (bf_snapshot_get_column (finished, 1)->learning_rate, ==, 0.25f);
  bf_trainer_set_planned (trainer, 9);
  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_MADE);
  bf_trainer_cancel (trainer);
  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_FINISHED);
  cancelled = bf_trainer_snapshot (trainer);
  g_assert_cmpint (cancelled->outcome, ==, BF_OUTCOME_CANCELLED);
  g_assert_cmpuint (cancelled->steps, ==, 6);
  g_assert_true (isnan (cancelled->test_loss));
}

/* Subnormal weights count as zero, unless the experiment keeps them. */
static void
test_subnormals (void)
{
  /* Valgrind's processor keeps them. */
  const guint first = g_getenv ("BF_VALGRIND") ? 1 : 0;

  for (guint keep = first; keep < 2; keep++)
    {
      g_autoptr (BfSpec) spec = make_linear (0);
      g_autoptr (BfTrainer) trainer = NULL;
      g_autoptr (BfSnapshot) snapshot = NULL;
      const BfParameter *weight;
      const BfStats *stats;
      volatile float tiny = 1e-38f;

      spec->subnormals = keep;
      trainer = make_trainer (spec);
      weight = bf_network_find_parameter (bf_trainer_get_network (trainer), 0, "weight");
      for (guint i = 0; i < weight->rows * weight->columns; i++)
        weight->value[i] = 1e-39f;
      bf_trainer_step (trainer);
      bf_trainer_step (trainer);
      snapshot = bf_trainer_snapshot (trainer);
      stats = &bf_snapshot_get_column (snapshot, 1)->layers[0].tensors[BF_TENSOR_WEIGHT];
      g_assert_cmpint (!!(stats->states & BF_STATE_ZERO), ==, !keep);
      g_assert_cmpint (stats->norm_high > 0, ==, keep);
      g_assert_true (tiny / 4 > 0);
    }
}

static void
test_misfit (void)
{
  g_autoptr (BfSpec) spec = make_linear (0.1);
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, NULL);
  g_autoptr (BfPlan) plan = bf_plan_new (spec, &(BfShape) { 3, 1, 0 });
  g_autoptr (GError) error = NULL;

  g_assert_null (bf_trainer_new (plan, data, 1, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trainer/by-hand", test_by_hand);
  g_test_add_func ("/trainer/learns-xor", test_learns_xor);
  g_test_add_func ("/trainer/epochs", test_epochs);
  g_test_add_func ("/trainer/same-bits", test_same_bits);
  g_test_add_func ("/trainer/same-record", test_same_record);
  g_test_add_data_func ("/trainer/brief/sigmoid", "sigmoid", test_brief);
  g_test_add_data_func ("/trainer/brief/relu", "relu", test_brief);
  g_test_add_data_func ("/trainer/brief/diverges", "linear", test_brief);
  g_test_add_func ("/trainer/brief/frozen", test_brief_frozen);
  g_test_add_func ("/trainer/start", test_start);
  g_test_add_func ("/trainer/single-steps", test_single_steps);
  g_test_add_func ("/trainer/diverges", test_diverges);
  g_test_add_func ("/trainer/diverges-at-start", test_diverges_at_start);
  g_test_add_func ("/trainer/diverges-at-end", test_diverges_at_end);
  g_test_add_func ("/trainer/frozen", test_frozen);
  g_test_add_func ("/trainer/dead-units", test_dead_units);
  g_test_add_func ("/trainer/commands", test_commands);
  g_test_add_func ("/trainer/subnormals", test_subnormals);
  g_test_add_func ("/trainer/misfit", test_misfit);
  return g_test_run ();
}
