/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One save is one transaction: the checkpoint and the recording that belongs to it are never out of
 * step. Of the recording only what changed is written. A complete column or frame never changes, so
 * its range of steps tells whether the file has it.
 */
#include "bf-notebook-private.h"

#include "../engine/bf-snapshot-pack.h"

enum { COLUMNS, FRAMES, N_KINDS };

static guint
count_pieces (const BfSnapshot *snapshot, guint kind)
{
  return kind == COLUMNS ? (snapshot->columns->len + BF_PACK_COLUMNS - 1) / BF_PACK_COLUMNS : snapshot->frames->len;
}

static BfPieceKey
get_key (const BfSnapshot *snapshot, guint kind, guint i)
{
  const guint n = MIN (BF_PACK_COLUMNS, snapshot->columns->len - MIN (i * BF_PACK_COLUMNS, snapshot->columns->len));
  BfPieceKey key = { .count = 1 };

  if (kind == FRAMES)
    key.first = key.last = (gint64) ((const BfFrame *) snapshot->frames->pdata[i])->step;
  else
    {
      key.first = (gint64) ((const BfColumn *) snapshot->columns->pdata[i * BF_PACK_COLUMNS])->first;
      key.last = (gint64) ((const BfColumn *) snapshot->columns->pdata[i * BF_PACK_COLUMNS + n - 1])->last;
      key.count = n;
    }
  return key;
}

static GBytes *
pack (const BfSnapshot *snapshot, guint kind, guint i)
{
  if (kind == FRAMES)
    return bf_snapshot_pack_frame (snapshot, i);
  return bf_snapshot_pack_columns (snapshot, i * BF_PACK_COLUMNS,
                                   MIN (BF_PACK_COLUMNS, snapshot->columns->len - i * BF_PACK_COLUMNS));
}

void
bf_keeper_forget_written (BfKeeper *self)
{
  self->row = 0;
  self->epochs = 0;
  for (guint i = 0; i < N_KINDS; i++)
    g_array_set_size (self->pieces[i], 0);
}

/* What the file has of this run, when another session wrote it. */
static gboolean
learn_written (BfKeeper *self, sqlite3 *db, GError **error)
{
  g_autoptr (GError) failed = NULL;
  g_autoptr (sqlite3_stmt) find = bf_sql_query (db, error, "SELECT id FROM run WHERE uuid = ?", "t", self->uuid);
  g_autoptr (sqlite3_stmt) pieces = NULL;

  if (!find)
    return FALSE;
  if (!bf_sql_step (find, &failed))
    return bf_sql_end (find, g_steal_pointer (&failed), error);
  self->row = sqlite3_column_int64 (find, 0);
  pieces = bf_sql_query (db, error, "SELECT kind, first, last, count FROM piece WHERE run = ? ORDER BY kind, first", "i", self->row);
  while (pieces && bf_sql_step (pieces, &failed))
    {
      const int kind = sqlite3_column_int (pieces, 0);
      const BfPieceKey key = { sqlite3_column_int64 (pieces, 1), sqlite3_column_int64 (pieces, 2),
                               sqlite3_column_int64 (pieces, 3) };

      if (kind >= 0 && kind < N_KINDS)
        g_array_append_val (self->pieces[kind], key);
    }
  return bf_sql_end (pieces, g_steal_pointer (&failed), error);
}

static gboolean
insert_row (BfKeeper *self, sqlite3 *db, GError **error)
{
  const BfKeeperInfo *info = &self->info;

  if (!bf_sql_run (db, error,
                   "INSERT INTO run (uuid, name, created, changed, state, experiment, remedies, spec, seed, threads,"
                   " step_limit, folder, version, machine, data, steps, planned, study, study_name, study_row)"
                   " VALUES (?, '', ?, 0, '', ?, ?, '', ?, ?, ?, ?, '', '', '', 0, 0, ?, ?, ?)", "tittuuutttt",
                   self->uuid, self->created, info->base->name ? info->base->name : "", self->remedies,
                   info->base->seed, (guint64) info->threads, info->limit, info->folder, info->study,
                   info->study_name, info->row))
    return FALSE;
  self->row = sqlite3_last_insert_rowid (db);
  return TRUE;
}

static gboolean
update_row (BfKeeper *self, sqlite3 *db, const BfSave *save, GError **error)
{
  const BfSnapshot *snapshot = save->snapshot;
  g_autofree char *machine = bf_notebook_describe_machine ();
  g_autofree char *name = NULL;
  g_autofree char *data = NULL;
  g_autofree char *spec = NULL;
  gint64 star, deleted;

  g_mutex_lock (&self->notebook->mutex);
  name = g_strdup (self->info.name);
  spec = g_strdup (self->spec);
  data = g_strdup (self->data ? self->data : "");
  star = self->star;
  deleted = self->deleted;
  g_mutex_unlock (&self->notebook->mutex);
  return bf_sql_run (db, error,
                     "UPDATE run SET changed = ?, state = ?, version = ?, machine = ?, data = ?, steps = ?, planned = ?,"
                     " test_loss = ?, test_accuracy = ? WHERE id = ?", "ittttuuddi",
                     g_get_real_time () / G_USEC_PER_SEC, save->state, BF_VERSION, machine, data, snapshot->steps,
                     snapshot->steps_planned, snapshot->test_loss, snapshot->test_accuracy, self->row)
         && bf_sql_run (db, error, "UPDATE run SET name = ?, spec = ?, star = ?, deleted = nullif (?, 0) WHERE id = ?",
                        "ttiii", name, spec, star, deleted, self->row);
}

