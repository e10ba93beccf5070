/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Order and chaos: what a deep stack of layers of this activation does to gradients, by the variances that its
 * weights and biases begin with (Poole et al. 2016, Schoenholz et al. 2017). Color is √χ, the gain of
 * the gradient's norm a layer; the network's layers lie in it as points.
 */
#include "phase-private.h"
#include "../bf-pictures.h"
#include "../bf-table.h"
#include "../../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* √χ from 1 / BOUND to BOUND has colors; the inner part of the map, for the area is large. */
#define BOUND 2.25
#define INNER 0.62
#define COLORS 257

/* Beyond this the weights' variance gets a log axis. */
#define WIDE 8.0

typedef struct
{
  const char *name;
  BfFamily mark;
  double weight_variance;   /* at constant width */
  gboolean biases;          /* drawn like the weights: σb² = 1 / (3 fan in) */
} BfPhaseStart;

static const BfPhaseStart starts[] = {
  { N_("default"), BF_FAMILY_BASELINE, 1 / 3.0, TRUE },
  { N_("Glorot"), BF_FAMILY_SKIP, 1, FALSE },
  { N_("He"), BF_FAMILY_ACTIVATION, 2, FALSE },
};

/* Layers a decade that have a line. */
static const guint decades[] = { 1, 2, 3, 5, 10, 30 };

typedef struct
{
  BfPhaseNetwork *network;
  const BfPhaseField *field;
  BfRect plot;
  BfScale x, y;         /* σw² (its log10 when wide), σb² */
  gboolean wide;
  double bar;           /* left edge of the color bar; 0: no room */
  gboolean words;       /* room for more than the bar's numbers */
  BfColor colors[COLORS];
} BfPhase;

static void
find_ranges (BfPhase *self)
{
  const double critical = bf_phase_field_get_critical (self->field, 0);
  double right = MAX (4, isfinite (critical) ? 2 * critical : 0), low = 0.25, top = 0.5;

  for (guint i = 0; i < self->network->n_layers; i++)
    {
      const BfPhaseLayer *layer = &self->network->layers[i];

      right = MAX (right, 1.15 * layer->weight_variance);
      if (layer->weight_variance > 0)
        low = MIN (low, 0.7 * layer->weight_variance);
      top = MAX (top, 1.15 * layer->bias_variance);
    }
  self->wide = right > WIDE;
  self->x.low = self->wide ? floor (2 * log10 (MAX (low, 1e-6))) / 2 : 0;
  self->x.high = self->wide ? ceil (2 * log10 (right)) / 2 : bf_nice_above (right);
  self->y.low = 0;
  self->y.high = bf_nice_above (top);
}

static void
lay_out (BfPhase *self, BfDraw *draw, const BfFigureData *data)
{
  const gboolean window = draw->style->window;
  const double k = CLAMP (draw->style->font_scale, 0.5, 4), tick = bf_draw_get_size (draw, BF_TYPE_TICK);
  const double left = draw->margin + 2.6 * tick + 12 + (draw->width > 340 ? 1.8 * tick : 0);
  const double top = window ? BF_FIGURE_WINDOW_TOP * k : bf_draw_get_top (draw) + (draw->small ? 16 : 26) * k;
  const double bottom = draw->height - (window ? BF_FIGURE_WINDOW_BOTTOM * k : (draw->small ? 44 : 62) * k);
  double right = draw->width - draw->margin;

  *self = (BfPhase) { .network = bf_phase_network_new (data->runs[0].snapshot->plan) };
  self->field = self->network->field;
  find_ranges (self);
  self->words = !window && !draw->small && draw->width > 900;
  if (draw->width > 340)
    {
      right -= (self->words ? 18 : 6.5) * tick;
      self->bar = round (right) + (window ? 14 : draw->gap);
      right = round (right);
    }
  self->plot = (BfRect) { round (left), round (top), MAX (0, right - round (left)), MAX (0, round (bottom) - round (top)) };
  self->x.from = self->plot.x;
  self->x.to = self->plot.x + self->plot.width;
  self->y.from = self->plot.y + self->plot.height;
  self->y.to = self->plot.y;
  for (guint i = 0; i < COLORS; i++)
    self->colors[i] = bf_colormap_diverging (draw->style->theme, INNER * (2.0 * i / (COLORS - 1) - 1));
}

