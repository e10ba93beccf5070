/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The Jacobian of a piece of a network at one sample, row by row: each row is what the layers' own backward passes
 * make of a unit vector, so whatever layers there are, it is what training goes by.
 */
#pragma once

#include "bf-matrix.h"
#include "bf-network.h"

G_BEGIN_DECLS

typedef struct _BfJacobianRows BfJacobianRows;

/* Of a network after a training forward pass of n samples, which must stay as it is. */
BfJacobianRows   *bf_jacobian_rows_new  (BfNetwork *network, guint n);
void      bf_jacobian_rows_free (BfJacobianRows *self);

/* ∂ (output of layer `last`) / ∂ (input of layer `first`), indices in the plan, at a sample. A skip connection from
 * before that input is left out. */
BfMatrix *bf_jacobian_rows_compute (BfJacobianRows *self, guint first, guint last, guint sample);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfJacobianRows, bf_jacobian_rows_free)

G_END_DECLS
