/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The stream's main arm: constant in the gaps, changing under a block with smoothstep of log10 g.
 * Each decade halves its width: w(g) = W · 2^(log10 g − r). It is drawn in pieces: a piece ends
 * where the gradient is not finite, and where a skip returns: there the trickle that came through
 * the blocks rises above what the skip brings, and fades into it.
 */
#include "flow-private.h"

#include <math.h>

/* The stream's end at the input, px. */
#define FADE 26
#define N_LINES 5

typedef struct { double x, y, width, log, alpha; gboolean clipped; } BfFlowPoint;

typedef struct
{
  BfFlowLayout *layout;
  GArray *points;
  double joint, reach, sum_width;   /* a trickle rises from joint + reach to joint; reach 0: none */
} BfFlowPiece;

double
bf_flow_width (double width, double relative)
{
  double w = width * MIN (relative, BF_FLOW_CLIP);

  return w < 1.3 ? BF_FLOW_LINE : w;
}

BfColor
bf_flow_outline (const BfDraw *draw)
{
  double ink = draw->style->theme == BF_THEME_DARK ? 1 : 0;

  return (BfColor) { ink, ink, ink, 0.25 };
}

void
bf_flow_hatch_over (BfDraw *draw)
{
  bf_draw_hatch (draw, BF_HATCH_FALLING, draw->small || draw->style->window ? 4.5 : 6, 1, (BfColor) { 1, 1, 1, 0.4 });
}

gboolean
bf_flow_line_offset (guint i, double width, double *offset)
{
  static const double offsets[N_LINES] = { 0, 0.34, -0.34, 0.17, -0.17 };

  *offset = offsets[i];
  return width * (i < 3 ? 0.34 : 0.17) >= 2.6;
}

void
bf_flow_set_line (BfDraw *draw)
{
  cairo_set_dash (draw->cr, (const double[]) { 26, 13 }, 2, 0);
  cairo_set_line_width (draw->cr, 0.9);
  cairo_set_source_rgba (draw->cr, 1, 1, 1, 0.45);
}

/* White, or black where the stream is too bright for it. */
void
bf_flow_chevron (BfDraw *draw, double x, double y, double width, double log10_norm)
{
  double half = MIN (draw->small ? 5 : 8, 0.3 * width);
  gboolean bright = bf_color_get_lightness (bf_colormap_magnitude (log10_norm)) > 0.83;

  if (width < 9)
    return;
  cairo_new_path (draw->cr);
  cairo_move_to (draw->cr, x + 0.55 * half, y - half);
  cairo_line_to (draw->cr, x - 0.55 * half, y);
  cairo_line_to (draw->cr, x + 0.55 * half, y + half);
  cairo_set_line_width (draw->cr, draw->small || half < 5 ? 1.5 : 2);
  cairo_set_line_join (draw->cr, CAIRO_LINE_JOIN_MITER);
  bf_draw_set_color (draw, bright ? (BfColor) { 0, 0, 0, 0.6 } : (BfColor) { 1, 1, 1, 0.95 });
  cairo_stroke (draw->cr);
}

static void
add_point (BfFlowPiece *piece, double x, double log, double alpha)
{
  const BfFlowLayout *layout = piece->layout;
  double relative = bf_flow_relative_width (layout->model, log);
  BfFlowPoint point = { x, layout->center, bf_flow_width (layout->width, relative), log, alpha, relative > BF_FLOW_CLIP };

  if (piece->reach > 0)
    point.y -= MAX (0, piece->sum_width - point.width) / 2 * (1 - bf_flow_curve ((x - piece->joint) / piece->reach));
  g_array_append_val (piece->points, point);
}

/* From (x0, log0) to (x1, log1), without the first point. */
static void
add_change (BfFlowPiece *piece, double x0, double log0, double x1, double log1)
{
  gboolean still = log0 == log1 && !(piece->reach > 0 && x0 < piece->joint + piece->reach);
  guint n = still ? 1 : (guint) CLAMP ((x1 - x0) / 2.5, 2, 40);

  for (guint i = 1; i <= n; i++)
    {
      double t = (double) i / n;

      add_point (piece, x0 + t * (x1 - x0), log0 + (log1 - log0) * t * t * (3 - 2 * t), 1);
    }
}

static gboolean
is_dotted (const BfFlowPoint *point)
{
  return point->log < BF_MAGNITUDE_LOW;
}

/* A thin dark line would drown in a dark bed: towards 10⁻¹² it takes the color of the dots there. */
static BfColor
stream_color (const BfDraw *draw, const BfFlowPoint *point)
{
  static const BfColor dots = { 0x8d / 255.0, 0x8f / 255.0, 0xd0 / 255.0, 1 };
  BfColor color = bf_colormap_magnitude (point->log);

  if (draw->style->theme != BF_THEME_DARK || point->width > 3)
    return color;
  return bf_color_mix (color, dots, CLAMP ((-6 - point->log) / 6, 0, 1));
}

