/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The confusion matrix: labels down, answers across. A cell is as strong as its share of the row; right
 * answers and mistakes differ in hue, by the diagonal and by the numbers printed.
 */
#include "../../engine/bf-format.h"
#include "../bf-pictures.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

typedef struct
{
  const BfEvaluation *evaluation;
  BfRect plot;
  double pitch_x, pitch_y;
  gboolean row_names, column_names, numbers, recall, upright;
  double names_width;
} BfConfusion;

static double
measure_names (BfDraw *draw, const BfEvaluation *evaluation)
{
  double width = 0;

  for (guint k = 0; k < evaluation->classes; k++)
    width = MAX (width, bf_draw_text_width (draw, BF_TEXT (.type = BF_TYPE_TICK), bf_class_get_name (evaluation->data, k)));
  return width;
}

static void
lay_out (BfConfusion *self, BfDraw *draw, const BfFigureData *data)
{
  const double k = CLAMP (draw->style->font_scale, 0.5, 4), line = bf_draw_text_height (draw, BF_TYPE_TICK);
  BfRect area = bf_draw_get_area (draw);
  const guint n = data->evaluation->classes;
  double left, bottom, right;

  *self = (BfConfusion) { .evaluation = data->evaluation };
  self->names_width = MIN (measure_names (draw, data->evaluation), 0.26 * area.width);
  self->row_names = area.height / n >= 0.85 * line && area.width > 120;
  self->recall = self->row_names && area.width > 240 * k;
  left = (self->row_names ? self->names_width + 8 : 0) + line + 4;
  right = self->recall ? 44 * k : 0;
  self->pitch_x = MAX (0, area.width - left - right) / n;
  self->column_names = self->pitch_x >= 0.85 * line && area.height > 160;
  self->upright = self->column_names && self->names_width > self->pitch_x - 6;
  bottom = line + 6 + (self->column_names ? (self->upright ? self->names_width : line) + 6 : 0);
  self->plot = (BfRect) { round (area.x + left), round (area.y + (self->recall ? line : 0)), floor (area.width - left - right),
                          floor (area.height - bottom - (self->recall ? line : 0)) };
  self->plot.width = MAX (0, self->plot.width);
  self->plot.height = MAX (0, self->plot.height);
  self->pitch_x = self->plot.width / n;
  self->pitch_y = self->plot.height / n;
  self->numbers = self->pitch_y >= 0.95 * line && self->pitch_x >= 1.9 * bf_draw_get_size (draw, BF_TYPE_TICK);
}

static guint
count_row (const BfEvaluation *evaluation, guint label)
{
  guint n = 0;

  for (guint answer = 0; answer < evaluation->classes; answer++)
    n += bf_evaluation_get_count (evaluation, label, answer);
  return n;
}

/* Square root: a mistake in a hundred is to be seen. */
static BfColor
get_color (BfDraw *draw, guint label, guint answer, double share)
{
  const BfColor mistake = bf_colormap_diverging (draw->style->theme, 0.75);

  return bf_color_mix (draw->colors[BF_ROLE_BAND], label == answer ? draw->colors[BF_ROLE_ACCENT] : mistake,
                       0.9 * sqrt (CLAMP (share, 0, 1)));
}

static BfRect
get_cell (const BfConfusion *self, guint label, guint answer)
{
  const double gap = MIN (self->pitch_x, self->pitch_y) >= 8 ? 1 : 0;
  const double x0 = round (self->plot.x + answer * self->pitch_x), x1 = round (self->plot.x + (answer + 1) * self->pitch_x);
  const double y0 = round (self->plot.y + label * self->pitch_y), y1 = round (self->plot.y + (label + 1) * self->pitch_y);

  return (BfRect) { x0, y0, MAX (0, x1 - x0 - gap), MAX (0, y1 - y0 - gap) };
}

/* More cells than pixels want: one image. */
static void
draw_image (BfDraw *draw, const BfConfusion *self)
{
  const guint n = self->evaluation->classes;
  g_autofree guint32 *pixels = g_new (guint32, (gsize) n * n);

  for (guint label = 0; label < n; label++)
    {
      const guint total = count_row (self->evaluation, label);

      for (guint answer = 0; answer < n; answer++)
        pixels[(gsize) label * n + answer] = bf_color_get_pixel (
          get_color (draw, label, answer, total ? (double) bf_evaluation_get_count (self->evaluation, label, answer) / total : 0));
    }
  bf_draw_pixels (draw, &self->plot, n, n, pixels);
}

