/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Dropout (Srivastava et al. 2014), inverted: while training each element is 0 with probability
 * `rate` and else divided by 1 − rate, so that evaluation changes nothing: y = mask · x, ∂x = mask · ∂y.
 */
#include "bf-layer.h"

#include "bf-vector-math.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Scratch: the mask (n, D). */
static gsize
dropout_scratch (const BfPlanLayer *layer, guint batch)
{
  return (gsize) batch * layer->outputs * sizeof (float);
}

static void
draw_mask (const BfPass *pass)
{
  double rate = bf_options_number (pass->layer->layer->options, "rate");
  gulong dropped = (gulong) (rate * 4294967296.0);   /* mt19937 draws 32 bits */
  float kept = (float) (1 / (1 - rate));
  float *mask = pass->scratch;

  for (gsize i = 0; i < (gsize) pass->n * pass->layer->outputs; i++)
    mask[i] = gsl_rng_get (pass->random) < dropped ? 0 : kept;
}

BF_VECTORIZED static void
multiply (gsize size, const float *restrict a, const float *restrict b, float *restrict product)
{
  for (gsize i = 0; i < size; i++)
    product[i] = a[i] * b[i];
}

static void
dropout_forward (const BfPass *pass)
{
  gsize size = (gsize) pass->n * pass->layer->outputs;

  if (!pass->random)
    {
      memcpy (pass->y, pass->x, size * sizeof (float));
      return;
    }
  draw_mask (pass);
  multiply (size, pass->scratch, pass->x, pass->y);
}

static void
dropout_backward (const BfPass *pass)
{
  gsize size = (gsize) pass->n * pass->layer->outputs;

  if (pass->dx && pass->random)
    multiply (size, pass->scratch, pass->dy, pass->dx);
  else if (pass->dx)
    memcpy (pass->dx, pass->dy, size * sizeof (float));
}

static const BfParam params[] = {
  { "rate", N_("Rate"), BF_PARAM_NUMBER, 0, 0.99, 0.5 },
  { NULL }
};

extern const BfLayerKind bf_layer_dropout;
const BfLayerKind bf_layer_dropout = {
  .kind = { "dropout", N_("Dropout"), N_("Silences units at random while training, against overfitting"), params },
  .scratch = dropout_scratch,
  .draws = "dropout",
  .forward = dropout_forward,
  .backward = dropout_backward,
};
