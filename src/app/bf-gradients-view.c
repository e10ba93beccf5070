/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-gradients-view.h"

#include "../plot/bf-layer-value.h"

#include <glib/gi18n-lib.h>

#define NARROW        780   /* px: below, the profile gets less */
#define PROFILE_WIDTH 236
#define PROFILE_LEAST 190
#define SPACING       8

struct _BfGradientsView
{
  GtkWidget parent_instance;

  GtkWidget *heatmaps;
  BfFigurePanel *this_heatmap;
  BfFigurePanel *beside_heatmap;
  BfFigurePanel *profile;

  BfSession *session;
  const BfQuantity *quantity;   /* static */
  gboolean scale_locked;
};

G_DEFINE_FINAL_TYPE (BfGradientsView, bf_gradients_view, GTK_TYPE_WIDGET)

static void
caption_run (BfFigurePanel      *panel,
             const BfSessionRun *run)
{
  bf_figure_panel_set_caption (panel, run->label, *run->remedies ? run->remedies : _("no remedy"));
}

static void
gradients_view_show_runs (BfGradientsView *self)
{
  BfSessionRun *current = self->session ? bf_session_get_current (self->session) : NULL;
  BfSessionRun *beside = self->session ? bf_session_get_beside (self->session) : NULL;
  gboolean two = current && beside;

  gtk_widget_set_visible (GTK_WIDGET (self->beside_heatmap), two);
  if (two)
    {
      caption_run (self->this_heatmap, current);
      caption_run (self->beside_heatmap, beside);
    }
  else
    bf_figure_panel_set_caption (self->this_heatmap, _(self->quantity->norm_caption), NULL);

  /* Two runs are compared by color: theirs has to be the same scale. */
  BfFigurePanel *panels[] = { self->this_heatmap, self->beside_heatmap, self->profile };
  for (guint i = 0; i < G_N_ELEMENTS (panels); i++)
    {
      BfFigureView *view = bf_figure_panel_get_view (panels[i]);

      bf_figure_view_set_quantity (view, self->quantity->tensor, self->scale_locked || two);
      bf_figure_view_set_value (view, bf_layer_value_find (self->quantity->value));
    }
}

static void
gradients_view_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  BfGradientsView *self = BF_GRADIENTS_VIEW (widget);
  int least[2], liked[2];
  gtk_widget_measure (self->heatmaps, orientation, -1, &least[0], &liked[0], NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (self->profile), orientation, -1, &least[1], &liked[1], NULL, NULL);
  gboolean across = orientation == GTK_ORIENTATION_HORIZONTAL;
  *minimum = across ? least[0] + SPACING + least[1] : MAX (least[0], least[1]);
  *natural = across ? liked[0] + SPACING + PROFILE_WIDTH : MAX (liked[0], liked[1]);
}

static void
gradients_view_size_allocate (GtkWidget *widget,
                              int        width,
                              int        height,
                              int        baseline)
{
  BfGradientsView *self = BF_GRADIENTS_VIEW (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int side = width < NARROW ? PROFILE_LEAST : PROFILE_WIDTH, rest = width - side - SPACING;
  gtk_widget_size_allocate (self->heatmaps, &(GtkAllocation) { mirrored ? side + SPACING : 0, 0, rest, height }, -1);
  gtk_widget_size_allocate (GTK_WIDGET (self->profile),
                            &(GtkAllocation) { mirrored ? 0 : rest + SPACING, 0, side, height }, -1);
}

static void
gradients_view_dispose (GObject *object)
{
  BfGradientsView *self = BF_GRADIENTS_VIEW (object);
  bf_gradients_view_set_session (self, NULL);
  g_clear_pointer (&self->heatmaps, gtk_widget_unparent);
  if (self->profile)
    gtk_widget_unparent (GTK_WIDGET (self->profile));
  self->profile = NULL;
  G_OBJECT_CLASS (bf_gradients_view_parent_class)->dispose (object);
}

static void
bf_gradients_view_class_init (BfGradientsViewClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = gradients_view_dispose;
  widget->measure = gradients_view_measure;
  widget->size_allocate = gradients_view_size_allocate;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/gradients-view.ui");
  gtk_widget_class_bind_template_child (widget, BfGradientsView, heatmaps);
  gtk_widget_class_bind_template_child (widget, BfGradientsView, this_heatmap);
  gtk_widget_class_bind_template_child (widget, BfGradientsView, beside_heatmap);
  gtk_widget_class_bind_template_child (widget, BfGradientsView, profile);
}

static void
bf_gradients_view_init (BfGradientsView *self)
{
  g_type_ensure (BF_TYPE_FIGURE_PANEL);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->quantity = bf_quantity_find ("weight-gradient");
  self->scale_locked = TRUE;
  bf_figure_view_set_runs (bf_figure_panel_get_view (self->beside_heatmap), BF_SCENE_BESIDE);
  gradients_view_show_runs (self);
}

void
bf_gradients_view_set_session (BfGradientsView *self,
                               BfSession       *session)
{
  g_return_if_fail (BF_IS_GRADIENTS_VIEW (self));

  if (self->session)
    g_signal_handlers_disconnect_by_func (self->session, gradients_view_show_runs, self);
  if (!g_set_object (&self->session, session) || !session)
    return;
  BfFigurePanel *panels[] = { self->this_heatmap, self->beside_heatmap, self->profile };
  for (guint i = 0; i < G_N_ELEMENTS (panels); i++)
    bf_figure_view_set_session (bf_figure_panel_get_view (panels[i]), session);
  g_signal_connect_swapped (session, "run-changed", G_CALLBACK (gradients_view_show_runs), self);
  gradients_view_show_runs (self);
}

void
bf_gradients_view_set_quantity (BfGradientsView  *self,
                                const BfQuantity *quantity,
                                gboolean          scale_locked)
{
  g_return_if_fail (BF_IS_GRADIENTS_VIEW (self));
  g_return_if_fail (quantity->norm != NULL);

  self->quantity = quantity;
  self->scale_locked = scale_locked;
  gradients_view_show_runs (self);
}

BfFigureView *
bf_gradients_view_get_main (BfGradientsView *self)
{
  g_return_val_if_fail (BF_IS_GRADIENTS_VIEW (self), NULL);

  return bf_figure_panel_get_view (self->this_heatmap);
}
