/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The samples with the highest loss among those answered wrongly, or those of one cell of the confusion
 * matrix: images with their label and the answer under them, other samples a line each.
 */
#include "../../engine/bf-format.h"
#include "../bf-pictures.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MOST 100

/* Which samples, as indices in the split. Transfer full. */
static guint *
find_samples (const BfFigureData *data, guint *n)
{
  const BfEvaluation *evaluation = data->evaluation;

  if (data->cell && evaluation->classes && MAX (data->cell->label, data->cell->answer) < evaluation->classes)
    return bf_evaluation_find_cell (evaluation, data->cell->label, data->cell->answer, MOST, n);
  *n = evaluation->n_worst;
  return g_memdup2 (evaluation->worst, MAX (*n, 1) * sizeof *evaluation->worst);
}

static const char *
get_answer (const BfEvaluation *evaluation, guint i)
{
  /* Translators: in place of a class, where the outputs are not numbers. */
  return evaluation->answers[i] == BF_NO_ANSWER ? _("none") : bf_class_get_name (evaluation->data, evaluation->answers[i]);
}

/* "98.3 %", how sure it was; else the loss. */
static char *
print_certainty (const BfEvaluation *evaluation, guint i)
{
  g_autofree char *loss = NULL;

  if (evaluation->probabilities && isfinite (evaluation->probabilities[i]))
    return bf_format_percent (evaluation->probabilities[i]);
  loss = bf_format_value (evaluation->losses[i]);
  return g_strdup_printf (_("loss %s"), loss);
}

static void
draw_image (BfDraw *draw, const BfEvaluation *evaluation, guint i, const BfRect *cell, double side)
{
  const double line = bf_draw_text_height (draw, BF_TYPE_TICK), x = cell->x + cell->width / 2;
  const BfRect image = { round (cell->x + (cell->width - side) / 2), round (cell->y), side, side };
  const char *label = bf_class_get_name (evaluation->data, evaluation->labels[i]), *answer = get_answer (evaluation, i);
  g_autofree char *certainty = print_certainty (evaluation, i), *words = NULL;
  const BfText plain = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2], .max_width = cell->width - 4 };
  const BfText strong = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .bold = TRUE, .max_width = cell->width - 4 };

  bf_draw_sample (draw, &image, evaluation->data, evaluation->part, i);
  bf_draw_text (draw, &plain, x, image.y + side + 0.75 * line, label);
  words = g_strdup_printf ("→ %s", answer);
  bf_draw_text (draw, &strong, x, image.y + side + 1.7 * line, words);
  bf_draw_text (draw, &plain, x, image.y + side + 2.65 * line, certainty);
}

static void
draw_images (BfDraw *draw, const BfEvaluation *evaluation, const guint *samples, guint n, const BfRect *area)
{
  const double line = bf_draw_text_height (draw, BF_TYPE_TICK);
  const double side = draw->small ? 40 : 56, least = MAX (side + 20, 7.2 * bf_draw_get_size (draw, BF_TYPE_TICK));
  const double tall = side + 3.5 * line;
  const guint columns = (guint) MAX (1, floor (area->width / least)), rows = (guint) MAX (1, floor ((area->height + 0.5 * line) / tall));
  const double wide = area->width / columns;

  for (guint k = 0; k < MIN (n, columns * rows); k++)
    draw_image (draw, evaluation, samples[k],
                &(BfRect) { area->x + k % columns * wide, area->y + 4 + k / columns * tall, wide, tall }, side);
}

/* The inputs of a sample as the source has them: "x 0.52, y −1.3". */
static char *
print_inputs (const BfEvaluation *evaluation, guint i)
{
  const BfRawData *raw = bf_dataset_get_raw (evaluation->data);
  const gsize row = bf_dataset_get_row (evaluation->data, evaluation->part, i);
  GString *out = g_string_new (NULL);

  for (guint j = 0; j < MIN (raw->inputs, 6); j++)
    {
      const double value = raw->bytes ? raw->bytes[row * raw->inputs + j] : (double) raw->values[row * raw->inputs + j];
      g_autofree char *number = bf_format_plain (value, 3);

      g_string_append_printf (out, "%s%s%s%s", j ? ", " : "", raw->input_names ? raw->input_names[j] : "",
                              raw->input_names ? " " : "", number);
    }
  if (raw->inputs > 6)
    g_string_append (out, ", …");
  return g_string_free (out, FALSE);
}

static void
print_line (const BfEvaluation *evaluation, guint i, char *texts[3])
{
  if (evaluation->classes)
    {
      texts[0] = g_strdup_printf ("%s → %s", bf_class_get_name (evaluation->data, evaluation->labels[i]), get_answer (evaluation, i));
      texts[1] = print_certainty (evaluation, i);
    }
  else
    {
      g_autofree char *target = bf_format_plain (evaluation->targets[(gsize) i * evaluation->outputs], 3);
      g_autofree char *answer = bf_format_plain (evaluation->predictions[(gsize) i * evaluation->outputs], 3);

      texts[0] = g_strdup_printf ("%s → %s", target, answer);
      texts[1] = bf_format_value (evaluation->losses[i]);
    }
  texts[2] = print_inputs (evaluation, i);
}

