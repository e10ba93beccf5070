/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The norm of each layer at the cursor, against the start: rows as in the heatmap, so that in the
 * window they continue its rows. The color bar is the axis.
 */
#include "../bf-layer-places.h"
#include "../bf-layer-value.h"
#include "../bf-bars.h"
#include "../../engine/bf-format.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

typedef struct
{
  BfRect plot;
  BfRows rows;
  BfScale scale;
  BfMagnitude magnitude;
  double over;
  BfLayerPlaces *places;   /* rows of all runs; of one run its layers */
} BfProfile;

static void
lay_out (BfProfile *self, BfDraw *draw, const BfFigureData *data)
{
  const BfPlan *plan = data->runs[0].snapshot->plan;
  gboolean window = draw->style->window;
  gboolean named = !window || data->n_runs > 1;
  double k = CLAMP (draw->style->font_scale, 0.5, 4), right, top, bottom;
  BfFigureData one = *data;
  double left;

  one.n_runs = data->value ? 1 : data->n_runs;   /* other quantities are of the first run alone */
  self->places = bf_layer_places_new (&one);
  left = draw->margin + (!named ? 0 : data->n_runs > 1 ? bf_draw_names_width (draw, self->places->names, self->places->n)
                                                       : bf_draw_row_names_width (draw, plan));
  bf_magnitude_init (&self->magnitude, data);
  self->over = self->magnitude.fitted || data->value ? 0 : window || draw->small ? 18 : 34;
  right = draw->width - draw->margin - (window ? 4 : 10) - (self->over > 0 ? self->over + 3 : 0);
  top = window ? BF_FIGURE_WINDOW_TOP * k : bf_draw_get_top (draw) + (draw->small ? 24 : 33) * k;
  bottom = draw->height - (window ? BF_FIGURE_WINDOW_BOTTOM * k : (draw->small ? 53 : 80) * k);
  self->plot = (BfRect) { round (left), round (top), MAX (0, round (right) - round (left)),
                          MAX (0, round (bottom) - round (top)) };
  bf_rows_init (&self->rows, draw, &self->plot, self->places->n);
  self->scale = (BfScale) { self->magnitude.low, self->magnitude.high, self->plot.x, self->plot.x + self->plot.width };
}

/* The row of the cursor's layer; −1: it is not shown. */
static int
get_chosen_row (const BfProfile *profile, const BfFigureData *data)
{
  const guint n = data->runs[0].snapshot->plan->n_weighted;

  return data->show_cursor && data->cursor.weighted < n ? (int) profile->places->of[0][data->cursor.weighted] : -1;
}

static void
draw_names (BfDraw *draw, const BfProfile *profile, const BfFigureData *data)
{
  if (data->n_runs > 1)
    bf_draw_names (draw, &profile->rows, profile->places->names, profile->places->n, get_chosen_row (profile, data));
  else if (!draw->style->window)
    bf_draw_row_names (draw, &profile->rows, data->runs[0].snapshot->plan, get_chosen_row (profile, data));
}

static void
draw_grid (BfDraw *draw, const BfProfile *profile, const BfFigureData *data)
{
  const BfRect *plot = &profile->plot;
  int decades = MAX (2, bf_ticks_decades (profile->scale.low, profile->scale.high, plot->width, 22));

  for (int d = (int) ceil (profile->scale.low / decades - 1e-9) * decades; d <= profile->scale.high + 1e-9; d += decades)
    {
      double x = bf_scale_map (&profile->scale, d);
      bf_draw_line (draw, x, plot->y, x, plot->y + plot->height, 1, draw->colors[BF_ROLE_GRID]);
    }
  if (get_chosen_row (profile, data) >= 0)
    {
      BfRect row = bf_rows_get_rect (&profile->rows, (guint) get_chosen_row (profile, data));

      row.width += profile->over > 0 ? profile->over + 3 : 0;
      bf_draw_fill (draw, &row, bf_color_alpha (draw->colors[BF_ROLE_ACCENT], 0.1));
    }
}

/* Looks of one line: a run now, or its start. */
typedef struct
{
  BfColor color;
  double width;
  gboolean hollow;
  BfFamily mark;
  gboolean states;   /* zeros and NaN drawn as bars */
} BfProfileLine;

