/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The popover that offers every layer kind, and a block of them, with a search.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BF_TYPE_ADD_LAYER (bf_add_layer_get_type ())
G_DECLARE_FINAL_TYPE (BfAddLayer, bf_add_layer, BF, ADD_LAYER, GtkPopover)

#define BF_ADD_BLOCK "block"

/* Signal "chosen" (const char *kind): a layer kind's id, or BF_ADD_BLOCK. */

/* What it goes after: "Dense 4", or NULL for the input. */
void bf_add_layer_set_place (BfAddLayer *self, const char *after);

G_END_DECLS
