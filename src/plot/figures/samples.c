/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The training samples as the source has them: images in a row a class, data of two inputs as points,
 * anything else as the lines of a table.
 */
#include "../../engine/bf-format.h"
#include "../bf-pictures.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MOST_POINTS 2000

static double
get_value (const BfRawData *raw, gsize row, guint j)
{
  return raw->bytes ? raw->bytes[row * raw->inputs + j] : (double) raw->values[row * raw->inputs + j];
}

static void
draw_class (BfDraw *draw, const BfDataFacts *facts, guint label, const BfRect *row, double names, double side)
{
  const double gap = 3, middle = row->y + row->height / 2, line = bf_draw_text_height (draw, BF_TYPE_TICK);
  const guint fit = (guint) MAX (0, floor ((row->width - names + gap) / (side + gap)));
  g_autofree char *count = bf_format_count (bf_data_facts_get_class_count (facts, BF_PART_TRAIN, label));
  const gboolean two = row->height > 2.1 * line;

  if (names > 0)
    {
      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = TRUE, .max_width = names - 8), row->x,
                    two ? middle - line / 2 : middle, bf_class_get_name (facts->data, label));
      if (two)
        bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2]), row->x, middle + line / 2, count);
    }
  for (guint i = 0; i < MIN (fit, facts->n_examples[label]); i++)
    bf_draw_sample (draw, &(BfRect) { round (row->x + names + i * (side + gap)), round (middle - side / 2), side, side },
                    facts->data, BF_PART_TRAIN, facts->examples[label][i]);
}

static void
draw_images (BfDraw *draw, const BfDataFacts *facts, const BfRect *area)
{
  const double least = MAX (18, 1.15 * bf_draw_text_height (draw, BF_TYPE_TICK));
  const guint shown = (guint) CLAMP (floor (area->height / least), 1, facts->classes);
  const double pitch = MIN (area->height / shown, 64), side = floor (pitch - 4);
  double names = 0;

  for (guint k = 0; k < shown; k++)
    names = MAX (names, bf_draw_text_width (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = TRUE), bf_class_get_name (facts->data, k)) + 12);
  names = area->width > 200 ? MIN (names, 0.34 * area->width) : 0;
  for (guint k = 0; k < shown && side >= 4; k++)
    draw_class (draw, facts, k, &(BfRect) { area->x, area->y + k * pitch, area->width, pitch }, names, side);
}

static void
draw_points (BfDraw *draw, const BfDataFacts *facts, const BfRect *area)
{
  const BfRawData *raw = bf_dataset_get_raw (facts->data);
  const double line = 1.4 * bf_draw_text_height (draw, BF_TYPE_TICK), left = 40 * CLAMP (draw->style->font_scale, 0.5, 4);
  const BfRect plot = { round (area->x + left), round (area->y + line), MAX (0, area->width - left - 6),
                        MAX (0, area->height - 3.4 * line) };
  const BfRange *x = &facts->inputs[0], *y = &facts->inputs[1];
  const double mx = MAX (0.06 * (x->high - x->low), 1e-9), my = MAX (0.06 * (y->high - y->low), 1e-9);
  const BfScale across = { x->low - mx, x->high + mx, plot.x, plot.x + plot.width };
  const BfScale up = { y->low - my, y->high + my, plot.y + plot.height, plot.y };
  const guint n = MIN (facts->counts[BF_PART_TRAIN], MOST_POINTS);
  const double radius = draw->mark * (n > 600 ? 0.5 : 0.75);

  if (plot.width < 20 || plot.height < 20)
    return;
  bf_draw_axis_y (draw, &plot, &up, FALSE);
  bf_draw_axis_x (draw, &plot, &across, 0, x->name ? x->name : _("first input"));
  for (guint i = 0; i < n; i++)
    {
      const gsize row = bf_dataset_get_row (facts->data, BF_PART_TRAIN, i);
      const double px = bf_scale_map (&across, get_value (raw, row, 0)), py = bf_scale_map (&up, get_value (raw, row, 1));

      if (!isfinite (px) || !isfinite (py))
        continue;
      if (raw->labels)
        bf_draw_class_mark (draw, raw->labels[row], px, py, radius, bf_class_get_color (draw->style, raw->labels[row]));
      else
        bf_draw_mark (draw, BF_FAMILY_BASELINE, px, py, radius, draw->colors[BF_ROLE_ACCENT], FALSE);
    }
  bf_draw_class_legend (draw, facts->data, plot.x, area->y + line / 2 - 2, plot.width);
}

/* The target of a sample in words. Transfer full. */
static char *
print_target (const BfDataFacts *facts, gsize row)
{
  const BfRawData *raw = bf_dataset_get_raw (facts->data);

  return raw->labels ? g_strdup (bf_class_get_name (facts->data, raw->labels[row]))
                     : bf_format_plain (raw->targets[row * raw->outputs], 4);
}

