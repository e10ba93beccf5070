/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What theory expects of the norm by depth.
 */
#include "depth-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

double
bf_depth_get_theory (const BfFigureData *data, guint run, guint layer)
{
  const BfFigureRun *self = &data->runs[run];
  const BfTheory *theory = self->theory;
  const gboolean outputs = data->tensor == BF_TENSOR_OUTPUT_GRADIENT;
  const BfStats *anchor;
  guint first, last;

  if (!theory || theory->reason || layer >= theory->n_layers || theory->n_layers != self->snapshot->plan->n_weighted
      || (!outputs && data->tensor != BF_TENSOR_WEIGHT_GRADIENT) || !bf_plan_get_hidden (self->snapshot->plan, &first, &last))
    return NAN;
  anchor = bf_column_get_stats (self->snapshot->start, self->snapshot->plan, last, data->tensor);
  return (double) anchor->log_norm + (outputs ? theory->layers[layer].log_gradient : theory->layers[layer].log_weight_gradient);
}

const char *
bf_depth_get_silence (const BfFigureData *data)
{
  const gboolean speaks = data->tensor == BF_TENSOR_OUTPUT_GRADIENT || data->tensor == BF_TENSOR_WEIGHT_GRADIENT;

  return speaks && data->runs[0].theory ? data->runs[0].theory->reason : NULL;
}

void
bf_depth_draw_theory (BfDraw *draw, const BfDepth *depth, const BfFigureData *data, guint run)
{
  const guint n = data->runs[run].snapshot->plan->n_weighted;
  const double dash[] = { 5, 3.5 };
  gboolean open = FALSE;

  cairo_save (draw->cr);
  cairo_rectangle (draw->cr, depth->plot.x, depth->plot.y, depth->plot.width, depth->plot.height);
  cairo_clip (draw->cr);
  cairo_new_path (draw->cr);
  for (guint i = 0; i < n; i++)
    {
      const double expected = bf_depth_get_theory (data, run, i);

      if (!isfinite (expected))
        continue;
      (open ? cairo_line_to : cairo_move_to) (draw->cr, bf_scale_map (&depth->depth, depth->places->of[run][i]), bf_scale_map (&depth->norm, expected));
      open = TRUE;
    }
  cairo_set_line_width (draw->cr, 1.5);
  cairo_set_dash (draw->cr, dash, G_N_ELEMENTS (dash), 0);
  bf_draw_set_color (draw, draw->colors[BF_ROLE_INK]);
  cairo_stroke (draw->cr);
  cairo_restore (draw->cr);
}

void
bf_depth_draw_theory_name (BfDraw *draw, const BfDepth *depth, const BfFigureData *data, const BfRoom *room)
{
  const char *text = draw->small || draw->style->window ? _("theory") : data->tensor == BF_TENSOR_OUTPUT_GRADIENT
                     ? _("theory of the start") : _("theory of the start, approximate for batches");
  const double size = bf_draw_get_size (draw, BF_TYPE_NOTE);
  const BfText note = { .type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK], .halo = &draw->colors[BF_ROLE_SURFACE],
                        .max_width = depth->plot.width / 2 };

  for (guint r = 0; r < data->n_runs; r++)
    {
      const guint n = data->runs[r].snapshot->plan->n_weighted, near[] = { n / 2, n / 4, 3 * n / 4, n / 8 };
      gboolean found = FALSE;

      for (guint k = 0; n > 0 && k < G_N_ELEMENTS (near); k++)
        {
          const double x = bf_scale_map (&depth->depth, depth->places->of[r][near[k]]);
          const double y = bf_scale_map (&depth->norm, bf_depth_get_theory (data, r, near[k])), under = y + 1.4 * size, over = y - 1.4 * size;
          const BfPlace places[] = { { x + 8, under, BF_ALIGN_LEFT }, { x - 8, over, BF_ALIGN_RIGHT },
                                     { x + 8, over, BF_ALIGN_LEFT }, { x - 8, under, BF_ALIGN_RIGHT } };

          found = found || isfinite (y);
          if (isfinite (y) && bf_room_draw_text (room, draw, &note, places, G_N_ELEMENTS (places), text))
            return;
        }
      if (found)
        return;
    }
}
