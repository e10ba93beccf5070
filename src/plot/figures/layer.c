/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The distribution of log10 |v| in one layer, enlarged from the ridgelines: bars of whole shares,
 * the start, or the moment that is pinned, dashed, a second run as an outline. The axis spans what all layers hold, so that
 * going from layer to layer the bars move and the axis stands. What has no logarithm stands in
 * lanes at the sides, where there is any: exactly zero left, infinite or not a number right.
 */
#include "ridgelines-private.h"

#include "../../engine/bf-format.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define RUNS       2
#define LEAST_BAR  5    /* px */
#define LANE       34
#define LEAST_SPAN 4    /* decades */

/* Of one histogram: the start's or a run's. */
typedef struct
{
  const BfHistogram *histogram;   /* NULL: none */
  BfRidge ridge;
} BfLayerBars;

typedef struct
{
  BfDraw *draw;
  const BfFigureData *data;
  guint layer, n_runs;
  const BfFrame *frame;     /* of the first run */
  const BfFrame *other;     /* dashed: the start or the one pinned; NULL: none */
  BfLayerBars now[RUNS], start;
  int group;                /* bins a bar */
  gboolean magnitudes;
  BfRect plot, zero, broken;   /* lanes without width where nothing is in them */
  BfScale x, y;             /* log10, share */
} BfLayerPicture;

static BfLayerBars
read_bars (const BfSnapshot *snapshot, const BfFrame *frame, guint layer, BfTensor tensor)
{
  BfLayerBars bars = { layer < snapshot->plan->n_weighted ? bf_ridge_find (snapshot, frame, layer, tensor) : NULL, { 0 } };

  bf_ridge_init (&bars.ridge, bars.histogram);
  if (!bars.ridge.present)
    bars.histogram = NULL;
  return bars;
}

static double
get_share (const BfHistogram *histogram, int first, int n)
{
  double sum = 0;

  for (int bin = first; bin < MIN (first + n, BF_HISTOGRAM_BINS); bin++)
    sum += histogram->bins[bin];
  return sum / histogram->total;
}

static void
widen (const BfSnapshot *snapshot, const BfFrame *frame, BfTensor tensor, int *first, int *last)
{
  for (guint w = 0; w < snapshot->plan->n_weighted; w++)
    {
      const BfHistogram *histogram = bf_ridge_find (snapshot, frame, w, tensor);

      for (int bin = 0; histogram && bin < BF_HISTOGRAM_BINS; bin++)
        if (histogram->bins[bin] > 0)
          {
            *first = MIN (*first, bin);
            *last = MAX (*last, bin);
          }
    }
}

static const BfFrame *
get_first_frame (const BfSnapshot *snapshot)
{
  return snapshot->frames && snapshot->frames->len ? snapshot->frames->pdata[0] : NULL;
}

/* Whole decades, of all layers at the start, now, and at the moment that is pinned. */
static void
find_span (BfLayerPicture *self)
{
  int first = BF_HISTOGRAM_BINS, last = -1;

  for (guint run = 0; run < self->n_runs; run++)
    {
      const BfSnapshot *snapshot = self->data->runs[run].snapshot;

      widen (snapshot, get_first_frame (snapshot), self->data->tensor, &first, &last);
      widen (snapshot, bf_snapshot_get_frame (snapshot, bf_figure_data_get_step (self->data, run)),
             self->data->tensor, &first, &last);
    }
  if (self->other)
    widen (self->data->runs[0].snapshot, self->other, self->data->tensor, &first, &last);
  self->x.low = BF_MAGNITUDE_LOW;
  self->x.high = BF_MAGNITUDE_HIGH;
  if (last < first)
    return;
  self->x.low = floor (BF_HISTOGRAM_LOW + first * BF_HISTOGRAM_STEP + 1e-9);
  self->x.high = MAX (ceil (BF_HISTOGRAM_LOW + (last + 1) * BF_HISTOGRAM_STEP - 1e-9), self->x.low + LEAST_SPAN);
}

static double
find_peak (const BfLayerPicture *self, const BfHistogram *histogram)
{
  double peak = 0;

  for (int bin = 0; histogram && bin < BF_HISTOGRAM_BINS; bin += self->group)
    peak = MAX (peak, get_share (histogram, bin, self->group));
  return histogram ? MAX (peak, MAX ((double) histogram->zero, (double) histogram->infinite + histogram->nan) / histogram->total) : 0;
}

