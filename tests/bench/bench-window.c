/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The window under load: scrubbing, hovering and exporting in every view, on a run of 100,000 steps and 50 layers
 * that was really trained, while a network of ten million parameters trains flat out; then that network trained
 * in the window itself.
 *
 * usage: bench-window [--steps N] [--frames N] [--only "scrub, gradients"] [--json FILE]
 * Of a frame (frame clock, before-paint to after-paint): wall time, and processor time of the main thread, which
 * other programs on the machine cannot lengthen. "Whole" is all that the main thread worked from one frame to the
 * next: events, timeouts and the frame itself. Its start is measured in a process of its own (--first-frame).
 */
#include "../ui/ui-common.h"

#include "bf-file.h"
#include "bf-figure-view.h"
#include "bf-scene.h"

#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LAYERS 50
#define WIDE_LAYERS 10     /* of 1,024 units: ten million parameters */
#define EPOCH 80           /* steps: of 1,250 samples 800 are trained with, ten at a time */
#define LEAST_FRAMES 30
#define TRAINING_DEEP "following 50 layers in training"
#define TRAINING_WIDE "10 million parameters in training"

static guint64 n_steps = 100000;
static guint n_frames = 240;
static const char *only;   /* one measurement, "scrub, gradients" or one of those in training; NULL: all */

/* µs of each frame */
typedef struct
{
  GArray *wall, *cpu, *whole, *interval;
  gint64 began, began_cpu;
  gint64 last, last_cpu;     /* before-paint of the frame before; 0: none */
  gboolean on;
} Frames;

static Frames frames;
static JsonBuilder *json;

static gint64
get_cpu (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
append (GArray *to, gint64 value)
{
  g_array_append_val (to, value);
}

static void
on_before_paint (void)
{
  frames.began = g_get_monotonic_time ();
  frames.began_cpu = get_cpu ();
  if (frames.on && frames.last > 0)
    {
      append (frames.interval, frames.began - frames.last);
      append (frames.whole, frames.began_cpu - frames.last_cpu);
    }
  frames.last = frames.began;
  frames.last_cpu = frames.began_cpu;
}

static void
on_after_paint (void)
{
  if (!frames.on || frames.began == 0)
    return;
  append (frames.wall, g_get_monotonic_time () - frames.began);
  append (frames.cpu, get_cpu () - frames.began_cpu);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* ms */
static double
get_percentile (GArray *values, double percent)
{
  if (values->len == 0)
    return 0;
  g_array_sort (values, compare);
  return (double) g_array_index (values, gint64, MIN (values->len - 1, (guint) (percent / 100 * values->len))) / 1000;
}

static void
add_number (const char *name, double value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_double_value (json, value);
}

static void
print_frames (const char *what)
{
  const double wall = get_percentile (frames.wall, 99), cpu = get_percentile (frames.cpu, 99);
  const double whole = get_percentile (frames.whole, 99), interval = get_percentile (frames.interval, 99);

  g_print ("%-34s %6u %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f\n", what, frames.wall->len, get_percentile (frames.cpu, 50), cpu,
           wall, whole, get_percentile (frames.interval, 50), interval);
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "what");
  json_builder_add_string_value (json, what);
  add_number ("frames", frames.wall->len);
  add_number ("frame_cpu_ms_p50", get_percentile (frames.cpu, 50));
  add_number ("frame_cpu_ms_p99", cpu);
  add_number ("frame_wall_ms_p99", wall);
  add_number ("main_thread_cpu_ms_p99", whole);
  add_number ("interval_ms_p50", get_percentile (frames.interval, 50));
  add_number ("interval_ms_p99", interval);
  json_builder_end_object (json);
}

static void
begin_frames (void)
{
  GArray *arrays[] = { frames.wall, frames.cpu, frames.whole, frames.interval };

  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
    g_array_set_size (arrays[i], 0);
  frames.last = frames.began = 0;
  frames.on = TRUE;
}

static gboolean
keep_ticking (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
watch_frames (BfWindow *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));

  frames.wall = g_array_new (FALSE, FALSE, sizeof (gint64));
  frames.cpu = g_array_new (FALSE, FALSE, sizeof (gint64));
  frames.whole = g_array_new (FALSE, FALSE, sizeof (gint64));
  frames.interval = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), NULL);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), NULL);
  gtk_widget_add_tick_callback (GTK_WIDGET (window), keep_ticking, NULL, NULL);
}

