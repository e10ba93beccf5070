/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Sealed parts (bf-bytes.h): BFSH the head, BFSC columns, BFSF a frame, BFSN all of these, each with its
 * length before it. Integers and floats little-endian, 32 bits where not said otherwise.
 *   column     first, last (64), count, loss, its low and high, accuracy (double), learning rate, clip factor,
 *              input gradient, the norms of all gradients before and after clipping (double), steps normed and
 *              clipped, the first clipped and the first dead (64), the dead layer; for each layer a byte with a bit for each tensor that is there, the 13 words of
 *              BfStats of those, update ratio, saturated, dead
 *   frame      step (64); for each layer a byte with a bit for each histogram; of each its six counts, the
 *              first bin that is not empty, the number of bins up to the last such, and these bins
 *   head       layers, inputs; steps, planned, steps an epoch (64), speed, test loss and accuracy (double),
 *              outcome and where it diverged, image size, sample, start (a column), epochs, marks, stages
 */
#include "bf-snapshot-pack.h"

#include "bf-stats.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define VERSION 2
/* Far more than any snapshot has; a larger number is damage. */
#define MAX_ITEMS 10000000
#define STATS_WORDS (sizeof (BfStats) / 4)
#define HISTOGRAM_COUNTS 6   /* before the bins */

G_STATIC_ASSERT (sizeof (BfStats) == 52);
G_STATIC_ASSERT (G_STRUCT_OFFSET (BfHistogram, bins) == HISTOGRAM_COUNTS * 4);
G_STATIC_ASSERT (BF_N_TENSORS <= 8);

static void
write_layer (const BfLayerStats *layer, BfWriter *writer)
{
  BfStats none;
  guint8 there = 0;

  bf_stats_set_none (&none);
  for (guint t = 0; t < BF_N_TENSORS; t++)
    if (memcmp (&none, &layer->tensors[t], sizeof none) != 0)
      there |= 1 << t;
  bf_writer_u8 (writer, there);
  for (guint t = 0; t < BF_N_TENSORS; t++)
    if (there & 1 << t)
      bf_writer_words (writer, &layer->tensors[t], STATS_WORDS);
  bf_writer_words (writer, (float[]) { layer->update_ratio, layer->saturated, layer->dead }, 3);
}

static void
read_layer (BfLayerStats *layer, BfReader *reader)
{
  const guint8 there = bf_reader_u8 (reader);
  float ratios[3];

  for (guint t = 0; t < BF_N_TENSORS; t++)
    if (there & 1 << t)
      bf_reader_words (reader, &layer->tensors[t], STATS_WORDS);
    else
      bf_stats_set_none (&layer->tensors[t]);
  bf_reader_words (reader, ratios, 3);
  layer->update_ratio = ratios[0];
  layer->saturated = ratios[1];
  layer->dead = ratios[2];
}

void
bf_column_write (const BfColumn *self, BfWriter *writer)
{
  bf_writer_u64 (writer, self->first);
  bf_writer_u64 (writer, self->last);
  bf_writer_u32 (writer, self->count);
  bf_writer_doubles (writer, (double[]) { self->loss, self->loss_low, self->loss_high, self->accuracy }, 4);
  bf_writer_words (writer, (float[]) { self->learning_rate, self->clip_factor, self->input_gradient }, 3);
  bf_writer_doubles (writer, (double[]) { self->log_gradient, self->log_clipped }, 2);
  bf_writer_words (writer, (guint32[]) { self->normed, self->clipped }, 2);
  bf_writer_u64 (writer, self->first_clipped);
  bf_writer_u64 (writer, self->first_dead);
  bf_writer_u32 (writer, self->dead_layer);
  for (guint l = 0; l < self->n_layers; l++)
    write_layer (&self->layers[l], writer);
}

/* Since version 2. */
static void
read_gradients (BfColumn *self, BfReader *reader)
{
  double norms[2];

  bf_reader_doubles (reader, norms, 2);
  self->log_gradient = norms[0];
  self->log_clipped = norms[1];
  self->normed = bf_reader_u32 (reader);
  self->clipped = bf_reader_u32 (reader);
  self->first_clipped = bf_reader_u64 (reader);
  self->first_dead = bf_reader_u64 (reader);
  self->dead_layer = bf_reader_u32 (reader);
  if ((self->first_dead != BF_NEVER && self->dead_layer >= self->n_layers)
      || self->normed > self->count || self->clipped > self->count)
    reader->failed = TRUE;
}

