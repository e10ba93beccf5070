/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-bars.h"
#include "../engine/bf-format.h"

#include <math.h>

double
bf_bars_map (const BfScale *scale, double over, double log10_value)
{
  double past;

  if (log10_value <= scale->high || over <= 0)
    return bf_scale_map (scale, CLAMP (log10_value, scale->low, scale->high));
  past = (log10_value - BF_MAGNITUDE_HIGH) / (BF_MAGNITUDE_OVER - BF_MAGNITUDE_HIGH);
  return scale->to + 3 + over * MIN (past, 1);
}

void
bf_draw_state_bar (BfDraw *draw, const BfRect *bar, const BfCell *cell, const BfMagnitude *magnitude, gboolean worded)
{
  g_autofree char *word = bf_cell_format (cell);
  BfText text = { .type = BF_TYPE_NOTE, .bold = TRUE, .align = BF_ALIGN_CENTER,
                  .color = cell->state == BF_CELL_NAN ? &draw->colors[BF_ROLE_DANGER] : &draw->colors[BF_ROLE_INK_2] };
  double width = bf_draw_text_width (draw, &text, word) + 14;
  BfRect hole = { bar->x + bar->width / 2 - width / 2, bar->y - 2, width, bar->height + 4 };

  bf_draw_cell (draw, cell, magnitude, bar);
  if (!worded || bar->width < 3 * width)
    return;
  bf_draw_fill (draw, &hole, draw->colors[BF_ROLE_SURFACE]);
  bf_draw_text (draw, &text, bar->x + bar->width / 2, bar->y + bar->height / 2, word);
}

static void
draw_value (BfDraw *draw, const BfRows *rows, double over, double y, double end, double inside, const BfCell *cell)
{
  g_autofree char *value = bf_cell_format (cell);
  BfText text = { .type = draw->small ? BF_TYPE_TICK : BF_TYPE_NOTE };
  double width = bf_draw_text_width (draw, &text, value);
  double right = rows->rect.x + rows->rect.width + (over > 0 ? over + 3 : 0);
  BfColor dark = { 0x1b / 255.0, 0x1b / 255.0, 0x1f / 255.0, 1 };

  if (end + 8 + width <= right)
    {
      text.halo = draw->style->transparent ? NULL : &draw->colors[BF_ROLE_SURFACE];
      bf_draw_text (draw, &text, end + 8, y, value);
      return;
    }
  /* Long bars are light: yellow or orange. */
  text.align = BF_ALIGN_RIGHT;
  text.color = &dark;
  if (inside - width > rows->rect.x)
    bf_draw_text (draw, &text, inside, y, value);
}

static void
draw_row (BfDraw *draw, const BfRows *rows, guint i, const BfScale *scale, double over,
          const BfCell *now, const BfCell *start, const BfMagnitude *magnitude, gboolean worded)
{
  double thick = CLAMP (rows->pitch * (draw->small ? 0.48 : 0.34), 0.5, draw->small ? 15 : 16);
  double y = bf_rows_get_center (rows, i), end = scale->from, inside = INFINITY;
  BfRect bar = { scale->from, y - thick / 2, 0, thick };
  double tick = thick > 4 ? 3 : 0;

  if (now->state == BF_CELL_NAN || now->state == BF_CELL_ZERO)
    {
      bar.width = rows->rect.width;
      bf_draw_state_bar (draw, &bar, now, magnitude, worded);
      return;
    }
  if (now->state != BF_CELL_EMPTY)
    {
      end = bf_bars_map (scale, over, now->log);
      bar.width = end - scale->from;
      bf_draw_fill (draw, &bar, bf_magnitude_get_color (magnitude, now->log));
      end = MAX (end, scale->from + 1);
    }
  if (start && isfinite (start->log) && rows->pitch >= 3)
    {
      double x = bf_bars_map (scale, over, start->log);

      bf_draw_line (draw, x, bar.y - tick, x, bar.y + thick + tick, draw->small ? 1.2 : 1.6,
                    draw->colors[BF_ROLE_INK]);
      inside = x < end ? x - 5 : inside;
      end = now->state == BF_CELL_EMPTY || x < end || x > end + 60 ? end : x;
    }
  if (worded && now->state != BF_CELL_EMPTY)
    draw_value (draw, rows, over, y, end, MIN (inside, end - 8), now);
}

void
bf_draw_bars (BfDraw *draw, const BfRows *rows, const BfScale *scale, double over,
              const BfSnapshot *snapshot, guint64 step, BfTensor tensor,
              const BfMagnitude *magnitude, int selected)
{
  const BfColumn *column = bf_snapshot_get_column (snapshot, step);
  double bottom = rows->rect.y + rows->rect.height;
  guint stride = bf_label_stride (rows->n, rows->pitch, 1.5 * bf_draw_get_size (draw, BF_TYPE_NOTE));
  int decades = MAX (2, bf_ticks_decades (scale->low, scale->high, scale->to - scale->from, 22));

  for (int d = (int) ceil (scale->low / decades - 1e-9) * decades; d <= scale->high + 1e-9; d += decades)
    {
      double x = bf_scale_map (scale, d);
      bf_draw_line (draw, x, rows->rect.y, x, bottom, 1, draw->colors[BF_ROLE_GRID]);
    }
  for (guint i = 0; i < rows->n && i < snapshot->plan->n_weighted; i++)
    {
      BfCell now = bf_cell_new (bf_column_get_stats (column, snapshot->plan, i, tensor), magnitude);
      BfCell start = bf_cell_new (bf_column_get_stats (snapshot->start, snapshot->plan, i, tensor), magnitude);
      gboolean near_selected = selected >= 0 && (int) i != selected && ABS ((int) i - selected) < (int) stride;
      gboolean worded = (int) i == selected || (!near_selected && bf_label_shown (i, rows->n, stride));

      draw_row (draw, rows, i, scale, over, &now, step == 0 ? NULL : &start, magnitude, worded);
    }
}
