/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Draws ridges that are laid out: axis, lanes, rows, medians, names of the runs.
 */
#include "ridgelines-private.h"

#include "../../engine/bf-format.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static double
baseline (const BfRidges *self, guint row)
{
  return self->first + row * self->pitch;
}

static void
draw_axis (BfRidges *self)
{
  BfDraw *draw = self->draw;
  gboolean window = draw->style->window;
  double bottom = self->plot.y + self->plot.height, size = bf_draw_get_size (draw, BF_TYPE_TICK);
  int step = MAX (2, bf_ticks_decades (self->scale.low, self->scale.high, self->plot.width, 3.4 * size));
  BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2] };
  BfText strong = { .type = BF_TYPE_TICK, .bold = TRUE, .align = BF_ALIGN_CENTER };
  BfText name = { .type = self->label, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2] };
  g_autofree char *fitted = g_strdup_printf (_("%s, scale fitted"), bf_ridge_quantity (self->data->tensor));
  double y = bottom + 9 + 0.6 * size;

  for (int d = (int) ceil (self->scale.low / step - 1e-9) * step; d <= self->scale.high + 1e-9; d += step)
    {
      double x = bf_scale_map (&self->scale, d);
      g_autofree char *power = bf_format_power (d);

      bf_draw_line (draw, x, self->plot.y, x, bottom, 1, draw->colors[BF_ROLE_GRID]);
      bf_draw_line (draw, x, bottom + 1, x, bottom + 5, 1, draw->colors[BF_ROLE_AXIS]);
      bf_draw_text (draw, &tick, x, y, power);
    }
  bf_draw_text (draw, &strong, self->zero.x + self->zero.width / 2 - (self->zero.width < 40 ? 2 : 0), y, "0");
  bf_draw_text (draw, &strong, self->broken.x + self->broken.width / 2, y, self->broken.width < 40 ? "∞" : _("∞ NaN"));
  if (self->zero.width >= 40 && !window)
    bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_3]),
                  self->zero.x + self->zero.width / 2, y + 1.4 * size, _("exactly"));
  bf_draw_text (draw, &name, (self->scale.from + self->scale.to) / 2, y + (window ? 1.5 : 1.9) * size,
                self->data->scale_locked ? bf_ridge_quantity (self->data->tensor) : fitted);
}

static void
draw_ground (BfRidges *self)
{
  BfDraw *draw = self->draw;

  if (draw->style->window && self->data->show_cursor)
    for (guint row = 0; row < self->n_rows; row++)
      if (self->rows[row] == self->data->cursor.weighted)
        bf_draw_fill (draw, &(BfRect) { 2, baseline (self, row) - self->pitch, draw->width - 4, self->pitch },
                      bf_color_alpha (draw->colors[BF_ROLE_ACCENT], 0.1));
  bf_draw_fill (draw, &self->zero, draw->colors[BF_ROLE_BAND]);
  bf_draw_fill (draw, &self->broken, draw->colors[BF_ROLE_BAND]);
}

static void
draw_name (BfRidges *self, guint row)
{
  BfDraw *draw = self->draw;
  gboolean chosen = self->data->show_cursor && self->rows[row] == self->data->cursor.weighted;
  double size = bf_draw_get_size (draw, self->label);
  BfText text = { .type = self->label, .bold = chosen, .align = BF_ALIGN_RIGHT,
                  .color = &draw->colors[chosen ? BF_ROLE_INK : BF_ROLE_INK_2], .max_width = draw->width / 4 };
  double y = baseline (self, row) - MIN (0.66 * size, self->pitch / 2);

  bf_draw_text (draw, &text, self->zero.x - (draw->small || draw->style->window ? 10 : 14), y,
                bf_layer_name (self->snapshot->plan, self->rows[row]));
}

/* The ridge's line from baseline to baseline, in the current path. */
static gboolean
trace_ridge (const BfRidges *self, const BfRidge *ridge, double y)
{
  cairo_t *cr = self->draw->cr;
  double height = BF_RIDGES_OVERLAP * self->pitch / self->peak;
  int first = ridge->first - 1, last = ridge->last + 1;

  cairo_new_path (cr);
  if (ridge->last < ridge->first || !(self->peak > 0))
    return FALSE;
  for (int bin = first; bin <= last; bin++)
    {
      double share = bin >= 0 && bin < BF_HISTOGRAM_BINS ? ridge->shares[bin] : 0;
      double x = CLAMP (bf_scale_map (&self->scale, bf_ridge_bin_center (bin)), self->scale.from, self->scale.to);

      cairo_line_to (cr, x, y - height * share);
    }
  return TRUE;
}

