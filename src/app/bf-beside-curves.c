/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-beside-curves.h"

#include "bf-examination-bar.h"

#include <glib/gi18n-lib.h>

struct _BfBesideCurves
{
  GtkBox parent_instance;

  BfFigurePanel *panel;
  BfExaminationBar *bar;

  guint place;   /* in the list */
};

G_DEFINE_FINAL_TYPE (BfBesideCurves, bf_beside_curves, GTK_TYPE_BOX)

static const struct
{
  const char *figure, *caption;
  gboolean start;
} figures[] = {
  { "depth", N_("Gradient norm by depth") },
  { "phase", N_("Order and chaos"), TRUE },
  { "bands", N_("Distribution over the steps") },
  { "clipping", N_("Gradient norm and clipping") },
  { "jacobian", N_("Singular values"), TRUE },
  { "loss-line", N_("Loss along the gradient"), TRUE },
  { "landscape", N_("Loss landscape"), TRUE },
};

static void
on_result (BfBesideCurves *self)
{
  bf_figure_view_update (bf_figure_panel_get_view (self->panel));
}

static void
action_examine (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BfBesideCurves *self = data;
  bf_examination_bar_activate (self->bar);
}

static void
bf_beside_curves_class_init (BfBesideCurvesClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/beside-curves.ui");
  gtk_widget_class_bind_template_child (widget, BfBesideCurves, panel);
  gtk_widget_class_bind_template_child (widget, BfBesideCurves, bar);
  gtk_widget_class_bind_template_callback (widget, on_result);
}

static void
bf_beside_curves_init (BfBesideCurves *self)
{
  g_type_ensure (BF_TYPE_FIGURE_PANEL);
  g_type_ensure (BF_TYPE_EXAMINATION_BAR);
  gtk_widget_init_template (GTK_WIDGET (self));
  bf_beside_curves_choose (self, 0);
}

GtkStringList *
bf_beside_curves_list (void)
{
  GtkStringList *list = gtk_string_list_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    gtk_string_list_append (list, _(figures[i].caption));
  return list;
}

int
bf_beside_curves_find (const char *figure)
{
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    if (g_str_equal (figures[i].figure, figure))
      return (int) i;
  return -1;
}

void
bf_beside_curves_set_session (BfBesideCurves *self,
                              BfSession      *session)
{
  g_return_if_fail (BF_IS_BESIDE_CURVES (self));

  bf_figure_view_set_session (bf_figure_panel_get_view (self->panel), session);
  bf_examination_bar_set_session (self->bar, session);
}

void
bf_beside_curves_choose (BfBesideCurves *self,
                         guint           place)
{
  g_return_if_fail (BF_IS_BESIDE_CURVES (self));

  guint i = self->place = place < G_N_ELEMENTS (figures) ? place : 0;
  g_object_set (self->panel, "figure", figures[i].figure, NULL);
  bf_figure_panel_set_caption (self->panel, _(figures[i].caption), NULL);
  bf_examination_bar_set_figure (self->bar, figures[i].figure);
}

BfFigureView *
bf_beside_curves_get_view (BfBesideCurves *self)
{
  g_return_val_if_fail (BF_IS_BESIDE_CURVES (self), NULL);

  return bf_figure_panel_get_view (self->panel);
}

gboolean
bf_beside_curves_shows_start (BfBesideCurves *self)
{
  g_return_val_if_fail (BF_IS_BESIDE_CURVES (self), FALSE);

  return figures[self->place].start;
}

void
bf_beside_curves_add_actions (BfBesideCurves *self,
                              GActionMap     *window)
{
  g_return_if_fail (BF_IS_BESIDE_CURVES (self));

  const GActionEntry entries[] = { { .name = "examine", .activate = action_examine } };
  g_action_map_add_action_entries (window, entries, G_N_ELEMENTS (entries), self);
}
