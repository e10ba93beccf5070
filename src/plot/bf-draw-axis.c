/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Axes, ticks, names of rows, and the read-out card.
 */
#include "bf-draw.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

double
bf_scale_map (const BfScale *self, double value)
{
  double range = self->high - self->low;

  return range != 0 ? self->from + (value - self->low) / range * (self->to - self->from) : self->from;
}

double
bf_scale_invert (const BfScale *self, double pixel)
{
  double length = self->to - self->from;

  return length != 0 ? self->low + (pixel - self->from) / length * (self->high - self->low) : self->low;
}

double
bf_ticks_step (double low, double high, guint most)
{
  static const double steps[] = { 1, 2, 2.5, 5 };
  double range = high - low;
  double decade;

  if (!(range > 0) || !isfinite (range) || most == 0)
    return 1;
  decade = pow (10, floor (log10 (range / most)));
  for (;; decade *= 10)
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
      if (floor (high / (steps[i] * decade) + 1e-9) - ceil (low / (steps[i] * decade) - 1e-9) + 1 <= most
          || decade > range)
        return steps[i] * decade;
}

int
bf_ticks_decades (double low, double high, double length, double nearest)
{
  int step = 1;

  while (step < 1024 && step * fabs (length) < nearest * (high - low))
    step *= 2;
  return step;
}

double
bf_nice_above (double value)
{
  static const double nice[] = { 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 };
  double decade;

  if (!(value > 0) || !isfinite (value))
    return 1;
  decade = pow (10, floor (log10 (value)));
  for (guint i = 0; i < G_N_ELEMENTS (nice); i++)
    if (nice[i] * decade >= value * (1 - 1e-12))
      return nice[i] * decade;
  return 10 * decade;
}

void
bf_draw_axis_x (BfDraw *self, const BfRect *rect, const BfScale *scale, double least, const char *name)
{
  double y = rect->y + rect->height;
  double length = fabs (scale->to - scale->from);
  double size = bf_draw_get_size (self, BF_TYPE_TICK);
  double step = MAX (least, bf_ticks_step (scale->low, scale->high, MAX (2, (guint) (length / (size * 7)))));
  BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = &self->colors[BF_ROLE_INK_2] };
  BfText label = { .type = BF_TYPE_LABEL, .align = BF_ALIGN_CENTER, .color = &self->colors[BF_ROLE_INK_2] };

  double half;

  if (least >= 1 && step != floor (step))
    step *= 2;   /* 2.5 */
  if (self->style->window)
    label.type = BF_TYPE_TICK;
  for (double v = ceil (scale->low / step - 1e-9) * step; v <= scale->high + step * 1e-9; v += step)
    {
      double x = bf_scale_map (scale, v);
      g_autofree char *number = bf_format_tick (v, step);

      bf_draw_line (self, x, y + 3, x, y + 7, 1, self->colors[BF_ROLE_AXIS]);
      half = bf_draw_text_width (self, &tick, number) / 2;
      bf_draw_text (self, &tick, CLAMP (x, half, MAX (half, self->width - half - 1)), y + 9 + 0.75 * size, number);
    }
  if (name)
    bf_draw_text (self, &label, (scale->from + scale->to) / 2, y + (self->style->window ? 13 : 14) + 2.3 * size, name);
}

void
bf_draw_axis_y (BfDraw *self, const BfRect *rect, const BfScale *scale, gboolean percent)
{
  double size = bf_draw_get_size (self, BF_TYPE_TICK);
  double step = bf_ticks_step (scale->low, scale->high, CLAMP ((guint) (rect->height / (size * 4)), 2, 7));
  BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = &self->colors[BF_ROLE_INK_2] };

  for (double v = ceil (scale->low / step - 1e-9) * step; v <= scale->high + step * 1e-9; v += step)
    {
      double y = bf_scale_map (scale, v);
      g_autofree char *number = bf_format_tick (percent ? 100 * v : v, percent ? 100 * step : step);
      /* Translators: a tick of an axis of shares: "20 %". */
      g_autofree char *share = percent && v != 0 ? g_strdup_printf (_("%s %%"), number) : NULL;

      bf_draw_line (self, rect->x, y, rect->x + rect->width, y, 1,
                    self->colors[v <= scale->low ? BF_ROLE_AXIS : BF_ROLE_GRID]);
      bf_draw_text (self, &tick, rect->x - (self->small ? 6 : 9), y, share ? share : number);
    }
}