/* The magnitude map laid over the axis: the color is that of the value. */
static void
set_magnitude_fill (BfRidges *self, double alpha)
{
  cairo_pattern_t *colors = cairo_pattern_create_linear (self->scale.from, 0, self->scale.to, 0);
  double range = self->scale.high - self->scale.low;

  for (guint i = 0; i <= 72; i++)
    {
      BfColor c = bf_colormap_magnitude (self->scale.low + range * i / 72);
      cairo_pattern_add_color_stop_rgba (colors, i / 72.0, c.r, c.g, c.b, alpha);
    }
  cairo_set_source (self->draw->cr, colors);
  cairo_pattern_destroy (colors);
}

static void
draw_ridge (BfRidges *self, guint row, guint run)
{
  BfDraw *draw = self->draw;
  cairo_t *cr = draw->cr;
  const BfRidge *ridge = &self->ridges[row * self->n_runs + run];
  BfRunLook look = bf_draw_get_look (draw, self->data, run);
  BfColor color = look.color;

  if (!trace_ridge (self, ridge, baseline (self, row)))
    return;
  if (self->magnitudes)
    set_magnitude_fill (self, 0.88);
  else
    bf_draw_set_color (draw, bf_color_alpha (color, look.hollow ? 0.08 : 0.23));
  cairo_fill_preserve (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, self->magnitudes ? 1 : draw->small || draw->style->window ? 1.4 : 1.7);
  bf_draw_set_color (draw, self->magnitudes ? draw->colors[BF_ROLE_INK_2] : color);
  cairo_stroke (cr);
}

static void
draw_start (BfRidges *self, guint row)
{
  cairo_t *cr = self->draw->cr;

  if (!self->starts || !trace_ridge (self, &self->starts[row], baseline (self, row)))
    return;
  cairo_save (cr);
  cairo_set_dash (cr, (const double[]) { 3, 2.2 }, 2, 0);
  cairo_set_line_width (cr, 1);
  bf_draw_set_color (self->draw, self->draw->colors[BF_ROLE_INK_2]);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static gboolean
has_share_numbers (const BfRidges *self)
{
  return !self->draw->small && !self->draw->style->window && self->pitch >= 28;
}

/* Height of a share of 1; a number fits above it. */
static double
share_height (const BfRidges *self)
{
  double number = 1.5 * bf_draw_get_size (self->draw, BF_TYPE_NOTE);

  return has_share_numbers (self) ? MIN (0.84 * self->pitch, self->pitch - number) : 0.84 * self->pitch;
}

/* A share as a bar on the row's baseline; never thinner than 2 px, so that a few are seen. */
static void
draw_share (BfRidges *self, guint row, guint run, const BfRect *lane, double share, BfColor color, gboolean crossed)
{
  BfDraw *draw = self->draw;
  double width = MAX (1, (lane->width - 5) / self->n_runs), height = MAX (2, share_height (self) * MIN (share, 1));
  BfRect bar = { lane->x + 2.5 + run * width, baseline (self, row) - height, width - (self->n_runs > 1 ? 1 : 0), height };

  if (!(share > 0))
    return;
  bf_draw_fill (draw, &bar, color);
  if (height < 6)
    return;
  bf_draw_rectangle (draw, &bar, 0);
  bf_draw_hatch (draw, crossed ? BF_HATCH_CROSS : BF_HATCH_RISING, draw->small ? 5 : 6, 1, draw->colors[BF_ROLE_SURFACE]);
}

static void
draw_share_number (BfRidges *self, guint row, const BfRect *lane, double share)
{
  BfDraw *draw = self->draw;
  double y = baseline (self, row) - MAX (2, share_height (self) * share) - 0.75 * bf_draw_get_size (draw, BF_TYPE_NOTE);
  g_autofree char *number = NULL;

  if (!(share >= 0.0005) || !has_share_numbers (self))
    return;
  /* Translators: a share in whole per cent. */
  number = share < 0.01 ? bf_format_percent (share) : g_strdup_printf (_("%.0f %%"), 100 * share);
  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2],
                               .halo = &draw->colors[BF_ROLE_BAND]), lane->x + lane->width / 2, y, number);
}

