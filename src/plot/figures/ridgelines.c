/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Ridgelines: the distribution of log10 |v| in each layer, input on top. One scale of heights for
 * all rows and runs, so areas compare. What has no logarithm stands in lanes at the sides, as
 * shares: exactly zero left, infinite or not a number right. The dotted line joins the medians: its
 * slope is the loss a layer.
 */
#include "ridgelines-private.h"

#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Rows at least `nearest` px apart: every 2nd, 5th, 10th layer, with the first, last and chosen. */
static void
choose_rows (BfRidges *self, double height, double nearest)
{
  guint n = self->snapshot->plan->n_weighted, most = CLAMP ((guint) (height / nearest), 2, BF_RIDGES_ROWS);
  guint stride = 1, chosen = self->data->show_cursor ? self->data->cursor.weighted : n;

  while (n > most && n / (stride = bf_label_stride (n, 1, stride + 1)) + 1 > most)
    ;
  self->n_rows = 0;
  for (guint w = 0; w < n; w++)
    if ((bf_label_shown (w, n, stride) || w == chosen) && self->n_rows < G_N_ELEMENTS (self->rows))
      self->rows[self->n_rows++] = w;
}

/* The frame that the cursor's is shown against: the one pinned; of a single run otherwise the start. */
static const BfFrame *
find_other_moment (const BfRidges *self)
{
  const GPtrArray *frames = self->snapshot->frames;

  if (self->data->pinned)
    return bf_snapshot_get_frame (self->snapshot, *self->data->pinned);
  if (!self->draw->style->window && self->n_runs > 1)
    return NULL;
  return frames && frames->len > 0 ? frames->pdata[0] : NULL;
}

static void
read_ridges (BfRidges *self)
{
  const BfFrame *other = find_other_moment (self), *now = NULL;

  self->ridges = g_new0 (BfRidge, MAX (1, self->n_rows * self->n_runs));
  for (guint run = 0; run < self->n_runs; run++)
    {
      const BfSnapshot *snapshot = self->data->runs[run].snapshot;
      const BfFrame *frame = bf_snapshot_get_frame (snapshot, bf_figure_data_get_step (self->data, run));

      now = run == 0 ? frame : now;
      for (guint row = 0; row < self->n_rows; row++)
        {
          BfRidge *ridge = &self->ridges[row * self->n_runs + run];

          bf_ridge_init (ridge, self->rows[row] < snapshot->plan->n_weighted
                                  ? bf_ridge_find (snapshot, frame, self->rows[row], self->data->tensor) : NULL);
          self->peak = MAX (self->peak, bf_ridge_get_peak (ridge));
          self->recorded |= ridge->present;
        }
    }
  if (!other || !now || now->step == other->step)
    return;
  self->moments[0] = now->step;
  self->moments[1] = other->step;
  self->starts = g_new0 (BfRidge, MAX (1, self->n_rows));
  for (guint row = 0; row < self->n_rows; row++)
    {
      bf_ridge_init (&self->starts[row], bf_ridge_find (self->snapshot, other, self->rows[row], self->data->tensor));
      self->peak = MAX (self->peak, bf_ridge_get_peak (&self->starts[row]));
    }
}

/* Fixed decades, up to 10⁶ only when something lies there; or what the ridges span. */
static void
find_scale (BfRidges *self)
{
  int first = BF_HISTOGRAM_BINS, last = -1;

  for (guint i = 0; i < self->n_rows * self->n_runs; i++)
    {
      first = MIN (first, self->ridges[i].first);
      last = MAX (last, self->ridges[i].last);
    }
  self->scale.low = BF_MAGNITUDE_LOW;
  self->scale.high = last >= 0 && bf_ridge_bin_center (last) > BF_MAGNITUDE_HIGH ? 6 : BF_MAGNITUDE_HIGH;
  if (!self->data->scale_locked && last >= first)
    {
      self->scale.low = floor (bf_ridge_bin_center (first) - 0.3);
      self->scale.high = MAX (self->scale.low + 2, ceil (bf_ridge_bin_center (last) + 0.3));
    }
}

static double
names_width (BfRidges *self)
{
  BfText text = { .type = self->label, .bold = TRUE };
  double width = 0;

  for (guint row = 0; row < self->n_rows; row++)
    width = MAX (width, bf_draw_text_width (self->draw, &text, bf_layer_name (self->snapshot->plan, self->rows[row])));
  return MIN (width, self->draw->width / 4);
}

