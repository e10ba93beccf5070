/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The real window, driven by the actions that a click calls: builds a network, trains, pauses,
 * steps, undoes, exports, closes while training. Warnings are fatal (g_test).
 */
#include "ui-common.h"

#include "bf-export-dialog.h"
#include "bf-figure-view.h"
#include "bf-network-pane-private.h"
#include "bf-remedy.h"

#include <glib/gstdio.h>

static guint64
get_steps (BfWindow *window)
{
  return bf_session_get_snapshot (ui_session (window))->steps;
}

static BfRunState
get_state (BfWindow *window)
{
  return bf_session_get_state (ui_session (window));
}

static guint
count_weighted (BfWindow *window)
{
  return bf_session_get_plan (ui_session (window))->n_weighted;
}

static void
train_until (BfWindow *window, guint64 steps)
{
  if (get_state (window) != BF_RUN_TRAINING)
    ui_activate (window, "run.train");
  ui_wait_until (get_steps (window) >= steps || get_state (window) >= BF_RUN_FINISHED, 60);
}

static void
pause_training (BfWindow *window)
{
  ui_activate (window, "run.train");
  ui_wait_until (get_state (window) == BF_RUN_PAUSED, 10);
  /* The state answers the click; the worker's last snapshot follows within a frame or two. */
  ui_spin (0.1);
}

/* Opens ready to train on the baseline, with one suggested button. */
static void
test_start (void)
{
  BfWindow *window = ui_window (NULL);

  g_assert_cmpuint (count_weighted (window), ==, 8);
  g_assert_cmpint (get_state (window), ==, BF_RUN_READY);
  g_assert_cmpuint (get_steps (window), ==, 0);
  g_assert_true (gtk_widget_has_css_class (window->train_button, "suggested-action"));
  g_assert_true (ui_enabled (window, "run.train"));
  g_assert_false (ui_enabled (window, "run.reset"));
  g_assert_false (ui_enabled (window, "win.undo"));
  g_assert_nonnull (ui_find (window, "GtkLabel", "Dense 128"));
  g_assert_nonnull (ui_find (window, "GtkLabel", "Block × 7"));
  ui_close (window);
}

static void
test_train_pause_step_reset (void)
{
  BfWindow *window = ui_window ("t2-relu");
  guint64 steps;

  ui_activate (window, "run.step");
  ui_wait_until (get_steps (window) == 1 && get_state (window) == BF_RUN_PAUSED, 10);
  train_until (window, 20);
  if (get_state (window) == BF_RUN_TRAINING)
    {
      g_assert_false (gtk_widget_has_css_class (window->train_button, "suggested-action"));
      g_assert_false (ui_enabled (window, "run.step"));
      pause_training (window);
    }
  steps = get_steps (window);
  ui_spin (0.2);
  g_assert_cmpuint (get_steps (window), ==, steps);
  ui_activate (window, "run.reset");
  ui_wait_until (get_steps (window) == 0 && get_state (window) == BF_RUN_READY, 10);
  ui_close (window);
}

/* T2's exploding network stops by itself and the window goes on. */
static void
test_diverges (void)
{
  BfWindow *window = ui_window ("t2-exploding");

  ui_activate (window, "run.train");
  ui_wait_until (get_state (window) == BF_RUN_DIVERGED, 20);
  ui_spin (0.2);
  g_assert_nonnull (ui_find (window->status_bar, "GtkLabel", "Stopped at step 0 in Output: its gradient is not finite"));
  g_assert_true (ui_enabled (window, "run.reset") || ui_enabled (window, "run.train"));
  ui_close (window);
}

static guint
count_rows (BfWindow   *window,
            const char *name)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (window->network_pane->items)); i++)
    {
      g_autoptr (BfNetworkItem) item = g_list_model_get_item (G_LIST_MODEL (window->network_pane->items), i);

      n += g_str_equal (item->name, name);
    }
  return n;
}

