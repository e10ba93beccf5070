/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-factors.h"

#include "bf-layer.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static const struct
{
  const char *kind;
  BfFactor factor;
  const char *name;
} parts[] = {
  { "activation", BF_FACTOR_SLOPE, N_("slope") },
  { "dense", BF_FACTOR_WEIGHTS, N_("weights") },
  { "batch-norm", BF_FACTOR_NORMALIZATION, N_("normalization") },
  { "layer-norm", BF_FACTOR_NORMALIZATION, N_("normalization") },
  { "tensor-norm", BF_FACTOR_NORMALIZATION, N_("normalization") },
  { "add", BF_FACTOR_SKIP, N_("skip connection") },
};

/* Whether the output of `layer` goes on by a skip connection too, so that its gradient is a sum. */
static gboolean
feeds_a_skip (const BfPlan *plan, guint layer)
{
  for (guint i = layer + 1; i < plan->n_layers; i++)
    if (plan->layers[i].from == (int) layer)
      return TRUE;
  return FALSE;
}

BfFactor
bf_factor_of_layer (const BfPlan *plan, guint layer)
{
  const char *id = bf_options_get_kind (plan->layers[layer].layer->options)->id;

  if (layer > 0 && feeds_a_skip (plan, layer - 1))
    return BF_FACTOR_SKIP;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (parts[i].kind, id))
      return parts[i].factor;
  return BF_FACTOR_OTHER;
}

char *
bf_factor_get_name (const BfPlan *plan, guint layer)
{
  const BfOptions *options = plan->layers[layer].layer->options;
  const BfKind *kind = bf_options_get_kind (options);

  if (bf_factor_of_layer (plan, layer) == BF_FACTOR_SKIP && !g_str_equal (kind->id, "add"))
    return g_strdup (_("weights and skip connection"));
  if (g_str_equal (kind->id, "activation"))
    /* Translators: %s is an activation's name: "Sigmoid’s slope" */
    return g_strdup_printf (_("%s’s slope"), bf_kind_get_name (bf_options_get_kind (bf_options_choice (options, "function"))));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (parts[i].kind, kind->id))
      return g_strdup (_(parts[i].name));
  return g_strdup (bf_kind_get_name (kind));
}

double
bf_factor_measure (const BfColumn *column, const BfPlan *plan, guint layer)
{
  const double behind = bf_column_get_norm (column, layer, BF_TENSOR_OUTPUT_GRADIENT);
  const double before = layer > 0 ? bf_column_get_norm (column, layer - 1, BF_TENSOR_OUTPUT_GRADIENT)
                                  : (double) column->input_gradient;

  return behind > 0 && before > 0 && isfinite (behind) && isfinite (before) ? before / behind : NAN;
}

gboolean
bf_factors_between (const BfColumn *column, const BfPlan *plan, guint from, guint to,
                    double factors[BF_N_FACTORS], double *whole)
{
  const guint first = bf_plan_get_stage_end (plan, from) + 1, last = bf_plan_get_stage_end (plan, to);

  *whole = 1;
  for (guint i = 0; i < BF_N_FACTORS; i++)
    factors[i] = NAN;
  for (guint layer = first; layer <= last; layer++)
    {
      const BfFactor part = bf_factor_of_layer (plan, layer);
      const double factor = bf_factor_measure (column, plan, layer);

      if (isnan (factor))
        return FALSE;
      factors[part] = isnan (factors[part]) ? factor : factors[part] * factor;
      *whole *= factor;
    }
  return TRUE;
}
