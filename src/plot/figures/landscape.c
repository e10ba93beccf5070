/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The loss over the plane of two random directions, the network as it is in the middle: color between the measured
 * points, lines of equal loss with their values, hatched where the loss is not finite.
 */
#include "landscape-private.h"

#include "../bf-pictures.h"
#include "../bf-table.h"
#include "../../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Pixels from one measured point to the next. */
#define FINE 8
/* Labels of lines stand at least so many sizes apart. */
#define APART 4.5

typedef struct
{
  const BfLossPlane *plane;
  BfLossScale scale;
  BfRect plot;
  double bar;            /* left edge of the color bar; 0: no room */
  GArray *labels;        /* of doubles: places of labels, x and y */
} Layout;

static void
lay_out (Layout *self, BfDraw *draw, const BfFigureData *data)
{
  const BfLossPlane *plane = data->loss_plane;
  const BfRect area = bf_draw_get_area (draw);
  const double tick = bf_draw_get_size (draw, BF_TYPE_TICK), left = area.x + 4.2 * tick;
  const double right = draw->width > 260 ? 7.5 * tick + 20 : 0;
  const double top = area.y + (draw->style->window ? 8 : 4), bottom = 3.7 * tick + (draw->style->window ? 2 : 6) + bf_landscape_note_height (draw);
  const double side = floor (MIN (area.x + area.width - right - left, area.y + area.height - bottom - top));

  *self = (Layout) { .plane = plane };
  bf_loss_scale_init (&self->scale, plane, data->loss_axis);
  self->plot = (BfRect) { round (left + (area.x + area.width - right - left - side) / 2), round (top), MAX (0, side), MAX (0, side) };
  self->bar = right > 0 ? self->plot.x + side + 20 : 0;
}

/* Of a place in columns and rows of the plane. */
static double
map_x (const Layout *self, double column)
{
  return self->plot.x + column / (self->plane->side - 1) * self->plot.width;
}

static double
map_y (const Layout *self, double row)
{
  return self->plot.y + (1 - row / (self->plane->side - 1)) * self->plot.height;
}

/* Between the four points around, by their places on the scale; the nearest where one of them is not finite. */
static double
get_place (const Layout *self, double column, double row)
{
  const guint side = self->plane->side, x = MIN ((guint) column, side - 2), y = MIN ((guint) row, side - 2);
  const double *losses = self->plane->losses + y * side + x, u = column - x, v = row - y;
  const double a = bf_loss_scale_get_place (&self->scale, losses[0]), b = bf_loss_scale_get_place (&self->scale, losses[1]);
  const double c = bf_loss_scale_get_place (&self->scale, losses[side]), d = bf_loss_scale_get_place (&self->scale, losses[side + 1]);
  const double between = (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * c + u * d);

  return isnan (between) ? (v < 0.5 ? (u < 0.5 ? a : b) : (u < 0.5 ? c : d)) : between;
}

static void
draw_map (BfDraw *draw, const Layout *self)
{
  const guint n = (self->plane->side - 1) * FINE;
  g_autofree guint32 *pixels = g_new (guint32, (gsize) n * n);
  guint32 colors[256];

  for (guint i = 0; i < G_N_ELEMENTS (colors); i++)
    colors[i] = bf_color_get_pixel (bf_draw_get_level (draw, i / 255.0));
  for (guint y = 0; y < n; y++)
    for (guint x = 0; x < n; x++)
      {
        const double place = get_place (self, (x + 0.5) / FINE, (n - 1 - y + 0.5) / FINE);

        pixels[(gsize) y * n + x] = isnan (place) ? bf_color_get_pixel (draw->colors[BF_ROLE_NAN]) : colors[(guint) lround (255 * place)];
      }
  bf_draw_pixels (draw, &self->plot, n, n, pixels);
}

/* Each point that is not finite hatches what is nearest to it; returns how many. */
static guint
draw_broken (BfDraw *draw, const Layout *self)
{
  const guint side = self->plane->side;
  guint n = 0;

  cairo_save (draw->cr);
  cairo_rectangle (draw->cr, self->plot.x, self->plot.y, self->plot.width, self->plot.height);
  cairo_clip (draw->cr);
  cairo_new_path (draw->cr);
  for (guint i = 0; i < side * side; i++)
    if (!isfinite (self->plane->losses[i]))
      {
        const double x = i % side, y = i / side;

        cairo_rectangle (draw->cr, map_x (self, x - 0.5), map_y (self, y + 0.5), map_x (self, 1) - map_x (self, 0), map_y (self, 0) - map_y (self, 1));
        n++;
      }
  if (n > 0)
    bf_draw_hatch (draw, BF_HATCH_CROSS, 6, 1, bf_color_alpha (draw->colors[BF_ROLE_INK], 0.7));
  cairo_new_path (draw->cr);
  cairo_restore (draw->cr);
  return n;
}