/* Moons through many small layers, as many epochs as make the steps. */
static BfSpec *
make_deep (void)
{
  BfSpec *spec = bf_spec_new ();

  g_clear_pointer (&spec->data, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "moons"));
  bf_options_set_number (spec->data, "samples", 1250, NULL);
  spec->validation_share = 0.2;
  spec->batch = 10;
  spec->epochs = (guint) (n_steps / EPOCH);
  spec->learning_rate = 0.01;
  for (guint i = 1; i < LAYERS; i++)
    {
      BfLayer *dense = bf_spec_append (spec, "dense");

      bf_options_set_number (dense->options, "units", 8, NULL);
      bf_options_set_choice (dense->options, "start", "glorot-uniform", NULL);
      bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", "tanh", NULL);
    }
  bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 2, NULL);
  return spec;
}

/* Ten million parameters on the images. */
static BfSpec *
make_wide (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) example = bf_examples_load ("t1-baseline", &error);
  BfSpec *spec = bf_spec_copy (example);

  g_ptr_array_set_size (spec->blocks, 0);
  for (guint i = 0; i < WIDE_LAYERS; i++)
    {
      BfLayer *dense = bf_spec_append (spec, "dense");

      bf_options_set_number (dense->options, "units", 1024, NULL);
      bf_options_set_choice (dense->options, "start", "he-normal", NULL);
      bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", "relu", NULL);
    }
  bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 10, NULL);
  spec->epochs = 10000;
  return spec;
}

/* The widest plot that is seen now. */
static void
find_plot (GtkWidget *widget, GtkWidget **found)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (BF_IS_FIGURE_VIEW (widget)
      && (!*found || gtk_widget_get_width (widget) * gtk_widget_get_height (widget)
                     > gtk_widget_get_width (*found) * gtk_widget_get_height (*found)))
    *found = widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    find_plot (child, found);
}

static GtkEventController *
find_motion (GtkWidget *plot)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (plot);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_MOTION (controller))
        return controller;   /* the plot keeps it */
    }
  return NULL;
}

typedef struct
{
  BfSession *session;
  GtkWidget *plot;
  GtkEventController *motion;
  guint done;
} Hand;

/* A long jump at each frame, with a layer now and then. */
static gboolean
scrub (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Hand *hand = data;
  const guint64 last = bf_snapshot_get_last_step (bf_session_get_snapshot (hand->session));

  bf_session_set_cursor_step (hand->session, (guint64) hand->done * 7919 % (last + 1));
  if (hand->done % 10 == 0)
    bf_session_set_cursor_layer (hand->session, hand->done / 10 % LAYERS);
  hand->done++;
  return G_SOURCE_CONTINUE;
}

static gboolean
hover (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Hand *hand = data;
  const double t = hand->done++ * 0.6180339887;

  g_signal_emit_by_name (hand->motion, "motion", gtk_widget_get_width (hand->plot) * (t - (guint) t),
                         gtk_widget_get_height (hand->plot) * (0.1 + 0.8 * (hand->done % 37) / 37));
  return G_SOURCE_CONTINUE;
}

static void
work (BfWindow *window, const char *view, const char *what, GtkTickCallback hand_work)
{
  Hand hand = { .session = ui_session (window) };
  g_autofree char *name = g_strdup_printf ("%s, %s", what, view);
  guint tick;

  if (only && !g_str_equal (only, name))
    return;
  find_plot (GTK_WIDGET (window), &hand.plot);
  g_assert_nonnull (hand.plot);
  hand.motion = find_motion (hand.plot);
  tick = gtk_widget_add_tick_callback (GTK_WIDGET (window), hand_work, &hand, NULL);
  ui_wait_until (hand.done > 3, 60);
  begin_frames ();
  ui_wait_until (frames.wall->len >= n_frames, 120);
  frames.on = FALSE;
  gtk_widget_remove_tick_callback (GTK_WIDGET (window), tick);
  g_signal_emit_by_name (hand.motion, "leave");
  print_frames (name);
}

