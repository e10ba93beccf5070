/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Targets that are numbers against what the network predicts: on the dashed line it is right. A network
 * that only knows the mean gives a flat cloud.
 */
#include "../../engine/bf-format.h"
#include "../bf-pictures.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MOST 3000

static gboolean
scatter_applies (const BfFigureData *data)
{
  return data->evaluation && data->evaluation->predictions;
}

static void
widen (double value, double *low, double *high)
{
  if (!isfinite (value))
    return;
  *low = MIN (*low, value);
  *high = MAX (*high, value);
}

/* Both axes have one scale, so that the diagonal is one. */
static void
find_range (const BfEvaluation *evaluation, double *low, double *high)
{
  double margin;

  *low = INFINITY;
  *high = -INFINITY;
  for (gsize i = 0; i < (gsize) evaluation->count * evaluation->outputs; i++)
    {
      widen (evaluation->targets[i], low, high);
      widen (evaluation->predictions[i], low, high);
    }
  if (!(*low <= *high))
    *low = *high = 0;
  margin = *high > *low ? 0.05 * (*high - *low) : 1;
  *low -= margin;
  *high += margin;
}

/* 1 − Σ (t − y)² / Σ (t − mean)²; NaN where the targets are all the same. */
static double
get_determination (const BfEvaluation *evaluation)
{
  const gsize n = (gsize) evaluation->count * evaluation->outputs;
  double mean = 0, whole = 0, rest = 0;

  for (gsize i = 0; i < n; i++)
    mean += evaluation->targets[i] / (double) n;
  for (gsize i = 0; i < n; i++)
    {
      const double spread = evaluation->targets[i] - mean, difference = (double) evaluation->predictions[i] - evaluation->targets[i];

      whole += spread * spread;
      rest += difference * difference;
    }
  return whole > 0 ? 1 - rest / whole : NAN;
}

/* "R² 0.87", or "" where it says nothing. */
static char *
print_determination (const BfEvaluation *evaluation)
{
  const double r2 = get_determination (evaluation);

  return isfinite (r2) ? g_strdup_printf ("R² %s%.2f", r2 < 0 ? "−" : "", fabs (r2)) : g_strdup ("");
}

static void
scatter_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  const BfEvaluation *evaluation = data->evaluation;
  const double k = CLAMP (style->font_scale, 0.5, 4), dash[] = { 5, 3.5 };
  g_autofree char *determination = NULL;
  double low, high, line;
  BfScale across, up;
  BfRect area, plot;

  bf_draw_init (&draw, cr, width, height, style);
  if (!scatter_applies (data))
    {
      bf_draw_nothing (&draw, _("Not evaluated yet"));
      return;
    }
  area = bf_draw_get_area (&draw);
  line = bf_draw_text_height (&draw, BF_TYPE_TICK);
  plot = (BfRect) { round (area.x + 40 * k + line), round (area.y + line), MAX (0, area.width - 46 * k - line), MAX (0, area.height - 4.2 * line) };
  if (plot.width < 20 || plot.height < 20)
    return;
  find_range (evaluation, &low, &high);
  across = (BfScale) { low, high, plot.x, plot.x + plot.width };
  up = (BfScale) { low, high, plot.y + plot.height, plot.y };
  bf_draw_axis_y (&draw, &plot, &up, FALSE);
  bf_draw_axis_x (&draw, &plot, &across, 0, _("Target"));
  bf_draw_text (&draw, BF_TEXT (.align = BF_ALIGN_CENTER, .angle = -G_PI / 2, .color = &draw.colors[BF_ROLE_INK_2], .max_width = plot.height),
                area.x + line / 2, plot.y + plot.height / 2, _("Answer of the network"));
  cairo_save (cr);
  cairo_set_dash (cr, dash, 2, 0);
  bf_draw_line (&draw, plot.x, plot.y + plot.height, plot.x + plot.width, plot.y, 1.5, draw.colors[BF_ROLE_INK]);
  cairo_restore (cr);
  for (gsize i = 0; i < MIN ((gsize) evaluation->count * evaluation->outputs, MOST); i++)
    if (isfinite (evaluation->predictions[i]))
      bf_draw_mark (&draw, BF_FAMILY_BASELINE, bf_scale_map (&across, evaluation->targets[i]), bf_scale_map (&up, evaluation->predictions[i]),
                    draw.mark * 0.55, bf_color_alpha (draw.colors[BF_ROLE_ACCENT], 0.75), FALSE);
  determination = print_determination (evaluation);
  bf_draw_text (&draw, BF_TEXT (.type = BF_TYPE_LABEL, .bold = TRUE, .halo = &draw.colors[BF_ROLE_SURFACE]), plot.x + 8, plot.y + 10, determination);
}

static void
scatter_csv (GString *out, const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;

  g_string_append (out, "sample,output,target,answer\n");
  for (gsize i = 0; scatter_applies (data) && i < (gsize) evaluation->count * evaluation->outputs; i++)
    {
      bf_csv_number (out, bf_dataset_get_row (evaluation->data, evaluation->part, (guint) (i / evaluation->outputs)) + 1.0, TRUE);
      bf_csv_number (out, (double) (i % evaluation->outputs + 1), FALSE);
      bf_csv_number (out, evaluation->targets[i], FALSE);
      bf_csv_number (out, evaluation->predictions[i], FALSE);
      g_string_append_c (out, '\n');
    }
}

static char *
scatter_describe (const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;
  g_autofree char *samples = NULL, *loss = NULL, *determination = NULL;

  if (!scatter_applies (data))
    return g_strdup (_("Targets against answers: the network was not evaluated yet."));
  samples = bf_format_count (evaluation->count);
  loss = bf_format_value (evaluation->loss);
  determination = print_determination (evaluation);
  /* Translators: number of samples, split ("validation"), loss, "R² 0.87" */
  return g_strdup_printf (_("Targets against answers of %s %s samples: loss %s, %s."),
                          samples, bf_part_get_name (evaluation->part), loss, determination);
}

extern const BfFigure bf_figure_scatter;
const BfFigure bf_figure_scatter = {
  .kind = { "scatter", N_("Targets and Answers"), N_("Numbers that the network should give, against those it gives") },
  .width = 700, .height = 600,
  .draw = scatter_draw,
  .csv = scatter_csv,
  .describe = scatter_describe,
  .applies = scatter_applies,
  .reading = N_("On the diagonal the answer is right; a flat cloud is a network that gives the mean."),
};
