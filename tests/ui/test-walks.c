/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Walks through the whole window: by the Tab key; with a translation in which every message stands
 * in brackets (BF_PSEUDO_LOCALE, made by pseudo-locale.sh); from right to left.
 */
#include "ui-common.h"

#include "bf-all-runs.h"
#include "bf-export-dialog.h"
#include "bf-file.h"
#include "bf-preferences.h"
#include "bf-remedy.h"

static const char *const views[] = { "gradients", "histograms", "curves", "compare", "data" };

static void
show_view (BfWindow *window, const char *view)
{
  g_autofree char *action = g_strdup_printf ("win.view::%s", view);

  ui_activate (window, action);
  ui_spin (0.1);
}

static gboolean
is_view (BfWindow *window, const char *view)
{
  GtkStack *stack = GTK_STACK (gtk_widget_get_template_child (GTK_WIDGET (window->centre), BF_TYPE_CENTRE, "views"));

  return gtk_stack_get_child_by_name (stack, view) != NULL;
}

/* Tab */

static int
which_pane (BfWindow *window, GtkWidget *focus)
{
  GtkWidget *panes[] = { window->left, GTK_WIDGET (window->centre), window->right };

  for (int i = 0; i < 3; i++)
    if (gtk_widget_is_ancestor (focus, panes[i]))
      return i + 1;
  return 0;
}

/* Every stop is seen, none comes twice before all have come, and the panes follow each other. */
static GPtrArray *
walk (BfWindow *window, GtkDirectionType direction)
{
  GPtrArray *stops = g_ptr_array_new ();
  int pane = -1;
  guint changes = 0;

  gtk_widget_grab_focus (window->train_button);
  for (guint i = 0; i < 300; i++)
    {
      GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

      if (focus)
        {
          if (g_ptr_array_find (stops, focus, NULL))
            break;
          g_assert_true (gtk_widget_get_mapped (focus));
          g_assert_cmpint (gtk_widget_get_width (focus), >, 0);
          changes += which_pane (window, focus) != pane;
          pane = which_pane (window, focus);
          g_ptr_array_add (stops, focus);
        }
      g_signal_emit_by_name (window, "move-focus", direction);
    }
  g_assert_cmpuint (stops->len, >, 20);
  g_assert_cmpuint (stops->len, <, 300);
  g_assert_cmpuint (changes, <=, 6);   /* the header may come in two parts, the status bar last */
  return stops;
}

static void
test_tab (void)
{
  BfWindow *window = ui_window ("t1-baseline");

  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (ui_session (window))->steps == 1, 30);
  ui_spin (0.3);
  for (guint v = 0; v < G_N_ELEMENTS (views); v++)
    {
      g_autoptr (GPtrArray) there = NULL, back = NULL;
      gboolean seen[4] = { FALSE };

      if (!is_view (window, views[v]))
        continue;
      show_view (window, views[v]);
      there = walk (window, GTK_DIR_TAB_FORWARD);
      back = walk (window, GTK_DIR_TAB_BACKWARD);
      for (guint i = 0; i < there->len; i++)
        seen[which_pane (window, there->pdata[i])] = TRUE;
      g_assert_true (seen[0] && seen[1] && seen[2] && seen[3]);
      /* Back is the same way; a list has one stop, where its focus is. */
      g_assert_cmpint (ABS ((int) there->len - (int) back->len), <=, 2);
    }
  ui_close (window);
}

/* The shortcuts window */

/* "<Alt>1...<Alt>5" as five, "Left Right" as two, each as GTK writes it. */
static void
add_keys (GHashTable *keys, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);

  for (char **part = parts; *part; part++)
    {
      char *dots = strstr (*part, "...");
      guint first, last;
      GdkModifierType modifiers;

      g_assert_true (gtk_accelerator_parse (dots ? dots + 3 : *part, &last, &modifiers));
      first = last;
      if (dots)
        {
          *dots = '\0';
          g_assert_true (gtk_accelerator_parse (*part, &first, &modifiers));
        }
      for (guint key = first; key <= last; key++)
        g_hash_table_add (keys, gtk_accelerator_name (key, modifiers));
    }
}

