/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A line a row, a mark a seed; a bar where the median is, a line from the lowest to the highest. A
 * mean alone would hide that a remedy works on two seeds of five.
 */
#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

#include "../../engine/bf-format.h"
#include "rows-private.h"

#define MOST_DECADES 40

typedef struct
{
  BfDraw *draw;
  const BfDots *dots;
  const BfFigureData *data;
  guint n;
  guint *order;       /* rows from top to bottom */
  BfScale scale;      /* values, or log10 of them, onto x */
  BfRows rows;
  double names;       /* right edge of the names in the window, left edge in files */
  double measured;    /* right edge of the column of numbers; 0: none */
  double published;
} Layout;

/* The smallest gradients there are: what is exactly zero stands at the left edge. */
static double
get_place (const Layout *self, double value)
{
  if (!self->dots->log)
    return value;
  return value > 0 ? CLAMP (log10 (value), self->scale.low, self->scale.high) : self->scale.low;
}

static double
map_value (const Layout *self, double value)
{
  return bf_scale_map (&self->scale, get_place (self, value));
}

static double
read_median (const Layout *self, guint i)
{
  BfFigureRow row = bf_figure_data_get_row (self->data, i);
  g_autofree double *values = g_new (double, MAX (1, row.n_seeds));
  guint n = bf_row_collect (&row, self->dots->reading, values);

  return n > 0 ? bf_row_get_median (values, n) : -INFINITY;
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer data)
{
  guint i = *(const guint *) a, j = *(const guint *) b;
  double x = read_median (data, i), y = read_median (data, j);

  return x > y ? -1 : x < y ? 1 : (int) i - (int) j;
}

static void
find_range (Layout *self)
{
  double low = 0, high = 0;

  self->scale.low = 0;
  self->scale.high = 1;
  if (!self->dots->log)
    return;
  for (guint i = 0; i < self->n; i++)
    {
      BfFigureRow row = bf_figure_data_get_row (self->data, i);
      g_autofree double *values = g_new (double, MAX (1, row.n_seeds));
      guint n = bf_row_collect (&row, self->dots->reading, values);

      for (guint k = 0; k < n; k++)
        if (values[k] > 0)
          {
            low = MIN (low, log10 (values[k]));
            high = MAX (high, log10 (values[k]));
          }
    }
  self->scale.low = MAX (MIN (floor (low - 0.1), -2), -MOST_DECADES);
  self->scale.high = MIN (MAX (ceil (high + 0.1), 1), MOST_DECADES);
}

static double
find_names_width (Layout *self)
{
  double widest = 0;

  for (guint i = 0; i < self->n; i++)
    widest = MAX (widest, bf_draw_text_width (self->draw, BF_TEXT (.type = BF_TYPE_TICK), bf_figure_data_get_row (self->data, i).label));
  return MIN (widest + 2, 0.4 * self->draw->width);
}

static void
lay_out (Layout *self)
{
  BfDraw *draw = self->draw;
  gboolean window = draw->style->window;
  double size = bf_draw_get_size (draw, BF_TYPE_TICK), margin = draw->margin;
  double names = find_names_width (self), column = window || draw->small ? 0 : 9 * size;
  BfRect rect = { margin, bf_draw_get_top (draw) + (window ? 4 : 8), draw->width - 2 * margin, 0 };

  rect.height = draw->height - rect.y - 3.4 * size - (window ? 8 : 16);
  /* In files a row begins with its mark. */
  self->names = window ? rect.x + names : rect.x + 3 * draw->mark + 8;
  rect.x += names + (window ? 12 : 4 * draw->mark + 20);
  rect.width = draw->width - margin - rect.x - (window ? 2 : 0.5 * size);
  if (column > 0)
    {
      self->measured = draw->width - margin - (self->dots->published ? 0.7 * column : 0);
      self->published = self->dots->published ? draw->width - margin : 0;
      rect.width -= column + (self->dots->published ? 0.7 * column : 0);
      rect.y += 1.6 * size;
      rect.height -= 1.6 * size;
    }
  find_range (self);
  self->scale.from = rect.x;
  self->scale.to = rect.x + rect.width;
  bf_rows_init (&self->rows, draw, &rect, MAX (1, self->n));
  self->order = g_new (guint, MAX (1, self->n));
  for (guint i = 0; i < self->n; i++)
    self->order[i] = i;
  if (self->dots->sorted && !window)
    g_qsort_with_data (self->order, (int) self->n, sizeof (guint), compare_rows, self);
}

/* Axis */

static void
draw_tick (const Layout *self, double x, const char *text, gboolean one)
{
  BfDraw *draw = self->draw;
  const BfRect *rect = &self->rows.rect;
  double size = bf_draw_get_size (draw, BF_TYPE_TICK), bottom = rect->y + rect->height;
  BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2] };
  double half = bf_draw_text_width (draw, &tick, text) / 2;

  bf_draw_line (draw, x, rect->y, x, bottom, one ? 1.4 : 1, draw->colors[one ? BF_ROLE_INK_3 : BF_ROLE_GRID]);
  bf_draw_text (draw, &tick, CLAMP (x, half, MAX (half, draw->width - half - 1)), bottom + 5 + 0.75 * size, text);
}

