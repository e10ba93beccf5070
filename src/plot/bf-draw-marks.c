/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A family's mark and dash, one row each: color is never the only sign.
 */
#include "bf-draw.h"

#include <math.h>

/* Corners on the unit circle, y downward; 0 corners: a circle. crossed: strokes, not an area. */
typedef struct
{
  guint corners;
  double first;      /* angle of the first corner, in turns from the top */
  double size;       /* so that all marks look as heavy as the circle */
  gboolean crossed;
  guint n_dashes;
  double dashes[6];
} BfMarkShape;

static const BfMarkShape shapes[BF_N_FAMILIES] = {
  [BF_FAMILY_BASELINE]      = { 0, 0,     1.00, FALSE, 0 },
  [BF_FAMILY_ACTIVATION]    = { 3, 0,     1.20, FALSE, 2, { 7, 3 } },
  [BF_FAMILY_NORMALIZATION] = { 4, 0.125, 1.20, FALSE, 0 },
  [BF_FAMILY_SKIP]          = { 4, 0,     1.20, FALSE, 2, { 2, 2.5 } },
  [BF_FAMILY_START]         = { 3, 0.5,   1.20, FALSE, 4, { 10, 3, 2, 3 } },
  [BF_FAMILY_OPTIMIZER]     = { 4, 0,     1.15, TRUE,  2, { 4, 2 } },
  [BF_FAMILY_FINE_TUNING]   = { 5, 0,     1.10, FALSE, 2, { 12, 4 } },
  [BF_FAMILY_GRADIENT]      = { 4, 0.125, 1.15, TRUE,  4, { 1.5, 2, 5, 2 } },
};

static void
trace (cairo_t *cr, const BfMarkShape *shape, double x, double y, double radius)
{
  double r = radius * shape->size;

  cairo_new_path (cr);
  if (shape->corners == 0)
    {
      cairo_arc (cr, x, y, r, 0, 2 * G_PI);
      cairo_close_path (cr);
      return;
    }
  for (guint i = 0; i < shape->corners; i++)
    {
      double angle = 2 * G_PI * (shape->first + i / (double) shape->corners);
      double px = x + r * sin (angle), py = y - r * cos (angle);

      if (shape->crossed)
        cairo_move_to (cr, x, y);
      if (i == 0 && !shape->crossed)
        cairo_move_to (cr, px, py);
      else
        cairo_line_to (cr, px, py);
    }
  if (!shape->crossed)
    cairo_close_path (cr);
}

void
bf_draw_mark (BfDraw *self, BfFamily family, double x, double y, double radius, BfColor color, gboolean hollow)
{
  cairo_t *cr = self->cr;
  const BfMarkShape *shape = &shapes[family];
  BfColor surface = self->colors[BF_ROLE_SURFACE];

  if (!isfinite (x) || !isfinite (y))
    return;
  bf_draw_no_dash (self);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_MITER);
  trace (cr, shape, x, y, radius);
  if (shape->crossed)
    {
      bf_draw_set_color (self, surface);
      cairo_set_line_width (cr, hollow ? 3.4 : 4.6);
      cairo_stroke_preserve (cr);
      bf_draw_set_color (self, color);
      cairo_set_line_width (cr, hollow ? 1.2 : 2.4);
      cairo_stroke (cr);
      return;
    }
  bf_draw_set_color (self, surface);
  cairo_set_line_width (cr, hollow ? 3.8 : 2.2);
  cairo_stroke_preserve (cr);
  bf_draw_set_color (self, hollow ? surface : color);
  cairo_fill_preserve (cr);
  if (hollow)
    {
      bf_draw_set_color (self, color);
      cairo_set_line_width (cr, 1.5);
      cairo_stroke_preserve (cr);
    }
  cairo_new_path (cr);
}

BfRunLook
bf_draw_get_look (const BfDraw *self, const BfFigureData *data, guint run)
{
  BfFamily family = data->runs[run].family;
  guint before = 0;
  BfRunLook look = { family, bf_style_get_family (self->style, family), bf_style_get_family_ink (self->style, family) };

  for (guint i = 0; i < run; i++)
    before += data->runs[i].family == family;
  look.color = bf_color_mix (look.color, self->colors[BF_ROLE_SURFACE], MIN (0.18 * (before / 2 * 2), 0.54));
  look.hollow = before % 2;
  look.line = self->line * (look.hollow ? 0.6 : 1);
  return look;
}

void
bf_draw_set_dash (BfDraw *self, BfFamily family)
{
  cairo_set_dash (self->cr, shapes[family].dashes, (int) shapes[family].n_dashes, 0);
}

void
bf_draw_no_dash (BfDraw *self)
{
  cairo_set_dash (self->cr, NULL, 0, 0);
}
