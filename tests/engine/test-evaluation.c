/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What a network gets wrong, and that asking changes nothing; what is known of the data alone.
 */
#include "bf-data-facts.h"
#include "bf-evaluation.h"
#include "bf-trainer.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static BfSpec *
make_spec (const char *data, const char *loss, guint batch, guint units, guint outputs)
{
  BfSpec *spec = bf_spec_new ();
  BfLayer *layer;

  g_clear_pointer (&spec->data, bf_options_free);
  g_clear_pointer (&spec->loss, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, data));
  spec->loss = bf_options_new (bf_kind_find (bf_losses, loss));
  spec->validation_share = 0.25;
  spec->learning_rate = 0.1;
  spec->batch = batch;
  spec->epochs = 100;
  spec->seed = 7;
  layer = bf_spec_append (spec, "dense");
  g_assert_true (bf_options_set_number (layer->options, "units", units, NULL));
  bf_spec_append (spec, "batch-norm");
  g_assert_true (bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", "tanh", NULL));
  bf_spec_append (spec, "dropout");
  layer = bf_spec_append (spec, "dense");
  g_assert_true (bf_options_set_number (layer->options, "units", outputs, NULL));
  return spec;
}

static BfTrainer *
make_trainer (BfSpec *spec, BfDataset **data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfPlan) plan = NULL;
  BfTrainer *trainer;

  *data = bf_dataset_load (spec, NULL, NULL, &error);
  g_assert_no_error (error);
  plan = bf_plan_new (spec, bf_dataset_get_shape (*data));
  trainer = bf_trainer_new (plan, *data, 1, &error);
  g_assert_no_error (error);
  return trainer;
}

static BfEvaluation *
evaluate (BfEvaluator *evaluator, BfTrainer *trainer, BfPart part, guint64 step)
{
  g_autoptr (GError) error = NULL;
  BfEvaluation *result;

  bf_evaluator_begin (evaluator, bf_trainer_get_network (trainer), part, step, &error);
  g_assert_no_error (error);
  do
    result = bf_evaluator_work (evaluator);
  while (!result);
  g_assert_false (bf_evaluator_is_under_way (evaluator));
  return result;
}

static void
assert_same_network (BfNetwork *a, BfNetwork *b)
{
  g_assert_cmpmem (bf_network_get_values (a), bf_network_get_size (a) * sizeof (float),
                   bf_network_get_values (b), bf_network_get_size (b) * sizeof (float));
  g_assert_cmpuint (bf_network_get_buffer_size (a), >, 0);
  g_assert_cmpmem (bf_network_get_buffer_values (a), bf_network_get_buffer_size (a) * sizeof (float),
                   bf_network_get_buffer_values (b), bf_network_get_buffer_size (b) * sizeof (float));
}

/* Before the first step too, whose pass is made already and waits in the network. */
static void
test_training_keeps_its_bits (void)
{
  g_autoptr (BfSpec) spec = make_spec ("spiral", "cross-entropy", 16, 12, 2);
  g_autoptr (BfDataset) data = NULL, other_data = NULL;
  g_autoptr (BfTrainer) asked = make_trainer (spec, &data), alone = make_trainer (spec, &other_data);
  g_autoptr (BfEvaluator) evaluator = bf_evaluator_new (data);

  for (guint64 step = 0; step < 60; step++)
    {
      for (guint part = 0; part < BF_N_PARTS; part++)
        bf_evaluation_unref (evaluate (evaluator, asked, part, step));
      assert_same_network (bf_trainer_get_network (asked), bf_trainer_get_network (alone));
      g_assert_cmpint (bf_trainer_step (asked), ==, BF_STEP_MADE);
      g_assert_cmpint (bf_trainer_step (alone), ==, BF_STEP_MADE);
      assert_same_network (bf_trainer_get_network (asked), bf_trainer_get_network (alone));
    }
}

/* Steps made in the middle of an evaluation change neither. */
static void
test_in_slices (void)
{
  g_autoptr (BfSpec) spec = make_spec ("spiral", "cross-entropy", 16, 12, 2);
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfTrainer) trainer = make_trainer (spec, &data);
  g_autoptr (BfEvaluator) evaluator = bf_evaluator_new (data), other = bf_evaluator_new (data);
  g_autoptr (BfEvaluation) whole = evaluate (evaluator, trainer, BF_PART_TEST, 0), sliced = NULL;
  guint slices = 0;

  g_assert_true (bf_evaluator_begin (other, bf_trainer_get_network (trainer), BF_PART_TEST, 0, NULL));
  while (!(sliced = bf_evaluator_work (other)))
    {
      g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_MADE);
      slices++;
    }
  g_assert_cmpuint (slices, >, 10);
  g_assert_cmpmem (whole->losses, whole->count * sizeof (float), sliced->losses, sliced->count * sizeof (float));
  g_assert_cmpfloat (whole->loss, ==, sliced->loss);
}

