/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Wide: three columns with handles. Below 1280 px the right pane lies over the centre when asked
 * for, below 900 px the left one too, one at a time. A pane moves between its GtkPaned and its
 * GtkRevealer from one idle, never while the window is being allocated. The panes may shrink in
 * their GtkPaned, so that they do not enter the window's least width; the idle keeps them at
 * least 240 px wide.
 */
#include "bf-window-private.h"

#define WIDE   1280
#define MEDIUM 900
#define LEAST_PANE 240
#define LEFT_WIDTH  280
#define RIGHT_WIDTH 312

static BfWidth
get_class (int width)
{
  return width >= WIDE ? BF_WIDTH_WIDE : width >= MEDIUM ? BF_WIDTH_MEDIUM : BF_WIDTH_NARROW;
}

/* Moves `pane` into its column (in == TRUE) or its revealer, once. */
static void
place_left (BfWindow *self,
            gboolean  in)
{
  GtkPaned *paned = GTK_PANED (self->outer_paned);
  GtkRevealer *revealer = GTK_REVEALER (self->left_revealer);

  if ((gtk_paned_get_start_child (paned) == self->left) == in)
    return;
  g_object_ref (self->left);
  if (in)
    {
      gtk_revealer_set_child (revealer, NULL);
      gtk_paned_set_start_child (paned, self->left);
      gtk_paned_set_position (paned, self->left_width);
    }
  else
    {
      gtk_paned_set_start_child (paned, NULL);
      gtk_revealer_set_child (revealer, self->left);
    }
  g_object_unref (self->left);
}

static void
place_right (BfWindow *self,
             gboolean  in)
{
  GtkPaned *paned = GTK_PANED (self->inner_paned);
  GtkRevealer *revealer = GTK_REVEALER (self->right_revealer);

  if ((gtk_paned_get_end_child (paned) == self->right) == in)
    return;
  g_object_ref (self->right);
  if (in)
    {
      gtk_revealer_set_child (revealer, NULL);
      gtk_paned_set_end_child (paned, self->right);
    }
  else
    {
      gtk_paned_set_end_child (paned, NULL);
      gtk_revealer_set_child (revealer, self->right);
    }
  g_object_unref (self->right);
}

static gboolean
on_panes_idle (gpointer user_data)
{
  BfWindow *self = user_data;
  int width = gtk_widget_get_width (GTK_WIDGET (self));

  self->panes_idle = 0;
  self->width = get_class (width);
  place_left (self, self->width != BF_WIDTH_NARROW);
  place_right (self, self->width == BF_WIDTH_WIDE);
  return G_SOURCE_REMOVE;
}

void
bf_window_allocate_panes (BfWindow *self,
                          int       width)
{
  if (get_class (width) != self->width && self->panes_idle == 0)
    self->panes_idle = g_idle_add (on_panes_idle, self);
}

void
bf_window_init_panes (BfWindow *self)
{
  self->width = BF_WIDTH_WIDE;
  self->left_width = LEFT_WIDTH;
  self->right_width = RIGHT_WIDTH;
}

void
bf_window_dispose_panes (BfWindow *self)
{
  g_clear_handle_id (&self->panes_idle, g_source_remove);
}
