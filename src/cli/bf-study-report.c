/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A study's results: a JSON object for programs, a table of the rows for people, and CSV with a
 * line a run, so that every seed can be seen. Numbers that are not finite are null, a dash, empty.
 */
#include "bf-cli.h"
#include "bf-cli-json.h"

#include <glib/gi18n.h>
#include <math.h>

static const char *const outcomes[BF_N_STUDY_RUN_STATES] = {
  [BF_STUDY_RUN_QUEUED] = "cancelled",
  [BF_STUDY_RUN_TRAINING] = "cancelled",
  [BF_STUDY_RUN_FINISHED] = "finished",
  [BF_STUDY_RUN_DIVERGED] = "diverged",
  [BF_STUDY_RUN_CANCELLED] = "cancelled",
  [BF_STUDY_RUN_FAILED] = "failed",
};

/* The worst of the row's runs. */
static const char *
get_outcome (const BfStudySummary *summary)
{
  static const BfStudyRunState order[] = {
    BF_STUDY_RUN_FAILED, BF_STUDY_RUN_CANCELLED, BF_STUDY_RUN_QUEUED, BF_STUDY_RUN_TRAINING, BF_STUDY_RUN_DIVERGED,
  };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (summary->states[order[i]] > 0)
      return outcomes[order[i]];
  return outcomes[BF_STUDY_RUN_FINISHED];
}

/* JSON */

static void
add_row (JsonBuilder *builder, BfStudyQueue *queue, guint r)
{
  const BfStudyRow *row = bf_study_queue_get_study (queue)->rows->pdata[r];
  BfStudySummary summary;

  bf_study_queue_summarize (queue, r, &summary);
  json_builder_begin_object (builder);
  bf_json_add_text (builder, "id", row->id);
  bf_json_add_text (builder, "label", row->label);
  json_builder_set_member_name (builder, "seeds");
  json_builder_begin_array (builder);
  for (guint which = 0; which < bf_study_queue_get_seeds (queue); which++)
    json_builder_add_int_value (builder, (gint64) bf_study_queue_get_run (queue, r, which)->seed);
  json_builder_end_array (builder);
  bf_json_add_number (builder, "test_accuracy_mean", summary.test_accuracy.mean);
  bf_json_add_number (builder, "test_accuracy_sd", summary.test_accuracy.sd);
  bf_json_add_number (builder, "validation_loss_mean", summary.validation_loss.mean);
  bf_json_add_number (builder, "train_loss_mean", summary.train_loss.mean);
  bf_json_add_number (builder, "train_loss_sd", summary.train_loss.sd);
  bf_json_add_number (builder, "published_test_accuracy", row->published_test_accuracy);
  bf_json_add_number (builder, "published_train_loss", row->published_train_loss);
  bf_json_add_number (builder, "attenuation", summary.attenuation);
  bf_json_add_text (builder, "outcome", get_outcome (&summary));
  bf_json_add_number (builder, "steps_per_second", summary.steps_per_second.mean);
  json_builder_end_object (builder);
}

char *
bf_study_report_json (BfStudyQueue *queue)
{
  const BfStudy *study = bf_study_queue_get_study (queue);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  bf_json_add_text (builder, "study", study->id);
  json_builder_set_member_name (builder, "rows");
  json_builder_begin_array (builder);
  for (guint r = 0; r < study->rows->len; r++)
    add_row (builder, queue, r);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

/* Table */

enum { COLUMN_ROW, COLUMN_ACCURACY, COLUMN_PUBLISHED_ACCURACY, COLUMN_LOSS, COLUMN_PUBLISHED_LOSS,
       COLUMN_ATTENUATION, COLUMN_SPEED, COLUMN_OUTCOME, N_COLUMNS };

static char *
print_number (const char *format, double value)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return isfinite (value) ? g_strdup_printf (format, value) : g_strdup ("–");
#pragma GCC diagnostic pop
}

/* "0.412 ± 0.003" */
static char *
print_spread (const char *format, const BfStudyNumber *number, double scale)
{
  g_autofree char *mean = print_number (format, number->mean * scale);
  g_autofree char *sd = isfinite (number->sd) ? print_number (format, number->sd * scale) : NULL;

  return sd ? g_strdup_printf ("%s ± %s", mean, sd) : g_steal_pointer (&mean);
}

