/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The profile beside a heatmap: a bar a layer, whose axis is the color bar.
 */
#pragma once

#include "bf-cells.h"

G_BEGIN_DECLS

/* log10 of a norm onto pixels, the over-range piece included (over px wide, after a 3 px gap). */
double bf_bars_map (const BfScale *scale, double over, double log10_value);

/* Bars of a column in `rows`, the start as ticks; `over` as above. selected: row, or -1. */
void bf_draw_bars (BfDraw *draw, const BfRows *rows, const BfScale *scale, double over,
                   const BfSnapshot *snapshot, guint64 step, BfTensor tensor,
                   const BfMagnitude *magnitude, int selected);

/* A bar for what has no length (exactly zero, not finite), its word in the middle when there is room. */
void bf_draw_state_bar (BfDraw *draw, const BfRect *bar, const BfCell *cell, const BfMagnitude *magnitude,
                        gboolean worded);

G_END_DECLS
