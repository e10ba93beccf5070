/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A column is immutable once complete and shared with snapshots by reference. Merging makes new
 * columns and lets go of the old, which snapshots may still hold. Means are merged by the number
 * of steps that they are the mean of, so a column never tells in how many merges it came about.
 */
#include "bf-recording.h"

#include "bf-snapshot-pack.h"

#include <math.h>
#include <string.h>

struct _BfRecording
{
  guint n_layers;
  guint gather;           /* steps a column, 2^k */
  GPtrArray *columns;     /* of BfColumn, complete */
  BfColumn *open;         /* count 0: empty */
  double *log_sums;       /* of the open column, [layer * BF_N_TENSORS + tensor] */
  double loss_sum, accuracy_sum;
  guint n_losses;         /* finite ones of the open column */
  guint64 stride;         /* of the frames */
  GPtrArray *frames;      /* of BfFrame, at multiples of the stride */
  BfFrame *newest;        /* NULL, or newer than all of them */
};

static gsize
get_column_size (guint n_layers)
{
  return sizeof (BfColumn) + n_layers * sizeof (BfLayerStats);
}

BfRecording *
bf_recording_new (guint n_layers)
{
  BfRecording *self = g_new0 (BfRecording, 1);

  self->n_layers = n_layers;
  self->gather = 1;
  self->stride = 1;
  self->columns = g_ptr_array_new_full (BF_MAX_COLUMNS, (GDestroyNotify) bf_column_unref);
  self->frames = g_ptr_array_new_full (BF_MAX_FRAMES + 1, (GDestroyNotify) bf_frame_unref);
  self->open = bf_column_new (n_layers);
  self->log_sums = g_new0 (double, n_layers * BF_N_TENSORS);
  return self;
}

void
bf_recording_free (BfRecording *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->columns);
  g_ptr_array_unref (self->frames);
  bf_column_unref (self->open);
  g_clear_pointer (&self->newest, bf_frame_unref);
  g_free (self->log_sums);
  g_free (self);
}

/* Everything but the means: extremes of both, states of either, values of the later one. */
static void
merge_stats (BfStats *into, const BfStats *later)
{
  const BfStats earlier = *into;

  *into = *later;
  into->norm_low = fminf (earlier.norm_low, later->norm_low);
  into->norm_high = fmaxf (earlier.norm_high, later->norm_high);
  into->nonfinite = MAX (earlier.nonfinite, later->nonfinite);
  into->states = earlier.states | later->states;
  into->counted = earlier.counted + later->counted;
}

/* Mean of two means by their weights; one that is NaN counts for nothing. */
static double
merge_means (double a, double weight_a, double b, double weight_b)
{
  if (isnan (a) || weight_a <= 0)
    return b;
  if (isnan (b) || weight_b <= 0)
    return a;
  return (a * weight_a + b * weight_b) / (weight_a + weight_b);
}

/* What is of all gradients together: running means, and what came first. */
static void
merge_gradients (BfColumn *into, const BfColumn *later)
{
  into->log_gradient = merge_means (into->log_gradient, into->normed, later->log_gradient, later->normed);
  into->log_clipped = merge_means (into->log_clipped, into->normed, later->log_clipped, later->normed);
  into->normed += later->normed;
  into->clipped += later->clipped;
  into->first_clipped = MIN (into->first_clipped, later->first_clipped);
  if (into->first_dead == BF_NEVER)
    {
      into->first_dead = later->first_dead;
      into->dead_layer = later->dead_layer;
    }
}

/* Σ g² of all that is not frozen, from what was measured of each tensor. */
static double
get_squares (const BfColumn *step)
{
  static const BfTensor gradients[] = { BF_TENSOR_WEIGHT_GRADIENT, BF_TENSOR_BIAS_GRADIENT };
  double squares = 0;

  for (guint l = 0; l < step->n_layers; l++)
    for (guint i = 0; i < G_N_ELEMENTS (gradients); i++)
      {
        const BfStats *stats = &step->layers[l].tensors[gradients[i]];

        if (stats->size > 0 && !(stats->states & BF_STATE_FROZEN))
          squares += (double) stats->rms * stats->rms * stats->size;
      }
  return squares;
}

