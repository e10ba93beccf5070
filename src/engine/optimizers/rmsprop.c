/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * RMSprop (Hinton 2012): v ← α v + (1 − α) g²;  u = g / (√v + ε);  with momentum b ← momentum · b + u;
 * w ← w − rate · (b or u). Weight decay is part of g.
 */
#include "bf-optimizer.h"

#include "bf-vector-math.h"

#include <glib/gi18n-lib.h>
#include <math.h>

BF_VECTORIZED static void
rmsprop_update (const BfOptions *options, float learning_rate, guint64 step, gsize n,
                float *restrict values, const float *restrict gradients, float *restrict state, gsize stride)
{
  const double alpha = bf_options_number (options, "alpha");
  const float keep = (float) alpha, take = (float) (1 - alpha);
  const float epsilon = (float) bf_options_number (options, "epsilon");
  const float momentum = (float) bf_options_number (options, "momentum");
  const float decay = (float) bf_options_number (options, "weight_decay");
  float *restrict squares = state;
  float *restrict velocities = state + stride;

  for (gsize i = 0; i < n; i++)
    {
      const float g = gradients[i] + decay * values[i];
      const float v = keep * squares[i] + take * g * g;
      const float b = momentum * velocities[i] + g / (sqrtf (v) + epsilon);

      squares[i] = v;
      velocities[i] = b;
      values[i] -= learning_rate * b;
    }
}

static const BfParam params[] = {
  { "alpha", N_("Alpha"), BF_PARAM_NUMBER, 0, 0.99999, 0.99 },
  { "epsilon", N_("Epsilon"), BF_PARAM_NUMBER, 0, 1, 1e-8 },
  { "momentum", N_("Momentum"), BF_PARAM_NUMBER, 0, 0.9999, 0 },
  { "weight_decay", N_("Weight Decay"), BF_PARAM_NUMBER, 0, 10, 0 },
  { NULL }
};

extern const BfOptimizer bf_optimizer_rmsprop;
const BfOptimizer bf_optimizer_rmsprop = {
  .kind = { "rmsprop", N_("RMSprop"), N_("Divides each gradient by its recent size"), params },
  .state_size = 2,
  .update = rmsprop_update,
};