/* Color and fading along the piece; one stop every 1.5 px is enough. */
static cairo_pattern_t *
create_colors (const BfDraw *draw, const BfFlowPoint *points, guint n, const BfColor *outline)
{
  double x0 = points[0].x, length = MAX (points[n - 1].x - x0, 1e-3), last = -INFINITY;
  cairo_pattern_t *colors = cairo_pattern_create_linear (x0, 0, x0 + length, 0);

  for (guint i = 0; i < n; i++)
    {
      BfColor c = outline ? *outline : stream_color (draw, &points[i]);

      if (points[i].x - last < 1.5 && i + 1 < n && points[i].alpha == 1)
        continue;
      last = points[i].x;
      cairo_pattern_add_color_stop_rgba (colors, (points[i].x - x0) / length, c.r, c.g, c.b,
                                         (outline ? c.a : 1) * points[i].alpha);
    }
  return colors;
}

static void
trace_edge (cairo_t *cr, const BfFlowPoint *points, guint n, double side, gboolean backward)
{
  for (guint i = 0; i < n; i++)
    {
      const BfFlowPoint *p = &points[backward ? n - 1 - i : i];

      cairo_line_to (cr, p->x, p->y + side * p->width);
    }
}

static void
trace_area (cairo_t *cr, const BfFlowPoint *points, guint n)
{
  cairo_new_path (cr);
  trace_edge (cr, points, n, -0.5, FALSE);
  trace_edge (cr, points, n, 0.5, TRUE);
  cairo_close_path (cr);
}

static void
stroke_edges (BfDraw *draw, const BfFlowPoint *points, guint n)
{
  cairo_t *cr = draw->cr;
  BfColor outline = bf_flow_outline (draw);
  cairo_pattern_t *colors = create_colors (draw, points, n, &outline);

  for (guint i = 0; i < n;)
    {
      guint first = i;

      while (i < n && points[i].width > BF_FLOW_LINE)
        i++;
      for (int side = -1; side <= 1 && i > first + 1; side += 2)
        {
          cairo_new_sub_path (cr);
          trace_edge (cr, points + first, i - first, side / 2.0, FALSE);
        }
      i = MAX (i, first + 1);
    }
  cairo_set_source (cr, colors);
  cairo_set_line_width (cr, 0.8);
  cairo_stroke (cr);
  cairo_pattern_destroy (colors);
}

static void
stroke_lines (BfDraw *draw, const BfFlowPoint *points, guint n)
{
  cairo_t *cr = draw->cr;

  cairo_save (cr);
  for (guint line = 0; line < N_LINES; line++)
    {
      double offset;

      cairo_new_path (cr);
      for (guint i = 0; i < n; i++)
        if (points[i].alpha < 1 || points[i].clipped || !bf_flow_line_offset (line, points[i].width, &offset))
          cairo_new_sub_path (cr);
        else
          cairo_line_to (cr, points[i].x, points[i].y + offset * points[i].width);
      bf_flow_set_line (draw);
      cairo_set_dash (cr, (const double[]) { 26, 13 }, 2, 17.0 * line);
      cairo_stroke (cr);
    }
  cairo_restore (cr);
}

static void
hatch_clipped (BfDraw *draw, const BfFlowPoint *points, guint n)
{
  for (guint i = 0; i < n;)
    {
      guint first = i;

      while (i < n && points[i].clipped)
        i++;
      if (i > first + 1)
        {
          trace_area (draw->cr, points + first, i - first);
          bf_flow_hatch_over (draw);
        }
      i = MAX (i, first + 1);
    }
}

static void
draw_solid (BfDraw *draw, const BfFlowPoint *points, guint n)
{
  cairo_t *cr = draw->cr;
  cairo_pattern_t *colors = create_colors (draw, points, n, NULL);

  trace_area (cr, points, n);
  cairo_set_source (cr, colors);
  cairo_fill (cr);
  cairo_pattern_destroy (colors);
  hatch_clipped (draw, points, n);
  stroke_edges (draw, points, n);
  stroke_lines (draw, points, n);
}

/* Subnormal: twice as dense. */
static void
draw_dotted (BfDraw *draw, const BfFlowPoint *points, guint n)
{
  cairo_t *cr = draw->cr;
  cairo_pattern_t *colors = create_colors (draw, points, n, NULL);
  gboolean subnormal = points[n / 2].log < -37.93;

  cairo_save (cr);
  cairo_new_path (cr);
  trace_edge (cr, points, n, 0, FALSE);
  cairo_set_dash (cr, (const double[]) { 1.5, subnormal ? 1.5 : 4.5 }, 2, 0);
  cairo_set_line_width (cr, 1.5);
  cairo_set_source (cr, colors);
  cairo_stroke (cr);
  cairo_pattern_destroy (colors);
  cairo_restore (cr);
}

/* Draws the piece and empties it. */
static void
flush (BfFlowPiece *piece)
{
  const BfFlowPoint *points = (const BfFlowPoint *) (void *) piece->points->data;
  guint n = piece->points->len;

  for (guint i = 0; i + 1 < n;)
    {
      guint first = i;

      for (i++; i + 1 < n && is_dotted (&points[i]) == is_dotted (&points[first]); i++)
        ;
      if (is_dotted (&points[first]))
        draw_dotted (piece->layout->draw, points + first, i - first + 1);
      else
        draw_solid (piece->layout->draw, points + first, i - first + 1);
    }
  g_array_set_size (piece->points, 0);
  piece->reach = 0;
}

