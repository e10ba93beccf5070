/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-session.h"

#include <locale.h>

#include "bf-edit.h"
#include "bf-file.h"

#define TIMEOUT (60 * G_USEC_PER_SEC)

typedef struct
{
  BfSession *session;
  guint spec_changed, run_changed, updated, cursor_changed;
} Fixture;

static void
count (BfSession *session, guint *times)
{
  (*times)++;
}

static void
make (Fixture *fixture, const char *example)
{
  g_autoptr (BfSpec) spec = bf_examples_load (example, NULL);

  /* Long enough not to end by itself in the middle of a test. */
  spec->epochs = 100000;
  fixture->session = bf_session_new (spec, NULL);
  g_signal_connect (fixture->session, "spec-changed", G_CALLBACK (count), &fixture->spec_changed);
  g_signal_connect (fixture->session, "run-changed", G_CALLBACK (count), &fixture->run_changed);
  g_signal_connect (fixture->session, "updated", G_CALLBACK (count), &fixture->updated);
  g_signal_connect (fixture->session, "cursor-changed", G_CALLBACK (count), &fixture->cursor_changed);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->session);
}

/* Polls until nothing more comes. */
static void
settle (Fixture *fixture)
{
  const gint64 deadline = g_get_monotonic_time () + TIMEOUT;

  while (bf_session_poll (fixture->session))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (500);
    }
}

static guint64
get_steps (Fixture *fixture)
{
  BfSnapshot *snapshot = bf_session_get_snapshot (fixture->session);

  return snapshot ? snapshot->steps : 0;
}

/* Polls until that many steps are shown. */
static void
poll_steps (Fixture *fixture, guint64 steps)
{
  const gint64 deadline = g_get_monotonic_time () + TIMEOUT;

  while (get_steps (fixture) < steps)
    {
      bf_session_poll (fixture->session);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (500);
    }
}

/* Polls until the run of that number is shown. */
static void
poll_number (Fixture *fixture, guint number)
{
  const gint64 deadline = g_get_monotonic_time () + TIMEOUT;

  while (bf_session_get_current (fixture->session)->number != number)
    {
      bf_session_poll (fixture->session);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (500);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  make (fixture, "spiral");
  settle (fixture);
}

static BfExperiment *
get_experiment (Fixture *fixture)
{
  return bf_session_get_experiment (fixture->session);
}

static void
set_units (Fixture *fixture, guint32 layer, double units)
{
  BfSpec *spec = bf_experiment_copy_spec (get_experiment (fixture));

  bf_options_set_number (bf_spec_find_layer (spec, layer, NULL, NULL)->options, "units", units, NULL);
  bf_experiment_edit (get_experiment (fixture), spec, "Units", "units");
}

static void
set_rate (Fixture *fixture, double rate)
{
  BfSpec *spec = bf_experiment_copy_spec (get_experiment (fixture));

  spec->learning_rate = rate;
  bf_experiment_edit (get_experiment (fixture), spec, "Learning Rate", NULL);
}

static void
test_start (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;
  BfSessionRun *run = bf_session_get_current (session);

  g_assert_cmpint (bf_session_get_state (session), ==, BF_RUN_READY);
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 1);
  g_assert_cmpstr (run->label, ==, "Run 1");
  g_assert_cmpstr (run->family, ==, "baseline");
  g_assert_cmpstr (run->remedies, ==, "");
  g_assert_nonnull (bf_session_get_snapshot (session));
  /* The plan knows the data's shape. */
  g_assert_cmpstr (bf_session_get_plan (session)->error, ==, NULL);
  g_assert_cmpuint (bf_session_get_plan (session)->shape.inputs, ==, 2);
  g_assert_cmpuint (fixture->spec_changed, ==, 1);
  g_assert_cmpfloat (bf_session_get_seconds_left (session), ==, -1);
}

static void
test_train_pause_step_reset (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;
  guint64 steps;

  bf_session_train (session);
  g_assert_cmpint (bf_session_get_state (session), ==, BF_RUN_TRAINING);
  poll_steps (fixture, 10);
  g_assert_cmpfloat (bf_session_get_seconds_left (session), >, 0);
  bf_session_train (session);
  g_assert_cmpint (bf_session_get_state (session), ==, BF_RUN_PAUSED);
  settle (fixture);
  steps = get_steps (fixture);
  bf_session_step (session);
  settle (fixture);
  g_assert_cmpuint (get_steps (fixture), ==, steps + 1);
  bf_session_reset (session);
  settle (fixture);
  g_assert_cmpuint (get_steps (fixture), ==, 0);
  g_assert_cmpint (bf_session_get_state (session), ==, BF_RUN_READY);
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 2);
  g_assert_cmpuint (bf_session_get_current (session)->number, ==, 2);
}

