/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "rows-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

#include "../../engine/bf-format.h"

gboolean
bf_figure_data_has_study (const BfFigureData *data)
{
  return data->n_rows > 0;
}

guint
bf_figure_data_count_rows (const BfFigureData *data)
{
  return data->rows ? data->n_rows : data->n_runs;
}

BfFigureRow
bf_figure_data_get_row (const BfFigureData *data, guint i)
{
  const BfFigureRun *run;

  if (data->rows)
    return data->rows[i];
  run = &data->runs[i];
  return (BfFigureRow) { run->label ? run->label : _("This run"), run->family, FALSE, &run->snapshot, 1, NAN };
}

double
bf_row_read_attenuation (const BfSnapshot *snapshot)
{
  return bf_column_get_attenuation (bf_snapshot_get_column (snapshot, bf_snapshot_get_last_step (snapshot)),
                                    snapshot->plan);
}

double
bf_row_read_test_accuracy (const BfSnapshot *snapshot)
{
  return snapshot->test_accuracy;
}

guint
bf_row_collect (const BfFigureRow *row, BfRowReading reading, double *values)
{
  guint n = 0;

  for (guint i = 0; i < row->n_seeds; i++)
    {
      double value = row->seeds[i] ? reading (row->seeds[i]) : NAN;

      if (isfinite (value))
        values[n++] = value;
    }
  return n;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

double
bf_row_get_median (double *values, guint n)
{
  qsort (values, n, sizeof (double), compare_doubles);
  return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

guint
bf_row_count_ended (const BfFigureRow *row)
{
  guint n = 0;

  for (guint i = 0; i < row->n_seeds; i++)
    n += row->seeds[i] && row->seeds[i]->outcome != BF_OUTCOME_NONE;
  return n;
}

guint
bf_row_count_diverged (const BfFigureRow *row)
{
  guint n = 0;

  for (guint i = 0; i < row->n_seeds; i++)
    n += row->seeds[i] && row->seeds[i]->outcome == BF_OUTCOME_DIVERGED;
  return n;
}

char *
bf_row_format_accuracy (const double *values, guint n)
{
  double mean = 0, square = 0;

  for (guint i = 0; i < n; i++)
    mean += values[i] / n;
  if (n < 2)
    return bf_format_percent (mean);
  for (guint i = 0; i < n; i++)
    square += (values[i] - mean) * (values[i] - mean);
  /* Translators: mean and standard deviation of shares, with a no-break space before "%": "86.0 ± 0.2 %" */
  return g_strdup_printf (_("%.1f ± %.1f %%"), 100 * mean, 100 * sqrt (square / (n - 1)));
}
