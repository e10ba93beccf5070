/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-layer.h"
#include "bf-loss.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

/* First plan index of each block: n_blocks + 1 sums of count × layers. NULL with an error when
 * there are too many; nothing is allocated from the counts before. */
static guint *
block_starts (const BfSpec *spec, char **error)
{
  g_autofree guint *starts = g_new0 (guint, spec->blocks->len + 1);
  guint64 total = 0;

  for (guint b = 0; b < spec->blocks->len; b++)
    {
      const BfBlock *block = spec->blocks->pdata[b];

      starts[b] = (guint) total;
      total += (guint64) MIN (block->count, BF_MAX_COPIES + 1) * block->layers->len;
      if (block->count < 1 || block->count > BF_MAX_COPIES)
        {
          *error = g_strdup_printf (_("A block is repeated %u times. Repeat it between 1 and %d times."),
                                    block->count, BF_MAX_COPIES);
          return NULL;
        }
      if (total > BF_MAX_LAYERS)
        {
          *error = g_strdup_printf (_("The network has more than %d layers. Repeat its blocks fewer times."),
                                    BF_MAX_LAYERS);
          return NULL;
        }
    }
  starts[spec->blocks->len] = (guint) total;
  return g_steal_pointer (&starts);
}

/* Whether the block has a layer of that id; *place: where. */
static gboolean
find_in_block (const BfBlock *block, guint id, guint *place)
{
  for (*place = 0; *place < block->layers->len; (*place)++)
    if (((const BfLayer *) block->layers->pdata[*place])->id == id)
      return TRUE;
  return FALSE;
}

/* The last layer of that id before `before`; of one copy (numbered from 1), or of any (0). -1: none. */
static int
find_earlier (const BfPlan *plan, guint before, guint id, guint copy)
{
  for (int i = (int) before - 1; i >= 0; i--)
    if (plan->layers[i].layer->id == id && (copy == 0 || plan->layers[i].copy + 1 == copy))
      return i;
  return -1;
}

/* A "from" by permanent id: in the same block the same copy's layer, else the earlier block's last copy,
 * unless a copy is named. */
static void
resolve_from (const BfPlan *plan, const guint *starts, BfPlanLayer *layer)
{
  const BfParam *param = bf_kind_find_param (bf_options_get_kind (layer->layer->options), "from");
  const BfBlock *own = plan->spec->blocks->pdata[layer->block];
  guint place, id;
  int from;

  if (!param || param->type != BF_PARAM_LAYER)
    return;
  id = bf_options_integer (layer->layer->options, "from");
  if (id == 0)
    {
      layer->error = g_strdup (_("Nothing is added yet. Choose the earlier layer whose output is added."));
      return;
    }
  if (!bf_spec_find_layer (plan->spec, id, NULL, NULL))
    {
      layer->error = g_strdup (_("The layer whose output is added is gone. Choose another one."));
      return;
    }
  if (layer->layer->from_copy == 0 && find_in_block (own, id, &place))
    from = (int) (starts[layer->block] + (layer->copy - own->first) * own->layers->len + place);
  else
    from = find_earlier (plan, layer->index, id, layer->layer->from_copy);
  if (from < 0 || from >= (int) layer->index)
    {
      layer->error = g_strdup (_("The layer whose output is added comes later. Choose an earlier one."));
      return;
    }
  layer->from = from;
}

/* The layer's number is known except for the last weighted one's name, "Output". */
static char *
make_name (const BfPlanLayer *layer)
{
  const BfLayerKind *kind = bf_layer_get_kind (layer->layer);
  const char *name = bf_kind_get_name (kind->named_by ? kind->named_by (layer) : &kind->kind);

  if (layer->number == 0)
    return g_strdup (name);
  /* Translators: a layer's name and its number in the network: Dense 3, Sigmoid 3. */
  return g_strdup_printf (_("%s %u"), name, layer->number);
}

static void
plan_layer (BfPlan *plan, const guint *starts, BfPlanLayer *layer)
{
  const BfLayerKind *kind = bf_layer_get_kind (layer->layer);
  BfTensorShape shapes[BF_MAX_LAYER_TENSORS];
  guint n_shapes;

  layer->from = -1;
  layer->inputs = layer->index ? plan->layers[layer->index - 1].outputs : plan->shape.inputs;
  layer->outputs = layer->inputs;
  resolve_from (plan, starts, layer);
  if (kind->plan)
    kind->plan (plan, layer);
  if (layer->weighted)
    plan->n_weighted++;
  layer->number = plan->n_weighted;
  layer->name = make_name (layer);
  n_shapes = kind->tensors && !layer->error ? kind->tensors (plan, layer, shapes) : 0;
  for (guint i = 0; i < n_shapes; i++)
    layer->parameters += (guint64) shapes[i].rows * shapes[i].columns;
  plan->parameters += layer->parameters;
  if (!layer->error && plan->parameters > BF_MAX_PARAMETERS)
    layer->error = g_strdup_printf (_("Up to here the network has %" PRIu64 " parameters, and at most %d "
                                      "fit. Use fewer units."), plan->parameters, BF_MAX_PARAMETERS);
}