static void
place (BfLayerPicture *self)
{
  BfDraw *draw = self->draw;
  gboolean window = draw->style->window, zero = FALSE, broken = FALSE;
  double tick = bf_draw_get_size (draw, BF_TYPE_TICK), top = bf_draw_get_top (draw) + (window ? 4 : 10) + 3 * tick;
  double left = draw->margin + 5.4 * tick, right = draw->width - draw->margin, bottom = draw->height - (window ? 4 : 4.9) * tick;
  const BfLayerBars *all[] = { &self->now[0], &self->now[1], &self->start };
  double peak = 0;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      zero |= all[i]->ridge.zero > 0;
      broken |= all[i]->ridge.broken > 0;
    }
  self->zero = (BfRect) { left, top, zero ? LANE : 0, MAX (1, bottom - top) };
  self->broken = (BfRect) { right - (broken ? LANE : 0), top, broken ? LANE : 0, MAX (1, bottom - top) };
  left += zero ? LANE + 8 : 0;
  right -= broken ? LANE + 8 : 0;
  self->plot = (BfRect) { left, top, MAX (1, right - left), MAX (1, bottom - top) };
  self->x.from = left;
  self->x.to = left + self->plot.width;
  self->group = 1;
  while (self->group < 5 && self->plot.width * BF_HISTOGRAM_STEP * self->group / (self->x.high - self->x.low) < LEAST_BAR)
    self->group = self->group == 1 ? 2 : 5;   /* a decade is a whole number of bars */
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    peak = MAX (peak, find_peak (self, all[i]->histogram));
  self->y = (BfScale) { 0, bf_nice_above (MAX (peak, 0.01)), bottom, top };
}

/* What the distribution now is shown against; NULL where that is itself. */
static const BfFrame *
find_other (const BfFigureData *data, const BfFrame *now)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  const BfFrame *other = data->pinned ? bf_snapshot_get_frame (snapshot, *data->pinned) : get_first_frame (snapshot);

  return other && now && (data->pinned ? other->step != now->step : other->step < now->step) ? other : NULL;
}

static void
picture_init (BfLayerPicture *self, BfDraw *draw, const BfFigureData *data)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;

  *self = (BfLayerPicture) {
    .draw = draw, .data = data, .layer = data->cursor.weighted, .n_runs = MIN (data->n_runs, RUNS),
    .frame = bf_snapshot_get_frame (snapshot, bf_figure_data_get_step (data, 0)),
    .magnitudes = data->n_runs == 1 && bf_ridge_is_gradient (data->tensor),
  };
  for (guint run = 0; run < self->n_runs; run++)
    {
      const BfSnapshot *other = data->runs[run].snapshot;

      self->now[run] = read_bars (other, bf_snapshot_get_frame (other, bf_figure_data_get_step (data, run)),
                                  self->layer, data->tensor);
    }
  self->other = find_other (data, self->frame);
  if (self->other)
    self->start = read_bars (snapshot, self->other, self->layer, data->tensor);
  find_span (self);
  place (self);
}

static double
map_bin (const BfLayerPicture *self, int bin)
{
  return CLAMP (bf_scale_map (&self->x, BF_HISTOGRAM_LOW + bin * BF_HISTOGRAM_STEP), self->x.from, self->x.to);
}

static void
draw_axes (BfLayerPicture *self)
{
  BfDraw *draw = self->draw;
  double size = bf_draw_get_size (draw, BF_TYPE_TICK), bottom = self->plot.y + self->plot.height, y = bottom + 7 + 0.6 * size;
  int step = bf_ticks_decades (self->x.low, self->x.high, self->plot.width, 3.4 * size);
  BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2] };
  BfText strong = { .type = BF_TYPE_TICK, .bold = TRUE, .align = BF_ALIGN_CENTER };
  BfText side = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2], .angle = -G_PI / 2 };
  BfRect whole = { self->zero.x, self->plot.y, self->broken.x + self->broken.width - self->zero.x, self->plot.height };

  for (int d = (int) ceil (self->x.low / step - 1e-9) * step; d <= self->x.high + 1e-9; d += step)
    {
      double x = bf_scale_map (&self->x, d);
      g_autofree char *power = bf_format_power (d);

      bf_draw_line (draw, x, bottom + 1, x, bottom + 5, 1, draw->colors[BF_ROLE_AXIS]);
      bf_draw_text (draw, &tick, x, y, power);
    }
  if (self->zero.width > 0)
    {
      bf_draw_fill (draw, &self->zero, draw->colors[BF_ROLE_BAND]);
      bf_draw_text (draw, &strong, self->zero.x + self->zero.width / 2, y, "0");
    }
  if (self->broken.width > 0)
    {
      bf_draw_fill (draw, &self->broken, draw->colors[BF_ROLE_BAND]);
      bf_draw_text (draw, &strong, self->broken.x + self->broken.width / 2, y, "∞");
    }
  bf_draw_axis_y (draw, &whole, &self->y, TRUE);
  bf_draw_text (draw, &side, draw->margin + 0.4 * size, self->plot.y + self->plot.height / 2, _("Share of values"));
}

