/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the figures of the loss around the weights share.
 */
#pragma once

#include "../bf-draw.h"

G_BEGIN_DECLS

/* What it is measured on: a line at the foot of the figure. Translated, transfer full. */
char  *bf_landscape_make_note  (const BfLandscapeCenter *center, gboolean brief);
/* "2.303" of a loss around 2.3, "∞", "NaN"; four digits. Transfer full. */
char  *bf_landscape_format     (double loss);
/* In the window, where the step stands beside the figure, a few words; none in a low one. */
double bf_landscape_note_height (BfDraw *draw);
void   bf_landscape_draw_note   (BfDraw *draw, const BfLandscapeCenter *center);

/* Losses as colors: their place between the lowest and the highest, on a linear scale or that of the logarithm,
 * which is automatic where the highest is far above the lowest. */
typedef struct
{
  double low, high;
  gboolean log;
  guint n_levels;
  double levels[24];       /* of contour lines and ticks, rising */
} BfLossScale;

void   bf_loss_scale_init (BfLossScale *self, const BfLossPlane *plane, BfAxis axis);
double bf_loss_scale_get_place (const BfLossScale *self, double loss);   /* 0 … 1; NaN where not finite */

/* The lines of equal loss, by linear interpolation between neighboring points: pieces (x0, y0, x1, y1) in columns
 * and rows of the plane, of doubles. Transfer full. */
GArray *bf_loss_plane_trace (const BfLossPlane *plane, const BfLossScale *scale, double level);

G_END_DECLS
