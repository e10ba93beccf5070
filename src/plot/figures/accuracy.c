/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Accuracy after each epoch, of every row of a study: each seed thin, their mean bold. Where the
 * data has no classes, the loss in its place. Where one row is asked for many times the epochs of another, as one that grows
 * through stages is, each takes the whole width: of its own epochs.
 */
#include <glib/gi18n-lib.h>
#include <math.h>

#include "../../engine/bf-format.h"
#include "../bf-labels.h"
#include "../bf-table.h"
#include "rows-private.h"

/* Rows that differ by more in their epochs are drawn over shares of them. */
#define LONGER 2.0

/* The first that is known of what an epoch measures. */
static const struct { gsize offset; const char *name, *window_name; gboolean share; } readings[] = {
  { G_STRUCT_OFFSET (BfEpoch, validation_accuracy), N_("validation accuracy"), N_("Validation accuracy"), TRUE },
  { G_STRUCT_OFFSET (BfEpoch, train_accuracy), N_("training accuracy"), N_("Training accuracy"), TRUE },
  { G_STRUCT_OFFSET (BfEpoch, validation_loss), N_("validation loss"), N_("Validation loss"), FALSE },
  { G_STRUCT_OFFSET (BfEpoch, train_loss), N_("training loss"), N_("Training loss"), FALSE },
};

typedef struct
{
  BfDraw *draw;
  const BfFigureData *data;
  guint n;          /* rows */
  guint reading;
  gboolean log;
  gboolean shares;  /* x: percent of the row's epochs; else epochs */
  BfRect rect;
  BfScale x, y;
  double labels;    /* width of the names on the right; 0: none */
} Layout;

static double
get_value (guint reading, const BfSnapshot *snapshot, guint epoch)
{
  return G_STRUCT_MEMBER (double, &g_array_index (snapshot->epochs, BfEpoch, epoch), readings[reading].offset);
}

/* Calls visit for each epoch of each seed. */
static void
foreach_value (const BfFigureData *data, guint reading, void (*visit) (double value, gpointer user_data), gpointer user_data)
{
  for (guint i = 0; i < bf_figure_data_count_rows (data); i++)
    {
      BfFigureRow row = bf_figure_data_get_row (data, i);

      for (guint k = 0; k < row.n_seeds; k++)
        for (guint e = 0; row.seeds[k] && e < row.seeds[k]->epochs->len; e++)
          visit (get_value (reading, row.seeds[k], e), user_data);
    }
}

typedef struct { double low, high, least; guint n; } Range;

static void
extend (double value, gpointer data)
{
  Range *range = data;

  if (!isfinite (value))
    return;
  range->low = MIN (range->low, value);
  range->high = MAX (range->high, value);
  range->least = value > 0 ? MIN (range->least, value) : range->least;
  range->n++;
}

static guint
find_reading (const BfFigureData *data, Range *range)
{
  gboolean classes = data->runs[0].snapshot->plan->shape.classes > 1;

  for (guint i = 0; i < G_N_ELEMENTS (readings); i++)
    {
      *range = (Range) { INFINITY, -INFINITY, INFINITY, 0 };
      foreach_value (data, i, extend, range);
      if (range->n > 0)
        return i;
    }
  return classes ? 0 : G_N_ELEMENTS (readings) - 1;
}

/* Epochs that a row is asked for; 0: it has not begun. */
static double
count_epochs (const BfFigureRow *row)
{
  double epochs = 0;

  for (guint k = 0; k < row->n_seeds; k++)
    if (row->seeds[k] && row->seeds[k]->steps_per_epoch > 0)
      epochs = MAX (epochs, ceil ((double) row->seeds[k]->steps_planned / (double) row->seeds[k]->steps_per_epoch));
  return epochs;
}

static void
find_epochs (Layout *self)
{
  double least = INFINITY, most = 1;

  for (guint i = 0; i < self->n; i++)
    {
      const BfFigureRow row = bf_figure_data_get_row (self->data, i);
      const double epochs = count_epochs (&row);

      least = epochs > 0 ? MIN (least, epochs) : least;
      most = MAX (most, epochs);
    }
  self->shares = isfinite (least) && most > LONGER * least;
  self->x.low = 0;
  self->x.high = self->shares ? 100 : most;
}

static void
find_ranges (Layout *self)
{
  Range range;

  self->reading = find_reading (self->data, &range);
  self->y.low = 0;
  self->y.high = 1;
  if (!readings[self->reading].share && range.n > 0)
    {
      self->log = isfinite (range.least) && range.high > 100 * range.least && range.low > 0;
      self->y.low = self->log ? floor (log10 (range.least)) : MIN (0, range.low);
      self->y.high = self->log ? ceil (log10 (range.high)) : range.high > 0 ? 1.1 * range.high : 1;
    }
  find_epochs (self);
}

