/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What every step measured, thin; the local linear fit, bold; the validation split, as marks.
 */
#include "../../engine/bf-format.h"
#include "../bf-labels.h"
#include "../bf-room.h"
#include "../bf-smooth.h"
#include "curves-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Of the smoothing, in steps; less in short runs. */
#define SMOOTH_SD 60.0

static double
get_middle (const BfColumn *column)
{
  return (column->first + column->last) / 2.0 + 0.5;
}

/* Every value as a thin line. */
static void
draw_raw_line (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfSnapshot *snapshot, BfColor color)
{
  gboolean open = FALSE;

  cairo_new_path (draw->cr);
  for (guint i = 0; i < bf_curves_count (snapshot); i++)
    {
      const BfColumn *column = bf_curves_get_column (snapshot, i);
      double value = bf_curves_get_value (column, curve), x = bf_curves_map_step (self, curve, get_middle (column));

      if (isfinite (value) && open)
        cairo_line_to (draw->cr, x, bf_curves_map_value (&self->panels[curve], value));
      else if (isfinite (value))
        cairo_move_to (draw->cr, x, bf_curves_map_value (&self->panels[curve], value));
      open = isfinite (value);
    }
  bf_draw_set_color (draw, bf_color_alpha (color, 0.4));
  cairo_set_line_width (draw->cr, 1);
  cairo_stroke (draw->cr);
}

/* Lowest to highest of every step, a bar a pixel. */
static void
draw_envelope (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfSnapshot *snapshot, BfColor color)
{
  const BfPanel *panel = &self->panels[curve];
  guint width = (guint) MAX (1, ceil (panel->rect.width)), n = bf_curves_count (snapshot);
  g_autofree double *low = g_new (double, width), *high = g_new (double, width);

  if (n < 0.75 * width)
    draw_raw_line (draw, self, curve, snapshot, color);
  if (n < 0.75 * width && (curve != BF_CURVE_LOSS || bf_curves_get_column (snapshot, 0)->count == 1))
    return;
  for (guint x = 0; x < width; x++)
    low[x] = high[x] = NAN;
  for (guint i = 0; i < n; i++)
    {
      const BfColumn *column = bf_curves_get_column (snapshot, i);
      double value = bf_curves_get_value (column, curve);
      double bottom = curve == BF_CURVE_LOSS ? column->loss_low : value;
      double top = curve == BF_CURVE_LOSS ? column->loss_high : value;
      double from = bf_curves_map_step (self, curve, (double) column->first) - panel->rect.x;
      double past = bf_curves_map_step (self, curve, column->last + 1.0) - panel->rect.x;

      for (guint x = (guint) MAX (0, from); isfinite (bottom) && isfinite (top) && x < MIN (width, MAX (past, from + 1)); x++)
        {
          low[x] = low[x] < bottom ? low[x] : bottom;
          high[x] = high[x] > top ? high[x] : top;
        }
    }
  cairo_new_path (draw->cr);
  for (guint x = 0; x < width; x++)
    if (isfinite (low[x]))
      {
        double top = bf_curves_map_value (panel, high[x]), bottom = bf_curves_map_value (panel, low[x]);
        bf_draw_rectangle (draw, &(BfRect) { panel->rect.x + x, top, 1, MAX (1, bottom - top) }, 0);
      }
  bf_draw_set_color (draw, bf_color_alpha (color, 0.2));
  cairo_fill (draw->cr);
}

/* The run's values and their fit at every second pixel; returns the number of places. */
static guint
smooth_run (const BfCurves *self, BfCurve curve, const BfSnapshot *snapshot, double **x, double **y)
{
  guint n = bf_curves_count (snapshot);
  double last = (double) bf_snapshot_get_last_step (snapshot) + 1;
  guint n_at = CLAMP ((guint) (self->panels[curve].rect.width * last / self->end / 2), 2, 2000);
  g_autofree double *steps = g_new (double, n), *values = g_new (double, n), *weights = g_new (double, n);
  double sd = CLAMP (last / 16, 1, SMOOTH_SD);

  for (guint i = 0; i < n; i++)
    {
      const BfColumn *column = bf_curves_get_column (snapshot, i);

      steps[i] = get_middle (column);
      values[i] = bf_curves_get_value (column, curve);
      if (self->panels[curve].log)
        values[i] = values[i] > 0 ? log10 (values[i]) : NAN;
      weights[i] = column->count;
      sd = MAX (sd, 0.8 * (column->last - column->first + 1.0));
    }
  *x = g_new (double, n_at);
  *y = g_new (double, n_at);
  for (guint i = 0; i < n_at; i++)
    (*x)[i] = steps[0] + (steps[n - 1] - steps[0]) * i / (n_at - 1.0);
  bf_smooth (steps, values, weights, n, sd, *x, *y, n_at);
  return n_at;
}

