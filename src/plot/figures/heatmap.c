/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Layer × step of log10 of a norm, the input on top: the gradient enters at the bottom and rises.
 * The cells are one image. Beside it, in files, the profile at the cursor; in the window the
 * profile is a figure of its own, whose rows align with these.
 */
#include "../bf-bars.h"
#include "../bf-events.h"
#include "../bf-format.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Steps that the axis has room for at least, so that the first ones are not as wide as the figure. */
#define LEAST_STEPS 8

typedef struct
{
  BfRect cells;      /* rows × steps */
  BfRect profile;    /* width 0: none */
  double over;       /* of the profile's over-range piece */
  double flags;      /* height of the event lane above */
  guint64 end;       /* steps on the axis */
  guint64 trained;   /* steps measured */
  BfRows rows;
  BfScale steps;
} BfHeatmap;

/* Grows by about a quarter when it is full; the planned end when that is nearer. */
static guint64
find_end (const BfSnapshot *snapshot, guint64 trained, gboolean window)
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
  self->end = find_end (snapshot, self->trained, window);
  top = window ? BF_FIGURE_WINDOW_TOP * k : bf_draw_get_top (draw) + (draw->small ? 24 : 33) * k;
  bottom = draw->height - (window ? BF_FIGURE_WINDOW_BOTTOM * k : (draw->small ? 53 : 80) * k);
  self->flags = window ? 0 : (draw->small ? 12 : 16);
  if (!window && draw->width >= 300)
    {
      double magnitude = data->scale_locked ? (draw->small ? 22 : 37) : 0;

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

/* Pixels of the target a logical pixel; files made of lines and curves count 1. */
static double
get_resolution (cairo_t *cr, gboolean *vector)
{
  cairo_surface_t *target = cairo_get_target (cr);
  cairo_surface_type_t type = cairo_surface_get_type (target);
  double x = 1, y = 0, sx = 1, sy = 1;

  *vector = type == CAIRO_SURFACE_TYPE_SVG || type == CAIRO_SURFACE_TYPE_PDF || type == CAIRO_SURFACE_TYPE_PS;
  cairo_user_to_device_distance (cr, &x, &y);
  cairo_surface_get_device_scale (target, &sx, &sy);
  return *vector ? 1 : CLAMP (hypot (x, y) * sx, 0.1, 16);
}

/* Viewers blur small images of an SVG, so these come with every cell repeated (rx, ry). */
static cairo_surface_t *
make_image (BfDraw *draw, const BfCellGrid *grid, const BfMagnitude *magnitude, guint rx, guint ry)
{
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) (grid->columns * rx),
                                                       (int) (grid->rows * ry));
  guint8 *bytes = cairo_image_surface_get_data (image);
  gsize stride = (gsize) cairo_image_surface_get_stride (image);
  guint32 nan = bf_color_get_pixel (draw->colors[BF_ROLE_NAN]);

  if (!bytes)
    return image;
  for (guint y = 0; y < grid->rows * ry; y++)
    {
      guint32 *line = (guint32 *) (void *) (bytes + y * stride);
      const BfCell *cells = grid->cells + (gsize) (y / ry) * grid->columns;

      for (guint x = 0; x < grid->columns * rx; x++)
        {
          const BfCell *cell = &cells[x / rx];
          line[x] = cell->state == BF_CELL_NAN ? nan
                    : cell->state == BF_CELL_EMPTY || cell->state == BF_CELL_ZERO ? 0
                    : bf_magnitude_get_pixel (magnitude, cell->log);
        }
    }
  cairo_surface_mark_dirty (image);
  return image;
}

/* The rows as a path, cut at each step where steps are wide. */
static void
trace_rows (BfDraw *draw, const BfHeatmap *map, guint columns)
{
  double wide = map->cells.width / MAX (1, columns);

  for (guint i = 0; i < map->rows.n; i++)
    {
      BfRect row = bf_rows_get_rect (&map->rows, i);

      if (columns < map->end || wide < 14)
        bf_draw_rectangle (draw, &row, 0);
      else
        for (guint c = 0; c < columns; c++)
          bf_draw_rectangle (draw, &(BfRect) { row.x + c * wide, row.y, wide - (c + 1 < columns), row.height }, 0);
    }
}

