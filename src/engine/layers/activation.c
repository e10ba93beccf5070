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
  const guint width = pass->layer->outputs;
  const guint begin = bf_crew_get_begin (width, pass->part, pass->parts);
  const guint end = bf_crew_get_begin (width, pass->part + 1, pass->parts);

  if (pass->parts == 1)
    function->forward ((gsize) pass->n * width, pass->x, pass->y);
  else
    for (gsize at = begin; at < (gsize) pass->n * width; at += width)
      function->forward (end - begin, pass->x + at, pass->y + at);
}

/* The rows of ∂y that are there, and the one of x and y: with no row of ∂y, nothing. */
static void
pass_alike (const BfPass *pass, guint begin, guint end)
{
  const BfActivation *function = pass->detail;
  const gsize width = pass->layer->outputs, rows = pass->dy_rows ? pass->dy_rows->n : pass->n;

  for (gsize at = begin; at < rows * width; at += width)
    function->backward (end - begin, pass->x + begin, pass->y + begin, pass->dy + at, pass->dx + at);
}

static void
activation_backward (const BfPass *pass)
{
  const BfActivation *function = pass->detail;
  const guint width = pass->layer->outputs;
  const guint begin = bf_crew_get_begin (width, pass->part, pass->parts);
  const guint end = bf_crew_get_begin (width, pass->part + 1, pass->parts);

  if (!pass->dx)
    return;
  if (pass->same || pass->dy_rows)
    pass_alike (pass, begin, end);
  else if (pass->parts == 1)
    function->backward ((gsize) pass->n * width, pass->x, pass->y, pass->dy, pass->dx);
  else
    for (gsize at = begin; at < (gsize) pass->n * width; at += width)
      function->backward (end - begin, pass->x + at, pass->y + at, pass->dy + at, pass->dx + at);
}

static const BfParam params[] = {
  { "function", N_("Function"), BF_PARAM_CHOICE, .table = bf_activations, .fallback_text = "sigmoid" },
  { NULL }
};

extern const BfLayerKind bf_layer_activation;
const BfLayerKind bf_layer_activation = {
  .kind = { "activation", N_("Activation"), N_("Bends the signal: without it, layers collapse into one"), params },
  .named_by = activation_named_by,
  .shares = TRUE,
  .elementwise = TRUE,
  .by_row = TRUE,
  .prepare = activation_prepare,
  .forward = activation_forward,
  .backward = activation_backward,
};