static double
map_x (const BfPhase *self, double weight_variance)
{
  if (!self->wide)
    return bf_scale_map (&self->x, weight_variance);
  return bf_scale_map (&self->x, log10 (MAX (weight_variance, 1e-9)));
}

static double
invert_x (const BfPhase *self, double x)
{
  const double value = bf_scale_invert (&self->x, x);

  return self->wide ? pow (10, value) : value;
}

/* Where √χ lies between 1 / BOUND and BOUND, 0 … 1. */
static double
get_place (double chi)
{
  const double t = chi > 0 ? 0.5 * log10 (chi) / log10 (BOUND) : -1;

  return (CLAMP (t, -1, 1) + 1) / 2;
}

static BfColor
get_color (const BfPhase *self, double chi)
{
  return self->colors[(guint) lround (get_place (chi) * (COLORS - 1))];
}

static BfColor
get_color_at (const BfPhase *self, double x, double y)
{
  const double w = invert_x (self, x), b = MAX (0, bf_scale_invert (&self->y, y));

  return get_color (self, bf_phase_field_get_chi (self->field, MAX (w, 0), b));
}

static void
draw_map (BfDraw *draw, const BfPhase *self)
{
  const guint columns = (guint) CLAMP (self->plot.width / 3, 1, 400), rows = (guint) CLAMP (self->plot.height / 3, 1, 300);
  g_autofree guint32 *pixels = g_new (guint32, (gsize) columns * rows);
  g_autofree double *biases = g_new (double, rows), *chis = g_new (double, rows);
  guint32 colors[COLORS];

  for (guint i = 0; i < COLORS; i++)
    colors[i] = bf_color_get_pixel (self->colors[i]);
  for (guint y = 0; y < rows; y++)
    biases[y] = (y + 0.5) / rows * self->y.high;
  for (guint x = 0; x < columns; x++)
    {
      bf_phase_field_fill (self->field, invert_x (self, self->plot.x + (x + 0.5) / columns * self->plot.width), rows,
                           biases, chis);
      for (guint y = 0; y < rows; y++)
        pixels[(gsize) (rows - 1 - y) * columns + x] = colors[lround (get_place (chis[y]) * (COLORS - 1))];
    }
  bf_draw_pixels (draw, &self->plot, columns, rows, pixels);
}

/* As far beside the plot as the path of a line may go: dashes are laid along what nobody sees, too. */
static double
map_near_x (const BfPhase *self, double weight_variance)
{
  return CLAMP (map_x (self, weight_variance), self->plot.x - self->plot.width, self->plot.x + 2 * self->plot.width);
}

/* The line χ = chi as a path; where it crosses the height `y` its x, NaN where it does not. */
static double
trace_contour (BfDraw *draw, const BfPhase *self, double chi, double y)
{
  const double at = bf_scale_invert (&self->y, y);
  double crossing = NAN, last_w = NAN, last_b = NAN;

  cairo_new_path (draw->cr);
  if (self->field->even)
    {
      const double x = map_x (self, chi / self->field->slope_square[0]);

      cairo_move_to (draw->cr, x, self->y.from);
      cairo_line_to (draw->cr, x, self->y.to);
      return x;
    }
  for (guint i = 0; i < BF_PHASE_QS; i++)
    {
      double w, b;
      const gboolean here = bf_phase_field_get_contour (self->field, chi, i, &w, &b);
      const gboolean joined = isfinite (last_b);

      if (here && !(joined && last_b >= 0))
        cairo_new_sub_path (draw->cr);
      if (here && joined && last_b < 0)   /* where it meets the axis */
        cairo_line_to (draw->cr, map_near_x (self, last_w + (w - last_w) * -last_b / (b - last_b)), self->y.from);
      if (here)
        cairo_line_to (draw->cr, map_near_x (self, w), bf_scale_map (&self->y, MIN (b, 2 * self->y.high)));
      if (here && joined && (last_b - at) * (b - at) <= 0 && b != last_b)
        crossing = map_x (self, last_w + (w - last_w) * (at - last_b) / (b - last_b));
      last_w = here || b < 0 ? w : NAN;
      last_b = here || b < 0 ? b : NAN;
    }
  return crossing;
}