/* Below and above the bins: in the narrow space between lane and axis. */
static void
draw_shares (BfRidges *self, guint row)
{
  BfDraw *draw = self->draw;
  BfRect under = { self->zero.x + self->zero.width, 0, self->plot.x - self->zero.x - self->zero.width, 0 };
  BfRect over = { self->plot.x + self->plot.width, 0, self->broken.x - self->plot.x - self->plot.width, 0 };
  double zero = 0, broken = 0;

  for (guint run = 0; run < self->n_runs; run++)
    {
      const BfRidge *ridge = &self->ridges[row * self->n_runs + run];
      BfColor color = self->magnitudes ? draw->colors[BF_ROLE_INK_2] : bf_draw_get_look (draw, self->data, run).color;

      draw_share (self, row, run, &self->zero, ridge->zero, color, FALSE);
      draw_share (self, row, run, &self->broken, ridge->broken, color, TRUE);
      draw_share (self, row, run, &under, ridge->under, bf_color_alpha (color, 0.6), FALSE);
      draw_share (self, row, run, &over, ridge->over, bf_color_alpha (color, 0.6), FALSE);
      zero = MAX (zero, ridge->zero);
      broken = MAX (broken, ridge->broken);
    }
  draw_share_number (self, row, &self->zero, zero);
  draw_share_number (self, row, &self->broken, broken);
}

static void
draw_medians (BfRidges *self, guint run)
{
  BfDraw *draw = self->draw;
  cairo_t *cr = draw->cr;
  BfRunLook look = bf_draw_get_look (draw, self->data, run);
  BfColor color = self->magnitudes ? draw->colors[BF_ROLE_INK] : look.color;
  double radius = MIN (draw->style->window ? 2.8 : draw->mark, 0.22 * self->pitch);

  cairo_save (cr);
  cairo_new_path (cr);
  for (guint row = 0; row < self->n_rows; row++)
    {
      double median = self->ridges[row * self->n_runs + run].median;

      if (isnan (median))
        cairo_new_sub_path (cr);
      else
        cairo_line_to (cr, bf_scale_map (&self->scale, median), baseline (self, row));
    }
  cairo_set_dash (cr, (const double[]) { 2, 3 }, 2, 0);
  cairo_set_line_width (cr, draw->small ? 1.1 : 1.3);
  bf_draw_set_color (draw, color);
  cairo_stroke (cr);
  cairo_restore (cr);
  for (guint row = 0; row < self->n_rows && radius >= 1; row++)
    {
      double median = self->ridges[row * self->n_runs + run].median;

      if (!isnan (median) && median >= self->scale.low && median <= self->scale.high)
        bf_draw_mark (draw, look.family, bf_scale_map (&self->scale, median), baseline (self, row), radius, color, look.hollow);
    }
}

/* Above the first row's ridges, pushed apart to the right. */
static void
draw_run_labels (BfRidges *self)
{
  BfDraw *draw = self->draw;
  double size = bf_draw_get_size (draw, BF_TYPE_LABEL), taken = self->zero.x, top = INFINITY;
  gboolean two = !draw->style->window;
  guint order[BF_RIDGES_RUNS];

  for (guint run = 0; run < self->n_runs; run++)
    {
      guint k = run;
      double mode = bf_ridge_get_mode (&self->ridges[run]);

      for (; k > 0 && bf_ridge_get_mode (&self->ridges[order[k - 1]]) > mode; k--)
        order[k] = order[k - 1];
      order[k] = run;
      top = MIN (top, baseline (self, 0) - (self->peak > 0 ? BF_RIDGES_OVERLAP * self->pitch / self->peak : 0)
                                             * bf_ridge_get_peak (&self->ridges[run]));
    }
  for (guint k = 0; k < self->n_runs; k++)
    {
      const BfRidge *ridge = &self->ridges[order[k]];
      const BfFigureRun *run = &self->data->runs[order[k]];
      double mode = bf_ridge_get_mode (ridge), width, x;
      BfColor ink = bf_style_get_family_ink (draw->style, run->family);
      BfText name = { .bold = TRUE, .align = BF_ALIGN_CENTER, .color = &ink, .halo = &draw->colors[BF_ROLE_SURFACE] };
      BfText note = { .type = BF_TYPE_NOTE, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2],
                      .halo = &draw->colors[BF_ROLE_SURFACE] };
      g_autofree char *value = bf_ridge_format_median (ridge);
      g_autofree char *median = draw->small ? g_strdup_printf (_("median %s"), value)
                                            : g_strdup_printf (_("median in %s: %s"),
                                                               bf_layer_name (self->snapshot->plan, self->rows[0]), value);

      if (!run->label || !ridge->present)
        continue;
      width = MAX (bf_draw_text_width (draw, &name, run->label), two ? bf_draw_text_width (draw, &note, median) : 0);
      x = isnan (mode) ? self->zero.x + width / 2 : bf_scale_map (&self->scale, mode);
      x = MAX (MIN (x, draw->width - draw->margin - width / 2), taken + width / 2);
      taken = x + width / 2 + 14;
      bf_draw_text (draw, &name, x, top - (two ? 2.1 : 0.9) * size, run->label);
      if (two)
        bf_draw_text (draw, &note, x, top - 0.85 * size, median);
    }
}

