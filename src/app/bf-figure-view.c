/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-figure-view-private.h"

#include "../lab/bf-settings.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#define DRAWINGS_PER_SECOND     30   /* no more often is a figure drawn */
#define DESCRIPTIONS_PER_SECOND 1    /* nor said in words */
#define SHARE_OF_TIME           16   /* drawing what training changes takes at most one part in so many */
#define LONGEST_WAIT            (G_USEC_PER_SEC / 5)
#define HAND_WEIGHT             500  /* µs: where the ground stays */
#define PIXELS                  200  /* that GTK brings to the screen in a µs */

enum { PROP_0, PROP_FIGURE, PROP_RUNS, PROP_LEAST_WIDTH, PROP_LEAST_HEIGHT, PROP_LOSS_AXIS, N_PROPS };
static GParamSpec *props[N_PROPS];

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
void
bf_figure_view_init_window_style (BfFigureView *self,
                                  BfStyle      *style)
{
  bf_figure_view_init_style (GTK_WIDGET (self), style);
  style->window = TRUE;
  style->transparent = TRUE;
  style->font = pango_font_description_get_family (
    pango_context_get_font_description (gtk_widget_get_pango_context (GTK_WIDGET (self))));
}

BfScene *
bf_figure_view_get_scene (BfFigureView *self)
{
  if (!self->scene)
    self->scene = bf_figure_view_make_scene (self);
  return self->scene;
}

static void
figure_view_describe (gpointer data)
{
  BfFigureView *self = data;
  BfScene *scene = bf_figure_view_get_scene (self);
  if (!scene || !self->figure || !self->figure->describe)
    return;
  g_autofree char *words = self->figure->describe (bf_scene_get_data (scene));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words && *words ? words : _("Nothing is measured yet."), -1);
}

static void
figure_view_forget (BfFigureView *self)
{
  g_clear_pointer (&self->ground, gsk_render_node_unref);
  g_clear_pointer (&self->hand, gsk_render_node_unref);
  g_clear_pointer (&self->ground_scene, bf_scene_unref);
}