static void
draw_contour (BfDraw *draw, const BfPhase *self, guint layers, int way, double *last)
{
  static const double dots[] = { 1.2, 4 };
  const double size = bf_draw_get_size (draw, BF_TYPE_NOTE), y = self->plot.y + 1.7 * size;
  const double x = trace_contour (draw, self, pow (10, way * 2.0 / layers), y);
  g_autofree char *number = g_strdup_printf ("%u", layers);
  BfColor halo;

  cairo_set_line_width (draw->cr, 1.1);
  cairo_set_dash (draw->cr, dots, 2, 0);
  bf_draw_set_color (draw, bf_color_alpha (draw->colors[BF_ROLE_INK], 0.75));
  cairo_stroke (draw->cr);
  bf_draw_no_dash (draw);
  if (!isfinite (x) || x - 2.2 * size < MAX (*last, self->plot.x) || x > self->plot.x + self->plot.width)
    return;
  halo = get_color_at (self, x - size, y);
  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .align = BF_ALIGN_RIGHT, .halo = &halo), x - 5, y, number);
  *last = x;
}

/* χ = 1 and its name along it. */
static void
draw_critical (BfDraw *draw, const BfPhase *self)
{
  const double size = bf_draw_get_size (draw, BF_TYPE_LABEL), y = self->plot.y + 0.6 * self->plot.height;
  const double width = draw->line + 0.2, x = trace_contour (draw, self, 1, y);
  double above, below, left = -1.1 * size;
  BfColor halo;

  cairo_set_line_join (draw->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (draw->cr, width + 3);
  bf_draw_set_color (draw, bf_color_alpha (draw->colors[BF_ROLE_SURFACE], 0.7));
  cairo_stroke_preserve (draw->cr);
  cairo_set_line_width (draw->cr, width);
  bf_draw_set_color (draw, draw->colors[BF_ROLE_INK]);
  cairo_stroke (draw->cr);
  if (!isfinite (x) || self->plot.height < 120)
    return;
  above = map_x (self, bf_phase_field_get_critical (self->field, bf_scale_invert (&self->y, y - 20)));
  below = map_x (self, bf_phase_field_get_critical (self->field, bf_scale_invert (&self->y, y + 20)));
  if (!isfinite (above) || !isfinite (below))
    return;
  halo = get_color_at (self, x, y);
  bf_draw_text (draw, BF_TEXT (.bold = TRUE, .align = BF_ALIGN_CENTER, .halo = &halo, .angle = -atan2 (40, above - below)),
                x + left, y, _("χ = 1, critical"));
}

static void
draw_word (BfDraw *draw, const BfPhase *self, double from, double to, const char *word, const char *what)
{
  const double size = bf_draw_get_size (draw, BF_TYPE_LABEL), x = (from + to) / 2, room = to - from - size;
  const double y = self->plot.y + 0.4 * self->plot.height;
  const BfColor halo = get_color_at (self, x, y);
  const BfText head = { .bold = TRUE, .align = BF_ALIGN_CENTER, .halo = &halo };
  const BfText note = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .halo = &halo };

  if (room < bf_draw_text_width (draw, &head, word) || self->plot.height < 120)
    return;
  bf_draw_text (draw, &head, x, y, word);
  if (!draw->small && room >= bf_draw_text_width (draw, &note, what))
    bf_draw_text (draw, &note, x, y + 1.7 * size, what);
}

static void
draw_words (BfDraw *draw, const BfPhase *self)
{
  const double left = self->plot.x, right = left + self->plot.width;
  const double critical = bf_phase_field_get_critical (self->field, 0.6 * self->y.high);
  const double x = isfinite (critical) ? CLAMP (map_x (self, critical), left, right) : right;

  draw_word (draw, self, left, x, _("ordered"), _("gradients vanish"));
  if (self->field->even)
    draw_word (draw, self, x, right, _("unbounded"), _("length grows without bound"));
  else
    draw_word (draw, self, x, right, _("chaotic"), _("gradients grow"));
}

