/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The loss along the negative gradient: how far it falls, where the step of the learning rate ends, and from where on
 * a step climbs. Theory is what the gradient and the curvature here say of the whole way.
 */
#include "landscape-private.h"

#include "../bf-pictures.h"
#include "../bf-table.h"
#include "../../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Of the fall to the lowest point: how far above the present loss the axis goes. */
#define ABOVE 0.75
#define BELOW 0.25
/* The least fall that the axis is made for, of the loss. */
#define LEAST 0.001

typedef struct
{
  const BfGradientLine *line;
  BfRect plot;
  BfScale x, y;        /* log10 of learning rates; the loss */
  double edge;         /* in learning rates; NaN: none */
  guint lowest;        /* point; n: none */
  guint broken;        /* first of the points at the end whose loss is not finite; n: none */
} Layout;

static double
get_unit (const BfGradientLine *line)
{
  return line->rate > 0 ? line->rate : 1;
}

static double
get_log (const Layout *self, guint i)
{
  return log10 (self->line->points[i].step / get_unit (self->line));
}

static void
find_ranges (Layout *self)
{
  const BfGradientLine *line = self->line;
  const double now = line->center.loss;
  double fall;

  self->lowest = bf_gradient_line_find_lowest (line);
  self->edge = bf_gradient_line_find_edge (line) / get_unit (line);
  for (self->broken = line->n; self->broken > 0 && !isfinite (line->points[self->broken - 1].loss); self->broken--)
    ;
  fall = self->lowest < line->n ? now - line->points[self->lowest].loss : now / 2;
  fall = MAX (fall, MAX (LEAST * now, 1e-12));
  self->y.low = MAX (0, now - (1 + BELOW) * fall);
  self->y.high = now + ABOVE * fall;
  self->x.low = get_log (self, 0);
  self->x.high = get_log (self, line->n - 1);
}

static void
lay_out (Layout *self, BfDraw *draw, const BfGradientLine *line)
{
  const BfRect area = bf_draw_get_area (draw);
  const double tick = bf_draw_get_size (draw, BF_TYPE_TICK), line_height = bf_draw_text_height (draw, BF_TYPE_LABEL);
  const double left = round (area.x + 3.9 * tick + 9), top = round (area.y + 1.5 * line_height);
  const double bottom = round (area.y + area.height - 3.6 * tick - (draw->style->window ? 2 : 6) - bf_landscape_note_height (draw));

  *self = (Layout) { .line = line };
  self->plot = (BfRect) { left, top, MAX (0, area.x + area.width - left), MAX (0, bottom - top) };
  find_ranges (self);
  self->x.from = self->plot.x;
  self->x.to = self->plot.x + self->plot.width;
  self->y.from = self->plot.y + self->plot.height;
  self->y.to = self->plot.y;
}

static double
map_x (const Layout *self, double rates)
{
  return bf_scale_map (&self->x, log10 (rates));
}

/* "learning rate 0.01", and whether its steps go another way than the gradient. */
static char *
print_rate (const BfGradientLine *line)
{
  const BfOptions *optimizer = line->plan->spec->optimizer;
  g_autofree char *rate = bf_format_plain (get_unit (line), 4);

  if (!bf_options_is (optimizer, "sgd"))
    /* Translators: the learning rate, an optimizer */
    return g_strdup_printf (_("learning rate %s (%s leads elsewhere)"), rate, bf_kind_get_name (bf_options_get_kind (optimizer)));
  if (bf_options_number (optimizer, "momentum") > 0)
    return g_strdup_printf (_("learning rate %s (momentum leads elsewhere)"), rate);
  return g_strdup_printf (_("learning rate %s"), rate);
}

static void
draw_axes (BfDraw *draw, const Layout *self)
{
  const BfRect *plot = &self->plot;
  const double size = bf_draw_get_size (draw, BF_TYPE_TICK), bottom = plot->y + plot->height;
  const int step = bf_ticks_decades (self->x.low, self->x.high, plot->width, 4 * size);
  const BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2] };
  BfText label = { .type = draw->style->window ? BF_TYPE_TICK : BF_TYPE_LABEL, .color = &draw->colors[BF_ROLE_INK_2],
                   .max_width = MAX (1, plot->width) };
  g_autofree char *rate = bf_format_plain (get_unit (self->line), 4);
  /* Translators: the learning rate */
  g_autofree char *name = g_strdup_printf (_("step along the negative gradient, in learning rates of %s"), rate);

  bf_draw_axis_y (draw, plot, &self->y, FALSE);
  bf_draw_line (draw, plot->x, bottom, plot->x + plot->width, bottom, 1, draw->colors[BF_ROLE_AXIS]);
  for (int d = (int) ceil (self->x.low / step - 1e-9) * step; d <= self->x.high + 1e-9; d += step)
    {
      const double x = bf_scale_map (&self->x, d);
      g_autofree char *number = bf_format_power (d);

      bf_draw_line (draw, x, bottom + 3, x, bottom + 7, 1, draw->colors[BF_ROLE_AXIS]);
      bf_draw_text (draw, &tick, x, bottom + 9 + 0.75 * size, number);
    }
  bf_draw_text (draw, &label, draw->margin, plot->y - 0.95 * bf_draw_text_height (draw, BF_TYPE_LABEL), _("loss"));
  label.align = BF_ALIGN_CENTER;
  bf_draw_text (draw, &label, plot->x + plot->width / 2, bottom + 11 + 2.3 * size, name);
}

