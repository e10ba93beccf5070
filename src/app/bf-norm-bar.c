/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-norm-bar.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "bf-damage.h"
#include "bf-norm-paint.h"
#include "../engine/bf-format.h"

#define WIDTH  52
#define HEIGHT 7
#define ROW    32

struct _BfNormBar
{
  GtkWidget parent_instance;

  gboolean known;
  double value;
};

G_DEFINE_FINAL_TYPE (BfNormBar, bf_norm_bar, GTK_TYPE_WIDGET)

static void
append_pill (GtkSnapshot   *snapshot,
             float          width,
             const GdkRGBA *color)
{
  GskRoundedRect pill;

  gsk_rounded_rect_init_from_rect (&pill, &GRAPHENE_RECT_INIT (0, 0, width, HEIGHT), HEIGHT / 2.0);
  gtk_snapshot_push_rounded_clip (snapshot, &pill);
  gtk_snapshot_append_color (snapshot, color, &pill.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
bf_norm_bar_snapshot (GtkWidget   *widget,
                      GtkSnapshot *snapshot)
{
  BfNormBar *self = BF_NORM_BAR (widget);
  float width = gtk_widget_get_width (widget);
  float top = floorf ((gtk_widget_get_height (widget) - HEIGHT) / 2.0f);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (rtl ? width : 0, top));
  if (rtl)
    gtk_snapshot_scale (snapshot, -1, 1);
  if (self->known && self->value == 0)
    {
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, HEIGHT));

      bf_norm_paint (cr, 0, 0, width, HEIGHT, 0, &color);
      cairo_destroy (cr);
    }
  else
    {
      /* As high as its row: the bars of all rows, which change together, are one rectangle. */
      bf_damage_area (snapshot, &GRAPHENE_RECT_INIT (0, (HEIGHT - ROW) / 2.0f, width, ROW),
                      self->known ? (float) bf_norm_get_fraction (self->value) : 0);
      append_pill (snapshot, width, &(GdkRGBA) { color.red, color.green, color.blue, 0.12 });
      if (self->known)
        {
          GdkRGBA fill = bf_norm_get_rgba (self->value);

          append_pill (snapshot, MAX (HEIGHT, width * bf_norm_get_fraction (self->value)), &fill);
        }
    }
  gtk_snapshot_restore (snapshot);
}

static void
bf_norm_bar_measure (GtkWidget      *widget,
                     GtkOrientation  orientation,
                     int             for_size,
                     int            *minimum,
                     int            *natural,
                     int            *minimum_baseline,
                     int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
bf_norm_bar_class_init (BfNormBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = bf_norm_bar_snapshot;
  widget_class->measure = bf_norm_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "normbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bf_norm_bar_init (BfNormBar *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
bf_norm_bar_new (void)
{
  return g_object_new (BF_TYPE_NORM_BAR, NULL);
}

void
bf_norm_bar_set_value (BfNormBar *self,
                       gboolean   known,
                       double     value)
{
  g_autofree char *text = NULL;
  g_autofree char *number = NULL;

  g_return_if_fail (BF_IS_NORM_BAR (self));

  if (self->known == known && (!known || self->value == value || (isnan (self->value) && isnan (value))))
    return;
  self->known = known;
  self->value = value;
  number = known ? bf_format_value (value) : NULL;
  text = known ? g_strdup_printf (_("Gradient norm %s"), number) : g_strdup (_("Gradient norm not measured yet"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
