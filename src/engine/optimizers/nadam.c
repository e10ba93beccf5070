/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * NAdam (Dozat 2016), Adam with Nesterov's look ahead: μₜ = β₁ (1 − ½ · 0.96^(t ψ)), ψ the momentum decay,
 * Πₜ = μ₁ … μₜ; m and v as in Adam; with d = √(v / (1 − β₂ᵗ)) + ε
 * w ← w − rate (1 − μₜ) / (1 − Πₜ) · g / d − rate μₜ₊₁ / (1 − Πₜ μₜ₊₁) · m / d. Weight decay is part of g.
 */
#include "moments.h"

#include "bf-vector-math.h"

static double
get_momentum (double beta1, double psi, double step)
{
  return beta1 * (1 - 0.5 * pow (0.96, step * psi));
}

/* Πₜ. Once it is too small to change 1 − Πₜ the rest of the factors no longer count. */
static double
get_product (double beta1, double psi, guint64 step)
{
  const double ratio = pow (0.96, psi);
  double power = 1, product = 1;

  for (guint64 t = 1; t <= step && product > 1e-18; t++)
    {
      power *= ratio;
      product *= beta1 * (1 - 0.5 * power);
    }
  return product;
}

BF_VECTORIZED static void
nadam_update (const BfOptions *options, float learning_rate, guint64 step, gsize n,
              float *restrict values, const float *restrict gradients, float *restrict state, gsize stride)
{
  const Moments moments = moments_init (options, step);
  const double psi = bf_options_number (options, "momentum_decay");
  const double product = get_product (moments.beta1, psi, step);
  const double now = get_momentum (moments.beta1, psi, (double) step);
  const double next = get_momentum (moments.beta1, psi, (double) step + 1);
  const float gradient_rate = (float) (learning_rate * (1 - now) / (1 - product));
  const float mean_rate = (float) (learning_rate * next / (1 - product * next));
  const float decay = (float) bf_options_number (options, "weight_decay");
  float *restrict means = state;
  float *restrict squares = state + stride;

  for (gsize i = 0; i < n; i++)
    {
      const float g = gradients[i] + decay * values[i];
      float divisor;
      const float m = moments_take (&moments, g, &means[i], &squares[i], &divisor);

      values[i] -= (gradient_rate * g + mean_rate * m) / divisor;
    }
}

static const BfParam params[] = {
  MOMENTS_PARAMS,
  { "momentum_decay", N_("Momentum Decay"), BF_PARAM_NUMBER, 0, 1, 0.004 },
  { "weight_decay", N_("Weight Decay"), BF_PARAM_NUMBER, 0, 10, 0 },
  { NULL }
};

extern const BfOptimizer bf_optimizer_nadam;
const BfOptimizer bf_optimizer_nadam = {
  .kind = { "nadam", N_("NAdam"), N_("Adam that looks one step ahead"), params },
  .state_size = 2,
  .update = nadam_update,
};
