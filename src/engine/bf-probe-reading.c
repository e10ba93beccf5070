/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One reading of a network's tensors. What is known is not read: weights that no update has changed, gradients that are
 * zero, and of samples that are the same all but one.
 */
#include "bf-probe-private.h"

static void
count_some (const BfReading *reading, guint i, const BfHistogram *counted)
{
  BfHistogram *into = *get_slot (reading->probe, reading->frame, i);

  g_mutex_lock (&reading->probe->mutex);
  if (into)
    bf_histogram_add (into, counted);
  g_mutex_unlock (&reading->probe->mutex);
}

static BfMeasureBlock *
get_block (const BfReading *reading, guint i, gsize first)
{
  return reading->probe->blocks + reading->probe->places[i].first_block + first / BF_MEASURE_BLOCK;
}

static void
measure_some (const BfReading *reading, guint i, gsize first, gsize n, const float *values)
{
  BfMeasureBlock *block = get_block (reading, i, first);
  const gboolean brief = is_norm_enough (reading, i);

  for (gsize at = 0; at < n; at += BF_MEASURE_BLOCK, block++)
    if (brief)
      block->squares = bf_measure_squares (values + at, (int) MIN (BF_MEASURE_BLOCK, n - at));
    else
      bf_measure_block (block, values + at, (int) MIN (BF_MEASURE_BLOCK, n - at));
}

/* n values of a place from `first` on. What is measured is counted while it is still in the cache. */
static void
read_some (BfReading *reading, guint i, gsize first, gsize n, const float *values)
{
  if (reading->measures)
    measure_some (reading, i, first, n, values);
  if (reading->frame)
    {
      BfHistogram counted = { 0 };

      bf_histogram_count (&counted, values, n);
      count_some (reading, i, &counted);
    }
  if (reading->looks && !bf_stats_all_finite (values, n))
    g_atomic_int_set (&reading->nonfinite, TRUE);
}

/* The same of values that are known to be 0. */
static void
read_zeros (const BfReading *reading, guint i, gsize first, gsize n)
{
  BfMeasureBlock *block = get_block (reading, i, first);

  for (gsize at = 0; reading->measures && at < n; at += BF_MEASURE_BLOCK)
    *block++ = (BfMeasureBlock) { .zeros = (guint32) MIN (BF_MEASURE_BLOCK, n - at) };
  if (reading->frame)
    count_some (reading, i, &(BfHistogram) { .total = (guint32) n, .zero = (guint32) n });
}

/* The same of samples that are all like the first, in whole rows, of which whole ones fill a block. */
static void
read_alike (const BfReading *reading, guint i, gsize first, gsize n)
{
  const Place *place = &reading->probe->places[i];
  float values[BF_MEASURE_BLOCK];
  BfHistogram counted = { 0 };

  if (reading->measures)
    bf_batch_rows_read (place->rows, place->values, place->size, 0, MIN (BF_MEASURE_BLOCK, n), values);
  for (gsize at = 0; reading->measures && at < n; at += BF_MEASURE_BLOCK)
    if (at == 0 || n - at < BF_MEASURE_BLOCK)
      measure_some (reading, i, first + at, MIN (BF_MEASURE_BLOCK, n - at), values);
    else
      *get_block (reading, i, first + at) = *get_block (reading, i, first);
  if (reading->frame)
    {
      bf_histogram_count (&counted, place->values, place->size);
      bf_histogram_multiply (&counted, (guint32) (n / place->size));
      count_some (reading, i, &counted);
    }
}

/* The same of samples of which not all are there: a block at a time is written out. */
static void
read_rows (BfReading *reading, guint i, gsize first, gsize n)
{
  const Place *place = &reading->probe->places[i];
  float values[BF_MEASURE_BLOCK];

  if (reading->looks)
    {
      if (first == 0)
        read_some (reading, i, 0, place->rows->n * place->size, place->values);
      return;
    }
  if (place->rows->n == 1 && BF_MEASURE_BLOCK % place->size == 0)
    {
      read_alike (reading, i, first, n);
      return;
    }
  for (gsize at = 0, size; at < n; at += size)
    {
      size = MIN (BF_MEASURE_BLOCK, n - at);
      bf_batch_rows_read (place->rows, place->values, place->size, first + at, size, values);
      read_some (reading, i, first + at, size, values);
    }
}

/* Whether all that is wanted of weights is still what was found of them. */
static gboolean
is_kept (const BfReading *reading, const Place *place)
{
  guint64 written;

  if (!place->histogram || reading->looks)
    return FALSE;
  written = bf_network_get_written (reading->probe->network, place->tensor);
  return (!reading->measures || (reading->brief ? place->normed : place->measured) == written)
         && (!reading->frame || place->counted == written);
}

static gboolean
is_wanted (const BfReading *reading, guint i)
{
  return reading->wanted & 1u << i % BF_N_TENSORS && reading->probe->places[i].values
         && bf_reading_has (reading, i / BF_N_TENSORS, i % BF_N_TENSORS);
}

static void
read_place (BfReading *reading, guint i, gsize first, gsize n)
{
  const Place *place = &reading->probe->places[i];

  if (place->rows && place->rows->which && place->rows->n == 0)
    read_zeros (reading, i, first, n);
  else if (place->rows && place->rows->which && place->batched)
    read_rows (reading, i, first, n);
  else
    read_some (reading, i, first, n, place->values + first);
}

static void
read_part (gpointer data, guint part, guint parts)
{
  BfReading *reading = data;
  BfProbe *self = reading->probe;

  for (guint i = 0; i < self->n_layers * BF_N_TENSORS; i++)
    {
      const Place *place = &self->places[i];
      gsize first = 0, end;

      if (!is_wanted (reading, i) || is_kept (reading, place))
        continue;
      end = get_size (place, reading->n);
      if (parts > 1)
        {
          const gsize blocks = count_blocks (end);

          first = blocks * part / parts * BF_MEASURE_BLOCK;
          end = MIN (end, blocks * (part + 1) / parts * BF_MEASURE_BLOCK);
        }
      if (first < end)
        read_place (reading, i, first, end - first);
    }
}

/* What was found of weights stays theirs until they change. */
static void
keep_place (const BfReading *reading, guint i)
{
  Place *place = &reading->probe->places[i];
  BfHistogram *histogram = reading->frame ? *get_slot (reading->probe, reading->frame, i) : NULL;
  const guint64 written = bf_network_get_written (reading->probe->network, place->tensor);

  if (reading->measures)
    place->normed = written;
  if (reading->measures && !reading->brief)
    place->measured = written;
  if (!histogram)
    return;
  if (place->counted == written)
    *histogram = *place->histogram;
  else
    *place->histogram = *histogram;
  place->counted = written;
}

void
bf_reading_run (BfReading *reading)
{
  BfProbe *self = reading->probe;

  bf_crew_run (bf_network_get_crew (self->network), read_part, reading);
  for (guint i = 0; i < self->n_layers * BF_N_TENSORS && !reading->looks; i++)
    if (is_wanted (reading, i) && self->places[i].histogram)
      keep_place (reading, i);
}
