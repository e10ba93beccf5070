/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A layer's singular values as a shape on a log axis, as wide as they are many; where there is no room for shapes,
 * as bands. The line at 1 is where lengths stay.
 */
#include "jacobian-private.h"

#include "../../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define BINS 90
/* Narrower columns show bands. */
#define LEAST_SHAPE 15.0
#define ALL_ALPHA 0.14
#define HALF_ALPHA 0.32   /* over the other */

static const double dashes[] = { 5, 3.5 };

static BfColor
get_color (const BfSpectra *self)
{
  return bf_draw_get_look (self->draw, self->data, 0).color;
}

static double
get_x (const BfSpectraPanel *panel, guint layer)
{
  return bf_scale_map (&panel->depth, layer);
}

/* The lines of shapes and bands never leave their panel. */
static void
begin_clip (BfSpectra *self, const BfSpectraPanel *panel)
{
  cairo_save (self->draw->cr);
  cairo_rectangle (self->draw->cr, panel->plot.x, panel->plot.y, panel->plot.width, panel->plot.height);
  cairo_clip (self->draw->cr);
  cairo_new_path (self->draw->cr);
}

/* 1-4-6-4-1. */
static void
smooth (double bins[BINS])
{
  static const double kernel[] = { 1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0 };
  double old[BINS];

  memcpy (old, bins, sizeof old);
  for (int i = 0; i < BINS; i++)
    {
      bins[i] = 0;
      for (int k = -2; k <= 2; k++)
        if (i + k >= 0 && i + k < BINS)
          bins[i] += kernel[k + 2] * old[i + k];
    }
}

static int
find_bin (const BfSpectraPanel *panel, double value)
{
  return (int) CLAMP ((value - panel->value.low) / (panel->value.high - panel->value.low) * BINS, 0, BINS - 1);
}

/* Shares of the values over the axis, smoothed, the more the fewer they are; the largest is 1. FALSE: all are 0. */
static gboolean
count_bins (const BfSpectra *self, const BfSpectraPanel *panel, guint layer, double bins[BINS])
{
  const BfSpectrum *spectrum = &panel->spectra[layer];
  const gsize n = (gsize) self->jacobian->n_samples * spectrum->n_values;
  const guint passes = n - spectrum->n_zeros > 600 ? 1 : n - spectrum->n_zeros > 200 ? 2 : 4;
  double most = 0;

  memset (bins, 0, BINS * sizeof (double));
  for (gsize i = spectrum->n_zeros; i < n; i++)
    bins[find_bin (panel, spectrum->sorted[i])]++;
  for (guint i = 0; i < passes; i++)
    smooth (bins);
  for (guint i = 0; i < BINS; i++)
    most = MAX (most, bins[i]);
  for (guint i = 0; i < BINS && most > 0; i++)
    bins[i] /= most;
  return most > 0;
}

static void
draw_shape (BfSpectra *self, const BfSpectraPanel *panel, guint layer)
{
  cairo_t *cr = self->draw->cr;
  const double x = get_x (panel, layer), half = 0.42 * self->pitch;
  const double step = (panel->value.high - panel->value.low) / BINS;
  const BfSpectrum *spectrum = &panel->spectra[layer];
  const gsize n = (gsize) self->jacobian->n_samples * spectrum->n_values;
  double bins[BINS];
  int first, last;

  if (!count_bins (self, panel, layer, bins))
    return;
  /* Smoothing leads beyond what there is. */
  first = find_bin (panel, spectrum->sorted[spectrum->n_zeros]);
  last = find_bin (panel, spectrum->sorted[n - 1]);
  cairo_new_path (cr);
  for (int i = first; i <= last; i++)
    cairo_line_to (cr, x + half * bins[i], bf_scale_map (&panel->value, panel->value.low + (i + 0.5) * step));
  for (int i = last; i >= first; i--)
    cairo_line_to (cr, x - half * bins[i], bf_scale_map (&panel->value, panel->value.low + (i + 0.5) * step));
  cairo_close_path (cr);
  bf_draw_set_color (self->draw, bf_color_alpha (get_color (self), 0.24));
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, self->draw->small || self->pitch < 30 ? 1.1 : 1.7);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  bf_draw_set_color (self->draw, get_color (self));
  cairo_stroke (cr);
}

/* log10 at a quantile of what is not 0: zeros have a lane of their own. -∞: there is nothing else. */
static double
get_quantile (const BfSpectra *self, const BfSpectrum *spectrum, double q)
{
  const double last = MAX ((double) self->jacobian->n_samples * spectrum->n_values - 1, 1);

  return bf_spectrum_get_quantile (spectrum, self->jacobian, (spectrum->n_zeros + q * (last - spectrum->n_zeros)) / last);
}