static void
test_edit_before_training (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;

  set_units (fixture, 1, 20);
  /* The old one is seen until the new one is ready. */
  g_assert_nonnull (bf_session_get_snapshot (session));
  settle (fixture);
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 1);
  g_assert_cmpuint (bf_session_get_current (session)->number, ==, 1);
  g_assert_cmpuint (bf_session_get_snapshot (session)->plan->layers[0].outputs, ==, 20);
}

static void
test_edit_while_training (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;
  BfSessionRun *first = bf_session_get_current (session);

  bf_session_train (session);
  poll_steps (fixture, 20);
  bf_experiment_set_remedy (get_experiment (fixture), "activation", TRUE);
  poll_number (fixture, 2);
  /* It trains on, and the old one stands beside it, paused. */
  g_assert_cmpint (bf_session_get_state (session), ==, BF_RUN_TRAINING);
  poll_steps (fixture, 1);
  g_assert_true (bf_session_get_beside (session) == first);
  g_assert_cmpint (bf_run_get_state (first->run), ==, BF_RUN_PAUSED);
  g_assert_cmpuint (bf_run_get_snapshot (first->run)->steps, >=, 20);
  g_assert_cmpstr (bf_session_get_current (session)->family, ==, "activation");
  g_assert_cmpstr (bf_session_get_current (session)->remedies, ==, "Activation");
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 2);
}

static void
test_undo_brings_back (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;
  BfSessionRun *first = bf_session_get_current (session), *second;

  bf_session_step (session);
  settle (fixture);
  bf_experiment_set_remedy (get_experiment (fixture), "increasing-weights", TRUE);
  settle (fixture);
  second = bf_session_get_current (session);
  g_assert_cmpuint (second->number, ==, 2);
  g_assert_cmpint (bf_session_get_state (session), ==, BF_RUN_READY);
  bf_session_step (session);
  settle (fixture);
  bf_experiment_undo (get_experiment (fixture));
  g_assert_true (bf_session_get_current (session) == first);
  g_assert_cmpuint (get_steps (fixture), ==, 1);
  bf_experiment_redo (get_experiment (fixture));
  g_assert_true (bf_session_get_current (session) == second);
  settle (fixture);
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 2);
}

/* An edit taken back before its run was there leaves all as it was, also the training. */
static void
test_undo_at_once (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;
  BfSessionRun *first = bf_session_get_current (session);

  bf_session_train (session);
  poll_steps (fixture, 5);
  bf_experiment_set_remedy (get_experiment (fixture), "activation", TRUE);
  bf_experiment_undo (get_experiment (fixture));
  g_assert_true (bf_session_get_current (session) == first);
  g_assert_cmpint (bf_session_get_state (session), ==, BF_RUN_TRAINING);
  bf_session_poll (session);
  poll_steps (fixture, get_steps (fixture) + 5);
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 1);
}

static void
test_live_changes (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;
  BfSessionRun *first = bf_session_get_current (session);
  BfSpec *spec;

  bf_session_step (session);
  settle (fixture);
  set_rate (fixture, 0.5);
  spec = bf_experiment_copy_spec (get_experiment (fixture));
  spec->epochs = 7;
  bf_experiment_edit (get_experiment (fixture), spec, "Epochs", NULL);
  bf_session_step (session);
  settle (fixture);
  g_assert_true (bf_session_get_current (session) == first);
  g_assert_cmpuint (bf_session_get_snapshot (session)->marks->len, ==, 1);
  g_assert_cmpuint (bf_session_get_snapshot (session)->steps_planned, ==,
                    7 * bf_session_get_snapshot (session)->steps_per_epoch);
  /* And back by undo. */
  bf_experiment_undo (get_experiment (fixture));
  bf_experiment_undo (get_experiment (fixture));
  bf_session_step (session);
  settle (fixture);
  g_assert_cmpfloat (bf_snapshot_get_column (bf_session_get_snapshot (session), 2)->learning_rate, ==, 0.05f);
}

