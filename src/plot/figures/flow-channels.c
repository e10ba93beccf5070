/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The side arms of the stream. A skip is a channel beneath the bed: an addition copies the
 * gradient, so it leaves the sum as wide as the main arm, keeps width and color, and returns into
 * the lower part of the gap where the skip began.
 */
#include "flow-private.h"

#include <math.h>

#define CURVE_POINTS 20
#define MAX_POINTS (2 * CURVE_POINTS + 3)

typedef struct { double x, y; } BfFlowSpot;

typedef struct
{
  BfFlowSpot spots[MAX_POINTS];   /* center line, from the sum to where the skip began */
  guint n;
  double width, log;
  gboolean clipped;
} BfFlowChannel;

static void
add_curve (BfFlowChannel *self, double x0, double y0, double x1, double y1)
{
  for (guint i = 0; i <= CURVE_POINTS; i++)
    {
      double t = (double) i / CURVE_POINTS, s = 1 - t;
      double along = 3 * s * s * t * 0.55 + 3 * s * t * t * 0.45 + t * t * t;

      self->spots[self->n++] = (BfFlowSpot) { x0 + (x1 - x0) * along, y0 + (y1 - y0) * t * t * (3 - 2 * t) };
    }
}

static void
make_channel (BfFlowChannel *self, const BfFlowLayout *layout, const BfFlowSkip *skip)
{
  const BfFlowModel *model = layout->model;
  const BfFlowValue *sum = &model->gaps[skip->from];
  double relative = bf_flow_relative_width (model, skip->value.log);
  double x0 = bf_flow_skip_start (layout, skip), x1 = bf_flow_skip_end (layout, skip);
  double reach = MIN (layout->reach, 0.48 * (x1 - x0));
  double deep = layout->center + layout->depth + skip->lane * layout->lane;
  double end = layout->center;

  *self = (BfFlowChannel) {
    .width = bf_flow_width (layout->width, relative), .log = skip->value.log, .clipped = relative > BF_FLOW_CLIP,
  };
  if (sum->state == BF_FLOW_FINITE)
    end += (bf_flow_width (layout->width, bf_flow_relative_width (model, sum->log)) - self->width) / 2;
  add_curve (self, x1, layout->center, x1 - reach, deep);
  add_curve (self, x0 + reach, deep, x0, end);
  self->spots[self->n++] = (BfFlowSpot) { x0 - 1, end };   /* under the main arm */
}

/* The center line moved sideways by `offset` px, downward on the flat. */
static void
trace_channel (cairo_t *cr, const BfFlowChannel *self, double offset, gboolean backward)
{
  for (guint k = 0; k < self->n; k++)
    {
      guint i = backward ? self->n - 1 - k : k;
      const BfFlowSpot *a = &self->spots[i > 0 ? i - 1 : 0], *b = &self->spots[MIN (i + 1, self->n - 1)];
      double dx = b->x - a->x, dy = b->y - a->y, length = MAX (hypot (dx, dy), 1e-9);

      cairo_line_to (cr, self->spots[i].x + offset * dy / length, self->spots[i].y - offset * dx / length);
    }
}

static void
stroke_channel (BfDraw *draw, const BfFlowChannel *self, double width, BfColor color)
{
  cairo_new_path (draw->cr);
  trace_channel (draw->cr, self, 0, FALSE);
  cairo_set_line_width (draw->cr, width);
  cairo_set_line_join (draw->cr, CAIRO_LINE_JOIN_ROUND);
  bf_draw_set_color (draw, color);
  cairo_stroke (draw->cr);
}

static void
stroke_channel_lines (BfDraw *draw, const BfFlowChannel *self)
{
  double offset;

  cairo_save (draw->cr);
  for (guint i = 0; i < 5; i++)
    if (bf_flow_line_offset (i, self->width, &offset))
      {
        cairo_new_path (draw->cr);
        trace_channel (draw->cr, self, offset * self->width, FALSE);
        bf_flow_set_line (draw);
        cairo_set_dash (draw->cr, (const double[]) { 26, 13 }, 2, 17.0 * i);
        cairo_stroke (draw->cr);
      }
  cairo_restore (draw->cr);
}