/* Lines of the first list of each class in turn. */
static void
draw_table (BfDraw *draw, const BfDataFacts *facts, const BfRect *area)
{
  const BfRawData *raw = bf_dataset_get_raw (facts->data);
  const double line = 1.25 * bf_draw_text_height (draw, BF_TYPE_LABEL), wide = 6.4 * bf_draw_get_size (draw, BF_TYPE_TICK);
  const guint fit = (guint) CLAMP (floor (area->width / wide), 1, raw->inputs + 1);
  const guint columns = fit - 1, rows = (guint) MAX (0, floor (area->height / line) - 1);
  const double pitch = area->width / fit;
  guint drawn = 0;

  for (guint c = 0; c < fit; c++)
    {
      const gboolean target = c == columns;
      g_autofree char *number = g_strdup_printf (_("input %u"), c + 1);
      const char *name = target ? _("target") : facts->inputs[c].name ? facts->inputs[c].name : number;

      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = target, .color = &draw->colors[BF_ROLE_INK_2], .align = BF_ALIGN_RIGHT,
                                   .max_width = MAX (1, pitch - 10)), area->x + (c + 1) * pitch - 4, area->y + line / 2, name);
    }
  for (guint i = 0; i < BF_FACTS_EXAMPLES && drawn < rows; i++)
    for (guint k = 0; k < facts->n_lists && drawn < rows; k++)
      {
        const double y = area->y + (drawn + 1.5) * line;
        gsize row;

        if (i >= facts->n_examples[k])
          continue;
        row = bf_dataset_get_row (facts->data, BF_PART_TRAIN, facts->examples[k][i]);
        bf_draw_line (draw, area->x, y - line / 2, area->x + area->width, y - line / 2, 1, draw->colors[BF_ROLE_GRID]);
        for (guint c = 0; c < fit; c++)
          {
            g_autofree char *text = c == columns ? print_target (facts, row) : bf_format_plain (get_value (raw, row, c), 4);

            bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = c == columns, .align = BF_ALIGN_RIGHT, .max_width = MAX (1, pitch - 10)),
                          area->x + (c + 1) * pitch - 4, y, text);
          }
        drawn++;
      }
}

static gboolean
samples_applies (const BfFigureData *data)
{
  return data->facts != NULL;
}

static void
samples_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  const BfDataFacts *facts = data->facts;
  BfRect area;
  guint side;

  bf_draw_init (&draw, cr, width, height, style);
  area = bf_draw_get_area (&draw);
  if (!facts)
    bf_draw_nothing (&draw, _("The data is being measured"));
  else if (area.width < 20 || area.height < 14)
    return;
  else if (facts->classes && bf_dataset_get_image_size (facts->data, &side, &side))
    draw_images (&draw, facts, &area);
  else if (facts->n_inputs == 2)
    draw_points (&draw, facts, &area);
  else
    draw_table (&draw, facts, &area);
}

static void
samples_csv (GString *out, const BfFigureData *data)
{
  static const char *const parts[BF_N_PARTS] = { "training", "validation", "test" };
  const BfDataFacts *facts = data->facts;
  const BfRawData *raw = facts ? bf_dataset_get_raw (facts->data) : NULL;

  if (!facts)
    return;
  if (facts->classes)
    {
      g_string_append (out, "class,split,samples\n");
      for (guint k = 0; k < facts->classes; k++)
        for (guint part = 0; part < BF_N_PARTS; part++)
          {
            bf_csv_text (out, bf_class_get_name (facts->data, k), TRUE);
            g_string_append_printf (out, ",%s,%u\n", parts[part], bf_data_facts_get_class_count (facts, part, k));
          }
      return;
    }
  g_string_append (out, "sample,target\n");
  for (guint i = 0; i < facts->n_examples[0]; i++)
    {
      const gsize row = bf_dataset_get_row (facts->data, BF_PART_TRAIN, facts->examples[0][i]);

      bf_csv_number (out, (double) row + 1, TRUE);
      bf_csv_number (out, raw->targets[row * raw->outputs], FALSE);
      g_string_append_c (out, '\n');
    }
}

static char *
samples_describe (const BfFigureData *data)
{
  const BfDataFacts *facts = data->facts;
  g_autofree char *n[BF_N_PARTS] = { NULL };
  g_autoptr (GString) out = NULL;

  if (!facts)
    return g_strdup (_("Samples of the data, which is being measured."));
  for (guint part = 0; part < BF_N_PARTS; part++)
    n[part] = bf_format_count (facts->counts[part]);
  out = g_string_new (NULL);
  g_string_append_printf (out, _("Samples of %s: %s for training, %s for validation, %s for testing."),
                          bf_dataset_get_name (facts->data), n[0], n[1], n[2]);
  for (guint k = 0; k < MIN (facts->classes, 20); k++)
    {
      g_autofree char *count = bf_format_count (bf_data_facts_get_class_count (facts, BF_PART_TRAIN, k));

      g_string_append_printf (out, " %s: %s.", bf_class_get_name (facts->data, k), count);
    }
  for (guint part = 0; part < BF_N_PARTS; part++)
    g_clear_pointer (&n[part], g_free);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

extern const BfFigure bf_figure_samples;
const BfFigure bf_figure_samples = {
  .kind = { "samples", N_("Samples"), N_("The data itself: images of each class, points, or lines of a table") },
  .width = 800, .height = 600,
  .draw = samples_draw,
  .csv = samples_csv,
  .describe = samples_describe,
  .ground = BF_GROUND_ALONE,
  .applies = samples_applies,
  .reading = N_("What the network is given."),
};
