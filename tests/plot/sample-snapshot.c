/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "sample-snapshot.h"

#include <math.h>

/* An even number in 0 … 1 that depends on its place alone. */
static double
noise (guint a, guint b)
{
  guint32 h = a * 2654435761u ^ b * 2246822519u;

  h ^= h >> 15;
  h *= 2246822519u;
  h ^= h >> 13;
  return h / 4294967296.0;
}

static BfPlan *
make_plan (guint hidden)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  BfBlock *block = bf_block_new (TRUE, hidden);
  BfLayer *output;

  spec->seed = 42;
  spec->epochs = 2;
  if (hidden > 0)
    {
      BfLayer *dense = bf_layer_new (spec, "dense");

      bf_options_set_number (dense->options, "units", 128, NULL);
      g_ptr_array_add (block->layers, dense);
      g_ptr_array_add (block->layers, bf_layer_new (spec, "activation"));
      g_ptr_array_add (spec->blocks, block);
    }
  else
    bf_block_free (block);
  output = bf_spec_append (spec, "dense");
  bf_options_set_number (output->options, "units", 10, NULL);
  return bf_plan_new (spec, &(BfShape) { 784, 10, 10 });
}

/* log10 of the gradient's norm of weighted layer w of n, at share t of the run. */
static double
log_norm (SampleKind kind, guint w, guint n, double t, guint column)
{
  double from_loss = n - 1 - w;
  double wobble = 0.12 * (noise (column, 7) - 0.5) + 0.1 * (noise (column, w) - 0.5);

  switch (kind)
    {
    case SAMPLE_HEALTHY:
      return -0.2 + 0.3 * sin (w * 1.3) - 0.8 * t + 3 * wobble;
    case SAMPLE_EXPLODING:
      return -1.6 + 0.1 * from_loss + (t > 0.8 ? 60 * (t - 0.8) : 0) + 2 * wobble;
    case SAMPLE_VANISHING:
    case SAMPLE_ZEROS:
    case SAMPLE_NAN:
    case N_SAMPLES:
    default:
      return -0.1 - 0.82 * from_loss + wobble + 0.1 * t;
    }
}

static void
fill_stats (BfStats *stats, double log_value, guint32 size, guint32 states)
{
  double norm = pow (10, log_value), rms = norm / sqrt (size);

  *stats = (BfStats) {
    .log_norm = log_value, .norm_low = norm * 0.9, .norm_high = norm * 1.1, .rms = rms, .mean = rms * 0.01,
    .sd = rms, .minimum = -4 * rms, .maximum = 4 * rms, .size = size, .states = states,
  };
  if (states & BF_STATE_ZERO)
    stats->zeros = size;
  if (states & (BF_STATE_NAN | BF_STATE_INFINITE))
    stats->nonfinite = size;
  if (states)
    stats->log_norm = stats->norm_low = stats->norm_high = NAN;
}

static guint32
states_at (SampleKind kind, guint w, guint n, double t, gboolean last)
{
  if (kind == SAMPLE_NAN)
    return BF_STATE_NAN;
  if (kind == SAMPLE_EXPLODING && last)
    return w % 2 ? BF_STATE_INFINITE : BF_STATE_NAN;
  return kind == SAMPLE_ZEROS && t > 0.5 && w < n / 2 ? BF_STATE_ZERO : 0;
}

static BfColumn *
make_column (SampleKind kind, const BfPlan *plan, guint index, guint columns, guint per_column, gboolean start)
{
  BfColumn *column = bf_column_new (plan->n_layers);
  double t = columns > 1 ? index / (columns - 1.0) : 0;
  gboolean last = !start && columns > 0 && index == columns - 1;

  column->first = (guint64) index * per_column;
  column->last = column->first + (start ? 0 : per_column - 1);
  column->count = start ? 1 : per_column;
  column->loss = kind == SAMPLE_HEALTHY ? 0.3 + 2 * exp (-4 * t) : 2.303;
  column->loss += 0.1 * (noise (index, 3) - 0.5);
  if (kind == SAMPLE_EXPLODING && t > 0.8)
    column->loss *= pow (10, 10 * (t - 0.8));
  if (kind == SAMPLE_NAN || (kind == SAMPLE_EXPLODING && last))
    column->loss = NAN;
  column->loss_low = column->loss - 0.1 * noise (index, 1);
  column->loss_high = column->loss + 0.2 * noise (index, 2);
  column->accuracy = CLAMP (kind == SAMPLE_HEALTHY ? 0.9 - 0.8 * exp (-4 * t) : 0.1, 0, 1);
  column->accuracy += 0.05 * (noise (index, 4) - 0.5);
  column->learning_rate = 0.01;
  column->input_gradient = NAN;
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      guint layer = plan->weighted[w];
      double value = log_norm (kind, w, plan->n_weighted, t, index);
      guint32 states = states_at (kind, w, plan->n_weighted, t, last);
      guint end = bf_plan_get_stage_end (plan, w);

      for (guint tensor = 0; tensor < BF_N_TENSORS; tensor++)
        fill_stats (&column->layers[layer].tensors[tensor],
                    tensor == BF_TENSOR_WEIGHT || tensor == BF_TENSOR_BIAS || tensor == BF_TENSOR_OUTPUT
                      ? 0.8 : value, plan->layers[layer].outputs * plan->layers[layer].inputs, states);
      column->layers[layer].update_ratio = pow (10, value - 2.8);
      column->layers[layer].saturated = column->layers[layer].dead = NAN;
      for (guint i = layer + 1; i <= end && i < plan->n_layers; i++)
        {
          fill_stats (&column->layers[i].tensors[BF_TENSOR_OUTPUT], 0.8, 128 * 64, 0);
          fill_stats (&column->layers[i].tensors[BF_TENSOR_OUTPUT_GRADIENT], value - 0.4, 128 * 64, states);
          column->layers[i].saturated = 0.1;
        }
    }
  return column;
}

