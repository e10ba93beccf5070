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

/* The samples after the first, whose y is there: y₀ + (x − x₀) Wᵀ. Where x is nearly x₀, the differences of the samples are
 * not lost in the rounding of a long sum: where they are too small to change y, it is the same bits. */
static void
forward_rest (const BfPass *pass, BfProduct product)
{
  const guint in = pass->layer->inputs, out = pass->layer->outputs;
  const guint begin = bf_crew_get_begin (out, pass->part, pass->parts);
  const guint end = bf_crew_get_begin (out, pass->part + 1, pass->parts);

  product.m = pass->n - 1;
  product.a = pass->differences + in;
  product.c = pass->y + out;
  product.start = NULL;
  bf_kernel_multiply (&product, pass->part, pass->parts);
  for (guint i = 1; i < pass->n; i++)
    for (guint j = begin; j < end; j++)
      pass->y[(gsize) i * out + j] += pass->y[j];
}

static void
dense_forward (const BfPass *pass)
{
  const guint in = pass->layer->inputs, out = pass->layer->outputs;
  const BfProduct product = {
    .m = pass->differences ? 1 : pass->n, .n = out, .k = in,
    .a = pass->x, .a_stride = in,
    .b = pass->parameters[0].value, .b_stride = in, .transpose_b = TRUE,
    .c = pass->y, .c_stride = out,
    .start = pass->detail ? pass->parameters[1].value : NULL,
  };

  bf_kernel_multiply (&product, pass->part, pass->parts);
  if (pass->differences)
    forward_rest (pass, product);
}

/* sums of the columns of n rows of a from begin to before end; which: the row of a that each is, NULL: their own. */
BF_VECTORIZED static void
sum_columns (guint n, const guint8 *which, guint stride, guint begin, guint end, const float *restrict a, float *restrict sums)
{
  memset (sums, 0, (end - begin) * sizeof (float));
  for (guint i = 0; i < n; i++)
    {
      const float *row = a + (gsize) (which ? which[i] : i) * stride + begin;

      for (guint j = 0; j < end - begin; j++)
        sums[j] += row[j];
    }
}

/* Row j of out (rows, columns): factors[j] times x. */
BF_VECTORIZED static void
multiply_outer (guint rows, guint columns, const float *restrict factors, const float *restrict x, float *restrict out)
{
  for (guint j = 0; j < rows; j++)
    for (guint k = 0; k < columns; k++)
      out[(gsize) j * columns + k] = factors[j] * x[k];
}

/* What all samples have the same x: ∂W = (sum of ∂y)ᵀ x. Without any ∂y, 0. */
static void
pass_alike (const BfPass *pass, guint begin, guint end)
{
  const guint in = pass->layer->inputs, out = pass->layer->outputs;
  const guint8 *which = pass->dy_rows ? pass->dy_rows->which : NULL;
  const gboolean zero = pass->dy_rows && pass->dy_rows->n == 0;
  float *gradient = pass->parameters[0].gradient;
  float sums[64];

  if (zero)
    memset (gradient + (gsize) begin * in, 0, (gsize) (end - begin) * in * sizeof (float));
  for (guint at = begin, n; at < end; at += n)
    {
      n = MIN (end - at, G_N_ELEMENTS (sums));
      sum_columns (zero ? 0 : pass->n, which, out, at, at + n, pass->dy, sums);
      if (!zero)
        multiply_outer (n, in, sums, pass->x, gradient + (gsize) at * in);
      if (pass->detail)
        memcpy (pass->parameters[1].gradient + at, sums, n * sizeof (float));
    }
}

static void
dense_backward (const BfPass *pass)
{
  const guint in = pass->layer->inputs, out = pass->layer->outputs;
  const guint begin = bf_crew_get_begin (out, pass->part, pass->parts);
  const guint end = bf_crew_get_begin (out, pass->part + 1, pass->parts);
  const BfProduct weight_gradient = {
    .m = out, .n = in, .k = pass->n,
    .a = pass->dy, .a_stride = out, .transpose_a = TRUE,
    .b = pass->x, .b_stride = in,
    .c = pass->parameters[0].gradient, .c_stride = in,
  };
  const BfProduct input_gradient = {
    .m = pass->dy_rows ? pass->dy_rows->n : pass->n, .n = in, .k = out,
    .a = pass->dy, .a_stride = out,
    .b = pass->parameters[0].value, .b_stride = in,
    .c = pass->dx, .c_stride = in,
  };

  if (pass->same || pass->dy_rows)
    pass_alike (pass, begin, end);
  else
    bf_kernel_multiply (&weight_gradient, pass->part, pass->parts);
  if (pass->detail && !pass->same && !pass->dy_rows)
    sum_columns (pass->n, NULL, out, begin, end, pass->dy, pass->parameters[1].gradient + begin);
  if (pass->dx && input_gradient.m > 0)
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
  .by_row = TRUE,
  .prepare = dense_prepare,
  .forward = dense_forward,
  .backward = dense_backward,
};
