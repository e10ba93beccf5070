/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The network as a list, input to output: choose, add, remove, reorder, copy, group, edit in place.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-session.h"
#include "bf-network-item.h"

G_BEGIN_DECLS

#define BF_TYPE_NETWORK_PANE (bf_network_pane_get_type ())
G_DECLARE_FINAL_TYPE (BfNetworkPane, bf_network_pane, BF, NETWORK_PANE, GtkBox)

/* Signal "message" (const char *text, gboolean undoable): what to tell in a toast. */

void     bf_network_pane_set_session (BfNetworkPane *self, BfSession *session);

/* What the window's actions do, to the chosen row. */
void     bf_network_pane_add         (BfNetworkPane *self);                     /* opens the popover */
void     bf_network_pane_add_kind    (BfNetworkPane *self, const char *kind);   /* or BF_ADD_BLOCK */
void     bf_network_pane_edit        (BfNetworkPane *self);
void     bf_network_pane_duplicate   (BfNetworkPane *self);
void     bf_network_pane_remove      (BfNetworkPane *self);
void     bf_network_pane_move        (BfNetworkPane *self, int direction);
void     bf_network_pane_group       (BfNetworkPane *self);
void     bf_network_pane_ungroup     (BfNetworkPane *self);
void     bf_network_pane_unlink      (BfNetworkPane *self);
/* Whether the row at a place can be chosen and is: for tests and for the window's first focus. */
gboolean bf_network_pane_choose      (BfNetworkPane *self, guint position);
void     bf_network_pane_flash       (BfNetworkPane *self);   /* what the next change of the spec changes */

G_END_DECLS