static void
draw_axes (BfDraw *draw, const BfPhase *self)
{
  const BfRect *plot = &self->plot;
  const gboolean brief = draw->small || draw->style->window;
  const double size = bf_draw_get_size (draw, BF_TYPE_TICK);
  const char *name = brief ? _("weight variance σw²") : _("weight variance σw² = fan-in × Var W");
  const BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER, .color = &draw->colors[BF_ROLE_INK_2] };
  BfText label = { .type = draw->style->window ? BF_TYPE_TICK : BF_TYPE_LABEL, .align = BF_ALIGN_CENTER,
                   .color = &draw->colors[BF_ROLE_INK_2], .max_width = MAX (1, plot->height) };

  bf_draw_axis_y (draw, plot, &self->y, FALSE);
  label.angle = -G_PI / 2;
  if (draw->width > 340)
    bf_draw_text (draw, &label, draw->margin + 0.5 * size, plot->y + plot->height / 2, _("bias variance σb²"));
  if (!self->wide)
    {
      bf_draw_axis_x (draw, plot, &self->x, 0, name);
      return;
    }
  for (int d = (int) ceil (self->x.low - 1e-9); d <= self->x.high + 1e-9; d++)
    {
      const double x = bf_scale_map (&self->x, d), y = plot->y + plot->height;
      g_autofree char *number = d < 0 && d > -4 ? bf_format_plain (pow (10, d), 1) : bf_format_power (d);

      bf_draw_line (draw, x, y + 3, x, y + 7, 1, draw->colors[BF_ROLE_AXIS]);
      bf_draw_text (draw, &tick, x, y + 9 + 0.75 * size, number);
    }
  label.angle = 0;
  label.max_width = MAX (1, plot->width);
  bf_draw_text (draw, &label, plot->x + plot->width / 2, plot->y + plot->height + (draw->style->window ? 13 : 14) + 2.3 * size, name);
}

static void
draw_bar (BfDraw *draw, const BfPhase *self)
{
  static const double ticks[] = { 0.45, 0.55, 0.7, 0.8, 1, 1.2, 1.4, 1.8, 2.2 };
  const double width = draw->small ? 8 : 11, top = self->plot.y, height = self->plot.height, tick = bf_draw_get_size (draw, BF_TYPE_TICK);
  const double words = self->bar + width + 5.6 * tick;
  guint32 pixels[COLORS];
  double last = INFINITY;
  BfText note = { .type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_2] };

  if (self->bar <= 0)
    return;
  for (guint i = 0; i < COLORS; i++)
    pixels[i] = bf_color_get_pixel (self->colors[COLORS - 1 - i]);
  bf_draw_pixels (draw, &(BfRect) { self->bar, top, width, height }, 1, COLORS, pixels);
  for (guint i = 0; i < G_N_ELEMENTS (ticks); i++)
    {
      const gboolean center = ticks[i] == 1;
      const double y = top + height * (1 - get_place (ticks[i] * ticks[i]));
      g_autofree char *number = bf_format_plain (ticks[i], 2);
      /* Translators: the end of a scale of gains: "≤ 0.45 ×" */
      g_autofree char *text = i == 0 ? g_strdup_printf (_("≤ %s ×"), number) : g_strdup_printf (_("%s ×"), number);

      if (!center && (last - y < 1.5 * tick || fabs (y - (top + height / 2)) < 1.5 * tick))
        continue;
      bf_draw_line (draw, self->bar + width, y, self->bar + width + 5, y, 1, draw->colors[BF_ROLE_AXIS]);
      bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .bold = center,
                                   .color = &draw->colors[center ? BF_ROLE_INK : BF_ROLE_INK_2]),
                    self->bar + width + 8, y, text);
      last = y;
    }
  if (!self->words)
    {
      bf_draw_text (draw, &note, self->bar, top + height + 1.6 * tick, _("gain, √χ"));
      return;
    }
  bf_draw_text (draw, &note, words, top + tick, _("gradient norm"));
  bf_draw_text (draw, &note, words, top + 2.5 * tick, _("gain per layer, √χ"));
  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .bold = TRUE), words, top + height / 2, _("healthy"));
  bf_draw_text (draw, &note, words, top + height - 4 * tick, _("dotted lines:"));
  bf_draw_text (draw, &note, words, top + height - 2.5 * tick, _("layers to gain or"));
  bf_draw_text (draw, &note, words, top + height - tick, _("lose a decade"));
}

static void
draw_starts (BfDraw *draw, const BfPhase *self)
{
  const double size = bf_draw_get_size (draw, BF_TYPE_NOTE), right = self->plot.x + self->plot.width;
  double ends[G_N_ELEMENTS (starts)] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      const double biases = starts[i].biases && self->network->fan_in > 0 ? 1.0 / (3.0 * self->network->fan_in) : 0;
      const double x = map_x (self, starts[i].weight_variance), y = bf_scale_map (&self->y, biases);
      const BfColor halo = get_color_at (self, x, y - size);
      double width;
      guint row = 0;

      if (x < self->plot.x || x > right || y < self->plot.y)
        continue;
      bf_draw_mark (draw, starts[i].mark, x, y, draw->mark, draw->colors[BF_ROLE_INK], FALSE);
      while (row + 1 < G_N_ELEMENTS (starts) && ends[row] > x + 4)
        row++;
      width = bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .halo = &halo), x + 1.6 * draw->mark,
                            y - 1.1 * size - 1.4 * size * row, _(starts[i].name));
      ends[row] = x + width + 14;
    }
}

