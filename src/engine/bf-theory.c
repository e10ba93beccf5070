/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-theory.h"

#include "bf-activation.h"
#include "bf-initializer.h"
#include "bf-mean-field.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Var W of a dense layer's start; FALSE with a reason when theory does not cover it. */
static gboolean
get_weight_variance (const BfPlanLayer *layer, double *variance, char **reason)
{
  const BfOptions *start = bf_options_choice (layer->layer->options, "start");
  const BfInitializer *initializer = (const BfInitializer *) bf_options_get_kind (start);
  const double gain = layer->layer->gain != 0 ? layer->layer->gain : 1;
  double mean;

  if (!initializer->moments)
    {
      *reason = g_strdup_printf (_("Theory is silent: the weights of %s are not drawn independently around 0 (%s)."),
                                 layer->name, bf_kind_get_name (&initializer->kind));
      return FALSE;
    }
  initializer->moments (start, layer->outputs, layer->inputs, &mean, variance);
  *variance *= gain * gain;
  if (mean == 0)
    return TRUE;
  *reason = g_strdup_printf (_("Theory is silent: the weights of %s have the mean %g, and it holds for mean 0 only."),
                             layer->name, mean * gain);
  return FALSE;
}

static double
get_bias_variance (const BfPlanLayer *layer)
{
  const BfInitializer *initializer =
    (const BfInitializer *) bf_options_get_kind (bf_options_choice (layer->layer->options, "start"));

  if (!bf_options_boolean (layer->layer->options, "bias") || !initializer->draws_bias)
    return 0;
  return 1.0 / (3.0 * layer->inputs);   /* of U(±1/√fan_in) */
}

/* The one activation after weighted layer w, or NULL (linear); FALSE with a reason when something else stands there. */
static gboolean
find_activation (const BfPlan *plan, guint w, const BfActivation **activation, char **reason)
{
  const guint end = w + 1 < plan->n_weighted ? plan->weighted[w + 1] : plan->n_layers;

  *activation = NULL;
  for (guint i = plan->weighted[w] + 1; i < end; i++)
    {
      const BfPlanLayer *layer = &plan->layers[i];

      if (bf_options_is (layer->layer->options, "activation") && !*activation)
        *activation = (const BfActivation *) bf_options_get_kind (bf_options_choice (layer->layer->options, "function"));
      else
        {
          *reason = g_strdup_printf (_("Theory is silent: it covers dense layers with an activation each, and %s is more."),
                                     layer->name);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
describe_layer (const BfPlan *plan, guint w, double input_square, BfTheoryLayer *theory, char **reason)
{
  const BfPlanLayer *layer = &plan->layers[plan->weighted[w]];
  const BfActivation *activation;
  double variance;

  if (!bf_options_is (layer->layer->options, "dense") || (w == 0 && plan->weighted[0] > 0))
    {
      *reason = g_strdup_printf (_("Theory is silent: it covers dense layers with an activation each, and %s is more."),
                                 plan->layers[w == 0 ? 0 : plan->weighted[w]].name);
      return FALSE;
    }
  if (!get_weight_variance (layer, &variance, reason) || !find_activation (plan, w, &activation, reason))
    return FALSE;
  theory->weight_variance = layer->inputs * variance;
  theory->bias_variance = get_bias_variance (layer);
  theory->variance = theory->weight_variance * input_square + theory->bias_variance;
  theory->square = activation ? bf_mean_field_square (activation, theory->variance) : theory->variance;
  theory->slope_square = activation ? bf_mean_field_slope_square (activation, theory->variance) : 1;
  theory->slope_factor = sqrt (theory->slope_square);
  theory->weight_factor = sqrt (theory->weight_variance);
  return TRUE;
}

/* Backward from the last hidden layer: ‖∂L/∂h‖ passes slope and weights of a layer; ‖∂L/∂W‖ is ‖δ‖ times the
 * size of the layer's input. */
static void
trace_back (BfTheory *self, const BfPlan *plan, guint last, double input_square)
{
  double gradient = 0, base = 0;

  for (guint i = 0; i <= last; i++)
    {
      const guint w = last - i;
      BfTheoryLayer *layer = &self->layers[w];
      const double square = w > 0 ? self->layers[w - 1].square : input_square;
      const double input = 0.5 * log10 (plan->layers[plan->weighted[w]].inputs * square);
      const double delta = gradient + log10 (layer->slope_factor);

      if (i == 0)
        base = delta + input;
      layer->log_gradient = gradient;
      layer->log_weight_gradient = delta + input - base;
      gradient = delta + log10 (layer->weight_factor);
    }
  for (guint w = last + 1; w < self->n_layers; w++)
    self->layers[w].log_gradient = self->layers[w].log_weight_gradient = NAN;
}

static char *
find_reason (BfTheory *self, const BfPlan *plan, double input_square)
{
  guint first, last;
  char *reason = NULL;
  double square = input_square;

  if (plan->error)
    return g_strdup (plan->error);
  if (!bf_plan_get_hidden (plan, &first, &last))
    return g_strdup (_("Theory is silent: it compares hidden layers, and there are not two."));
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      if (!describe_layer (plan, w, square, &self->layers[w], &reason))
        return reason;
      square = self->layers[w].square;
    }
  trace_back (self, plan, last, input_square);
  return NULL;
}

BfTheory *
bf_theory_new (const BfPlan *plan, double input_square)
{
  BfTheory *self = g_new0 (BfTheory, 1);

  g_atomic_ref_count_init (&self->references);
  g_return_val_if_fail (plan != NULL, self);
  self->layers = g_new0 (BfTheoryLayer, MAX (plan->n_weighted, 1));
  self->n_layers = plan->n_weighted;
  self->reason = find_reason (self, plan, input_square);
  if (self->reason)
    self->n_layers = 0;
  return self;
}

BfTheory *
bf_theory_ref (BfTheory *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_theory_free (BfTheory *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->reason);
  g_free (self->layers);
  g_free (self);
}