/* The name of the x axis; a picture that leaves the window says whose values they are. */
static void
draw_name (BfLayerPicture *self)
{
  BfDraw *draw = self->draw;
  double size = bf_draw_get_size (draw, BF_TYPE_TICK);
  BfText name = { .type = draw->style->window ? BF_TYPE_TICK : BF_TYPE_LABEL, .align = BF_ALIGN_CENTER,
                  .color = &draw->colors[BF_ROLE_INK_2], .max_width = draw->width - 2 * draw->margin };
  g_autofree char *step = bf_format_count (self->frame ? self->frame->step : 0);
  /* Translators: a layer, a step, a quantity: "Dense 3, step 1,985: gradient of one weight |∂L/∂w|" */
  g_autofree char *whole = g_strdup_printf (_("%s, step %s: %s"), bf_layer_name (self->data->runs[0].snapshot->plan, self->layer),
                                            step, bf_ridge_quantity (self->data->tensor));

  bf_draw_text (draw, &name, self->plot.x + self->plot.width / 2, self->plot.y + self->plot.height + 7 + 2.3 * size,
                draw->style->window ? bf_ridge_quantity (self->data->tensor) : whole);
}

static void
draw_lanes (BfLayerPicture *self, const BfLayerBars *bars, guint run, BfColor color)
{
  const struct { const BfRect *lane; double share; BfHatch hatch; } lanes[] = {
    { &self->zero, bars->ridge.zero, BF_HATCH_RISING }, { &self->broken, bars->ridge.broken, BF_HATCH_CROSS },
  };
  double width = (LANE - 6.0) / self->n_runs;

  for (guint i = 0; i < G_N_ELEMENTS (lanes); i++)
    {
      double height = MAX (2, self->y.from - bf_scale_map (&self->y, lanes[i].share));
      BfRect bar = { lanes[i].lane->x + 3 + run * width, self->y.from - height, width - 1, height };

      if (!(lanes[i].share > 0))
        continue;
      bf_draw_fill (self->draw, &bar, color);
      bf_draw_rectangle (self->draw, &bar, 0);
      bf_draw_hatch (self->draw, lanes[i].hatch, 5, 1, self->draw->colors[BF_ROLE_SURFACE]);
    }
}

static void
draw_bars (BfLayerPicture *self)
{
  BfColor family = bf_style_get_family (self->draw->style, self->data->runs[0].family);

  for (int bin = 0; bin < BF_HISTOGRAM_BINS; bin += self->group)
    {
      double share = get_share (self->now[0].histogram, bin, self->group);
      double left = map_bin (self, bin), right = map_bin (self, bin + self->group), top = bf_scale_map (&self->y, share);
      BfColor color = self->magnitudes ? bf_colormap_magnitude (BF_HISTOGRAM_LOW + (bin + self->group / 2.0) * BF_HISTOGRAM_STEP)
                                       : bf_color_alpha (family, self->n_runs > 1 ? 0.45 : 0.8);

      if (share > 0 && right - left > 1)
        bf_draw_fill (self->draw, &(BfRect) { left + 0.5, top, right - left - 1, self->y.from - top }, color);
    }
  draw_lanes (self, &self->now[0], 0, self->magnitudes ? self->draw->colors[BF_ROLE_INK_2] : family);
}

