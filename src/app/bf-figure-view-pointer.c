/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A figure under the pointer: what lies there is read out, a click moves the session's cursor, the
 * other button opens the menu.
 */
#include "bf-figure-view-private.h"

static guint cell_picked, layer_picked;

/* What lies there, to be chosen by a click; to_read: or only to be read out. */
static gboolean
figure_view_pick (BfFigureView *self,
                  double        x,
                  double        y,
                  gboolean      to_read,
                  BfCursor     *cursor)
{
  BfScene *scene = bf_figure_view_get_scene (self);
  const BfFigure *figure = self->figure;
  if (!scene || !figure || !(figure->pick || (to_read && figure->read)))
    return FALSE;
  BfStyle style;
  bf_figure_view_init_window_style (self, &style);
  const BfFigureData *shown = bf_scene_get_data (scene);
  *cursor = shown->cursor;
  return (to_read && figure->read ? figure->read : figure->pick) (x, y, gtk_widget_get_width (GTK_WIDGET (self)),
                                                                  gtk_widget_get_height (GTK_WIDGET (self)), &style, shown, cursor);
}

static gboolean
is_same (const BfCursor *a,
         const BfCursor *b)
{
  return a->weighted == b->weighted && a->step == b->step && a->panel == b->panel && a->point == b->point;
}

gboolean
bf_figure_view_pick_cell (BfFigureView    *self,
                          double           x,
                          double           y,
                          BfConfusionCell *cell)
{
  BfScene *scene = bf_figure_view_get_scene (self);
  if (!scene || !self->figure || !self->figure->pick_cell)
    return FALSE;
  BfStyle style;
  bf_figure_view_init_window_style (self, &style);
  return self->figure->pick_cell (x, y, gtk_widget_get_width (GTK_WIDGET (self)),
                                  gtk_widget_get_height (GTK_WIDGET (self)), &style, bf_scene_get_data (scene), cell);
}

static void
figure_view_set_hover (BfFigureView   *self,
                       gboolean        hovering,
                       const BfCursor *hover)
{
  if (hovering == self->hovering && (!hovering || is_same (hover, &self->hover)))
    return;
  self->hovering = hovering;
  if (hovering)
    self->hover = *hover;
  bf_figure_view_move_hand (self);
}

static void
on_motion (GtkEventControllerMotion *motion,
           double                    x,
           double                    y,
           BfFigureView             *self)
{
  BfCursor cursor;
  gboolean over = figure_view_pick (self, x, y, TRUE, &cursor);
  figure_view_set_hover (self, over, over ? &cursor : NULL);
}

static void
on_leave (GtkEventControllerMotion *motion,
          BfFigureView             *self)
{
  figure_view_set_hover (self, FALSE, NULL);
}

static void
on_clicked (GtkGestureClick *click,
            int              n_press,
            double           x,
            double           y,
            BfFigureView    *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  BfConfusionCell cell;
  if (bf_figure_view_pick_cell (self, x, y, &cell))
    g_signal_emit (self, cell_picked, 0, cell.label, cell.answer);
  BfCursor cursor;
  if (!self->session || !figure_view_pick (self, x, y, FALSE, &cursor))
    return;
  bf_session_set_cursor_layer (self->session, cursor.weighted);
  /* Choosing a layer where there is no axis of steps must not leave the newest step. */
  if (cursor.step != bf_scene_get_data (bf_figure_view_get_scene (self))->cursor.step)
    bf_session_set_cursor_step (self->session, cursor.step);
  g_signal_emit (self, layer_picked, 0);
}

void
bf_figure_view_popup (BfFigureView *self,
                      double        x,
                      double        y)
{
  if (!bf_figure_view_is_ready (self))
    return;
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_menu_pressed (GtkGestureClick *click,
                 int              n_press,
                 double           x,
                 double           y,
                 BfFigureView    *self)
{
  bf_figure_view_popup (self, x, y);
}

static void
on_long_press (GtkGestureLongPress *press,
               double               x,
               double               y,
               BfFigureView        *self)
{
  bf_figure_view_popup (self, x, y);
}

void
bf_figure_view_add_pointer (BfFigureView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, motion);

  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "released", G_CALLBACK (on_clicked), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));

  GtkGesture *secondary = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (on_menu_pressed), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (secondary));

  GtkGesture *press = gtk_gesture_long_press_new ();
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (on_long_press), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (press));

  gtk_widget_add_controller (widget, bf_figure_view_make_drag_source (self));
}

void
bf_figure_view_class_add_signals (GtkWidgetClass *class)
{
  const GType type = G_TYPE_FROM_CLASS (class);

  cell_picked = g_signal_new ("cell-picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  layer_picked = g_signal_new ("layer-picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
}