/* Returns the last finite value of the line, for its label; where the line goes is no room any more. */
static double
draw_fit (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfFigureData *data, guint index, BfRoom *room)
{
  const BfPanel *panel = &self->panels[curve];
  const BfFigureRun *run = &data->runs[index];
  BfRunLook look = bf_draw_get_look (draw, data, index);
  g_autofree double *x = NULL, *y = NULL;
  guint n = smooth_run (self, curve, run->snapshot, &x, &y);
  double end = NAN;
  gboolean open = FALSE;

  cairo_new_path (draw->cr);
  for (guint i = 0; i < n; i++)
    {
      double px = bf_curves_map_step (self, curve, x[i]), py = bf_scale_map (&panel->value, y[i]);

      if (isfinite (y[i]) && open)
        cairo_line_to (draw->cr, px, py);
      else if (isfinite (y[i]))
        cairo_move_to (draw->cr, px, py);
      bf_room_line_to (room, px, py);
      open = isfinite (y[i]);
      end = open ? y[i] : end;
    }
  bf_room_line_to (room, NAN, NAN);
  cairo_set_line_width (draw->cr, look.line);
  cairo_set_line_join (draw->cr, CAIRO_LINE_JOIN_ROUND);
  bf_draw_set_dash (draw, run->family);
  bf_draw_set_color (draw, look.color);
  cairo_stroke (draw->cr);
  bf_draw_no_dash (draw);
  /* One mark about every 80 px, shifted from run to run. */
  for (guint i = 20 + 40 * index / data->n_runs; data->n_runs > 1 && i < n; i += 40)
    if (isfinite (y[i]))
      bf_draw_mark (draw, run->family, bf_curves_map_step (self, curve, x[i]), bf_scale_map (&panel->value, y[i]), draw->mark,
                    look.color, look.hollow);
  return panel->log ? pow (10, end) : end;
}

double
bf_curves_get_validation (const BfEpoch *epoch, BfCurve curve)
{
  return curve == BF_CURVE_LOSS ? epoch->validation_loss : epoch->validation_accuracy;
}

/* Marks at the ends of epochs, thinned to 24 px; FALSE when there are none. */
static gboolean
draw_validation (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfFigureData *data, guint index)
{
  const BfFigureRun *run = &data->runs[index];
  const GArray *epochs = run->snapshot->epochs;
  BfColor color = bf_draw_get_look (draw, data, index).color;
  double before = -INFINITY;
  gboolean any = FALSE;

  for (guint i = epochs->len; i-- > 0;)
    {
      const BfEpoch *epoch = &g_array_index (epochs, BfEpoch, i);
      double value = bf_curves_get_validation (epoch, curve), x = bf_curves_map_step (self, curve, (double) epoch->step);

      if (!isfinite (value) || fabs (before - x) < 24)
        continue;
      bf_draw_mark (draw, run->family, x, bf_curves_map_value (&self->panels[curve], value), draw->mark, color, TRUE);
      before = x;
      any = TRUE;
    }
  return any;
}

static void
draw_label (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfFigureRun *run, double y, double value, gboolean named)
{
  const BfRect *rect = &self->panels[curve].rect;
  double x = rect->x + rect->width + 10, size = bf_draw_get_size (draw, BF_TYPE_LABEL);
  BfColor ink = bf_style_get_family_ink (draw->style, run->family);
  g_autofree char *number = curve == BF_CURVE_ACCURACY ? bf_format_percent (value)
                            : fabs (value) < 1000 && fabs (value) >= 0.001 ? bf_format_plain (value, 4) : bf_format_value (value);
  BfText note = { .type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_2] };

  if (!named)
    {
      bf_draw_text (draw, BF_TEXT (.bold = TRUE, .color = &ink), x, y, number);
      return;
    }
  bf_draw_text (draw, BF_TEXT (.bold = TRUE, .color = &ink, .max_width = self->labels - 10), x, y - 0.6 * size,
                run->label ? run->label : "");
  bf_draw_text (draw, &note, x, y + 0.75 * size, number);
}

