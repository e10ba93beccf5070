/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-file-dialog.h"

#include <glib/gi18n-lib.h>

#include "../lab/bf-settings.h"

#define LAST_FOLDER "last-folder"

typedef struct
{
  BfFileDialogFunc callback;
  gpointer data;
} Request;

/* A dialog begins where the last one ended. */
static void
begin_in_last_folder (GtkFileChooser *chooser)
{
  const char *uri = bf_settings_get_text (bf_settings_get (), LAST_FOLDER);
  g_autoptr (GFile) folder = *uri ? g_file_new_for_uri (uri) : NULL;

  if (folder && g_file_query_exists (folder, NULL))
    gtk_file_chooser_set_current_folder (chooser, folder, NULL);
}

static void
keep_last_folder (GtkFileChooser *chooser,
                  GFile          *file)
{
  g_autoptr (GFile) folder = gtk_file_chooser_get_action (chooser) == GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER
                               ? g_object_ref (file) : g_file_get_parent (file);
  g_autofree char *uri = folder ? g_file_get_uri (folder) : NULL;

  if (uri)
    bf_settings_set_text (bf_settings_get (), LAST_FOLDER, uri);
}

static void
on_response (GtkNativeDialog *native,
             int              response,
             Request         *request)
{
  g_autoptr (GFile) file = NULL;
  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (native));
  if (file)
    keep_last_folder (GTK_FILE_CHOOSER (native), file);
  gtk_native_dialog_hide (native);
  request->callback (file, request->data);
  g_free (request);
  g_object_unref (native);
}

static GtkFileChooser *
dialog_new (GtkWindow            *parent,
            const char           *title,
            GtkFileChooserAction  action,
            const char           *accept,
            BfFileDialogFunc      callback,
            gpointer              data)
{
  Request *request = g_new0 (Request, 1);
  GtkFileChooserNative *native = gtk_file_chooser_native_new (title, parent, action, accept, NULL);
  request->callback = callback;
  request->data = data;
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (native), TRUE);
  begin_in_last_folder (GTK_FILE_CHOOSER (native));
  g_signal_connect (native, "response", G_CALLBACK (on_response), request);
  return GTK_FILE_CHOOSER (native);
}

void
bf_file_dialog_save (GtkWindow        *parent,
                     const char       *title,
                     const char       *suggested_name,
                     BfFileDialogFunc  callback,
                     gpointer          data)
{
  GtkFileChooser *chooser = dialog_new (parent, title, GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), callback, data);
  if (suggested_name)
    gtk_file_chooser_set_current_name (chooser, suggested_name);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
bf_file_dialog_open (GtkWindow         *parent,
                     const char        *title,
                     const char        *filter_name,
                     const char *const *patterns,
                     BfFileDialogFunc   callback,
                     gpointer           data)
{
  GtkFileChooser *chooser = dialog_new (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, _("_Open"), callback, data);
  if (patterns)
    {
      g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
      gtk_file_filter_set_name (filter, filter_name);
      for (guint i = 0; patterns[i]; i++)
        gtk_file_filter_add_pattern (filter, patterns[i]);
      gtk_file_chooser_add_filter (chooser, filter);
    }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
bf_file_dialog_open_folder (GtkWindow        *parent,
                            const char       *title,
                            BfFileDialogFunc  callback,
                            gpointer          data)
{
  GtkFileChooser *chooser = dialog_new (parent, title, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Open"), callback, data);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
