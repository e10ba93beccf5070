/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The side panes: forms made from every table, the rows of the network list and what is done to
 * them. Warnings are fatal (g_test).
 */
#include "ui-common.h"

#include "bf-file.h"
#include "bf-network-pane-private.h"
#include "bf-options-form.h"
#include "bf-remedy.h"

typedef struct
{
  guint count;
  char *name;
} Changes;

static void
on_changed (BfOptionsForm *form, const char *name, gpointer data)
{
  Changes *changes = data;

  changes->count++;
  g_free (changes->name);
  changes->name = g_strdup (name);
}

/* A control is named after its parameter. */
static GtkWidget *
find_control (GtkWidget *root, const char *id)
{
  GtkWidget *found = NULL;

  if (g_strcmp0 (gtk_widget_get_name (root), id) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child && !found; child = gtk_widget_get_next_sibling (child))
    found = find_control (child, id);
  return found;
}

static const BfTable tables[] = {
  bf_layer_kinds, bf_activations, bf_initializers, bf_losses, bf_optimizers, bf_data_sources, bf_scalings, bf_remedies,
};

/* Every parameter of every kind has a row, and showing it changes nothing. */
static void
test_every_kind (void)
{
  guint n_params = 0;

  for (guint t = 0; t < G_N_ELEMENTS (tables); t++)
    for (const BfKind *const *kind = tables[t] (); *kind; kind++)
      {
        GtkWidget *form = g_object_ref_sink (bf_options_form_new ());
        g_autoptr (BfOptions) options = bf_options_new (*kind);
        Changes changes = { 0 };

        g_signal_connect (form, "changed", G_CALLBACK (on_changed), &changes);
        bf_options_form_set_options (BF_OPTIONS_FORM (form), options);
        for (const BfParam *param = (*kind)->params; param && param->id; param++, n_params++)
          g_assert_nonnull (find_control (form, param->id));
        g_assert_cmpuint (changes.count, ==, 0);
        g_assert_true (bf_options_equal (options, bf_options_form_get_options (BF_OPTIONS_FORM (form))));
        g_object_unref (form);
      }
  g_assert_cmpuint (n_params, >, 20);
}

/* Every kind shows in one form after another, as when a user goes through a drop-down. */
static void
test_kinds_in_one_form (void)
{
  GtkWidget *form = g_object_ref_sink (bf_options_form_new ());

  for (guint t = 0; t < G_N_ELEMENTS (tables); t++)
    for (const BfKind *const *kind = tables[t] (); *kind; kind++)
      {
        g_autoptr (BfOptions) options = bf_options_new (*kind);

        bf_options_form_set_options (BF_OPTIONS_FORM (form), options);
        g_assert_true (bf_options_form_is_empty (BF_OPTIONS_FORM (form)) == !((*kind)->params && (*kind)->params->id));
      }
  g_object_unref (form);
}

static void
test_set_by_user (void)
{
  GtkWidget *form = g_object_ref_sink (bf_options_form_new ());
  g_autoptr (BfOptions) options = bf_options_new (bf_kind_find (bf_layer_kinds, "dense"));
  const BfOptions *now;
  Changes changes = { 0 };

  bf_options_form_set_options (BF_OPTIONS_FORM (form), options);
  g_signal_connect (form, "changed", G_CALLBACK (on_changed), &changes);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (find_control (form, "units")), 64);
  now = bf_options_form_get_options (BF_OPTIONS_FORM (form));
  g_assert_cmpuint (bf_options_integer (now, "units"), ==, 64);
  g_assert_cmpuint (changes.count, ==, 1);
  g_assert_cmpstr (changes.name, ==, "Units");

  gtk_switch_set_active (GTK_SWITCH (find_control (form, "bias")), FALSE);
  g_assert_false (bf_options_boolean (now, "bias"));
  g_assert_cmpuint (changes.count, ==, 2);
  g_free (changes.name);
  g_object_unref (form);
}