static double
map_quantile (const BfSpectra *self, const BfSpectraPanel *panel, guint layer, double q)
{
  return bf_scale_map (&panel->value, MAX (get_quantile (self, &panel->spectra[layer], q), panel->value.low));
}

static void
draw_band (BfSpectra *self, const BfSpectraPanel *panel, double q, double alpha)
{
  cairo_t *cr = self->draw->cr;
  const guint n = self->jacobian->n_layers;

  cairo_new_path (cr);
  for (guint i = 0; i < n; i++)
    cairo_line_to (cr, get_x (panel, i), map_quantile (self, panel, i, 1 - q));
  for (guint i = n; i-- > 0;)
    cairo_line_to (cr, get_x (panel, i), map_quantile (self, panel, i, q));
  cairo_close_path (cr);
  bf_draw_set_color (self->draw, bf_color_alpha (get_color (self), alpha));
  cairo_fill (cr);
}

static void
draw_median_line (BfSpectra *self, const BfSpectraPanel *panel)
{
  cairo_new_path (self->draw->cr);
  for (guint i = 0; i < self->jacobian->n_layers; i++)
    cairo_line_to (self->draw->cr, get_x (panel, i), map_quantile (self, panel, i, 0.5));
  cairo_set_line_width (self->draw->cr, self->draw->line);
  bf_draw_set_color (self->draw, get_color (self));
  cairo_stroke (self->draw->cr);
}

static void
draw_median (BfSpectra *self, const BfSpectraPanel *panel, guint layer)
{
  const double value = get_quantile (self, &panel->spectra[layer], 0.5);
  const double x = get_x (panel, layer), half = 0.2 * self->pitch, y = bf_scale_map (&panel->value, value);

  if (isfinite (value))
    bf_draw_line (self->draw, x - half, y, x + half, y, self->brief ? 1.5 : 2, self->draw->colors[BF_ROLE_INK]);
}

static void
draw_values (BfSpectra *self, const BfSpectraPanel *panel)
{
  const gboolean shapes = self->pitch >= LEAST_SHAPE;

  begin_clip (self, panel);
  if (shapes)
    for (guint i = 0; i < self->jacobian->n_layers; i++)
      {
        draw_shape (self, panel, i);
        draw_median (self, panel, i);
      }
  else
    {
      draw_band (self, panel, 0, ALL_ALPHA);
      draw_band (self, panel, 0.25, HALF_ALPHA - ALL_ALPHA);
      draw_median_line (self, panel);
    }
  cairo_restore (self->draw->cr);
}

static void
draw_theory (BfSpectra *self, const BfSpectraPanel *panel)
{
  cairo_t *cr = self->draw->cr;

  begin_clip (self, panel);
  for (guint i = 0; i < self->jacobian->n_layers; i++)
    {
      const double expected = bf_spectra_get_theory (self->data, panel->product, i);
      const double half = self->jacobian->n_layers > 1 ? 0 : 0.4 * self->pitch;

      if (!isfinite (expected))
        continue;
      cairo_line_to (cr, get_x (panel, i) - half, bf_scale_map (&panel->value, expected));
      cairo_line_to (cr, get_x (panel, i) + half, bf_scale_map (&panel->value, expected));
    }
  cairo_set_line_width (cr, 1.5);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  bf_draw_set_color (self->draw, self->draw->colors[BF_ROLE_INK]);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static double
get_radius (const BfSpectra *self)
{
  return self->pitch < 30 || self->brief ? MIN (0.75 * self->draw->mark, 2.8) : self->draw->mark;
}

/* A mark at each root of the mean square, or about every 80 px. */
static void
draw_means (BfSpectra *self, const BfSpectraPanel *panel)
{
  const double radius = get_radius (self);
  const guint stride = self->pitch >= 3 * radius ? 1 : (guint) ceil (80 / self->pitch);

  for (guint i = 0; i < self->jacobian->n_layers; i += stride)
    if (isfinite (panel->spectra[i].log_rms))
      bf_draw_mark (self->draw, self->data->runs[0].family, get_x (panel, i), bf_scale_map (&panel->value, panel->spectra[i].log_rms),
                    radius, get_color (self), FALSE);
}

/* The share of what is exactly 0, or not resolved. */
static void
draw_zeros (BfSpectra *self, const BfSpectraPanel *panel)
{
  BfDraw *draw = self->draw;
  const double y = panel->plot.y + panel->plot.height + 4, size = bf_draw_get_size (draw, BF_TYPE_NOTE);
  const BfRect lane = { panel->plot.x, y, panel->plot.width, BF_SPECTRA_LANE };

  bf_draw_fill (draw, &lane, draw->colors[BF_ROLE_BAND]);
  bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_TICK, .align = BF_ALIGN_RIGHT, .color = &draw->colors[BF_ROLE_INK_2]),
                panel->plot.x - 10, y + BF_SPECTRA_LANE / 2, "0");
  for (guint i = 0; i < self->jacobian->n_layers; i++)
    {
      const BfSpectrum *spectrum = &panel->spectra[i];
      const double share = (double) spectrum->n_zeros / ((double) self->jacobian->n_samples * MAX (spectrum->n_values, 1));
      const double width = MIN (0.84 * self->pitch, self->pitch - 1);
      g_autofree char *text = g_strdup_printf ("%.0f\u00a0%%", 100 * share);

      if (spectrum->n_zeros == 0)
        continue;
      bf_draw_rectangle (draw, &(BfRect) { get_x (panel, i) - width / 2, y + BF_SPECTRA_LANE * (1 - share), width,
                                           BF_SPECTRA_LANE * share }, 0);
      bf_draw_hatch (draw, BF_HATCH_RISING, 6, 1, draw->colors[BF_ROLE_INK_3]);
      if (self->pitch > 3.4 * size)
        bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .align = BF_ALIGN_CENTER, .halo = &draw->colors[BF_ROLE_BAND]),
                      get_x (panel, i), y + BF_SPECTRA_LANE / 2, text);
    }
}