/* Where steps climb, and where the loss is no number any more. */
static void
draw_shades (BfDraw *draw, const Layout *self)
{
  const BfRect *plot = &self->plot;
  const double right = plot->x + plot->width, size = bf_draw_get_size (draw, BF_TYPE_NOTE);

  if (isfinite (self->edge))
    {
      const double x = CLAMP (map_x (self, self->edge), plot->x, right);

      bf_draw_fill (draw, &(BfRect) { x, plot->y, right - x, plot->height }, draw->colors[BF_ROLE_BAND]);
    }
  if (self->broken < self->line->n)
    {
      const double x = self->broken > 0 ? bf_scale_map (&self->x, get_log (self, self->broken)) : plot->x;
      const BfRect rect = { x, plot->y, right - x, plot->height };

      bf_draw_fill (draw, &rect, draw->colors[BF_ROLE_NAN]);
      bf_draw_rectangle (draw, &rect, 0);
      bf_draw_hatch (draw, BF_HATCH_CROSS, 6, 1, bf_color_alpha (draw->colors[BF_ROLE_INK_3], 0.6));
      if (rect.width > 2 * size)
        bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .align = BF_ALIGN_CENTER, .halo = &draw->colors[BF_ROLE_NAN], .max_width = rect.width),
                      x + rect.width / 2, plot->y + plot->height / 2, rect.width > 7 * size ? _("not finite") : "∞");
    }
}

static void
stroke (BfDraw *draw, double width, const double *dash, BfColor color)
{
  cairo_set_line_width (draw->cr, width);
  cairo_set_line_join (draw->cr, CAIRO_LINE_JOIN_ROUND);
  if (dash)
    cairo_set_dash (draw->cr, dash, 2, 0);
  bf_draw_set_color (draw, color);
  cairo_stroke (draw->cr);
  bf_draw_no_dash (draw);
}

static const double first_dash[] = { 5, 3.5 }, second_dash[] = { 1.5, 3 };

static gboolean
knows_second_order (const BfGradientLine *line)
{
  return line->exact && isfinite (line->curvature);
}

static void
draw_theory (BfDraw *draw, const Layout *self, gboolean second_order)
{
  const BfRect *plot = &self->plot;

  cairo_new_path (draw->cr);
  for (guint i = 0; i <= 400; i++)
    {
      const double x = plot->x + plot->width * i / 400;
      const double t = pow (10, bf_scale_invert (&self->x, x)) * get_unit (self->line);
      const double loss = bf_gradient_line_predict (self->line, t, second_order);

      /* Far outside, coordinates would overflow. */
      if (fabs (loss - self->line->center.loss) > 20 * (self->y.high - self->y.low))
        break;
      cairo_line_to (draw->cr, x, bf_scale_map (&self->y, loss));
    }
  stroke (draw, 1.5, second_order ? second_dash : first_dash, draw->colors[BF_ROLE_INK]);
}

static void
draw_curve (BfDraw *draw, const Layout *self, BfFamily family)
{
  const BfColor color = bf_style_get_family (draw->style, family);
  const double above = self->y.high + 20 * (self->y.high - self->y.low);

  cairo_new_path (draw->cr);
  for (guint i = 0; i < self->line->n; i++)
    {
      const double loss = self->line->points[i].loss;

      if (isfinite (loss))
        cairo_line_to (draw->cr, bf_scale_map (&self->x, get_log (self, i)), bf_scale_map (&self->y, MIN (loss, above)));
      else
        cairo_new_sub_path (draw->cr);
    }
  /* Whole, whatever the run's family: theory is dashed, and there is no other run. */
  stroke (draw, draw->line, NULL, color);
}