static void
show_view (BfWindow *window, const char *view)
{
  g_autofree char *action = g_strdup_printf ("win.view::%s", view);

  ui_activate (window, action);
  ui_spin (1);
}

static void
train_deep (BfWindow *window)
{
  BfSession *session = ui_session (window);
  g_autoptr (BfSpec) spec = make_deep ();

  bf_experiment_replace (bf_session_get_experiment (session), spec, NULL);
  ui_spin (0.3);
  ui_wait_until (bf_session_get_state (session) == BF_RUN_READY, 60);
  show_view (window, "gradients");
  ui_activate (window, "run.train");
  begin_frames ();
  ui_wait_until (bf_session_get_state (session) == BF_RUN_FINISHED, 1800);
  frames.on = FALSE;
  g_assert_cmpuint (bf_session_get_snapshot (session)->steps, ==, n_steps);
  print_frames (TRAINING_DEEP);
}

static void
print_head (void)
{
  g_print ("%-34s %6s %9s %9s %9s %9s %9s %9s\n", "ms", "frames", "cpu 50 %", "cpu 99 %", "wall 99 %", "whole 99",
           "every 50", "every 99");
}

/* Each figure that applies, in each format. */
static void
export_figures (BfWindow *window)
{
  static const char *const formats[BF_N_FORMATS] = { "PNG", "SVG", "PDF", "CSV" };
  g_autoptr (BfScene) scene = bf_scene_new (ui_session (window), BF_SCENE_THIS, BF_TENSOR_WEIGHT_GRADIENT, TRUE);
  const BfFigureData *data = bf_scene_get_data (scene);
  BfStyle style;

  bf_style_init (&style, BF_THEME_LIGHT);
  json_builder_set_member_name (json, "exports");
  json_builder_begin_array (json);
  g_print ("\n%-34s %9s %9s %9s %9s   cpu ms (wall ms)\n", "export", formats[0], formats[1], formats[2], formats[3]);
  for (const BfKind *const *kind = bf_figures (); *kind; kind++)
    {
      const BfFigure *figure = (const BfFigure *) *kind;

      if (!bf_figure_applies (figure, data))
        continue;
      g_print ("%-34s", figure->kind.id);
      for (guint f = 0; f < BF_N_FORMATS; f++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (GBytes) bytes = NULL;
          BfExportOptions options;
          const gint64 began = g_get_monotonic_time (), began_cpu = get_cpu ();
          gint64 wall, cpu;

          bf_export_options_init (&options, (BfFormat) f);
          bytes = bf_export_to_bytes (figure, &style, data, &options, &error);
          wall = g_get_monotonic_time () - began;
          cpu = get_cpu () - began_cpu;
          g_assert_no_error (error);
          g_print (" %4.0f (%3.0f)", (double) cpu / 1000, (double) wall / 1000);
          json_builder_begin_object (json);
          json_builder_set_member_name (json, "figure");
          json_builder_add_string_value (json, figure->kind.id);
          json_builder_set_member_name (json, "format");
          json_builder_add_string_value (json, formats[f]);
          add_number ("cpu_ms", (double) cpu / 1000);
          add_number ("wall_ms", (double) wall / 1000);
          json_builder_end_object (json);
        }
      g_print ("\n");
    }
  json_builder_end_array (json);
}

static void
scrub_every_view (BfWindow *window)
{
  static const char *const views[] = { "gradients", "histograms", "curves", "data", "compare" };

  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      if (only && !g_str_has_suffix (only, views[i]))
        continue;
      show_view (window, views[i]);
      work (window, views[i], "scrub", scrub);
      work (window, views[i], "hover", hover);
    }
}