static double
find_labels_width (Layout *self)
{
  double widest = 0;

  for (guint i = 0; i < self->n && self->n > 1; i++)
    widest = MAX (widest, bf_draw_text_width (self->draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = TRUE),
                                              bf_figure_data_get_row (self->data, i).label));
  return self->n > 1 && self->draw->width > 220 ? MIN (widest, 0.34 * self->draw->width) + 14 + 2 * self->draw->mark : 0;
}

static void
lay_out (Layout *self)
{
  BfDraw *draw = self->draw;
  double size = bf_draw_get_size (draw, BF_TYPE_TICK), margin = draw->margin;
  double top = bf_draw_get_top (draw) + (draw->style->window ? 8 : 2.2 * bf_draw_get_size (draw, BF_TYPE_LABEL));
  double left = margin + 3.6 * size + (draw->style->window ? 0 : 6);

  find_ranges (self);
  self->labels = find_labels_width (self);
  self->rect = (BfRect) { left, top, draw->width - margin - left - self->labels - (self->labels > 0 ? 0 : 0.8 * size),
                          draw->height - top - 3.4 * size - (draw->style->window ? 8 : 16) };
  self->x.from = self->rect.x;
  self->x.to = self->rect.x + self->rect.width;
  self->y.from = self->rect.y + self->rect.height;
  self->y.to = self->rect.y;
}

static double
map_value (const Layout *self, double value)
{
  return bf_scale_map (&self->y, !self->log ? value : value > 0 ? log10 (value) : NAN);
}

/* Of so many epochs that have ended. */
static double
map_epoch (const Layout *self, const BfFigureRow *row, guint epochs)
{
  return bf_scale_map (&self->x, self->shares ? 100 * epochs / count_epochs (row) : epochs);
}

/* Traces one seed, or with values the mean of several. */
static void
trace (const Layout *self, const BfFigureRow *row, const double *values, guint n)
{
  gboolean open = FALSE;

  cairo_new_path (self->draw->cr);
  for (guint e = 0; e < n; e++)
    {
      double x = map_epoch (self, row, e + 1), y = map_value (self, values[e]);

      if (isfinite (y) && open)
        cairo_line_to (self->draw->cr, x, y);
      else if (isfinite (y))
        cairo_move_to (self->draw->cr, x, y);
      open = isfinite (y);
    }
}

static double *
read_seed (const Layout *self, const BfSnapshot *snapshot, guint *n)
{
  double *values;

  *n = snapshot ? snapshot->epochs->len : 0;
  values = g_new (double, MAX (1, *n));
  for (guint e = 0; e < *n; e++)
    values[e] = get_value (self->reading, snapshot, e);
  return values;
}

/* The mean as far as all seeds have come that did not diverge; *n: epochs, 0 for fewer than two seeds. */
static double *
read_mean (const Layout *self, const BfFigureRow *row, guint *n)
{
  double *values;
  guint seeds = 0;

  *n = G_MAXUINT;
  for (guint k = 0; k < row->n_seeds; k++)
    if (row->seeds[k] && row->seeds[k]->epochs->len > 0 && row->seeds[k]->outcome != BF_OUTCOME_DIVERGED)
      {
        *n = MIN (*n, row->seeds[k]->epochs->len);
        seeds++;
      }
  if (seeds < 2)
    *n = 0;
  values = g_new0 (double, MAX (1, *n));
  for (guint e = 0; e < *n; e++)
    for (guint k = 0; k < row->n_seeds; k++)
      if (row->seeds[k] && row->seeds[k]->epochs->len > 0 && row->seeds[k]->outcome != BF_OUTCOME_DIVERGED)
        values[e] += get_value (self->reading, row->seeds[k], e) / seeds;
  return values;
}

static void
stroke (const Layout *self, const BfFigureRow *row, double width, double alpha)
{
  BfDraw *draw = self->draw;

  cairo_set_line_width (draw->cr, width);
  cairo_set_line_join (draw->cr, CAIRO_LINE_JOIN_ROUND);
  bf_draw_set_dash (draw, row->family);
  bf_draw_set_color (draw, bf_color_alpha (bf_style_get_family (draw->style, row->family), alpha));
  cairo_stroke (draw->cr);
  bf_draw_no_dash (draw);
}

/* Where a row's line ends. */
typedef struct { double x, y; guint row; } End;

