/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * PNG by libpng, since cairo's writer knows neither text chunks nor a resolution.
 */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* The image surface (RGB24 or ARGB32) as a PNG of that resolution; text (may be NULL) goes into a
 * compressed iTXt chunk. */
GBytes *bf_png_write     (cairo_surface_t *surface, double dpi, const char *text, GError **error);
/* That text, or NULL without error when there is none; error when it is no PNG. */
char   *bf_png_read_text (GBytes *file, GError **error);

G_END_DECLS