/* A bell of log10 |v| about the column's RMS. */
static BfHistogram *
make_histogram (const BfStats *stats)
{
  BfHistogram *histogram;
  double center = stats->rms > 0 ? log10 (stats->rms) : 0;

  if (stats->size == 0)
    return NULL;
  histogram = g_new0 (BfHistogram, 1);
  histogram->total = stats->size;
  if (stats->states & BF_STATE_ZERO)
    histogram->zero = stats->size;
  else if (stats->states & BF_STATE_NAN)
    histogram->nan = stats->size;
  else if (stats->states & BF_STATE_INFINITE)
    histogram->infinite = stats->size;
  else
    {
      guint32 left = stats->size;

      for (int i = 0; i < BF_HISTOGRAM_BINS; i++)
        {
          double v = BF_HISTOGRAM_LOW + (i + 0.5) * BF_HISTOGRAM_STEP - center;
          guint32 share = (guint32) MIN (left, stats->size * 0.1 * 0.8 * exp (-v * v / 0.5));

          histogram->bins[i] = share;
          left -= share;
        }
      *(center < -6 ? &histogram->under : &histogram->zero) += left;
    }
  return histogram;
}

static BfFrame *
make_frame (const BfColumn *column, guint n_layers)
{
  BfFrame *frame = bf_frame_new (n_layers);

  frame->step = column->last;
  for (guint layer = 0; layer < n_layers; layer++)
    for (guint tensor = 0; tensor < BF_N_TENSORS; tensor++)
      frame->histograms[layer * BF_N_TENSORS + tensor] = make_histogram (&column->layers[layer].tensors[tensor]);
  return frame;
}

static void
add_epochs (BfSnapshot *self, SampleKind kind)
{
  for (guint epoch = 1; epoch * self->steps_per_epoch <= self->steps; epoch++)
    {
      const BfColumn *column = bf_snapshot_get_column (self, epoch * self->steps_per_epoch - 1);
      BfEpoch row = { epoch, epoch * self->steps_per_epoch, column->loss, column->accuracy,
                      column->loss + 0.02, column->accuracy - 0.01 };

      g_array_append_val (self->epochs, row);
    }
}

BfSnapshot *
sample_snapshot_new (SampleKind kind, guint hidden, guint columns, guint per_column)
{
  BfSnapshot *self = g_new0 (BfSnapshot, 1);

  g_atomic_ref_count_init (&self->references);
  self->plan = make_plan (hidden);
  self->steps = (guint64) columns * per_column;
  self->steps_planned = MAX (2, self->steps * 5 / 4);
  self->steps_per_epoch = MAX (1, self->steps_planned / 2);
  self->steps_per_second = 900;
  self->test_loss = self->test_accuracy = NAN;
  self->start = make_column (kind, self->plan, 0, columns, 1, TRUE);
  self->columns = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_column_unref);
  self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_frame_unref);
  self->epochs = g_array_new (FALSE, TRUE, sizeof (BfEpoch));
  self->marks = g_ptr_array_new ();
  self->stages = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_stage_mark_free);
  g_ptr_array_add (self->frames, make_frame (self->start, self->plan->n_layers));
  for (guint i = 0; i < columns; i++)
    g_ptr_array_add (self->columns, make_column (kind, self->plan, i, columns, per_column, FALSE));
  if (columns > 0)
    g_ptr_array_add (self->frames, make_frame (self->columns->pdata[columns - 1], self->plan->n_layers));
  add_epochs (self, kind);
  if (kind == SAMPLE_EXPLODING && columns > 0)
    {
      self->outcome = BF_OUTCOME_DIVERGED;
      self->diverged_step = self->steps - 1;
      self->diverged_layer = self->plan->weighted[self->plan->n_weighted / 2];
      self->diverged_what = BF_DIVERGED_GRADIENT;
    }
  self->sample = g_new0 (float, self->plan->shape.inputs);
  for (guint i = 0; i < self->plan->shape.inputs; i++)
    self->sample[i] = (i / 28 + i % 28) % 28 / 27.f;
  self->image_width = self->image_height = 28;
  return self;
}
