/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Growing and freezing: which layers are there, move, and keep their weights; what is recorded of it.
 */
#include "bf-stage.h"
#include "trainer-specs.h"

#include <math.h>

/* Values of the weight of a layer by its permanent id in the present network, or NULL. */
static const BfParameter *
find_weight (BfTrainer *trainer, guint32 id)
{
  BfNetwork *network = bf_trainer_get_network (trainer);
  const BfPlan *plan = bf_network_get_plan (network);

  for (guint l = 0; l < plan->n_layers; l++)
    if (plan->layers[l].layer->id == id)
      return bf_network_find_parameter (network, l, "weight");
  return NULL;
}

static float *
copy_weight (BfTrainer *trainer, guint32 id)
{
  const BfParameter *weight = find_weight (trainer, id);

  return g_memdup2 (weight->value, weight->rows * weight->columns * sizeof (float));
}

static gboolean
is_same (BfTrainer *trainer, guint32 id, const float *values)
{
  const BfParameter *weight = find_weight (trainer, id);

  return memcmp (weight->value, values, weight->rows * weight->columns * sizeof (float)) == 0;
}

/* Three hidden layers (ids 1, 3, 5; the output 7): 1–2, then 3 with the others frozen, then all. */
static BfSpec *
make_growing (void)
{
  BfSpec *spec = make_moons (3, NULL, 2);

  add_stage (spec, 1, 2, 0);
  add_stage (spec, 3, 3, 1);
  add_stage (spec, 1, 0, 3);
  return spec;
}

static void
test_grows (void)
{
  g_autoptr (BfSpec) spec = make_growing ();
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfSpec) plain_spec = make_moons (3, NULL, 2);
  g_autoptr (BfTrainer) plain = make_trainer (plain_spec);
  g_autofree float *first = copy_weight (trainer, 1), *second = NULL, *third = copy_weight (plain, 5), *output = NULL;
  const guint64 epoch = bf_trainer_get_steps_per_epoch (trainer);

  g_assert_cmpuint (bf_trainer_get_planned (trainer), ==, 6 * epoch);
  g_assert_true (is_same (plain, 1, first));
  g_assert_null (find_weight (trainer, 5));
  make_steps (trainer, 2 * epoch);
  g_assert_false (is_same (trainer, 1, first));
  g_free (first);
  first = copy_weight (trainer, 1);
  second = copy_weight (trainer, 3);
  make_steps (trainer, 1);
  g_assert_nonnull (find_weight (trainer, 5));
  g_assert_cmpuint (find_weight (trainer, 7)->columns, ==, 8);
  g_assert_false (is_same (trainer, 5, third));
  output = copy_weight (trainer, 7);
  make_steps (trainer, epoch - 1);
  g_assert_true (is_same (trainer, 1, first) && is_same (trainer, 3, second));
  g_assert_false (is_same (trainer, 7, output));
  make_steps (trainer, 3 * epoch);
  g_assert_false (is_same (trainer, 1, first) || is_same (trainer, 3, second));
  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_FINISHED);
}

/* With a learning rate of 0 nothing moves: a layer that appears has the start that it has without stages, and the
 * output layer another at each stage. */
static void
test_starts (void)
{
  g_autoptr (BfSpec) spec = make_growing (), plain_spec = make_moons (3, NULL, 2);
  g_autoptr (BfTrainer) trainer = NULL, plain = make_trainer (plain_spec), again = NULL;
  g_autofree float *third = copy_weight (plain, 5), *output = NULL;
  guint64 epoch;

  spec->learning_rate = 0;
  trainer = make_trainer (spec);
  again = make_trainer (spec);
  epoch = bf_trainer_get_steps_per_epoch (trainer);
  make_steps (trainer, 2 * epoch + 1);
  g_assert_true (is_same (trainer, 5, third));
  output = copy_weight (trainer, 7);
  make_steps (trainer, epoch);
  g_assert_false (is_same (trainer, 7, output));
  make_steps (again, 2 * epoch + 1);
  g_assert_true (is_same (again, 7, output));
}

