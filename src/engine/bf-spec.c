/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-spec.h"

#include <string.h>

BfLayer *
bf_layer_new (BfSpec *spec, const char *kind_id)
{
  const BfKind *kind = bf_kind_find (bf_layer_kinds, kind_id);
  BfLayer *self;

  g_return_val_if_fail (kind != NULL, NULL);
  self = g_new0 (BfLayer, 1);
  self->id = spec->next_id++;
  self->options = bf_options_new (kind);
  return self;
}

BfLayer *
bf_layer_copy (const BfLayer *self)
{
  BfLayer *copy = g_memdup2 (self, sizeof *self);

  copy->options = bf_options_copy (self->options);
  return copy;
}

void
bf_layer_free (BfLayer *self)
{
  if (!self)
    return;
  bf_options_free (self->options);
  g_free (self);
}

static gboolean
bf_layer_equal (const BfLayer *a, const BfLayer *b)
{
  return a->id == b->id && a->remedy == b->remedy
         && a->gain == b->gain && a->from_copy == b->from_copy && bf_options_equal (a->options, b->options);
}

BfBlock *
bf_block_new (gboolean group, guint count)
{
  BfBlock *self = g_new0 (BfBlock, 1);

  self->group = group;
  self->count = count;
  self->layers = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_layer_free);
  return self;
}

BfBlock *
bf_block_copy (const BfBlock *self)
{
  BfBlock *copy = bf_block_new (self->group, self->count);

  copy->first = self->first;
  for (guint i = 0; i < self->layers->len; i++)
    g_ptr_array_add (copy->layers, bf_layer_copy (self->layers->pdata[i]));
  return copy;
}

void
bf_block_free (BfBlock *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->layers);
  g_free (self);
}

static gboolean
bf_block_equal (const BfBlock *a, const BfBlock *b)
{
  if (a->count != b->count || a->first != b->first || a->group != b->group || a->layers->len != b->layers->len)
    return FALSE;
  for (guint i = 0; i < a->layers->len; i++)
    if (!bf_layer_equal (a->layers->pdata[i], b->layers->pdata[i]))
      return FALSE;
  return TRUE;
}

BfRemedySetting *
bf_remedy_setting_new (const BfKind *remedy, gboolean on)
{
  BfRemedySetting *self = g_new0 (BfRemedySetting, 1);

  self->options = bf_options_new (remedy);
  self->on = on;
  return self;
}

BfRemedySetting *
bf_remedy_setting_copy (const BfRemedySetting *self)
{
  BfRemedySetting *copy = g_memdup2 (self, sizeof *self);

  copy->options = bf_options_copy (self->options);
  return copy;
}

void
bf_remedy_setting_free (BfRemedySetting *self)
{
  if (!self)
    return;
  bf_options_free (self->options);
  g_free (self);
}

BfSpec *
bf_spec_new (void)
{
  BfSpec *self = g_new0 (BfSpec, 1);

  g_atomic_ref_count_init (&self->references);
  self->name = g_strdup ("");
  self->summary = g_strdup ("");
  self->data = bf_options_new (bf_data_sources ()[0]);
  self->scaling = bf_kind_find (bf_scalings, "unit");
  self->validation_share = 0.1;
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_block_free);
  self->loss = bf_options_new (bf_kind_find (bf_losses, "cross-entropy"));
  self->optimizer = bf_options_new (bf_kind_find (bf_optimizers, "sgd"));
  self->clipping = bf_options_new (bf_kind_find (bf_clippings, "none"));
  self->learning_rate = 0.01;
  self->schedule = bf_options_new (bf_kind_find (bf_schedules, "constant"));
  self->batch = 64;
  self->epochs = 100;
  self->seed = 42;
  self->next_id = 1;
  self->remedies = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_remedy_setting_free);
  return self;
}

BfSpec *
bf_spec_copy (const BfSpec *self)
{
  BfSpec *copy = g_memdup2 (self, sizeof *self);

  g_atomic_ref_count_init (&copy->references);
  copy->name = g_strdup (self->name);
  copy->summary = g_strdup (self->summary);
  copy->data = bf_options_copy (self->data);
  copy->loss = bf_options_copy (self->loss);
  copy->optimizer = bf_options_copy (self->optimizer);
  copy->clipping = bf_options_copy (self->clipping);
  copy->schedule = bf_options_copy (self->schedule);
  copy->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_block_free);
  for (guint i = 0; i < self->blocks->len; i++)
    g_ptr_array_add (copy->blocks, bf_block_copy (self->blocks->pdata[i]));
  copy->remedies = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_remedy_setting_free);
  for (guint i = 0; i < self->remedies->len; i++)
    g_ptr_array_add (copy->remedies, bf_remedy_setting_copy (self->remedies->pdata[i]));
  copy->stages = self->stages ? g_array_copy (self->stages) : NULL;
  return copy;
}