/* A layer is frozen in the run that is on its way; a complete one stays, and another takes its place. */
static void
test_live_freezing (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;
  BfSessionRun *first = bf_session_get_current (session);
  BfSpec *spec = bf_experiment_copy_spec (get_experiment (fixture));

  bf_session_step (session);
  settle (fixture);
  ((BfLayer *) ((BfBlock *) spec->blocks->pdata[0])->layers->pdata[0])->frozen = TRUE;
  g_clear_pointer (&spec->clipping, bf_options_free);
  spec->clipping = bf_options_new (bf_kind_find (bf_clippings, "norm"));
  bf_experiment_edit (get_experiment (fixture), spec, "Freeze", NULL);
  bf_session_step (session);
  settle (fixture);
  g_assert_true (bf_session_get_current (session) == first);
  g_assert_cmpuint (bf_session_get_snapshot (session)->marks->len, ==, 2);
  g_assert_false (bf_snapshot_get_column (bf_session_get_snapshot (session), 0)->layers[0].tensors[BF_TENSOR_WEIGHT].states
                  & BF_STATE_FROZEN);
  g_assert_true (bf_snapshot_get_column (bf_session_get_snapshot (session), 1)->layers[0].tensors[BF_TENSOR_WEIGHT].states
                 & BF_STATE_FROZEN);
}

/* Before the first step the rate is that of the start: no mark. */
static void
test_rate_before_training (Fixture *fixture, gconstpointer data)
{
  set_rate (fixture, 0.5);
  settle (fixture);
  bf_session_step (fixture->session);
  settle (fixture);
  g_assert_cmpuint (bf_session_get_snapshot (fixture->session)->marks->len, ==, 0);
  g_assert_cmpfloat (bf_snapshot_get_column (bf_session_get_snapshot (fixture->session), 0)->learning_rate, ==, 0.5f);
  g_assert_cmpuint (bf_session_get_runs (fixture->session)->len, ==, 1);
}

static void
test_spinning_makes_few_runs (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;

  bf_session_train (session);
  poll_steps (fixture, 5);
  for (guint i = 0; i < 60; i++)
    {
      set_units (fixture, 1, 33 + i);
      bf_session_poll (session);
      g_usleep (5000);
    }
  bf_session_train (session);
  settle (fixture);
  g_assert_cmpuint (bf_session_get_runs (session)->len, <=, 3);
  g_assert_cmpuint (bf_session_get_snapshot (session)->plan->layers[0].outputs, ==, 92);
}

static void
test_broken_network (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;
  BfSessionRun *first = bf_session_get_current (session);

  bf_session_step (session);
  settle (fixture);
  set_units (fixture, 3, 5);
  g_assert_nonnull (bf_session_get_plan (session)->error);
  settle (fixture);
  g_assert_true (bf_session_get_current (session) == first);
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 1);
  bf_session_reset (session);
  settle (fixture);
  g_assert_true (bf_session_get_current (session) == first);
  bf_experiment_undo (get_experiment (fixture));
  g_assert_null (bf_session_get_plan (session)->error);
  settle (fixture);
  g_assert_true (bf_session_get_current (session) == first);
}

/* Other data asks for another shape: known only when loaded, then the plan says what is wrong. */
static void
test_other_data (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;
  BfSpec *spec = bf_experiment_copy_spec (get_experiment (fixture));

  bf_session_step (session);
  settle (fixture);
  bf_options_set_number (spec->data, "classes", 4, NULL);
  bf_experiment_edit (get_experiment (fixture), spec, "Data", NULL);
  g_assert_null (bf_session_get_plan (session)->error);
  settle (fixture);
  g_assert_nonnull (bf_session_get_plan (session)->error);
  g_assert_cmpuint (bf_session_get_plan (session)->shape.outputs, ==, 4);
  g_assert_cmpuint (bf_session_get_current (session)->number, ==, 1);
  set_units (fixture, 3, 4);
  settle (fixture);
  g_assert_null (bf_session_get_plan (session)->error);
  g_assert_cmpuint (bf_session_get_current (session)->number, ==, 2);
}

