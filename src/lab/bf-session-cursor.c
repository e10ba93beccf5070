/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The one cursor: a layer and a step, or the newest step while live.
 */
#include "bf-session-private.h"

guint
bf_session_get_cursor_layer (BfSession *self)
{
  BfSnapshot *snapshot = bf_session_get_snapshot (self);
  guint n = snapshot ? snapshot->plan->n_weighted : self->plan->n_weighted;

  return n ? MIN (self->cursor_layer, n - 1) : 0;
}

guint64
bf_session_get_cursor_step (BfSession *self)
{
  BfSnapshot *snapshot = bf_session_get_snapshot (self);
  guint64 last = snapshot ? bf_snapshot_get_last_step (snapshot) : 0;

  return self->live ? last : MIN (self->cursor_step, last);
}

gboolean
bf_session_get_live (BfSession *self)
{
  return self->live;
}

void
bf_session_set_cursor_layer (BfSession *self, guint weighted)
{
  g_return_if_fail (BF_IS_SESSION (self));
  if (weighted == self->cursor_layer)
    return;
  self->cursor_layer = weighted;
  bf_session_emit (self, CURSOR_CHANGED);
}

void
bf_session_set_cursor_step (BfSession *self, guint64 step)
{
  g_return_if_fail (BF_IS_SESSION (self));
  if (!self->live && step == self->cursor_step)
    return;
  self->live = FALSE;
  self->cursor_step = step;
  bf_session_emit (self, CURSOR_CHANGED);
}

void
bf_session_set_live (BfSession *self, gboolean live)
{
  g_return_if_fail (BF_IS_SESSION (self));
  if (live == self->live)
    return;
  if (!live)
    self->cursor_step = bf_session_get_cursor_step (self);
  self->live = live;
  bf_session_emit (self, CURSOR_CHANGED);
}