BfSpec *
bf_spec_ref (BfSpec *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_spec_unref (BfSpec *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->name);
  g_free (self->summary);
  bf_options_free (self->data);
  bf_options_free (self->loss);
  bf_options_free (self->optimizer);
  bf_options_free (self->clipping);
  bf_options_free (self->schedule);
  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->remedies);
  g_clear_pointer (&self->stages, g_array_unref);
  g_free (self);
}

static gboolean
bf_stages_equal (const GArray *a, const GArray *b)
{
  const guint n = a ? a->len : 0;

  if (n != (b ? b->len : 0))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const BfStage *x = &g_array_index (a, BfStage, i), *y = &g_array_index (b, BfStage, i);

      if (x->first != y->first || x->last != y->last || x->epochs != y->epochs)
        return FALSE;
    }
  return TRUE;
}

gboolean
bf_spec_same_training (const BfSpec *a, const BfSpec *b)
{
  if (a->blocks->len != b->blocks->len || a->scaling != b->scaling
      || a->validation_share != b->validation_share || a->batch != b->batch || a->seed != b->seed
      || a->subnormals != b->subnormals || !bf_options_equal (a->data, b->data)
      || !bf_options_equal (a->loss, b->loss) || !bf_options_equal (a->optimizer, b->optimizer)
      || !bf_options_equal (a->schedule, b->schedule)
      || !bf_stages_equal (a->stages, b->stages))
    return FALSE;
  for (guint i = 0; i < a->blocks->len; i++)
    if (!bf_block_equal (a->blocks->pdata[i], b->blocks->pdata[i]))
      return FALSE;
  return TRUE;
}

static gboolean
bf_blocks_freeze_alike (const BfBlock *a, const BfBlock *b)
{
  if (a->layers->len != b->layers->len)
    return FALSE;
  for (guint i = 0; i < a->layers->len; i++)
    if (!((const BfLayer *) a->layers->pdata[i])->frozen != !((const BfLayer *) b->layers->pdata[i])->frozen)
      return FALSE;
  return TRUE;
}

gboolean
bf_spec_same_live (const BfSpec *a, const BfSpec *b)
{
  if (a->blocks->len != b->blocks->len || !bf_options_equal (a->clipping, b->clipping))
    return FALSE;
  for (guint i = 0; i < a->blocks->len; i++)
    if (!bf_blocks_freeze_alike (a->blocks->pdata[i], b->blocks->pdata[i]))
      return FALSE;
  return TRUE;
}

gboolean
bf_spec_same_run (const BfSpec *a, const BfSpec *b)
{
  return bf_spec_same_training (a, b) && bf_spec_same_live (a, b);
}

static gboolean
bf_remedies_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const BfRemedySetting *x = a->pdata[i], *y = b->pdata[i];

      if (x->on != y->on || !bf_options_equal (x->options, y->options))
        return FALSE;
    }
  return TRUE;
}

gboolean
bf_spec_equal (const BfSpec *a, const BfSpec *b)
{
  return bf_spec_same_run (a, b) && g_str_equal (a->name, b->name) && g_str_equal (a->summary, b->summary)
         && a->learning_rate == b->learning_rate && a->epochs == b->epochs
         && bf_remedies_equal (a->remedies, b->remedies);
}

BfLayer *
bf_spec_append (BfSpec *self, const char *kind_id)
{
  BfBlock *block = bf_block_new (FALSE, 1);
  BfLayer *layer = bf_layer_new (self, kind_id);

  g_ptr_array_add (block->layers, layer);
  g_ptr_array_add (self->blocks, block);
  return layer;
}

BfLayer *
bf_spec_find_layer (const BfSpec *self, guint32 id, guint *where_block, guint *where_layer)
{
  for (guint b = 0; b < self->blocks->len; b++)
    {
      const BfBlock *block = self->blocks->pdata[b];

      for (guint i = 0; i < block->layers->len; i++)
        {
          BfLayer *layer = block->layers->pdata[i];

          if (layer->id != id)
            continue;
          if (where_block)
            *where_block = b;
          if (where_layer)
            *where_layer = i;
          return layer;
        }
    }
  return NULL;
}
