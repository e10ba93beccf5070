/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-colormap.h"

#include <math.h>

/* 9 stops, 1.75 decades apart: lightness only rises. */
static const guint32 magnitude[] = {
  0x17113a, 0x262165, 0x293e87, 0x1b5f9b, 0x0181a0, 0x1fa499, 0x5dc48b, 0xbcdb66, 0xfbf191,
};
static const guint32 above[] = { 0xff9d3c, 0xee4b2b, 0x98103a };
static const guint32 depth[] = { 0x5b3a94, 0x9a3f93, 0xd24f76, 0xec7f52, 0xeeb344 };
static const guint32 diverging_light[] = {
  0x0a4c8c, 0x3f86c4, 0xa3c8e6, 0xf5f4f2, 0xf0c49a, 0xd97f2d, 0x99480a,
};
static const guint32 diverging_dark[] = {
  0x7cc0ff, 0x3c86cc, 0x24507a, 0x2c2c30, 0x7a4a1c, 0xd07c2c, 0xffbe73,
};

typedef struct { double l, a, b; } BfLab;

static double
to_linear (double c)
{
  return c <= 0.04045 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

static double
to_srgb (double c)
{
  c = CLAMP (c, 0, 1);
  return c <= 0.0031308 ? c * 12.92 : 1.055 * pow (c, 1 / 2.4) - 0.055;
}

static BfLab
to_lab (BfColor c)
{
  double r = to_linear (c.r), g = to_linear (c.g), b = to_linear (c.b);
  double l = cbrt (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  double m = cbrt (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  double s = cbrt (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);

  return (BfLab) { 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
                   1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
                   0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s };
}

static BfColor
from_lab (BfLab c, double alpha)
{
  double l = c.l + 0.3963377774 * c.a + 0.2158037573 * c.b;
  double m = c.l - 0.1055613458 * c.a - 0.0638541728 * c.b;
  double s = c.l - 0.0894841775 * c.a - 1.2914855480 * c.b;

  l = l * l * l;
  m = m * m * m;
  s = s * s * s;
  return (BfColor) { to_srgb (4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                     to_srgb (-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                     to_srgb (-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s), alpha };
}

static BfColor
from_hex (guint32 rgb)
{
  return (BfColor) { (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0, 1 };
}

/* t from 0 to 1 over all the stops; NaN counts as 0. */
static BfColor
interpolate (const guint32 *stops, guint n, double t)
{
  double place = t > 0 ? MIN (t, 1) * (n - 1) : 0;
  guint i = MIN ((guint) place, n - 2);

  return bf_color_mix (from_hex (stops[i]), from_hex (stops[i + 1]), place - i);
}

BfColor
bf_color_mix (BfColor a, BfColor b, double t)
{
  BfLab x = to_lab (a), y = to_lab (b);

  if (t <= 0)
    return a;
  if (t >= 1)
    return b;
  return from_lab ((BfLab) { x.l + t * (y.l - x.l), x.a + t * (y.a - x.a), x.b + t * (y.b - x.b) },
                   a.a + t * (b.a - a.a));
}

BfColor
bf_colormap_magnitude (double log10_value)
{
  if (log10_value > BF_MAGNITUDE_HIGH)
    return interpolate (above, G_N_ELEMENTS (above),
                        (log10_value - BF_MAGNITUDE_HIGH) / (BF_MAGNITUDE_OVER - BF_MAGNITUDE_HIGH));
  return interpolate (magnitude, G_N_ELEMENTS (magnitude),
                      (log10_value - BF_MAGNITUDE_LOW) / (BF_MAGNITUDE_HIGH - BF_MAGNITUDE_LOW));
}

/* Steps of the table a decade; the over-range piece is coarser by as much as it is longer. */
#define PIXELS_WITHIN 1024
#define PIXELS_ABOVE  256

static const guint32 *
magnitude_pixels (void)
{
  static guint32 pixels[PIXELS_WITHIN + PIXELS_ABOVE];
  static gsize made = 0;

  if (g_once_init_enter (&made))
    {
      for (guint i = 0; i < PIXELS_WITHIN; i++)
        pixels[i] = bf_color_get_pixel (interpolate (magnitude, G_N_ELEMENTS (magnitude), i / (PIXELS_WITHIN - 1.0)));
      for (guint i = 0; i < PIXELS_ABOVE; i++)
        pixels[PIXELS_WITHIN + i] =
          bf_color_get_pixel (interpolate (above, G_N_ELEMENTS (above), i / (PIXELS_ABOVE - 1.0)));
      g_once_init_leave (&made, 1);
    }
  return pixels;
}

guint32
bf_colormap_magnitude_pixel (double log10_value)
{
  const guint32 *pixels = magnitude_pixels ();
  double t;

  if (log10_value > BF_MAGNITUDE_HIGH)
    {
      t = (log10_value - BF_MAGNITUDE_HIGH) / (BF_MAGNITUDE_OVER - BF_MAGNITUDE_HIGH);
      return pixels[PIXELS_WITHIN + (guint) (MIN (t, 1) * (PIXELS_ABOVE - 1) + 0.5)];
    }
  t = (log10_value - BF_MAGNITUDE_LOW) / (BF_MAGNITUDE_HIGH - BF_MAGNITUDE_LOW);
  return pixels[t > 0 ? (guint) (t * (PIXELS_WITHIN - 1) + 0.5) : 0];
}

BfColor
bf_colormap_depth (double t)
{
  return interpolate (depth, G_N_ELEMENTS (depth), t);
}

BfColor
bf_colormap_diverging (BfTheme theme, double t)
{
  return interpolate (theme == BF_THEME_DARK ? diverging_dark : diverging_light,
                      G_N_ELEMENTS (diverging_light), (t + 1) / 2);
}

double
bf_color_get_lightness (BfColor color)
{
  return to_lab (color).l;
}

BfColor
bf_color_alpha (BfColor color, double alpha)
{
  color.a = alpha;
  return color;
}

guint32
bf_color_get_pixel (BfColor c)
{
  guint32 a = (guint32) lround (c.a * 255), r = (guint32) lround (c.r * c.a * 255);
  guint32 g = (guint32) lround (c.g * c.a * 255), b = (guint32) lround (c.b * c.a * 255);

  return a << 24 | r << 16 | g << 8 | b;
}