/* A second, short run, so that there is something to compare; the long one is shown again. */
static void
add_second_run (BfWindow *window)
{
  BfSession *session = ui_session (window);
  g_autoptr (BfSpec) spec = bf_experiment_copy_spec (bf_session_get_experiment (session));

  spec->seed++;
  bf_experiment_edit (bf_session_get_experiment (session), g_steal_pointer (&spec), "Seed", NULL);
  ui_wait_until (bf_session_get_runs (session)->len == 2 && bf_session_get_state (session) == BF_RUN_READY, 60);
  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (session)->steps == 1, 60);
  ui_activate (window, "win.undo");
  ui_wait_until (bf_session_get_snapshot (session) && bf_session_get_snapshot (session)->steps == n_steps, 60);
}

/* From the command to the end of the frame after it, ms. */
static double
answer (BfWindow *window, const char *action)
{
  const gint64 began = g_get_monotonic_time ();
  const guint before = frames.wall->len;

  ui_activate (window, action);
  while (frames.wall->len <= before)
    g_main_context_iteration (NULL, TRUE);
  return (double) (g_get_monotonic_time () - began) / 1000;
}

static void
measure_controls (BfWindow *window)
{
  static const char *const actions[] = {
    "win.view::histograms", "win.view::curves", "win.view::data", "win.view::compare", "win.view::gradients",
    "win.quantity::activation", "win.quantity::weight-gradient", "win.scale-lock", "run.live", "run.live", "win.undo", "win.redo",
  };
  double most = 0;
  const char *slowest = actions[0];

  frames.on = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      g_auto (GStrv) name = g_strsplit (actions[i], ":", 2);
      double ms;

      if (!ui_enabled (window, name[0]))
        continue;
      ms = answer (window, actions[i]);
      if (ms > most)
        {
          most = ms;
          slowest = actions[i];
        }
      ui_spin (0.2);
    }
  frames.on = FALSE;
  g_print ("slowest control: %.0f ms (%s)\n", most, slowest);
  add_number ("slowest_control_ms", most);
}

static void
measure_stop (BfWindow *window)
{
  BfSession *session = ui_session (window);
  const guint64 before = bf_session_get_snapshot (session)->steps;
  const double speed = bf_session_get_snapshot (session)->steps_per_second;
  const gint64 began = g_get_monotonic_time ();
  double ms;

  ui_activate (window, "run.train");
  ui_wait_until (bf_session_get_state (session) == BF_RUN_PAUSED, 60);
  ms = (double) (g_get_monotonic_time () - began) / 1000;
  ui_spin (0.3);
  g_print ("stop: %.0f ms, a step takes %.0f ms; %u steps after the last one seen\n", ms, speed > 0 ? 1000 / speed : 0,
           (guint) (bf_session_get_snapshot (session)->steps - before));
  add_number ("stop_ms", ms);
  add_number ("step_ms", speed > 0 ? 1000 / speed : 0);
  add_number ("steps_after_stop", (double) (bf_session_get_snapshot (session)->steps - before));
}

static void
train_wide (BfWindow *window)
{
  BfSession *session = ui_session (window);
  g_autoptr (BfSpec) spec = make_wide ();

  bf_experiment_replace (bf_session_get_experiment (session), spec, NULL);
  ui_spin (0.3);
  ui_wait_until (bf_session_get_state (session) == BF_RUN_READY, 120);
  show_view (window, "gradients");
  ui_activate (window, "run.train");
  ui_wait_until (bf_session_get_snapshot (session)->steps > 5, 120);
  begin_frames ();
  ui_wait_until (frames.wall->len >= n_frames, 240);
  frames.on = FALSE;
  print_frames (TRAINING_WIDE);
}

