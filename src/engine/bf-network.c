/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Memory: `values` and `gradients` hold every parameter tensor, each at a multiple of 64 bytes;
 * `activity` holds the input, each layer's output and the gradient of each, for a whole batch.
 *
 * An output that a later layer adds as well (skip) receives its gradient from two sides. Layers
 * only ever write ∂x; for such outputs the network has it written to `spare` and adds it.
 */
#include "bf-layer.h"

#include "bf-blas.h"
#include "bf-initializer.h"
#include "bf-loss.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64
#define ALIGN_FLOATS (ALIGNMENT / sizeof (float))
/* The most floats that the outputs of a batch and their gradients may take: 4 GB. */
#define MAX_ACTIVITY ((guint64) 1 << 30)

struct _BfNetwork
{
  BfPlan *plan;
  guint batch;
  BfPass *passes;          /* one a layer */
  gboolean *shared;        /* [layer]: a later layer adds its output */
  float **outputs;         /* [layer] */
  float **output_gradients;
  BfParameter *parameters;
  guint n_parameters;
  gsize size;
  float *values;
  float *gradients;
  float *activity;
  float *input;
  float *input_gradient;
  float *spare;
  gboolean input_gradient_known;
};

static guint64
align_floats (guint64 n)
{
  return (n + ALIGN_FLOATS - 1) / ALIGN_FLOATS * ALIGN_FLOATS;
}

/* n floats, all 0, or NULL with error. */
static float *
allocate (guint64 n, GError **error)
{
  gsize bytes = MAX (n, ALIGN_FLOATS) * sizeof (float);
  float *memory = aligned_alloc (ALIGNMENT, bytes);

  if (!memory)
    g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE,
                 _("The network needs %" G_GUINT64_FORMAT " MB more than there is. Use fewer units or a smaller batch."),
                 (guint64) bytes >> 20);
  else
    memset (memory, 0, bytes);
  return memory;
}

/* Lists the tensors of all layers with their offsets; `size` becomes the arena's. */
static void
list_parameters (BfNetwork *self)
{
  g_autoptr (GArray) list = g_array_new (FALSE, TRUE, sizeof (BfParameter));
  guint64 offset = 0;

  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      const BfPlanLayer *layer = &self->plan->layers[l];
      const BfLayerKind *kind = bf_layer_get_kind (layer->layer);
      BfTensorShape shapes[BF_MAX_LAYER_TENSORS];
      guint n = kind->tensors ? kind->tensors (self->plan, layer, shapes) : 0;

      for (guint i = 0; i < n; i++)
        {
          BfParameter parameter = { l, shapes[i].name, shapes[i].rows, shapes[i].columns, offset };

          parameter.frozen = layer->layer->frozen;
          g_array_append_val (list, parameter);
          offset += align_floats ((guint64) shapes[i].rows * shapes[i].columns);
        }
    }
  self->size = offset;
  self->n_parameters = list->len;
  self->parameters = (BfParameter *) g_array_free (g_steal_pointer (&list), FALSE);
}

static gboolean
allocate_parameters (BfNetwork *self, GError **error)
{
  list_parameters (self);
  self->values = allocate (self->size, error);
  self->gradients = self->values ? allocate (self->size, error) : NULL;
  if (!self->gradients)
    return FALSE;
  for (guint i = 0; i < self->n_parameters; i++)
    {
      self->parameters[i].value = self->values + self->parameters[i].offset;
      self->parameters[i].gradient = self->gradients + self->parameters[i].offset;
    }
  return TRUE;
}

/* The widest input of a layer whose input is shared; 0 without skips. */
static guint
mark_shared (BfNetwork *self)
{
  guint widest = 0;

  for (guint l = 0; l < self->plan->n_layers; l++)
    if (self->plan->layers[l].from >= 0)
      {
        int from = self->plan->layers[l].from;

        self->shared[from] = TRUE;
        widest = MAX (widest, self->plan->layers[from].outputs);
      }
  return widest;
}

