/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Every figure that has something to show, in the order of the table; of two runs, those that set them
 * against each other come first.
 */
#include "bf-finding-title.h"
#include "bf-report-private.h"

#include <glib/gi18n-lib.h>

static void
add_figure (const BfReportEntry *entry, BfDocument *document, const BfFigure *figure, const BfFigureData *data)
{
  const BfFinding *finding = bf_finding_find_for_figure (entry->findings, figure, data);
  BfFigureData titled = *data;

  titled.title = finding ? finding->title : NULL;
  bf_document_add_figure (document, figure, &titled, figure->reading);
}

static void
add_figures (const BfReportEntry *entry, BfDocument *document, const BfFigureData *data, gboolean pairs)
{
  for (const BfKind *const *kind = bf_figures (); *kind; kind++)
    {
      const BfFigure *figure = (const BfFigure *) *kind;
      gboolean pair = g_str_equal (figure->kind.id, "compare") || g_str_equal (figure->kind.id, "difference");

      /* One run against another needs two. */
      if (pair == pairs && bf_figure_applies (figure, data))
        add_figure (entry, document, figure, data);
    }
}

static void
add_runs (BfReport *self, BfDocument *document, BfAxis loss_axis)
{
  BfReportEntry *first = self->runs->pdata[0];
  BfFigureData data = {
    .n_runs = self->runs->len, .scale_locked = TRUE, .tensor = BF_TENSOR_WEIGHT_GRADIENT,
    .cursor = { 0, bf_snapshot_get_last_step (first->snapshot) }, .evaluation = first->evaluation, .facts = first->facts,
    .jacobian = first->jacobian, .loss_line = first->loss_line, .loss_plane = first->loss_plane,
    .loss_axis = loss_axis,
  };

  self->figure_runs = g_renew (BfFigureRun, self->figure_runs, self->runs->len);
  for (guint i = 0; i < self->runs->len; i++)
    {
      const BfReportEntry *entry = self->runs->pdata[i];

      self->figure_runs[i] = (BfFigureRun) { entry->snapshot, entry->name, entry->family, entry->theory };
    }
  data.runs = self->figure_runs;
  if (self->runs->len > 1)
    add_figures (first, document, &data, TRUE);
  add_figures (first, document, &data, FALSE);
}

static void
add_study (BfReport *self, BfDocument *document, BfAxis loss_axis)
{
  BfFigureData data = bf_study_rows_get_data (self->rows);

  data.loss_axis = loss_axis;
  for (const BfKind *const *kind = bf_figures (); *kind; kind++)
    if (bf_study_rows_applies (self->rows, (const BfFigure *) *kind))
      bf_document_add_figure (document, (const BfFigure *) *kind, &data, ((const BfFigure *) *kind)->reading);
}

void
bf_report_add_figures (BfReport *self, BfDocument *document, const BfReportLook *look)
{
  bf_document_break_page (document);
  bf_document_add_text (document, BF_DOCUMENT_HEADING, _("Figures"));
  if (self->rows)
    add_study (self, document, look->loss_axis);
  else
    add_runs (self, document, look->loss_axis);
}