/* An activation stands in the row of its dense layer: out of a block, and behind a normalization. */
static void
test_rows_of_activations (void)
{
  BfWindow *window = ui_window ("t1-baseline");

  g_assert_true (bf_network_pane_choose (window->network_pane, 2));
  ui_activate (window, "win.add-kind::batch-norm");
  g_assert_cmpuint (count_rows (window, "Batch Norm"), ==, 7);
  g_assert_cmpuint (count_rows (window, "Dense 128"), ==, 7);
  g_assert_cmpuint (count_rows (window, "Activation"), ==, 0);
  ui_activate (window, "win.undo");
  g_assert_true (bf_network_pane_choose (window->network_pane, 2));
  ui_activate (window, "win.layer-ungroup");
  g_assert_cmpuint (count_rows (window, "Dense 128"), ==, 7);
  g_assert_cmpuint (count_rows (window, "Activation"), ==, 0);
  ui_close (window);
}

/* Builds a network by the actions of the pane, and takes every edit back. */
static void
test_edit_and_undo (void)
{
  BfWindow *window = ui_window ("spiral");
  BfExperiment *experiment = bf_session_get_experiment (ui_session (window));
  g_autoptr (BfSpec) before = bf_spec_ref (bf_experiment_get_spec (experiment));
  guint layers = bf_session_get_plan (ui_session (window))->n_layers;
  guint edits = 0;

  g_assert_true (bf_network_pane_choose (window->network_pane, 2));
  ui_activate (window, "win.add-kind::dense");
  edits++;
  ui_wait_until (bf_session_get_plan (ui_session (window))->n_layers > layers, 5);
  layers = bf_session_get_plan (ui_session (window))->n_layers;
  ui_activate (window, "win.layer-duplicate");
  edits++;
  ui_wait_until (bf_session_get_plan (ui_session (window))->n_layers > layers, 5);
  ui_activate (window, "win.layer-move(-1)");
  ui_activate (window, "win.layer-remove");
  ui_spin (0.2);
  while (ui_enabled (window, "win.undo"))
    ui_activate (window, "win.undo");
  g_assert_true (bf_spec_equal (before, bf_experiment_get_spec (experiment)));
  while (ui_enabled (window, "win.redo"))
    ui_activate (window, "win.redo");
  g_assert_false (bf_spec_equal (before, bf_experiment_get_spec (experiment)));
  g_assert_cmpuint (edits, ==, 2);
  ui_close (window);
}

/* An edit while training starts a new run that trains on, and keeps the old one. */
static void
test_edit_while_training (void)
{
  BfWindow *window = ui_window ("t1-baseline");

  train_until (window, 3);
  ui_activate (window, "win.remedy-apply::activation");
  ui_wait_until (bf_session_get_runs (ui_session (window))->len == 2, 10);
  ui_wait_until (bf_session_get_snapshot (ui_session (window))
                 && g_str_equal (bf_session_get_current (ui_session (window))->label, "Run 2")
                 && get_steps (window) >= 3, 30);
  g_assert_cmpint (get_state (window), ==, BF_RUN_TRAINING);
  g_assert_nonnull (ui_find (window->network_pane, "GtkLabel", "ReLU"));
  pause_training (window);
  ui_activate (window, "win.undo");
  ui_wait_until (g_str_equal (bf_session_get_current (ui_session (window))->label, "Run 1"), 10);
  ui_close (window);
}

/* A network that cannot be built is told in words, and training waits. */
static void
test_broken_network (void)
{
  BfWindow *window = ui_window ("t1-baseline");
  BfExperiment *experiment = bf_session_get_experiment (ui_session (window));
  BfSpec *spec = bf_experiment_copy_spec (experiment);
  BfBlock *last = spec->blocks->pdata[spec->blocks->len - 1];
  BfLayer *output = last->layers->pdata[0];
  const char *sentence;

  g_assert_true (bf_options_set_number (output->options, "units", 12, NULL));
  bf_experiment_edit (experiment, spec, "Units 12", NULL);
  ui_wait_until (bf_session_get_plan (ui_session (window))->error != NULL, 5);
  sentence = bf_session_get_plan (ui_session (window))->error;
  ui_spin (0.2);
  g_assert_nonnull (ui_find (window->network_pane, "GtkLabel", sentence));
  g_assert_false (ui_enabled (window, "run.train"));
  ui_activate (window, "win.undo");
  ui_wait_until (ui_enabled (window, "run.train"), 10);
  ui_close (window);
}