static void
plan_layers (BfPlan *plan, const guint *starts)
{
  guint index = 0;

  plan->n_layers = starts[plan->spec->blocks->len];
  plan->layers = g_new0 (BfPlanLayer, plan->n_layers);
  for (guint b = 0; b < plan->spec->blocks->len; b++)
    {
      const BfBlock *block = plan->spec->blocks->pdata[b];

      for (guint copy = 0; copy < block->count; copy++)
        for (guint i = 0; i < block->layers->len; i++, index++)
          {
            BfPlanLayer *layer = &plan->layers[index];

            layer->index = index;
            layer->block = b;
            layer->copy = block->first + copy;
            layer->layer = block->layers->pdata[i];
            plan_layer (plan, starts, layer);
          }
    }
}

static void
list_weighted (BfPlan *plan)
{
  guint w = 0;
  BfPlanLayer *last;

  plan->weighted = g_new0 (guint, plan->n_weighted + 1);
  for (guint i = 0; i < plan->n_layers; i++)
    if (plan->layers[i].weighted)
      plan->weighted[w++] = i;
  if (w == 0)
    return;
  last = &plan->layers[plan->weighted[w - 1]];
  g_free (last->name);
  last->name = g_strdup (C_("layer", "Output"));
}

/* The last layer's width against what the data asks for. */
static char *
check_output (const BfPlan *plan, guint width)
{
  guint wanted = plan->shape.outputs;

  if (width == wanted)
    return NULL;
  if (plan->shape.classes)
    return g_strdup_printf (ngettext ("The data has %u classes, but the last dense layer has %u unit. Set its units to %u.",
                                      "The data has %u classes, but the last dense layer has %u units. Set its units to %u.",
                                      width), wanted, width, wanted);
  return g_strdup_printf (ngettext ("The targets of the data have width %u, but the last dense layer has %u unit. Set its units to %u.",
                                    "The targets of the data have width %u, but the last dense layer has %u units. Set its units to %u.",
                                    width), wanted, width, wanted);
}

/* What concerns the network as a whole, or NULL. */
static char *
check_whole (const BfPlan *plan)
{
  const BfLoss *loss = (const BfLoss *) bf_options_get_kind (plan->spec->loss);

  if (plan->n_layers == 0)
    return g_strdup (_("The network has no layers. Add a dense layer."));
  if (plan->n_weighted == 0)
    return g_strdup_printf (_("The network has no dense layer, so there is nothing to learn with. "
                              "Add one; its width must be %u."), plan->shape.outputs);
  if (plan->shape.inputs == 0 || plan->shape.outputs == 0)
    return g_strdup (_("The data has no features or no targets. Choose other data."));
  if (loss->needs_classes && plan->shape.classes == 0)
    return g_strdup_printf (_("The loss “%s” needs classes, but the targets of this data are numbers. "
                              "Choose another loss, or other data."), bf_kind_get_name (&loss->kind));
  return NULL;
}

static void
check_plan (BfPlan *plan)
{
  BfPlanLayer *last = plan->n_weighted ? &plan->layers[plan->weighted[plan->n_weighted - 1]] : NULL;

  if (last && !last->error && plan->shape.outputs)
    last->error = check_output (plan, plan->layers[plan->n_layers - 1].outputs);
  for (guint i = 0; i < plan->n_layers && !plan->error; i++)
    if (plan->layers[i].error)
      {
        plan->error = g_strdup (plan->layers[i].error);
        plan->error_layer = (int) i;
      }
  if (!plan->error)
    plan->error = check_whole (plan);
}

BfPlan *
bf_plan_new (BfSpec *spec, const BfShape *shape)
{
  BfPlan *self = g_new0 (BfPlan, 1);
  g_autofree guint *starts = NULL;

  g_atomic_ref_count_init (&self->references);
  self->spec = bf_spec_ref (spec);
  self->shape = *shape;
  self->error_layer = -1;
  starts = block_starts (spec, &self->error);
  if (!starts)
    return self;
  plan_layers (self, starts);
  list_weighted (self);
  check_plan (self);
  return self;
}

BfPlan *
bf_plan_ref (BfPlan *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_plan_unref (BfPlan *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->references))
    return;
  for (guint i = 0; i < self->n_layers; i++)
    {
      g_free (self->layers[i].name);
      g_free (self->layers[i].error);
    }
  g_free (self->layers);
  g_free (self->weighted);
  g_free (self->error);
  bf_spec_unref (self->spec);
  g_free (self);
}

gboolean
bf_plan_get_hidden (const BfPlan *self, guint *first, guint *last)
{
  if (self->n_weighted < 2)
    return FALSE;
  *first = 0;
  *last = self->n_weighted - 2;
  return TRUE;
}

guint
bf_plan_get_stage_end (const BfPlan *self, guint w)
{
  g_return_val_if_fail (w < self->n_weighted, 0);
  return w + 1 < self->n_weighted ? self->weighted[w + 1] - 1 : self->n_layers - 1;
}
