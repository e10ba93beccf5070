/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Adam (Kingma, Ba 2015): m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;
 * w ← w − rate / (1 − β₁ᵗ) · m / (√(v / (1 − β₂ᵗ)) + ε). Weight decay is part of g.
 */
#include "moments.h"

#include "bf-vector-math.h"

BF_VECTORIZED static void
adam_update (const BfOptions *options, float learning_rate, guint64 step, gsize n,
             float *restrict values, const float *restrict gradients, float *restrict state, gsize stride)
{
  const Moments moments = moments_init (options, step);
  const float decay = (float) bf_options_number (options, "weight_decay");
  const float rate = (float) (learning_rate / (1 - pow (moments.beta1, (double) step)));
  float *restrict means = state;
  float *restrict squares = state + stride;

  for (gsize i = 0; i < n; i++)
    {
      const float g = gradients[i] + decay * values[i];
      float divisor;
      const float m = moments_take (&moments, g, &means[i], &squares[i], &divisor);

      values[i] -= rate * m / divisor;
    }
}

static const BfParam params[] = {
  MOMENTS_PARAMS,
  { "weight_decay", N_("Weight Decay"), BF_PARAM_NUMBER, 0, 10, 0 },
  { NULL }
};

extern const BfOptimizer bf_optimizer_adam;
const BfOptimizer bf_optimizer_adam = {
  .kind = { "adam", N_("Adam"), N_("Steps of nearly equal size for large and tiny gradients"), params },
  .state_size = 2,
  .update = adam_update,
};
