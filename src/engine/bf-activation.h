/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Activations: the table bf_activations() has a row each. At a kink the derivative is the one that
 * PyTorch takes.
 */
#pragma once

#include "bf-kind.h"

G_BEGIN_DECLS

typedef struct
{
  BfKind kind;
  double (*value) (double x);   /* f */
  double (*slope) (double x);   /* f′ */
  double slope_maximum;         /* the largest |f′| */
  /* Saturated: |f′| below 2.5 % of its maximum, told from the output: below low or above high.
   * NaN for functions that do not level off at both ends. */
  float saturated_low, saturated_high;
  gboolean rectifier;           /* ReLU-like: a unit that is 0 for every sample is dead */
  guint n_kinks;                /* where f′ jumps or bends */
  double kinks[2];
  void (*forward)  (gsize n, const float *restrict x, float *restrict y);
  /* dx = dy · f′; x the input and y the output of the forward pass. */
  void (*backward) (gsize n, const float *restrict x, const float *restrict y,
                    const float *restrict dy, float *restrict dx);
} BfActivation;

G_END_DECLS
