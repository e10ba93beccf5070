/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Each optimizer as PyTorch defines it.
 */
#include "bf-optimizer.h"

#include "bf-spec.h"
#include "bf-vector-math.h"

#include <glib/gi18n-lib.h>

/* g ← g + decay · w;  v ← momentum · v + g;  w ← w − rate · (nesterov ? g + momentum · v : v) */
BF_VECTORIZED static void
sgd_update (const BfOptions *options, float learning_rate, guint64 step, gsize n,
            float *restrict values, const float *restrict gradients, float *restrict state, gsize stride)
{
  float momentum = (float) bf_options_number (options, "momentum");
  float decay = (float) bf_options_number (options, "weight_decay");
  gboolean nesterov = bf_options_boolean (options, "nesterov");

  if (momentum == 0 && decay == 0)
    for (gsize i = 0; i < n; i++)
      values[i] -= learning_rate * gradients[i];
  else if (momentum == 0)
    for (gsize i = 0; i < n; i++)
      values[i] -= learning_rate * (gradients[i] + decay * values[i]);
  else
    for (gsize i = 0; i < n; i++)
      {
        float g = gradients[i] + decay * values[i];
        float v = momentum * state[i] + g;

        state[i] = v;
        values[i] -= learning_rate * (nesterov ? g + momentum * v : v);
      }
}

static const BfParam sgd_params[] = {
  { "momentum", N_("Momentum"), BF_PARAM_NUMBER, 0, 0.9999, 0 },
  { "nesterov", N_("Nesterov"), BF_PARAM_BOOLEAN, 0, 1, 0 },
  { "weight_decay", N_("Weight Decay"), BF_PARAM_NUMBER, 0, 10, 0 },
  { NULL }
};

static const BfOptimizer sgd = {
  { "sgd", N_("SGD"), N_("A step against the gradient, with momentum if you like"), sgd_params }, 1, sgd_update
};

static const BfKind *const optimizers[] = {
  &sgd.kind,
  NULL
};

const BfKind *const *
bf_optimizers (void)
{
  return optimizers;
}
