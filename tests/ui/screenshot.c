/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * usage: [GRAB=TYPE] [RTL=1] screenshot EXPERIMENT WIDTH HEIGHT STEPS VIEW FILE.png [ACTION…]
 * Starts the real window, trains STEPS steps (0: none), activates the actions, and saves what the
 * window shows; under with-pseudo-locale.sh in its language.
 */
#include "ui-common.h"

#include "bf-examination.h"
#include "bf-histograms-view.h"
#include "bf-settings.h"

#include <stdlib.h>

static GtkWidget *
find_mapped (GtkWidget *root, const char *type_name)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (root), type_name) && gtk_widget_get_mapped (root))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_mapped (child, type_name);

      if (found)
        return found;
    }
  return NULL;
}

/* A window of that type, or the first widget of it that is shown in any window. */
static GtkWidget *
find_part (const char *type_name)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      GtkWidget *part = find_mapped (window, type_name);

      if (part)
        return part;
    }
  g_printerr ("nothing of the type “%s” is shown\n", type_name);
  exit (2);
}

static void
save (BfWindow *window, const char *path)
{
  const char *part = g_getenv ("GRAB");   /* a widget's type name, "BfExplain", "BfAllRuns"; else all of the window */
  int width, height;
  g_autofree guint32 *pixels = ui_grab (part ? find_part (part) : GTK_WIDGET (window), &width, &height);
  cairo_surface_t *surface = cairo_image_surface_create_for_data ((guchar *) pixels, CAIRO_FORMAT_ARGB32,
                                                                  width, height, width * 4);

  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
}

/* Without a window manager a window draws a frame of its own around what a desktop would show. */
static void
remove_frame (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_data (provider, "window.solid-csd { padding: 0; border: none; box-shadow: none; }", -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_USER);
}

static void
train (BfWindow *window, guint64 steps)
{
  BfSession *session = ui_session (window);
  guint64 end;

  if (steps == 0)
    return;
  ui_wait_until (bf_session_get_state (session) == BF_RUN_READY || bf_session_get_state (session) == BF_RUN_PAUSED, 30);
  end = bf_session_get_snapshot (session)->steps + steps;
  ui_activate (window, "run.train");
  ui_wait_until (bf_session_get_snapshot (session)->steps >= end
                 || bf_session_get_state (session) >= BF_RUN_FINISHED, 300);
  if (bf_session_get_state (session) == BF_RUN_TRAINING && !g_getenv ("KEEP_TRAINING"))
    ui_activate (window, "run.train");
}

/* Popovers and menus open, as "open=BfRunsMenu"; menu buttons by their buildable id. */
static void
open_popover (BfWindow *window, const char *name)
{
  GtkWidget *popover = ui_find (window, name, NULL);

  if (popover == NULL)
    popover = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (ui_find (window, "GtkMenuButton", name))));
  gtk_popover_popup (GTK_POPOVER (popover));
}

/* Computes what the figure beside the curves shows, and waits for it. */
static void
examine (BfWindow *window)
{
  BfRun *run = bf_session_get_current (ui_session (window))->run;

  ui_activate (window, "win.examine");
  for (const BfKind *const *kind = bf_examinations (); *kind; kind++)
    ui_wait_until (!bf_examination_get_running (bf_examination_of (run, (const BfExaminationKind *) *kind)), 300);
}

static void
hover (BfWindow *window, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, ",", 3);

  g_assert_cmpuint (g_strv_length (words), ==, 3);
  ui_hover (window, words[0], g_ascii_strtod (words[1], NULL), g_ascii_strtod (words[2], NULL));
}

/* The button in the histograms that holds the step. */
static GtkWidget *
find_pin (GtkWidget *root)
{
  if (GTK_IS_TOGGLE_BUTTON (root) && g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (root)), "view-pin-symbolic") == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_pin (child);

      if (found)
        return found;
    }
  return NULL;
}

/* An action; "examine"; "step=40"; "pin"; "welcome"; "open-layer": the chosen one enlarged in the histograms; "open=BfRunsMenu"; "wait=2" seconds;
 * "train=300" steps more; "loss-axis=linear"; "hover=heatmap,0.5,0.3": the pointer over a figure, at shares of its width and height; or "epochs=2", "seeds=2", "until=0.7" of the window's study, "study.choose::t1-table". */
static void
act (BfWindow *window, const char *text)
{
  if (g_str_has_prefix (text, "epochs="))
    bf_study_session_set_epochs (window->study, (guint) atoi (text + 7));
  else if (g_str_has_prefix (text, "seeds="))
    bf_study_session_set_seeds (window->study, (guint) atoi (text + 6));
  else if (g_str_has_prefix (text, "until="))
    ui_wait_until (bf_study_queue_get_progress (bf_study_session_get_queue (window->study)) >= g_ascii_strtod (text + 6, NULL), 600);
  else if (g_str_has_prefix (text, "study.choose::"))
    gtk_widget_activate_action (GTK_WIDGET (window->study_pane), "study.choose", "s", text + 14);
  else if (g_str_has_prefix (text, "hover="))
    hover (window, text + 6);
  else if (g_str_has_prefix (text, "open="))
    open_popover (window, text + 5);
  else if (g_str_has_prefix (text, "wait="))
    ui_spin (g_ascii_strtod (text + 5, NULL));
  else if (g_str_has_prefix (text, "train="))
    train (window, g_ascii_strtoull (text + 6, NULL, 10));
  else if (g_str_has_prefix (text, "loss-axis="))
    bf_settings_set_text (bf_settings_get (), "loss-axis", text + 10);
  else if (g_str_has_prefix (text, "app."))
    g_action_group_activate_action (G_ACTION_GROUP (g_application_get_default ()), text + 4, NULL);
  else if (g_str_equal (text, "pin"))
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find_pin (GTK_WIDGET (window))), TRUE);
  else if (g_str_has_prefix (text, "step="))
    bf_session_set_cursor_step (ui_session (window), g_ascii_strtoull (text + 5, NULL, 10));
  else if (g_str_equal (text, "examine"))
    examine (window);
  else if (g_str_equal (text, "welcome"))
    bf_window_show_welcome (window, TRUE);
  else if (g_str_equal (text, "open-layer"))
    bf_histograms_view_open (BF_HISTOGRAMS_VIEW (ui_find (window, "BfHistogramsView", NULL)));
  else
    ui_activate (window, text);
}

int
main (int argc, char **argv)
{
  g_autofree char *view = NULL;
  BfWindow *window;

  ui_init (&argc, &argv);
  ui_set_language ();
  if (g_getenv ("RTL"))
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  remove_frame ();
  if (argc < 7)
    {
      g_printerr ("usage: screenshot EXPERIMENT WIDTH HEIGHT STEPS VIEW FILE.png [ACTION…]\n");
      return 2;
    }
  window = ui_window (argv[1]);
  gtk_window_set_default_size (GTK_WINDOW (window), atoi (argv[2]), atoi (argv[3]));
  train (window, g_ascii_strtoull (argv[4], NULL, 10));
  bf_session_set_cursor_layer (ui_session (window), 2);
  view = g_strdup_printf ("win.view::%s", argv[5]);
  ui_activate (window, view);
  for (int i = 7; i < argc; i++)
    act (window, argv[i]);
  ui_spin (1.2);
  save (window, argv[6]);
  ui_close (window);
  return 0;
}
