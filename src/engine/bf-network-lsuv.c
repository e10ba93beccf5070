/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Starting weights that the data scale: layer-sequential unit variance (Mishkin, Matas: All you need is a good init, 2016).
 */
#include "bf-network-private.h"

#include "bf-initializer.h"

#include <math.h>
#include <string.h>

/* Variance of all n · outputs values. */
static double
variance (const float *values, gsize size)
{
  double sum = 0, squares = 0;

  for (gsize i = 0; i < size; i++)
    sum += values[i];
  for (gsize i = 0; i < size; i++)
    squares += (values[i] - sum / size) * (values[i] - sum / size);
  return squares / size;
}

/* Divides W by the standard deviation of the layer's output until that is 1, at most ten times. */
static void
scale_to_unit_variance (BfNetwork *self, guint l, guint n)
{
  const BfParameter *weight = bf_network_find_parameter (self, l, "weight");

  for (guint tries = 0; tries < 10; tries++)
    {
      double v = variance (self->outputs[l], (gsize) n * self->plan->layers[l].outputs);

      if (!(v > 0) || !isfinite (v) || fabs (v - 1) < 1e-3)
        return;
      for (gsize i = 0; i < (gsize) weight->rows * weight->columns; i++)
        weight->value[i] = (float) (weight->value[i] / sqrt (v));
      self->handed_out = ++self->writes;
      bf_network_forward_layer (self, l, n, TRUE);
    }
}

/* Whether a layer's weights are scaled by data. */
static gboolean
is_data_driven (const BfPlanLayer *layer)
{
  const BfOptions *options = layer->layer->options;
  const BfKind *start;

  if (!bf_kind_find_param (bf_options_get_kind (options), "start"))
    return FALSE;
  start = bf_options_get_kind (bf_options_choice (options, "start"));
  return ((const BfInitializer *) start)->data_driven;
}

static gboolean
is_any_data_driven (const BfPlan *plan)
{
  for (guint l = 0; l < plan->n_layers; l++)
    if (is_data_driven (&plan->layers[l]))
      return TRUE;
  return FALSE;
}

/* The passes that scale are not training: what they left in buffers and generators is undone. */
void
bf_network_lsuv (BfNetwork *self, guint n)
{
  g_autoptr (GPtrArray) random = NULL;
  g_autofree float *buffers = NULL;

  g_return_if_fail (n > 0 && n <= self->batch);
  if (!is_any_data_driven (self->plan))
    return;
  random = g_ptr_array_new ();
  buffers = g_memdup2 (self->buffer_values, self->buffer_size * sizeof (float));
  for (guint l = 0; l < self->plan->n_layers; l++)
    g_ptr_array_add (random, self->random[l] ? gsl_rng_clone (self->random[l]) : NULL);
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      bf_network_forward_layer (self, l, n, TRUE);
      if (is_data_driven (&self->plan->layers[l]))
        scale_to_unit_variance (self, l, n);
    }
  if (buffers)
    memcpy (self->buffer_values, buffers, self->buffer_size * sizeof (float));
  for (guint l = 0; l < self->plan->n_layers; l++)
    if (self->random[l])
      {
        gsl_rng_memcpy (self->random[l], random->pdata[l]);
        gsl_rng_free (random->pdata[l]);
      }
}
