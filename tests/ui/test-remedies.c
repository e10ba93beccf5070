/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What a remedy does to the panes: rows and letters in the list, settings that it decides.
 */
#include "ui-common.h"

#include "bf-network-pane-private.h"
#include "bf-remedy-row.h"

static BfNetworkItem *
find_item (BfWindow *window, BfNetworkItemType type, guint nth)
{
  GListModel *items = G_LIST_MODEL (window->network_pane->items);

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (BfNetworkItem) item = g_list_model_get_item (items, i);

      if (item->type == type && nth-- == 0)
        return item;
    }
  return NULL;
}

static GtkWidget *
find_row (BfWindow *window, const char *id)
{
  GtkListBox *list = GTK_LIST_BOX (gtk_widget_get_template_child (GTK_WIDGET (window->remedy_pane), BF_TYPE_REMEDY_PANE, "list"));
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (list, i)) != NULL; i++)
    if (g_str_equal (bf_remedy_row_get_id (BF_REMEDY_ROW (row)), id))
      return GTK_WIDGET (row);
  return NULL;
}

/* One row under the block's head, and the letters on every copy; both go with the remedy. */
static void
test_inserted (void)
{
  BfWindow *window = ui_window ("t1-baseline");
  BfNetworkItem *item;

  g_assert_null (find_item (window, BF_ITEM_REMEDY, 0));
  ui_activate (window, "win.remedy-apply::batch-norm");
  ui_activate (window, "win.remedy-apply::gradient-norm");
  item = find_item (window, BF_ITEM_REMEDY, 0);
  g_assert_cmpstr (item->name, ==, "Batch Normalization");
  g_assert_true (item->in_group);
  g_assert_cmpstr (find_item (window, BF_ITEM_REMEDY, 1)->remedy, ==, "gradient-norm");
  g_assert_null (find_item (window, BF_ITEM_REMEDY, 2));
  for (guint i = 0; i < 7; i++)
    g_assert_cmpstr (find_item (window, BF_ITEM_LAYER, i)->inserted, ==,
                     "batch-norm/batch-norm gradient-norm/gradient-norm");
  g_assert_null (find_item (window, BF_ITEM_LAYER, 7)->inserted);
  g_assert_nonnull (ui_find (window->network_pane, "GtkLabel", "BN GN"));
  ui_activate (window, "win.undo");
  ui_activate (window, "win.undo");
  g_assert_null (find_item (window, BF_ITEM_REMEDY, 0));
  g_assert_null (find_item (window, BF_ITEM_LAYER, 0)->inserted);
  ui_close (window);
}

/* Adding and removing layers goes on beside the rows of remedies. */
static void
test_edit_beside (void)
{
  BfWindow *window = ui_window ("t1-baseline");
  BfExperiment *experiment = bf_session_get_experiment (ui_session (window));

  ui_activate (window, "win.remedy-apply::batch-norm");
  g_assert_true (bf_network_pane_choose_item (window->network_pane, BF_ITEM_LAYER,
                                              find_item (window, BF_ITEM_LAYER, 7)->layer, 0));
  ui_activate (window, "win.layer-duplicate");
  g_assert_cmpuint (bf_experiment_get_spec (experiment)->blocks->len, ==, 3);
  ui_activate (window, "win.layer-remove");
  g_assert_cmpuint (bf_experiment_get_spec (experiment)->blocks->len, ==, 2);
  g_assert_cmpuint (bf_network_pane_get_chosen (window->network_pane)->type, !=, BF_ITEM_REMEDY);
  ui_close (window);
}

static void
test_badge (void)
{
  BfWindow *window = ui_window ("t1-baseline");

  ui_activate (window, "win.remedy-apply::batch-norm");
  bf_remedy_row_set_expanded (BF_REMEDY_ROW (find_row (window, "batch-norm")), FALSE);
  ui_activate (window, "win.show-remedies");
  ui_activate (window, "win.remedy-show::batch-norm");
  g_assert_true (bf_remedy_row_get_expanded (BF_REMEDY_ROW (find_row (window, "batch-norm"))));
  g_assert_true (window->sides[BF_SIDE_RIGHT].shown);
  ui_close (window);
}

