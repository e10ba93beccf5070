/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A layer edited in its row: the parameters of its kind, the activation that belongs to it,
 * frozen or not, what it makes of its input.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-session.h"
#include "bf-network-item.h"

G_BEGIN_DECLS

#define BF_TYPE_LAYER_EDITOR (bf_layer_editor_get_type ())
G_DECLARE_FINAL_TYPE (BfLayerEditor, bf_layer_editor, BF, LAYER_EDITOR, GtkBox)

/* Removing, copying and unlinking are the window's actions; the editor's buttons call them. */
GtkWidget *bf_layer_editor_new    (BfSession *session, BfNetworkItem *item);
/* Shows the spec again, after it changed. */
void       bf_layer_editor_update (BfLayerEditor *self);

G_END_DECLS
