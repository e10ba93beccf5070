/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "phase-private.h"

#include <math.h>

static BfPhaseField *
make_field (const BfActivation *activation)
{
  BfPhaseField *self = g_new0 (BfPhaseField, 1);
  g_autoptr (BfMeanField) field = bf_mean_field_new (activation);
  double low = INFINITY, high = 0;

  self->activation = activation;
  for (guint i = 0; i < BF_PHASE_QS; i++)
    {
      self->q[i] = pow (10, -6 + 12.0 * i / (BF_PHASE_QS - 1));
      self->square[i] = bf_mean_field_get_square (field, self->q[i]);
      self->slope_square[i] = bf_mean_field_get_slope_square (field, self->q[i]);
      low = MIN (low, self->slope_square[i]);
      high = MAX (high, self->slope_square[i]);
    }
  self->even = high - low < 1e-4 * high;
  return self;
}

const BfPhaseField *
bf_phase_field_get (const BfActivation *activation)
{
  static GMutex mutex;
  static GHashTable *fields;
  BfPhaseField *self;

  g_mutex_lock (&mutex);
  if (!fields)
    fields = g_hash_table_new (NULL, NULL);
  self = g_hash_table_lookup (fields, activation);
  if (!self)
    {
      self = make_field (activation);
      g_hash_table_insert (fields, (gpointer) activation, self);
    }
  g_mutex_unlock (&mutex);
  return self;
}

/* What the forward map adds to the i-th q. */
static double
excess (const BfPhaseField *self, guint i, double weight_variance, double bias_variance)
{
  return weight_variance * self->square[i] + bias_variance - self->q[i];
}

/* From `place` (tables' units) to where the forward map stays, in the direction that it moves in. */
static double
find_fixed_point (const BfPhaseField *self, double weight_variance, double bias_variance, guint place)
{
  guint i = place;
  double here = excess (self, i, weight_variance, bias_variance), next;
  const int way = here > 0 ? 1 : -1;

  while (here * way > 0)
    {
      if (way > 0 ? i + 1 >= BF_PHASE_QS : i == 0)
        return i;
      next = excess (self, i + way, weight_variance, bias_variance);
      if (next * way <= 0)
        return i + way * here / (here - next);
      here = next;
      i += way;
    }
  return i;
}

#define START (BF_PHASE_QS / 2)   /* q = 1 */

static double
get_slope_square (const BfPhaseField *self, double place)
{
  const guint i = MIN ((guint) place, BF_PHASE_QS - 2);
  const double t = place - i;

  return self->slope_square[i] * (1 - t) + self->slope_square[i + 1] * t;
}

double
bf_phase_field_get_chi (const BfPhaseField *self, double weight_variance, double bias_variance)
{
  return weight_variance * get_slope_square (self, find_fixed_point (self, weight_variance, bias_variance, START));
}

void
bf_phase_field_fill (const BfPhaseField *self, double weight_variance, guint n, const double *bias_variances, double *chis)
{
  double place = -1;
  gboolean up = FALSE;

  for (guint k = 0; k < n; k++)
    {
      /* The fixed point only grows with the biases' variance: each begins at the one before it,
       * unless that one was reached from above and this one is not. */
      const gboolean now_up = excess (self, START, weight_variance, bias_variances[k]) > 0;
      const guint from = now_up && up ? (guint) place : START;

      place = find_fixed_point (self, weight_variance, bias_variances[k], from);
      up = now_up;
      chis[k] = weight_variance * get_slope_square (self, place);
    }
}

gboolean
bf_phase_field_get_contour (const BfPhaseField *self, double chi, guint i, double *weight_variance, double *bias_variance)
{
  const double w = chi / self->slope_square[i], b = self->q[i] - w * self->square[i];

  *weight_variance = w;
  *bias_variance = b;
  return b >= 0 && isfinite (w) && fabs (find_fixed_point (self, w, b, START) - i) < 2;
}

