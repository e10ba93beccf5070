/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Layer × step of log10 of a norm, the input on top: the gradient enters at the bottom and rises.
 * The cells are one image. Beside it, in files, the profile at the cursor; in the window the
 * profile is a figure of its own, whose rows align with these.
 */
#include "../bf-layer-value.h"
#include "../bf-bars.h"
#include "../bf-events.h"
#include "../../engine/bf-format.h"
#include "../bf-table.h"
#include "heatmap-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Steps that the axis has room for at least, so that the first ones are not as wide as the figure. */
#define LEAST_STEPS 8

guint64
bf_heatmap_find_end (const BfSnapshot *snapshot, guint64 trained, gboolean window)
{
  guint64 end = MAX (trained, LEAST_STEPS);

  if (snapshot->outcome == BF_OUTCOME_DIVERGED)
    return MAX (end, (guint64) ceil (trained * (window ? 1.25 : 1.08)));
  if (!window || snapshot->outcome != BF_OUTCOME_NONE)
    return trained;
  end = (guint64) ceil (bf_nice_above (MAX (end, 20)));
  return snapshot->steps_planned >= trained ? MIN (end, MAX (1, snapshot->steps_planned)) : end;
}

static guint64
count_trained (const BfSnapshot *snapshot)
{
  return bf_snapshot_get_last_step (snapshot) + 1;
}

static void
lay_out (BfHeatmap *self, BfDraw *draw, const BfFigureData *data)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  gboolean window = draw->style->window;
  double k = CLAMP (draw->style->font_scale, 0.5, 4);
  double left = draw->margin + bf_draw_row_names_width (draw, snapshot->plan) - (window ? 4 : 0);
  double right = draw->width - draw->margin;
  double top, bottom, profile = 0;

  *self = (BfHeatmap) { .trained = count_trained (snapshot) };
  self->end = bf_heatmap_find_end (snapshot, self->trained, window);
  /* Runs above each other in the window: the same steps at the same place. */
  for (guint i = 1; window && i < data->n_runs; i++)
    self->end = MAX (self->end, bf_heatmap_find_end (data->runs[i].snapshot, count_trained (data->runs[i].snapshot), window));
  top = window ? BF_FIGURE_WINDOW_TOP * k : bf_draw_get_top (draw) + (draw->small ? 24 : 33) * k;
  bottom = draw->height - (window ? BF_FIGURE_WINDOW_BOTTOM * k : (draw->small ? 53 : 80) * k);
  self->flags = window ? 0 : (draw->small ? 12 : 16);
  if (!window && draw->width >= 300)
    {
      double magnitude = data->scale_locked && !data->value ? (draw->small ? 22 : 37) : 0;

      right -= draw->small ? 6 : 8;
      profile = 0.255 * draw->width - magnitude;
      self->over = MAX (0, magnitude - 3);
      self->profile = (BfRect) { round (right - profile - magnitude), round (top), profile, round (bottom) - round (top) };
      right = self->profile.x - draw->gap;
    }
  self->cells = (BfRect) { round (left), round (top), MAX (0, round (right) - round (left)),
                           MAX (0, round (bottom) - round (top)) };
  self->profile.height = self->cells.height;
  bf_rows_init (&self->rows, draw, &self->cells, snapshot->plan->n_weighted);
  self->steps = (BfScale) { 0, (double) self->end, self->cells.x, self->cells.x + self->cells.width };
}

void
bf_heatmap_draw_untrained (BfDraw *draw, const BfHeatmap *map, const BfSnapshot *snapshot)
{
  double x = bf_scale_map (&map->steps, (double) map->trained);
  double width = map->cells.x + map->cells.width - x;
  BfRect rest = { x, map->cells.y, width, map->cells.height };
  BfText note = { .type = BF_TYPE_NOTE, .align = BF_ALIGN_CENTER, .angle = -G_PI / 2,
                  .color = &draw->colors[BF_ROLE_INK_3] };
  g_autofree char *step = NULL, *text = NULL;

  if (draw->style->window)
    bf_draw_fill (draw, &rest, bf_color_alpha (draw->colors[BF_ROLE_INK], 0.045));
  if (snapshot->outcome != BF_OUTCOME_DIVERGED)
    return;
  step = bf_format_count (snapshot->diverged_step);
  /* Translators: along the edge of the heatmap, after the last column. %s: a step number. */
  text = g_strdup_printf (_("stopped by itself at step %s"), step);
  if (width > 1.6 * bf_draw_get_size (draw, BF_TYPE_NOTE)
      && bf_draw_text_width (draw, &note, text) < map->cells.height - 8)
    bf_draw_text (draw, &note, x + width / 2, map->cells.y + map->cells.height / 2, text);
}

