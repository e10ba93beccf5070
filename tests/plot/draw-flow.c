/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * For the eye: draw-flow FOLDER writes the network picture in its forms and sizes as PNG.
 */
#include "bf-figure.h"
#include "sample-flow.h"

#include <math.h>

static const struct { const char *name; SampleFlow sample; guint chosen; } samples[] = {
  { "8", { .hidden = 7, .output = -0.92, .decades = 0.88 }, 2 },
  { "skip", { .hidden = 7, .skip_every = 3, .output = -0.95, .decades = 0.8 }, 2 },
  { "bn", { .hidden = 7, .norm = "batch-norm", .output = -0.95, .decades = 0.1, .frozen = 2 }, 2 },
  { "relu", { .hidden = 7, .activation = "relu", .activation_remedy = "activation", .output = -0.95, .decades = -0.15 }, 4 },
  { "50", { .hidden = 49, .output = -1, .decades = 0.86 }, 39 },
  { "50skip", { .hidden = 49, .skip_every = 5, .output = -0.7, .decades = 0.7 }, 39 },
  { "1000", { .hidden = 999, .output = -1, .decades = 0.03, .folded = TRUE }, 639 },
  { "1", { .hidden = 0, .output = -1, .decades = 0.5 }, 0 },
  { "3", { .hidden = 2, .output = 0.4, .decades = 0.5 }, 0 },
  { "explode", { .hidden = 9, .output = -1, .decades = -0.9 }, 3 },
  { "nan", { .hidden = 9, .output = NAN, .decades = 0 }, 3 },
};

static const struct { const char *name; BfTheme theme; double width, height; gboolean window; } looks[] = {
  { "light", BF_THEME_LIGHT, 1200, 420, FALSE },
  { "dark", BF_THEME_DARK, 1200, 420, FALSE },
  { "small", BF_THEME_LIGHT, 600, 250, FALSE },
  { "win850", BF_THEME_LIGHT, 850, 190, TRUE },
  { "win850d", BF_THEME_DARK, 850, 190, TRUE },
  { "win450", BF_THEME_LIGHT, 450, 190, TRUE },
  { "win140", BF_THEME_LIGHT, 720, 140, TRUE },
  { "win60", BF_THEME_LIGHT, 720, 60, TRUE },
};

static void
draw (const char *folder, const char *name, BfFigureRun *runs, guint n_runs, guint chosen, guint l, double height)
{
  BfFigureData data = { .runs = runs, .n_runs = n_runs, .cursor = { chosen, 0 }, .show_cursor = looks[l].window };
  g_autofree char *path = g_strdup_printf ("%s/flow-%s-%s.png", folder, name, looks[l].name);
  double scale = looks[l].window ? 1 : 1.5;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (scale * looks[l].width), (int) (scale * height));
  cairo_t *cr;
  BfStyle style;

  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  bf_style_init (&style, looks[l].theme);
  style.window = looks[l].window;
  bf_figure_draw (bf_figure_find ("flow"), cr, looks[l].width, height, &style, &data);
  cairo_destroy (cr);
  cairo_surface_write_to_png (surface, path);
  cairo_surface_destroy (surface);
}

int
main (int argc, char **argv)
{
  if (argc != 2)
    return 2;
  for (guint s = 0; s < G_N_ELEMENTS (samples); s++)
    {
      g_autoptr (BfSnapshot) snapshot = sample_flow_new (&samples[s].sample);

      for (guint l = 0; l < G_N_ELEMENTS (looks); l++)
        draw (argv[1], samples[s].name, &(BfFigureRun) { snapshot, "Run 1", BF_FAMILY_BASELINE }, 1, samples[s].chosen, l,
              looks[l].height);
    }
  for (guint s = 0; s < 5; s += 4)
    {
      g_autoptr (BfSnapshot) base = sample_flow_new (&samples[s].sample);
      g_autoptr (BfSnapshot) skip = sample_flow_new (&samples[s + 1].sample);
      BfFigureRun runs[] = { { base, "Baseline", BF_FAMILY_BASELINE }, { skip, "With skip connections", BF_FAMILY_SKIP } };

      for (guint l = 0; l < 3; l++)
        draw (argv[1], s ? "two50" : "two8", runs, 2, 2, l, l == 2 ? 350 : 700);
    }
  return 0;
}
