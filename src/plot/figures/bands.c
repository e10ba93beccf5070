/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * How the values of one layer are spread, step by step: the median, and bands that hold the middle half and
 * nine tenths of them. From the recorded histograms of log10 |v|, so quantiles are exact to a tenth of a decade.
 */
#include "ridgelines-private.h"

#include "../bf-table.h"
#include "../../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define N_QUANTILES 5

static const double quantiles[N_QUANTILES] = { 0.05, 0.25, 0.5, 0.75, 0.95 };

/* At one step; log10, −∞ for zero and below the bins, NaN without values. */
typedef struct
{
  guint64 step;
  double at[N_QUANTILES];
  double zero, broken;   /* shares */
} BfBand;

typedef struct
{
  guint layer;
  guint n;
  BfBand *bands;
  BfRect plot;
  BfScale steps, log;
  double labels;         /* room for names at the right end; 0: none */
} BfBands;

static guint
find_layer (const BfFigureData *data)
{
  const guint n = data->runs[0].snapshot->plan->n_weighted;

  return data->show_cursor && data->cursor.weighted < n ? data->cursor.weighted : 0;
}

static void
measure (BfBand *self, guint64 step, const BfHistogram *histogram)
{
  const double total = histogram->total;

  self->step = step;
  self->zero = histogram->zero / total;
  self->broken = ((double) histogram->infinite + histogram->nan) / total;
  for (guint i = 0; i < N_QUANTILES; i++)
    {
      const double value = bf_histogram_get_quantile (histogram, quantiles[i]);

      self->at[i] = isnan (value) ? NAN : log10 (value);
    }
}

/* The bands of all recorded moments. */
static void
collect (BfBands *self, const BfFigureData *data)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;

  self->layer = find_layer (data);
  self->bands = g_new0 (BfBand, MAX (snapshot->frames->len, 1));
  for (guint i = 0; snapshot->plan->n_weighted > 0 && i < snapshot->frames->len; i++)
    {
      const BfFrame *frame = snapshot->frames->pdata[i];
      const BfHistogram *histogram = bf_ridge_find (snapshot, frame, self->layer, data->tensor);

      if (histogram && histogram->total > 0)
        measure (&self->bands[self->n++], frame->step, histogram);
    }
}

static void
lay_out (BfBands *self, BfDraw *draw, const BfFigureData *data)
{
  const gboolean window = draw->style->window;
  const double k = CLAMP (draw->style->font_scale, 0.5, 4), tick = bf_draw_get_size (draw, BF_TYPE_TICK);
  const double left = draw->margin + 3.4 * tick + 10;
  const double top = window ? BF_FIGURE_WINDOW_TOP * k : bf_draw_get_top (draw) + (draw->small ? 24 : 32) * k;
  const double bottom = draw->height - (window ? BF_FIGURE_WINDOW_BOTTOM * k : (draw->small ? 44 : 62) * k);
  double right = draw->width - draw->margin, low = INFINITY, high = -INFINITY;

  if (draw->width > 340)
    {
      self->labels = 4.5 * tick;
      right -= self->labels;
    }
  for (guint i = 0; i < self->n; i++)
    for (guint q = 0; q < N_QUANTILES; q++)
      if (isfinite (self->bands[i].at[q]))
        {
          low = MIN (low, self->bands[i].at[q]);
          high = MAX (high, self->bands[i].at[q]);
        }
  low = isfinite (low) ? floor (low) : BF_HISTOGRAM_LOW;
  high = isfinite (high) ? MAX (ceil (high), low + 2) : 0;
  self->plot = (BfRect) { round (left), round (top), MAX (0, round (right) - round (left)), MAX (0, round (bottom) - round (top)) };
  self->steps = (BfScale) { 0, (double) MAX (1, bf_snapshot_get_last_step (data->runs[0].snapshot)), self->plot.x,
                            self->plot.x + self->plot.width };
  self->log = (BfScale) { low, high, self->plot.y + self->plot.height, self->plot.y };
}

static double
map_value (const BfBands *self, double value)
{
  return bf_scale_map (&self->log, CLAMP (value, self->log.low, self->log.high));
}

