/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-figure-view-private.h"

#include "bf-throttle.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define DRAWINGS_PER_SECOND     30   /* no more often is a figure drawn */
#define DESCRIPTIONS_PER_SECOND 1    /* nor said in words */
#define SHARE_OF_TIME           16   /* drawing what training changes takes at most one part in so many */
#define LONGEST_WAIT            (G_USEC_PER_SEC / 5)

struct _BfFigureView
{
  GtkDrawingArea parent_instance;

  BfSession *session;
  BfSceneFunc make;          /* scenes, in place of the session */
  gpointer make_data;
  const BfFigure *figure;
  char *figure_id;
  BfScene *scene;            /* what was drawn last; NULL: to be made */
  cairo_surface_t *picture;  /* the scene drawn; NULL: to be drawn */
  GtkWidget *menu;           /* owned as a child */

  BfSceneRuns which;
  GArray *numbers;           /* of guint: the runs shown; NULL: `which` says it */
  BfTensor tensor;
  const BfLayerValue *value;   /* static */
  gboolean scale_locked;
  BfDataFacts *facts;        /* may be NULL */
  BfConfusionCell cell;
  gboolean has_cell;
  int least_width;
  int least_height;

  gboolean hovering;
  BfCursor hover;
  BfThrottle drawing;
  BfThrottle describing;
  gint64 cost;               /* of the last drawing, µs */
};

enum { PROP_0, PROP_FIGURE, PROP_RUNS, PROP_LEAST_WIDTH, PROP_LEAST_HEIGHT, N_PROPS };
static GParamSpec *props[N_PROPS];
static guint cell_picked, layer_picked;

G_DEFINE_FINAL_TYPE (BfFigureView, bf_figure_view, GTK_TYPE_DRAWING_AREA)

void
bf_figure_view_init_style (GtkWidget *widget,
                           BfStyle   *style)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  bf_style_init (style, dark ? BF_THEME_DARK : BF_THEME_LIGHT);
  style->right_to_left = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
}

/* Inside the window the surface is the canvas that GTK paints, so that no seam shows, and the text
 * is in the window's font (owned by the widget). */
static void
figure_view_init_window_style (BfFigureView *self,
                               BfStyle      *style)
{
  bf_figure_view_init_style (GTK_WIDGET (self), style);
  style->window = TRUE;
  style->transparent = TRUE;
  style->font = pango_font_description_get_family (
    pango_context_get_font_description (gtk_widget_get_pango_context (GTK_WIDGET (self))));
}

static BfScene *
figure_view_get_scene (BfFigureView *self)
{
  if (!self->scene)
    self->scene = bf_figure_view_make_scene (self);
  return self->scene;
}

static void
figure_view_describe (gpointer data)
{
  BfFigureView *self = data;
  BfScene *scene = figure_view_get_scene (self);
  if (!scene || !self->figure || !self->figure->describe)
    return;
  g_autofree char *words = self->figure->describe (bf_scene_get_data (scene));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words && *words ? words : _("Nothing is measured yet."), -1);
}

