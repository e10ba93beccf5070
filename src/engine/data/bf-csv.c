/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the cells of a table mean. Every column but the target must be numbers; nothing is guessed,
 * filled in or left out in silence, since a wrong sample is worse than an error with a line number.
 */
#include "bf-csv.h"

#include <float.h>
#include <glib/gi18n-lib.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../bf-random.h"
#include "bf-count.h"
#include "bf-csv-guess.h"
#include "bf-csv-table.h"

/* Cells that an error names besides the first. */
#define REFUSED_LISTED 6

typedef struct
{
  BfCsvTable *cells;
  guint first_row;    /* 1: there is a header */
  guint n;            /* samples */
  guint target;       /* column */
  guint *row_order;   /* (n): rows of the table, training first */
} Table;

static void
table_clear (Table *self)
{
  g_clear_pointer (&self->cells, bf_csv_table_free);
  g_clear_pointer (&self->row_order, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

/* A column's name, or its number where it has none. Transfer full. */
static char *
column_name (const Table *self, guint column)
{
  const char *name = self->first_row ? bf_csv_table_cell (self->cells, 0, column) : "";

  return *name ? g_strdup (name) : g_strdup_printf ("%u", column + 1);
}

static gboolean
find_target (Table *self, const char *target, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  self->target = self->cells->n_columns - 1;
  if (!*target)
    return TRUE;
  for (guint column = 0; column < self->cells->n_columns; column++)
    {
      g_autofree char *name = column_name (self, column);

      if (g_str_equal (name, target))
        {
          self->target = column;
          return TRUE;
        }
      if (column < 20)
        g_string_append_printf (known, "%s%s", column ? ", " : "", name);
      else if (column == 20)
        g_string_append (known, ", …");
    }
  g_set_error (error, BF_ERROR, BF_ERROR_UNKNOWN, _("“%s” has no column “%s”. It has: %s."),
               self->cells->name, target, known->str);
  return FALSE;
}

/* Why a cell that should be a number cannot be used. */
static gboolean
refuse_cell (const Table *self, guint row, guint column, GError **error)
{
  const char *cell = bf_csv_table_cell (self->cells, row, column);
  const char *file = self->cells->name;
  const guint line = bf_csv_table_line (self->cells, row);
  g_autofree char *name = column_name (self, column);
  g_autofree char *shown = g_utf8_strlen (cell, -1) > 40 ? g_utf8_substring (cell, 0, 40) : g_strdup (cell);
  double number;

  if (!*cell)
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s”, line %u: column “%s” is empty. Fill it in or remove the line."),
                 file, line, name);
  else if (bf_csv_parse_number (cell, &number))
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s”, line %u: “%s” in column “%s” is too large a number."),
                 file, line, shown, name);
  else if (bf_csv_has_decimal_comma (cell))
    g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                 _("“%s”, line %u: “%s” in column “%s” has a decimal comma. Save the table with decimal points."),
                 file, line, shown, name);
  else
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s”, line %u: “%s” in column “%s” is not a number."),
                 file, line, shown, name);
  return FALSE;
}

static gboolean
read_number (const Table *self, guint row, guint column, double *number)
{
  return bf_csv_parse_number (bf_csv_table_cell (self->cells, row, column), number) && fabs (*number) <= FLT_MAX;
}

/* Whether a column's cells are mainly words; *row is the first of them. */
static gboolean
is_text (const Table *self, guint column, guint *row)
{
  guint numbers = 0, words = 0;

  for (guint r = self->first_row; r < self->cells->n_rows; r++)
    {
      const char *cell = bf_csv_table_cell (self->cells, r, column);

      if (bf_csv_looks_like_number (cell))
        numbers++;
      else if (*cell && words++ == 0)
        *row = r;
    }
  return words > numbers;
}

/* Whether a cell cannot be used in a column of numbers, or in one of words. */
static gboolean
is_refused (const Table *self, guint row, guint column, gboolean text)
{
  double number;

  return text ? !*bf_csv_table_cell (self->cells, row, column) : !read_number (self, row, column, &number);
}

/* Adds to an error of one cell how many there are in all, and where the first of them are. */
static void
list_refused (const Table *self, GError **error)
{
  g_autoptr (GString) places = g_string_new (NULL);
  g_autofree gboolean *text = g_new (gboolean, self->cells->n_columns);
  g_autofree char *first = NULL;
  guint n = 0, row = 0;

  if (!error || !*error)
    return;
  for (guint column = 0; column < self->cells->n_columns; column++)
    text[column] = is_text (self, column, &row);
  for (guint r = self->first_row; r < self->cells->n_rows; r++)
    for (guint column = 0; column < self->cells->n_columns; column++)
      {
        g_autofree char *name = NULL;

        if (!is_refused (self, r, column, text[column]) || n++ >= REFUSED_LISTED)
          continue;
        name = column_name (self, column);
        g_string_append (places, n > 1 ? ", " : "");
        /* Translators: a place in a table: line, name of the column */
        g_string_append_printf (places, _("line %u “%s”"), bf_csv_table_line (self->cells, r), name);
      }
  if (n <= 1)
    return;
  g_string_append (places, n > REFUSED_LISTED ? ", …" : "");
  first = g_steal_pointer (&(*error)->message);
  /* Translators: a whole sentence on the first cell, number of cells, their places */
  (*error)->message = g_strdup_printf (_("%s In all, %u cells cannot be used: %s."), first, n, places->str);
}

