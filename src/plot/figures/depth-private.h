/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Parts of the figure of the norm by depth.
 */
#pragma once

#include "../bf-cells.h"
#include "../bf-layer-places.h"
#include "../bf-room.h"

G_BEGIN_DECLS

typedef struct
{
  BfRect plot;
  BfScale depth;        /* place of a layer onto x; 0 … n − 1 */
  BfScale norm;         /* log10 onto y */
  double pitch;         /* px a layer */
  guint n;              /* places */
  gboolean zeros, nans; /* lanes beneath and above */
  double labels;        /* x of the runs' names; 0: no room */
  double ratios;        /* right edge of the ratios; 0: none */
  BfLayerPlaces *places;
} BfDepth;

/* One line a run; of a study one a row, with its seeds. Borrows what data does. Free with g_free (); NULL: data are
 * as they should be. */
BfFigureRun *bf_depth_take_rows (const BfFigureData *data, BfFigureData *shown);

/* The range of a run's seeds at a layer, log10, itself among them; FALSE: there is but one. */
gboolean bf_depth_get_range  (const BfFigureData *data, guint run, guint layer, double *low, double *high);
void     bf_depth_draw_range (BfDraw *draw, const BfDepth *depth, const BfFigureData *data, guint run);

/* log10 of what theory expects of a layer, from what was measured at the start behind the last hidden one.
 * It is of single samples: for the weights of a batch it is approximate. NaN: theory says nothing. */
double      bf_depth_get_theory       (const BfFigureData *data, guint run, guint layer);
/* Why there is no line of theory, or NULL: there is one, or none is to be expected. */
const char *bf_depth_get_silence      (const BfFigureData *data);
/* A run's line, dashed in ink; and the name of the first of them, near its middle, where there is room. */
void        bf_depth_draw_theory      (BfDraw *draw, const BfDepth *depth, const BfFigureData *data, guint run);
void        bf_depth_draw_theory_name (BfDraw *draw, const BfDepth *depth, const BfFigureData *data, const BfRoom *room);

/* What the bands are, in a corner; nothing where there is none. */
void     bf_depth_draw_note  (BfDraw *draw, const BfDepth *depth, const BfFigureData *data);

/* As bf_csv_layers (), the seeds as runs of their own; and a sentence on them, for a screen reader. */
void     bf_depth_csv            (GString *out, const BfFigureData *data);
void     bf_depth_describe_seeds (GString *out, const BfFigureData *data);

G_END_DECLS
