/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study-words.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#include "../engine/bf-format.h"

static const char *const words[BF_N_STUDY_PROGRESS] = {
  [BF_STUDY_PROGRESS_WAITING] = N_("waiting"),
  [BF_STUDY_PROGRESS_TRAINING] = N_("training"),
  [BF_STUDY_PROGRESS_COMPLETE] = N_("complete"),
  [BF_STUDY_PROGRESS_DIVERGED] = N_("diverged"),
  [BF_STUDY_PROGRESS_FAILED] = N_("could not start"),
  [BF_STUDY_PROGRESS_CANCELLED] = N_("canceled"),
};

static const char *const titles[BF_N_STUDY_COLUMNS] = {
  N_("Run"), N_("Test Accuracy"), N_("Published"), N_("Loss"), N_("First : Last"), N_("Steps/s"), N_("Time"),
};

static const BfStudyRow *
get_row (BfStudyQueue *queue, guint row)
{
  return bf_study_queue_get_study (queue)->rows->pdata[row];
}

static guint
count_rows (BfStudyQueue *queue)
{
  return bf_study_queue_get_study (queue)->rows->len;
}

static BfStudyProgress
judge (const BfStudySummary *summary)
{
  const guint *n = summary->states;

  if (n[BF_STUDY_RUN_TRAINING] > 0)
    return BF_STUDY_PROGRESS_TRAINING;
  if (n[BF_STUDY_RUN_QUEUED] > 0)
    return BF_STUDY_PROGRESS_WAITING;
  if (n[BF_STUDY_RUN_FINISHED] > 0)
    return BF_STUDY_PROGRESS_COMPLETE;
  if (n[BF_STUDY_RUN_FAILED] > 0)
    return BF_STUDY_PROGRESS_FAILED;
  return n[BF_STUDY_RUN_DIVERGED] > 0 ? BF_STUDY_PROGRESS_DIVERGED : BF_STUDY_PROGRESS_CANCELLED;
}

BfStudyProgress
bf_study_get_progress (BfStudyQueue *queue, guint row)
{
  BfStudySummary summary;

  bf_study_queue_summarize (queue, row, &summary);
  return judge (&summary);
}

const char *
bf_study_progress_get_word (BfStudyProgress progress)
{
  return words[progress] ? _(words[progress]) : NULL;
}

/* The table */

static gboolean
has_accuracy (BfStudyQueue *queue, guint row)
{
  for (guint i = 0; i < bf_study_queue_get_seeds (queue); i++)
    {
      const BfStudyRun *run = bf_study_queue_get_run (queue, row, i);

      if (run->snapshot && run->snapshot->plan->shape.classes > 1)
        return TRUE;
    }
  return isfinite (get_row (queue, row)->published_test_accuracy);
}

/* Without classes there is no accuracy, and the column says how far a row is. */
const char *
bf_study_column_get_title (BfStudyQueue *queue, BfStudyColumn column)
{
  gboolean any = column != BF_STUDY_COLUMN_ACCURACY || queue == NULL;
  gboolean begun = FALSE;

  for (guint i = 0; !any && i < count_rows (queue); i++)
    {
      any = has_accuracy (queue, i);
      begun |= bf_study_queue_get_run (queue, i, 0)->snapshot != NULL;
    }
  return any || !begun ? _(titles[column]) : _("State");
}

gboolean
bf_study_column_is_used (BfStudyQueue *queue, BfStudyColumn column)
{
  if (column != BF_STUDY_COLUMN_PUBLISHED)
    return TRUE;
  for (guint i = 0; i < count_rows (queue); i++)
    if (isfinite (get_row (queue, i)->published_test_accuracy) || isfinite (get_row (queue, i)->published_train_loss))
      return TRUE;
  return FALSE;
}

/* "86.0 ± 0.2 %", "86.0 %" */
static char *
format_accuracy (const BfStudyNumber *number)
{
  if (number->n < 2)
    return bf_format_percent (number->mean);
  /* Translators: mean and standard deviation of shares, with a no-break space before "%": "86.0 ± 0.2 %" */
  return g_strdup_printf (_("%.1f ± %.1f %%"), 100 * number->mean, 100 * number->sd);
}

/* Four digits, as the status bar has them. */
static char *
format_loss (double loss)
{
  return fabs (loss) >= 1e-3 && fabs (loss) < 1000 ? g_strdup_printf ("%.3f", loss) : bf_format_value (loss);
}