/* The shown color of a row of the heatmap, at a third of its width. */
static guint32
grab_cell (GtkWidget *heatmap, double row)
{
  int width, height;
  g_autofree guint32 *pixels = ui_grab (heatmap, &width, &height);
  guint32 pixel = pixels[(gsize) (height * row) * width + width / 3];

  return pixel & 0xffffff;
}

static double
get_luma (guint32 color)
{
  return 0.21 * (color >> 16 & 0xff) + 0.72 * (color >> 8 & 0xff) + 0.07 * (color & 0xff);
}

/* The picture: the first layers dark, the last light. */
static void
test_heatmap_pixels (void)
{
  BfWindow *window = ui_window ("t1-baseline");
  GtkWidget *heatmap;

  train_until (window, 40);
  pause_training (window);
  ui_activate (window, "win.view::gradients");
  heatmap = ui_find (window->centre, "BfGradientsView", NULL);
  g_assert_nonnull (heatmap);
  heatmap = ui_find (heatmap, "BfFigureView", NULL);
  g_assert_nonnull (heatmap);
  ui_spin (0.5);
  g_assert_cmpfloat (get_luma (grab_cell (heatmap, 0.12)) + 40, <, get_luma (grab_cell (heatmap, 0.80)));
  ui_close (window);
}

static void
test_views (void)
{
  static const char *const views[] = { "histograms", "curves", "gradients" };
  BfWindow *window = ui_window ("t2-relu");

  train_until (window, 30);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autofree char *action = g_strdup_printf ("win.view::%s", views[i]);

      ui_activate (window, action);
      ui_spin (0.2);
    }
  ui_close (window);
}

/* Columns become overlays and come back, without a warning. */
static void
test_resize (void)
{
  static const int widths[] = { 1440, 1100, 720, 900, 1279, 1280, 1400 };
  BfWindow *window = ui_window ("t2-relu");

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      gtk_window_set_default_size (GTK_WINDOW (window), widths[i], 800);
      ui_wait_until (gtk_widget_get_width (GTK_WIDGET (window)) <= widths[i] + 60, 5);
      ui_spin (0.2);
    }
  ui_close (window);
}

static void
test_live_learning_rate (void)
{
  BfWindow *window = ui_window ("t1-baseline");
  BfExperiment *experiment = bf_session_get_experiment (ui_session (window));
  BfSpec *spec;

  train_until (window, 5);
  spec = bf_experiment_copy_spec (experiment);
  spec->learning_rate = 0.5;
  bf_experiment_edit (experiment, spec, "Learning rate", NULL);
  ui_wait_until (bf_session_get_snapshot (ui_session (window))->marks->len == 1, 10);
  g_assert_cmpuint (bf_session_get_runs (ui_session (window))->len, ==, 1);
  ui_close (window);
}

static GtkWindow *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (BF_IS_EXPORT_DIALOG (window))
        return window;
    }
  return NULL;
}

static void
test_export_dialog (void)
{
  BfWindow *window = ui_window ("t2-relu");
  GtkWidget *figure;
  GtkWindow *dialog;

  train_until (window, 20);
  figure = ui_find (window->centre, "BfFigureView", NULL);
  g_assert_true (gtk_widget_activate_action (figure, "figure.export", NULL));
  ui_wait_until (find_dialog () != NULL, 5);
  dialog = find_dialog ();
  ui_spin (0.6);
  gtk_window_close (dialog);
  ui_wait_until (find_dialog () == NULL, 5);
  ui_close (window);
}