/* A seed alone is its row's line; returns where the label belongs. */
static End
draw_row (const Layout *self, guint i)
{
  BfDraw *draw = self->draw;
  BfFigureRow row = bf_figure_data_get_row (self->data, i);
  gboolean chosen = self->data->chosen_row == i + 1, faded = self->data->chosen_row > 0 && !chosen;
  BfColor color = bf_style_get_family (draw->style, row.family);
  double line = chosen ? draw->line + 0.6 : MIN (draw->line, draw->style->window ? 1.6 : draw->line);
  guint n, begun = 0, longest = 0;
  g_autofree double *mean = read_mean (self, &row, &n);
  End end = { NAN, NAN, i };

  for (guint k = 0; k < row.n_seeds; k++)
    begun += row.seeds[k] && row.seeds[k]->epochs->len > 0;
  for (guint k = 0; k < row.n_seeds; k++)
    {
      guint n_seed;
      g_autofree double *values = read_seed (self, row.seeds[k], &n_seed);

      trace (self, &row, values, n_seed);
      stroke (self, &row, begun > 1 ? 1 : line, begun > 1 ? (faded ? 0.25 : 0.45) : faded ? 0.7 : 1);
      if (n_seed == 0)
        continue;
      if (begun > 1)
        bf_draw_mark (draw, row.family, map_epoch (self, &row, n_seed), map_value (self, values[n_seed - 1]), 0.6 * draw->mark,
                      bf_color_alpha (color, 0.7), row.hollow);
      if (n_seed >= longest)
        end = (End) { map_epoch (self, &row, n_seed), map_value (self, values[n_seed - 1]), i };
      longest = MAX (longest, n_seed);
    }
  if (n > 0)
    {
      trace (self, &row, mean, n);
      stroke (self, &row, line, faded ? 0.7 : 1);
      end = (End) { map_epoch (self, &row, n), map_value (self, mean[n - 1]), i };
    }
  bf_draw_mark (draw, row.family, end.x, end.y, draw->mark, color, row.hollow);
  return end;
}

static int
compare_ends (const void *a, const void *b)
{
  const End *first = a, *second = b;

  return first->y < second->y ? -1 : first->y > second->y ? 1 : (int) first->row - (int) second->row;
}

/* Names at the ends, pushed apart; where they do not all fit, every second, third … and the chosen one. */
static void
draw_labels (const Layout *self, End *ends, guint n)
{
  BfDraw *draw = self->draw;
  double size = bf_draw_get_size (draw, BF_TYPE_TICK), x = self->rect.x + self->rect.width + 2 * draw->mark + 8;
  guint most = MAX (1, (guint) (self->rect.height / (1.3 * size))), stride = (n + most - 1) / MAX (1, most), shown = 0;
  g_autofree double *y = g_new (double, MAX (1, n));

  qsort (ends, n, sizeof (End), compare_ends);
  for (guint i = 0; i < n; i++)
    if (i % MAX (1, stride) == 0 || ends[i].row + 1 == self->data->chosen_row)
      {
        ends[shown] = ends[i];
        y[shown++] = ends[i].y;
      }
  bf_labels_spread (y, shown, 1.3 * size, self->rect.y, self->rect.y + self->rect.height);
  for (guint i = 0; i < shown; i++)
    {
      BfFigureRow row = bf_figure_data_get_row (self->data, ends[i].row);
      BfColor ink = bf_style_get_family_ink (draw->style, row.family);
      double edge = self->rect.x + self->rect.width + draw->mark + 2;

      if (ends[i].x < self->rect.x + self->rect.width - 1)
        bf_draw_line (draw, ends[i].x + draw->mark + 1, ends[i].y, edge - draw->mark - 2, ends[i].y, 1, draw->colors[BF_ROLE_GRID]);
      bf_draw_line (draw, edge, ends[i].y, x - 3, y[i], 1, draw->colors[BF_ROLE_GRID]);
      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = ends[i].row + 1 == self->data->chosen_row || !draw->style->window,
                                   .color = &ink, .max_width = MAX (10, draw->width - x - 4)), x, y[i], row.label);
    }
}

static void
draw_axes (const Layout *self)
{
  BfDraw *draw = self->draw;
  const gboolean window = draw->style->window;
  const char *name = self->shares ? (window ? _("Percent of each run’s epochs") : _("percent of each run’s epochs"))
                     : window ? _("Epoch") : _("epoch");

  if (self->log)
    bf_draw_axis_log_y (draw, &self->rect, &self->y);
  else
    bf_draw_axis_y (draw, &self->rect, &self->y, readings[self->reading].share);
  bf_draw_axis_x (draw, &self->rect, &self->x, 1, name);
  if (!draw->style->window)
    bf_draw_text (draw, BF_TEXT (.bold = TRUE), draw->margin, self->rect.y - 1.4 * bf_draw_get_size (draw, BF_TYPE_LABEL),
                  _(readings[self->reading].name));
}

