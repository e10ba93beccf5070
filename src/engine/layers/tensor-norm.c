/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Tensor norm: y = (x − mean) / s over all M = n · D elements at once, s the unbiased standard
 * deviation; the same in training and evaluation, no parameters.
 * Backward: ∂x = (∂y − mean(∂y) − y Σ(∂y y) / (M − 1)) / s.
 *
 * A tensor without spread has no direction to be scaled in: y = 0 and ∂x = 0.
 */
#include "bf-layer.h"

#include "bf-reduce.h"
#include "bf-vector-math.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Scratch. */
typedef struct
{
  double mean, factor;   /* factor: 1 / s, or 0 */
} Work;

static gsize
tensor_norm_scratch (const BfPlanLayer *layer, guint batch)
{
  return sizeof (Work);
}

/* y = factor · (x − center) */
BF_VECTORIZED static void
scale (gsize size, const float *restrict x, double center, double factor, float *restrict y)
{
  for (gsize i = 0; i < size; i++)
    y[i] = (float) ((x[i] - center) * factor);
}

static void
tensor_norm_forward (const BfPass *pass)
{
  gsize size = (gsize) pass->n * pass->layer->outputs;
  Work *work = pass->scratch;
  double squares;

  work->mean = bf_reduce_sum (size, pass->x) / size;
  squares = bf_reduce_squares (size, pass->x, work->mean);
  work->factor = squares == 0 ? 0 : 1 / sqrt (squares / (size - 1));
  scale (size, pass->x, work->mean, work->factor, pass->y);
}

BF_VECTORIZED static void
pass_back (gsize size, const float *restrict y, const float *restrict dy, double level, double slope,
           double factor, float *restrict dx)
{
  for (gsize i = 0; i < size; i++)
    dx[i] = (float) (factor * (dy[i] - level - slope * y[i]));
}

static void
tensor_norm_backward (const BfPass *pass)
{
  gsize size = (gsize) pass->n * pass->layer->outputs;
  const Work *work = pass->scratch;
  double level, slope;

  if (!pass->dx)
    return;
  level = bf_reduce_sum (size, pass->dy) / size;
  slope = work->factor == 0 ? 0 : bf_reduce_products (size, pass->dy, pass->y, 0) / (size - 1);
  pass_back (size, pass->y, pass->dy, level, slope, work->factor, pass->dx);
}

extern const BfLayerKind bf_layer_tensor_norm;
const BfLayerKind bf_layer_tensor_norm = {
  .kind = { "tensor-norm", N_("Tensor Norm"), N_("All values of a batch together to mean 0 and variance 1"), NULL },
  .mixes_samples = TRUE,
  .scratch = tensor_norm_scratch,
  .forward = tensor_norm_forward,
  .backward = tensor_norm_backward,
};
