/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Two runs beside each other: a heatmap each, on one locked scale of colors, over the same steps,
 * each layer in the same row.
 */
#include "../bf-events.h"
#include "../../engine/bf-format.h"
#include "../bf-table.h"
#include "compare-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MAX_PANELS 2
#define LEAST_STEPS 8

typedef struct
{
  guint n;
  BfHeatmap maps[MAX_PANELS];
  BfRect bar;
  BfMagnitude magnitude;
  BfPairRows *rows;
} BfCompare;

static void
compare_clear (BfCompare *self)
{
  g_clear_pointer (&self->rows, bf_pair_rows_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BfCompare, compare_clear)

static guint32
get_pixel (gconstpointer scale, double log10_value)
{
  return bf_magnitude_get_pixel (scale, log10_value);
}

static void
lay_out (BfCompare *self, BfDraw *draw, const BfFigureData *data)
{
  gboolean window = draw->style->window;
  double k = CLAMP (draw->style->font_scale, 0.5, 4), bar = bf_compare_bar_width (draw, !window), left, right, top, bottom, width;
  guint64 end = LEAST_STEPS;

  *self = (BfCompare) { .n = MIN (MAX_PANELS, data->n_runs), .magnitude = { BF_MAGNITUDE_LOW, BF_MAGNITUDE_HIGH, FALSE } };
  self->rows = bf_pair_rows_new (data->runs[0].snapshot->plan, self->n > 1 ? data->runs[1].snapshot->plan : NULL);
  for (guint i = 0; i < self->n; i++)
    {
      self->maps[i].trained = bf_snapshot_get_last_step (data->runs[i].snapshot) + 1;
      end = MAX (end, bf_heatmap_find_end (data->runs[i].snapshot, self->maps[i].trained, window));
    }
  left = round (draw->margin + bf_draw_names_width (draw, self->rows->names, self->rows->n) - (window ? 4 : 0));
  right = draw->width - draw->margin - bar;
  top = round (window ? BF_FIGURE_WINDOW_TOP * k : bf_draw_get_top (draw) + (draw->small ? 24 : 33) * k);
  bottom = round (draw->height - (window ? BF_FIGURE_WINDOW_BOTTOM * k : (draw->small ? 46 : 66) * k));
  width = floor (MAX (0, (right - left - (self->n - 1) * draw->gap) / self->n));
  for (guint i = 0; i < self->n; i++)
    {
      BfHeatmap *map = &self->maps[i];

      map->end = end;
      map->cells = (BfRect) { left + i * (width + draw->gap), top, width, MAX (0, bottom - top) };
      bf_rows_init (&map->rows, draw, &map->cells, self->rows->n);
      map->steps = (BfScale) { 0, (double) end, map->cells.x, map->cells.x + width };
    }
  self->bar = (BfRect) { round (right) + (draw->small ? 10 : 14), top, bar > 0 ? 8 : 0, MAX (0, bottom - top) };
}

/* The run's mark and name over its heatmap. */
static void
draw_head (BfDraw *draw, const BfHeatmap *map, const BfFigureData *data, guint run)
{
  BfRunLook look = bf_draw_get_look (draw, data, run);
  double k = CLAMP (draw->style->font_scale, 0.5, 4), y = map->cells.y - (draw->small ? 12 : 15) * k;

  bf_draw_mark (draw, look.family, map->cells.x + draw->mark, y, draw->mark, look.color, look.hollow);
  bf_draw_text (draw, BF_TEXT (.bold = TRUE, .max_width = MAX (1, map->cells.width - 2 * draw->mark - 6)),
                map->cells.x + 2 * draw->mark + 6, y, bf_compare_get_label (data, run));
}

/* Where the run has no layer of that row. */
static void
draw_missing (BfDraw *draw, const BfCompare *self, guint run)
{
  const BfHeatmap *map = &self->maps[run];
  BfText note = { .type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_3], .max_width = MAX (1, map->cells.width - 8) };

  if (map->rows.pitch < 1.1 * bf_draw_get_size (draw, BF_TYPE_NOTE))
    return;
  for (guint i = 0; i < self->rows->n; i++)
    if (self->rows->at[run][i] < 0)
      bf_draw_text (draw, &note, map->cells.x + 6, bf_rows_get_center (&map->rows, i), _("not in this run"));
}

static guint
draw_panel (BfDraw *draw, const BfCompare *self, const BfFigureData *data, guint run)
{
  const BfHeatmap *map = &self->maps[run];
  const BfSnapshot *snapshot = data->runs[run].snapshot;
  g_autoptr (BfCellGrid) grid = NULL;
  guint columns, rows, states;

  bf_heatmap_draw_untrained (draw, map, snapshot);
  bf_heatmap_fit_grid (draw, map, &columns, &rows);
  grid = bf_cell_grid_new_placed (snapshot, data->tensor, &self->magnitude, map->end, columns, rows,
                                  self->rows->places[run], self->rows->n);
  states = bf_heatmap_draw_grid (draw, map, grid, get_pixel, &self->magnitude);
  if (self->n > 1)
    draw_missing (draw, self, run);
  bf_draw_axis_x (draw, &map->cells, &map->steps, 1, draw->style->window ? _("Step") : _("step"));
  draw_head (draw, map, data, run);
  return states;
}