BfColumn *
bf_column_read (BfReader *reader, guint n_layers)
{
  BfColumn *self = bf_column_new (n_layers);
  double doubles[4];
  float floats[3];

  self->first = bf_reader_u64 (reader);
  self->last = bf_reader_u64 (reader);
  self->count = bf_reader_u32 (reader);
  bf_reader_doubles (reader, doubles, 4);
  bf_reader_words (reader, floats, 3);
  self->loss = doubles[0];
  self->loss_low = doubles[1];
  self->loss_high = doubles[2];
  self->accuracy = doubles[3];
  self->learning_rate = floats[0];
  self->clip_factor = floats[1];
  self->input_gradient = floats[2];
  if (reader->version >= 2)
    read_gradients (self, reader);
  for (guint l = 0; l < n_layers; l++)
    read_layer (&self->layers[l], reader);
  if (self->count == 0 || self->last < self->first)
    reader->failed = TRUE;
  return self;
}

static void
write_histogram (const BfHistogram *self, BfWriter *writer)
{
  guint first = 0, end = BF_HISTOGRAM_BINS;

  while (end > 0 && self->bins[end - 1] == 0)
    end--;
  while (first < end && self->bins[first] == 0)
    first++;
  bf_writer_words (writer, self, HISTOGRAM_COUNTS);
  bf_writer_u32 (writer, first);
  bf_writer_u32 (writer, end - first);
  bf_writer_words (writer, self->bins + first, end - first);
}

static BfHistogram *
read_histogram (BfReader *reader)
{
  BfHistogram *self = g_new0 (BfHistogram, 1);
  guint first, n;

  bf_reader_words (reader, self, HISTOGRAM_COUNTS);
  first = bf_reader_u32 (reader);
  n = bf_reader_u32 (reader);
  if (first > BF_HISTOGRAM_BINS || n > BF_HISTOGRAM_BINS - first)
    reader->failed = TRUE;
  else
    bf_reader_words (reader, self->bins + first, n);
  return self;
}

void
bf_frame_write (const BfFrame *self, BfWriter *writer)
{
  bf_writer_u64 (writer, self->step);
  for (guint l = 0; l < self->n_layers; l++)
    {
      BfHistogram *const *histograms = self->histograms + l * BF_N_TENSORS;
      guint8 there = 0;

      for (guint t = 0; t < BF_N_TENSORS; t++)
        there |= histograms[t] ? 1 << t : 0;
      bf_writer_u8 (writer, there);
      for (guint t = 0; t < BF_N_TENSORS; t++)
        if (histograms[t])
          write_histogram (histograms[t], writer);
    }
}

BfFrame *
bf_frame_read (BfReader *reader, guint n_layers)
{
  BfFrame *self = bf_frame_new (n_layers);

  self->step = bf_reader_u64 (reader);
  for (guint l = 0; l < n_layers && !reader->failed; l++)
    {
      const guint8 there = bf_reader_u8 (reader);

      for (guint t = 0; t < BF_N_TENSORS; t++)
        if (there & 1 << t)
          self->histograms[l * BF_N_TENSORS + t] = read_histogram (reader);
    }
  return self;
}

GBytes *
bf_snapshot_pack_columns (const BfSnapshot *self, guint first, guint n)
{
  BfWriter writer;

  g_return_val_if_fail (first <= self->columns->len && n <= self->columns->len - first, NULL);
  bf_writer_begin (&writer, "BFSC", VERSION);
  bf_writer_u32 (&writer, self->plan->n_layers);
  bf_writer_u32 (&writer, n);
  for (guint i = 0; i < n; i++)
    bf_column_write (g_ptr_array_index (self->columns, first + i), &writer);
  return bf_writer_seal (&writer);
}

GBytes *
bf_snapshot_pack_frame (const BfSnapshot *self, guint index)
{
  BfWriter writer;

  g_return_val_if_fail (index < self->frames->len, NULL);
  bf_writer_begin (&writer, "BFSF", VERSION);
  bf_writer_u32 (&writer, self->plan->n_layers);
  bf_frame_write (g_ptr_array_index (self->frames, index), &writer);
  return bf_writer_seal (&writer);
}

static void
write_lists (const BfSnapshot *self, BfWriter *writer)
{
  bf_writer_u32 (writer, self->epochs->len);
  for (guint i = 0; i < self->epochs->len; i++)
    {
      const BfEpoch *epoch = &g_array_index (self->epochs, BfEpoch, i);

      bf_writer_u32 (writer, epoch->epoch);
      bf_writer_u64 (writer, epoch->step);
      bf_writer_doubles (writer, (double[]) { epoch->train_loss, epoch->train_accuracy, epoch->validation_loss,
                                              epoch->validation_accuracy }, 4);
    }
  bf_writer_u32 (writer, self->marks->len);
  for (guint i = 0; i < self->marks->len; i++)
    {
      const BfMark *mark = g_ptr_array_index (self->marks, i);

      bf_writer_u64 (writer, mark->step);
      bf_writer_text (writer, mark->label);
    }
  bf_writer_u32 (writer, self->stages->len);
  for (guint i = 0; i < self->stages->len; i++)
    {
      const BfStageMark *mark = g_ptr_array_index (self->stages, i);

      bf_writer_u64 (writer, mark->step);
      bf_writer_u32 (writer, mark->first);
      bf_writer_u32 (writer, mark->last);
      bf_writer_text (writer, mark->label);
    }
}

