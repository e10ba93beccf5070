/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What is kept between two windows, and what the main menu gives away.
 */
#include "ui-common.h"

#include <glib/gstdio.h>

#include "bf-preferences.h"
#include "bf-settings.h"

static GtkWindow *
find_toplevel (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (g_type_is_a (G_OBJECT_TYPE (window), type))
        return window;
    }
  return NULL;
}

/* Rows show the settings, and a change of either is one of both. */
static void
test_rows (void)
{
  BfWindow *window = ui_window ("t2-relu");
  BfSettings *settings = bf_settings_get ();
  GtkWindow *preferences;
  GtkSpinButton *threads;
  AdwComboRow *format;

  bf_settings_set_text (settings, "figure-format", "svg");
  bf_preferences_present (GTK_WINDOW (window));
  preferences = find_toplevel (BF_TYPE_PREFERENCES);
  g_assert_nonnull (preferences);
  threads = GTK_SPIN_BUTTON (gtk_widget_get_template_child (GTK_WIDGET (preferences), BF_TYPE_PREFERENCES, "threads"));
  format = ADW_COMBO_ROW (gtk_widget_get_template_child (GTK_WIDGET (preferences), BF_TYPE_PREFERENCES, "format_row"));
  g_assert_cmpuint (adw_combo_row_get_selected (format), ==, 1);
  adw_combo_row_set_selected (format, 2);
  g_assert_cmpstr (bf_settings_get_text (settings, "figure-format"), ==, "pdf");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (threads)), ==, "Automatic");
  gtk_spin_button_set_value (threads, 2);
  g_assert_cmpint (bf_settings_get_int (settings, "threads"), ==, 2);
  gtk_editable_set_text (GTK_EDITABLE (threads), "0");
  gtk_spin_button_update (threads);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (threads)), ==, "Automatic");
  g_assert_cmpint (bf_settings_get_int (settings, "threads"), ==, 0);
  gtk_window_destroy (preferences);
  bf_settings_set_text (settings, "figure-format", "png");
  ui_close (window);
}

/* The next window has the size and panes of the one closed last. */
static void
test_size (void)
{
  BfWindow *window = ui_window ("t2-relu");

  gtk_window_set_default_size (GTK_WINDOW (window), 1360, 820);
  ui_wait_until (ABS (gtk_widget_get_width (GTK_WIDGET (window)) - 1360) < 60, 5);   /* and a frame */
  ui_spin (0.3);
  gtk_paned_set_position (window->outer_paned, 330);
  ui_wait_until (window->sides[BF_SIDE_LEFT].width == 330, 5);
  ui_close (window);

  window = ui_window ("t2-relu");
  ui_wait_until (ABS (gtk_widget_get_width (GTK_WIDGET (window)) - 1360) < 60, 5);   /* and a frame */
  ui_wait_until (gtk_paned_get_position (window->outer_paned) == 330, 5);
  ui_close (window);
}

static guint
count_recent (BfWindow *window)
{
  g_autoptr (GMenuModel) menu = NULL, list = NULL;

  if (g_menu_model_get_n_items (G_MENU_MODEL (window->recent_menu)) == 0)
    return 0;
  menu = g_menu_model_get_item_link (G_MENU_MODEL (window->recent_menu), 0, G_MENU_LINK_SUBMENU);
  list = g_menu_model_get_item_link (menu, 0, G_MENU_LINK_SECTION);
  return g_menu_model_get_n_items (list);
}

