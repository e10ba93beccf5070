/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What was measured, immutable and reference counted: the one thing that figures, views, tables
 * and files read. Columns and frames are shared between snapshots, so taking one copies pointers.
 *
 * A column holds one step, or several neighbouring steps merged when the recording was full; a
 * frame holds the distributions of one step. Step k is the forward and backward pass before the
 * k-th update; the first is 0. Gradients are as backpropagation gives them, before clipping.
 */
#pragma once

#include "bf-plan.h"

G_BEGIN_DECLS

typedef enum
{
  BF_TENSOR_WEIGHT,
  BF_TENSOR_WEIGHT_GRADIENT,
  BF_TENSOR_BIAS,
  BF_TENSOR_BIAS_GRADIENT,
  BF_TENSOR_OUTPUT,            /* the activations, (N, outputs) */
  BF_TENSOR_OUTPUT_GRADIENT,   /* ∂L/∂h of them */
  BF_N_TENSORS
} BfTensor;

typedef enum
{
  BF_STATE_ZERO      = 1 << 0,  /* a step in which the norm was exactly 0 */
  BF_STATE_SUBNORMAL = 1 << 1,  /* … below 1.2e-38 and not 0 */
  BF_STATE_INFINITE  = 1 << 2,  /* … in which a value was infinite */
  BF_STATE_NAN       = 1 << 3,  /* … in which a value was not a number */
  BF_STATE_FROZEN    = 1 << 4,
} BfState;

typedef struct
{
  float log_norm;    /* mean over the column's steps of log10 ‖v‖₂, finite non-zero ones; else NaN */
  float norm_low;    /* smallest and largest finite norm of the column */
  float norm_high;
  float rms;         /* these five: of the column's last step */
  float mean;
  float sd;
  float minimum;
  float maximum;
  guint32 size;      /* values of the tensor; 0: the layer has no such tensor */
  guint32 zeros;     /* exact zeros, of the last step */
  guint32 nonfinite; /* most in one step of the column */
  guint32 states;    /* BfState of any step of the column */
  guint32 counted;   /* steps that log_norm is the mean of */
} BfStats;

typedef struct
{
  BfStats tensors[BF_N_TENSORS];
  float update_ratio;  /* RMS of the weight change over RMS of the weights, the newest (measured every
                        * tenth step); NaN: none */
  float saturated;     /* share of outputs where |f′| < 2.5 % of its maximum; NaN: not such a layer */
  float dead;          /* share of units that are 0 for every sample; NaN: not such a layer */
} BfLayerStats;

typedef struct
{
  gatomicrefcount references;
  guint64 first, last;   /* steps */
  guint count;           /* steps merged */
  double loss, loss_low, loss_high;  /* mean, lowest, highest; NaN where not finite; may exceed float */
  double accuracy;       /* mean over the batches; NaN without classes */
  float learning_rate;   /* of the last step */
  float clip_factor;     /* ‖gradient clipped‖ / ‖gradient‖ of all parameters, the smallest; 1: not clipped */
  float input_gradient;  /* ‖∂L/∂input‖₂; NaN where not measured */
  double log_gradient;   /* mean over `normed` steps of log10 ‖gradient of all that is not frozen‖₂; NaN: none */
  double log_clipped;    /* the same after clipping */
  guint32 normed;        /* steps in which that norm was finite and not 0 */
  guint32 clipped;       /* steps in which clipping changed it */
  guint64 first_clipped; /* the first of them; BF_NEVER: none */
  guint64 first_dead;    /* first step in which all units of a layer gave 0 for every sample; BF_NEVER: none */
  guint32 dead_layer;    /* the first such layer of that step, index in the plan */
  guint n_layers;
  BfLayerStats layers[];
} BfColumn;

/* In place of a step. */
#define BF_NEVER G_MAXUINT64

/* Bins of a tenth of a decade of |v| over 1e-12 … 1e6. */
#define BF_HISTOGRAM_BINS 180
#define BF_HISTOGRAM_LOW  (-12.0)
#define BF_HISTOGRAM_STEP 0.1

typedef struct
{
  guint32 total;      /* values; 0: the layer has no such tensor */
  guint32 zero, under, over, infinite, nan;
  guint32 bins[BF_HISTOGRAM_BINS];
} BfHistogram;

typedef struct
{
  gatomicrefcount references;
  guint64 step;
  guint n_layers;
  BfHistogram *histograms[];   /* [layer * BF_N_TENSORS + tensor], NULL where there is none */
} BfFrame;