GBytes *
bf_snapshot_pack_head (const BfSnapshot *self)
{
  const BfPlan *plan = self->plan;
  BfWriter writer;

  bf_writer_begin (&writer, "BFSH", VERSION);
  bf_writer_u32 (&writer, plan->n_layers);
  bf_writer_u32 (&writer, plan->shape.inputs);
  bf_writer_u64 (&writer, self->steps);
  bf_writer_u64 (&writer, self->steps_planned);
  bf_writer_u64 (&writer, self->steps_per_epoch);
  bf_writer_doubles (&writer, (double[]) { self->steps_per_second, self->test_loss, self->test_accuracy }, 3);
  bf_writer_u32 (&writer, self->outcome);
  bf_writer_u64 (&writer, self->diverged_step);
  bf_writer_u32 (&writer, self->diverged_layer);
  bf_writer_u32 (&writer, self->diverged_what);
  bf_writer_u32 (&writer, self->image_width);
  bf_writer_u32 (&writer, self->image_height);
  bf_writer_words (&writer, self->sample, plan->shape.inputs);
  bf_column_write (self->start, &writer);
  write_lists (self, &writer);
  return bf_writer_seal (&writer);
}

/* A number of things of at least `bytes` bytes each. */
static guint
read_count (BfReader *reader, gsize bytes)
{
  const guint n = bf_reader_u32 (reader);

  if (n <= MAX_ITEMS && n <= reader->left / bytes)
    return n;
  reader->failed = TRUE;
  return 0;
}

static void
read_lists (BfSnapshot *self, BfReader *reader)
{
  for (guint n = read_count (reader, 44); n > 0; n--)
    {
      BfEpoch epoch = { .epoch = bf_reader_u32 (reader), .step = bf_reader_u64 (reader) };
      double doubles[4];

      bf_reader_doubles (reader, doubles, 4);
      epoch.train_loss = doubles[0];
      epoch.train_accuracy = doubles[1];
      epoch.validation_loss = doubles[2];
      epoch.validation_accuracy = doubles[3];
      g_array_append_val (self->epochs, epoch);
    }
  for (guint n = read_count (reader, 12); n > 0; n--)
    {
      const guint64 step = bf_reader_u64 (reader);
      g_autofree char *label = bf_reader_text (reader);

      g_ptr_array_add (self->marks, bf_mark_new (step, label));
    }
  for (guint n = read_count (reader, 20); n > 0; n--)
    {
      const guint64 step = bf_reader_u64 (reader);
      const guint first = bf_reader_u32 (reader), last = bf_reader_u32 (reader);
      g_autofree char *label = bf_reader_text (reader);

      g_ptr_array_add (self->stages, bf_stage_mark_new (step, first, last, label));
    }
}

static BfSnapshot *
snapshot_new (BfPlan *plan)
{
  BfSnapshot *self = g_new0 (BfSnapshot, 1);

  g_atomic_ref_count_init (&self->references);
  self->plan = bf_plan_ref (plan);
  self->columns = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_column_unref);
  self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_frame_unref);
  self->epochs = g_array_new (FALSE, FALSE, sizeof (BfEpoch));
  self->marks = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_mark_free);
  self->stages = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_stage_mark_free);
  self->sample = g_new0 (float, plan->shape.inputs);
  return self;
}

static void
read_head (BfSnapshot *self, BfReader *reader)
{
  double doubles[3];

  self->steps = bf_reader_u64 (reader);
  self->steps_planned = bf_reader_u64 (reader);
  self->steps_per_epoch = bf_reader_u64 (reader);
  bf_reader_doubles (reader, doubles, 3);
  self->steps_per_second = doubles[0];
  self->test_loss = doubles[1];
  self->test_accuracy = doubles[2];
  self->outcome = bf_reader_u32 (reader);
  self->diverged_step = bf_reader_u64 (reader);
  self->diverged_layer = bf_reader_u32 (reader);
  self->diverged_what = bf_reader_u32 (reader);
  self->image_width = bf_reader_u32 (reader);
  self->image_height = bf_reader_u32 (reader);
  bf_reader_words (reader, self->sample, self->plan->shape.inputs);
  self->start = bf_column_read (reader, self->plan->n_layers);
  read_lists (self, reader);
  if (self->outcome > BF_OUTCOME_CANCELLED || self->diverged_what > BF_DIVERGED_PARAMETER
      || self->diverged_layer >= self->plan->n_layers
      || (guint64) self->image_width * self->image_height > self->plan->shape.inputs)
    reader->failed = TRUE;
}

