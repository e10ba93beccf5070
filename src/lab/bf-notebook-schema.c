/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The notebook's tables. A version is reached by running the steps from the file's own version on,
 * all in one transaction; so an old notebook and a new one come out the same.
 *
 * What the file says of itself is read from its first bytes before SQLite is let near it: opening
 * alone may write (it plays back the log of a program that died), and a file that is damaged,
 * of another program or of a newer one must stay as it is.
 */
#include "bf-notebook-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* "Bflw"; `file` and others know a notebook by it. */
#define APPLICATION_ID 0x42666c77
#define BUSY_MILLISECONDS 5000
#define MOST_CHECKED (256 * 1024 * 1024)

static const char *const steps[] = {
  /* 1: runs and what belongs to them. Times are seconds since 1970; what is not finite is null.
   * A piece is some columns (kind 0) or a frame (kind 1) of the recording, head is the rest of it; the checkpoint
   * fits to them because all are replaced in one transaction. */
  "CREATE TABLE run ("
  "  id INTEGER PRIMARY KEY,"
  "  uuid TEXT NOT NULL UNIQUE,"
  "  name TEXT NOT NULL,"
  "  star INTEGER NOT NULL DEFAULT 0,"
  "  created INTEGER NOT NULL,"
  "  changed INTEGER NOT NULL,"
  "  deleted INTEGER,"
  "  state TEXT NOT NULL,"
  "  experiment TEXT NOT NULL,"
  "  remedies TEXT NOT NULL,"
  "  spec TEXT NOT NULL,"
  "  seed INTEGER NOT NULL,"
  "  threads INTEGER NOT NULL,"
  "  step_limit INTEGER NOT NULL DEFAULT 0,"
  "  folder TEXT,"
  "  version TEXT NOT NULL,"
  "  machine TEXT NOT NULL,"
  "  data TEXT NOT NULL,"
  "  steps INTEGER NOT NULL,"
  "  planned INTEGER NOT NULL,"
  "  test_loss REAL,"
  "  test_accuracy REAL,"
  "  study TEXT,"
  "  study_name TEXT,"
  "  study_row TEXT);"
  "CREATE TABLE epoch ("
  "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
  "  epoch INTEGER NOT NULL,"
  "  step INTEGER NOT NULL,"
  "  train_loss REAL,"
  "  train_accuracy REAL,"
  "  validation_loss REAL,"
  "  validation_accuracy REAL,"
  "  PRIMARY KEY (run, epoch)) WITHOUT ROWID;"
  "CREATE TABLE piece ("
  "  id INTEGER PRIMARY KEY,"
  "  run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
  "  kind INTEGER NOT NULL,"
  "  first INTEGER NOT NULL,"
  "  last INTEGER NOT NULL,"
  "  count INTEGER NOT NULL,"
  "  data BLOB NOT NULL,"
  "  UNIQUE (run, kind, first));"
  "CREATE TABLE checkpoint ("
  "  run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,"
  "  step INTEGER NOT NULL,"
  "  inputs INTEGER NOT NULL,"
  "  outputs INTEGER NOT NULL,"
  "  classes INTEGER NOT NULL,"
  "  head BLOB NOT NULL,"
  "  data BLOB NOT NULL);"
  "CREATE INDEX run_by_study ON run (study) WHERE study IS NOT NULL;",

  /* 2: what a window showed when it was closed. */
  "CREATE TABLE draft ("
  "  id INTEGER PRIMARY KEY,"
  "  changed INTEGER NOT NULL,"
  "  spec TEXT NOT NULL,"
  "  saved TEXT,"
  "  file TEXT,"
  "  run TEXT,"
  "  number INTEGER NOT NULL);",

  /* 3: studies under way, each as the .study file it would be. */
  "CREATE TABLE study ("
  "  id INTEGER PRIMARY KEY,"
  "  changed INTEGER NOT NULL,"
  "  name TEXT NOT NULL,"
  "  text TEXT NOT NULL);",
};

G_STATIC_ASSERT (G_N_ELEMENTS (steps) == BF_NOTEBOOK_VERSION);

GQuark
bf_notebook_error_quark (void)
{
  return g_quark_from_static_string ("bf-notebook-error");
}

