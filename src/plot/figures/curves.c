/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Loss and accuracy over the steps: beneath, what every step measured (lowest to highest per
 * pixel), bold, a local linear fit; marks where an epoch ended and the validation split was
 * evaluated. The learning rate as a thin third where it changed.
 */
#include "../../engine/bf-format.h"
#include "../bf-table.h"
#include "curves-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
draw_head (BfDraw *draw, const BfPanel *panel, const char *name)
{
  double left = MAX (draw->margin, panel->rect.x - bf_curves_axis_width (draw));

  bf_draw_text (draw, BF_TEXT (.type = draw->style->window ? BF_TYPE_TICK : BF_TYPE_LABEL, .bold = !draw->style->window,
                               .color = draw->style->window ? &draw->colors[BF_ROLE_INK_2] : NULL,
                               .max_width = panel->rect.x + panel->rect.width - left),
                left, panel->rect.y - (draw->small ? 1.3 : draw->style->window ? 1.1 : 1.6) * bf_draw_get_size (draw, BF_TYPE_LABEL), name);
}

/* [curve][with validation][in the window] */
static const char *const heads[][2][2] = {
  [BF_CURVE_LOSS] = { { N_("training loss"), N_("Training loss") },
                      { N_("training loss, marks: validation"), N_("Training loss, marks: validation") } },
  [BF_CURVE_ACCURACY] = { { N_("training accuracy"), N_("Training accuracy") },
                          { N_("training accuracy, marks: validation"), N_("Training accuracy, marks: validation") } },
  [BF_CURVE_RATE] = { { N_("learning rate"), N_("Learning rate") }, { N_("learning rate"), N_("Learning rate") } },
};

static void
draw_panel (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfFigureData *data)
{
  const BfPanel *panel = &self->panels[curve];
  gboolean validated = FALSE, narrow = draw->small;

  for (guint i = 0; i < data->n_runs; i++)
    for (guint e = 0; e < data->runs[i].snapshot->epochs->len; e++)
      validated |= isfinite (bf_curves_get_validation (&g_array_index (data->runs[i].snapshot->epochs, BfEpoch, e), curve));
  if (panel->log)
    bf_draw_axis_log_y (draw, &panel->rect, &panel->value);
  else
    bf_draw_axis_y (draw, &panel->rect, &panel->value, curve == BF_CURVE_ACCURACY);
  draw_head (draw, panel, _(heads[curve][validated && !narrow][draw->style->window ? 1 : 0]));
  bf_curves_draw_lines (draw, self, curve, data);
}

static void
draw_rate (BfDraw *draw, const BfCurves *self, const BfFigureData *data)
{
  const BfPanel *panel = &self->panels[BF_CURVE_RATE];
  g_autofree char *number = bf_format_plain (panel->value.high / 1.15, 2);
  BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2] };

  bf_draw_line (draw, panel->rect.x, panel->rect.y + panel->rect.height, panel->rect.x + panel->rect.width,
                panel->rect.y + panel->rect.height, 1, draw->colors[BF_ROLE_AXIS]);
  bf_draw_text (draw, &tick, panel->rect.x - 9, bf_curves_map_value (panel, panel->value.high / 1.15), number);
  draw_head (draw, panel, _(heads[BF_CURVE_RATE][0][draw->style->window ? 1 : 0]));
  for (guint r = data->n_runs; r-- > 0;)
    {
      const BfSnapshot *snapshot = data->runs[r].snapshot;

      cairo_new_path (draw->cr);
      for (guint i = 0; i < bf_curves_count (snapshot); i++)
        {
          const BfColumn *column = bf_curves_get_column (snapshot, i);
          double y = bf_curves_map_value (panel, column->learning_rate);

          cairo_line_to (draw->cr, bf_curves_map_step (self, BF_CURVE_RATE, (double) column->first), y);
          cairo_line_to (draw->cr, bf_curves_map_step (self, BF_CURVE_RATE, column->last + 1.0), y);
        }
      cairo_set_line_width (draw->cr, 1.4);
      bf_draw_set_color (draw, bf_draw_get_look (draw, data, r).color);
      cairo_stroke (draw->cr);
    }
}

static void
draw_x_axes (BfDraw *draw, const BfCurves *self)
{
  double bottom = 0;
  gboolean window = draw->style->window;
  const char *name = self->unit > 1 ? (window ? _("Epoch") : _("epoch")) : window ? _("Step") : _("step");

  for (guint i = 0; i < BF_N_CURVES; i++)
    bottom = MAX (bottom, self->panels[i].rect.width > 0 ? self->panels[i].rect.y + self->panels[i].rect.height : 0);
  for (guint i = 0; i < BF_N_CURVES; i++)
    {
      const BfRect *rect = &self->panels[i].rect;

      if (rect->width > 0 && rect->y + rect->height > bottom - 1)
        bf_draw_axis_x (draw, rect, &self->panels[i].steps,
                        self->unit > 1 && self->panels[i].steps.high < 2 ? 0 : 1, name);
    }
}

static void
draw_cursor (BfDraw *draw, const BfCurves *self, guint64 step)
{
  for (guint i = 0; i < BF_N_CURVES; i++)
    {
      const BfRect *rect = &self->panels[i].rect;
      double x = bf_curves_map_step (self, i, MIN (step, self->end - 1) + 0.5);

      if (rect->width > 0)
        bf_draw_line (draw, x, rect->y, x, rect->y + rect->height, 1, draw->colors[BF_ROLE_INK_3]);
    }
}

