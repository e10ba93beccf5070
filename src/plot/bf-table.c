/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-table.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

void
bf_csv_number (GString *out, double value, gboolean first)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (!first)
    g_string_append_c (out, ',');
  if (isnan (value))
    g_string_append (out, "nan");
  else if (isinf (value))
    g_string_append (out, value > 0 ? "inf" : "-inf");
  else
    g_string_append (out, g_ascii_formatd (buffer, sizeof buffer, "%.9g", value));
}

void
bf_csv_text (GString *out, const char *text, gboolean first)
{
  if (!first)
    g_string_append_c (out, ',');
  if (!strpbrk (text, ",\"\r\n"))
    {
      g_string_append (out, text);
      return;
    }
  g_string_append_c (out, '"');
  for (const char *c = text; *c; c++)
    g_string_append (out, *c == '"' ? "\"\"" : (char[]) { *c, 0 });
  g_string_append_c (out, '"');
}

/* The states by name, "frozen zero"; empty when there is none. */
static void
append_states (GString *out, guint32 states)
{
  static const struct { guint32 bit; const char *name; } names[] = {
    { BF_STATE_ZERO, "zero" }, { BF_STATE_SUBNORMAL, "subnormal" }, { BF_STATE_INFINITE, "infinite" },
    { BF_STATE_NAN, "nan" }, { BF_STATE_FROZEN, "frozen" },
  };
  gboolean any = FALSE;

  g_string_append_c (out, ',');
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (states & names[i].bit)
      {
        g_string_append_printf (out, "%s%s", any ? " " : "", names[i].name);
        any = TRUE;
      }
}

static void
append_norm (GString *out, const BfStats *stats)
{
  BfCell cell = bf_cell_new (stats, &(BfMagnitude) { -INFINITY, INFINITY });
  double value = cell.state == BF_CELL_ZERO ? 0
                 : cell.state == BF_CELL_NAN ? (cell.infinite ? INFINITY : NAN)
                 : pow (10, cell.log);

  bf_csv_number (out, value, FALSE);
}

static void
append_column (GString *out, const char *run, const BfColumn *column, const BfPlan *plan, BfTensor tensor)
{
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      const BfStats *stats = bf_column_get_stats (column, plan, w, tensor);

      if (run)
        {
          bf_csv_text (out, run, TRUE);
          g_string_append_c (out, ',');
        }
      g_string_append_printf (out, "%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",%u", column->first, column->last, w + 1);
      bf_csv_text (out, bf_layer_name (plan, w), FALSE);
      append_norm (out, stats);
      bf_csv_number (out, stats->norm_low, FALSE);
      bf_csv_number (out, stats->norm_high, FALSE);
      append_states (out, stats->states);
      g_string_append_c (out, '\n');
    }
}

static void
append_columns (GString *out, const char *run, const BfSnapshot *snapshot, BfTensor tensor)
{
  if (snapshot->columns->len == 0)
    append_column (out, run, snapshot->start, snapshot->plan, tensor);
  for (guint i = 0; i < snapshot->columns->len; i++)
    append_column (out, run, snapshot->columns->pdata[i], snapshot->plan, tensor);
}

void
bf_csv_columns (GString *out, const BfFigureData *data)
{
  g_string_append (out, "first_step,last_step,layer,name,norm,lowest_norm,highest_norm,states\n");
  append_columns (out, NULL, data->runs[0].snapshot, data->tensor);
}

void
bf_csv_run_columns (GString *out, const BfFigureData *data)
{
  g_string_append (out, "run,first_step,last_step,layer,name,norm,lowest_norm,highest_norm,states\n");
  for (guint i = 0; i < data->n_runs; i++)
    append_columns (out, data->runs[i].label ? data->runs[i].label : "", data->runs[i].snapshot, data->tensor);
}

static void
append_layers (GString *out, const BfFigureRun *run, const BfColumn *column, BfTensor tensor)
{
  const BfPlan *plan = run->snapshot->plan;

  for (guint w = 0; w < plan->n_weighted; w++)
    {
      const BfStats *stats = bf_column_get_stats (column, plan, w, tensor);

      bf_csv_text (out, run->label ? run->label : "", TRUE);
      g_string_append_printf (out, ",%" G_GUINT64_FORMAT ",%u", column->last, w + 1);
      bf_csv_text (out, bf_layer_name (plan, w), FALSE);
      append_norm (out, stats);
      append_states (out, stats->states);
      g_string_append_c (out, '\n');
    }
}

