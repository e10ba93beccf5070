/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Runs start seed by seed, not row by row: every row has a result early, and rows that share data
 * and seed share the dataset in memory. Of a seed the longest run starts first: one that grows and
 * freezes takes several times as long as the others, and would end alone while cores wait. What is under way when no run
 * is left to start shares the cores: the numbers are the same with any number of threads.
 */
#include "bf-study-queue.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "bf-notebook-study.h"
#include "bf-run.h"

typedef struct
{
  BfStudyRun shown;   /* first: what others see */
  BfRun *run;         /* while at work */
  guint threads;      /* that share its steps */
  gint64 begun;
} Entry;

struct _BfStudyQueue
{
  BfStudy *study;
  char *folder;
  BfNotebook *notebook;
  guint seeds;
  guint epochs;
  guint jobs;
  Entry *entries;
  double *work;       /* of a run of each row, compared with the others */
  guint *order;       /* entries as they start */
  guint n;
  guint next;         /* in order: the first that was not started */
  gint64 paused;      /* since when, or 0 */
};

/* Of runs that take equally long, rows in their order. */
static int
compare_work (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *work = data;
  const guint i = *(const guint *) a, j = *(const guint *) b;

  return work[i] != work[j] ? (work[i] < work[j] ? 1 : -1) : i < j ? -1 : i > j;
}

static void
set_order (BfStudyQueue *self)
{
  const guint rows = self->study->rows->len;

  self->order = g_new (guint, self->n);
  for (guint i = 0; i < rows; i++)
    self->order[i] = i;
  g_qsort_with_data (self->order, (int) rows, sizeof *self->order, compare_work, self->work);
  for (guint i = rows; i < self->n; i++)
    self->order[i] = self->order[i - rows] + rows;
}

BfStudyQueue *
bf_study_queue_new (BfStudy *study, const BfStudyOptions *options)
{
  const BfStudyOptions none = { 0 };
  BfStudyQueue *self = g_new0 (BfStudyQueue, 1);

  if (!options)
    options = &none;
  self->study = bf_study_ref (study);
  self->folder = g_strdup (options->folder);
  self->notebook = options->notebook ? bf_notebook_ref (options->notebook) : NULL;
  self->seeds = options->seeds ? options->seeds : study->seeds;
  self->epochs = options->epochs ? options->epochs : study->epochs;
  self->jobs = options->jobs ? options->jobs : g_get_num_processors ();
  self->n = self->seeds * study->rows->len;
  self->entries = g_new0 (Entry, self->n);
  self->work = g_new (double, MAX (study->rows->len, 1));
  for (guint i = 0; i < self->n; i++)
    {
      BfStudyRun *run = &self->entries[i].shown;
      g_autoptr (BfSpec) spec = NULL;

      run->row = i % study->rows->len;
      spec = bf_study_row_make_spec (study->rows->pdata[run->row], i / study->rows->len, self->epochs);
      run->seed = spec->seed;
      self->work[run->row] = bf_study_estimate_work (spec);
    }
  set_order (self);
  return self;
}

void
bf_study_queue_free (BfStudyQueue *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      g_clear_object (&self->entries[i].run);
      g_clear_pointer (&self->entries[i].shown.snapshot, bf_snapshot_unref);
      g_clear_error (&self->entries[i].shown.error);
    }
  bf_study_unref (self->study);
  g_clear_pointer (&self->notebook, bf_notebook_unref);
  g_free (self->folder);
  g_free (self->entries);
  g_free (self->work);
  g_free (self->order);
  g_free (self);
}

/* A run that has ended in the notebook has nothing left to do. */
static gboolean
take_kept (Entry *entry, const BfNotebookRun *kept)
{
  const BfSnapshot *snapshot = kept->snapshot;

  if (g_str_equal (kept->state, "finished"))
    entry->shown.state = BF_STUDY_RUN_FINISHED;
  else if (g_str_equal (kept->state, "diverged"))
    entry->shown.state = BF_STUDY_RUN_DIVERGED;
  else
    return FALSE;
  entry->shown.kept = TRUE;
  entry->shown.snapshot = bf_snapshot_ref (kept->snapshot);
  entry->shown.seconds = snapshot->steps_per_second > 0 ? (double) snapshot->steps / snapshot->steps_per_second : 0;
  return TRUE;
}

