/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A figure is one file in figures/: a descriptor with one function that draws it, for the screen
 * and for files alike, one that writes its numbers as CSV, one that says it in words, and one that
 * finds what lies under the pointer. Sizes are logical pixels (1/96 inch).
 */
#pragma once

#include <cairo.h>

#include "bf-style.h"
#include "../engine/bf-evaluation.h"
#include "../engine/bf-jacobian.h"
#include "../engine/bf-landscape.h"
#include "../engine/bf-snapshot.h"
#include "../engine/bf-theory.h"
#include "../engine/data/bf-data-facts.h"

G_BEGIN_DECLS

/* A row of the table in bf-layer-value.h. */
typedef struct _BfLayerValue BfLayerValue;

/* The one cursor of all views. */
typedef struct
{
  guint weighted;   /* layer: index into plan->weighted */
  guint64 step;
  guint panel;      /* where runs stand beside each other: whose picture the pointer is over */
  guint point;      /* of figures that show measured points (read): which one */
} BfCursor;

/* What of a figure is drawn: while a pointer or the cursor moves, the window keeps the ground as a picture and
 * draws anew only what the hand moves. */
typedef enum
{
  BF_DRAW_ALL,
  BF_DRAW_GROUND,   /* all but the step's cursor and the read-out */
  BF_DRAW_HAND,     /* these */
} BfDrawPart;

/* What a figure's ground depends on, besides quantity and size. */
typedef enum
{
  BF_GROUND_NONE,         /* it has none: all of it is drawn at every change */
  BF_GROUND_OF_LAYER,     /* the runs' snapshots and the chosen layer */
  BF_GROUND_OF_SNAPSHOT,  /* the runs' snapshots */
  BF_GROUND_OF_PLAN,      /* the first run's network */
  BF_GROUND_ALONE,        /* the runs' snapshots, and nothing in it moves with the hand */
  BF_GROUND_OF_EXAMINED,  /* what was asked of the first run, and its family */
} BfGround;

/* How losses are laid out where there is a choice. */
typedef enum
{
  BF_AXIS_AUTOMATIC,   /* decades where the losses span many of them */
  BF_AXIS_LINEAR,
  BF_AXIS_LOG,
  BF_N_AXES
} BfAxis;

/* "automatic", "linear", "logarithmic"; what is none of these is automatic. */
const char *bf_axis_get_id (BfAxis self);
BfAxis      bf_axis_find   (const char *id);

/* One run in a figure; the first is "this", others stand beside it. */
typedef struct
{
  BfSnapshot *snapshot;   /* borrowed */
  const char *label;      /* "Run 2", "Batch Normalization"; translated */
  BfFamily family;
  BfTheory *theory;       /* of its start, borrowed; NULL: not known */
  BfSnapshot *const *seeds;   /* runs of the same experiment with other seeds, borrowed; any may be NULL */
  guint n_seeds;
} BfFigureRun;

/* A cell of the confusion matrix. */
typedef struct
{
  guint label, answer;
} BfConfusionCell;

/* One row of a study: an experiment, trained once a seed. */
typedef struct
{
  const char *label;
  BfFamily family;
  gboolean hollow;              /* not the first row of its family */
  BfSnapshot *const *seeds;     /* borrowed, n_seeds of them; NULL: not begun */
  guint n_seeds;
  double published_accuracy;    /* on the test split, 0 … 1; NaN: none */
} BfFigureRow;

