/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The loss over the plane of two random directions. A network whose layers are normalized, or whose activation does
 * not mind scale, is the same with larger weights in one layer and smaller ones in the next; directions that are as
 * long as the weights themselves, unit by unit, make pictures of such networks alike (Li et al. 2018).
 */
#include "bf-landscape-private.h"

#include "bf-random.h"

#include <gsl/gsl_randist.h>
#include <math.h>

BfLossPlane *
bf_loss_plane_ref (BfLossPlane *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_loss_plane_unref (BfLossPlane *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->references))
    return;
  bf_plan_unref (self->plan);
  g_free (self->losses);
  g_free (self->accuracies);
  g_free (self);
}

double
bf_loss_plane_get_place (const BfLossPlane *self, guint i)
{
  return self->reach * (2.0 * i / (self->side - 1) - 1);
}

gboolean
bf_loss_plane_get_range (const BfLossPlane *self, double *low, double *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (guint i = 0; i < self->side * self->side; i++)
    if (isfinite (self->losses[i]))
      {
        *low = MIN (*low, self->losses[i]);
        *high = MAX (*high, self->losses[i]);
      }
  return *low <= *high;
}

/* One unit's incoming weights: normal, then as long as w. */
static void
draw_filter (gsl_rng *random, guint n, const float *w, float *d)
{
  double own = 0, drawn = 0;

  for (guint i = 0; i < n; i++)
    {
      d[i] = (float) gsl_ran_gaussian_ziggurat (random, 1);
      own += (double) w[i] * w[i];
      drawn += (double) d[i] * d[i];
    }
  for (guint i = 0; i < n; i++)
    d[i] = drawn > 0 ? (float) (d[i] * sqrt (own / drawn)) : 0;
}

gboolean
bf_loss_plane_draw_direction (BfNetwork *network, guint which, guint direction, float *out, BfProgress *progress, GError **error)
{
  const BfPlan *plan = bf_network_get_plan (network);
  const BfParameter *parameters = bf_network_get_parameters (network);

  for (guint i = 0; i < bf_network_get_n_parameters (network); i++)
    {
      const BfParameter *tensor = &parameters[i];
      const BfPlanLayer *layer = &plan->layers[tensor->layer];
      g_autofree char *purpose = g_strdup_printf ("landscape-%u-%u-%s", direction, which, tensor->name);
      g_autoptr (gsl_rng) random = NULL;

      if (tensor->frozen || !(g_str_equal (tensor->name, "weight") || g_str_equal (tensor->name, "projection")))
        continue;
      random = bf_random_new (plan->spec->seed, layer->layer->id, layer->copy, purpose);
      for (guint row = 0; row < tensor->rows; row++)
        {
          const gsize begin = (gsize) row * tensor->columns;

          draw_filter (random, tensor->columns, tensor->value + begin, out + tensor->offset + begin);
          if (!bf_progress_report (progress, 0, error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
measure_points (BfLossPlane *self, BfLossSample *sample, const float *d, const float *e, GError **error)
{
  const guint n = self->side * self->side;

  for (guint i = 0; i < n; i++)
    {
      const double a = bf_loss_plane_get_place (self, i % self->side), b = bf_loss_plane_get_place (self, i / self->side);

      if (!bf_loss_sample_move (sample, a, d, b, e, error)
          || !bf_loss_sample_pass (sample, &self->losses[i], &self->accuracies[i], NULL, error))
        return FALSE;
      sample->fraction = (i + 1.0) / n;
      if (!bf_progress_report (sample->progress, sample->fraction, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
measure (BfLossPlane *self, BfLossSample *sample, guint direction, GError **error)
{
  g_autofree float *d = bf_landscape_allocate (sample->network, error);
  g_autofree float *e = d ? bf_landscape_allocate (sample->network, error) : NULL;

  return e && bf_loss_plane_draw_direction (sample->network, 0, direction, d, sample->progress, error)
         && bf_loss_plane_draw_direction (sample->network, 1, direction, e, sample->progress, error)
         && measure_points (self, sample, d, e, error);
}

BfLossPlane *
bf_loss_plane_new (BfNetwork *network, BfDataset *data, guint64 step, guint side, double reach, guint direction,
                   BfProgress *progress, GError **error)
{
  g_autoptr (BfLossPlane) self = g_new0 (BfLossPlane, 1);
  g_auto (BfLossSample) sample = { 0 };
  const guint middle = side / 2 * side + side / 2;

  g_assert (side >= 3 && side % 2 == 1 && reach > 0);
  g_atomic_ref_count_init (&self->references);
  self->plan = bf_plan_ref (bf_network_get_plan (network));
  self->side = side;
  self->reach = reach;
  self->losses = g_new0 (double, side * side);
  self->accuracies = g_new0 (double, side * side);
  if (!bf_loss_sample_init (&sample, network, data, progress, error))
    return NULL;
  bf_loss_sample_describe (&sample, step, &self->center);
  if (!measure (self, &sample, direction, error))
    return NULL;
  self->center.loss = self->losses[middle];
  self->center.accuracy = self->accuracies[middle];
  bf_loss_sample_return (&sample);
  return g_steal_pointer (&self);
}
