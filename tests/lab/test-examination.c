/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-examination-options.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "bf-file.h"
#include "bf-notebook.h"
#include "bf-notebook-keeper.h"
#include "bf-weights.h"
#include "same-recording.h"

/* What the kinds of this test find: counted references, so that a result that nobody frees is seen. */
typedef struct
{
  gatomicrefcount references;
  guint64 step;
  guint tensors, samples;
  double number;
} Finding;

static gint findings;   /* atomic: that live */

static gpointer
finding_ref (gpointer data)
{
  g_atomic_ref_count_inc (&((Finding *) data)->references);
  return data;
}

static void
finding_unref (gpointer data)
{
  if (!g_atomic_ref_count_dec (&((Finding *) data)->references))
    return;
  g_atomic_int_add (&findings, -1);
  g_free (data);
}

static Finding *
finding_new (const BfSubject *subject)
{
  Finding *self = g_new0 (Finding, 1);

  g_atomic_int_inc (&findings);
  g_atomic_ref_count_init (&self->references);
  self->step = subject->step;
  self->tensors = subject->weights->len;
  self->samples = bf_dataset_get_count (subject->data, BF_PART_TRAIN);
  self->number = bf_options_number (subject->options, "number");
  return self;
}

static gpointer
look_at (const BfSubject *subject, BfProgress *progress, GError **error)
{
  g_autoptr (BfNetwork) network = bf_subject_compile (subject, 4, error);

  if (!network)
    return NULL;
  bf_dataset_gather (subject->data, BF_PART_TRAIN, NULL, 0, 4, bf_network_get_input (network),
                     bf_network_get_plan (network)->shape.inputs, NULL, NULL);
  bf_network_forward (network, 4, TRUE);
  return finding_new (subject);
}

/* Ten seconds, unless cancelled. */
static gpointer
look_long (const BfSubject *subject, BfProgress *progress, GError **error)
{
  for (guint i = 0; i < 1000; i++)
    {
      if (!bf_progress_report (progress, i / 1000.0, error))
        return NULL;
      g_usleep (10000);
    }
  return finding_new (subject);
}

static gpointer
look_in_vain (const BfSubject *subject, BfProgress *progress, GError **error)
{
  g_set_error_literal (error, BF_ERROR, BF_ERROR_INVALID, "in vain");
  return NULL;
}

static const BfParam params[] = {
  { .id = "number", .name = "Number", .type = BF_PARAM_NUMBER, .minimum = 0, .maximum = 9, .fallback = 3 },
  { NULL }
};

static const BfExaminationKind short_look = { { "short", "Short", "Short", params }, look_at, finding_ref, finding_unref };
static const BfExaminationKind long_look = { { "long", "Long", "Long", params }, look_long, finding_ref, finding_unref };
static const BfExaminationKind vain_look = { { "vain", "Vain", "Vain", params }, look_in_vain, finding_ref, finding_unref };

static BfRun *
make (const char *example, guint64 steps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_experiment_load_any (example, NULL, &error);
  const BfRunOptions options = { .steps = steps };

  g_assert_no_error (error);
  return bf_run_new (spec, &options);
}

static void
test_result (void)
{
  g_autoptr (BfRun) run = make ("spiral", 0);
  BfExamination *examination = bf_examination_of (run, &short_look);
  g_autoptr (BfOptions) options = bf_options_new (&short_look.kind);
  const Finding *finding;

  g_assert_true (examination == bf_examination_of (run, &short_look));
  g_assert_true (examination != bf_examination_of (run, &long_look));
  g_assert_null (bf_examination_get_result (examination));
  bf_examination_start (examination, NULL);   /* waits for the data */
  g_assert_true (bf_examination_get_running (examination));
  bf_examination_wait (examination);
  g_assert_false (bf_examination_get_running (examination));
  g_assert_no_error (bf_examination_get_error (examination));
  finding = bf_examination_get_result (examination);
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->step, ==, 0);
  g_assert_cmpuint (finding->tensors, >, 0);
  g_assert_cmpuint (finding->samples, >, 0);
  g_assert_cmpfloat (finding->number, ==, 3);

  for (guint i = 0; i < 3; i++)
    bf_run_step (run);
  bf_run_wait (run);
  g_assert_true (bf_options_set_number (options, "number", 5, NULL));
  bf_examination_start (examination, options);
  bf_examination_wait (examination);
  finding = bf_examination_get_result (examination);
  g_assert_cmpuint (finding->step, ==, 3);
  g_assert_cmpuint (bf_examination_get_step (examination), ==, 3);
  g_assert_cmpfloat (finding->number, ==, 5);
}