static void
test_record (void)
{
  g_autoptr (BfSpec) spec = make_growing ();
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  const guint64 epoch = bf_trainer_get_steps_per_epoch (trainer);
  g_autoptr (BfSnapshot) snapshot = NULL;
  const BfColumn *column;
  const BfStageMark *mark;

  make_steps (trainer, 6 * epoch);
  snapshot = bf_trainer_snapshot (trainer);
  g_assert_cmpuint (snapshot->plan->n_layers, ==, 7);
  g_assert_cmpuint (snapshot->stages->len, ==, 3);
  mark = snapshot->stages->pdata[1];
  g_assert_cmpuint (mark->step, ==, 2 * epoch);
  g_assert_cmpuint (mark->first, ==, 3);
  g_assert_cmpstr (((BfStageMark *) snapshot->stages->pdata[0])->label, ==, "Dense 1–2 train");
  g_assert_cmpstr (mark->label, ==, "Dense 3 trains");
  g_assert_cmpstr (((BfStageMark *) snapshot->stages->pdata[2])->label, ==, "All layers train");
  column = bf_snapshot_get_column (snapshot, 2 * epoch - 1);
  for (guint l = 4; l < 6; l++)
    {
      for (guint t = 0; t < BF_N_TENSORS; t++)
        g_assert_cmpuint (column->layers[l].tensors[t].size, ==, 0);
      g_assert_true (isnan (column->layers[l].update_ratio) && isnan (column->layers[l].saturated));
    }
  g_assert_true (bf_column_get_norm (column, 6, BF_TENSOR_WEIGHT_GRADIENT) > 0);
  g_assert_cmpuint (column->layers[6].tensors[BF_TENSOR_WEIGHT].size, ==, 2 * 7);
  g_assert_cmpuint (snapshot->start->layers[4].tensors[BF_TENSOR_WEIGHT].size, ==, 0);
  column = bf_snapshot_get_column (snapshot, 2 * epoch);
  g_assert_true (column->layers[0].tensors[BF_TENSOR_WEIGHT].states & BF_STATE_FROZEN);
  g_assert_true (column->layers[2].tensors[BF_TENSOR_WEIGHT].states & BF_STATE_FROZEN);
  g_assert_true (bf_column_get_norm (column, 0, BF_TENSOR_WEIGHT_GRADIENT) > 0);
  g_assert_false (column->layers[4].tensors[BF_TENSOR_WEIGHT].states & BF_STATE_FROZEN);
  g_assert_cmpuint (column->layers[6].tensors[BF_TENSOR_WEIGHT].size, ==, 2 * 8);
  column = bf_snapshot_get_column (snapshot, 3 * epoch);
  g_assert_false (column->layers[0].tensors[BF_TENSOR_WEIGHT].states & BF_STATE_FROZEN);
  g_assert_cmpuint (snapshot->epochs->len, ==, 6);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpuint (g_array_index (snapshot->epochs, BfEpoch, i).epoch, ==, i + 1);
  g_assert_true (isfinite (snapshot->test_loss));
  g_assert_cmpint (snapshot->outcome, ==, BF_OUTCOME_FINISHED);
}

/* Stages of nothing, and of layers beyond the last. */
static void
test_clamped (void)
{
  g_autoptr (BfSpec) spec = make_moons (2, NULL, 1);
  g_autoptr (BfPlan) plan = NULL;
  g_autoptr (GArray) stages = NULL;

  add_stage (spec, 0, 1, 0);
  add_stage (spec, 5, 9, 0);
  add_stage (spec, 2, 9, 4);
  plan = bf_plan_new (spec, &(BfShape) { 2, 2, 2 });
  stages = bf_stages_list (plan);
  g_assert_cmpuint (stages->len, ==, 2);
  g_assert_cmpuint (g_array_index (stages, BfStage, 0).first, ==, 1);
  g_assert_cmpuint (g_array_index (stages, BfStage, 1).first, ==, 2);
  g_assert_cmpuint (g_array_index (stages, BfStage, 1).last, ==, 2);
}