void
bf_figure_view_redraw (BfFigureView *self)
{
  figure_view_forget (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bf_figure_view_move_hand (BfFigureView *self)
{
  if (!self->figure || self->figure->ground == BF_GROUND_NONE)
    {
      bf_figure_view_redraw (self);
      return;
    }
  g_clear_pointer (&self->hand, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The ground drawn stays when it is that of the new scene, too. */
static void
figure_view_draw_now (gpointer data)
{
  BfFigureView *self = data;
  BfScene *scene = bf_figure_view_get_scene (self);
  if (!scene || !self->figure || !self->ground_scene
      || !bf_figure_same_ground (self->figure, bf_scene_get_data (self->ground_scene), bf_scene_get_data (scene)))
    bf_figure_view_redraw (self);
  else if (self->figure->ground != BF_GROUND_ALONE)
    bf_figure_view_move_hand (self);
}

static void
figure_view_take_turn (BfFigureView *self,
                       gint64        weight)
{
  g_clear_pointer (&self->scene, bf_scene_unref);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->drawing.weight = weight;
  bf_throttle_call (&self->drawing);
  bf_throttle_call (&self->describing);
}

/* Something changed: the next drawing takes a new scene. */
static void
figure_view_changed (BfFigureView *self)
{
  gint64 pixels = (gint64) gtk_widget_get_width (GTK_WIDGET (self)) * gtk_widget_get_height (GTK_WIDGET (self));
  figure_view_take_turn (self, self->cost + pixels / PIXELS);
}

/* Training must not pay for a figure that is costly to draw: it is drawn less often. */
static void
figure_view_updated (BfFigureView *self)
{
  self->drawing.interval = CLAMP (self->cost * SHARE_OF_TIME, G_USEC_PER_SEC / DRAWINGS_PER_SECOND, LONGEST_WAIT);
  figure_view_changed (self);
}

/* The user is moving: no waiting. Where the ground stays there is little to draw. */
static void
figure_view_cursor_changed (BfFigureView *self)
{
  if (!self->drawing.waiting)
    bf_throttle_clear (&self->drawing);
  self->drawing.interval = G_USEC_PER_SEC / DRAWINGS_PER_SECOND;
  if (self->figure && self->figure->ground != BF_GROUND_NONE)
    figure_view_take_turn (self, HAND_WEIGHT);
  else
    figure_view_changed (self);
}

static void
figure_view_paint_part (BfFigureView *self,
                        BfScene      *scene,
                        cairo_t      *cr,
                        BfDrawPart    part)
{
  GtkWidget *widget = GTK_WIDGET (self);
  BfStyle style;

  bf_figure_view_init_window_style (self, &style);
  bf_scene_set_hover (scene, self->hovering ? &self->hover : NULL);
  bf_scene_set_part (scene, part);
  bf_figure_draw (self->figure, cr, gtk_widget_get_width (widget), gtk_widget_get_height (widget), &style, bf_scene_get_data (scene));
  bf_scene_set_part (scene, BF_DRAW_ALL);
}

static GskRenderNode *
make_node (cairo_surface_t       *surface,
           const graphene_rect_t *bounds)
{
  GskRenderNode *node = gsk_cairo_node_new (bounds);
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  return node;
}

/* The figure as an image. The node is kept: of one that is the same as before GTK paints nothing. */
static GskRenderNode *
figure_view_make_ground (BfFigureView *self,
                         BfScene      *scene,
                         int           width,
                         int           height)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  gint64 began = g_get_monotonic_time ();
  cairo_surface_t *picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_surface_set_device_scale (picture, scale, scale);
  cairo_t *cr = cairo_create (picture);

  figure_view_paint_part (self, scene, cr, self->figure->ground == BF_GROUND_NONE ? BF_DRAW_ALL : BF_DRAW_GROUND);
  cairo_destroy (cr);
  self->cost = g_get_monotonic_time () - began;
  GskRenderNode *node = make_node (picture, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_surface_destroy (picture);
  return node;
}

/* No larger than what is drawn of it. */
static GskRenderNode *
figure_view_make_hand (BfFigureView *self,
                       BfScene      *scene)
{
  cairo_surface_t *record = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
  cairo_t *cr = cairo_create (record);
  double x, y, width, height;

  figure_view_paint_part (self, scene, cr, BF_DRAW_HAND);
  cairo_destroy (cr);
  cairo_recording_surface_ink_extents (record, &x, &y, &width, &height);
  GskRenderNode *node = make_node (record, &GRAPHENE_RECT_INIT (floor (x), floor (y), ceil (width) + 1, ceil (height) + 1));
  cairo_surface_destroy (record);
  return node;
}

static void
figure_view_snapshot (GtkWidget   *widget,
                      GtkSnapshot *snapshot)
{
  BfFigureView *self = BF_FIGURE_VIEW (widget);
  BfScene *scene = bf_figure_view_get_scene (self);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  if (!scene || !self->figure || width < 2 || height < 2)
    return;
  if (!self->ground)
    {
      figure_view_forget (self);
      self->ground_scene = bf_scene_ref (scene);
      self->ground = figure_view_make_ground (self, scene, width, height);
    }
  gtk_snapshot_append_node (snapshot, self->ground);
  if (self->figure->ground == BF_GROUND_NONE || self->figure->ground == BF_GROUND_ALONE)
    return;
  if (!self->hand)
    self->hand = figure_view_make_hand (self, scene);
  gtk_snapshot_append_node (snapshot, self->hand);
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
  bf_figure_view_redraw (BF_FIGURE_VIEW (widget));
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
  figure_view_forget (self);
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
  bf_figure_view_fill_menu (self);
  figure_view_forget (self);
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
    case PROP_LOSS_AXIS:    g_value_set_string (value, bf_axis_get_id (bf_figure_view_get_loss_axis ())); break;
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
    case PROP_LOSS_AXIS:    bf_settings_set_text (bf_settings_get (), "loss-axis", g_value_get_string (value)); break;
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
  widget->snapshot = figure_view_snapshot;

  props[PROP_FIGURE] = g_param_spec_string ("figure", NULL, NULL, NULL, flags);
  props[PROP_RUNS] = g_param_spec_uint ("runs", NULL, NULL, 0, BF_SCENE_BESIDE, 0, flags);
  props[PROP_LEAST_WIDTH] = g_param_spec_int ("least-width", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_LEAST_HEIGHT] = g_param_spec_int ("least-height", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_LOSS_AXIS] = g_param_spec_string ("loss-axis", NULL, NULL, NULL, flags | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object, N_PROPS, props);
  gtk_widget_class_install_property_action (widget, "figure.loss-axis", "loss-axis");
  bf_figure_view_class_add_signals (widget);

  gtk_widget_class_set_css_name (widget, "figure");
  gtk_widget_class_set_accessible_role (widget, GTK_ACCESSIBLE_ROLE_IMG);
  bf_figure_view_class_add_actions (widget);
  bf_figure_view_class_add_keys (widget);
}

/* Chosen in the menu of any figure, of any window. */
static void
on_loss_axis_changed (BfFigureView *self)
{
  if (self->figure && self->figure->loss_axis)
    figure_view_cursor_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOSS_AXIS]);
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
  self->menu = bf_figure_view_make_menu ();
  g_signal_connect_object (bf_settings_get (), "notify::loss-axis", G_CALLBACK (on_loss_axis_changed), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  bf_figure_view_add_pointer (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (bf_figure_view_redraw), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (bf_figure_view_redraw), NULL);
}

void
bf_figure_view_paint (BfFigureView *self,
                      cairo_t      *cr,
                      int           width,
                      int           height)
{
  BfStyle style;
  bf_figure_view_init_window_style (self, &style);
  style.transparent = FALSE;
  bf_scene_set_hover (bf_figure_view_get_scene (self), NULL);
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
bf_figure_view_set_pinned (BfFigureView  *self,
                           const guint64 *step)
{
  g_return_if_fail (BF_IS_FIGURE_VIEW (self));

  self->has_pinned = step != NULL;
  self->pinned = step ? *step : 0;
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
      bf_scene_set_loss_axis (scene, bf_figure_view_get_loss_axis ());
      bf_scene_set_pinned (scene, self->has_pinned ? &self->pinned : NULL);
      if (self->figure && self->figure->seeds)
        bf_scene_add_seeds (scene, self->session);
    }
  return scene;
}
