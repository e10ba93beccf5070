/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The network picture in parts: the model (what is to be seen, from plan and column), the layout
 * (where it stands), the blocks above, the stream below.
 *
 * n blocks stand between n + 1 gaps. Gap k is what flows from block k into block k + 1, counted
 * from 1; gap 0 is the input, gap n the network's output, which the loss reads. A gap carries
 * ‖∂L/∂h‖₂ of what flows through it.
 */
#pragma once

#include "../bf-draw.h"
#include "../../engine/bf-activation.h"

G_BEGIN_DECLS

typedef enum
{
  BF_FLOW_MISSING,    /* not measured */
  BF_FLOW_FINITE,     /* above zero */
  BF_FLOW_ZERO,
  BF_FLOW_INFINITE,
  BF_FLOW_NAN,
} BfFlowState;

typedef struct
{
  BfFlowState state;
  double norm;        /* as measured: may be 0, NaN, ∞ */
  double log;         /* log10 of it when finite and not 0 */
  gboolean passed;    /* flows under blocks that are not there yet, as it came; nothing measured here */
} BfFlowValue;

#define BF_FLOW_INSERTED 4

typedef struct
{
  const BfPlanLayer *layer;         /* the weighted one */
  const BfActivation *activation;   /* NULL: none */
  const BfPlanLayer *inserted[BF_FLOW_INSERTED];   /* normalizations between its weights and the next block's */
  guint n_inserted;
  gboolean inserted_last;           /* behind the activation */
  gboolean softmax;                 /* the loss turns this output into shares */
  gboolean frozen;
  gboolean absent;                  /* not there yet: its stage has not begun */
  gboolean wrong;                   /* the plan's error is here */
  gboolean changed;                 /* a remedy changed or inserted something, of this family: */
  BfFamily family;
  BfFlowValue inside;               /* gradient at the weighted layer's own output, before its activation */
} BfFlowBlock;

typedef struct
{
  guint from, to;       /* gaps: the sum stands in `to` */
  guint lane;           /* 0 nearest to the blocks */
  BfFlowValue value;    /* at the sum */
} BfFlowSkip;

#define BF_FLOW_LANES 4

typedef struct
{
  const BfSnapshot *snapshot;
  const BfPlan *plan;
  const BfColumn *column;   /* at the cursor's step; NULL: nothing measured */
  guint n;
  BfFlowBlock *blocks;      /* n */
  BfFlowValue *gaps;        /* n + 1 */
  GArray *skips;            /* of BfFlowSkip, short ones first */
  int *begins;              /* n + 1: index of the shortest skip that begins in a gap, -1: none */
  int *ends;                /* n + 1: the same of those that end there */
  guint n_lanes;
  double reference;         /* log10 of the norm that is W wide */
} BfFlowModel;

void bf_flow_model_init  (BfFlowModel *self, const BfFigureData *data, guint run);
void bf_flow_model_clear (BfFlowModel *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BfFlowModel, bf_flow_model_clear)

/* Width of the stream over W, before any clipping. */
double   bf_flow_relative_width (const BfFlowModel *self, double log10_norm);
/* Runs of neighboring gaps in one state: from *gap on; returns FALSE when there is none left. */
gboolean bf_flow_next_run (const BfFlowModel *self, BfFlowState state, guint *gap, guint *first, guint *last);

/* Above this multiple of W the stream is clipped. */
#define BF_FLOW_CLIP 1.6

typedef enum
{
  BF_FLOW_BLOCKS,   /* a box with words a layer */
  BF_FLOW_BARS,     /* a slim bar a layer, numbers every ten */
  BF_FLOW_FOLDED,   /* a box for each repeated block, "× N" */
  BF_FLOW_STREAM,   /* no room for the forward pass */
} BfFlowForm;

typedef struct
{
  BfDraw *draw;
  const BfFigureData *data;
  const BfFlowModel *model;
  const char *label;        /* name of the run, or NULL when there is but one */
  BfFamily family;
  BfRect area;
  BfFlowForm form;
  gboolean named;           /* blocks carry their layer's name, else its number */
  gboolean captions;        /* "Signal →", "Gradient ←" and the note */
  gboolean values;          /* there is room for the numbers */
  double pitch, block_width, block_height;
  double first;             /* left edge of block 1 */
  double middle;            /* of the blocks, y */
  double arc_top;           /* of the lowest lane of arcs; the others 6 px above each other */
  double thumb;             /* side of the input's picture */
  double loss_x, loss_radius;
  double bed_left, bed_right;
  double values_y;
  double center;            /* of the stream, y */
  double width;             /* W */
  double depth;             /* from the stream's center to the first channel's */
  double lane;              /* from channel to channel */
  double reach;             /* of a channel's curves, px */
} BfFlowLayout;