static void
draw_axis (const Layout *self)
{
  BfDraw *draw = self->draw;
  const BfRect *rect = &self->rows.rect;
  double size = bf_draw_get_size (draw, BF_TYPE_TICK);
  const char *name = _(draw->style->window ? self->dots->window_name : self->dots->name);
  int step = self->dots->log ? bf_ticks_decades (self->scale.low, self->scale.high, rect->width, 3.4 * size) : 0;
  double distance = bf_ticks_step (0, 1, CLAMP ((guint) (rect->width / (5 * size)), 2, 10));

  if (self->dots->log)
    for (int d = (int) ceil (self->scale.low / step) * step; d <= self->scale.high + 1e-9; d += step)
      {
        g_autofree char *text = bf_format_power (d);

        draw_tick (self, bf_scale_map (&self->scale, d), text, d == 0);
      }
  else
    for (double v = 0; v <= 1 + 1e-9; v += distance)
      {
        g_autofree char *number = bf_format_tick (100 * v, 100 * distance);
        g_autofree char *share = g_strdup_printf (_("%s %%"), number);

        draw_tick (self, bf_scale_map (&self->scale, v), v > 0 ? share : number, FALSE);
      }
  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2],
                               .max_width = draw->width - 2 * draw->margin),
                rect->x + rect->width, rect->y + rect->height + 8 + 2.2 * size, name);
}

/* The share that guessing gets, where the data has classes. */
static void
draw_guessing (const Layout *self)
{
  guint classes = self->data->runs[0].snapshot->plan->shape.classes;
  const BfRect *rect = &self->rows.rect;
  double x = classes > 1 ? bf_scale_map (&self->scale, 1.0 / classes) : NAN;

  if (self->dots->log || !isfinite (x))
    return;
  cairo_set_dash (self->draw->cr, (double[]) { 2, 3 }, 2, 0);
  bf_draw_line (self->draw, x, rect->y, x, rect->y + rect->height, 1, self->draw->colors[BF_ROLE_INK_3]);
  bf_draw_no_dash (self->draw);
}

/* Rows */

static void
draw_name (const Layout *self, const BfFigureRow *row, guint place, gboolean chosen)
{
  BfDraw *draw = self->draw;
  gboolean window = draw->style->window;
  double y = bf_rows_get_center (&self->rows, place), room = self->rows.rect.x - 12;
  BfText text = { .type = BF_TYPE_TICK, .bold = chosen, .align = window ? BF_ALIGN_RIGHT : BF_ALIGN_LEFT,
                  .color = &draw->colors[chosen || !window ? BF_ROLE_INK : BF_ROLE_INK_2] };

  text.max_width = window ? room - draw->margin + 4 : room - self->names;
  if (!window)
    bf_draw_mark (draw, row->family, draw->margin + draw->mark + 4, y, draw->mark,
                  bf_style_get_family (draw->style, row->family), row->hollow);
  bf_draw_text (draw, &text, window ? room : self->names, y, row->label);
}

/* Where a mark goes that others would cover: 0, then below and above by turns. */
static double
find_offset (const double *x, const double *y, guint n, double mark, double room)
{
  for (guint turn = 0; turn < 12; turn++)
    {
      double offset = (turn % 2 ? 1 : -1) * ((turn + 1) / 2) * 1.9 * mark;
      gboolean free = TRUE;

      if (fabs (offset) + mark > room)
        break;
      for (guint i = 0; i < n && free; i++)
        free = fabs (x[i] - x[n]) > 1.9 * mark || fabs (y[i] - offset) > 0.5 * mark;
      if (free)
        return offset;
    }
  return 0;
}

static void
draw_seeds (const Layout *self, const BfFigureRow *row, double y, BfColor color)
{
  BfDraw *draw = self->draw;
  double room = 0.5 * self->rows.pitch, mark = MIN (draw->mark, MAX (1.5, 0.42 * self->rows.pitch));
  g_autofree double *x = g_new (double, MAX (1, row->n_seeds)), *offsets = g_new0 (double, MAX (1, row->n_seeds));
  guint n = 0;

  for (guint i = 0; i < row->n_seeds; i++)
    {
      double value = row->seeds[i] ? self->dots->reading (row->seeds[i]) : NAN;
      gboolean ended = row->seeds[i] && row->seeds[i]->outcome != BF_OUTCOME_NONE;

      if (!isfinite (value))
        continue;
      x[n] = map_value (self, value);
      offsets[n] = find_offset (x, offsets, n, mark, room);
      /* What is still training is faint. */
      bf_draw_mark (draw, row->family, x[n], y + offsets[n], row->n_seeds > 1 ? 0.85 * mark : mark,
                    ended ? color : bf_color_alpha (color, 0.5), row->hollow);
      n++;
    }
}