/* What was opened is offered again; what is gone leaves the list with a message. */
static void
test_recent (void)
{
  BfWindow *window = ui_window ("t2-relu");
  g_autofree char *folder = g_dir_make_tmp ("backflow-recent-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "my_first.backflow", NULL);
  g_autofree char *from = g_build_filename (BF_SOURCE_DATA_DIR, "experiments", "t2-sigmoid.backflow", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path), source = g_file_new_for_path (from);
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *action = g_strdup_printf ("win.open-uri::%s", uri);
  BfExperiment *experiment = bf_session_get_experiment (ui_session (window));

  bf_settings_clear_recent (bf_settings_get ());
  g_assert_cmpuint (count_recent (window), ==, 0);
  g_assert_true (g_file_copy (source, file, 0, NULL, NULL, NULL, NULL));
  bf_window_open (window, file);
  g_assert_cmpuint (count_recent (window), ==, 1);
  g_assert_true (g_file_equal (bf_experiment_get_file (experiment), file));
  ui_activate (window, "win.open-example::t2-relu");
  ui_activate (window, action);
  g_assert_true (g_file_equal (bf_experiment_get_file (experiment), file));

  g_unlink (path);
  ui_activate (window, action);
  g_assert_cmpuint (count_recent (window), ==, 0);
  gtk_window_destroy (find_toplevel (ADW_TYPE_MESSAGE_DIALOG));
  g_rmdir (folder);
  ui_close (window);
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_code (void)
{
  BfWindow *window = ui_window ("t1-baseline");
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (window));
  char *text = NULL;

  ui_activate (window, "win.remedy-apply::activation");
  ui_wait_until (bf_session_get_state (ui_session (window)) == BF_RUN_READY, 30);
  ui_activate (window, "win.copy-code::pytorch");
  gdk_clipboard_read_text_async (clipboard, NULL, on_text, &text);
  ui_wait_until (text != NULL, 5);
  g_assert_nonnull (strstr (text, "import torch"));
  g_assert_nonnull (strstr (text, "ReLU"));
  g_free (text);
  g_assert_cmpint (g_menu_model_get_n_items (G_MENU_MODEL (window->code_menu)), ==, 2);
  ui_close (window);
}

/* Saved after some steps and loaded again, the weights are those; a network of other shapes says so. */
static void
test_weights (void)
{
  BfWindow *window = ui_window ("spiral");
  BfSession *session = ui_session (window);
  g_autofree char *folder = g_dir_make_tmp ("backflow-weights-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.safetensors", NULL);
  g_autofree char *again = g_build_filename (folder, "b.safetensors", NULL);
  g_autofree char *first = NULL, *second = NULL, *third = NULL;
  gsize size, size_again;
  GtkWindow *message;

  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (session)->steps == 1, 30);
  bf_window_save_weights (window, path);
  ui_wait_until (g_file_test (path, G_FILE_TEST_EXISTS), 30);
  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (session)->steps == 2, 30);

  bf_window_load_weights (window, path);
  ui_wait_until (bf_session_get_snapshot (session) && bf_session_get_snapshot (session)->steps == 0
                 && bf_session_get_state (session) == BF_RUN_READY, 30);
  bf_window_save_weights (window, again);
  ui_wait_until (g_file_test (again, G_FILE_TEST_EXISTS), 30);
  g_assert_true (g_file_get_contents (path, &first, &size, NULL));
  g_assert_true (g_file_get_contents (again, &second, &size_again, NULL));
  g_assert_cmpmem (first, size, second, size_again);

  /* Step 0 of the run is measured with them; undone, they are drawn again. */
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 2);
  g_unlink (again);
  ui_activate (window, "win.forget-weights");
  ui_wait_until (bf_session_get_state (session) == BF_RUN_READY && bf_session_get_snapshot (session), 30);
  ui_spin (0.5);
  bf_window_save_weights (window, again);
  ui_wait_until (g_file_test (again, G_FILE_TEST_EXISTS), 30);
  g_assert_true (g_file_get_contents (again, &third, &size_again, NULL));
  g_assert_true (size != size_again || memcmp (first, third, size) != 0);

  ui_activate (window, "win.open-example::t2-relu");
  ui_wait_until (bf_session_get_state (session) == BF_RUN_READY, 30);
  bf_window_load_weights (window, path);
  ui_wait_until ((message = find_toplevel (ADW_TYPE_MESSAGE_DIALOG)) != NULL, 30);
  g_assert_nonnull (strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (message)), "Dense 1"));
  gtk_window_destroy (message);
  g_unlink (path);
  g_unlink (again);
  g_rmdir (folder);
  ui_close (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/preferences/rows", test_rows);
  g_test_add_func ("/preferences/size", test_size);
  g_test_add_func ("/preferences/recent", test_recent);
  g_test_add_func ("/preferences/code", test_code);
  g_test_add_func ("/preferences/weights", test_weights);
  return g_test_run ();
}