/* widest: W must not be more, so that pictures side by side share one scale. */
void   bf_flow_layout_init (BfFlowLayout *self, BfDraw *draw, const BfFigureData *data,
                            const BfFlowModel *model, const BfRect *area, gboolean labelled, double widest);
/* The height it would like to have. */
double bf_flow_layout_get_height (const BfFlowLayout *self);
double bf_flow_block_left  (const BfFlowLayout *self, guint block);
/* Edges of the space between two blocks, from gap 0 at the input to gap n at the loss. */
double bf_flow_gap_left    (const BfFlowLayout *self, guint gap);
double bf_flow_gap_right   (const BfFlowLayout *self, guint gap);
double bf_flow_gap_center  (const BfFlowLayout *self, guint gap);
/* Where a skip leaves its gap and where its sum stands. */
double bf_flow_skip_start  (const BfFlowLayout *self, const BfFlowSkip *skip);
double bf_flow_skip_end    (const BfFlowLayout *self, const BfFlowSkip *skip);

void bf_flow_draw_forward  (BfFlowLayout *self);    /* input, blocks, skips, loss */
void bf_flow_draw_block    (BfFlowLayout *self, guint block);
void bf_flow_fill_box      (BfFlowLayout *self, const BfFlowBlock *block, const BfRect *box, double radius);
void bf_flow_outline_box   (BfFlowLayout *self, const BfFlowBlock *block, gboolean chosen, const BfRect *box, double radius);
BfColor  bf_flow_name_color (const BfFlowLayout *self, const BfFlowBlock *block);
gboolean bf_flow_is_chosen (const BfFlowLayout *self, guint block);
void bf_flow_draw_stream   (BfFlowLayout *self);
/* "Dense 3 to 7 not there yet"; NULL: all are there. Transfer full. */
char *bf_flow_describe_absent (const BfFlowModel *model);
/* "exactly 0 in Dense 1 to 8". Transfer full. */
char *bf_flow_describe_zeros (const BfFlowModel *model, guint first, guint last);
void bf_flow_draw_words    (BfFlowLayout *self);    /* values, notes, captions */
/* A tapering piece of stream with a tick each decade, in a rectangle at the bottom. */
void bf_flow_draw_gauge    (BfDraw *draw, const BfFlowModel *model);

/* What the stream is made of, for the main arm, the channels and the gauge. */
#define BF_FLOW_LINE 1.4          /* px: a stream narrower than 1.3 is a line */
double  bf_flow_width      (double width, double relative);    /* drawn: clipped, never below the line */
BfColor bf_flow_outline    (const BfDraw *draw);
void    bf_flow_hatch_over (BfDraw *draw);                     /* fills the path: off the scale */
void    bf_flow_chevron    (BfDraw *draw, double x, double y, double width, double log10_norm);
/* How far the flow line i of 5 lies from the center, of the width; FALSE: too near to the others. */
gboolean bf_flow_line_offset (guint i, double width, double *offset);
void    bf_flow_set_line   (BfDraw *draw);                     /* color, width and dash of flow lines */
void    bf_flow_draw_bed      (BfFlowLayout *self);
void    bf_flow_draw_channels (BfFlowLayout *self);
void    bf_flow_draw_spring   (BfFlowLayout *self);
double  bf_flow_spring_left   (const BfFlowLayout *self);      /* where the main arm ends, x */
/* The bed from gap to gap, up to the middle of the blocks about them. */
BfRect  bf_flow_run_rect      (const BfFlowLayout *self, guint first, guint last);
/* Bars get chevrons from this pitch on. */
#define BF_FLOW_CHEVRON_PITCH 40

/* The curve that leads from 0 at u = 0 to 1 at u = 1: a Bézier with control points at 0.55 and 0.45. */
double  bf_flow_curve (double u);

G_END_DECLS