static void
draw_cell (BfDraw *draw, const BfConfusion *self, guint label, guint answer, guint total)
{
  const guint count = bf_evaluation_get_count (self->evaluation, label, answer);
  const BfRect cell = get_cell (self, label, answer);
  const BfColor color = get_color (draw, label, answer, total ? (double) count / total : 0);
  const gboolean light = bf_color_get_lightness (color) > 0.62;
  const BfColor ink = light ? (BfColor) { 0.11, 0.11, 0.12, 1 } : (BfColor) { 1, 1, 1, 1 };

  bf_draw_fill (draw, &cell, color);
  if (self->numbers && count > 0)
    {
      g_autofree char *text = bf_format_count (count);

      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = label == answer, .align = BF_ALIGN_CENTER, .color = &ink,
                                   .max_width = MAX (1, cell.width)),
                    cell.x + cell.width / 2, cell.y + cell.height / 2, text);
    }
}

static void
draw_names (BfDraw *draw, const BfConfusion *self)
{
  const double line = bf_draw_text_height (draw, BF_TYPE_TICK), bottom = self->plot.y + self->plot.height;
  const BfColor *ink = &draw->colors[BF_ROLE_INK_2];

  for (guint k = 0; k < self->evaluation->classes; k++)
    {
      const char *name = bf_class_get_name (self->evaluation->data, k);
      const double x = self->plot.x + (k + 0.5) * self->pitch_x, y = self->plot.y + (k + 0.5) * self->pitch_y;

      if (self->row_names)
        bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = ink, .max_width = self->names_width),
                      self->plot.x - 6, y, name);
      if (self->upright)
        bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = ink, .angle = -G_PI / 2,
                                     .max_width = self->names_width), x, bottom + 5, name);
      else if (self->column_names)
        bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = ink), x, bottom + 4 + line / 2, name);
    }
  bf_draw_text (draw, BF_TEXT (.align = BF_ALIGN_CENTER, .color = ink, .max_width = MAX (1, self->plot.width)),
                self->plot.x + self->plot.width / 2,
                bottom + line * 0.6 + (self->column_names ? 6 + (self->upright ? self->names_width : line) : 0),
                _("Answer of the network"));
  bf_draw_text (draw, BF_TEXT (.align = BF_ALIGN_CENTER, .color = ink, .angle = -G_PI / 2, .max_width = MAX (1, self->plot.height)),
                self->plot.x - (self->row_names ? self->names_width + 8 : 0) - line / 2 - 2, self->plot.y + self->plot.height / 2,
                _("Label"));
}

static void
draw_recall (BfDraw *draw, const BfConfusion *self)
{
  const double x = draw->width - draw->margin, line = bf_draw_text_height (draw, BF_TYPE_TICK);
  const BfText *text = BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2]);

  bf_draw_text (draw, text, x, self->plot.y - line / 2, _("right"));
  for (guint k = 0; k < self->evaluation->classes; k++)
    {
      const double recall = bf_evaluation_get_recall (self->evaluation, k);
      g_autofree char *value = isnan (recall) ? g_strdup ("–") : bf_format_percent (recall);

      bf_draw_text (draw, text, x, self->plot.y + (k + 0.5) * self->pitch_y, value);
    }
}

static void
outline (BfDraw *draw, const BfConfusion *self, const BfConfusionCell *cell)
{
  const BfRect rect = get_cell (self, cell->label, cell->answer);

  cairo_new_path (draw->cr);
  cairo_rectangle (draw->cr, rect.x - 0.5, rect.y - 0.5, rect.width + 1, rect.height + 1);
  cairo_set_line_width (draw->cr, 2);
  bf_draw_set_color (draw, draw->colors[BF_ROLE_INK]);
  cairo_stroke (draw->cr);
}

static gboolean
confusion_applies (const BfFigureData *data)
{
  return data->evaluation && data->evaluation->confusion;
}

