/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Edits of a network: each takes a spec that its caller owns (a copy) and changes it. What can be
 * refused returns FALSE with a reason for the user. Layers are named by their permanent id.
 */
#pragma once

#include "../engine/bf-spec.h"

G_BEGIN_DECLS

/* Inserts a layer of a kind after layer `after` (0: at the input), inside its block when that is a
 * group. A dense layer added behind a hidden one copies its neighbour's units and is followed by
 * its activation. Returns the new layer's id, 0 with error. */
guint32  bf_edit_add_layer    (BfSpec *spec, guint32 after, const char *kind_id, GError **error);
/* Removes a layer, and with a dense one what belongs to it (its activation). */
gboolean bf_edit_remove_layer (BfSpec *spec, guint32 id, GError **error);
/* Moves a dense layer and what belongs to it, or a single other layer, one place up (-1) or down (+1). */
gboolean bf_edit_move_layer   (BfSpec *spec, guint32 id, int direction, GError **error);
/* Moves it before layer `before` (0: to the end). For drag and drop. */
gboolean bf_edit_place_layer  (BfSpec *spec, guint32 id, guint32 before, GError **error);
guint32  bf_edit_copy_layer   (BfSpec *spec, guint32 id, GError **error);
/* Gathers the block of each id into one group, or makes a group of one layer. */
gboolean bf_edit_group        (BfSpec *spec, guint32 first, guint32 last, GError **error);
/* Turns a group × N into N separate runs of layers with ids of their own. */
gboolean bf_edit_ungroup      (BfSpec *spec, guint block, GError **error);
gboolean bf_edit_set_count    (BfSpec *spec, guint block, guint count, GError **error);
/* Splits one copy out of a group × N: (copy) × group, the copy alone, the rest × group.
 * Returns the first new layer's id. */
guint32  bf_edit_unlink_copy  (BfSpec *spec, guint block, guint copy, GError **error);
/* Makes a group of a new dense layer with its activation, × count, after `after`. */
guint32  bf_edit_add_block    (BfSpec *spec, guint32 after, guint count, GError **error);

/* The activation layer that belongs to a dense layer (next in its block), or NULL. */
BfLayer *bf_edit_get_activation (BfSpec *spec, guint32 dense);
/* Gives a dense layer an activation (id), changing, adding or (NULL) removing the layer behind it. */
gboolean bf_edit_set_activation (BfSpec *spec, guint32 dense, const char *function, GError **error);

G_END_DECLS
