/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-csv-table.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "../bf-kind.h"
#include "bf-count.h"

/* In the order of preference: a comma may also be a decimal sign, so it comes last. */
static const char separators[] = { '\t', ';', '|', ',' };

#define SAMPLED_ROWS 20u

typedef struct
{
  BfCsvTable *table;
  char *at;
  guint line;
  guint row_cells;   /* of the row being cut */
} Scanner;

void
bf_csv_table_free (BfCsvTable *self)
{
  if (!self)
    return;
  g_free (self->name);
  g_free (self->text);
  g_clear_pointer (&self->cells, g_array_unref);
  g_clear_pointer (&self->lines, g_array_unref);
  g_free (self);
}

static gboolean
refuse_size (const BfCsvTable *self, GError **error)
{
  g_autofree char *most = g_format_size_full (BF_CSV_MAX_BYTES, G_FORMAT_SIZE_IEC_UNITS);

  g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("“%s” is larger than %s, the most that can be read as a table."),
               self->name, most);
  return FALSE;
}

/* The limit holds for what is really read, whatever the folder says about the file's size. */
static gboolean
read_text (BfCsvTable *self, const char *path, gsize *length, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NONE, cancellable, error);
  g_autoptr (GFileInputStream) stream = NULL;
  gsize room;

  if (!info)
    return FALSE;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” is not an ordinary file."), self->name);
      return FALSE;
    }
  if ((guint64) g_file_info_get_size (info) > BF_CSV_MAX_BYTES)
    return refuse_size (self, error);
  stream = g_file_read (file, cancellable, error);
  if (!stream)
    return FALSE;
  room = (gsize) g_file_info_get_size (info);
  self->text = g_try_malloc (room + 1);
  if (!self->text)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("There is not enough memory for “%s”."), self->name);
      return FALSE;
    }
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), self->text, room, length, cancellable, error))
    return FALSE;
  self->text[*length] = '\0';
  return TRUE;
}

/* Makes the text UTF-8 without a byte order mark. Bytes that are not UTF-8 are taken for the
 * encoding of Western European spreadsheets: digits are the same there, and names stay readable. */
static gboolean
decode (BfCsvTable *self, gsize length, GError **error)
{
  const guchar *bytes = (const guchar *) self->text;
  char *decoded;

  if (length >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” is encoded in UTF-16. Save it as UTF-8."), self->name);
      return FALSE;
    }
  if (memchr (self->text, '\0', length))
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” is not a text file: it contains zero bytes."), self->name);
      return FALSE;
    }
  if (g_str_has_prefix (self->text, "\xef\xbb\xbf"))
    {
      length -= 3;
      memmove (self->text, self->text + 3, length + 1);
    }
  if (g_utf8_validate (self->text, (gssize) length, NULL))
    return TRUE;
  decoded = g_convert (self->text, (gssize) length, "UTF-8", "WINDOWS-1252", NULL, NULL, NULL);
  if (!decoded)
    decoded = g_convert (self->text, (gssize) length, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
  if (!decoded)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” is not encoded in UTF-8. Save it as UTF-8."), self->name);
      return FALSE;
    }
  g_free (self->text);
  self->text = decoded;
  return TRUE;
}

static gboolean
is_blank (char c, char separator)
{
  return c == ' ' || (c == '\t' && separator != '\t');
}

static gboolean
is_line_end (char c)
{
  return c == '\n' || c == '\r' || c == '\0';
}

/* Past a line's end: LF, CR LF or CR. */
static const char *
skip_line_end (const char *at)
{
  if (at[0] == '\r' && at[1] == '\n')
    return at + 2;
  return *at ? at + 1 : at;
}

/* Counts the cells of the row at `at` without changing it; returns where the next row begins. */
static const char *
count_cells (const char *at, char separator, guint *n_cells)
{
  gboolean at_start = TRUE;

  *n_cells = 1;
  for (; !is_line_end (*at); at++)
    if (at_start && *at == '"')
      {
        do
          at++;
        while (*at && (*at != '"' || *++at == '"'));
        at--;
        at_start = FALSE;
      }
    else
      {
        *n_cells += *at == separator;
        at_start = *at == separator || (at_start && is_blank (*at, separator));
      }
  return skip_line_end (at);
}

/* How many of the first rows have as many cells as the first one, which has more than one; *widest
 * is the largest number of cells seen. */
static guint
count_agreeing_rows (const char *text, char separator, guint *n_rows, guint *widest)
{
  const char *at = text;
  guint agreeing = 0, first = 0;

  *n_rows = 0;
  *widest = 0;
  while (*at && *n_rows < SAMPLED_ROWS)
    {
      const gboolean empty = is_line_end (*at);
      guint n;

      at = count_cells (at, separator, &n);
      if (empty)
        continue;
      if (*n_rows == 0)
        first = n;
      (*n_rows)++;
      *widest = MAX (*widest, n);
      agreeing += n == first && n > 1;
    }
  return agreeing;
}