void
bf_csv_layers (GString *out, const BfFigureData *data)
{
  g_string_append (out, "run,step,layer,name,norm,states\n");
  for (guint i = 0; i < data->n_runs; i++)
    {
      const BfFigureRun *run = &data->runs[i];
      const BfColumn *now = bf_snapshot_get_column (run->snapshot, bf_figure_data_get_step (data, i));

      append_layers (out, run, run->snapshot->start, data->tensor);
      if (now != run->snapshot->start)
        append_layers (out, run, now, data->tensor);
    }
}

guint64
bf_figure_data_get_step (const BfFigureData *data, guint run)
{
  guint64 last = bf_snapshot_get_last_step (data->runs[run].snapshot);

  return data->show_cursor ? MIN (data->cursor.step, last) : last;
}

/* Appends a sentence on the states that occur in a column. */
static void
describe_states (GString *out, const BfColumn *column, const BfPlan *plan, BfTensor tensor)
{
  guint zero = 0, not_finite = 0, frozen = 0;

  for (guint w = 0; w < plan->n_weighted; w++)
    {
      guint32 states = bf_column_get_stats (column, plan, w, tensor)->states;

      not_finite += (states & (BF_STATE_NAN | BF_STATE_INFINITE)) != 0;
      zero += (states & BF_STATE_ZERO) != 0;
      frozen += (states & BF_STATE_FROZEN) != 0;
    }
  if (frozen > 0)
    g_string_append_printf (out, ngettext (" %u layer frozen.", " %u layers frozen.", frozen), frozen);
  if (zero > 0)
    g_string_append_printf (out, ngettext (" Exactly zero in %u layer.", " Exactly zero in %u layers.", zero), zero);
  if (not_finite > 0)
    g_string_append_printf (out, ngettext (" Not finite in %u layer.", " Not finite in %u layers.", not_finite),
                            not_finite);
}

char *
bf_describe_norms (const BfSnapshot *snapshot, guint64 step, BfTensor tensor)
{
  static const BfMagnitude fixed = { BF_MAGNITUDE_LOW, BF_MAGNITUDE_HIGH, FALSE };
  const BfPlan *plan = snapshot->plan;
  const BfColumn *column = bf_snapshot_get_column (snapshot, step);
  g_autofree char *steps = bf_format_count (snapshot->steps), *at = bf_format_count (step);
  g_autofree char *first = NULL, *last = NULL;
  GString *out = g_string_new (NULL);
  BfCell a, b;

  if (plan->n_weighted == 0)
    return g_string_free (g_string_append (out, _("No layer with weights.")), FALSE);
  a = bf_cell_new (bf_column_get_stats (column, plan, 0, tensor), &fixed);
  b = bf_cell_new (bf_column_get_stats (column, plan, plan->n_weighted - 1, tensor), &fixed);
  first = bf_cell_format (&a);
  last = bf_cell_format (&b);
  /* Translators: quantity, number of layers, number of steps, step, value, layer, value, layer. */
  g_string_append_printf (out, ngettext ("%s of %u layer over %s steps. At step %s: from %s in %s to %s in %s.",
                                         "%s of %u layers over %s steps. At step %s: from %s in %s to %s in %s.",
                                         plan->n_weighted),
                          bf_quantity_label (tensor), plan->n_weighted, steps, at, first, bf_layer_name (plan, 0),
                          last, bf_layer_name (plan, plan->n_weighted - 1));
  if (isfinite (a.log) && isfinite (b.log) && plan->n_weighted > 1)
    {
      g_autofree char *decades = bf_format_plain (fabs (b.log - a.log) / (plan->n_weighted - 1), 2);
      g_string_append_printf (out, _(" %s decades a layer."), decades);
    }
  describe_states (out, column, plan, tensor);
  if (snapshot->stages && snapshot->stages->len > 0)
    {
      guint absent = 0;

      for (guint w = 0; w < plan->n_weighted; w++)
        absent += bf_column_get_stats (column, plan, w, tensor)->size == 0;
      if (absent > 0)
        g_string_append_printf (out, ngettext (" %u layer not there yet.", " %u layers not there yet.", absent), absent);
    }
  if (snapshot->outcome == BF_OUTCOME_DIVERGED && snapshot->diverged_layer < plan->n_layers)
    {
      g_autofree char *number = bf_format_count (snapshot->diverged_step);
      g_string_append_printf (out, _(" Diverged at step %s in %s."), number,
                              plan->layers[snapshot->diverged_layer].name);
    }
  return g_string_free (out, FALSE);
}
