/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Gradient clipping between the backward pass and the update: the table bf_clippings() has a row each.
 */
#pragma once

#include "bf-network.h"

G_BEGIN_DECLS

typedef struct
{
  BfKind kind;
  void (*apply) (const BfParameter *parameters, guint n, double limit);   /* NULL: changes nothing */
} BfClipping;

/* Changes the gradients of all parameters that are not frozen. factor (may be NULL): ‖gradient after‖ /
 * ‖gradient before‖ over all of them together, 1 where nothing was clipped. */
void bf_clip_apply (BfNetwork *network, const BfOptions *options, double *factor);

G_END_DECLS