static BfKeeper *
make_keeper (BfStudyQueue *self, const Entry *entry, BfSpec *effective, const char *key)
{
  const BfStudyRow *row = self->study->rows->pdata[entry->shown.row];
  g_autoptr (BfSpec) base = bf_spec_copy (row->base);
  g_autofree char *name = g_strdup_printf (_("%s, seed %" G_GUINT64_FORMAT), row->label, entry->shown.seed);
  const BfKeeperInfo info = {
    .name = name, .base = base, .folder = self->folder, .threads = 1,
    .study = key, .study_name = self->study->name, .row = row->id,
  };

  base->seed = effective->seed;
  base->epochs = effective->epochs;
  return bf_keeper_new (self->notebook, &info);
}

static void
start (BfStudyQueue *self, Entry *entry)
{
  const guint which = (guint) (entry - self->entries) / self->study->rows->len;
  const BfStudyRow *row = self->study->rows->pdata[entry->shown.row];
  g_autoptr (BfSpec) spec = bf_study_row_make_spec (row, which, self->epochs);
  g_autofree char *key = self->notebook ? bf_notebook_make_study_key (self->study, row, spec, self->folder) : NULL;
  g_autoptr (BfNotebookRun) kept = key ? bf_notebook_find_study_run (self->notebook, key) : NULL;
  g_autoptr (BfKeeper) keeper = NULL;
  BfRunOptions options = { .folder = self->folder, .threads = 1, .unwatched = TRUE };

  if (kept && take_kept (entry, kept))
    return;
  /* One that is at work elsewhere is trained here as well: nobody knows when the other will be done. */
  keeper = kept ? bf_keeper_reopen (self->notebook, kept, NULL) : NULL;
  if (keeper)
    options.resume = kept;
  else if (key)
    keeper = make_keeper (self, entry, spec, key);
  options.keeper = keeper;
  entry->begun = g_get_monotonic_time ();
  entry->threads = 1;
  entry->shown.state = BF_STUDY_RUN_TRAINING;
  entry->run = bf_run_new (spec, &options);
  bf_run_train (entry->run);
}

static gboolean
is_ended (const Entry *entry)
{
  return entry->shown.state != BF_STUDY_RUN_QUEUED && entry->shown.state != BF_STUDY_RUN_TRAINING;
}

/* Lets go of the run, and with it of the network and all that training needs. */
static void
end (Entry *entry, BfStudyRunState state)
{
  entry->shown.state = state;
  if (bf_run_get_error (entry->run))
    entry->shown.error = g_error_copy (bf_run_get_error (entry->run));
  bf_run_stop (entry->run);
  g_clear_object (&entry->run);
}

/* What a run's state means here; 0: it is at work. */
static const BfStudyRunState ended_states[BF_RUN_CANCELLED + 1] = {
  [BF_RUN_FINISHED] = BF_STUDY_RUN_FINISHED,
  [BF_RUN_DIVERGED] = BF_STUDY_RUN_DIVERGED,
  [BF_RUN_FAILED] = BF_STUDY_RUN_FAILED,
  [BF_RUN_CANCELLED] = BF_STUDY_RUN_CANCELLED,
};

static void
take_over (Entry *entry, gboolean paused)
{
  BfSnapshot *snapshot;

  bf_run_poll (entry->run);
  snapshot = bf_run_get_snapshot (entry->run);
  if (!paused)
    entry->shown.seconds = (double) (g_get_monotonic_time () - entry->begun) / G_USEC_PER_SEC;
  if (snapshot && snapshot != entry->shown.snapshot)
    {
      g_clear_pointer (&entry->shown.snapshot, bf_snapshot_unref);
      entry->shown.snapshot = bf_snapshot_ref (snapshot);
    }
  if (ended_states[bf_run_get_state (entry->run)])
    end (entry, ended_states[bf_run_get_state (entry->run)]);
}

/* When no run is left to start, those at work share the cores. */
static void
share_cores (BfStudyQueue *self, guint at_work)
{
  const guint cores = MIN (self->jobs, g_get_num_processors ());
  const guint threads = self->next < self->n || at_work == 0 ? 1 : MAX (cores / at_work, 1);

  for (guint i = 0; i < self->n; i++)
    if (self->entries[i].run && self->entries[i].threads != threads)
      {
        self->entries[i].threads = threads;
        bf_run_set_threads (self->entries[i].run, threads);
      }
}