static void
test_cursor (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;

  for (guint i = 0; i < 4; i++)
    bf_session_step (session);
  settle (fixture);
  fixture->cursor_changed = 0;
  g_assert_true (bf_session_get_live (session));
  g_assert_cmpuint (bf_session_get_cursor_step (session), ==, 3);
  bf_session_set_cursor_step (session, 1);
  bf_session_set_cursor_step (session, 1);
  g_assert_false (bf_session_get_live (session));
  g_assert_cmpuint (bf_session_get_cursor_step (session), ==, 1);
  g_assert_cmpuint (fixture->cursor_changed, ==, 1);
  /* Training goes on under a cursor that stays. */
  bf_session_step (session);
  settle (fixture);
  g_assert_cmpuint (bf_session_get_cursor_step (session), ==, 1);
  bf_session_set_live (session, TRUE);
  g_assert_cmpuint (bf_session_get_cursor_step (session), ==, 4);
  g_assert_cmpuint (fixture->cursor_changed, ==, 2);
  bf_session_set_live (session, FALSE);
  g_assert_cmpuint (bf_session_get_cursor_step (session), ==, 4);
  bf_session_set_cursor_layer (session, 3);
  g_assert_cmpuint (bf_session_get_cursor_layer (session), ==, 3);
  bf_session_set_cursor_layer (session, 99);
  g_assert_cmpuint (bf_session_get_cursor_layer (session), ==, 4);
}

static void
test_divergence (void)
{
  Fixture fixture = { NULL };
  BfSnapshot *snapshot;
  guint64 step;

  make (&fixture, "t2-exploding");
  bf_session_train (fixture.session);
  settle (&fixture);
  g_assert_cmpint (bf_session_get_state (fixture.session), ==, BF_RUN_DIVERGED);
  snapshot = bf_session_get_snapshot (fixture.session);
  step = snapshot->diverged_step;
  if (step > 0)
    {
      g_assert_false (bf_session_get_live (fixture.session));
      g_assert_cmpuint (bf_session_get_cursor_step (fixture.session), ==, step - 1);
    }
  g_assert_cmpfloat (bf_session_get_seconds_left (fixture.session), ==, -1);
  /* Train starts over. */
  bf_session_train (fixture.session);
  g_assert_cmpint (bf_session_get_state (fixture.session), ==, BF_RUN_TRAINING);
  settle (&fixture);
  g_assert_cmpint (bf_session_get_state (fixture.session), ==, BF_RUN_DIVERGED);
  g_assert_cmpuint (bf_session_get_current (fixture.session)->number, ==, step > 0 ? 2 : 1);
  tear_down (&fixture, NULL);
}

static void
test_runs_are_removed (Fixture *fixture, gconstpointer data)
{
  BfSession *session = fixture->session;
  BfSessionRun *first = bf_session_get_current (session);

  for (guint i = 0; i < 2; i++)
    {
      bf_session_step (session);
      settle (fixture);
      bf_session_reset (session);
      settle (fixture);
    }
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 3);
  bf_session_set_beside (session, first);
  g_assert_true (bf_session_get_beside (session) == first);
  bf_session_remove_run (session, first);
  g_assert_null (bf_session_get_beside (session));
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 2);
  bf_session_remove_run (session, bf_session_get_current (session));
  g_assert_cmpuint (bf_session_get_current (session)->number, ==, 2);
  bf_session_remove_run (session, bf_session_get_current (session));
  settle (fixture);
  g_assert_cmpint (bf_session_get_state (session), ==, BF_RUN_READY);
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 1);
}

static void
test_many_runs (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 25; i++)
    {
      bf_session_step (fixture->session);
      settle (fixture);
      bf_session_reset (fixture->session);
      settle (fixture);
    }
  g_assert_cmpuint (bf_session_get_runs (fixture->session)->len, ==, 20);
  g_assert_cmpuint (bf_session_get_current (fixture->session)->number, ==, 26);
}

static void
test_replace (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfSpec) spec = bf_examples_load ("t2-relu", NULL);

  bf_session_train (fixture->session);
  poll_steps (fixture, 5);
  bf_experiment_replace (get_experiment (fixture), spec, NULL);
  g_assert_cmpint (bf_session_get_state (fixture->session), ==, BF_RUN_LOADING);
  settle (fixture);
  g_assert_cmpint (bf_session_get_state (fixture->session), ==, BF_RUN_READY);
  g_assert_cmpuint (bf_session_get_runs (fixture->session)->len, ==, 1);
  g_assert_cmpuint (bf_session_get_plan (fixture->session)->shape.inputs, ==, 100);
}

