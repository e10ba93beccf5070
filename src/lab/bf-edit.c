/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-edit-private.h"

#include <glib/gi18n-lib.h>

BfBlock *
bf_edit_get_block (const BfSpec *spec, guint block)
{
  return spec->blocks->pdata[block];
}

BfLayer *
bf_edit_get_layer (const BfSpec *spec, BfPlace place)
{
  return bf_edit_get_block (spec, place.block)->layers->pdata[place.layer];
}

void
bf_edit_normalize (BfSpec *spec)
{
  for (guint b = 0; b < spec->blocks->len; b++)
    {
      BfBlock *block = bf_edit_get_block (spec, b);

      if (block->count > 1)
        block->group = TRUE;
      while (!block->group && block->layers->len > 1)
        {
          BfBlock *tail = bf_block_new (FALSE, 1);

          g_ptr_array_add (tail->layers, g_ptr_array_steal_index (block->layers, block->layers->len - 1));
          g_ptr_array_insert (spec->blocks, (int) b + 1, tail);
        }
    }
}

gboolean
bf_edit_find (const BfSpec *spec, guint32 id, BfPlace *place, GError **error)
{
  if (bf_spec_find_layer (spec, id, &place->block, &place->layer))
    return TRUE;
  g_set_error (error, BF_ERROR, BF_ERROR_UNKNOWN, _("The network has no layer %u."), id);
  return FALSE;
}

static gboolean
is_kind (const BfSpec *spec, BfPlace place, const char *kind)
{
  return bf_options_is (bf_edit_get_layer (spec, place)->options, kind);
}

static gboolean
is_normalization_kind (const char *id)
{
  return g_str_equal (id, "batch-norm") || g_str_equal (id, "layer-norm") || g_str_equal (id, "tensor-norm");
}

static gboolean
is_normalization (const BfSpec *spec, BfPlace place)
{
  return is_normalization_kind (bf_options_get_kind (bf_edit_get_layer (spec, place)->options)->id);
}

/* The neighbour in the same group, or among the single layers outside. */
static gboolean
step_place (const BfSpec *spec, BfPlace *place, int direction)
{
  const BfBlock *block = bf_edit_get_block (spec, place->block);
  guint next;

  if (block->group)
    {
      next = place->layer + (guint) direction;
      if (next >= block->layers->len)
        return FALSE;
      place->layer = next;
      return TRUE;
    }
  next = place->block + (guint) direction;
  if (next >= spec->blocks->len || bf_edit_get_block (spec, next)->group)
    return FALSE;
  *place = (BfPlace) { next, 0 };
  return TRUE;
}

static gboolean
find_activation (const BfSpec *spec, BfPlace dense, BfPlace *activation)
{
  *activation = dense;
  while (step_place (spec, activation, 1))
    if (is_kind (spec, *activation, "activation"))
      return TRUE;
    else if (!is_normalization (spec, *activation))
      return FALSE;
  return FALSE;
}

static gboolean
is_same (BfPlace a, BfPlace b)
{
  return a.block == b.block && a.layer == b.layer;
}

BfPlace
bf_edit_get_end (const BfSpec *spec, BfPlace place)
{
  BfPlace activation;

  return is_kind (spec, place, "dense") && find_activation (spec, place, &activation) ? activation : place;
}

/* The dense layer whose unit `place` lies in, else the place itself. */
static BfPlace
get_head (const BfSpec *spec, BfPlace place)
{
  BfPlace head = place;

  while (is_normalization (spec, head) || is_kind (spec, head, "activation"))
    {
      BfPlace end;

      if (!step_place (spec, &head, -1))
        return place;
      if (!is_kind (spec, head, "dense"))
        continue;
      end = bf_edit_get_end (spec, head);
      return end.block > place.block || (end.block == place.block && end.layer >= place.layer) ? head : place;
    }
  return place;
}

/* Layers from one place to another of the same group, or outside. */
static guint
count_between (BfPlace start, BfPlace end)
{
  return end.block - start.block + end.layer - start.layer + 1;
}

gboolean
bf_edit_check_room (const BfSpec *spec, guint more, GError **error)
{
  guint64 total = more;

  for (guint b = 0; b < spec->blocks->len; b++)
    total += (guint64) bf_edit_get_block (spec, b)->count * bf_edit_get_block (spec, b)->layers->len;
  if (total <= BF_MAX_LAYERS)
    return TRUE;
  g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("A network has at most %d layers, copies counted."), BF_MAX_LAYERS);
  return FALSE;
}

