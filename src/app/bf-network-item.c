/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The list follows the base spec; shapes, names and numbers come from the plan of the effective
 * one. Both run from input to output and remedies only insert or change, so one cursor through
 * the plan finds each layer of the base.
 */
#include "bf-network-item.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "../engine/bf-format.h"
#include "../lab/bf-edit.h"
#include "../lab/bf-remedy.h"

#define MOST_OPEN_COPIES 12   /* blocks of more copies start folded */

G_DEFINE_FINAL_TYPE (BfNetworkItem, bf_network_item, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
bf_network_item_finalize (GObject *object)
{
  BfNetworkItem *self = BF_NETWORK_ITEM (object);

  g_free (self->name);
  g_free (self->detail);
  g_free (self->title);
  g_free (self->facts);
  g_free (self->inserted);
  g_free (self->error);
  G_OBJECT_CLASS (bf_network_item_parent_class)->finalize (object);
}

static void
bf_network_item_class_init (BfNetworkItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bf_network_item_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", BF_TYPE_NETWORK_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
bf_network_item_init (BfNetworkItem *self)
{
  self->index = -1;
  self->weighted = -1;
}

BfNetworkItem *
bf_network_item_new (BfNetworkItemType type)
{
  BfNetworkItem *self = g_object_new (BF_TYPE_NETWORK_ITEM, NULL);

  self->type = type;
  return self;
}

gboolean
bf_network_item_same (BfNetworkItem *a,
                      BfNetworkItem *b)
{
  return a->type == b->type && a->layer == b->layer && a->copy == b->copy;
}

static gboolean
take_text (char **to,
           char **from)
{
  gboolean differs = g_strcmp0 (*to, *from) != 0;

  if (differs)
    {
      g_free (*to);
      *to = g_steal_pointer (from);
    }
  return differs;
}

void
bf_network_item_take (BfNetworkItem *self,
                      BfNetworkItem *other)
{
  gboolean differs = self->block != other->block || self->count != other->count
                     || self->in_group != other->in_group || self->folded != other->folded
                     || self->index != other->index || self->weighted != other->weighted
                     || self->stride != other->stride || self->number != other->number
                     || self->remedy != other->remedy;

  self->block = other->block;
  self->count = other->count;
  self->in_group = other->in_group;
  self->folded = other->folded;
  self->index = other->index;
  self->weighted = other->weighted;
  self->stride = other->stride;
  self->number = other->number;
  self->remedy = other->remedy;
  differs |= take_text (&self->name, &other->name);
  differs |= take_text (&self->detail, &other->detail);
  differs |= take_text (&self->title, &other->title);
  differs |= take_text (&self->facts, &other->facts);
  differs |= take_text (&self->inserted, &other->inserted);
  differs |= take_text (&self->error, &other->error);
  /* An open editor shows more than the row does. */
  if (differs || self->editing)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
bf_network_item_set_editing (BfNetworkItem *self,
                             gboolean       editing)
{
  if (self->editing == editing)
    return;
  self->editing = editing;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

typedef struct
{
  BfSpec *base;
  const BfPlan *plan;
  GHashTable *folds;
  GPtrArray *items;
  GHashTable *merged; /* activations that stand in the row of their dense layer */
  guint cursor;       /* in plan->layers */
  guint weighted;     /* weighted layers before the cursor */
} Maker;

/* Finds a layer of the base in the plan, or -1; *weighted: its place in plan->weighted, or -1. */
static int
find_in_plan (Maker   *maker,
              guint32  id,
              guint    copy,
              int     *weighted)
{
  guint w = maker->weighted;

  for (guint i = maker->cursor; i < maker->plan->n_layers; i++)
    {
      const BfPlanLayer *layer = &maker->plan->layers[i];

      if (layer->layer->id == id && layer->copy == copy)
        {
          *weighted = layer->weighted ? (int) w : -1;
          maker->weighted = w + layer->weighted;
          maker->cursor = i + 1;
          return i;
        }
      w += layer->weighted;
    }
  *weighted = -1;
  return -1;
}

static char *
make_facts (const BfPlanLayer *layer)
{
  g_autofree char *inputs = bf_format_count (layer->inputs);
  g_autofree char *outputs = bf_format_count (layer->outputs);
  g_autofree char *parameters = bf_format_count (layer->parameters);

  if (layer->parameters == 0)
    /* Translators: features in and out of a layer */
    return g_strdup_printf (_("%s → %s"), inputs, outputs);
  /* Translators: features in and out of a layer, and a formatted number that is last */
  return g_strdup_printf (ngettext ("%s → %s, %s parameter", "%s → %s, %s parameters",
                                    (gulong) MIN (layer->parameters, G_MAXINT)),
                          inputs, outputs, parameters);
}

static const char *
get_function_name (const BfOptions *activation)
{
  return bf_kind_get_name (bf_options_get_kind (bf_options_choice (activation, "function")));
}

/* What stands after the name: the activation of a weighted layer, or what another layer does. */
static void
describe_detail (Maker         *maker,
                 BfNetworkItem *item,
                 const BfLayer *layer,
                 const BfLayer *activation)
{
  const BfPlan *plan = maker->plan;
  guint cursor = maker->cursor, weighted = maker->weighted;
  int unused;
  int index = activation ? find_in_plan (maker, activation->id, item->copy, &unused) : item->index;
  const BfLayer *effective = index >= 0 ? plan->layers[index].layer : activation ? activation : layer;

  /* A normalization may stand before the activation: its row comes next. */
  maker->cursor = cursor;
  maker->weighted = weighted;
  if (index >= 0 && item->error == NULL)
    item->error = g_strdup (plan->layers[index].error);
  if (bf_options_is (effective->options, "activation"))
    {
      item->detail = g_strdup (get_function_name (effective->options));
      item->remedy = effective->remedy;
    }
  else if (index >= 0 && plan->layers[index].from >= 0)
    item->detail = g_strdup (plan->layers[plan->layers[index].from].name);
  else if (item->weighted >= 0 && item->weighted == (int) plan->n_weighted - 1)
    item->detail = g_strdup (C_("layer", "Output"));
}

/* What remedies put between a layer's row and the next layer of the base. */
static char *
list_inserted (Maker         *maker,
               int            index,
               const BfLayer *activation)
{
  const BfPlan *plan = maker->plan;
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = (guint) index + 1; index >= 0 && i < plan->n_layers; i++)
    {
      const BfLayer *layer = plan->layers[i].layer;

      if (activation && layer->id == activation->id)
        continue;
      if (bf_spec_find_layer (maker->base, layer->id, NULL, NULL) || layer->remedy == NULL)
        break;
      g_string_append_printf (list, "%s%s/%s", list->len ? " " : "", bf_options_get_kind (layer->options)->id, layer->remedy);
    }
  return list->len ? g_string_free (g_steal_pointer (&list), FALSE) : NULL;
}

static void
add_layer (Maker         *maker,
           guint          block_index,
           guint          copy,
           const BfLayer *layer,
           const BfLayer *activation)
{
  const BfBlock *block = g_ptr_array_index (maker->base->blocks, block_index);
  const char *kind_name = bf_kind_get_name (bf_options_get_kind (layer->options));
  BfNetworkItem *item = bf_network_item_new (BF_ITEM_LAYER);

  item->layer = layer->id;
  item->copy = copy;
  item->block = block_index;
  item->count = block->count;
  item->in_group = block->group;
  item->index = find_in_plan (maker, layer->id, copy, &item->weighted);
  item->name = bf_kind_find_param (bf_options_get_kind (layer->options), "units")
                 /* Translators: a layer's kind and its number of units */
                 ? g_strdup_printf (C_("layer and units", "%s %u"), kind_name,
                                    bf_options_integer (layer->options, "units"))
                 : g_strdup (kind_name);
  item->title = g_strdup (kind_name);
  if (item->index >= 0)
    {
      const BfPlanLayer *planned = &maker->plan->layers[item->index];

      item->number = planned->weighted ? planned->number : 0;
      g_free (item->title);
      item->title = g_strdup (planned->name);
      item->facts = make_facts (planned);
      item->error = g_strdup (planned->error);
    }
  item->inserted = list_inserted (maker, item->index, activation);
  describe_detail (maker, item, layer, activation);
  g_ptr_array_add (maker->items, item);
}

static void
add_copies (Maker *maker,
            guint  block_index)
{
  const BfBlock *block = g_ptr_array_index (maker->base->blocks, block_index);

  for (guint copy = 0; copy < block->count; copy++)
    for (guint i = 0; i < block->layers->len; i++)
      {
        const BfLayer *layer = g_ptr_array_index (block->layers, i);
        BfLayer *activation = bf_edit_get_activation (maker->base, layer->id);

        if (g_hash_table_contains (maker->merged, layer))
          continue;
        add_layer (maker, block_index, copy, layer, activation);
        if (activation)
          g_hash_table_add (maker->merged, activation);
      }
}

static gboolean
is_folded (Maker         *maker,
           const BfBlock *block,
           guint32        first)
{
  int chosen = GPOINTER_TO_INT (g_hash_table_lookup (maker->folds, GUINT_TO_POINTER (first)));

  return chosen ? chosen == 2 : block->count > MOST_OPEN_COPIES;
}

/* Whether a row shows something that the remedy inserted. */
static gboolean
has_inserted (const BfNetworkItem *row,
              const char          *remedy)
{
  g_auto (GStrv) list = g_strsplit (row->inserted ? row->inserted : "", " ", -1);

  for (char **part = list; *part; part++)
    if (strchr (*part, '/') && g_str_equal (strchr (*part, '/') + 1, remedy))
      return TRUE;
  return FALSE;
}

static gboolean
has_row (Maker      *maker,
         const char *remedy)
{
  for (guint i = 0; i < maker->items->len; i++)
    {
      const BfNetworkItem *row = g_ptr_array_index (maker->items, i);

      if (row->type == BF_ITEM_REMEDY && g_str_equal (row->remedy, remedy))
        return TRUE;
    }
  return FALSE;
}

/* A row for each remedy that inserted layers behind the rows from place `first` on, above them. */
static void
add_remedies (Maker    *maker,
              guint     first,
              gboolean  once)
{
  const BfKind *const *remedies = bf_remedies ();

  for (guint r = 0, at = first; remedies[r]; r++)
    {
      BfNetworkItem *item, *below = NULL;

      for (guint i = at; i < maker->items->len && below == NULL; i++)
        if (has_inserted (g_ptr_array_index (maker->items, i), remedies[r]->id))
          below = g_ptr_array_index (maker->items, at);
      if (below == NULL || (once && has_row (maker, remedies[r]->id)))
        continue;
      item = bf_network_item_new (BF_ITEM_REMEDY);
      item->layer = below->layer;
      item->copy = r;
      item->block = below->block;
      item->in_group = below->in_group;
      item->name = g_strdup (bf_kind_get_name (remedies[r]));
      item->title = g_strdup (item->name);
      item->remedy = g_intern_string (remedies[r]->id);
      g_ptr_array_insert (maker->items, (int) at++, item);
    }
}

/* The head of a group; folded, it takes the place of its rows and says what they have in common. */
static void
add_group (Maker *maker,
           guint  block_index)
{
  const BfBlock *block = g_ptr_array_index (maker->base->blocks, block_index);
  const BfLayer *first = g_ptr_array_index (block->layers, 0);
  BfNetworkItem *item = bf_network_item_new (BF_ITEM_BLOCK);
  guint n = maker->items->len + 1;

  item->layer = first->id;
  item->block = block_index;
  item->count = block->count;
  item->in_group = TRUE;
  item->folded = is_folded (maker, block, first->id);
  item->name = g_strdup_printf (_("Block × %u"), block->count);
  item->title = g_strdup (item->name);
  g_ptr_array_add (maker->items, item);
  add_copies (maker, block_index);
  for (guint i = n; i < maker->items->len; i++)
    {
      BfNetworkItem *row = g_ptr_array_index (maker->items, i);

      if (item->weighted < 0)
        item->weighted = row->weighted;
      item->stride += row->weighted >= 0 && row->copy == 0;
      if (i == n)
        item->detail = row->detail ? g_strdup_printf (C_("layer and activation", "%s, %s"), row->name, row->detail)
                                   : g_strdup (row->name);
      if (item->folded && item->error == NULL)
        item->error = g_strdup (row->error);
    }
  add_remedies (maker, n, FALSE);
  if (item->folded)
    while (maker->items->len > n && ((BfNetworkItem *) maker->items->pdata[maker->items->len - 1])->type == BF_ITEM_LAYER)
      g_ptr_array_set_size (maker->items, (int) maker->items->len - 1);
}

/* Layers of no group: a remedy that has no row yet gets one above the first of them. */
static void
add_singles (Maker *maker,
             guint  block_index)
{
  guint first = maker->items->len;

  add_copies (maker, block_index);
  add_remedies (maker, first, TRUE);
}

static void
add_end (Maker             *maker,
         BfNetworkItemType  type,
         const char        *name,
         const char        *detail,
         const char        *error)
{
  BfNetworkItem *item = bf_network_item_new (type);

  item->name = g_strdup (name);
  item->title = g_strdup (name);
  item->detail = g_strdup (detail);
  item->error = g_strdup (error);
  g_ptr_array_add (maker->items, item);
}

GPtrArray *
bf_network_items_make (BfSpec       *base,
                       const BfPlan *plan,
                       const char   *input,
                       GHashTable   *folds)
{
  g_autoptr (GHashTable) merged = g_hash_table_new (NULL, NULL);
  Maker maker = { base, plan, folds, g_ptr_array_new_with_free_func (g_object_unref), merged, 0, 0 };

  add_end (&maker, BF_ITEM_INPUT, _("Input"), input, NULL);
  for (guint i = 0; i < base->blocks->len; i++)
    {
      const BfBlock *block = g_ptr_array_index (base->blocks, i);

      if (block->layers->len == 0)
        continue;
      if (block->group)
        add_group (&maker, i);
      else
        add_singles (&maker, i);
    }
  add_end (&maker, BF_ITEM_LOSS, _("Loss"), bf_kind_get_name (bf_options_get_kind (base->loss)),
           plan->error_layer < 0 ? plan->error : NULL);
  return maker.items;
}
