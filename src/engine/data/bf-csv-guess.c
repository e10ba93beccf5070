/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-csv-guess.h"

#include <string.h>

/* Most cells of most tables: up to nine digits. Much faster than the general case. */
static gboolean
parse_short_integer (const char *cell, double *number)
{
  guint value = 0, n = 0;

  while (n < 9 && g_ascii_isdigit (cell[n]))
    value = 10 * value + (guint) (cell[n++] - '0');
  *number = value;
  return n > 0 && !cell[n];
}

gboolean
bf_csv_parse_number (const char *cell, double *number)
{
  char *end;

  if (parse_short_integer (cell, number))
    return TRUE;
  if (!*cell || cell[strspn (cell, "0123456789+-.eE")])
    return FALSE;
  *number = g_ascii_strtod (cell, &end);
  return end != cell && !*end;
}

gboolean
bf_csv_has_decimal_comma (const char *cell)
{
  const char *comma = strchr (cell, ',');
  g_autofree char *with_point = NULL;
  double number;

  if (!comma)
    return FALSE;
  with_point = g_strdup (cell);
  with_point[comma - cell] = '.';
  return bf_csv_parse_number (with_point, &number);
}

gboolean
bf_csv_looks_like_number (const char *cell)
{
  double number;

  return bf_csv_parse_number (cell, &number) || bf_csv_has_decimal_comma (cell);
}

/* Whether the first row's cell in a column occurs in no row below. */
static gboolean
is_unique (const BfCsvTable *table, guint column)
{
  const char *first = bf_csv_table_cell (table, 0, column);

  for (guint row = 1; row < table->n_rows; row++)
    if (g_str_equal (bf_csv_table_cell (table, row, column), first))
      return FALSE;
  return TRUE;
}

gboolean
bf_csv_has_header (const BfCsvTable *table)
{
  guint numbers = 0, counting_from_0 = 0, counting_from_1 = 0, unique_words = 0;

  for (guint column = 0; column < table->n_columns; column++)
    {
      const char *cell = bf_csv_table_cell (table, 0, column);
      double number;

      if (bf_csv_looks_like_number (cell))
        {
          numbers++;
          counting_from_0 += bf_csv_parse_number (cell, &number) && number == column;
          counting_from_1 += bf_csv_parse_number (cell, &number) && number == column + 1;
        }
      else if (*cell)
        unique_words += is_unique (table, column);
    }
  if (numbers == 0)
    return TRUE;
  return numbers >= 2 && unique_words > 0 && (counting_from_0 == numbers || counting_from_1 == numbers);
}