/* A line from top to bottom with its words beside it, at the top or at the foot; on the left, and then in the second row
 * from the top, where there is more room or another line would cross them. */
static void
draw_place (BfDraw *draw, const Layout *self, double rates, gboolean foot, BfRole role, double other, const char *words)
{
  const BfRect *plot = &self->plot;
  const double x = map_x (self, rates), size = bf_draw_get_size (draw, BF_TYPE_LABEL);
  const BfColor color = draw->colors[role];
  BfText text = { .type = draw->style->window ? BF_TYPE_TICK : BF_TYPE_LABEL, .bold = TRUE, .color = &color,
                  .halo = &draw->colors[isfinite (self->edge) && rates >= self->edge ? BF_ROLE_BAND : BF_ROLE_SURFACE] };
  const double width = bf_draw_text_width (draw, &text, words), right = x + 9 + width;
  const gboolean crossed = isfinite (other) && other > rates && map_x (self, other) < right && x - 9 - width > plot->x;
  const gboolean left = crossed || right > plot->x + plot->width;
  /* The lowest point's own words are near the foot. */
  const gboolean taken = self->lowest < self->line->n && fabs (bf_scale_map (&self->x, get_log (self, self->lowest)) - x) < 6 * size;
  const double y = !foot ? plot->y + 0.9 * size : left || taken ? plot->y + 2.5 * size : plot->y + plot->height - size;

  if (!(x >= plot->x && x <= plot->x + plot->width))
    return;
  bf_draw_line (draw, x, plot->y, x, plot->y + plot->height, 1.2, color);
  if (width > plot->width)
    return;
  if (left)
    {
      text.halo = &draw->colors[BF_ROLE_SURFACE];
      text.align = BF_ALIGN_RIGHT;
      bf_draw_text (draw, &text, MAX (x - 7, plot->x + width), y, words);
    }
  else
    bf_draw_text (draw, &text, x + 7, y, words);
}

static void
draw_places (BfDraw *draw, const Layout *self)
{
  g_autofree char *rate = NULL, *words = NULL;

  if (isfinite (self->edge))
    {
      g_autofree char *ratio = bf_format_ratio (self->edge);

      /* Translators: how many learning rates: "37 ×" */
      words = g_strdup_printf (_("climbs beyond %s"), ratio);
      draw_place (draw, self, self->edge, TRUE, BF_ROLE_INK_2, 1, words);
    }
  if (!(self->line->rate > 0))
    return;
  rate = print_rate (self->line);
  draw_place (draw, self, 1, FALSE, BF_ROLE_ACCENT, self->edge, rate);
}

static void
draw_now (BfDraw *draw, const Layout *self)
{
  const BfRect *plot = &self->plot;
  const double y = bf_scale_map (&self->y, self->line->center.loss), size = bf_draw_get_size (draw, BF_TYPE_TICK);
  g_autofree char *loss = bf_landscape_format (self->line->center.loss);
  /* Translators: a loss */
  g_autofree char *words = g_strdup_printf (_("now %s"), loss);

  bf_draw_line (draw, plot->x, y, plot->x + plot->width, y, 1, draw->colors[BF_ROLE_AXIS]);
  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = TRUE, .halo = &draw->colors[BF_ROLE_SURFACE]), plot->x + 6, y - 0.9 * size, words);
}

static void
draw_lowest (BfDraw *draw, const Layout *self, BfFamily family)
{
  const BfLinePoint *point = &self->line->points[MIN (self->lowest, self->line->n - 1)];
  const double size = bf_draw_get_size (draw, BF_TYPE_TICK);
  g_autofree char *loss = NULL, *ratio = NULL, *words = NULL;
  double x, y, half;
  gboolean below;
  BfText text = { .type = BF_TYPE_TICK, .bold = TRUE, .align = BF_ALIGN_CENTER, .halo = &draw->colors[BF_ROLE_SURFACE] };

  if (self->lowest >= self->line->n)
    return;
  x = bf_scale_map (&self->x, get_log (self, self->lowest));
  y = bf_scale_map (&self->y, point->loss);
  loss = bf_landscape_format (point->loss);
  ratio = bf_format_ratio (point->step / get_unit (self->line));
  /* Translators: a loss, and how many learning rates from here: "12 ×" */
  words = g_strdup_printf (_("lowest %s at %s"), loss, ratio);
  half = bf_draw_text_width (draw, &text, words) / 2;
  below = y + draw->mark + 1.6 * size < self->plot.y + self->plot.height;
  bf_draw_mark (draw, family, x, y, draw->mark, bf_style_get_family (draw->style, family), FALSE);
  if (2 * half < self->plot.width)
    bf_draw_text (draw, &text, CLAMP (x, self->plot.x + half + 4, self->plot.x + self->plot.width - half - 4), 
                  y + (below ? 1 : -1) * (draw->mark + 0.9 * size), words);
}

