/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What a layer passes back, exactly: the ratio of ‖∂L/∂h‖ before it and behind it, split into what its
 * parts do. The parts multiply to the whole, by construction and up to rounding.
 */
#pragma once

#include "bf-snapshot.h"

G_BEGIN_DECLS

typedef enum
{
  BF_FACTOR_SLOPE,           /* an activation: ‖f′ ∘ u‖ / ‖u‖ */
  BF_FACTOR_WEIGHTS,         /* a dense layer: ‖Wᵀδ‖ / ‖δ‖ */
  BF_FACTOR_NORMALIZATION,   /* batch, layer, tensor normalization */
  BF_FACTOR_SKIP,            /* a layer at whose input a skip connection's gradient arrives, with its own part */
  BF_FACTOR_OTHER,           /* dropout, gradient normalization */
  BF_N_FACTORS
} BfFactor;

/* Which part a layer of the plan plays. */
BfFactor bf_factor_of_layer (const BfPlan *plan, guint layer);
/* Name of a part, translated: "slope", "weights", …; of a slope with its function: "sigmoid’s slope". */
char    *bf_factor_get_name (const BfPlan *plan, guint layer);

/* ‖∂L/∂h‖ before layer i over that behind it; NaN where one was not measured, is 0 or not finite. */
double   bf_factor_measure  (const BfColumn *column, const BfPlan *plan, guint layer);

/* From behind weighted layer `to` back to behind weighted layer `from` (from < to): the product of each part's
 * factors (NaN: no such part), and of all of them. FALSE when one was not measured. */
gboolean bf_factors_between (const BfColumn *column, const BfPlan *plan, guint from, guint to,
                             double factors[BF_N_FACTORS], double *whole);

G_END_DECLS
