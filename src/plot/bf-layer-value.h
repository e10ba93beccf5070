/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What else than a tensor's norm a cell of layer × step can show: a table with a row each, with the scale
 * of its colors. Derived from what was recorded, never stored.
 */
#pragma once

#include "bf-cells.h"

G_BEGIN_DECLS

typedef enum
{
  BF_VALUE_MAGNITUDE,   /* log10 on the scale of all magnitudes */
  BF_VALUE_GAIN,        /* log10 from 1/10 to 10, diverging about 1 × */
  BF_VALUE_SIGNED,      /* −1 … 1, diverging about 0 */
  BF_VALUE_SHARE,       /* 0 … 1 */
} BfValueScale;

struct _BfLayerValue
{
  const char *id;
  const char *name;     /* N_(), at the head of a sentence or over a column */
  BfValueScale scale;
  double (*get) (const BfColumn *column, const BfPlan *plan, guint w);   /* NaN: none */
};

const BfLayerValue *bf_layer_values     (guint *n);
const BfLayerValue *bf_layer_value_find (const char *id);   /* NULL: no such row */

/* On the value's scale: its log10 where that is logarithmic. States as of norms: what is not finite and,
 * on a log scale, zero. */
BfCell  bf_layer_value_get_cell  (const BfLayerValue *self, const BfColumn *column, const BfPlan *plan, guint w);
/* "1 / 3.2", "12.5 %", "–"; transfer full. */
char   *bf_layer_value_format    (const BfLayerValue *self, const BfCell *cell);
/* Ends of the scale of data->value, as in a cell's log: fixed, or fitted to what the first run shows. */
void    bf_layer_value_init_range (BfMagnitude *range, const BfFigureData *data);
BfColor bf_layer_value_get_color  (const BfLayerValue *self, BfDraw *draw, const BfMagnitude *range, double place);

/* Several steps in one bin give the mean on the scale; any NaN wins, then any zero. */
BfCellGrid *bf_layer_value_make_grid (const BfLayerValue *self, const BfSnapshot *snapshot, const BfMagnitude *range,
                                      guint64 end, guint columns, guint rows);
/* Bars of data->value in the first run's layers at a step, with a bar of the scale beneath, named. */
void    bf_layer_value_draw_bars (BfDraw *draw, const BfRows *rows, const BfRect *area, const BfFigureData *data,
                                  guint64 step);

void    bf_layer_value_csv       (const BfLayerValue *self, GString *out, const BfSnapshot *snapshot);
char   *bf_layer_value_describe  (const BfLayerValue *self, const BfSnapshot *snapshot, guint64 step);

G_END_DECLS
