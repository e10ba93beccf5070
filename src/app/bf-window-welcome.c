/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The page of a first start, in front of the laboratory, which stands ready behind it. It goes as
 * soon as something is begun, by a card or by a key.
 */
#include <glib/gi18n-lib.h>

#include "bf-welcome.h"
#include "bf-window-private.h"
#include "../lab/bf-settings.h"

static gboolean
is_welcoming (BfWindow *self)
{
  return self->screens && g_strcmp0 (gtk_stack_get_visible_child_name (self->screens), "welcome") == 0;
}

gboolean
bf_window_leave_welcome (BfWindow *self)
{
  if (!is_welcoming (self))
    return FALSE;
  gtk_stack_set_visible_child_name (self->screens, "laboratory");
  gtk_widget_grab_focus (self->train_button);
  return TRUE;
}

static void
on_updated (BfWindow *self)
{
  if (bf_session_get_state (self->session) == BF_RUN_TRAINING)
    bf_window_leave_welcome (self);
}

static void
on_begin (BfWelcome  *welcome,
          const char *way,
          BfWindow   *self)
{
  if (g_str_equal (way, "file"))
    {
      bf_window_choose_file (self);   /* the page goes when one is opened */
      return;
    }
  bf_window_leave_welcome (self);
  if (g_str_equal (way, "remedies"))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.try-remedies", NULL);
  else if (!g_str_equal (way, "laboratory"))
    bf_window_open_example (self, way);
}

/* The window's content becomes one of two pages. */
static GtkWidget *
add_page (BfWindow *self)
{
  GtkWidget *laboratory = g_object_ref (adw_application_window_get_content (ADW_APPLICATION_WINDOW (self)));
  GtkWidget *welcome = bf_welcome_new (gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (self->menu_button)));

  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), NULL);
  self->screens = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_hhomogeneous (self->screens, FALSE);
  gtk_stack_set_vhomogeneous (self->screens, FALSE);
  gtk_stack_add_named (self->screens, laboratory, "laboratory");
  gtk_stack_add_named (self->screens, welcome, "welcome");
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), GTK_WIDGET (self->screens));
  g_object_unref (laboratory);
  g_signal_connect_object (welcome, "begin", G_CALLBACK (on_begin), self, 0);
  g_signal_connect_object (self->session, "spec-changed", G_CALLBACK (bf_window_leave_welcome), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "updated", G_CALLBACK (on_updated), self, G_CONNECT_SWAPPED);
  return welcome;
}

void
bf_window_show_welcome (BfWindow *self,
                        gboolean  first)
{
  g_return_if_fail (BF_IS_WINDOW (self));

  GtkWidget *welcome = self->screens ? gtk_stack_get_child_by_name (self->screens, "welcome") : add_page (self);
  BfExperiment *experiment = bf_session_get_experiment (self->session);
  const char *name = bf_experiment_get_spec (experiment)->name;

  bf_welcome_set_experiment (BF_WELCOME (welcome), first ? NULL : name && *name ? name : _("Untitled"));
  gtk_stack_set_visible_child_name (self->screens, "welcome");
  gtk_widget_child_focus (welcome, GTK_DIR_TAB_FORWARD);
  bf_settings_set_int (bf_settings_get (), "welcomed", TRUE);
}
