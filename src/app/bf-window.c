/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The window: header, three panes, status bar. It owns the session, polls it once a frame while
 * something is under way, and hands it to the panes; no pane talks to another.
 */
#include <glib/gi18n-lib.h>

#include "bf-window-private.h"

G_DEFINE_FINAL_TYPE (BfWindow, bf_window, ADW_TYPE_APPLICATION_WINDOW)

static void
bf_window_size_allocate (GtkWidget *widget,
                         int        width,
                         int        height,
                         int        baseline)
{
  GTK_WIDGET_CLASS (bf_window_parent_class)->size_allocate (widget, width, height, baseline);
  bf_window_allocate_panes (BF_WINDOW (widget), width);
}

static void
bf_window_dispose (GObject *object)
{
  bf_window_dispose_panes (BF_WINDOW (object));
  G_OBJECT_CLASS (bf_window_parent_class)->dispose (object);
}

static void
bf_window_class_init (BfWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_window_dispose;
  widget_class->size_allocate = bf_window_size_allocate;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/window.ui");
  gtk_widget_class_bind_template_child (widget_class, BfWindow, network_toggle);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, reset_button);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, undo_button);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, redo_button);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, overlay);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, outer_paned);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, inner_paned);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, left);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, right);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, scrim);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, left_revealer);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, right_revealer);
}

static void
bf_window_init (BfWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bf_window_init_panes (self);
}

BfWindow *
bf_window_new (GtkApplication *application)
{
  return g_object_new (BF_TYPE_WINDOW, "application", application, NULL);
}