BfLayer *
bf_edit_copy_fresh (BfSpec *spec, const BfLayer *layer)
{
  BfLayer *copy = bf_layer_copy (layer);

  copy->id = spec->next_id++;
  return copy;
}

void
bf_edit_insert (BfSpec *spec, BfPlace place, gboolean in_group, GPtrArray *layers)
{
  for (guint i = 0; i < layers->len; i++)
    if (in_group)
      g_ptr_array_insert (bf_edit_get_block (spec, place.block)->layers, (int) (place.layer + i), layers->pdata[i]);
    else
      {
        BfBlock *block = bf_block_new (FALSE, 1);

        g_ptr_array_add (block->layers, layers->pdata[i]);
        g_ptr_array_insert (spec->blocks, (int) (place.block + i), block);
      }
  g_ptr_array_free (layers, TRUE);
}

/* Takes n layers out from a place on; a block that gets empty goes. */
static GPtrArray *
take (BfSpec *spec, BfPlace place, guint n)
{
  GPtrArray *layers = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    {
      BfBlock *block = bf_edit_get_block (spec, place.block);

      g_ptr_array_add (layers, g_ptr_array_steal_index (block->layers, place.layer));
      if (block->layers->len == 0)
        g_ptr_array_remove_index (spec->blocks, place.block);
    }
  return layers;
}

static gboolean
is_grouped (const BfSpec *spec, BfPlace place)
{
  return bf_edit_get_block (spec, place.block)->group;
}

/* The place right behind another one. */
static BfPlace
get_behind (const BfSpec *spec, BfPlace place)
{
  return is_grouped (spec, place) ? (BfPlace) { place.block, place.layer + 1 } : (BfPlace) { place.block + 1, 0 };
}

GPtrArray *
bf_edit_new_unit (BfSpec *spec, const BfPlace *like)
{
  GPtrArray *layers = g_ptr_array_new ();
  BfPlace activation;

  if (!like)
    {
      g_ptr_array_add (layers, bf_layer_new (spec, "dense"));
      g_ptr_array_add (layers, bf_layer_new (spec, "activation"));
      return layers;
    }
  g_ptr_array_add (layers, bf_edit_copy_fresh (spec, bf_edit_get_layer (spec, *like)));
  if (find_activation (spec, *like, &activation))
    g_ptr_array_add (layers, bf_edit_copy_fresh (spec, bf_edit_get_layer (spec, activation)));
  for (guint i = 0; i < layers->len; i++)
    ((BfLayer *) layers->pdata[i])->frozen = FALSE;
  return layers;
}

/* The dense layer that a new one behind layer `after` is made like: the nearest before, at the input
 * the first. FALSE when there is none. A network of an output alone gives no model either. */
static gboolean
find_model (const BfSpec *spec, const BfPlace *after, BfPlace *model)
{
  for (guint b = after ? after->block + 1 : 0; b > 0; b--)
    for (guint i = b == after->block + 1 ? after->layer + 1 : bf_edit_get_block (spec, b - 1)->layers->len; i > 0; i--)
      {
        *model = (BfPlace) { b - 1, i - 1 };
        if (is_kind (spec, *model, "dense"))
          return TRUE;
      }
  for (guint b = 0; b < spec->blocks->len; b++)
    for (guint i = 0; i < bf_edit_get_block (spec, b)->layers->len; i++)
      {
        BfPlace activation;

        *model = (BfPlace) { b, i };
        if (is_kind (spec, *model, "dense"))
          return find_activation (spec, *model, &activation);
      }
  return FALSE;
}

/* What an addition behind `after` adds at first: the input of the unit there, that is the output of
 * what stands before it; 0 when that is the network's input. */
static guint32
find_source (const BfSpec *spec, BfPlace after)
{
  BfPlace place = get_head (spec, after);
  const BfBlock *block;

  if (step_place (spec, &place, -1))
    return bf_edit_get_layer (spec, place)->id;
  if (place.block == 0)
    return 0;
  block = bf_edit_get_block (spec, place.block - 1);
  return ((const BfLayer *) block->layers->pdata[block->layers->len - 1])->id;
}

static GPtrArray *
new_layers (BfSpec *spec, const BfPlace *after, const char *kind_id)
{
  GPtrArray *layers;
  BfPlace model;
  BfLayer *layer;

  if (g_str_equal (kind_id, "dense"))
    return bf_edit_new_unit (spec, find_model (spec, after, &model) ? &model : NULL);
  layers = g_ptr_array_new ();
  layer = bf_layer_new (spec, kind_id);
  if (after && g_str_equal (kind_id, "add"))
    bf_options_set_number (layer->options, "from", find_source (spec, *after), NULL);
  g_ptr_array_add (layers, layer);
  return layers;
}

