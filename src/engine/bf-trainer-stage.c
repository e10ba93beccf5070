/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A layer's starting weights are those of the whole network whenever it appears. The output layer is drawn
 * anew at each stage; its draws are seeded by the experiment's seed and the stage's number, so that they
 * depend on nothing that was trained.
 */
#include "bf-trainer-stage.h"

#include "bf-layer.h"
#include "bf-stage.h"

#include <string.h>

typedef struct
{
  gsize offset, n;
} Run;

BfKept *
bf_kept_new (gsize n_values, gsize n_buffers)
{
  BfKept *self = g_new0 (BfKept, 1);

  self->n_values = n_values;
  self->n_buffers = n_buffers;
  self->values = g_new0 (float, n_values);
  self->buffers = g_new0 (float, n_buffers);
  return self;
}

void
bf_kept_free (BfKept *self)
{
  if (!self)
    return;
  g_free (self->values);
  g_free (self->buffers);
  g_clear_pointer (&self->random, gsl_rng_free);
  g_free (self);
}

GPtrArray *
bf_kept_array_new (guint n_layers)
{
  GPtrArray *kept = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_kept_free);

  g_ptr_array_set_size (kept, (int) n_layers);
  return kept;
}

/* Copies a layer's tensors in a list to `flat` or back; returns their floats. flat: NULL: only counts. */
static gsize
copy_tensors (const BfParameter *tensors, guint n, guint layer, float *flat, gboolean out)
{
  gsize total = 0;

  for (guint i = 0; i < n; i++)
    {
      const gsize size = (gsize) tensors[i].rows * tensors[i].columns;

      if (tensors[i].layer != layer)
        continue;
      if (flat && out)
        memcpy (flat + total, tensors[i].value, size * sizeof (float));
      else if (flat)
        memcpy (tensors[i].value, flat + total, size * sizeof (float));
      total += size;
    }
  return total;
}

static gsize
copy_values (BfNetwork *network, guint layer, float *flat, gboolean out)
{
  return copy_tensors (bf_network_get_parameters (network), bf_network_get_n_parameters (network), layer, flat, out);
}

static gsize
copy_buffers (BfNetwork *network, guint layer, float *flat, gboolean out)
{
  return copy_tensors (bf_network_get_buffers (network), bf_network_get_n_buffers (network), layer, flat, out);
}

void
bf_trainer_stage_keep (BfTrainerStage *self, GPtrArray *kept)
{
  const guint output = bf_stage_get_output (self->plan);

  for (guint l = 0; l < output; l++)
    {
      BfKept *layer = bf_kept_new (copy_values (self->network, l, NULL, TRUE), copy_buffers (self->network, l, NULL, TRUE));
      const gsl_rng *random = bf_network_get_random (self->network, l);

      copy_values (self->network, l, layer->values, TRUE);
      copy_buffers (self->network, l, layer->buffers, TRUE);
      layer->random = random ? gsl_rng_clone (random) : NULL;
      g_clear_pointer (&g_ptr_array_index (kept, self->rows[l]), bf_kept_free);
      g_ptr_array_index (kept, self->rows[l]) = layer;
    }
}

static void
take_over (BfTrainerStage *self, GPtrArray *kept)
{
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      BfKept *layer = g_ptr_array_index (kept, self->rows[l]);

      if (!layer)
        continue;
      copy_values (self->network, l, layer->values, FALSE);
      copy_buffers (self->network, l, layer->buffers, FALSE);
      if (layer->random)
        gsl_rng_memcpy (bf_network_get_random (self->network, l), layer->random);
      g_clear_pointer (&g_ptr_array_index (kept, self->rows[l]), bf_kept_free);
    }
}

/* Stage 0 has the draws of the network as it is; by the golden ratio, the others' seeds lie far apart. */
static void
draw_output (BfTrainerStage *self, guint64 seed)
{
  const BfParameter *parameters = bf_network_get_parameters (self->network);
  guint before = self->plan->n_layers;

  for (guint i = 0; i < bf_network_get_n_parameters (self->network); i++)
    {
      const guint l = parameters[i].layer;
      const BfLayerKind *kind = bf_layer_get_kind (self->plan->layers[l].layer);

      if (l >= bf_stage_get_output (self->plan) && l != before && kind->start)
        kind->start (&self->plan->layers[l], seed + self->index * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15), &parameters[i]);
      before = l;
    }
}

static void
lay_out (BfTrainerStage *self, const GArray *stages, GPtrArray *kept)
{
  g_autofree gboolean *taken_over = NULL;

  if (stages->len > 0)
    {
      taken_over = g_new0 (gboolean, self->whole->n_layers);
      for (guint l = 0; kept && l < self->whole->n_layers; l++)
        taken_over[l] = g_ptr_array_index (kept, l) != NULL;
      self->grows = TRUE;
      self->stage = g_array_index (stages, BfStage, self->index);
      self->plan = bf_stage_make_plan (self->whole, &self->stage, taken_over, &self->rows);
      return;
    }
  self->plan = bf_plan_ref (self->whole);
  self->rows = g_new (guint, self->whole->n_layers);
  for (guint l = 0; l < self->whole->n_layers; l++)
    self->rows[l] = l;
}