/* A figure under way holds its dialog after that was closed, or went with its window. */
static void
test_export_dialog_held (void)
{
  for (guint with_window = 0; with_window < 2; with_window++)
    {
      BfWindow *window = ui_window ("t2-relu");
      GtkWindow *dialog;

      train_until (window, 20);
      g_assert_true (gtk_widget_activate_action (ui_find (window->centre, "BfFigureView", NULL), "figure.export", NULL));
      ui_wait_until (find_dialog () != NULL, 5);
      dialog = g_object_ref (find_dialog ());
      g_assert_true (gtk_window_get_transient_for (dialog) == GTK_WINDOW (window));
      if (!with_window)
        gtk_window_close (dialog);
      ui_wait_until (with_window || find_dialog () == NULL, 5);
      ui_close (window);
      g_assert_null (find_dialog ());
      g_assert_null (gtk_window_get_transient_for (dialog));
      g_object_unref (dialog);
    }
}

/* Saving and opening again gives the same experiment. */
static void
test_save_and_open (void)
{
  BfWindow *window = ui_window ("t2-sigmoid");
  BfExperiment *experiment = bf_session_get_experiment (ui_session (window));
  g_autofree char *folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "mine.backflow", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (BfSpec) spec = bf_spec_ref (bf_experiment_get_spec (experiment));
  g_autoptr (GError) error = NULL;

  g_assert_true (bf_experiment_save (experiment, file, &error));
  g_assert_no_error (error);
  ui_activate (window, "win.open-example::spiral");
  ui_wait_until (!bf_spec_equal (spec, bf_experiment_get_spec (experiment)), 5);
  bf_window_open (window, file);
  ui_wait_until (bf_spec_equal (spec, bf_experiment_get_spec (experiment)), 5);
  ui_wait_until (get_state (window) == BF_RUN_READY, 10);
  ui_close (window);
  g_file_delete (file, NULL, NULL);
  g_rmdir (folder);
}

static void
test_close_while_training (void)
{
  BfWindow *window = ui_window ("t1-baseline");

  train_until (window, 5);
  g_assert_cmpint (get_state (window), ==, BF_RUN_TRAINING);
  ui_close (window);
}

/* Frames keep coming and controls answer while training runs flat out. */
static void
test_stays_alive (void)
{
  BfWindow *window = ui_window ("t1-baseline");
  gint64 worst = 0;

  train_until (window, 1);
  for (int i = 0; i < 200; i++)
    {
      gint64 begin = g_get_monotonic_time ();

      ui_iterate ();
      worst = MAX (worst, g_get_monotonic_time () - begin);
    }
  g_test_message ("longest turn of the main loop: %.1f ms", worst / 1000.0);
  pause_training (window);
  ui_close (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/window/start", test_start);
  g_test_add_func ("/window/train-pause-step-reset", test_train_pause_step_reset);
  g_test_add_func ("/window/diverges", test_diverges);
  g_test_add_func ("/window/rows-of-activations", test_rows_of_activations);
  g_test_add_func ("/window/edit-and-undo", test_edit_and_undo);
  g_test_add_func ("/window/edit-while-training", test_edit_while_training);
  g_test_add_func ("/window/broken-network", test_broken_network);
  g_test_add_func ("/window/heatmap-pixels", test_heatmap_pixels);
  g_test_add_func ("/window/views", test_views);
  g_test_add_func ("/window/resize", test_resize);
  g_test_add_func ("/window/live-learning-rate", test_live_learning_rate);
  g_test_add_func ("/window/export-dialog", test_export_dialog);
  g_test_add_func ("/window/export-dialog-held", test_export_dialog_held);
  g_test_add_func ("/window/save-and-open", test_save_and_open);
  g_test_add_func ("/window/close-while-training", test_close_while_training);
  g_test_add_func ("/window/stays-alive", test_stays_alive);
  return g_test_run ();
}
