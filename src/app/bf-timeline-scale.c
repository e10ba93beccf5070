/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-timeline-scale.h"

#include "../plot/bf-draw.h"
#include "../engine/bf-format.h"
#include "../plot/bf-style.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#define LEAST_STEPS  20.0    /* of the axis */
#define LEAST_TICK   8.0     /* px between ticks of epochs */
#define MARK_SIZE    3.5
#define LABEL_GAP    4.0

struct _BfTimelineScale
{
  GtkScale parent_instance;

  BfSnapshot *snapshot;
  GArray *findings;      /* of Event */
  PangoLayout *layout;
};

enum { MOVED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* An event of the run: where, and in which words. */
typedef struct
{
  guint64 step;
  const char *label;
  BfRole role;
} Event;

G_DEFINE_FINAL_TYPE (BfTimelineScale, bf_timeline_scale, GTK_TYPE_SCALE)

static gboolean
timeline_scale_change_value (GtkRange      *range,
                             GtkScrollType  scroll,
                             double         value)
{
  BfTimelineScale *self = BF_TIMELINE_SCALE (range);
  double most = self->snapshot ? (double) bf_snapshot_get_last_step (self->snapshot) : 0;
  g_signal_emit (self, signals[MOVED], 0, (guint64) round (CLAMP (value, 0, most)));
  return TRUE;
}

static void
set_color (cairo_t *cr,
           BfRole   role)
{
  BfStyle style;
  bf_style_init (&style, adw_style_manager_get_dark (adw_style_manager_get_default ()) ? BF_THEME_DARK : BF_THEME_LIGHT);
  BfColor color = bf_style_get_color (&style, role);
  cairo_set_source_rgba (cr, color.r, color.g, color.b, color.a);
}

static double
timeline_scale_get_x (BfTimelineScale *self,
                      double           step)
{
  GdkRectangle trough;
  gtk_range_get_range_rect (GTK_RANGE (self), &trough);
  GtkAdjustment *adjustment = gtk_range_get_adjustment (GTK_RANGE (self));
  double upper = MAX (1, gtk_adjustment_get_upper (adjustment));
  return trough.x + step / upper * trough.width;
}

static void
timeline_scale_draw_ticks (BfTimelineScale *self,
                           cairo_t         *cr,
                           double           y)
{
  double upper = gtk_adjustment_get_upper (gtk_range_get_adjustment (GTK_RANGE (self)));
  double epoch = self->snapshot->steps_per_epoch;
  if (epoch < 1)
    return;
  double pitch = timeline_scale_get_x (self, epoch) - timeline_scale_get_x (self, 0);
  if (pitch <= 0)
    return;
  guint stride = (guint) ceil (LEAST_TICK / pitch);
  for (double step = epoch * stride; step < upper; step += epoch * stride)
    cairo_rectangle (cr, round (timeline_scale_get_x (self, step)), y, 1, 3);
  set_color (cr, BF_ROLE_INK_2);
  cairo_fill (cr);
}

static GArray *
timeline_scale_list_events (BfTimelineScale *self)
{
  GArray *events = g_array_new (FALSE, FALSE, sizeof (Event));
  g_array_append_vals (events, self->findings->data, self->findings->len);
  for (guint i = 0; i < self->snapshot->marks->len; i++)
    {
      const BfMark *mark = g_ptr_array_index (self->snapshot->marks, i);
      Event event = { mark->step, mark->label, BF_ROLE_ACCENT };
      g_array_append_val (events, event);
    }
  if (self->snapshot->outcome == BF_OUTCOME_DIVERGED)
    {
      Event event = { self->snapshot->diverged_step, _("diverged"), BF_ROLE_DANGER };
      g_array_append_val (events, event);
    }
  return events;
}

/* The event nearest to the knob, of which alone the words are written. */
static guint
timeline_scale_find_nearest (BfTimelineScale *self,
                             const GArray    *events)
{
  double value = gtk_range_get_value (GTK_RANGE (self));
  guint nearest = 0;
  for (guint i = 1; i < events->len; i++)
    if (fabs ((double) g_array_index (events, Event, i).step - value)
        <= fabs ((double) g_array_index (events, Event, nearest).step - value))
      nearest = i;
  return nearest;
}

static void
timeline_scale_draw_label (BfTimelineScale *self,
                           cairo_t         *cr,
                           const Event     *event,
                           double           y)
{
  int width, height;
  pango_layout_set_text (self->layout, event->label, -1);
  pango_layout_get_pixel_size (self->layout, &width, &height);
  double x = timeline_scale_get_x (self, event->step) + MARK_SIZE + LABEL_GAP;
  if (x + width > gtk_widget_get_width (GTK_WIDGET (self)))
    x -= width + 2 * (MARK_SIZE + LABEL_GAP);
  cairo_move_to (cr, round (x), y - height + 3);
  set_color (cr, BF_ROLE_INK_2);
  pango_cairo_show_layout (cr, self->layout);
}

static void
timeline_scale_draw_events (BfTimelineScale *self,
                            cairo_t         *cr,
                            double           y)
{
  g_autoptr (GArray) events = timeline_scale_list_events (self);
  for (guint i = 0; i < events->len; i++)
    {
      const Event *event = &g_array_index (events, Event, i);
      double x = timeline_scale_get_x (self, event->step);
      cairo_new_path (cr);
      cairo_move_to (cr, x - MARK_SIZE, y - MARK_SIZE);
      cairo_line_to (cr, x + MARK_SIZE, y - MARK_SIZE);
      cairo_line_to (cr, x, y + MARK_SIZE / 2);
      cairo_close_path (cr);
      set_color (cr, event->role);
      cairo_fill (cr);
    }
  if (events->len > 0)
    timeline_scale_draw_label (self, cr, &g_array_index (events, Event, timeline_scale_find_nearest (self, events)), y);
}

static void
timeline_scale_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  BfTimelineScale *self = BF_TIMELINE_SCALE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  if (self->snapshot && width > 0)
    {
      GdkRectangle trough;
      gtk_range_get_range_rect (GTK_RANGE (self), &trough);
      double middle = trough.y + trough.height / 2.0;
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (-2 * MARK_SIZE, 0, width + 4 * MARK_SIZE, height));
      timeline_scale_draw_ticks (self, cr, middle + 9);
      timeline_scale_draw_events (self, cr, middle - 9);
      cairo_destroy (cr);
    }
  GTK_WIDGET_CLASS (bf_timeline_scale_parent_class)->snapshot (widget, snapshot);
}