/* Beside what the pointer is over. */
static void
draw_read_out (BfDraw *draw, const BfCompare *self, const BfFigureData *data)
{
  bf_compare_draw_card (draw, data, self->rows, self->rows->places[0][data->hover->weighted], data->hover->step,
                        &self->maps[MIN (data->hover->panel, self->n - 1)]);
}

/* What moves with the cursor's step and the pointer. */
static void
draw_hand (BfDraw *draw, const BfCompare *self, const BfFigureData *data)
{
  const guint n = data->runs[0].snapshot->plan->n_weighted;

  for (guint i = 0; data->show_cursor && data->cursor.weighted < n && i < self->n; i++)
    bf_heatmap_draw_cursor (draw, &self->maps[i], &(BfCursor) { self->rows->places[0][data->cursor.weighted],
                                                                MIN (data->cursor.step, self->maps[i].trained - 1) }, BF_DRAW_HAND);
  if (data->hover && data->hover->weighted < n)
    draw_read_out (draw, self, data);
}

static void
compare_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  g_auto (BfCompare) self = { 0 };
  const BfPlan *plan = data->runs[0].snapshot->plan;
  g_autofree char *name = bf_quantity_name (data->tensor, &self.magnitude, FALSE);
  gboolean chosen = data->show_cursor && data->cursor.weighted < plan->n_weighted;
  guint states = 0, row = 0;

  bf_draw_init (&draw, cr, width, height, style);
  lay_out (&self, &draw, data);
  if (self.maps[0].cells.width < 4 || self.maps[0].cells.height < 4 || self.rows->n == 0 || plan->n_weighted == 0)
    return;
  if (chosen)
    row = self.rows->places[0][data->cursor.weighted];
  if (data->part == BF_DRAW_HAND)
    {
      draw_hand (&draw, &self, data);
      return;
    }
  for (guint i = 0; i < self.n; i++)
    states |= draw_panel (&draw, &self, data, i);
  bf_draw_names (&draw, &self.maps[0].rows, self.rows->names, self.rows->n, chosen ? (int) row : -1);
  bf_compare_draw_bar (&draw, &self.bar, &(BfCompareBar) { BF_MAGNITUDE_LOW, BF_MAGNITUDE_HIGH, draw.small ? 10 : 16,
                                                           get_pixel, &self.magnitude, FALSE,
                                                           style->window ? NULL : name });
  if (!style->window)
    bf_draw_state_keys (&draw, states);
  for (guint i = 0; chosen && i < self.n; i++)
    bf_heatmap_draw_cursor (&draw, &self.maps[i], &(BfCursor) { row, 0 }, BF_DRAW_GROUND);
  if (data->part == BF_DRAW_ALL)
    draw_hand (&draw, &self, data);
}

static gboolean
compare_pick (double x, double y, double width, double height, const BfStyle *style,
              const BfFigureData *data, BfCursor *cursor)
{
  gboolean found = FALSE;
  g_auto (BfDraw) draw = { 0 };
  g_auto (BfCompare) self = { 0 };
  guint row;

  bf_draw_init_nowhere (&draw, width, height, style);
  lay_out (&self, &draw, data);
  for (guint i = 0; i < self.n && self.rows->n > 0 && !found; i++)
    {
      const BfHeatmap *map = &self.maps[i];
      guint64 step = (guint64) MAX (0, bf_scale_invert (&map->steps, x));

      found = bf_rows_find (&map->rows, y, &row) && x >= map->cells.x && x < map->cells.x + map->cells.width
              && step < map->trained && step < self.maps[0].trained && self.rows->at[0][row] >= 0;
      if (found)
        *cursor = (BfCursor) { (guint) self.rows->at[0][row], step, .panel = i };
    }
  return found;
}

static char *
compare_describe (const BfFigureData *data)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < MIN (MAX_PANELS, data->n_runs); i++)
    {
      g_autofree char *words = bf_describe_norms (data->runs[i].snapshot, bf_figure_data_get_step (data, i), data->tensor);
      /* Translators: a run and what is said of it. */
      g_string_append_printf (out, i ? _(" %s: %s") : _("%s: %s"), bf_compare_get_label (data, i), words);
    }
  return g_string_free (out, FALSE);
}

extern const BfFigure bf_figure_compare;
const BfFigure bf_figure_compare = {
  .kind = { "compare", N_("Two Runs on One Scale"), N_("The gradient of two runs side by side, by layer and step") },
  .width = 1200, .height = 600,
  .draw = compare_draw,
  .csv = bf_csv_run_columns,
  .describe = compare_describe,
  .pick = compare_pick,
  .ground = BF_GROUND_OF_LAYER,
  .reading = N_("The same color is the same norm in both."),
};
