/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * SGD: g ← g + decay · w;  v ← momentum · v + g;  w ← w − rate · (nesterov ? g + momentum · v : v).
 */
#include "bf-optimizer.h"

#include "bf-vector-math.h"

#include <glib/gi18n-lib.h>
#include <math.h>

BF_VECTORIZED static void
sgd_update (const BfOptions *options, float learning_rate, guint64 step, gsize n,
            float *restrict values, const float *restrict gradients, float *restrict state, gsize stride)
{
  const float momentum = (float) bf_options_number (options, "momentum");
  const float decay = (float) bf_options_number (options, "weight_decay");
  const gboolean nesterov = bf_options_boolean (options, "nesterov");

  if (momentum == 0 && decay == 0)
    for (gsize i = 0; i < n; i++)
      values[i] -= learning_rate * gradients[i];
  else if (momentum == 0)
    for (gsize i = 0; i < n; i++)
      values[i] -= learning_rate * (gradients[i] + decay * values[i]);
  else
    for (gsize i = 0; i < n; i++)
      {
        const float g = gradients[i] + decay * values[i];
        const float v = momentum * state[i] + g;

        state[i] = v;
        values[i] -= learning_rate * (nesterov ? g + momentum * v : v);
      }
}

static const BfParam params[] = {
  { "momentum", N_("Momentum"), BF_PARAM_NUMBER, 0, 0.9999, 0 },
  { "nesterov", N_("Nesterov"), BF_PARAM_BOOLEAN, 0, 1, 0 },
  { "weight_decay", N_("Weight Decay"), BF_PARAM_NUMBER, 0, 10, 0 },
  { NULL }
};

extern const BfOptimizer bf_optimizer_sgd;
const BfOptimizer bf_optimizer_sgd = {
  .kind = { "sgd", N_("SGD"), N_("A step against the gradient, with momentum if you like"), params },
  .state_size = 1,
  .update = sgd_update,
};
