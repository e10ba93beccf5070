/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The parts of the curves: where the panels lie, and the lines in them.
 */
#pragma once

#include "../bf-draw.h"

G_BEGIN_DECLS

typedef enum { BF_CURVE_LOSS, BF_CURVE_ACCURACY, BF_CURVE_RATE, BF_N_CURVES } BfCurve;

typedef struct
{
  BfRect rect;           /* width 0: not drawn */
  BfScale steps, value;
  gboolean log;          /* value is log10 */
} BfPanel;

typedef struct
{
  BfPanel panels[BF_N_CURVES];
  double unit;           /* steps a unit of the x axis: 1, or an epoch */
  double end;            /* steps */
  double labels;         /* room right of the panels */
  BfCurve labelled;      /* whose lines have the names at their ends */
} BfCurves;

/* The run's columns; the start alone when there are none. */
const BfColumn *bf_curves_get_column (const BfSnapshot *snapshot, guint i);
guint  bf_curves_count          (const BfSnapshot *snapshot);
double bf_curves_get_value      (const BfColumn *column, BfCurve curve);
double bf_curves_get_validation (const BfEpoch *epoch, BfCurve curve);

void   bf_curves_lay_out        (BfCurves *self, BfDraw *draw, const BfFigureData *data);
/* Room for the numbers left of a panel. */
double bf_curves_axis_width     (BfDraw *draw);
double bf_curves_map_step       (const BfCurves *self, BfCurve curve, double step);
double bf_curves_map_value      (const BfPanel *panel, double value);

/* Every run's lines, marks and labels in a panel of loss or accuracy. */
void   bf_curves_draw_lines     (BfDraw *draw, const BfCurves *self, BfCurve curve, const BfFigureData *data);

G_END_DECLS
