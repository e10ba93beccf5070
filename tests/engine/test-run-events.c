/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What happened during a run, at the very step at which it happened, however long the run goes on after it.
 */
#include "bf-run-events.h"
#include "trainer-specs.h"

#include <math.h>

static const BfRunEvent *
find_event (GPtrArray *events, BfEventKind kind)
{
  for (guint i = 0; i < events->len; i++)
    if (((BfRunEvent *) events->pdata[i])->kind == kind)
      return events->pdata[i];
  return NULL;
}

static void
set_clipping (BfTrainer *trainer, double limit)
{
  g_autoptr (BfOptions) clipping = bf_options_new (bf_kind_find (bf_clippings, "global-norm"));

  g_assert_true (bf_options_set_number (clipping, "limit", limit, NULL));
  bf_trainer_set_clipping (trainer, clipping);
}

static void
test_a_quiet_run_has_its_start_and_its_best (void)
{
  g_autoptr (BfSpec) spec = make_moons (2, NULL, 4);
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfSnapshot) snapshot = NULL;
  g_autoptr (GPtrArray) events = NULL;
  const BfRunEvent *best;
  double most = -1;
  guint64 at = 0;

  make_steps (trainer, bf_trainer_get_planned (trainer));
  snapshot = bf_trainer_snapshot (trainer);
  events = bf_run_events_new (snapshot);
  g_assert_cmpuint (events->len, ==, 2);
  g_assert_cmpuint (find_event (events, BF_EVENT_START)->step, ==, 0);
  for (guint i = 0; i < snapshot->epochs->len; i++)
    {
      const BfEpoch *epoch = &g_array_index (snapshot->epochs, BfEpoch, i);

      if (epoch->validation_accuracy > most)
        {
          most = epoch->validation_accuracy;
          at = MIN (epoch->step, bf_snapshot_get_last_step (snapshot));
        }
    }
  g_assert_cmpfloat (most, >=, 0);
  best = find_event (events, BF_EVENT_BEST);
  g_assert_cmpuint (best->step, ==, at);
  g_assert_nonnull (strstr (best->sentence, "best validation accuracy"));
}

static void
test_changes_and_the_first_clip (void)
{
  g_autoptr (BfSpec) spec = make_moons (2, NULL, 400);
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfSnapshot) snapshot = NULL;
  g_autoptr (GPtrArray) events = NULL;
  guint64 clipped = 0;

  make_steps (trainer, 10);
  bf_trainer_set_learning_rate (trainer, 0.02);
  make_steps (trainer, 690);
  set_clipping (trainer, 1e-6);
  /* More than twice as many as there are columns: merged, the first clip stays where it was. */
  make_steps (trainer, 1500);
  snapshot = bf_trainer_snapshot (trainer);
  events = bf_run_events_new (snapshot);
  g_assert_cmpuint (((BfColumn *) snapshot->columns->pdata[0])->count, ==, 4);
  g_assert_cmpuint (find_event (events, BF_EVENT_CHANGE)->step, ==, 10);
  g_assert_nonnull (strstr (find_event (events, BF_EVENT_CHANGE)->sentence, "0.02"));
  g_assert_cmpuint (find_event (events, BF_EVENT_CLIPPED)->step, ==, 700);
  for (guint i = 1; i < events->len; i++)
    g_assert_cmpuint (((BfRunEvent *) events->pdata[i - 1])->step, <=, ((BfRunEvent *) events->pdata[i])->step);
  for (guint i = 0; i < snapshot->columns->len; i++)
    {
      const BfColumn *column = snapshot->columns->pdata[i];

      clipped += column->clipped;
      g_assert_cmpuint (column->normed, ==, column->count);
      if (column->clipped == column->count)
        g_assert_cmpfloat (fabs (column->log_clipped - -6), <, 1e-4);
      if (column->clipped == 0)
        g_assert_cmpfloat (column->log_clipped, ==, column->log_gradient);
      g_assert_cmpfloat (column->log_gradient, >, -6);
    }
  g_assert_cmpuint (clipped, ==, 1500);
  /* From event to event. */
  g_assert_cmpuint (bf_run_events_find (snapshot, 3, 1), ==, bf_trainer_get_steps_per_epoch (trainer));
  g_assert_cmpuint (bf_run_events_find (snapshot, 701, -1), ==, 700);
  g_assert_cmpuint (bf_run_events_find (snapshot, 3, -1), ==, 0);
}

