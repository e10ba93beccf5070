/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The notebook's own side: what waits to be written, and what is known of the file's state.
 */
#include "bf-notebook-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "bf-settings.h"

#define SAVE_MICROSECONDS (2 * G_USEC_PER_SEC)

char *
bf_notebook_get_default_path (void)
{
  const char *asked = g_getenv ("BACKFLOW_NOTEBOOK");
  g_autofree char *folder = NULL;

  if (asked && *asked)
    return g_strdup (asked);
  folder = bf_settings_dup_notebook_folder (bf_settings_get ());
  return g_build_filename (folder, "notebook.db", NULL);
}

BfNotebook *
bf_notebook_new (const char *path)
{
  BfNotebook *self = g_new0 (BfNotebook, 1);

  g_atomic_ref_count_init (&self->references);
  self->path = g_strdup (path);
  self->period = SAVE_MICROSECONDS;
  self->keepers = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_keeper_unref);
  g_queue_init (&self->edits);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->thread = g_thread_new ("notebook", bf_notebook_write_thread, self);
  return self;
}

static BfNotebook *standard;

BfNotebook *
bf_notebook_get_default (void)
{
  if (!standard)
    {
      g_autofree char *path = bf_notebook_get_default_path ();

      standard = bf_notebook_new (path);
    }
  return standard;
}

void
bf_notebook_close_default (guint seconds)
{
  g_autoptr (GError) error = NULL;

  if (standard && !bf_notebook_close (standard, seconds, &error))
    g_message ("%s", error->message);
  g_clear_pointer (&standard, bf_notebook_unref);
}

BfNotebook *
bf_notebook_ref (BfNotebook *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_notebook_edit_free (BfNotebookEdit *edit)
{
  g_variant_unref (edit->values);
  g_free (edit);
}

static void
notebook_free (BfNotebook *self)
{
  g_queue_clear_full (&self->edits, (GDestroyNotify) bf_notebook_edit_free);
  g_ptr_array_unref (self->keepers);
  g_clear_error (&self->problem);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self->path);
  g_free (self);
}

/* The writing thread may hold the last one, in a keeper it lets go of; it cannot wait for itself. */
void
bf_notebook_unref (BfNotebook *self)
{
  GThread *thread;
  gboolean inside;

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  thread = self->thread;
  inside = g_thread_self () == thread;
  g_mutex_lock (&self->mutex);
  self->quit = TRUE;
  self->orphan = inside;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
  if (inside)
    return;
  g_thread_join (thread);
  notebook_free (self);
}

void
bf_notebook_end_orphan (BfNotebook *self)
{
  g_thread_unref (self->thread);
  notebook_free (self);
}

char *
bf_notebook_dup_path (BfNotebook *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return g_strdup (self->path);
}

/* Everything is tried again now. */
static void
try_again (BfNotebook *self)
{
  self->retry_at = 0;
  g_cond_broadcast (&self->changed);
}

void
bf_notebook_set_path (BfNotebook *self, const char *path)
{
  g_mutex_lock (&self->mutex);
  if (!g_str_equal (self->path, path))
    {
      g_free (self->path);
      self->path = g_strdup (path);
      self->generation++;
    }
  try_again (self);
  g_mutex_unlock (&self->mutex);
}

GError *
bf_notebook_get_problem (BfNotebook *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->problem ? g_error_copy (self->problem) : NULL;
}

static gboolean
is_waiting (BfNotebook *self)
{
  if (self->writing || self->edits.length > 0)
    return TRUE;
  for (guint i = 0; i < self->keepers->len; i++)
    {
      const BfKeeper *keeper = self->keepers->pdata[i];

      if (keeper->pending || keeper->closed)
        return TRUE;
    }
  return FALSE;
}

gboolean
bf_notebook_is_saved (BfNotebook *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return !self->problem && !is_waiting (self);
}

void
bf_notebook_retry (BfNotebook *self)
{
  g_mutex_lock (&self->mutex);
  try_again (self);
  g_mutex_unlock (&self->mutex);
}

/* With the mutex. What waits is written, or an attempt from now on has failed. */
static gboolean
wait_written (BfNotebook *self, GError **error)
{
  const guint64 before = self->attempts;

  try_again (self);
  while (is_waiting (self) && !(self->problem && self->attempts > before))
    g_cond_wait (&self->changed, &self->mutex);
  if (self->problem)
    g_propagate_error (error, g_error_copy (self->problem));
  return !self->problem;
}

gboolean
bf_notebook_flush (BfNotebook *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return wait_written (self, error);
}

static gboolean
is_open (BfNotebook *self)
{
  for (guint i = 0; i < self->keepers->len; i++)
    {
      BfKeeper *keeper = self->keepers->pdata[i];

      if (keeper->begun && !keeper->closed)
        return TRUE;
    }
  return FALSE;
}

gboolean
bf_notebook_close (BfNotebook *self, guint seconds, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const gint64 deadline = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;

  while (is_open (self) && g_cond_wait_until (&self->changed, &self->mutex, deadline))
    ;
  return wait_written (self, error);
}

