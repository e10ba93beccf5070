/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Reading has a connection of its own, opened for each question: it sees the file as the last
 * transaction left it and never waits for one that is being written.
 */
#include "bf-notebook-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "../engine/bf-kernel.h"
#include "../engine/bf-snapshot-pack.h"
#include "bf-file.h"
#include "bf-remedy.h"

/* OpenBLAS's own call; its cblas.h and GSL's cannot both be included. */
char *openblas_get_corename (void);

void
bf_notebook_entry_free (BfNotebookEntry *entry)
{
  g_free (entry->uuid);
  g_free (entry->name);
  g_free (entry->state);
  g_free (entry->experiment);
  g_free (entry->remedies);
  g_free (entry->version);
  g_free (entry->study);
  g_free (entry->study_name);
  g_free (entry->row);
  g_free (entry);
}

void
bf_notebook_draft_free (BfNotebookDraft *draft)
{
  g_free (draft->spec);
  g_free (draft->saved);
  g_free (draft->file);
  g_free (draft->run);
  g_free (draft);
}

BfNotebookRun *
bf_notebook_run_ref (BfNotebookRun *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_notebook_run_unref (BfNotebookRun *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->uuid);
  g_free (self->name);
  g_free (self->state);
  g_clear_pointer (&self->base, bf_spec_unref);
  g_free (self->folder);
  g_free (self->version);
  g_free (self->machine);
  g_free (self->data);
  g_clear_pointer (&self->snapshot, bf_snapshot_unref);
  g_clear_pointer (&self->checkpoint, g_bytes_unref);
  g_free (self);
}

/* No file yet: no runs. */
static sqlite3 *
open_reader (BfNotebook *self, gboolean *empty, GError **error)
{
  g_autofree char *path = bf_notebook_dup_path (self);

  *empty = !g_file_test (path, G_FILE_TEST_EXISTS);
  return *empty ? NULL : bf_notebook_open_reader (path, error);
}

/* A program that was killed could not say that the run no longer trains. */
static char *
get_state (const char *path, const char *uuid, char *state)
{
  if (!g_str_equal (state, "training") || bf_notebook_is_locked (path, uuid))
    return state;
  g_free (state);
  return g_strdup ("paused");
}

/* By the id of its first remedy, or NULL. */
static const char *
get_family (const char *remedy)
{
  const BfRemedy *kind = remedy ? bf_remedy_find (remedy) : NULL;

  return kind ? kind->family : "baseline";
}

static BfNotebookEntry *
read_entry (sqlite3_stmt *row, const char *path)
{
  BfNotebookEntry *entry = g_new0 (BfNotebookEntry, 1);

  entry->uuid = bf_sql_dup_text (row, 0);
  entry->name = bf_sql_dup_text (row, 1);
  entry->star = sqlite3_column_int (row, 2) != 0;
  entry->created = sqlite3_column_int64 (row, 3);
  entry->changed = sqlite3_column_int64 (row, 4);
  entry->state = get_state (path, entry->uuid, bf_sql_dup_text (row, 5));
  entry->experiment = bf_sql_dup_text (row, 6);
  entry->remedies = bf_sql_dup_text (row, 7);
  entry->seed = (guint64) sqlite3_column_int64 (row, 8);
  entry->version = bf_sql_dup_text (row, 9);
  entry->steps = (guint64) sqlite3_column_int64 (row, 10);
  entry->planned = (guint64) sqlite3_column_int64 (row, 11);
  entry->test_accuracy = bf_sql_get_double (row, 12);
  entry->study = bf_sql_dup_text (row, 13);
  entry->study_name = bf_sql_dup_text (row, 14);
  entry->row = bf_sql_dup_text (row, 15);
  entry->epochs = (guint) sqlite3_column_int (row, 16);
  entry->loss = bf_sql_get_double (row, 17);
  entry->accuracy = bf_sql_get_double (row, 18);
  entry->family = get_family ((const char *) sqlite3_column_text (row, 19));
  return entry;
}

