/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The loss along the negative gradient. In second order L(θ − t g) = L − t ‖g‖² + t² gᵀ H g / 2: lowest at
 * t = ‖g‖² / gᵀ H g, and back at L at twice that. The line reaches from well below the learning rate and that end to
 * well above both.
 */
#include "bf-landscape-private.h"

#include "bf-layer.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define POINTS_A_DECADE 20
/* Of the weights' norm, frozen ones too, to either side: for the differences of the gradient. */
#define DIFFERENCE 1e-3
/* Decades of learning rates that the line may reach to either side. */
#define MOST_DECADES 9
/* Points that it is made longer by where the loss is still lower at its end, and how often at most. */
#define MORE 10
#define MOST_MORE 4

BfGradientLine *
bf_gradient_line_ref (BfGradientLine *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_gradient_line_unref (BfGradientLine *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->references))
    return;
  bf_plan_unref (self->plan);
  g_free (self->points);
  g_free (self);
}

static gboolean
is_exact (const BfPlan *plan)
{
  for (guint l = 0; l < plan->n_layers; l++)
    if (bf_layer_get_kind (plan->layers[l].layer)->changes_gradient)
      return FALSE;
  return TRUE;
}

/* gᵀ (∇L(θ + h g) − ∇L(θ − h g)) / 2h / ‖g‖² */
static gboolean
measure_curvature (BfGradientLine *self, BfLossSample *sample, const float *g, GError **error)
{
  g_autofree float *at = bf_landscape_allocate (sample->network, error);
  double slopes[2], loss, accuracy, norm, h;

  if (!at || !bf_loss_sample_multiply (sample, sample->center, sample->center, &norm, error))
    return FALSE;
  h = DIFFERENCE * (norm > 0 ? sqrt (norm) : 1) / sqrt (self->squares);
  for (guint side = 0; side < 2; side++)
    {
      if (!bf_loss_sample_move (sample, side ? h : -h, g, 0, NULL, error)
          || !bf_loss_sample_pass (sample, &loss, &accuracy, at, error)
          || !bf_loss_sample_multiply (sample, g, at, &slopes[side], error))
        return FALSE;
    }
  self->curvature = (slopes[1] - slopes[0]) / (2 * h) / self->squares;
  return TRUE;
}

/* Steps at even distances of their logarithm, the learning rate among them. */
static void
choose_steps (BfGradientLine *self)
{
  const double unit = self->rate > 0 ? self->rate : 1;
  const double end = self->curvature > 0 ? log10 (2 / self->curvature / unit) : 1;
  const int low = (int) CLAMP (floor (MIN (0, end)) - 1, -MOST_DECADES, 0);
  const double high = CLAMP (ceil (2 * (MAX (0, end) + 0.7)) / 2, 1, MOST_DECADES);

  self->n = (guint) lround ((high - low) * POINTS_A_DECADE) + 1;
  self->points = g_new0 (BfLinePoint, self->n + MORE * MOST_MORE);
  for (guint i = 0; i < self->n + MORE * MOST_MORE; i++)
    self->points[i].step = unit * pow (10, low + (double) i / POINTS_A_DECADE);
}

/* From a point on; the share of the whole that is done when the last is measured. */
static gboolean
measure_points (BfGradientLine *self, BfLossSample *sample, const float *g, guint first, double whole, GError **error)
{
  const double before = sample->fraction;

  for (guint i = first; i < self->n; i++)
    {
      BfLinePoint *point = &self->points[i];

      if (!bf_loss_sample_move (sample, -point->step, g, 0, NULL, error)
          || !bf_loss_sample_pass (sample, &point->loss, &point->accuracy, NULL, error))
        return FALSE;
      sample->fraction = before + (whole - before) * (i + 1 - first) / (self->n - first);
      if (!bf_progress_report (sample->progress, sample->fraction, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
measure_line (BfGradientLine *self, BfLossSample *sample, const float *g, GError **error)
{
  choose_steps (self);
  if (!measure_points (self, sample, g, 0, 0.9, error))
    return FALSE;
  for (guint i = 0; i < MOST_MORE && self->points[self->n - 1].loss < self->center.loss; i++)
    {
      const guint first = self->n;

      self->n += MORE;
      if (!measure_points (self, sample, g, first, 0.9 + 0.1 * (i + 1) / MOST_MORE, error))
        return FALSE;
    }
  return bf_progress_report (sample->progress, 1, error);
}

static gboolean
measure (BfGradientLine *self, BfLossSample *sample, GError **error)
{
  g_autofree float *g = bf_landscape_allocate (sample->network, error);

  if (!g || !bf_loss_sample_pass (sample, &self->center.loss, &self->center.accuracy, g, error)
      || !bf_loss_sample_multiply (sample, g, g, &self->squares, error))
    return FALSE;
  if (!isfinite (self->center.loss) || !isfinite (self->squares))
    {
      g_set_error_literal (error, BF_ERROR, BF_ERROR_INVALID,
                           _("The loss or its gradient is not a finite number here, so there is no direction to go. "
                             "Go back to step 0 and train fewer steps, or with a smaller learning rate."));
      return FALSE;
    }
  if (!(self->squares > 0))
    return TRUE;
  sample->fraction = 0.03;
  if (!measure_curvature (self, sample, g, error))
    return FALSE;
  sample->fraction = 0.1;
  return measure_line (self, sample, g, error);
}

BfGradientLine *
bf_gradient_line_new (BfNetwork *network, BfDataset *data, guint64 step, double rate, BfProgress *progress, GError **error)
{
  g_autoptr (BfGradientLine) self = g_new0 (BfGradientLine, 1);
  g_auto (BfLossSample) sample = { 0 };

  g_atomic_ref_count_init (&self->references);
  self->plan = bf_plan_ref (bf_network_get_plan (network));
  self->rate = rate;
  self->curvature = NAN;
  self->exact = is_exact (self->plan);
  if (!bf_loss_sample_init (&sample, network, data, progress, error))
    return NULL;
  bf_loss_sample_describe (&sample, step, &self->center);
  if (!measure (self, &sample, error))
    return NULL;
  bf_loss_sample_return (&sample);
  return g_steal_pointer (&self);
}

double
bf_gradient_line_predict (const BfGradientLine *self, double t, gboolean second_order)
{
  const double first = self->center.loss - t * self->squares;

  return second_order && isfinite (self->curvature) ? first + t * t * self->curvature * self->squares / 2 : first;
}

guint
bf_gradient_line_find_lowest (const BfGradientLine *self)
{
  double lowest = self->center.loss;
  guint found = self->n;

  for (guint i = 0; i < self->n; i++)
    if (self->points[i].loss < lowest)
      {
        lowest = self->points[i].loss;
        found = i;
      }
  return found;
}

double
bf_gradient_line_find_edge (const BfGradientLine *self)
{
  const guint lowest = bf_gradient_line_find_lowest (self);

  for (guint i = lowest + 1; i < self->n; i++)
    {
      const BfLinePoint *a = &self->points[i - 1], *b = &self->points[i];

      if (b->loss < self->center.loss)
        continue;
      if (!isfinite (b->loss))
        return a->step;
      return a->step * pow (b->step / a->step, (self->center.loss - a->loss) / (b->loss - a->loss));
    }
  return NAN;
}