static void
timeline_scale_dispose (GObject *object)
{
  BfTimelineScale *self = BF_TIMELINE_SCALE (object);
  g_clear_pointer (&self->snapshot, bf_snapshot_unref);
  g_clear_pointer (&self->findings, g_array_unref);
  g_clear_object (&self->layout);
  G_OBJECT_CLASS (bf_timeline_scale_parent_class)->dispose (object);
}

static void
bf_timeline_scale_class_init (BfTimelineScaleClass *class)
{
  G_OBJECT_CLASS (class)->dispose = timeline_scale_dispose;
  GTK_WIDGET_CLASS (class)->snapshot = timeline_scale_snapshot;
  GTK_RANGE_CLASS (class)->change_value = timeline_scale_change_value;

  signals[MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
bf_timeline_scale_init (BfTimelineScale *self)
{
  GtkAdjustment *adjustment = gtk_adjustment_new (0, 0, LEAST_STEPS, 1, 10, 0);
  gtk_range_set_adjustment (GTK_RANGE (self), adjustment);
  gtk_range_set_round_digits (GTK_RANGE (self), 0);
  gtk_scale_set_draw_value (GTK_SCALE (self), FALSE);
  gtk_range_set_show_fill_level (GTK_RANGE (self), TRUE);
  gtk_range_set_fill_level (GTK_RANGE (self), 0);
  gtk_range_set_restrict_to_fill_level (GTK_RANGE (self), FALSE);
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);

  self->findings = g_array_new (FALSE, FALSE, sizeof (Event));
  self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  PangoFontDescription *font = pango_font_description_new ();
  pango_font_description_set_absolute_size (font, 11 * PANGO_SCALE);
  pango_font_description_set_family (font, "Cantarell, sans-serif");
  pango_layout_set_font_description (self->layout, font);
  pango_font_description_free (font);
}

/* Steps on the axis, as in the heatmap over it: a quarter more whenever they are all used, so that
 * the knob does not creep, and never more than are planned. */
static double
axis_steps (const BfSnapshot *snapshot)
{
  if (!snapshot)
    return LEAST_STEPS;
  double last = (double) bf_snapshot_get_last_step (snapshot) + 1;
  if (snapshot->outcome == BF_OUTCOME_DIVERGED)
    return MAX (8, ceil (last * 1.25));
  double end = snapshot->outcome == BF_OUTCOME_NONE ? bf_nice_above (MAX (last, LEAST_STEPS)) : last;
  return (double) snapshot->steps_planned >= last ? MIN (end, MAX (1, (double) snapshot->steps_planned)) : end;
}

void
bf_timeline_scale_show (BfTimelineScale *self,
                        BfSnapshot      *snapshot,
                        guint64          step)
{
  g_return_if_fail (BF_IS_TIMELINE_SCALE (self));

  if (snapshot)
    bf_snapshot_ref (snapshot);
  g_clear_pointer (&self->snapshot, bf_snapshot_unref);
  self->snapshot = snapshot;

  guint64 last = snapshot ? bf_snapshot_get_last_step (snapshot) : 0;
  GtkAdjustment *adjustment = gtk_range_get_adjustment (GTK_RANGE (self));
  gtk_adjustment_configure (adjustment, step, 0, axis_steps (snapshot), 1, 10, 0);
  gtk_range_set_fill_level (GTK_RANGE (self), last);
  g_autofree char *words = bf_format_count (step);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
  gtk_widget_set_sensitive (GTK_WIDGET (self), last > 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bf_timeline_scale_clear_findings (BfTimelineScale *self)
{
  g_return_if_fail (BF_IS_TIMELINE_SCALE (self));

  g_array_set_size (self->findings, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bf_timeline_scale_add_finding (BfTimelineScale *self,
                               guint64          step,
                               const char      *label)
{
  g_return_if_fail (BF_IS_TIMELINE_SCALE (self));

  Event event = { step, label, BF_ROLE_DANGER };
  g_array_append_val (self->findings, event);
}