/* Too short to curve: a piece of the channel's color at its depth. */
static void
draw_flat (BfFlowLayout *self, const BfFlowChannel *channel)
{
  double left = channel->spots[channel->n - 1].x;

  bf_draw_fill (self->draw, &(BfRect) { left, channel->spots[CURVE_POINTS].y - channel->width / 2,
                                        channel->spots[0].x - left, channel->width }, bf_colormap_magnitude (channel->log));
}

/* Stroked twice, wide in the outline's color and less wide in its own: unlike a filled outline this
 * does not break in tight bends. */
static void
draw_channel (BfFlowLayout *self, const BfFlowSkip *skip)
{
  BfDraw *draw = self->draw;
  BfFlowChannel channel;
  BfColor color, outline = bf_flow_outline (draw), edge;
  const BfFlowSpot *middle;

  make_channel (&channel, self, skip);
  if (channel.spots[0].x - channel.spots[channel.n - 1].x < 1.2 * channel.width)
    {
      draw_flat (self, &channel);
      return;
    }
  middle = &channel.spots[CURVE_POINTS];
  color = bf_colormap_magnitude (channel.log);
  edge = bf_color_mix (color, bf_color_alpha (outline, 1), outline.a);
  if (channel.log < BF_MAGNITUDE_LOW)
    {
      cairo_save (draw->cr);
      cairo_set_dash (draw->cr, (const double[]) { 1.5, 4.5 }, 2, 0);
      stroke_channel (draw, &channel, 1.5, color);
      cairo_restore (draw->cr);
      return;
    }
  if (channel.width > BF_FLOW_LINE)
    stroke_channel (draw, &channel, channel.width + 0.8, edge);
  stroke_channel (draw, &channel, channel.width > BF_FLOW_LINE ? channel.width - 0.8 : channel.width, color);
  if (channel.clipped)
    {
      cairo_new_path (draw->cr);
      trace_channel (draw->cr, &channel, channel.width / 2, FALSE);
      trace_channel (draw->cr, &channel, -channel.width / 2, TRUE);
      cairo_close_path (draw->cr);
      bf_flow_hatch_over (draw);
    }
  stroke_channel_lines (draw, &channel);
  bf_flow_chevron (draw, (middle->x + channel.spots[CURVE_POINTS + 1].x) / 2, middle->y, channel.width, channel.log);
}

/* A skip whose gradient is no number still has its place: a thin hatched band. */
static void
draw_dry_channel (BfFlowLayout *self, const BfFlowSkip *skip)
{
  BfDraw *draw = self->draw;
  BfFlowSkip dry = *skip;
  BfFlowChannel channel;
  gboolean zero = skip->value.state == BF_FLOW_ZERO;

  dry.value.log = self->model->reference - 1;
  make_channel (&channel, self, &dry);
  stroke_channel (draw, &channel, channel.width, draw->colors[zero ? BF_ROLE_BAND : BF_ROLE_NAN]);
  if (skip->value.state == BF_FLOW_MISSING)
    return;
  cairo_new_path (draw->cr);
  trace_channel (draw->cr, &channel, channel.width / 2, FALSE);
  trace_channel (draw->cr, &channel, -channel.width / 2, TRUE);
  cairo_close_path (draw->cr);
  bf_draw_hatch (draw, zero ? BF_HATCH_RISING : BF_HATCH_CROSS, draw->small ? 5 : 6, 0.9, draw->colors[BF_ROLE_INK_3]);
}

void
bf_flow_draw_channels (BfFlowLayout *self)
{
  cairo_set_line_cap (self->draw->cr, CAIRO_LINE_CAP_BUTT);
  for (guint i = self->model->skips->len; i > 0; i--)   /* the long ones lie deepest */
    {
      const BfFlowSkip *skip = &g_array_index (self->model->skips, BfFlowSkip, i - 1);

      if (skip->value.state == BF_FLOW_FINITE)
        draw_channel (self, skip);
      else
        draw_dry_channel (self, skip);
    }
}