/* Between quantiles a and b, from one gap to the next. */
static void
draw_band (BfDraw *draw, const BfBands *self, guint a, guint b, BfColor color)
{
  for (guint from = 0; from < self->n;)
    {
      guint past = from;

      while (past < self->n && !isnan (self->bands[past].at[a]) && !isnan (self->bands[past].at[b]))
        past++;
      cairo_new_path (draw->cr);
      for (guint i = from; i < past; i++)
        cairo_line_to (draw->cr, bf_scale_map (&self->steps, (double) self->bands[i].step), map_value (self, self->bands[i].at[b]));
      for (guint i = past; i-- > from;)
        cairo_line_to (draw->cr, bf_scale_map (&self->steps, (double) self->bands[i].step), map_value (self, self->bands[i].at[a]));
      bf_draw_set_color (draw, color);
      cairo_fill (draw->cr);
      from = past + 1;
    }
}

static void
draw_median (BfDraw *draw, const BfBands *self, BfColor color)
{
  gboolean open = FALSE;

  cairo_new_path (draw->cr);
  for (guint i = 0; i < self->n; i++)
    {
      const gboolean here = isfinite (self->bands[i].at[2]);
      const double x = bf_scale_map (&self->steps, (double) self->bands[i].step);

      if (here && open)
        cairo_line_to (draw->cr, x, map_value (self, self->bands[i].at[2]));
      else if (here)
        cairo_move_to (draw->cr, x, map_value (self, self->bands[i].at[2]));
      open = here;
    }
  cairo_set_line_width (draw->cr, draw->line);
  cairo_set_line_join (draw->cr, CAIRO_LINE_JOIN_ROUND);
  bf_draw_set_color (draw, color);
  cairo_stroke (draw->cr);
  if (self->n == 1 && open)
    bf_draw_mark (draw, BF_FAMILY_BASELINE, bf_scale_map (&self->steps, (double) self->bands[0].step),
                  map_value (self, self->bands[0].at[2]), draw->mark, color, FALSE);
}

/* Where the bands end: "95 %", "median" …, as many as have room. */
static void
draw_names (BfDraw *draw, const BfBands *self)
{
  static const guint order[] = { 2, 4, 0, 3, 1 };
  const BfBand *last = &self->bands[self->n - 1];
  const double size = bf_draw_get_size (draw, BF_TYPE_NOTE);
  double taken[N_QUANTILES];
  guint n = 0;

  for (guint i = 0; i < N_QUANTILES && self->labels > 0; i++)
    {
      const guint q = order[i];
      const double y = map_value (self, last->at[q]);
      g_autofree char *name = q == 2 ? g_strdup (_("median")) : g_strdup_printf (_("%.0f %%"), 100 * quantiles[q]);
      gboolean free = isfinite (last->at[q]);

      for (guint other = 0; other < n; other++)
        free &= fabs (taken[other] - y) > 1.25 * size;
      if (!free)
        continue;
      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .bold = q == 2, .color = &draw->colors[q == 2 ? BF_ROLE_INK : BF_ROLE_INK_2]),
                    self->plot.x + self->plot.width + 6, y, name);
      taken[n++] = y;
    }
}

