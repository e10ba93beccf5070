/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study-queue.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "bf-file.h"
#include "bf-notebook-study.h"
#include "bf-remedy.h"
#include "bf-run.h"
#include "bf-study-session.h"

#define HEAD "\"format\": \"backflow-study\", \"version\": 1"
#define ROW "{ \"id\": \"a\", \"base\": \"t2-relu\" }"
#define TIMEOUT (120 * G_USEC_PER_SEC)

/* Three networks on generated data; the second diverges. */
static const char small[] =
  "{ " HEAD ", \"name\": \"Small\", \"epochs\": 2, \"rows\": ["
  "  { \"id\": \"spiral\", \"base\": \"spiral\", \"published\": { \"test_accuracy\": 0.5 } },"
  "  { \"id\": \"exploding\", \"label\": \"Exploding\", \"base\": \"t2-exploding\", \"note\": \"NaN\" },"
  "  { \"id\": \"relu\", \"base\": \"t2-relu\", \"published\": { \"train_loss\": 0.0822 } } ] }";

static BfStudy *
parse (const char *text)
{
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;
  BfStudy *study = bf_study_parse (text, -1, "x.study", NULL, &warnings, &error);

  g_assert_no_error (error);
  g_assert_null (warnings);
  return study;
}

static BfStudyRow *
get_row (BfStudy *study, guint row)
{
  return study->rows->pdata[row];
}

static void
wait_for (BfStudyQueue *queue)
{
  const gint64 deadline = g_get_monotonic_time () + TIMEOUT;

  while (bf_study_queue_poll (queue))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }
}

static BfStudyQueue *
run (BfStudy *study, guint seeds, guint jobs)
{
  const BfStudyOptions options = { .seeds = seeds, .jobs = jobs };
  BfStudyQueue *queue = bf_study_queue_new (study, &options);

  wait_for (queue);
  return queue;
}

static void
test_parse (void)
{
  g_autoptr (BfStudy) study = parse (small);

  g_assert_cmpstr (study->id, ==, "Small");
  g_assert_cmpuint (study->rows->len, ==, 3);
  g_assert_cmpuint (study->seeds, ==, 1);
  g_assert_cmpuint (study->epochs, ==, 2);
  g_assert_cmpstr (get_row (study, 0)->label, ==, "spiral");
  g_assert_cmpfloat (get_row (study, 0)->published_test_accuracy, ==, 0.5);
  g_assert_true (isnan (get_row (study, 0)->published_train_loss));
  g_assert_cmpstr (get_row (study, 1)->label, ==, "Exploding");
  g_assert_cmpstr (get_row (study, 1)->note, ==, "NaN");
  g_assert_cmpfloat (get_row (study, 2)->published_train_loss, ==, 0.0822);
}

/* A row's edits: depth, starting weights, then remedies, which win. */
static void
test_row_edits (void)
{
  g_autoptr (BfStudy) study = parse (
    "{ " HEAD ", \"rows\": ["
    "  { \"id\": \"a\", \"base\": \"t1-baseline\", \"copies\": 3, \"start\": { \"kind\": \"normal\", \"std\": 0.05 } },"
    "  { \"id\": \"b\", \"base\": \"t1-baseline\", \"start\": \"he-normal\","
    "    \"remedies\": [ \"activation:function=tanh\", \"increasing-weights:std=2\" ] } ] }");
  g_autoptr (BfSpec) a = bf_study_row_make_spec (get_row (study, 0), 0, 0);
  g_autoptr (BfSpec) b = bf_study_row_make_spec (get_row (study, 1), 2, 7);
  const BfBlock *block = a->blocks->pdata[0];
  const BfOptions *start = bf_options_choice (((BfLayer *) block->layers->pdata[0])->options, "start");

  g_assert_cmpuint (block->count, ==, 3);
  g_assert_true (bf_options_is (start, "normal"));
  g_assert_cmpfloat (bf_options_number (start, "std"), ==, 0.05);
  g_assert_cmpuint (a->epochs, ==, 100);
  g_assert_cmpuint (a->seed, ==, 42);

  block = b->blocks->pdata[0];
  start = bf_options_choice (((BfLayer *) block->layers->pdata[0])->options, "start");
  g_assert_true (bf_options_is (start, "normal"));
  g_assert_cmpfloat (bf_options_number (start, "std"), ==, 2);
  g_assert_true (bf_options_is (bf_options_choice (((BfLayer *) block->layers->pdata[1])->options, "function"), "tanh"));
  g_assert_cmpuint (b->epochs, ==, 7);
  g_assert_cmpuint (b->seed, ==, 44);
  g_assert_cmpuint (get_row (study, 1)->base->seed, ==, 42);
}

