/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-scaling.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
fit_none (const BfRawData *raw, const guint *rows, guint n, float *offset, float *factor)
{
  for (guint j = 0; j < raw->inputs; j++)
    {
      offset[j] = 0;
      factor[j] = 1;
    }
}

/* Bytes are divided by 255, whatever range the training split happens to show; other features go
 * from their smallest and largest training value to 0 and 1. A constant feature becomes 0. */
static void
fit_unit (const BfRawData *raw, const guint *rows, guint n, float *offset, float *factor)
{
  const guint inputs = raw->inputs;
  g_autofree float *high = NULL;

  if (raw->bytes)
    {
      for (guint j = 0; j < inputs; j++)
        {
          offset[j] = 0;
          factor[j] = 1.0f / 255;
        }
      return;
    }
  high = g_new (float, inputs);
  for (guint j = 0; j < inputs; j++)
    {
      offset[j] = INFINITY;
      high[j] = -INFINITY;
    }
  for (guint i = 0; i < n; i++)
    {
      const float *row = raw->values + (gsize) rows[i] * inputs;

      for (guint j = 0; j < inputs; j++)
        {
          offset[j] = MIN (offset[j], row[j]);
          high[j] = MAX (high[j], row[j]);
        }
    }
  for (guint j = 0; j < inputs; j++)
    {
      const double range = (double) high[j] - offset[j];

      factor[j] = high[j] > offset[j] ? (float) (1 / range) : 0;
    }
}

/* Adds the training rows' deviations from `mean` to `sum` and their squares to `squares`. */
static void
sum_deviations (const BfRawData *raw, const guint *rows, guint n, const double *mean,
                double *sum, double *squares)
{
  const guint inputs = raw->inputs;

  for (guint i = 0; i < n; i++)
    {
      const guint8 *bytes = raw->bytes ? raw->bytes + (gsize) rows[i] * inputs : NULL;
      const float *values = raw->values ? raw->values + (gsize) rows[i] * inputs : NULL;

      for (guint j = 0; j < inputs; j++)
        {
          const double d = (bytes ? bytes[j] : (double) values[j]) - mean[j];

          sum[j] += d;
          squares[j] += d * d;
        }
    }
}

/* Mean 0 and standard deviation 1 (divided by n) for each feature. Deviations are taken from the
 * first training row and then corrected, which is exact for a constant feature: it becomes 0. */
static void
fit_standardized (const BfRawData *raw, const guint *rows, guint n, float *offset, float *factor)
{
  const guint inputs = raw->inputs;
  g_autofree double *mean = g_new0 (double, inputs);
  g_autofree double *sum = g_new0 (double, inputs);
  g_autofree double *squares = g_new0 (double, inputs);

  for (guint j = 0; j < inputs; j++)
    mean[j] = raw->bytes ? raw->bytes[(gsize) rows[0] * inputs + j] : raw->values[(gsize) rows[0] * inputs + j];
  sum_deviations (raw, rows, n, mean, sum, squares);
  for (guint j = 0; j < inputs; j++)
    {
      const double shift = sum[j] / n;
      const double variance = squares[j] / n - shift * shift;

      offset[j] = (float) (mean[j] + shift);
      factor[j] = variance > 0 ? (float) (1 / sqrt (variance)) : 0;
      if (!isfinite (factor[j]))
        factor[j] = 0;
    }
}

static const BfScaling none = {
  .kind = { "none", N_("As They Are"), N_("The inputs as the file has them") },
  .fit = fit_none,
};

static const BfScaling unit = {
  .kind = { "unit", N_("To 0 … 1"), N_("Each input from its smallest to its largest training value; pixels divided by 255") },
  .fit = fit_unit,
};

static const BfScaling standardized = {
  .kind = { "standardized", N_("Standardized"), N_("Each input with mean 0 and standard deviation 1 over the training samples") },
  .fit = fit_standardized,
};

const BfKind *const *
bf_scalings (void)
{
  static const BfKind *const table[] = { &none.kind, &unit.kind, &standardized.kind, NULL };

  return table;
}