static const BfPhaseLayer *
get_layer (const BfPhaseNetwork *network, guint weighted)
{
  for (guint i = 0; i < network->n_layers; i++)
    if (network->layers[i].weighted == weighted)
      return &network->layers[i];
  return NULL;
}

/* The layer that stands for the network: the cursor's, else the middle one. */
static const BfPhaseLayer *
choose_layer (const BfPhaseNetwork *network, const BfFigureData *data)
{
  const BfPhaseLayer *chosen = data->show_cursor ? get_layer (network, data->cursor.weighted) : NULL;

  return chosen ? chosen : network->n_layers > 0 ? &network->layers[network->n_layers / 2] : NULL;
}

/* "χ = 1.09, a decade in 52 layers" */
static char *
format_chi (double chi, gboolean brief)
{
  g_autofree char *number = bf_format_plain (chi, 3);
  const double layers = bf_phase_get_layers (chi);
  g_autofree char *count = layers < 1000 ? layers < 9.5 ? bf_format_plain (layers, 2) : bf_format_count ((guint64) lround (layers)) : NULL;

  if (brief)
    return g_strdup_printf ("χ = %s", number);
  /* Translators: the gain of the squared gradient a layer */
  return count ? g_strdup_printf (_("χ = %s, a decade in %s layers"), number, count) : g_strdup_printf (_("χ = %s, critical"), number);
}

static void
draw_label (BfDraw *draw, const BfPhase *self, const BfPhaseLayer *layer, const char *name, double x, double y)
{
  const double size = bf_draw_get_size (draw, BF_TYPE_LABEL), pad = 0.6 * size;
  g_autofree char *chi = format_chi (layer->chi, draw->small);
  const BfText head = { .bold = TRUE }, note = { .type = BF_TYPE_TICK };
  const double width = MAX (bf_draw_text_width (draw, &head, name), bf_draw_text_width (draw, &note, chi)) + 2 * pad;
  const double right = self->plot.x + self->plot.width, bottom = self->plot.y + self->plot.height;
  const double height = 3.3 * size;
  BfRect box = { x + 16, CLAMP (y - height / 2, self->plot.y + 3, MAX (self->plot.y + 3, bottom - height - 3.2 * size)), width, height };

  if (box.x + box.width > right)
    box.x = x - 16 - width;
  if (box.x < self->plot.x || self->plot.height < 90)
    return;
  cairo_new_path (draw->cr);
  bf_draw_rectangle (draw, &box, 5);
  bf_draw_set_color (draw, bf_color_alpha (draw->colors[BF_ROLE_SURFACE], 0.88));
  cairo_fill (draw->cr);
  bf_draw_text (draw, &head, box.x + pad, box.y + 0.3 * height, name);
  bf_draw_text (draw, &note, box.x + pad, box.y + 0.72 * height, chi);
}

static void
draw_network (BfDraw *draw, const BfPhase *self, const BfFigureData *data)
{
  const BfPhaseLayer *chosen = choose_layer (self->network, data);
  const BfColor accent = draw->colors[BF_ROLE_ACCENT], surface = draw->colors[BF_ROLE_SURFACE];
  const BfPlan *plan = data->runs[0].snapshot->plan;
  g_autofree char *name = NULL;
  double x, y;

  if (self->network->reason)
    bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_2], .max_width = MAX (1, draw->width - self->plot.x - draw->margin)),
                  self->plot.x, self->plot.y - bf_draw_get_size (draw, BF_TYPE_NOTE), self->network->reason);
  if (!chosen)
    return;
  for (guint i = 0; i < self->network->n_layers; i++)
    bf_draw_mark (draw, BF_FAMILY_BASELINE, map_x (self, self->network->layers[i].weight_variance),
                  bf_scale_map (&self->y, self->network->layers[i].bias_variance), 0.75 * draw->mark, accent, FALSE);
  x = map_x (self, MAX (chosen->weight_variance, 0));
  y = bf_scale_map (&self->y, chosen->bias_variance);
  for (guint pass = 0; pass < 2; pass++)
    {
      cairo_new_path (draw->cr);
      cairo_arc (draw->cr, x, y, 2.3 * draw->mark, 0, 2 * G_PI);
      cairo_set_line_width (draw->cr, pass ? 2 : 5);
      bf_draw_set_color (draw, pass ? accent : bf_color_alpha (surface, 0.8));
      cairo_stroke (draw->cr);
    }
  bf_draw_mark (draw, BF_FAMILY_BASELINE, x, y, 0.95 * draw->mark, accent, FALSE);
  /* Translators: a layer by its name: "this network, Dense 3" */
  name = data->show_cursor ? g_strdup_printf (_("this network, %s"), bf_layer_name (plan, chosen->weighted)) : g_strdup (_("this network"));
  draw_label (draw, self, chosen, name, x, y);
}

