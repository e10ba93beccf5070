/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * SQLite in the manner of this house: statements with their values in one call, errors as GError
 * that name the file and the remedy.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* types: a letter a value: i gint64, u guint64, t text (NULL: null), d double (NaN: null), b GBytes,
 * which must outlive the statement. */
sqlite3_stmt *bf_sql_query (sqlite3 *db, GError **error, const char *sql, const char *types, ...);
/* TRUE: there is a row. FALSE: the end, or the error is set. */
gboolean      bf_sql_step  (sqlite3_stmt *statement, GError **error);
/* After the last step: whether all rows were read. failed: transfer full. */
gboolean      bf_sql_end   (sqlite3_stmt *statement, GError *failed, GError **error);
/* The whole statement, which gives no row that matters. */
gboolean      bf_sql_run   (sqlite3 *db, GError **error, const char *sql, const char *types, ...);
/* The same with the values of a tuple of x, s and ms. */
gboolean      bf_sql_run_tuple (sqlite3 *db, const char *sql, GVariant *values, GError **error);
/* Several statements without values. */
gboolean      bf_sql_exec  (sqlite3 *db, const char *sql, GError **error);
/* Binds again, to run the same statement with other values. */
gboolean      bf_sql_again (sqlite3_stmt *statement, GError **error, const char *types, ...);
/* The first number of the first row; fallback when there is none. */
gint64        bf_sql_get_number (sqlite3 *db, const char *sql, gint64 fallback);

char         *bf_sql_dup_text (sqlite3_stmt *statement, int column);   /* NULL for null */
GBytes       *bf_sql_dup_blob (sqlite3_stmt *statement, int column);
double        bf_sql_get_double (sqlite3_stmt *statement, int column); /* NaN for null */

/* The error of what this connection did last. */
void          bf_sql_set_error (GError **error, sqlite3 *db);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3, sqlite3_close_v2)

G_END_DECLS
