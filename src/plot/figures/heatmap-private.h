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

/* Steps that the axis has room for: grows by about a quarter when it is full; the planned end when
 * that is nearer. trained: steps measured. */
guint64 bf_heatmap_find_end (const BfSnapshot *snapshot, guint64 trained, gboolean window);

/* What lies right of the last step: a shade, and why a run stopped by itself. */
void bf_heatmap_draw_untrained (BfDraw *draw, const BfHeatmap *map, const BfSnapshot *snapshot);

/* cursor->weighted is a row of the map; past the last one: only the step. */
void   bf_heatmap_draw_cursor (BfDraw *draw, const BfHeatmap *map, const BfCursor *cursor, BfDrawPart part);
double bf_heatmap_cursor_x    (const BfHeatmap *map, guint64 step);

/* How many cells are worth having on this surface. */
void bf_heatmap_fit_grid (BfDraw *draw, const BfHeatmap *map, guint *columns, guint *rows);

/* The pixel of a value; of zeros and what is not finite the state decides. */
typedef guint32 (*BfCellPixel) (gconstpointer scale, double log10_value);

/* The same of a grid made before, as bf_heatmap_fit_grid() says. */
guint bf_heatmap_draw_grid (BfDraw *draw, const BfHeatmap *map, const BfCellGrid *grid, BfCellPixel pixel,
                            gconstpointer scale);

/* Over it, in print: a hatch on what lies above the middle of a diverging scale by more than so much. */
#define BF_HEATMAP_GROWTH 0.05
void bf_heatmap_draw_growth (BfDraw *draw, const BfHeatmap *map, const BfCellGrid *grid);

/* One image of all cells, then the hatches of their states. Returns the states that occur, a bit
 * each; bit BF_N_CELLS is frozen. */
guint bf_heatmap_draw_cells (BfDraw *draw, const BfHeatmap *map, const BfFigureData *data,
                             const BfMagnitude *magnitude);
/* The same of data->value. */
guint bf_heatmap_draw_values (BfDraw *draw, const BfHeatmap *map, const BfFigureData *data);

G_END_DECLS
