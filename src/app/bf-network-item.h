/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What one row of the network list shows. The unit is a weighted layer with its activation; a
 * group of layers has a head before the rows of its copies; a remedy that inserts layers has a row
 * above those that it follows. An item that stands for the same thing
 * after an edit stays the same object, so that its row keeps focus and editor.
 */
#pragma once

#include <gio/gio.h>
#include "../engine/bf-plan.h"

G_BEGIN_DECLS

typedef enum { BF_ITEM_INPUT, BF_ITEM_BLOCK, BF_ITEM_REMEDY, BF_ITEM_LAYER, BF_ITEM_LOSS } BfNetworkItemType;

#define BF_TYPE_NETWORK_ITEM (bf_network_item_get_type ())
G_DECLARE_FINAL_TYPE (BfNetworkItem, bf_network_item, BF, NETWORK_ITEM, GObject)

/* Signal "changed": what it shows is another. Fields are for reading, but for `editing`. */
struct _BfNetworkItem
{
  GObject parent_instance;

  BfNetworkItemType type;
  guint32 layer;         /* permanent id; of a block: of its first layer */
  guint copy;
  guint block;           /* in spec->blocks */
  guint count;           /* copies of that block */
  gboolean in_group;
  gboolean folded;       /* block: its rows are hidden */
  int index;             /* in the plan; -1: none */
  int weighted;          /* in plan->weighted; block: of its first copy; -1: none */
  guint stride;          /* block: weighted layers in a copy */
  guint number;          /* 0: none */
  char *name;            /* "Dense 128" */
  char *detail;          /* "Sigmoid", "Output", "28 × 28 image" */
  const char *remedy;    /* interned id of the one that changed what detail says, or NULL; a remedy's row: its id */
  char *inserted;        /* what remedies inserted behind the layer: "kind/remedy", joined by spaces, or NULL */
  char *title;           /* "Dense 3", as everywhere else */
  char *facts;           /* "784 → 128, 100,480 parameters" */
  char *error;           /* NULL, or why it cannot be built */
  gboolean editing;
};

BfNetworkItem *bf_network_item_new         (BfNetworkItemType type);
gboolean       bf_network_item_same        (BfNetworkItem *a, BfNetworkItem *b);   /* stand for the same thing */
void           bf_network_item_take        (BfNetworkItem *self, BfNetworkItem *other);   /* all that it shows */
void           bf_network_item_set_editing (BfNetworkItem *self, gboolean editing);

/* The rows of a network. base: what the user edits; plan: of the effective spec. input: what the
 * data is, "28 × 28 image". folds: id of a block's first layer → GINT 1 open, 2 folded, by the user. */
GPtrArray     *bf_network_items_make       (BfSpec *base, const BfPlan *plan, const char *input, GHashTable *folds);

G_END_DECLS
