/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of the probe share: where tensors stand, and how they are read.
 */
#pragma once

#include "bf-activation.h"
#include "bf-probe.h"
#include "bf-stats.h"

G_BEGIN_DECLS

/* Where a tensor of a layer stands. */
typedef struct
{
  const float *values;   /* NULL: the layer has no such tensor */
  gsize size;            /* of parameters; of outputs, the width */
  gboolean batched;      /* n times the size */
  const BfParameter *parameter;   /* or NULL */
  guint tensor;          /* which of the network's parameters */
  guint64 normed;        /* of weights: bf_network_get_written() when their norm was measured, 0: never … */
  guint64 measured;      /* … when all of their blocks was … */
  guint64 counted;       /* … and when their histogram was counted */
  BfHistogram *histogram;   /* which that was; NULL: not of weights */
  const BfBatchRows *rows;   /* what there is of an output, or of its gradient (and so of the parameters'); NULL: of weights */
  gsize first_block;     /* in the probe's */
} Place;

struct _BfProbe
{
  BfNetwork *network;
  guint n_layers;
  guint n_tensors;
  guint n_rows;
  const guint *rows;                  /* [layer]: its row of columns and frames; NULL: its index */
  Place *places;                      /* [layer * BF_N_TENSORS + tensor] */
  const BfActivation **activations;   /* [layer], NULL: another kind */
  float *ratios;                      /* [layer], update ratios as last measured */
  float *before;                      /* the parameter arena before an update */
  guint8 *alive;                      /* scratch, as wide as the widest layer */
  BfMeasureBlock *blocks;             /* scratch, of all tensors of a whole batch */
  GMutex mutex;                       /* over the histograms of a frame while it is counted */
};

static inline Place *
get_place (BfProbe *self, guint layer, BfTensor tensor)
{
  return &self->places[layer * BF_N_TENSORS + tensor];
}

static inline guint
get_row (const BfProbe *self, guint layer)
{
  return self->rows ? self->rows[layer] : layer;
}

static inline gsize
get_size (const Place *place, guint n)
{
  return place->batched ? place->size * n : place->size;
}

static inline gsize
count_blocks (gsize size)
{
  return (size + BF_MEASURE_BLOCK - 1) / BF_MEASURE_BLOCK;
}

/* One reading of tensors, shared among threads: each has the same part of every tensor, in whole blocks. Of weights
 * that is, but for the edges, what the thread has computed itself. */
typedef struct
{
  BfProbe *probe;
  guint n, wanted;
  gboolean measures;   /* statistics, into the blocks … */
  gboolean brief;      /* … or no more than their norms */
  guint first;         /* layer that has gradients, as all after it have */
  BfFrame *frame;      /* histograms; NULL: none */
  gboolean looks;      /* for what is not finite */
  gint nonfinite;
} BfReading;

/* Where a frame keeps the histogram of the i-th place. */
static inline BfHistogram **
get_slot (const BfProbe *self, BfFrame *frame, guint i)
{
  return &frame->histograms[get_row (self, i / BF_N_TENSORS) * BF_N_TENSORS + i % BF_N_TENSORS];
}

/* Whether of the i-th place the norm is enough. Units that are dead are looked for in every step, by their zeros. */
static inline gboolean
is_norm_enough (const BfReading *reading, guint i)
{
  const BfActivation *activation = reading->probe->activations[i / BF_N_TENSORS];

  return reading->brief && !(i % BF_N_TENSORS == BF_TENSOR_OUTPUT && activation && activation->rectifier);
}

/* Whether the last pass made that tensor of a layer. */
static inline gboolean
bf_reading_has (const BfReading *reading, guint layer, BfTensor tensor)
{
  return layer >= reading->first
         || !(tensor == BF_TENSOR_WEIGHT_GRADIENT || tensor == BF_TENSOR_BIAS_GRADIENT || tensor == BF_TENSOR_OUTPUT_GRADIENT);
}

/* Makes the reading: what it measures is in the probe's blocks then, what it counts in the frame. */
void bf_reading_run (BfReading *reading);

G_END_DECLS