static void
accuracy_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  Layout layout = { .draw = &draw, .data = data, .n = bf_figure_data_count_rows (data) };
  g_autofree End *ends = g_new (End, MAX (1, layout.n));
  guint n = 0;

  bf_draw_init (&draw, cr, width, height, style);
  lay_out (&layout);
  if (layout.rect.width < 20 || layout.rect.height < 10)
    return;
  draw_axes (&layout);
  for (guint i = layout.n; i-- > 0;)
    if (data->chosen_row != i + 1)
      {
        ends[n] = draw_row (&layout, i);
        n += isfinite (ends[n].y);
      }
  if (data->chosen_row > 0 && data->chosen_row <= layout.n)
    {
      ends[n] = draw_row (&layout, data->chosen_row - 1);
      n += isfinite (ends[n].y);
    }
  if (layout.labels > 0)
    draw_labels (&layout, ends, n);
}

/* epoch: its index; -1: none has ended yet, and the line says so with epoch 0. */
static void
append_epoch (GString *out, const char *label, const BfSnapshot *snapshot, int epoch)
{
  const BfEpoch none = { 0, 0, NAN, NAN, NAN, NAN };
  const BfEpoch *shown = epoch < 0 ? &none : &g_array_index (snapshot->epochs, BfEpoch, epoch);

  bf_csv_text (out, label, TRUE);
  g_string_append_printf (out, ",%" G_GUINT64_FORMAT ",%u", snapshot->plan->spec->seed, shown->epoch);
  bf_csv_number (out, shown->validation_accuracy, FALSE);
  bf_csv_number (out, shown->validation_loss, FALSE);
  bf_csv_number (out, shown->train_accuracy, FALSE);
  bf_csv_number (out, shown->train_loss, FALSE);
  g_string_append_c (out, '\n');
}

static void
accuracy_csv (GString *out, const BfFigureData *data)
{
  g_string_append (out, "row,seed,epoch,validation_accuracy,validation_loss,train_accuracy,train_loss\n");
  for (guint i = 0; i < bf_figure_data_count_rows (data); i++)
    {
      BfFigureRow row = bf_figure_data_get_row (data, i);

      for (guint k = 0; k < row.n_seeds; k++)
        for (int e = row.seeds[k] && row.seeds[k]->epochs->len > 0 ? 0 : -1;
             row.seeds[k] && e < (int) row.seeds[k]->epochs->len; e++)
          append_epoch (out, row.label, row.seeds[k], e);
    }
}

/* The last value of each seed, of what the figure shows. */
static guint
collect_last (const BfFigureRow *row, guint reading, double *values)
{
  guint n = 0;

  for (guint k = 0; k < row->n_seeds; k++)
    if (row->seeds[k] && row->seeds[k]->epochs->len > 0)
      {
        double value = get_value (reading, row->seeds[k], row->seeds[k]->epochs->len - 1);

        if (isfinite (value))
          values[n++] = value;
      }
  return n;
}

static char *
accuracy_describe (const BfFigureData *data)
{
  Range range;
  guint reading = find_reading (data, &range), rows = bf_figure_data_count_rows (data);
  GString *out = g_string_new (NULL);

  /* Translators: a quantity over time: "Validation accuracy over the epochs of 10 rows." */
  g_string_append_printf (out, ngettext ("%s over the epochs of %u row.", "%s over the epochs of %u rows.", rows),
                          _(readings[reading].window_name), rows);
  for (guint i = 0; i < rows; i++)
    {
      BfFigureRow row = bf_figure_data_get_row (data, i);
      g_autofree double *values = g_new (double, MAX (1, row.n_seeds));
      guint n = collect_last (&row, reading, values);
      g_autofree char *last = n == 0 ? NULL : readings[reading].share ? bf_row_format_accuracy (values, n)
                                                                       : bf_format_plain (bf_row_get_median (values, n), 4);

      if (last)
        g_string_append_printf (out, C_("row: number", " %s: %s."), row.label, last);
    }
  return g_string_free (out, FALSE);
}

const char *
bf_figure_get_reading (const BfFigureData *data)
{
  Range range;

  return _(readings[find_reading (data, &range)].window_name);
}

extern const BfFigure bf_figure_accuracy;
const BfFigure bf_figure_accuracy = {
  .kind = { "accuracy", N_("Validation Accuracy"), N_("How each row of a study learns, every seed shown") },
  .width = 1200, .height = 700,
  .draw = accuracy_draw,
  .csv = accuracy_csv,
  .applies = bf_figure_data_has_study,
  .describe = accuracy_describe,
  .reading = N_("A line a seed, a color a remedy’s family. Where one row trains for many times the epochs of another, "
                "each goes from 0 to 100 percent of its own."),
};
