/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of BfFigureView share: bf-figure-view.c shows, bf-figure-view-pointer.c and
 * bf-figure-view-keys.c move, bf-figure-view-export.c hands out.
 */
#pragma once

#include "bf-figure-view.h"
#include "bf-throttle.h"

G_BEGIN_DECLS

struct _BfFigureView
{
  GtkDrawingArea parent_instance;

  BfSession *session;
  BfSceneFunc make;          /* scenes, in place of the session */
  gpointer make_data;
  const BfFigure *figure;
  char *figure_id;
  BfScene *scene;            /* what was drawn last; NULL: to be made */
  BfScene *ground_scene;     /* the one that the ground was drawn of */
  GskRenderNode *ground;     /* the scene drawn, or what of it stays while the cursor moves; NULL: to be drawn */
  GskRenderNode *hand;       /* what moves, over it; NULL: to be drawn, or there is none */
  GtkWidget *menu;           /* owned as a child */

  BfSceneRuns which;
  GArray *numbers;           /* of guint: the runs shown; NULL: `which` says it */
  BfTensor tensor;
  const BfLayerValue *value;   /* static */
  gboolean scale_locked;
  BfDataFacts *facts;        /* may be NULL */
  BfConfusionCell cell;
  gboolean has_cell;
  gboolean has_pinned;
  guint64 pinned;            /* step that distributions are shown against */
  int least_width;
  int least_height;

  gboolean hovering;
  BfCursor hover;
  BfThrottle drawing;
  BfThrottle describing;
  gint64 cost;               /* of the last drawing, µs */
};

/* What was drawn last, made when there is none; NULL while nothing is measured. Borrowed. */
BfScene            *bf_figure_view_get_scene        (BfFigureView *self);
/* Draws again what is shown; the scene is the same. */
void                bf_figure_view_redraw           (BfFigureView *self);
/* The same where only cursor or pointer moved. */
void                bf_figure_view_move_hand        (BfFigureView *self);
/* The style inside the window: its theme, its font, no surface of its own. */
void                bf_figure_view_init_window_style (BfFigureView *self, BfStyle *style);

gboolean            bf_figure_view_is_ready         (BfFigureView *self);   /* there is a picture to hand out */
BfSession          *bf_figure_view_get_session      (BfFigureView *self);   /* borrowed; may be NULL */
/* Paints it as in the window, on its surface; only when it is ready. */
void                bf_figure_view_paint            (BfFigureView *self, cairo_t *cr, int width, int height);
void                bf_figure_view_popup            (BfFigureView *self, double x, double y);
void                bf_figure_view_class_add_signals (GtkWidgetClass *class);
void                bf_figure_view_add_pointer      (BfFigureView *self);
void                bf_figure_view_class_add_keys   (GtkWidgetClass *class);
void                bf_figure_view_class_add_actions (GtkWidgetClass *class);
GtkEventController *bf_figure_view_make_drag_source (BfFigureView *self);   /* transfer full */
GtkWidget          *bf_figure_view_make_menu        (void);                 /* floating */
void                bf_figure_view_fill_menu        (BfFigureView *self);   /* for the figure that it has now */
/* The light or dark style that the program shows now, for a picture outside the window. */
void                bf_figure_view_init_style       (GtkWidget *widget, BfStyle *style);

G_END_DECLS