/* The window's way: the owner's main loop takes it up, and notifies. */
static void
test_main_loop (void)
{
  g_autoptr (BfRun) run = make ("spiral", 0);
  BfExamination *examination = bf_examination_of (run, &long_look);
  const gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  double fraction = 0;

  bf_examination_start (examination, NULL);
  while (bf_examination_get_fraction (examination) < 0.02)
    {
      g_assert_cmpfloat (bf_examination_get_fraction (examination), >=, fraction);
      fraction = bf_examination_get_fraction (examination);
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  bf_examination_cancel (examination);
  examination = bf_examination_of (run, &short_look);
  bf_examination_start (examination, NULL);
  while (bf_examination_get_running (examination))
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  g_assert_nonnull (bf_examination_get_result (examination));
}

static void
count (GObject *object, GParamSpec *pspec, gpointer data)
{
  ++*(guint *) data;
}

static void
test_cancel (void)
{
  g_autoptr (BfRun) run = make ("spiral", 0);
  BfExamination *examination = bf_examination_of (run, &long_look);
  guint notified = 0;

  bf_examination_start (examination, NULL);
  g_usleep (50000);
  g_signal_connect (examination, "notify::running", G_CALLBACK (count), &notified);
  bf_examination_cancel (examination);
  g_assert_cmpuint (notified, ==, 1);
  g_assert_false (bf_examination_get_running (examination));
  g_assert_null (bf_examination_get_result (examination));
  g_assert_no_error (bf_examination_get_error (examination));
  bf_examination_cancel (examination);
  g_assert_cmpuint (notified, ==, 1);
  bf_examination_start (examination, NULL);   /* again, at once */
  g_assert_true (bf_examination_get_running (examination));
}

static void
test_error_keeps_result (void)
{
  g_autoptr (BfRun) run = make ("spiral", 0);
  BfExamination *examination = bf_examination_of (run, &vain_look);

  bf_examination_start (examination, NULL);
  bf_examination_wait (examination);
  g_assert_error (bf_examination_get_error (examination), BF_ERROR, BF_ERROR_INVALID);
  g_assert_null (bf_examination_get_result (examination));
  bf_examination_start (examination, NULL);
  g_assert_no_error (bf_examination_get_error (examination));
}

/* One that goes while it is examined takes nothing along that the thread needs, and nothing is left. */
static void
test_run_goes (void)
{
  for (guint i = 0; i < 20; i++)
    {
      BfRun *run = make ("spiral", 0);
      g_autoptr (BfExamination) held = g_object_ref (bf_examination_of (run, i % 2 ? &long_look : &short_look));

      bf_examination_start (held, NULL);
      g_usleep (i * 1000);
      g_object_unref (run);
      g_assert_false (bf_examination_get_running (held));
      bf_examination_start (held, NULL);   /* there is nothing to examine any more */
      g_assert_false (bf_examination_get_running (held));
    }
}

static void
test_stopped (void)
{
  g_autoptr (BfRun) run = make ("spiral", 0);
  BfExamination *examination = bf_examination_of (run, &short_look);

  for (guint i = 0; i < 2; i++)
    bf_run_step (run);
  bf_run_wait (run);
  bf_run_stop (run);
  bf_run_wait (run);
  bf_examination_start (examination, NULL);
  bf_examination_wait (examination);
  g_assert_no_error (bf_examination_get_error (examination));
  g_assert_cmpuint (((Finding *) bf_examination_get_result (examination))->step, ==, 2);
}

static void
test_stopped_before_loaded (void)
{
  g_autoptr (BfRun) run = make ("spiral", 0);
  BfExamination *examination = bf_examination_of (run, &short_look);

  bf_run_stop (run);
  bf_examination_start (examination, NULL);
  bf_examination_wait (examination);
  /* It may have loaded all the same, in time. */
  g_assert_true (bf_examination_get_error (examination) || bf_examination_get_result (examination));
}

/* The weights before the step that could not be made are there to be looked at. */
static void
test_diverged (void)
{
  g_autoptr (BfSpec) spec = bf_examples_load ("t2-relu", NULL);
  g_autoptr (BfRun) run = NULL;
  BfExamination *looks, *jacobian;

  spec->learning_rate = 1e30;
  run = bf_run_new (spec, NULL);
  bf_run_train (run);
  while (bf_run_poll (run))
    g_usleep (500);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_DIVERGED);
  looks = bf_examination_of (run, &short_look);
  bf_examination_start (looks, NULL);
  bf_examination_wait (looks);
  g_assert_no_error (bf_examination_get_error (looks));
  g_assert_cmpuint (bf_examination_get_step (looks), ==, bf_run_get_snapshot (run)->steps);
  jacobian = bf_examination_of (run, bf_examination_find ("jacobian"));
  bf_examination_start (jacobian, NULL);
  bf_examination_wait (jacobian);
  g_assert_no_error (bf_examination_get_error (jacobian));
  g_assert_nonnull (bf_examination_get_result (jacobian));
}