static guint
count_ended (const BfStudySummary *summary)
{
  return summary->states[BF_STUDY_RUN_FINISHED] + summary->states[BF_STUDY_RUN_DIVERGED]
         + summary->states[BF_STUDY_RUN_CANCELLED] + summary->states[BF_STUDY_RUN_FAILED];
}

/* In place of the accuracy while it is not there in full: "waiting", "1 of 3 seeds". */
static char *
make_words (const BfStudySummary *summary, BfStudyProgress progress, guint seeds)
{
  guint ended = count_ended (summary);

  if (ended > 0 && ended < seeds && summary->test_accuracy.n > 0)
    {
      g_autofree char *accuracy = format_accuracy (&summary->test_accuracy);

      /* Translators: what is known so far, seeds that have ended, all seeds: "82.1 %, 1 of 3" */
      return g_strdup_printf (_("%s, %u of %u"), accuracy, ended, seeds);
    }
  if (ended > 0 && ended < seeds && (progress == BF_STUDY_PROGRESS_TRAINING || progress == BF_STUDY_PROGRESS_WAITING))
    return g_strdup_printf (ngettext ("%u of %u seed", "%u of %u seeds", seeds), ended, seeds);
  return g_strdup (bf_study_progress_get_word (progress));
}

static double
get_mean_time (BfStudyQueue *queue, guint row)
{
  double sum = 0;
  guint n = 0;

  for (guint i = 0; i < bf_study_queue_get_seeds (queue); i++)
    {
      const BfStudyRun *run = bf_study_queue_get_run (queue, row, i);

      if (run->state != BF_STUDY_RUN_FINISHED && run->state != BF_STUDY_RUN_DIVERGED)
        continue;
      sum += run->seconds;
      n++;
    }
  return n > 0 ? sum / n : NAN;
}

static char *
format_published (const BfStudyRow *row)
{
  if (isfinite (row->published_test_accuracy))
    return bf_format_percent (row->published_test_accuracy);
  return isfinite (row->published_train_loss) ? format_loss (row->published_train_loss) : g_strdup ("");
}

/* The text of what is known; "" where it is not. */
static void
set_cell (BfStudyCells *self, BfStudyColumn column, double value, char *text)
{
  g_free (self->texts[column]);
  self->texts[column] = text ? text : g_strdup ("");
  self->values[column] = value;
}

void
bf_study_cells_init (BfStudyCells *self, BfStudyQueue *queue, guint r)
{
  const BfStudyRow *row = get_row (queue, r);
  guint seeds = bf_study_queue_get_seeds (queue);
  double time = get_mean_time (queue, r);
  BfStudySummary summary;
  gboolean known;

  *self = (BfStudyCells) { 0 };
  bf_study_queue_summarize (queue, r, &summary);
  self->progress = judge (&summary);
  known = self->progress == BF_STUDY_PROGRESS_COMPLETE && summary.test_accuracy.n > 0;
  self->words = !known;
  set_cell (self, BF_STUDY_COLUMN_RUN, r, g_strdup (row->label));
  set_cell (self, BF_STUDY_COLUMN_ACCURACY, summary.test_accuracy.mean,
            known ? format_accuracy (&summary.test_accuracy)
            : make_words (&summary, self->progress, seeds));
  set_cell (self, BF_STUDY_COLUMN_PUBLISHED, isfinite (row->published_test_accuracy) ? row->published_test_accuracy
                                                                                      : row->published_train_loss,
            format_published (row));
  set_cell (self, BF_STUDY_COLUMN_LOSS, summary.train_loss.mean,
            summary.train_loss.n > 0 ? format_loss (summary.train_loss.mean) : NULL);
  set_cell (self, BF_STUDY_COLUMN_ATTENUATION, summary.attenuation,
            isfinite (summary.attenuation) ? bf_format_value (summary.attenuation) : NULL);
  set_cell (self, BF_STUDY_COLUMN_SPEED, summary.steps_per_second.mean,
            summary.steps_per_second.n > 0 ? bf_format_count ((guint64) llround (summary.steps_per_second.mean)) : NULL);
  set_cell (self, BF_STUDY_COLUMN_TIME, time, isfinite (time) ? bf_study_format_time (time) : NULL);
}