/* What is chosen brings its own parameters, and takes them along when it goes. */
static void
test_choice_has_parameters (void)
{
  GtkWidget *form = g_object_ref_sink (bf_options_form_new ());
  g_autoptr (BfOptions) options = bf_options_new (bf_kind_find (bf_layer_kinds, "dense"));
  const BfOptions *start;

  bf_options_form_set_options (BF_OPTIONS_FORM (form), options);
  g_assert_null (find_control (form, "std"));
  g_assert_true (bf_options_set_choice (options, "start", "normal", NULL));
  bf_options_form_set_options (BF_OPTIONS_FORM (form), options);
  g_assert_nonnull (find_control (form, "std"));

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (find_control (form, "std")), 0.25);
  start = bf_options_choice (bf_options_form_get_options (BF_OPTIONS_FORM (form)), "start");
  g_assert_cmpfloat (bf_options_number (start, "std"), ==, 0.25);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (find_control (form, "start")), 0);
  g_assert_null (find_control (form, "std"));
  g_object_unref (form);
}

static BfNetworkPane *
get_pane (BfWindow *window)
{
  return window->network_pane;
}

static guint
count_rows (BfWindow *window)
{
  return g_list_model_get_n_items (G_LIST_MODEL (get_pane (window)->items));
}

static BfNetworkItem *
get_row (BfWindow *window, guint position)
{
  g_autoptr (BfNetworkItem) item = g_list_model_get_item (G_LIST_MODEL (get_pane (window)->items), position);

  return item;
}

/* Input, the block's head, seven copies, Output, Loss. */
static void
test_rows (void)
{
  BfWindow *window = ui_window (NULL);

  g_assert_cmpuint (count_rows (window), ==, 11);
  g_assert_cmpstr (get_row (window, 0)->detail, ==, "28 × 28 image");
  g_assert_cmpint (get_row (window, 1)->type, ==, BF_ITEM_BLOCK);
  g_assert_cmpstr (get_row (window, 2)->name, ==, "Dense 128");
  g_assert_cmpstr (get_row (window, 2)->detail, ==, "Sigmoid");
  g_assert_cmpstr (get_row (window, 2)->facts, ==, "784 → 128, 100,480 parameters");
  g_assert_cmpuint (get_row (window, 8)->number, ==, 7);
  g_assert_cmpstr (get_row (window, 9)->detail, ==, "Output");
  g_assert_cmpint (get_row (window, 10)->type, ==, BF_ITEM_LOSS);
  ui_close (window);
}

static void
test_many_copies_are_folded (void)
{
  BfWindow *window = ui_window ("t1-fifty");

  g_assert_cmpuint (count_rows (window), ==, 4);
  g_assert_true (get_row (window, 1)->folded);
  g_assert_cmpuint (get_row (window, 1)->count, ==, 49);
  bf_network_pane_set_folded (get_pane (window), get_row (window, 1), FALSE);
  g_assert_cmpuint (count_rows (window), ==, 53);
  ui_spin (0.1);
  ui_close (window);
}

/* A row of a block × N stands for a copy: removing one leaves the others. */
static void
test_remove_and_duplicate_a_copy (void)
{
  BfWindow *window = ui_window (NULL);

  g_assert_true (bf_network_pane_choose (get_pane (window), 5));
  ui_activate (window, "win.layer-remove");
  g_assert_cmpuint (get_row (window, 1)->count, ==, 6);
  g_assert_cmpuint (count_rows (window), ==, 10);
  ui_activate (window, "win.undo");
  g_assert_cmpuint (count_rows (window), ==, 11);
  bf_network_pane_choose (get_pane (window), 5);
  ui_activate (window, "win.layer-duplicate");
  g_assert_cmpuint (get_row (window, 1)->count, ==, 8);
  ui_close (window);
}