/* Right of the axis' name: how theory is drawn. */
static void
draw_key (BfDraw *draw, const Layout *self)
{
  const gboolean brief = draw->small || draw->style->window;
  const char *const names[] = { brief ? _("first order") : _("theory, first order: L − t ‖g‖²"),
                                brief ? _("second order") : _("second order, with the curvature here") };
  const BfText text = { .type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2] };
  const double y = self->plot.y - 0.95 * bf_draw_text_height (draw, BF_TYPE_LABEL);
  const guint n = !self->line->exact ? 0 : knows_second_order (self->line) ? 2 : 1;
  double x = self->plot.x + self->plot.width, room = self->plot.width - 60;

  if (n == 0)
    bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .color = &draw->colors[BF_ROLE_INK_2], .align = BF_ALIGN_RIGHT, .max_width = MAX (1, room)), x, y,
                  _("no theory: a layer changes the gradient that it passes back"));
  for (guint i = n; i-- > 0;)
    {
      const double width = bf_draw_text_width (draw, &text, names[i]) + 30;

      room -= width + 18;
      if (room < 0)
        return;
      x -= width;
      cairo_new_path (draw->cr);
      cairo_move_to (draw->cr, x, y);
      cairo_line_to (draw->cr, x + 24, y);
      stroke (draw, 1.5, i ? second_dash : first_dash, draw->colors[BF_ROLE_INK]);
      bf_draw_text (draw, &text, x + 30, y, names[i]);
      x -= 18;
    }
}

/* The measured point that the pointer stands over or under. */
static void
draw_read_out (BfDraw *draw, const Layout *self, BfFamily family, guint i)
{
  const BfLinePoint *point = &self->line->points[i];
  const BfRect *plot = &self->plot;
  const double x = bf_scale_map (&self->x, get_log (self, i));
  const double y = isfinite (point->loss) ? bf_scale_map (&self->y, point->loss) : plot->y, at = CLAMP (y, plot->y, plot->y + plot->height);
  g_autofree char *step = bf_format_value (point->step), *ratio = bf_format_ratio (point->step / get_unit (self->line));
  g_autofree char *loss = bf_landscape_format (point->loss), *accuracy = bf_format_percent (point->accuracy);
  /* Translators: the length of a step along the gradient, in the unit of a learning rate */
  g_autofree char *title = g_strdup_printf (_("Step of %s"), step);
  const char *names[3] = { _("loss") }, *values[3] = { loss };
  guint n = 1;

  if (isfinite (point->accuracy))
    {
      names[n] = _("accuracy");
      values[n++] = accuracy;
    }
  if (self->line->rate > 0)
    {
      names[n] = _("learning rates");
      values[n++] = ratio;
    }
  bf_draw_line (draw, x, plot->y, x, plot->y + plot->height, 1, draw->colors[BF_ROLE_INK_3]);
  if (at == y && isfinite (point->loss))
    bf_draw_mark (draw, family, x, y, draw->mark, bf_style_get_family (draw->style, family), TRUE);
  bf_draw_card (draw, &(BfRect) { plot->x, 4, draw->width - plot->x - 4, draw->height - 8 }, x, at - 8, at + 8, title, names, values, n);
}

static gboolean
loss_line_applies (const BfFigureData *data)
{
  return data->loss_line != NULL;
}

/* All but the read-out. */
static void
draw_ground (BfDraw *draw, const Layout *self, BfFamily family)
{
  const BfRect *plot = &self->plot;

  draw_shades (draw, self);
  draw_axes (draw, self);
  draw_key (draw, self);
  cairo_save (draw->cr);
  cairo_rectangle (draw->cr, plot->x, plot->y, plot->width, plot->height);
  cairo_clip (draw->cr);
  draw_now (draw, self);
  if (self->line->exact)
    draw_theory (draw, self, FALSE);
  if (knows_second_order (self->line))
    draw_theory (draw, self, TRUE);
  draw_curve (draw, self, family);
  cairo_restore (draw->cr);
  draw_places (draw, self);
  draw_lowest (draw, self, family);
  bf_landscape_draw_note (draw, &self->line->center);
}

static gboolean
has_room (const Layout *self)
{
  return self->plot.width >= 40 && self->plot.height >= 30;
}

