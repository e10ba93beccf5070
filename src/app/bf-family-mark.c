/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-family-mark.h"

#include <adwaita.h>

#include "../plot/bf-draw.h"

#define SIZE   16    /* px */
#define RADIUS 4.6

struct _BfFamilyMark
{
  GtkDrawingArea parent_instance;

  BfFamily family;
  gboolean hollow;
  gboolean known;   /* else nothing is drawn */
};

G_DEFINE_FINAL_TYPE (BfFamilyMark, bf_family_mark, GTK_TYPE_DRAWING_AREA)

static void
draw_mark (GtkDrawingArea *area,
           cairo_t        *cr,
           int             width,
           int             height,
           gpointer        data)
{
  BfFamilyMark *self = BF_FAMILY_MARK (area);
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  g_auto (BfDraw) draw = { 0 };
  BfStyle style;

  if (!self->known)
    return;
  bf_style_init (&style, dark ? BF_THEME_DARK : BF_THEME_LIGHT);
  bf_draw_init (&draw, cr, width, height, &style);
  bf_draw_mark (&draw, self->family, width / 2.0, height / 2.0, RADIUS, bf_style_get_family (&style, self->family), self->hollow);
}

static void
bf_family_mark_class_init (BfFamilyMarkClass *class)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
bf_family_mark_init (BfFamilyMark *self)
{
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self), SIZE);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self), SIZE);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self), draw_mark, NULL, NULL);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
bf_family_mark_new (void)
{
  return g_object_new (BF_TYPE_FAMILY_MARK, NULL);
}

void
bf_family_mark_set (BfFamilyMark *self,
                    BfFamily      family,
                    gboolean      hollow)
{
  g_return_if_fail (BF_IS_FAMILY_MARK (self));

  self->family = family;
  self->hollow = hollow;
  self->known = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