/* Brings the pieces of one kind in the file to those of the recording; both are in order. */
static gboolean
write_pieces (BfKeeper *self, sqlite3 *db, const BfSnapshot *snapshot, guint kind, GError **error)
{
  const guint n = count_pieces (snapshot, kind);
  const GArray *old = self->pieces[kind];
  g_autoptr (GArray) written = g_array_sized_new (FALSE, FALSE, sizeof (BfPieceKey), n);
  g_autoptr (sqlite3_stmt) drop = NULL, put = NULL;
  guint at = 0;

  drop = bf_sql_query (db, error, "DELETE FROM piece WHERE run = ? AND kind = ? AND first = ?", NULL);
  if (!drop)
    return FALSE;
  put = bf_sql_query (db, error, "INSERT INTO piece (run, kind, first, last, count, data) VALUES (?, ?, ?, ?, ?, ?)", NULL);
  if (!put)
    return FALSE;
  for (guint i = 0; i <= n; i++)
    {
      const BfPieceKey key = i < n ? get_key (snapshot, kind, i) : (BfPieceKey) { G_MAXINT64, G_MAXINT64, 0 };
      g_autoptr (GBytes) bytes = NULL;
      gboolean same = FALSE;

      for (; !same && at < old->len && g_array_index (old, BfPieceKey, at).first <= key.first; at++)
        {
          const BfPieceKey was = g_array_index (old, BfPieceKey, at);

          same = was.first == key.first && was.last == key.last && was.count == key.count;
          if (!same && !bf_sql_again (drop, error, "iii", self->row, (gint64) kind, was.first))
            return FALSE;
        }
      if (i == n)
        break;
      g_array_append_val (written, key);
      if (same)
        continue;
      bytes = pack (snapshot, kind, i);
      if (!bf_sql_again (put, error, "iiiiib", self->row, (gint64) kind, key.first, key.last, key.count, bytes))
        return FALSE;
    }
  g_array_unref (self->pieces[kind]);
  self->pieces[kind] = g_steal_pointer (&written);
  return TRUE;
}

static gboolean
write_epochs (BfKeeper *self, sqlite3 *db, const BfSnapshot *snapshot, GError **error)
{
  for (guint i = self->epochs; i < snapshot->epochs->len; i++)
    {
      const BfEpoch *epoch = &g_array_index (snapshot->epochs, BfEpoch, i);

      if (!bf_sql_run (db, error,
                       "INSERT OR REPLACE INTO epoch (run, epoch, step, train_loss, train_accuracy, validation_loss,"
                       " validation_accuracy) VALUES (?, ?, ?, ?, ?, ?, ?)", "iuudddd", self->row, (guint64) epoch->epoch,
                       epoch->step, epoch->train_loss, epoch->train_accuracy, epoch->validation_loss,
                       epoch->validation_accuracy))
        return FALSE;
    }
  self->epochs = snapshot->epochs->len;
  return TRUE;
}

static gboolean
write_checkpoint (BfKeeper *self, sqlite3 *db, const BfSave *save, GError **error)
{
  const BfShape *shape = &save->snapshot->plan->shape;
  g_autoptr (GBytes) head = bf_snapshot_pack_head (save->snapshot);

  return bf_sql_run (db, error, "INSERT OR REPLACE INTO checkpoint (run, step, inputs, outputs, classes, head, data)"
                                " VALUES (?, ?, ?, ?, ?, ?, ?)", "iuuuubb", self->row, save->snapshot->steps,
                     (guint64) shape->inputs, (guint64) shape->outputs, (guint64) shape->classes, head, save->checkpoint);
}

static gboolean
write_all (BfKeeper *self, sqlite3 *db, const BfSave *save, GError **error)
{
  if (self->row == 0 && !learn_written (self, db, error))
    return FALSE;
  return (self->row != 0 || insert_row (self, db, error))
         && update_row (self, db, save, error)
         && write_pieces (self, db, save->snapshot, COLUMNS, error)
         && write_pieces (self, db, save->snapshot, FRAMES, error)
         && write_epochs (self, db, save->snapshot, error)
         && write_checkpoint (self, db, save, error)
         && bf_sql_exec (db, "COMMIT", error);
}

gboolean
bf_keeper_write (BfKeeper *self, sqlite3 *db, const BfSave *save, GError **error)
{
  if (self->lock < 0)
    self->lock = bf_notebook_lock_run (sqlite3_db_filename (db, "main"), self->uuid, NULL);
  if (!bf_sql_exec (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (write_all (self, db, save, error))
    return TRUE;
  bf_sql_exec (db, "ROLLBACK", NULL);
  bf_keeper_forget_written (self);
  return FALSE;
}
