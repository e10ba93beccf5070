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

/* What a layer's pictures need: rows of so many, each a side and a gap high. */
typedef struct
{
  double side, gap, names;
  guint across;
} BfUnitRows;

static guint
count_rows (const BfUnitGrid *grid, guint across)
{
  return MAX (1, (grid->n_shown + across - 1) / across);
}

/* Draws the layer's units, `rows` rows of them at most; returns where the next layer begins. */
static double
draw_layer (BfDraw *draw, const BfEvaluation *evaluation, const BfUnitGrid *grid, const BfUnitRows *rows, guint most, double x, double y)
{
  const guint n = MIN (count_rows (grid, rows->across), most), shown = MIN (grid->n_shown, n * rows->across);
  const double pitch = rows->side + rows->gap;

  if (rows->names > 0)
    bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .max_width = rows->names - 8), x, y + rows->side / 2,
                  bf_layer_name (evaluation->plan, grid->weighted));
  for (guint u = 0; u < shown; u++)
    draw_unit (draw, grid, u, &(BfRect) { round (x + rows->names + u % rows->across * pitch), round (y + u / rows->across * pitch),
                                          rows->side, rows->side });
  if (shown < grid->n_units)
    {
      g_autofree char *more = g_strdup_printf ("+%u", grid->n_units - shown);

      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2]),
                    x + rows->names + rows->across * pitch + 2, y + (n - 1) * pitch + rows->side / 2, more);
    }
  return y + n * pitch + 6;
}

static double
measure_names (BfDraw *draw, const BfEvaluation *evaluation)
{
  double names = 0;

  for (guint i = 0; i < evaluation->units->len; i++)
    {
      const BfUnitGrid *grid = g_ptr_array_index (evaluation->units, i);

      names = MAX (names, bf_draw_text_width (draw, BF_TEXT (.type = BF_TYPE_TICK), bf_layer_name (evaluation->plan, grid->weighted)) + 14);
    }
  return names;
}

/* The largest pictures with which all units of all layers have room; else the smallest, a row a layer. */
static gboolean
find_rows (BfUnitRows *self, const BfEvaluation *evaluation, double width, double height)
{
  for (double side = 64; side >= 16; side -= 2)
    {
      double tall = 0;

      self->side = side;
      self->gap = self->side >= 24 ? 4 : 2;
      self->across = (guint) MAX (1, floor ((width - self->names - 30) / (self->side + self->gap)));
      for (guint i = 0; i < evaluation->units->len; i++)
        tall += count_rows (g_ptr_array_index (evaluation->units, i), self->across) * (self->side + self->gap) + 6;
      if (tall <= height + 6)
        return TRUE;
    }
  return FALSE;
}

static void
units_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  const BfEvaluation *evaluation = data->evaluation;
  BfUnitRows rows = { 0 };
  gboolean all;
  guint n, every, most;
  BfRect area;
  double y;

  bf_draw_init (&draw, cr, width, height, style);
  if (!units_applies (data))
    {
      bf_draw_nothing (&draw, evaluation ? _("No hidden units") : _("Not evaluated yet"));
      return;
    }
  area = bf_draw_get_area (&draw);
  if (area.width < 60 || area.height < 16)
    return;
  n = evaluation->units->len;
  rows.names = area.width > 160 ? measure_names (&draw, evaluation) : 0;
  all = find_rows (&rows, evaluation, area.width, area.height);
  /* The smallest, in as many rows a layer as there is room for. */
  most = all ? G_MAXUINT : (guint) MAX (1, floor ((area.height / n - 6) / (rows.side + rows.gap)));
  every = all ? 1 : (guint) MAX (1, ceil (n * (rows.side + rows.gap + 6) / area.height));
  y = area.y;
  for (guint i = 0; i < n && y + rows.side <= area.y + area.height + 1; i += every)
    y = draw_layer (&draw, evaluation, g_ptr_array_index (evaluation->units, i), &rows, most, area.x, y);
}

/* Where the points of a grid lie along a direction, each number with its comma: every second point of the finer grid, from
 * its first. The same for all units, so they are written once. */
static GPtrArray *
make_places (const BfEvaluation *evaluation, guint direction)
{
  const double low = evaluation->low[direction], high = evaluation->high[direction];
  GPtrArray *places = g_ptr_array_new_full (SIDE, g_free);

  for (guint i = 0; i < SIDE; i++)
    {
      GString *place = g_string_new (NULL);

      bf_csv_number (place, low + (high - low) * (i + 0.25) / SIDE, FALSE);
      g_ptr_array_add (places, g_string_free (place, FALSE));
    }
  return places;
}

static void
append_unit (GString *out, const char *name, guint number, GPtrArray *const places[2], const float *values)
{
  g_autoptr (GString) unit = g_string_new (NULL);

  bf_csv_text (unit, name, TRUE);
  bf_csv_number (unit, number, FALSE);
  for (guint p = 0; p < SIDE * SIDE; p++)
    {
      g_string_append_len (out, unit->str, (gssize) unit->len);
      g_string_append (out, places[0]->pdata[p % SIDE]);
      g_string_append (out, places[1]->pdata[p / SIDE]);
      bf_csv_number (out, values[p], FALSE);
      g_string_append_c (out, '\n');
    }
}

static void
units_csv (GString *out, const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;
  g_autoptr (GPtrArray) across = NULL, down = NULL;

  g_string_append (out, "layer,unit,x,y,response\n");
  if (!units_applies (data))
    return;
  across = make_places (evaluation, 0);
  down = make_places (evaluation, 1);
  for (guint i = 0; i < evaluation->units->len; i++)
    {
      const BfUnitGrid *grid = g_ptr_array_index (evaluation->units, i);

      for (guint u = 0; u < grid->n_shown; u++)
        append_unit (out, bf_layer_name (evaluation->plan, grid->weighted), u + 1, (GPtrArray *[]) { across, down },
                     grid->values + (gsize) u * SIDE * SIDE);
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
  .ground = BF_GROUND_ALONE,
  .applies = units_applies,
  .reading = N_("One picture a unit: alike pictures are units that do the same."),
};