/* All that the shortcuts window lists. */
static void
add_listed (GHashTable *keys, GtkWidget *widget)
{
  if (GTK_IS_SHORTCUTS_SHORTCUT (widget))
    {
      g_autofree char *text = NULL;

      g_object_get (widget, "accelerator", &text, NULL);
      add_keys (keys, text);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    add_listed (keys, child);
}

static void
add_trigger (GHashTable *keys, GtkShortcutTrigger *trigger)
{
  if (GTK_IS_ALTERNATIVE_TRIGGER (trigger))
    {
      add_trigger (keys, gtk_alternative_trigger_get_first (GTK_ALTERNATIVE_TRIGGER (trigger)));
      add_trigger (keys, gtk_alternative_trigger_get_second (GTK_ALTERNATIVE_TRIGGER (trigger)));
    }
  else if (GTK_IS_KEYVAL_TRIGGER (trigger))
    g_hash_table_add (keys, gtk_accelerator_name (gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)),
                                                  gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger))));
}

/* What the program's own widgets do with keys. */
static void
add_bound (GHashTable *keys, GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GListModel) shortcuts = g_list_model_get_item (controllers, i);
      const gboolean of_class = g_strcmp0 (gtk_event_controller_get_name (GTK_EVENT_CONTROLLER (shortcuts)),
                                           "gtk-widget-class-shortcuts") == 0;

      if (of_class && !g_str_has_prefix (G_OBJECT_TYPE_NAME (widget), "Bf"))
        continue;   /* GTK's own */
      for (guint k = 0; GTK_IS_SHORTCUT_CONTROLLER (shortcuts) && k < g_list_model_get_n_items (shortcuts); k++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (shortcuts, k);

          add_trigger (keys, gtk_shortcut_get_trigger (shortcut));
        }
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    add_bound (keys, child);
}

/* A key of each action with keys is listed; what is listed is bound. */
static void
test_shortcuts (void)
{
  /* Of GTK itself, of key controllers, of list views and buttons. */
  static const char *const others[] = { "F10", "F2", "Delete", "Return" };
  BfWindow *window = ui_window ("t1-baseline");
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (window));
  g_autoptr (GHashTable) listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) bound = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) actions = gtk_application_list_action_descriptions (application);
  GtkWidget *overlay = GTK_WIDGET (gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (window)));
  GHashTableIter iter;
  const char *key;

  add_listed (listed, overlay);
  g_assert_cmpuint (g_hash_table_size (listed), >, 40);
  for (char **action = actions; *action; action++)
    {
      g_auto (GStrv) accels = gtk_application_get_accels_for_action (application, *action);
      gboolean found = accels[0] == NULL;

      for (char **accel = accels; *accel; accel++)
        {
          g_autoptr (GHashTable) one = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

          add_keys (one, *accel);
          add_keys (bound, *accel);
          g_hash_table_iter_init (&iter, one);
          while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
            found |= g_hash_table_contains (listed, key);
        }
      if (!found)
        g_error ("%s (%s) is not in the shortcuts window", *action, accels[0]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_hash_table_add (bound, g_strdup (others[i]));
  ui_activate (window, "win.all-runs");
  add_bound (bound, GTK_WIDGET (window));
  add_bound (bound, GTK_WIDGET (window->all_runs));
  g_hash_table_iter_init (&iter, listed);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, NULL))
    if (!g_hash_table_contains (bound, key))
      g_error ("%s of the shortcuts window does nothing", key);
  gtk_window_present (GTK_WINDOW (overlay));   /* without a warning */
  ui_spin (0.5);
  gtk_window_close (GTK_WINDOW (overlay));
  ui_close (window);
}

/* Right to left */

static double
left_edge (GtkWidget *widget, BfWindow *window)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, GTK_WIDGET (window), &bounds));
  return bounds.origin.x;
}

/* Figures are not mirrored: steps and layers run to the right. What the pointer finds is what is drawn there. */
static void
check_figures (BfWindow *window)
{
  GtkWidget *flow = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (window->centre), BF_TYPE_CENTRE, "flow"));
  const BfFigure *figure = bf_figure_view_get_figure (BF_FIGURE_VIEW (flow));
  g_autoptr (BfScene) scene = bf_figure_view_make_scene (BF_FIGURE_VIEW (flow));
  const BfFigureData *data = bf_scene_get_data (scene);
  int width = gtk_widget_get_width (flow), height = gtk_widget_get_height (flow);
  guint last = G_MAXUINT;
  BfStyle style;

  bf_style_init (&style, BF_THEME_LIGHT);
  style.window = TRUE;
  style.right_to_left = TRUE;
  for (int x = 0; x < width; x += 4)
    {
      BfCursor cursor = data->cursor;

      if (!figure->pick (x, height * 0.4, width, height, &style, data, &cursor))
        continue;
      g_assert_true (last == G_MAXUINT || cursor.weighted >= last);
      last = cursor.weighted;
    }
  g_assert_cmpuint (last, !=, G_MAXUINT);
}

