/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "sample-flow.h"

#include <math.h>

static BfLayer *
add (BfSpec *spec, BfBlock *block, const char *kind)
{
  BfLayer *layer = bf_layer_new (spec, kind);

  g_ptr_array_add (block->layers, layer);
  return layer;
}

static void
add_hidden (BfSpec *spec, const SampleFlow *sample, BfBlock *block, guint w)
{
  BfLayer *dense = add (spec, block, "dense"), *activation;

  bf_options_set_number (dense->options, "units", 128, NULL);
  dense->frozen = w < sample->frozen;
  if (sample->norm && bf_kind_find (bf_layer_kinds, sample->norm))
    add (spec, block, sample->norm)->remedy = g_intern_string (sample->norm);
  activation = add (spec, block, "activation");
  if (sample->activation)
    bf_options_set_choice (activation->options, "function", sample->activation, NULL);
  activation->remedy = g_intern_string (sample->activation_remedy);
}

static BfPlan *
make_plan (const SampleFlow *sample)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n = sample->folded ? MIN (1, sample->hidden) : sample->hidden;

  spec->seed = 42;
  for (guint w = 0; w < n; w++)
    {
      BfBlock *block = bf_block_new (sample->folded, sample->folded ? sample->hidden : 1);
      guint32 end;

      add_hidden (spec, sample, block, w);
      if (sample->skip_every && w > 0 && w % sample->skip_every == 0)
        {
          BfLayer *sum = add (spec, block, "add");

          sum->remedy = g_intern_string ("skip-connections");
          bf_options_set_number (sum->options, "from", g_array_index (ends, guint32, w - sample->skip_every), NULL);
        }
      end = ((BfLayer *) block->layers->pdata[block->layers->len - 1])->id;
      g_array_append_val (ends, end);
      g_ptr_array_add (spec->blocks, block);
    }
  bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 10, NULL);
  return bf_plan_new (spec, &(BfShape) { 784, 10, 10 });
}

static void
fill (BfStats *stats, double norm)
{
  *stats = (BfStats) { .size = 8192, .rms = norm / 90, .norm_low = norm, .norm_high = norm, .log_norm = NAN };
  if (isnan (norm))
    stats->states = BF_STATE_NAN;
  else if (isinf (norm))
    stats->states = BF_STATE_INFINITE;
  else if (norm < 1.4e-45)
    stats->states = BF_STATE_ZERO;
  else
    stats->log_norm = log10 (norm);
}

void
sample_flow_set (BfSnapshot *self, int weighted, double norm)
{
  if (weighted < 0)
    self->start->input_gradient = norm;
  else
    for (guint i = self->plan->weighted[weighted]; i <= bf_plan_get_stage_end (self->plan, weighted); i++)
      fill (&self->start->layers[i].tensors[BF_TENSOR_OUTPUT_GRADIENT],
            i == self->plan->weighted[weighted] && weighted + 1 < (int) self->plan->n_weighted ? norm * 0.25 : norm);
}

BfSnapshot *
sample_flow_new (const SampleFlow *sample)
{
  BfSnapshot *self = g_new0 (BfSnapshot, 1);
  double log = sample->output, joined = log;

  g_atomic_ref_count_init (&self->references);
  self->plan = make_plan (sample);
  self->start = bf_column_new (self->plan->n_layers);
  self->start->count = 1;
  self->start->loss = 2.303;
  self->start->accuracy = 0.1;
  self->columns = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_column_unref);
  self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_frame_unref);
  self->epochs = g_array_new (FALSE, TRUE, sizeof (BfEpoch));
  self->marks = g_ptr_array_new ();
  self->stages = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_stage_mark_free);
  self->steps_planned = self->steps_per_epoch = 1;
  self->test_loss = self->test_accuracy = NAN;
  for (int w = (int) self->plan->n_weighted - 1; w >= -1; w--)
    {
      if (sample->skip_every && w >= 0 && w % sample->skip_every == 0 && w + 1 < (int) self->plan->n_weighted)
        joined = log = w + (int) sample->skip_every < (int) sample->hidden ? log10 (pow (10, joined) + pow (10, log)) : log;
      sample_flow_set (self, w, pow (10, log));
      log -= sample->decades;
    }
  self->sample = g_new0 (float, self->plan->shape.inputs);
  for (guint i = 0; i < self->plan->shape.inputs; i++)
    self->sample[i] = hypot (i % 28 - 13.5, i / 28.0 - 13.5) < 9 ? 0.4 + 0.6 * (i % 28) / 28.0 : 0;
  self->image_width = self->image_height = 28;
  return self;
}
