/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The test accuracy of every row and seed, with what was published, hollow.
 */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "../../engine/bf-format.h"
#include "../bf-table.h"
#include "rows-private.h"

static double
get_published (const BfFigureRow *row)
{
  return row->published_accuracy;
}

static const BfDots dots = {
  .name = N_("test accuracy; hollow: published"),
  .window_name = N_("Test accuracy; hollow: published"),
  .reading = bf_row_read_test_accuracy,
  .sorted = TRUE,
  .published = get_published,
};

static void
results_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  bf_dots_draw (cr, width, height, style, data, &dots);
}

static void
results_csv (GString *out, const BfFigureData *data)
{
  g_string_append (out, "row,seed,test_accuracy,published_test_accuracy\n");
  for (guint i = 0; i < bf_figure_data_count_rows (data); i++)
    {
      BfFigureRow row = bf_figure_data_get_row (data, i);

      for (guint k = 0; k < row.n_seeds; k++)
        if (row.seeds[k])
          {
            bf_csv_text (out, row.label, TRUE);
            g_string_append_printf (out, ",%" G_GUINT64_FORMAT, row.seeds[k]->plan->spec->seed);
            bf_csv_number (out, row.seeds[k]->test_accuracy, FALSE);
            bf_csv_number (out, row.published_accuracy, FALSE);
            g_string_append_c (out, '\n');
          }
    }
}

/* "Best: Batch Normalization, 86.0 ± 0.2 %, published 87.4 %." */
static char *
describe_best (const BfFigureData *data)
{
  double best = -INFINITY;
  char *out = NULL;

  for (guint i = 0; i < bf_figure_data_count_rows (data); i++)
    {
      BfFigureRow row = bf_figure_data_get_row (data, i);
      g_autofree double *values = g_new (double, MAX (1, row.n_seeds));
      guint n = bf_row_collect (&row, bf_row_read_test_accuracy, values);
      double median = n > 0 ? bf_row_get_median (values, n) : -INFINITY;
      g_autofree char *number = n > 0 ? bf_row_format_accuracy (values, n) : NULL;
      g_autofree char *published = bf_format_percent (row.published_accuracy);

      if (!(median > best))
        continue;
      best = median;
      g_free (out);
      out = isfinite (row.published_accuracy) ? g_strdup_printf (_("Best: %s, %s, published %s."), row.label, number, published)
                                              : g_strdup_printf (_("Best: %s, %s."), row.label, number);
    }
  return out;
}

static char *
results_describe (const BfFigureData *data)
{
  guint n = bf_figure_data_count_rows (data);
  g_autofree char *rows = g_strdup_printf (ngettext ("Test accuracy of %u row.", "Test accuracy of %u rows.", n), n);
  g_autofree char *best = describe_best (data);

  return g_strjoin (" ", rows, best, NULL);
}

extern const BfFigure bf_figure_results;
const BfFigure bf_figure_results = {
  .kind = { "results", N_("Test Accuracy"), N_("Which remedy helps, and how surely: every row and seed of a study") },
  .width = 1200, .height = 700,
  .draw = results_draw,
  .csv = results_csv,
  .applies = bf_figure_data_has_study,
  .describe = results_describe,
  .reading = N_("A mark a seed, the bar their median, hollow what was published."),
};