static GtkWidget *
setting (BfWindow *window, const char *id)
{
  return GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (window->training_settings), BF_TYPE_TRAINING_SETTINGS, id));
}

/* While a remedy decides a setting, its row shows that value, with the remedy's name, and is no
 * longer for editing. */
static void
test_winner (void)
{
  BfWindow *window = ui_window ("t1-baseline");
  GtkSpinButton *rate = GTK_SPIN_BUTTON (setting (window, "learning_rate"));
  GtkWidget *badge = setting (window, "learning_rate_remedy");
  BfExperiment *experiment = bf_session_get_experiment (ui_session (window));

  g_assert_cmpfloat (gtk_spin_button_get_value (rate), ==, 0.01);
  g_assert_false (gtk_widget_get_visible (badge));
  ui_activate (window, "win.remedy-apply::optimizer");
  g_assert_cmpfloat (gtk_spin_button_get_value (rate), ==, 0.001);
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (rate)));
  g_assert_true (gtk_widget_get_visible (badge));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (badge)))), ==, "Optimizer");
  /* Another setting is edited, and the base keeps its own rate. */
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (setting (window, "batch")), 32);
  g_assert_cmpuint (bf_experiment_get_spec (experiment)->batch, ==, 32);
  g_assert_cmpfloat (bf_experiment_get_spec (experiment)->learning_rate, ==, 0.01);
  ui_activate (window, "win.undo");
  ui_activate (window, "win.undo");
  g_assert_cmpfloat (gtk_spin_button_get_value (rate), ==, 0.01);
  g_assert_true (gtk_widget_get_sensitive (GTK_WIDGET (rate)));
  g_assert_false (gtk_widget_get_visible (badge));
  ui_close (window);
}

/* A remedy that loses says so also while its row is closed. */
static void
test_conflict (void)
{
  BfWindow *window = ui_window ("t1-baseline");
  GtkWidget *row = find_row (window, "increasing-weights"), *warning;

  warning = GTK_WIDGET (gtk_widget_get_template_child (row, BF_TYPE_REMEDY_ROW, "warning"));
  ui_activate (window, "win.remedy-apply::increasing-weights");
  g_assert_false (gtk_widget_get_visible (warning));
  ui_activate (window, "win.remedy-apply::initialization");
  bf_remedy_row_set_expanded (BF_REMEDY_ROW (row), FALSE);
  g_assert_true (gtk_widget_get_visible (warning));
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (warning), "Initialization"));
  ui_close (window);
}

/* After an epoch with it the row says what was reached, and from where. */
static void
test_here (void)
{
  BfWindow *window = ui_window ("spiral");
  BfSession *session = ui_session (window);
  GtkLabel *here = GTK_LABEL (gtk_widget_get_template_child (find_row (window, "activation"), BF_TYPE_REMEDY_ROW, "here"));

  ui_activate (window, "run.train");
  ui_wait_until (bf_session_get_snapshot (session) && bf_session_get_snapshot (session)->epochs->len > 1, 60);
  ui_activate (window, "win.remedy-apply::activation");
  ui_wait_until (gtk_widget_get_visible (GTK_WIDGET (here)), 60);
  g_assert_true (g_str_has_prefix (gtk_label_get_label (here), "Here: "));
  g_assert_nonnull (strstr (gtk_label_get_label (here), "→"));
  ui_close (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/remedies/inserted", test_inserted);
  g_test_add_func ("/remedies/edit-beside", test_edit_beside);
  g_test_add_func ("/remedies/badge", test_badge);
  g_test_add_func ("/remedies/winner", test_winner);
  g_test_add_func ("/remedies/conflict", test_conflict);
  g_test_add_func ("/remedies/here", test_here);
  return g_test_run ();
}
