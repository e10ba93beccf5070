/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The runs that the notebook keeps, in the real window: listed, searched, named, given a star, deleted and brought
 * back, opened, saved as files. Warnings are fatal (g_test).
 */
#include "ui-common.h"

#include "bf-kept-run.h"
#include "bf-run-export.h"
#include "bf-safetensors.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

/* A window with a run that made a step. */
static BfWindow *
open_trained (void)
{
  BfWindow *window = ui_window ("t2-relu");

  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (ui_session (window))->steps == 1, 20);
  return window;
}

static BfAllRuns *
open_list (BfWindow *window)
{
  ui_activate (window, "win.all-runs");
  ui_wait_until (window->all_runs && gtk_widget_get_mapped (GTK_WIDGET (window->all_runs)), 10);
  return window->all_runs;
}

static guint
count_shown (BfAllRuns *list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (bf_all_runs_get_runs (list)));
}

static const BfNotebookEntry *
get_shown (BfAllRuns *list, guint i)
{
  g_autoptr (BfKeptRun) run = g_list_model_get_item (G_LIST_MODEL (bf_all_runs_get_runs (list)), i);

  g_assert_nonnull (run);
  return bf_kept_run_get_entry (run);
}

static void
activate (BfAllRuns *list, const char *action, const char *uuid)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (list), action, "s", uuid));
}

static GPtrArray *
read_notebook (gboolean deleted)
{
  g_assert_true (bf_notebook_flush (bf_notebook_get_default (), NULL));
  return bf_notebook_list (bf_notebook_get_default (), deleted, NULL);
}

static void
search (BfAllRuns *list, const char *words, guint expected)
{
  gtk_editable_set_text (GTK_EDITABLE (ui_find (list, "GtkSearchEntry", NULL)), words);
  ui_wait_until (count_shown (list) == expected, 5);
}

/* Before anything was trained there is a page that says so. */
static void
test_empty (void)
{
  BfWindow *window = ui_window ("t2-relu");
  BfAllRuns *list = open_list (window);

  g_assert_cmpuint (count_shown (list), ==, 0);
  g_assert_true (gtk_widget_get_mapped (ui_find (list, "GtkLabel", "No Runs Yet")));
  gtk_window_close (GTK_WINDOW (list));
  ui_wait_until (window->all_runs == NULL, 5);
  ui_close (window);
}

static void
test_list (void)
{
  BfWindow *window = open_trained ();
  BfAllRuns *list = open_list (window);
  g_autofree char *uuid = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  GtkWidget *entry;

  g_assert_cmpuint (count_shown (list), ==, 1);
  uuid = g_strdup (get_shown (list, 0)->uuid);
  g_assert_cmpstr (uuid, ==, bf_session_get_uuid (bf_session_get_current (ui_session (window))));

  /* In place, and the session calls it so, too. */
  activate (list, "runs.rename", uuid);
  ui_spin (0.3);
  entry = ui_find (list, "BfKeptRunRow", NULL);
  entry = ui_find (entry, "GtkEntry", NULL);
  g_assert_true (gtk_widget_get_mapped (entry));
  gtk_editable_set_text (GTK_EDITABLE (entry), "  First try ");
  g_signal_emit_by_name (entry, "activate");
  ui_spin (0.2);
  g_assert_cmpstr (get_shown (list, 0)->name, ==, "First try");
  g_assert_cmpstr (bf_session_get_current (ui_session (window))->label, ==, "First try");

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (list), "kept.star", "(sb)", uuid, TRUE));
  g_assert_true (get_shown (list, 0)->star);
  g_assert_true (bf_session_get_current (ui_session (window))->star);
  entries = read_notebook (FALSE);
  g_assert_cmpuint (entries->len, ==, 1);
  g_assert_cmpstr (((BfNotebookEntry *) entries->pdata[0])->name, ==, "First try");
  g_assert_true (((BfNotebookEntry *) entries->pdata[0])->star);

  search (list, "RELU try", 1);
  search (list, "relu nowhere", 0);
  g_assert_true (gtk_widget_get_mapped (ui_find (list, "GtkLabel", "No Such Run")));
  search (list, "", 1);
  ui_close (window);
}

