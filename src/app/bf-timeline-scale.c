/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-timeline-scale.h"

#include "../plot/bf-draw.h"
#include "../engine/bf-format.h"
#include "../plot/bf-style.h"

#include <adwaita.h>
#include <math.h>

#define LEAST_STEPS  20.0    /* of the axis */
#define LEAST_TICK   8.0     /* px between ticks of epochs */
#define MARK_SIZE    3.5
#define LABEL_GAP    4.0
#define HIT_WIDTH    7.0     /* px either side of a mark */
#define HIT_ABOVE    6.0     /* px over the trough's middle: what lies lower is the slider's */

struct _BfTimelineScale
{
  GtkScale parent_instance;

  BfSnapshot *snapshot;
  GPtrArray *findings;   /* of BfTimelineEvent */
  GPtrArray *events;     /* the same, with those of the snapshot, by step */
  char *description;     /* as it was said last */
  PangoLayout *layout;
};

enum { MOVED, FASTER, PLAY, N_SIGNALS };
static guint signals[N_SIGNALS];

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

static gboolean
is_dark (void)
{
  return adw_style_manager_get_dark (adw_style_manager_get_default ());
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
  bf_timeline_set_color (cr, BF_ROLE_INK_2, is_dark ());
  cairo_fill (cr);
}

static int
compare_events (gconstpointer a,
                gconstpointer b)
{
  const BfTimelineEvent *x = *(BfTimelineEvent *const *) a, *y = *(BfTimelineEvent *const *) b;
  return x->step != y->step ? (x->step < y->step ? -1 : 1) : (int) x->kind - (int) y->kind;
}

/* All events in words, for those who do not see the marks. */
static void
timeline_scale_describe (BfTimelineScale *self)
{
  g_autoptr (GString) words = g_string_new (NULL);
  for (guint i = 0; i < self->events->len; i++)
    g_string_append_printf (words, "%s%s.", i > 0 ? " " : "", ((BfTimelineEvent *) self->events->pdata[i])->sentence);
  if (g_strcmp0 (words->str, self->description) == 0)
    return;
  g_free (self->description);
  self->description = g_strdup (words->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, self->description, -1);
}

static void
timeline_scale_list_events (BfTimelineScale *self)
{
  g_autoptr (GPtrArray) recorded = self->snapshot ? bf_run_events_new (self->snapshot) : g_ptr_array_new ();
  g_ptr_array_set_size (self->events, 0);
  for (guint i = 0; i < recorded->len; i++)
    {
      const BfRunEvent *event = recorded->pdata[i];
      g_ptr_array_add (self->events, bf_timeline_event_new (event->kind, event->step, event->label, event->sentence));
    }
  for (guint i = 0; i < self->findings->len && self->snapshot; i++)
    {
      const BfTimelineEvent *event = self->findings->pdata[i];
      g_ptr_array_add (self->events, bf_timeline_event_new (event->kind, event->step, event->label, event->sentence));
    }
  g_ptr_array_sort (self->events, compare_events);
  timeline_scale_describe (self);
}

/* The event nearest to a step, of those the last; NULL: there is none. */
static const BfTimelineEvent *
timeline_scale_find_nearest (BfTimelineScale *self,
                             double           step)
{
  const BfTimelineEvent *nearest = NULL;
  for (guint i = 0; i < self->events->len; i++)
    {
      const BfTimelineEvent *event = self->events->pdata[i];
      if (!nearest || fabs ((double) event->step - step) <= fabs ((double) nearest->step - step))
        nearest = event;
    }
  return nearest;
}

/* The event whose mark lies at (x, y). */
static const BfTimelineEvent *
timeline_scale_hit (BfTimelineScale *self,
                    double           x,
                    double           y)
{
  GdkRectangle trough;
  gtk_range_get_range_rect (GTK_RANGE (self), &trough);
  double least = HIT_WIDTH;
  const BfTimelineEvent *hit = NULL;
  if (!self->snapshot || y > trough.y + trough.height / 2.0 - HIT_ABOVE)
    return NULL;
  for (guint i = 0; i < self->events->len; i++)
    {
      const BfTimelineEvent *event = self->events->pdata[i];
      double away = fabs (timeline_scale_get_x (self, (double) event->step) - x);
      if (away <= least)
        {
          least = away;
          hit = event;
        }
    }
  return hit;
}

static void
timeline_scale_draw_label (BfTimelineScale       *self,
                           cairo_t               *cr,
                           const BfTimelineEvent *event,
                           double                 y)
{
  int width, height;
  pango_layout_set_text (self->layout, event->label, -1);
  pango_layout_get_pixel_size (self->layout, &width, &height);
  double x = timeline_scale_get_x (self, (double) event->step) + MARK_SIZE + LABEL_GAP;
  if (x + width > gtk_widget_get_width (GTK_WIDGET (self)))
    x -= width + 2 * (MARK_SIZE + LABEL_GAP);
  cairo_move_to (cr, round (x), round (y - height / 2.0));
  bf_timeline_set_color (cr, BF_ROLE_INK_2, is_dark ());
  pango_cairo_show_layout (cr, self->layout);
}