static gboolean
shows_cursor (const BfSpectra *self)
{
  return self->data->show_cursor && self->draw->style->window && bf_spectra_is_of_run (self->data)
         && self->data->cursor.weighted < self->jacobian->n_layers;
}

static void
draw_layers (BfSpectra *self, const BfSpectraPanel *panel)
{
  BfDraw *draw = self->draw;
  const BfPlan *plan = self->jacobian->plan;
  const guint n = self->jacobian->n_layers;
  const double size = bf_draw_get_size (draw, BF_TYPE_TICK);
  const double y = panel->plot.y + panel->plot.height + (panel->zeros ? BF_SPECTRA_LANE + 4 : 0);
  const guint stride = bf_label_stride (n, self->pitch, 2.6 * size);
  BfText tick = { .type = BF_TYPE_TICK, .align = BF_ALIGN_CENTER };
  const double room = 2 * MIN (draw->width - 2 - get_x (panel, n - 1), self->pitch * stride - size);
  const gboolean named = bf_draw_text_width (draw, &tick, bf_layer_name (plan, n - 1)) <= room;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i + 1);
      const gboolean chosen = shows_cursor (self) && i == self->data->cursor.weighted;

      if (!bf_label_shown (i, n, stride))
        continue;
      tick.bold = chosen;
      tick.color = &draw->colors[chosen ? BF_ROLE_INK : BF_ROLE_INK_2];
      bf_draw_text (draw, &tick, get_x (panel, i), y + 1.3 * size,
                    i + 1 == n && named ? bf_layer_name (plan, i) : number);
    }
  if (self->stacked && !panel->product)
    return;   /* the one beneath says it */
  bf_draw_text (draw, BF_TEXT (.type = self->brief ? BF_TYPE_TICK : BF_TYPE_LABEL, .align = BF_ALIGN_CENTER,
                               .color = &draw->colors[BF_ROLE_INK_2], .max_width = panel->plot.width),
                panel->plot.x + panel->plot.width / 2, y + (self->brief ? 2.8 : 3.3) * size, _("layer, input on the left"));
}

static const char *
get_caption (const BfSpectra *self, const BfSpectraPanel *panel)
{
  if (self->brief)
    return panel->product ? _("From the input on") : _("Each layer alone");
  /* Translators: head of a picture: Jacobians whose singular values it shows */
  return panel->product ? _("From the input up to a layer: singular values of ∂aₗ/∂x")
                        : _("Each layer alone: singular values of ∂aₗ/∂aₗ₋₁");
}

static void
draw_panel (BfSpectra *self, const BfSpectraPanel *panel)
{
  BfDraw *draw = self->draw;
  const BfRect *plot = &panel->plot;
  const double one = bf_scale_map (&panel->value, 0), size = bf_draw_get_size (draw, BF_TYPE_LABEL);

  bf_draw_text (draw, BF_TEXT (.bold = TRUE, .max_width = plot->width), plot->x, plot->y - 1.1 * size, get_caption (self, panel));
  if (shows_cursor (self))
    bf_draw_fill (draw, &(BfRect) { get_x (panel, self->data->cursor.weighted) - self->pitch / 2, plot->y, self->pitch, plot->height },
                  bf_color_alpha (draw->colors[BF_ROLE_ACCENT], 0.1));
  bf_draw_axis_log_y (draw, plot, &panel->value);
  if (one >= plot->y && one <= plot->y + plot->height)
    bf_draw_line (draw, plot->x, one, plot->x + plot->width, one, 1.5, draw->colors[BF_ROLE_INK_3]);
  bf_draw_line (draw, plot->x, plot->y + plot->height, plot->x + plot->width, plot->y + plot->height, 1, draw->colors[BF_ROLE_AXIS]);
  draw_values (self, panel);
  draw_theory (self, panel);
  draw_means (self, panel);
  if (panel->zeros)
    draw_zeros (self, panel);
  draw_layers (self, panel);
}

