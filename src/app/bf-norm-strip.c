/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-norm-strip.h"

#include <glib/gi18n-lib.h>

#include "bf-norm-paint.h"

#define HEIGHT 20
#define INSET  2     /* room for the outline of the chosen cell */

struct _BfNormStrip
{
  GtkWidget parent_instance;

  GArray *norms;     /* of double */
  gboolean known;
  int selected;
};

G_DEFINE_FINAL_TYPE (BfNormStrip, bf_norm_strip, GTK_TYPE_WIDGET)

enum { SIGNAL_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static double
get_edge (BfNormStrip *self,
          guint        cell)
{
  return (double) gtk_widget_get_width (GTK_WIDGET (self)) * cell / self->norms->len;
}

static void
draw_selected (BfNormStrip *self,
               cairo_t     *cr)
{
  double x = get_edge (self, self->selected);
  double width = MAX (get_edge (self, self->selected + 1) - x, 5);
  GdkRGBA accent = { 0.21, 0.52, 0.89, 1 };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), "accent_bg_color", &accent);
  x = CLAMP (x, 1, gtk_widget_get_width (GTK_WIDGET (self)) - width - 1);
  cairo_rectangle (cr, x + 1, 1, width - 2, HEIGHT - 2);
  cairo_set_line_width (cr, 4);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, 2);
  gdk_cairo_set_source_rgba (cr, &accent);
  cairo_stroke (cr);
}

static void
bf_norm_strip_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  BfNormStrip *self = BF_NORM_STRIP (widget);
  int width = gtk_widget_get_width (widget);
  cairo_t *cr;
  GdkRGBA ink;

  if (self->norms->len == 0)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, HEIGHT));
  if (!self->known)
    {
      cairo_set_source_rgba (cr, ink.red, ink.green, ink.blue, 0.12);
      cairo_rectangle (cr, 0, INSET, width, HEIGHT - 2 * INSET);
      cairo_fill (cr);
    }
  /* Edges on whole pixels: no seams of half-covered pixels between cells. */
  for (guint i = 0; self->known && i < self->norms->len; i++)
    {
      int from = (int) get_edge (self, i);

      if (g_array_index (self->norms, double, i) < 0)
        continue;   /* not there yet */
      bf_norm_paint (cr, from, INSET, (int) get_edge (self, i + 1) - from, HEIGHT - 2 * INSET,
                     g_array_index (self->norms, double, i), &ink);
    }
  if (self->selected >= 0 && self->selected < (int) self->norms->len)
    draw_selected (self, cr);
  cairo_destroy (cr);
}

static void
bf_norm_strip_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 60 : HEIGHT;
}

static void
choose (BfNormStrip *self,
        int          cell)
{
  if (self->norms->len == 0)
    return;
  cell = CLAMP (cell, 0, (int) self->norms->len - 1);
  if (cell != self->selected)
    g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, (guint) cell);
}

static void
on_pressed (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            gpointer         data)
{
  BfNormStrip *self = data;
  int width = gtk_widget_get_width (GTK_WIDGET (self));

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);   /* not the row's */
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (width > 0)
    choose (self, (int) (x / width * self->norms->len));
}

static gboolean
on_arrow (GtkWidget *widget,
          GVariant  *args,
          gpointer   user_data)
{
  BfNormStrip *self = BF_NORM_STRIP (widget);

  choose (self, self->selected + g_variant_get_int32 (args));
  return TRUE;
}

static void
bf_norm_strip_finalize (GObject *object)
{
  g_clear_pointer (&BF_NORM_STRIP (object)->norms, g_array_unref);
  G_OBJECT_CLASS (bf_norm_strip_parent_class)->finalize (object);
}

static void
bf_norm_strip_class_init (BfNormStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bf_norm_strip_finalize;
  widget_class->snapshot = bf_norm_strip_snapshot;
  widget_class->measure = bf_norm_strip_measure;
  gtk_widget_class_set_css_name (widget_class, "normstrip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, 0, on_arrow, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, 0, on_arrow, "i", 1);
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", BF_TYPE_NORM_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
bf_norm_strip_init (BfNormStrip *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->norms = g_array_new (FALSE, FALSE, sizeof (double));
  self->selected = -1;
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Gradient norm of each copy of the block"), -1);
}

GtkWidget *
bf_norm_strip_new (void)
{
  return g_object_new (BF_TYPE_NORM_STRIP, NULL);
}

void
bf_norm_strip_set_norms (BfNormStrip  *self,
                         const double *norms,
                         guint         n)
{
  g_return_if_fail (BF_IS_NORM_STRIP (self));

  self->known = norms != NULL;
  g_array_set_size (self->norms, n);
  if (norms)
    memcpy (self->norms->data, norms, n * sizeof (double));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bf_norm_strip_set_selected (BfNormStrip *self,
                            int          cell)
{
  g_return_if_fail (BF_IS_NORM_STRIP (self));

  if (self->selected == cell)
    return;
  self->selected = cell;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
