/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One run against another: layer × step of log10 of the ratio of their norms, centred on 1 ×,
 * over the steps that both have. A run alone is held against its own start. Layers that only one
 * run has stay empty and say so.
 */
#include "../bf-events.h"
#include "../../engine/bf-format.h"
#include "../bf-table.h"
#include "compare-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Decades to either side of 1 × while the scale is locked. */
#define LOCKED_RANGE 6.0
/* Large areas take the inner part of the diverging map. */
#define INNER 0.62

typedef struct
{
  double range;      /* decades to either side */
  gboolean fitted;
  BfTheme theme;
} BfRatioScale;

typedef struct
{
  BfHeatmap map;
  BfRect bar;
  BfRatioScale scale;
  BfPairRows *rows;
  const BfSnapshot *runs[2];   /* both the same: against its start */
} BfDifference;

static void
difference_clear (BfDifference *self)
{
  g_clear_pointer (&self->rows, bf_pair_rows_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BfDifference, difference_clear)

static guint32
get_pixel (gconstpointer scale, double log10_ratio)
{
  const BfRatioScale *self = scale;

  return bf_color_get_pixel (bf_colormap_diverging (self->theme, INNER * CLAMP (log10_ratio / self->range, -1, 1)));
}

static BfCellGrid *
make_start_grid (const BfDifference *self, BfTensor tensor, guint columns, guint rows)
{
  static const BfMagnitude any = { -INFINITY, INFINITY, FALSE };
  const BfSnapshot *snapshot = self->runs[0];
  BfCellGrid *grid = g_new0 (BfCellGrid, 1);

  *grid = (BfCellGrid) { columns, rows, g_new0 (BfCell, (gsize) columns * rows) };
  for (guint w = 0; w < snapshot->plan->n_weighted; w++)
    {
      BfCell cell = bf_cell_new (bf_column_get_stats (snapshot->start, snapshot->plan, w, tensor), &any);
      BfCell *row = grid->cells + (gsize) (w * (guint64) rows / snapshot->plan->n_weighted) * columns;

      for (guint x = 0; x < columns; x++)
        row[x] = cell;
    }
  return grid;
}

/* The cells of both runs, divided. */
static BfCellGrid *
make_grid (const BfDifference *self, BfTensor tensor, guint columns, guint rows)
{
  static const BfMagnitude any = { -INFINITY, INFINITY, FALSE };
  gboolean alone = self->runs[0] == self->runs[1];
  BfCellGrid *a = bf_cell_grid_new_placed (self->runs[0], tensor, &any, self->map.end, columns, rows,
                                           self->rows->places[0], self->rows->n);
  g_autoptr (BfCellGrid) b = alone ? make_start_grid (self, tensor, columns, rows)
                                   : bf_cell_grid_new_placed (self->runs[1], tensor, &any, self->map.end, columns, rows,
                                                              self->rows->places[1], self->rows->n);
  guint past = (guint) MIN (columns, ceil (self->map.trained * (columns / (double) self->map.end) - 1e-9));

  for (guint y = 0; y < rows; y++)
    for (guint x = 0; x < columns; x++)
      {
        BfCell *cell = &a->cells[(gsize) y * columns + x];

        *cell = x < past ? bf_compare_divide (cell, &b->cells[(gsize) y * columns + x], self->scale.range)
                         : (BfCell) { NAN, BF_CELL_EMPTY };
      }
  return a;
}

/* Decades that hold every ratio of the two runs, a whole number. */
static double
fit_range (const BfDifference *self, BfTensor tensor)
{
  g_autoptr (BfCellGrid) grid = make_grid (self, tensor, (guint) MIN (256, self->map.end), MIN (256, self->rows->n));
  double most = 0;

  for (gsize i = 0; i < (gsize) grid->columns * grid->rows; i++)
    if (isfinite (grid->cells[i].log))
      most = MAX (most, fabs (grid->cells[i].log));
  return MAX (1, ceil (most - 1e-6));
}

static void
lay_out (BfDifference *self, BfDraw *draw, const BfFigureData *data)
{
  gboolean window = draw->style->window;
  double k = CLAMP (draw->style->font_scale, 0.5, 4), left, right, top, bottom, bar;

  *self = (BfDifference) { .runs = { data->runs[0].snapshot, data->runs[data->n_runs > 1 ? 1 : 0].snapshot } };
  self->rows = bf_pair_rows_new (self->runs[0]->plan, data->n_runs > 1 ? self->runs[1]->plan : NULL);
  self->map.trained = bf_compare_count_common (data);
  self->map.end = MIN (bf_heatmap_find_end (self->runs[0], self->map.trained, window),
                       bf_heatmap_find_end (self->runs[1], self->map.trained, window));
  self->map.end = MAX (self->map.end, self->map.trained);
  bar = bf_compare_bar_width (draw, TRUE);
  left = draw->margin + bf_draw_names_width (draw, self->rows->names, self->rows->n) - (window ? 4 : 0);
  right = draw->width - draw->margin - bar;
  top = window ? BF_FIGURE_WINDOW_TOP * k : bf_draw_get_top (draw) + (draw->small ? 24 : 33) * k;
  bottom = draw->height - (window ? BF_FIGURE_WINDOW_BOTTOM * k : (draw->small ? 46 : 66) * k);
  self->map.cells = (BfRect) { round (left), round (top), MAX (0, round (right) - round (left)),
                               MAX (0, round (bottom) - round (top)) };
  self->bar = (BfRect) { self->map.cells.x + self->map.cells.width + (draw->small ? 10 : 14), self->map.cells.y,
                         bar > 0 ? 8 : 0, self->map.cells.height };
  bf_rows_init (&self->map.rows, draw, &self->map.cells, self->rows->n);
  self->map.steps = (BfScale) { 0, (double) self->map.end, self->map.cells.x, self->map.cells.x + self->map.cells.width };
  self->scale = (BfRatioScale) { LOCKED_RANGE, !data->scale_locked, draw->style->theme };
  if (self->scale.fitted && self->rows->n > 0)
    self->scale.range = fit_range (self, data->tensor);
}

/* "only in Run 2" in the rows of layers that the other run lacks. */
static void
draw_only (BfDraw *draw, const BfDifference *self, const BfFigureData *data)
{
  BfText note = { .type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_2] };

  if (data->n_runs < 2 || self->map.rows.pitch < 1.1 * bf_draw_get_size (draw, BF_TYPE_NOTE))
    return;
  note.max_width = self->map.cells.width - 8;
  for (guint i = 0; i < self->rows->n; i++)
    {
      int only = bf_pair_rows_get_only (self->rows, i);
      /* Translators: in the row of a layer that the other run lacks. %s: "Run 2". */
      g_autofree char *text = only < 0 ? NULL : g_strdup_printf (_("only in %s"), bf_compare_get_label (data, (guint) only));

      if (text)
        bf_draw_text (draw, &note, self->map.cells.x + 6, bf_rows_get_center (&self->map.rows, i), text);
    }
}

