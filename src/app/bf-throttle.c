/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-throttle.h"

void
bf_throttle_init (BfThrottle *self,
                  guint       per_second,
                  void      (*func) (gpointer data),
                  gpointer    data)
{
  *self = (BfThrottle) { .func = func, .data = data, .interval = G_USEC_PER_SEC / per_second };
}

void
bf_throttle_clear (BfThrottle *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
}

void
bf_throttle_flush (BfThrottle *self)
{
  bf_throttle_clear (self);
  self->called_at = g_get_monotonic_time ();
  self->func (self->data);
}

static gboolean
on_time (gpointer data)
{
  BfThrottle *self = data;
  self->source = 0;
  bf_throttle_flush (self);
  return G_SOURCE_REMOVE;
}

void
bf_throttle_call (BfThrottle *self)
{
  gint64 left = self->called_at + self->interval - g_get_monotonic_time ();
  if (self->source != 0)
    return;
  if (left <= 0)
    bf_throttle_flush (self);
  else
    self->source = g_timeout_add ((guint) (left / 1000) + 1, on_time, self);
}
