/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-notebook-sql.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "bf-notebook-private.h"

static BfNotebookErrorCode
get_code (sqlite3 *db)
{
  const int reason = sqlite3_system_errno (db);

  switch (sqlite3_errcode (db) & 0xff)
    {
    case SQLITE_FULL:
      return BF_NOTEBOOK_ERROR_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      return BF_NOTEBOOK_ERROR_READ_ONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return BF_NOTEBOOK_ERROR_DAMAGED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return BF_NOTEBOOK_ERROR_BUSY;
    case SQLITE_IOERR:
      if (reason == ENOSPC || reason == EDQUOT)
        return BF_NOTEBOOK_ERROR_FULL;
      return reason == EROFS || reason == EACCES || reason == EPERM ? BF_NOTEBOOK_ERROR_READ_ONLY : BF_NOTEBOOK_ERROR_FAILED;
    default:
      return BF_NOTEBOOK_ERROR_FAILED;
    }
}

void
bf_sql_set_error (GError **error, sqlite3 *db)
{
  bf_notebook_set_error (error, get_code (db), sqlite3_db_filename (db, "main"), sqlite3_errmsg (db));
}

static int
bind_one (sqlite3_stmt *statement, int place, char type, va_list *values)
{
  const char *text;
  GBytes *bytes;
  double number;

  switch (type)
    {
    case 'i':
      return sqlite3_bind_int64 (statement, place, va_arg (*values, gint64));
    case 'u':
      return sqlite3_bind_int64 (statement, place, (gint64) va_arg (*values, guint64));
    case 'd':
      number = va_arg (*values, double);
      return isnan (number) ? sqlite3_bind_null (statement, place) : sqlite3_bind_double (statement, place, number);
    case 't':
      text = va_arg (*values, const char *);
      return sqlite3_bind_text (statement, place, text, -1, SQLITE_TRANSIENT);
    case 'b':
      bytes = va_arg (*values, GBytes *);
      return sqlite3_bind_blob64 (statement, place, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), SQLITE_STATIC);
    default:
      g_assert_not_reached ();
    }
}

static gboolean
bind_all (sqlite3_stmt *statement, const char *types, va_list *values, GError **error)
{
  for (int i = 0; types && types[i]; i++)
    if (bind_one (statement, i + 1, types[i], values) != SQLITE_OK)
      {
        bf_sql_set_error (error, sqlite3_db_handle (statement));
        return FALSE;
      }
  return TRUE;
}

static sqlite3_stmt *
prepare (sqlite3 *db, GError **error, const char *sql, const char *types, va_list *values)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    {
      bf_sql_set_error (error, db);
      return NULL;
    }
  return bind_all (statement, types, values, error) ? g_steal_pointer (&statement) : NULL;
}

sqlite3_stmt *
bf_sql_query (sqlite3 *db, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  va_list values;

  va_start (values, types);
  statement = prepare (db, error, sql, types, &values);
  va_end (values);
  return statement;
}

gboolean
bf_sql_step (sqlite3_stmt *statement, GError **error)
{
  const int code = sqlite3_step (statement);

  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    bf_sql_set_error (error, sqlite3_db_handle (statement));
  return FALSE;
}

gboolean
bf_sql_end (sqlite3_stmt *statement, GError *failed, GError **error)
{
  if (failed)
    g_propagate_error (error, failed);
  return statement && !failed;
}

static gboolean
finish (sqlite3_stmt *statement, GError **error)
{
  int code;

  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    ;
  if (code != SQLITE_DONE)
    bf_sql_set_error (error, sqlite3_db_handle (statement));
  return code == SQLITE_DONE;
}

gboolean
bf_sql_run (sqlite3 *db, GError **error, const char *sql, const char *types, ...)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  va_list values;

  va_start (values, types);
  statement = prepare (db, error, sql, types, &values);
  va_end (values);
  return statement && finish (statement, error);
}

static int
bind_variant (sqlite3_stmt *statement, int place, GVariant *value)
{
  g_autoptr (GVariant) inner = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    return sqlite3_bind_int64 (statement, place, g_variant_get_int64 (value));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return sqlite3_bind_text (statement, place, g_variant_get_string (value, NULL), -1, SQLITE_TRANSIENT);
  inner = g_variant_get_maybe (value);
  return inner ? bind_variant (statement, place, inner) : sqlite3_bind_null (statement, place);
}

gboolean
bf_sql_run_tuple (sqlite3 *db, const char *sql, GVariant *values, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = bf_sql_query (db, error, sql, NULL);

  for (gsize i = 0; statement && i < g_variant_n_children (values); i++)
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (values, i);

      if (bind_variant (statement, (int) i + 1, value) != SQLITE_OK)
        {
          bf_sql_set_error (error, db);
          return FALSE;
        }
    }
  return statement && finish (statement, error);
}

gboolean
bf_sql_again (sqlite3_stmt *statement, GError **error, const char *types, ...)
{
  gboolean bound;
  va_list values;

  sqlite3_reset (statement);
  va_start (values, types);
  bound = bind_all (statement, types, &values, error);
  va_end (values);
  return bound && finish (statement, error);
}

gboolean
bf_sql_exec (sqlite3 *db, const char *sql, GError **error)
{
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  bf_sql_set_error (error, db);
  return FALSE;
}

gint64
bf_sql_get_number (sqlite3 *db, const char *sql, gint64 fallback)
{
  g_autoptr (sqlite3_stmt) statement = bf_sql_query (db, NULL, sql, NULL);

  return statement && bf_sql_step (statement, NULL) ? sqlite3_column_int64 (statement, 0) : fallback;
}

char *
bf_sql_dup_text (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

GBytes *
bf_sql_dup_blob (sqlite3_stmt *statement, int column)
{
  const void *data = sqlite3_column_blob (statement, column);

  return g_bytes_new (data, (gsize) sqlite3_column_bytes (statement, column));
}

double
bf_sql_get_double (sqlite3_stmt *statement, int column)
{
  return sqlite3_column_type (statement, column) == SQLITE_NULL ? NAN : sqlite3_column_double (statement, column);
}