/* Height of what guessing gives; NaN when that is off the panel. */
static double
find_guessing (const BfPanel *panel, BfCurve curve, guint classes)
{
  double y = classes < 2 ? NAN : bf_curves_map_value (panel, curve == BF_CURVE_LOSS ? log (classes) : 1.0 / classes);

  return y >= panel->rect.y && y <= panel->rect.y + panel->rect.height ? y : NAN;
}

static void
draw_guessing_line (BfDraw *draw, const BfCurves *self, BfCurve curve, guint classes)
{
  const BfPanel *panel = &self->panels[curve];
  double y = find_guessing (panel, curve, classes);

  if (!isfinite (y))
    return;
  cairo_set_dash (draw->cr, (double[]) { 2, 3 }, 2, 0);
  bf_draw_line (draw, panel->rect.x, y, panel->rect.x + panel->rect.width, y, 1, draw->colors[BF_ROLE_INK_3]);
  bf_draw_no_dash (draw);
}

/* Above the line or beneath it, where no run's line goes; else beside the panel's head. */
static void
draw_guessing_text (BfDraw *draw, const BfCurves *self, BfCurve curve, guint classes, const BfRoom *room)
{
  const BfPanel *panel = &self->panels[curve];
  const double y = find_guessing (panel, curve, classes), size = bf_draw_get_size (draw, BF_TYPE_NOTE);
  const double left = panel->rect.x + 6, right = panel->rect.x + panel->rect.width;
  const double above = y - 1.6 * size, beneath = y + 1.6 * size;
  const BfPlace places[] = {
    { right, above, BF_ALIGN_RIGHT }, { right, beneath, BF_ALIGN_RIGHT },
    { left, above, BF_ALIGN_LEFT }, { left, beneath, BF_ALIGN_LEFT },
  };
  const BfText note = { .type = BF_TYPE_NOTE, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2],
                        .halo = draw->style->transparent ? NULL : &draw->colors[BF_ROLE_SURFACE] };
  g_autofree char *text = g_strdup_printf (curve == BF_CURVE_LOSS ? _("guessing: ln %u") : _("guessing: 1 / %u"), classes);

  if (isfinite (y) && panel->rect.width > 120 && !bf_room_draw_text (room, draw, &note, places, G_N_ELEMENTS (places), text))
    bf_draw_text (draw, &note, right, panel->rect.y - 1.2 * size, text);
}

void
bf_curves_draw_lines (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfFigureData *data)
{
  const BfPanel *panel = &self->panels[curve];
  gboolean stacked = self->panels[BF_CURVE_ACCURACY].rect.x == self->panels[BF_CURVE_LOSS].rect.x;
  gboolean labelled = self->labels > 0 && (curve == self->labelled || stacked);
  g_autofree double *ends = g_new (double, data->n_runs), *y = g_new (double, data->n_runs);
  double size = bf_draw_get_size (draw, BF_TYPE_LABEL);
  g_autoptr (BfRoom) room = bf_room_new (&panel->rect);

  cairo_save (draw->cr);
  cairo_rectangle (draw->cr, panel->rect.x - 6, panel->rect.y - 6, panel->rect.width + 12, panel->rect.height + 12);
  cairo_clip (draw->cr);
  for (guint i = data->n_runs; i-- > 0;)
    draw_envelope (draw, self, curve, data->runs[i].snapshot, bf_draw_get_look (draw, data, i).color);
  draw_guessing_line (draw, self, curve, data->runs[0].snapshot->plan->shape.classes);
  for (guint i = data->n_runs; i-- > 0;)
    {
      ends[i] = draw_fit (draw, self, curve, data, i, room);
      draw_validation (draw, self, curve, data, i);
      y[i] = bf_curves_map_value (panel, ends[i]);
    }
  cairo_restore (draw->cr);
  draw_guessing_text (draw, self, curve, data->runs[0].snapshot->plan->shape.classes, room);
  if (!labelled)
    return;
  bf_labels_spread (y, data->n_runs, data->n_runs > 1 ? 2.8 * size : 1.6 * size, panel->rect.y + 4,
                    panel->rect.y + panel->rect.height);
  for (guint i = 0; i < data->n_runs; i++)
    draw_label (draw, self, curve, &data->runs[i], y[i], ends[i], data->n_runs > 1);
}