/* "Run 2 / Run 1", with the scale's remark. */
static char *
name_ratio (const BfDifference *self, const BfFigureData *data)
{
  /* Translators: the name of a scale of ratios: one run over another, "Run 2 / Run 1". */
  g_autofree char *name = g_strdup_printf (_("%s / %s"), bf_compare_get_label (data, 0), bf_compare_get_label (data, 1));

  return self->scale.fitted ? g_strdup_printf (_("%s, scale fitted"), name) : g_steal_pointer (&name);
}

static void
draw_head (BfDraw *draw, const BfDifference *self, const BfFigureData *data)
{
  g_autofree char *quantity = bf_quantity_name (data->tensor, &(BfMagnitude) { 0 }, draw->small), *head = NULL;
  double k = CLAMP (draw->style->font_scale, 0.5, 4);

  /* Translators: the head of a figure: quantity, one run, the run it is held against. */
  head = g_strdup_printf (_("%s, %s against %s"), quantity, bf_compare_get_label (data, 0), bf_compare_get_label (data, 1));
  bf_draw_text (draw, BF_TEXT (.bold = TRUE, .max_width = self->map.cells.width), self->map.cells.x,
                self->map.cells.y - (draw->small ? 12 : 17) * k, head);
}

static int
get_chosen_row (const BfDifference *self, const BfCursor *cursor)
{
  return cursor->weighted < self->runs[0]->plan->n_weighted ? (int) self->rows->places[0][cursor->weighted] : -1;
}