static void
draw_line (BfDraw *draw, const BfProfile *profile, const BfFigureData *data, guint run, const BfColumn *column,
           const BfProfileLine *line)
{
  const BfPlan *plan = data->runs[run].snapshot->plan;
  const BfTensor tensor = data->tensor;
  const guint *places = profile->places->of[run];
  guint n = plan->n_weighted;
  double radius = CLAMP (profile->rows.pitch * 0.3, 0, line->hollow ? draw->mark * 0.72 : draw->mark * 0.9);
  g_autofree double *x = g_new (double, MAX (1, n));
  gboolean open = FALSE;

  cairo_new_path (draw->cr);
  for (guint i = 0; i < n; i++)
    {
      BfCell cell = bf_cell_new (bf_column_get_stats (column, plan, i, tensor), &profile->magnitude);
      double y = bf_rows_get_center (&profile->rows, places[i]);

      x[i] = isfinite (cell.log) ? bf_bars_map (&profile->scale, profile->over, cell.log) : NAN;
      if (isfinite (x[i]) && open)
        cairo_line_to (draw->cr, x[i], y);
      else if (isfinite (x[i]))
        cairo_move_to (draw->cr, x[i], y);
      open = isfinite (x[i]);
    }
  cairo_set_line_width (draw->cr, line->width);
  cairo_set_line_join (draw->cr, CAIRO_LINE_JOIN_ROUND);
  bf_draw_set_color (draw, line->color);
  cairo_stroke (draw->cr);
  for (guint i = 0; i < n; i++)
    {
      BfCell cell = bf_cell_new (bf_column_get_stats (column, plan, i, tensor), &profile->magnitude);
      double y = bf_rows_get_center (&profile->rows, places[i]), thick = MIN (profile->rows.pitch * 0.5, 9);

      if (isfinite (x[i]) && radius >= 1.2)
        bf_draw_mark (draw, line->mark, x[i], y, radius, line->color, line->hollow);
      else if (line->states && cell.state != BF_CELL_EMPTY && !isfinite (x[i]))
        bf_draw_state_bar (draw, &(BfRect) { profile->plot.x, y - thick / 2, profile->plot.width, thick }, &cell,
                           &profile->magnitude, profile->rows.pitch > 1.3 * bf_draw_get_size (draw, BF_TYPE_NOTE));
    }
}

static double
draw_key (BfDraw *draw, double x, double y, const BfProfileLine *line, const char *name)
{
  BfText text = { .type = draw->style->window ? BF_TYPE_TICK : BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_2] };

  bf_draw_line (draw, x, y, x + 18, y, line->width, line->color);
  bf_draw_mark (draw, line->mark, x + 9, y, draw->mark * (line->hollow ? 0.72 : 0.9), line->color, line->hollow);
  return x + 24 + bf_draw_text (draw, &text, x + 24, y, name) + 14;
}

static BfProfileLine
look_of (BfDraw *draw, const BfFigureData *data, guint run)
{
  gboolean alone = data->n_runs == 1;
  BfRunLook look = bf_draw_get_look (draw, data, run);

  return (BfProfileLine) { .color = alone ? draw->colors[BF_ROLE_ACCENT] : look.color,
                           .width = (draw->small ? 1.6 : 2) * look.line / draw->line,
                           .mark = alone ? BF_FAMILY_BASELINE : look.family, .hollow = look.hollow,
                           .states = run == 0 };
}

/* Names of the lines above the plot. */
static void
draw_legend (BfDraw *draw, const BfProfile *profile, const BfFigureData *data, const BfProfileLine *start,
             gboolean has_start)
{
  double x = profile->plot.x, y = profile->plot.y - (draw->style->window ? 15 : draw->small ? 13 : 17);
  guint64 step = bf_figure_data_get_step (data, 0);
  gboolean last = step == bf_snapshot_get_last_step (data->runs[0].snapshot);
  g_autofree char *number = bf_format_count (step), *at = g_strdup_printf (_("step %s"), number);

  for (guint i = 0; i < data->n_runs && x < draw->width - 60; i++)
    {
      BfProfileLine line = look_of (draw, data, i);
      const char *name = data->n_runs > 1 ? (data->runs[i].label ? data->runs[i].label : "") : last ? _("now") : at;

      x = draw_key (draw, x, y, &line, name);
    }
  if (has_start && x < draw->width - 60)
    draw_key (draw, x, y, start, _("start"));
}

