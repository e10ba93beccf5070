/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Bins of a histogram are mostly empty, so a frame holds runs: how many empty bins, how many that
 * are not, and those.
 */
#include "bf-notebook-pack.h"

#include <string.h>

#define MAX_INPUTS (1 << 26)

/* Writing */

static void
put32 (GByteArray *out, guint32 value)
{
  const guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (out, (const guint8 *) &little, sizeof little);
}

static void
put64 (GByteArray *out, guint64 value)
{
  const guint64 little = GUINT64_TO_LE (value);

  g_byte_array_append (out, (const guint8 *) &little, sizeof little);
}

static void
put_float (GByteArray *out, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  put32 (out, bits);
}

static void
put_double (GByteArray *out, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  put64 (out, bits);
}

/* Reading: past the end everything is 0, and `failed` says so. */

typedef struct
{
  const guint8 *at, *end;
  gboolean failed;
} Reader;

static Reader
reader_begin (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return (Reader) { data, data + size, FALSE };
}

static void
get_bytes (Reader *in, gpointer to, gsize size)
{
  if (in->failed || (gsize) (in->end - in->at) < size)
    {
      in->failed = TRUE;
      memset (to, 0, size);
      return;
    }
  memcpy (to, in->at, size);
  in->at += size;
}

static guint32
get32 (Reader *in)
{
  guint32 little;

  get_bytes (in, &little, sizeof little);
  return GUINT32_FROM_LE (little);
}

static guint64
get64 (Reader *in)
{
  guint64 little;

  get_bytes (in, &little, sizeof little);
  return GUINT64_FROM_LE (little);
}

static float
get_float (Reader *in)
{
  const guint32 bits = get32 (in);
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static double
get_double (Reader *in)
{
  const guint64 bits = get64 (in);
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static gboolean
is_done (const Reader *in)
{
  return !in->failed && in->at == in->end;
}

/* Columns: fields in the order of the structure */

/* The fields of BfStats: first eight floats, then five integers. */
static const gsize stats_floats[] = {
  G_STRUCT_OFFSET (BfStats, log_norm), G_STRUCT_OFFSET (BfStats, norm_low), G_STRUCT_OFFSET (BfStats, norm_high),
  G_STRUCT_OFFSET (BfStats, rms), G_STRUCT_OFFSET (BfStats, mean), G_STRUCT_OFFSET (BfStats, sd),
  G_STRUCT_OFFSET (BfStats, minimum), G_STRUCT_OFFSET (BfStats, maximum),
};
static const gsize stats_integers[] = {
  G_STRUCT_OFFSET (BfStats, size), G_STRUCT_OFFSET (BfStats, zeros), G_STRUCT_OFFSET (BfStats, nonfinite),
  G_STRUCT_OFFSET (BfStats, states), G_STRUCT_OFFSET (BfStats, counted),
};

static void
put_layer (GByteArray *out, const BfLayerStats *layer)
{
  for (guint t = 0; t < BF_N_TENSORS; t++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (stats_floats); i++)
        put_float (out, G_STRUCT_MEMBER (float, &layer->tensors[t], stats_floats[i]));
      for (guint i = 0; i < G_N_ELEMENTS (stats_integers); i++)
        put32 (out, G_STRUCT_MEMBER (guint32, &layer->tensors[t], stats_integers[i]));
    }
  put_float (out, layer->update_ratio);
  put_float (out, layer->saturated);
  put_float (out, layer->dead);
}

static void
get_layer (Reader *in, BfLayerStats *layer)
{
  for (guint t = 0; t < BF_N_TENSORS; t++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (stats_floats); i++)
        G_STRUCT_MEMBER (float, &layer->tensors[t], stats_floats[i]) = get_float (in);
      for (guint i = 0; i < G_N_ELEMENTS (stats_integers); i++)
        G_STRUCT_MEMBER (guint32, &layer->tensors[t], stats_integers[i]) = get32 (in);
    }
  layer->update_ratio = get_float (in);
  layer->saturated = get_float (in);
  layer->dead = get_float (in);
}

