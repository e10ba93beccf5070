/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A recording stays bounded, in order and without gaps, and merging keeps what must stay visible.
 */
#include "bf-recording.h"

#include <malloc.h>
#include <math.h>

/* Step k has the norm 10^(k % 3) but for those in which something happens. */
#define ZERO_AT 1000
#define NAN_AT  2003
#define PEAK_AT 3001

static void
fill_norm (BfStats *stats, guint64 k)
{
  const double norm = k == PEAK_AT ? 1e9 : pow (10, k % 3);

  *stats = (BfStats) { .size = 1, .log_norm = NAN, .norm_low = NAN, .norm_high = NAN, .mean = k };
  if (k == NAN_AT)
    {
      stats->states = BF_STATE_NAN;
      stats->nonfinite = 5;
    }
  else if (k == ZERO_AT)
    {
      stats->states = BF_STATE_ZERO;
      stats->norm_low = stats->norm_high = 0;
    }
  else
    {
      stats->log_norm = (float) log10 (norm);
      stats->norm_low = stats->norm_high = (float) norm;
      stats->counted = 1;
    }
}

static void
add_step (BfRecording *recording, guint64 k)
{
  g_autoptr (BfColumn) step = bf_column_new (1);

  step->first = step->last = k;
  step->count = 1;
  step->loss = step->loss_low = step->loss_high = (float) (k % 10);
  step->accuracy = (float) (k % 2);
  step->clip_factor = k % 7 == 0 ? 0.5f : 1;
  step->input_gradient = k % 100 == 0 ? k : NAN;
  for (guint t = 0; t < BF_N_TENSORS; t++)
    fill_norm (&step->layers[0].tensors[t], k);
  step->layers[0].update_ratio = k % 10 == 0 ? k : NAN;
  bf_recording_add (recording, step);
}

static GPtrArray *
record (guint64 steps)
{
  g_autoptr (BfRecording) recording = bf_recording_new (1);

  for (guint64 k = 0; k < steps; k++)
    add_step (recording, k);
  return bf_recording_get_columns (recording);
}

static void
test_order (void)
{
  const guint64 lengths[] = { 1, 2, 1023, 1024, 1025, 1026, 2048, 2049, 5001, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GPtrArray) columns = record (lengths[i]);
      guint64 next = 0;

      g_assert_cmpuint (columns->len, <=, BF_MAX_COLUMNS);
      g_assert_cmpuint (columns->len, >, lengths[i] > BF_MAX_COLUMNS ? BF_MAX_COLUMNS / 2 - 1 : lengths[i] - 1);
      for (guint c = 0; c < columns->len; c++)
        {
          const BfColumn *column = g_ptr_array_index (columns, c);

          g_assert_cmpuint (column->first, ==, next);
          g_assert_cmpuint (column->last - column->first + 1, ==, column->count);
          g_assert_cmpfloat (column->layers[0].tensors[0].mean, ==, column->last);
          next = column->last + 1;
        }
      g_assert_cmpuint (next, ==, lengths[i]);
    }
}

/* Each merged column against the steps that it came from. */
static void
check_column (const BfColumn *column)
{
  const BfStats *stats = &column->layers[0].tensors[BF_TENSOR_WEIGHT_GRADIENT];
  double logs = 0, loss = 0, accuracy = 0;
  guint counted = 0, clipped = 0;
  float low = INFINITY, high = -INFINITY;

  for (guint64 k = column->first; k <= column->last; k++)
    {
      BfStats step;

      fill_norm (&step, k);
      logs += step.counted ? step.log_norm : 0;
      counted += step.counted;
      low = fminf (low, step.norm_low);
      high = fmaxf (high, step.norm_high);
      loss += k % 10;
      accuracy += k % 2;
      clipped += k % 7 == 0;
    }
  g_assert_cmpuint (stats->counted, ==, counted);
  g_assert_cmpfloat_with_epsilon (stats->log_norm, logs / counted, 1e-5);
  g_assert_cmpfloat (stats->norm_low, ==, low);
  g_assert_cmpfloat (stats->norm_high, ==, high);
  g_assert_cmpfloat_with_epsilon (column->loss, loss / column->count, 1e-5);
  g_assert_cmpfloat (column->clip_factor, ==, clipped ? 0.5f : 1);
  g_assert_cmpfloat_with_epsilon (column->accuracy, accuracy / column->count, 1e-5);
}

static void
test_merge (void)
{
  g_autoptr (GPtrArray) columns = record (7777);
  guint32 states = 0, nonfinite = 0;
  float high = 0, low = INFINITY;

  for (guint c = 0; c < columns->len; c++)
    {
      const BfColumn *column = g_ptr_array_index (columns, c);
      const BfStats *stats = &column->layers[0].tensors[BF_TENSOR_WEIGHT_GRADIENT];

      check_column (column);
      states |= stats->states;
      nonfinite = MAX (nonfinite, stats->nonfinite);
      high = MAX (high, stats->norm_high);
      low = MIN (low, stats->norm_low);
      if (column->first <= NAN_AT && NAN_AT <= column->last)
        g_assert_true (isnan (bf_column_get_norm (column, 0, BF_TENSOR_WEIGHT_GRADIENT)));
      if (column->count >= 8 && column->first / 10 != column->last / 10)
        g_assert_true (fmod (column->layers[0].update_ratio, 10) == 0);
    }
  g_assert_cmpuint (states, ==, BF_STATE_NAN | BF_STATE_ZERO);
  g_assert_cmpuint (nonfinite, ==, 5);
  g_assert_cmpfloat (high, ==, 1e9f);
  g_assert_cmpfloat (low, ==, 0);
}