double
bf_heatmap_cursor_x (const BfHeatmap *map, guint64 step)
{
  return bf_scale_map (&map->steps, MIN (step, map->end - 1) + 0.5);
}

static void
draw_chosen_row (BfDraw *draw, const BfHeatmap *map, guint weighted)
{
  cairo_t *cr = draw->cr;
  BfRect row = bf_rows_get_rect (&map->rows, weighted);

  row.width = bf_scale_map (&map->steps, (double) map->trained) - row.x;
  cairo_rectangle (cr, row.x + 1, row.y + 1, MAX (0, row.width - 2), MAX (0, row.height - 2));
  cairo_set_line_width (cr, 1);
  bf_draw_set_color (draw, draw->colors[BF_ROLE_SURFACE]);
  cairo_stroke (cr);
  cairo_rectangle (cr, row.x - 0.3, row.y - 0.3, row.width + 0.6, row.height + 0.6);
  cairo_set_line_width (cr, 1.6);
  bf_draw_set_color (draw, draw->colors[draw->style->window ? BF_ROLE_ACCENT : BF_ROLE_INK]);
  cairo_stroke (cr);
}

void
bf_heatmap_draw_cursor (BfDraw *draw, const BfHeatmap *map, const BfCursor *cursor, BfDrawPart part)
{
  cairo_t *cr = draw->cr;
  double x = bf_heatmap_cursor_x (map, cursor->step), bottom = map->cells.y + map->cells.height;
  BfColor ink = draw->colors[BF_ROLE_INK], halo = bf_color_alpha (draw->colors[BF_ROLE_SURFACE], 0.55);

  if (cursor->weighted < map->rows.n && part != BF_DRAW_HAND)
    draw_chosen_row (draw, map, cursor->weighted);
  if (part == BF_DRAW_GROUND)
    return;
  bf_draw_line (draw, x, map->cells.y - 2, x, bottom + 2, 3, halo);
  bf_draw_line (draw, x, map->cells.y - 2, x, bottom + 2, 1.2, ink);
  cairo_move_to (cr, x, bottom + 3);
  cairo_line_to (cr, x + 4.5, bottom + 8.5);
  cairo_line_to (cr, x - 4.5, bottom + 8.5);
  cairo_close_path (cr);
  bf_draw_set_color (draw, ink);
  cairo_fill (cr);
}