static void
confusion_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  BfConfusion self;

  bf_draw_init (&draw, cr, width, height, style);
  if (!confusion_applies (data))
    {
      bf_draw_nothing (&draw, _("Not evaluated yet"));
      return;
    }
  lay_out (&self, &draw, data);
  if (self.plot.width < 4 || self.plot.height < 4)
    return;
  if (self.pitch_x < 3 || self.pitch_y < 3)
    draw_image (&draw, &self);
  else
    for (guint label = 0; label < self.evaluation->classes; label++)
      {
        const guint total = count_row (self.evaluation, label);

        for (guint answer = 0; answer < self.evaluation->classes; answer++)
          draw_cell (&draw, &self, label, answer, total);
      }
  draw_names (&draw, &self);
  if (self.recall)
    draw_recall (&draw, &self);
  if (data->cell && MAX (data->cell->label, data->cell->answer) < self.evaluation->classes)
    outline (&draw, &self, data->cell);
}

static gboolean
confusion_pick_cell (double x, double y, double width, double height, const BfStyle *style,
                     const BfFigureData *data, BfConfusionCell *cell)
{
  gboolean found = FALSE;

  if (confusion_applies (data))
    {
      g_auto (BfDraw) draw = { 0 };
      BfConfusion self;

      bf_draw_init_nowhere (&draw, width, height, style);
      lay_out (&self, &draw, data);
      found = x >= self.plot.x && y >= self.plot.y && x < self.plot.x + self.plot.width && y < self.plot.y + self.plot.height;
      if (found)
        *cell = (BfConfusionCell) { MIN ((guint) ((y - self.plot.y) / self.pitch_y), self.evaluation->classes - 1),
                                    MIN ((guint) ((x - self.plot.x) / self.pitch_x), self.evaluation->classes - 1) };
    }
  return found;
}

static void
confusion_csv (GString *out, const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;

  g_string_append (out, "label,answer,count,share_of_label\n");
  for (guint label = 0; evaluation && label < evaluation->classes; label++)
    {
      const guint total = count_row (evaluation, label);

      for (guint answer = 0; answer < evaluation->classes; answer++)
        {
          const guint count = bf_evaluation_get_count (evaluation, label, answer);

          bf_csv_text (out, bf_class_get_name (evaluation->data, label), TRUE);
          bf_csv_text (out, bf_class_get_name (evaluation->data, answer), FALSE);
          bf_csv_number (out, count, FALSE);
          bf_csv_number (out, total ? (double) count / total : NAN, FALSE);
          g_string_append_c (out, '\n');
        }
    }
}

/* "Confusion matrix of 10 classes … 87.1 % right. Most often Shirt is taken for T-shirt/Top: 61 times." */
static char *
confusion_describe (const BfFigureData *data)
{
  const BfEvaluation *evaluation = data->evaluation;
  g_autofree char *percent = NULL, *samples = NULL, *step = NULL, *times = NULL;
  guint most = 0, from = 0, to = 0;

  if (!confusion_applies (data))
    return g_strdup (_("Confusion matrix: the network was not evaluated yet."));
  for (guint label = 0; label < evaluation->classes; label++)
    for (guint answer = 0; answer < evaluation->classes; answer++)
      if (label != answer && bf_evaluation_get_count (evaluation, label, answer) > most)
        {
          most = bf_evaluation_get_count (evaluation, label, answer);
          from = label;
          to = answer;
        }
  percent = bf_format_percent (evaluation->accuracy);
  samples = bf_format_count (evaluation->count);
  step = bf_format_count (evaluation->step);
  if (most == 0)
    /* Translators: number of classes, of samples, which split ("validation"), step, share */
    return g_strdup_printf (_("Confusion matrix of %u classes, %s %s samples after step %s: %s right, no mistakes."),
                            evaluation->classes, samples, bf_part_get_name (evaluation->part), step, percent);
  times = bf_format_count (most);
  return g_strdup_printf (_("Confusion matrix of %u classes, %s %s samples after step %s: %s right. The most frequent mistake: "
                            "%s taken for %s, %s times."),
                          evaluation->classes, samples, bf_part_get_name (evaluation->part), step, percent,
                          bf_class_get_name (evaluation->data, from), bf_class_get_name (evaluation->data, to), times);
}

extern const BfFigure bf_figure_confusion;
const BfFigure bf_figure_confusion = {
  .kind = { "confusion", N_("Confusion Matrix"), N_("Which class the network takes for which") },
  .width = 800, .height = 700,
  .draw = confusion_draw,
  .csv = confusion_csv,
  .describe = confusion_describe,
  .ground = BF_GROUND_ALONE,
  .applies = confusion_applies,
  .pick_cell = confusion_pick_cell,
  .reading = N_("Rows are what it is, columns what the network says: all off the diagonal is wrong."),
};
