/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What a wide layer does to a signal in the mean (Poole et al. 2016, Schoenholz et al. 2017): pre-activations
 * are normally distributed with mean 0 and variance q, so a layer is described by two integrals over
 * that bell curve. With σw² = fan in × Var W and the biases' variance σb²:
 *
 *   forward   q of the next layer = σw² E[φ(√q z)²] + σb²
 *   backward  the squared gradient gains χ = σw² E[φ′(√q z)²]
 */
#pragma once

#include "bf-activation.h"

G_BEGIN_DECLS

/* E[φ(√q z)²] and E[φ′(√q z)²] for standard normal z, by adaptive quadrature, to a relative 1e-6 for q from
 * 1e-6 to 1e6; q = 0 gives φ(0)² and φ′(0)². */
double bf_mean_field_square       (const BfActivation *activation, double q);
double bf_mean_field_slope_square (const BfActivation *activation, double q);

/* The same two on a fine grid of q, for pictures: some hundred integrals once, then interpolation. */
typedef struct _BfMeanField BfMeanField;

BfMeanField *bf_mean_field_new  (const BfActivation *activation);
void         bf_mean_field_free (BfMeanField *self);

/* Interpolated; q is taken to lie within 1e-6 … 1e6. Exact to 1e-4. */
double bf_mean_field_get_square       (const BfMeanField *self, double q);
double bf_mean_field_get_slope_square (const BfMeanField *self, double q);

/* Where the forward map stays: the q that layers of this σw² and σb² end at, coming from q = 1. ∞ when it
 * grows without bound. */
double bf_mean_field_get_fixed_point (const BfMeanField *self, double weight_variance, double bias_variance);
/* χ there. Of an unbounded one, that of its limit. */
double bf_mean_field_get_chi (const BfMeanField *self, double weight_variance, double bias_variance);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfMeanField, bf_mean_field_free)

G_END_DECLS