/* The first separator that cuts all of the first rows alike; else the one that cuts most. */
static char
find_separator (const char *text)
{
  guint most = 1;
  char best = ',';

  for (guint i = 0; i < sizeof separators; i++)
    {
      guint n_rows, widest;

      if (count_agreeing_rows (text, separators[i], &n_rows, &widest) == n_rows && n_rows > 0)
        return separators[i];
      if (widest > most)
        {
          most = widest;
          best = separators[i];
        }
    }
  return best;
}

static gboolean
cut_quoted (Scanner *self, char **cell, GError **error)
{
  const char separator = self->table->separator;
  const guint opened = self->line;
  char *at = self->at + 1, *end = at;

  *cell = at;
  while (*at && (*at != '"' || at[1] == '"'))
    {
      self->line += *at == '\n' || (*at == '\r' && at[1] != '\n');
      at += *at == '"';
      *end++ = *at++;
    }
  if (!*at)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s”, line %u: the quotation mark that opens here is never closed."),
                   self->table->name, opened);
      return FALSE;
    }
  at++;
  *end = '\0';
  while (is_blank (*at, separator))
    at++;
  if (!is_line_end (*at) && *at != separator)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s”, line %u: there is text after a closing quotation mark."),
                   self->table->name, self->line);
      return FALSE;
    }
  self->at = at;
  return TRUE;
}

/* Returns what ended the cell; it may have been overwritten by the cell's NUL. */
static char
cut_plain (Scanner *self, char **cell)
{
  const char separator = self->table->separator;
  char *at = self->at, *end, ended_by;

  *cell = at;
  while (!is_line_end (*at) && *at != separator)
    at++;
  for (end = at; end > *cell && is_blank (end[-1], separator); end--)
    ;
  ended_by = *at;
  if (ended_by == '\r' && at[1] == '\n')
    at++;
  *end = '\0';
  self->at = ended_by ? at + 1 : at;
  return ended_by;
}

/* Cuts one cell; *last: it ends the row. */
static gboolean
cut_cell (Scanner *self, gboolean *last, GError **error)
{
  BfCsvTable *table = self->table;
  char *cell, ended_by;
  guint32 offset;

  while (is_blank (*self->at, table->separator))
    self->at++;
  if (*self->at == '"')
    {
      if (!cut_quoted (self, &cell, error))
        return FALSE;
      ended_by = *self->at;
      self->at = ended_by == table->separator ? self->at + 1 : (char *) skip_line_end (self->at);
    }
  else
    ended_by = cut_plain (self, &cell);
  self->line += ended_by == '\n' || ended_by == '\r';
  *last = is_line_end (ended_by);
  offset = (guint32) (cell - table->text);
  g_array_append_val (table->cells, offset);
  self->row_cells++;
  return TRUE;
}

static gboolean
refuse_ragged (const BfCsvTable *self, guint line, guint n_cells, GError **error)
{
  g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s”, line %u: %u columns, but line %u has %u."),
               self->name, line, n_cells, bf_csv_table_line (self, 0), self->n_columns);
  return FALSE;
}

static gboolean
row_is_empty (const BfCsvTable *self, guint n_cells)
{
  for (guint i = self->cells->len - n_cells; i < self->cells->len; i++)
    if (self->text[g_array_index (self->cells, guint32, i)])
      return FALSE;
  return TRUE;
}

/* Cuts one row; rows of empty cells, as spreadsheets leave them, are passed over. */
static gboolean
cut_row (Scanner *self, GError **error)
{
  BfCsvTable *table = self->table;
  const guint32 line = self->line;
  gboolean last = FALSE;

  self->row_cells = 0;
  while (!last)
    {
      if (!cut_cell (self, &last, error))
        return FALSE;
      if (self->row_cells > BF_CSV_MAX_COLUMNS || table->cells->len > BF_CSV_MAX_CELLS)
        {
          g_autofree char *columns = bf_group_digits (BF_CSV_MAX_COLUMNS);
          g_autofree char *cells = bf_group_digits (BF_CSV_MAX_CELLS);

          g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE,
                       _("“%s”, line %u: a table can have at most %s columns and %s cells."),
                       table->name, line, columns, cells);
          return FALSE;
        }
    }
  if (row_is_empty (table, self->row_cells))
    {
      g_array_set_size (table->cells, table->cells->len - self->row_cells);
      return TRUE;
    }
  g_array_append_val (table->lines, line);
  if (table->n_rows++ == 0)
    table->n_columns = self->row_cells;
  return self->row_cells == table->n_columns || refuse_ragged (table, line, self->row_cells, error);
}

BfCsvTable *
bf_csv_table_read (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (BfCsvTable) self = g_new0 (BfCsvTable, 1);
  Scanner scanner = { .table = self, .line = 1 };
  gsize length;

  self->name = g_filename_display_basename (path);
  self->cells = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->lines = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (!read_text (self, path, &length, cancellable, error) || !decode (self, length, error))
    return NULL;
  self->separator = find_separator (self->text);
  for (scanner.at = self->text; *scanner.at;)
    if (!cut_row (&scanner, error)
        || (self->n_rows % 4096 == 0 && g_cancellable_set_error_if_cancelled (cancellable, error)))
      return NULL;
  return g_steal_pointer (&self);
}
