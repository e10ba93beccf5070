/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Train, pause, one step, back to the start: of the run shown, or of the one to come.
 */
#include "bf-session-private.h"

/* What an edit asked for is started now, not at the next poll. */
static void
settle (BfSession *self)
{
  if (self->due && !(self->plan->error && bf_session_knows_shape (self)))
    bf_session_start (self, self->due_trains);
}

/* The one shown goes on although it gave up its network to save memory. */
static void
revive (BfSession *self)
{
  if (self->notebook && !self->next && self->current && bf_session_entry_is_over (self->current)
      && bf_session_entry_revive (self->current, self->notebook))
    bf_session_emit (self, UPDATED);
}

/* A new run from the start; FALSE when the network cannot be built. */
static gboolean
start_over (BfSession *self)
{
  if (self->plan->error && bf_session_knows_shape (self))
    return FALSE;
  bf_session_start (self, FALSE);
  return TRUE;
}

void
bf_session_train (BfSession *self)
{
  g_return_if_fail (BF_IS_SESSION (self));
  settle (self);
  revive (self);
  if (!self->next && bf_session_entry_is_training (self->current))
    {
      bf_run_pause (self->current->run.run);
      bf_session_emit (self, UPDATED);
      return;
    }
  if (!self->next && (!self->current || bf_session_entry_is_over (self->current)) && !start_over (self))
    return;
  if (self->next && self->next_trains)
    bf_run_pause (self->next->run.run);
  else
    bf_run_train (self->next ? self->next->run.run : self->current->run.run);
  if (self->next)
    self->next_trains = !self->next_trains;
  bf_session_emit (self, UPDATED);
}

void
bf_session_step (BfSession *self)
{
  g_return_if_fail (BF_IS_SESSION (self));
  settle (self);
  revive (self);
  if (!self->next && (!self->current || bf_session_entry_is_over (self->current)) && !start_over (self))
    return;
  bf_run_step (self->next ? self->next->run.run : self->current->run.run);
  self->next_trains = FALSE;
  bf_session_emit (self, UPDATED);
}

void
bf_session_reset (BfSession *self)
{
  g_return_if_fail (BF_IS_SESSION (self));
  start_over (self);
}