typedef struct
{
  guint epoch;             /* from 1 */
  guint64 step;            /* steps made at its end */
  double train_loss, train_accuracy;            /* means over its steps */
  double validation_loss, validation_accuracy;  /* NaN without such a split */
} BfEpoch;

typedef enum
{
  BF_OUTCOME_NONE,       /* not ended */
  BF_OUTCOME_FINISHED,
  BF_OUTCOME_DIVERGED,
  BF_OUTCOME_CANCELLED,
} BfOutcome;

/* What was not finite first, in the order in which it is looked for. */
typedef enum
{
  BF_DIVERGED_OUTPUT,
  BF_DIVERGED_LOSS,
  BF_DIVERGED_GRADIENT,
  BF_DIVERGED_PARAMETER,
} BfDivergedWhat;

/* A change made while running, for the timeline and the event lane. */
typedef struct
{
  guint64 step;
  char *label;   /* translated: "Learning rate 0.1" */
} BfMark;

/* Where a stage of growing and freezing begins: neutral flags of the timeline and the heatmap. */
typedef struct
{
  guint64 step;
  guint first, last;   /* hidden layers with weights that it trains, numbers from 1 */
  char *label;         /* translated: "Dense 1–2 train" */
} BfStageMark;

typedef struct _BfSnapshot
{
  gatomicrefcount references;
  BfPlan *plan;                /* of the effective network; plan->spec the effective spec */
  guint64 steps;               /* updates made */
  guint64 steps_planned;       /* epochs × steps an epoch, or the limit given */
  guint64 steps_per_epoch;
  double steps_per_second;     /* of training alone; 0: unknown */
  double test_loss, test_accuracy;   /* NaN until the end, or without such a split */
  BfOutcome outcome;
  guint64 diverged_step;
  guint diverged_layer;        /* index in the plan */
  BfDivergedWhat diverged_what;
  BfColumn *start;             /* step 0 as measured before any training; never NULL */
  GPtrArray *columns;          /* of BfColumn, in order of steps */
  GPtrArray *frames;           /* of BfFrame, in order of steps; the first is step 0, the last the newest */
  GArray *epochs;              /* of BfEpoch */
  GPtrArray *marks;            /* of BfMark */
  GPtrArray *stages;           /* of BfStageMark, those begun; empty without stages */
  float *sample;               /* first sample of the first batch, plan->shape.inputs values, scaled */
  guint image_width, image_height;  /* 0: not an image */
} BfSnapshot;

BfSnapshot *bf_snapshot_ref   (BfSnapshot *self);
void        bf_snapshot_unref (BfSnapshot *self);

/* The column that holds `step` (the nearest before it; the start when there is none). Never NULL. */
const BfColumn *bf_snapshot_get_column (const BfSnapshot *self, guint64 step);
/* The frame nearest to `step`, or NULL when none was recorded. */
const BfFrame  *bf_snapshot_get_frame  (const BfSnapshot *self, guint64 step);
/* The last recorded step. */
guint64         bf_snapshot_get_last_step (const BfSnapshot *self);

BfMark      *bf_mark_new       (guint64 step, const char *label);
void         bf_mark_free      (BfMark *self);
BfStageMark *bf_stage_mark_new (guint64 step, guint first, guint last, const char *label);
void         bf_stage_mark_free (BfStageMark *self);

BfColumn *bf_column_new   (guint n_layers);
BfColumn *bf_column_copy  (const BfColumn *self);
BfColumn *bf_column_ref   (BfColumn *self);
void      bf_column_unref (BfColumn *self);
BfFrame  *bf_frame_new    (guint n_layers);
BfFrame  *bf_frame_ref    (BfFrame *self);
void      bf_frame_unref  (BfFrame *self);

/* Norm of one layer's tensor in a column: 10^log_norm; 0 where exactly zero; NaN or ∞ where the
 * state says so; NaN where the layer has no such tensor. */
double bf_column_get_norm (const BfColumn *self, guint layer, BfTensor tensor);

/* Gradient norm of the first over the last hidden dense layer at a column; NaN without two. */
double bf_column_get_attenuation (const BfColumn *self, const BfPlan *plan);

/* Quantile q (0 … 1) of |v| by log interpolation in its bin; 0 when it lies among the zeros. */
double bf_histogram_get_quantile (const BfHistogram *self, double q);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfSnapshot, bf_snapshot_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfColumn, bf_column_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfFrame, bf_frame_unref)

G_END_DECLS