/* What moves with the cursor's step and the pointer. */
static void
draw_hand (BfDraw *draw, const BfDifference *self, const BfFigureData *data)
{
  int chosen = data->show_cursor ? get_chosen_row (self, &data->cursor) : -1;

  if (chosen >= 0)
    bf_heatmap_draw_cursor (draw, &self->map, &(BfCursor) { (guint) chosen, MIN (data->cursor.step, self->map.trained - 1) },
                            BF_DRAW_HAND);
  if (data->hover && (chosen = get_chosen_row (self, data->hover)) >= 0 && data->hover->step < self->map.trained)
    bf_compare_draw_card (draw, data, self->rows, (guint) chosen, data->hover->step, &self->map);
}

static void
difference_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  g_auto (BfDifference) self = { 0 };
  g_autoptr (BfCellGrid) grid = NULL;
  g_autofree char *name = NULL;
  guint columns, rows, states;
  int chosen;

  bf_draw_init (&draw, cr, width, height, style);
  lay_out (&self, &draw, data);
  if (self.map.cells.width < 4 || self.map.cells.height < 4 || self.rows->n == 0)
    return;
  chosen = data->show_cursor ? get_chosen_row (&self, &data->cursor) : -1;
  name = name_ratio (&self, data);
  if (data->part == BF_DRAW_HAND)
    {
      draw_hand (&draw, &self, data);
      return;
    }
  bf_heatmap_draw_untrained (&draw, &self.map, self.runs[bf_snapshot_get_last_step (self.runs[0]) + 1 > self.map.trained]);
  bf_heatmap_fit_grid (&draw, &self.map, &columns, &rows);
  grid = make_grid (&self, data->tensor, columns, rows);
  states = bf_heatmap_draw_grid (&draw, &self.map, grid, get_pixel, &self.scale);
  bf_heatmap_draw_growth (&draw, &self.map, grid);
  draw_only (&draw, &self, data);
  bf_draw_axis_x (&draw, &self.map.cells, &self.map.steps, 1, style->window ? _("Step") : _("step"));
  bf_draw_names (&draw, &self.map.rows, self.rows->names, self.rows->n, chosen);
  bf_compare_draw_bar (&draw, &self.bar, &(BfCompareBar) { -self.scale.range, self.scale.range, 0, get_pixel, &self.scale,
                                                           TRUE, name });
  if (!style->window)
    {
      draw_head (&draw, &self, data);
      bf_draw_state_keys (&draw, states & ~(1u << BF_CELL_ABOVE));
    }
  if (chosen >= 0)
    bf_heatmap_draw_cursor (&draw, &self.map, &(BfCursor) { (guint) chosen, 0 }, BF_DRAW_GROUND);
  if (data->part == BF_DRAW_ALL)
    draw_hand (&draw, &self, data);
}

static gboolean
difference_pick (double x, double y, double width, double height, const BfStyle *style,
                 const BfFigureData *data, BfCursor *cursor)
{
  gboolean found = FALSE;
  g_auto (BfDraw) draw = { 0 };
  g_auto (BfDifference) self = { 0 };
  const BfRect *cells = &self.map.cells;
  guint row;

  bf_draw_init_nowhere (&draw, width, height, style);
  lay_out (&self, &draw, data);
  if (self.rows->n > 0 && bf_rows_find (&self.map.rows, y, &row) && x >= cells->x && x < cells->x + cells->width
      && self.rows->at[0][row] >= 0)
    {
      guint64 step = (guint64) MAX (0, bf_scale_invert (&self.map.steps, x));

      found = step < self.map.trained;
      if (found)
        *cursor = (BfCursor) { (guint) self.rows->at[0][row], step };
    }
  return found;
}

/* A norm as a number; empty where there is none. */
static void
append_norm (GString *out, const BfCell *cell)
{
  if (cell->state == BF_CELL_EMPTY)
    g_string_append_c (out, ',');
  else
    bf_csv_number (out, cell->state == BF_CELL_ZERO ? 0 : cell->state != BF_CELL_NAN ? pow (10, cell->log)
                        : cell->infinite ? INFINITY : NAN, FALSE);
}

