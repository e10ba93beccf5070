/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * AdamW (Loshchilov, Hutter 2019): Adam, but the weight decay acts on the weights alone and is not part
 * of the gradient: w ← w − rate · decay · w before Adam's step.
 */
#include "bf-optimizer.h"

#include "bf-vector-math.h"

#include <glib/gi18n-lib.h>
#include <math.h>

BF_VECTORIZED static void
adamw_update (const BfOptions *options, float learning_rate, guint64 step, gsize n,
              float *restrict values, const float *restrict gradients, float *restrict state, gsize stride)
{
  const double beta1 = bf_options_number (options, "beta1");
  const double beta2 = bf_options_number (options, "beta2");
  const float keep1 = (float) beta1, take1 = (float) (1 - beta1);
  const float keep2 = (float) beta2, take2 = (float) (1 - beta2);
  const float epsilon = (float) bf_options_number (options, "epsilon");
  const float shrink = (float) (1 - learning_rate * bf_options_number (options, "weight_decay"));
  const float rate = (float) (learning_rate / (1 - pow (beta1, (double) step)));
  const float root = (float) (1 / sqrt (1 - pow (beta2, (double) step)));
  float *restrict means = state;
  float *restrict squares = state + stride;

  for (gsize i = 0; i < n; i++)
    {
      const float g = gradients[i];
      const float m = keep1 * means[i] + take1 * g;
      const float v = keep2 * squares[i] + take2 * g * g;

      means[i] = m;
      squares[i] = v;
      values[i] = shrink * values[i] - rate * m / (sqrtf (v) * root + epsilon);
    }
}

static const BfParam params[] = {
  { "beta1", N_("Beta 1"), BF_PARAM_NUMBER, 0, 0.9999, 0.9 },
  { "beta2", N_("Beta 2"), BF_PARAM_NUMBER, 0, 0.99999, 0.999 },
  { "epsilon", N_("Epsilon"), BF_PARAM_NUMBER, 0, 1, 1e-8 },
  { "weight_decay", N_("Weight Decay"), BF_PARAM_NUMBER, 0, 10, 0.01 },
  { NULL }
};

extern const BfOptimizer bf_optimizer_adamw;
const BfOptimizer bf_optimizer_adamw = {
  .kind = { "adamw", N_("AdamW"), N_("Adam with a weight decay that gradients do not scale"), params },
  .state_size = 2,
  .update = adamw_update,
};
