/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The one thread that writes. What fails is put back, unless something newer took its place, and
 * tried again after a while or when someone asks.
 */
#include "bf-notebook-private.h"

#include <unistd.h>

#define RETRY_MICROSECONDS (10 * G_USEC_PER_SEC)
/* How long a deleted run can be brought back at least. */
#define DELETED_SECONDS (10 * 60)

typedef struct
{
  BfNotebook *notebook;
  sqlite3 *db;
  guint generation;   /* of the file that db is */
  guint page_limit;
} Writer;

/* What is taken out of the notebook to be written. */
typedef struct
{
  BfNotebookEdit *edit;
  BfKeeper *keeper;
  BfSave *save;
} Job;

/* With the mutex. Runs before edits: an edit may speak of a run that is not in the file yet. */
static gboolean
take_job (BfNotebook *notebook, Job *job)
{
  *job = (Job) { 0 };
  for (guint i = 0; i < notebook->keepers->len; i++)
    {
      BfKeeper *keeper = notebook->keepers->pdata[i];

      if (!keeper->pending)
        continue;
      job->keeper = bf_keeper_ref (keeper);
      job->save = g_steal_pointer (&keeper->pending);
      /* The next time it is another's turn. */
      g_ptr_array_add (notebook->keepers, g_ptr_array_steal_index (notebook->keepers, i));
      return TRUE;
    }
  job->edit = g_queue_pop_head (&notebook->edits);
  return job->edit != NULL;
}

/* With the mutex. */
static void
put_back (BfNotebook *notebook, Job *job)
{
  if (job->edit)
    g_queue_push_head (&notebook->edits, g_steal_pointer (&job->edit));
  if (job->save && !job->keeper->pending && !job->keeper->dropped)
    job->keeper->pending = g_steal_pointer (&job->save);
}

static void
clear_job (Job *job)
{
  g_clear_pointer (&job->edit, bf_notebook_edit_free);
  g_clear_pointer (&job->save, bf_save_free);
  g_clear_pointer (&job->keeper, bf_keeper_unref);
}

/* With the mutex: keepers that have nothing more to say, in an array of their own, since letting
 * go of them wants the mutex. */
static GPtrArray *
take_closed (BfNotebook *notebook)
{
  GPtrArray *closed = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_keeper_unref);

  for (guint i = notebook->keepers->len; i-- > 0;)
    {
      BfKeeper *keeper = notebook->keepers->pdata[i];

      if ((!keeper->closed && !keeper->dropped) || keeper->pending)
        continue;
      /* Others may hold it a moment longer, but the run is free. */
      if (keeper->lock >= 0)
        close (keeper->lock);
      keeper->lock = -1;
      g_ptr_array_add (closed, g_ptr_array_steal_index (notebook->keepers, i));
    }
  if (closed->len > 0)
    g_cond_broadcast (&notebook->changed);
  return closed;
}

static void
purge (sqlite3 *db)
{
  const gint64 before = g_get_real_time () / G_USEC_PER_SEC - DELETED_SECONDS;

  if (bf_sql_run (db, NULL, "DELETE FROM run WHERE deleted < ?", "i", before) && sqlite3_changes (db) > 0)
    bf_sql_exec (db, "PRAGMA incremental_vacuum", NULL);
}

/* Opens the file when there is none open or it is no longer the one to write to. */
static gboolean
open_file (Writer *writer, const char *path, guint generation, guint page_limit, GError **error)
{
  if (writer->db && writer->generation != generation)
    g_clear_pointer (&writer->db, sqlite3_close_v2);
  if (!writer->db)
    {
      writer->db = bf_notebook_open_writer (path, error);
      writer->generation = generation;
      writer->page_limit = 0;
      if (!writer->db)
        return FALSE;
      purge (writer->db);
    }
  if (page_limit != writer->page_limit)
    {
      g_autofree char *sql = g_strdup_printf ("PRAGMA max_page_count = %u", page_limit ? page_limit : 1073741823);

      bf_sql_exec (writer->db, sql, NULL);
      writer->page_limit = page_limit;
    }
  return TRUE;
}