/* The shortest distance from (x, y) to a label that stands already, or to the middle, which the cross has. */
static double
get_distance (const Layout *self, double x, double y)
{
  const double middle = 0.5 * (self->plane->side - 1);
  double nearest = hypot (x - map_x (self, middle), y - map_y (self, middle));

  for (guint i = 0; i + 1 < self->labels->len; i += 2)
    nearest = MIN (nearest, hypot (x - g_array_index (self->labels, double, i), y - g_array_index (self->labels, double, i + 1)));
  return nearest;
}

static BfColor
get_beneath (BfDraw *draw, const Layout *self, double x, double y)
{
  const double last = self->plane->side - 1;
  const double column = CLAMP ((x - self->plot.x) / self->plot.width * last, 0, last);
  const double row = CLAMP ((1 - (y - self->plot.y) / self->plot.height) * last, 0, last);

  return bf_draw_get_level (draw, get_place (self, column, row));
}

/* Dark on light and light on dark, whatever the color beneath. */
static BfColor
get_ink (BfDraw *draw, BfColor beneath)
{
  const BfColor ink = draw->colors[BF_ROLE_INK], surface = draw->colors[BF_ROLE_SURFACE];
  const double lightness = bf_color_get_lightness (beneath);

  return fabs (bf_color_get_lightness (ink) - lightness) >= fabs (bf_color_get_lightness (surface) - lightness) ? ink : surface;
}

/* Its value beside the line, where there is most room. */
static void
label_level (BfDraw *draw, Layout *self, double level, const GArray *pieces)
{
  const double size = bf_draw_get_size (draw, BF_TYPE_NOTE), inset = 2 * size;
  g_autofree char *value = bf_landscape_format (level);
  double best = APART * size, at[2] = { NAN, NAN };
  BfColor beneath, ink;

  for (guint i = 0; i + 3 < pieces->len; i += 4)
    {
      const double *piece = &g_array_index (pieces, double, i);
      const double x = map_x (self, (piece[0] + piece[2]) / 2), y = map_y (self, (piece[1] + piece[3]) / 2);
      const double distance = get_distance (self, x, y);

      if (distance <= best || x < self->plot.x + inset || x > self->plot.x + self->plot.width - inset
          || y < self->plot.y + size || y > self->plot.y + self->plot.height - size)
        continue;
      best = distance;
      at[0] = x;
      at[1] = y;
    }
  if (isnan (at[0]))
    return;
  g_array_append_vals (self->labels, at, 2);
  beneath = get_beneath (draw, self, at[0], at[1]);
  ink = get_ink (draw, beneath);
  {
    const BfText text = { .type = BF_TYPE_NOTE, .bold = TRUE, .align = BF_ALIGN_CENTER, .color = &ink };
    const double width = bf_draw_text_width (draw, &text, value) + 0.6 * size, height = 1.3 * size;

    /* The line is broken for it. */
    cairo_new_path (draw->cr);
    bf_draw_rectangle (draw, &(BfRect) { at[0] - width / 2, at[1] - height / 2, width, height }, height / 2);
    bf_draw_set_color (draw, beneath);
    cairo_fill (draw->cr);
    bf_draw_text (draw, &text, at[0], at[1], value);
  }
}

static char *
print_now (const Layout *self)
{
  g_autofree char *loss = bf_landscape_format (self->plane->center.loss);

  /* Translators: a loss */
  return g_strdup_printf (_("now %s"), loss);
}

/* The words at the cross count as labels that stand already. */
static void
keep_off_now (BfDraw *draw, Layout *self)
{
  g_autofree char *words = print_now (self);
  const double width = bf_draw_text_width (draw, BF_TEXT (.bold = TRUE), words), size = bf_draw_get_size (draw, BF_TYPE_LABEL);
  const double x = map_x (self, 0.5 * (self->plane->side - 1)), y = map_y (self, 0.5 * (self->plane->side - 1)) - 0.8 * size;

  for (double along = 0; along < width + 2 * size; along += 2 * size)
    {
      const double at[] = { x + along, y };

      g_array_append_vals (self->labels, at, 2);
    }
}