static void
bands_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  g_autofree BfBand *owned = NULL;
  g_autofree char *name = NULL;
  BfBands bands = { 0 };
  BfColor accent;
  double size;

  bf_draw_init (&draw, cr, width, height, style);
  collect (&bands, data);
  owned = bands.bands;
  lay_out (&bands, &draw, data);
  if (bands.plot.width < 10 || bands.plot.height < 10 || data->runs[0].snapshot->plan->n_weighted == 0)
    return;
  size = bf_draw_get_size (&draw, BF_TYPE_TICK);
  accent = draw.colors[BF_ROLE_ACCENT];
  bf_draw_axis_log_y (&draw, &bands.plot, &bands.log);
  bf_draw_axis_x (&draw, &bands.plot, &bands.steps, 1, style->window ? _("Step") : _("step"));
  bf_draw_line (&draw, bands.plot.x, bands.log.from, bands.plot.x + bands.plot.width, bands.log.from, 1, draw.colors[BF_ROLE_AXIS]);
  /* Translators: layer, quantity: "Dense 3: gradient of one weight |∂L/∂w|" */
  name = g_strdup_printf (_("%s: %s"), bf_layer_name (data->runs[0].snapshot->plan, bands.layer), bf_ridge_quantity (data->tensor));
  bf_draw_text (&draw, BF_TEXT (.type = style->window ? BF_TYPE_TICK : BF_TYPE_LABEL, .color = &draw.colors[BF_ROLE_INK_2],
                                .max_width = MAX (1, width - 2 * draw.margin)), draw.margin, bands.plot.y - 1.2 * size, name);
  if (bands.n == 0)
    {
      bf_draw_text (&draw, BF_TEXT (.align = BF_ALIGN_CENTER, .color = &draw.colors[BF_ROLE_INK_2], .max_width = bands.plot.width),
                    bands.plot.x + bands.plot.width / 2, bands.plot.y + bands.plot.height / 2, _("No distribution was recorded"));
      return;
    }
  draw_band (&draw, &bands, 0, 4, bf_color_alpha (accent, 0.18));
  draw_band (&draw, &bands, 1, 3, bf_color_alpha (accent, 0.3));
  draw_median (&draw, &bands, accent);
  if (data->show_cursor)
    {
      const double x = bf_scale_map (&bands.steps, MIN ((double) data->cursor.step, bands.steps.high));

      bf_draw_line (&draw, x, bands.plot.y, x, bands.log.from, 3, bf_color_alpha (draw.colors[BF_ROLE_SURFACE], 0.55));
      bf_draw_line (&draw, x, bands.plot.y, x, bands.log.from, 1.2, draw.colors[BF_ROLE_INK]);
    }
  draw_names (&draw, &bands);
}

static void
bands_csv (GString *out, const BfFigureData *data)
{
  g_autofree BfBand *owned = NULL;
  BfBands bands = { 0 };

  collect (&bands, data);
  owned = bands.bands;
  g_string_append (out, "step,layer,p5,p25,median,p75,p95,zero,not_finite\n");
  if (bands.n == 0)   /* a row that says so */
    g_string_append (out, "0,,nan,nan,nan,nan,nan,nan,nan\n");
  for (guint i = 0; i < bands.n; i++)
    {
      bf_csv_number (out, (double) bands.bands[i].step, TRUE);
      bf_csv_text (out, bf_layer_name (data->runs[0].snapshot->plan, bands.layer), FALSE);
      for (guint q = 0; q < N_QUANTILES; q++)
        bf_csv_number (out, pow (10, bands.bands[i].at[q]), FALSE);
      bf_csv_number (out, bands.bands[i].zero, FALSE);
      bf_csv_number (out, bands.bands[i].broken, FALSE);
      g_string_append_c (out, '\n');
    }
}

static char *
bands_describe (const BfFigureData *data)
{
  const BfPlan *plan = data->runs[0].snapshot->plan;
  g_autofree BfBand *owned = NULL;
  g_autofree char *first = NULL, *last = NULL, *low = NULL, *high = NULL, *step = NULL;
  BfBands bands = { 0 };

  collect (&bands, data);
  owned = bands.bands;
  if (bands.n == 0)
    return g_strdup (_("Distribution of one layer over the steps: none was recorded."));
  first = bf_format_value (pow (10, bands.bands[0].at[2]));
  last = bf_format_value (pow (10, bands.bands[bands.n - 1].at[2]));
  low = bf_format_value (pow (10, bands.bands[bands.n - 1].at[0]));
  high = bf_format_value (pow (10, bands.bands[bands.n - 1].at[4]));
  step = bf_format_count (bands.bands[bands.n - 1].step);
  /* Translators: quantity, layer, value, value, step, value, value */
  return g_strdup_printf (_("Distribution of the %s in %s over the steps. Median at the start %s, %s at step %s, where nine tenths lie between %s and %s."),
                          bf_ridge_quantity (data->tensor), bf_layer_name (plan, bands.layer), first, last, step, low, high);
}

extern const BfFigure bf_figure_bands;
const BfFigure bf_figure_bands = {
  .kind = { "bands", N_("Distribution of One Layer over the Steps"), N_("Median, middle half and nine tenths of a layer’s values") },
  .width = 1000, .height = 600,
  .draw = bands_draw,
  .csv = bands_csv,
  .describe = bands_describe,
  .reading = N_("The line is the median, the dark band half of the values, the light one nine tenths: a band that "
                "sinks is a layer that stops learning."),
};