static void
append_rows (GString *out, const BfFigureData *data, const BfPairRows *rows, guint64 first, guint64 last)
{
  for (guint i = 0; i < rows->n; i++)
    {
      BfCell a = bf_compare_get_cell (data, rows, 0, i, last), b = bf_compare_get_cell (data, rows, 1, i, last);

      g_string_append_printf (out, "%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT, first, last);
      bf_csv_text (out, rows->names[i], FALSE);
      bf_csv_text (out, bf_compare_get_label (data, 0), FALSE);
      append_norm (out, &a);
      bf_csv_text (out, bf_compare_get_label (data, 1), FALSE);
      append_norm (out, &b);
      if (isfinite (a.log) && isfinite (b.log))
        bf_csv_number (out, (double) a.log - b.log, FALSE);
      else
        g_string_append_c (out, ',');
      g_string_append_c (out, '\n');
    }
}

/* A row a column of the first run and layer; the second run's column is the one that holds its last step. */
static void
difference_csv (GString *out, const BfFigureData *data)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  g_autoptr (BfPairRows) rows = bf_pair_rows_new (snapshot->plan, data->n_runs > 1 ? data->runs[1].snapshot->plan : NULL);
  guint64 common = bf_compare_count_common (data);

  g_string_append (out, "first_step,last_step,name,run,norm,against,norm_against,log10_ratio\n");
  if (snapshot->columns->len == 0)
    append_rows (out, data, rows, 0, 0);
  for (guint i = 0; i < snapshot->columns->len; i++)
    {
      const BfColumn *column = snapshot->columns->pdata[i];

      if (column->first < common)
        append_rows (out, data, rows, column->first, MIN (column->last, common - 1));
    }
}

/* " Dense 3: 1.2 ×." or what stands in its place. */
static void
describe_row (GString *out, const BfFigureData *data, const BfPairRows *rows, guint row, guint64 step)
{
  BfCell a = bf_compare_get_cell (data, rows, 0, row, step), b = bf_compare_get_cell (data, rows, 1, row, step);
  int only = data->n_runs > 1 ? bf_pair_rows_get_only (rows, row) : -1;

  if (only >= 0)
    g_string_append_printf (out, _(" %s: only in %s."), rows->names[row], bf_compare_get_label (data, (guint) only));
  else if (isfinite (a.log) && isfinite (b.log))
    {
      g_autofree char *ratio = bf_format_ratio (pow (10, (double) a.log - b.log));
      g_string_append_printf (out, _(" %s: %s."), rows->names[row], ratio);
    }
  else
    {
      g_autofree char *first = bf_cell_format (&a), *second = bf_cell_format (&b);
      g_string_append_printf (out, _(" %s: %s against %s."), rows->names[row], first, second);
    }
}

/* Rows said one by one; of deeper networks the first, the chosen and the last. */
#define MOST_SAID 12

static char *
difference_describe (const BfFigureData *data)
{
  const BfPlan *plan = data->runs[0].snapshot->plan;
  g_autoptr (BfPairRows) rows = bf_pair_rows_new (plan, data->n_runs > 1 ? data->runs[1].snapshot->plan : NULL);
  guint64 common = bf_compare_count_common (data), step = data->show_cursor ? MIN (data->cursor.step, common - 1) : common - 1;
  g_autofree char *steps = bf_format_count (common), *at = bf_format_count (step);
  GString *out = g_string_new (NULL);
  guint chosen = data->show_cursor && data->cursor.weighted < plan->n_weighted ? rows->places[0][data->cursor.weighted] : 0;

  /* Translators: quantity, one run, the run it is held against, layers, steps, step. */
  g_string_append_printf (out, ngettext ("%s of %s against %s, %u layer over %s steps. At step %s:",
                                         "%s of %s against %s, %u layers over %s steps. At step %s:", rows->n),
                          bf_quantity_label (data->tensor), bf_compare_get_label (data, 0), bf_compare_get_label (data, 1),
                          rows->n, steps, at);
  for (guint i = 0; i < rows->n; i++)
    if (rows->n <= MOST_SAID || i == 0 || i == chosen || i + 1 == rows->n)
      describe_row (out, data, rows, i, step);
  return g_string_free (out, FALSE);
}

extern const BfFigure bf_figure_difference;
const BfFigure bf_figure_difference = {
  .kind = { "difference", N_("Difference of Two Runs"),
            N_("Where one run’s gradient is larger than another’s, and when") },
  .width = 1200, .height = 600,
  .draw = difference_draw,
  .csv = difference_csv,
  .describe = difference_describe,
  .pick = difference_pick,
  .ground = BF_GROUND_OF_LAYER,
  .reading = N_("Orange: more gradient in the first run; blue: less."),
};
