/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of BfFigureView share: bf-figure-view.c shows, bf-figure-view-keys.c moves,
 * bf-figure-view-export.c hands out.
 */
#pragma once

#include "bf-figure-view.h"

G_BEGIN_DECLS

gboolean            bf_figure_view_is_ready         (BfFigureView *self);   /* there is a picture to hand out */
BfSession          *bf_figure_view_get_session      (BfFigureView *self);   /* borrowed; may be NULL */
/* Paints it as in the window, on its surface; only when it is ready. */
void                bf_figure_view_paint            (BfFigureView *self, cairo_t *cr, int width, int height);
void                bf_figure_view_popup            (BfFigureView *self, double x, double y);
void                bf_figure_view_class_add_keys   (GtkWidgetClass *class);
void                bf_figure_view_class_add_actions (GtkWidgetClass *class);
GtkEventController *bf_figure_view_make_drag_source (BfFigureView *self);   /* transfer full */
GtkWidget          *bf_figure_view_make_menu        (void);                 /* floating */
/* The light or dark style that the program shows now, for a picture outside the window. */
void                bf_figure_view_init_style       (GtkWidget *widget, BfStyle *style);

G_END_DECLS