static void
draw_outline (BfLayerPicture *self, const BfHistogram *histogram, BfColor color, gboolean dashed)
{
  cairo_t *cr = self->draw->cr;

  cairo_save (cr);
  cairo_new_path (cr);
  for (int bin = 0; bin < BF_HISTOGRAM_BINS; bin += self->group)
    {
      double y = bf_scale_map (&self->y, get_share (histogram, bin, self->group));

      cairo_line_to (cr, map_bin (self, bin), y);
      cairo_line_to (cr, map_bin (self, bin + self->group), y);
    }
  if (dashed)
    cairo_set_dash (cr, (const double[]) { 3, 2.2 }, 2, 0);
  cairo_set_line_width (cr, dashed ? 1 : 1.6);
  bf_draw_set_color (self->draw, color);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* A line at the median, its value beside it: the first run's on the upper line. */
static void
draw_median (BfLayerPicture *self, guint run)
{
  BfDraw *draw = self->draw;
  const BfFigureRun *shown = &self->data->runs[run];
  double median = self->now[run].ridge.median, size = bf_draw_get_size (draw, BF_TYPE_TICK), x, width;
  double y = self->plot.y - (self->n_runs > 1 && run == 0 ? 2.1 : 0.8) * size;
  BfColor ink = self->n_runs > 1 ? bf_style_get_family_ink (draw->style, shown->family) : draw->colors[BF_ROLE_INK];
  BfText text = { .type = BF_TYPE_TICK, .color = &ink, .halo = &draw->colors[BF_ROLE_SURFACE] };
  g_autofree char *value = bf_ridge_format_median (&self->now[run].ridge);
  g_autofree char *words = self->n_runs > 1 && shown->label
                             /* Translators: a run and its median: "Run 2: median 2.5 × 10⁻⁷" */
                             ? g_strdup_printf (_("%s: median %s"), shown->label, value) : g_strdup_printf (_("median %s"), value);

  if (!isnan (median))
    {
      x = bf_scale_map (&self->x, median);
      bf_draw_line (draw, x, y, x, self->y.from, run == 0 ? 1.4 : 1, ink);
    }
  else
    x = self->plot.x;
  width = bf_draw_text_width (draw, &text, words);
  text.align = x + 6 + width > draw->width - 4 ? BF_ALIGN_RIGHT : BF_ALIGN_LEFT;
  bf_draw_text (draw, &text, x + (text.align == BF_ALIGN_LEFT ? 6 : -6), y, words);
}

static void
layer_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  BfLayerPicture self;

  bf_draw_init (&draw, cr, width, height, style);
  picture_init (&self, &draw, data);
  if (!self.now[0].histogram)
    {
      bf_draw_text (&draw, BF_TEXT (.align = BF_ALIGN_CENTER, .color = &draw.colors[BF_ROLE_INK_3], .max_width = width),
                    width / 2, height / 2, _("No distribution was recorded."));
      return;
    }
  if (self.plot.width < 20 || self.plot.height < 20)
    return;
  draw_axes (&self);
  draw_name (&self);
  draw_bars (&self);
  if (self.start.histogram)
    draw_outline (&self, self.start.histogram, draw.colors[BF_ROLE_INK_2], TRUE);
  if (self.now[1].histogram)
    {
      BfColor color = bf_style_get_family (style, data->runs[1].family);

      draw_outline (&self, self.now[1].histogram, color, FALSE);
      draw_lanes (&self, &self.now[1], 1, color);
      draw_median (&self, 1);
    }
  draw_median (&self, 0);
  if (self.start.histogram && self.plot.width > 120)
    bf_ridge_draw_moment (&draw, self.other->step, TRUE, self.plot.x + self.plot.width - 4,
                          self.plot.y + 0.9 * bf_draw_get_size (&draw, BF_TYPE_TICK));
}

static void
layer_csv (GString *out, const BfFigureData *data)
{
  bf_ridges_csv_layers (out, data, data->cursor.weighted, data->cursor.weighted + 1);
}

/* " At step 40, pinned: median …", of what the dashed line shows; "" without one. */
static char *
describe_pinned (const BfFigureData *data, const BfFrame *now)
{
  const BfFrame *other = data->pinned ? find_other (data, now) : NULL;
  BfLayerBars bars = { 0 };
  g_autofree char *median = NULL, *step = NULL;

  if (other)
    bars = read_bars (data->runs[0].snapshot, other, data->cursor.weighted, data->tensor);
  if (!bars.histogram)
    return g_strdup ("");
  median = bf_ridge_format_median (&bars.ridge);
  step = bf_format_count (other->step);
  /* Translators: a step, a median */
  return g_strdup_printf (_(" At step %s, pinned: median %s."), step, median);
}

static char *
layer_describe (const BfFigureData *data)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  const BfFrame *frame = bf_snapshot_get_frame (snapshot, bf_figure_data_get_step (data, 0));
  BfLayerBars bars = read_bars (snapshot, frame, data->cursor.weighted, data->tensor);
  g_autofree char *median = bf_ridge_format_median (&bars.ridge), *zero = bf_format_percent (bars.ridge.zero);
  g_autofree char *broken = bf_format_percent (bars.ridge.broken), *step = bf_format_count (frame ? frame->step : 0);
  g_autofree char *pinned = describe_pinned (data, frame), *words = NULL;

  if (!bars.histogram)
    return g_strdup (_("No distribution was recorded."));
  /* Translators: layer, step, quantity, median, two shares */
  words = g_strdup_printf (_("%s at step %s, %s: median %s, %s exactly zero, %s not finite."),
                           bf_layer_name (snapshot->plan, data->cursor.weighted), step,
                           bf_ridge_quantity (data->tensor), median, zero, broken);
  return g_strconcat (words, pinned, NULL);
}

extern const BfFigure bf_figure_layer;
const BfFigure bf_figure_layer = {
  .kind = { "layer", N_("Distribution in One Layer"),
            N_("How large single gradients, weights or outputs of the chosen layer are, now and at the start") },
  .width = 900, .height = 600,
  .draw = layer_draw,
  .csv = layer_csv,
  .describe = layer_describe,
  .reading = N_("The curve is how often each size occurs, the dashed one the start: a hump that moves left is a "
                "gradient that fades."),
};