static void
test_agrees_with_the_trainer (void)
{
  g_autoptr (BfSpec) spec = make_spec ("spiral", "cross-entropy", 16, 12, 2);
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfTrainer) trainer = make_trainer (spec, &data);
  g_autoptr (BfEvaluator) evaluator = bf_evaluator_new (data);

  for (guint i = 0; i < 40; i++)
    bf_trainer_step (trainer);
  for (guint part = 0; part < BF_N_PARTS; part++)
    {
      g_autoptr (BfEvaluation) evaluation = evaluate (evaluator, trainer, part, 40);
      double loss, accuracy;

      bf_trainer_evaluate (trainer, part, &loss, &accuracy);
      g_assert_cmpfloat_with_epsilon (evaluation->loss, loss, 1e-6);
      g_assert_cmpfloat_with_epsilon (evaluation->accuracy, accuracy, 1e-12);
      g_assert_cmpuint (evaluation->step, ==, 40);
      g_assert_cmpuint (evaluation->count, ==, bf_dataset_get_count (data, part));
    }
}

static void
test_confusion (void)
{
  g_autoptr (BfSpec) spec = make_spec ("blobs", "mse", 16, 12, 3);
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfTrainer) trainer = NULL;
  g_autoptr (BfEvaluator) evaluator = NULL;
  g_autoptr (BfEvaluation) result = NULL;
  guint n = 0, wrong = 0;

  {
    g_autoptr (BfDataset) probe = bf_dataset_load (spec, NULL, NULL, NULL);
    BfBlock *last = spec->blocks->pdata[spec->blocks->len - 1];

    bf_options_set_number (((BfLayer *) last->layers->pdata[0])->options, "units", bf_dataset_get_shape (probe)->outputs, NULL);
  }
  trainer = make_trainer (spec, &data);
  evaluator = bf_evaluator_new (data);
  for (guint i = 0; i < 3; i++)
    bf_trainer_step (trainer);
  result = evaluate (evaluator, trainer, BF_PART_TRAIN, 3);
  g_assert_null (result->probabilities);   /* the outputs of this loss are none */
  for (guint label = 0; label < result->classes; label++)
    {
      guint of_label = 0, right = 0;

      for (guint answer = 0; answer < result->classes; answer++)
        {
          guint found;
          g_autofree guint *cell = bf_evaluation_find_cell (result, label, answer, G_MAXUINT, &found);

          g_assert_cmpuint (found, ==, bf_evaluation_get_count (result, label, answer));
          for (guint i = 0; i < found; i++)
            {
              g_assert_cmpuint (result->labels[cell[i]], ==, label);
              g_assert_cmpuint (result->answers[cell[i]], ==, answer);
              g_assert_true (i == 0 || result->losses[cell[i]] <= result->losses[cell[i - 1]]);
            }
          n += found;
          of_label += found;
          right += label == answer ? found : 0;
        }
      wrong += of_label - right;
      g_assert_cmpfloat_with_epsilon (bf_evaluation_get_recall (result, label), (double) right / of_label, 1e-12);
    }
  g_assert_cmpuint (n, ==, result->count);
  g_assert_cmpuint (wrong, >, 0);
  g_assert_cmpuint (result->n_worst, ==, MIN (wrong, 100));
  for (guint i = 0; i < result->n_worst; i++)
    {
      g_assert_cmpuint (result->labels[result->worst[i]], !=, result->answers[result->worst[i]]);
      g_assert_true (i == 0 || result->losses[result->worst[i]] <= result->losses[result->worst[i - 1]]);
    }
}

