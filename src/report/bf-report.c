/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The order of a report's parts, and what they all need.
 */
#include "bf-report-private.h"

#include <glib/gi18n-lib.h>

#include "../engine/bf-format.h"
#include "../lab/bf-file.h"
#include "../lab/bf-remedy.h"
#include "bf-family.h"

static void
entry_free (BfReportEntry *self)
{
  bf_snapshot_unref (self->snapshot);
  bf_spec_unref (self->base);
  g_clear_pointer (&self->data, bf_dataset_unref);
  g_clear_pointer (&self->evaluation, bf_evaluation_unref);
  g_clear_pointer (&self->jacobian, bf_jacobian_unref);
  g_clear_pointer (&self->loss_line, bf_gradient_line_unref);
  g_clear_pointer (&self->loss_plane, bf_loss_plane_unref);
  g_clear_pointer (&self->facts, bf_data_facts_unref);
  g_clear_pointer (&self->theory, bf_theory_free);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  g_free (self->label);
  g_free (self->name);
  g_free (self);
}

BfReport *
bf_report_new (void)
{
  BfReport *self = g_new0 (BfReport, 1);

  g_atomic_ref_count_init (&self->references);
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  return self;
}

BfReport *
bf_report_ref (BfReport *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_report_free (BfReport *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_pointer (&self->rows, bf_study_rows_free);
  g_free (self->summaries);
  g_free (self->figure_runs);
  g_clear_pointer (&self->thresholds, bf_options_free);
  g_ptr_array_unref (self->runs);
  g_free (self);
}

void
bf_report_add_run (BfReport *self, const BfReportRun *run)
{
  BfReportEntry *entry = g_new0 (BfReportEntry, 1);

  entry->snapshot = bf_snapshot_ref (run->snapshot);
  entry->base = bf_spec_ref (run->base);
  entry->data = run->data ? bf_dataset_ref (run->data) : NULL;
  entry->evaluation = run->evaluation ? bf_evaluation_ref (run->evaluation) : NULL;
  entry->jacobian = run->jacobian ? bf_jacobian_ref (run->jacobian) : NULL;
  entry->loss_line = run->loss_line ? bf_gradient_line_ref (run->loss_line) : NULL;
  entry->loss_plane = run->loss_plane ? bf_loss_plane_ref (run->loss_plane) : NULL;
  entry->label = g_strdup (run->label);
  g_ptr_array_add (self->runs, entry);
}

void
bf_report_set_thresholds (BfReport *self, const BfOptions *thresholds)
{
  g_clear_pointer (&self->thresholds, bf_options_free);
  self->thresholds = thresholds ? bf_options_copy (thresholds) : NULL;
}

static char *
name_entry (const BfReportEntry *entry)
{
  g_autofree char *remedies = bf_spec_describe_remedies (entry->base);
  const char *name = entry->label ? entry->label : *entry->base->name ? entry->base->name : _("Untitled");

  /* Translators: a run and its remedies: "Run 2, Batch Normalization". */
  return *remedies ? g_strdup_printf (_("%s, %s"), name, remedies) : g_strdup (name);
}

/* What takes time: the samples are counted, theory is worked out, the run is looked at. */
static void
examine (BfReport *self, BfReportEntry *entry)
{
  gboolean measured = entry->data != NULL;

  if (entry->findings)
    return;   /* printed before */
  entry->name = name_entry (entry);
  entry->family = bf_family_from_spec (entry->base);
  if (measured)
    {
      entry->facts = bf_data_facts_new (entry->data);
      bf_task_facts_measure (entry->data, entry->snapshot->plan->spec, &entry->task);
      entry->theory = bf_theory_new (entry->snapshot->plan, entry->task.input_rms * entry->task.input_rms);
      entry->task.theory = entry->theory;
    }
  entry->findings = bf_diagnose (entry->snapshot, measured ? &entry->task : NULL, self->thresholds);
  if (entry->findings->len == 0)
    g_ptr_array_add (entry->findings, bf_diagnose_well (entry->snapshot, NULL, NULL));
}

static void
add_runs (BfReport *self, BfDocument *document)
{
  bf_report_add_numbers (self, document);
  if (self->runs->len > 1)
    bf_report_add_difference (self->runs->pdata[0], self->runs->pdata[1], document);
  bf_report_add_findings (self, document);
  for (guint i = 0; i < self->runs->len; i++)
    bf_report_add_experiment (self->runs->pdata[i], document);
  for (guint i = 0; i < self->runs->len; i++)
    {
      bf_report_add_layers (self->runs->pdata[i], document);
      bf_report_add_epochs (self->runs->pdata[i], document);
    }
}

static const char *
get_title (BfReport *self)
{
  const BfReportEntry *first = self->runs->len > 0 ? self->runs->pdata[0] : NULL;
  const char *name = self->rows ? self->rows->study->name : first->base->name;

  return name && *name ? name : _("Untitled");
}

GBytes *
bf_report_print (BfReport *self, const BfReportLook *look, guint *n_pages, GError **error)
{
  g_autoptr (BfDocument) document = NULL;
  g_autofree char *experiment = NULL, *footer = NULL;
  BfReportLook used = *look;
  BfDocumentInfo info;

  if (self->runs->len == 0 && !self->rows)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("There is nothing to report yet. Press Train first."));
      return NULL;
    }
  if (used.created == 0)
    used.created = g_get_real_time () / G_USEC_PER_SEC;
  for (guint i = 0; i < self->runs->len; i++)
    examine (self, self->runs->pdata[i]);
  experiment = bf_file_print (self->rows ? ((BfStudyRow *) self->rows->study->rows->pdata[0])->base
                                          : ((BfReportEntry *) self->runs->pdata[0])->base);
  /* Translators: at the foot of a report's pages: the program, its version, what the report is of. */
  footer = g_strdup_printf (_("Backflow %s, %s"), BF_VERSION, get_title (self));
  info = (BfDocumentInfo) {
    .paper = used.paper, .title = get_title (self), .footer = footer, .experiment = experiment, .font = used.font,
    .created = used.created, .right_to_left = used.right_to_left,
  };
  document = bf_document_new (&info);
  bf_report_add_head (self, document, &used);
  if (self->rows)
    bf_report_add_study (self, document);
  else
    add_runs (self, document);
  bf_report_add_figures (self, document, &used);
  return bf_document_print (document, n_pages, error);
}

char *
bf_report_suggest_name (BfReport *self)
{
  g_autofree char *ascii = g_str_to_ascii (self->runs->len > 0 || self->rows ? get_title (self) : "backflow", NULL);
  g_autofree char *lower = g_ascii_strdown (ascii, -1);

  g_strcanon (lower, "abcdefghijklmnopqrstuvwxyz0123456789", '-');
  return g_strconcat (lower, "-report", NULL);
}