typedef struct
{
  const BfFigureRun *runs;
  guint n_runs;            /* 1 … ; only the first has to exist */
  const BfFigureRow *rows; /* figures of studies; without any, each run is a row */
  guint n_rows;
  guint chosen_row;        /* drawn as chosen, counted from 1; 0: none */
  BfCursor cursor;         /* step and layer drawn as chosen */
  gboolean show_cursor;
  BfDrawPart part;         /* only of figures that have a ground */
  const BfCursor *hover;   /* NULL, or what the pointer is over: gets the read-out card */
  const guint64 *pinned;   /* distributions: the step that stands beside the cursor's; NULL: the start */
  BfTensor tensor;         /* of which the distribution is drawn (ridgelines) */
  const BfLayerValue *value;   /* heatmap and profile: shown in place of the tensor's norm; NULL: the norm */
  gboolean scale_locked;   /* fixed decades; else fitted to the run and labelled "scale fitted" */
  BfAxis loss_axis;        /* figures with `loss_axis` */
  const BfDataFacts *facts;         /* of the data; NULL: not measured (yet) */
  const BfEvaluation *evaluation;   /* of the first run; NULL: none was asked for (yet) */
  const BfJacobian *jacobian;       /* likewise: its singular values */
  const BfGradientLine *loss_line;  /* of the first run, like the plane; NULL: not asked for (yet) */
  const BfLossPlane *loss_plane;
  const BfConfusionCell *cell;      /* NULL, or the one whose samples are shown */
  const char *title;       /* NULL: the figure's own name; a finding where one is known */
  const char *subtitle;    /* NULL: made from the spec */
} BfFigureData;

typedef struct _BfFigure
{
  BfKind kind;             /* id, name, summary */
  double width, height;    /* good size of an exported picture, logical pixels */
  void     (*draw)     (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data);
  void     (*csv)      (GString *out, const BfFigureData *data);        /* C-locale, header row */
  char    *(*describe) (const BfFigureData *data);                      /* translated, for a screen reader */
  /* What lies at (x, y): fills *cursor and returns TRUE over a cell, block, ridge. May be NULL. */
  gboolean (*pick)     (double x, double y, double width, double height, const BfStyle *style,
                        const BfFigureData *data, BfCursor *cursor);
  /* What lies at (x, y) where a click chooses nothing: it only gets the read-out card. NULL: what is picked does. */
  gboolean (*read)     (double x, double y, double width, double height, const BfStyle *style,
                        const BfFigureData *data, BfCursor *cursor);
  /* Whether there is anything of this kind to draw. NULL: always. */
  gboolean (*applies)  (const BfFigureData *data);
  /* The cell of the confusion matrix at (x, y). Mostly NULL. */
  gboolean (*pick_cell) (double x, double y, double width, double height, const BfStyle *style,
                         const BfFigureData *data, BfConfusionCell *cell);
  const char *value_title; /* N_(): the name when another quantity is shown, which stands for %s; NULL: always its own */
  BfGround ground;
  gboolean loss_axis;      /* its losses can be laid out either way */
  gboolean seeds;          /* shows the spread over the seeds of a run */
  const char *reading;     /* N_(): how to read it, a sentence or two; as data/help/figures.md has it */
} BfFigure;

/* heatmap … flow of a run; samples, confusion, mistakes … of its data; accuracy, attenuation, results of a study:
 * all of BfFigure. */
const BfKind *const *bf_figures (void);
const BfFigure *bf_figure_find (const char *id);   /* NULL: no such figure */

/* In the window heatmap and profile stand side by side with these margins, whatever their sizes, so
 * that their rows align. The profile's legend ("now", "start") lies in its top one. */
#define BF_FIGURE_WINDOW_TOP    26
#define BF_FIGURE_WINDOW_BOTTOM 46

gboolean bf_figure_applies (const BfFigure *self, const BfFigureData *data);

/* The title that it gets: the one given, or its name, which goes with the quantity shown. Translated, transfer full. */
char *bf_figure_get_title (const BfFigure *self, const BfFigureData *data);

/* Whether the ground drawn of one is that of the other, too: FALSE where the figure has none. */
gboolean bf_figure_same_ground (const BfFigure *self, const BfFigureData *a, const BfFigureData *b);

/* What the figure "accuracy" shows of these runs: "Validation accuracy", or a loss where there are no
 * classes. Translated, static. */
const char *bf_figure_get_reading (const BfFigureData *data);

/* Paints the surface (unless transparent), the title block (unless style->window), the figure. */
void bf_figure_draw (const BfFigure *self, cairo_t *cr, double width, double height,
                     const BfStyle *style, const BfFigureData *data);

/* One sentence on the run: "Seven sigmoid layers of 128, Fashion-MNIST, SGD 0.01, seed 42".
 * Translated, transfer full. */
char *bf_figure_make_subtitle (const BfSnapshot *snapshot);

G_END_DECLS