/* Each is refused with a message that names the file and the place. */
static void
test_refused (void)
{
  static const struct { const char *text, *word; } cases[] = {
    { "{ \"rows\": [ " ROW " ] }", "format" },
    { "{ \"format\": \"backflow-study\", \"rows\": [ " ROW " ] }", "version" },
    { "[ 1 ]", "study" },
    { "{ " HEAD " }", "rows" },
    { "{ " HEAD ", \"rows\": [] }", "rows" },
    { "{ " HEAD ", \"rows\": [ 3 ] }", "rows[0]" },
    { "{ " HEAD ", \"rows\": [ { \"base\": \"t2-relu\" } ] }", "rows[0]" },
    { "{ " HEAD ", \"rows\": [ { \"id\": \"a\" } ] }", "rows[0].base" },
    { "{ " HEAD ", \"rows\": [ { \"id\": \"a\", \"base\": \"none-such\" } ] }", "none-such" },
    { "{ " HEAD ", \"rows\": [ " ROW ", " ROW " ] }", "rows[1]" },
    { "{ " HEAD ", \"seeds\": 0, \"rows\": [ " ROW " ] }", "seeds" },
    { "{ " HEAD ", \"seeds\": 1.5, \"rows\": [ " ROW " ] }", "seeds" },
    { "{ " HEAD ", \"epochs\": \"two\", \"rows\": [ " ROW " ] }", "epochs" },
    { "{ " HEAD ", \"rows\": [ { \"id\": \"a\", \"base\": \"t2-relu\", \"remedies\": [ \"magic\" ] } ] }", "rows[0].remedies[0]" },
    { "{ " HEAD ", \"rows\": [ { \"id\": \"a\", \"base\": \"t2-relu\", \"remedies\": [ 1 ] } ] }", "rows[0].remedies[0]" },
    { "{ " HEAD ", \"rows\": [ { \"id\": \"a\", \"base\": \"t2-relu\", \"start\": \"magic\" } ] }", "rows[0].start" },
    { "{ " HEAD ", \"rows\": [ { \"id\": \"a\", \"base\": \"t2-relu\", \"copies\": 0 } ] }", "rows[0].copies" },
    { "{ " HEAD ", \"rows\": [ { \"id\": \"a\", \"base\": \"t2-relu\", \"published\": { \"test_accuracy\": 80 } } ] }",
      "rows[0].published.test_accuracy" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BfStudy) study = bf_study_parse (cases[i].text, -1, "x.study", NULL, NULL, &error);

      g_assert_null (study);
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, "x.study"));
      g_assert_nonnull (strstr (error->message, cases[i].word));
    }
}

static void
test_unknown_key (void)
{
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BfStudy) study = bf_study_parse ("{ " HEAD ", \"rows\": [ " ROW " ], \"colour\": 1 }", -1, "x.study", NULL,
                                              &warnings, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_nonnull (strstr (warnings[0], "colour"));
}

/* Every ready-made study loads without a warning, and its networks can be told apart. */
static void
test_ready_made (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = bf_studies_list (&error);

  g_assert_no_error (error);
  g_assert_true (g_strv_contains ((const char *const *) ids, "t1-table"));
  g_assert_true (g_strv_contains ((const char *const *) ids, "t2-table"));
  for (guint i = 0; ids[i]; i++)
    {
      g_auto (GStrv) warnings = NULL;
      g_autoptr (BfStudy) study = bf_study_load_any (ids[i], &warnings, &error);

      g_assert_no_error (error);
      g_assert_null (warnings);
      g_assert_cmpstr (study->id, ==, ids[i]);
      for (guint r = 1; r < study->rows->len; r++)
        {
          g_autoptr (BfSpec) before = bf_study_row_make_spec (get_row (study, r - 1), 0, 0);
          g_autoptr (BfSpec) spec = bf_study_row_make_spec (get_row (study, r), 0, 0);

          /* T2 has the same network twice, once with its start stated. */
          if (!g_str_equal (get_row (study, r)->id, "glorot"))
            g_assert_false (bf_spec_same_run (before, spec));
        }
    }
}

