/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-notebook-study.h"

#include <string.h>

#include "bf-file.h"
#include "bf-notebook-private.h"

static void
add_text (GChecksum *checksum, const char *text)
{
  /* With its end, so that texts side by side do not run together. */
  g_checksum_update (checksum, (const guchar *) (text ? text : ""), text ? (gssize) strlen (text) + 1 : 1);
}

char *
bf_notebook_make_study_key (const BfStudy *study, const BfStudyRow *row, BfSpec *effective, const char *folder)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *spec = bf_file_print (effective);

  add_text (checksum, study->id);
  add_text (checksum, row->id);
  add_text (checksum, spec);
  add_text (checksum, folder);
  return g_strdup (g_checksum_get_string (checksum));
}

BfNotebookRun *
bf_notebook_find_study_run (BfNotebook *self, const char *key)
{
  g_autofree char *path = bf_notebook_dup_path (self);
  g_autofree char *machine = bf_notebook_describe_machine ();
  g_autofree char *uuid = NULL;
  g_autoptr (sqlite3) db = NULL;
  g_autoptr (sqlite3_stmt) row = NULL;

  db = g_file_test (path, G_FILE_TEST_EXISTS) ? bf_notebook_open_reader (path, NULL) : NULL;
  row = db ? bf_sql_query (db, NULL, "SELECT uuid FROM run WHERE study = ? AND version = ? AND machine = ?"
                                     " AND deleted IS NULL ORDER BY steps DESC LIMIT 1", "ttt", key, BF_VERSION, machine)
           : NULL;
  if (!row || !bf_sql_step (row, NULL))
    return NULL;
  uuid = bf_sql_dup_text (row, 0);
  return bf_notebook_load (self, uuid, NULL);
}

BfStudy *
bf_notebook_get_study (BfNotebook *self, gint64 *id)
{
  g_autofree char *path = bf_notebook_dup_path (self), *name = NULL, *text = NULL;
  g_autoptr (sqlite3) db = NULL;
  g_autoptr (sqlite3_stmt) row = NULL;
  BfStudy *study;

  db = g_file_test (path, G_FILE_TEST_EXISTS) ? bf_notebook_open_reader (path, NULL) : NULL;
  row = db ? bf_sql_query (db, NULL, "SELECT id, name, text FROM study ORDER BY changed DESC LIMIT 1", NULL) : NULL;
  if (!row || !bf_sql_step (row, NULL))
    return NULL;
  *id = sqlite3_column_int64 (row, 0);
  name = bf_sql_dup_text (row, 1);
  text = bf_sql_dup_text (row, 2);
  study = bf_study_parse (text, -1, name, NULL, NULL, NULL);
  if (!study)
    return NULL;
  /* A file has no id of its own, and the keys of the runs are made with it. */
  g_free (study->id);
  study->id = g_steal_pointer (&name);
  return study;
}