/* Newest first; one that is of no session any more is deleted, brought back, and opened. */
static void
test_old (void)
{
  BfWindow *window = open_trained ();
  BfAllRuns *list = open_list (window);
  g_autofree char *old = NULL;
  g_autoptr (GPtrArray) left = NULL, again = NULL;

  g_assert_cmpuint (count_shown (list), ==, 2);
  g_assert_cmpstr (get_shown (list, 1)->name, ==, "First try");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_find (list, "GtkToggleButton", NULL)), TRUE);
  g_assert_cmpuint (count_shown (list), ==, 1);
  old = g_strdup (get_shown (list, 0)->uuid);
  activate (list, "runs.delete", old);
  g_assert_cmpuint (count_shown (list), ==, 0);
  left = read_notebook (FALSE);
  g_assert_cmpuint (left->len, ==, 1);
  activate (list, "runs.undelete", old);
  g_assert_cmpuint (count_shown (list), ==, 1);
  again = read_notebook (FALSE);
  g_assert_cmpuint (again->len, ==, 2);

  activate (list, "kept.open", old);
  ui_wait_until (window->all_runs == NULL, 5);
  g_assert_cmpstr (bf_session_get_uuid (bf_session_get_current (ui_session (window))), ==, old);
  g_assert_cmpstr (bf_session_get_current (ui_session (window))->label, ==, "First try");
  ui_wait_until (bf_session_get_snapshot (ui_session (window))->steps == 1, 20);
  ui_close (window);
}

/* A run of the window: deleted from the list it goes from the runs menu as well; another one takes its place. */
static void
test_own (void)
{
  BfWindow *window = open_trained ();
  BfSession *session = ui_session (window);
  BfExperiment *experiment = bf_session_get_experiment (session);
  g_autofree char *first = g_strdup (bf_session_get_uuid (bf_session_get_current (session)));
  g_autofree char *second = NULL;
  BfAllRuns *list;

  bf_experiment_set_remedy (experiment, "batch-norm", TRUE);
  ui_wait_until (bf_session_get_current (session)->number == 2, 20);
  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (session)->steps == 1, 20);
  second = g_strdup (bf_session_get_uuid (bf_session_get_current (session)));
  list = open_list (window);
  activate (list, "kept.open", first);
  g_assert_cmpstr (bf_session_get_uuid (bf_session_get_current (session)), ==, first);
  g_assert_true (bf_experiment_get_can_undo (experiment));
  ui_wait_until (window->all_runs == NULL, 5);

  list = open_list (window);
  for (guint i = 0; i < count_shown (list); i++)   /* the mark of each row */
    g_assert_cmpstr (get_shown (list, i)->family, ==, g_str_equal (get_shown (list, i)->uuid, second) ? "normalization" : "baseline");
  activate (list, "runs.delete", second);
  g_assert_null (bf_session_find_run (session, second));
  activate (list, "runs.undelete", second);
  g_assert_nonnull (bf_session_find_run (session, second));

  /* Both, and both come back, the last one first. */
  activate (list, "runs.delete", first);
  activate (list, "runs.delete", second);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (list), "runs.undelete", "s", first));
  g_assert_nonnull (bf_session_find_run (session, first));
  g_assert_null (bf_session_find_run (session, second));
  gtk_window_close (GTK_WINDOW (list));
  ui_wait_until (window->all_runs == NULL, 5);
  ui_activate (window, "win.undo");
  g_assert_nonnull (bf_session_find_run (session, second));
  ui_close (window);
}

/* The menu of the session's runs: a star, a name in place, one deleted. */
static void
test_menu (void)
{
  BfWindow *window = open_trained ();
  BfSession *session = ui_session (window);
  GtkWidget *menu = ui_find (window->centre, "BfRunsMenu", NULL), *button, *entry;
  guint number;

  bf_experiment_set_remedy (bf_session_get_experiment (session), "batch-norm", TRUE);
  ui_wait_until (bf_session_get_runs (session)->len == 2, 20);
  ui_activate (window, "win.view::gradients");
  gtk_menu_button_popup (GTK_MENU_BUTTON (gtk_widget_get_ancestor (menu, GTK_TYPE_MENU_BUTTON)));
  ui_wait_until (gtk_widget_get_mapped (menu), 5);
  button = ui_find (menu, "GtkToggleButton", NULL);
  g_assert_false (bf_session_get_current (session)->star);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  g_assert_true (bf_session_get_current (session)->star);
  number = bf_session_get_current (session)->number;
  g_assert_true (gtk_widget_activate_action (menu, "runs.rename", "u", number));
  entry = ui_find (menu, "GtkEntry", NULL);
  g_assert_true (gtk_widget_get_child_visible (entry));
  gtk_editable_set_text (GTK_EDITABLE (entry), "With batch norm");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpstr (bf_session_get_current (session)->label, ==, "With batch norm");
  g_assert_true (gtk_widget_activate_action (menu, "runs.remove", "u", 1));
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 1);
  ui_close (window);
}