static void
test_results (void)
{
  g_autoptr (BfStudy) study = parse (small);
  g_autoptr (BfStudyQueue) queue = run (study, 3, 2);
  BfStudySummary summary;
  double sum = 0, squares = 0, product = 1;

  g_assert_cmpuint (bf_study_queue_count_ended (queue), ==, 9);
  g_assert_cmpfloat (bf_study_queue_get_progress (queue), ==, 1);
  g_assert_cmpfloat (bf_study_queue_get_seconds_left (queue), ==, 0);

  bf_study_queue_summarize (queue, 1, &summary);
  g_assert_cmpuint (summary.states[BF_STUDY_RUN_DIVERGED], ==, 3);
  g_assert_cmpuint (summary.train_loss.n, ==, 0);
  g_assert_true (isnan (summary.train_loss.mean));

  bf_study_queue_summarize (queue, 2, &summary);
  g_assert_cmpuint (summary.states[BF_STUDY_RUN_FINISHED], ==, 3);
  g_assert_cmpuint (summary.train_loss.n, ==, 3);
  g_assert_true (isnan (summary.test_accuracy.mean));
  for (guint which = 0; which < 3; which++)
    {
      const BfStudyRun *one = bf_study_queue_get_run (queue, 2, which);
      const BfEpoch *last = &g_array_index (one->snapshot->epochs, BfEpoch, 1);

      g_assert_cmpuint (one->row, ==, 2);
      g_assert_cmpuint (one->seed, ==, 42 + which);
      g_assert_cmpuint (one->snapshot->plan->spec->seed, ==, 42 + which);
      g_assert_cmpuint (one->snapshot->epochs->len, ==, 2);
      sum += last->train_loss;
      squares += last->train_loss * last->train_loss;
      product *= bf_column_get_attenuation (bf_snapshot_get_column (one->snapshot, bf_snapshot_get_last_step (one->snapshot)),
                                            one->snapshot->plan);
    }
  g_assert_cmpfloat_with_epsilon (summary.train_loss.mean, sum / 3, 1e-12);
  g_assert_cmpfloat_with_epsilon (summary.train_loss.sd, sqrt ((squares - sum * sum / 3) / 2), 1e-7);
  g_assert_cmpfloat (summary.train_loss.sd, >, 0);
  g_assert_cmpfloat_with_epsilon (summary.attenuation / cbrt (product), 1, 1e-9);
}

/* The bits of everything recorded, but for times. */
static char *
get_digest (const BfSnapshot *snapshot)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < snapshot->columns->len; i++)
    {
      const BfColumn *column = snapshot->columns->pdata[i];

      g_checksum_update (sum, (const guchar *) &column->loss, sizeof column->loss);
      for (guint l = 0; l < column->n_layers; l++)
        for (guint t = 0; t < BF_N_TENSORS; t++)
          {
            const BfStats *stats = &column->layers[l].tensors[t];

            g_checksum_update (sum, (const guchar *) &stats->rms, sizeof stats->rms);
            g_checksum_update (sum, (const guchar *) &stats->maximum, sizeof stats->maximum);
          }
    }
  for (guint i = 0; i < snapshot->epochs->len; i++)
    g_checksum_update (sum, (const guchar *) &g_array_index (snapshot->epochs, BfEpoch, i), sizeof (BfEpoch));
  return g_strdup (g_checksum_get_string (sum));
}

/* What a run computes does not depend on the runs beside it. */
static void
test_same_bits (void)
{
  g_autoptr (BfStudy) study = parse (small);
  g_autoptr (BfStudyQueue) alone = run (study, 2, 1);
  g_autoptr (BfStudyQueue) together = run (study, 2, 4);
  g_autofree char *first = NULL;
  g_autofree char *other = get_digest (bf_study_queue_get_run (alone, 0, 1)->snapshot);

  for (guint r = 0; r < study->rows->len; r++)
    for (guint which = 0; which < 2; which++)
      {
        g_autofree char *a = get_digest (bf_study_queue_get_run (alone, r, which)->snapshot);
        g_autofree char *b = get_digest (bf_study_queue_get_run (together, r, which)->snapshot);

        g_assert_cmpstr (a, ==, b);
      }
  first = get_digest (bf_study_queue_get_run (alone, 0, 0)->snapshot);
  g_assert_cmpstr (first, !=, other);
}