/* What one step says of all gradients together, and of layers that died. */
static void
note_gradients (BfColumn *self, const BfColumn *step)
{
  const double norm = sqrt (get_squares (step));

  if (isfinite (norm) && norm > 0 && step->clip_factor > 0)
    {
      self->log_gradient = log10 (norm);
      self->log_clipped = self->log_gradient + log10 ((double) step->clip_factor);
      self->normed = 1;
    }
  if (step->clip_factor < 1)
    {
      self->clipped = 1;
      self->first_clipped = step->first;
    }
  for (guint l = 0; l < step->n_layers && self->first_dead == BF_NEVER; l++)
    if (step->layers[l].dead >= 1)
      {
        self->first_dead = step->first;
        self->dead_layer = l;
      }
}

/* The same of a whole column, the means again left to the caller. A ratio that was not measured in
 * the later step keeps the earlier value. */
static void
merge_columns (BfColumn *into, const BfColumn *later)
{
  into->last = later->last;
  into->count += later->count;
  into->loss_low = fmin (into->loss_low, later->loss_low);
  into->loss_high = fmax (into->loss_high, later->loss_high);
  into->learning_rate = later->learning_rate;
  into->clip_factor = fminf (into->clip_factor, later->clip_factor);
  merge_gradients (into, later);
  if (!isnan (later->input_gradient))
    into->input_gradient = later->input_gradient;
  for (guint l = 0; l < into->n_layers; l++)
    {
      BfLayerStats *layer = &into->layers[l];
      const BfLayerStats *other = &later->layers[l];

      for (guint t = 0; t < BF_N_TENSORS; t++)
        merge_stats (&layer->tensors[t], &other->tensors[t]);
      layer->update_ratio = isnan (other->update_ratio) ? layer->update_ratio : other->update_ratio;
      layer->saturated = other->saturated;
      layer->dead = other->dead;
    }
}

static BfColumn *
merge_pair (const BfColumn *a, const BfColumn *b)
{
  BfColumn *merged = bf_column_new (a->n_layers);

  memcpy (merged->layers, a->layers, a->n_layers * sizeof (BfLayerStats));
  merged->first = a->first;
  merged->count = a->count;
  merged->loss_low = a->loss_low;
  merged->loss_high = a->loss_high;
  merged->clip_factor = a->clip_factor;
  merged->log_gradient = a->log_gradient;
  merged->log_clipped = a->log_clipped;
  merged->normed = a->normed;
  merged->clipped = a->clipped;
  merged->first_clipped = a->first_clipped;
  merged->first_dead = a->first_dead;
  merged->dead_layer = a->dead_layer;
  merged->input_gradient = a->input_gradient;
  merge_columns (merged, b);
  merged->loss = merge_means (a->loss, a->count, b->loss, b->count);
  merged->accuracy = merge_means (a->accuracy, a->count, b->accuracy, b->count);
  for (guint l = 0; l < a->n_layers; l++)
    for (guint t = 0; t < BF_N_TENSORS; t++)
      {
        const BfStats *x = &a->layers[l].tensors[t], *y = &b->layers[l].tensors[t];

        merged->layers[l].tensors[t].log_norm = (float) merge_means (x->log_norm, x->counted, y->log_norm, y->counted);
      }
  return merged;
}

static void
halve_columns (BfRecording *self)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->columns);

  self->columns = g_ptr_array_new_full (BF_MAX_COLUMNS, (GDestroyNotify) bf_column_unref);
  for (guint i = 0; i + 1 < old->len; i += 2)
    {
      g_ptr_array_add (self->columns, merge_pair (g_ptr_array_index (old, i), g_ptr_array_index (old, i + 1)));
      g_clear_pointer (&g_ptr_array_index (old, i), bf_column_unref);
      g_clear_pointer (&g_ptr_array_index (old, i + 1), bf_column_unref);
    }
  g_ptr_array_set_free_func (old, NULL);
  self->gather *= 2;
}

static void
add_to_sums (BfRecording *self, const BfColumn *step)
{
  if (isfinite (step->loss))
    {
      self->loss_sum += step->loss;
      self->n_losses++;
    }
  self->accuracy_sum += step->accuracy;
  for (guint l = 0; l < self->n_layers; l++)
    for (guint t = 0; t < BF_N_TENSORS; t++)
      if (step->layers[l].tensors[t].counted)
        self->log_sums[l * BF_N_TENSORS + t] += step->layers[l].tensors[t].log_norm;
}