/* A message for each kind: the file, what is the matter, what to do. Translators: {file} and {reason} are
 * filled in. */
void
bf_notebook_set_error (GError **error, BfNotebookErrorCode code, const char *path, const char *reason)
{
  static const char *const messages[] = {
    [BF_NOTEBOOK_ERROR_FAILED] = N_("The notebook “{file}” could not be written or read: {reason}. Try again, or keep it elsewhere."),
    [BF_NOTEBOOK_ERROR_FULL] = N_("The disk of the notebook “{file}” is full ({reason}). Training goes on, and the runs are not being saved: make room and try again, or keep the notebook elsewhere."),
    [BF_NOTEBOOK_ERROR_READ_ONLY] = N_("The notebook “{file}” or its folder cannot be written ({reason}). Training goes on, and the runs are not being saved: allow writing there and try again, or keep the notebook elsewhere."),
    [BF_NOTEBOOK_ERROR_NEWER] = N_("The notebook “{file}” was written by a newer Backflow ({reason}). It is left as it is: update Backflow, or keep the notebook elsewhere."),
    [BF_NOTEBOOK_ERROR_DAMAGED] = N_("The notebook “{file}” is damaged or is no notebook ({reason}). It is left as it is: move it aside and begin a new one, or keep the notebook elsewhere."),
    [BF_NOTEBOOK_ERROR_BUSY] = N_("The notebook “{file}” is in use by another program ({reason}). Close that program, or try again in a moment."),
    [BF_NOTEBOOK_ERROR_LOCKED] = N_("In the notebook “{file}”, this run is at work in another window ({reason}). Go on there, or close it."),
    [BF_NOTEBOOK_ERROR_NO_RUN] = N_("The notebook “{file}” has no run “{reason}”. Choose one from the list of runs."),
  };
  g_autoptr (GString) text = NULL;

  text = g_string_new (_(messages[code]));
  g_string_replace (text, "{reason}", reason, 1);
  g_string_replace (text, "{file}", path ? path : "", 1);
  g_set_error_literal (error, BF_NOTEBOOK_ERROR, (int) code, text->str);
}

static guint32
read_number (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

/* Version and owner stand at fixed places of every SQLite file. An empty file is a new notebook. */
static gboolean
check_first_bytes (const char *path, GError **error)
{
  guint8 head[100];
  gsize n;
  FILE *file = g_fopen (path, "rbe");

  if (!file)
    {
      if (errno == ENOENT)
        return TRUE;
      bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_READ_ONLY, path, g_strerror (errno));
      return FALSE;
    }
  n = fread (head, 1, sizeof head, file);
  fclose (file);
  if (n == 0)
    return TRUE;
  if (n < sizeof head || memcmp (head, "SQLite format 3", 16) != 0)
    bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_DAMAGED, path, _("it does not begin as a notebook does"));
  /* The owner is 0 while its first transaction is in the log only. */
  else if (read_number (head + 68) != APPLICATION_ID && read_number (head + 68) != 0)
    bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_DAMAGED, path, _("it belongs to another program"));
  else if (read_number (head + 60) > BF_NOTEBOOK_VERSION)
    {
      g_autofree char *version = g_strdup_printf (_("version %u"), read_number (head + 60));

      bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_NEWER, path, version);
    }
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_version (sqlite3 *db, const char *path, gint64 version, GError **error)
{
  const gint64 owner = bf_sql_get_number (db, "PRAGMA application_id", -1);
  g_autofree char *text = NULL;

  if (version < 0 || owner < 0)
    {
      bf_sql_set_error (error, db);
      return FALSE;
    }
  if (version > BF_NOTEBOOK_VERSION)
    {
      text = g_strdup_printf (_("version %u"), (guint) version);
      bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_NEWER, path, text);
      return FALSE;
    }
  /* Without owner it must be empty: a file of some other program is none of ours. */
  if (owner != APPLICATION_ID && bf_sql_get_number (db, "SELECT count(*) FROM sqlite_master", 1) != 0)
    {
      bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_DAMAGED, path, _("it belongs to another program"));
      return FALSE;
    }
  return TRUE;
}