/* Path of all cells of a state, neighbors joined; FALSE when there is none. */
static gboolean
trace_state (BfDraw *draw, const BfHeatmap *map, const BfCellGrid *grid, BfCellState state, gboolean frozen)
{
  double width = map->cells.width / grid->columns, height = (map->cells.height + map->rows.gap) / grid->rows;
  gboolean any = FALSE;

  cairo_new_path (draw->cr);
  for (guint y = 0; y < grid->rows; y++)
    for (guint x = 0; x < grid->columns;)
      {
        const BfCell *cells = grid->cells + (gsize) y * grid->columns;
        guint first = x;

        while (x < grid->columns && (frozen ? cells[x].frozen && cells[x].state == BF_CELL_VALUE
                                            : cells[x].state == state))
          x++;
        if (x == first)
          {
            x++;
            continue;
          }
        any = TRUE;
        bf_draw_rectangle (draw, &(BfRect) { map->cells.x + first * width,
                                             map->cells.y - map->rows.gap / 2 + y * height,
                                             (x - first) * width, height }, 0);
      }
  return any;
}

/* "NaN" or "∞" in the middle of a stretch of such cells that has the room. */
static void
draw_words (BfDraw *draw, const BfHeatmap *map, const BfCellGrid *grid)
{
  double width = map->cells.width / grid->columns, size = bf_draw_get_size (draw, BF_TYPE_NOTE);

  if (grid->rows != map->rows.n || map->rows.pitch < 2 * size)
    return;
  for (guint y = 0; y < grid->rows; y++)
    {
      const BfCell *cells = grid->cells + (gsize) y * grid->columns;
      guint first = 0;

      for (guint x = 0; x <= grid->columns; x++)
        {
          if (x < grid->columns && cells[x].state == BF_CELL_NAN)
            continue;
          if ((x - first) * width > 5 * size && cells[first].state == BF_CELL_NAN)
            {
              g_autofree char *word = bf_cell_format (&cells[first]);
              bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .bold = TRUE, .align = BF_ALIGN_CENTER,
                                           .halo = &draw->colors[BF_ROLE_NAN]),
                            map->cells.x + (first + x) / 2.0 * width, bf_rows_get_center (&map->rows, y), word);
            }
          first = x + 1;
        }
    }
}

