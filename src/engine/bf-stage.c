/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A stage's network is laid out from a spec of its own, in which every copy of every layer that is there
 * stands as a block of one layer with its permanent id and its copy's number: so starting weights and
 * generators are seeded as in the whole network.
 */
#include "bf-stage.h"

#include <glib/gi18n-lib.h>

GArray *
bf_stages_list (const BfPlan *plan)
{
  const GArray *given = plan->spec->stages;
  GArray *stages = g_array_new (FALSE, FALSE, sizeof (BfStage));
  const guint n_hidden = plan->n_weighted > 0 ? plan->n_weighted - 1 : 0;

  for (guint i = 0; given && !plan->error && i < given->len; i++)
    {
      BfStage stage = g_array_index (given, BfStage, i);

      stage.first = MAX (stage.first, 1);
      stage.last = stage.last ? MIN (stage.last, n_hidden) : n_hidden;
      if (stage.first <= stage.last)
        g_array_append_val (stages, stage);
    }
  return stages;
}

guint
bf_stage_get_output (const BfPlan *plan)
{
  g_return_val_if_fail (plan->n_weighted > 0, 0);
  return plan->weighted[plan->n_weighted - 1];
}

gboolean
bf_stage_freezes (const BfPlan *plan, const BfStage *stage, guint layer)
{
  return layer < bf_stage_get_output (plan) && MAX (plan->layers[layer].number, 1) < stage->first;
}

/* Which layers are there; one that adds the output of an absent layer is not. */
static gboolean *
find_present (const BfPlan *plan, const BfStage *stage)
{
  gboolean *present = g_new0 (gboolean, plan->n_layers);
  const guint last = bf_plan_get_stage_end (plan, stage->last - 1);
  const guint output = bf_stage_get_output (plan);

  for (guint l = 0; l < plan->n_layers; l++)
    present[l] = (l <= last || l >= output) && (plan->layers[l].from < 0 || present[plan->layers[l].from]);
  return present;
}

static void
set_start (BfLayer *layer, const char *start)
{
  if (bf_kind_find_param (bf_options_get_kind (layer->options), "start"))
    bf_options_set_choice (layer->options, "start", start, NULL);
  layer->gain = 0;
}

static BfBlock *
make_block (const BfPlan *plan, guint l, const BfStage *stage, gboolean taken_over)
{
  const BfPlanLayer *layer = &plan->layers[l];
  BfBlock *block = bf_block_new (FALSE, 1);
  BfLayer *copy = bf_layer_copy (layer->layer);
  const guint output = bf_stage_get_output (plan);

  block->first = layer->copy;
  if (bf_stage_freezes (plan, stage, l))
    copy->frozen = TRUE;
  if (layer->from >= 0)
    copy->from_copy = plan->layers[layer->from].copy + 1;
  if (l == output)
    set_start (copy, "framework-default");
  else if (taken_over)
    set_start (copy, "constant");
  g_ptr_array_add (block->layers, copy);
  return block;
}

BfPlan *
bf_stage_make_plan (const BfPlan *plan, const BfStage *stage, const gboolean *taken_over, guint **rows)
{
  g_autofree gboolean *present = find_present (plan, stage);
  g_autoptr (GArray) there = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (BfSpec) spec = bf_spec_copy (plan->spec);

  g_clear_pointer (&spec->stages, g_array_unref);
  g_ptr_array_set_size (spec->blocks, 0);
  for (guint l = 0; l < plan->n_layers; l++)
    if (present[l])
      {
        g_ptr_array_add (spec->blocks, make_block (plan, l, stage, taken_over && taken_over[l]));
        g_array_append_val (there, l);
      }
  if (rows)
    *rows = (guint *) g_array_free (g_steal_pointer (&there), FALSE);
  return bf_plan_new (spec, &plan->shape);
}

char *
bf_stage_make_label (const BfPlan *plan, const BfStage *stage)
{
  if (stage->first == 1 && stage->last + 1 == plan->n_weighted)
    return g_strdup (_("All layers train"));
  if (stage->first == stage->last)
    /* Translators: a layer's name: "Dense 7 trains". */
    return g_strdup_printf (_("%s trains"), plan->layers[plan->weighted[stage->first - 1]].name);
  /* Translators: the name of the first and the number of the last layer: "Dense 1–2 train". */
  return g_strdup_printf (_("%s–%u train"), plan->layers[plan->weighted[stage->first - 1]].name, stage->last);
}