/* Why a row has no mark. */
static const char *
get_words (const BfFigureRow *row)
{
  guint ended = bf_row_count_ended (row);
  gboolean begun = FALSE;

  for (guint i = 0; i < row->n_seeds; i++)
    begun |= row->seeds[i] != NULL;
  return !begun ? _("not run yet") : ended > 0 && bf_row_count_diverged (row) == ended ? _("diverged") : ended > 0 ? _("not measured") : "";
}

static void
draw_spread (const Layout *self, double *values, guint n, double y, BfColor color)
{
  BfDraw *draw = self->draw;
  double median = map_value (self, bf_row_get_median (values, n)), half = MIN (0.38 * self->rows.pitch, 12);

  if (self->dots->log)
    bf_draw_line (draw, self->scale.from, y, map_value (self, values[0]), y, 1, draw->colors[BF_ROLE_GRID]);
  if (n < 2)
    return;
  bf_draw_line (draw, map_value (self, values[0]), y, map_value (self, values[n - 1]), y, 1.6, bf_color_alpha (color, 0.5));
  bf_draw_line (draw, median, y - half, median, y + half, 2, color);
}

static void
draw_numbers (const Layout *self, const BfFigureRow *row, const double *values, guint n, double y)
{
  BfDraw *draw = self->draw;
  double published = self->dots->published ? self->dots->published (row) : NAN;
  g_autofree char *number = n == 0 ? NULL : self->dots->log ? bf_format_value (values[n / 2]) : bf_row_format_accuracy (values, n);
  g_autofree char *other = isfinite (published) ? bf_format_percent (published) : NULL;

  if (self->measured <= 0)
    return;
  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = number != NULL, .align = BF_ALIGN_RIGHT,
                               .color = &draw->colors[number ? BF_ROLE_INK : BF_ROLE_INK_3]),
                self->measured, y, number ? number : get_words (row));
  if (other)
    bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2]),
                  self->published, y, other);
}

static void
draw_row (const Layout *self, guint place)
{
  BfDraw *draw = self->draw;
  BfFigureRow row = bf_figure_data_get_row (self->data, self->order[place]);
  BfColor color = bf_style_get_family (draw->style, row.family);
  g_autofree double *values = g_new (double, MAX (1, row.n_seeds));
  guint n = bf_row_collect (&row, self->dots->reading, values);
  double y = bf_rows_get_center (&self->rows, place);
  double published = self->dots->published ? self->dots->published (&row) : NAN;
  guint stride = bf_label_stride (self->n, self->rows.pitch, 1.25 * bf_draw_get_size (draw, BF_TYPE_TICK));
  gboolean chosen = self->data->chosen_row == self->order[place] + 1;

  if (chosen || bf_label_shown (place, self->n, stride))
    draw_name (self, &row, place, chosen);
  if (n > 0)
    draw_spread (self, values, n, y, color);
  else if (self->measured <= 0 && self->rows.pitch >= bf_draw_get_size (draw, BF_TYPE_TICK))
    bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_3]), self->scale.from + 6, y, get_words (&row));
  if (isfinite (published))
    bf_draw_mark (draw, row.family, map_value (self, published), y, 1.4 * draw->mark, color, TRUE);
  draw_seeds (self, &row, y, color);
  draw_numbers (self, &row, values, n, y);
}

static void
draw_bands (const Layout *self)
{
  BfDraw *draw = self->draw;

  for (guint i = 0; i < self->n && !draw->style->window; i += 2)
    {
      BfRect band = bf_rows_get_rect (&self->rows, i);

      band.x = draw->margin - 6;
      band.width = draw->width - 2 * band.x;
      bf_draw_rectangle (draw, &band, 4);
      bf_draw_set_color (draw, bf_color_alpha (draw->colors[BF_ROLE_BAND], 0.6));
      cairo_fill (draw->cr);
    }
}

static void
draw_heads (const Layout *self)
{
  BfText head = { .type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = &self->draw->colors[BF_ROLE_INK_2] };
  double y = self->rows.rect.y - 0.9 * bf_draw_get_size (self->draw, BF_TYPE_TICK);

  if (self->measured <= 0)
    return;
  bf_draw_text (self->draw, &head, self->measured, y, self->dots->log ? _("median") : _("measured"));
  if (self->published > 0)
    bf_draw_text (self->draw, &head, self->published, y, _("published"));
}

void
bf_dots_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data, const BfDots *dots)
{
  g_auto (BfDraw) draw = { 0 };
  Layout layout = { .draw = &draw, .dots = dots, .data = data, .n = bf_figure_data_count_rows (data) };

  bf_draw_init (&draw, cr, width, height, style);
  lay_out (&layout);
  if (layout.n > 0 && layout.rows.rect.width >= 20 && layout.rows.rect.height >= 8)
    {
      draw_bands (&layout);
      draw_axis (&layout);
      draw_guessing (&layout);
      draw_heads (&layout);
      for (guint i = 0; i < layout.n; i++)
        draw_row (&layout, i);
    }
  g_free (layout.order);
}