/* Returns the states that occur, a bit each; bit BF_N_CELLS is frozen. */
static guint
draw_cells (BfDraw *draw, const BfHeatmap *map, const BfFigureData *data, const BfMagnitude *magnitude)
{
  static const BfCellState hatched[] = {
    BF_CELL_BELOW, BF_CELL_SUBNORMAL, BF_CELL_ABOVE, BF_CELL_ZERO, BF_CELL_NAN,
  };
  cairo_t *cr = draw->cr;
  gboolean vector;
  double resolution = get_resolution (cr, &vector);
  guint columns = (guint) CLAMP (ceil (map->cells.width * resolution), 1, MIN (map->end, 8192));
  guint rows = (guint) CLAMP (ceil (map->cells.height * resolution), 1, map->rows.n);
  guint rx = vector ? (guint) ceil (2 * map->cells.width / columns) : 1;
  guint ry = vector ? (guint) ceil (2 * map->cells.height / rows) : 1;
  g_autoptr (BfCellGrid) grid = bf_cell_grid_new (data->runs[0].snapshot, data->tensor, magnitude,
                                                  map->end, columns, rows);
  cairo_surface_t *image = make_image (draw, grid, magnitude, MAX (1, rx), MAX (1, ry));
  guint states = 0;

  cairo_save (cr);
  trace_rows (draw, map, columns);
  cairo_clip (cr);
  cairo_save (cr);
  cairo_translate (cr, map->cells.x, map->cells.y - map->rows.gap / 2);
  cairo_scale (cr, map->cells.width / (columns * MAX (1, rx)),
               (map->cells.height + map->rows.gap) / (rows * MAX (1, ry)));
  cairo_set_source_surface (cr, image, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
  for (guint i = 0; i < G_N_ELEMENTS (hatched); i++)
    if (trace_state (draw, map, grid, hatched[i], FALSE))
      {
        states |= 1u << hatched[i];
        bf_draw_cell_hatch (draw, hatched[i], FALSE);
      }
  if (trace_state (draw, map, grid, BF_CELL_VALUE, TRUE))
    {
      states |= 1u << BF_N_CELLS;
      bf_draw_cell_hatch (draw, BF_CELL_VALUE, TRUE);
    }
  cairo_restore (cr);
  cairo_new_path (cr);
  draw_words (draw, map, grid);
  cairo_surface_destroy (image);
  return states;
}

static void
draw_untrained (BfDraw *draw, const BfHeatmap *map, const BfSnapshot *snapshot)
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

static double
cursor_x (const BfHeatmap *map, guint64 step)
{
  return bf_scale_map (&map->steps, MIN (step, map->end - 1) + 0.5);
}

static void
draw_cursor (BfDraw *draw, const BfHeatmap *map, const BfCursor *cursor)
{
  cairo_t *cr = draw->cr;
  double x = cursor_x (map, cursor->step), bottom = map->cells.y + map->cells.height;
  double right = bf_scale_map (&map->steps, (double) map->trained);
  BfColor ink = draw->colors[BF_ROLE_INK], line = draw->colors[draw->style->window ? BF_ROLE_ACCENT : BF_ROLE_INK];
  BfColor halo = bf_color_alpha (draw->colors[BF_ROLE_SURFACE], 0.55);

  if (cursor->weighted < map->rows.n)
    {
      BfRect row = bf_rows_get_rect (&map->rows, cursor->weighted);

      row.width = right - row.x;
      cairo_rectangle (cr, row.x + 1, row.y + 1, MAX (0, row.width - 2), MAX (0, row.height - 2));
      cairo_set_line_width (cr, 1);
      bf_draw_set_color (draw, draw->colors[BF_ROLE_SURFACE]);
      cairo_stroke (cr);
      cairo_rectangle (cr, row.x - 0.3, row.y - 0.3, row.width + 0.6, row.height + 0.6);
      cairo_set_line_width (cr, 1.6);
      bf_draw_set_color (draw, line);
      cairo_stroke (cr);
    }
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
  if (!draw->small)
    {
      gboolean known = isfinite (update);

      third = bf_format_value (known ? update : column->loss);
      names[n] = known ? _("update ratio") : _("loss");
      values[n++] = third;
    }
  bf_draw_card (draw, &(BfRect) { 4, 4, draw->width - 8, draw->height - 8 }, cursor_x (map, hover->step),
                row.y, row.y + row.height, title, names, values, n);
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
  if (!draw->small && step > 0)
    {
      double x = area->x + width + 18;

      bf_draw_line (draw, x, y - 6, x, y + 6, 1.6, draw->colors[BF_ROLE_INK]);
      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_2]), x + 6, y,
                    _("at the start"));
    }
  bf_draw_bars (draw, &rows, &scale, map->over, snapshot, step, data->tensor, magnitude,
                data->show_cursor ? (int) data->cursor.weighted : -1);
  bf_draw_magnitude_bar (draw, &scale, area->y + area->height + (draw->small ? 2 : 4), map->over, name);
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
  draw_untrained (&draw, &map, snapshot);
  states = draw_cells (&draw, &map, data, &magnitude);
  bf_draw_axis_x (&draw, &map.cells, &map.steps, 1, style->window ? _("Step") : _("step"));
  bf_draw_row_names (&draw, &map.rows, snapshot->plan, chosen ? (int) data->cursor.weighted : -1);
  if (map.flags > 0)
    bf_draw_events (&draw, &map.cells, &map.steps, snapshot);
  if (map.profile.width > 40)
    draw_profile (&draw, &map, data, &magnitude);
  if (!style->window)
    bf_draw_state_keys (&draw, states);
  if (chosen)
    draw_cursor (&draw, &map, &data->cursor);
  if (data->hover && data->hover->weighted < snapshot->plan->n_weighted)
    draw_read_out (&draw, &map, data, &magnitude);
}

static gboolean
heatmap_pick (double x, double y, double width, double height, const BfStyle *style,
              const BfFigureData *data, BfCursor *cursor)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  cairo_surface_t *nowhere = cairo_recording_surface_create (CAIRO_CONTENT_ALPHA, NULL);
  cairo_t *cr = cairo_create (nowhere);
  gboolean found = FALSE;
  BfHeatmap map;
  guint row;

  if (snapshot->plan->n_weighted > 0)
    {
      g_auto (BfDraw) draw = { 0 };

      bf_draw_init (&draw, cr, width, height, style);
      lay_out (&map, &draw, data);
      if (bf_rows_find (&map.rows, y, &row) && x >= map.cells.x && x < map.cells.x + map.cells.width)
        {
          guint64 step = (guint64) MAX (0, bf_scale_invert (&map.steps, x));

          cursor->weighted = row;
          cursor->step = MIN (step, map.trained - 1);
          found = step < map.trained;
        }
    }
  cairo_destroy (cr);
  cairo_surface_destroy (nowhere);
  return found;
}

static void
heatmap_csv (GString *out, const BfFigureData *data)
{
  bf_csv_columns (out, data);
}

static char *
heatmap_describe (const BfFigureData *data)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;

  return bf_describe_norms (snapshot, data->show_cursor ? data->cursor.step : bf_snapshot_get_last_step (snapshot),
                            data->tensor);
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
};
