/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A plan compiled: layers are connected to their memory once, so that a step only follows pointers.
 */
#include "bf-network-private.h"

#include "bf-blas.h"
#include "bf-random.h"

#include <stdlib.h>

/* The passes' pointers never change; only n and dx of a step do. */
static void
connect_layers (BfNetwork *self)
{
  guint parameter = 0, buffer = 0;

  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      const BfPlanLayer *layer = &self->plan->layers[l];
      const BfLayerKind *kind = bf_layer_get_kind (layer->layer);
      BfPass *pass = &self->passes[l];

      pass->layer = layer;
      pass->parts = 1;
      pass->detail = kind->prepare ? kind->prepare (layer) : NULL;
      pass->parameters = self->parameters + parameter;
      while (parameter < self->n_parameters && self->parameters[parameter].layer == l)
        parameter++;
      pass->buffers = self->buffers + buffer;
      while (buffer < self->n_buffers && self->buffers[buffer].layer == l)
        buffer++;
      pass->scratch = self->scratch[l];
      pass->x = l ? self->outputs[l - 1] : self->input;
      pass->y = self->outputs[l];
      pass->dy = self->output_gradients[l];
      if (layer->from >= 0)
        {
          pass->from = self->outputs[layer->from];
          pass->from_gradient = self->output_gradients[layer->from];
          pass->from_width = self->plan->layers[layer->from].outputs;
        }
    }
}

void
bf_network_restart_random (BfNetwork *self)
{
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      const BfLayer *layer = self->plan->layers[l].layer;
      const char *draws = bf_layer_get_kind (layer)->draws;

      g_clear_pointer (&self->random[l], gsl_rng_free);
      if (draws)
        self->random[l] = bf_random_new (self->seed, layer->id, self->plan->layers[l].copy, draws);
    }
}

static void
draw_start (BfNetwork *self)
{
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      const BfPlanLayer *layer = &self->plan->layers[l];
      const BfLayerKind *kind = bf_layer_get_kind (layer->layer);

      if (kind->start)
        kind->start (layer, self->seed, self->passes[l].parameters);
    }
}

BfNetwork *
bf_network_new (BfPlan *plan, guint64 seed, guint batch, GError **error)
{
  g_autoptr (BfNetwork) self = NULL;

  g_return_val_if_fail (batch > 0, NULL);
  if (plan->error)
    {
      g_set_error_literal (error, BF_ERROR, BF_ERROR_INVALID, plan->error);
      return NULL;
    }
  bf_blas_init ();
  self = g_new0 (BfNetwork, 1);
  self->plan = bf_plan_ref (plan);
  self->batch = batch;
  self->seed = seed;
  self->draws = TRUE;
  if (!bf_network_allocate (self, error))
    return NULL;
  connect_layers (self);
  draw_start (self);
  bf_network_restart_random (self);
  return g_steal_pointer (&self);
}

void
bf_network_free (BfNetwork *self)
{
  if (!self)
    return;
  bf_crew_free (self->crew);
  free (self->values);
  free (self->gradients);
  free (self->buffer_values);
  free (self->activity);
  for (guint l = 0; self->random && l < self->plan->n_layers; l++)
    g_clear_pointer (&self->random[l], gsl_rng_free);
  g_free (self->random);
  g_free (self->written);
  g_free (self->changed);
  g_free (self->parameters);
  g_free (self->buffers);
  g_free (self->scratch);
  g_free (self->passes);
  g_free (self->shared);
  g_free (self->outputs);
  g_free (self->output_gradients);
  g_free (self->searched);
  g_free (self->same);
  g_free (self->output_rows);
  g_free (self->gradient_rows);
  g_free (self->which);
  g_free (self->first);
  g_free (self->differences);
  g_free (self->distinct);
  bf_plan_unref (self->plan);
  g_free (self);
}

BfPlan *
bf_network_get_plan (BfNetwork *self)
{
  return self->plan;
}

guint
bf_network_get_batch (BfNetwork *self)
{
  return self->batch;
}