/* Every point of the grid is answered, as a pass of that point alone would be. */
static void
test_grid (void)
{
  g_autoptr (BfSpec) spec = make_spec ("spiral", "cross-entropy", 48, 5, 2);
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfTrainer) trainer = make_trainer (spec, &data);
  g_autoptr (BfEvaluator) evaluator = bf_evaluator_new (data);
  g_autoptr (BfEvaluation) result = NULL;
  BfNetwork *network = bf_trainer_get_network (trainer);
  const guint places[][2] = { { 0, 0 }, { 63, 0 }, { 10, 40 }, { 62, 62 } };

  for (guint i = 0; i < 5; i++)
    bf_trainer_step (trainer);
  result = evaluate (evaluator, trainer, BF_PART_VALIDATION, 5);
  for (guint i = 0; i < BF_EVALUATION_GRID * BF_EVALUATION_GRID; i++)
    g_assert_cmpfloat_with_epsilon (result->grid[2 * i] + result->grid[2 * i + 1], 1, 1e-5);
  g_assert_cmpuint (result->units->len, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const guint x = places[i][0], y = places[i][1];
      const BfUnitGrid *units = g_ptr_array_index (result->units, 0);
      const float *z, *h;

      for (guint k = 0; k < 2; k++)
        bf_network_get_input (network)[k] =
          (float) (result->low[k] + (result->high[k] - result->low[k]) * (places[i][k] + 0.5) / BF_EVALUATION_GRID);
      bf_network_forward (network, 1, FALSE);
      z = bf_network_get_output (network, result->plan->n_layers - 1);
      h = bf_network_get_output (network, bf_plan_get_stage_end (result->plan, 0));
      g_assert_cmpfloat_with_epsilon (result->grid[2 * (y * BF_EVALUATION_GRID + x)], 1 / (1 + exp (z[1] - z[0])), 1e-4);
      if (x % 2 == 0 && y % 2 == 0)
        g_assert_cmpfloat_with_epsilon (units->values[(3 * BF_EVALUATION_UNITS + y / 2) * BF_EVALUATION_UNITS + x / 2],
                                        h[3], 1e-4);
    }
}

static void
test_numbers (void)
{
  g_autoptr (BfSpec) spec = make_spec ("random-regression", "mse", 16, 5, 1);
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfTrainer) trainer = make_trainer (spec, &data);
  g_autoptr (BfEvaluator) evaluator = bf_evaluator_new (data);
  g_autoptr (BfEvaluation) result = evaluate (evaluator, trainer, bf_evaluation_choose_part (data), 0);
  double sum = 0;

  g_assert_cmpint (result->part, ==, BF_PART_VALIDATION);
  g_assert_null (result->confusion);
  g_assert_null (result->grid);
  for (guint i = 0; i < result->count; i++)
    {
      const double difference = (double) result->predictions[i] - result->targets[i];

      g_assert_cmpfloat_with_epsilon (result->losses[i], difference * difference, 1e-5);
      sum += difference * difference;
    }
  g_assert_cmpfloat_with_epsilon (result->loss, sum / result->count, 1e-6);
  g_assert_cmpfloat (result->losses[result->worst[0]], >=, result->losses[result->worst[1]]);
  g_assert_true (isnan (result->accuracy));
}

static void
test_not_numbers (void)
{
  g_autoptr (BfSpec) spec = make_spec ("spiral", "cross-entropy", 16, 5, 2);
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfTrainer) trainer = make_trainer (spec, &data);
  g_autoptr (BfEvaluator) evaluator = bf_evaluator_new (data);
  g_autoptr (BfEvaluation) result = NULL;

  bf_network_get_values (bf_trainer_get_network (trainer))[0] = NAN;
  result = evaluate (evaluator, trainer, BF_PART_TEST, 0);
  g_assert_cmpuint (result->undefined, ==, result->count);
  g_assert_cmpuint (result->answers[0], ==, BF_NO_ANSWER);
  g_assert_true (isnan (result->loss));
  g_assert_cmpfloat (result->accuracy, ==, 0);
  g_assert_cmpfloat (bf_evaluation_get_recall (result, 0), ==, 0);
  g_assert_true (isnan (bf_evaluation_get_precision (result, 0)));
}

static void
test_first_weights (void)
{
  g_autoptr (BfSpec) spec = make_spec ("fashion-mnist", "cross-entropy", 32, 7, 10);
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfTrainer) trainer = make_trainer (spec, &data);
  g_autoptr (BfEvaluator) evaluator = bf_evaluator_new (data);
  g_autoptr (BfEvaluation) result = evaluate (evaluator, trainer, BF_PART_TEST, 0);
  const BfParameter *weight = bf_network_find_parameter (bf_trainer_get_network (trainer), 0, "weight");

  g_assert_cmpuint (result->n_weights, ==, 7);
  g_assert_cmpmem (result->weights, 7 * 784 * sizeof (float), weight->value, 7 * 784 * sizeof (float));
  g_assert_null (result->grid);
}