/* A cell among the inputs is no number: either the whole column holds text, or this one is wrong. */
static gboolean
refuse_input (const Table *self, guint row, guint column, GError **error)
{
  g_autofree char *name = NULL;
  guint first = row;

  if (!is_text (self, column, &first))
    {
      refuse_cell (self, row, column, error);
      /* Decimal commas are one mistake, not many. */
      if (!bf_csv_has_decimal_comma (bf_csv_table_cell (self->cells, row, column)))
        list_refused (self, error);
      return FALSE;
    }
  name = column_name (self, column);
  g_set_error (error, BF_ERROR, BF_ERROR_FILE,
               _("“%s”: column “%s” holds text (“%s” in line %u), and inputs must be numbers. "
                 "Remove the column, or write numbers for its words."),
               self->cells->name, name, bf_csv_table_cell (self->cells, first, column),
               bf_csv_table_line (self->cells, first));
  return FALSE;
}

/* Draws the test samples; both parts keep the file's order. */
static void
order_rows (Table *self, BfRawData *raw, guint64 seed)
{
  g_autofree guint *drawn = g_new (guint, self->n);
  g_autofree guint8 *is_test = g_new0 (guint8, self->n);
  g_autoptr (gsl_rng) random = bf_random_new (seed, 0, 0, "data");
  guint train = 0, test;

  raw->n_test = (guint) lround (BF_CSV_TEST_SHARE * self->n);
  raw->n_train = self->n - raw->n_test;
  for (guint i = 0; i < self->n; i++)
    drawn[i] = i;
  gsl_ran_shuffle (random, drawn, self->n, sizeof *drawn);
  for (guint i = 0; i < raw->n_test; i++)
    is_test[drawn[i]] = 1;
  self->row_order = g_new (guint, self->n);
  test = raw->n_train;
  for (guint i = 0; i < self->n; i++)
    self->row_order[is_test[i] ? test++ : train++] = self->first_row + i;
}

static gboolean
read_inputs (const Table *self, BfRawData *raw, GCancellable *cancellable, GError **error)
{
  const guint n_columns = self->cells->n_columns;
  g_autofree gsize *place = g_new (gsize, self->cells->n_rows);

  /* In the file's order, so that the first wrong line is the one named. */
  for (guint i = 0; i < self->n; i++)
    place[self->row_order[i]] = i;
  raw->inputs = n_columns - 1;
  raw->values = g_try_new (float, (gsize) self->n * raw->inputs);
  if (!raw->values)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("There is not enough memory for “%s”."), self->cells->name);
      return FALSE;
    }
  for (guint row = self->first_row; row < self->cells->n_rows; row++)
    {
      float *x = raw->values + place[row] * raw->inputs;

      if (row % 1024 == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (guint column = 0; column < n_columns; column++)
        {
          double number = 0;

          if (column == self->target)
            continue;
          if (!read_number (self, row, column, &number))
            return refuse_input (self, row, column, error);
          *x++ = (float) number;
        }
    }
  raw->input_names = g_new0 (char *, raw->inputs + 1);
  for (guint column = 0, j = 0; column < n_columns; column++)
    if (column != self->target)
      raw->input_names[j++] = column_name (self, column);
  return TRUE;
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Makes each different word a class, in alphabetic order, and gives each word its number. */
static void
make_classes (BfRawData *raw, GHashTable *words)
{
  g_autofree const char **sorted = (const char **) g_hash_table_get_keys_as_array (words, NULL);

  raw->classes = raw->outputs = g_hash_table_size (words);
  qsort (sorted, raw->classes, sizeof *sorted, compare_words);
  raw->class_names = g_strdupv ((char **) sorted);
  for (guint k = 0; k < raw->classes; k++)
    g_hash_table_insert (words, (char *) sorted[k], GUINT_TO_POINTER (k));
}

static gboolean
refuse_classes (const Table *self, guint n, GError **error)
{
  g_autofree char *name = column_name (self, self->target);
  g_autofree char *most = bf_group_digits (BF_CSV_MAX_CLASSES);

  if (n < 2)
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s”: the target column “%s” has the same value in every line."),
                 self->cells->name, name);
  else
    g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                 _("“%s”: the target column “%s” has more than %s different words, too many for classes. Choose another column."),
                 self->cells->name, name, most);
  return FALSE;
}