/* A run that diverged is looked at after a restart, too: with the weights that it had then. */
static void
test_diverged_kept (void)
{
  g_autofree char *folder = g_dir_make_tmp ("backflow-XXXXXX", NULL), *path = g_build_filename (folder, "notebook.db", NULL);
  g_autoptr (BfSpec) spec = bf_examples_load ("t2-relu", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *uuid = NULL;
  g_autoptr (GPtrArray) before = NULL, after = NULL;

  spec->learning_rate = 1e6;
  {
    g_autoptr (BfNotebook) notebook = bf_notebook_new (path);
    const BfKeeperInfo info = { .base = spec };
    g_autoptr (BfKeeper) keeper = bf_keeper_new (notebook, &info);
    const BfRunOptions options = { .keeper = keeper };
    g_autoptr (BfRun) run = bf_run_new (spec, &options);

    bf_run_train (run);
    bf_run_wait (run);
    g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_DIVERGED);
    before = bf_run_list_weights (run);
    uuid = g_strdup (bf_keeper_get_uuid (keeper));
    bf_run_stop (run);
    g_assert_true (bf_notebook_close (notebook, 10, &error));
  }
  {
    g_autoptr (BfNotebook) notebook = bf_notebook_new (path);
    g_autoptr (BfNotebookRun) kept = bf_notebook_load (notebook, uuid, &error);
    g_autoptr (BfKeeper) keeper = NULL;
    BfRunOptions options = { .resume = kept };
    g_autoptr (BfRun) run = NULL;
    BfExamination *looks, *jacobian;

    g_assert_no_error (error);
    keeper = options.keeper = bf_keeper_reopen (notebook, kept, &error);
    g_assert_no_error (error);
    run = bf_run_new (kept->snapshot->plan->spec, &options);
    looks = bf_examination_of (run, &short_look);
    jacobian = bf_examination_of (run, bf_examination_find ("jacobian"));
    bf_examination_start (looks, NULL);
    bf_examination_start (jacobian, NULL);   /* both ask at once */
    bf_examination_wait (looks);
    bf_examination_wait (jacobian);
    g_assert_no_error (bf_examination_get_error (looks));
    g_assert_no_error (bf_examination_get_error (jacobian));
    g_assert_nonnull (bf_examination_get_result (jacobian));
    g_assert_cmpuint (bf_examination_get_step (looks), ==, kept->snapshot->steps);
    after = bf_run_list_weights (run);
    g_assert_cmpuint (after->len, ==, before->len);
    for (guint i = 0; i < after->len; i++)
      {
        const BfTensorValues *a = before->pdata[i], *b = after->pdata[i];

        g_assert_true (g_bytes_equal (a->values, b->values));
      }
    bf_run_poll (run);
    g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_DIVERGED);
    g_assert_null (bf_run_get_notice (run));
    bf_run_stop (run);
    bf_notebook_close (notebook, 10, NULL);
  }
  g_remove (path);
  g_rmdir (folder);
}

/* Looking at a run does not change it: the same recording to the last bit. */
static void
test_training_stays (void)
{
  g_autoptr (BfRun) plain = make ("t2-batch-norm", 60), examined = make ("t2-batch-norm", 60);
  BfExamination *examination = bf_examination_of (examined, &short_look);
  guint looks = 0;

  bf_run_train (plain);
  bf_run_wait (plain);
  bf_run_train (examined);
  while (bf_run_poll (examined))
    {
      bf_examination_start (examination, NULL);
      bf_examination_wait (examination);
      looks++;
    }
  g_assert_cmpuint (looks, >, 1);
  assert_same_recording (bf_run_get_snapshot (plain), bf_run_get_snapshot (examined));
}

static gpointer
list (gpointer run)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (GPtrArray) weights = bf_run_list_weights (run);

      g_assert_nonnull (weights);
    }
  return NULL;
}

