/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Groups: linked copies of a few layers. Taking copies apart gives layers with ids of their own, and
 * whoever named a layer of the group goes on naming the same copy of it: its own inside the
 * group, the last one outside.
 */
#include "bf-edit-private.h"

#include <glib/gi18n-lib.h>

static gboolean
check_group (const BfSpec *spec, guint block, GError **error)
{
  if (block < spec->blocks->len && bf_edit_get_block (spec, block)->group)
    return TRUE;
  g_set_error_literal (error, BF_ERROR, BF_ERROR_INVALID, _("This is not a block of several copies."));
  return FALSE;
}

gboolean
bf_edit_group (BfSpec *spec, guint32 first, guint32 last, GError **error)
{
  BfPlace start, end;
  BfBlock *group;

  bf_edit_normalize (spec);
  if (!bf_edit_find (spec, first, &start, error) || !bf_edit_find (spec, last, &end, error))
    return FALSE;
  if (start.block > end.block)
    {
      BfPlace swap = start;

      start = end;
      end = swap;
    }
  for (guint b = start.block; b <= end.block; b++)
    if (bf_edit_get_block (spec, b)->group)
      {
        g_set_error_literal (error, BF_ERROR, BF_ERROR_INVALID,
                             _("A block cannot hold another block. Ungroup that one first."));
        return FALSE;
      }
  end = bf_edit_get_end (spec, end);
  group = bf_block_new (TRUE, 1);
  for (guint b = start.block; b <= end.block; b++)
    {
      g_ptr_array_add (group->layers, g_ptr_array_steal_index (bf_edit_get_block (spec, start.block)->layers, 0));
      g_ptr_array_remove_index (spec->blocks, start.block);
    }
  g_ptr_array_insert (spec->blocks, (int) start.block, group);
  return TRUE;
}

/* Renames what a layer refers to: an id of `from` becomes that of the same place in `to`. */
static void
redirect (BfLayer *layer, const GPtrArray *from, const GPtrArray *to)
{
  for (const BfParam *param = bf_options_get_kind (layer->options)->params; param && param->id; param++)
    for (guint i = 0; param->type == BF_PARAM_LAYER && i < from->len; i++)
      if (bf_options_integer (layer->options, param->id) == ((const BfLayer *) from->pdata[i])->id)
        {
          bf_options_set_number (layer->options, param->id, ((const BfLayer *) to->pdata[i])->id, NULL);
          break;
        }
}

static void
redirect_outside (BfSpec *spec, const GPtrArray *from, const GPtrArray *to)
{
  for (guint b = 0; b < spec->blocks->len; b++)
    for (guint i = 0; i < bf_edit_get_block (spec, b)->layers->len; i++)
      redirect (bf_edit_get_layer (spec, (BfPlace) { b, i }), from, to);
}

/* The layers of a group once more; fresh: with ids of their own, and naming each other. */
static GPtrArray *
copy_layers (BfSpec *spec, const GPtrArray *layers, gboolean fresh)
{
  GPtrArray *copies = g_ptr_array_new ();

  for (guint i = 0; i < layers->len; i++)
    g_ptr_array_add (copies, fresh ? bf_edit_copy_fresh (spec, layers->pdata[i]) : bf_layer_copy (layers->pdata[i]));
  for (guint i = 0; fresh && i < copies->len; i++)
    redirect (copies->pdata[i], layers, copies);
  return copies;
}

static BfBlock *
make_group (guint count, GPtrArray *layers)
{
  BfBlock *group = bf_block_new (TRUE, count);

  for (guint i = 0; i < layers->len; i++)
    g_ptr_array_add (group->layers, layers->pdata[i]);
  g_ptr_array_free (layers, TRUE);
  return group;
}

gboolean
bf_edit_ungroup (BfSpec *spec, guint block, GError **error)
{
  g_autoptr (BfBlock) group = NULL;
  g_autoptr (GPtrArray) copies = g_ptr_array_new ();

  bf_edit_normalize (spec);
  if (!check_group (spec, block, error))
    return FALSE;
  group = g_ptr_array_steal_index (spec->blocks, block);
  for (guint copy = 0; copy < group->count; copy++)
    g_ptr_array_add (copies, copy_layers (spec, group->layers, copy > 0));
  /* Before the first copy is back: it names itself by the same ids. */
  redirect_outside (spec, group->layers, copies->pdata[group->count - 1]);
  for (guint copy = 0; copy < group->count; copy++)
    bf_edit_insert (spec, (BfPlace) { block + copy * group->layers->len, 0 }, FALSE, copies->pdata[copy]);
  return TRUE;
}

gboolean
bf_edit_set_count (BfSpec *spec, guint block, guint count, GError **error)
{
  BfBlock *group;
  guint before;

  if (!check_group (spec, block, error))
    return FALSE;
  if (count < 1 || count > BF_MAX_COPIES)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("A block has between 1 and %d copies."), BF_MAX_COPIES);
      return FALSE;
    }
  group = bf_edit_get_block (spec, block);
  before = group->count;
  if (count > before && !bf_edit_check_room (spec, (count - before) * group->layers->len, error))
    return FALSE;
  group->count = count;
  return TRUE;
}

guint32
bf_edit_unlink_copy (BfSpec *spec, guint block, guint copy, GError **error)
{
  g_autoptr (BfBlock) group = NULL;
  guint place = block, rest;
  guint32 id;
  GPtrArray *alone;

  bf_edit_normalize (spec);
  if (!check_group (spec, block, error))
    return 0;
  if (copy >= bf_edit_get_block (spec, block)->count)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("The block has no copy %u."), copy + 1);
      return 0;
    }
  group = g_ptr_array_steal_index (spec->blocks, block);
  rest = group->count - copy - 1;
  /* The first part keeps its ids, and with them its starting weights. */
  alone = copy_layers (spec, group->layers, copy > 0);
  id = ((BfLayer *) alone->pdata[0])->id;
  if (rest == 0 && copy > 0)
    redirect_outside (spec, group->layers, alone);
  if (rest > 0)
    {
      GPtrArray *layers = copy_layers (spec, group->layers, TRUE);

      redirect_outside (spec, group->layers, layers);
      g_ptr_array_insert (spec->blocks, (int) place, make_group (rest, layers));
    }
  bf_edit_insert (spec, (BfPlace) { place, 0 }, FALSE, alone);
  if (copy > 0)
    g_ptr_array_insert (spec->blocks, (int) place, make_group (copy, copy_layers (spec, group->layers, FALSE)));
  return id;
}

guint32
bf_edit_add_block (BfSpec *spec, guint32 after, guint count, GError **error)
{
  BfPlace place = { 0, 0 };
  GPtrArray *layers;
  guint32 id;

  bf_edit_normalize (spec);
  if (count < 1 || count > BF_MAX_COPIES)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("A block has between 1 and %d copies."), BF_MAX_COPIES);
      return 0;
    }
  if ((after && !bf_edit_find (spec, after, &place, error)) || !bf_edit_check_room (spec, 2 * count, error))
    return 0;
  /* A block cannot stand inside another one, nor inside a unit. */
  if (after)
    place = (BfPlace) { bf_edit_get_end (spec, place).block + 1, 0 };
  layers = bf_edit_new_unit (spec, NULL);
  id = ((BfLayer *) layers->pdata[0])->id;
  g_ptr_array_insert (spec->blocks, (int) place.block, make_group (count, layers));
  return id;
}