static void
draw_read_out (BfDraw *draw, const BfHeatmap *map, const BfFigureData *data, const BfMagnitude *magnitude)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  const BfPlan *plan = snapshot->plan;
  const BfCursor *hover = data->hover;
  const BfColumn *column = bf_snapshot_get_column (snapshot, hover->step);
  BfCell cell = bf_cell_new (bf_column_get_stats (column, plan, hover->weighted, data->tensor), magnitude);
  g_autofree char *step = bf_format_count (hover->step), *title = NULL;
  g_autofree char *name = bf_quantity_name (data->tensor, &(BfMagnitude) { 0 }, TRUE), *against = NULL;
  g_autofree char *value = bf_cell_format (&cell), *ratio = NULL, *third = NULL;
  const char *names[3] = { name }, *values[3] = { value };
  guint first, last, n = 1;
  const BfStageMark *stage = bf_stage_mark_find (snapshot, hover->step);
  float update = column->layers[plan->weighted[hover->weighted]].update_ratio;
  BfRect row = bf_rows_get_rect (&map->rows, hover->weighted);

  /* Translators: head of a read-out: layer and step, "Dense 3, step 1,130". */
  title = g_strdup_printf (_("%s, step %s"), bf_layer_name (plan, hover->weighted), step);
  if (bf_plan_get_hidden (plan, &first, &last) && last != hover->weighted)
    {
      BfCell other = bf_cell_new (bf_column_get_stats (column, plan, last, data->tensor), magnitude);

      if (isfinite (other.log) && isfinite (cell.log))
        {
          against = g_strdup_printf (_("against %s"), bf_layer_name (plan, last));
          ratio = bf_format_ratio (pow (10, cell.log - other.log));
          names[n] = against;
          values[n++] = ratio;
        }
    }
  if (stage)
    {
      third = bf_stage_mark_format (stage, plan);
      names[n] = _("stage");
      values[n++] = third;
    }
  else if (!draw->small)
    {
      gboolean known = isfinite (update);

      third = bf_format_value (known ? update : column->loss);
      names[n] = known ? _("update ratio") : _("loss");
      values[n++] = third;
    }
  /* Never over the names. */
  bf_draw_card (draw, &(BfRect) { map->cells.x, 4, draw->width - map->cells.x - 4, draw->height - 8 }, bf_heatmap_cursor_x (map, hover->step),
                row.y, row.y + row.height, title, names, values, n);
}

static void
draw_value_read_out (BfDraw *draw, const BfHeatmap *map, const BfFigureData *data)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  const BfCursor *hover = data->hover;
  const BfCell cell = bf_layer_value_get_cell (data->value, bf_snapshot_get_column (snapshot, hover->step), snapshot->plan,
                                               hover->weighted);
  const BfRect row = bf_rows_get_rect (&map->rows, hover->weighted);
  g_autofree char *step = bf_format_count (hover->step), *value = bf_layer_value_format (data->value, &cell);
  g_autofree char *title = g_strdup_printf (_("%s, step %s"), bf_layer_name (snapshot->plan, hover->weighted), step);

  bf_draw_card (draw, &(BfRect) { map->cells.x, 4, draw->width - map->cells.x - 4, draw->height - 8 }, bf_heatmap_cursor_x (map, hover->step),
                row.y, row.y + row.height, title, (const char *const[]) { _(data->value->name) },
                (const char *const[]) { value }, 1);
}

static void
draw_profile (BfDraw *draw, const BfHeatmap *map, const BfFigureData *data, const BfMagnitude *magnitude)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  const BfRect *area = &map->profile;
  guint64 step = data->show_cursor ? data->cursor.step : bf_snapshot_get_last_step (snapshot);
  g_autofree char *number = bf_format_count (step), *head = g_strdup_printf (_("at step %s"), number);
  g_autofree char *name = bf_quantity_name (data->tensor, magnitude, draw->small);
  double k = CLAMP (draw->style->font_scale, 0.5, 4), y = area->y - (draw->small ? 13 : 17) * k;
  double width = bf_draw_text (draw, BF_TEXT (.bold = TRUE), area->x, y, head);
  BfScale scale = { magnitude->low, magnitude->high, area->x, area->x + area->width };
  BfRows rows = map->rows;

  rows.rect.x = area->x;
  rows.rect.width = area->width;
  if (data->value)
    {
      bf_layer_value_draw_bars (draw, &rows, area, data, step);
      return;
    }
  if (!draw->small && step > 0)
    {
      double x = area->x + width + 18;

      bf_draw_line (draw, x, y - 6, x, y + 6, 1.6, draw->colors[BF_ROLE_INK]);
      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_2]), x + 6, y,
                    _("at the start"));
    }
  bf_draw_bars (draw, &rows, &scale, map->over, snapshot, step, data->tensor, magnitude,
                data->show_cursor ? (int) data->cursor.weighted : -1);
  bf_draw_magnitude_bar (draw, &scale, magnitude->fitted, area->y + area->height + (draw->small ? 2 : 4), map->over, name);
}