void
bf_study_cells_clear (BfStudyCells *self)
{
  for (guint i = 0; i < BF_N_STUDY_COLUMNS; i++)
    g_clear_pointer (&self->texts[i], g_free);
}

/* Sentences */

char *
bf_study_format_time (double seconds)
{
  guint64 whole = (guint64) llround (MAX (0, seconds));

  if (seconds < 9.95 && seconds != (double) whole)
    return g_strdup_printf (_("%.1f s"), seconds);
  if (whole < 60)
    return g_strdup_printf (_("%d s"), (int) whole);
  if (whole < 3600)
    return g_strdup_printf (_("%d min %d s"), (int) (whole / 60), (int) (whole % 60));
  return g_strdup_printf (_("%d h %d min"), (int) (whole / 3600), (int) (whole % 3600 / 60));
}

/* Epochs that the row's runs are asked for, of the first that has begun; 0: not known. */
static guint
get_epochs (BfStudyQueue *queue, guint row)
{
  for (guint i = 0; i < bf_study_queue_get_seeds (queue); i++)
    {
      const BfSnapshot *snapshot = bf_study_queue_get_run (queue, row, i)->snapshot;

      if (snapshot)
        return MAX (snapshot->plan->spec->epochs, snapshot->epochs->len);
    }
  return 0;
}

/* "86.0 ± 0.2 % after 10 epochs, 3 seeds" */
static char *
describe_result (BfStudyQueue *queue, guint row, const BfStudySummary *summary)
{
  const BfStudyNumber *number = summary->test_accuracy.n > 0 ? &summary->test_accuracy : &summary->train_loss;
  guint epochs = get_epochs (queue, row);
  g_autofree char *value = NULL, *after = NULL;

  if (number->n == 0)
    return g_strdup (bf_study_progress_get_word (judge (summary)));
  value = number == &summary->test_accuracy ? format_accuracy (number) : format_loss (number->mean);
  after = g_strdup_printf (ngettext ("%s after %u epoch", "%s after %u epochs", epochs), value, epochs);
  /* Translators: %s is a result: "86.0 ± 0.2 % after 10 epochs, 3 seeds" */
  return g_strdup_printf (ngettext ("%s, %u seed", "%s, %u seeds", number->n), after, number->n);
}

char *
bf_study_describe_row (BfStudyQueue *queue, guint r)
{
  const BfStudyRow *row = get_row (queue, r);
  g_autofree char *result = NULL, *published = format_published (row);
  BfStudySummary summary;

  bf_study_queue_summarize (queue, r, &summary);
  result = describe_result (queue, r, &summary);
  if (*published)
    /* Translators: a row of a study, its result, what was published */
    return g_strdup_printf (_("%s: %s. Published: %s."), row->label, result, published);
  return g_strdup_printf (C_("row: result", "%s: %s."), row->label, result);
}

char *
bf_study_describe_now (BfStudyQueue *queue)
{
  for (guint i = 0; i < bf_study_queue_get_seeds (queue); i++)
    for (guint r = 0; r < count_rows (queue); r++)
      {
        const BfStudyRun *run = bf_study_queue_get_run (queue, r, i);

        if (run->state == BF_STUDY_RUN_TRAINING)
          return g_strdup_printf (_("%s, seed %" PRIu64), get_row (queue, r)->label, run->seed);
      }
  return NULL;
}

char *
bf_study_describe_count (BfStudyQueue *queue)
{
  guint all = bf_study_queue_count_runs (queue), now = MIN (bf_study_queue_count_ended (queue) + 1, all);

  return g_strdup_printf (_("run %u of %u"), now, all);
}

char *
bf_study_describe_rows (BfStudySession *study)
{
  BfStudyQueue *queue = bf_study_session_get_queue (study);
  guint all = queue ? count_rows (queue) : 0;

  return g_strdup_printf (ngettext ("%u of %u row complete", "%u of %u rows complete", all),
                          bf_study_session_count_complete (study), all);
}

char *
bf_study_describe_left (BfStudyQueue *queue)
{
  double seconds = bf_study_queue_get_seconds_left (queue);
  g_autofree char *time = seconds >= 0 ? bf_study_format_time (MAX (1, round (seconds))) : NULL;

  /* Translators: time: "36 s left" */
  return time ? g_strdup_printf (_("%s left"), time) : NULL;
}
