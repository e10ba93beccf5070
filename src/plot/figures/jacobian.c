/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Singular values of the Jacobians: of each layer alone, and from the input up to each layer. By so much the gradient
 * is stretched on its way back, in one direction or another.
 */
#include "jacobian-private.h"

#include "../../engine/bf-format.h"
#include "../bf-pictures.h"
#include "../bf-table.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

double
bf_spectra_get_theory (const BfFigureData *data, gboolean product, guint layer)
{
  double of_layer = NAN, of_product = NAN;

  if (data->jacobian && data->runs[0].theory)
    bf_jacobian_expect (data->jacobian->plan, data->runs[0].theory, layer, &of_layer, &of_product);
  return product ? of_product : of_layer;
}

gboolean
bf_spectra_is_of_run (const BfFigureData *data)
{
  return data->jacobian && data->jacobian->n_layers == data->runs[0].snapshot->plan->n_weighted;
}

/* All values, the line at 1, and theory as far as it stays within two decades of them. */
static void
find_range (BfSpectra *self, BfSpectraPanel *panel)
{
  double low = INFINITY, high = -INFINITY;

  for (guint i = 0; i < self->jacobian->n_layers; i++)
    {
      const BfSpectrum *spectrum = &panel->spectra[i];
      const gsize n = (gsize) self->jacobian->n_samples * spectrum->n_values;

      panel->zeros |= spectrum->n_zeros > 0;
      if (spectrum->n_zeros == n)
        continue;
      low = MIN (low, spectrum->sorted[spectrum->n_zeros]);
      high = MAX (high, spectrum->sorted[n - 1]);
    }
  if (!isfinite (low))
    low = high = 0;
  for (guint i = 0; i < self->jacobian->n_layers; i++)
    {
      const double expected = bf_spectra_get_theory (self->data, panel->product, i);

      if (isfinite (expected) && fabs (expected - CLAMP (expected, low, high)) <= 2)
        {
          low = MIN (low, expected);
          high = MAX (high, expected);
        }
    }
  panel->value.low = MIN (floor (low - 0.05), -1);
  panel->value.high = MAX (ceil (high + 0.05), 1);
}

static void
place_panel (BfSpectra *self, BfSpectraPanel *panel, const BfRect *area)
{
  BfDraw *draw = self->draw;
  const double tick = bf_draw_get_size (draw, BF_TYPE_TICK), label = bf_draw_get_size (draw, BF_TYPE_LABEL);
  const double left = 3.4 * tick + 10, top = 2.2 * label;
  const double words = self->stacked && !panel->product ? 2.6 : self->brief ? 3.6 : 4.2;
  const double bottom = words * tick + (panel->zeros ? BF_SPECTRA_LANE + 4 : 0);

  panel->plot = (BfRect) { round (area->x + left), round (area->y + top), MAX (0, floor (area->width - left)),
                           MAX (0, floor (area->height - top - bottom)) };
  panel->depth = (BfScale) { -0.5, self->jacobian->n_layers - 0.5, panel->plot.x, panel->plot.x + panel->plot.width };
  panel->value.from = panel->plot.y + panel->plot.height;
  panel->value.to = panel->plot.y;
}

gboolean
bf_spectra_lay_out (BfSpectra *self, BfDraw *draw, const BfFigureData *data)
{
  BfRect area = bf_draw_get_area (draw);
  const gboolean low = area.height < 260;   /* above each other, nothing would be left of them */
  const gboolean beside = (area.width >= 560 && area.width > 1.2 * area.height) || low;
  const double note = bf_draw_get_size (draw, BF_TYPE_NOTE), gap = beside ? draw->gap : 0;
  BfRect part;

  *self = (BfSpectra) { .draw = draw, .data = data, .jacobian = data->jacobian };
  self->stacked = !beside;
  self->brief = draw->small || draw->style->window || area.width < 900;
  if (area.height > (beside ? 130 : 250))
    {
      self->keys = area.y + note;
      area.y += 2.4 * note;
      area.height -= 2.4 * note;
    }
  part = area;
  if (beside)
    part.width = (area.width - gap) / 2;
  else
    part.height = area.height / 2;
  for (guint i = 0; i < 2; i++)
    {
      BfSpectraPanel *panel = &self->panels[i];

      panel->product = i == 1;
      panel->spectra = i ? self->jacobian->products : self->jacobian->layers;
      find_range (self, panel);
      place_panel (self, panel, &part);
      part.x += beside ? part.width + gap : 0;
      part.y += beside ? 0 : part.height;
    }
  self->pitch = self->panels[0].plot.width / MAX (self->jacobian->n_layers, 1);
  return MIN (self->panels[0].plot.height, self->panels[1].plot.height) >= 12 && self->panels[0].plot.width >= 24;
}

