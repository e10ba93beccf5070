/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One save is one transaction: the checkpoint and the recording that belongs to it are never out of
 * step. Of the recording only what changed is written. A complete column or frame never changes, so
 * its range of steps tells whether the file has it.
 */
#include "bf-notebook-private.h"

#include "bf-notebook-pack.h"

enum { COLUMNS, FRAMES, N_KINDS };

static void
get_range (guint kind, gconstpointer piece, BfPieceKey *key)
{
  if (kind == COLUMNS)
    *key = (BfPieceKey) { (gint64) ((const BfColumn *) piece)->first, (gint64) ((const BfColumn *) piece)->last };
  else
    key->first = key->last = (gint64) ((const BfFrame *) piece)->step;
}

static GBytes *
pack (guint kind, gconstpointer piece)
{
  return kind == COLUMNS ? bf_pack_column (piece) : bf_pack_frame (piece);
}

void
bf_keeper_forget_written (BfKeeper *self)
{
  self->row = 0;
  self->epochs = self->marks = 0;
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
    {
      if (failed)
        g_propagate_error (error, g_steal_pointer (&failed));
      return failed == NULL;
    }
  self->row = sqlite3_column_int64 (find, 0);
  pieces = bf_sql_query (db, error, "SELECT kind, first, last FROM piece WHERE run = ? ORDER BY kind, first", "i", self->row);
  while (pieces && bf_sql_step (pieces, &failed))
    {
      const int kind = sqlite3_column_int (pieces, 0);
      const BfPieceKey key = { sqlite3_column_int64 (pieces, 1), sqlite3_column_int64 (pieces, 2) };

      if (kind >= 0 && kind < N_KINDS)
        g_array_append_val (self->pieces[kind], key);
    }
  if (failed)
    g_propagate_error (error, g_steal_pointer (&failed));
  return pieces && !failed;
}

static gboolean
insert_row (BfKeeper *self, sqlite3 *db, GError **error)
{
  const BfKeeperInfo *info = &self->info;

  if (!bf_sql_run (db, error,
                   "INSERT INTO run (uuid, name, created, changed, state, experiment, remedies, spec, seed, threads,"
                   " step_limit, folder, version, machine, data, steps, planned, study, study_name, study_row)"
                   " VALUES (?, ?, ?, 0, '', ?, ?, ?, ?, ?, ?, ?, '', '', '', 0, 0, ?, ?, ?)", "ttitttuuutttt",
                   self->uuid, info->name, self->created, info->base->name ? info->base->name : "", self->remedies,
                   self->spec, info->base->seed, (guint64) info->threads, info->limit, info->folder, info->study,
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
  gint64 star, deleted;

  g_mutex_lock (&self->notebook->mutex);
  name = g_strdup (self->info.name);
  data = g_strdup (self->data ? self->data : "");
  star = self->star;
  deleted = self->deleted;
  g_mutex_unlock (&self->notebook->mutex);
  return bf_sql_run (db, error,
                     "UPDATE run SET changed = ?, state = ?, version = ?, machine = ?, data = ?, steps = ?, planned = ?,"
                     " test_loss = ?, test_accuracy = ? WHERE id = ?", "ittttuuddi",
                     g_get_real_time () / G_USEC_PER_SEC, save->state, BF_VERSION, machine, data, snapshot->steps,
                     snapshot->steps_planned, snapshot->test_loss, snapshot->test_accuracy, self->row)
         && bf_sql_run (db, error, "UPDATE run SET name = ?, star = ?, deleted = nullif (?, 0) WHERE id = ?", "tiii",
                        name, star, deleted, self->row);
}

/* Brings the pieces of one kind in the file to those of the recording; both are in order. */
static gboolean
write_pieces (BfKeeper *self, sqlite3 *db, guint kind, GPtrArray *recorded, GError **error)
{
  g_autoptr (sqlite3_stmt) drop = bf_sql_query (db, error, "DELETE FROM piece WHERE run = ? AND kind = ? AND first = ?", NULL);
  g_autoptr (sqlite3_stmt) put = NULL;
  g_autoptr (GArray) written = g_array_sized_new (FALSE, FALSE, sizeof (BfPieceKey), recorded->len);
  const GArray *old = self->pieces[kind];
  guint at = 0;

  put = drop ? bf_sql_query (db, error, "INSERT INTO piece (run, kind, first, last, data) VALUES (?, ?, ?, ?, ?)", NULL) : NULL;
  if (!put)
    return FALSE;
  for (guint i = 0; i <= recorded->len; i++)
    {
      BfPieceKey key = { G_MAXINT64, G_MAXINT64 };
      gboolean same = FALSE;

      if (i < recorded->len)
        get_range (kind, recorded->pdata[i], &key);
      for (; at < old->len && g_array_index (old, BfPieceKey, at).first <= key.first && !same; at++)
        {
          const BfPieceKey was = g_array_index (old, BfPieceKey, at);

          same = was.first == key.first && was.last == key.last;
          if (!same && !bf_sql_again (drop, error, "iii", self->row, (gint64) kind, was.first))
            return FALSE;
        }
      if (i < recorded->len)
        {
          if (!same)
            {
              g_autoptr (GBytes) bytes = pack (kind, recorded->pdata[i]);

              if (!bf_sql_again (put, error, "iiiib", self->row, (gint64) kind, key.first, key.last, bytes))
                return FALSE;
            }
          g_array_append_val (written, key);
        }
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
write_marks (BfKeeper *self, sqlite3 *db, const BfSnapshot *snapshot, GError **error)
{
  for (guint i = self->marks; i < snapshot->marks->len; i++)
    {
      const BfMark *mark = snapshot->marks->pdata[i];

      if (!bf_sql_run (db, error, "INSERT OR REPLACE INTO mark (run, number, step, label) VALUES (?, ?, ?, ?)", "iuut",
                       self->row, (guint64) i, mark->step, mark->label))
        return FALSE;
    }
  self->marks = snapshot->marks->len;
  return TRUE;
}

static gboolean
write_checkpoint (BfKeeper *self, sqlite3 *db, const BfSave *save, GError **error)
{
  g_autoptr (GBytes) summary = bf_pack_summary (save->snapshot);

  return bf_sql_run (db, error, "INSERT OR REPLACE INTO checkpoint (run, step, summary, data) VALUES (?, ?, ?, ?)", "iubb",
                     self->row, save->snapshot->steps, summary, save->checkpoint);
}

static gboolean
write_all (BfKeeper *self, sqlite3 *db, const BfSave *save, GError **error)
{
  if (self->row == 0 && !learn_written (self, db, error))
    return FALSE;
  return (self->row != 0 || insert_row (self, db, error))
         && update_row (self, db, save, error)
         && write_pieces (self, db, COLUMNS, save->snapshot->columns, error)
         && write_pieces (self, db, FRAMES, save->snapshot->frames, error)
         && write_epochs (self, db, save->snapshot, error)
         && write_marks (self, db, save->snapshot, error)
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
