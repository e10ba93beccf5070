/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-pictures.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Viewers blur small images of an SVG: every pixel comes as a square of several. */
#define PIXELS_A_UNIT 2
#define MOST_PIXELS 1.5e6   /* of a picture: more only take time to write */

void
bf_draw_pixels (BfDraw *draw, const BfRect *rect, guint width, guint height, const guint32 *pixels)
{
  cairo_t *cr = draw->cr;
  guint most = (guint) MAX (1, sqrt (MOST_PIXELS / ((double) MAX (width, 1) * MAX (height, 1))));
  guint side = (guint) CLAMP (ceil (PIXELS_A_UNIT * rect->width / MAX (width, 1)), 1, MIN (24, most));
  cairo_surface_t *image;
  guint8 *bytes;
  gsize stride;

  if (width == 0 || height == 0 || !(rect->width > 0 && rect->height > 0))
    return;
  image = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) (width * side), (int) (height * side));
  bytes = cairo_image_surface_get_data (image);
  stride = (gsize) cairo_image_surface_get_stride (image);
  for (guint y = 0; bytes && y < height * side; y++)
    {
      guint32 *row = (guint32 *) (void *) (bytes + y * stride);

      for (guint x = 0; x < width * side; x++)
        row[x] = pixels[(gsize) (y / side) * width + x / side];
    }
  cairo_surface_mark_dirty (image);
  cairo_save (cr);
  cairo_translate (cr, rect->x, rect->y);
  cairo_scale (cr, rect->width / (width * side), rect->height / (height * side));
  cairo_set_source_surface (cr, image, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  /* A PDF or SVG has no such extension: cairo would draw all of it anew, in fine pixels. */
  if (cairo_surface_get_type (cairo_get_target (cr)) == CAIRO_SURFACE_TYPE_IMAGE)
    cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_rectangle (cr, 0, 0, width * side, height * side);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_surface_destroy (image);
}

void
bf_draw_sample (BfDraw *draw, const BfRect *rect, const BfDataset *data, BfPart part, guint i)
{
  const BfRawData *raw = bf_dataset_get_raw (data);
  const gsize row = bf_dataset_get_row (data, part, i);
  guint width, height;
  g_autofree guint32 *pixels = NULL;
  guint32 levels[256];

  if (!bf_dataset_get_image_size (data, &width, &height) || !raw->bytes)
    return;
  for (guint level = 0; level < 256; level++)
    levels[level] = bf_color_get_pixel (bf_color_mix (draw->colors[BF_ROLE_BAND], draw->colors[BF_ROLE_INK], level / 255.0));
  pixels = g_new (guint32, (gsize) width * height);
  for (gsize k = 0; k < (gsize) width * height; k++)
    pixels[k] = levels[raw->bytes[row * raw->inputs + k]];
  bf_draw_pixels (draw, rect, width, height, pixels);
}

/* Neighbors in this order differ in hue and in lightness. */
static const BfFamily order[] = {
  BF_FAMILY_NORMALIZATION, BF_FAMILY_ACTIVATION, BF_FAMILY_SKIP, BF_FAMILY_START,
  BF_FAMILY_OPTIMIZER, BF_FAMILY_FINE_TUNING, BF_FAMILY_GRADIENT, BF_FAMILY_BASELINE,
};

BfColor
bf_class_get_color (const BfStyle *style, guint label)
{
  return bf_style_get_family (style, order[label % G_N_ELEMENTS (order)]);
}

void
bf_draw_class_mark (BfDraw *draw, guint label, double x, double y, double radius, BfColor color)
{
  static const BfFamily marks[] = {
    BF_FAMILY_BASELINE, BF_FAMILY_ACTIVATION, BF_FAMILY_NORMALIZATION, BF_FAMILY_START,
    BF_FAMILY_SKIP, BF_FAMILY_OPTIMIZER, BF_FAMILY_FINE_TUNING, BF_FAMILY_GRADIENT,
  };

  bf_draw_mark (draw, marks[label % G_N_ELEMENTS (marks)], x, y, radius, color, label / G_N_ELEMENTS (marks) % 2);
}

const char *
bf_class_get_name (const BfDataset *data, guint label)
{
  const char *const *names = bf_dataset_get_class_names (data);

  return names && label < bf_dataset_get_shape (data)->classes ? names[label] : "";
}

void
bf_draw_class_legend (BfDraw *draw, const BfDataset *data, double x, double y, double room)
{
  const double end = x + room;
  const BfText *text = BF_TEXT (.type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2]);

  for (guint label = 0; label < bf_dataset_get_shape (data)->classes; label++)
    {
      const char *name = bf_class_get_name (data, label);
      const double width = bf_draw_text_width (draw, text, name) + 30;

      if (x + width > end)
        {
          bf_draw_text (draw, text, x, y, "…");
          return;
        }
      bf_draw_class_mark (draw, label, x + 5, y, draw->mark, bf_class_get_color (draw->style, label));
      bf_draw_text (draw, text, x + 14, y, name);
      x += width;
    }
}

const char *
bf_part_get_name (BfPart part)
{
  static const char *const names[BF_N_PARTS] = { N_("training"), N_("validation"), N_("test") };

  g_return_val_if_fail (part < BF_N_PARTS, "");
  return _(names[part]);
}

BfRect
bf_draw_get_area (const BfDraw *draw)
{
  const double k = CLAMP (draw->style->font_scale, 0.5, 4);
  const double top = draw->style->window ? 2 : bf_draw_get_top (draw) + (draw->small ? 10 : 18) * k;

  return (BfRect) { draw->margin, top, MAX (0, draw->width - 2 * draw->margin),
                    MAX (0, draw->height - top - (draw->style->window ? 10 : draw->margin)) };
}

void
bf_draw_nothing (BfDraw *draw, const char *why)
{
  const BfRect area = bf_draw_get_area (draw);

  bf_draw_text (draw, BF_TEXT (.align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2], .max_width = MAX (1, area.width)),
                area.x + area.width / 2, area.y + area.height / 2, why);
}

BfColor
bf_draw_get_level (const BfDraw *draw, double t)
{
  return bf_color_mix (draw->colors[BF_ROLE_BAND], draw->colors[BF_ROLE_ACCENT], isnan (t) ? 0 : CLAMP (t, 0, 1));
}