static gboolean
read_words (const Table *self, BfRawData *raw, GError **error)
{
  g_autoptr (GHashTable) words = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint row = self->first_row; row < self->cells->n_rows; row++)
    {
      const char *cell = bf_csv_table_cell (self->cells, row, self->target);

      if (!*cell)
        return refuse_cell (self, row, self->target, error);
      g_hash_table_add (words, (char *) cell);
      if (g_hash_table_size (words) > BF_CSV_MAX_CLASSES)
        return refuse_classes (self, g_hash_table_size (words), error);
    }
  if (g_hash_table_size (words) < 2)
    return refuse_classes (self, 1, error);
  make_classes (raw, words);
  raw->labels = g_new (guint16, self->n);
  for (guint i = 0; i < self->n; i++)
    raw->labels[i] = (guint16) GPOINTER_TO_UINT (g_hash_table_lookup (words,
                       bf_csv_table_cell (self->cells, self->row_order[i], self->target)));
  return TRUE;
}

/* Turns few different whole numbers into classes; else leaves the targets. "1" and "1.0" are one. */
static gboolean
make_number_classes (const Table *self, BfRawData *raw, GError **error)
{
  double different[BF_CSV_FEW_NUMBERS];
  guint n = 0;

  for (guint i = 0; i < self->n; i++)
    {
      const double value = raw->targets[i];
      guint k;

      if (value != floor (value) || fabs (value) > 1e6)
        return TRUE;
      for (k = 0; k < n && different[k] != value; k++)
        ;
      if (k < n)
        continue;
      if (n == BF_CSV_FEW_NUMBERS)
        return TRUE;
      for (k = n++; k > 0 && different[k - 1] > value; k--)
        different[k] = different[k - 1];
      different[k] = value;
    }
  if (n < 2)
    return refuse_classes (self, n, error);
  raw->classes = raw->outputs = n;
  raw->class_names = g_new0 (char *, n + 1);
  for (guint k = 0; k < n; k++)
    raw->class_names[k] = g_strdup_printf ("%d", (int) different[k]);
  raw->labels = g_new0 (guint16, self->n);
  for (guint i = 0; i < self->n; i++)
    while (different[raw->labels[i]] != raw->targets[i])
      raw->labels[i]++;
  g_clear_pointer (&raw->targets, g_free);
  return TRUE;
}

static gboolean
read_numbers (const Table *self, BfRawData *raw, GError **error)
{
  raw->outputs = 1;
  raw->targets = g_new (float, self->n);
  for (guint row = self->first_row; row < self->cells->n_rows; row++)
    {
      double number;

      if (!read_number (self, row, self->target, &number))
        return refuse_cell (self, row, self->target, error);
    }
  for (guint i = 0; i < self->n; i++)
    {
      double number = 0;

      bf_csv_parse_number (bf_csv_table_cell (self->cells, self->row_order[i], self->target), &number);
      raw->targets[i] = (float) number;
    }
  return make_number_classes (self, raw, error);
}

static gboolean
check_size (const Table *self, GError **error)
{
  if (self->cells->n_rows == 0)
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” is empty."), self->cells->name);
  else if (self->cells->n_columns < 2)
    g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                 _("“%s” has one column; a table needs inputs and a target, separated by a comma, semicolon, tab or vertical bar."),
                 self->cells->name);
  else if (self->n < 2)
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” has fewer than two lines of numbers."), self->cells->name);
  else
    return TRUE;
  return FALSE;
}

static char *
describe (const Table *self, const BfRawData *raw)
{
  g_autofree char *target = column_name (self, self->target);
  g_autofree char *n_train = bf_group_digits (raw->n_train);
  g_autofree char *n_test = bf_group_digits (raw->n_test);

  return g_strdup_printf (raw->classes ? _("%s, %s training and %s test lines, classes from column “%s”")
                                       : _("%s, %s training and %s test lines, numbers from column “%s”"),
                          self->cells->name, n_train, n_test, target);
}

BfRawData *
bf_csv_read (const char *path, const char *target, guint64 seed, GCancellable *cancellable, GError **error)
{
  g_auto (Table) self = { NULL };
  g_autoptr (BfRawData) raw = g_new0 (BfRawData, 1);
  guint row;

  self.cells = bf_csv_table_read (path, cancellable, error);
  if (!self.cells)
    return NULL;
  self.first_row = self.cells->n_rows > 0 && bf_csv_has_header (self.cells);
  self.n = self.cells->n_rows - self.first_row;
  if (!check_size (&self, error) || !find_target (&self, target, error))
    return NULL;
  order_rows (&self, raw, seed);
  if (!read_inputs (&self, raw, cancellable, error)
      || !(is_text (&self, self.target, &row) ? read_words (&self, raw, error) : read_numbers (&self, raw, error)))
    return NULL;
  raw->name = g_strdup (self.cells->name);
  raw->origin = describe (&self, raw);
  raw->files = g_strdupv ((char *[]) { (char *) path, NULL });
  return g_steal_pointer (&raw);
}
