/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Memory: `values` and `gradients` hold every parameter tensor, each at a multiple of 64 bytes, and
 * `buffer_values` the buffers; `activity` holds the input, each layer's output and the gradient of
 * each, and the layers' scratch, for a whole batch.
 */
#include "bf-network-private.h"

#include "bf-pages.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64
#define ALIGN_FLOATS (ALIGNMENT / sizeof (float))
/* The most floats that the outputs of a batch and their gradients may take: 4 GB. */
#define MAX_ACTIVITY ((guint64) 1 << 30)

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
                 _("The network needs %" PRIu64 " MB more than there is. Use fewer units or a smaller batch."),
                 (guint64) bytes >> 20);
  else
    {
      bf_pages_enlarge (memory, bytes, FALSE);
      memset (memory, 0, bytes);
    }
  return memory;
}

typedef guint (*ListShapes) (const BfPlan *plan, const BfPlanLayer *layer, BfTensorShape *shapes);

static ListShapes
get_tensors (const BfLayerKind *kind)
{
  return kind->tensors;
}

static ListShapes
get_buffers (const BfLayerKind *kind)
{
  return kind->buffers;
}

/* The tensors that `get` lists for each layer, with their offsets; returns the floats that they take. */
static gsize
list_tensors (BfNetwork *self, ListShapes (*get) (const BfLayerKind *), BfParameter **tensors, guint *n_tensors)
{
  g_autoptr (GArray) list = g_array_new (FALSE, TRUE, sizeof (BfParameter));
  guint64 offset = 0;

  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      const BfPlanLayer *layer = &self->plan->layers[l];
      ListShapes list_shapes = get (bf_layer_get_kind (layer->layer));
      BfTensorShape shapes[BF_MAX_LAYER_TENSORS];
      guint n = list_shapes ? list_shapes (self->plan, layer, shapes) : 0;

      for (guint i = 0; i < n; i++)
        {
          BfParameter tensor = { l, shapes[i].name, shapes[i].rows, shapes[i].columns, offset };

          tensor.start = shapes[i].start;
          tensor.frozen = layer->layer->frozen;
          g_array_append_val (list, tensor);
          offset += align_floats ((guint64) tensor.rows * tensor.columns);
        }
    }
  *n_tensors = list->len;
  *tensors = (BfParameter *) g_array_free (g_steal_pointer (&list), FALSE);
  return offset;
}

void
bf_network_fill (BfNetwork *self, const BfParameter *tensors, guint n)
{
  for (guint i = 0; i < n; i++)
    for (gsize k = 0; k < (gsize) tensors[i].rows * tensors[i].columns; k++)
      tensors[i].value[k] = tensors[i].start;
}

static gboolean
allocate_parameters (BfNetwork *self, GError **error)
{
  self->size = list_tensors (self, get_tensors, &self->parameters, &self->n_parameters);
  self->written = g_new0 (guint64, self->n_parameters);
  self->changed = g_new0 (gint, self->n_parameters);
  self->values = allocate (self->size, error);
  self->gradients = self->values ? allocate (self->size, error) : NULL;
  if (!self->gradients)
    return FALSE;
  for (guint i = 0; i < self->n_parameters; i++)
    {
      self->parameters[i].value = self->values + self->parameters[i].offset;
      self->parameters[i].gradient = self->gradients + self->parameters[i].offset;
    }
  bf_network_fill (self, self->parameters, self->n_parameters);
  return TRUE;
}

static gboolean
allocate_buffers (BfNetwork *self, GError **error)
{
  self->buffer_size = list_tensors (self, get_buffers, &self->buffers, &self->n_buffers);
  self->buffer_values = allocate (self->buffer_size, error);
  if (!self->buffer_values)
    return FALSE;
  for (guint i = 0; i < self->n_buffers; i++)
    self->buffers[i].value = self->buffer_values + self->buffers[i].offset;
  bf_network_fill (self, self->buffers, self->n_buffers);
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

/* Floats of a layer's outputs for a batch, and of its scratch. */
static guint64
get_output_size (BfNetwork *self, guint l)
{
  return align_floats ((guint64) self->batch * self->plan->layers[l].outputs);
}

static guint64
get_scratch_size (BfNetwork *self, guint l)
{
  const BfPlanLayer *layer = &self->plan->layers[l];
  const BfLayerKind *kind = bf_layer_get_kind (layer->layer);

  return kind->scratch ? align_floats ((kind->scratch (layer, self->batch) + sizeof (float) - 1) / sizeof (float)) : 0;
}

static gboolean
allocate_activity (BfNetwork *self, GError **error)
{
  guint64 input = align_floats ((guint64) self->batch * self->plan->shape.inputs);
  guint64 spare = align_floats ((guint64) self->batch * mark_shared (self));
  guint64 total = 2 * input + spare;
  float *next;

  for (guint l = 0; l < self->plan->n_layers; l++)
    total += 2 * get_output_size (self, l) + get_scratch_size (self, l);
  if (total > MAX_ACTIVITY)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE,
                   _("The outputs of all layers for a batch of %u samples take %" PRIu64 " MB, and at most %"
                     PRIu64 " MB fit. Use a smaller batch or fewer units."),
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
      guint64 size = get_output_size (self, l);

      self->outputs[l] = next;
      self->output_gradients[l] = next + size;
      self->scratch[l] = next + 2 * size;
      next += 2 * size + get_scratch_size (self, l);
    }
  return TRUE;
}

/* Multiplications of a layer for a batch from which on a look at its input is worth while. */
#define SEARCHED 65536

static void
allocate_rows (BfNetwork *self)
{
  const guint n = self->plan->n_layers;
  guint widest = 0;

  self->searched = g_new0 (gboolean, n);
  self->same = g_new0 (gboolean, n);
  self->output_rows = g_new0 (BfBatchRows, n);
  self->gradient_rows = g_new0 (BfBatchRows, n);
  self->which = g_new0 (guint8, self->batch);
  self->first = g_new0 (guint8, self->batch);
  self->distinct = g_new0 (float, BF_MAX_DISTINCT_ROWS * (gsize) self->plan->layers[n - 1].outputs);
  for (guint l = 1; l < n; l++)
    {
      const BfPlanLayer *layer = &self->plan->layers[l];

      self->searched[l] = bf_layer_get_kind (layer->layer)->by_row && layer->weighted
                          && (guint64) self->batch * layer->inputs * layer->outputs >= SEARCHED;
      self->searches |= self->searched[l];
      if (self->searched[l])
        widest = MAX (widest, layer->inputs);
    }
  self->differences = g_new0 (float, (gsize) self->batch * widest);
}

gboolean
bf_network_allocate (BfNetwork *self, GError **error)
{
  self->passes = g_new0 (BfPass, self->plan->n_layers);
  self->shared = g_new0 (gboolean, self->plan->n_layers);
  self->random = g_new0 (gsl_rng *, self->plan->n_layers);
  self->outputs = g_new0 (float *, self->plan->n_layers);
  self->output_gradients = g_new0 (float *, self->plan->n_layers);
  self->scratch = g_new0 (float *, self->plan->n_layers);
  allocate_rows (self);
  return allocate_parameters (self, error) && allocate_buffers (self, error) && allocate_activity (self, error);
}
