/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What a user does to the network list, as edits of the experiment, each with its name for undo.
 */
#include "bf-network-pane-private.h"

#include <glib/gi18n-lib.h>

#include "../lab/bf-edit.h"

static BfExperiment *
get_experiment (BfNetworkPane *self)
{
  return bf_session_get_experiment (self->session);
}

static void
tell (BfNetworkPane *self,
      const char    *text,
      gboolean       undoable)
{
  g_signal_emit_by_name (self, "message", text, undoable);
}

/* Ends an edit: takes the spec when it was done, else says why it was not. Consumes spec and error. */
static gboolean
finish (BfNetworkPane *self,
        BfSpec        *spec,
        gboolean       done,
        const char    *label,
        const char    *merge,
        GError        *error)
{
  if (done)
    {
      bf_experiment_edit (get_experiment (self), spec, label, merge);
      return TRUE;
    }
  bf_spec_unref (spec);
  if (error)
    tell (self, error->message, FALSE);
  g_clear_error (&error);
  return FALSE;
}

/* The chosen layer or block, or NULL. */
static BfNetworkItem *
get_target (BfNetworkPane *self)
{
  BfNetworkItem *item = bf_network_pane_get_chosen (self);

  return item && (item->type == BF_ITEM_LAYER || item->type == BF_ITEM_BLOCK) ? item : NULL;
}

/* The layer that a new one goes behind: with a weighted one that is its activation, but a
 * normalization goes between the two; 0: the input. */
static guint32
get_after (BfNetworkPane *self,
           BfSpec        *spec,
           const char    *kind_id)
{
  BfNetworkItem *item = bf_network_pane_get_chosen (self);
  const BfBlock *block;
  BfLayer *activation;

  if (item == NULL)
    {
      if (spec->blocks->len == 0)
        return 0;
      block = g_ptr_array_index (spec->blocks, spec->blocks->len - 1);
      return ((BfLayer *) g_ptr_array_index (block->layers, block->layers->len - 1))->id;
    }
  if (item->type == BF_ITEM_BLOCK)
    {
      block = g_ptr_array_index (spec->blocks, item->block);
      return ((BfLayer *) g_ptr_array_index (block->layers, block->layers->len - 1))->id;
    }
  if (item->type != BF_ITEM_LAYER)
    return 0;
  activation = g_str_has_suffix (kind_id, "-norm") ? NULL : bf_edit_get_activation (spec, item->layer);
  return activation ? activation->id : item->layer;
}

void
bf_network_pane_add (BfNetworkPane *self)
{
  g_return_if_fail (BF_IS_NETWORK_PANE (self));
  gtk_menu_button_popup (self->add_button);
}

void
bf_network_pane_add_kind (BfNetworkPane *self,
                          const char    *kind_id)
{
  const BfKind *kind = bf_kind_find (bf_layer_kinds, kind_id);
  const char *name = kind ? bf_kind_get_name (kind) : _("Block");
  BfSpec *spec = bf_experiment_copy_spec (get_experiment (self));
  guint32 after = get_after (self, spec, kind_id);
  g_autofree char *label = g_strdup_printf (_("%s added"), name);
  GError *error = NULL;
  guint32 id;

  if (kind)
    id = bf_edit_add_layer (spec, after, kind_id, &error);
  else
    id = bf_edit_add_block (spec, after, 2, &error);
  if (!finish (self, spec, id != 0, label, NULL, error))
    return;
  if (kind == NULL && bf_network_pane_choose_item (self, BF_ITEM_BLOCK, id, 0))
    return;
  bf_network_pane_choose_item (self, BF_ITEM_LAYER, id, 0);
}

void
bf_network_pane_edit (BfNetworkPane *self)
{
  BfNetworkItem *item = get_target (self);

  if (item && item->type == BF_ITEM_BLOCK)
    bf_network_pane_set_folded (self, item, !item->folded);
  else if (item)
    bf_network_pane_set_editing (self, item, !item->editing);
}

/* Whether a row is all that a copy of its block × N holds: then one copy more or less is meant. */
static gboolean
is_whole_copy (BfSpec        *spec,
               BfNetworkItem *item)
{
  const BfBlock *block = g_ptr_array_index (spec->blocks, item->block);
  guint layers = bf_edit_get_activation (spec, item->layer) ? 2 : 1;

  return item->in_group && block->layers->len == layers;
}

void
bf_network_pane_duplicate (BfNetworkPane *self)
{
  BfNetworkItem *item = get_target (self);
  g_autofree char *label = NULL;
  GError *error = NULL;
  BfSpec *spec;
  guint32 id;

  if (item == NULL || item->type != BF_ITEM_LAYER)
    return;
  spec = bf_experiment_copy_spec (get_experiment (self));
  label = g_strdup_printf (_("%s duplicated"), item->title);
  if (is_whole_copy (spec, item))
    {
      finish (self, spec, bf_edit_set_count (spec, item->block, item->count + 1, &error), label, NULL, error);
      return;
    }
  id = bf_edit_copy_layer (spec, item->layer, &error);
  if (finish (self, spec, id != 0, label, NULL, error))
    bf_network_pane_choose_item (self, BF_ITEM_LAYER, id, item->copy);
}

