/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Dense: y = x Wᵀ + b, x (n, in), W (out, in), b (out), y (n, out).
 * Backward: ∂W = ∂yᵀ x, ∂b = column sums of ∂y, ∂x = ∂y W.
 */
#include "bf-layer.h"

#include "bf-initializer.h"
#include "bf-kernel.h"
#include "bf-random.h"
#include "bf-vector-math.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

static void
dense_plan (const BfPlan *plan, BfPlanLayer *layer)
{
  const BfInitializer *start =
    (const BfInitializer *) bf_options_get_kind (bf_options_choice (layer->layer->options, "start"));

  layer->outputs = bf_options_integer (layer->layer->options, "units");
  layer->weighted = TRUE;
  if (start->maximum && (guint64) layer->inputs * layer->outputs > start->maximum)
    layer->error = g_strdup_printf (_("Starting weights “%s” are made for up to %" PRIu64 " weights a layer. "
                                      "Use fewer units, or other starting weights."),
                                    bf_kind_get_name (&start->kind), start->maximum);
}

static guint
dense_tensors (const BfPlan *plan, const BfPlanLayer *layer, BfTensorShape *shapes)
{
  shapes[0] = (BfTensorShape) { "weight", layer->outputs, layer->inputs };
  shapes[1] = (BfTensorShape) { "bias", 1, layer->outputs };
  return bf_options_boolean (layer->layer->options, "bias") ? 2 : 1;
}

static void
dense_start (const BfPlanLayer *layer, guint64 seed, const BfParameter *parameters)
{
  const BfOptions *start = bf_options_choice (layer->layer->options, "start");
  const BfInitializer *initializer = (const BfInitializer *) bf_options_get_kind (start);
  g_autoptr (gsl_rng) weights = bf_random_new (seed, layer->layer->id, layer->copy, "weight");

  initializer->draw (start, weights, parameters[0].rows, parameters[0].columns, parameters[0].value);
  if (layer->layer->gain > 0)
    for (gsize i = 0; i < (gsize) parameters[0].rows * parameters[0].columns; i++)
      parameters[0].value[i] *= (float) layer->layer->gain;
  if (bf_options_boolean (layer->layer->options, "bias") && initializer->draws_bias)
    {
      g_autoptr (gsl_rng) biases = bf_random_new (seed, layer->layer->id, layer->copy, "bias");

      bf_initializer_draw_bias (biases, layer->inputs, layer->outputs, parameters[1].value);
    }
}

/* Non-NULL when the layer has a bias. */
static gconstpointer
dense_prepare (const BfPlanLayer *layer)
{
  return bf_options_boolean (layer->layer->options, "bias") ? layer : NULL;
}

static void
dense_forward (const BfPass *pass)
{
  const guint in = pass->layer->inputs, out = pass->layer->outputs;
  const BfProduct product = {
    .m = pass->n, .n = out, .k = in,
    .a = pass->x, .a_stride = in,
    .b = pass->parameters[0].value, .b_stride = in, .transpose_b = TRUE,
    .c = pass->y, .c_stride = out,
    .start = pass->detail ? pass->parameters[1].value : NULL,
  };

  bf_kernel_multiply (&product, pass->part, pass->parts);
}

/* sums of the columns of a (rows, stride) from begin to before end. */
BF_VECTORIZED static void
sum_columns (guint rows, guint stride, guint begin, guint end, const float *restrict a, float *restrict sums)
{
  memset (sums + begin, 0, (end - begin) * sizeof (float));
  for (guint i = 0; i < rows; i++)
    for (guint j = begin; j < end; j++)
      sums[j] += a[(gsize) i * stride + j];
}

static void
dense_backward (const BfPass *pass)
{
  const guint in = pass->layer->inputs, out = pass->layer->outputs;
  const BfProduct weight_gradient = {
    .m = out, .n = in, .k = pass->n,
    .a = pass->dy, .a_stride = out, .transpose_a = TRUE,
    .b = pass->x, .b_stride = in,
    .c = pass->parameters[0].gradient, .c_stride = in,
  };
  const BfProduct input_gradient = {
    .m = pass->n, .n = in, .k = out,
    .a = pass->dy, .a_stride = out,
    .b = pass->parameters[0].value, .b_stride = in,
    .c = pass->dx, .c_stride = in,
  };

  bf_kernel_multiply (&weight_gradient, pass->part, pass->parts);
  if (pass->detail)
    sum_columns (pass->n, out, bf_crew_get_begin (out, pass->part, pass->parts),
                 bf_crew_get_begin (out, pass->part + 1, pass->parts), pass->dy, pass->parameters[1].gradient);
  if (pass->dx)
    bf_kernel_multiply (&input_gradient, pass->part, pass->parts);
}

static const BfParam params[] = {
  { "units", N_("Units"), BF_PARAM_INTEGER, 1, BF_MAX_UNITS, 128 },
  { "start", N_("Starting Weights"), BF_PARAM_CHOICE, .table = bf_initializers, .fallback_text = "framework-default" },
  { "bias", N_("Bias"), BF_PARAM_BOOLEAN, 0, 1, 1 },
  { NULL }
};

extern const BfLayerKind bf_layer_dense;
const BfLayerKind bf_layer_dense = {
  .kind = { "dense", N_("Dense"), N_("Each unit weighs all inputs: the layer that learns"), params },
  .plan = dense_plan,
  .tensors = dense_tensors,
  .start = dense_start,
  .shares = TRUE,
  .prepare = dense_prepare,
  .forward = dense_forward,
  .backward = dense_backward,
};