gboolean
bf_study_queue_poll (BfStudyQueue *self)
{
  guint at_work = 0;

  for (guint i = 0; i < self->n; i++)
    if (self->entries[i].run)
      {
        take_over (&self->entries[i], self->paused != 0);
        at_work += self->entries[i].run != NULL;
      }
  for (; !self->paused && self->next < self->n && at_work < self->jobs; self->next++)
    {
      Entry *entry = &self->entries[self->order[self->next]];

      if (is_ended (entry))
        continue;
      start (self, entry);
      at_work += entry->run != NULL;
    }
  share_cores (self, at_work);
  return at_work > 0 || self->next < self->n;
}

void
bf_study_queue_cancel (BfStudyQueue *self)
{
  for (guint i = 0; i < self->n; i++)
    if (self->entries[i].run)
      {
        take_over (&self->entries[i], self->paused != 0);
        if (self->entries[i].run)
          end (&self->entries[i], BF_STUDY_RUN_CANCELLED);
      }
    else if (!is_ended (&self->entries[i]))
      self->entries[i].shown.state = BF_STUDY_RUN_CANCELLED;
  self->next = self->n;
}

void
bf_study_queue_pause (BfStudyQueue *self)
{
  if (self->paused)
    return;
  self->paused = g_get_monotonic_time ();
  for (guint i = 0; i < self->n; i++)
    if (self->entries[i].run)
      bf_run_pause (self->entries[i].run);
}

void
bf_study_queue_resume (BfStudyQueue *self)
{
  const gint64 passed = g_get_monotonic_time () - self->paused;

  if (!self->paused)
    return;
  self->paused = 0;
  for (guint i = 0; i < self->n; i++)
    if (self->entries[i].run)
      {
        self->entries[i].begun += passed;
        bf_run_train (self->entries[i].run);
      }
}

gboolean
bf_study_queue_is_paused (BfStudyQueue *self)
{
  return self->paused != 0;
}

BfStudy *
bf_study_queue_get_study (BfStudyQueue *self)
{
  return self->study;
}

guint
bf_study_queue_get_seeds (BfStudyQueue *self)
{
  return self->seeds;
}

guint
bf_study_queue_get_jobs (BfStudyQueue *self)
{
  return self->jobs;
}

const BfStudyRun *
bf_study_queue_get_run (BfStudyQueue *self, guint row, guint which_seed)
{
  g_return_val_if_fail (row < self->study->rows->len && which_seed < self->seeds, NULL);
  return &self->entries[which_seed * self->study->rows->len + row].shown;
}

guint
bf_study_queue_count_ended (BfStudyQueue *self)
{
  guint ended = 0;

  for (guint i = 0; i < self->n; i++)
    ended += is_ended (&self->entries[i]);
  return ended;
}

guint
bf_study_queue_count_runs (BfStudyQueue *self)
{
  return self->n;
}

/* Progress and time left */

static double
get_share (const Entry *entry)
{
  const BfSnapshot *snapshot = entry->shown.snapshot;

  if (is_ended (entry))
    return 1;
  return snapshot && snapshot->steps_planned ? (double) snapshot->steps / (double) snapshot->steps_planned : 0;
}

double
bf_study_queue_get_progress (BfStudyQueue *self)
{
  double sum = 0;

  for (guint i = 0; i < self->n; i++)
    sum += get_share (&self->entries[i]);
  return self->n ? sum / self->n : 1;
}

/* Seconds that a run takes or, as far as it went, will have taken; NaN while unknown. */
static double
estimate_seconds (const Entry *entry)
{
  const double share = get_share (entry);

  if (entry->shown.state == BF_STUDY_RUN_FINISHED)
    return entry->shown.seconds;
  return entry->shown.state == BF_STUDY_RUN_TRAINING && share > 0.01 ? entry->shown.seconds / share : NAN;
}

/* Mean over the runs of a row; of a row that is not known yet, by its work from what the others take. */
static double
estimate_mean (BfStudyQueue *self, guint row)
{
  double sum = 0, all = 0, work = 0;
  guint known = 0;

  for (guint i = 0; i < self->n; i++)
    {
      const double seconds = estimate_seconds (&self->entries[i]);

      if (isnan (seconds))
        continue;
      all += seconds;
      work += self->work[self->entries[i].shown.row];
      if (self->entries[i].shown.row != row)
        continue;
      sum += seconds;
      known++;
    }
  if (known)
    return sum / known;
  return work > 0 ? all / work * self->work[row] : NAN;
}

