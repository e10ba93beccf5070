/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The cells as one image, scaled up without smoothing and cut into rows: a rectangle a cell would
 * be slow on the screen and megabytes with hairline seams in a file. The hatches of states lie
 * over it, neighbors joined.
 */
#include "heatmap-private.h"

#include "../bf-layer-value.h"

#include <math.h>
#include <string.h>

/* A file made of lines and curves. */
static gboolean
is_vector (cairo_t *cr)
{
  cairo_surface_type_t type = cairo_surface_get_type (cairo_get_target (cr));

  return type == CAIRO_SURFACE_TYPE_SVG || type == CAIRO_SURFACE_TYPE_PDF || type == CAIRO_SURFACE_TYPE_PS;
}

/* Pixels of the target a logical pixel. */
static double
get_resolution (cairo_t *cr)
{
  cairo_surface_t *target = cairo_get_target (cr);
  double x = 1, y = 0, sx = 1, sy = 1;

  cairo_user_to_device_distance (cr, &x, &y);
  cairo_surface_get_device_scale (target, &sx, &sy);
  return is_vector (cr) ? 1 : CLAMP (hypot (x, y) * sx, 0.1, 16);
}

/* Viewers blur small images of an SVG, so these come with every cell repeated (rx, ry). */
static cairo_surface_t *
make_image (BfDraw *draw, const BfCellGrid *grid, BfCellPixel pixel, gconstpointer scale, guint rx, guint ry)
{
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) (grid->columns * rx),
                                                       (int) (grid->rows * ry));
  guint8 *bytes = cairo_image_surface_get_data (image);
  gsize stride = (gsize) cairo_image_surface_get_stride (image);
  guint32 nan = bf_color_get_pixel (draw->colors[BF_ROLE_NAN]);

  if (!bytes)
    return image;
  for (guint row = 0; row < grid->rows; row++)
    {
      guint8 *first = bytes + (gsize) row * ry * stride;
      guint32 *line = (guint32 *) (void *) first;

      for (guint column = 0; column < grid->columns; column++)
        {
          const BfCell *cell = &grid->cells[(gsize) row * grid->columns + column];
          const guint32 value = cell->state == BF_CELL_NAN ? nan
                                : cell->state == BF_CELL_EMPTY || cell->state == BF_CELL_ZERO ? 0
                                : pixel (scale, cell->log);

          for (guint x = 0; x < rx; x++)
            *line++ = value;
        }
      for (guint y = 1; y < ry; y++)
        memcpy (first + y * stride, first, stride);
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

/* On paper without color both ends of a diverging map are as dark: growth is hatched. */
void
bf_heatmap_draw_growth (BfDraw *draw, const BfHeatmap *map, const BfCellGrid *grid)
{
  double width = map->cells.width / grid->columns, height = (map->cells.height + map->rows.gap) / grid->rows;

  if (draw->style->theme != BF_THEME_PRINT)
    return;
  cairo_save (draw->cr);
  trace_rows (draw, map, grid->columns);
  cairo_clip (draw->cr);
  cairo_new_path (draw->cr);
  for (guint y = 0; y < grid->rows; y++)
    for (guint x = 0; x < grid->columns;)
      {
        const BfCell *cells = grid->cells + (gsize) y * grid->columns;
        guint first = x;

        while (x < grid->columns && cells[x].log > BF_HEATMAP_GROWTH)
          x++;
        if (x > first)
          bf_draw_rectangle (draw, &(BfRect) { map->cells.x + first * width, map->cells.y - map->rows.gap / 2 + y * height,
                                               (x - first) * width, height }, 0);
        else
          x++;
      }
  bf_draw_growth_hatch (draw);
  cairo_restore (draw->cr);
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

void
bf_heatmap_fit_grid (BfDraw *draw, const BfHeatmap *map, guint *columns, guint *rows)
{
  double resolution = get_resolution (draw->cr);

  *columns = (guint) CLAMP (ceil (map->cells.width * resolution), 1, MIN (map->end, 8192));
  *rows = (guint) CLAMP (ceil (map->cells.height * resolution), 1, map->rows.n);
}

static guint32
get_magnitude_pixel (gconstpointer scale, double log10_value)
{
  return bf_magnitude_get_pixel (scale, log10_value);
}

guint
bf_heatmap_draw_cells (BfDraw *draw, const BfHeatmap *map, const BfFigureData *data,
                       const BfMagnitude *magnitude)
{
  g_autoptr (BfCellGrid) grid = NULL;
  guint columns, rows;

  bf_heatmap_fit_grid (draw, map, &columns, &rows);
  grid = bf_cell_grid_new (data->runs[0].snapshot, data->tensor, magnitude, map->end, columns, rows);
  return bf_heatmap_draw_grid (draw, map, grid, get_magnitude_pixel, magnitude);
}

guint
bf_heatmap_draw_grid (BfDraw *draw, const BfHeatmap *map, const BfCellGrid *grid, BfCellPixel pixel,
                      gconstpointer scale)
{
  static const BfCellState hatched[] = {
    BF_CELL_BELOW, BF_CELL_SUBNORMAL, BF_CELL_ABOVE, BF_CELL_ZERO, BF_CELL_NAN,
  };
  cairo_t *cr = draw->cr;
  gboolean vector = is_vector (cr);
  guint columns = grid->columns, rows = grid->rows;
  guint rx = vector ? (guint) ceil (2 * map->cells.width / columns) : 1;
  guint ry = vector ? (guint) ceil (2 * map->cells.height / rows) : 1;
  cairo_surface_t *image = make_image (draw, grid, pixel, scale, MAX (1, rx), MAX (1, ry));
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

/* The colors of a value's scale, and its ends. */
typedef struct
{
  double low, high;
  guint32 pixels[256];
} BfValuePixels;

static guint32
get_value_pixel (gconstpointer scale, double place)
{
  const BfValuePixels *self = scale;
  const double t = (place - self->low) / (self->high - self->low);

  return self->pixels[lround (CLAMP (t, 0, 1) * (G_N_ELEMENTS (self->pixels) - 1))];
}

guint
bf_heatmap_draw_values (BfDraw *draw, const BfHeatmap *map, const BfFigureData *data)
{
  const gboolean magnitude = data->value->scale == BF_VALUE_MAGNITUDE;
  g_autoptr (BfCellGrid) grid = NULL;
  BfMagnitude range;
  BfValuePixels scale;
  guint columns, rows, states;

  bf_layer_value_init_range (&range, data);
  scale.low = range.low;
  scale.high = range.high;
  for (guint i = 0; i < G_N_ELEMENTS (scale.pixels) && !magnitude; i++)
    scale.pixels[i] = bf_color_get_pixel (bf_layer_value_get_color (data->value, draw, &range, scale.low + i / 255.0 * (scale.high - scale.low)));
  bf_heatmap_fit_grid (draw, map, &columns, &rows);
  grid = bf_layer_value_make_grid (data->value, data->runs[0].snapshot, &range, map->end, columns, rows);
  if (magnitude)
    states = bf_heatmap_draw_grid (draw, map, grid, get_magnitude_pixel, &range);
  else
    states = bf_heatmap_draw_grid (draw, map, grid, get_value_pixel, &scale);
  if (data->value->scale == BF_VALUE_GAIN || data->value->scale == BF_VALUE_SIGNED)
    bf_heatmap_draw_growth (draw, map, grid);
  return states;
}
