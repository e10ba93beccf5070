/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Where the layers of several runs stand beside each other: a layer of one stands at the place of the same layer
 * of the first (the same permanent id, the same copy), whatever was added before it; one that only a later run
 * has gets a place of its own, after the one that it follows there.
 */
#pragma once

#include "bf-figure.h"

G_BEGIN_DECLS

typedef struct
{
  guint n;               /* places */
  guint n_runs;
  guint **of;            /* [run][weighted layer] → place */
  int *first;            /* [place] → weighted layer of the first run; −1: it lacks it */
  const char **names;    /* [place], borrowed from the plans */
} BfLayerPlaces;

BfLayerPlaces *bf_layer_places_new  (const BfFigureData *data);
void           bf_layer_places_free (BfLayerPlaces *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfLayerPlaces, bf_layer_places_free)

G_END_DECLS
