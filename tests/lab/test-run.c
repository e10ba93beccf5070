/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-run.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "bf-file.h"

#define TIMEOUT (60 * G_USEC_PER_SEC)

static BfRun *
make (const char *example, guint64 steps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_experiment_load_any (example, NULL, &error);
  const BfRunOptions options = { .steps = steps };

  g_assert_no_error (error);
  return bf_run_new (spec, &options);
}

/* Polls until the state, or that many steps, are reached. */
static void
poll_until (BfRun *run, BfRunState state, guint64 steps)
{
  const gint64 deadline = g_get_monotonic_time () + TIMEOUT;

  for (;;)
    {
      BfSnapshot *snapshot;

      bf_run_poll (run);
      snapshot = bf_run_get_snapshot (run);
      if (bf_run_get_state (run) == state && (steps == 0 || (snapshot && snapshot->steps >= steps)))
        return;
      if (g_get_monotonic_time () > deadline)
        g_error ("state %d after a minute", (int) bf_run_get_state (run));
      g_usleep (500);
    }
}

static guint64
get_steps (BfRun *run)
{
  return bf_run_get_snapshot (run)->steps;
}

static void
test_ready (void)
{
  g_autoptr (BfRun) run = make ("t2-relu", 0);

  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_LOADING);
  g_assert_null (bf_run_get_snapshot (run));
  poll_until (run, BF_RUN_READY, 0);
  g_assert_false (bf_run_poll (run));
  g_assert_cmpuint (get_steps (run), ==, 0);
  g_assert_nonnull (bf_run_get_snapshot (run)->start);
  g_assert_nonnull (bf_run_get_dataset (run));
}

static void
test_step_pause_resume (void)
{
  g_autoptr (BfRun) run = make ("spiral", 0);
  guint64 paused;

  bf_run_step (run);
  bf_run_step (run);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_PAUSED);
  g_assert_cmpuint (get_steps (run), ==, 2);

  bf_run_train (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_TRAINING);
  poll_until (run, BF_RUN_TRAINING, 20);
  bf_run_pause (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_PAUSED);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_PAUSED);
  paused = get_steps (run);
  g_usleep (20000);
  g_assert_false (bf_run_poll (run));
  g_assert_cmpuint (get_steps (run), ==, paused);

  bf_run_step (run);
  bf_run_wait (run);
  g_assert_cmpuint (get_steps (run), ==, paused + 1);
}

/* Whatever the worker is at when told to pause, nobody sees the run training after that. */
static void
test_pause_is_final (void)
{
  g_autoptr (BfSpec) spec = bf_examples_load ("spiral", NULL);
  g_autoptr (BfRun) run = NULL;

  spec->epochs = 100000;
  run = bf_run_new (spec, NULL);
  bf_run_wait (run);
  for (guint i = 0; i < 600; i++)
    {
      bf_run_train (run);
      for (guint k = 0; k < i % 7; k++)
        bf_run_poll (run);
      bf_run_pause (run);
      do
        g_assert_cmpint (bf_run_get_state (run), !=, BF_RUN_TRAINING);
      while (bf_run_poll (run));
      g_assert_cmpint (bf_run_get_state (run), !=, BF_RUN_TRAINING);
    }
}

static void
test_finishes_and_goes_on (void)
{
  g_autoptr (BfRun) run = make ("spiral", 30);

  bf_run_train (run);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_FINISHED);
  g_assert_cmpint (bf_run_get_snapshot (run)->outcome, ==, BF_OUTCOME_FINISHED);
  g_assert_cmpuint (get_steps (run), ==, 30);
  bf_run_train (run);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_FINISHED);
  g_assert_cmpuint (get_steps (run), ==, 60);
  /* A rate is no order to go on. */
  bf_run_set_learning_rate (run, 0.001);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_FINISHED);
  g_assert_cmpuint (get_steps (run), ==, 60);
}

static void
test_more_epochs (void)
{
  g_autoptr (BfRun) run = make ("t2-relu", 0);
  guint64 per_epoch;

  bf_run_set_epochs (run, 1);
  bf_run_train (run);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_FINISHED);
  per_epoch = bf_run_get_snapshot (run)->steps_per_epoch;
  g_assert_cmpuint (get_steps (run), ==, per_epoch);
  bf_run_set_epochs (run, 3);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_PAUSED);
  bf_run_train (run);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_FINISHED);
  g_assert_cmpuint (get_steps (run), ==, 3 * per_epoch);
}

static void
test_stop (void)
{
  g_autoptr (BfRun) run = make ("t1-baseline", 0);

  bf_run_train (run);
  poll_until (run, BF_RUN_TRAINING, 5);
  bf_run_stop (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_CANCELLED);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_CANCELLED);
  g_assert_cmpint (bf_run_get_snapshot (run)->outcome, ==, BF_OUTCOME_CANCELLED);
  g_assert_cmpuint (get_steps (run), >=, 5);
  /* For good. */
  bf_run_train (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_CANCELLED);
  g_assert_false (bf_run_poll (run));
}

