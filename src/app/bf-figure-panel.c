/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-figure-panel.h"

struct _BfFigurePanel
{
  GtkBox parent_instance;

  GtkWidget *caption;
  GtkLabel *title;
  GtkLabel *remark;
  GtkWidget *options;
  GtkWidget *corner;
  BfFigureView *view;
};

enum { PROP_0, PROP_FIGURE, PROP_LEAST_WIDTH, PROP_LEAST_HEIGHT, PROP_LIKED_WIDTH, PROP_LIKED_HEIGHT, PROP_CAPTION_SPACE, N_PROPS };
static GParamSpec *props[N_PROPS];

/* Where the panel's properties go: the view's own. */
static const char *const view_props[N_PROPS] = {
  NULL, "figure", "least-width", "least-height", "content-width", "content-height",
  "margin-top",
};

G_DEFINE_FINAL_TYPE (BfFigurePanel, bf_figure_panel, GTK_TYPE_BOX)

static void
on_export_clicked (BfFigurePanel *self)
{
  bf_figure_view_export (self->view);
}

static void
figure_panel_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  g_object_get_property (G_OBJECT (BF_FIGURE_PANEL (object)->view), view_props[id], value);
}

static void
figure_panel_set_property (GObject      *object,
                           guint         id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  BfFigurePanel *self = BF_FIGURE_PANEL (object);
  g_object_set_property (G_OBJECT (self->view), view_props[id], value);
  const BfFigure *figure = bf_figure_view_get_figure (self->view);
  gtk_widget_set_visible (self->options, figure && figure->loss_axis);
}

static void
bf_figure_panel_class_init (BfFigurePanelClass *class)
{
  GObjectClass *object = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object->get_property = figure_panel_get_property;
  object->set_property = figure_panel_set_property;
  props[PROP_FIGURE] = g_param_spec_string ("figure", NULL, NULL, NULL, flags);
  props[PROP_LEAST_WIDTH] = g_param_spec_int ("least-width", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_LEAST_HEIGHT] = g_param_spec_int ("least-height", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_LIKED_WIDTH] = g_param_spec_int ("liked-width", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_LIKED_HEIGHT] = g_param_spec_int ("liked-height", NULL, NULL, 0, G_MAXINT, 0, flags);
  /* Figures with room of their own above the plot need less than the caption's height. */
  props[PROP_CAPTION_SPACE] = g_param_spec_int ("caption-space", NULL, NULL, 0, G_MAXINT, 34, flags);
  g_object_class_install_properties (object, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/figure-panel.ui");
  gtk_widget_class_bind_template_child (widget, BfFigurePanel, caption);
  gtk_widget_class_bind_template_child (widget, BfFigurePanel, title);
  gtk_widget_class_bind_template_child (widget, BfFigurePanel, remark);
  gtk_widget_class_bind_template_child (widget, BfFigurePanel, options);
  gtk_widget_class_bind_template_child (widget, BfFigurePanel, corner);
  gtk_widget_class_bind_template_child (widget, BfFigurePanel, view);
  gtk_widget_class_bind_template_callback (widget, on_export_clicked);
}

/* The button beside the figure has its action, too, for the part of its menu that is not in the other buttons. */
static void
figure_panel_add_options (BfFigurePanel *self)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GPropertyAction) action = g_property_action_new ("loss-axis", self->view, "loss-axis");
  g_autoptr (GMenuModel) menu = bf_figure_view_make_axis_menu ();
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  gtk_widget_insert_action_group (self->options, "figure", G_ACTION_GROUP (group));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->options), menu);
}

static void
bf_figure_panel_init (BfFigurePanel *self)
{
  g_type_ensure (BF_TYPE_FIGURE_VIEW);
  gtk_widget_init_template (GTK_WIDGET (self));
  figure_panel_add_options (self);
  /* Figures are never mirrored: where one brings its own caption, the button stays at its right. */
  gtk_widget_set_direction (self->caption, GTK_TEXT_DIR_LTR);
  gtk_widget_set_direction (self->corner, GTK_TEXT_DIR_LTR);
}

BfFigureView *
bf_figure_panel_get_view (BfFigurePanel *self)
{
  g_return_val_if_fail (BF_IS_FIGURE_PANEL (self), NULL);

  return self->view;
}

void
bf_figure_panel_add_control (BfFigurePanel *self,
                             GtkWidget     *control)
{
  g_return_if_fail (BF_IS_FIGURE_PANEL (self) && GTK_IS_WIDGET (control));

  gtk_box_insert_child_after (GTK_BOX (self->caption), control, gtk_widget_get_prev_sibling (self->options));
}

void
bf_figure_panel_set_caption (BfFigurePanel *self,
                             const char    *title,
                             const char    *remark)
{
  g_return_if_fail (BF_IS_FIGURE_PANEL (self));

  gtk_widget_set_direction (self->caption, GTK_TEXT_DIR_NONE);
  gtk_widget_set_direction (self->corner, GTK_TEXT_DIR_NONE);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->remark, remark ? remark : "");
  gtk_widget_set_visible (GTK_WIDGET (self->remark), remark && *remark);
}
