/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * From recorded statistics to what a cell, bar or dot shows: a place on the scale of magnitudes,
 * or a state of its own. Exactly zero, not finite and off the scale are never "small".
 */
#pragma once

#include "bf-draw.h"

G_BEGIN_DECLS

typedef enum
{
  BF_CELL_EMPTY,       /* no such layer, tensor or step */
  BF_CELL_VALUE,
  BF_CELL_BELOW,       /* under the scale's lower end */
  BF_CELL_SUBNORMAL,
  BF_CELL_ABOVE,       /* in the over-range piece */
  BF_CELL_ZERO,
  BF_CELL_NAN,         /* not a number, or infinite */
  BF_N_CELLS
} BfCellState;

typedef struct
{
  float log;           /* log10 of the norm; NaN unless a value */
  guint8 state;        /* BfCellState */
  guint8 frozen;
  guint8 infinite;     /* BF_CELL_NAN: infinite, no NaN among them */
} BfCell;

/* The scale in log10: fixed, or fitted to the runs. */
typedef struct
{
  double low, high;
  gboolean fitted;
} BfMagnitude;

void    bf_magnitude_init      (BfMagnitude *self, const BfFigureData *data);
BfColor bf_magnitude_get_color (const BfMagnitude *self, double log10_value);
guint32 bf_magnitude_get_pixel (const BfMagnitude *self, double log10_value);

/* "gradient norm ‖∂L/∂W‖₂", without the formula when short; says when the scale is fitted. */
char *bf_quantity_name (BfTensor tensor, const BfMagnitude *magnitude, gboolean brief);

/* "Gradient norm": at the head of a sentence, or the name of an axis in the window. */
const char *bf_quantity_label (BfTensor tensor);

/* Statistics of a tensor of weighted layer w. Outputs are those of the layer's last stage. */
const BfStats *bf_column_get_stats (const BfColumn *self, const BfPlan *plan, guint w, BfTensor tensor);
BfCell         bf_cell_new         (const BfStats *stats, const BfMagnitude *magnitude);
/* "2.7 × 10⁻⁶", "0", "NaN", "∞"; "–" for an empty cell. Transfer full. */
char          *bf_cell_format      (const BfCell *self);

/* Steps 0 … end − 1 in `columns` bins, the layers in `rows`; several in one bin give the mean of
 * log10, but any NaN wins, then any zero. */
typedef struct
{
  guint columns, rows;
  BfCell *cells;        /* row-major */
} BfCellGrid;

BfCellGrid *bf_cell_grid_new  (const BfSnapshot *snapshot, BfTensor tensor, const BfMagnitude *magnitude,
                               guint64 end, guint columns, guint rows);
/* The same, layer w at place places[w] of n_places. */
BfCellGrid *bf_cell_grid_new_placed (const BfSnapshot *snapshot, BfTensor tensor, const BfMagnitude *magnitude,
                                     guint64 end, guint columns, guint rows, const guint *places, guint n_places);
void        bf_cell_grid_free (BfCellGrid *self);

/* Fills a rectangle as a cell of that state looks: color, hatch, dots. */
void bf_draw_cell       (BfDraw *draw, const BfCell *cell, const BfMagnitude *magnitude, const BfRect *rect);
/* Only the hatch or dots of the state, over the current path; clears the path. */
void bf_draw_cell_hatch (BfDraw *draw, BfCellState state, gboolean frozen);

/* In print, over the current path: the growth side of a diverging map. Clears the path. */
void bf_draw_growth_hatch (BfDraw *draw);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfCellGrid, bf_cell_grid_free)

G_END_DECLS