/* Writes the means of the steps gathered so far. */
static void
write_means (const BfRecording *self, BfColumn *column)
{
  column->loss = self->n_losses ? self->loss_sum / self->n_losses : NAN;
  column->accuracy = self->accuracy_sum / column->count;
  for (guint l = 0; l < self->n_layers; l++)
    for (guint t = 0; t < BF_N_TENSORS; t++)
      {
        BfStats *stats = &column->layers[l].tensors[t];

        stats->log_norm = stats->counted ? (float) (self->log_sums[l * BF_N_TENSORS + t] / stats->counted) : NAN;
      }
}

/* A copy of the open column with its means. */
static BfColumn *
copy_open (const BfRecording *self)
{
  BfColumn *copy = bf_column_new (self->n_layers);

  memcpy (copy, self->open, get_column_size (self->n_layers));
  g_atomic_ref_count_init (&copy->references);
  write_means (self, copy);
  return copy;
}

static void
close_column (BfRecording *self)
{
  g_ptr_array_add (self->columns, copy_open (self));
  self->open->count = 0;
  self->loss_sum = self->accuracy_sum = 0;
  self->n_losses = 0;
  memset (self->log_sums, 0, self->n_layers * BF_N_TENSORS * sizeof (double));
}

void
bf_recording_add (BfRecording *self, const BfColumn *step)
{
  g_return_if_fail (step->n_layers == self->n_layers && step->count == 1);
  if (self->columns->len == BF_MAX_COLUMNS && self->open->count == 0)
    halve_columns (self);
  if (self->open->count == 0)
    {
      memcpy (self->open, step, get_column_size (self->n_layers));
      g_atomic_ref_count_init (&self->open->references);
      note_gradients (self->open, step);
    }
  else
    {
      BfColumn noted = { .log_gradient = NAN, .log_clipped = NAN, .first_clipped = BF_NEVER, .first_dead = BF_NEVER };

      merge_columns (self->open, step);
      note_gradients (&noted, step);
      merge_gradients (self->open, &noted);
    }
  add_to_sums (self, step);
  if (self->open->count >= self->gather)
    close_column (self);
}

guint64
bf_recording_count_missing (const BfRecording *self)
{
  const gboolean halves = self->columns->len == BF_MAX_COLUMNS && self->open->count == 0;
  const guint64 wanted = (guint64) (halves ? 2 : 1) * self->gather;

  return wanted - MIN (self->open->count, wanted - 1);
}

gboolean
bf_recording_wants_frame (const BfRecording *self, guint64 step)
{
  return step % self->stride == 0;
}

static void
thin_frames (BfRecording *self)
{
  self->stride *= 2;
  for (guint i = self->frames->len; i-- > 0;)
    if (((BfFrame *) g_ptr_array_index (self->frames, i))->step % self->stride != 0)
      g_ptr_array_remove_index (self->frames, i);
}

void
bf_recording_add_frame (BfRecording *self, BfFrame *frame)
{
  g_return_if_fail (frame != NULL);
  g_clear_pointer (&self->newest, bf_frame_unref);
  if (self->frames->len > BF_MAX_FRAMES && bf_recording_wants_frame (self, frame->step))
    thin_frames (self);
  if (bf_recording_wants_frame (self, frame->step))
    g_ptr_array_add (self->frames, frame);
  else
    self->newest = frame;
}

GPtrArray *
bf_recording_get_columns (const BfRecording *self)
{
  GPtrArray *columns = g_ptr_array_new_full (self->columns->len + 1, (GDestroyNotify) bf_column_unref);

  for (guint i = 0; i < self->columns->len; i++)
    g_ptr_array_add (columns, bf_column_ref (g_ptr_array_index (self->columns, i)));
  if (self->open->count > 0)
    g_ptr_array_add (columns, copy_open (self));
  return columns;
}

GPtrArray *
bf_recording_get_frames (const BfRecording *self)
{
  GPtrArray *frames = g_ptr_array_new_full (self->frames->len + 1, (GDestroyNotify) bf_frame_unref);

  for (guint i = 0; i < self->frames->len; i++)
    g_ptr_array_add (frames, bf_frame_ref (g_ptr_array_index (self->frames, i)));
  if (self->newest)
    g_ptr_array_add (frames, bf_frame_ref (self->newest));
  return frames;
}

