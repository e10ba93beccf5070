/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Activation: y = f(x) for each element; backward ∂x = f′(x) ∂y. The functions are a table of
 * their own, bf-activation.c.
 */
#include "bf-layer.h"

#include "bf-activation.h"

#include <glib/gi18n-lib.h>

static const BfKind *
activation_named_by (const BfPlanLayer *layer)
{
  return bf_options_get_kind (bf_options_choice (layer->layer->options, "function"));
}

static gconstpointer
activation_prepare (const BfPlanLayer *layer)
{
  return activation_named_by (layer);
}

static void
activation_forward (const BfPass *pass)
{
  const BfActivation *function = pass->detail;

  function->forward ((gsize) pass->n * pass->layer->outputs, pass->x, pass->y);
}

static void
activation_backward (const BfPass *pass)
{
  const BfActivation *function = pass->detail;

  if (pass->dx)
    function->backward ((gsize) pass->n * pass->layer->outputs, pass->x, pass->y, pass->dy, pass->dx);
}

static const BfParam params[] = {
  { "function", N_("Function"), BF_PARAM_CHOICE, .table = bf_activations, .fallback_text = "sigmoid" },
  { NULL }
};

extern const BfLayerKind bf_layer_activation;
const BfLayerKind bf_layer_activation = {
  .kind = { "activation", N_("Activation"), N_("Bends the signal: without it, layers collapse into one"), params },
  .named_by = activation_named_by,
  .prepare = activation_prepare,
  .forward = activation_forward,
  .backward = activation_backward,
};
