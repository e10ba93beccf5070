/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Studies in the real window: composed, at work beside the laboratory, in the table, saved and
 * opened. Warnings are fatal (g_test).
 */
#include "ui-common.h"

#include "bf-study-words.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *const columns[] = { "Run", "Published", "Loss", "First : Last", "Steps/s", "Time" };

static BfStudyState
get_state (BfWindow *window)
{
  return bf_study_session_get_state (window->study);
}

/* Of T2's networks, which train in a moment. */
static void
choose (BfWindow *window, const char *id, guint seeds, guint epochs)
{
  gtk_widget_activate_action (GTK_WIDGET (window->study_pane), "study.choose", "s", id);
  bf_study_session_set_seeds (window->study, seeds);
  bf_study_session_set_epochs (window->study, epochs);
}

/* The pane turns, Train is no longer suggested, and comes back. */
static void
test_pane (void)
{
  BfWindow *window = ui_window ("t2-relu");

  g_assert_false (bf_window_shows_study (window));
  ui_activate (window, "win.try-remedies");
  ui_spin (0.2);
  g_assert_true (bf_window_shows_study (window));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (window->study_page)));
  g_assert_nonnull (ui_find (window->study_pane, "GtkLabel", "No Remedy"));
  g_assert_nonnull (ui_find (window->study_pane, "GtkLabel", "Batch Normalization"));
  g_assert_false (gtk_widget_has_css_class (window->train_button, "suggested-action"));
  g_assert_true (ui_enabled (window, "run.study-start"));
  bf_study_session_set_all_chosen (window->study, FALSE);
  g_assert_false (ui_enabled (window, "run.study-start"));
  ui_activate (window, "win.show-laboratory");
  g_assert_false (bf_window_shows_study (window));
  g_assert_true (gtk_widget_has_css_class (window->train_button, "suggested-action"));
  ui_close (window);
}

static gboolean
has_ended (BfWindow *window, guint n)
{
  BfStudyQueue *queue = bf_study_session_get_queue (window->study);

  return bf_study_queue_count_ended (queue) >= n;
}

/* Closed in the middle, a study waits at the next start; what has ended is not trained again. */
static void
test_goes_on (void)
{
  BfWindow *window = ui_window ("t2-relu");
  GtkApplication *application = g_object_ref (gtk_window_get_application (GTK_WINDOW (window)));
  BfStudyQueue *queue;
  GtkWidget *button;

  choose (window, "t2-table", 3, 41);
  g_assert_null (bf_study_session_find_left (window->study));
  ui_activate (window, "run.study-start");
  ui_wait_until (has_ended (window, 4), 120);
  ui_close (window);
  g_assert_true (bf_notebook_flush (bf_notebook_get_default (), NULL));

  window = bf_window_new_restored (application);
  gtk_window_present (GTK_WINDOW (window));
  ui_wait_until ((button = ui_find (window, "GtkLabel", "Go On")) && gtk_widget_get_mapped (button), 20);
  g_signal_emit_by_name (gtk_widget_get_ancestor (button, GTK_TYPE_BUTTON), "clicked");
  g_assert_cmpint (get_state (window), ==, BF_STUDY_RUNNING);
  g_assert_cmpstr (bf_study_session_get_id (window->study), ==, "t2-table");
  queue = bf_study_session_get_queue (window->study);
  ui_wait_until (get_state (window) == BF_STUDY_FINISHED, 120);
  g_assert_cmpuint (bf_study_queue_count_ended (queue), ==, 18);
  g_assert_true (bf_study_queue_get_run (queue, 0, 0)->kept);
  g_assert_false (bf_study_queue_get_run (queue, 5, 2)->kept);
  ui_close (window);
  g_assert_true (bf_notebook_flush (bf_notebook_get_default (), NULL));

  window = bf_window_new_restored (application);
  g_assert_null (bf_study_session_find_left (window->study));
  gtk_window_present (GTK_WINDOW (window));
  ui_close (window);
  g_object_unref (application);
}

/* Trains to the end while the laboratory is used; the table and the status bar follow. */
static void
test_runs (void)
{
  BfWindow *window = ui_window ("t2-relu");
  BfStudyQueue *queue;

  ui_activate (window, "win.try-remedies");
  choose (window, "t2-table", 2, 3);
  ui_activate (window, "run.study-start");
  g_assert_false (ui_enabled (window, "run.study-start"));
  g_assert_true (ui_enabled (window, "run.study-cancel"));
  ui_activate (window, "run.step");
  ui_activate (window, "win.view::gradients");
  ui_wait_until (get_state (window) == BF_STUDY_FINISHED, 120);
  ui_wait_until (bf_session_get_snapshot (ui_session (window))->steps == 1, 10);
  queue = bf_study_session_get_queue (window->study);
  g_assert_cmpuint (bf_study_queue_count_ended (queue), ==, 12);
  g_assert_cmpuint (bf_study_session_count_complete (window->study), ==, 6);
  ui_activate (window, "win.show-study");
  ui_spin (0.5);
  g_assert_nonnull (ui_find (window->study_page, "GtkLabel", "Study finished"));
  g_assert_nonnull (ui_find (window->study_page, "GtkLabel", "diverged"));
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    g_assert_nonnull (ui_find (window->study_page, "GtkLabel", columns[i]));
  g_assert_true (ui_enabled (window, "run.study-start"));
  ui_close (window);
}