static void
draw_value_y (BfDraw *self, const BfRect *rect, const BfScale *scale, double value)
{
  const double y = bf_scale_map (scale, log10 (value));
  g_autofree char *number = bf_format_plain (value, 4);

  bf_draw_line (self, rect->x, y, rect->x + rect->width, y, 1, self->colors[BF_ROLE_GRID]);
  bf_draw_text (self, BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = &self->colors[BF_ROLE_INK_2]), rect->x - 10, y, number);
}

/* Less than two decades have no more than two powers of ten: 1, 2, 5, and so on; or, of a small piece, even steps. */
static void
draw_few_decades (BfDraw *self, const BfRect *rect, const BfScale *scale)
{
  static const double steps[] = { 1, 2, 5 };
  const double low = pow (10, scale->low), high = pow (10, scale->high), least = self->small ? 16 : 22;
  double before = INFINITY;

  if (scale->high - scale->low < 0.7)
    {
      const double step = bf_ticks_step (low, high, (guint) CLAMP (rect->height / (1.4 * least), 2, 8));

      for (double value = ceil (low / step - 1e-9) * step; value <= high * (1 + 1e-9); value += step)
        draw_value_y (self, rect, scale, value);
      return;
    }
  for (int d = (int) floor (scale->low); d <= scale->high; d++)
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
      {
        const double value = steps[i] * pow (10, d), y = bf_scale_map (scale, log10 (value));

        if (value < low || value > high || before - y < least)
          continue;
        before = y;
        draw_value_y (self, rect, scale, value);
      }
}

void
bf_draw_axis_log_y (BfDraw *self, const BfRect *rect, const BfScale *scale)
{
  int step = bf_ticks_decades (scale->low, scale->high, rect->height, self->small ? 24 : 34);
  BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = &self->colors[BF_ROLE_INK_2] };

  if (scale->high - scale->low < 2 && floor (scale->low) != scale->low)
    {
      draw_few_decades (self, rect, scale);
      return;
    }
  for (int d = (int) ceil (scale->low / step) * step; d <= scale->high + 1e-9; d += step)
    {
      double y = bf_scale_map (scale, d);
      g_autofree char *number = bf_format_power (d);

      bf_draw_line (self, rect->x, y, rect->x + rect->width, y, 1, self->colors[BF_ROLE_GRID]);
      bf_draw_text (self, &tick, rect->x - 10, y, number);
    }
}

static void
draw_over_range (BfDraw *self, const BfRect *piece)
{
  cairo_pattern_t *colors = cairo_pattern_create_linear (piece->x, 0, piece->x + piece->width, 0);
  BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = &self->colors[BF_ROLE_INK_2] };
  g_autofree char *number = bf_format_power ((int) BF_MAGNITUDE_OVER);

  for (guint i = 0; i <= 16; i++)
    {
      BfColor c = bf_colormap_magnitude (BF_MAGNITUDE_HIGH + 1e-9
                                         + i / 16.0 * (BF_MAGNITUDE_OVER - BF_MAGNITUDE_HIGH));
      cairo_pattern_add_color_stop_rgb (colors, i / 16.0, c.r, c.g, c.b);
    }
  bf_draw_rectangle (self, piece, 0);
  cairo_set_source (self->cr, colors);
  cairo_fill_preserve (self->cr);
  cairo_pattern_destroy (colors);
  bf_draw_hatch (self, BF_HATCH_FALLING, self->small ? 4.5 : 6, 1, (BfColor) { 1, 1, 1, 0.4 });
  bf_draw_text (self, &tick, piece->x + piece->width,
                piece->y + piece->height + 6 + 0.75 * bf_draw_get_size (self, BF_TYPE_TICK), number);
}

void
bf_draw_magnitude_bar (BfDraw *self, const BfScale *scale, gboolean fitted, double y, double over, const char *name)
{
  double thick = self->small || self->style->window ? 8 : 11;
  double size = bf_draw_get_size (self, BF_TYPE_TICK), length = scale->to - scale->from;
  int step = MAX (2, bf_ticks_decades (scale->low, scale->high, length, 3.2 * size));
  cairo_pattern_t *colors = cairo_pattern_create_linear (scale->from, 0, scale->to, 0);
  BfRect bar = { scale->from, y, length, thick };
  BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = &self->colors[BF_ROLE_INK_2] };
  BfText label = { .type = BF_TYPE_LABEL, .color = &self->colors[BF_ROLE_INK_2] };
  const double low = fitted ? BF_MAGNITUDE_LOW : scale->low, high = fitted ? BF_MAGNITUDE_HIGH : scale->high;

  for (guint i = 0; i <= 56; i++)
    {
      BfColor c = bf_colormap_magnitude (low + i / 56.0 * (high - low));
      cairo_pattern_add_color_stop_rgb (colors, i / 56.0, c.r, c.g, c.b);
    }
  bf_draw_rectangle (self, &bar, 0);
  cairo_set_source (self->cr, colors);
  cairo_fill (self->cr);
  cairo_pattern_destroy (colors);
  for (int d = (int) ceil (scale->low / step - 1e-9) * step; d <= scale->high + 1e-9; d += step)
    {
      double x = bf_scale_map (scale, d);
      g_autofree char *number = bf_format_power (d);

      bf_draw_line (self, x, y + thick, x, y + thick + 4, 1, self->colors[BF_ROLE_AXIS]);
      bf_draw_text (self, &tick, x, y + thick + 6 + 0.75 * size, number);
    }
  if (over > 0)
    draw_over_range (self, &(BfRect) { scale->to + 3, y, over, thick });
  if (name && self->style->window)
    bf_draw_text (self, BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = label.color),
                  (scale->from + scale->to) / 2, y + thick + 5 + 2.1 * size, name);
  else if (name)
    bf_draw_text (self, &label, scale->from, y + thick + 12 + 2.3 * size, name);
}

