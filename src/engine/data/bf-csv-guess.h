/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What a cell looks like, and whether a table begins with names.
 */
#pragma once

#include "bf-csv-table.h"

G_BEGIN_DECLS

/* A decimal number as files write it: no words (nan, inf), no hexadecimal, no grouping. It may be
 * infinite where the digits overflow. */
gboolean bf_csv_parse_number      (const char *cell, double *number);
/* "1,5": a number in the other half of the world. */
gboolean bf_csv_has_decimal_comma (const char *cell);
gboolean bf_csv_looks_like_number (const char *cell);

/* The first row names the columns if it has words only, or if its numbers merely count the columns
 * ("0,1,2,class", as data frames write them) beside a word that never comes again. */
gboolean bf_csv_has_header        (const BfCsvTable *table);

G_END_DECLS