/* Pausing keeps what there is, canceling what has ended; closing while one is at work is no harm. */
static void
test_pause_and_cancel (void)
{
  BfWindow *window = ui_window ("t2-relu");
  guint ended;

  choose (window, "t2-table", 3, 200);
  ui_activate (window, "run.study-start");
  ui_wait_until (bf_study_queue_count_ended (bf_study_session_get_queue (window->study)) > 0, 60);
  ui_activate (window, "run.study-pause");
  g_assert_cmpint (get_state (window), ==, BF_STUDY_PAUSED);
  ended = bf_study_queue_count_ended (bf_study_session_get_queue (window->study));
  ui_spin (0.3);
  g_assert_cmpuint (bf_study_queue_count_ended (bf_study_session_get_queue (window->study)), ==, ended);
  ui_activate (window, "run.study-pause");
  g_assert_cmpint (get_state (window), ==, BF_STUDY_RUNNING);
  ui_activate (window, "run.study-cancel");
  g_assert_cmpint (get_state (window), ==, BF_STUDY_CANCELLED);
  ui_activate (window, "run.study-start");
  ui_spin (0.2);
  ui_close (window);
}

/* The table as text, and as CSV with a line a row and a line a run. */
static void
test_table_text (void)
{
  BfWindow *window = ui_window ("t2-relu");
  g_autofree char *table = NULL, *csv = NULL, *runs = NULL;
  g_auto (GStrv) lines = NULL, rows = NULL, each = NULL;
  BfStudyQueue *queue;

  choose (window, "t2-table", 2, 1);
  ui_activate (window, "run.study-start");
  ui_wait_until (get_state (window) == BF_STUDY_FINISHED, 60);
  queue = bf_study_session_get_queue (window->study);
  table = bf_study_print_table (queue);
  csv = bf_study_print_csv (queue);
  runs = bf_study_print_runs (queue);
  lines = g_strsplit (table, "\n", -1);
  rows = g_strsplit (csv, "\n", -1);
  each = g_strsplit (runs, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 6 + 1);
  g_assert_cmpuint (g_strv_length (rows), ==, 1 + 6 + 1);
  g_assert_cmpuint (g_strv_length (each), ==, 1 + 12 + 1);
  for (guint i = 1; i < 7; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);

      g_assert_cmpuint (g_strv_length (cells), ==, 7);
    }
  ui_close (window);
}

/* A composed study in a file opens again with its rows. */
static void
test_file (void)
{
  static const char *const pair[] = { "batch-norm", "skip-connections", NULL };
  BfWindow *window = ui_window ("t1-baseline");
  g_autofree char *folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "mine.study", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (BfStudy) study = NULL;

  bf_study_session_set_all_chosen (window->study, FALSE);
  bf_study_session_set_chosen (window->study, 0, TRUE);
  bf_study_session_add_combination (window->study, pair);
  bf_study_session_set_seeds (window->study, 5);
  study = bf_study_session_make_study (window->study);
  g_assert_cmpuint (study->rows->len, ==, 2);
  g_assert_true (bf_study_save (study, path, &error));
  g_assert_no_error (error);
  bf_window_open (window, file);
  g_assert_true (bf_window_shows_study (window));
  g_assert_cmpuint (bf_study_session_get_n_rows (window->study), ==, 2);
  g_assert_cmpuint (bf_study_session_get_seeds (window->study), ==, 5);
  g_assert_nonnull (ui_find (window->study_pane, "GtkLabel", "Batch Normalization + Skip Connections"));
  ui_close (window);
  g_remove (path);
  g_rmdir (folder);
}

/* A run of the study becomes the experiment of the laboratory. */
static void
test_open_run (void)
{
  BfWindow *window = ui_window ("t2-relu");
  const BfSpec *spec;

  choose (window, "t2-table", 2, 1);
  ui_activate (window, "run.study-start");
  ui_wait_until (get_state (window) == BF_STUDY_FINISHED, 60);
  g_signal_emit_by_name (window->study_page, "open-run", 0, 1);
  ui_spin (0.3);
  spec = bf_experiment_get_spec (bf_session_get_experiment (ui_session (window)));
  g_assert_cmpuint (spec->seed, ==, bf_study_queue_get_run (bf_study_session_get_queue (window->study), 0, 1)->seed);
  g_assert_cmpuint (spec->epochs, ==, 1);
  ui_close (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);

  g_test_add_func ("/study/pane", test_pane);
  g_test_add_func ("/study/runs", test_runs);
  g_test_add_func ("/study/goes-on", test_goes_on);
  g_test_add_func ("/study/pause-and-cancel", test_pause_and_cancel);
  g_test_add_func ("/study/table-text", test_table_text);
  g_test_add_func ("/study/file", test_file);
  g_test_add_func ("/study/open-run", test_open_run);
  return g_test_run ();
}
