/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The norm of all gradients together as backpropagation gave it and as clipping left it, and beneath it the share
 * of steps in which clipping changed anything. Where several steps share a column, the mean of log10.
 */
#include "../../engine/bf-format.h"
#include "../bf-events.h"
#include "../bf-labels.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define LANE_SHARE 0.2   /* of the height: the shares */

typedef struct
{
  BfRect norms, shares;
  BfScale steps, log, share;
  guint64 end;           /* steps on the axis */
  gboolean clipped;      /* any step of any run */
  double labels;         /* room at the right end */
} BfClippingPlot;

static guint64
get_end (const BfFigureData *data)
{
  guint64 end = 1;

  for (guint r = 0; r < data->n_runs; r++)
    end = MAX (end, bf_snapshot_get_last_step (data->runs[r].snapshot) + 1);
  return end;
}

static void
find_range (BfClippingPlot *self, const BfFigureData *data)
{
  double low = INFINITY, high = -INFINITY;

  for (guint r = 0; r < data->n_runs; r++)
    for (guint i = 0; i < data->runs[r].snapshot->columns->len; i++)
      {
        const BfColumn *column = data->runs[r].snapshot->columns->pdata[i];

        if (column->normed == 0)
          continue;
        low = fmin (low, fmin (column->log_gradient, column->log_clipped));
        high = fmax (high, fmax (column->log_gradient, column->log_clipped));
        self->clipped |= column->clipped > 0;
      }
  self->log.low = isfinite (low) ? floor (low - 0.1) : -3;
  self->log.high = isfinite (high) ? MAX (ceil (high + 0.1), self->log.low + 1) : 1;
}

static double
widest_label (BfDraw *draw, const BfFigureData *data)
{
  double width = bf_draw_text_width (draw, BF_TEXT (.bold = TRUE), _("clipped"));

  for (guint r = 0; r < data->n_runs && data->n_runs > 1; r++)
    width = MAX (width, bf_draw_text_width (draw, BF_TEXT (.bold = TRUE), data->runs[r].label ? data->runs[r].label : ""));
  return MIN (width, draw->width / 4) + 12;
}

static void
lay_out (BfClippingPlot *self, BfDraw *draw, const BfFigureData *data)
{
  const gboolean window = draw->style->window;
  const double k = CLAMP (draw->style->font_scale, 0.5, 4), tick = bf_draw_get_size (draw, BF_TYPE_TICK);
  const double top = window ? BF_FIGURE_WINDOW_TOP * k : bf_draw_get_top (draw) + (draw->small ? 24 : 32) * k;
  const double bottom = draw->height - (window ? BF_FIGURE_WINDOW_BOTTOM * k : (draw->small ? 44 : 62) * k);
  const double left = draw->margin + 3.6 * tick + 9, gap = 3.8 * tick;
  double lane, right;

  *self = (BfClippingPlot) { .end = get_end (data) };
  find_range (self, data);
  self->labels = draw->width > 300 ? widest_label (draw, data) : 0;
  right = draw->width - draw->margin - self->labels;
  lane = self->clipped ? MAX (0, (bottom - top) * LANE_SHARE) : 0;
  self->norms = (BfRect) { round (left), round (top), MAX (0, right - round (left)),
                           MAX (0, round (bottom - top - lane - (lane > 0 ? gap : 0))) };
  self->shares = (BfRect) { self->norms.x, round (bottom - lane), self->norms.width, lane };
  self->steps = (BfScale) { 0, (double) self->end, self->norms.x, self->norms.x + self->norms.width };
  self->log.from = self->norms.y + self->norms.height;
  self->log.to = self->norms.y;
  self->share = (BfScale) { 0, 1, self->shares.y + self->shares.height, self->shares.y };
}

static double
get_middle (const BfColumn *column)
{
  return ((double) column->first + (double) column->last + 1) / 2;
}

/* Returns the last value of the line; NaN: none was drawn. */
static double
draw_norms (BfDraw *draw, const BfClippingPlot *self, const BfFigureRun *run, gboolean clipped)
{
  double last = NAN;
  gboolean open = FALSE;

  cairo_new_path (draw->cr);
  for (guint i = 0; i < run->snapshot->columns->len; i++)
    {
      const BfColumn *column = run->snapshot->columns->pdata[i];
      const double value = clipped ? column->log_clipped : column->log_gradient;

      if (column->normed > 0)
        {
          (open ? cairo_line_to : cairo_move_to) (draw->cr, bf_scale_map (&self->steps, get_middle (column)),
                                                  bf_scale_map (&self->log, value));
          last = value;
        }
      open = column->normed > 0;
    }
  cairo_set_line_join (draw->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (draw->cr);
  return last;
}

static gboolean
has_clips (const BfSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->columns->len; i++)
    if (((BfColumn *) snapshot->columns->pdata[i])->clipped > 0)
      return TRUE;
  return FALSE;
}

