/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What figures of two runs have in common: the rows of both, each layer beside itself, and a
 * color bar at the right edge.
 */
#pragma once

#include "heatmap-private.h"

G_BEGIN_DECLS

/* The layers with weights of one run or two, input to output. A layer of one run stands in the row
 * of the same layer of the other: the same permanent id, the same copy. */
typedef struct
{
  guint n;
  int *at[2];            /* row → weighted layer of a run; −1: the run lacks it */
  guint *places[2];      /* weighted layer of a run → row */
  const char **names;    /* borrowed from the plans; the first run's where it has the layer */
} BfPairRows;

BfPairRows *bf_pair_rows_new  (const BfPlan *a, const BfPlan *b);   /* b: NULL for one run */
void        bf_pair_rows_free (BfPairRows *self);

/* Which of the two runs alone has the layer of a row; −1: both have it. */
int bf_pair_rows_get_only (const BfPairRows *self, guint row);

/* A vertical bar of colors with powers of ten at its right. one: "1 ×" in place of "1". */
typedef struct
{
  double low, high;      /* log10 */
  double over;           /* px of the over-range piece on top; 0: none */
  BfCellPixel pixel;
  gconstpointer scale;
  gboolean one;
  const char *name;      /* along it, when there is room; NULL: none */
} BfCompareBar;

double bf_compare_bar_width (BfDraw *draw, gboolean named);   /* with its gap to the left */
void   bf_compare_draw_bar  (BfDraw *draw, const BfRect *bar, const BfCompareBar *self);

const char *bf_compare_get_label (const BfFigureData *data, guint run);   /* never NULL */

/* log10 of run 0 over run 1; 0 over anything is zero, anything over 0 and what is not finite have no
 * ratio. Beyond ± range: off the scale. */
BfCell bf_compare_divide (const BfCell *a, const BfCell *b, double range);

/* The state of a run in a row at a step; empty where it has no such layer. */
BfCell bf_compare_get_cell (const BfFigureData *data, const BfPairRows *rows, guint run, guint row, guint64 step);

/* Steps that all runs have. */
guint64 bf_compare_count_common (const BfFigureData *data);

/* The values of a row at a step in both runs, and their ratio, beside that cell of the map. */
void bf_compare_draw_card (BfDraw *draw, const BfFigureData *data, const BfPairRows *rows, guint row, guint64 step,
                           const BfHeatmap *map);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfPairRows, bf_pair_rows_free)

G_END_DECLS
