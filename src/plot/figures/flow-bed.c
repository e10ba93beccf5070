/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The bed that the stream lies in, W wide, and the spring: the way from the loss down into it.
 */
#include "flow-private.h"

#include <math.h>

/* Inner radius of the spring's bend. */
#define BEND 4

/* The bed, and what is no stream: exactly zero is hatched on the bare surface, not finite crossed. */
void
bf_flow_draw_bed (BfFlowLayout *self)
{
  static const BfFlowState states[] = { BF_FLOW_FINITE, BF_FLOW_MISSING, BF_FLOW_ZERO, BF_FLOW_NAN, BF_FLOW_INFINITE };
  BfDraw *draw = self->draw;

  for (guint s = 0; s < G_N_ELEMENTS (states); s++)
    for (guint gap = 0, first, last; bf_flow_next_run (self->model, states[s], &gap, &first, &last);)
      {
        BfRect bed = bf_flow_run_rect (self, first, last);

        if (states[s] != BF_FLOW_ZERO)
          bf_draw_fill (draw, &bed, draw->colors[s < 2 ? BF_ROLE_BAND : BF_ROLE_NAN]);
        if (s < 2)
          continue;
        bf_draw_rectangle (draw, &bed, 0);
        if (states[s] == BF_FLOW_ZERO)
          bf_draw_hatch (draw, BF_HATCH_RISING, draw->small ? 5 : 6, 1, draw->colors[BF_ROLE_INK_3]);
        else
          bf_draw_hatch (draw, BF_HATCH_CROSS, 6, 0.9, bf_color_alpha (draw->colors[BF_ROLE_INK], 0.7));
      }
}

BfRect
bf_flow_run_rect (const BfFlowLayout *self, guint first, guint last)
{
  double left = bf_flow_gap_left (self, first) - (first > 0 ? self->block_width / 2 : 0);
  double right = bf_flow_gap_right (self, last) + (last < self->model->n ? self->block_width / 2 : 0);

  /* Under a thin spring no corner of the bed may show. */
  if (last >= self->model->n && self->form != BF_FLOW_STREAM)
    right = MIN (right, self->loss_x - self->width / 2 - BEND);

  return (BfRect) { left, self->center - self->width / 2, right - left, self->width };
}

double
bf_flow_spring_left (const BfFlowLayout *self)
{
  const BfFlowValue *value = &self->model->gaps[self->model->n];
  double width = value->state == BF_FLOW_FINITE
                   ? bf_flow_width (self->width, bf_flow_relative_width (self->model, value->log)) : self->width;

  if (self->form == BF_FLOW_STREAM)
    return self->bed_right;
  return self->loss_x - width / 2 - BEND;
}

/* Round about the loss, down, and a quarter turn into the bed. */
static void
trace_spring (const BfFlowLayout *self, double width, gboolean closed)
{
  cairo_t *cr = self->draw->cr;
  double half = width / 2, cx = self->loss_x - half - BEND, cy = self->center - half - BEND;

  cairo_new_path (cr);
  cairo_move_to (cr, cx, self->center - half);
  cairo_arc_negative (cr, cx, cy, BEND, G_PI / 2, 0);
  cairo_line_to (cr, self->loss_x - half, self->middle);
  cairo_arc (cr, self->loss_x, self->middle, half, G_PI, 2 * G_PI);
  cairo_line_to (cr, self->loss_x + half, cy);
  cairo_arc (cr, cx, cy, width + BEND, 0, G_PI / 2);
  if (closed)
    cairo_close_path (cr);
}

static void
draw_spring_lines (BfFlowLayout *self, double width)
{
  cairo_t *cr = self->draw->cr;
  double half = width / 2, cx = self->loss_x - half - BEND, cy = self->center - half - BEND, offset;

  cairo_save (cr);
  for (guint i = 0; i < 5; i++)
    if (bf_flow_line_offset (i, width, &offset))
      {
        cairo_new_path (cr);
        cairo_move_to (cr, self->loss_x + offset * width, MIN (cy, self->middle + self->loss_radius + 6));
        cairo_arc (cr, cx, cy, half + BEND + offset * width, 0, G_PI / 2);
        bf_flow_set_line (self->draw);
        cairo_stroke (cr);
      }
  cairo_restore (cr);
}

void
bf_flow_draw_spring (BfFlowLayout *self)
{
  BfDraw *draw = self->draw;
  const BfFlowValue *value = &self->model->gaps[self->model->n];
  double relative = value->state == BF_FLOW_FINITE ? bf_flow_relative_width (self->model, value->log) : 1;
  double width = bf_flow_width (self->width, relative);

  if (self->form == BF_FLOW_STREAM || value->state == BF_FLOW_MISSING)
    return;
  trace_spring (self, width, TRUE);
  if (value->state == BF_FLOW_FINITE)
    {
      bf_draw_set_color (draw, bf_colormap_magnitude (value->log));
      cairo_fill (draw->cr);
      if (relative > BF_FLOW_CLIP)
        {
          trace_spring (self, width, TRUE);
          bf_flow_hatch_over (draw);
        }
      trace_spring (self, width, FALSE);
      bf_draw_set_color (draw, bf_flow_outline (draw));
      cairo_set_line_width (draw->cr, 0.8);
      cairo_stroke (draw->cr);
      draw_spring_lines (self, width);
      return;
    }
  bf_draw_set_color (draw, draw->colors[value->state == BF_FLOW_ZERO ? BF_ROLE_SURFACE : BF_ROLE_NAN]);
  cairo_fill (draw->cr);
  trace_spring (self, width, TRUE);
  bf_draw_hatch (draw, value->state == BF_FLOW_ZERO ? BF_HATCH_RISING : BF_HATCH_CROSS, 6, 0.9, draw->colors[BF_ROLE_INK_3]);
}