/* The norm of all gradients is that of the tensors together. */
static void
test_norm_of_all_gradients (void)
{
  g_autoptr (BfSpec) spec = make_moons (2, NULL, 4);
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfSnapshot) snapshot = NULL;

  make_steps (trainer, 5);
  snapshot = bf_trainer_snapshot (trainer);
  for (guint i = 0; i < snapshot->columns->len; i++)
    {
      const BfColumn *column = snapshot->columns->pdata[i];
      double squares = 0;

      for (guint w = 0; w < snapshot->plan->n_weighted; w++)
        squares += pow (bf_column_get_norm (column, snapshot->plan->weighted[w], BF_TENSOR_WEIGHT_GRADIENT), 2)
                   + pow (bf_column_get_norm (column, snapshot->plan->weighted[w], BF_TENSOR_BIAS_GRADIENT), 2);
      g_assert_cmpfloat (fabs (column->log_gradient - log10 (sqrt (squares))), <, 1e-5);
      g_assert_cmpuint (column->clipped, ==, 0);
      g_assert_true (column->first_clipped == BF_NEVER);
    }
}

static void
test_a_dead_layer_is_named (void)
{
  g_autoptr (BfSpec) spec = make_moons (3, NULL, 2);
  g_autoptr (BfTrainer) trainer = NULL;
  g_autoptr (BfSnapshot) snapshot = NULL;
  g_autoptr (GPtrArray) events = NULL;

  for (guint b = 0; b < spec->blocks->len; b++)
    {
      BfLayer *layer = ((BfBlock *) spec->blocks->pdata[b])->layers->pdata[0];

      if (bf_kind_find_param (bf_options_get_kind (layer->options), "function"))
        g_assert_true (bf_options_set_choice (layer->options, "function", "relu", NULL));
      /* The second layer gives zeros only. */
      if (b == 2)
        g_assert_true (bf_options_set_choice (layer->options, "start", "constant", NULL));
    }
  trainer = make_trainer (spec);
  make_steps (trainer, 3);
  snapshot = bf_trainer_snapshot (trainer);
  events = bf_run_events_new (snapshot);
  g_assert_cmpuint (find_event (events, BF_EVENT_DEAD)->step, ==, 0);
  g_assert_cmpstr (find_event (events, BF_EVENT_DEAD)->label, ==, "Dense 2 dead");
}

static void
test_divergence_is_the_last_event (void)
{
  g_autoptr (BfSpec) spec = make_moons (2, NULL, 40);
  g_autoptr (BfTrainer) trainer = NULL;
  g_autoptr (BfSnapshot) snapshot = NULL;
  g_autoptr (GPtrArray) events = NULL;
  const BfRunEvent *last;

  spec->learning_rate = 1e38;
  trainer = make_trainer (spec);
  while (bf_trainer_step (trainer) == BF_STEP_MADE)
    ;
  snapshot = bf_trainer_snapshot (trainer);
  g_assert_cmpint (snapshot->outcome, ==, BF_OUTCOME_DIVERGED);
  events = bf_run_events_new (snapshot);
  last = events->pdata[events->len - 1];
  g_assert_cmpint (last->kind, ==, BF_EVENT_DIVERGED);
  g_assert_cmpuint (last->step, ==, snapshot->diverged_step);
}

static void
test_stages_are_events (void)
{
  g_autoptr (BfSpec) spec = make_moons (3, NULL, 2);
  g_autoptr (BfTrainer) trainer = NULL;
  g_autoptr (BfSnapshot) snapshot = NULL;
  g_autoptr (GPtrArray) events = NULL;
  guint stages = 0;

  add_stage (spec, 1, 1, 1);
  add_stage (spec, 2, 2, 1);
  add_stage (spec, 1, 3, 1);
  trainer = make_trainer (spec);
  make_steps (trainer, bf_trainer_get_planned (trainer) - 1);
  snapshot = bf_trainer_snapshot (trainer);
  events = bf_run_events_new (snapshot);
  for (guint i = 0; i < events->len; i++)
    stages += ((BfRunEvent *) events->pdata[i])->kind == BF_EVENT_STAGE;
  g_assert_cmpuint (stages, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-events/quiet", test_a_quiet_run_has_its_start_and_its_best);
  g_test_add_func ("/run-events/changes-and-first-clip", test_changes_and_the_first_clip);
  g_test_add_func ("/run-events/norm-of-all-gradients", test_norm_of_all_gradients);
  g_test_add_func ("/run-events/dead-layer", test_a_dead_layer_is_named);
  g_test_add_func ("/run-events/divergence", test_divergence_is_the_last_event);
  g_test_add_func ("/run-events/stages", test_stages_are_events);
  return g_test_run ();
}