/* From nothing: no layers, then some. */
static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfSpec) empty = bf_examples_load ("spiral", NULL);
  BfSpec *spec;

  g_ptr_array_set_size (empty->blocks, 0);
  bf_experiment_replace (get_experiment (fixture), empty, NULL);
  settle (fixture);
  g_assert_nonnull (bf_session_get_plan (fixture->session)->error);
  g_assert_null (bf_session_get_snapshot (fixture->session));
  bf_session_train (fixture->session);
  bf_session_step (fixture->session);
  settle (fixture);
  g_assert_null (bf_session_get_snapshot (fixture->session));
  spec = bf_experiment_copy_spec (get_experiment (fixture));
  bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 3, NULL);
  bf_experiment_edit (get_experiment (fixture), spec, "Add", NULL);
  settle (fixture);
  g_assert_cmpint (bf_session_get_state (fixture->session), ==, BF_RUN_READY);
  g_assert_nonnull (bf_session_get_snapshot (fixture->session));
  g_assert_cmpuint (bf_session_get_runs (fixture->session)->len, ==, 1);
}

/* A second start shows what the first one did: the experiment with what was not saved, its undo, and its run, which goes on. */
static void
test_restored (void)
{
  g_autofree char *folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "notebook.db", NULL);
  g_autoptr (BfSpec) spec = bf_examples_load ("spiral", NULL);
  const BfRunOptions options = { .threads = 1 };
  BfNotebook *notebook = bf_notebook_new (path);
  Fixture fixture = { 0 };
  g_autoptr (BfSpec) shown = NULL;
  g_autoptr (GError) error = NULL;
  gboolean interrupted;
  guint64 steps;

  g_assert_null (bf_session_new_restored (notebook, &options, &interrupted, &error));
  g_assert_no_error (error);
  spec->epochs = 100000;
  fixture.session = bf_session_new_kept (spec, &options, notebook);
  bf_experiment_set_remedy (bf_session_get_experiment (fixture.session), "batch-norm", TRUE);
  settle (&fixture);
  bf_session_train (fixture.session);
  poll_steps (&fixture, 50);
  shown = bf_spec_ref (bf_experiment_get_spec (bf_session_get_experiment (fixture.session)));
  steps = get_steps (&fixture);
  g_clear_object (&fixture.session);
  g_assert_true (bf_notebook_close (notebook, 10, &error));
  bf_notebook_unref (notebook);

  notebook = bf_notebook_new (path);
  fixture.session = bf_session_new_restored (notebook, &options, &interrupted, &error);
  g_assert_no_error (error);
  g_assert_nonnull (fixture.session);
  g_assert_true (interrupted);
  g_assert_true (bf_spec_equal (bf_experiment_get_spec (bf_session_get_experiment (fixture.session)), shown));
  g_assert_true (bf_experiment_get_modified (bf_session_get_experiment (fixture.session)));
  g_assert_true (bf_experiment_get_can_undo (bf_session_get_experiment (fixture.session)));
  g_assert_cmpuint (get_steps (&fixture), >=, steps);
  steps = get_steps (&fixture);
  g_assert_cmpint (bf_session_get_state (fixture.session), ==, BF_RUN_PAUSED);
  bf_session_train (fixture.session);
  poll_steps (&fixture, steps + 10);
  bf_session_train (fixture.session);
  settle (&fixture);
  g_clear_object (&fixture.session);
  bf_notebook_close (notebook, 10, NULL);
  bf_notebook_unref (notebook);
}

/* Deleted, and brought back. */
static void
test_bring_back (void)
{
  Fixture fixture = { 0 };
  BfSessionRun *run;

  make (&fixture, "spiral");
  poll_steps (&fixture, 0);
  settle (&fixture);
  bf_session_train (fixture.session);
  poll_steps (&fixture, 20);
  bf_experiment_set_remedy (bf_session_get_experiment (fixture.session), "batch-norm", TRUE);
  poll_number (&fixture, 2);
  run = bf_session_get_runs (fixture.session)->pdata[0];
  bf_session_remove_run (fixture.session, run);
  g_assert_cmpuint (bf_session_get_runs (fixture.session)->len, ==, 1);
  g_assert_true (bf_session_bring_back (fixture.session, 1));
  g_assert_false (bf_session_bring_back (fixture.session, 1));
  g_assert_cmpuint (bf_session_get_runs (fixture.session)->len, ==, 2);
  g_assert_true (bf_session_get_runs (fixture.session)->pdata[0] == run);

  /* The one shown: what comes in its place trains the same network, and undone it is shown again. */
  run = bf_session_get_current (fixture.session);   /* it trains on, as the one before it did */
  poll_steps (&fixture, 5);
  bf_session_remove_run (fixture.session, run);
  settle (&fixture);
  g_assert_cmpstr (bf_session_get_current (fixture.session)->remedies, !=, "");
  g_assert_cmpuint (bf_session_get_current (fixture.session)->number, ==, 3);
  bf_session_undo (fixture.session);
  g_assert_true (bf_session_get_current (fixture.session) == run);
  g_clear_object (&fixture.session);
}