/* No more runs at work than jobs. */
static void
test_jobs (void)
{
  g_autoptr (BfStudy) study = parse (small);
  const BfStudyOptions options = { .seeds = 2, .jobs = 2 };
  g_autoptr (BfStudyQueue) queue = bf_study_queue_new (study, &options);
  double before = 0;
  gboolean known = FALSE;
  guint most = 0;

  while (bf_study_queue_poll (queue))
    {
      const double progress = bf_study_queue_get_progress (queue);
      guint at_work = 0;

      for (guint i = 0; i < 6; i++)
        at_work += bf_study_queue_get_run (queue, i % 3, i / 3)->state == BF_STUDY_RUN_TRAINING;
      most = MAX (most, at_work);
      g_assert_cmpfloat (progress, >=, before);
      before = progress;
      /* Time left is known from the first run on that finished. */
      known |= bf_study_queue_get_run (queue, 0, 0)->state == BF_STUDY_RUN_FINISHED;
      if (known)
        g_assert_cmpfloat (bf_study_queue_get_seconds_left (queue), >=, 0);
      g_usleep (500);
    }
  g_assert_cmpuint (most, ==, 2);
  g_assert_true (known);
}

/* Of rows on the same data, the one that grows and freezes starts first; the others wait for it in their order. */
static void
test_longest_first (void)
{
  static const guint order[] = { 2, 0, 1 };
  g_autoptr (BfStudy) study = parse ("{ " HEAD ", \"epochs\": 2, \"rows\": [ " ROW ", { \"id\": \"b\", \"base\": \"t2-relu\" },"
                                     " { \"id\": \"c\", \"base\": \"t2-relu\", \"remedies\": [ \"fine-tuning\" ] } ] }");
  const BfStudyOptions options = { .jobs = 1 };
  g_autoptr (BfStudyQueue) queue = bf_study_queue_new (study, &options);
  const gint64 deadline = g_get_monotonic_time () + TIMEOUT;
  guint begun = 0;

  while (bf_study_queue_poll (queue))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      for (guint i = 0; i < 3; i++)
        if (bf_study_queue_get_run (queue, order[i], 0)->state != BF_STUDY_RUN_QUEUED)
          {
            g_assert_cmpuint (i, <=, begun);
            begun = MAX (begun, i + 1);
          }
      g_usleep (500);
    }
  g_assert_cmpuint (begun, ==, 3);
}

static void
test_cancel (void)
{
  g_autoptr (BfStudy) study = parse ("{ " HEAD ", \"epochs\": 100000, \"rows\": [ " ROW ", { \"id\": \"b\", \"base\": \"spiral\" },"
                                     " { \"id\": \"c\", \"base\": \"t2-exploding\" } ] }");
  const BfStudyOptions options = { .jobs = 3 };
  g_autoptr (BfStudyQueue) queue = bf_study_queue_new (study, &options);
  const gint64 deadline = g_get_monotonic_time () + TIMEOUT;

  while (bf_study_queue_get_run (queue, 2, 0)->state != BF_STUDY_RUN_DIVERGED)
    {
      g_assert_true (bf_study_queue_poll (queue));
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }
  bf_study_queue_cancel (queue);
  g_assert_false (bf_study_queue_poll (queue));
  g_assert_cmpint (bf_study_queue_get_run (queue, 0, 0)->state, ==, BF_STUDY_RUN_CANCELLED);
  g_assert_cmpint (bf_study_queue_get_run (queue, 1, 0)->state, ==, BF_STUDY_RUN_CANCELLED);
  g_assert_cmpint (bf_study_queue_get_run (queue, 2, 0)->state, ==, BF_STUDY_RUN_DIVERGED);
}

static guint64
count_steps (BfStudyQueue *queue)
{
  guint64 steps = 0;

  bf_study_queue_poll (queue);
  for (guint r = 0; r < 2; r++)
    {
      const BfSnapshot *snapshot = bf_study_queue_get_run (queue, r, 0)->snapshot;

      steps += snapshot ? snapshot->steps : 0;
    }
  return steps;
}

