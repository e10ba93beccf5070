/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the views can show of a layer, in words: a tensor's norm over the steps, or the
 * distribution of its values at one step.
 */
#pragma once

#include "../engine/bf-snapshot.h"

G_BEGIN_DECLS

typedef struct
{
  const char *id;              /* as in win.quantity(s) */
  BfTensor tensor;
  const char *norm;            /* N_(): in the list of norms; NULL: only its values are shown */
  const char *norm_caption;    /* N_(): over the heatmap */
  const char *values;          /* N_(), NULL: only as a heatmap; in the list of distributions */
  const char *values_caption;  /* N_(): over the ridgelines */
  const char *value;           /* of bf_layer_values(), shown in place of the norm; NULL: the norm */
} BfQuantity;

/* The table; the rows with a norm come first. */
const BfQuantity *bf_quantities    (guint *n, guint *n_norms);
/* What a heatmap can show: the norms, then what is derived. i from 0 to the number below. */
guint             bf_quantities_get_n_maps (void);
const BfQuantity *bf_quantities_get_map    (guint i);
guint             bf_quantity_get_place    (const BfQuantity *self);   /* among the maps; 0 when not one */
const BfQuantity *bf_quantity_find (const char *id);   /* NULL: no such quantity */

G_END_DECLS
