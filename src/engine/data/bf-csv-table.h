/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Text in rows and columns: RFC 4180 with the habits of spreadsheets (other separators, a byte order
 * mark, empty lines, old encodings). What the cells mean is bf-csv.c's business.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BF_CSV_MAX_BYTES   (256u << 20)
#define BF_CSV_MAX_COLUMNS 10000u
#define BF_CSV_MAX_CELLS   (64u << 20)

typedef struct
{
  char *name;        /* of the file without folders, for messages */
  char *text;        /* cut into cells, each ended by NUL; valid UTF-8 */
  char separator;
  guint n_columns;   /* of every row */
  guint n_rows;
  GArray *cells;     /* guint32: offsets into text, row after row */
  GArray *lines;     /* guint32: line of the file where a row begins, from 1 */
} BfCsvTable;

BfCsvTable *bf_csv_table_read (const char *path, GCancellable *cancellable, GError **error);
void        bf_csv_table_free (BfCsvTable *self);

static inline const char *
bf_csv_table_cell (const BfCsvTable *self, guint row, guint column)
{
  return self->text + g_array_index (self->cells, guint32, (gsize) row * self->n_columns + column);
}

static inline guint
bf_csv_table_line (const BfCsvTable *self, guint row)
{
  return g_array_index (self->lines, guint32, row);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfCsvTable, bf_csv_table_free)

G_END_DECLS