static void
draw_shares (BfDraw *draw, const BfClippingPlot *self, const BfFigureData *data, guint index)
{
  const BfFigureRun *run = &data->runs[index];
  const BfColor color = data->n_runs > 1 ? bf_draw_get_look (draw, data, index).color : draw->colors[BF_ROLE_ACCENT];

  cairo_new_path (draw->cr);
  for (guint i = 0; i < run->snapshot->columns->len; i++)
    {
      const BfColumn *column = run->snapshot->columns->pdata[i];
      const double from = bf_scale_map (&self->steps, (double) column->first);
      const double past = bf_scale_map (&self->steps, (double) column->last + 1);
      const double y = bf_scale_map (&self->share, (double) column->clipped / column->count);

      bf_draw_rectangle (draw, &(BfRect) { from, y, MAX (past - from, 0.5), self->shares.y + self->shares.height - y }, 0);
    }
  bf_draw_set_color (draw, bf_color_alpha (color, data->n_runs > 1 ? 0.35 : 0.5));
  cairo_fill (draw->cr);
}

/* Names at the right ends of the lines, pushed apart. */
static void
draw_labels (BfDraw *draw, const BfClippingPlot *self, const BfFigureData *data, const double *ends)
{
  const double size = bf_draw_get_size (draw, BF_TYPE_LABEL), x = self->norms.x + self->norms.width + 10;
  const gboolean alone = data->n_runs == 1;
  const guint n = alone ? (isnan (ends[1]) ? 1 : 2) : data->n_runs;
  g_autofree double *y = g_new (double, n);

  for (guint i = 0; i < n; i++)
    y[i] = bf_scale_map (&self->log, alone ? ends[i] : ends[2 * i]);
  if (self->labels <= 0 || isnan (y[0]))
    return;
  bf_labels_spread (y, n, 1.6 * size, self->norms.y, self->norms.y + self->norms.height);
  for (guint i = 0; i < n; i++)
    {
      const BfColor ink = alone ? draw->colors[i ? BF_ROLE_ACCENT : BF_ROLE_INK_2] : bf_style_get_family_ink (draw->style, data->runs[i].family);
      const char *name = alone ? (i ? _("clipped") : n > 1 ? C_("gradient norm", "before") : "") : data->runs[i].label;

      if (name && !isnan (y[i]))
        bf_draw_text (draw, BF_TEXT (.bold = TRUE, .color = &ink, .max_width = self->labels - 10), x, y[i], name);
    }
}

static void
draw_lines (BfDraw *draw, const BfClippingPlot *self, const BfFigureData *data)
{
  g_autofree double *ends = g_new (double, 2 * data->n_runs);
  const double dash[] = { 5, 3 };

  for (guint r = data->n_runs; r-- > 0;)
    {
      const BfRunLook look = bf_draw_get_look (draw, data, r);

      cairo_set_line_width (draw->cr, data->n_runs > 1 ? look.line : 1);
      bf_draw_set_color (draw, data->n_runs > 1 ? look.color : draw->colors[BF_ROLE_INK_3]);
      ends[2 * r] = draw_norms (draw, self, &data->runs[r], FALSE);
      ends[2 * r + 1] = NAN;
      if (!has_clips (data->runs[r].snapshot))
        continue;
      cairo_set_line_width (draw->cr, draw->line);
      if (data->n_runs > 1)
        cairo_set_dash (draw->cr, dash, G_N_ELEMENTS (dash), 0);
      bf_draw_set_color (draw, data->n_runs > 1 ? look.color : draw->colors[BF_ROLE_ACCENT]);
      ends[2 * r + 1] = draw_norms (draw, self, &data->runs[r], TRUE);
      bf_draw_no_dash (draw);
    }
  draw_labels (draw, self, data, ends);
}

static void
draw_name (BfDraw *draw, const BfRect *plot, const char *name)
{
  bf_draw_text (draw, BF_TEXT (.type = draw->style->window ? BF_TYPE_TICK : BF_TYPE_LABEL, .color = &draw->colors[BF_ROLE_INK_2],
                               .max_width = MAX (1, draw->width - 2 * draw->margin)),
                draw->margin, plot->y - 1.2 * bf_draw_get_size (draw, BF_TYPE_TICK), name);
}

static void
draw_read_out (BfDraw *draw, const BfClippingPlot *self, const BfFigureData *data)
{
  const BfColumn *column = bf_snapshot_get_column (data->runs[0].snapshot, data->hover->step);
  g_autofree char *step = bf_format_count (data->hover->step), *title = g_strdup_printf (_("Step %s"), step);
  g_autofree char *before = bf_format_value (pow (10, column->log_gradient)), *after = bf_format_value (pow (10, column->log_clipped));
  g_autofree char *share = bf_format_percent ((double) column->clipped / MAX (1, column->count));
  const double y = bf_scale_map (&self->log, column->log_gradient);

  if (column->normed == 0)
    return;
  bf_draw_card (draw, &(BfRect) { self->norms.x, 4, draw->width - self->norms.x - 4, draw->height - 8 },
                bf_scale_map (&self->steps, (double) data->hover->step + 0.5), y - 8, y + 8, title,
                (const char *const[]) { _("gradient norm"), _("after clipping"), _("steps clipped") },
                (const char *const[]) { before, after, share }, 3);
}

