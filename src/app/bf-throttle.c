/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-throttle.h"

#define FRAME_ROOM   4000   /* µs of a frame's 16,667: the rest is GTK's own */
#define USUAL_WEIGHT 400    /* µs */
#define LONGEST_WAIT 17     /* ms, where no frame comes, as while the window is not seen */

static gint64 taken;        /* of the frame to come, µs */
static gint64 taken_since;  /* when the first of it was taken */
static GQueue waiting = G_QUEUE_INIT;   /* of BfThrottle */
static guint no_frame;

void
bf_throttle_init (BfThrottle *self,
                  guint       per_second,
                  void      (*func) (gpointer data),
                  gpointer    data)
{
  *self = (BfThrottle) { .func = func, .data = data, .interval = G_USEC_PER_SEC / per_second, .weight = USUAL_WEIGHT };
}

void
bf_throttle_clear (BfThrottle *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (self->waiting)
    g_queue_remove (&waiting, self);
  self->waiting = FALSE;
}

void
bf_throttle_flush (BfThrottle *self)
{
  bf_throttle_clear (self);
  self->called_at = g_get_monotonic_time ();
  if (taken == 0)
    taken_since = self->called_at;
  taken += self->weight;
  self->func (self->data);
}

/* What is heavier than a frame's room goes alone. */
static gboolean
has_room (const BfThrottle *self)
{
  if (taken > 0 && g_get_monotonic_time () - taken_since > LONGEST_WAIT * 1000)
    taken = 0;
  return taken == 0 || taken + self->weight <= FRAME_ROOM;
}

/* A frame is done: those who wait come first in the next, in the order in which they came. */
static void
next_frame (void)
{
  taken = 0;
  while (!g_queue_is_empty (&waiting) && has_room (g_queue_peek_head (&waiting)))
    bf_throttle_flush (g_queue_peek_head (&waiting));
}

static gboolean
on_no_frame (gpointer data)
{
  while (!g_queue_is_empty (&waiting) && has_room (g_queue_peek_head (&waiting)))
    bf_throttle_flush (g_queue_peek_head (&waiting));
  if (!g_queue_is_empty (&waiting))
    return G_SOURCE_CONTINUE;
  no_frame = 0;
  return G_SOURCE_REMOVE;
}

static void
call_in_turn (BfThrottle *self)
{
  if (has_room (self))
    {
      bf_throttle_flush (self);
      return;
    }
  self->waiting = TRUE;
  g_queue_push_tail (&waiting, self);
  if (no_frame == 0)
    no_frame = g_timeout_add (LONGEST_WAIT, on_no_frame, NULL);
}

static gboolean
on_time (gpointer data)
{
  BfThrottle *self = data;
  self->source = 0;
  call_in_turn (self);
  return G_SOURCE_REMOVE;
}

void
bf_throttle_call (BfThrottle *self)
{
  gint64 left = self->called_at + self->interval - g_get_monotonic_time ();
  if (self->source != 0 || self->waiting)
    return;
  if (left <= 0)
    call_in_turn (self);
  else
    self->source = g_timeout_add ((guint) (left / 1000) + 1, on_time, self);
}

static void
on_realize (GtkWidget *window)
{
  g_signal_connect_object (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (next_frame), window, G_CONNECT_SWAPPED);
}

void
bf_throttle_follow (GtkWidget *window)
{
  g_signal_connect_after (window, "realize", G_CALLBACK (on_realize), NULL);
  if (gtk_widget_get_realized (window))
    on_realize (window);
}