guint
bf_network_get_n_parameters (BfNetwork *self)
{
  return self->n_parameters;
}

guint64
bf_network_get_written (const BfNetwork *self, guint tensor)
{
  return MAX (self->written[tensor], self->handed_out);
}

const BfParameter *
bf_network_get_parameters (BfNetwork *self)
{
  self->handed_out = ++self->writes;
  return self->parameters;
}

gsize
bf_network_get_size (BfNetwork *self)
{
  return self->size;
}

float *
bf_network_get_values (BfNetwork *self)
{
  self->handed_out = ++self->writes;
  return self->values;
}

float *
bf_network_get_gradients (BfNetwork *self)
{
  return self->gradients;
}

/* The tensor of a layer in its part of a list, or NULL. */
static const BfParameter *
find_tensor (const BfParameter *first, const BfParameter *end, guint layer, const char *name)
{
  for (const BfParameter *p = first; p < end && p->layer == layer; p++)
    if (g_str_equal (p->name, name))
      return p;
  return NULL;
}

const BfParameter *
bf_network_find_parameter (BfNetwork *self, guint layer, const char *name)
{
  g_return_val_if_fail (layer < self->plan->n_layers, NULL);
  self->handed_out = ++self->writes;
  return find_tensor (self->passes[layer].parameters, self->parameters + self->n_parameters, layer, name);
}

void
bf_network_set_frozen (BfNetwork *self, guint layer, gboolean frozen)
{
  BfParameter *end = self->parameters + self->n_parameters;

  g_return_if_fail (layer < self->plan->n_layers);
  for (BfParameter *p = self->parameters + (self->passes[layer].parameters - self->parameters); p < end && p->layer == layer; p++)
    p->frozen = frozen;
}

guint
bf_network_get_n_buffers (BfNetwork *self)
{
  return self->n_buffers;
}

const BfParameter *
bf_network_get_buffers (BfNetwork *self)
{
  return self->buffers;
}

gsize
bf_network_get_buffer_size (BfNetwork *self)
{
  return self->buffer_size;
}

float *
bf_network_get_buffer_values (BfNetwork *self)
{
  return self->buffer_values;
}

const BfParameter *
bf_network_find_buffer (BfNetwork *self, guint layer, const char *name)
{
  g_return_val_if_fail (layer < self->plan->n_layers, NULL);
  return find_tensor (self->passes[layer].buffers, self->buffers + self->n_buffers, layer, name);
}

gsl_rng *
bf_network_get_random (BfNetwork *self, guint layer)
{
  g_return_val_if_fail (layer < self->plan->n_layers, NULL);
  return self->random[layer];
}

void
bf_network_set_draws (BfNetwork *self, gboolean on)
{
  self->draws = on;
}

gboolean
bf_network_needs_two_samples (BfNetwork *self)
{
  for (guint l = 0; l < self->plan->n_layers; l++)
    if (bf_layer_get_kind (self->plan->layers[l].layer)->needs_two_samples)
      return TRUE;
  return FALSE;
}

float *
bf_network_get_input (BfNetwork *self)
{
  return self->input;
}

float *
bf_network_get_output (BfNetwork *self, guint layer)
{
  g_return_val_if_fail (layer < self->plan->n_layers, NULL);
  bf_network_spread_output (self, layer);
  return self->outputs[layer];
}

float *
bf_network_get_output_gradient (BfNetwork *self, guint layer)
{
  g_return_val_if_fail (layer < self->plan->n_layers, NULL);
  bf_network_spread_gradient (self, layer);
  return self->output_gradients[layer];
}

const BfBatchRows *
bf_network_get_output_rows (const BfNetwork *self, guint layer)
{
  return &self->output_rows[layer];
}

const BfBatchRows *
bf_network_get_gradient_rows (const BfNetwork *self, guint layer)
{
  return &self->gradient_rows[layer];
}

float *
bf_network_get_input_gradient (BfNetwork *self)
{
  return self->input_gradient_known ? self->input_gradient : NULL;
}