static gboolean
allocate_activity (BfNetwork *self, GError **error)
{
  guint64 input = align_floats ((guint64) self->batch * self->plan->shape.inputs);
  guint64 spare = align_floats ((guint64) self->batch * mark_shared (self));
  guint64 total = 2 * input + spare;
  float *next;

  for (guint l = 0; l < self->plan->n_layers; l++)
    total += 2 * align_floats ((guint64) self->batch * self->plan->layers[l].outputs);
  if (total > MAX_ACTIVITY)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE,
                   _("The outputs of all layers for a batch of %u samples take %" G_GUINT64_FORMAT " MB, and at most %"
                     G_GUINT64_FORMAT " MB fit. Use a smaller batch or fewer units."),
                   self->batch, total * sizeof (float) >> 20, MAX_ACTIVITY * sizeof (float) >> 20);
      return FALSE;
    }
  next = self->activity = allocate (total, error);
  if (!next)
    return FALSE;
  self->input = next;
  self->input_gradient = next += input;
  self->spare = next += input;
  next += spare;
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      guint64 size = align_floats ((guint64) self->batch * self->plan->layers[l].outputs);

      self->outputs[l] = next;
      self->output_gradients[l] = next + size;
      next += 2 * size;
    }
  return TRUE;
}

/* The passes' pointers never change; only n and dx of a step do. */
static void
connect_layers (BfNetwork *self)
{
  guint parameter = 0;

  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      const BfPlanLayer *layer = &self->plan->layers[l];
      const BfLayerKind *kind = bf_layer_get_kind (layer->layer);
      BfPass *pass = &self->passes[l];

      pass->layer = layer;
      pass->detail = kind->prepare ? kind->prepare (layer) : NULL;
      pass->parameters = self->parameters + parameter;
      while (parameter < self->n_parameters && self->parameters[parameter].layer == l)
        parameter++;
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

static void
draw_start (BfNetwork *self, guint64 seed)
{
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      const BfPlanLayer *layer = &self->plan->layers[l];
      const BfLayerKind *kind = bf_layer_get_kind (layer->layer);

      if (kind->start)
        kind->start (layer, seed, self->passes[l].parameters);
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
  self->passes = g_new0 (BfPass, plan->n_layers);
  self->shared = g_new0 (gboolean, plan->n_layers);
  self->outputs = g_new0 (float *, plan->n_layers);
  self->output_gradients = g_new0 (float *, plan->n_layers);
  if (!allocate_parameters (self, error) || !allocate_activity (self, error))
    return NULL;
  connect_layers (self);
  draw_start (self, seed);
  return g_steal_pointer (&self);
}

void
bf_network_free (BfNetwork *self)
{
  if (!self)
    return;
  free (self->values);
  free (self->gradients);
  free (self->activity);
  g_free (self->parameters);
  g_free (self->passes);
  g_free (self->shared);
  g_free (self->outputs);
  g_free (self->output_gradients);
  bf_plan_unref (self->plan);
  g_free (self);
}

BfPlan *
bf_network_get_plan (BfNetwork *self)
{
  return self->plan;
}

guint
bf_network_get_n_parameters (BfNetwork *self)
{
  return self->n_parameters;
}

const BfParameter *
bf_network_get_parameters (BfNetwork *self)
{
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
  return self->values;
}

float *
bf_network_get_gradients (BfNetwork *self)
{
  return self->gradients;
}

const BfParameter *
bf_network_find_parameter (BfNetwork *self, guint layer, const char *name)
{
  const BfParameter *end = self->parameters + self->n_parameters;

  g_return_val_if_fail (layer < self->plan->n_layers, NULL);
  for (const BfParameter *p = self->passes[layer].parameters; p < end && p->layer == layer; p++)
    if (g_str_equal (p->name, name))
      return p;
  return NULL;
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
  return self->outputs[layer];
}

float *
bf_network_get_output_gradient (BfNetwork *self, guint layer)
{
  g_return_val_if_fail (layer < self->plan->n_layers, NULL);
  return self->output_gradients[layer];
}

float *
bf_network_get_input_gradient (BfNetwork *self)
{
  return self->input_gradient_known ? self->input_gradient : NULL;
}

static void
forward_layer (BfNetwork *self, guint l, guint n, gboolean training)
{
  BfPass *pass = &self->passes[l];

  pass->n = n;
  pass->training = training;
  bf_layer_get_kind (pass->layer->layer)->forward (pass);
}

void
bf_network_forward (BfNetwork *self, guint n, gboolean training)
{
  g_return_if_fail (n > 0 && n <= self->batch);
  self->input_gradient_known = FALSE;
  for (guint l = 0; l < self->plan->n_layers; l++)
    forward_layer (self, l, n, training);
}

/* Samples whose largest output is the label; the first of equals counts, as in PyTorch. */
static guint
count_correct (const float *output, guint n, guint outputs, const guint16 *labels)
{
  guint correct = 0;

  for (guint i = 0; i < n; i++)
    {
      const float *z = output + (gsize) i * outputs;
      guint best = 0;

      for (guint j = 1; j < outputs; j++)
        if (z[j] > z[best])
          best = j;
      correct += best == labels[i] && !isnan (z[best]);
    }
  return correct;
}

double
bf_network_loss (BfNetwork *self, guint n, const guint16 *labels, const float *targets, guint *correct)
{
  const BfLoss *loss = (const BfLoss *) bf_options_get_kind (self->plan->spec->loss);
  guint last = self->plan->n_layers - 1;
  guint outputs = self->plan->layers[last].outputs;

  if (correct)
    *correct = labels ? count_correct (self->outputs[last], n, outputs, labels) : 0;
  return loss->compute (n, outputs, self->outputs[last], labels, targets, self->output_gradients[last]);
}

static void
backward_layer (BfNetwork *self, guint l, guint n, gboolean wanted)
{
  BfPass *pass = &self->passes[l];
  gboolean shared = l > 0 && self->shared[l - 1];
  float *dx = l ? self->output_gradients[l - 1] : self->input_gradient;

  pass->n = n;
  pass->dx = !wanted ? NULL : shared ? self->spare : dx;
  bf_layer_get_kind (pass->layer->layer)->backward (pass);
  if (!shared)
    return;
  for (gsize i = 0; i < (gsize) n * pass->layer->inputs; i++)
    dx[i] += self->spare[i];
}

void
bf_network_backward (BfNetwork *self, guint n, gboolean input_gradient)
{
  g_return_if_fail (n > 0 && n <= self->batch);
  for (guint l = 0; l < self->plan->n_layers; l++)
    if (self->shared[l])
      memset (self->output_gradients[l], 0, (gsize) n * self->plan->layers[l].outputs * sizeof (float));
  for (guint l = self->plan->n_layers; l-- > 0;)
    backward_layer (self, l, n, l > 0 || input_gradient);
  self->input_gradient_known = input_gradient;
}

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

/* Layer-sequential unit variance (Mishkin, Matas 2016): divides W by the standard deviation of the
 * layer's output until that is 1, at most ten times. */
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
      forward_layer (self, l, n, TRUE);
    }
}

void
bf_network_lsuv (BfNetwork *self, guint n)
{
  g_return_if_fail (n > 0 && n <= self->batch);
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      const BfOptions *options = self->plan->layers[l].layer->options;
      const BfKind *start = NULL;

      if (bf_kind_find_param (bf_options_get_kind (options), "start"))
        start = bf_options_get_kind (bf_options_choice (options, "start"));
      forward_layer (self, l, n, TRUE);
      if (start && ((const BfInitializer *) start)->data_driven)
        scale_to_unit_variance (self, l, n);
    }
}
