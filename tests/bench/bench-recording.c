/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The recording of a million steps of fifty layers: what a step costs, what memory it takes, how long a snapshot
 * of it and its heatmap take. bench-recording [STEPS]: one JSON object.
 */
#include "bf-figure.h"
#include "bf-recording.h"
#include "bf-trainer.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#define LAYERS 50
#define DRAWN 20

static double
get_seconds (gint64 began)
{
  return (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;
}

static double
get_mib (void)
{
  const struct mallinfo2 info = mallinfo2 ();

  return (double) (info.uordblks + info.hblkhd) / 1048576;
}

static BfTrainer *
make_trainer (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfPlan) plan = NULL;

  g_clear_pointer (&spec->data, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "moons"));
  for (guint i = 0; i < LAYERS; i++)
    {
      bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 16, NULL);
      bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", "relu", NULL);
    }
  bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 2, NULL);
  data = bf_dataset_load (spec, NULL, NULL, NULL);
  plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  return bf_trainer_new (plan, data, 1, NULL);
}

static BfFrame *
copy_frame (const BfFrame *frame, guint64 step)
{
  BfFrame *copy = bf_frame_new (frame->n_layers);

  copy->step = step;
  for (guint i = 0; i < frame->n_layers * BF_N_TENSORS; i++)
    copy->histograms[i] = frame->histograms[i] ? g_memdup2 (frame->histograms[i], sizeof (BfHistogram)) : NULL;
  return copy;
}

/* As a training would; what it measured at its first step, over and over. */
static void
fill (BfRecording *recording, const BfSnapshot *model, guint64 steps)
{
  g_autoptr (BfColumn) column = bf_column_copy (model->start);

  column->count = 1;
  for (guint64 i = 0; i < steps; i++)
    {
      column->first = column->last = i;
      column->loss = column->loss_low = column->loss_high = 1 + (double) (i % 17);
      bf_recording_add (recording, column);
      if (bf_recording_wants_frame (recording, i))
        bf_recording_add_frame (recording, copy_frame (model->frames->pdata[0], i));
    }
}

/* The median: one slow frame of a busy machine says nothing. */
static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
draw (BfSnapshot *snapshot)
{
  const BfFigureRun run = { .snapshot = snapshot, .label = "" };
  const BfFigureData data = { .runs = &run, .n_runs = 1, .cursor = { 0, snapshot->steps / 2 }, .show_cursor = TRUE };
  double times[DRAWN];
  BfStyle style;

  bf_style_init (&style, BF_THEME_LIGHT);
  for (guint i = 0; i < DRAWN; i++)
    {
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 1200, 700);
      cairo_t *cr = cairo_create (surface);
      const gint64 began = g_get_monotonic_time ();

      bf_figure_draw (bf_figure_find ("heatmap"), cr, 1200, 700, &style, &data);
      cairo_surface_flush (surface);
      times[i] = get_seconds (began);
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
    }
  qsort (times, DRAWN, sizeof *times, compare);
  return times[DRAWN / 2];
}

int
main (int argc, char **argv)
{
  const guint64 steps = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 1000000;
  g_autoptr (BfTrainer) trainer = make_trainer ();
  g_autoptr (BfSnapshot) snapshot = bf_trainer_snapshot (trainer);
  const double before = get_mib ();
  g_autoptr (BfRecording) recording = bf_recording_new (snapshot->plan->n_layers);
  gint64 began = g_get_monotonic_time ();
  double recorded, taken, memory;

  fill (recording, snapshot, steps);
  recorded = get_seconds (began);
  memory = get_mib () - before;
  g_ptr_array_unref (snapshot->columns);
  g_ptr_array_unref (snapshot->frames);
  began = g_get_monotonic_time ();
  snapshot->columns = bf_recording_get_columns (recording);
  snapshot->frames = bf_recording_get_frames (recording);
  taken = get_seconds (began);
  snapshot->steps = snapshot->steps_planned = steps;
  printf ("{\"layers\":%d,\"steps\":%" G_GUINT64_FORMAT ",\"mebibytes\":%.1f,\"microseconds_per_step\":%.2f,"
          "\"milliseconds_snapshot\":%.3f,\"milliseconds_heatmap\":%.2f}\n",
          LAYERS, steps, memory, 1e6 * recorded / (double) steps, 1e3 * taken, 1e3 * draw (snapshot));
  return 0;
}