/* What a snapshot holds does not change when the recording goes on. */
static void
test_shared (void)
{
  g_autoptr (BfRecording) recording = bf_recording_new (1);
  g_autoptr (GPtrArray) before = NULL, same = NULL;

  for (guint64 k = 0; k < 1501; k++)
    add_step (recording, k);
  before = bf_recording_get_columns (recording);
  same = bf_recording_get_columns (recording);
  g_assert_true (before->pdata[0] == same->pdata[0]);
  g_assert_true (before->pdata[before->len - 1] != same->pdata[same->len - 1]);
  for (guint64 k = 1501; k < 9000; k++)
    add_step (recording, k);
  for (guint i = 0; i < before->len; i++)
    check_column (before->pdata[i]);
  g_assert_cmpuint (((BfColumn *) before->pdata[before->len - 1])->last, ==, 1500);
}

static BfFrame *
make_frame (guint64 step)
{
  BfFrame *frame = bf_frame_new (1);

  frame->step = step;
  return frame;
}

static void
test_frames (void)
{
  g_autoptr (BfRecording) recording = bf_recording_new (1);

  for (guint64 k = 0; k < 3000; k++)
    {
      g_autoptr (GPtrArray) frames = NULL;

      if (bf_recording_wants_frame (recording, k) || k % 7 == 0)
        bf_recording_add_frame (recording, make_frame (k));
      frames = bf_recording_get_frames (recording);
      g_assert_cmpuint (frames->len, <=, BF_MAX_FRAMES + 2);
      g_assert_cmpuint (frames->len, >=, MIN (k + 1, BF_MAX_FRAMES / 2));
      g_assert_cmpuint (((BfFrame *) frames->pdata[0])->step, ==, 0);
      if (k % 7 == 0)
        g_assert_cmpuint (((BfFrame *) frames->pdata[frames->len - 1])->step, ==, k);
      for (guint i = 1; i < frames->len; i++)
        g_assert_cmpuint (((BfFrame *) frames->pdata[i])->step, >, ((BfFrame *) frames->pdata[i - 1])->step);
    }
}

/* Fifty hidden layers, each a dense layer and an activation, and the output. */
static void
test_memory (void)
{
  const guint dense = 51, activations = 50;
  const gsize limit = bf_recording_get_limit (dense + activations, dense * 6 + activations * 2);

  g_test_message ("%.1f MiB", limit / 1048576.0);
  g_assert_cmpuint (limit, <, 64 << 20);
  g_assert_cmpuint (limit, >, BF_MAX_COLUMNS * (dense + activations) * sizeof (BfLayerStats));
}

/* What it really takes, with a frame of every tensor and the snapshot that a window holds; slow: a million steps. */
static void
test_real_memory (void)
{
  enum { LAYERS = 101, HISTOGRAMS = 51 * 6 + 50 * 2 };
  const guint64 steps = g_test_slow () ? 1000000 : 10000;
  const struct mallinfo2 before = mallinfo2 ();
  g_autoptr (BfRecording) recording = bf_recording_new (LAYERS);
  g_autoptr (BfColumn) step = bf_column_new (LAYERS);
  g_autoptr (GPtrArray) columns = NULL, frames = NULL;
  struct mallinfo2 after;
  double taken;

  step->count = 1;
  for (guint64 k = 0; k < steps; k++)
    {
      step->first = step->last = k;
      bf_recording_add (recording, step);
      if (bf_recording_wants_frame (recording, k))
        {
          BfFrame *frame = bf_frame_new (LAYERS);

          frame->step = k;
          for (guint i = 0; i < HISTOGRAMS; i++)
            frame->histograms[i] = g_new0 (BfHistogram, 1);
          bf_recording_add_frame (recording, frame);
        }
      if (k % 1000 == 999)
        {
          g_clear_pointer (&columns, g_ptr_array_unref);
          g_clear_pointer (&frames, g_ptr_array_unref);
          columns = bf_recording_get_columns (recording);
          frames = bf_recording_get_frames (recording);
        }
    }
  after = mallinfo2 ();
  taken = ((double) after.uordblks + (double) after.hblkhd - (double) before.uordblks - (double) before.hblkhd) / 1048576;
  g_test_message ("%.1f MiB after %" G_GUINT64_FORMAT " steps", taken, steps);
  g_assert_cmpuint (columns->len, >, BF_MAX_COLUMNS / 2);
  g_assert_cmpfloat (taken, <, 64);
  /* A sanitizer's own malloc() tells nothing. */
  if (taken > 1)
    g_assert_cmpfloat (taken, >, 20);
}

static void
test_column_of_step (void)
{
  g_autoptr (GPtrArray) columns = record (3000);
  g_autoptr (BfColumn) start = bf_column_new (1);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  const BfSnapshot snapshot = { .columns = columns, .start = start };
  const BfSnapshot empty = { .columns = none, .start = start };

  for (guint64 k = 0; k < 3000; k += 17)
    {
      const BfColumn *column = bf_snapshot_get_column (&snapshot, k);
      g_assert_true (column->first <= k && k <= column->last);
    }
  g_assert_cmpuint (bf_snapshot_get_column (&snapshot, 99999)->last, ==, 2999);
  g_assert_cmpuint (bf_snapshot_get_last_step (&snapshot), ==, 2999);
  g_assert_true (bf_snapshot_get_column (&empty, 5) == start);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recording/order", test_order);
  g_test_add_func ("/recording/merge", test_merge);
  g_test_add_func ("/recording/shared", test_shared);
  g_test_add_func ("/recording/frames", test_frames);
  g_test_add_func ("/recording/memory", test_memory);
  g_test_add_func ("/recording/real-memory", test_real_memory);
  g_test_add_func ("/snapshot/column-of-step", test_column_of_step);
  return g_test_run ();
}