static void
draw_read_out (BfDraw *draw, const BfPhase *self, const BfFigureData *data)
{
  const BfPhaseLayer *layer = get_layer (self->network, data->hover->weighted);
  const char *const names[] = { "σw²", "σb²", "χ" };
  g_autofree char *w = NULL, *b = NULL, *chi = NULL;
  double x, y;

  if (!layer)
    return;
  w = bf_format_plain (layer->weight_variance, 3);
  b = bf_format_plain (layer->bias_variance, 3);
  chi = bf_format_plain (layer->chi, 3);
  x = map_x (self, layer->weight_variance);
  y = bf_scale_map (&self->y, layer->bias_variance);
  bf_draw_card (draw, &(BfRect) { 4, 4, draw->width - 8, draw->height - 8 }, x, y - 12, y + 12,
                bf_layer_name (data->runs[0].snapshot->plan, layer->weighted), names, (const char *const[]) { w, b, chi }, 3);
}

/* All but where the network is, which is the costly part: it depends on activations alone. */
static void
draw_ground (BfDraw *draw, BfPhase *phase)
{
  double last = 0;

  draw_axes (draw, phase);
  draw_map (draw, phase);
  draw_bar (draw, phase);
  cairo_save (draw->cr);
  cairo_rectangle (draw->cr, phase->plot.x, phase->plot.y, phase->plot.width, phase->plot.height);
  cairo_clip (draw->cr);
  for (guint i = 0; i < G_N_ELEMENTS (decades); i++)
    draw_contour (draw, phase, decades[i], -1, &last);
  for (guint i = G_N_ELEMENTS (decades); i-- > 0;)
    draw_contour (draw, phase, decades[i], 1, &last);
  draw_critical (draw, phase);
  draw_words (draw, phase);
  cairo_restore (draw->cr);
  bf_draw_line (draw, phase->plot.x, phase->y.from, phase->plot.x + phase->plot.width, phase->y.from, 1, draw->colors[BF_ROLE_AXIS]);
  draw_starts (draw, phase);
}

static void
phase_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  BfPhase phase;

  bf_draw_init (&draw, cr, width, height, style);
  lay_out (&phase, &draw, data);
  if (phase.plot.width >= 20 && phase.plot.height >= 20)
    {
      if (data->part != BF_DRAW_HAND)
        draw_ground (&draw, &phase);
      if (data->part != BF_DRAW_GROUND)
        draw_network (&draw, &phase, data);
      if (data->hover && data->part != BF_DRAW_GROUND)
        draw_read_out (&draw, &phase, data);
    }
  bf_phase_network_free (phase.network);
}

static gboolean
phase_pick (double x, double y, double width, double height, const BfStyle *style, const BfFigureData *data, BfCursor *cursor)
{
  double nearest = 14;
  gboolean found = FALSE;
  BfPhase phase;
  g_auto (BfDraw) draw = { 0 };

  bf_draw_init_nowhere (&draw, width, height, style);
  lay_out (&phase, &draw, data);
  for (guint i = 0; i < phase.network->n_layers && phase.plot.width >= 20 && phase.plot.height >= 20; i++)
    {
      const BfPhaseLayer *layer = &phase.network->layers[i];
      const double distance = hypot (x - map_x (&phase, layer->weight_variance), y - bf_scale_map (&phase.y, layer->bias_variance));

      if (distance >= nearest)
        continue;
      nearest = distance;
      found = TRUE;
      *cursor = (BfCursor) { layer->weighted, bf_figure_data_get_step (data, 0) };
    }
  bf_phase_network_free (phase.network);
  return found;
}

