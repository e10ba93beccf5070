/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * AdamW (Loshchilov, Hutter 2019): Adam, but the weight decay acts on the weights alone and is not part
 * of the gradient: w ← w − rate · decay · w before Adam's step.
 */
#include "moments.h"

#include "bf-vector-math.h"

BF_VECTORIZED static void
adamw_update (const BfOptions *options, float learning_rate, guint64 step, gsize n,
              float *restrict values, const float *restrict gradients, float *restrict state, gsize stride)
{
  const Moments moments = moments_init (options, step);
  const float shrink = (float) (1 - learning_rate * bf_options_number (options, "weight_decay"));
  const float rate = (float) (learning_rate / (1 - pow (moments.beta1, (double) step)));
  float *restrict means = state;
  float *restrict squares = state + stride;

  for (gsize i = 0; i < n; i++)
    {
      const float g = gradients[i];
      float divisor;
      const float m = moments_take (&moments, g, &means[i], &squares[i], &divisor);

      values[i] = shrink * values[i] - rate * m / divisor;
    }
}

static const BfParam params[] = {
  MOMENTS_PARAMS,
  { "weight_decay", N_("Weight Decay"), BF_PARAM_NUMBER, 0, 10, 0.01 },
  { NULL }
};

extern const BfOptimizer bf_optimizer_adamw;
const BfOptimizer bf_optimizer_adamw = {
  .kind = { "adamw", N_("AdamW"), N_("Adam with a weight decay that gradients do not scale"), params },
  .state_size = 2,
  .update = adamw_update,
};