static void
place (BfRidges *self)
{
  BfDraw *draw = self->draw;
  gboolean window = draw->style->window, tight = window || draw->small;
  double scale = CLAMP (draw->style->font_scale, 0.5, 4), tick = bf_draw_get_size (draw, BF_TYPE_TICK);
  double lane = tight ? 26 : 46, space = tight ? 9 : 18;
  double left = draw->margin + names_width (self) + (tight ? 10 : 14) * scale;
  double top = window ? 10 : (draw->small ? 32 : 80) * scale, bottom = draw->height - (window ? 4.0 : 4.9) * tick;
  double labels = bf_ridges_have_labels (self) ? (tight ? 1.6 : 2.9) * tick : 0, peak = 0;

  if (draw->width - left - draw->margin < 5 * lane)
    lane = space = MAX (2, (draw->width - left) / 16);
  self->zero = (BfRect) { left, top, lane, MAX (1, bottom - top) };
  self->broken = (BfRect) { draw->width - draw->margin - lane, top, lane, MAX (1, bottom - top) };
  self->plot = (BfRect) { left + lane + space, top, MAX (1, self->broken.x - space - left - lane - space), MAX (1, bottom - top) };
  self->scale.from = self->plot.x;
  self->scale.to = self->plot.x + self->plot.width;
  for (guint run = 0; run < self->n_runs && self->n_rows; run++)
    peak = MAX (peak, bf_ridge_get_peak (&self->ridges[run]));
  /* The first row needs its own ridge above it. */
  if (self->starts && self->n_rows)
    peak = MAX (peak, bf_ridge_get_peak (&self->starts[0]));
  peak = self->peak > 0 ? BF_RIDGES_OVERLAP * peak / self->peak : 0;
  self->pitch = MAX (1, (self->plot.height - labels) / (MAX (1, self->n_rows) - 1 + MAX (1.05, peak + 0.05)));
  self->first = bottom - (MAX (1, self->n_rows) - 1) * self->pitch;
}

static void
ridges_init (BfRidges *self, BfDraw *draw, const BfFigureData *data)
{
  gboolean window = draw->style->window;

  *self = (BfRidges) {
    .draw = draw, .data = data, .snapshot = data->runs[0].snapshot,
    .n_runs = MIN (data->n_runs, BF_RIDGES_RUNS), .label = window ? BF_TYPE_TICK : BF_TYPE_LABEL,
    .magnitudes = window && data->n_runs == 1 && bf_ridge_is_gradient (data->tensor),
  };
  choose_rows (self, draw->height - (window ? 50 : draw->small ? 80 : 160), 1.45 * bf_draw_get_size (draw, self->label));
  read_ridges (self);
  find_scale (self);
  place (self);
}

static void
ridges_clear (BfRidges *self)
{
  g_clear_pointer (&self->ridges, g_free);
  g_clear_pointer (&self->starts, g_free);
}

static void
ridgelines_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  BfRidges ridges;

  bf_draw_init (&draw, cr, width, height, style);
  ridges_init (&ridges, &draw, data);
  if (!ridges.recorded)
    bf_draw_text (&draw, BF_TEXT (.align = BF_ALIGN_CENTER, .color = &draw.colors[BF_ROLE_INK_3], .max_width = width),
                  width / 2, height / 2, _("No distribution was recorded."));
  else if (ridges.plot.width > 20 && ridges.plot.height > 20)
    bf_ridges_draw (&ridges);
  ridges_clear (&ridges);
}

/* A row reaches from its baseline up to the one above; the first to the top. */
static gboolean
ridgelines_pick (double x, double y, double width, double height, const BfStyle *style,
                 const BfFigureData *data, BfCursor *cursor)
{
  BfDraw draw;
  BfRidges ridges;
  gboolean found;

  bf_draw_init_nowhere (&draw, width, height, style);
  ridges_init (&ridges, &draw, data);
  found = ridges.n_rows > 0 && ridges.recorded && y >= ridges.plot.y && y <= ridges.plot.y + ridges.plot.height;
  if (found)
    {
      double place = (y - ridges.first) / ridges.pitch + 1;

      cursor->weighted = ridges.rows[CLAMP ((int) floor (place), 0, (int) ridges.n_rows - 1)];
      cursor->step = bf_figure_data_get_step (data, 0);
    }
  ridges_clear (&ridges);
  bf_draw_clear (&draw);
  return found;
}

extern const BfFigure bf_figure_ridgelines;
const BfFigure bf_figure_ridgelines = {
  .kind = { "ridgelines", N_("Distribution in Each Layer"),
            N_("How large single gradients, weights or outputs are, layer by layer") },
  .width = 1200, .height = 700,
  .draw = ridgelines_draw,
  .csv = bf_ridges_csv,
  .describe = bf_ridges_describe,
  .pick = ridgelines_pick,
  .reading = N_("Each ridge is a layer’s values on log axes: medians that lean left toward the input are the loss "
                "per layer."),
};
