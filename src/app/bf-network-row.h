/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The row of one BfNetworkItem: name, activation and norm; a block's head with its strip when it
 * is folded; what is wrong with the layer; its editor when it is open.
 */
#pragma once

#include <gtk/gtk.h>
#include "bf-network-pane.h"

G_BEGIN_DECLS

#define BF_TYPE_NETWORK_ROW (bf_network_row_get_type ())
G_DECLARE_FINAL_TYPE (BfNetworkRow, bf_network_row, BF, NETWORK_ROW, GtkBox)

/* pane: borrowed, it outlives its rows. */
GtkWidget *bf_network_row_new          (BfNetworkPane *pane);
void       bf_network_row_set_item     (BfNetworkRow *self, BfNetworkItem *item);
BfNetworkItem *bf_network_row_get_item (BfNetworkRow *self);   /* borrowed, or NULL */
/* Takes the norms of the session's cursor step. */
void       bf_network_row_update_norms (BfNetworkRow *self);

G_END_DECLS
