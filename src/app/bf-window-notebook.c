/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Whether all is saved: a word in the status bar once a second, and a toast when the notebook cannot be written, which
 * leads to what is wrong and what can be done.
 */
#include <glib/gi18n-lib.h>

#include "bf-file-dialog.h"
#include "bf-window-private.h"
#include "../lab/bf-notebook.h"

static void
on_place_chosen (GFile    *file,
                 gpointer  data)
{
  g_autoptr (BfWindow) self = data;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (path)
    bf_notebook_set_path (bf_session_get_notebook (self->session), path);
}

static void
set_aside (BfWindow *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *aside = bf_notebook_set_aside (bf_session_get_notebook (self->session), &error);
  g_autofree char *text = aside ? g_strdup_printf (_("The old notebook is now “%s”"), aside) : NULL;

  bf_window_toast (self, text ? text : error->message, FALSE);
}

static void
on_response (AdwMessageDialog *dialog,
             const char       *response,
             BfWindow         *self)
{
  if (g_str_equal (response, "retry"))
    bf_notebook_retry (bf_session_get_notebook (self->session));
  else if (g_str_equal (response, "aside"))
    set_aside (self);
  else if (g_str_equal (response, "elsewhere"))
    bf_file_dialog_save (GTK_WINDOW (self), _("Save the Notebook Elsewhere"), "notebook.db", on_place_chosen,
                         g_object_ref (self));
}

static void
on_details (BfWindow *self)
{
  g_autoptr (GError) error = bf_notebook_get_problem (bf_session_get_notebook (self->session));
  GtkWidget *dialog;

  if (error == NULL)
    return;
  dialog = adw_message_dialog_new (GTK_WINDOW (self), _("The Runs Are Not Being Saved"), error->message);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"), "elsewhere", _("Save _Elsewhere…"),
                                    NULL);
  if (error->code == BF_NOTEBOOK_ERROR_DAMAGED || error->code == BF_NOTEBOOK_ERROR_NEWER)
    adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "aside", _("_Begin a New One"));
  else
    adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "retry", _("_Retry"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
tell_problem (BfWindow *self)
{
  AdwToast *toast = adw_toast_new (_("The runs are not being saved"));

  adw_toast_set_button_label (toast, _("_Details…"));
  adw_toast_set_timeout (toast, 0);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_details), self, G_CONNECT_SWAPPED);
  bf_centre_add_toast (self->centre, toast);
}

static gboolean
on_second (gpointer data)
{
  BfWindow *self = data;
  BfNotebook *notebook = bf_session_get_notebook (self->session);
  BfSnapshot *snapshot = bf_session_get_snapshot (self->session);
  g_autoptr (GError) error = bf_notebook_get_problem (notebook);
  const int code = error ? error->code : -1;

  if (error)
    bf_status_bar_set_saved (self->status_bar, _("Not saved"), error->message);
  else if (snapshot == NULL || snapshot->steps == 0)
    bf_status_bar_set_saved (self->status_bar, NULL, NULL);
  else
    bf_status_bar_set_saved (self->status_bar, bf_notebook_is_saved (notebook) ? _("Saved") : _("Saving…"),
                             _("Runs are kept in the notebook every few seconds"));
  if (error && code != self->notebook_problem)
    tell_problem (self);
  self->notebook_problem = code;
  return G_SOURCE_CONTINUE;
}

static void
on_go_on (BfWindow *self)
{
  if (bf_session_get_state (self->session) != BF_RUN_TRAINING)
    bf_session_train (self->session);
  bf_window_watch (self);
}

void
bf_window_init_notebook (BfWindow *self,
                         gboolean  interrupted)
{
  self->notebook_problem = -1;
  self->notebook_timer = g_timeout_add_seconds (1, on_second, self);
  if (interrupted)
    {
      g_autofree char *text = g_strdup_printf (_("%s was still training"), bf_session_get_current (self->session)->label);
      g_autofree char *escaped = g_markup_escape_text (text, -1);
      AdwToast *toast = adw_toast_new (escaped);

      adw_toast_set_button_label (toast, _("_Go On"));
      g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_go_on), self, G_CONNECT_SWAPPED);
      bf_centre_add_toast (self->centre, toast);
    }
}

void
bf_window_dispose_notebook (BfWindow *self)
{
  g_clear_handle_id (&self->notebook_timer, g_source_remove);
}