static void
test_facts_of_images (void)
{
  g_autoptr (BfSpec) spec = make_spec ("fashion-mnist", "cross-entropy", 32, 7, 10);
  g_autoptr (GError) error = NULL;
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, &error);
  g_autoptr (BfDataFacts) facts = bf_data_facts_new (data);

  for (guint part = 0; part < BF_N_PARTS; part++)
    {
      guint n = 0;

      for (guint label = 0; label < facts->classes; label++)
        n += bf_data_facts_get_class_count (facts, part, label);
      g_assert_cmpuint (n, ==, bf_dataset_get_count (data, part));
    }
  g_assert_cmpfloat (facts->all.low, ==, 0);
  g_assert_cmpfloat (facts->all.high, ==, 255);
  g_assert_cmpfloat_with_epsilon (facts->all.mean, 72.9, 1.5);   /* of the full set: 72.94 and 90.02 */
  g_assert_cmpfloat_with_epsilon (facts->all.sd, 90, 1.5);
  g_assert_cmpuint (facts->invalid, ==, 0);
  g_assert_cmpuint (facts->n_lists, ==, 10);
  for (guint label = 0; label < 10; label++)
    {
      g_assert_cmpuint (facts->n_examples[label], ==, BF_FACTS_EXAMPLES);
      for (guint i = 0; i < facts->n_examples[label]; i++)
        {
          g_autofree float *x = g_new (float, 784);
          guint16 found;

          bf_dataset_gather (data, BF_PART_TRAIN, &facts->examples[label][i], 0, 1, x, 784, &found, NULL);
          g_assert_cmpuint (found, ==, label);
          g_assert_true (i == 0 || facts->examples[label][i] > facts->examples[label][i - 1]);
        }
    }
}

static void
test_facts_by_hand (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "backflow-facts-XXXXXX.csv", NULL);
  const int fd = g_mkstemp (path);
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfDataFacts) facts = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, "a,b,y\n1,7,0.5\n2,7,1.5\n3,7,2.5\n", -1, NULL));
  g_clear_pointer (&spec->data, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "csv"));
  g_assert_true (bf_options_set_text (spec->data, "file", path, NULL));
  spec->scaling = bf_kind_find (bf_scalings, "standardized");
  spec->validation_share = 0;
  data = bf_dataset_load (spec, NULL, NULL, &error);
  g_assert_no_error (error);
  facts = bf_data_facts_new (data);
  g_assert_cmpuint (facts->n_inputs, ==, 2);
  g_assert_cmpstr (facts->inputs[0].name, ==, "a");
  g_assert_cmpfloat (facts->inputs[0].low, ==, 1);
  g_assert_cmpfloat (facts->inputs[0].high, ==, 3);
  g_assert_false (facts->inputs[0].constant);
  g_assert_true (facts->inputs[1].constant);
  g_assert_cmpuint (facts->constant, ==, 1);
  g_assert_cmpfloat_with_epsilon (facts->inputs[0].scaled_mean, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (facts->inputs[0].scaled_sd, 1, 1e-6);
  g_assert_cmpfloat (facts->inputs[1].scaled_sd, ==, 0);
  g_assert_cmpuint (facts->n_targets, ==, 1);
  g_assert_cmpfloat (facts->targets[0].high, ==, 2.5);
  g_assert_cmpstr (bf_dataset_get_raw (data)->files[0], ==, path);
  g_assert_cmpuint (facts->values, ==, 9);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evaluation/training-keeps-its-bits", test_training_keeps_its_bits);
  g_test_add_func ("/evaluation/in-slices", test_in_slices);
  g_test_add_func ("/evaluation/agrees-with-the-trainer", test_agrees_with_the_trainer);
  g_test_add_func ("/evaluation/confusion", test_confusion);
  g_test_add_func ("/evaluation/grid", test_grid);
  g_test_add_func ("/evaluation/numbers", test_numbers);
  g_test_add_func ("/evaluation/not-numbers", test_not_numbers);
  g_test_add_func ("/evaluation/first-weights", test_first_weights);
  g_test_add_func ("/facts/images", test_facts_of_images);
  g_test_add_func ("/facts/by-hand", test_facts_by_hand);
  return g_test_run ();
}