static void
put_column (GByteArray *out, const BfColumn *column)
{
  put64 (out, column->first);
  put64 (out, column->last);
  put32 (out, column->count);
  put_double (out, column->loss);
  put_double (out, column->loss_low);
  put_double (out, column->loss_high);
  put_double (out, column->accuracy);
  put_float (out, column->learning_rate);
  put_float (out, column->clip_factor);
  put_float (out, column->input_gradient);
  put32 (out, column->n_layers);
  for (guint l = 0; l < column->n_layers; l++)
    put_layer (out, &column->layers[l]);
}

static BfColumn *
get_column (Reader *in, guint n_layers)
{
  g_autoptr (BfColumn) column = bf_column_new (n_layers);

  column->first = get64 (in);
  column->last = get64 (in);
  column->count = get32 (in);
  column->loss = get_double (in);
  column->loss_low = get_double (in);
  column->loss_high = get_double (in);
  column->accuracy = get_double (in);
  column->learning_rate = get_float (in);
  column->clip_factor = get_float (in);
  column->input_gradient = get_float (in);
  if (get32 (in) != n_layers)
    return NULL;
  for (guint l = 0; l < n_layers; l++)
    get_layer (in, &column->layers[l]);
  return in->failed || column->count == 0 || column->last < column->first ? NULL : g_steal_pointer (&column);
}

GBytes *
bf_pack_column (const BfColumn *column)
{
  GByteArray *out = g_byte_array_new ();

  put_column (out, column);
  return g_byte_array_free_to_bytes (out);
}

BfColumn *
bf_unpack_column (GBytes *bytes, guint n_layers)
{
  Reader in = reader_begin (bytes);
  g_autoptr (BfColumn) column = get_column (&in, n_layers);

  return column && is_done (&in) ? g_steal_pointer (&column) : NULL;
}

/* Frames */

static void
put_histogram (GByteArray *out, const BfHistogram *histogram)
{
  const guint32 counts[] = {
    histogram->total, histogram->zero, histogram->under, histogram->over, histogram->infinite, histogram->nan,
  };
  guint at = 0;

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    put32 (out, counts[i]);
  while (at < BF_HISTOGRAM_BINS)
    {
      guint8 head[2] = { 0, 0 };

      for (; at < BF_HISTOGRAM_BINS && histogram->bins[at] == 0; at++)
        head[0]++;
      for (guint i = at; i < BF_HISTOGRAM_BINS && histogram->bins[i] != 0; i++)
        head[1]++;
      g_byte_array_append (out, head, sizeof head);
      for (guint i = 0; i < head[1]; i++)
        put32 (out, histogram->bins[at++]);
    }
}

static void
get_histogram (Reader *in, BfHistogram *histogram)
{
  guint at = 0;

  histogram->total = get32 (in);
  histogram->zero = get32 (in);
  histogram->under = get32 (in);
  histogram->over = get32 (in);
  histogram->infinite = get32 (in);
  histogram->nan = get32 (in);
  while (at < BF_HISTOGRAM_BINS && !in->failed)
    {
      guint8 head[2];

      get_bytes (in, head, sizeof head);
      if (head[0] + head[1] == 0 || at + head[0] + head[1] > BF_HISTOGRAM_BINS)
        in->failed = TRUE;
      at += head[0];
      for (guint i = 0; i < head[1] && !in->failed; i++)
        histogram->bins[at++] = get32 (in);
    }
}

GBytes *
bf_pack_frame (const BfFrame *frame)
{
  GByteArray *out = g_byte_array_new ();

  put64 (out, frame->step);
  put32 (out, frame->n_layers);
  for (guint i = 0; i < frame->n_layers * BF_N_TENSORS; i++)
    {
      const guint8 present = frame->histograms[i] != NULL;

      g_byte_array_append (out, &present, 1);
      if (present)
        put_histogram (out, frame->histograms[i]);
    }
  return g_byte_array_free_to_bytes (out);
}

