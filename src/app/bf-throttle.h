/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Calls a function when something changed, but no more often than asked: at once when the last
 * call is old enough, else one call when it is. Training changes everything sixty times a second.
 *
 * What takes long to draw does not all go into one frame: a call whose frame is full waits for the next.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  void (*func) (gpointer data);
  gpointer data;
  gint64 interval;   /* µs */
  gint64 called_at;
  gint64 weight;     /* µs that the frame after a call takes longer, as far as known */
  guint source;
  gboolean waiting;  /* for a frame with room */
} BfThrottle;

void bf_throttle_init  (BfThrottle *self, guint per_second, void (*func) (gpointer data), gpointer data);
void bf_throttle_clear (BfThrottle *self);   /* drops a pending call; may be used again */
void bf_throttle_call  (BfThrottle *self);
void bf_throttle_flush (BfThrottle *self);   /* calls now, in place of a pending call */

/* The frames of this window are those that calls are spread over. */
void bf_throttle_follow (GtkWidget *window);

G_END_DECLS
