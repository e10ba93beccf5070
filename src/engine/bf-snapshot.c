/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-snapshot.h"

#include <math.h>

BfSnapshot *
bf_snapshot_ref (BfSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_snapshot_unref (BfSnapshot *self)
{
  g_return_if_fail (self != NULL);
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_pointer (&self->plan, bf_plan_unref);
  g_clear_pointer (&self->start, bf_column_unref);
  g_clear_pointer (&self->columns, g_ptr_array_unref);
  g_clear_pointer (&self->frames, g_ptr_array_unref);
  g_clear_pointer (&self->epochs, g_array_unref);
  g_clear_pointer (&self->marks, g_ptr_array_unref);
  g_clear_pointer (&self->stages, g_ptr_array_unref);
  g_free (self->sample);
  g_free (self);
}

/* Columns lie in order: the last one that begins at or before the step. */
const BfColumn *
bf_snapshot_get_column (const BfSnapshot *self, guint64 step)
{
  const BfColumn *found = self->start;
  guint low = 0, high = self->columns->len;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;
      const BfColumn *column = g_ptr_array_index (self->columns, middle);

      if (column->first <= step)
        {
          found = column;
          low = middle + 1;
        }
      else
        high = middle;
    }
  return found;
}

const BfFrame *
bf_snapshot_get_frame (const BfSnapshot *self, guint64 step)
{
  const BfFrame *nearest = NULL;
  guint64 distance = G_MAXUINT64;

  for (guint i = 0; i < self->frames->len; i++)
    {
      const BfFrame *frame = g_ptr_array_index (self->frames, i);
      const guint64 away = frame->step > step ? frame->step - step : step - frame->step;

      if (away < distance)
        {
          nearest = frame;
          distance = away;
        }
    }
  return nearest;
}

guint64
bf_snapshot_get_last_step (const BfSnapshot *self)
{
  const BfColumn *last = self->start;

  if (self->columns->len > 0)
    last = g_ptr_array_index (self->columns, self->columns->len - 1);
  return last->last;
}

BfMark *
bf_mark_new (guint64 step, const char *label)
{
  BfMark *self = g_new (BfMark, 1);

  *self = (BfMark) { step, g_strdup (label) };
  return self;
}

void
bf_mark_free (BfMark *self)
{
  g_free (self->label);
  g_free (self);
}

BfStageMark *
bf_stage_mark_new (guint64 step, guint first, guint last, const char *label)
{
  BfStageMark *self = g_new (BfStageMark, 1);

  *self = (BfStageMark) { step, first, last, g_strdup (label) };
  return self;
}

void
bf_stage_mark_free (BfStageMark *self)
{
  g_free (self->label);
  g_free (self);
}

BfColumn *
bf_column_new (guint n_layers)
{
  BfColumn *self = g_malloc0 (sizeof (BfColumn) + n_layers * sizeof (BfLayerStats));

  g_atomic_ref_count_init (&self->references);
  self->n_layers = n_layers;
  self->log_gradient = self->log_clipped = NAN;
  self->first_clipped = self->first_dead = BF_NEVER;
  return self;
}

BfColumn *
bf_column_copy (const BfColumn *self)
{
  BfColumn *copy = g_memdup2 (self, sizeof (BfColumn) + self->n_layers * sizeof (BfLayerStats));

  g_atomic_ref_count_init (&copy->references);
  return copy;
}

BfColumn *
bf_column_ref (BfColumn *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_column_unref (BfColumn *self)
{
  g_return_if_fail (self != NULL);
  if (g_atomic_ref_count_dec (&self->references))
    g_free (self);
}

BfFrame *
bf_frame_new (guint n_layers)
{
  BfFrame *self = g_malloc0 (sizeof (BfFrame) + (gsize) n_layers * BF_N_TENSORS * sizeof (BfHistogram *));

  g_atomic_ref_count_init (&self->references);
  self->n_layers = n_layers;
  return self;
}

BfFrame *
bf_frame_ref (BfFrame *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_frame_unref (BfFrame *self)
{
  g_return_if_fail (self != NULL);
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (guint i = 0; i < self->n_layers * BF_N_TENSORS; i++)
    g_free (self->histograms[i]);
  g_free (self);
}

double
bf_column_get_norm (const BfColumn *self, guint layer, BfTensor tensor)
{
  const BfStats *stats;

  g_return_val_if_fail (layer < self->n_layers && tensor < BF_N_TENSORS, NAN);
  stats = &self->layers[layer].tensors[tensor];
  if (stats->size == 0 || stats->states & BF_STATE_NAN)
    return NAN;
  if (stats->states & BF_STATE_INFINITE)
    return INFINITY;
  if (stats->counted > 0)
    return pow (10, stats->log_norm);
  return stats->states & BF_STATE_ZERO ? 0 : NAN;
}

double
bf_column_get_attenuation (const BfColumn *self, const BfPlan *plan)
{
  guint first, last;

  if (!bf_plan_get_hidden (plan, &first, &last))
    return NAN;
  return bf_column_get_norm (self, plan->weighted[first], BF_TENSOR_WEIGHT_GRADIENT)
         / bf_column_get_norm (self, plan->weighted[last], BF_TENSOR_WEIGHT_GRADIENT);
}

/* Values below the bins are taken to lie at the lowest edge, those above at the highest; what is
 * not finite is left out. */
double
bf_histogram_get_quantile (const BfHistogram *self, double q)
{
  const double finite = (double) self->total - self->infinite - self->nan;
  const double rank = CLAMP (q, 0, 1) * finite;
  double below = self->zero;

  if (finite <= 0)
    return NAN;
  if (rank < below || below == finite)
    return 0;
  below += self->under;
  if (rank < below)
    return pow (10, BF_HISTOGRAM_LOW);
  for (guint bin = 0; bin < BF_HISTOGRAM_BINS; bin++)
    {
      const double count = self->bins[bin];

      if (count > 0 && rank <= below + count)
        return pow (10, BF_HISTOGRAM_LOW + BF_HISTOGRAM_STEP * (bin + (rank - below) / count));
      below += count;
    }
  return pow (10, BF_HISTOGRAM_LOW + BF_HISTOGRAM_STEP * BF_HISTOGRAM_BINS);
}