static char *
print_outcome (const BfStudySummary *summary, guint seeds)
{
  static const struct { BfStudyRunState state; const char *words; } words[] = {
    { BF_STUDY_RUN_DIVERGED, N_("%u of %u diverged") },
    { BF_STUDY_RUN_CANCELLED, N_("%u of %u cancelled") },
    { BF_STUDY_RUN_FAILED, N_("%u of %u could not start") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (summary->states[words[i].state] > 0)
      {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        return g_strdup_printf (_(words[i].words), summary->states[words[i].state], seeds);
#pragma GCC diagnostic pop
      }
  return g_strdup (_("finished"));
}

static void
fill_row (char **cells, BfStudyQueue *queue, guint r)
{
  const BfStudyRow *row = bf_study_queue_get_study (queue)->rows->pdata[r];
  BfStudySummary summary;

  bf_study_queue_summarize (queue, r, &summary);
  cells[COLUMN_ROW] = g_strdup (row->label);
  cells[COLUMN_ACCURACY] = print_spread ("%.2f %%", &summary.test_accuracy, 100);
  cells[COLUMN_PUBLISHED_ACCURACY] = print_number ("%.2f %%", row->published_test_accuracy * 100);
  cells[COLUMN_LOSS] = print_spread ("%.4f", &summary.train_loss, 1);
  cells[COLUMN_PUBLISHED_LOSS] = print_number ("%.4f", row->published_train_loss);
  cells[COLUMN_ATTENUATION] = print_number ("%.2g", summary.attenuation);
  cells[COLUMN_SPEED] = print_number ("%.0f", summary.steps_per_second.mean);
  cells[COLUMN_OUTCOME] = print_outcome (&summary, bf_study_queue_get_seeds (queue));
}

static void
append_cell (GString *out, const char *text, glong width, gboolean left)
{
  const glong room = width - g_utf8_strlen (text, -1);

  for (glong i = 0; !left && i < room; i++)
    g_string_append_c (out, ' ');
  g_string_append (out, text);
  for (glong i = 0; left && i < room; i++)
    g_string_append_c (out, ' ');
}

static void
append_notes (GString *out, const BfStudy *study)
{
  for (guint r = 0; r < study->rows->len; r++)
    {
      const BfStudyRow *row = study->rows->pdata[r];

      if (*row->note)
        g_string_append_printf (out, "%s: %s\n", row->label, row->note);
    }
}

char *
bf_study_report_table (BfStudyQueue *queue)
{
  const BfStudy *study = bf_study_queue_get_study (queue);
  const char *const heads[N_COLUMNS] = {
    _("Row"), _("Test accuracy"), _("Published"), _("Training loss"), _("Published"), _("Attenuation"), _("Steps/s"), _("Outcome")
  };
  const guint n = (study->rows->len + 1) * N_COLUMNS;
  g_auto (GStrv) cells = g_new0 (char *, n + 1);
  GString *out = g_string_new (NULL);
  glong widths[N_COLUMNS] = { 0 };

  for (guint c = 0; c < N_COLUMNS; c++)
    cells[c] = g_strdup (heads[c]);
  for (guint r = 0; r < study->rows->len; r++)
    fill_row (cells + (r + 1) * N_COLUMNS, queue, r);
  for (guint i = 0; i < n; i++)
    widths[i % N_COLUMNS] = MAX (widths[i % N_COLUMNS], g_utf8_strlen (cells[i], -1));
  for (guint i = 0; i < n; i++)
    {
      const guint c = i % N_COLUMNS;

      append_cell (out, cells[i], c + 1 < N_COLUMNS ? widths[c] : 0, c == COLUMN_ROW || c == COLUMN_OUTCOME);
      g_string_append (out, c + 1 < N_COLUMNS ? "  " : "\n");
    }
  append_notes (out, study);
  return g_string_free (out, FALSE);
}

/* CSV */

static void
append_field (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (out, ',');
  if (isfinite (value))
    g_string_append (out, g_ascii_formatd (text, sizeof text, "%.9g", value));
}

char *
bf_study_report_csv (BfStudyQueue *queue)
{
  const BfStudy *study = bf_study_queue_get_study (queue);
  GString *out = g_string_new ("row,seed,outcome,steps,test_accuracy,validation_loss,train_loss,attenuation,steps_per_second,seconds\n");

  for (guint r = 0; r < study->rows->len; r++)
    for (guint which = 0; which < bf_study_queue_get_seeds (queue); which++)
      {
        const BfStudyRun *run = bf_study_queue_get_run (queue, r, which);
        const BfSnapshot *snapshot = run->snapshot;
        const BfEpoch *last = snapshot && snapshot->epochs->len > 0
                              ? &g_array_index (snapshot->epochs, BfEpoch, snapshot->epochs->len - 1) : NULL;
        const BfColumn *column = snapshot ? bf_snapshot_get_column (snapshot, bf_snapshot_get_last_step (snapshot)) : NULL;
        g_auto (GStrv) quotes = g_strsplit (((BfStudyRow *) study->rows->pdata[r])->id, "\"", -1);
        g_autofree char *id = g_strjoinv ("\"\"", quotes);

        g_string_append_printf (out, "\"%s\",%" G_GUINT64_FORMAT ",%s,%" G_GUINT64_FORMAT, id, run->seed,
                                outcomes[run->state], snapshot ? snapshot->steps : 0);
        append_field (out, snapshot ? snapshot->test_accuracy : NAN);
        append_field (out, last ? last->validation_loss : NAN);
        append_field (out, last ? last->train_loss : NAN);
        append_field (out, column ? bf_column_get_attenuation (column, snapshot->plan) : NAN);
        append_field (out, snapshot && snapshot->steps > 0 && snapshot->steps_per_second > 0 ? snapshot->steps_per_second : NAN);
        append_field (out, run->seconds);
        g_string_append_c (out, '\n');
      }
  return g_string_free (out, FALSE);
}