static void
test_right_to_left (void)
{
  static const int widths[] = { 1440, 1100, 740 };
  BfWindow *window;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  window = ui_window ("t1-baseline");
  ui_activate (window, "win.remedy-apply::batch-norm");
  ui_wait_until (bf_session_get_state (ui_session (window)) == BF_RUN_READY, 30);
  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (ui_session (window))->steps == 1, 30);
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      gtk_window_set_default_size (GTK_WINDOW (window), widths[w], 800);
      ui_spin (0.5);
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          w % 2 ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      for (guint v = 0; v < G_N_ELEMENTS (views); v++)
        if (is_view (window, views[v]))
          {
            int width, height;
            g_autofree guint32 *pixels = NULL;

            show_view (window, views[v]);
            pixels = ui_grab (GTK_WIDGET (window), &width, &height);
            g_assert_cmpint (width, >, 0);
          }
      check_figures (window);
      if (widths[w] >= 1280)
        {
          g_assert_cmpfloat (left_edge (window->left, window), >, left_edge (GTK_WIDGET (window->centre), window));
          g_assert_cmpfloat (left_edge (window->right, window), <, left_edge (GTK_WIDGET (window->centre), window));
        }
    }
  ui_close (window);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

/* A window in a language of long words: every pane has the width it needs, docked or over the centre. */
static void
test_long_words (void)
{
  static const int widths[] = { 1440, 1300, 1000, 900, 760 };
  BfWindow *window = ui_window ("t1-baseline");

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      gtk_window_set_default_size (GTK_WINDOW (window), widths[w], 720);
      ui_spin (0.6);
      for (guint v = 0; v < G_N_ELEMENTS (views); v++)
        {
          GtkWidget *panes[] = { window->left, GTK_WIDGET (window->centre), window->right };

          show_view (window, views[v]);
          ui_spin (0.3);
          for (guint p = 0; p < G_N_ELEMENTS (panes); p++)
            {
              int least;

              gtk_widget_measure (panes[p], GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
              if (gtk_widget_get_mapped (panes[p]) && gtk_widget_get_child_visible (panes[p]))
                g_assert_cmpint (gtk_widget_get_width (panes[p]), >=, least);
            }
        }
    }
  ui_close (window);
}

/* Translation */

typedef struct
{
  GHashTable *known;    /* what needs none: names of experiments and data, formulas, GTK's own words */
  GString *missing;
  guint n;
} Texts;

/* Three letters of the alphabet in a row. */
static gboolean
has_word (const char *text)
{
  guint run = 0;

  for (; *text && run < 3; text++)
    run = g_ascii_isalpha (*text) ? run + 1 : 0;
  return run >= 3;
}

static void
look_at (Texts *texts, GtkWidget *widget, const char *text)
{
  g_autofree char *plain = NULL;

  if (text == NULL || !has_word (text) || strstr (text, "Ctrl+") == text || strstr (text, "Shift+") == text)
    return;
  texts->n++;
  if (strstr (text, "⟦") || g_hash_table_contains (texts->known, text) || g_ascii_isdigit (*text) || *text == '/')
    return;
  plain = g_strdup_printf ("%s: %s\n", G_OBJECT_TYPE_NAME (widget), text);
  if (!strstr (texts->missing->str, plain))
    g_string_append (texts->missing, plain);
}

static void
look_through (Texts *texts, GtkWidget *widget)
{
  /* GTK's own, in its own translation. */
  if (GTK_IS_WINDOW_CONTROLS (widget) || g_str_equal (G_OBJECT_TYPE_NAME (widget), "AdwPreferencesWindow"))
    return;
  if (GTK_IS_LABEL (widget))
    look_at (texts, widget, gtk_label_get_text (GTK_LABEL (widget)));
  look_at (texts, widget, gtk_widget_get_tooltip_text (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    look_through (texts, child);
}

static void
know (Texts *texts, const char *text)
{
  if (text)
    g_hash_table_add (texts->known, g_strdup (text));
}

/* The names of files, a line each. */
static void
know_files (Texts *texts, char *const *files)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) lines = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; files && files[i]; i++)
    {
      g_autofree char *name = g_path_get_basename (files[i]);

      g_strv_builder_add (names, name);
    }
  lines = g_strv_builder_end (names);
  text = g_strjoinv ("\n", lines);
  know (texts, text);
}