/* All layers of a block, last first. */
static gboolean
remove_block (BfSpec  *spec,
              guint    index,
              GError **error)
{
  BfBlock *block = g_ptr_array_index (spec->blocks, index);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = block->layers->len; i-- > 0;)
    g_array_append_val (ids, ((BfLayer *) g_ptr_array_index (block->layers, i))->id);
  for (guint i = 0; i < ids->len; i++)
    {
      guint32 id = g_array_index (ids, guint32, i);

      if (bf_spec_find_layer (spec, id, NULL, NULL) && !bf_edit_remove_layer (spec, id, error))
        return FALSE;
    }
  return TRUE;
}

void
bf_network_pane_remove (BfNetworkPane *self)
{
  BfNetworkItem *item = get_target (self);
  g_autofree char *label = NULL;
  GError *error = NULL;
  gboolean done;
  BfSpec *spec;
  guint position;

  if (item == NULL)
    return;
  position = gtk_single_selection_get_selected (self->selection);
  spec = bf_experiment_copy_spec (get_experiment (self));
  label = item->type == BF_ITEM_LAYER && item->count > 1 && !is_whole_copy (spec, item)
            ? g_strdup_printf (_("%s removed in every copy"), item->title)
            : g_strdup_printf (_("%s removed"), item->title);
  if (item->type == BF_ITEM_BLOCK)
    done = remove_block (spec, item->block, &error);
  else if (item->count > 1 && is_whole_copy (spec, item))
    done = bf_edit_set_count (spec, item->block, item->count - 1, &error);
  else
    done = bf_edit_remove_layer (spec, item->layer, &error);
  if (!finish (self, spec, done, label, NULL, error))
    return;
  bf_network_pane_choose (self, MIN (position, g_list_model_get_n_items (G_LIST_MODEL (self->items)) - 2));
  tell (self, label, TRUE);
}

void
bf_network_pane_move (BfNetworkPane *self,
                      int            direction)
{
  BfNetworkItem *item = get_target (self);
  g_autofree char *label = NULL;
  GError *error = NULL;
  gboolean done;
  BfSpec *spec;

  if (item == NULL || item->type != BF_ITEM_LAYER)
    return;
  spec = bf_experiment_copy_spec (get_experiment (self));
  label = g_strdup_printf (_("%s moved"), item->title);
  done = bf_edit_move_layer (spec, item->layer, direction, &error);
  finish (self, spec, done, label, NULL, error);
}

void
bf_network_pane_drop (BfNetworkPane *self,
                      BfNetworkItem *dragged,
                      BfNetworkItem *onto,
                      gboolean       below)
{
  BfSpec *spec = bf_experiment_copy_spec (get_experiment (self));
  g_autofree char *label = g_strdup_printf (_("%s moved"), dragged->title);
  guint32 before = onto->layer;
  GError *error = NULL;
  gboolean done;

  /* Below a row is before the next one; in a block × N that is the next layer of the same copy. */
  if (below && onto->type != BF_ITEM_BLOCK && onto->type != BF_ITEM_REMEDY)
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items)), i = 0;
      gboolean passed = onto->type == BF_ITEM_INPUT;

      for (before = 0; i < n && before == 0; i++)
        {
          g_autoptr (BfNetworkItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

          if (passed && item->layer != onto->layer && (item->block != onto->block || item->copy == onto->copy))
            before = item->layer;
          passed |= item == onto;
        }
    }
  if (before == dragged->layer)
    {
      bf_spec_unref (spec);
      return;
    }
  done = bf_edit_place_layer (spec, dragged->layer, before, &error);
  finish (self, spec, done, label, NULL, error);
}

void
bf_network_pane_set_count (BfNetworkPane *self,
                           BfNetworkItem *block,
                           guint          count)
{
  BfSpec *spec = bf_experiment_copy_spec (get_experiment (self));
  GError *error = NULL;
  gboolean done = bf_edit_set_count (spec, block->block, count, &error);

  finish (self, spec, done, _("Copies of the block"), "block-count", error);
}

void
bf_network_pane_group (BfNetworkPane *self)
{
  BfNetworkItem *item = get_target (self);
  BfSpec *spec;
  GError *error = NULL;
  BfLayer *activation;
  gboolean done;
  guint32 layer;

  if (item == NULL || item->in_group)
    return;
  layer = item->layer;
  spec = bf_experiment_copy_spec (get_experiment (self));
  activation = bf_edit_get_activation (spec, layer);
  done = bf_edit_group (spec, layer, activation ? activation->id : layer, &error);
  if (finish (self, spec, done, _("Block made"), NULL, error))
    bf_network_pane_choose_item (self, BF_ITEM_BLOCK, layer, 0);
}

void
bf_network_pane_ungroup (BfNetworkPane *self)
{
  BfNetworkItem *item = get_target (self);
  BfSpec *spec;
  GError *error = NULL;
  gboolean done;

  if (item == NULL || !item->in_group)
    return;
  spec = bf_experiment_copy_spec (get_experiment (self));
  done = bf_edit_ungroup (spec, item->block, &error);
  finish (self, spec, done, _("Block unlinked"), NULL, error);
}

void
bf_network_pane_unlink (BfNetworkPane *self)
{
  BfNetworkItem *item = get_target (self);
  g_autofree char *label = NULL;
  GError *error = NULL;
  BfSpec *spec;
  guint32 id;

  if (item == NULL || item->type != BF_ITEM_LAYER || !item->in_group)
    return;
  spec = bf_experiment_copy_spec (get_experiment (self));
  label = g_strdup_printf (_("%s unlinked"), item->title);
  id = bf_edit_unlink_copy (spec, item->block, item->copy, &error);
  if (finish (self, spec, id != 0, label, NULL, error))
    bf_network_pane_choose_item (self, BF_ITEM_LAYER, id, 0);
}