BfFrame *
bf_unpack_frame (GBytes *bytes, guint n_layers)
{
  Reader in = reader_begin (bytes);
  g_autoptr (BfFrame) frame = bf_frame_new (n_layers);

  frame->step = get64 (&in);
  if (get32 (&in) != n_layers)
    return NULL;
  for (guint i = 0; i < n_layers * BF_N_TENSORS && !in.failed; i++)
    {
      guint8 present;

      get_bytes (&in, &present, 1);
      if (!present)
        continue;
      frame->histograms[i] = g_new0 (BfHistogram, 1);
      get_histogram (&in, frame->histograms[i]);
    }
  return is_done (&in) ? g_steal_pointer (&frame) : NULL;
}

/* The rest */

GBytes *
bf_pack_summary (const BfSnapshot *snapshot)
{
  GByteArray *out = g_byte_array_new ();
  const BfShape *shape = &snapshot->plan->shape;

  put32 (out, shape->inputs);
  put32 (out, shape->outputs);
  put32 (out, shape->classes);
  put64 (out, snapshot->steps);
  put64 (out, snapshot->steps_planned);
  put64 (out, snapshot->steps_per_epoch);
  put_double (out, snapshot->steps_per_second);
  put_double (out, snapshot->test_loss);
  put_double (out, snapshot->test_accuracy);
  put32 (out, snapshot->outcome);
  put64 (out, snapshot->diverged_step);
  put32 (out, snapshot->diverged_layer);
  put32 (out, snapshot->diverged_what);
  put32 (out, snapshot->image_width);
  put32 (out, snapshot->image_height);
  for (guint i = 0; i < shape->inputs; i++)
    put_float (out, snapshot->sample[i]);
  put_column (out, snapshot->start);
  return g_byte_array_free_to_bytes (out);
}

static BfPlan *
get_plan (Reader *in, BfSpec *effective)
{
  BfShape shape = { .inputs = get32 (in), .outputs = get32 (in), .classes = get32 (in) };

  return in->failed || shape.inputs > MAX_INPUTS ? NULL : bf_plan_new (effective, &shape);
}

static void
get_numbers (Reader *in, BfSnapshot *self)
{
  self->steps = get64 (in);
  self->steps_planned = get64 (in);
  self->steps_per_epoch = get64 (in);
  self->steps_per_second = get_double (in);
  self->test_loss = get_double (in);
  self->test_accuracy = get_double (in);
  self->outcome = get32 (in);
  self->diverged_step = get64 (in);
  self->diverged_layer = get32 (in);
  self->diverged_what = get32 (in);
  self->image_width = get32 (in);
  self->image_height = get32 (in);
  in->failed |= self->outcome > BF_OUTCOME_CANCELLED || self->diverged_what > BF_DIVERGED_PARAMETER
                || self->steps_per_epoch == 0
                || (self->image_width && (guint64) self->image_width * self->image_height > self->plan->shape.inputs);
}

BfSnapshot *
bf_unpack_summary (GBytes *bytes, BfSpec *effective)
{
  Reader in = reader_begin (bytes);
  g_autoptr (BfSnapshot) self = g_new0 (BfSnapshot, 1);

  g_atomic_ref_count_init (&self->references);
  self->plan = get_plan (&in, effective);
  if (!self->plan || self->plan->error)
    return NULL;
  get_numbers (&in, self);
  if (in.failed || (gsize) (in.end - in.at) < self->plan->shape.inputs * sizeof (float))
    return NULL;
  self->sample = g_new (float, self->plan->shape.inputs);
  for (guint i = 0; i < self->plan->shape.inputs; i++)
    self->sample[i] = get_float (&in);
  self->start = get_column (&in, self->plan->n_layers);
  if (!self->start || !is_done (&in) || self->diverged_layer >= MAX (self->plan->n_layers, 1))
    return NULL;
  return g_steal_pointer (&self);
}