static void
find_runs (BfTrainerStage *self)
{
  const BfParameter *parameters = bf_network_get_parameters (self->network);
  const guint n = bf_network_get_n_parameters (self->network);
  Run run = { 0, 0 };

  g_array_set_size (self->runs, 0);
  self->first_trained = 0;
  for (guint i = n; i-- > 0;)
    if (!parameters[i].frozen)
      self->first_trained = parameters[i].layer;
  for (guint i = 0; i < n; i++)
    {
      const gsize end = i + 1 < n ? parameters[i + 1].offset : bf_network_get_size (self->network);

      if (!parameters[i].frozen)
        {
          if (run.n == 0)
            run.offset = parameters[i].offset;
          run.n = end - run.offset;
        }
      if (run.n > 0 && (parameters[i].frozen || i + 1 == n))
        {
          g_array_append_val (self->runs, run);
          run.n = 0;
        }
    }
}

BfTrainerStage *
bf_trainer_stage_new (BfPlan *whole, const GArray *stages, guint index, GPtrArray *kept, GError **error)
{
  g_autoptr (BfTrainerStage) self = g_new0 (BfTrainerStage, 1);
  const BfSpec *spec = whole->spec;

  self->index = index;
  self->whole = bf_plan_ref (whole);
  lay_out (self, stages, kept);
  self->network = bf_network_new (self->plan, spec->seed, spec->batch, error);
  if (!self->network)
    return NULL;
  if (index > 0)
    draw_output (self, spec->seed);
  if (kept)
    take_over (self, kept);
  self->probe = bf_probe_new (self->network);
  bf_probe_set_rows (self->probe, self->rows, whole->n_layers);
  self->optimizer = (const BfOptimizer *) bf_options_get_kind (spec->optimizer);
  self->state_size = bf_network_get_size (self->network) * self->optimizer->state_size;
  self->state = g_new0 (float, self->state_size);
  self->runs = g_array_sized_new (FALSE, FALSE, sizeof (Run), bf_network_get_n_parameters (self->network));
  find_runs (self);
  return g_steal_pointer (&self);
}

gboolean
bf_trainer_stage_try (BfPlan *whole, const GArray *stages, guint index, GError **error)
{
  g_autofree gboolean *taken_over = g_new (gboolean, whole->n_layers);
  g_autoptr (BfPlan) plan = NULL;
  g_autoptr (BfNetwork) network = NULL;

  for (guint l = 0; l < whole->n_layers; l++)
    taken_over[l] = TRUE;
  plan = bf_stage_make_plan (whole, &g_array_index (stages, BfStage, index), taken_over, NULL);
  network = bf_network_new (plan, whole->spec->seed, whole->spec->batch, error);
  return network != NULL;
}

void
bf_trainer_stage_free (BfTrainerStage *self)
{
  if (!self)
    return;
  bf_probe_free (self->probe);
  bf_network_free (self->network);
  g_clear_pointer (&self->runs, g_array_unref);
  g_free (self->state);
  g_free (self->rows);
  g_clear_pointer (&self->plan, bf_plan_unref);
  bf_plan_unref (self->whole);
  g_free (self);
}

void
bf_trainer_stage_freeze (BfTrainerStage *self, const gboolean *frozen)
{
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      const guint row = self->rows[l];
      const gboolean by_stage = self->grows && bf_stage_freezes (self->whole, &self->stage, row);

      bf_network_set_frozen (self->network, l, frozen[row] || by_stage);
    }
  find_runs (self);
}

void
bf_trainer_stage_update (BfTrainerStage *self, float rate, guint64 step)
{
  for (guint i = 0; i < self->runs->len; i++)
    {
      const Run run = g_array_index (self->runs, Run, i);

      bf_network_update (self->network, self->optimizer, self->whole->spec->optimizer, rate, step, run.offset, run.n,
                         self->state);
    }
}

gsize
bf_trainer_stage_count_buffers (const BfPlan *plan, guint layer)
{
  const BfLayerKind *kind = bf_layer_get_kind (plan->layers[layer].layer);
  BfTensorShape shapes[BF_MAX_LAYER_TENSORS];
  const guint n = kind->buffers ? kind->buffers (plan, &plan->layers[layer], shapes) : 0;
  gsize size = 0;

  for (guint i = 0; i < n; i++)
    size += (gsize) shapes[i].rows * shapes[i].columns;
  return size;
}

gboolean
bf_trainer_stage_draws (const BfPlan *plan, guint layer)
{
  return bf_layer_get_kind (plan->layers[layer].layer)->draws != NULL;
}
