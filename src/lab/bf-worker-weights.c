/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What others take from a training thread, from threads of their own. Several may wait for weights at a time: each
 * is served by the first list made after it asked.
 */
#include "bf-worker.h"

BfWorker *
bf_worker_ref (BfWorker *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/* FALSE: it has ended, and there is nothing to wait for. */
static gboolean
ask (BfWorker *self, guint64 *ticket)
{
  BfCommands *commands = bf_worker_begin (self);

  if (self->ended)
    {
      g_mutex_unlock (&self->mutex);
      return FALSE;
    }
  commands->list_weights = TRUE;
  *ticket = self->given + 1;
  self->listing++;
  bf_worker_end (self);
  return TRUE;
}

BfWeights *
bf_worker_hold_weights (BfWorker *self)
{
  guint64 ticket = 0;
  gboolean asked;
  BfWeights *weights;

  bf_worker_recover (self);
  asked = ask (self, &ticket);
  g_mutex_lock (&self->mutex);
  while (asked && !self->ended && !(self->listed && self->listed_for >= ticket))
    g_cond_wait (&self->changed, &self->mutex);
  weights = self->listed ? bf_weights_ref (self->listed) : NULL;
  if (asked && --self->listing == 0 && !self->ended)
    g_clear_pointer (&self->listed, bf_weights_unref);
  g_mutex_unlock (&self->mutex);
  return weights;
}

BfDataset *
bf_worker_hold_dataset (BfWorker *self)
{
  BfDataset *data;

  g_mutex_lock (&self->mutex);
  data = self->dataset ? bf_dataset_ref (self->dataset) : NULL;
  g_mutex_unlock (&self->mutex);
  return data;
}

GError *
bf_worker_copy_error (BfWorker *self)
{
  GError *error;

  g_mutex_lock (&self->mutex);
  error = self->error ? g_error_copy (self->error) : NULL;
  g_mutex_unlock (&self->mutex);
  return error;
}