/* Another process may be doing the same: the version is read again inside the transaction. */
static gboolean
migrate (sqlite3 *db, GError **error)
{
  g_autofree char *label = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
                                            APPLICATION_ID, BF_NOTEBOOK_VERSION);
  gint64 version;

  if (!bf_sql_exec (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  version = bf_sql_get_number (db, "PRAGMA user_version", 0);
  for (gint64 i = version; i < BF_NOTEBOOK_VERSION; i++)
    if (!bf_sql_exec (db, steps[i], error))
      {
        bf_sql_exec (db, "ROLLBACK", NULL);
        return FALSE;
      }
  if (bf_sql_exec (db, label, error))
    return TRUE;
  bf_sql_exec (db, "ROLLBACK", NULL);
  return FALSE;
}

/* Damage is looked for before anything is written, while that takes no time: a second for the largest. In a larger
 * file it is found where it is met. */
static gboolean
check_pages (sqlite3 *db, const char *path, GError **error)
{
  const gint64 size = bf_sql_get_number (db, "PRAGMA page_count", 0) * bf_sql_get_number (db, "PRAGMA page_size", 0);
  g_autoptr (sqlite3_stmt) check = NULL;
  g_autofree char *found = NULL;

  if (size > MOST_CHECKED)
    return TRUE;
  check = bf_sql_query (db, error, "PRAGMA quick_check (1)", NULL);
  if (!check || !bf_sql_step (check, error))
    return FALSE;
  found = bf_sql_dup_text (check, 0);
  if (g_str_equal (found, "ok"))
    return TRUE;
  bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_DAMAGED, path, found);
  return FALSE;
}

static sqlite3 *
open_file (const char *path, int flags, GError **error)
{
  g_autoptr (sqlite3) db = NULL;
  int code = sqlite3_open_v2 (path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL);

  if (!db)
    {
      bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_FAILED, path, sqlite3_errstr (code));
      return NULL;
    }
  sqlite3_extended_result_codes (db, 1);
  if (code != SQLITE_OK)
    {
      /* The name is not known to a connection that could not be opened. */
      const int reason = sqlite3_system_errno (db);

      bf_notebook_set_error (error, reason == ENOSPC ? BF_NOTEBOOK_ERROR_FULL : BF_NOTEBOOK_ERROR_READ_ONLY, path,
                             reason ? g_strerror (reason) : sqlite3_errmsg (db));
      return NULL;
    }
  sqlite3_busy_timeout (db, BUSY_MILLISECONDS);
  return g_steal_pointer (&db);
}

sqlite3 *
bf_notebook_open_writer (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (sqlite3) db = NULL;
  gint64 version;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      bf_notebook_set_error (error, errno == ENOSPC ? BF_NOTEBOOK_ERROR_FULL : BF_NOTEBOOK_ERROR_READ_ONLY, path,
                             g_strerror (errno));
      return NULL;
    }
  if (!check_first_bytes (path, error))
    return NULL;
  db = open_file (path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
  if (!db)
    return NULL;
  /* Until it is known to be ours, closing must not write either. */
  sqlite3_db_config (db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  version = bf_sql_get_number (db, "PRAGMA user_version", -1);
  if (!check_version (db, path, version, error) || !check_pages (db, path, error))
    return NULL;
  if (sqlite3_db_readonly (db, "main"))
    {
      bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_READ_ONLY, path, g_strerror (EACCES));
      return NULL;
    }
  sqlite3_db_config (db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
  /* A transaction is safe against the end of the program at once, and against that of the machine
   * in order: the log is only synchronized before it is played back. */
  if (!bf_sql_exec (db, "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                        "PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 16777216", error))
    return NULL;
  if (version < BF_NOTEBOOK_VERSION && !migrate (db, error))
    return NULL;
  return g_steal_pointer (&db);
}

sqlite3 *
bf_notebook_open_reader (const char *path, GError **error)
{
  g_autoptr (sqlite3) db = NULL;

  if (!check_first_bytes (path, error))
    return NULL;
  db = open_file (path, SQLITE_OPEN_READONLY, error);
  if (!db)
    return NULL;
  if (!check_version (db, path, bf_sql_get_number (db, "PRAGMA user_version", -1), error))
    return NULL;
  return g_steal_pointer (&db);
}