GPtrArray *
bf_notebook_list (BfNotebook *self, gboolean deleted, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_notebook_entry_free);
  g_autofree char *path = bf_notebook_dup_path (self);
  g_autoptr (GError) failed = NULL;
  g_autoptr (sqlite3) db = NULL;
  g_autoptr (sqlite3_stmt) rows = NULL;
  gboolean empty;

  db = open_reader (self, &empty, error);
  if (!db)
    return empty ? g_steal_pointer (&entries) : NULL;
  rows = bf_sql_query (db, error,
                       "SELECT uuid, name, star, created, changed, state, experiment, remedies, seed, version, steps,"
                       " planned, test_accuracy, study, study_name, study_row,"
                       " (SELECT count(*) FROM epoch WHERE epoch.run = run.id),"
                       " (SELECT train_loss FROM epoch WHERE epoch.run = run.id ORDER BY epoch DESC LIMIT 1),"
                       " (SELECT validation_accuracy FROM epoch WHERE epoch.run = run.id ORDER BY epoch DESC LIMIT 1),"
                       " CASE WHEN json_valid (spec) THEN (SELECT json_extract (value, '$.remedy')"
                       " FROM json_each (spec, '$.remedies') WHERE json_extract (value, '$.on') LIMIT 1) END"
                       " FROM run WHERE (deleted IS NOT NULL) = ? ORDER BY created DESC, id DESC", "i", (gint64) deleted);
  while (rows && bf_sql_step (rows, &failed))
    g_ptr_array_add (entries, read_entry (rows, path));
  return bf_sql_end (rows, g_steal_pointer (&failed), error) ? g_steal_pointer (&entries) : NULL;
}

char *
bf_notebook_find (BfNotebook *self, const char *what, GError **error)
{
  g_autoptr (GPtrArray) entries = bf_notebook_list (self, FALSE, error);
  g_autofree char *path = bf_notebook_dup_path (self);
  const BfNotebookEntry *found = NULL;
  guint n = 0;

  if (!entries)
    return NULL;
  for (guint i = 0; i < entries->len; i++)
    {
      const BfNotebookEntry *entry = entries->pdata[i];

      if ((strlen (what) < 4 || !g_str_has_prefix (entry->uuid, what)) && !g_str_equal (entry->name, what))
        continue;
      found = entry;
      n++;
    }
  if (n == 1)
    return g_strdup (found->uuid);
  if (n == 0)
    bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_NO_RUN, path, what);
  else
    g_set_error (error, BF_NOTEBOOK_ERROR, BF_NOTEBOOK_ERROR_NO_RUN,
                 _("%u runs of the notebook “%s” are called “%s”. Give more letters of the one you mean."), n, path, what);
  return NULL;
}

/* A whole run */

static gboolean
read_pieces (sqlite3 *db, gint64 row, BfSnapshot *snapshot, GError **error)
{
  g_autoptr (GError) failed = NULL;
  g_autoptr (sqlite3_stmt) pieces = bf_sql_query (db, error, "SELECT kind, data FROM piece WHERE run = ? ORDER BY kind, first",
                                                  "i", row);

  while (pieces && bf_sql_step (pieces, &failed))
    {
      g_autoptr (GBytes) bytes = bf_sql_dup_blob (pieces, 1);
      const gboolean fits = sqlite3_column_int (pieces, 0) == 0 ? bf_snapshot_unpack_columns (snapshot, bytes, &failed)
                                                                : bf_snapshot_unpack_frame (snapshot, bytes, &failed);

      if (!fits)
        break;
    }
  return bf_sql_end (pieces, g_steal_pointer (&failed), error);
}

/* The head of its recording; the network is laid out again for the shape that its data had. */
static BfSnapshot *
read_head (sqlite3_stmt *row, BfSpec *base, GError **error)
{
  const BfShape shape = {
    .inputs = (guint) sqlite3_column_int (row, 13),
    .outputs = (guint) sqlite3_column_int (row, 14),
    .classes = (guint) sqlite3_column_int (row, 15),
  };
  g_autoptr (GBytes) head = bf_sql_dup_blob (row, 11);
  g_autoptr (BfSpec) effective = bf_remedies_apply (base);
  g_autoptr (BfPlan) plan = bf_plan_new (effective, &shape);

  if (!plan->error)
    return bf_snapshot_unpack_head (head, plan, error);
  g_set_error_literal (error, BF_ERROR, BF_ERROR_INVALID, plan->error);
  return NULL;
}