static char *
format_log (double value)
{
  if (!(value < -300 || value > 300) || !isfinite (value))
    return bf_format_value (pow (10, value));
  /* Beyond what a number can be: the power alone. */
  return bf_format_power ((int) round (value));
}

/* "0.0019 – 1.9" */
static char *
format_range (const BfSpectrum *spectrum, const BfJacobian *jacobian)
{
  g_autofree char *low = format_log (bf_spectrum_get_quantile (spectrum, jacobian, 0));
  g_autofree char *high = format_log (bf_spectrum_get_quantile (spectrum, jacobian, 1));

  return g_strdup_printf ("%s – %s", low, high);
}

static void
draw_read_out (BfSpectra *self, guint layer)
{
  const BfJacobian *jacobian = self->jacobian;
  const BfSpectrum *own = &jacobian->layers[layer], *product = &jacobian->products[layer];
  g_autofree char *mean = format_log (own->log_rms), *range = format_range (own, jacobian);
  g_autofree char *product_mean = format_log (product->log_rms), *product_range = format_range (product, jacobian);
  const char *const names[] = { _("Alone, root mean square"), _("smallest to largest"), _("From the input, root mean square"),
                                _("smallest to largest") };
  const char *const values[] = { mean, range, product_mean, product_range };
  const double x = bf_scale_map (&self->panels[0].depth, layer);
  const double y = bf_scale_map (&self->panels[0].value, isfinite (own->log_rms) ? own->log_rms : self->panels[0].value.low);

  bf_draw_card (self->draw, &(BfRect) { self->draw->margin, 4, self->draw->width - self->draw->margin - 4, self->draw->height - 8 },
                x, y - 10, y + 10, bf_layer_name (jacobian->plan, layer), names, values, G_N_ELEMENTS (names));
}

static void
jacobian_draw (cairo_t *cr, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  g_auto (BfDraw) draw = { 0 };
  BfSpectra self;

  bf_draw_init (&draw, cr, width, height, style);
  if (!data->jacobian)
    {
      bf_draw_nothing (&draw, _("Not computed yet"));
      return;
    }
  if (!bf_spectra_lay_out (&self, &draw, data))
    return;
  bf_spectra_draw (&self);
  if (data->hover && bf_spectra_is_of_run (data) && data->hover->weighted < data->jacobian->n_layers)
    draw_read_out (&self, data->hover->weighted);
}

static gboolean
jacobian_pick (double x, double y, double width, double height, const BfStyle *style, const BfFigureData *data, BfCursor *cursor)
{
  gboolean found = FALSE;

  if (bf_spectra_is_of_run (data))
    {
      g_auto (BfDraw) draw = { 0 };
      BfSpectra self;

      bf_draw_init_nowhere (&draw, width, height, style);
      for (guint i = 0; bf_spectra_lay_out (&self, &draw, data) && i < 2 && !found; i++)
        {
          const BfRect *plot = &self.panels[i].plot;

          found = x >= plot->x && x < plot->x + plot->width && y >= plot->y && y < plot->y + plot->height;
          if (found)
            *cursor = (BfCursor) { MIN ((guint) ((x - plot->x) / self.pitch), data->jacobian->n_layers - 1),
                                   bf_figure_data_get_step (data, 0) };
        }
    }
  return found;
}

static gboolean
jacobian_applies (const BfFigureData *data)
{
  return data->jacobian != NULL;
}

