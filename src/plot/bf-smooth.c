/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-smooth.h"

#include <math.h>

/* Weighted sums of the points in from … to about `center`; the fitted line's value there. */
static double
fit (const double *x, const double *y, const double *weight, guint from, guint to, double sd, double center)
{
  double s0 = 0, s1 = 0, s2 = 0, t0 = 0, t1 = 0, determinant;

  for (guint i = from; i < to; i++)
    {
      double d = (x[i] - center) / sd, w = weight[i] * exp (-0.5 * d * d);

      if (!isfinite (y[i]))
        continue;
      s0 += w;
      s1 += w * d;
      s2 += w * d * d;
      t0 += w * y[i];
      t1 += w * d * y[i];
    }
  determinant = s0 * s2 - s1 * s1;
  if (!(s0 > 0))
    return NAN;
  /* All points at one place: their mean. */
  return determinant > 1e-9 * s0 * s0 ? (s2 * t0 - s1 * t1) / determinant : t0 / s0;
}

void
bf_smooth (const double *x, const double *y, const double *weight, guint n, double sd,
           const double *at, double *fitted, guint n_at)
{
  guint from = 0, to = 0;

  g_return_if_fail (sd > 0);
  for (guint i = 0; i < n_at; i++)
    {
      while (from < n && x[from] < at[i] - 4 * sd)
        from++;
      to = MAX (to, from);
      while (to < n && x[to] <= at[i] + 4 * sd)
        to++;
      fitted[i] = fit (x, y, weight, from, to, sd, at[i]);
    }
}
