/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Clipping by value: g ← min (max (g, −limit), limit) for each element. By norm: each tensor with
 * ‖g‖₂ > limit is scaled to that norm. By global norm (Pascanu, Mikolov, Bengio 2013): all tensors
 * by limit / ‖all‖₂ when that norm is above the limit, so that the direction stays.
 */
#include "bf-clip.h"

#include "bf-reduce.h"
#include "bf-vector-math.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static gsize
get_size (const BfParameter *parameter)
{
  return (gsize) parameter->rows * parameter->columns;
}

/* Σ g² of all that is not frozen. */
static double
get_squares (const BfParameter *parameters, guint n)
{
  double squares = 0;

  for (guint i = 0; i < n; i++)
    if (!parameters[i].frozen)
      squares += bf_reduce_squares (get_size (&parameters[i]), parameters[i].gradient, 0);
  return squares;
}

BF_VECTORIZED static void
scale (gsize n, float *gradients, float factor)
{
  for (gsize i = 0; i < n; i++)
    gradients[i] *= factor;
}

BF_VECTORIZED static void
limit_elements (gsize n, float *gradients, float limit)
{
  for (gsize i = 0; i < n; i++)
    {
      float g = gradients[i];

      g = g > limit ? limit : g;
      gradients[i] = g < -limit ? -limit : g;
    }
}

static void
value_apply (const BfParameter *parameters, guint n, double limit)
{
  for (guint i = 0; i < n; i++)
    if (!parameters[i].frozen)
      limit_elements (get_size (&parameters[i]), parameters[i].gradient, (float) limit);
}

static void
norm_apply (const BfParameter *parameters, guint n, double limit)
{
  for (guint i = 0; i < n; i++)
    {
      double norm = sqrt (get_squares (&parameters[i], 1));

      if (norm > limit)
        scale (get_size (&parameters[i]), parameters[i].gradient, (float) (limit / norm));
    }
}

static void
global_norm_apply (const BfParameter *parameters, guint n, double limit)
{
  double norm = sqrt (get_squares (parameters, n));

  for (guint i = 0; i < n && norm > limit; i++)
    if (!parameters[i].frozen)
      scale (get_size (&parameters[i]), parameters[i].gradient, (float) (limit / norm));
}

static const BfParam params[] = {
  { "limit", N_("Limit"), BF_PARAM_NUMBER, 1e-9, 1e9, 1 },
  { NULL }
};

static const BfClipping none = {
  { "none", N_("None"), N_("Gradients stay as they are"), NULL }, NULL
};
static const BfClipping by_value = {
  { "value", N_("By Value"), N_("Each element to at most the limit; the direction changes"), params }, value_apply
};
static const BfClipping by_norm = {
  { "norm", N_("By Norm"), N_("Each tensor's gradient to at most the limit in length"), params }, norm_apply
};
static const BfClipping by_global_norm = {
  { "global-norm", N_("By Global Norm"), N_("All gradients together to at most the limit in length"), params },
  global_norm_apply
};

static const BfKind *const clippings[] = {
  &none.kind,
  &by_value.kind,
  &by_norm.kind,
  &by_global_norm.kind,
  NULL
};

const BfKind *const *
bf_clippings (void)
{
  return clippings;
}

void
bf_clip_apply (BfNetwork *network, const BfOptions *options, double *factor)
{
  const BfClipping *clipping = (const BfClipping *) bf_options_get_kind (options);
  const BfParameter *parameters;
  guint n = bf_network_get_n_parameters (network);
  double before = 0;

  if (factor)
    *factor = 1;
  if (!clipping->apply)
    return;
  parameters = bf_network_get_parameters (network);
  if (factor)
    before = get_squares (parameters, n);
  clipping->apply (parameters, n, bf_options_number (options, "limit"));
  if (before > 0)
    *factor = sqrt (get_squares (parameters, n) / before);
}