/* Edits */

/* values: a tuple (floating). */
static void
add_edit (BfNotebook *self, const char *sql, GVariant *values)
{
  BfNotebookEdit *edit = g_new (BfNotebookEdit, 1);

  edit->sql = sql;
  edit->values = g_variant_ref_sink (values);
  g_queue_push_tail (&self->edits, edit);
  g_cond_broadcast (&self->changed);
}

gboolean
bf_notebook_open (BfNotebook *self, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  add_edit (self, "SELECT 1", g_variant_new ("()"));
  return wait_written (self, error);
}

/* The keeper of a run at work, which may not be in the file yet; else NULL. With the mutex. */
static BfKeeper *
find_keeper (BfNotebook *self, const char *uuid)
{
  for (guint i = 0; i < self->keepers->len; i++)
    if (g_str_equal (bf_keeper_get_uuid (self->keepers->pdata[i]), uuid))
      return self->keepers->pdata[i];
  return NULL;
}

void
bf_notebook_rename (BfNotebook *self, const char *uuid, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  BfKeeper *keeper = find_keeper (self, uuid);

  if (keeper)
    {
      g_free ((char *) keeper->info.name);
      keeper->info.name = g_strdup (name);
    }
  add_edit (self, "UPDATE run SET name = ? WHERE uuid = ?", g_variant_new ("(ss)", name, uuid));
}

void
bf_notebook_set_star (BfNotebook *self, const char *uuid, gboolean star)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  BfKeeper *keeper = find_keeper (self, uuid);

  if (keeper)
    keeper->star = star;
  add_edit (self, "UPDATE run SET star = ? WHERE uuid = ?", g_variant_new ("(xs)", (gint64) star, uuid));
}

/* Deleted runs stay in the file for a while, so that this can be undone. */
static void
set_deleted (BfNotebook *self, const char *uuid, gint64 when)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  BfKeeper *keeper = find_keeper (self, uuid);

  if (keeper)
    keeper->deleted = when;
  add_edit (self, "UPDATE run SET deleted = ? WHERE uuid = ?",
            g_variant_new ("(@mxs)", g_variant_new_maybe (G_VARIANT_TYPE_INT64, when ? g_variant_new_int64 (when) : NULL), uuid));
}

void
bf_notebook_delete (BfNotebook *self, const char *uuid)
{
  set_deleted (self, uuid, g_get_real_time () / G_USEC_PER_SEC);
}

void
bf_notebook_undelete (BfNotebook *self, const char *uuid)
{
  set_deleted (self, uuid, 0);
}

gint64
bf_notebook_new_draft (void)
{
  return g_get_real_time ();
}

void
bf_notebook_set_draft (BfNotebook *self, const BfNotebookDraft *draft)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  add_edit (self, "INSERT OR REPLACE INTO draft (id, changed, spec, saved, file, run, number) VALUES (?, ?, ?, ?, ?, ?, ?)",
            g_variant_new ("(xxsmsmsmsx)", draft->id, g_get_real_time (), draft->spec, draft->saved, draft->file,
                           draft->run, (gint64) draft->number));
}

void
bf_notebook_drop_draft (BfNotebook *self, gint64 id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  add_edit (self, "DELETE FROM draft WHERE id = ?", g_variant_new ("(x)", id));
}

void
bf_notebook_set_study (BfNotebook *self, gint64 id, const char *name, const char *text)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  add_edit (self, "INSERT OR REPLACE INTO study (id, changed, name, text) VALUES (?, ?, ?, ?)",
            g_variant_new ("(xxss)", id, g_get_real_time (), name, text));
}

void
bf_notebook_drop_study (BfNotebook *self, gint64 id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  add_edit (self, "DELETE FROM study WHERE id = ?", g_variant_new ("(x)", id));
}

/* A damaged file */

char *
bf_notebook_set_aside (BfNotebook *self, GError **error)
{
  static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d-%H%M%S");
  g_autofree char *path = bf_notebook_dup_path (self);
  g_autofree char *aside = g_strdup_printf ("%s-damaged-%s", path, date);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *from = g_strconcat (path, endings[i], NULL);
      g_autofree char *to = g_strconcat (aside, endings[i], NULL);

      if (g_rename (from, to) == 0 || errno == ENOENT)
        continue;
      bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_READ_ONLY, path, g_strerror (errno));
      return NULL;
    }
  g_mutex_lock (&self->mutex);
  self->generation++;
  try_again (self);
  g_mutex_unlock (&self->mutex);
  return g_steal_pointer (&aside);
}

void
bf_notebook_set_period (BfNotebook *self, gint64 microseconds)
{
  g_mutex_lock (&self->mutex);
  self->period = microseconds;
  g_mutex_unlock (&self->mutex);
}

void
bf_notebook_set_page_limit (BfNotebook *self, guint pages)
{
  g_mutex_lock (&self->mutex);
  self->page_limit = pages;
  try_again (self);
  g_mutex_unlock (&self->mutex);
}