/* A piece has the ink for its own place. */
static void
draw_contours (BfDraw *draw, Layout *self)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);

  for (guint i = 0; i < self->scale.n_levels; i++)
    {
      GArray *pieces = bf_loss_plane_trace (self->plane, &self->scale, self->scale.levels[i]);
      const BfColor ink = get_ink (draw, bf_draw_get_level (draw, bf_loss_scale_get_place (&self->scale, self->scale.levels[i])));

      g_ptr_array_add (lines, pieces);
      cairo_new_path (draw->cr);
      for (guint k = 0; k + 3 < pieces->len; k += 4)
        {
          const double *piece = &g_array_index (pieces, double, k);

          cairo_move_to (draw->cr, map_x (self, piece[0]), map_y (self, piece[1]));
          cairo_line_to (draw->cr, map_x (self, piece[2]), map_y (self, piece[3]));
        }
      cairo_set_line_width (draw->cr, 1);
      cairo_set_line_cap (draw->cr, CAIRO_LINE_CAP_ROUND);
      bf_draw_set_color (draw, bf_color_alpha (ink, 0.75));
      cairo_stroke (draw->cr);
    }
  self->labels = g_array_new (FALSE, FALSE, sizeof (double));
  keep_off_now (draw, self);
  for (guint i = 0; i < lines->len; i++)
    label_level (draw, self, self->scale.levels[i], lines->pdata[i]);
  g_clear_pointer (&self->labels, g_array_unref);
  cairo_set_line_cap (draw->cr, CAIRO_LINE_CAP_BUTT);
}

static void
draw_now (BfDraw *draw, const Layout *self)
{
  const double middle = 0.5 * (self->plane->side - 1), x = map_x (self, middle), y = map_y (self, middle), arm = 1.6 * draw->mark;
  const BfColor surface = draw->colors[BF_ROLE_SURFACE], ink = draw->colors[BF_ROLE_INK];
  g_autofree char *words = print_now (self);

  for (guint pass = 0; pass < 2; pass++)
    {
      bf_draw_line (draw, x - arm, y, x + arm, y, pass ? 2 : 5, pass ? ink : surface);
      bf_draw_line (draw, x, y - arm, x, y + arm, pass ? 2 : 5, pass ? ink : surface);
    }
  bf_draw_text (draw, BF_TEXT (.bold = TRUE, .halo = &surface), x + arm + 4, y - 0.8 * bf_draw_get_size (draw, BF_TYPE_LABEL), words);
}

/* The ends and the middle always have one. */
static void
draw_ticks (BfDraw *draw, const BfRect *plot, const BfScale *scale)
{
  const double size = bf_draw_get_size (draw, BF_TYPE_TICK), step = scale->high / (plot->width > 28 * size ? 2 : 1);
  const double y = plot->y + plot->height;

  for (double v = scale->low; v <= scale->high + step * 1e-9; v += step)
    {
      const double x = bf_scale_map (scale, v);
      g_autofree char *number = bf_format_plain (v, 3);

      bf_draw_line (draw, x, y + 3, x, y + 7, 1, draw->colors[BF_ROLE_AXIS]);
      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2]), x, y + 9 + 0.75 * size, number);
    }
}

static void
draw_axes (BfDraw *draw, const Layout *self)
{
  const BfRect *plot = &self->plot;
  const BfScale across = { -self->plane->reach, self->plane->reach, plot->x, plot->x + plot->width };
  const BfScale up = { -self->plane->reach, self->plane->reach, plot->y + plot->height, plot->y };
  const gboolean brief = draw->small || draw->style->window;
  const char *const first = brief ? _("first random direction") : _("first random direction, in lengths of each unit’s weights (Li et al. 2018)");
  const char *const second = brief ? _("second random direction") : _("second random direction, in lengths of each unit’s weights");

  draw_ticks (draw, plot, &across);
  bf_draw_axis_y (draw, plot, &up, FALSE);
  bf_draw_text (draw, BF_TEXT (.type = draw->style->window ? BF_TYPE_TICK : BF_TYPE_LABEL, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2]),
                plot->x + plot->width / 2, plot->y + plot->height + (draw->style->window ? 13 : 14) + 2.3 * bf_draw_get_size (draw, BF_TYPE_TICK), first);
  bf_draw_text (draw, BF_TEXT (.type = draw->style->window ? BF_TYPE_TICK : BF_TYPE_LABEL, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2],
                               .angle = -G_PI / 2, .max_width = MAX (1, plot->height)),
                plot->x - 3.7 * bf_draw_get_size (draw, BF_TYPE_TICK), plot->y + plot->height / 2, second);
}

