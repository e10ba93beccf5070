/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Text and shapes. Glyph positions are not rounded and nothing is hinted, so that a text is as
 * wide on the screen as in a file, at any scale.
 */
#include "bf-draw.h"

#include <math.h>

#define FONTS "Adwaita Sans, Inter, Cantarell, sans-serif"

/* Below this width a picture is small. */
#define SMALL_WIDTH 760

static const struct { double normal, small, window; } sizes[BF_N_TYPES] = {
  [BF_TYPE_TITLE] = { 15,   12,  13 },
  [BF_TYPE_LABEL] = { 12,   10,  12 },
  [BF_TYPE_TICK]  = { 11,   9,   11 },
  [BF_TYPE_NOTE]  = { 10.5, 8.5, 11 },
};

double
bf_draw_get_size (BfDraw *self, BfType type)
{
  double size = self->style->window ? sizes[type].window : self->small ? sizes[type].small : sizes[type].normal;

  return size * CLAMP (self->style->font_scale, 0.5, 4);
}

double
bf_draw_get_top (const BfDraw *self)
{
  return self->style->window ? 0 : (self->small ? 28 : 72) * CLAMP (self->style->font_scale, 0.5, 4);
}

static PangoLayout *
create_layout (BfDraw *self)
{
  PangoLayout *layout = pango_cairo_create_layout (self->cr);
  PangoContext *context = pango_layout_get_context (layout);
  cairo_font_options_t *options = cairo_font_options_create ();
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  pango_cairo_context_set_resolution (context, 96);
  pango_context_set_round_glyph_positions (context, FALSE);
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_context_changed (layout);
  return layout;
}

