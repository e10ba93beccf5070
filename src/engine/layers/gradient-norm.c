/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Gradient norm: y = x; backward ∂x = (∂y − mean(∂y)) / (s + 1e-6) over all n · D elements, s the
 * unbiased standard deviation of ∂y. What is passed back is no longer the derivative of the loss.
 */
#include "bf-layer.h"

#include "bf-reduce.h"
#include "bf-vector-math.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define FLOOR 1e-6

static void
gradient_norm_forward (const BfPass *pass)
{
  memcpy (pass->y, pass->x, (gsize) pass->n * pass->layer->outputs * sizeof (float));
}

BF_VECTORIZED static void
scale (gsize size, const float *restrict x, double center, double factor, float *restrict y)
{
  for (gsize i = 0; i < size; i++)
    y[i] = (float) ((x[i] - center) * factor);
}

/* A single value has no spread: it passes back 0. */
static void
gradient_norm_backward (const BfPass *pass)
{
  gsize size = (gsize) pass->n * pass->layer->outputs;
  double mean, squares;

  if (!pass->dx)
    return;
  mean = bf_reduce_sum (size, pass->dy) / size;
  squares = bf_reduce_squares (size, pass->dy, mean);
  scale (size, pass->dy, mean, 1 / (sqrt (squares / MAX (size - 1, 1)) + FLOOR), pass->dx);
}

extern const BfLayerKind bf_layer_gradient_norm;
const BfLayerKind bf_layer_gradient_norm = {
  .kind = { "gradient-norm", N_("Gradient Norm"), N_("Passes back a gradient of mean 0 and variance 1, whatever came"), NULL },
  .changes_gradient = TRUE,
  .forward = gradient_norm_forward,
  .backward = gradient_norm_backward,
};
