/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * How much of the gradient of the last hidden layer is left in the first, row by row, on a log axis.
 */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "../../engine/bf-format.h"
#include "../bf-table.h"
#include "rows-private.h"

static const BfDots dots = {
  .name = N_("gradient of the first over that of the last hidden layer"),
  .window_name = N_("Gradient of the first : last hidden layer"),
  .reading = bf_row_read_attenuation,
  .log = TRUE,
};

static void
attenuation_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  bf_dots_draw (cr, width, height, style, data, &dots);
}

static void
attenuation_csv (GString *out, const BfFigureData *data)
{
  g_string_append (out, "row,seed,step,attenuation\n");
  for (guint i = 0; i < bf_figure_data_count_rows (data); i++)
    {
      BfFigureRow row = bf_figure_data_get_row (data, i);

      for (guint k = 0; k < row.n_seeds; k++)
        if (row.seeds[k])
          {
            bf_csv_text (out, row.label, TRUE);
            g_string_append_printf (out, ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT, row.seeds[k]->plan->spec->seed,
                                    bf_snapshot_get_last_step (row.seeds[k]));
            bf_csv_number (out, bf_row_read_attenuation (row.seeds[k]), FALSE);
            g_string_append_c (out, '\n');
          }
    }
}

static char *
attenuation_describe (const BfFigureData *data)
{
  GString *out = g_string_new (_("Gradient norm of the first hidden layer over that of the last."));

  for (guint i = 0; i < bf_figure_data_count_rows (data); i++)
    {
      BfFigureRow row = bf_figure_data_get_row (data, i);
      g_autofree double *values = g_new (double, MAX (1, row.n_seeds));
      guint n = bf_row_collect (&row, bf_row_read_attenuation, values);
      g_autofree char *median = n > 0 ? bf_format_ratio (bf_row_get_median (values, n)) : NULL;

      if (median)
        g_string_append_printf (out, ngettext (" %s: %s, %u seed.", " %s: %s, median of %u seeds.", n), row.label, median, n);
    }
  return g_string_free (out, FALSE);
}

extern const BfFigure bf_figure_attenuation;
const BfFigure bf_figure_attenuation = {
  .kind = { "attenuation", N_("Attenuation"), N_("How much of the gradient reaches the first layer, for every row of a study") },
  .width = 1000, .height = 600,
  .draw = attenuation_draw,
  .csv = attenuation_csv,
  .applies = bf_figure_data_has_study,
  .describe = attenuation_describe,
  .reading = N_("How much of the last hidden layer’s gradient reaches the first."),
};