/* A file that is not there any more under its name must not be written to: nobody would find it. */
static void
close_if_gone (Writer *writer, const char *path)
{
  if (writer->db && !g_file_test (path, G_FILE_TEST_EXISTS))
    g_clear_pointer (&writer->db, sqlite3_close_v2);
}

static gboolean
do_job (Writer *writer, const Job *job, GError **error)
{
  gint64 began;

  if (job->edit)
    return bf_sql_run_tuple (writer->db, job->edit->sql, job->edit->values, error);
  if (job->keeper->generation != writer->generation)
    {
      bf_keeper_forget_written (job->keeper);
      job->keeper->generation = writer->generation;
    }
  began = g_get_monotonic_time ();
  if (!bf_keeper_write (job->keeper, writer->db, job->save, error))
    return FALSE;
  g_mutex_lock (&writer->notebook->mutex);
  job->keeper->cost = g_get_monotonic_time () - began;
  g_mutex_unlock (&writer->notebook->mutex);
  return TRUE;
}

static gboolean
work (Writer *writer, const Job *job, const char *path, guint generation, guint page_limit, GError **error)
{
  close_if_gone (writer, path);
  if (!open_file (writer, path, generation, page_limit, error))
    return FALSE;
  if (do_job (writer, job, error))
    return TRUE;
  /* A connection that met damage or a lost disk is not to be trusted. */
  if (!sqlite3_get_autocommit (writer->db))
    bf_sql_exec (writer->db, "ROLLBACK", NULL);
  g_clear_pointer (&writer->db, sqlite3_close_v2);
  return FALSE;
}

/* With the mutex. */
static void
note_result (BfNotebook *notebook, Job *job, GError *error)
{
  notebook->writing = FALSE;
  notebook->attempts++;
  g_clear_error (&notebook->problem);
  if (error)
    {
      /* An edit that makes no sense to the file must not bar the way. */
      if (!job->edit || error->code != BF_NOTEBOOK_ERROR_FAILED)
        put_back (notebook, job);
      notebook->problem = g_error_copy (error);
      notebook->retry_at = g_get_monotonic_time () + RETRY_MICROSECONDS;
    }
  g_cond_broadcast (&notebook->changed);
}

/* With the mutex. FALSE: it is over. */
static gboolean
wait_for_job (BfNotebook *notebook, Job *job)
{
  for (;;)
    {
      g_autoptr (GPtrArray) closed = take_closed (notebook);
      const gboolean held = notebook->problem && notebook->retry_at > g_get_monotonic_time ();

      if (closed->len > 0)
        {
          g_mutex_unlock (&notebook->mutex);
          g_clear_pointer (&closed, g_ptr_array_unref);
          g_mutex_lock (&notebook->mutex);
          continue;
        }
      if (!held && take_job (notebook, job))
        return TRUE;
      if (!held)
        g_clear_error (&notebook->problem);   /* nothing is left of what it was about */
      if (notebook->quit)
        return FALSE;
      if (held)
        g_cond_wait_until (&notebook->changed, &notebook->mutex, notebook->retry_at);
      else
        g_cond_wait (&notebook->changed, &notebook->mutex);
    }
}

gpointer
bf_notebook_write_thread (gpointer data)
{
  BfNotebook *notebook = data;
  Writer writer = { .notebook = notebook };
  gboolean orphan;
  Job job;

  g_mutex_lock (&notebook->mutex);
  while (wait_for_job (notebook, &job))
    {
      g_autofree char *path = g_strdup (notebook->path);
      const guint generation = notebook->generation, page_limit = notebook->page_limit;
      g_autoptr (GError) error = NULL;

      notebook->writing = TRUE;
      g_mutex_unlock (&notebook->mutex);
      work (&writer, &job, path, generation, page_limit, &error);
      g_mutex_lock (&notebook->mutex);
      note_result (notebook, &job, error);
      g_mutex_unlock (&notebook->mutex);
      clear_job (&job);
      g_mutex_lock (&notebook->mutex);
    }
  orphan = notebook->orphan;
  g_mutex_unlock (&notebook->mutex);
  g_clear_pointer (&writer.db, sqlite3_close_v2);
  if (orphan)
    bf_notebook_end_orphan (notebook);
  return NULL;
}
