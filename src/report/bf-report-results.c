/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What was measured, in tables: layer by layer at the start and at the end, epoch by epoch; and what
 * two runs differ in.
 */
#include "bf-report-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "../engine/bf-factors.h"
#include "../engine/bf-format.h"
#include "../lab/bf-spec-diff.h"

/* Of more epochs only so many are listed, evenly. */
#define MOST_EPOCHS 120

/* ‖v‖₂ of a tensor at a column's last step. */
static double
get_last_norm (const BfColumn *column, guint layer, BfTensor tensor)
{
  const BfStats *stats = &column->layers[layer].tensors[tensor];

  if (column->count == 1)
    return bf_column_get_norm (column, layer, tensor);
  return stats->size ? (double) stats->rms * sqrt (stats->size) : NAN;
}

/* What the layers from this one up to the next with weights pass back. */
static double
get_gain (const BfColumn *column, const BfPlan *plan, guint first, guint end)
{
  double product = 1;

  for (guint i = first; i <= end; i++)
    product *= bf_factor_measure (column, plan, i);
  return product;
}

/* The largest share among the layers, "–" where none has one. */
static char *
print_share (const BfColumn *column, guint first, guint end)
{
  float most = NAN;

  for (guint i = first; i <= end; i++)
    {
      const BfLayerStats *stats = &column->layers[i];

      most = fmaxf (most, fmaxf (stats->saturated, stats->dead));
    }
  return bf_report_print_percent ((double) most);
}

static void
add_layer_row (BfReportTable *table, const BfSnapshot *snapshot, const BfColumn *last, guint w)
{
  const BfPlan *plan = snapshot->plan;
  guint index = plan->weighted[w], end = bf_plan_get_stage_end (plan, w);
  double gain = get_gain (last, plan, index, end);

  bf_report_table_add (table, plan->layers[index].name);
  bf_report_table_take (table, bf_report_print_value (get_last_norm (snapshot->start, index, BF_TENSOR_WEIGHT_GRADIENT)));
  bf_report_table_take (table, bf_report_print_value (get_last_norm (last, index, BF_TENSOR_WEIGHT_GRADIENT)));
  bf_report_table_take (table, bf_report_print_value (get_last_norm (last, end, BF_TENSOR_OUTPUT_GRADIENT)));
  bf_report_table_take (table, bf_report_print_value (isfinite (gain) ? gain : NAN));
  bf_report_table_take (table, bf_report_print_value ((double) last->layers[index].update_ratio));
  bf_report_table_take (table, print_share (last, index, end));
  bf_report_table_take (table, bf_report_print_value (get_last_norm (last, index, BF_TENSOR_WEIGHT)));
}

void
bf_report_add_layers (const BfReportEntry *entry, BfDocument *document)
{
  const BfDocumentColumn columns[] = {
    { _("Layer"), .whole = TRUE }, { _("‖∂L/∂W‖ at the start"), TRUE }, { _("at the end"), TRUE }, { _("‖∂L/∂h‖"), TRUE },
    { _("passes back ×"), TRUE }, { _("update ratio"), TRUE }, { _("saturated, dead"), TRUE }, { _("‖W‖"), TRUE },
  };
  const BfSnapshot *snapshot = entry->snapshot;
  const BfColumn *last = bf_snapshot_get_column (snapshot, bf_snapshot_get_last_step (snapshot));
  g_autoptr (BfReportTable) table = bf_report_table_new ();
  g_autofree char *title = g_strdup_printf (_("Layer by Layer: %s"), entry->name);
  g_autofree char *step = bf_format_count (last->last);
  g_autofree char *note = g_strdup_printf (_("Gradient of the weights at the start and at step %s; there also the gradient of the "
                                             "layer’s output, by how much the layer multiplies it on its way back, the change of "
                                             "the weights over the weights in a step, the share of saturated outputs or dead "
                                             "units, and the weights’ norm."), step);

  bf_document_add_text (document, BF_DOCUMENT_HEADING, title);
  bf_document_add_text (document, BF_DOCUMENT_NOTE, note);
  for (guint w = 0; w < snapshot->plan->n_weighted; w++)
    add_layer_row (table, snapshot, last, w);
  bf_report_table_put (table, document, columns, G_N_ELEMENTS (columns));
}

static void
add_epoch_row (BfReportTable *table, const BfEpoch *epoch)
{
  bf_report_table_take (table, bf_format_count (epoch->epoch));
  bf_report_table_take (table, bf_format_count (epoch->step));
  bf_report_table_take (table, bf_report_print_loss (epoch->train_loss));
  bf_report_table_take (table, bf_report_print_percent (epoch->train_accuracy));
  bf_report_table_take (table, bf_report_print_loss (epoch->validation_loss));
  bf_report_table_take (table, bf_report_print_percent (epoch->validation_accuracy));
}

void
bf_report_add_epochs (const BfReportEntry *entry, BfDocument *document)
{
  const BfDocumentColumn columns[] = {
    { _("Epoch"), TRUE }, { _("Steps"), TRUE }, { _("Training loss"), TRUE }, { _("Training accuracy"), TRUE },
    { _("Validation loss"), TRUE }, { _("Validation accuracy"), TRUE },
  };
  const GArray *epochs = entry->snapshot->epochs;
  guint stride = 1 + (epochs->len - 1) / MOST_EPOCHS;
  g_autoptr (BfReportTable) table = bf_report_table_new ();
  g_autofree char *title = g_strdup_printf (_("Epoch by Epoch: %s"), entry->name);

  if (epochs->len == 0)
    return;
  bf_document_add_text (document, BF_DOCUMENT_HEADING, title);
  if (stride > 1)
    {
      g_autofree char *all = bf_format_count (epochs->len);
      g_autofree char *note = g_strdup_printf (_("Every %u epochs of %s."), stride, all);

      bf_document_add_text (document, BF_DOCUMENT_NOTE, note);
    }
  for (guint i = 0; i < epochs->len; i++)
    if (i == 0 || i + 1 == epochs->len || (i + 1) % stride == 0)
      add_epoch_row (table, &g_array_index (epochs, BfEpoch, i));
  bf_report_table_put (table, document, columns, G_N_ELEMENTS (columns));
}

void
bf_report_add_difference (const BfReportEntry *a, const BfReportEntry *b, BfDocument *document)
{
  const BfDocumentColumn columns[] = { { "", FALSE }, { a->name, FALSE }, { b->name, FALSE } };
  g_autoptr (GPtrArray) rows = bf_spec_diff (a->base, b->base);
  g_autoptr (BfReportTable) table = bf_report_table_new ();
  g_autofree char *match = NULL;
  BfRunMatch common;

  bf_document_add_text (document, BF_DOCUMENT_HEADING, _("What Differs"));
  bf_run_match_init (&common, a->snapshot, b->snapshot);
  match = bf_run_match_describe (&common, a->snapshot, b->snapshot);
  bf_document_add_text (document, BF_DOCUMENT_BODY, match);
  if (rows->len == 0)
    bf_document_add_text (document, BF_DOCUMENT_BODY, _("Their settings are the same."));
  for (guint i = 0; i < rows->len; i++)
    {
      const BfDiffRow *row = rows->pdata[i];

      bf_report_table_add (table, row->what);
      bf_report_table_add (table, row->a ? row->a : "–");
      bf_report_table_add (table, row->b ? row->b : "–");
    }
  bf_report_table_put (table, document, columns, G_N_ELEMENTS (columns));
}