gsize
bf_recording_get_limit (guint n_layers, guint n_histograms)
{
  const gsize frame = sizeof (BfFrame) + n_layers * BF_N_TENSORS * sizeof (BfHistogram *)
                      + n_histograms * sizeof (BfHistogram);

  return (BF_MAX_COLUMNS + 1) * get_column_size (n_layers) + (BF_MAX_FRAMES + 2) * frame;
}

void
bf_recording_write (const BfRecording *self, BfWriter *writer)
{
  bf_writer_u32 (writer, self->gather);
  bf_writer_u64 (writer, self->stride);
  bf_writer_u32 (writer, self->open->count);
  if (self->open->count == 0)
    return;
  bf_column_write (self->open, writer);
  bf_writer_doubles (writer, (double[]) { self->loss_sum, self->accuracy_sum }, 2);
  bf_writer_u32 (writer, self->n_losses);
  bf_writer_doubles (writer, self->log_sums, (gsize) self->n_layers * BF_N_TENSORS);
}

BfRecording *
bf_recording_read (BfReader *reader, guint n_layers)
{
  g_autoptr (BfRecording) self = bf_recording_new (n_layers);
  guint count;

  self->gather = bf_reader_u32 (reader);
  self->stride = bf_reader_u64 (reader);
  count = bf_reader_u32 (reader);
  if (self->gather == 0 || self->gather > 1u << 30 || self->stride == 0 || count >= self->gather)
    reader->failed = TRUE;
  if (count > 0 && !reader->failed)
    {
      g_clear_pointer (&self->open, bf_column_unref);
      self->open = bf_column_read (reader, n_layers);
      self->loss_sum = bf_reader_double (reader);
      self->accuracy_sum = bf_reader_double (reader);
      self->n_losses = bf_reader_u32 (reader);
      bf_reader_doubles (reader, self->log_sums, (gsize) n_layers * BF_N_TENSORS);
      reader->failed = reader->failed || self->open->count != count;
    }
  return reader->failed ? NULL : g_steal_pointer (&self);
}

static gboolean
check_columns (const BfRecording *self, const GPtrArray *columns, guint complete)
{
  for (guint i = 0; i < columns->len; i++)
    {
      const BfColumn *column = g_ptr_array_index (columns, i);

      if (column->n_layers != self->n_layers || column->last < column->first
          || (i < complete && column->count != self->gather)
          || (i > 0 && column->first <= ((BfColumn *) g_ptr_array_index (columns, i - 1))->last))
        return FALSE;
    }
  if (complete == columns->len)
    return TRUE;
  return ((BfColumn *) g_ptr_array_index (columns, complete))->first == self->open->first
         && ((BfColumn *) g_ptr_array_index (columns, complete))->count == self->open->count;
}

static gboolean
check_frames (const BfRecording *self, const GPtrArray *frames)
{
  for (guint i = 0; i < frames->len; i++)
    {
      const BfFrame *frame = g_ptr_array_index (frames, i);

      if (frame->n_layers != self->n_layers || (i + 1 < frames->len && !bf_recording_wants_frame (self, frame->step))
          || (i > 0 && frame->step <= ((BfFrame *) g_ptr_array_index (frames, i - 1))->step))
        return FALSE;
    }
  return frames->len > 0 && frames->len <= BF_MAX_FRAMES + 2;
}

gboolean
bf_recording_take (BfRecording *self, const GPtrArray *columns, const GPtrArray *frames)
{
  const guint open = self->open->count > 0;
  const guint complete = columns->len - MIN (columns->len, open);

  if (columns->len < open || complete > BF_MAX_COLUMNS || !check_columns (self, columns, complete)
      || !check_frames (self, frames))
    return FALSE;
  g_ptr_array_set_size (self->columns, 0);
  g_ptr_array_set_size (self->frames, 0);
  g_clear_pointer (&self->newest, bf_frame_unref);
  for (guint i = 0; i < complete; i++)
    g_ptr_array_add (self->columns, bf_column_ref (g_ptr_array_index (columns, i)));
  for (guint i = 0; i < frames->len; i++)
    {
      BfFrame *frame = bf_frame_ref (g_ptr_array_index (frames, i));

      if (bf_recording_wants_frame (self, frame->step))
        g_ptr_array_add (self->frames, frame);
      else
        self->newest = frame;
    }
  return TRUE;
}