guint32
bf_edit_add_layer (BfSpec *spec, guint32 after, const char *kind_id, GError **error)
{
  BfPlace place = { 0, 0 };
  gboolean in_group = FALSE;
  GPtrArray *layers;
  guint32 id;

  if (!bf_kind_find_error (bf_layer_kinds, _("Layer"), kind_id, error))
    return 0;
  bf_edit_normalize (spec);
  if (after && !bf_edit_find (spec, after, &place, error))
    return 0;
  in_group = after && is_grouped (spec, place);
  if (!bf_edit_check_room (spec, 2 * (in_group ? bf_edit_get_block (spec, place.block)->count : 1), error))
    return 0;
  layers = new_layers (spec, after ? &place : NULL, kind_id);
  id = ((BfLayer *) layers->pdata[0])->id;
  /* Normalizations and activations stand right behind a dense layer, all else behind its unit. */
  if (after && !is_normalization_kind (kind_id) && !g_str_equal (kind_id, "activation"))
    place = bf_edit_get_end (spec, get_head (spec, place));
  bf_edit_insert (spec, after ? get_behind (spec, place) : place, in_group, layers);
  return id;
}

gboolean
bf_edit_remove_layer (BfSpec *spec, guint32 id, GError **error)
{
  BfPlace place;
  GPtrArray *layers;

  bf_edit_normalize (spec);
  if (!bf_edit_find (spec, id, &place, error))
    return FALSE;
  layers = take (spec, place, count_between (place, bf_edit_get_end (spec, place)));
  g_ptr_array_set_free_func (layers, (GDestroyNotify) bf_layer_free);
  g_ptr_array_unref (layers);
  return TRUE;
}

/* Where the element that ends right before `place` begins; FALSE at the edge. Outside, a group is
 * one element; whole units are passed by a dense layer, single layers by the others. */
static gboolean
get_previous (const BfSpec *spec, BfPlace place, gboolean units, BfPlace *previous)
{
  *previous = place;
  if (step_place (spec, previous, -1))
    {
      if (units)
        *previous = get_head (spec, *previous);
      return TRUE;
    }
  if (is_grouped (spec, place) || place.block == 0)
    return FALSE;
  *previous = (BfPlace) { place.block - 1, 0 };
  return TRUE;
}

/* Where the element that begins right behind `end` ends; FALSE at the edge. */
static gboolean
get_next (const BfSpec *spec, BfPlace end, gboolean units, BfPlace *next)
{
  *next = end;
  if (step_place (spec, next, 1))
    {
      if (units)
        *next = bf_edit_get_end (spec, *next);
      return TRUE;
    }
  if (is_grouped (spec, end) || end.block + 1 >= spec->blocks->len)
    return FALSE;
  *next = (BfPlace) { end.block + 1, 0 };
  return TRUE;
}

static gboolean
refuse_edge (int direction, GError **error)
{
  g_set_error_literal (error, BF_ERROR, BF_ERROR_INVALID,
                       direction < 0 ? _("It is the first layer already.") : _("It is the last layer already."));
  return FALSE;
}

/* At the edge of its group a unit leaves it; a unit that is the whole group takes the group along. */
static gboolean
move_out (BfSpec *spec, BfPlace start, guint n, int direction, GError **error)
{
  BfBlock *block = bf_edit_get_block (spec, start.block);
  guint next = start.block + (guint) direction;

  if (block->layers->len > n)
    {
      GPtrArray *layers = take (spec, start, n);

      bf_edit_insert (spec, (BfPlace) { start.block + (direction > 0), 0 }, FALSE, layers);
      return TRUE;
    }
  if (next >= spec->blocks->len)
    return refuse_edge (direction, error);
  if (!bf_edit_get_block (spec, next)->group)
    next = direction < 0 ? get_head (spec, (BfPlace) { next, 0 }).block : bf_edit_get_end (spec, (BfPlace) { next, 0 }).block;
  block = g_ptr_array_steal_index (spec->blocks, start.block);
  g_ptr_array_insert (spec->blocks, (int) next, block);
  return TRUE;
}