/* The step under way when it was paused may still come. */
static guint64
wait_until_still (BfStudyQueue *queue, gint64 deadline)
{
  guint64 before, steps = count_steps (queue);

  do
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (100000);
      before = steps;
      steps = count_steps (queue);
    }
  while (steps != before);
  return steps;
}

/* While paused nothing goes on and nothing starts; then it does. */
static void
test_pause (void)
{
  g_autoptr (BfStudy) study = parse ("{ " HEAD ", \"epochs\": 3000, \"rows\": [ " ROW ", { \"id\": \"b\", \"base\": \"spiral\" } ] }");
  const BfStudyOptions options = { .jobs = 1 };
  g_autoptr (BfStudyQueue) queue = bf_study_queue_new (study, &options);
  const gint64 deadline = g_get_monotonic_time () + TIMEOUT;
  guint64 steps;

  bf_study_queue_pause (queue);
  g_assert_true (bf_study_queue_poll (queue));
  g_assert_cmpint (bf_study_queue_get_run (queue, 0, 0)->state, ==, BF_STUDY_RUN_QUEUED);
  bf_study_queue_resume (queue);
  while (count_steps (queue) < 10)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }
  bf_study_queue_pause (queue);
  g_assert_true (bf_study_queue_is_paused (queue));
  steps = wait_until_still (queue, deadline);
  g_assert_true (bf_study_queue_poll (queue));   /* it has not ended */
  bf_study_queue_resume (queue);
  while (count_steps (queue) == steps)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }
  bf_study_queue_cancel (queue);
  g_assert_false (bf_study_queue_poll (queue));
}

/* A run that cannot start says why, and the others go on. */
static void
test_failed (void)
{
  g_autoptr (BfStudy) study = parse ("{ " HEAD ", \"epochs\": 1, \"rows\": [ { \"id\": \"images\", \"base\": \"t1-baseline\" }, " ROW " ] }");
  const BfStudyOptions options = { .folder = "/no/such/folder", .jobs = 1 };
  g_autoptr (BfStudyQueue) queue = bf_study_queue_new (study, &options);

  wait_for (queue);
  g_assert_cmpint (bf_study_queue_get_run (queue, 0, 0)->state, ==, BF_STUDY_RUN_FAILED);
  g_assert_nonnull (bf_study_queue_get_run (queue, 0, 0)->error);
  g_assert_cmpint (bf_study_queue_get_run (queue, 1, 0)->state, ==, BF_STUDY_RUN_FINISHED);
}

/* Written and read again, a study trains the same runs: rows of one experiment with remedies, and rows
 * with experiments of their own. */
static void
test_round_trip (void)
{
  static const char *const ids[] = { "t1-table", "t2-table", "depth", "initial-weights" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BfStudy) study = bf_study_load_any (ids[i], NULL, &error), again = NULL;
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = bf_study_print (study);
      again = parse (text);
      g_assert_cmpstr (again->name, ==, study->name);
      g_assert_cmpstr (again->summary, ==, study->summary);
      g_assert_cmpuint (again->seeds, ==, study->seeds);
      g_assert_cmpuint (again->epochs, ==, study->epochs);
      g_assert_cmpuint (again->rows->len, ==, study->rows->len);
      for (guint r = 0; r < study->rows->len; r++)
        {
          const BfStudyRow *a = get_row (study, r), *b = get_row (again, r);
          g_autoptr (BfSpec) first = bf_study_row_make_spec (a, 1, 3), second = bf_study_row_make_spec (b, 1, 3);

          g_assert_cmpstr (a->id, ==, b->id);
          g_assert_cmpstr (a->label, ==, b->label);
          g_assert_cmpstr (a->note, ==, b->note);
          g_assert_true (a->published_test_accuracy == b->published_test_accuracy
                         || (isnan (a->published_test_accuracy) && isnan (b->published_test_accuracy)));
          g_assert_true (bf_spec_equal (first, second));
        }
    }
}

/* This experiment's rows: itself bare, and each remedy alone; a combination joins them and stays when the
 * experiment changes. */