const char *
bf_layer_name (const BfPlan *plan, guint weighted)
{
  const BfPlanLayer *layer;

  g_return_val_if_fail (weighted < plan->n_weighted, "");
  layer = &plan->layers[plan->weighted[weighted]];
  return layer->name ? layer->name : "";
}

guint
bf_label_stride (guint n, double pitch, double nearest)
{
  static const guint steps[] = { 1, 2, 5 };

  for (guint decade = 1; decade < 100000; decade *= 10)
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
      if (steps[i] * decade * pitch >= nearest || steps[i] * decade >= n)
        return steps[i] * decade;
  return n;
}

gboolean
bf_label_shown (guint i, guint n, guint stride)
{
  if (stride <= 1 || i == 0 || i + 1 == n)
    return TRUE;
  /* Names count from 1; the first and the last keep their neighbors away. */
  return (i + 1) % stride == 0 && 4 * i >= 3 * stride && n - 1 - i >= stride;
}

void
bf_draw_card (BfDraw *self, const BfRect *area, double x, double y0, double y1, const char *title,
              const char *const *names, const char *const *values, guint n)
{
  cairo_t *cr = self->cr;
  BfText head = { .type = BF_TYPE_TICK, .bold = TRUE };
  BfText name = { .type = BF_TYPE_TICK, .color = &self->colors[BF_ROLE_INK_2] };
  BfText value = { .type = BF_TYPE_TICK, .bold = TRUE, .align = BF_ALIGN_RIGHT };
  double size = bf_draw_get_size (self, BF_TYPE_TICK), row = 1.64 * size, pad = 0.95 * size;
  double width = bf_draw_text_width (self, &head, title);
  gboolean dark = self->style->theme == BF_THEME_DARK;
  BfRect card = { .height = (n + 1) * row + 2 * pad - 0.6 * size };

  for (guint i = 0; i < n; i++)
    width = MAX (width, bf_draw_text_width (self, &name, names[i]) + 1.4 * size
                        + bf_draw_text_width (self, &value, values[i]));
  card.width = width + 2 * pad;
  card.x = x - 12 - card.width >= area->x ? x - 12 - card.width : x + 12;
  card.x = CLAMP (card.x, area->x, MAX (area->x, area->x + area->width - card.width));
  card.y = y1 + 6;
  if (card.y + card.height > area->y + area->height && y0 - 6 - card.height >= area->y)
    card.y = y0 - 6 - card.height;
  card.y = MAX (area->y, MIN (card.y, area->y + area->height - card.height));
  for (guint i = 3; i > 0; i--)
    {
      BfRect shadow = { card.x - i + 1, card.y - i + 2.5, card.width + 2 * i - 2, card.height + 2 * i - 2 };
      bf_draw_rectangle (self, &shadow, 7 + i);
      bf_draw_set_color (self, (BfColor) { 0, 0, 0, dark ? 0.14 : 0.06 });
      cairo_fill (cr);
    }
  bf_draw_rectangle (self, &card, 7);
  bf_draw_set_color (self, self->colors[dark ? BF_ROLE_GRID : BF_ROLE_SURFACE]);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, 1);
  bf_draw_set_color (self, self->colors[BF_ROLE_AXIS]);
  cairo_stroke (cr);
  bf_draw_text (self, &head, card.x + pad, card.y + pad + 0.5 * size, title);
  for (guint i = 0; i < n; i++)
    {
      double y = card.y + pad + 0.5 * size + (i + 1) * row;

      bf_draw_text (self, &name, card.x + pad, y, names[i]);
      bf_draw_text (self, &value, card.x + card.width - pad, y, values[i]);
    }
}
