/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The colour maps: sRGB stops at even distances, interpolated in OKLab (Ottosson 2020), where
 * even steps look even.
 */
#pragma once

#include "bf-style.h"

G_BEGIN_DECLS

/* The fixed scale of magnitudes, in log10. Up to HIGH is the magnitude map; from HIGH to OVER the
 * over-range piece. */
#define BF_MAGNITUDE_LOW  (-12.0)
#define BF_MAGNITUDE_HIGH 2.0
#define BF_MAGNITUDE_OVER 38.0

/* log10 of a norm; below LOW the lowest color, above HIGH the over-range colors. Same in all themes. */
BfColor bf_colormap_magnitude (double log10_value);
/* The same as an opaque pixel, from a table: for images. */
guint32 bf_colormap_magnitude_pixel (double log10_value);
/* Hue of a layer, 0 input to 1 output. */
BfColor bf_colormap_depth     (double t);
/* -1 (loss) … 0 … 1 (growth). */
BfColor bf_colormap_diverging (BfTheme theme, double t);

/* OKLab lightness, 0 to 1. */
double  bf_color_get_lightness (BfColor color);
/* t = 0: a, 1: b, in OKLab; alpha too. */
BfColor bf_color_mix (BfColor a, BfColor b, double t);
/* The same with another alpha. */
BfColor bf_color_alpha (BfColor color, double alpha);
/* 0xaarrggbb, premultiplied: a pixel of CAIRO_FORMAT_ARGB32. */
guint32 bf_color_get_pixel (BfColor color);

G_END_DECLS