static void
write_row (GString *out, const char *what, const BfJacobian *jacobian, guint layer, guint sample, guint place, double value)
{
  bf_csv_text (out, what, TRUE);
  bf_csv_number (out, layer + 1, FALSE);
  bf_csv_text (out, bf_layer_name (jacobian->plan, layer), FALSE);
  bf_csv_number (out, (double) jacobian->step, FALSE);
  bf_csv_number (out, sample, FALSE);
  bf_csv_number (out, place, FALSE);
  bf_csv_number (out, value, FALSE);
  g_string_append_c (out, '\n');
}

/* Every singular value; sample and place count from 1. Then, with 0 in place of both, what is drawn of all samples. */
static void
jacobian_csv (GString *out, const BfFigureData *data)
{
  static const char *const whats[] = { "layer", "product" }, *const means[] = { "layer-rms", "product-rms" },
                    *const theories[] = { "layer-theory", "product-theory" };
  const BfJacobian *jacobian = data->jacobian;

  g_string_append (out, "what,layer,name,step,sample,place,log10_value\n");
  for (guint k = 0; jacobian && k < 2; k++)
    for (guint i = 0; i < jacobian->n_layers; i++)
      {
        const BfSpectrum *spectrum = k ? &jacobian->products[i] : &jacobian->layers[i];

        write_row (out, means[k], jacobian, i, 0, 0, spectrum->log_rms);
        write_row (out, theories[k], jacobian, i, 0, 0, bf_spectra_get_theory (data, k, i));
        for (guint s = 0; s < jacobian->n_samples; s++)
          for (guint v = 0; v < spectrum->n_values; v++)
            write_row (out, whats[k], jacobian, i, s + 1, v + 1, spectrum->log_values[(gsize) s * spectrum->n_values + v]);
      }
}

/* "… Dense 1 alone: root mean square 0.24, from 0.0019 to 0.6. …" Of each end; in between are many. */
static void
describe_layer (GString *out, const BfFigureData *data, guint layer)
{
  const BfJacobian *jacobian = data->jacobian;
  g_autofree char *own = format_log (jacobian->layers[layer].log_rms), *product = format_log (jacobian->products[layer].log_rms);
  g_autofree char *range = format_range (&jacobian->layers[layer], jacobian);

  /* Translators: a layer, and by how much it stretches: root mean square, smallest – largest, from the input on */
  g_string_append_printf (out, _(" %s: root mean square %s (%s), from the input up to it %s."),
                          bf_layer_name (jacobian->plan, layer), own, range, product);
}

static char *
jacobian_describe (const BfFigureData *data)
{
  const BfJacobian *jacobian = data->jacobian;
  GString *out = g_string_new (NULL);
  g_autofree char *step = NULL;
  double expected;

  if (!jacobian)
    return g_string_free (g_string_append (out, _("Singular values of the Jacobians: not computed yet.")), FALSE);
  step = bf_format_count (jacobian->step);
  g_string_append_printf (out, ngettext ("Singular values of the Jacobians of %u layer after step %s, at %u samples.",
                                         "Singular values of the Jacobians of %u layers after step %s, at %u samples.",
                                         jacobian->n_layers), jacobian->n_layers, step, jacobian->n_samples);
  describe_layer (out, data, 0);
  if (jacobian->n_layers > 1)
    describe_layer (out, data, jacobian->n_layers - 1);
  expected = bf_spectra_get_theory (data, TRUE, jacobian->n_layers - 1);
  if (isfinite (expected))
    {
      g_autofree char *text = format_log (expected);

      /* Translators: a root mean square of singular values from the input to the output */
      g_string_append_printf (out, _(" Theory of the start: %s from the input to the output."), text);
    }
  return g_string_free (out, FALSE);
}

extern const BfFigure bf_figure_jacobian;
const BfFigure bf_figure_jacobian = {
  .kind = { "jacobian", N_("Singular Values of the Jacobians"), N_("By how much each layer stretches a signal, direction by direction") },
  .width = 1200, .height = 640,
  .draw = jacobian_draw,
  .csv = jacobian_csv,
  .describe = jacobian_describe,
  .pick = jacobian_pick,
  .applies = jacobian_applies,
  .reading = N_("Shapes close to 1 pass every direction on unchanged; one that sinks from layer to layer at the right vanishes, and "
                "one that spreads over decades keeps a few directions only."),
};