static void
figure_view_redraw (BfFigureView *self)
{
  g_clear_pointer (&self->picture, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
figure_view_draw_now (gpointer data)
{
  figure_view_redraw (data);
}

/* Something changed: the next drawing takes a new scene. */
static void
figure_view_changed (BfFigureView *self)
{
  g_clear_pointer (&self->scene, bf_scene_unref);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  bf_throttle_call (&self->drawing);
  bf_throttle_call (&self->describing);
}

/* Training must not pay for a figure that is costly to draw: it is drawn less often. */
static void
figure_view_updated (BfFigureView *self)
{
  self->drawing.interval = CLAMP (self->cost * SHARE_OF_TIME, G_USEC_PER_SEC / DRAWINGS_PER_SECOND, LONGEST_WAIT);
  figure_view_changed (self);
}

/* The user is moving: no waiting. */
static void
figure_view_cursor_changed (BfFigureView *self)
{
  bf_throttle_clear (&self->drawing);
  self->drawing.interval = G_USEC_PER_SEC / DRAWINGS_PER_SECOND;
  figure_view_changed (self);
}

/* The figure as an image: GTK then draws it again as often as it likes for next to nothing. */
static cairo_surface_t *
figure_view_make_picture (BfFigureView *self,
                          BfScene      *scene,
                          int           width,
                          int           height)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  gint64 began = g_get_monotonic_time ();
  cairo_surface_t *picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_surface_set_device_scale (picture, scale, scale);
  cairo_t *cr = cairo_create (picture);
  BfStyle style;

  figure_view_init_window_style (self, &style);
  bf_scene_set_hover (scene, self->hovering ? &self->hover : NULL);
  bf_figure_draw (self->figure, cr, width, height, &style, bf_scene_get_data (scene));
  cairo_destroy (cr);
  self->cost = g_get_monotonic_time () - began;
  return picture;
}

static void
figure_view_draw (GtkDrawingArea *area,
                  cairo_t        *cr,
                  int             width,
                  int             height,
                  gpointer        data)
{
  BfFigureView *self = BF_FIGURE_VIEW (area);
  BfScene *scene = figure_view_get_scene (self);
  if (!scene || !self->figure || width < 2 || height < 2)
    return;
  if (!self->picture)
    self->picture = figure_view_make_picture (self, scene, width, height);
  cairo_set_source_surface (cr, self->picture, 0, 0);
  cairo_paint (cr);
}

static gboolean
figure_view_pick (BfFigureView *self,
                  double        x,
                  double        y,
                  BfCursor     *cursor)
{
  BfScene *scene = figure_view_get_scene (self);
  if (!scene || !self->figure || !self->figure->pick)
    return FALSE;
  BfStyle style;
  figure_view_init_window_style (self, &style);
  const BfFigureData *shown = bf_scene_get_data (scene);
  *cursor = shown->cursor;
  return self->figure->pick (x, y, gtk_widget_get_width (GTK_WIDGET (self)),
                             gtk_widget_get_height (GTK_WIDGET (self)), &style, shown, cursor);
}

gboolean
bf_figure_view_pick_cell (BfFigureView    *self,
                          double           x,
                          double           y,
                          BfConfusionCell *cell)
{
  BfScene *scene = figure_view_get_scene (self);
  if (!scene || !self->figure || !self->figure->pick_cell)
    return FALSE;
  BfStyle style;
  figure_view_init_window_style (self, &style);
  return self->figure->pick_cell (x, y, gtk_widget_get_width (GTK_WIDGET (self)),
                                  gtk_widget_get_height (GTK_WIDGET (self)), &style, bf_scene_get_data (scene), cell);
}

static void
figure_view_set_hover (BfFigureView   *self,
                       gboolean        hovering,
                       const BfCursor *hover)
{
  if (hovering == self->hovering
      && (!hovering || (hover->weighted == self->hover.weighted && hover->step == self->hover.step)))
    return;
  self->hovering = hovering;
  if (hovering)
    self->hover = *hover;
  figure_view_redraw (self);
}

static void
on_motion (GtkEventControllerMotion *motion,
           double                    x,
           double                    y,
           BfFigureView             *self)
{
  BfCursor cursor;
  gboolean over = figure_view_pick (self, x, y, &cursor);
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
  if (!self->session || !figure_view_pick (self, x, y, &cursor))
    return;
  bf_session_set_cursor_layer (self->session, cursor.weighted);
  /* Choosing a layer where there is no axis of steps must not leave the newest step. */
  if (cursor.step != bf_scene_get_data (figure_view_get_scene (self))->cursor.step)
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

static void
figure_view_measure (GtkWidget      *widget,
                     GtkOrientation  orientation,
                     int             for_size,
                     int            *minimum,
                     int            *natural,
                     int            *minimum_baseline,
                     int            *natural_baseline)
{
  BfFigureView *self = BF_FIGURE_VIEW (widget);
  gboolean across = orientation == GTK_ORIENTATION_HORIZONTAL;
  int liked = across ? gtk_drawing_area_get_content_width (GTK_DRAWING_AREA (self))
                     : gtk_drawing_area_get_content_height (GTK_DRAWING_AREA (self));
  *minimum = across ? self->least_width : self->least_height;
  *natural = MAX (*minimum, liked);
}

static void
figure_view_size_allocate (GtkWidget *widget,
                           int        width,
                           int        height,
                           int        baseline)
{
  GTK_WIDGET_CLASS (bf_figure_view_parent_class)->size_allocate (widget, width, height, baseline);
  figure_view_redraw (BF_FIGURE_VIEW (widget));
  gtk_popover_present (GTK_POPOVER (BF_FIGURE_VIEW (widget)->menu));
}

static void
figure_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bf_figure_view_parent_class)->map (widget);
  figure_view_changed (BF_FIGURE_VIEW (widget));
}