static void
test_composed (void)
{
  static const char *const pair[] = { "batch-norm", "skip-connections", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_examples_load ("spiral", &error);
  g_autoptr (BfSession) session = NULL;
  g_autoptr (BfStudySession) self = NULL;
  g_autoptr (BfStudy) study = NULL;
  guint n = 1, row;

  g_assert_no_error (error);
  session = bf_session_new (spec, NULL);
  self = bf_study_session_new (session, NULL);
  for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
    n++;
  g_assert_cmpuint (bf_study_session_get_n_rows (self), ==, n);
  g_assert_cmpuint (bf_study_session_count_chosen (self), ==, n);
  row = bf_study_session_add_combination (self, pair);
  g_assert_cmpuint (row, ==, n);
  g_assert_cmpuint (bf_study_session_add_combination (self, pair), ==, n);
  g_assert_true (bf_spec_find_remedy (bf_study_session_get_row (self, n)->base, "batch-norm")->on);
  bf_study_session_set_all_chosen (self, FALSE);
  bf_study_session_set_chosen (self, 0, TRUE);
  bf_study_session_set_chosen (self, n, TRUE);
  bf_experiment_set_remedy (bf_session_get_experiment (session), "activation", TRUE);
  g_assert_cmpuint (bf_study_session_get_n_rows (self), ==, n + 1);
  g_assert_cmpuint (bf_study_session_count_chosen (self), ==, 2);
  study = bf_study_session_make_study (self);
  g_assert_cmpuint (study->rows->len, ==, 2);
  g_assert_cmpstr (bf_study_get_family (study, 0), ==, "baseline");
  g_assert_cmpstr (bf_study_get_family (study, 1), ==, "normalization");
  g_assert_false (bf_spec_find_remedy (get_row (study, 0)->base, "activation")->on);
}

/* Started, paused, gone on, ended: states in that order, and a row's place in the queue. */
static void
test_session_runs (void)
{
  const gint64 deadline = g_get_monotonic_time () + TIMEOUT;
  g_autoptr (BfSpec) spec = bf_examples_load ("spiral", NULL);
  g_autoptr (BfSession) session = bf_session_new (spec, NULL);
  g_autoptr (BfStudySession) self = bf_study_session_new (session, NULL);
  g_autoptr (BfStudy) study = parse (small);

  bf_study_session_open (self, study);
  bf_study_session_set_chosen (self, 0, FALSE);
  bf_study_session_set_jobs (self, 1);
  bf_study_session_start (self);
  g_assert_cmpint (bf_study_session_get_state (self), ==, BF_STUDY_RUNNING);
  g_assert_cmpint (bf_study_session_find_place (self, 0), ==, -1);
  g_assert_cmpint (bf_study_session_find_place (self, 2), ==, 1);
  bf_study_session_set_paused (self, TRUE);
  g_assert_false (bf_study_session_poll (self));
  g_assert_cmpint (bf_study_session_get_state (self), ==, BF_STUDY_PAUSED);
  bf_study_session_set_paused (self, FALSE);
  while (bf_study_session_poll (self))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }
  g_assert_cmpint (bf_study_session_get_state (self), ==, BF_STUDY_FINISHED);
  g_assert_cmpuint (bf_study_session_count_complete (self), ==, 2);
  bf_study_session_start (self);
  bf_study_session_cancel (self);
  g_assert_cmpint (bf_study_session_get_state (self), ==, BF_STUDY_CANCELLED);
}

/* Stopped at any moment and made again with the same notebook: what has ended is taken, what was at work goes on,
 * and the numbers are those of a study that was never interrupted. */
