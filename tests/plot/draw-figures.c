/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * For the eye: draw-figures FOLDER [FIGURE…] writes every figure of every sample run as PNG, in
 * light, dark, small, print and as in the window.
 */
#include "bf-figure.h"
#include "sample-evaluation.h"
#include "sample-snapshot.h"

#include <string.h>

static const struct { const char *name; BfTheme theme; double width, height; gboolean window; } looks[] = {
  { "light", BF_THEME_LIGHT, 1200, 700, FALSE },
  { "dark", BF_THEME_DARK, 1200, 700, FALSE },
  { "small", BF_THEME_LIGHT, 600, 350, FALSE },
  { "print", BF_THEME_PRINT, 600, 350, FALSE },
  { "window", BF_THEME_LIGHT, 570, 400, TRUE },
};

static const struct { const char *name; SampleKind kind; guint hidden, columns, per_column; } samples[] = {
  { "vanishing", SAMPLE_VANISHING, 7, 844, 2 },
  { "healthy", SAMPLE_HEALTHY, 7, 844, 2 },
  { "exploding", SAMPLE_EXPLODING, 10, 28, 1 },
  { "zeros", SAMPLE_ZEROS, 49, 300, 4 },
  { "nan", SAMPLE_NAN, 10, 1, 1 },
  { "start", SAMPLE_VANISHING, 7, 0, 1 },
  { "deep", SAMPLE_HEALTHY, 999, 20, 1 },
};

static void
draw (const BfFigure *figure, guint s, guint l, const char *folder)
{
  BfSnapshot *snapshot = sample_snapshot_new (samples[s].kind, samples[s].hidden, samples[s].columns, samples[s].per_column);
  BfSnapshot *other = sample_snapshot_new (SAMPLE_HEALTHY, samples[s].hidden, samples[s].columns, samples[s].per_column);
  BfSnapshot *third = sample_snapshot_new (SAMPLE_ZEROS, samples[s].hidden, samples[s].columns, samples[s].per_column);
  BfFigureRun runs[] = { { snapshot, "baseline", BF_FAMILY_BASELINE }, { other, "batch normalization", BF_FAMILY_NORMALIZATION },
                         { third, "ReLU", BF_FAMILY_ACTIVATION } };
  gboolean several = !g_str_equal (figure->kind.id, "heatmap") && s == 0;
  gboolean pair = g_str_equal (figure->kind.id, "compare") || g_str_equal (figure->kind.id, "difference");
  guint64 middle = snapshot->steps * 2 / 3;
  BfCursor hover = { MIN (2, snapshot->plan->n_weighted - 1), middle };
  BfFigureData data = { .runs = runs, .n_runs = several ? 3 : pair ? 2 : 1, .cursor = hover, .show_cursor = TRUE, .hover = &hover,
                        .tensor = BF_TENSOR_WEIGHT_GRADIENT, .scale_locked = TRUE };
  double width = figure->width * looks[l].width / 1200, height = figure->height * looks[l].width / 1200;
  g_autofree char *path = g_strdup_printf ("%s/%s-%s-%s.png", folder, figure->kind.id, samples[s].name, looks[l].name);
  cairo_surface_t *surface;
  cairo_t *cr;
  BfStyle style;

  sample_evaluation_fill (figure, &data);
  if (figure->applies && s > 0)
    return;   /* not of a run: one sample is enough */
  if (looks[l].window)
    {
      width = g_str_equal (figure->kind.id, "profile") ? 236 : looks[l].width;
      height = looks[l].height;
    }
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (2 * width), (int) (2 * height));
  cairo_surface_set_device_scale (surface, 2, 2);
  cr = cairo_create (surface);
  bf_style_init (&style, looks[l].theme);
  style.window = looks[l].window;
  bf_figure_draw (figure, cr, width, height, &style, &data);
  cairo_destroy (cr);
  cairo_surface_write_to_png (surface, path);
  cairo_surface_destroy (surface);
  bf_snapshot_unref (snapshot);
  bf_snapshot_unref (other);
  bf_snapshot_unref (third);
}

int
main (int argc, char **argv)
{
  if (argc < 2)
    {
      g_printerr ("draw-figures FOLDER [FIGURE…]\n");
      return 2;
    }
  for (const BfKind *const *kind = bf_figures (); *kind; kind++)
    for (guint s = 0; s < G_N_ELEMENTS (samples); s++)
      for (guint l = 0; l < G_N_ELEMENTS (looks); l++)
        if (argc == 2 || g_strv_contains ((const char *const *) argv + 2, (*kind)->id))
          draw ((const BfFigure *) *kind, s, l, argv[1]);
  return 0;
}