static void
draw_bar (BfDraw *draw, const Layout *self)
{
  const double width = draw->small ? 8 : 11, top = self->plot.y, height = self->plot.height, tick = bf_draw_get_size (draw, BF_TYPE_TICK);
  const BfText number = { .type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2] };
  guint32 pixels[128];
  double last = INFINITY;

  if (self->bar <= 0 || !(self->scale.high > self->scale.low))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (pixels); i++)
    pixels[i] = bf_color_get_pixel (bf_draw_get_level (draw, 1 - i / (G_N_ELEMENTS (pixels) - 1.0)));
  bf_draw_pixels (draw, &(BfRect) { self->bar, top, width, height }, 1, G_N_ELEMENTS (pixels), pixels);
  for (guint i = 0; i < self->scale.n_levels; i++)
    {
      const double y = top + height * (1 - bf_loss_scale_get_place (&self->scale, self->scale.levels[i]));
      g_autofree char *text = bf_landscape_format (self->scale.levels[i]);

      if (last - y < 1.4 * tick)
        continue;
      bf_draw_line (draw, self->bar + width, y, self->bar + width + 5, y, 1, draw->colors[BF_ROLE_AXIS]);
      bf_draw_text (draw, &number, self->bar + width + 8, y, text);
      last = y;
    }
  bf_draw_text (draw, &number, self->bar, top + height + 9 + 0.75 * tick, self->scale.log ? _("loss, log scale") : _("loss"));
}

/* What the hatch means, below the bar's name. */
static void
draw_key (BfDraw *draw, const Layout *self)
{
  const double tick = bf_draw_get_size (draw, BF_TYPE_TICK), y = self->plot.y + self->plot.height + 11 + 2.3 * tick;
  const BfRect swatch = { self->bar, y - 0.5 * tick, 1.3 * tick, tick };

  if (self->bar <= 0)
    return;
  bf_draw_fill (draw, &swatch, draw->colors[BF_ROLE_NAN]);
  bf_draw_rectangle (draw, &swatch, 0);
  bf_draw_hatch (draw, BF_HATCH_CROSS, 6, 1, bf_color_alpha (draw->colors[BF_ROLE_INK], 0.7));
  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2]), self->bar + 1.8 * tick, y, _("not finite"));
}

/* The point that the pointer is nearest to. */
static void
draw_read_out (BfDraw *draw, const Layout *self, guint point)
{
  const guint side = self->plane->side;
  const double x = map_x (self, point % side), y = map_y (self, point / side), radius = draw->mark + 1;
  g_autofree char *across = bf_format_plain (bf_loss_plane_get_place (self->plane, point % side), 3);
  g_autofree char *up = bf_format_plain (bf_loss_plane_get_place (self->plane, point / side), 3);
  g_autofree char *loss = bf_landscape_format (self->plane->losses[point]), *accuracy = bf_format_percent (self->plane->accuracies[point]);
  /* Translators: a loss */
  g_autofree char *title = g_strdup_printf (_("Loss %s"), loss);
  const char *names[] = { _("first direction"), _("second direction"), _("accuracy") }, *values[] = { across, up, accuracy };

  for (guint pass = 0; pass < 2; pass++)
    {
      cairo_new_path (draw->cr);
      cairo_arc (draw->cr, x, y, radius, 0, 2 * G_PI);
      bf_draw_set_color (draw, draw->colors[pass ? BF_ROLE_INK : BF_ROLE_SURFACE]);
      cairo_set_line_width (draw->cr, pass ? 1.5 : 4);
      cairo_stroke (draw->cr);
    }
  bf_draw_card (draw, &(BfRect) { 4, 4, draw->width - 8, draw->height - 8 }, x, y - radius, y + radius, title, names, values,
                isfinite (self->plane->accuracies[point]) ? 3 : 2);
}

static gboolean
landscape_applies (const BfFigureData *data)
{
  return data->loss_plane != NULL;
}

