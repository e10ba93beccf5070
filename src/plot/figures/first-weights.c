/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The weights of the first layer as pictures of the input's size, one a unit, on one diverging scale
 * for all: what each unit looks for.
 */
#include "../../engine/bf-format.h"
#include "../bf-pictures.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

#define SHARE 0.995   /* of the weights lie within the scale: a few large ones must not pale the rest */

static gboolean
first_weights_applies (const BfFigureData *data)
{
  return data->evaluation && data->evaluation->weights;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const float x = *(const float *) a, y = *(const float *) b;

  return x < y ? -1 : x > y;
}

static double
find_limit (const BfEvaluation *evaluation, gsize n)
{
  g_autofree float *sizes = g_new (float, n);
  gsize finite = 0;

  for (gsize i = 0; i < n; i++)
    if (isfinite (evaluation->weights[i]))
      sizes[finite++] = fabsf (evaluation->weights[i]);
  if (finite == 0)
    return 0;
  qsort (sizes, finite, sizeof *sizes, compare);
  return sizes[MIN (finite - 1, (gsize) (SHARE * finite))];
}

/* Color, or, on paper that may have none, from black to white. */
static guint32
get_pixel (const BfDraw *draw, double place)
{
  const double light = (1 + place) / 2;

  return bf_color_get_pixel (draw->style->theme == BF_THEME_PRINT ? (BfColor) { light, light, light, 1 }
                                                                  : bf_colormap_diverging (draw->style->theme, place));
}

static void
draw_unit (BfDraw *draw, const float *weights, guint width, guint height, double limit, const BfRect *rect)
{
  g_autofree guint32 *pixels = g_new (guint32, (gsize) width * height);

  for (gsize i = 0; i < (gsize) width * height; i++)
    pixels[i] = !isfinite (weights[i]) ? bf_color_get_pixel (draw->colors[BF_ROLE_NAN])
                                       : get_pixel (draw, limit > 0 ? CLAMP (weights[i] / limit, -1, 1) : 0);
  bf_draw_pixels (draw, rect, width, height, pixels);
}

/* −m … 0 … m, with the signs that carry the map in gray. */
static void
draw_bar (BfDraw *draw, const BfRect *rect, double limit)
{
  guint32 pixels[64];
  g_autofree char *high = bf_format_value (limit), *low = g_strconcat ("−", high, NULL);
  const double middle = rect->y + rect->height / 2;
  const BfText text = { .type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2], .align = BF_ALIGN_RIGHT };
  const BfText right = { .type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2] };

  for (guint i = 0; i < G_N_ELEMENTS (pixels); i++)
    pixels[i] = get_pixel (draw, 2 * (i + 0.5) / G_N_ELEMENTS (pixels) - 1);
  bf_draw_pixels (draw, rect, G_N_ELEMENTS (pixels), 1, pixels);
  bf_draw_text (draw, &text, rect->x - 6, middle, low);
  bf_draw_text (draw, &right, rect->x + rect->width + 6, middle, high);
}

/* The largest side of so many pictures that fit. */
static double
fit_side (double width, double height, guint n, double gap, guint *columns)
{
  double best = 0;

  *columns = 1;
  for (guint c = 1; c <= n; c++)
    {
      const guint rows = (n + c - 1) / c;
      const double side = MIN ((width + gap) / c, (height + gap) / rows) - gap;

      if (side > best)
        {
          best = side;
          *columns = c;
        }
    }
  return floor (MIN (best, 84));
}

static void
first_weights_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  const BfEvaluation *evaluation = data->evaluation;
  guint columns, w, h;
  double limit, line, side;
  BfRect area;

  bf_draw_init (&draw, cr, width, height, style);
  if (!first_weights_applies (data) || !bf_dataset_get_image_size (evaluation->data, &w, &h))
    {
      bf_draw_nothing (&draw, evaluation ? _("The first layer does not see the pixels themselves") : _("Not evaluated yet"));
      return;
    }
  area = bf_draw_get_area (&draw);
  line = bf_draw_text_height (&draw, BF_TYPE_TICK);
  side = fit_side (area.width, area.height - 1.6 * line, evaluation->n_weights, 3, &columns);
  if (side < 2 || area.width < 20)
    return;
  limit = find_limit (evaluation, (gsize) evaluation->n_weights * w * h);
  for (guint u = 0; u < evaluation->n_weights; u++)
    draw_unit (&draw, evaluation->weights + (gsize) u * w * h, w, h, limit,
               &(BfRect) { round (area.x + u % columns * (side + 3)), round (area.y + u / columns * (side + 3)), side, side * h / MAX (w, 1) });
  if (area.width > 220)
    draw_bar (&draw, &(BfRect) { area.x + area.width / 2 - 60, area.y + area.height - line, 120, 8 }, limit);
}

static void
first_weights_csv (GString *out, const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;
  guint w, h;

  g_string_append (out, "unit,row,column,weight\n");
  if (!first_weights_applies (data) || !bf_dataset_get_image_size (evaluation->data, &w, &h))
    return;
  for (gsize i = 0; i < (gsize) evaluation->n_weights * w * h; i++)
    {
      bf_csv_number (out, (double) (i / (w * h) + 1), TRUE);
      bf_csv_number (out, (double) (i % (w * h) / w + 1), FALSE);
      bf_csv_number (out, (double) (i % w + 1), FALSE);
      bf_csv_number (out, evaluation->weights[i], FALSE);
      g_string_append_c (out, '\n');
    }
}

static char *
first_weights_describe (const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;
  g_autofree char *limit = NULL, *step = NULL;
  guint w, h;

  if (!first_weights_applies (data) || !bf_dataset_get_image_size (evaluation->data, &w, &h))
    return g_strdup (_("Weights of the first layer as pictures: not evaluated yet."));
  limit = bf_format_value (find_limit (evaluation, (gsize) evaluation->n_weights * w * h));
  step = bf_format_count (evaluation->step);
  /* Translators: number of units, width and height in pixels, step, a size: "0.12" */
  return g_strdup_printf (_("Weights of %u units of the first layer as pictures of %u × %u after step %s, nearly all within ±%s."),
                          evaluation->n_weights, w, h, step, limit);
}

extern const BfFigure bf_figure_first_weights;
const BfFigure bf_figure_first_weights = {
  .kind = { "first-weights", N_("First-Layer Weights"), N_("What every unit of the first layer looks for in an image") },
  .width = 800, .height = 600,
  .draw = first_weights_draw,
  .csv = first_weights_csv,
  .describe = first_weights_describe,
  .ground = BF_GROUND_ALONE,
  .applies = first_weights_applies,
  .reading = N_("What each first unit looks for: noise is a layer that has not learned."),
};
