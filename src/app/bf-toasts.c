/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * libadwaita 1.2 frees a toast twice that is dismissed while it fades in or out, so it first has to
 * stand, and what comes in the meantime waits.
 */
#include "bf-toasts.h"

#include <glib/gi18n-lib.h>

#define STANDS_MS 500

struct _BfToasts
{
  AdwToastOverlay *overlay;   /* borrowed */
  AdwToast *toast;            /* shown, weak */
  AdwToast *next;             /* waits, owned */
  gint64 since;
  guint timer;
};

static void on_dismissed (AdwToast *toast, BfToasts *self);

static void
toasts_show_next (BfToasts *self)
{
  AdwToast *toast = g_steal_pointer (&self->next);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (toast == NULL)
    return;
  self->since = g_get_monotonic_time ();
  g_set_weak_pointer (&self->toast, toast);
  g_signal_connect (toast, "dismissed", G_CALLBACK (on_dismissed), self);
  adw_toast_overlay_add_toast (self->overlay, toast);
}

static void
on_dismissed (AdwToast *toast,
              BfToasts *self)
{
  g_signal_handlers_disconnect_by_data (toast, self);
  if (self->toast != toast)
    return;
  g_clear_weak_pointer (&self->toast);
  toasts_show_next (self);
}

static gboolean
on_stands (gpointer data)
{
  BfToasts *self = data;

  self->timer = 0;
  if (self->toast)
    adw_toast_dismiss (self->toast);
  else
    toasts_show_next (self);
  return G_SOURCE_REMOVE;
}

BfToasts *
bf_toasts_new (AdwToastOverlay *overlay)
{
  BfToasts *self = g_new0 (BfToasts, 1);

  self->overlay = overlay;
  return self;
}

void
bf_toasts_free (BfToasts *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->next);
  if (self->toast)
    g_signal_handlers_disconnect_by_data (self->toast, self);
  g_clear_weak_pointer (&self->toast);
  g_free (self);
}

void
bf_toasts_add (BfToasts *self,
               AdwToast *toast)
{
  const gint64 stood = (g_get_monotonic_time () - self->since) / 1000;

  g_clear_object (&self->next);
  self->next = toast;
  if (self->toast == NULL)
    toasts_show_next (self);
  else if (self->timer == 0)
    self->timer = g_timeout_add (MAX (1, STANDS_MS - stood), on_stands, self);
}

static void
on_open_folder (AdwToast  *toast,
                GtkWidget *overlay)
{
  gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (overlay)), g_object_get_data (G_OBJECT (toast), "uri"),
                GDK_CURRENT_TIME);
}

void
bf_toasts_add_saved (BfToasts *self,
                     GFile    *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *name = folder ? g_file_get_basename (folder) : g_strdup ("/");
  g_autofree char *title = g_strdup_printf (_("Saved to %s"), name);
  g_autofree char *markup = g_markup_escape_text (title, -1);
  AdwToast *toast = adw_toast_new (markup);

  if (folder)
    {
      adw_toast_set_button_label (toast, _("_Open Folder"));
      g_object_set_data_full (G_OBJECT (toast), "uri", g_file_get_uri (folder), g_free);
      g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_open_folder), self->overlay, 0);
    }
  bf_toasts_add (self, toast);
}
