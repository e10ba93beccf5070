/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of the network list share.
 */
#pragma once

#include "bf-add-layer.h"
#include "bf-network-pane.h"

G_BEGIN_DECLS

struct _BfNetworkPane
{
  GtkBox parent_instance;

  GtkMenuButton *add_button;
  BfAddLayer *add_layer;
  GtkListView *view;

  BfSession *session;              /* owned */
  GListStore *items;               /* of BfNetworkItem */
  GtkSingleSelection *selection;
  GPtrArray *rows;                 /* of the BfNetworkRow that show an item, borrowed */
  GHashTable *folds;               /* first layer of a block → 1 open, 2 folded, as the user chose */
  gboolean following;              /* the selection is being set from the cursor */
  gboolean flash;
  int cursor;                      /* layer that the choice last followed; -1: none yet */
};

/* bf-network-pane.c */
BfNetworkItem *bf_network_pane_get_chosen  (BfNetworkPane *self);   /* borrowed, or NULL */
gboolean       bf_network_pane_choose_item (BfNetworkPane *self, BfNetworkItemType type, guint32 layer, guint copy);
void           bf_network_pane_focus_chosen (BfNetworkPane *self);
void           bf_network_pane_set_editing (BfNetworkPane *self, BfNetworkItem *item, gboolean editing);
void           bf_network_pane_set_folded  (BfNetworkPane *self, BfNetworkItem *item, gboolean folded);

/* bf-network-edit.c */
void bf_network_pane_set_count  (BfNetworkPane *self, BfNetworkItem *block, guint count);
void bf_network_pane_drop       (BfNetworkPane *self, BfNetworkItem *dragged, BfNetworkItem *onto, gboolean below);

G_END_DECLS