/* Copies of a block, with a skip whose source is the copy before: laid out alone they are as in the whole. */
static void
test_copies (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  BfBlock *block;
  BfLayer *add, *dense;
  g_autoptr (BfPlan) plan = NULL, stage = NULL;
  g_autofree guint *rows = NULL;

  dense = add_dense (spec, 5);
  block = bf_block_new (TRUE, 3);
  g_ptr_array_add (block->layers, bf_layer_new (spec, "dense"));
  g_assert_true (bf_options_set_number (((BfLayer *) block->layers->pdata[0])->options, "units", 5, NULL));
  add = bf_layer_new (spec, "add");
  g_assert_true (bf_options_set_number (add->options, "from", dense->id, NULL));
  g_ptr_array_add (block->layers, add);
  g_ptr_array_add (spec->blocks, block);
  add_dense (spec, 2);
  plan = bf_plan_new (spec, &(BfShape) { 2, 2, 2 });
  g_assert_null (plan->error);
  stage = bf_stage_make_plan (plan, &(BfStage) { 3, 3, 0 }, NULL, &rows);
  g_assert_null (stage->error);
  g_assert_cmpuint (stage->n_layers, ==, 6);
  g_assert_cmpuint (rows[5], ==, 7);
  for (guint l = 0; l < 6; l++)
    {
      g_assert_cmpuint (stage->layers[l].layer->id, ==, plan->layers[rows[l]].layer->id);
      g_assert_cmpuint (stage->layers[l].copy, ==, plan->layers[rows[l]].copy);
      g_assert_cmpint (stage->layers[l].from, ==, plan->layers[rows[l]].from);
      g_assert_cmpint (stage->layers[l].layer->frozen, ==, l < 3);
    }
}

/* Fewer steps than planned end in an early stage; more prolong the last. */
static void
test_planned (void)
{
  g_autoptr (BfSpec) spec = make_growing ();
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  const guint64 epoch = bf_trainer_get_steps_per_epoch (trainer);

  bf_trainer_set_planned (trainer, epoch);
  make_steps (trainer, epoch);
  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_FINISHED);
  g_assert_null (find_weight (trainer, 5));
  bf_trainer_set_planned (trainer, 8 * epoch);
  make_steps (trainer, 7 * epoch);
  g_assert_nonnull (find_weight (trainer, 5));
  g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_FINISHED);
  g_clear_pointer (&trainer, bf_trainer_free);
  trainer = make_trainer (spec);
  bf_trainer_set_epochs (trainer, 5);
  g_assert_cmpuint (bf_trainer_get_planned (trainer), ==, 9 * epoch);
  make_steps (trainer, 6 * epoch);
  bf_trainer_set_epochs (trainer, 50);
  g_assert_cmpuint (bf_trainer_get_planned (trainer), ==, 9 * epoch);
}

/* The schedule begins anew at each stage. */
static void
test_schedule (void)
{
  g_autoptr (BfSpec) spec = make_growing ();
  g_autoptr (BfTrainer) trainer = NULL;
  g_autoptr (BfSnapshot) snapshot = NULL;
  guint64 epoch;

  g_clear_pointer (&spec->schedule, bf_options_free);
  spec->schedule = bf_options_new (bf_kind_find (bf_schedules, "cosine"));
  trainer = make_trainer (spec);
  epoch = bf_trainer_get_steps_per_epoch (trainer);
  make_steps (trainer, 6 * epoch);
  snapshot = bf_trainer_snapshot (trainer);
  for (guint i = 0; i < 3; i++)
    {
      const guint64 begin = ((BfStageMark *) snapshot->stages->pdata[i])->step;

      g_assert_cmpfloat (bf_snapshot_get_column (snapshot, begin)->learning_rate, ==, 0.05f);
      g_assert_cmpfloat (bf_snapshot_get_column (snapshot, begin + epoch - 1)->learning_rate, <, 0.049f);
    }
}

