/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What a user does to the runs of a session: beside the current one, deleted, named, starred, found.
 */
#include "bf-session-private.h"

void
bf_session_set_beside (BfSession *self, BfSessionRun *run)
{
  BfSessionEntry *entry = (BfSessionEntry *) run;

  g_return_if_fail (BF_IS_SESSION (self));
  if (entry == self->current)
    entry = NULL;
  self->beside_time = -1;
  if (entry == self->beside)
    return;
  self->beside = entry;
  bf_session_emit (self, RUN_CHANGED);
}

gboolean
bf_session_put_beside (BfSession *self, const char *uuid, GError **error)
{
  BfSessionRun *own = bf_session_find_run (self, uuid);
  g_autoptr (BfNotebookRun) kept = NULL;
  BfSessionEntry *entry = NULL;

  g_return_val_if_fail (BF_IS_SESSION (self) && self->notebook, FALSE);
  if (!own)
    {
      bf_notebook_flush (self->notebook, NULL);
      kept = bf_notebook_load (self->notebook, uuid, error);
      entry = kept ? bf_session_entry_reopen (self->notebook, kept, error) : NULL;
      if (!entry)
        return FALSE;
      bf_session_add (self, entry, ++self->last_number);
      own = &entry->run;
    }
  bf_session_set_beside (self, own);
  return TRUE;
}

/* The run shown is gone: what is shown next trains what the experiment says, and not what another run did. */
static void
show_another (BfSession *self)
{
  BfSessionEntry *older;

  self->current = NULL;
  older = bf_session_find_older (self);
  if (!older && self->runs->len > 0)
    older = self->runs->pdata[self->runs->len - 1];
  if (older)
    bf_session_show (self, older, FALSE);
  else if (self->next)
    bf_session_show (self, g_steal_pointer (&self->next), FALSE);
  if (!self->next && !self->plan->error
      && !(self->current && bf_session_entry_trains (self->current, bf_experiment_get_effective (self->experiment))))
    bf_session_start (self, FALSE);
}

void
bf_session_remove_run (BfSession *self, BfSessionRun *run)
{
  BfSessionEntry *entry = (BfSessionEntry *) run;
  guint place;

  g_return_if_fail (BF_IS_SESSION (self));
  if (!g_ptr_array_find (self->runs, entry, &place))
    return;
  g_ptr_array_steal_index (self->runs, place);
  if (self->beside == entry)
    self->beside = NULL;
  bf_session_keep_removed (self, entry, self->current == entry);
  if (self->current == entry)
    show_another (self);
  bf_run_pause (entry->run.run);
  if (bf_run_get_keeper (entry->run.run))
    bf_notebook_delete (self->notebook, bf_keeper_get_uuid (bf_run_get_keeper (entry->run.run)));
  bf_session_emit (self, RUN_CHANGED);
}

void
bf_session_rename_run (BfSession *self, BfSessionRun *run, const char *name)
{
  g_return_if_fail (BF_IS_SESSION (self) && g_ptr_array_find (self->runs, run, NULL));
  bf_session_entry_set_label ((BfSessionEntry *) run, name);
  bf_session_emit (self, RUN_CHANGED);
}

void
bf_session_star_run (BfSession *self, BfSessionRun *run, gboolean star)
{
  g_return_if_fail (BF_IS_SESSION (self) && g_ptr_array_find (self->runs, run, NULL));
  run->star = star;
  if (bf_session_get_uuid (run))
    bf_notebook_set_star (self->notebook, bf_session_get_uuid (run), star);
  bf_session_emit (self, RUN_CHANGED);
}

const char *
bf_session_get_uuid (BfSessionRun *run)
{
  BfKeeper *keeper = bf_run_get_keeper (run->run);

  return keeper ? bf_keeper_get_uuid (keeper) : NULL;
}

BfSessionRun *
bf_session_find_run (BfSession *self, const char *uuid)
{
  g_return_val_if_fail (BF_IS_SESSION (self), NULL);
  for (guint i = 0; i < self->runs->len; i++)
    if (g_strcmp0 (bf_session_get_uuid (self->runs->pdata[i]), uuid) == 0)
      return self->runs->pdata[i];
  return NULL;
}