static void
write_row (GString *out, const char *what, const char *name, double weight_variance, double bias_variance, double chi)
{
  bf_csv_text (out, what, TRUE);
  bf_csv_text (out, name, FALSE);
  bf_csv_number (out, weight_variance, FALSE);
  bf_csv_number (out, bias_variance, FALSE);
  bf_csv_number (out, chi, FALSE);
  bf_csv_number (out, sqrt (chi), FALSE);
  g_string_append_c (out, '\n');
}

static void
write_contour (GString *out, const BfPhaseField *field, const char *name, double chi)
{
  for (guint i = 0; i < BF_PHASE_QS; i++)
    {
      double w, b;

      if (bf_phase_field_get_contour (field, chi, i, &w, &b) && b <= 4)
        write_row (out, "line", name, w, b, chi);
    }
}

/* Layers, then the lines of the picture: critical, and those of n layers a decade. */
static void
phase_csv (GString *out, const BfFigureData *data)
{
  const BfPlan *plan = data->runs[0].snapshot->plan;
  g_autoptr (BfPhaseNetwork) network = bf_phase_network_new (data->runs[0].snapshot->plan);

  g_string_append (out, "what,name,weight_variance,bias_variance,chi,gain\n");
  for (guint i = 0; i < network->n_layers; i++)
    write_row (out, "layer", bf_layer_name (plan, network->layers[i].weighted), network->layers[i].weight_variance,
               network->layers[i].bias_variance, network->layers[i].chi);
  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      const double w = starts[i].weight_variance, b = starts[i].biases && network->fan_in ? 1.0 / (3.0 * network->fan_in) : 0;

      write_row (out, "start", starts[i].name, w, b, bf_phase_field_get_chi (network->field, w, b));
    }
  write_contour (out, network->field, "critical", 1);
  for (guint i = 0; i < G_N_ELEMENTS (decades); i++)
    for (int way = -1; way <= 1; way += 2)
      {
        g_autofree char *name = g_strdup_printf ("%+d", way * (int) decades[i]);

        write_contour (out, network->field, name, pow (10, way * 2.0 / decades[i]));
      }
}

static char *
phase_describe (const BfFigureData *data)
{
  g_autoptr (BfPhaseNetwork) network = bf_phase_network_new (data->runs[0].snapshot->plan);
  const BfPhaseLayer *layer = choose_layer (network, data);
  const char *function = bf_kind_get_name (&network->activation->kind), *phase;
  g_autofree char *w = NULL, *b = NULL, *gain = NULL, *count = NULL;

  if (!layer)
    return g_strdup_printf (_("Phase diagram for %s. %s"), function, network->reason ? network->reason : _("No layer of it lies here."));
  w = bf_format_plain (layer->weight_variance, 3);
  b = bf_format_plain (layer->bias_variance, 3);
  gain = bf_format_plain (sqrt (layer->chi), 3);
  phase = fabs (layer->chi - 1) < 0.005 ? _("critical") : layer->chi < 1 ? _("ordered")
          : network->field->even ? _("growing without bound") : _("chaotic");
  if (!(bf_phase_get_layers (layer->chi) < 1000))
    return g_strdup_printf (_("Phase diagram for %s. This network: weight variance %s, bias variance %s, gain per layer %s, %s."),
                            function, w, b, gain, phase);
  count = bf_format_plain (bf_phase_get_layers (layer->chi), 3);
  /* Translators: activation, variances, gain, "ordered", "chaotic" …, number of layers */
  return g_strdup_printf (_("Phase diagram for %s. This network: weight variance %s, bias variance %s, gain per layer %s, %s; a decade in %s layers."),
                          function, w, b, gain, phase, count);
}

extern const BfFigure bf_figure_phase;
const BfFigure bf_figure_phase = {
  .kind = { "phase", N_("Order and Chaos"), N_("Whether a deep network's gradients vanish or grow from these starting weights") },
  .width = 1200, .height = 700,
  .draw = phase_draw,
  .csv = phase_csv,
  .describe = phase_describe,
  .pick = phase_pick,
  .ground = BF_GROUND_OF_PLAN,
  .reading = N_("The ring is this network’s start: left of the thick line gradients vanish, right of it they grow; "
                "dotted lines say in how many layers by a decade."),
};