static void
test_stop_while_loading (void)
{
  g_autoptr (BfRun) run = make ("t1-baseline", 0);

  bf_run_stop (run);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_CANCELLED);
  g_assert_no_error (bf_run_get_error (run));
}

static void
test_divergence (void)
{
  g_autoptr (BfRun) run = make ("t2-exploding", 0);
  const BfSnapshot *snapshot;

  bf_run_train (run);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_DIVERGED);
  snapshot = bf_run_get_snapshot (run);
  g_assert_cmpint (snapshot->outcome, ==, BF_OUTCOME_DIVERGED);
  g_assert_cmpuint (snapshot->diverged_step, <, 32);
  g_assert_cmpuint (snapshot->diverged_layer, <, snapshot->plan->n_layers);
  g_assert_true (bf_run_get_ended (run));
  bf_run_train (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_DIVERGED);
}

/* The last reference goes while the worker is at work, at many points of its life. */
static void
test_dispose_while_training (void)
{
  for (guint i = 0; i < 30; i++)
    {
      BfRun *run = make ("spiral", 0);

      bf_run_train (run);
      g_usleep (i * 300);
      bf_run_poll (run);
      g_assert_finalize_object (run);
    }
}

static void
test_failure (void)
{
  g_autoptr (BfSpec) spec = bf_examples_load ("t1-baseline", NULL);
  const BfRunOptions options = { .folder = "/nonexistent/folder" };
  g_autoptr (BfRun) run = NULL, wrong = NULL;

  run = bf_run_new (spec, &options);
  bf_run_train (run);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_FAILED);
  g_assert_nonnull (bf_run_get_error (run));
  g_assert_null (bf_run_get_snapshot (run));

  /* A network that does not fit its data. */
  g_ptr_array_set_size (spec->blocks, 1);
  wrong = bf_run_new (spec, NULL);
  bf_run_wait (wrong);
  g_assert_cmpint (bf_run_get_state (wrong), ==, BF_RUN_FAILED);
  g_assert_nonnull (strstr (bf_run_get_error (wrong)->message, "10"));
  g_assert_nonnull (bf_run_get_dataset (wrong));
}

/* The thread, its commands and snapshots change no number. */
static void
test_same_as_trainer (void)
{
  g_autoptr (BfSpec) spec = bf_examples_load ("spiral", NULL);
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, NULL);
  g_autoptr (BfPlan) plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  g_autoptr (BfTrainer) trainer = bf_trainer_new (plan, data, bf_trainer_get_default_threads (), NULL);
  g_autoptr (BfSnapshot) direct = NULL;
  g_autoptr (BfRun) run = make ("spiral", 200);
  BfSnapshot *snapshot;

  bf_trainer_set_planned (trainer, 200);
  while (bf_trainer_step (trainer) == BF_STEP_MADE)
    ;
  direct = bf_trainer_snapshot (trainer);
  for (guint i = 0; i < 5; i++)
    bf_run_step (run);
  bf_run_wait (run);
  bf_run_train (run);
  while (bf_run_poll (run))
    g_usleep (100);
  snapshot = bf_run_get_snapshot (run);
  g_assert_cmpuint (snapshot->steps, ==, direct->steps);
  g_assert_cmpuint (snapshot->columns->len, ==, direct->columns->len);
  for (guint i = 0; i < direct->columns->len; i++)
    {
      const BfColumn *a = direct->columns->pdata[i], *b = snapshot->columns->pdata[i];

      g_assert_cmpmem (&a->loss, sizeof a->loss, &b->loss, sizeof b->loss);
      g_assert_cmpfloat (bf_column_get_norm (a, 0, BF_TENSOR_WEIGHT_GRADIENT), ==,
                         bf_column_get_norm (b, 0, BF_TENSOR_WEIGHT_GRADIENT));
    }
  g_assert_cmpfloat (direct->test_accuracy, ==, snapshot->test_accuracy);
}

static void
test_live_learning_rate (void)
{
  g_autoptr (BfRun) run = make ("spiral", 0);
  const BfSnapshot *snapshot;
  const BfMark *mark;

  bf_run_step (run);
  bf_run_step (run);
  bf_run_wait (run);
  bf_run_set_learning_rate (run, 0.25);
  bf_run_step (run);
  bf_run_wait (run);
  snapshot = bf_run_get_snapshot (run);
  g_assert_cmpuint (snapshot->steps, ==, 3);
  g_assert_cmpfloat (bf_snapshot_get_column (snapshot, 1)->learning_rate, ==, 0.05f);
  g_assert_cmpfloat (bf_snapshot_get_column (snapshot, 2)->learning_rate, ==, 0.25f);
  g_assert_cmpuint (snapshot->marks->len, ==, 1);
  mark = snapshot->marks->pdata[0];
  g_assert_cmpuint (mark->step, ==, 2);
}

