/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-button-row.h"

#include <glib/gi18n-lib.h>

#define MOST    4
#define SPACING 6

struct _BfButtonRow
{
  GtkWidget parent_instance;

  GPtrArray *buttons;   /* borrowed from the widget tree */
  GtkMenuButton *more;
};

G_DEFINE_FINAL_TYPE (BfButtonRow, bf_button_row, GTK_TYPE_WIDGET)

static int
get_width (gpointer widget)
{
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

/* How many buttons there is room for; where not all are shown, the menu needs some too. */
static guint
count_fitting (BfButtonRow *self, int width)
{
  int used = -SPACING;
  guint n = 0, most = MIN (MOST, self->buttons->len);

  for (guint i = 0; i < most; i++)
    {
      gboolean last = i + 1 == self->buttons->len;

      used += SPACING + get_width (self->buttons->pdata[i]);
      if (used + (last ? 0 : SPACING + get_width (self->more)) > width)
        break;
      n++;
    }
  return n;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  BfButtonRow *self = BF_BUTTON_ROW (widget);
  int least, liked;

  gtk_widget_measure (GTK_WIDGET (self->more), orientation, -1, &least, &liked, NULL, NULL);
  *minimum = *natural = least;
  for (guint i = 0; i < self->buttons->len; i++)
    {
      gtk_widget_measure (self->buttons->pdata[i], orientation, -1, &least, &liked, NULL, NULL);
      if (orientation == GTK_ORIENTATION_VERTICAL)
        *minimum = *natural = MAX (*minimum, least);
      else
        *natural += SPACING + liked;
    }
}

static void
place (GtkWidget *child, int *x, int width, int height, gboolean mirrored)
{
  int own = MIN (get_width (child), width);

  gtk_widget_set_child_visible (child, TRUE);
  gtk_widget_size_allocate (child, &(GtkAllocation) { mirrored ? width - *x - own : *x, 0, own, height }, -1);
  *x += own + SPACING;
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BfButtonRow *self = BF_BUTTON_ROW (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  guint fitting = count_fitting (self, width);
  int x = 0;

  for (guint i = 0; i < self->buttons->len; i++)
    if (i < fitting)
      place (self->buttons->pdata[i], &x, width, height, mirrored);
    else
      gtk_widget_set_child_visible (self->buttons->pdata[i], FALSE);
  if (fitting < self->buttons->len)
    place (GTK_WIDGET (self->more), &x, width, height, mirrored);
  else
    gtk_widget_set_child_visible (GTK_WIDGET (self->more), FALSE);
}

/* Of the buttons that are not shown, when it is opened. */
static void
fill_menu (GtkMenuButton *button, gpointer data)
{
  BfButtonRow *self = data;
  g_autoptr (GMenu) menu = g_menu_new ();

  for (guint i = 0; i < self->buttons->len; i++)
    if (!gtk_widget_get_child_visible (self->buttons->pdata[i]))
      g_menu_append (menu, gtk_button_get_label (self->buttons->pdata[i]),
                     g_object_get_data (self->buttons->pdata[i], "action"));
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void
dispose (GObject *object)
{
  BfButtonRow *self = BF_BUTTON_ROW (object);

  if (self->buttons)
    bf_button_row_clear (self);
  g_clear_pointer (&self->buttons, g_ptr_array_unref);
  if (self->more)
    gtk_widget_unparent (GTK_WIDGET (self->more));
  self->more = NULL;
  G_OBJECT_CLASS (bf_button_row_parent_class)->dispose (object);
}

static void
bf_button_row_class_init (BfButtonRowClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = dispose;
  widget->measure = measure;
  widget->size_allocate = size_allocate;
}

static void
bf_button_row_init (BfButtonRow *self)
{
  self->buttons = g_ptr_array_new ();
  self->more = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_label (self->more, _("More…"));
  gtk_menu_button_set_direction (self->more, GTK_ARROW_UP);
  gtk_menu_button_set_create_popup_func (self->more, fill_menu, self, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->more), "mini");
  gtk_widget_set_parent (GTK_WIDGET (self->more), GTK_WIDGET (self));
}

void
bf_button_row_clear (BfButtonRow *self)
{
  g_return_if_fail (BF_IS_BUTTON_ROW (self));

  for (guint i = 0; i < self->buttons->len; i++)
    gtk_widget_unparent (self->buttons->pdata[i]);
  g_ptr_array_set_size (self->buttons, 0);
}

void
bf_button_row_add (BfButtonRow *self, const char *label, const char *action, const char *tooltip)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  g_return_if_fail (BF_IS_BUTTON_ROW (self));

  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action);
  g_object_set_data_full (G_OBJECT (button), "action", g_strdup (action), g_free);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_add_css_class (button, "mini");
  gtk_widget_insert_before (button, GTK_WIDGET (self), GTK_WIDGET (self->more));
  g_ptr_array_add (self->buttons, button);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
