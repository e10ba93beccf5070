/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The rows of a study: what each reached, and what it trains.
 */
#include "bf-report-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "../engine/bf-format.h"
#include "../lab/bf-remedy.h"

void
bf_report_set_study (BfReport *self, BfStudyQueue *queue)
{
  g_return_if_fail (!self->rows);
  self->rows = bf_study_rows_new (queue);
  self->summaries = g_new0 (BfStudySummary, self->rows->n_rows);
  for (guint r = 0; r < self->rows->n_rows; r++)
    bf_study_queue_summarize (queue, r, &self->summaries[r]);
}

/* "83.9 ± 0.3 %" */
static char *
print_accuracy (const BfStudyNumber *number)
{
  g_autofree char *mean = bf_report_print_percent (number->mean);

  if (!isfinite (number->sd))
    return g_steal_pointer (&mean);
  /* Translators: mean and standard deviation of shares: "83.9 ± 0.3 %". */
  return g_strdup_printf (_("%.1f ± %.1f %%"), 100 * number->mean, 100 * number->sd);
}

static char *
print_loss (const BfStudyNumber *number)
{
  g_autofree char *mean = bf_report_print_loss (number->mean);

  return isfinite (number->sd) ? g_strdup_printf ("%s ± %.4f", mean, number->sd) : g_steal_pointer (&mean);
}

static char *
print_outcome (const BfStudySummary *summary, guint seeds)
{
  if (summary->states[BF_STUDY_RUN_DIVERGED] > 0)
    return g_strdup_printf (_("%u of %u diverged"), summary->states[BF_STUDY_RUN_DIVERGED], seeds);
  if (summary->states[BF_STUDY_RUN_FINISHED] < seeds)
    return g_strdup_printf (_("%u of %u finished"), summary->states[BF_STUDY_RUN_FINISHED], seeds);
  return g_strdup (_("finished"));
}

static void
add_results (BfReport *self, BfDocument *document)
{
  const BfDocumentColumn columns[] = {
    { _("Row"), FALSE }, { _("Test accuracy"), TRUE }, { _("Published"), TRUE }, { _("Training loss"), TRUE },
    { _("Attenuation"), TRUE }, { _("Outcome"), FALSE },
  };
  g_autoptr (BfReportTable) table = bf_report_table_new ();

  for (guint r = 0; r < self->rows->study->rows->len; r++)
    {
      const BfStudyRow *row = self->rows->study->rows->pdata[r];
      const BfStudySummary *summary = &self->summaries[r];

      bf_report_table_add (table, row->label);
      bf_report_table_take (table, print_accuracy (&summary->test_accuracy));
      bf_report_table_take (table, bf_report_print_percent (row->published_test_accuracy));
      bf_report_table_take (table, print_loss (&summary->train_loss));
      bf_report_table_take (table, isfinite (summary->attenuation) ? bf_format_ratio (summary->attenuation) : g_strdup ("–"));
      bf_report_table_take (table, print_outcome (summary, self->rows->n_seeds));
    }
  bf_document_add_text (document, BF_DOCUMENT_HEADING, _("Results"));
  bf_document_add_text (document, BF_DOCUMENT_NOTE,
                        _("Means ± standard deviations over the seeds. Attenuation: gradient of the first over that of the last "
                          "hidden layer at the end, geometric mean."));
  bf_report_table_put (table, document, columns, G_N_ELEMENTS (columns));
}

static void
add_rows (BfReport *self, BfDocument *document)
{
  const BfDocumentColumn columns[] = {
    { _("Row"), FALSE }, { _("Remedies"), FALSE }, { _("Optimizer"), FALSE }, { _("Learning rate"), TRUE }, { _("Batch"), TRUE },
    { _("Epochs"), TRUE }, { _("Note"), FALSE },
  };
  g_autoptr (BfReportTable) table = bf_report_table_new ();

  for (guint r = 0; r < self->rows->study->rows->len; r++)
    {
      const BfStudyRow *row = self->rows->study->rows->pdata[r];
      g_autoptr (BfSpec) spec = bf_remedies_apply (row->base);
      const BfSnapshot *trained = self->rows->seeds[r * self->rows->n_seeds];
      guint epochs = trained ? trained->plan->spec->epochs : self->rows->study->epochs > 0 ? self->rows->study->epochs : spec->epochs;

      bf_report_table_add (table, row->label);
      bf_report_table_take (table, bf_spec_describe_remedies (row->base));
      bf_report_table_add (table, bf_kind_get_name (bf_options_get_kind (spec->optimizer)));
      bf_report_table_take (table, bf_format_plain (spec->learning_rate, 6));
      bf_report_table_take (table, bf_format_count (spec->batch));
      bf_report_table_take (table, bf_format_count (epochs));
      bf_report_table_add (table, row->note);
    }
  bf_document_add_text (document, BF_DOCUMENT_HEADING, _("Rows"));
  bf_report_table_put (table, document, columns, G_N_ELEMENTS (columns));
}

void
bf_report_add_study (BfReport *self, BfDocument *document)
{
  add_results (self, document);
  add_rows (self, document);
}