gboolean
bf_edit_move_layer (BfSpec *spec, guint32 id, int direction, GError **error)
{
  BfPlace start, end, beside;
  gboolean in_group, units, found;
  guint n;
  GPtrArray *layers;

  bf_edit_normalize (spec);
  if (!bf_edit_find (spec, id, &start, error))
    return FALSE;
  end = bf_edit_get_end (spec, start);
  n = count_between (start, end);
  in_group = is_grouped (spec, start);
  units = is_kind (spec, start, "dense");
  found = direction < 0 ? get_previous (spec, start, units, &beside) : get_next (spec, end, units, &beside);
  if (!found)
    return in_group ? move_out (spec, start, n, direction, error) : refuse_edge (direction, error);
  if (direction > 0)
    {
      /* Right behind it, which moves up by what is taken out. */
      if (in_group)
        beside.layer += 1 - n;
      else
        beside.block += 1 - n;
    }
  layers = take (spec, start, n);
  bf_edit_insert (spec, beside, in_group, layers);
  return TRUE;
}

gboolean
bf_edit_place_layer (BfSpec *spec, guint32 id, guint32 before, GError **error)
{
  BfPlace start, end, target;
  GPtrArray *layers;

  bf_edit_normalize (spec);
  if (!bf_edit_find (spec, id, &start, error) || (before && !bf_edit_find (spec, before, &target, error)))
    return FALSE;
  end = bf_edit_get_end (spec, start);
  if (before && is_kind (spec, start, "dense"))
    target = get_head (spec, target);
  for (BfPlace place = start; before; )
    {
      if (is_same (place, target))
        return TRUE;   /* it stands there already */
      if (is_same (place, end) || !step_place (spec, &place, 1))
        break;
    }
  if (before)
    before = bf_edit_get_layer (spec, target)->id;
  if (before && is_grouped (spec, target)
      && !bf_edit_check_room (spec, count_between (start, end) * (bf_edit_get_block (spec, target.block)->count - 1), error))
    return FALSE;
  layers = take (spec, start, count_between (start, end));
  if (!before)
    target = (BfPlace) { spec->blocks->len, 0 };
  else
    bf_spec_find_layer (spec, before, &target.block, &target.layer);
  bf_edit_insert (spec, target, before && is_grouped (spec, target), layers);
  return TRUE;
}

guint32
bf_edit_copy_layer (BfSpec *spec, guint32 id, GError **error)
{
  BfPlace place, end;
  GPtrArray *layers;
  guint32 copy;

  bf_edit_normalize (spec);
  if (!bf_edit_find (spec, id, &place, error))
    return 0;
  end = bf_edit_get_end (spec, place);
  if (!bf_edit_check_room (spec, count_between (place, end) * bf_edit_get_block (spec, place.block)->count, error))
    return 0;
  layers = g_ptr_array_new ();
  for (BfPlace from = place; ; step_place (spec, &from, 1))
    {
      g_ptr_array_add (layers, bf_edit_copy_fresh (spec, bf_edit_get_layer (spec, from)));
      if (is_same (from, end))
        break;
    }
  copy = ((BfLayer *) layers->pdata[0])->id;
  bf_edit_insert (spec, get_behind (spec, end), is_grouped (spec, place), layers);
  return copy;
}

BfLayer *
bf_edit_get_activation (BfSpec *spec, guint32 dense)
{
  BfPlace place, activation;

  /* Reads only: the spec may be shared. Files and edits leave specs in normal form. */
  if (!bf_edit_find (spec, dense, &place, NULL) || !is_kind (spec, place, "dense")
      || !find_activation (spec, place, &activation))
    return NULL;
  return bf_edit_get_layer (spec, activation);
}

gboolean
bf_edit_set_activation (BfSpec *spec, guint32 dense, const char *function, GError **error)
{
  BfLayer *activation;
  BfPlace place, next;

  bf_edit_normalize (spec);
  activation = bf_edit_get_activation (spec, dense);
  if (function && !bf_kind_find_error (bf_activations, _("Activation"), function, error))
    return FALSE;
  if (!bf_edit_find (spec, dense, &place, error))
    return FALSE;
  if (!function)
    return !activation || bf_edit_remove_layer (spec, activation->id, error);
  if (!activation)
    {
      GPtrArray *layers = g_ptr_array_new ();

      if (!bf_edit_check_room (spec, bf_edit_get_block (spec, place.block)->count, error))
        {
          g_ptr_array_free (layers, TRUE);
          return FALSE;
        }
      activation = bf_layer_new (spec, "activation");
      g_ptr_array_add (layers, activation);
      for (next = place; step_place (spec, &next, 1) && is_normalization (spec, next); )
        place = next;
      bf_edit_insert (spec, get_behind (spec, place), is_grouped (spec, place), layers);
    }
  return bf_options_is (bf_options_choice (activation->options, "function"), function)
         || bf_options_set_choice (activation->options, "function", function, error);
}