/* Frozen by the user: from the next step on, with a mark, in later stages too, and back. */
static void
test_live (void)
{
  g_autoptr (BfSpec) spec = make_growing ();
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfOptions) clipping = bf_options_new (bf_kind_find (bf_clippings, "global-norm"));
  g_autofree float *second = copy_weight (trainer, 3);
  g_autoptr (BfSnapshot) snapshot = NULL;
  const guint64 epoch = bf_trainer_get_steps_per_epoch (trainer);

  bf_trainer_set_frozen (trainer, 3, TRUE);
  bf_trainer_set_frozen (trainer, 3, TRUE);
  make_steps (trainer, 3 * epoch + 2);
  g_assert_true (is_same (trainer, 3, second));
  bf_trainer_set_frozen (trainer, 3, FALSE);
  make_steps (trainer, 1);
  g_assert_false (is_same (trainer, 3, second));
  g_assert_true (bf_options_set_number (clipping, "limit", 1e-3, NULL));
  bf_trainer_set_clipping (trainer, clipping);
  bf_trainer_set_clipping (trainer, clipping);
  make_steps (trainer, 1);
  snapshot = bf_trainer_snapshot (trainer);
  g_assert_cmpuint (snapshot->marks->len, ==, 3);
  g_assert_cmpstr (((BfMark *) snapshot->marks->pdata[0])->label, ==, "Frozen: Dense 2");
  g_assert_cmpuint (((BfMark *) snapshot->marks->pdata[2])->step, ==, 3 * epoch + 3);
  g_assert_cmpfloat (bf_snapshot_get_column (snapshot, 3 * epoch + 3)->clip_factor, <, 0.5f);
  g_assert_true (bf_snapshot_get_column (snapshot, 0)->layers[2].tensors[BF_TENSOR_WEIGHT].states & BF_STATE_FROZEN);
}

/* LSUV scales only what appears; what was trained, and running statistics, stay. */
static void
test_lsuv (void)
{
  g_autoptr (BfSpec) spec = make_moons (3, "batch-norm", 1);
  g_autoptr (BfTrainer) trainer = NULL;
  g_autofree float *first = NULL;
  guint64 epoch;

  for (guint b = 0; b < spec->blocks->len; b++)
    {
      BfLayer *layer = ((BfBlock *) spec->blocks->pdata[b])->layers->pdata[0];

      if (bf_options_is (layer->options, "dense"))
        g_assert_true (bf_options_set_choice (layer->options, "start", "lsuv", NULL));
    }
  add_stage (spec, 1, 1, 1);
  add_stage (spec, 2, 3, 1);
  trainer = make_trainer (spec);
  epoch = bf_trainer_get_steps_per_epoch (trainer);
  make_steps (trainer, epoch);
  first = copy_weight (trainer, 1);
  make_steps (trainer, 1);
  g_assert_true (is_same (trainer, 1, first));
  g_assert_cmpfloat (bf_network_find_buffer (bf_trainer_get_network (trainer), 1, "running-var")->value[0], !=, 1);
}

static void
test_same_run (void)
{
  g_autoptr (BfSpec) spec = make_growing (), plain = make_moons (3, NULL, 2), copy = bf_spec_copy (spec);

  g_assert_true (bf_spec_equal (spec, copy));
  g_assert_false (bf_spec_same_run (spec, plain));
  g_array_index (copy->stages, BfStage, 1).epochs++;
  g_assert_false (bf_spec_same_run (spec, copy));
  plain->stages = g_array_new (FALSE, FALSE, sizeof (BfStage));
  copy = (bf_spec_unref (copy), make_moons (3, NULL, 2));
  g_assert_true (bf_spec_same_run (plain, copy));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stages/grows", test_grows);
  g_test_add_func ("/stages/starts", test_starts);
  g_test_add_func ("/stages/record", test_record);
  g_test_add_func ("/stages/clamped", test_clamped);
  g_test_add_func ("/stages/copies", test_copies);
  g_test_add_func ("/stages/planned", test_planned);
  g_test_add_func ("/stages/schedule", test_schedule);
  g_test_add_func ("/stages/live", test_live);
  g_test_add_func ("/stages/lsuv", test_lsuv);
  g_test_add_func ("/stages/same-run", test_same_run);
  return g_test_run ();
}