void
bf_draw_init (BfDraw *self, cairo_t *cr, double width, double height, const BfStyle *style)
{
  gboolean small = !style->window && width < SMALL_WIDTH;
  double heavier = style->theme == BF_THEME_PRINT ? 0.25 : 0;

  *self = (BfDraw) {
    .cr = cairo_reference (cr), .style = style, .width = width, .height = height, .small = small,
    .margin = style->window ? 14 : small ? 12 : 20,
    .gap = small ? 18 : 34,
    .line = (small ? 1.7 : 2.2) + heavier,
    .mark = small ? 3.4 : 4.6,
  };
  for (guint i = 0; i < BF_N_ROLES; i++)
    self->colors[i] = bf_style_get_color (style, i);
  self->layout = create_layout (self);
  for (guint type = 0; type < BF_N_TYPES; type++)
    for (guint bold = 0; bold < 2; bold++)
      {
        PangoFontDescription *font = pango_font_description_new ();

        pango_font_description_set_family (font, style->font && *style->font ? style->font : FONTS);
        pango_font_description_set_absolute_size (font, bf_draw_get_size (self, type) * PANGO_SCALE);
        pango_font_description_set_weight (font, bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
        self->fonts[type][bold] = font;
      }
}

void
bf_draw_init_nowhere (BfDraw *self, double width, double height, const BfStyle *style)
{
  cairo_surface_t *nowhere = cairo_recording_surface_create (CAIRO_CONTENT_ALPHA, NULL);
  cairo_t *cr = cairo_create (nowhere);

  bf_draw_init (self, cr, width, height, style);
  cairo_destroy (cr);
  cairo_surface_destroy (nowhere);
}

void
bf_draw_clear (BfDraw *self)
{
  g_clear_pointer (&self->cr, cairo_destroy);
  g_clear_object (&self->layout);
  for (guint type = 0; type < BF_N_TYPES; type++)
    for (guint bold = 0; bold < 2; bold++)
      g_clear_pointer (&self->fonts[type][bold], pango_font_description_free);
}

static void
prepare (BfDraw *self, const BfText *text, const char *string)
{
  pango_layout_set_font_description (self->layout, self->fonts[text->type][text->bold ? 1 : 0]);
  pango_layout_set_width (self->layout, text->max_width > 0 ? (int) (text->max_width * PANGO_SCALE) : -1);
  pango_layout_set_ellipsize (self->layout, text->max_width > 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  pango_layout_set_text (self->layout, string, -1);
}

static double
measured_width (BfDraw *self)
{
  PangoRectangle logical;

  pango_layout_get_extents (self->layout, NULL, &logical);
  return logical.width / (double) PANGO_SCALE;
}

double
bf_draw_text_width (BfDraw *self, const BfText *text, const char *string)
{
  prepare (self, text, string);
  return measured_width (self);
}

double
bf_draw_text_height (BfDraw *self, BfType type)
{
  return 1.35 * bf_draw_get_size (self, type);
}

/* From the point to the baseline: digits are 0.73 of the size high in the fonts used. */
static double
baseline_offset (BfDraw *self, const BfText *text)
{
  double size = bf_draw_get_size (self, text->type);

  return text->anchor == BF_ANCHOR_BASELINE ? 0 : text->anchor == BF_ANCHOR_TOP ? 0.97 * size : 0.363 * size;
}

double
bf_draw_text (BfDraw *self, const BfText *text, double x, double y, const char *string)
{
  cairo_t *cr = self->cr;
  PangoRectangle logical;
  double width, left;

  prepare (self, text, string);
  pango_layout_get_extents (self->layout, NULL, &logical);
  width = logical.width / (double) PANGO_SCALE;
  left = text->align == BF_ALIGN_LEFT ? 0 : text->align == BF_ALIGN_CENTER ? -width / 2 : -width;
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_rotate (cr, text->angle);
  cairo_translate (cr, left - logical.x / (double) PANGO_SCALE,
                   baseline_offset (self, text) - pango_layout_get_baseline (self->layout) / (double) PANGO_SCALE);
  if (text->halo)
    {
      cairo_move_to (cr, 0, 0);
      pango_cairo_layout_path (cr, self->layout);
      cairo_set_line_width (cr, 3.2);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      bf_draw_set_color (self, *text->halo);
      /* Half the time, and no eye tells it from the fine one. */
      if (self->style->window)
        {
          cairo_set_tolerance (cr, 0.5);
          cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
        }
      cairo_stroke (cr);
      cairo_set_tolerance (cr, 0.1);
      cairo_set_antialias (cr, CAIRO_ANTIALIAS_DEFAULT);
    }
  bf_draw_set_color (self, text->color ? *text->color : self->colors[BF_ROLE_INK]);
  cairo_move_to (cr, 0, 0);
  pango_cairo_show_layout (cr, self->layout);
  cairo_new_path (cr);
  cairo_restore (cr);
  return width;
}

void
bf_draw_set_color (BfDraw *self, BfColor color)
{
  cairo_set_source_rgba (self->cr, color.r, color.g, color.b, color.a);
}

void
bf_draw_rectangle (BfDraw *self, const BfRect *rect, double radius)
{
  cairo_t *cr = self->cr;
  double r = MIN (radius, MIN (rect->width, rect->height) / 2);
  double x1 = rect->x + rect->width, y1 = rect->y + rect->height;

  if (!(rect->width > 0 && rect->height > 0))
    return;
  if (r <= 0)
    {
      cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
      return;
    }
  cairo_new_sub_path (cr);
  cairo_arc (cr, x1 - r, rect->y + r, r, -G_PI / 2, 0);
  cairo_arc (cr, x1 - r, y1 - r, r, 0, G_PI / 2);
  cairo_arc (cr, rect->x + r, y1 - r, r, G_PI / 2, G_PI);
  cairo_arc (cr, rect->x + r, rect->y + r, r, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

void
bf_draw_fill (BfDraw *self, const BfRect *rect, BfColor color)
{
  bf_draw_set_color (self, color);
  cairo_new_path (self->cr);
  bf_draw_rectangle (self, rect, 0);
  cairo_fill (self->cr);
}

void
bf_draw_line (BfDraw *self, double x0, double y0, double x1, double y1, double width, BfColor color)
{
  cairo_new_path (self->cr);
  cairo_move_to (self->cr, x0, y0);
  cairo_line_to (self->cr, x1, y1);
  cairo_set_line_width (self->cr, width);
  bf_draw_set_color (self, color);
  cairo_stroke (self->cr);
}

/* Lines x ∓ y = k · pitch · √2 over the box, so the phase depends on the figure's origin alone. */
static void
hatch_lines (cairo_t *cr, BfHatch hatch, double pitch, double x0, double y0, double x1, double y1)
{
  double step = pitch * G_SQRT2, sign = hatch == BF_HATCH_RISING ? 1 : -1;
  double low = MIN (x0 + sign * y0, x0 + sign * y1), high = MAX (x1 + sign * y0, x1 + sign * y1);

  for (double c = ceil (low / step) * step; c <= high; c += step)
    {
      cairo_move_to (cr, c - sign * y0, y0);
      cairo_line_to (cr, c - sign * y1, y1);
    }
}

/* Many dots are squares, which are ten times as fast and as small look the same. */
static void
hatch_dots (cairo_t *cr, double pitch, double radius, double x0, double y0, double x1, double y1)
{
  gboolean many = (x1 - x0) * (y1 - y0) > 2000 * pitch * pitch;
  double side = 1.8 * radius;

  for (double y = floor (y0 / pitch) * pitch; y <= y1 + radius; y += pitch)
    for (double x = floor (x0 / pitch) * pitch; x <= x1 + radius; x += pitch)
      if (many)
        cairo_rectangle (cr, x - side / 2, y - side / 2, side, side);
      else
        {
          cairo_new_sub_path (cr);
          cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
        }
}

void
bf_draw_hatch (BfDraw *self, BfHatch hatch, double pitch, double line, BfColor color)
{
  cairo_t *cr = self->cr;
  double x0, y0, x1, y1;

  cairo_save (cr);
  cairo_clip (cr);
  cairo_clip_extents (cr, &x0, &y0, &x1, &y1);
  if (x1 > x0 && y1 > y0 && pitch > 0)
    {
      bf_draw_set_color (self, color);
      cairo_set_line_width (cr, line);
      cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
      bf_draw_no_dash (self);
      if (hatch == BF_HATCH_DOTS)
        {
          hatch_dots (cr, pitch, line, x0, y0, x1, y1);
          cairo_fill (cr);
        }
      if (hatch == BF_HATCH_RISING || hatch == BF_HATCH_CROSS)
        hatch_lines (cr, BF_HATCH_RISING, pitch, x0, y0, x1, y1);
      if (hatch == BF_HATCH_FALLING || hatch == BF_HATCH_CROSS)
        hatch_lines (cr, BF_HATCH_FALLING, pitch, x0, y0, x1, y1);
      cairo_stroke (cr);
    }
  cairo_restore (cr);
  cairo_new_path (cr);
}