BfSnapshot *
bf_snapshot_unpack_head (GBytes *bytes, BfPlan *plan, GError **error)
{
  g_autoptr (BfSnapshot) self = NULL;
  BfReader reader;

  if (!bf_reader_open (&reader, bytes, "BFSH", VERSION, error))
    return NULL;
  if (bf_reader_u32 (&reader) != plan->n_layers || bf_reader_u32 (&reader) != plan->shape.inputs)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                   _("What was recorded belongs to another network, or its data has changed since. Run it anew."));
      return NULL;
    }
  self = snapshot_new (plan);
  read_head (self, &reader);
  return bf_reader_close (&reader, error) ? g_steal_pointer (&self) : NULL;
}

gboolean
bf_snapshot_unpack_columns (BfSnapshot *self, GBytes *bytes, GError **error)
{
  const guint n_layers = self->plan->n_layers, before = self->columns->len;
  guint64 last = before ? ((BfColumn *) g_ptr_array_index (self->columns, before - 1))->last : 0;
  BfReader reader;
  guint n;

  if (!bf_reader_open (&reader, bytes, "BFSC", VERSION, error))
    return FALSE;
  reader.failed = bf_reader_u32 (&reader) != n_layers;
  n = read_count (&reader, 1);
  for (guint i = 0; i < n && !reader.failed; i++)
    {
      BfColumn *column = bf_column_read (&reader, n_layers);

      if (self->columns->len > 0 && column->first <= last)
        reader.failed = TRUE;
      last = column->last;
      g_ptr_array_add (self->columns, column);
    }
  if (bf_reader_close (&reader, error))
    return TRUE;
  g_ptr_array_set_size (self->columns, (int) before);
  return FALSE;
}

gboolean
bf_snapshot_unpack_frame (BfSnapshot *self, GBytes *bytes, GError **error)
{
  const guint before = self->frames->len;
  BfReader reader;
  BfFrame *frame;

  if (!bf_reader_open (&reader, bytes, "BFSF", VERSION, error))
    return FALSE;
  reader.failed = bf_reader_u32 (&reader) != self->plan->n_layers;
  frame = bf_frame_read (&reader, self->plan->n_layers);
  if (before > 0 && frame->step <= ((BfFrame *) g_ptr_array_index (self->frames, before - 1))->step)
    reader.failed = TRUE;
  if (bf_reader_close (&reader, error))
    {
      g_ptr_array_add (self->frames, frame);
      return TRUE;
    }
  bf_frame_unref (frame);
  return FALSE;
}

static void
write_part (BfWriter *writer, GBytes *part)
{
  gsize n;
  gconstpointer data = g_bytes_get_data (part, &n);

  bf_writer_u64 (writer, n);
  bf_writer_raw (writer, data, n);
  g_bytes_unref (part);
}

/* The next part; bytes: those that the reader reads. */
static GBytes *
read_part (BfReader *reader, GBytes *bytes)
{
  const guint64 n = bf_reader_u64 (reader);
  const guint8 *data = n <= reader->left ? bf_reader_raw (reader, n) : NULL;

  if (!data)
    {
      reader->failed = TRUE;
      return g_bytes_new (NULL, 0);
    }
  return g_bytes_new_from_bytes (bytes, (gsize) (data - (const guint8 *) g_bytes_get_data (bytes, NULL)), n);
}

GBytes *
bf_snapshot_pack (const BfSnapshot *self)
{
  BfWriter writer;

  bf_writer_begin (&writer, "BFSN", VERSION);
  write_part (&writer, bf_snapshot_pack_head (self));
  write_part (&writer, bf_snapshot_pack_columns (self, 0, self->columns->len));
  bf_writer_u32 (&writer, self->frames->len);
  for (guint i = 0; i < self->frames->len; i++)
    write_part (&writer, bf_snapshot_pack_frame (self, i));
  return bf_writer_seal (&writer);
}

BfSnapshot *
bf_snapshot_unpack (GBytes *bytes, BfPlan *plan, GError **error)
{
  g_autoptr (BfSnapshot) self = NULL;
  g_autoptr (GBytes) head = NULL, columns = NULL;
  BfReader reader;

  if (!bf_reader_open (&reader, bytes, "BFSN", VERSION, error))
    return NULL;
  head = read_part (&reader, bytes);
  columns = read_part (&reader, bytes);
  self = bf_snapshot_unpack_head (head, plan, error);
  if (!self || !bf_snapshot_unpack_columns (self, columns, error))
    return NULL;
  for (guint n = read_count (&reader, 8); n > 0; n--)
    {
      g_autoptr (GBytes) frame = read_part (&reader, bytes);

      if (!bf_snapshot_unpack_frame (self, frame, error))
        return NULL;
    }
  return bf_reader_close (&reader, error) ? g_steal_pointer (&self) : NULL;
}
