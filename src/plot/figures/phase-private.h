/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Mean-field theory of one activation as the phase diagram needs it: tables over the variance q of the
 * pre-activations, which every question to the plane (σw², σb²) is answered from, and where the layers of
 * a network lie in that plane.
 */
#pragma once

#include "../bf-draw.h"
#include "../../engine/bf-mean-field.h"
#include "../../engine/bf-theory.h"

G_BEGIN_DECLS

#define BF_PHASE_QS 721   /* 60 a decade, 1e-6 … 1e6 */

typedef struct
{
  const BfActivation *activation;
  double q[BF_PHASE_QS];
  double square[BF_PHASE_QS];        /* E[φ²] */
  double slope_square[BF_PHASE_QS];  /* E[φ′²] */
  gboolean even;                     /* E[φ′²] is the same for every q, as a ReLU's */
} BfPhaseField;

/* Of one activation: made once and kept. Never NULL, owned by the table. */
const BfPhaseField *bf_phase_field_get (const BfActivation *activation);

/* χ at the variance that layers end at, coming from q = 1. */
double bf_phase_field_get_chi (const BfPhaseField *self, double weight_variance, double bias_variance);
/* The same for n growing bias variances at one weight variance. */
void   bf_phase_field_fill    (const BfPhaseField *self, double weight_variance, guint n, const double *bias_variances,
                               double *chis);
/* The point of the line χ = chi at the i-th q; FALSE where no layers end at that q. */
gboolean bf_phase_field_get_contour (const BfPhaseField *self, double chi, guint i, double *weight_variance,
                                     double *bias_variance);
/* σw² of χ = 1 at that variance of the biases; ∞ where there is none. */
double bf_phase_field_get_critical (const BfPhaseField *self, double bias_variance);

/* One hidden layer of this network with the diagram's activation. */
typedef struct
{
  guint weighted;
  double weight_variance, bias_variance, chi;
} BfPhaseLayer;

typedef struct
{
  const BfActivation *activation;   /* of most hidden layers */
  const BfPhaseField *field;
  char *reason;                     /* NULL, or why theory is silent: then no layers */
  guint n_layers;
  BfPhaseLayer *layers;
  guint fan_in;                     /* of a hidden layer, for the framework's default start; 0: none */
} BfPhaseNetwork;

BfPhaseNetwork *bf_phase_network_new  (BfPlan *plan);
void            bf_phase_network_free (BfPhaseNetwork *self);

/* Layers over which the gradient's norm gains or loses a decade. */
double bf_phase_get_layers (double chi);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfPhaseNetwork, bf_phase_network_free)

G_END_DECLS