static void
loss_line_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  const BfFamily family = data->runs[0].family;
  Layout layout;

  bf_draw_init (&draw, cr, width, height, style);
  if (!data->loss_line || data->loss_line->n == 0)
    {
      if (data->part != BF_DRAW_HAND)
        bf_draw_nothing (&draw, data->loss_line ? _("The gradient is exactly 0: no step changes the loss") : _("Not computed yet"));
      return;
    }
  lay_out (&layout, &draw, data->loss_line);
  if (!has_room (&layout))
    return;
  if (data->part != BF_DRAW_HAND)
    draw_ground (&draw, &layout, family);
  if (data->part != BF_DRAW_GROUND && data->hover && data->hover->point < layout.line->n)
    draw_read_out (&draw, &layout, family, data->hover->point);
}

static gboolean
loss_line_read (double x, double y, double width, double height, const BfStyle *style, const BfFigureData *data, BfCursor *cursor)
{
  const BfGradientLine *line = data->loss_line;
  g_auto (BfDraw) draw = { 0 };
  Layout layout;
  const BfRect *plot = &layout.plot;

  if (!line || line->n < 2)
    return FALSE;
  bf_draw_init_nowhere (&draw, width, height, style);
  lay_out (&layout, &draw, line);
  if (!has_room (&layout) || x < plot->x || x > plot->x + plot->width || y < plot->y || y > plot->y + plot->height)
    return FALSE;
  /* The points stand at even distances. */
  cursor->point = (guint) lround ((x - plot->x) / plot->width * (line->n - 1));
  return TRUE;
}

static void
loss_line_csv (GString *out, const BfFigureData *data)
{
  const BfGradientLine *line = data->loss_line;

  g_string_append (out, "step,learning_rates,loss,accuracy,first_order,second_order\n");
  for (guint i = 0; line && i <= line->n; i++)
    {
      const BfLinePoint point = i ? line->points[i - 1] : (BfLinePoint) { 0, line->center.loss, line->center.accuracy };

      bf_csv_number (out, point.step, TRUE);
      bf_csv_number (out, point.step / get_unit (line), FALSE);
      bf_csv_number (out, point.loss, FALSE);
      bf_csv_number (out, point.accuracy, FALSE);
      bf_csv_number (out, line->exact ? bf_gradient_line_predict (line, point.step, FALSE) : NAN, FALSE);
      bf_csv_number (out, knows_second_order (line) ? bf_gradient_line_predict (line, point.step, TRUE) : NAN, FALSE);
      g_string_append_c (out, '\n');
    }
}

static char *
loss_line_describe (const BfFigureData *data)
{
  const BfGradientLine *line = data->loss_line;
  g_autofree char *loss = NULL, *lowest = NULL, *ratio = NULL, *edge = NULL, *note = NULL;
  GString *out;
  guint at;

  if (!line)
    return g_strdup (_("Loss along the gradient: not computed yet."));
  note = bf_landscape_make_note (&line->center, TRUE);
  loss = bf_landscape_format (line->center.loss);
  out = g_string_new (NULL);
  /* Translators: a loss, "512 training samples, after step 40" */
  g_string_append_printf (out, _("Loss along the negative gradient, from %s; %s."), loss, note);
  if (line->n == 0)
    g_string_append_printf (out, C_("sentences", " %s"), _("The gradient is exactly 0."));
  at = bf_gradient_line_find_lowest (line);
  if (at < line->n)
    {
      lowest = bf_landscape_format (line->points[at].loss);
      ratio = bf_format_part (line->points[at].step / get_unit (line));
      /* Translators: a loss, a number */
      g_string_append_printf (out, _(" Lowest: %s, %s learning rates from here."), lowest, ratio);
    }
  if (isfinite (bf_gradient_line_find_edge (line)))
    {
      edge = bf_format_part (bf_gradient_line_find_edge (line) / get_unit (line));
      g_string_append_printf (out, _(" Steps longer than %s learning rates climb."), edge);
    }
  return g_string_free (out, FALSE);
}

extern const BfFigure bf_figure_loss_line;
const BfFigure bf_figure_loss_line = {
  .kind = { "loss-line", N_("Loss along the Gradient"), N_("How far a step down the gradient may go before it climbs") },
  .width = 1000, .height = 600,
  .draw = loss_line_draw,
  .csv = loss_line_csv,
  .describe = loss_line_describe,
  .applies = loss_line_applies,
  .read = loss_line_read,
  .ground = BF_GROUND_OF_EXAMINED,
  .reading = N_("The curve falls while a step down the gradient helps: the blue line is one step at the learning "
                "rate, in the shade steps climb; dashed and dotted is what the gradient and the curvature here "
                "promise."),
};