static void
count (BfRun *run, GParamSpec *pspec, guint *times)
{
  (*times)++;
}

/* Nothing is emitted but from the caller's poll or command, and only for changes. */
static void
test_notifies (void)
{
  g_autoptr (BfRun) run = make ("spiral", 50);
  guint states = 0, snapshots = 0;

  g_signal_connect (run, "notify::state", G_CALLBACK (count), &states);
  g_signal_connect (run, "notify::snapshot", G_CALLBACK (count), &snapshots);
  g_usleep (50000);
  g_assert_cmpuint (states + snapshots, ==, 0);
  bf_run_wait (run);
  g_assert_cmpuint (states, ==, 1);
  g_assert_cmpuint (snapshots, ==, 1);
  bf_run_poll (run);
  g_assert_cmpuint (states + snapshots, ==, 2);
  bf_run_train (run);
  bf_run_wait (run);
  g_assert_cmpuint (states, ==, 3);
}

/* The same steps with and without an evaluation asked for at each poll. */
static void
test_evaluation_changes_nothing (void)
{
  g_autoptr (BfRun) asked = make ("spiral", 4000), alone = make ("spiral", 4000);
  const gint64 deadline = g_get_monotonic_time () + TIMEOUT;
  guint came = 0;

  bf_run_wait (asked);
  g_assert_null (bf_run_get_evaluation (asked));
  g_assert_true (bf_run_evaluate (asked, BF_PART_VALIDATION));
  g_assert_false (bf_run_evaluate (asked, BF_PART_VALIDATION));
  bf_run_wait (asked);
  g_assert_cmpuint (bf_run_get_evaluation (asked)->step, ==, 0);
  g_assert_cmpint (bf_run_get_state (asked), ==, BF_RUN_READY);
  bf_run_train (asked);
  while (bf_run_get_state (asked) != BF_RUN_FINISHED && g_get_monotonic_time () < deadline)
    {
      const guint64 before = bf_run_get_evaluation (asked)->step;

      bf_run_evaluate (asked, BF_PART_TEST);
      bf_run_poll (asked);
      came += bf_run_get_evaluation (asked)->step != before;
      g_usleep (100);
    }
  bf_run_wait (asked);
  g_assert_cmpuint (came, >, 1);
  bf_run_evaluate (asked, BF_PART_TEST);
  bf_run_wait (asked);
  g_assert_cmpuint (bf_run_get_evaluation (asked)->step, ==, 4000);
  g_assert_cmpfloat (bf_run_get_evaluation (asked)->accuracy, ==, bf_run_get_snapshot (asked)->test_accuracy);
  bf_run_train (alone);
  bf_run_wait (alone);
  g_assert_cmpuint (get_steps (alone), ==, 4000);
  g_assert_cmpuint (bf_run_get_snapshot (asked)->columns->len, ==, bf_run_get_snapshot (alone)->columns->len);
  for (guint i = 0; i < bf_run_get_snapshot (alone)->columns->len; i++)
    {
      const BfColumn *a = bf_run_get_snapshot (asked)->columns->pdata[i], *b = bf_run_get_snapshot (alone)->columns->pdata[i];

      g_assert_cmpfloat (a->loss, ==, b->loss);
      g_assert_cmpmem (a->layers, a->n_layers * sizeof *a->layers, b->layers, b->n_layers * sizeof *b->layers);
    }
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/ready", test_ready);
  g_test_add_func ("/run/evaluation-changes-nothing", test_evaluation_changes_nothing);
  g_test_add_func ("/run/step-pause-resume", test_step_pause_resume);
  g_test_add_func ("/run/pause-is-final", test_pause_is_final);
  g_test_add_func ("/run/finishes-and-goes-on", test_finishes_and_goes_on);
  g_test_add_func ("/run/more-epochs", test_more_epochs);
  g_test_add_func ("/run/stop", test_stop);
  g_test_add_func ("/run/stop-while-loading", test_stop_while_loading);
  g_test_add_func ("/run/divergence", test_divergence);
  g_test_add_func ("/run/dispose-while-training", test_dispose_while_training);
  g_test_add_func ("/run/failure", test_failure);
  g_test_add_func ("/run/same-as-trainer", test_same_as_trainer);
  g_test_add_func ("/run/live-learning-rate", test_live_learning_rate);
  g_test_add_func ("/run/notifies", test_notifies);
  return g_test_run ();
}