static void
draw_read_out (BfRidges *self)
{
  BfDraw *draw = self->draw;
  const BfCursor *hover = self->data->hover;
  const BfFrame *frame = bf_snapshot_get_frame (self->snapshot, bf_figure_data_get_step (self->data, 0));
  guint row = 0;

  while (row < self->n_rows && self->rows[row] != hover->weighted)
    row++;
  if (row < self->n_rows && frame)
    {
      const BfRidge *ridge = &self->ridges[row * self->n_runs];
      g_autofree char *step = bf_format_count (frame->step);
      g_autofree char *title = g_strdup_printf (_("%s, step %s"), bf_layer_name (self->snapshot->plan, hover->weighted), step);
      g_autofree char *median = bf_ridge_format_median (ridge);
      g_autofree char *zero = bf_format_percent (ridge->zero), *broken = bf_format_percent (ridge->broken);

      /* Never over the names. */
      bf_draw_card (draw, &(BfRect) { self->zero.x, 0, draw->width - self->zero.x, draw->height }, self->broken.x,
                    baseline (self, row) - self->pitch, baseline (self, row), title,
                    (const char *const[]) { _("median"), _("exactly zero"), _("not finite") },
                    (const char *const[]) { median, zero, broken }, ridge->broken > 0 ? 3 : 2);
    }
}

static void
draw_rows (BfRidges *self)
{
  BfDraw *draw = self->draw;

  for (guint row = 0; row < self->n_rows; row++)
    {
      double y = baseline (self, row);

      bf_draw_line (draw, self->zero.x, y, self->broken.x + self->broken.width, y, 1, draw->colors[BF_ROLE_AXIS]);
      for (guint run = self->n_runs; run > 0; run--)
        draw_ridge (self, row, run - 1);
      draw_start (self, row);
      draw_shares (self, row);
      draw_name (self, row);
    }
  for (guint run = self->n_runs; run > 0; run--)
    draw_medians (self, run - 1);
}

double
bf_ridge_draw_moment (BfDraw *draw, guint64 step, gboolean dashed, double x, double y)
{
  BfText text = { .type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2],
                  .halo = &draw->colors[BF_ROLE_SURFACE] };
  g_autofree char *count = bf_format_count (step), *words = g_strdup_printf (_("step %s"), count);
  const double width = bf_draw_text (draw, &text, x, y, step == 0 ? _("start") : words);

  cairo_save (draw->cr);
  if (dashed)
    cairo_set_dash (draw->cr, (const double[]) { 3, 2.2 }, 2, 0);
  bf_draw_line (draw, x - width - 25, y, x - width - 6, y, dashed ? 1 : 1.7, draw->colors[BF_ROLE_INK_2]);
  cairo_restore (draw->cr);
  return x - width - 25;
}

/* Both moments, top right: the dashed one, and of a single run the other beside it. */
static void
draw_moments_key (BfRidges *self)
{
  const double y = self->plot.y + 0.9 * bf_draw_get_size (self->draw, BF_TYPE_TICK);
  const double x = bf_ridge_draw_moment (self->draw, self->moments[1], TRUE, self->plot.x + self->plot.width - 4, y);

  if (self->n_runs == 1)
    bf_ridge_draw_moment (self->draw, self->moments[0], FALSE, x - 14, y);
}

void
bf_ridges_draw (BfRidges *self)
{
  draw_ground (self);
  draw_axis (self);
  draw_rows (self);
  if (bf_ridges_have_labels (self))
    draw_run_labels (self);
  if (self->starts)
    draw_moments_key (self);
  if (self->data->hover)
    draw_read_out (self);
}
