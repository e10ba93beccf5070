/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Add (a skip connection): y = x + h, h the output of an earlier layer (n, from_width). Where the
 * widths differ a projection P (out, from_width) without bias stands between: y = x + h Pᵀ.
 * Backward: ∂x = ∂y; ∂h += ∂y, or ∂P = ∂yᵀ h and ∂h += ∂y P.
 */
#include "bf-layer.h"

#include "bf-blas.h"
#include "bf-initializer.h"
#include "bf-random.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
has_projection (const BfPlanLayer *layer)
{
  return bf_options_boolean (layer->layer->options, "projection");
}

static void
add_plan (const BfPlan *plan, BfPlanLayer *layer)
{
  const BfPlanLayer *from;

  if (layer->from < 0)
    return;   /* the plan has said why */
  from = &plan->layers[layer->from];
  if (from->outputs != layer->inputs && !has_projection (layer))
    layer->error = g_strdup_printf (_("%s gives width %u, but here the width is %u. "
                                      "Make them equal, or switch on the projection."),
                                    from->name, from->outputs, layer->inputs);
}

static guint
add_tensors (const BfPlan *plan, const BfPlanLayer *layer, BfTensorShape *shapes)
{
  if (!has_projection (layer))
    return 0;
  shapes[0] = (BfTensorShape) { "projection", layer->outputs, plan->layers[layer->from].outputs };
  return 1;
}

static void
add_start (const BfPlanLayer *layer, guint64 seed, const BfParameter *parameters)
{
  g_autoptr (gsl_rng) random = NULL;
  g_autoptr (BfOptions) start = NULL;

  if (!has_projection (layer))
    return;
  start = bf_options_new (bf_kind_find (bf_initializers, "framework-default"));
  random = bf_random_new (seed, layer->layer->id, layer->copy, "projection");
  ((const BfInitializer *) bf_options_get_kind (start))->draw (start, random, parameters[0].rows,
                                                               parameters[0].columns, parameters[0].value);
}

/* Non-NULL when there is a projection. */
static gconstpointer
add_prepare (const BfPlanLayer *layer)
{
  return has_projection (layer) ? layer : NULL;
}

static void
add_forward (const BfPass *pass)
{
  gsize size = (gsize) pass->n * pass->layer->outputs;

  memcpy (pass->y, pass->x, size * sizeof (float));
  if (pass->detail)
    bf_blas_product (FALSE, TRUE, pass->n, pass->layer->outputs, pass->from_width, pass->from,
                     pass->parameters[0].value, 1.0f, pass->y);
  else
    for (gsize i = 0; i < size; i++)
      pass->y[i] += pass->from[i];
}

static void
add_backward (const BfPass *pass)
{
  guint out = pass->layer->outputs;
  gsize size = (gsize) pass->n * out;

  if (pass->detail)
    {
      bf_blas_product (TRUE, FALSE, out, pass->from_width, pass->n, pass->dy, pass->from, 0.0f,
                       pass->parameters[0].gradient);
      bf_blas_product (FALSE, FALSE, pass->n, pass->from_width, out, pass->dy, pass->parameters[0].value,
                       1.0f, pass->from_gradient);
    }
  else
    for (gsize i = 0; i < size; i++)
      pass->from_gradient[i] += pass->dy[i];
  if (pass->dx)
    memcpy (pass->dx, pass->dy, size * sizeof (float));
}

static const BfParam params[] = {
  { "from", N_("Output Of"), BF_PARAM_LAYER },
  { "projection", N_("Projection"), BF_PARAM_BOOLEAN, 0, 1, 0 },
  { NULL }
};

extern const BfLayerKind bf_layer_add;
const BfLayerKind bf_layer_add = {
  .kind = { "add", N_("Add"), N_("Adds the output of an earlier layer: a short way for the gradient"), params },
  .plan = add_plan,
  .tensors = add_tensors,
  .start = add_start,
  .prepare = add_prepare,
  .forward = add_forward,
  .backward = add_backward,
};
