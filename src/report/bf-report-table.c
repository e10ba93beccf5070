/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-report-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "../engine/bf-format.h"

BfReportTable *
bf_report_table_new (void)
{
  BfReportTable *self = g_new0 (BfReportTable, 1);

  self->cells = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
bf_report_table_free (BfReportTable *self)
{
  g_ptr_array_unref (self->cells);
  g_free (self);
}

void
bf_report_table_take (BfReportTable *self, char *cell)
{
  g_ptr_array_add (self->cells, cell);
}

void
bf_report_table_add (BfReportTable *self, const char *cell)
{
  bf_report_table_take (self, g_strdup (cell));
}

void
bf_report_table_pair (BfReportTable *self, const char *name, char *value)
{
  if (!value || !*value)
    {
      g_free (value);
      return;
    }
  bf_report_table_add (self, name);
  bf_report_table_take (self, value);
}

void
bf_report_table_put (const BfReportTable *self, BfDocument *document, const BfDocumentColumn *columns, guint n)
{
  g_return_if_fail (self->cells->len % n == 0);
  bf_document_add_table (document, columns, n, (const char *const *) self->cells->pdata, self->cells->len / n);
}

void
bf_report_table_put_pairs (const BfReportTable *self, BfDocument *document)
{
  static const BfDocumentColumn columns[] = { { .dim = TRUE }, { NULL } };

  bf_report_table_put (self, document, columns, G_N_ELEMENTS (columns));
}

char *
bf_report_print_value (double value)
{
  return isnan (value) ? g_strdup ("–") : bf_format_value (value);
}

char *
bf_report_print_percent (double share)
{
  return isfinite (share) ? bf_format_percent (share) : g_strdup ("–");
}

char *
bf_report_print_loss (double loss)
{
  return isnan (loss) ? g_strdup ("–") : isfinite (loss) && fabs (loss) < 9999.5 ? g_strdup_printf ("%.4f", loss)
                                                                                   : bf_format_value (loss);
}