static void
know_data (Texts *texts, BfWindow *window)
{
  BfSessionRun *run = bf_session_get_current (ui_session (window));
  BfDataset *data = bf_run_get_dataset (run->run);
  static const char *const others[] = { "Backflow", "PyTorch", "Keras", "CSV", "PNG", "SVG", "PDF",
    /* GTK's own */
    "Clear entry", "(None)", "Search…", "Search", "Search Shortcuts", "Search Results", "No Results Found",
    "Try a different search", "Try a different search.", "Show All", "Shortcuts", "Ctrl", "Alt", "Shift", "Delete", "End", "Home", "Menu",
    /* From files, as the names of experiments are */
    "Depth from 2 to 50", "Starting Weights from 0.001 to 10", "T1’s Table", "T2’s Table",
  };

  know (texts, bf_experiment_get_spec (bf_session_get_experiment (ui_session (window)))->name);
  know (texts, bf_dataset_get_name (data));
  know (texts, bf_dataset_get_origin (data));
  know_files (texts, bf_dataset_get_raw (data)->files);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    know (texts, others[i]);
}

static void
make_known (Texts *texts)
{
  g_autoptr (GPtrArray) examples = bf_examples_list (NULL);

  for (guint i = 0; i < examples->len; i++)
    {
      know (texts, ((BfExample *) examples->pdata[i])->name);
      know (texts, ((BfExample *) examples->pdata[i])->summary);
    }
  for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
    {
      know (texts, ((const BfRemedy *) *kind)->formula);
      know (texts, ((const BfRemedy *) *kind)->reference);
      know (texts, ((const BfRemedy *) *kind)->link);
    }
}

static void
look_at_dialogs (Texts *texts, BfWindow *window)
{
  GListModel *windows = gtk_window_get_toplevels ();

  ui_activate (window, "win.export-figure");
  bf_preferences_present (GTK_WINDOW (window));
  ui_spin (0.5);
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (windows, i);

      look_through (texts, GTK_WIDGET (other));
    }
  for (guint i = g_list_model_get_n_items (windows); i > 0; i--)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (windows, i - 1);

      if (!BF_IS_WINDOW (other))
        gtk_window_destroy (other);
    }
}

static void
test_translation (void)
{
  Texts texts = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL), g_string_new (NULL), 0 };
  BfWindow *window;

  if (g_getenv ("BF_PSEUDO_LOCALE") == NULL)
    {
      g_test_skip ("no BF_PSEUDO_LOCALE");
      return;
    }
  window = ui_window ("t1-baseline");
  make_known (&texts);
  ui_activate (window, "win.remedy-apply::batch-norm");
  ui_activate (window, "win.remedy-apply::optimizer");
  ui_wait_until (bf_session_get_state (ui_session (window)) == BF_RUN_READY, 30);
  know_data (&texts, window);
  look_through (&texts, GTK_WIDGET (window));
  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (ui_session (window))->steps == 1, 30);
  ui_spin (0.3);
  for (guint v = 0; v < G_N_ELEMENTS (views); v++)
    if (is_view (window, views[v]))
      {
        show_view (window, views[v]);
        look_through (&texts, GTK_WIDGET (window));
      }
  bf_network_pane_choose (window->network_pane, 4);
  ui_activate (window, "win.layer-edit");
  ui_spin (0.3);
  look_through (&texts, GTK_WIDGET (window));
  look_at_dialogs (&texts, window);
  if (*texts.missing->str)
    g_test_message ("Never translated:\n%s", texts.missing->str);
  g_assert_cmpstr (texts.missing->str, ==, "");
  g_assert_cmpuint (texts.n, >, 150);
  g_hash_table_unref (texts.known);
  g_string_free (texts.missing, TRUE);
  ui_close (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ui_set_language ();
  g_test_add_func ("/walks/tab", test_tab);
  g_test_add_func ("/walks/shortcuts", test_shortcuts);
  g_test_add_func ("/walks/translation", test_translation);
  g_test_add_func ("/walks/long-words", test_long_words);
  g_test_add_func ("/walks/right-to-left", test_right_to_left);
  return g_test_run ();
}
