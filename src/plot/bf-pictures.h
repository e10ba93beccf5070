/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the figures of data share: small pictures that stay crisp in every format, a color and a mark
 * for each class, samples as images.
 */
#pragma once

#include "bf-draw.h"

G_BEGIN_DECLS

/* Opaque or premultiplied pixels (height, width) as squares filling the rectangle. */
void bf_draw_pixels (BfDraw *draw, const BfRect *rect, guint width, guint height, const guint32 *pixels);
/* Sample i of a part, an image of bytes, dark on light in every theme's own colors. */
void bf_draw_sample (BfDraw *draw, const BfRect *rect, const BfDataset *data, BfPart part, guint i);

/* The families' colors and marks, checked for color-blind eyes, stand for classes where no runs do. */
BfColor     bf_class_get_color (const BfStyle *style, guint label);
void        bf_draw_class_mark (BfDraw *draw, guint label, double x, double y, double radius, BfColor color);
const char *bf_class_get_name  (const BfDataset *data, guint label);   /* "" where it has none */
/* Marks and names in a row from (x, y) on, as many as fit into `room`. */
void        bf_draw_class_legend (BfDraw *draw, const BfDataset *data, double x, double y, double room);

/* "validation", "test", "training" samples: translated, in a sentence. */
const char *bf_part_get_name (BfPart part);

/* The part of a figure below its title, within the margins. */
BfRect      bf_draw_get_area (const BfDraw *draw);
/* A sentence in the middle, where there is nothing to draw. */
void        bf_draw_nothing  (BfDraw *draw, const char *why);

/* Sequential colors for values in 0 … 1 that are no magnitudes: from the band to the accent. */
BfColor     bf_draw_get_level (const BfDraw *draw, double t);

G_END_DECLS