typedef enum { KEY_MEDIAN, KEY_HALF, KEY_ALL, KEY_MEAN, KEY_THEORY, KEY_ONE, N_KEYS } Key;

static void
draw_key (BfSpectra *self, Key key, double x, double y, double width)
{
  BfDraw *draw = self->draw;

  if (key == KEY_MEAN)
    bf_draw_mark (draw, self->data->runs[0].family, x + width / 2, y, get_radius (self), get_color (self), FALSE);
  else if (key == KEY_MEDIAN)
    bf_draw_line (draw, x, y, x + width, y, 2, self->pitch >= LEAST_SHAPE ? draw->colors[BF_ROLE_INK] : get_color (self));
  else if (key == KEY_HALF || key == KEY_ALL)
    bf_draw_fill (draw, &(BfRect) { x, y - 5, width, 10 }, bf_color_alpha (get_color (self), key == KEY_ALL ? ALL_ALPHA : HALF_ALPHA));
  else if (key == KEY_ONE)
    bf_draw_line (draw, x, y, x + width, y, 1.5, draw->colors[BF_ROLE_INK_3]);
  else
    {
      cairo_set_dash (draw->cr, dashes, G_N_ELEMENTS (dashes), 0);
      bf_draw_line (draw, x, y, x + width, y, 1.5, draw->colors[BF_ROLE_INK]);
      bf_draw_no_dash (draw);
    }
}

/* "after step 2,304, at 8 samples" */
static char *
describe_when (const BfJacobian *jacobian)
{
  g_autofree char *step = bf_format_count (jacobian->step);

  if (jacobian->n_undefined > 0)
    /* Translators: when singular values were taken, at how many samples, how many others have values that are not finite */
    return g_strdup_printf (_("after step %s, at %u samples, %u left out as not finite"), step, jacobian->n_samples,
                            jacobian->n_undefined);
  return g_strdup_printf (ngettext ("after step %s, at %u sample", "after step %s, at %u samples", jacobian->n_samples), step,
                          jacobian->n_samples);
}

/* Keys from the left, while there is room; at the right when it was. */
static void
draw_keys (BfSpectra *self)
{
  BfDraw *draw = self->draw;
  const char *const names[N_KEYS] = {
    [KEY_MEDIAN] = self->panels[0].zeros || self->panels[1].zeros ? _("median without zeros") : _("median"), [KEY_HALF] = _("middle half"), [KEY_ALL] = _("all"), [KEY_MEAN] = _("root mean square"),
    [KEY_THEORY] = self->brief ? _("theory") : _("its theory, of the start"), [KEY_ONE] = _("1: lengths stay"),
  };
  const BfText text = { .type = BF_TYPE_NOTE, .color = &draw->colors[BF_ROLE_INK_2] };
  const double size = bf_draw_get_size (draw, BF_TYPE_NOTE), key = (self->brief ? 1.4 : 1.8) * size;
  g_autofree char *when = describe_when (self->jacobian);
  double x = self->panels[0].plot.x, right = draw->width - draw->margin;

  /* In the window the bar beneath says when. */
  if (!draw->style->window || self->jacobian->n_undefined > 0)
    right -= 1.8 * size + bf_draw_text (draw, BF_TEXT (.type = BF_TYPE_NOTE, .align = BF_ALIGN_RIGHT, .max_width = right - x,
                                                       .color = &draw->colors[BF_ROLE_INK_2]), right, self->keys, when);
  for (guint i = 0; i < N_KEYS; i++)
    {
      const double width = key + 0.6 * size + bf_draw_text_width (draw, &text, names[i]);

      if ((i == KEY_THEORY && !isfinite (bf_spectra_get_theory (self->data, FALSE, 0)))
          || ((i == KEY_HALF || i == KEY_ALL) && self->pitch >= LEAST_SHAPE))
        continue;
      if (x + width > right)
        return;
      draw_key (self, i, x, self->keys, key);
      bf_draw_text (draw, &text, x + key + 0.6 * size, self->keys, names[i]);
      x += width + (self->brief ? 1.1 : 1.8) * size;
    }
}

void
bf_spectra_draw (BfSpectra *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->panels); i++)
    draw_panel (self, &self->panels[i]);
  if (self->keys > 0)
    draw_keys (self);
}