static void
test_unlink_one_and_all (void)
{
  BfWindow *window = ui_window (NULL);

  bf_network_pane_choose (get_pane (window), 5);
  ui_activate (window, "win.layer-unlink");
  /* Input, block × 3 with its head, the copy alone, block × 3 with its head, Output, Loss. */
  g_assert_cmpuint (count_rows (window), ==, 12);
  g_assert_cmpuint (bf_session_get_plan (ui_session (window))->n_weighted, ==, 8);
  ui_activate (window, "win.undo");
  bf_network_pane_choose (get_pane (window), 1);
  ui_activate (window, "win.layer-ungroup");
  g_assert_cmpuint (count_rows (window), ==, 10);
  ui_close (window);
}

/* An open editor survives the edit that it makes: its row is still the same object. */
static void
test_editor_survives_its_edit (void)
{
  BfWindow *window = ui_window (NULL);
  BfNetworkItem *item;
  GtkWidget *units;

  bf_network_pane_choose (get_pane (window), 5);
  item = get_row (window, 5);
  ui_activate (window, "win.layer-edit");
  ui_spin (0.1);
  units = find_control (GTK_WIDGET (get_pane (window)->view), "units");
  g_assert_nonnull (units);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (units), 64);
  ui_spin (0.1);
  g_assert_true (get_row (window, 5) == item);
  g_assert_true (item->editing);
  g_assert_true (find_control (GTK_WIDGET (get_pane (window)->view), "units") == units);
  g_assert_cmpstr (item->name, ==, "Dense 64");
  g_assert_cmpstr (get_row (window, 2)->name, ==, "Dense 64");
  ui_close (window);
}

/* The choice follows the cursor, and the cursor the choice. */
static void
test_choice_and_cursor (void)
{
  BfWindow *window = ui_window (NULL);

  bf_network_pane_choose (get_pane (window), 6);
  g_assert_cmpuint (bf_session_get_cursor_layer (ui_session (window)), ==, 4);
  bf_session_set_cursor_layer (ui_session (window), 7);
  g_assert_true (bf_network_pane_get_chosen (get_pane (window)) == get_row (window, 9));
  ui_close (window);
}

static void
test_remedy_shows_in_list (void)
{
  BfWindow *window = ui_window (NULL);

  bf_experiment_set_remedy (bf_session_get_experiment (ui_session (window)), "activation", TRUE);
  g_assert_cmpstr (get_row (window, 2)->detail, ==, "ReLU");
  g_assert_cmpstr (get_row (window, 2)->remedy, ==, "activation");
  ui_activate (window, "win.undo");
  g_assert_cmpstr (get_row (window, 2)->detail, ==, "Sigmoid");
  g_assert_null (get_row (window, 2)->remedy);
  ui_close (window);
}

/* A pane may be as narrow as 240 px; whatever is in it, shown or folded, must fit then. */
static void
test_panes_fit (void)
{
  BfWindow *window = ui_window (NULL);
  GtkWidget *panes[] = { GTK_WIDGET (window->remedy_pane), GTK_WIDGET (window->training_settings),
                         GTK_WIDGET (window->network_pane) };

  for (guint i = 0; i < G_N_ELEMENTS (panes); i++)
    {
      int least;

      gtk_widget_measure (panes[i], GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
      g_assert_cmpint (least, <=, 240);
    }
  ui_close (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/forms/every-kind", test_every_kind);
  g_test_add_func ("/forms/kinds-in-one-form", test_kinds_in_one_form);
  g_test_add_func ("/forms/set-by-user", test_set_by_user);
  g_test_add_func ("/forms/choice-has-parameters", test_choice_has_parameters);
  g_test_add_func ("/network/rows", test_rows);
  g_test_add_func ("/network/many-copies-are-folded", test_many_copies_are_folded);
  g_test_add_func ("/network/remove-and-duplicate-a-copy", test_remove_and_duplicate_a_copy);
  g_test_add_func ("/network/unlink-one-and-all", test_unlink_one_and_all);
  g_test_add_func ("/network/editor-survives-its-edit", test_editor_survives_its_edit);
  g_test_add_func ("/network/choice-and-cursor", test_choice_and_cursor);
  g_test_add_func ("/network/remedy-shows-in-list", test_remedy_shows_in_list);
  g_test_add_func ("/panes/fit", test_panes_fit);
  return g_test_run ();
}
