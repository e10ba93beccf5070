/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-remedy-edit.h"

#include <glib/gi18n-lib.h>

static const BfKind before_activation = { "before", N_("Before Activation"), N_("On what the dense layer gives"), NULL };
static const BfKind after_activation = { "after", N_("After Activation"), N_("On what the activation gives"), NULL };
static const BfKind *const places[] = { &before_activation, &after_activation, NULL };

/* Ids of layers that a person made are below; files give room for no others. */
#define FIRST_DERIVED_ID 0x80000000u

const BfKind *const *
bf_remedy_places (void)
{
  return places;
}

static gboolean
is_dense (const BfBlock *block, guint i)
{
  return bf_options_is (((const BfLayer *) block->layers->pdata[i])->options, "dense");
}

/* The dense layer before place `end`, or -1. */
static int
find_dense_before (const BfBlock *block, guint end)
{
  while (end > 0 && !is_dense (block, end - 1))
    end--;
  return (int) end - 1;
}

void
bf_remedy_foreach_unit (BfSpec *spec, gboolean with_output, BfRemedyUnitFunc visit, gpointer data)
{
  gboolean output = TRUE;

  for (guint b = spec->blocks->len; b > 0; b--)
    {
      BfBlock *block = spec->blocks->pdata[b - 1];
      guint end = block->layers->len;
      int first;

      /* From the end, so that a visit may add layers. */
      while ((first = find_dense_before (block, end)) >= 0)
        {
          if (with_output || !output || block->count > 1)
            visit (spec, block, (guint) first, end, data);
          output = FALSE;
          end = (guint) first;
        }
    }
}

guint
bf_remedy_count_hidden (const BfSpec *spec)
{
  guint64 dense = 0;

  for (guint b = 0; b < spec->blocks->len; b++)
    {
      const BfBlock *block = spec->blocks->pdata[b];

      for (guint i = 0; i < block->layers->len; i++)
        dense += is_dense (block, i) ? block->count : 0;
    }
  return (guint) MIN (MAX (dense, 1) - 1, BF_MAX_LAYERS);
}

/* FNV-1a over both. */
static guint32
derive_id (guint32 beside, const char *remedy)
{
  guint32 hash = 2166136261u;

  for (guint i = 0; i < 4; i++)
    hash = (hash ^ (beside >> (8 * i) & 0xff)) * 16777619u;
  for (const char *p = remedy; *p; p++)
    hash = (hash ^ (guchar) *p) * 16777619u;
  return hash | FIRST_DERIVED_ID;
}

BfLayer *
bf_remedy_layer_new (const BfSpec *spec, const char *kind_id, const char *remedy, guint32 beside)
{
  BfLayer *layer = g_new0 (BfLayer, 1);
  const BfLayer *other;

  layer->id = derive_id (beside, remedy);
  layer->options = bf_options_new (bf_kind_find (bf_layer_kinds, kind_id));
  layer->remedy = g_intern_string (remedy);
  /* Copies of their own share their ids, so one of the same remedy is no clash. */
  while ((other = bf_spec_find_layer (spec, layer->id, NULL, NULL)) && other->remedy != layer->remedy)
    layer->id = (layer->id + 1) | FIRST_DERIVED_ID;
  return layer;
}

/* A skip's end is no such: it closes the unit. */
static gboolean
is_derived (const BfLayer *layer)
{
  return layer->id >= FIRST_DERIVED_ID && !bf_options_is (layer->options, "add");
}

guint
bf_remedy_find_place (const BfBlock *block, guint first, guint end, const BfOptions *place)
{
  const gboolean after = bf_options_is (place, "after");
  guint at = first + 1;

  /* A unit without activation has both places right behind its dense layer. */
  for (guint i = first + 1; i < end; i++)
    if (bf_options_is (((const BfLayer *) block->layers->pdata[i])->options, "activation"))
      {
        at = i + after;
        if (!after)
          return at;
        break;
      }
  while (at < end && is_derived (block->layers->pdata[at]))
    at++;
  return at;
}

static void
add_layer (BfSpec *spec, BfBlock *block, guint first, guint end, gpointer data)
{
  const BfOptions *options = data;
  const char *id = bf_options_get_kind (options)->id;
  const BfLayer *dense = block->layers->pdata[first];
  const guint at = bf_remedy_find_place (block, first, end, bf_options_choice (options, "place"));
  BfLayer *layer = bf_remedy_layer_new (spec, id, id, dense->id);

  bf_remedy_copy_options (layer->options, options);
  g_ptr_array_insert (block->layers, (int) at, layer);
}

void
bf_remedy_add_layers (BfSpec *spec, const BfOptions *options)
{
  bf_remedy_join (spec);
  bf_remedy_foreach_unit (spec, FALSE, add_layer, (gpointer) options);
}

static gboolean
is_single (const BfBlock *block)
{
  return !block->group && block->count == 1;
}

void
bf_remedy_join (BfSpec *spec)
{
  for (guint b = 0; b + 1 < spec->blocks->len;)
    {
      BfBlock *block = spec->blocks->pdata[b], *next = spec->blocks->pdata[b + 1];

      if (is_single (block) && is_single (next))
        {
          g_ptr_array_extend_and_steal (block->layers, g_steal_pointer (&next->layers));
          next->layers = g_ptr_array_new ();
          g_ptr_array_remove_index (spec->blocks, b + 1);
        }
      else
        b++;
    }
}

void
bf_remedy_unroll (BfSpec *spec)
{
  for (guint b = 0; b < spec->blocks->len; b++)
    {
      BfBlock *block = spec->blocks->pdata[b];
      const guint count = block->count;

      block->count = 1;
      for (guint copy = 1; copy < count; copy++)
        {
          BfBlock *own = bf_block_copy (block);

          own->first = block->first + copy;
          g_ptr_array_insert (spec->blocks, (int) ++b, own);
        }
    }
}
