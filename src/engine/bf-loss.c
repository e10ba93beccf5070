/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Cross-entropy: softmax over the outputs z with log-sum-exp, L = mean (log Σ exp z − z[label]),
 * ∂L/∂z = (softmax − onehot) / n.
 * Mean squared error: L = mean over all n · outputs elements of (z − t)², ∂L/∂z = 2 (z − t) / (n · outputs);
 * t is the target, or the one-hot label where the data has classes.
 */
#include "bf-loss.h"

#include "bf-spec.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Powers of e that are kept from the sum to the gradient. */
#define KEPT 256

static double
cross_entropy (guint n, guint outputs, const float *output, const guint16 *labels,
               const float *targets, float *gradient)
{
  double total = 0, kept[KEPT];

  for (guint i = 0; i < n; i++)
    {
      const float *z = output + (gsize) i * outputs;
      float *g = gradient + (gsize) i * outputs;
      double maximum = z[0], sum = 0;

      for (guint j = 1; j < outputs; j++)
        if (z[j] > maximum)
          maximum = z[j];
      for (guint j = 0; j < outputs; j++)
        {
          const double power = exp (z[j] - maximum);

          sum += power;
          if (j < KEPT)
            kept[j] = power;
        }
      total += log (sum) + maximum - z[labels[i]];
      for (guint j = 0; j < outputs; j++)
        g[j] = (float) (((j < KEPT ? kept[j] : exp (z[j] - maximum)) / sum - (j == labels[i])) / n);
    }
  return total / n;
}

static double
mean_squared_error (guint n, guint outputs, const float *output, const guint16 *labels,
                    const float *targets, float *gradient)
{
  double total = 0, size = (double) n * outputs;

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < outputs; j++)
      {
        gsize at = (gsize) i * outputs + j;
        double target = targets ? targets[at] : labels[i] == j;
        double difference = output[at] - target;

        total += difference * difference;
        gradient[at] = (float) (2 * difference / size);
      }
  return total / size;
}

static const BfLoss losses[] = {
  { { "cross-entropy", N_("Cross-Entropy"), N_("For classes: how surprising the right class is"), NULL },
    TRUE, cross_entropy },
  { { "mse", N_("Mean Squared Error"), N_("For numbers: the mean square of the difference"), NULL },
    FALSE, mean_squared_error },
};

const BfKind *const *
bf_losses (void)
{
  static const BfKind *const table[] = { &losses[0].kind, &losses[1].kind, NULL };

  return table;
}