double
bf_study_queue_get_seconds_left (BfStudyQueue *self)
{
  const guint ended = bf_study_queue_count_ended (self);
  double left = 0, longest = 0;

  if (ended == self->n)
    return 0;
  for (guint i = 0; i < self->n; i++)
    {
      double seconds;

      if (is_ended (&self->entries[i]))
        continue;
      seconds = estimate_mean (self, self->entries[i].shown.row) * (1 - get_share (&self->entries[i]));
      if (isnan (seconds))
        return -1;
      left += seconds;
      longest = MAX (longest, seconds);
    }
  return MAX (left / MIN (self->jobs, self->n - ended), longest);
}

/* Results */

static BfStudyNumber
describe (const double *values, guint n)
{
  BfStudyNumber number = { n, NAN, NAN };

  if (n > 0)
    number.mean = gsl_stats_mean (values, 1, n);
  if (n > 1)
    number.sd = gsl_stats_sd (values, 1, n);
  return number;
}

/* A number of a snapshot; what is not finite is left out. */
typedef double (*Reading) (const BfSnapshot *snapshot);

static double
get_test_accuracy (const BfSnapshot *snapshot)
{
  return snapshot->test_accuracy;
}

/* Of an epoch, so of a run that came to the end of one and did not diverge after it. */
static const BfEpoch *
get_last_epoch (const BfSnapshot *snapshot)
{
  return snapshot->outcome == BF_OUTCOME_FINISHED && snapshot->epochs->len > 0
         ? &g_array_index (snapshot->epochs, BfEpoch, snapshot->epochs->len - 1) : NULL;
}

static double
get_train_loss (const BfSnapshot *snapshot)
{
  const BfEpoch *epoch = get_last_epoch (snapshot);

  return epoch ? epoch->train_loss : NAN;
}

static double
get_validation_loss (const BfSnapshot *snapshot)
{
  const BfEpoch *epoch = get_last_epoch (snapshot);

  return epoch ? epoch->validation_loss : NAN;
}

static double
get_speed (const BfSnapshot *snapshot)
{
  return snapshot->steps > 0 && snapshot->steps_per_second > 0 ? snapshot->steps_per_second : NAN;
}

static double
get_attenuation (const BfSnapshot *snapshot)
{
  return bf_column_get_attenuation (bf_snapshot_get_column (snapshot, bf_snapshot_get_last_step (snapshot)),
                                    snapshot->plan);
}

/* The reading of each run of a row that has ended by itself, where it is finite; returns how many. */
static guint
collect (BfStudyQueue *self, guint row, Reading reading, double *values)
{
  guint n = 0;

  for (guint which = 0; which < self->seeds; which++)
    {
      const BfStudyRun *run = bf_study_queue_get_run (self, row, which);

      if (run->snapshot && (run->state == BF_STUDY_RUN_FINISHED || run->state == BF_STUDY_RUN_DIVERGED)
          && isfinite (reading (run->snapshot)))
        values[n++] = reading (run->snapshot);
    }
  return n;
}

/* 0 where a gradient vanished altogether. */
static double
get_geometric_mean (const double *values, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += log (values[i]);
  return n > 0 ? exp (sum / n) : NAN;
}

void
bf_study_queue_summarize (BfStudyQueue *self, guint row, BfStudySummary *summary)
{
  g_autofree double *values = g_new (double, self->seeds);

  g_return_if_fail (row < self->study->rows->len);
  *summary = (BfStudySummary) { 0 };
  for (guint which = 0; which < self->seeds; which++)
    summary->states[bf_study_queue_get_run (self, row, which)->state]++;
  summary->test_accuracy = describe (values, collect (self, row, get_test_accuracy, values));
  summary->train_loss = describe (values, collect (self, row, get_train_loss, values));
  summary->validation_loss = describe (values, collect (self, row, get_validation_loss, values));
  summary->steps_per_second = describe (values, collect (self, row, get_speed, values));
  summary->attenuation = get_geometric_mean (values, collect (self, row, get_attenuation, values));
}
