/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A small picture of what each hidden unit responds to over data of two inputs: a row a layer, each
 * unit from its lowest response to its highest. A unit that gives the same everywhere is hatched.
 */
#include "../bf-pictures.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define SIDE BF_EVALUATION_UNITS
#define MOST_LAYERS 60

static gboolean
get_range (const BfUnitGrid *grid, guint unit, double *low, double *high)
{
  const float *values = grid->values + (gsize) unit * SIDE * SIDE;

  *low = INFINITY;
  *high = -INFINITY;
  for (guint i = 0; i < SIDE * SIDE; i++)
    if (isfinite (values[i]))
      {
        *low = MIN (*low, values[i]);
        *high = MAX (*high, values[i]);
      }
  return *high > *low;
}

static void
draw_unit (BfDraw *draw, const BfUnitGrid *grid, guint unit, const BfRect *rect)
{
  const float *values = grid->values + (gsize) unit * SIDE * SIDE;
  guint32 pixels[SIDE * SIDE];
  double low, high;

  if (!get_range (grid, unit, &low, &high))
    {
      bf_draw_fill (draw, rect, draw->colors[BF_ROLE_BAND]);
      cairo_new_path (draw->cr);
      bf_draw_rectangle (draw, rect, 0);
      bf_draw_hatch (draw, BF_HATCH_RISING, 6, 1.2, draw->colors[BF_ROLE_INK_3]);
      return;
    }
  for (guint i = 0; i < SIDE * SIDE; i++)
    {
      const guint from = (SIDE - 1 - i / SIDE) * SIDE + i % SIDE;   /* the second input rises upward */

      pixels[i] = bf_color_get_pixel (bf_draw_get_level (draw, (values[from] - low) / (high - low)));
    }
  bf_draw_pixels (draw, rect, SIDE, SIDE, pixels);
}

static gboolean
units_applies (const BfFigureData *data)
{
  return data->evaluation && data->evaluation->units && data->evaluation->units->len > 0;
}

static void
draw_layer (BfDraw *draw, const BfEvaluation *evaluation, const BfUnitGrid *grid, const BfRect *row, double names, double side)
{
  const double gap = side >= 24 ? 4 : 2, middle = row->y + row->height / 2;
  const guint fit = (guint) MAX (0, floor ((row->width - names - 30 + gap) / (side + gap)));
  const guint shown = MIN (fit, grid->n_shown);

  if (names > 0)
    bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .max_width = names),
                  row->x + names - 8, middle, bf_layer_name (evaluation->plan, grid->weighted));
  for (guint u = 0; u < shown; u++)
    draw_unit (draw, grid, u, &(BfRect) { round (row->x + names + u * (side + gap)), round (middle - side / 2), side, side });
  if (shown < grid->n_units)
    {
      g_autofree char *more = g_strdup_printf ("+%u", grid->n_units - shown);

      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2]),
                    row->x + names + shown * (side + gap) + 2, middle, more);
    }
}

static void
units_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  const BfEvaluation *evaluation = data->evaluation;
  double names = 0, line, side, most = 1;
  guint n, every = 1;
  BfRect area;

  bf_draw_init (&draw, cr, width, height, style);
  if (!units_applies (data))
    {
      bf_draw_nothing (&draw, evaluation ? _("No hidden units") : _("Not evaluated yet"));
      return;
    }
  area = bf_draw_get_area (&draw);
  n = evaluation->units->len;
  line = bf_draw_text_height (&draw, BF_TYPE_TICK);
  while ((n + every - 1) / every > MAX (1, MIN (MOST_LAYERS, area.height / MAX (line, 14))))
    every++;
  for (guint i = 0; i < n; i += every)
    {
      const BfUnitGrid *grid = g_ptr_array_index (evaluation->units, i);

      names = MAX (names, bf_draw_text_width (&draw, BF_TEXT (.type = BF_TYPE_TICK), bf_layer_name (evaluation->plan, grid->weighted)) + 10);
      most = MAX (most, grid->n_units);
    }
  names = area.width > 160 ? names : 0;
  n = (n + every - 1) / every;
  side = floor (MIN (MIN (area.height / n - 3, 72), MAX (16, (area.width - names - 30) / most - 4)));
  if (side < 4 || area.width < 20)
    return;
  for (guint i = 0; i < n; i++)
    draw_layer (&draw, evaluation, g_ptr_array_index (evaluation->units, i * every),
                &(BfRect) { area.x, area.y + i * MIN (area.height / n, side + 14), area.width, MIN (area.height / n, side + 14) },
                names, side);
}

static void
units_csv (GString *out, const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;

  g_string_append (out, "layer,unit,x,y,response\n");
  for (guint i = 0; units_applies (data) && i < evaluation->units->len; i++)
    {
      const BfUnitGrid *grid = g_ptr_array_index (evaluation->units, i);

      for (guint u = 0; u < grid->n_shown; u++)
        for (guint p = 0; p < SIDE * SIDE; p++)
          {
            bf_csv_text (out, bf_layer_name (evaluation->plan, grid->weighted), TRUE);
            bf_csv_number (out, u + 1, FALSE);
            for (guint k = 0; k < 2; k++)   /* every second point of the finer grid, from its first */
              bf_csv_number (out, evaluation->low[k] + (evaluation->high[k] - evaluation->low[k])
                                    * ((k ? p / SIDE : p % SIDE) + 0.25) / SIDE, FALSE);
            bf_csv_number (out, grid->values[(gsize) u * SIDE * SIDE + p], FALSE);
            g_string_append_c (out, '\n');
          }
    }
}

static char *
units_describe (const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;
  guint units = 0, still = 0;

  if (!units_applies (data))
    return g_strdup (_("Responses of the hidden units: the network was not evaluated yet."));
  for (guint i = 0; i < evaluation->units->len; i++)
    {
      const BfUnitGrid *grid = g_ptr_array_index (evaluation->units, i);
      double low, high;

      units += grid->n_shown;
      for (guint u = 0; u < grid->n_shown; u++)
        still += !get_range (grid, u, &low, &high);
    }
  /* Translators: numbers of units, of layers, of units whose response is constant */
  return g_strdup_printf (_("Responses of %u units in %u hidden layers over the plane; %u of them give the same everywhere."),
                          units, evaluation->units->len, still);
}

extern const BfFigure bf_figure_units;
const BfFigure bf_figure_units = {
  .kind = { "units", N_("Unit Responses"), N_("What every hidden unit responds to, over two inputs") },
  .width = 800, .height = 500,
  .draw = units_draw,
  .csv = units_csv,
  .describe = units_describe,
  .applies = units_applies,
};