static void
figure_view_dispose (GObject *object)
{
  BfFigureView *self = BF_FIGURE_VIEW (object);
  bf_figure_view_set_session (self, NULL);
  bf_throttle_clear (&self->drawing);
  bf_throttle_clear (&self->describing);
  g_clear_pointer (&self->picture, cairo_surface_destroy);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->figure_id, g_free);
  g_clear_pointer (&self->facts, bf_data_facts_unref);
  g_clear_pointer (&self->numbers, g_array_unref);
  G_OBJECT_CLASS (bf_figure_view_parent_class)->dispose (object);
}

static void
figure_view_set_figure (BfFigureView *self,
                        const char   *id)
{
  g_free (self->figure_id);
  self->figure_id = g_strdup (id);
  self->figure = id ? bf_figure_find (id) : NULL;
  if (self->figure)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    bf_kind_get_name (&self->figure->kind), -1);
  figure_view_changed (self);
}

static void
figure_view_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  BfFigureView *self = BF_FIGURE_VIEW (object);
  switch (id)
    {
    case PROP_FIGURE:       g_value_set_string (value, self->figure_id); break;
    case PROP_RUNS:         g_value_set_uint (value, self->which); break;
    case PROP_LEAST_WIDTH:  g_value_set_int (value, self->least_width); break;
    case PROP_LEAST_HEIGHT: g_value_set_int (value, self->least_height); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
figure_view_set_property (GObject      *object,
                          guint         id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  BfFigureView *self = BF_FIGURE_VIEW (object);
  switch (id)
    {
    case PROP_FIGURE:       figure_view_set_figure (self, g_value_get_string (value)); break;
    case PROP_RUNS:         bf_figure_view_set_runs (self, g_value_get_uint (value)); break;
    case PROP_LEAST_WIDTH:  self->least_width = g_value_get_int (value); break;
    case PROP_LEAST_HEIGHT: self->least_height = g_value_get_int (value); gtk_widget_queue_resize (GTK_WIDGET (self)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bf_figure_view_class_init (BfFigureViewClass *class)
{
  GObjectClass *object = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object->dispose = figure_view_dispose;
  object->get_property = figure_view_get_property;
  object->set_property = figure_view_set_property;
  widget->measure = figure_view_measure;
  widget->size_allocate = figure_view_size_allocate;
  widget->map = figure_view_map;

  props[PROP_FIGURE] = g_param_spec_string ("figure", NULL, NULL, NULL, flags);
  props[PROP_RUNS] = g_param_spec_uint ("runs", NULL, NULL, 0, BF_SCENE_BESIDE, 0, flags);
  props[PROP_LEAST_WIDTH] = g_param_spec_int ("least-width", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_LEAST_HEIGHT] = g_param_spec_int ("least-height", NULL, NULL, 0, G_MAXINT, 0, flags);
  g_object_class_install_properties (object, N_PROPS, props);
  cell_picked = g_signal_new ("cell-picked", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  layer_picked = g_signal_new ("layer-picked", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget, "figure");
  gtk_widget_class_set_accessible_role (widget, GTK_ACCESSIBLE_ROLE_IMG);
  bf_figure_view_class_add_actions (widget);
  bf_figure_view_class_add_keys (widget);
}

static void
figure_view_add_controllers (BfFigureView *self)
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

static void
bf_figure_view_init (BfFigureView *self)
{
  self->tensor = BF_TENSOR_WEIGHT_GRADIENT;
  self->scale_locked = TRUE;
  bf_throttle_init (&self->drawing, DRAWINGS_PER_SECOND, figure_view_draw_now, self);
  bf_throttle_init (&self->describing, DESCRIPTIONS_PER_SECOND, figure_view_describe, self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _("Nothing is measured yet."), -1);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self), figure_view_draw, NULL, NULL);
  self->menu = bf_figure_view_make_menu ();
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  figure_view_add_controllers (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (figure_view_redraw), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (figure_view_redraw), NULL);
}

void
bf_figure_view_paint (BfFigureView *self,
                      cairo_t      *cr,
                      int           width,
                      int           height)
{
  BfStyle style;
  figure_view_init_window_style (self, &style);
  style.transparent = FALSE;
  bf_scene_set_hover (figure_view_get_scene (self), NULL);
  bf_figure_draw (self->figure, cr, width, height, &style, bf_scene_get_data (self->scene));
}

BfSession *
bf_figure_view_get_session (BfFigureView *self)
{
  return self->session;
}

void
bf_figure_view_set_session (BfFigureView *self,
                            BfSession    *session)
{
  g_return_if_fail (BF_IS_FIGURE_VIEW (self));

  static const struct { const char *signal; GCallback handler; } handlers[] = {
    { "run-changed", G_CALLBACK (figure_view_cursor_changed) },
    { "cursor-changed", G_CALLBACK (figure_view_cursor_changed) },
    { "updated", G_CALLBACK (figure_view_updated) },
  };
  for (guint i = 0; self->session && i < G_N_ELEMENTS (handlers); i++)
    g_signal_handlers_disconnect_by_func (self->session, handlers[i].handler, self);
  g_clear_pointer (&self->scene, bf_scene_unref);
  if (!g_set_object (&self->session, session) || !session)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_swapped (session, handlers[i].signal, handlers[i].handler, self);
  figure_view_changed (self);
}

void
bf_figure_view_set_source (BfFigureView *self,
                           BfSceneFunc   make,
                           gpointer      data)
{
  g_return_if_fail (BF_IS_FIGURE_VIEW (self));

  self->make = make;
  self->make_data = data;
  figure_view_cursor_changed (self);
}

void
bf_figure_view_update (BfFigureView *self)
{
  g_return_if_fail (BF_IS_FIGURE_VIEW (self));

  figure_view_updated (self);
}

void
bf_figure_view_set_runs (BfFigureView *self,
                         BfSceneRuns   which)
{
  g_return_if_fail (BF_IS_FIGURE_VIEW (self));

  if (self->which == which)
    return;
  self->which = which;
  figure_view_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNS]);
}

void
bf_figure_view_set_numbers (BfFigureView *self,
                            const guint  *numbers,
                            guint         n)
{
  g_return_if_fail (BF_IS_FIGURE_VIEW (self));

  g_clear_pointer (&self->numbers, g_array_unref);
  if (n > 0)
    {
      self->numbers = g_array_new (FALSE, FALSE, sizeof (guint));
      g_array_append_vals (self->numbers, numbers, n);
    }
  figure_view_changed (self);
}

void
bf_figure_view_set_quantity (BfFigureView *self,
                             BfTensor      tensor,
                             gboolean      scale_locked)
{
  g_return_if_fail (BF_IS_FIGURE_VIEW (self));

  if (self->tensor == tensor && self->scale_locked == scale_locked)
    return;
  self->tensor = tensor;
  self->scale_locked = scale_locked;
  figure_view_changed (self);
}

void
bf_figure_view_set_value (BfFigureView       *self,
                          const BfLayerValue *value)
{
  g_return_if_fail (BF_IS_FIGURE_VIEW (self));

  if (self->value == value)
    return;
  self->value = value;
  figure_view_changed (self);
}

void
bf_figure_view_set_data (BfFigureView          *self,
                         BfDataFacts           *facts,
                         const BfConfusionCell *cell)
{
  g_return_if_fail (BF_IS_FIGURE_VIEW (self));

  BfDataFacts *old = self->facts;
  self->facts = facts ? bf_data_facts_ref (facts) : NULL;
  g_clear_pointer (&old, bf_data_facts_unref);
  self->has_cell = cell != NULL;
  if (cell)
    self->cell = *cell;
  figure_view_changed (self);
  figure_view_describe (self);   /* also of a page that was not turned to yet */
}

const BfFigure *
bf_figure_view_get_figure (BfFigureView *self)
{
  g_return_val_if_fail (BF_IS_FIGURE_VIEW (self), NULL);

  return self->figure;
}

BfScene *
bf_figure_view_make_scene (BfFigureView *self)
{
  g_return_val_if_fail (BF_IS_FIGURE_VIEW (self), NULL);

  if (self->make)
    return self->make (self->make_data);
  if (!self->session)
    return NULL;
  BfScene *scene = self->numbers
                     ? bf_scene_new_of_runs (self->session, &g_array_index (self->numbers, guint, 0), self->numbers->len,
                                             self->tensor, self->scale_locked)
                     : bf_scene_new (self->session, self->which, self->tensor, self->scale_locked);
  if (scene)
    {
      bf_scene_set_data (scene, self->facts, self->has_cell ? &self->cell : NULL);
      bf_scene_set_value (scene, self->value);
    }
  return scene;
}