/* In a process of its own: from its start to the end of the first frame of the window. */
static int
measure_first_frame (void)
{
  const char *began = g_getenv ("BENCH_BEGAN");
  BfWindow *window = bf_window_new (GTK_APPLICATION (g_application_get_default ()));

  gtk_window_present (GTK_WINDOW (window));
  while (!gtk_widget_get_mapped (GTK_WIDGET (window)))
    g_main_context_iteration (NULL, TRUE);
  watch_frames (window);
  frames.on = TRUE;
  while (frames.wall->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_print ("first-frame %.1f %.1f\n", (double) (g_get_monotonic_time () - (began ? g_ascii_strtoll (began, NULL, 10) : 0)) / 1000,
           (double) get_cpu () / 1000);
  _exit (0);
}

static void
start_twice (const char *program)
{
  double wall = 0, cpu = 0;

  for (guint i = 0; i < 3; i++)
    {
      char *arguments[] = { (char *) program, (char *) "--first-frame", NULL };
      g_autofree char *began = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_monotonic_time ()), *out = NULL;
      g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "BENCH_BEGAN", began, TRUE);
      g_autoptr (GError) error = NULL;
      double w = 0;
      char *end, *line;

      g_spawn_sync (NULL, arguments, environment, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, NULL, &error);
      g_assert_no_error (error);
      line = strstr (out, "first-frame ");
      g_assert_nonnull (line);
      w = g_ascii_strtod (line + strlen ("first-frame "), &end);
      if (i == 0 || w < wall)
        {
          wall = w;
          cpu = g_ascii_strtod (end, NULL);
        }
    }
  g_print ("first frame, warm: %.0f ms (%.0f ms of processor time)\n", wall, cpu);
  add_number ("first_frame_ms", wall);
  add_number ("first_frame_cpu_ms", cpu);
}

static void
write_json (const char *path)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (json);
  g_autoptr (GError) error = NULL;

  json_generator_set_pretty (generator, TRUE);
  json_generator_set_root (generator, root);
  if (path && !json_generator_to_file (generator, path, &error))
    g_error ("%s", error->message);
}

int
main (int argc, char **argv)
{
  const char *path = NULL;
  g_autofree char *program = g_canonicalize_filename (argv[0], NULL);
  g_autoptr (BfRun) other = NULL;
  g_autoptr (BfSpec) wide = NULL;
  gboolean first = FALSE;
  BfWindow *window;

  for (int i = 1; i < argc; i++)
    {
      first |= g_str_equal (argv[i], "--first-frame");
      if (g_str_equal (argv[i], "--steps") && i + 1 < argc)
        n_steps = MAX (2 * EPOCH, g_ascii_strtoull (argv[i + 1], NULL, 10) / EPOCH * EPOCH);
      if (g_str_equal (argv[i], "--frames") && i + 1 < argc)
        n_frames = MAX (LEAST_FRAMES, (guint) atoi (argv[i + 1]));
      if (g_str_equal (argv[i], "--only") && i + 1 < argc)
        only = argv[i + 1];
      if (g_str_equal (argv[i], "--json") && i + 1 < argc)
        path = argv[i + 1];
    }
  ui_init (&argc, &argv);
  if (first)
    return measure_first_frame ();
  json = json_builder_new ();
  json_builder_begin_object (json);
  if (!only)
    start_twice (program);
  window = ui_window ("t1-baseline");
  gtk_window_set_default_size (GTK_WINDOW (window), 1440, 900);
  watch_frames (window);
  json_builder_set_member_name (json, "frames");
  json_builder_begin_array (json);
  print_head ();
  if (g_strcmp0 (only, TRAINING_WIDE) == 0)
    {
      train_wide (window);
      return 0;
    }
  train_deep (window);
  if (g_strcmp0 (only, TRAINING_DEEP) == 0)
    return 0;
  add_second_run (window);
  wide = make_wide ();
  other = bf_run_new (wide, NULL);
  bf_run_train (other);
  ui_wait_until ((bf_run_poll (other), bf_run_get_snapshot (other) && bf_run_get_snapshot (other)->steps > 3), 120);
  scrub_every_view (window);
  json_builder_end_array (json);
  if (only)
    return 0;
  export_figures (window);
  bf_run_stop (other);
  bf_run_wait (other);
  json_builder_set_member_name (json, "training");
  json_builder_begin_array (json);
  g_print ("\n");
  print_head ();
  train_wide (window);
  json_builder_end_array (json);
  measure_controls (window);
  measure_stop (window);
  json_builder_end_object (json);
  write_json (path);
  ui_close (window);
  return 0;
}