/* Each of several that wait for weights gets them. */
static void
test_several_wait (void)
{
  g_autoptr (BfRun) run = make ("spiral", 0);
  GThread *threads[4];

  bf_run_train (run);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("list", list, run);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* Every kind that there is, of a run that trains. */
static void
test_kinds (void)
{
  static const char *const examples[] = { "t2-sigmoid", "spiral" };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (BfRun) run = make (examples[i], 0);

      bf_run_train (run);
      for (guint k = 0; bf_examinations ()[k]; k++)
        {
          BfExamination *examination = bf_examination_of (run, bf_examination_find (bf_examinations ()[k]->id));
          const gint64 began = g_get_monotonic_time ();

          bf_examination_start (examination, NULL);
          bf_examination_wait (examination);
          g_test_message ("%s of %s: %.2f s", bf_examinations ()[k]->id, examples[i],
                          (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC);
          g_assert_no_error (bf_examination_get_error (examination));
          g_assert_nonnull (bf_examination_get_result (examination));
        }
    }
}

static void
test_nothing_left (void)
{
  const gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (g_atomic_int_get (&findings) > 0 && g_get_monotonic_time () < deadline)
    g_usleep (1000);
  g_assert_cmpint (g_atomic_int_get (&findings), ==, 0);
}

/* Words and options say the same; what cannot be is refused by its name. */
static void
test_options_as_words (void)
{
  static const char *const wrong[][2] = {
    { "landscap:points=3", "landscap" }, { "landscape:point=3", "point" }, { "landscape:points=0", "points" },
    { "landscape:points", "points" }, { "landscape:reach=nan", "reach" },
  };
  const BfExaminationKind *landscape = bf_examination_find ("landscape"), *jacobian = bf_examination_find ("jacobian");
  g_autoptr (GError) error = NULL;
  g_autoptr (BfOptions) options = bf_examination_options_parse ("landscape:reach=0.5,points=20", &error);
  g_autoptr (BfOptions) defaults = bf_examination_options_find ("landscape:points=99999 nonsense", landscape), found = NULL;
  g_autofree char *words = NULL, *list = NULL, *other = NULL;

  g_assert_no_error (error);
  words = bf_examination_options_print (options);
  g_assert_cmpstr (words, ==, "landscape:points=20,reach=0.5");
  g_assert_cmpuint (bf_options_integer (defaults, "points"), ==, 12);
  list = bf_examination_options_change ("jacobian:samples=16 landscape:points=3", options);
  g_assert_cmpstr (list, ==, "jacobian:samples=16 landscape:points=20,reach=0.5");
  found = bf_examination_options_find (list, landscape);
  g_assert_true (bf_options_equal (found, options));
  other = bf_examination_options_change (list, defaults);   /* the defaults need no words */
  g_assert_cmpstr (other, ==, "jacobian:samples=16");
  bf_options_free (g_steal_pointer (&found));
  found = bf_examination_options_find (other, jacobian);
  g_assert_cmpuint (bf_options_integer (found, "samples"), ==, 16);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) reason = NULL;

      g_assert_null (bf_examination_options_parse (wrong[i][0], &reason));
      g_assert_nonnull (strstr (reason->message, wrong[i][1]));
    }
}

/* Kinds with options say what they come to. */
static void
test_explains (void)
{
  for (const BfKind *const *kind = bf_examinations (); *kind; kind++)
    {
      const BfExaminationKind *self = (const BfExaminationKind *) *kind;

      g_assert_true (((*kind)->params != NULL) == (self->explain != NULL));
      if (self->explain)
        {
          g_autoptr (BfOptions) options = bf_options_new (*kind);
          g_autofree char *words = self->explain (options);

          g_assert_cmpuint (strlen (words), >, 20);
        }
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lab/examination/result", test_result);
  g_test_add_func ("/lab/examination/main-loop", test_main_loop);
  g_test_add_func ("/lab/examination/cancel", test_cancel);
  g_test_add_func ("/lab/examination/error-keeps-result", test_error_keeps_result);
  g_test_add_func ("/lab/examination/run-goes", test_run_goes);
  g_test_add_func ("/lab/examination/stopped", test_stopped);
  g_test_add_func ("/lab/examination/stopped-before-loaded", test_stopped_before_loaded);
  g_test_add_func ("/lab/examination/diverged", test_diverged);
  g_test_add_func ("/lab/examination/diverged-kept", test_diverged_kept);
  g_test_add_func ("/lab/examination/training-stays", test_training_stays);
  g_test_add_func ("/lab/examination/several-wait", test_several_wait);
  g_test_add_func ("/lab/examination/kinds", test_kinds);
  g_test_add_func ("/lab/examination/nothing-left", test_nothing_left);
  g_test_add_func ("/lab/examination/options-as-words", test_options_as_words);
  g_test_add_func ("/lab/examination/explains", test_explains);
  return g_test_run ();
}
