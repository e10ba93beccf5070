/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Layer norm (Ba, Kiros, Hinton 2016): for each sample, over its D features,
 * x̂ = (x − mean) / √(variance + ε) with the biased variance; y = scale · x̂ + shift, or y = x̂.
 * Backward, with g = scale · ∂y: ∂x = (g − Σg / D − x̂ Σ(g x̂) / D) / √(variance + ε);
 * ∂scale = Σ ∂y x̂ and ∂shift = Σ ∂y over the samples.
 */
#include "bf-layer.h"

#include "bf-reduce.h"
#include "bf-vector-math.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Scratch, one a sample. */
typedef struct
{
  double mean, factor;   /* factor: 1 / √(variance + ε) */
} Row;

static gsize
layer_norm_scratch (const BfPlanLayer *layer, guint batch)
{
  return batch * sizeof (Row);
}

static gboolean
is_affine (const BfPlanLayer *layer)
{
  return bf_options_boolean (layer->layer->options, "affine");
}

static guint
layer_norm_tensors (const BfPlan *plan, const BfPlanLayer *layer, BfTensorShape *shapes)
{
  if (!is_affine (layer))
    return 0;
  shapes[0] = (BfTensorShape) { "scale", 1, layer->outputs, 1 };
  shapes[1] = (BfTensorShape) { "shift", 1, layer->outputs, 0 };
  return 2;
}

static Row
measure_row (guint d, const float *x, double epsilon)
{
  double mean = bf_reduce_sum (d, x) / d;

  return (Row) { mean, 1 / sqrt (bf_reduce_squares (d, x, mean) / d + epsilon) };
}

/* scale, shift: NULL without affine. */
BF_VECTORIZED static void
scale_row (guint d, const float *restrict x, Row row, const float *restrict scale, const float *restrict shift,
           float *restrict y)
{
  if (scale)
    for (guint j = 0; j < d; j++)
      y[j] = (float) ((x[j] - row.mean) * row.factor) * scale[j] + shift[j];
  else
    for (guint j = 0; j < d; j++)
      y[j] = (float) ((x[j] - row.mean) * row.factor);
}

static void
layer_norm_forward (const BfPass *pass)
{
  double epsilon = bf_options_number (pass->layer->layer->options, "epsilon");
  gboolean affine = is_affine (pass->layer);
  guint d = pass->layer->outputs;
  Row *rows = pass->scratch;

  for (guint i = 0; i < pass->n; i++)
    {
      const float *x = pass->x + (gsize) i * d;

      rows[i] = measure_row (d, x, epsilon);
      scale_row (d, x, rows[i], affine ? pass->parameters[0].value : NULL,
                 affine ? pass->parameters[1].value : NULL, pass->y + (gsize) i * d);
    }
}

BF_VECTORIZED static void
add_row (guint d, const float *restrict x, const float *restrict dy, Row row,
         float *restrict scale_gradient, float *restrict shift_gradient)
{
  for (guint j = 0; j < d; j++)
    {
      scale_gradient[j] += dy[j] * (float) ((x[j] - row.mean) * row.factor);
      shift_gradient[j] += dy[j];
    }
}

/* dx: first g = scale · ∂y, then ∂x in its place. */
BF_VECTORIZED static void
pass_row_back (guint d, const float *restrict x, const float *restrict dy, Row row, const float *restrict scale,
               float *restrict dx)
{
  double level, slope;

  for (guint j = 0; j < d; j++)
    dx[j] = scale ? scale[j] * dy[j] : dy[j];
  level = bf_reduce_sum (d, dx) / d;
  slope = bf_reduce_products (d, dx, x, row.mean) * row.factor * row.factor / d;
  for (guint j = 0; j < d; j++)
    dx[j] = (float) (row.factor * (dx[j] - level - slope * (x[j] - row.mean)));
}

static void
layer_norm_backward (const BfPass *pass)
{
  gboolean affine = is_affine (pass->layer);
  guint d = pass->layer->outputs;
  const Row *rows = pass->scratch;

  if (affine)
    {
      memset (pass->parameters[0].gradient, 0, d * sizeof (float));
      memset (pass->parameters[1].gradient, 0, d * sizeof (float));
    }
  for (guint i = 0; i < pass->n; i++)
    {
      gsize at = (gsize) i * d;

      if (affine)
        add_row (d, pass->x + at, pass->dy + at, rows[i], pass->parameters[0].gradient, pass->parameters[1].gradient);
      if (pass->dx)
        pass_row_back (d, pass->x + at, pass->dy + at, rows[i], affine ? pass->parameters[0].value : NULL, pass->dx + at);
    }
}

static const BfParam params[] = {
  { "affine", N_("Scale and Shift"), BF_PARAM_BOOLEAN, 0, 1, 1 },
  { "epsilon", N_("Epsilon"), BF_PARAM_NUMBER, 0, 1, 1e-5 },
  { NULL }
};

extern const BfLayerKind bf_layer_layer_norm;
const BfLayerKind bf_layer_layer_norm = {
  .kind = { "layer-norm", N_("Layer Norm"), N_("Each sample to mean 0 and variance 1 over its features"), params },
  .tensors = layer_norm_tensors,
  .scratch = layer_norm_scratch,
  .forward = layer_norm_forward,
  .backward = layer_norm_backward,
};