static void
draw_read_out (BfDraw *draw, const BfCurves *self, const BfFigureData *data)
{
  const BfColumn *column = bf_snapshot_get_column (data->runs[0].snapshot, data->hover->step);
  g_autofree char *step = bf_format_count (data->hover->step), *title = g_strdup_printf (_("Step %s"), step);
  g_autofree char *loss = bf_format_plain (column->loss, 4), *rate = bf_format_plain (column->learning_rate, 3);
  g_autofree char *accuracy = bf_format_percent (column->accuracy);
  const char *names[3] = { _("loss") }, *values[3] = { loss };
  const BfRect *rect = &self->panels[BF_CURVE_LOSS].rect;
  double y = bf_curves_map_value (&self->panels[BF_CURVE_LOSS], column->loss);
  guint n = 1;

  if (isfinite (column->accuracy))
    {
      names[n] = _("accuracy");
      values[n++] = accuracy;
    }
  names[n] = _("learning rate");
  values[n++] = rate;
  y = isfinite (y) ? CLAMP (y, rect->y, rect->y + rect->height) : rect->y;
  bf_draw_card (draw, &(BfRect) { rect->x, 4, draw->width - rect->x - 4, draw->height - 8 },
                bf_curves_map_step (self, BF_CURVE_LOSS, data->hover->step + 0.5), y - 8, y + 8, title, names, values, n);
}

static void
curves_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  BfCurves curves;

  bf_draw_init (&draw, cr, width, height, style);
  bf_curves_lay_out (&curves, &draw, data);
  if (curves.panels[BF_CURVE_LOSS].rect.width < 20 || curves.panels[BF_CURVE_LOSS].rect.height < 10)
    return;
  for (guint i = BF_CURVE_LOSS; i <= BF_CURVE_ACCURACY && data->part != BF_DRAW_HAND; i++)
    if (curves.panels[i].rect.width > 0)
      draw_panel (&draw, &curves, i, data);
  if (curves.panels[BF_CURVE_RATE].rect.width > 0 && data->part != BF_DRAW_HAND)
    draw_rate (&draw, &curves, data);
  if (data->part != BF_DRAW_HAND)
    draw_x_axes (&draw, &curves);
  if (data->part == BF_DRAW_GROUND)
    return;
  if (data->show_cursor && style->window)
    draw_cursor (&draw, &curves, data->cursor.step);
  if (data->hover)
    draw_read_out (&draw, &curves, data);
}

static gboolean
curves_pick (double x, double y, double width, double height, const BfStyle *style,
             const BfFigureData *data, BfCursor *cursor)
{
  gboolean found = FALSE;
  BfCurves curves;
  g_auto (BfDraw) draw = { 0 };

  bf_draw_init_nowhere (&draw, width, height, style);
  bf_curves_lay_out (&curves, &draw, data);
  for (guint i = 0; i < BF_N_CURVES && !found; i++)
    {
      const BfRect *rect = &curves.panels[i].rect;

      found = rect->width > 0 && x >= rect->x && x < rect->x + rect->width && y >= rect->y && y < rect->y + rect->height;
      if (found)
        cursor->step = MIN ((guint64) MAX (0, bf_scale_invert (&curves.panels[i].steps, x) * curves.unit),
                            bf_snapshot_get_last_step (data->runs[0].snapshot));
    }
  if (found)
    cursor->weighted = data->cursor.weighted;
  return found;
}

static void
curves_csv (GString *out, const BfFigureData *data)
{
  g_string_append (out, "run,first_step,last_step,loss,lowest_loss,highest_loss,accuracy,learning_rate\n");
  for (guint r = 0; r < data->n_runs; r++)
    for (guint i = 0; i < bf_curves_count (data->runs[r].snapshot); i++)
      {
        const BfColumn *column = bf_curves_get_column (data->runs[r].snapshot, i);

        bf_csv_text (out, data->runs[r].label ? data->runs[r].label : "", TRUE);
        g_string_append_printf (out, ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT, column->first, column->last);
        bf_csv_number (out, column->loss, FALSE);
        bf_csv_number (out, column->loss_low, FALSE);
        bf_csv_number (out, column->loss_high, FALSE);
        bf_csv_number (out, column->accuracy, FALSE);
        bf_csv_number (out, column->learning_rate, FALSE);
        g_string_append_c (out, '\n');
      }
}

static char *
curves_describe (const BfFigureData *data)
{
  GString *out = g_string_new (_("Loss and accuracy over the steps."));

  for (guint r = 0; r < data->n_runs; r++)
    {
      const BfSnapshot *snapshot = data->runs[r].snapshot;
      const BfColumn *column = bf_curves_get_column (snapshot, bf_curves_count (snapshot) - 1);
      g_autofree char *loss = bf_format_plain (column->loss, 4), *accuracy = bf_format_percent (column->accuracy);
      g_autofree char *step = bf_format_count (column->last);
      const char *label = data->runs[r].label ? data->runs[r].label : _("This run");

      if (isfinite (column->accuracy))
        g_string_append_printf (out, _(" %s, step %s: loss %s, accuracy %s."), label, step, loss, accuracy);
      else
        g_string_append_printf (out, _(" %s, step %s: loss %s."), label, step, loss);
    }
  return g_string_free (out, FALSE);
}

extern const BfFigure bf_figure_curves;
const BfFigure bf_figure_curves = {
  .kind = { "curves", N_("Loss and Accuracy"), N_("Whether the network learns, and how fast") },
  .width = 1200, .height = 700,
  .draw = curves_draw,
  .csv = curves_csv,
  .describe = curves_describe,
  .pick = curves_pick,
  .ground = BF_GROUND_OF_SNAPSHOT,
  .loss_axis = TRUE,
  .reading = N_("Bold is the trend, pale every step: a loss that lies flat from the start is a network that does not "
                "learn."),
};
