/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What runs of one experiment with other seeds add to the norm by depth: a band from the lowest to the highest.
 */
#include "depth-private.h"

#include "../../engine/bf-format.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

BfFigureRun *
bf_depth_take_rows (const BfFigureData *data, BfFigureData *shown)
{
  BfFigureRun *runs;
  guint n = 0;

  *shown = *data;
  if (data->n_rows == 0)
    return NULL;
  runs = g_new0 (BfFigureRun, data->n_rows);
  for (guint r = 0; r < data->n_rows; r++)
    {
      const BfFigureRow *row = &data->rows[r];

      for (guint s = 0; s < row->n_seeds && !runs[n].snapshot; s++)
        runs[n].snapshot = row->seeds[s];
      if (!runs[n].snapshot)
        continue;
      runs[n].label = row->label;
      runs[n].family = row->family;
      runs[n].seeds = row->seeds;
      runs[n].n_seeds = row->n_seeds;
      n++;
    }
  shown->runs = n > 0 ? runs : data->runs;
  shown->n_runs = n > 0 ? n : data->n_runs;
  return runs;
}

static double
get_log_norm (const BfSnapshot *snapshot, guint layer, guint64 step, BfTensor tensor)
{
  const BfColumn *column = bf_snapshot_get_column (snapshot, MIN (step, bf_snapshot_get_last_step (snapshot)));

  if (layer >= snapshot->plan->n_weighted)
    return NAN;
  return (double) bf_cell_new (bf_column_get_stats (column, snapshot->plan, layer, tensor),
                               &(const BfMagnitude) { -INFINITY, INFINITY, FALSE }).log;
}

static guint64
get_step (const BfFigureData *data, const BfSnapshot *snapshot)
{
  const guint64 last = bf_snapshot_get_last_step (snapshot);

  return data->show_cursor ? MIN (data->cursor.step, last) : last;
}

gboolean
bf_depth_get_range (const BfFigureData *data, guint run, guint layer, double *low, double *high)
{
  const BfFigureRun *self = &data->runs[run];
  guint n = 0;

  *low = INFINITY;
  *high = -INFINITY;
  for (guint s = 0; s <= self->n_seeds; s++)
    {
      const BfSnapshot *snapshot = s < self->n_seeds ? self->seeds[s] : self->snapshot;
      const double norm = snapshot ? get_log_norm (snapshot, layer, get_step (data, snapshot), data->tensor) : NAN;

      if (!isfinite (norm) || (s == self->n_seeds && n > 0 && norm >= *low && norm <= *high))
        continue;
      *low = fmin (*low, norm);
      *high = fmax (*high, norm);
      n++;
    }
  return n > 1;
}

void
bf_depth_draw_range (BfDraw *draw, const BfDepth *depth, const BfFigureData *data, guint run)
{
  const BfRunLook look = bf_draw_get_look (draw, data, run);
  const guint n = data->runs[run].snapshot->plan->n_weighted;
  guint from = 0;

  /* Stretches of layers in which every seed has a norm. */
  while (from < n)
    {
      double low, high;
      guint past = from;

      cairo_new_path (draw->cr);
      for (; past < n && bf_depth_get_range (data, run, past, &low, &high); past++)
        cairo_line_to (draw->cr, bf_scale_map (&depth->depth, depth->places->of[run][past]), bf_scale_map (&depth->norm, high));
      for (guint i = past; i > from; i--)
        if (bf_depth_get_range (data, run, i - 1, &low, &high))
          cairo_line_to (draw->cr, bf_scale_map (&depth->depth, depth->places->of[run][i - 1]), bf_scale_map (&depth->norm, low));
      cairo_close_path (draw->cr);
      bf_draw_set_color (draw, bf_color_alpha (look.color, 0.2));
      cairo_fill (draw->cr);
      from = past + 1;
    }
}

static guint
count_seeds (const BfFigureRun *run)
{
  guint n = 1;

  for (guint s = 0; s < run->n_seeds; s++)
    n += run->seeds[s] && run->seeds[s] != run->snapshot;
  return n;
}

void
bf_depth_draw_note (BfDraw *draw, const BfDepth *depth, const BfFigureData *data)
{
  guint most = 1;
  g_autofree char *text = NULL;

  for (guint r = 0; r < data->n_runs; r++)
    most = MAX (most, count_seeds (&data->runs[r]));
  if (most < 2)
    return;
  /* Translators: what a band in the figure is: the range of so many runs that differ in their seed. */
  text = g_strdup_printf (ngettext ("band: range of %u seed", "band: range of %u seeds", most), most);
  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2],
                               .halo = &draw->colors[BF_ROLE_SURFACE]),
                depth->plot.x + depth->plot.width - 4, depth->plot.y + bf_draw_get_size (draw, BF_TYPE_NOTE), text);
}

void
bf_depth_csv (GString *out, const BfFigureData *data)
{
  g_autofree BfFigureRun *rows = NULL;
  g_autoptr (GArray) runs = g_array_new (FALSE, TRUE, sizeof (BfFigureRun));
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
  BfFigureData all;

  rows = bf_depth_take_rows (data, &all);
  for (guint r = 0; r < all.n_runs; r++)
    {
      const BfFigureRun *run = &all.runs[r];

      g_array_append_val (runs, *run);
      for (guint s = 0; s < run->n_seeds; s++)
        if (run->seeds[s] && run->seeds[s] != run->snapshot)
          {
            /* Translators: a run's name and its seed: "Baseline, seed 43". */
            char *label = g_strdup_printf (_("%s, seed %" G_GUINT64_FORMAT), run->label ? run->label : _("This run"),
                                           run->seeds[s]->plan->spec->seed);
            const BfFigureRun seed = { run->seeds[s], label, run->family };

            g_ptr_array_add (labels, label);
            g_array_append_val (runs, seed);
          }
    }
  all.runs = &g_array_index (runs, BfFigureRun, 0);
  all.n_runs = runs->len;
  bf_csv_layers (out, &all);
}

void
bf_depth_describe_seeds (GString *out, const BfFigureData *data)
{
  double low, high;
  const guint n = count_seeds (&data->runs[0]);

  if (n > 1 && bf_depth_get_range (data, 0, 0, &low, &high))
    {
      g_autofree char *from = bf_format_value (pow (10, low)), *to = bf_format_value (pow (10, high));

      /* Translators: how far apart runs with different seeds are. */
      g_string_append_printf (out, ngettext (" Of %u seed, from %s to %s in the first layer.",
                                             " Of %u seeds, from %s to %s in the first layer.", n), n, from, to);
    }
}
