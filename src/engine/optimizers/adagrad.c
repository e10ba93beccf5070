/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Adagrad (Duchi, Hazan, Singer 2011): s ← s + g²;  w ← w − rate / (1 + (t − 1) · slowing) · g / (√s + ε).
 * Weight decay is part of g.
 */
#include "bf-optimizer.h"

#include "bf-vector-math.h"

#include <glib/gi18n-lib.h>
#include <math.h>

BF_VECTORIZED static void
adagrad_update (const BfOptions *options, float learning_rate, guint64 step, gsize n,
                float *restrict values, const float *restrict gradients, float *restrict state, gsize stride)
{
  const double slowing = bf_options_number (options, "rate_decay");
  const float rate = (float) (learning_rate / (1 + (double) (step - 1) * slowing));
  const float epsilon = (float) bf_options_number (options, "epsilon");
  const float decay = (float) bf_options_number (options, "weight_decay");

  for (gsize i = 0; i < n; i++)
    {
      const float g = gradients[i] + decay * values[i];
      const float s = state[i] + g * g;

      state[i] = s;
      values[i] -= rate * g / (sqrtf (s) + epsilon);
    }
}

static const BfParam params[] = {
  { "rate_decay", N_("Learning Rate Decay"), BF_PARAM_NUMBER, 0, 1, 0 },
  { "epsilon", N_("Epsilon"), BF_PARAM_NUMBER, 0, 1, 1e-10 },
  { "weight_decay", N_("Weight Decay"), BF_PARAM_NUMBER, 0, 10, 0 },
  { NULL }
};

extern const BfOptimizer bf_optimizer_adagrad;
const BfOptimizer bf_optimizer_adagrad = {
  .kind = { "adagrad", N_("Adagrad"), N_("Divides each gradient by all its past, so steps only shrink"), params },
  .state_size = 1,
  .update = adagrad_update,
};
