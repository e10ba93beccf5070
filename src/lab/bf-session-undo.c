/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One way back for what was edited and what was deleted. The experiment has its own history of edits; a deleted run
 * remembers how many edits could be undone then, and comes back before any of those is. So both go back in the order
 * in which they were done, and forward again.
 */
#include "bf-session-private.h"

#include <glib/gi18n-lib.h>

#define MOST_REMOVED 20   /* they hold their weights */

typedef struct
{
  BfSessionEntry *entry;   /* owned */
  gboolean shown;          /* it was the current one */
  guint depth;             /* edits that could be undone when it was deleted */
} Removed;

typedef struct
{
  guint number;            /* of the run */
  guint depth;
  guint64 edits;           /* of the experiment when it was brought back: after another one it is not deleted again */
} Restored;

static void
removed_free (gpointer data)
{
  Removed *self = data;

  g_clear_pointer (&self->entry, bf_session_entry_free);
  g_free (self);
}

void
bf_session_forget_removed (BfSession *self)
{
  g_clear_pointer (&self->removed, g_ptr_array_unref);
  g_clear_pointer (&self->restored, g_array_unref);
}

static guint
get_depth (BfSession *self)
{
  return bf_experiment_get_n_undo (self->experiment);
}

void
bf_session_keep_removed (BfSession *self, BfSessionEntry *entry, gboolean shown)
{
  Removed *removed = g_new (Removed, 1);

  *removed = (Removed) { entry, shown, get_depth (self) };
  if (!self->removed)
    self->removed = g_ptr_array_new_with_free_func (removed_free);
  g_ptr_array_add (self->removed, removed);
  if (self->removed->len > MOST_REMOVED)
    g_ptr_array_remove_index (self->removed, 0);
}

/* What was deleted last, where no edit was made since; NULL: an edit is next. */
static Removed *
get_last (BfSession *self)
{
  Removed *last = self->removed && self->removed->len > 0 ? self->removed->pdata[self->removed->len - 1] : NULL;

  return last && last->depth >= get_depth (self) ? last : NULL;
}

static void
restore (BfSession *self, guint i)
{
  Removed *removed = self->removed->pdata[i];
  BfSessionEntry *entry = g_steal_pointer (&removed->entry);
  const gboolean shown = removed->shown;
  const Restored restored = { entry->run.number, get_depth (self), bf_experiment_get_n_edits (self->experiment) };
  guint place = 0;

  g_ptr_array_remove_index (self->removed, i);
  if (!self->restored)
    self->restored = g_array_new (FALSE, FALSE, sizeof (Restored));
  g_array_append_val (self->restored, restored);
  while (place < self->runs->len && ((BfSessionEntry *) self->runs->pdata[place])->run.number < entry->run.number)
    place++;
  g_ptr_array_insert (self->runs, (int) place, entry);
  if (bf_run_get_keeper (entry->run.run))
    bf_notebook_undelete (self->notebook, bf_keeper_get_uuid (bf_run_get_keeper (entry->run.run)));
  if (shown)
    bf_session_show (self, entry, FALSE);
  else
    bf_session_emit (self, RUN_CHANGED);
}

gboolean
bf_session_bring_back (BfSession *self, guint number)
{
  g_return_val_if_fail (BF_IS_SESSION (self), FALSE);
  for (guint i = self->removed ? self->removed->len : 0; i > 0; i--)
    if (((Removed *) self->removed->pdata[i - 1])->entry->run.number == number)
      {
        restore (self, i - 1);
        return TRUE;
      }
  return FALSE;
}

/* The run to be deleted again; NULL: an edit is next, or nothing. */
static BfSessionRun *
find_again (BfSession *self)
{
  const Restored *last = self->restored && self->restored->len > 0
                           ? &g_array_index (self->restored, Restored, self->restored->len - 1) : NULL;

  if (!last || last->depth != get_depth (self) || last->edits != bf_experiment_get_n_edits (self->experiment))
    return NULL;
  for (guint i = 0; i < self->runs->len; i++)
    if (((BfSessionRun *) self->runs->pdata[i])->number == last->number)
      return self->runs->pdata[i];
  return NULL;
}

static char *
name_deletion (const BfSessionRun *run)
{
  /* Translators: "Run 1 deleted" */
  return g_strdup_printf (_("%s deleted"), run->label);
}

char *
bf_session_dup_undo_label (BfSession *self)
{
  Removed *last;

  g_return_val_if_fail (BF_IS_SESSION (self), NULL);
  last = get_last (self);
  return last ? name_deletion (&last->entry->run) : g_strdup (bf_experiment_get_undo_label (self->experiment));
}

char *
bf_session_dup_redo_label (BfSession *self)
{
  BfSessionRun *again;

  g_return_val_if_fail (BF_IS_SESSION (self), NULL);
  again = find_again (self);
  return again ? name_deletion (again) : g_strdup (bf_experiment_get_redo_label (self->experiment));
}

void
bf_session_undo (BfSession *self)
{
  g_return_if_fail (BF_IS_SESSION (self));
  if (get_last (self))
    restore (self, self->removed->len - 1);
  else
    bf_experiment_undo (self->experiment);
}

void
bf_session_redo (BfSession *self)
{
  BfSessionRun *again;

  g_return_if_fail (BF_IS_SESSION (self));
  again = find_again (self);
  if (again)
    {
      g_array_set_size (self->restored, self->restored->len - 1);
      bf_session_remove_run (self, again);
    }
  else
    bf_experiment_redo (self->experiment);
}