double
bf_phase_field_get_critical (const BfPhaseField *self, double bias_variance)
{
  double low = 1e-3, high = 1e4;

  if (!(bf_phase_field_get_chi (self, high, bias_variance) > 1))
    return INFINITY;
  for (guint i = 0; i < 60; i++)
    {
      const double middle = sqrt (low * high);

      *(bf_phase_field_get_chi (self, middle, bias_variance) < 1 ? &low : &high) = middle;
    }
  return sqrt (low * high);
}

double
bf_phase_get_layers (double chi)
{
  return 2 / fabs (log10 (chi));
}

static const BfActivation *
find_activation (const BfPlan *plan, guint w)
{
  const guint end = w + 1 < plan->n_weighted ? plan->weighted[w + 1] : plan->n_layers;

  for (guint i = plan->weighted[w] + 1; i < end; i++)
    if (bf_options_is (plan->layers[i].layer->options, "activation"))
      return (const BfActivation *) bf_options_get_kind (bf_options_choice (plan->layers[i].layer->options, "function"));
  return (const BfActivation *) bf_kind_find (bf_activations, "linear");
}

/* The activation of most hidden layers; the first of equals. */
static const BfActivation *
find_main_activation (const BfPlan *plan, guint first, guint last)
{
  const BfActivation *best = NULL;
  guint most = 0;

  for (guint w = first; w <= last && w < plan->n_weighted; w++)
    {
      const BfActivation *activation = find_activation (plan, w);
      guint n = 0;

      if (activation == best)
        continue;
      for (guint v = w; v <= last; v++)
        n += find_activation (plan, v) == activation;
      if (n > most)
        best = activation;
      most = MAX (n, most);
    }
  return best ? best : (const BfActivation *) bf_kind_find (bf_activations, "linear");
}

static BfPhaseNetwork *
make_network (BfPlan *plan)
{
  BfPhaseNetwork *self = g_new0 (BfPhaseNetwork, 1);
  /* Where a layer lies in the plane does not depend on the data's size. */
  g_autoptr (BfTheory) theory = bf_theory_new (plan, 1);
  guint first = 0, last = 0;

  bf_plan_get_hidden (plan, &first, &last);
  self->activation = find_main_activation (plan, first, last);
  self->field = bf_phase_field_get (self->activation);
  self->reason = g_strdup (theory->reason);
  self->fan_in = last < plan->n_weighted ? plan->layers[plan->weighted[last]].inputs : 0;
  self->layers = g_new0 (BfPhaseLayer, MAX (theory->n_layers, 1));
  for (guint w = first; w <= last && w < theory->n_layers; w++)
    {
      const BfTheoryLayer *layer = &theory->layers[w];

      if (find_activation (plan, w) != self->activation)
        continue;
      self->layers[self->n_layers++] = (BfPhaseLayer) {
        w, layer->weight_variance, layer->bias_variance,
        bf_phase_field_get_chi (self->field, layer->weight_variance, layer->bias_variance),
      };
    }
  return self;
}

static BfPhaseNetwork *
copy_network (const BfPhaseNetwork *network)
{
  BfPhaseNetwork *self = g_memdup2 (network, sizeof *network);

  self->reason = g_strdup (network->reason);
  self->layers = g_memdup2 (network->layers, MAX (network->n_layers, 1) * sizeof *network->layers);
  return self;
}

/* The last plan asked about is kept: a pointer that moves draws the same network again and again, and theory
 * takes milliseconds a layer. */
BfPhaseNetwork *
bf_phase_network_new (BfPlan *plan)
{
  static GMutex mutex;
  static BfPlan *kept;
  static BfPhaseNetwork *network;
  BfPhaseNetwork *copy;

  g_mutex_lock (&mutex);
  if (kept != plan)
    {
      g_clear_pointer (&network, bf_phase_network_free);
      g_clear_pointer (&kept, bf_plan_unref);
      kept = bf_plan_ref (plan);
      network = make_network (plan);
    }
  copy = copy_network (network);
  g_mutex_unlock (&mutex);
  return copy;
}

void
bf_phase_network_free (BfPhaseNetwork *self)
{
  g_free (self->reason);
  g_free (self->layers);
  g_free (self);
}
