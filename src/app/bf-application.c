/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One process, many windows; each window has its own session. Keys that a text field may want
 * (Delete, Return, arrows) are no accelerators here: they belong to the list or plot that has them.
 */
#include <glib/gi18n-lib.h>

#include "bf-about.h"
#include "bf-application.h"
#include "bf-preferences.h"
#include "bf-window.h"
#include "../lab/bf-background.h"
#include "../lab/bf-notebook.h"
#include "../lab/bf-settings.h"

#define APPLICATION_ID "io.github.backflow.Backflow"
#define CLOSE_SECONDS 10   /* for the notebook to take the last states */

struct _BfApplication
{
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (BfApplication, bf_application, ADW_TYPE_APPLICATION)

static const struct
{
  const char *action;
  const char *keys[3];
} accels[] = {
  { "app.new-window",        { "<Control>n" } },
  { "app.preferences",       { "<Control>comma" } },
  { "app.quit",              { "<Control>q" } },
  { "run.live",              { "<Control>End" } },
  { "run.play",              { "<Control>space" } },
  { "run.reset",             { "<Control><Shift>r" } },
  { "run.step",              { "<Control>period" } },
  { "run.train",             { "<Control>Return", "<Control>KP_Enter" } },
  { "win.add-layer",         { "<Control>l" } },
  { "win.all-runs",          { "<Control>r" } },
  { "win.copy-figure",       { "<Control><Shift>c" } },
  { "win.export-figure",     { "<Control>e" } },
  { "win.fullscreen",        { "F11" } },
  { "win.layer-group",       { "<Control>g" } },
  { "win.layer-ungroup",     { "<Control><Shift>g" } },
  { "win.next-pane",         { "F6" } },
  { "win.open",              { "<Control>o" } },
  { "win.previous-pane",     { "<Shift>F6" } },
  { "win.save",              { "<Control>s" } },
  { "win.save-as",           { "<Control><Shift>s" } },
  { "win.show-help-overlay", { "<Control>question" } },
  { "win.show-network",      { "F9" } },
  { "win.show-remedies",     { "<Shift>F9" } },
  { "win.try-remedies",      { "<Control>t" } },
  { "win.view::gradients",   { "<Alt>1" } },
  { "win.view::histograms",  { "<Alt>2" } },
  { "win.view::curves",      { "<Alt>3" } },
  { "win.view::compare",     { "<Alt>4" } },
  { "win.view::data",        { "<Alt>5" } },
  { "window.close",          { "<Control>w" } },
};

static void
on_about (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  bf_about_present (gtk_application_get_active_window (GTK_APPLICATION (user_data)));
}

static void
on_new_window (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  gtk_window_present (GTK_WINDOW (bf_window_new (GTK_APPLICATION (user_data))));
}

static void
on_preferences (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  bf_preferences_present (gtk_application_get_active_window (GTK_APPLICATION (user_data)));
}

static void
on_quit (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  GList *window;

  while ((window = gtk_application_get_windows (GTK_APPLICATION (user_data))) != NULL)
    gtk_window_destroy (GTK_WINDOW (window->data));
}

static void
on_welcome (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  if (BF_IS_WINDOW (window))
    bf_window_show_welcome (BF_WINDOW (window), FALSE);
}

static const GActionEntry actions[] = {
  { "about", on_about },
  { "new-window", on_new_window },
  { "preferences", on_preferences },
  { "quit", on_quit },
  { "welcome", on_welcome },
};

static void
on_notebook_folder (void)
{
  g_autofree char *path = bf_notebook_get_default_path ();

  bf_notebook_set_path (bf_notebook_get_default (), path);
}

/* Nobody is to watch a window that no longer answers: all of them go from the display before anything is waited for. */
static void
leave_display (void)
{
  GListModel *windows = gtk_window_get_toplevels ();
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      gtk_widget_set_visible (window, FALSE);
    }
  if (gdk_display_get_default ())
    gdk_display_sync (gdk_display_get_default ());
}

/* Runs that were training when the last window closed are stopped and kept. What still computes, computes on behind
 * until it sees that it is not wanted; a factorization of LAPACK cannot be told. */
static void
bf_application_shutdown (GApplication *application)
{
  leave_display ();
  bf_notebook_close_default (CLOSE_SECONDS);
  G_APPLICATION_CLASS (bf_application_parent_class)->shutdown (application);
}

static void
bf_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (bf_application_parent_class)->startup (application);

  bf_background_enable (TRUE);
  gtk_window_set_default_icon_name (APPLICATION_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  g_signal_connect_object (bf_settings_get (), "notify::notebook-folder", G_CALLBACK (on_notebook_folder), application, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), accels[i].action, accels[i].keys);
}

static void
bf_application_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    {
      window = GTK_WINDOW (bf_window_new_restored (GTK_APPLICATION (application)));
      if (!bf_settings_get_int (bf_settings_get (), "welcomed"))
        bf_window_show_welcome (BF_WINDOW (window), TRUE);
    }
  gtk_window_present (window);
}

/* Into the window in front; one that holds something not saved keeps it and makes another. */
static void
bf_application_open (GApplication  *application,
                     GFile        **files,
                     int            n_files,
                     const char    *hint)
{
  bf_application_activate (application);
  for (int i = 0; i < n_files; i++)
    bf_window_open (BF_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (application))), files[i]);
}

static void
bf_application_class_init (BfApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = bf_application_startup;
  application_class->shutdown = bf_application_shutdown;
  application_class->activate = bf_application_activate;
  application_class->open = bf_application_open;
}

static void
bf_application_init (BfApplication *self)
{
}

BfApplication *
bf_application_new (GApplicationFlags flags)
{
  return g_object_new (BF_TYPE_APPLICATION,
                       "application-id", APPLICATION_ID,
                       "flags", flags | G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/io/github/backflow/Backflow",
                       NULL);
}
