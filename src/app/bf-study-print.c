/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A study's table as text: to paste, as it is shown; and as CSV, every number in full.
 */
#include "bf-study-words.h"

#include <inttypes.h>
#include <math.h>

#include "../plot/bf-table.h"

char *
bf_study_print_table (BfStudyQueue *queue)
{
  GString *out = g_string_new (NULL);
  const BfStudy *study = bf_study_queue_get_study (queue);

  for (guint r = 0; r <= study->rows->len; r++)
    {
      g_auto (BfStudyCells) cells = { 0 };
      gboolean first = TRUE;

      if (r > 0)
        bf_study_cells_init (&cells, queue, r - 1);
      for (BfStudyColumn column = 0; column < BF_N_STUDY_COLUMNS; column++)
        if (bf_study_column_is_used (queue, column))
          {
            g_string_append_printf (out, "%s%s", first ? "" : "\t", r > 0 ? cells.texts[column] : bf_study_column_get_title (queue, column));
            first = FALSE;
          }
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

/* Empty where there is no number. */
static void
append_number (GString *out, double value)
{
  if (isfinite (value))
    bf_csv_number (out, value, FALSE);
  else
    g_string_append_c (out, ',');
}

char *
bf_study_print_csv (BfStudyQueue *queue)
{
  GString *out = g_string_new ("id,label,finished,diverged,test_accuracy_mean,test_accuracy_sd,published_test_accuracy,"
                               "train_loss_mean,train_loss_sd,published_train_loss,validation_loss_mean,attenuation,"
                               "steps_per_second,seconds\n");
  const BfStudy *study = bf_study_queue_get_study (queue);

  for (guint r = 0; r < study->rows->len; r++)
    {
      const BfStudyRow *row = study->rows->pdata[r];
      g_auto (BfStudyCells) cells = { 0 };
      BfStudySummary summary;

      bf_study_cells_init (&cells, queue, r);
      bf_study_queue_summarize (queue, r, &summary);
      bf_csv_text (out, row->id, TRUE);
      bf_csv_text (out, row->label, FALSE);
      g_string_append_printf (out, ",%u,%u", summary.states[BF_STUDY_RUN_FINISHED], summary.states[BF_STUDY_RUN_DIVERGED]);
      append_number (out, summary.test_accuracy.mean);
      append_number (out, summary.test_accuracy.sd);
      append_number (out, row->published_test_accuracy);
      append_number (out, summary.train_loss.mean);
      append_number (out, summary.train_loss.sd);
      append_number (out, row->published_train_loss);
      append_number (out, summary.validation_loss.mean);
      append_number (out, summary.attenuation);
      append_number (out, summary.steps_per_second.mean);
      append_number (out, cells.values[BF_STUDY_COLUMN_TIME]);
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

static const char *const states[BF_N_STUDY_RUN_STATES] = {
  "queued", "training", "finished", "diverged", "cancelled", "failed",
};

static void
append_run (GString *out, const BfStudyRow *row, const BfStudyRun *run)
{
  const BfSnapshot *snapshot = run->snapshot;
  const BfEpoch *epoch = snapshot && snapshot->epochs->len > 0
    ? &g_array_index (snapshot->epochs, BfEpoch, snapshot->epochs->len - 1) : NULL;

  bf_csv_text (out, row->id, TRUE);
  bf_csv_text (out, row->label, FALSE);
  g_string_append_printf (out, ",%" PRIu64 ",%s", run->seed, states[run->state]);
  append_number (out, snapshot ? snapshot->test_accuracy : NAN);
  append_number (out, epoch ? epoch->train_loss : NAN);
  append_number (out, epoch ? epoch->validation_loss : NAN);
  append_number (out, epoch ? epoch->validation_accuracy : NAN);
  append_number (out, snapshot ? bf_column_get_attenuation (bf_snapshot_get_column (snapshot, bf_snapshot_get_last_step (snapshot)),
                                                            snapshot->plan) : NAN);
  append_number (out, snapshot && snapshot->steps_per_second > 0 ? snapshot->steps_per_second : NAN);
  append_number (out, run->seconds);
  g_string_append_c (out, '\n');
}

char *
bf_study_print_runs (BfStudyQueue *queue)
{
  GString *out = g_string_new ("id,label,seed,state,test_accuracy,train_loss,validation_loss,validation_accuracy,attenuation,"
                               "steps_per_second,seconds\n");
  const BfStudy *study = bf_study_queue_get_study (queue);

  for (guint r = 0; r < study->rows->len; r++)
    for (guint i = 0; i < bf_study_queue_get_seeds (queue); i++)
      append_run (out, study->rows->pdata[r], bf_study_queue_get_run (queue, r, i));
  return g_string_free (out, FALSE);
}