/* What moves with the cursor's step and the pointer. */
static void
draw_hand (BfDraw *draw, const BfHeatmap *map, const BfFigureData *data, const BfMagnitude *magnitude)
{
  const guint n = data->runs[0].snapshot->plan->n_weighted;

  if (data->show_cursor && data->cursor.weighted < n)
    bf_heatmap_draw_cursor (draw, map, &data->cursor, BF_DRAW_HAND);
  if (data->hover && data->hover->weighted < n && data->value)
    draw_value_read_out (draw, map, data);
  else if (data->hover && data->hover->weighted < n)
    draw_read_out (draw, map, data, magnitude);
}

static void
heatmap_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  g_auto (BfDraw) draw = { 0 };
  BfHeatmap map;
  BfMagnitude magnitude;
  gboolean chosen = data->show_cursor && data->cursor.weighted < snapshot->plan->n_weighted;
  guint states;

  bf_draw_init (&draw, cr, width, height, style);
  bf_magnitude_init (&magnitude, data);
  lay_out (&map, &draw, data);
  if (map.cells.width < 4 || map.cells.height < 4 || snapshot->plan->n_weighted == 0)
    return;
  if (data->part == BF_DRAW_HAND)
    {
      draw_hand (&draw, &map, data, &magnitude);
      return;
    }
  bf_heatmap_draw_untrained (&draw, &map, snapshot);
  states = data->value ? bf_heatmap_draw_values (&draw, &map, data) : bf_heatmap_draw_cells (&draw, &map, data, &magnitude);
  bf_draw_axis_x (&draw, &map.cells, &map.steps, 1, style->window ? _("Step") : _("step"));
  bf_draw_row_names (&draw, &map.rows, snapshot->plan, chosen ? (int) data->cursor.weighted : -1);
  if (map.flags > 0)
    bf_draw_events (&draw, &map.cells, &map.steps, snapshot);
  if (map.profile.width > 40)
    draw_profile (&draw, &map, data, &magnitude);
  if (!style->window)
    bf_draw_state_keys (&draw, states);
  if (chosen)
    bf_heatmap_draw_cursor (&draw, &map, &data->cursor, BF_DRAW_GROUND);
  if (data->part == BF_DRAW_ALL)
    draw_hand (&draw, &map, data, &magnitude);
}

static gboolean
heatmap_pick (double x, double y, double width, double height, const BfStyle *style,
              const BfFigureData *data, BfCursor *cursor)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  gboolean found = FALSE;
  BfHeatmap map;
  guint row;

  if (snapshot->plan->n_weighted > 0)
    {
      g_auto (BfDraw) draw = { 0 };

      bf_draw_init_nowhere (&draw, width, height, style);
      lay_out (&map, &draw, data);
      if (bf_rows_find (&map.rows, y, &row) && x >= map.cells.x && x < map.cells.x + map.cells.width)
        {
          guint64 step = (guint64) MAX (0, bf_scale_invert (&map.steps, x));

          cursor->weighted = row;
          cursor->step = MIN (step, map.trained - 1);
          found = step < map.trained;
        }
    }
  return found;
}

static void
heatmap_csv (GString *out, const BfFigureData *data)
{
  if (data->value)
    bf_layer_value_csv (data->value, out, data->runs[0].snapshot);
  else
    bf_csv_columns (out, data);
}

static char *
heatmap_describe (const BfFigureData *data)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  const guint64 step = data->show_cursor ? data->cursor.step : bf_snapshot_get_last_step (snapshot);

  return data->value ? bf_layer_value_describe (data->value, snapshot, step) : bf_describe_norms (snapshot, step, data->tensor);
}

extern const BfFigure bf_figure_heatmap;
const BfFigure bf_figure_heatmap = {
  .kind = { "heatmap", N_("Gradient Norm by Layer and Step"),
            N_("Where the gradient vanishes or explodes, and when") },
  .width = 1200, .height = 700,
  .draw = heatmap_draw,
  .csv = heatmap_csv,
  .describe = heatmap_describe,
  .pick = heatmap_pick,
  /* Translators: %s is a quantity, "Gain per layer". */
  .value_title = N_("%s by Layer and Step"),
  .ground = BF_GROUND_OF_LAYER,
  .reading = N_("A row a layer, input on top: a row that darkens upward is a gradient that dies on its way back."),
};
