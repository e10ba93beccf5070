/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of BfWindow share.
 */
#pragma once

#include "bf-window.h"

G_BEGIN_DECLS

/* Three columns; the right pane an overlay; both panes overlays. */
typedef enum { BF_WIDTH_WIDE, BF_WIDTH_MEDIUM, BF_WIDTH_NARROW } BfWidth;

struct _BfWindow
{
  AdwApplicationWindow parent_instance;

  GtkWidget *network_toggle;
  GtkWidget *reset_button;
  GtkWidget *undo_button;
  GtkWidget *redo_button;
  GtkWidget *menu_button;
  GtkWidget *overlay;
  GtkWidget *outer_paned;
  GtkWidget *inner_paned;
  GtkWidget *left;
  GtkWidget *right;
  GtkWidget *scrim;
  GtkWidget *left_revealer;
  GtkWidget *right_revealer;

  BfWidth width;
  guint panes_idle;
  int left_width;    /* as the user set them; kept while a pane is an overlay */
  int right_width;
};

/* bf-window-panes.c */
void bf_window_init_panes     (BfWindow *self);
void bf_window_dispose_panes  (BfWindow *self);
void bf_window_allocate_panes (BfWindow *self, int width);

G_END_DECLS
