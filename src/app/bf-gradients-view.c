/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-gradients-view.h"

#include "bf-throttle.h"
#include "../plot/bf-format.h"

#include <glib/gi18n-lib.h>

#define UPDATES_PER_SECOND 15

struct _BfGradientsView
{
  GtkBox parent_instance;

  BfFigurePanel *this_heatmap;
  BfFigurePanel *beside_heatmap;
  BfFigurePanel *profile;

  BfSession *session;
  BfThrottle captioning;
  const BfQuantity *quantity;   /* static */
  gboolean scale_locked;
};

G_DEFINE_FINAL_TYPE (BfGradientsView, bf_gradients_view, GTK_TYPE_BOX)

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
    bf_figure_view_set_quantity (bf_figure_panel_get_view (panels[i]), self->quantity->tensor,
                                 self->scale_locked || two);
}

static void
gradients_view_caption_step (gpointer data)
{
  BfGradientsView *self = data;
  g_autofree char *step = bf_format_count (bf_session_get_cursor_step (self->session));
  g_autofree char *caption = g_strdup_printf (_("At step %s"), step);
  bf_figure_panel_set_caption (self->profile, caption, NULL);
}

static void
gradients_view_show_step (BfGradientsView *self)
{
  bf_throttle_call (&self->captioning);
}

static void
gradients_view_dispose (GObject *object)
{
  bf_gradients_view_set_session (BF_GRADIENTS_VIEW (object), NULL);
  G_OBJECT_CLASS (bf_gradients_view_parent_class)->dispose (object);
}

static void
bf_gradients_view_class_init (BfGradientsViewClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = gradients_view_dispose;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/gradients-view.ui");
  gtk_widget_class_bind_template_child (widget, BfGradientsView, this_heatmap);
  gtk_widget_class_bind_template_child (widget, BfGradientsView, beside_heatmap);
  gtk_widget_class_bind_template_child (widget, BfGradientsView, profile);
}

static void
bf_gradients_view_init (BfGradientsView *self)
{
  g_type_ensure (BF_TYPE_FIGURE_PANEL);
  gtk_widget_init_template (GTK_WIDGET (self));
  bf_throttle_init (&self->captioning, UPDATES_PER_SECOND, gradients_view_caption_step, self);
  self->quantity = bf_quantity_find ("weight-gradient");
  self->scale_locked = TRUE;
  bf_figure_view_set_runs (bf_figure_panel_get_view (self->this_heatmap), BF_SCENE_THIS);
  bf_figure_view_set_runs (bf_figure_panel_get_view (self->beside_heatmap), BF_SCENE_BESIDE);
  gradients_view_show_runs (self);
}

void
bf_gradients_view_set_session (BfGradientsView *self,
                               BfSession       *session)
{
  g_return_if_fail (BF_IS_GRADIENTS_VIEW (self));

  if (self->session)
    {
      g_signal_handlers_disconnect_by_func (self->session, gradients_view_show_runs, self);
      g_signal_handlers_disconnect_by_func (self->session, gradients_view_show_step, self);
    }
  bf_throttle_clear (&self->captioning);
  if (!g_set_object (&self->session, session) || !session)
    return;
  BfFigurePanel *panels[] = { self->this_heatmap, self->beside_heatmap, self->profile };
  for (guint i = 0; i < G_N_ELEMENTS (panels); i++)
    bf_figure_view_set_session (bf_figure_panel_get_view (panels[i]), session);
  g_signal_connect_swapped (session, "run-changed", G_CALLBACK (gradients_view_show_runs), self);
  const char *const changes[] = { "run-changed", "updated", "cursor-changed" };
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_swapped (session, changes[i], G_CALLBACK (gradients_view_show_step), self);
  gradients_view_show_runs (self);
  bf_throttle_flush (&self->captioning);
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
