/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-compare-view.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

struct _BfCompareView
{
  GtkBox parent_instance;

  GtkStack *stack;
  GtkStack *runs_pages;
  GtkWidget *study;   /* owned as a child of the stack, or NULL */

  BfSession *session;
};

enum { PROP_0, PROP_PAGE, N_PROPS };
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (BfCompareView, bf_compare_view, GTK_TYPE_BOX)

static void
compare_view_show_runs (BfCompareView *self)
{
  gboolean two = self->session && bf_session_get_runs (self->session)->len > 1;
  gtk_stack_set_visible_child_name (self->runs_pages, two ? "figures" : "empty");
}

static void
on_page_changed (BfCompareView *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAGE]);
}

static void
compare_view_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  g_value_set_string (value, bf_compare_view_get_page (BF_COMPARE_VIEW (object)));
}

static void
compare_view_set_property (GObject      *object,
                           guint         id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  bf_compare_view_set_page (BF_COMPARE_VIEW (object), g_value_get_string (value));
}

static void
compare_view_dispose (GObject *object)
{
  bf_compare_view_set_session (BF_COMPARE_VIEW (object), NULL);
  G_OBJECT_CLASS (bf_compare_view_parent_class)->dispose (object);
}

static void
bf_compare_view_class_init (BfCompareViewClass *class)
{
  GObjectClass *object = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  object->dispose = compare_view_dispose;
  object->get_property = compare_view_get_property;
  object->set_property = compare_view_set_property;
  props[PROP_PAGE] = g_param_spec_string ("page", NULL, NULL, "runs",
                                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/compare-view.ui");
  gtk_widget_class_bind_template_child (widget, BfCompareView, stack);
  gtk_widget_class_bind_template_child (widget, BfCompareView, runs_pages);
  gtk_widget_class_bind_template_callback (widget, on_page_changed);
}

static void
bf_compare_view_init (BfCompareView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  compare_view_show_runs (self);
}

void
bf_compare_view_set_session (BfCompareView *self,
                             BfSession     *session)
{
  g_return_if_fail (BF_IS_COMPARE_VIEW (self));

  if (self->session)
    g_signal_handlers_disconnect_by_func (self->session, compare_view_show_runs, self);
  if (!g_set_object (&self->session, session) || !session)
    return;
  g_signal_connect_swapped (session, "run-changed", G_CALLBACK (compare_view_show_runs), self);
  compare_view_show_runs (self);
}

void
bf_compare_view_set_study_page (BfCompareView *self,
                                GtkWidget     *child)
{
  g_return_if_fail (BF_IS_COMPARE_VIEW (self));

  if (self->study)
    gtk_stack_remove (self->stack, self->study);
  self->study = child;
  if (child)
    gtk_stack_add_titled (self->stack, child, "study", _("Study"));
  on_page_changed (self);   /* for those who show whether there is one */
}

gboolean
bf_compare_view_has_study (BfCompareView *self)
{
  g_return_val_if_fail (BF_IS_COMPARE_VIEW (self), FALSE);

  return self->study != NULL;
}

void
bf_compare_view_set_page (BfCompareView *self,
                          const char    *name)
{
  g_return_if_fail (BF_IS_COMPARE_VIEW (self));

  if (gtk_stack_get_child_by_name (self->stack, name))
    gtk_stack_set_visible_child_name (self->stack, name);
}

const char *
bf_compare_view_get_page (BfCompareView *self)
{
  g_return_val_if_fail (BF_IS_COMPARE_VIEW (self), NULL);

  const char *name = self->stack ? gtk_stack_get_visible_child_name (self->stack) : NULL;
  return name ? name : "runs";
}

GtkStack *
bf_compare_view_get_stack (BfCompareView *self)
{
  g_return_val_if_fail (BF_IS_COMPARE_VIEW (self), NULL);

  return self->stack;
}
