/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-norm-paint.h"

#include <math.h>

#include "../plot/bf-colormap.h"

double
bf_norm_get_fraction (double norm)
{
  if (!isfinite (norm))
    return 1;
  if (norm <= 0)
    return 0;
  return CLAMP ((log10 (norm) - BF_MAGNITUDE_LOW) / (BF_MAGNITUDE_HIGH - BF_MAGNITUDE_LOW), 0, 1);
}

GdkRGBA
bf_norm_get_rgba (double norm)
{
  BfColor color;
  BfStyle style;

  bf_style_init (&style, BF_THEME_LIGHT);
  color = isfinite (norm) ? bf_colormap_magnitude (norm > 0 ? log10 (norm) : BF_MAGNITUDE_LOW)
                          : bf_style_get_color (&style, BF_ROLE_DANGER);
  return (GdkRGBA) { color.r, color.g, color.b, color.a };
}

void
bf_norm_paint (cairo_t       *cr,
               double         x,
               double         y,
               double         width,
               double         height,
               double         norm,
               const GdkRGBA *ink)
{
  GdkRGBA color = bf_norm_get_rgba (norm);

  cairo_save (cr);
  cairo_new_path (cr);
  cairo_rectangle (cr, x, y, width, height);
  if (norm != 0)
    {
      gdk_cairo_set_source_rgba (cr, &color);
      cairo_fill (cr);
    }
  else
    {
      cairo_clip (cr);
      cairo_set_source_rgba (cr, ink->red, ink->green, ink->blue, 0.1);
      cairo_paint (cr);
      cairo_set_source_rgba (cr, ink->red, ink->green, ink->blue, 0.45);
      cairo_set_line_width (cr, 1);
      /* Lines of x + y = a multiple of 4, so that neighbors' hatches join. */
      for (double c = 4 * floor ((x + y) / 4); c <= x + y + width + height; c += 4)
        {
          cairo_move_to (cr, c - y, y);
          cairo_line_to (cr, c - y - height, y + height);
        }
      cairo_stroke (cr);
    }
  cairo_restore (cr);
}