/* The skip that returns to a gap, the shortest; NULL: none. */
static const BfFlowSkip *
find_return (const BfFlowModel *model, guint gap)
{
  const BfFlowSkip *skip = model->begins[gap] < 0 ? NULL : &g_array_index (model->skips, BfFlowSkip, model->begins[gap]);

  return skip && skip->value.state == BF_FLOW_FINITE ? skip : NULL;
}

/* Pieces overlap a little, or the surface shines through between them. */
#define OVERLAP 0.6

static void
begin_gap (BfFlowPiece *piece, guint gap)
{
  const BfFlowLayout *layout = piece->layout;
  const BfFlowValue *value = &layout->model->gaps[gap];
  double left = bf_flow_gap_left (layout, gap);

  if (piece->points->len)
    return;
  if (gap == 0)
    {
      add_point (piece, left, value->log, 0);
      add_point (piece, left + MIN (FADE, (bf_flow_gap_right (layout, 0) - left) * 0.8), value->log, 1);
      return;
    }
  add_point (piece, left - layout->block_width / 2, value->log, 0);
  add_point (piece, left, value->log, 1);
}

/* The trickle of block gap + 1, from where it fades to the block's right edge. */
static void
begin_trickle (BfFlowPiece *piece, guint gap, const BfFlowSkip *skip)
{
  const BfFlowLayout *layout = piece->layout;
  const BfFlowModel *model = layout->model;
  const BfFlowValue *sum = &model->gaps[gap], *inside = &model->blocks[gap].inside, *next = &model->gaps[gap + 1];
  double right = bf_flow_gap_left (layout, gap + 1), left = bf_flow_block_left (layout, gap);
  double low = inside->state == BF_FLOW_FINITE ? inside->log : next->log;
  double end = bf_flow_skip_end (layout, skip);

  flush (piece);
  piece->joint = bf_flow_skip_start (layout, skip);
  piece->reach = MIN (layout->reach, 0.48 * (end - piece->joint));
  piece->sum_width = bf_flow_width (layout->width, bf_flow_relative_width (model, sum->log));
  add_point (piece, piece->joint, low, 0);
  add_point (piece, piece->joint + 0.1 * piece->reach, low, 0.35);
  add_point (piece, piece->joint + 0.25 * piece->reach, low, 1);
  if (piece->joint + 0.25 * piece->reach < left)
    add_change (piece, piece->joint + 0.25 * piece->reach, low, left, low);
  add_change (piece, MAX (left, piece->joint + 0.25 * piece->reach), low, right, next->log);
}

static void
add_gap (BfFlowPiece *piece, guint gap)
{
  BfFlowLayout *layout = piece->layout;
  const BfFlowModel *model = layout->model;
  const BfFlowValue *value = &model->gaps[gap];
  const BfFlowSkip *skip = layout->form == BF_FLOW_STREAM ? NULL : find_return (model, gap);
  double right = bf_flow_gap_right (layout, gap);
  gboolean last = gap == model->n, on = !last && model->gaps[gap + 1].state == BF_FLOW_FINITE;

  begin_gap (piece, gap);
  add_change (piece, bf_flow_gap_left (layout, gap), value->log,
              skip && on ? bf_flow_skip_start (layout, skip) + OVERLAP : last ? right + OVERLAP : right, value->log);
  if (skip && on)
    begin_trickle (piece, gap, skip);
  else if (on)
    add_change (piece, right, value->log, bf_flow_gap_left (layout, gap + 1), model->gaps[gap + 1].log);
  else
    {
      if (!last)
        add_point (piece, right + layout->block_width / 2, value->log, 0);
      flush (piece);
    }
}

static void
draw_chevrons (BfFlowLayout *self)
{
  const BfFlowModel *model = self->model;

  if (self->form != BF_FLOW_BLOCKS && self->pitch < BF_FLOW_CHEVRON_PITCH)
    return;
  for (guint gap = 1; gap <= model->n; gap++)
    if (model->gaps[gap].state == BF_FLOW_FINITE)
      bf_flow_chevron (self->draw, bf_flow_gap_center (self, gap), self->center,
                       bf_flow_width (self->width, bf_flow_relative_width (model, model->gaps[gap].log)),
                       model->gaps[gap].log);
}

void
bf_flow_draw_stream (BfFlowLayout *self)
{
  BfFlowPiece piece = { self, g_array_new (FALSE, FALSE, sizeof (BfFlowPoint)) };

  bf_flow_draw_bed (self);
  bf_flow_draw_spring (self);
  if (self->form != BF_FLOW_STREAM)
    bf_flow_draw_channels (self);
  cairo_set_line_cap (self->draw->cr, CAIRO_LINE_CAP_BUTT);
  for (guint gap = 0; gap <= self->model->n; gap++)
    if (self->model->gaps[gap].state == BF_FLOW_FINITE)
      add_gap (&piece, gap);
  flush (&piece);
  g_array_unref (piece.points);
  draw_chevrons (self);
}
