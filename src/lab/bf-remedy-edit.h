/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What remedies share in changing a network. A unit is a hidden dense layer with all that stands behind it up
 * to the next dense layer of its block. What follows the last dense layer is the output's, except in a
 * block whose earlier copies are hidden layers: copies share their description.
 */
#pragma once

#include "bf-remedy.h"

G_BEGIN_DECLS

/* Where a layer goes in a unit: bf_remedy_places(), before or after the activation. */
const BfKind *const *bf_remedy_places (void);

/* The dense layers, each with the number of layers of its block up to the next (the unit's end). The
 * output is among them when with_output. */
typedef void (*BfRemedyUnitFunc) (BfSpec *spec, BfBlock *block, guint first, guint end, gpointer data);
void bf_remedy_foreach_unit (BfSpec *spec, gboolean with_output, BfRemedyUnitFunc visit, gpointer data);

/* Hidden dense layers, all copies counted; 0 for a network without an output. */
guint bf_remedy_count_hidden (const BfSpec *spec);

/* A layer that a remedy adds beside another one. Its permanent id is derived from that one's id and the
 * remedy's, so that its starting weights are its own and no other layer's change. */
BfLayer *bf_remedy_layer_new (const BfSpec *spec, const char *kind_id, const char *remedy, guint32 beside);

/* The place in a unit, behind what other remedies put there before. */
guint bf_remedy_find_place (const BfBlock *block, guint first, guint end, const BfOptions *place);

/* The apply function of a remedy that puts one layer into every unit: of the remedy's own id, at its "place", with
 * the options that both have. */
void bf_remedy_add_layers (BfSpec *spec, const BfOptions *options);

/* Single layers that stand in a row become one block, so that a dense layer and its activation are together. */
void bf_remedy_join (BfSpec *spec);

/* Gives the copies of every group blocks of their own, so that one of them can be changed. They keep ids,
 * numbers and weights. */
void bf_remedy_unroll (BfSpec *spec);

G_END_DECLS
