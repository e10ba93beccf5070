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

/* Scratch: the mask (n, D), then as many draws and one more. */
static gsize
dropout_scratch (const BfPlanLayer *layer, guint batch)
{
  gsize size = (gsize) batch * layer->outputs;

  return size * sizeof (float) + (size + 1) * sizeof (guint16);
}

/* mt19937 draws 32 bits in 8 ns, most of what dropout costs: two elements share them, so that the
 * rate is met to 2⁻¹⁶. */
static void
draw (gsl_rng *random, gsize size, guint16 *draws)
{
  for (gsize i = 0; i < size; i += 2)
    {
      const gulong bits = gsl_rng_get (random);

      draws[i] = (guint16) bits;
      draws[i + 1] = (guint16) (bits >> 16);
    }
}

BF_VECTORIZED static void
choose (gsize size, const guint16 *restrict draws, guint dropped, float kept, float *restrict mask)
{
  for (gsize i = 0; i < size; i++)
    mask[i] = draws[i] < dropped ? 0 : kept;
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
  double rate = bf_options_number (pass->layer->layer->options, "rate");
  gsize size = (gsize) pass->n * pass->layer->outputs;
  float *mask = pass->scratch;
  guint16 *draws = (guint16 *) (mask + size);

  if (!pass->random)
    {
      memcpy (pass->y, pass->x, size * sizeof (float));
      return;
    }
  draw (pass->random, size, draws);
  choose (size, draws, (guint) (rate * 65536 + 0.5), (float) (1 / (1 - rate)), mask);
  multiply (size, mask, pass->x, pass->y);
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