static void
draw_lines (BfDraw *draw, const BfEvaluation *evaluation, const guint *samples, guint n, const BfRect *area)
{
  const double line = 1.25 * bf_draw_text_height (draw, BF_TYPE_LABEL);
  const guint rows = (guint) MAX (0, floor (area->height / line) - 1);
  const double x[3] = { area->x, area->x + 0.36 * area->width, area->x + 0.55 * area->width };
  const double room[3] = { 0.34 * area->width, 0.17 * area->width, 0.45 * area->width };
  const char *heads[3] = { evaluation->classes ? _("Label → Answer") : _("Target → Answer"),
                           evaluation->probabilities ? _("Certainty") : _("Loss"), _("Inputs") };

  for (guint c = 0; c < 3; c++)
    bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2], .max_width = MAX (1, room[c])),
                  x[c], area->y + line / 2, heads[c]);
  for (guint k = 0; k < MIN (n, rows); k++)
    {
      const double y = area->y + (k + 1.5) * line;
      char *texts[3];

      bf_draw_line (draw, area->x, y - line / 2, area->x + area->width, y - line / 2, 1, draw->colors[BF_ROLE_GRID]);
      print_line (evaluation, samples[k], texts);
      for (guint c = 0; c < 3; c++)
        {
          bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = c == 0, .max_width = MAX (1, room[c])), x[c], y, texts[c]);
          g_free (texts[c]);
        }
    }
}

static gboolean
mistakes_applies (const BfFigureData *data)
{
  return data->evaluation != NULL;
}

static const char *
get_nothing (const BfFigureData *data)
{
  return data->cell ? _("No sample was answered so") : _("No mistakes");
}

static void
mistakes_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  g_autofree guint *samples = NULL;
  BfRect area;
  guint n, side;

  bf_draw_init (&draw, cr, width, height, style);
  area = bf_draw_get_area (&draw);
  if (area.width < 30 || area.height < 20)
    return;
  if (!data->evaluation)
    {
      bf_draw_nothing (&draw, _("Not evaluated yet"));
      return;
    }
  samples = find_samples (data, &n);
  if (n == 0)
    bf_draw_nothing (&draw, get_nothing (data));
  else if (data->evaluation->classes && bf_dataset_get_image_size (data->evaluation->data, &side, &side))
    draw_images (&draw, data->evaluation, samples, n, &area);
  else
    draw_lines (&draw, data->evaluation, samples, n, &area);
}

static void
mistakes_csv (GString *out, const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;
  g_autofree guint *samples = NULL;
  guint n = 0;

  g_string_append (out, "sample,label,answer,probability,loss\n");
  if (evaluation)
    samples = find_samples (data, &n);
  for (guint k = 0; k < n; k++)
    {
      const guint i = samples[k];

      bf_csv_number (out, bf_dataset_get_row (evaluation->data, evaluation->part, i) + 1.0, TRUE);
      if (evaluation->classes)
        {
          bf_csv_text (out, bf_class_get_name (evaluation->data, evaluation->labels[i]), FALSE);
          bf_csv_text (out, get_answer (evaluation, i), FALSE);
        }
      else
        {
          bf_csv_number (out, evaluation->targets[(gsize) i * evaluation->outputs], FALSE);
          bf_csv_number (out, evaluation->predictions[(gsize) i * evaluation->outputs], FALSE);
        }
      bf_csv_number (out, evaluation->probabilities ? evaluation->probabilities[i] : NAN, FALSE);
      bf_csv_number (out, evaluation->losses[i], FALSE);
      g_string_append_c (out, '\n');
    }
}

static char *
mistakes_describe (const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;
  g_autoptr (GString) out = NULL;
  g_autofree guint *samples = NULL;
  guint n;

  if (!evaluation)
    return g_strdup (_("The worst mistakes: the network was not evaluated yet."));
  samples = find_samples (data, &n);
  if (n == 0)
    return g_strdup_printf (_("The worst mistakes of the network: %s."), get_nothing (data));
  out = g_string_new (NULL);
  g_string_append_printf (out, g_dngettext (GETTEXT_PACKAGE, "%u sample, the highest loss first:",
                                            "%u samples, the highest loss first:", n), n);
  for (guint k = 0; k < MIN (n, 5); k++)
    {
      char *texts[3];

      print_line (evaluation, samples[k], texts);
      g_string_append_printf (out, " %s, %s;", texts[0], texts[1]);
      for (guint c = 0; c < 3; c++)
        g_free (texts[c]);
    }
  g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '.');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

extern const BfFigure bf_figure_mistakes;
const BfFigure bf_figure_mistakes = {
  .kind = { "mistakes", N_("Worst Mistakes"), N_("The samples that cost most, with label and answer") },
  .width = 800, .height = 600,
  .draw = mistakes_draw,
  .csv = mistakes_csv,
  .describe = mistakes_describe,
  .ground = BF_GROUND_ALONE,
  .applies = mistakes_applies,
  .reading = N_("The samples that cost most, with label and answer."),
};