/* A run of another time stands in the menu when it is of this experiment, and comes beside the present one. */
static void
test_beside (void)
{
  BfWindow *window = open_trained ();
  BfSession *session = ui_session (window);
  g_autofree char *old = g_strdup (bf_session_get_uuid (bf_session_get_current (session)));
  GtkWidget *menu, *rows, *check = NULL;

  ui_close (window);
  window = open_trained ();
  session = ui_session (window);
  g_assert_null (bf_session_find_run (session, old));
  menu = ui_find (window->centre, "BfRunsMenu", NULL);
  g_signal_emit_by_name (menu, "show");
  rows = GTK_WIDGET (gtk_widget_get_template_child (menu, g_type_from_name ("BfRunsMenu"), "rows"));
  for (GtkWidget *row = gtk_widget_get_first_child (rows);
       row && !check; row = gtk_widget_get_next_sibling (row))
    if (g_strcmp0 (g_object_get_data (G_OBJECT (gtk_widget_get_first_child (row)), "uuid"), old) == 0)
      check = gtk_widget_get_first_child (row);
  g_assert_nonnull (check);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  g_assert_nonnull (bf_session_get_beside (session));
  g_assert_cmpstr (bf_session_get_uuid (bf_session_get_beside (session)), ==, old);
  g_assert_cmpuint (bf_session_get_runs (session)->len, ==, 2);
  ui_close (window);
}

static char *
export (BfWindow *window, const char *uuid, const char *kind)
{
  char *path = g_build_filename (folder, kind, NULL);

  bf_window_export_run (window, uuid, kind, path);
  ui_wait_until (g_file_test (path, G_FILE_TEST_EXISTS), 20);
  ui_spin (0.2);
  return path;
}

static void
test_export (void)
{
  BfWindow *window = open_trained ();
  const char *uuid = bf_session_get_uuid (bf_session_get_current (ui_session (window)));
  g_autofree char *experiment = export (window, uuid, "experiment");
  g_autofree char *weights = export (window, uuid, "weights");
  g_autofree char *metrics = export (window, uuid, "metrics");
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) tensors = bf_safetensors_load (weights, NULL);
  g_autoptr (GPtrArray) now = bf_run_list_weights (bf_session_get_current (ui_session (window))->run);

  g_assert_nonnull (tensors);
  g_assert_cmpuint (tensors->len, ==, now->len);
  for (guint i = 0; i < now->len; i++)
    {
      const BfTensorValues *here = now->pdata[i], *there = bf_safetensors_find (tensors, here->name);

      g_assert_nonnull (there);
      g_assert_true (g_bytes_equal (here->values, there->values));
    }
  g_assert_true (g_file_get_contents (metrics, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "epoch,step,train_loss,"));
  g_clear_pointer (&text, g_free);
  g_assert_true (g_file_get_contents (experiment, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"format\""));
  g_unlink (experiment);
  g_unlink (weights);
  g_unlink (metrics);
  ui_close (window);
}

int
main (int argc, char **argv)
{
  int code;

  folder = g_dir_make_tmp ("backflow-runs-XXXXXX", NULL);
  ui_init (&argc, &argv);
  g_test_add_func ("/ui/runs/empty", test_empty);
  g_test_add_func ("/ui/runs/list", test_list);
  g_test_add_func ("/ui/runs/old", test_old);
  g_test_add_func ("/ui/runs/own", test_own);
  g_test_add_func ("/ui/runs/menu", test_menu);
  g_test_add_func ("/ui/runs/beside", test_beside);
  g_test_add_func ("/ui/runs/export", test_export);
  code = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return code;
}
