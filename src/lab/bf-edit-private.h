/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the edits of layers and those of blocks share: places, and units. A unit is a dense layer
 * with what belongs to it, the normalizations right behind it and its activation; any other layer
 * is a unit of its own. Units never reach across the edge of a group.
 */
#pragma once

#include "bf-edit.h"

G_BEGIN_DECLS

typedef struct
{
  guint block;
  guint layer;   /* in the block */
} BfPlace;

BfBlock *bf_edit_get_block  (const BfSpec *spec, guint block);
BfLayer *bf_edit_get_layer  (const BfSpec *spec, BfPlace place);
/* Every block that is no group gets one layer, so that places are plain. */
void     bf_edit_normalize  (BfSpec *spec);
gboolean bf_edit_find       (const BfSpec *spec, guint32 id, BfPlace *place, GError **error);
/* The last place of the unit that begins at `place`. */
BfPlace  bf_edit_get_end    (const BfSpec *spec, BfPlace place);
gboolean bf_edit_check_room (const BfSpec *spec, guint more, GError **error);
/* A copy with an id of its own. */
BfLayer *bf_edit_copy_fresh (BfSpec *spec, const BfLayer *layer);
/* Puts layers (taken over) at a place: into the group there, or as single layers before that block. */
void     bf_edit_insert     (BfSpec *spec, BfPlace place, gboolean in_group, GPtrArray *layers);
/* New layers for a dense layer behind or before `like` (NULL: as its kind has it), with an activation. */
GPtrArray *bf_edit_new_unit (BfSpec *spec, const BfPlace *like);

G_END_DECLS