/* What moves with the cursor's step and the pointer. */
static void
draw_hand (BfDraw *draw, const BfClippingPlot *self, const BfFigureData *data)
{
  const double x = bf_scale_map (&self->steps, (double) MIN (data->cursor.step, self->end - 1) + 0.5);

  if (data->show_cursor && draw->style->window)
    bf_draw_line (draw, x, self->norms.y, x, self->shares.y + self->shares.height, 1, draw->colors[BF_ROLE_INK_3]);
  if (data->hover)
    draw_read_out (draw, self, data);
}

static void
clipping_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  BfClippingPlot self;
  const char *steps = style->window ? _("Step") : _("step");

  bf_draw_init (&draw, cr, width, height, style);
  lay_out (&self, &draw, data);
  if (self.norms.width < 20 || self.norms.height < 10)
    return;
  if (data->part != BF_DRAW_HAND)
    {
      bf_draw_axis_log_y (&draw, &self.norms, &self.log);
      draw_name (&draw, &self.norms, self.clipped ? _("norm of all gradients, before and after clipping")
                                                  : _("norm of all gradients; no step was clipped"));
      if (self.clipped)
        {
          draw_name (&draw, &self.shares, _("steps clipped"));
          bf_draw_axis_y (&draw, &self.shares, &self.share, TRUE);
          for (guint r = data->n_runs; r-- > 0;)
            draw_shares (&draw, &self, data, r);
        }
      bf_draw_axis_x (&draw, self.clipped ? &self.shares : &self.norms, &self.steps, 1, steps);
      draw_lines (&draw, &self, data);
    }
  if (data->part != BF_DRAW_GROUND)
    draw_hand (&draw, &self, data);
}

static gboolean
clipping_pick (double x, double y, double width, double height, const BfStyle *style, const BfFigureData *data, BfCursor *cursor)
{
  const guint64 last = bf_snapshot_get_last_step (data->runs[0].snapshot);
  BfClippingPlot self;
  g_auto (BfDraw) draw = { 0 };

  bf_draw_init_nowhere (&draw, width, height, style);
  lay_out (&self, &draw, data);
  if (x < self.norms.x || x >= self.norms.x + self.norms.width || y < self.norms.y || y > self.shares.y + self.shares.height)
    return FALSE;
  cursor->weighted = data->cursor.weighted;
  cursor->step = MIN ((guint64) MAX (0, bf_scale_invert (&self.steps, x)), last);
  return TRUE;
}

static void
clipping_csv (GString *out, const BfFigureData *data)
{
  g_string_append (out, "run,first_step,last_step,norm_before,norm_after,share_clipped\n");
  for (guint r = 0; r < data->n_runs; r++)
    for (guint i = 0; i < MAX (1, data->runs[r].snapshot->columns->len); i++)
      {
        const BfSnapshot *snapshot = data->runs[r].snapshot;
        const BfColumn *column = snapshot->columns->len > 0 ? snapshot->columns->pdata[i] : snapshot->start;

        bf_csv_text (out, data->runs[r].label ? data->runs[r].label : "", TRUE);
        bf_csv_number (out, (double) column->first, FALSE);
        bf_csv_number (out, (double) column->last, FALSE);
        bf_csv_number (out, pow (10, column->log_gradient), FALSE);
        bf_csv_number (out, pow (10, column->log_clipped), FALSE);
        bf_csv_number (out, (double) column->clipped / MAX (1, column->count), FALSE);
        g_string_append_c (out, '\n');
      }
}

static char *
clipping_describe (const BfFigureData *data)
{
  const BfSnapshot *snapshot = data->runs[0].snapshot;
  guint64 clipped = 0, steps = 0;
  double low = INFINITY, high = -INFINITY;
  g_autofree char *from = NULL, *to = NULL, *share = NULL, *count = NULL;

  for (guint i = 0; i < snapshot->columns->len; i++)
    {
      const BfColumn *column = snapshot->columns->pdata[i];

      clipped += column->clipped;
      steps += column->count;
      if (column->normed > 0)
        {
          low = fmin (low, column->log_gradient);
          high = fmax (high, column->log_gradient);
        }
    }
  if (!isfinite (low))
    return g_strdup (_("Norm of all gradients: none was recorded."));
  from = bf_format_value (pow (10, low));
  to = bf_format_value (pow (10, high));
  count = bf_format_count (steps);
  share = bf_format_percent ((double) clipped / (double) steps);
  return g_strdup_printf (_("Norm of all gradients over %s steps, from %s to %s. Clipped in %s of the steps."), count, from, to, share);
}

extern const BfFigure bf_figure_clipping;
const BfFigure bf_figure_clipping = {
  .kind = { "clipping", N_("Gradient Norm and Clipping"), N_("The norm of all gradients before and after clipping, and how often it clips") },
  .width = 1000, .height = 600,
  .draw = clipping_draw,
  .csv = clipping_csv,
  .describe = clipping_describe,
  .pick = clipping_pick,
  .ground = BF_GROUND_OF_SNAPSHOT,
  .reading = N_("Where the bold line leaves the thin one, clipping shortened the gradient; the strip beneath says in how "
                "many of the steps."),
};