static BfNotebookRun *
read_row (sqlite3_stmt *row, const char *path, GError **error)
{
  g_autoptr (BfNotebookRun) run = g_new0 (BfNotebookRun, 1);
  g_autofree char *spec = bf_sql_dup_text (row, 4);

  g_atomic_ref_count_init (&run->references);
  run->uuid = bf_sql_dup_text (row, 1);
  run->name = bf_sql_dup_text (row, 2);
  run->state = bf_sql_dup_text (row, 3);
  run->interrupted = g_str_equal (run->state, "training");
  run->state = get_state (path, run->uuid, g_steal_pointer (&run->state));
  run->star = sqlite3_column_int (row, 16) != 0;
  run->folder = bf_sql_dup_text (row, 5);
  run->threads = (guint) sqlite3_column_int (row, 6);
  run->limit = (guint64) sqlite3_column_int64 (row, 7);
  run->version = bf_sql_dup_text (row, 8);
  run->machine = bf_sql_dup_text (row, 9);
  run->data = bf_sql_dup_text (row, 10);
  run->checkpoint = bf_sql_dup_blob (row, 12);
  run->base = bf_file_parse (spec, -1, run->name, NULL, error);
  if (!run->base)
    return NULL;
  run->snapshot = read_head (row, run->base, error);
  if (!run->snapshot)
    return NULL;
  return g_steal_pointer (&run);
}

BfNotebookRun *
bf_notebook_load (BfNotebook *self, const char *uuid, GError **error)
{
  g_autofree char *path = bf_notebook_dup_path (self);
  g_autoptr (GError) failed = NULL;
  g_autoptr (BfNotebookRun) run = NULL;
  g_autoptr (sqlite3) db = NULL;
  g_autoptr (sqlite3_stmt) row = NULL;
  gboolean empty;
  gint64 id;

  db = open_reader (self, &empty, error);
  if (empty)
    bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_NO_RUN, path, uuid);
  /* One transaction for all, so that nothing of another save gets between. */
  if (!db || !bf_sql_exec (db, "BEGIN", error))
    return NULL;
  row = bf_sql_query (db, error,
                      "SELECT id, uuid, name, state, spec, folder, threads, step_limit, version, machine, run.data,"
                      " checkpoint.head, checkpoint.data, inputs, outputs, classes, star FROM run JOIN checkpoint ON checkpoint.run = run.id"
                      " WHERE uuid = ?", "t", uuid);
  if (!row)
    return NULL;
  if (!bf_sql_step (row, &failed))
    {
      if (failed)
        g_propagate_error (error, g_steal_pointer (&failed));
      else
        bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_NO_RUN, path, uuid);
      return NULL;
    }
  run = read_row (row, path, error);
  id = sqlite3_column_int64 (row, 0);
  if (!run || !read_pieces (db, id, run->snapshot, error))
    return NULL;
  return g_steal_pointer (&run);
}

BfNotebookDraft *
bf_notebook_get_draft (BfNotebook *self, GError **error)
{
  g_autoptr (sqlite3) db = NULL;
  g_autoptr (sqlite3_stmt) row = NULL;
  BfNotebookDraft *draft;
  gboolean empty;

  db = open_reader (self, &empty, error);
  row = db ? bf_sql_query (db, error, "SELECT id, spec, saved, file, run, number, changed FROM draft"
                                      " ORDER BY changed DESC LIMIT 1", NULL) : NULL;
  if (!row || !bf_sql_step (row, error))
    return NULL;
  draft = g_new0 (BfNotebookDraft, 1);
  draft->id = sqlite3_column_int64 (row, 0);
  draft->spec = bf_sql_dup_text (row, 1);
  draft->saved = bf_sql_dup_text (row, 2);
  draft->file = bf_sql_dup_text (row, 3);
  draft->run = bf_sql_dup_text (row, 4);
  draft->number = (guint) sqlite3_column_int (row, 5);
  draft->changed = sqlite3_column_int64 (row, 6);
  return draft;
}

char *
bf_notebook_describe_machine (void)
{
  return g_strdup_printf ("%s, %s", bf_kernel_get_id (), openblas_get_corename ());
}