static void
assert_label (char *label, const char *expected)
{
  g_assert_cmpstr (label, ==, expected);
  g_free (label);
}

/* Deleted runs and edits come back in the order in which they were deleted and made, and go again. */
static void
test_undo_deletions (void)
{
  Fixture fixture = { 0 };
  BfExperiment *experiment;
  BfSession *session;

  make (&fixture, "spiral");
  session = fixture.session;
  experiment = bf_session_get_experiment (session);
  poll_steps (&fixture, 0);
  settle (&fixture);
  bf_session_train (session);
  poll_steps (&fixture, 5);
  bf_experiment_set_remedy (experiment, "batch-norm", TRUE);
  poll_number (&fixture, 2);
  poll_steps (&fixture, 5);
  bf_session_remove_run (session, bf_session_get_runs (session)->pdata[0]);
  bf_session_remove_run (session, bf_session_get_runs (session)->pdata[0]);
  settle (&fixture);
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 1);   /* another one, in its place */
  assert_label (bf_session_dup_undo_label (session), "Run 2 deleted");
  bf_session_undo (session);
  assert_label (bf_session_dup_undo_label (session), "Run 1 deleted");
  assert_label (bf_session_dup_redo_label (session), "Run 2 deleted");
  bf_session_undo (session);
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 2);
  assert_label (bf_session_dup_undo_label (session), "Batch Normalization on");
  bf_session_redo (session);
  bf_session_redo (session);
  settle (&fixture);
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 1);
  assert_label (bf_session_dup_redo_label (session), NULL);

  /* An edit after them is undone before them; and after it nothing is deleted again. */
  bf_experiment_set_remedy (experiment, "gradient-clipping", TRUE);
  assert_label (bf_session_dup_undo_label (session), "Gradient Clipping on");
  bf_session_undo (session);
  assert_label (bf_session_dup_undo_label (session), "Run 2 deleted");
  bf_session_undo (session);
  bf_session_undo (session);
  g_assert_cmpuint (bf_session_get_runs (session)->len, >=, 2);
  bf_experiment_set_remedy (experiment, "gradient-clipping", TRUE);
  bf_session_undo (session);
  assert_label (bf_session_dup_redo_label (session), "Gradient Clipping on");
  assert_label (bf_session_dup_undo_label (session), "Batch Normalization on");
  g_clear_object (&fixture.session);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/session/start", test_start);
  ADD ("/session/train-pause-step-reset", test_train_pause_step_reset);
  ADD ("/session/edit-before-training", test_edit_before_training);
  ADD ("/session/edit-while-training", test_edit_while_training);
  ADD ("/session/undo-brings-back", test_undo_brings_back);
  ADD ("/session/undo-at-once", test_undo_at_once);
  ADD ("/session/live-changes", test_live_changes);
  ADD ("/session/live-freezing", test_live_freezing);
  ADD ("/session/rate-before-training", test_rate_before_training);
  ADD ("/session/spinning-makes-few-runs", test_spinning_makes_few_runs);
  ADD ("/session/broken-network", test_broken_network);
  ADD ("/session/other-data", test_other_data);
  ADD ("/session/cursor", test_cursor);
  g_test_add_func ("/session/divergence", test_divergence);
  ADD ("/session/runs-are-removed", test_runs_are_removed);
  ADD ("/session/many-runs", test_many_runs);
  ADD ("/session/replace", test_replace);
  ADD ("/session/empty", test_empty);
  g_test_add_func ("/session/restored", test_restored);
  g_test_add_func ("/session/bring-back", test_bring_back);
  g_test_add_func ("/session/undo-deletions", test_undo_deletions);
  return g_test_run ();
}