static void
test_interrupted (void)
{
  g_autofree char *folder = g_dir_make_tmp ("backflow-study-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "notebook.db", NULL);
  g_autoptr (BfStudy) study = parse (small);
  g_autoptr (BfStudyQueue) whole = NULL, queue = NULL;
  g_autoptr (BfNotebook) notebook = NULL;
  guint interruptions = 0, taken = 0;

  study->epochs = 30;
  whole = run (study, 2, 1);
  for (gboolean more = TRUE; more; interruptions++)
    {
      BfStudyOptions options = { .seeds = 2, .jobs = 2 };
      const gint64 start = g_get_monotonic_time ();

      g_clear_pointer (&queue, bf_study_queue_free);
      if (notebook)
        g_assert_true (bf_notebook_close (notebook, 30, NULL));
      g_clear_pointer (&notebook, bf_notebook_unref);
      options.notebook = notebook = bf_notebook_new (path);
      queue = bf_study_queue_new (study, &options);
      while ((more = bf_study_queue_poll (queue))
             && (interruptions >= 6 || g_get_monotonic_time () - start < (20 + 60 * interruptions) * 1000))
        g_usleep (1000);
    }
  g_test_message ("%u interruptions", interruptions - 1);
  g_assert_cmpuint (interruptions, >, 1);
  for (guint row = 0; row < 3; row++)
    for (guint seed = 0; seed < 2; seed++)
      {
        const BfStudyRun *a = bf_study_queue_get_run (whole, row, seed), *b = bf_study_queue_get_run (queue, row, seed);
        const BfEpoch *last, *here;

        taken += b->kept;
        g_assert_cmpint (a->state, ==, b->state);
        g_assert_cmpuint (a->snapshot->steps, ==, b->snapshot->steps);
        g_assert_cmpuint (a->snapshot->epochs->len, ==, b->snapshot->epochs->len);
        g_assert_cmpmem (&a->snapshot->test_loss, sizeof (double), &b->snapshot->test_loss, sizeof (double));
        if (a->snapshot->epochs->len == 0)
          continue;
        last = &g_array_index (a->snapshot->epochs, BfEpoch, a->snapshot->epochs->len - 1);
        here = &g_array_index (b->snapshot->epochs, BfEpoch, a->snapshot->epochs->len - 1);
        g_assert_cmpmem (&last->train_loss, sizeof (double), &here->train_loss, sizeof (double));
      }
  g_assert_cmpuint (taken, >, 0);
  g_clear_pointer (&queue, bf_study_queue_free);
  g_assert_true (bf_notebook_close (notebook, 30, NULL));
  g_clear_pointer (&notebook, bf_notebook_unref);
  g_remove (path);
  g_rmdir (folder);   /* stays where locks are left in it: nothing depends on that */
}

/* A study under way comes back with its id, so that the keys of its runs are the same. */
static void
test_left (void)
{
  g_autofree char *folder = g_dir_make_tmp ("backflow-study-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "notebook.db", NULL);
  g_autoptr (BfNotebook) notebook = bf_notebook_new (path);
  g_autoptr (BfStudy) study = bf_study_load_any ("t1-table", NULL, NULL), back = NULL;
  g_autofree char *text = bf_study_print (study);
  gint64 id = 0;

  g_assert_null (bf_notebook_get_study (notebook, &id));
  bf_notebook_set_study (notebook, 7, study->id, text);
  g_assert_true (bf_notebook_flush (notebook, NULL));
  back = bf_notebook_get_study (notebook, &id);
  g_assert_nonnull (back);
  g_assert_cmpint (id, ==, 7);
  for (guint i = 0; i < study->rows->len; i++)
    {
      g_autoptr (BfSpec) a = bf_study_row_make_spec (get_row (study, i), 1, 5), b = bf_study_row_make_spec (get_row (back, i), 1, 5);
      g_autofree char *key = bf_notebook_make_study_key (study, get_row (study, i), a, NULL);
      g_autofree char *again = bf_notebook_make_study_key (back, get_row (back, i), b, NULL);

      g_assert_cmpstr (key, ==, again);
    }
  bf_notebook_drop_study (notebook, 7);
  g_assert_true (bf_notebook_flush (notebook, NULL));
  g_assert_null (bf_notebook_get_study (notebook, &id));
  g_clear_pointer (&notebook, bf_notebook_unref);
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/study/parse", test_parse);
  g_test_add_func ("/study/row-edits", test_row_edits);
  g_test_add_func ("/study/refused", test_refused);
  g_test_add_func ("/study/unknown-key", test_unknown_key);
  g_test_add_func ("/study/ready-made", test_ready_made);
  g_test_add_func ("/study/results", test_results);
  g_test_add_func ("/study/same-bits", test_same_bits);
  g_test_add_func ("/study/jobs", test_jobs);
  g_test_add_func ("/study/longest-first", test_longest_first);
  g_test_add_func ("/study/cancel", test_cancel);
  g_test_add_func ("/study/pause", test_pause);
  g_test_add_func ("/study/failed", test_failed);
  g_test_add_func ("/study/round-trip", test_round_trip);
  g_test_add_func ("/study/composed", test_composed);
  g_test_add_func ("/study/session-runs", test_session_runs);
  g_test_add_func ("/study/interrupted", test_interrupted);
  g_test_add_func ("/study/left", test_left);
  return g_test_run ();
}
