/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include "../bf-cells.h"

G_BEGIN_DECLS

typedef struct
{
  BfRect cells;      /* rows × steps */
  BfRect profile;    /* width 0: none */
  double over;       /* of the profile's over-range piece */
  double flags;      /* height of the event lane above */
  guint64 end;       /* steps on the axis */
  guint64 trained;   /* steps measured */
  BfRows rows;
  BfScale steps;
} BfHeatmap;

/* One image of all cells, then the hatches of their states. Returns the states that occur, a bit
 * each; bit BF_N_CELLS is frozen. */
guint bf_heatmap_draw_cells (BfDraw *draw, const BfHeatmap *map, const BfFigureData *data,
                             const BfMagnitude *magnitude);

G_END_DECLS