/* All but the read-out. */
static void
draw_ground (BfDraw *draw, Layout *self)
{
  draw_axes (draw, self);
  draw_map (draw, self);
  if (draw_broken (draw, self) > 0)
    draw_key (draw, self);
  draw_contours (draw, self);
  draw_now (draw, self);
  draw_bar (draw, self);
  bf_landscape_draw_note (draw, &self->plane->center);
}

static void
landscape_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  Layout layout;

  bf_draw_init (&draw, cr, width, height, style);
  if (!data->loss_plane)
    {
      if (data->part != BF_DRAW_HAND)
        bf_draw_nothing (&draw, _("Not computed yet"));
      return;
    }
  lay_out (&layout, &draw, data);
  if (layout.plot.width < 30)
    return;
  if (data->part != BF_DRAW_HAND)
    draw_ground (&draw, &layout);
  if (data->part != BF_DRAW_GROUND && data->hover && data->hover->point < data->loss_plane->side * data->loss_plane->side)
    draw_read_out (&draw, &layout, data->hover->point);
}

static gboolean
landscape_read (double x, double y, double width, double height, const BfStyle *style, const BfFigureData *data, BfCursor *cursor)
{
  const BfLossPlane *plane = data->loss_plane;
  g_auto (BfDraw) draw = { 0 };
  Layout layout;
  const BfRect *plot = &layout.plot;

  if (!plane)
    return FALSE;
  bf_draw_init_nowhere (&draw, width, height, style);
  lay_out (&layout, &draw, data);
  if (plot->width < 30 || x < plot->x || x > plot->x + plot->width || y < plot->y || y > plot->y + plot->height)
    return FALSE;
  cursor->point = (guint) lround ((1 - (y - plot->y) / plot->height) * (plane->side - 1)) * plane->side
                  + (guint) lround ((x - plot->x) / plot->width * (plane->side - 1));
  return TRUE;
}

static void
landscape_csv (GString *out, const BfFigureData *data)
{
  const BfLossPlane *plane = data->loss_plane;

  g_string_append (out, "first_direction,second_direction,loss,accuracy\n");
  for (guint i = 0; plane && i < plane->side * plane->side; i++)
    {
      bf_csv_number (out, bf_loss_plane_get_place (plane, i % plane->side), TRUE);
      bf_csv_number (out, bf_loss_plane_get_place (plane, i / plane->side), FALSE);
      bf_csv_number (out, plane->losses[i], FALSE);
      bf_csv_number (out, plane->accuracies[i], FALSE);
      g_string_append_c (out, '\n');
    }
}

static char *
landscape_describe (const BfFigureData *data)
{
  const BfLossPlane *plane = data->loss_plane;
  g_autofree char *now = NULL, *low = NULL, *high = NULL, *note = NULL, *share = NULL;
  double range[2];
  guint broken = 0;
  GString *out;

  if (!plane)
    return g_strdup (_("Loss landscape: not computed yet."));
  note = bf_landscape_make_note (&plane->center, TRUE);
  now = bf_landscape_format (plane->center.loss);
  out = g_string_new (NULL);
  /* Translators: a loss, "512 training samples, after step 40" */
  g_string_append_printf (out, _("Loss over the plane of two random directions, %s in the middle; %s."), now, note);
  if (bf_loss_plane_get_range (plane, &range[0], &range[1]))
    {
      low = bf_landscape_format (range[0]);
      high = bf_landscape_format (range[1]);
      g_string_append_printf (out, _(" From %s to %s."), low, high);
    }
  for (guint i = 0; i < plane->side * plane->side; i++)
    broken += !isfinite (plane->losses[i]);
  if (broken > 0)
    {
      share = bf_format_percent (broken / (double) (plane->side * plane->side));
      g_string_append_printf (out, _(" Not finite: %s of the plane."), share);
    }
  return g_string_free (out, FALSE);
}

extern const BfFigure bf_figure_landscape;
const BfFigure bf_figure_landscape = {
  .kind = { "landscape", N_("Loss Landscape"), N_("The loss over the plane of two random directions around the weights") },
  .width = 800, .height = 760,
  .draw = landscape_draw,
  .csv = landscape_csv,
  .describe = landscape_describe,
  .applies = landscape_applies,
  .read = landscape_read,
  .ground = BF_GROUND_OF_EXAMINED,
  .loss_axis = TRUE,
  .reading = N_("Each line is one loss, the cross is now: wide rings are a flat valley, close and crooked ones a "
                "rough place; crossed is not finite."),
};
