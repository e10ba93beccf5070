/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What Adam and its kin share: running means of the gradient and of its square,
 * m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g², and the correction √(v / (1 − β₂ᵗ)) + ε.
 */
#pragma once

#include "bf-optimizer.h"

#include <glib/gi18n-lib.h>
#include <math.h>

typedef struct
{
  double beta1;
  float keep1, take1;   /* of m: what is kept, what is taken of the new */
  float keep2, take2;   /* of v */
  float root, epsilon;
} Moments;

#define MOMENTS_PARAMS \
  { "beta1", N_("Beta 1"), BF_PARAM_NUMBER, 0, 0.9999, 0.9 }, \
  { "beta2", N_("Beta 2"), BF_PARAM_NUMBER, 0, 0.99999, 0.999 }, \
  { "epsilon", N_("Epsilon"), BF_PARAM_NUMBER, 0, 1, 1e-8 }

static inline Moments
moments_init (const BfOptions *options, guint64 step)
{
  const double beta1 = bf_options_number (options, "beta1");
  const double beta2 = bf_options_number (options, "beta2");

  return (Moments) {
    .beta1 = beta1,
    .keep1 = (float) beta1, .take1 = (float) (1 - beta1),
    .keep2 = (float) beta2, .take2 = (float) (1 - beta2),
    .root = (float) (1 / sqrt (1 - pow (beta2, (double) step))),
    .epsilon = (float) bf_options_number (options, "epsilon"),
  };
}

/* The mean with g in it; *divisor: what the step is divided by. */
static inline float
moments_take (const Moments *self, float g, float *mean, float *square, float *divisor)
{
  const float m = self->keep1 * *mean + self->take1 * g;
  const float v = self->keep2 * *square + self->take2 * g * g;

  *mean = m;
  *square = v;
  *divisor = sqrtf (v) * self->root + self->epsilon;
  return m;
}