/* Only the nearest to the knob is named; marks under its words stand back. */
static void
timeline_scale_draw_events (BfTimelineScale *self,
                            cairo_t         *cr,
                            double           y)
{
  const BfTimelineEvent *named = timeline_scale_find_nearest (self, gtk_range_get_value (GTK_RANGE (self)));
  for (guint i = 0; i < self->events->len; i++)
    {
      const BfTimelineEvent *event = self->events->pdata[i];
      const BfTimelineEvent *next = i + 1 < self->events->len ? self->events->pdata[i + 1] : NULL;
      /* Of two at one step, the graver. */
      if (next && next->step == event->step)
        continue;
      bf_timeline_draw_mark (cr, event->kind, timeline_scale_get_x (self, (double) event->step), y, MARK_SIZE, is_dark ());
    }
  if (named)
    timeline_scale_draw_label (self, cr, named, y);
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
      timeline_scale_draw_events (self, cr, middle - 12);
      cairo_destroy (cr);
    }
  GTK_WIDGET_CLASS (bf_timeline_scale_parent_class)->snapshot (widget, snapshot);
}

static gboolean
timeline_scale_query_tooltip (GtkWidget  *widget,
                              int         x,
                              int         y,
                              gboolean    keyboard,
                              GtkTooltip *tooltip)
{
  BfTimelineScale *self = BF_TIMELINE_SCALE (widget);
  const BfTimelineEvent *event = keyboard ? NULL : timeline_scale_hit (self, x, y);
  if (!event)
    return FALSE;
  gtk_tooltip_set_text (tooltip, event->sentence);
  return TRUE;
}

/* Before the slider itself takes the click. */
static void
on_pressed (GtkGestureClick *click,
            int              n_press,
            double           x,
            double           y,
            BfTimelineScale *self)
{
  const BfTimelineEvent *event = timeline_scale_hit (self, x, y);
  if (!event)
    return;
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  g_signal_emit (self, signals[MOVED], 0, MIN (event->step, bf_snapshot_get_last_step (self->snapshot)));
}

/* What GtkScale has not, or otherwise than the plots: Shift moves ten steps, Control to the next event. */
static gboolean
on_key (GtkEventControllerKey *keys,
        guint                  key,
        guint                  code,
        GdkModifierType        state,
        BfTimelineScale       *self)
{
  GdkModifierType held = state & gtk_accelerator_get_default_mod_mask ();
  gboolean left = key == GDK_KEY_Left || key == GDK_KEY_KP_Left, right = key == GDK_KEY_Right || key == GDK_KEY_KP_Right;
  if (!self->snapshot)
    return FALSE;
  if (held == 0 && (key == GDK_KEY_bracketleft || key == GDK_KEY_bracketright))
    g_signal_emit (self, signals[FASTER], 0, key == GDK_KEY_bracketleft ? -1 : 1);
  else if (held == 0 && (key == GDK_KEY_space || key == GDK_KEY_KP_Space))
    g_signal_emit (self, signals[PLAY], 0);
  else if (held == GDK_CONTROL_MASK && (left || right))
    g_signal_emit (self, signals[MOVED], 0,
                   bf_run_events_find (self->snapshot, (guint64) gtk_range_get_value (GTK_RANGE (self)), left ? -1 : 1));
  else if (held == GDK_SHIFT_MASK && (left || right))
    timeline_scale_change_value (GTK_RANGE (self), GTK_SCROLL_JUMP, gtk_range_get_value (GTK_RANGE (self)) + (left ? -10 : 10));
  else
    return FALSE;
  return TRUE;
}

static void
timeline_scale_dispose (GObject *object)
{
  BfTimelineScale *self = BF_TIMELINE_SCALE (object);
  g_clear_pointer (&self->snapshot, bf_snapshot_unref);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_clear_pointer (&self->description, g_free);
  g_clear_object (&self->layout);
  G_OBJECT_CLASS (bf_timeline_scale_parent_class)->dispose (object);
}

static void
bf_timeline_scale_class_init (BfTimelineScaleClass *class)
{
  G_OBJECT_CLASS (class)->dispose = timeline_scale_dispose;
  GTK_WIDGET_CLASS (class)->snapshot = timeline_scale_snapshot;
  GTK_WIDGET_CLASS (class)->query_tooltip = timeline_scale_query_tooltip;
  GTK_RANGE_CLASS (class)->change_value = timeline_scale_change_value;

  signals[MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[FASTER] = g_signal_new ("faster", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[PLAY] = g_signal_new ("play", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
timeline_scale_add_controllers (BfTimelineScale *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));

  GtkEventController *keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
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

  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_timeline_event_free);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_timeline_event_free);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  timeline_scale_add_controllers (self);
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
  timeline_scale_list_events (self);

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

  g_ptr_array_set_size (self->findings, 0);
  timeline_scale_list_events (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bf_timeline_scale_add_finding (BfTimelineScale *self,
                               guint64          step,
                               const char      *label,
                               const char      *sentence)
{
  g_return_if_fail (BF_IS_TIMELINE_SCALE (self));

  g_ptr_array_add (self->findings, bf_timeline_event_new (BF_EVENT_FINDING, step, label, sentence));
  timeline_scale_list_events (self);
}

GPtrArray *
bf_timeline_scale_get_events (BfTimelineScale *self)
{
  g_return_val_if_fail (BF_IS_TIMELINE_SCALE (self), NULL);

  return self->events;
}
