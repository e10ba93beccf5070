/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * How the small widgets of the network list paint a norm.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* 0 at the low end of the magnitude scale, 1 at its high end and for what is not finite. */
double  bf_norm_get_fraction (double norm);
GdkRGBA bf_norm_get_rgba     (double norm);
/* Fills a rectangle: the norm's color, or a hatch of `ink` for an exact zero. */
void    bf_norm_paint        (cairo_t *cr, double x, double y, double width, double height, double norm,
                              const GdkRGBA *ink);

G_END_DECLS