static void
profile_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  BfProfile profile;
  BfProfileLine start;
  const BfSnapshot *first = data->runs[0].snapshot;
  gboolean has_start = data->n_runs == 1 && bf_figure_data_get_step (data, 0) > 0;
  g_autofree char *name = NULL;
  g_autoptr (BfLayerPlaces) places = NULL;

  bf_draw_init (&draw, cr, width, height, style);
  lay_out (&profile, &draw, data);
  places = profile.places;
  if (profile.plot.width < 10 || profile.plot.height < 4 || first->plan->n_weighted == 0)
    return;
  if (data->value)
    {
      draw_names (&draw, &profile, data);
      bf_layer_value_draw_bars (&draw, &profile.rows, &profile.plot, data, bf_figure_data_get_step (data, 0));
      return;
    }
  draw_grid (&draw, &profile, data);
  draw_names (&draw, &profile, data);
  start = (BfProfileLine) { .color = draw.colors[BF_ROLE_INK_3], .width = 1.1, .hollow = TRUE };
  if (has_start)
    draw_line (&draw, &profile, data, 0, first->start, &start);
  for (guint i = data->n_runs; i-- > 0;)
    {
      BfProfileLine line = look_of (&draw, data, i);
      const BfSnapshot *snapshot = data->runs[i].snapshot;

      draw_line (&draw, &profile, data, i, bf_snapshot_get_column (snapshot, bf_figure_data_get_step (data, i)), &line);
    }
  draw_legend (&draw, &profile, data, &start, has_start);
  name = bf_quantity_name (data->tensor, &profile.magnitude, draw.small || style->window);
  bf_draw_magnitude_bar (&draw, &profile.scale, profile.magnitude.fitted, profile.plot.y + profile.plot.height + (draw.small || style->window ? 2 : 4),
                         profile.over, style->window && !profile.magnitude.fitted ? bf_quantity_label (data->tensor) : name);
}

static gboolean
profile_pick (double x, double y, double width, double height, const BfStyle *style,
              const BfFigureData *data, BfCursor *cursor)
{
  gboolean found = FALSE;

  if (data->runs[0].snapshot->plan->n_weighted > 0)
    {
      g_auto (BfDraw) draw = { 0 };
      g_autoptr (BfLayerPlaces) places = NULL;
      BfProfile profile;
      guint row;

      bf_draw_init_nowhere (&draw, width, height, style);
      lay_out (&profile, &draw, data);
      places = profile.places;
      /* A row of a layer that only another run has cannot be chosen. */
      found = bf_rows_find (&profile.rows, y, &row) && places->first[row] >= 0;
      if (found)
        cursor->weighted = (guint) places->first[row];
      if (found)
        cursor->step = bf_figure_data_get_step (data, 0);
    }
  return found;
}

static void
profile_csv (GString *out, const BfFigureData *data)
{
  if (data->value)
    bf_layer_value_csv (data->value, out, data->runs[0].snapshot);
  else
    bf_csv_layers (out, data);
}

static char *
profile_describe (const BfFigureData *data)
{
  if (data->value)
    return bf_layer_value_describe (data->value, data->runs[0].snapshot, bf_figure_data_get_step (data, 0));
  return bf_describe_norms (data->runs[0].snapshot, bf_figure_data_get_step (data, 0), data->tensor);
}

extern const BfFigure bf_figure_profile;
const BfFigure bf_figure_profile = {
  .kind = { "profile", N_("Gradient Norm of Each Layer"), N_("The layers at one step, against the start") },
  .width = 800, .height = 600,
  .draw = profile_draw,
  .csv = profile_csv,
  .describe = profile_describe,
  .pick = profile_pick,
  /* Translators: %s is a quantity, "Gain per layer". */
  .value_title = N_("%s of Each Layer"),
  .reading = N_("One step of the heatmap: the line should stand upright; the hollow one is the start."),
};
