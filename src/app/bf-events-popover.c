/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-events-popover.h"

#include "bf-timeline-marks.h"

#include <adwaita.h>

#define MARK_SIZE 4.5

struct _BfEventsPopover
{
  GtkPopover parent_instance;

  GtkListBox *list;
  GArray *steps;     /* of guint64, a row each */
};

static guint chosen;

G_DEFINE_FINAL_TYPE (BfEventsPopover, bf_events_popover, GTK_TYPE_POPOVER)

static void
draw_mark (GtkDrawingArea *area,
           cairo_t        *cr,
           int             width,
           int             height,
           gpointer        kind)
{
  bf_timeline_draw_mark (cr, GPOINTER_TO_UINT (kind), width / 2.0, height / 2.0, MARK_SIZE,
                         adw_style_manager_get_dark (adw_style_manager_get_default ()));
}

static GtkWidget *
make_row (const BfTimelineEvent *event)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *area = gtk_drawing_area_new ();
  GtkWidget *label = gtk_label_new (event->sentence), *row = gtk_list_box_row_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (area), 16);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (area), 16);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw_mark, GUINT_TO_POINTER (event->kind), NULL);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (box), area);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, event->sentence, -1);
  return row;
}

static void
on_row_activated (GtkListBox      *list,
                  GtkListBoxRow   *row,
                  BfEventsPopover *self)
{
  guint64 step = g_array_index (self->steps, guint64, gtk_list_box_row_get_index (row));
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, chosen, 0, step);
}

static void
events_popover_finalize (GObject *object)
{
  g_array_unref (BF_EVENTS_POPOVER (object)->steps);
  G_OBJECT_CLASS (bf_events_popover_parent_class)->finalize (object);
}

static void
bf_events_popover_class_init (BfEventsPopoverClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = events_popover_finalize;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/events-popover.ui");
  gtk_widget_class_bind_template_child (widget, BfEventsPopover, list);
  gtk_widget_class_bind_template_callback (widget, on_row_activated);
  chosen = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                         G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
bf_events_popover_init (BfEventsPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->steps = g_array_new (FALSE, FALSE, sizeof (guint64));
}

void
bf_events_popover_show_events (BfEventsPopover *self,
                               GPtrArray       *events)
{
  g_return_if_fail (BF_IS_EVENTS_POPOVER (self));

  for (GtkWidget *row; (row = gtk_widget_get_first_child (GTK_WIDGET (self->list)));)
    gtk_list_box_remove (self->list, row);
  g_array_set_size (self->steps, 0);
  for (guint i = 0; i < events->len; i++)
    {
      const BfTimelineEvent *event = events->pdata[i];
      g_array_append_val (self->steps, event->step);
      gtk_list_box_append (self->list, make_row (event));
    }
}
