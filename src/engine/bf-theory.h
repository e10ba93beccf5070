/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What mean-field theory expects of a network at its start, layer by layer. It is about single samples: its
 * gradients are to be compared with the RMS over samples of ‖∂L/∂h‖ of each sample alone, which is √N times
 * the recorded norm of a batch of N (the loss is a mean) wherever no layer mixes samples.
 */
#pragma once

#include "bf-plan.h"

G_BEGIN_DECLS

/* One layer with weights, and the activation after it. */
typedef struct
{
  double weight_variance;      /* σw² = fan in × Var W */
  double bias_variance;        /* σb² */
  double variance;             /* q of its pre-activations */
  double square;               /* E[φ²] */
  double slope_square;         /* E[φ′²]; 1 without an activation */
  double slope_factor;         /* √E[φ′²]: what ‖∂L/∂h‖ is multiplied by at the activation */
  double weight_factor;        /* √(fan in × Var W): … and at the weights */
  double log_gradient;         /* log₁₀ ‖∂L/∂h‖ behind this layer over that behind the last hidden one */
  double log_weight_gradient;  /* log₁₀ ‖∂L/∂W‖ over that of the last hidden layer; approximate for a batch */
} BfTheoryLayer;

typedef struct
{
  gatomicrefcount references;
  char *reason;              /* NULL, or why theory says nothing here: one sentence; then no layers */
  guint n_layers;            /* plan->n_weighted */
  BfTheoryLayer *layers;
} BfTheory;

/* input_square: mean of x² over the inputs' features and samples. Never NULL. Takes a few
 * milliseconds a layer. */
BfTheory *bf_theory_new  (const BfPlan *plan, double input_square);
BfTheory *bf_theory_ref  (BfTheory *self);
void      bf_theory_free (BfTheory *self);   /* gives one reference back */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfTheory, bf_theory_free)

G_END_DECLS
