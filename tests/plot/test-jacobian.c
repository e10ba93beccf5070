/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The singular values' numbers and words, and what lies under the pointer. That it is drawn in every theme and format
 * is among the tests of all figures.
 */
#include "bf-figure.h"
#include "sample-evaluation.h"
#include "sample-snapshot.h"

#include <math.h>
#include <string.h>

typedef struct
{
  BfSnapshot *snapshot;
  BfFigureRun run;
  BfFigureData data;
  const BfFigure *figure;
} Scene;

/* The snapshot's network has as many layers as the one that was examined. */
static void
scene_init (Scene *self)
{
  *self = (Scene) { .snapshot = sample_snapshot_new (SAMPLE_HEALTHY, 2, 5, 1), .figure = bf_figure_find ("jacobian") };
  self->run = (BfFigureRun) { self->snapshot, "run", BF_FAMILY_BASELINE };
  self->data = (BfFigureData) { .runs = &self->run, .n_runs = 1, .show_cursor = TRUE };
  sample_evaluation_fill (self->figure, &self->data);
}

static void
scene_clear (Scene *self)
{
  bf_snapshot_unref (self->snapshot);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
test_applies (void)
{
  g_auto (Scene) scene;
  g_autofree char *text = NULL;
  g_autoptr (GString) csv = g_string_new (NULL);

  scene_init (&scene);
  g_assert_true (bf_figure_applies (scene.figure, &scene.data));
  scene.data.jacobian = NULL;
  g_assert_false (bf_figure_applies (scene.figure, &scene.data));
  text = scene.figure->describe (&scene.data);
  g_assert_nonnull (strstr (text, "not computed"));
  scene.figure->csv (csv, &scene.data);
  g_assert_cmpstr (csv->str, ==, "what,layer,name,step,sample,place,log10_value\n");
}

/* Every value of every sample, and two rows a layer of what is drawn of all. */
static void
test_csv (void)
{
  g_auto (Scene) scene;
  g_autoptr (GString) csv = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;
  const BfJacobian *jacobian;
  guint expected = 2;   /* the head, and what follows the last end of line */
  g_autofree char *last = NULL;

  scene_init (&scene);
  jacobian = scene.data.jacobian;
  scene.figure->csv (csv, &scene.data);
  lines = g_strsplit (csv->str, "\n", -1);
  for (guint w = 0; w < jacobian->n_layers; w++)
    expected += 4 + jacobian->n_samples * (jacobian->layers[w].n_values + jacobian->products[w].n_values);
  g_assert_cmpuint (g_strv_length (lines), ==, expected);
  g_assert_true (g_str_has_prefix (lines[1], "layer-rms,1,Dense 1,120,0,0,"));
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (strrchr (lines[1], ',') + 1, NULL), jacobian->layers[0].log_rms, 1e-6);
  g_assert_true (g_str_has_prefix (lines[expected - 2], "product,3,Output,120,6,10,"));
}

static void
test_describe (void)
{
  g_auto (Scene) scene;
  g_autofree char *text = NULL;

  scene_init (&scene);
  text = scene.figure->describe (&scene.data);
  g_assert_nonnull (strstr (text, "3 layers after step 120, at 6 samples"));
  g_assert_nonnull (strstr (text, "Dense 1: root mean square "));
  g_assert_nonnull (strstr (text, "Output: root mean square "));
}

/* Both panels lead to their layers, side by side and stacked; of another network's layers none does. */
static void
test_pick (void)
{
  static const struct { double width, height, x[2], y[2]; } looks[] = {
    { 1200, 640, { 150, 700 }, { 300, 300 } },
    { 420, 400, { 90, 90 }, { 130, 300 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    for (guint panel = 0; panel < 2; panel++)
      {
        g_auto (Scene) scene;
        BfSnapshot *other;
        BfCursor cursor = { 99, 0 };
        BfStyle style;

        scene_init (&scene);
        bf_style_init (&style, BF_THEME_LIGHT);
        style.window = i == 1;
        g_assert_true (scene.figure->pick (looks[i].x[panel], looks[i].y[panel], looks[i].width, looks[i].height, &style,
                                           &scene.data, &cursor));
        g_assert_cmpuint (cursor.weighted, ==, 0);
        g_assert_true (scene.figure->pick (looks[i].width - 60, looks[i].y[1], looks[i].width, looks[i].height, &style,
                                           &scene.data, &cursor));
        g_assert_cmpuint (cursor.weighted, ==, 2);
        g_assert_false (scene.figure->pick (2, 2, looks[i].width, looks[i].height, &style, &scene.data, &cursor));
        other = sample_snapshot_new (SAMPLE_HEALTHY, 7, 5, 1);
        scene.run.snapshot = other;
        g_assert_false (scene.figure->pick (looks[i].x[panel], looks[i].y[panel], looks[i].width, looks[i].height, &style,
                                            &scene.data, &cursor));
        bf_snapshot_unref (other);
      }
}

/* Of layers that leave nothing (start: constant, 0), or every length (orthogonal). */
static BfJacobian *
make_jacobian (const char *start, guint depth)
{
  const BfShape shape = { 6, 6, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfPlan) plan = NULL;
  g_autoptr (BfNetwork) network = NULL;
  BfJacobian *jacobian;

  bf_options_free (spec->loss);
  spec->loss = bf_options_new (bf_kind_find (bf_losses, "mse"));
  for (guint i = 0; i < depth; i++)
    {
      BfLayer *layer = bf_spec_append (spec, "dense");

      bf_options_set_number (layer->options, "units", 6, NULL);
      g_assert_true (bf_options_set_choice (layer->options, "start", start, NULL));
    }
  plan = bf_plan_new (spec, &shape);
  network = bf_network_new (plan, 1, 1, &error);
  g_assert_no_error (error);
  jacobian = bf_jacobian_new (network, 1, 1, 0, NULL, &error);
  g_assert_no_error (error);
  return jacobian;
}

/* Pixels that differ from the corner's. */
static guint
count_drawn (cairo_surface_t *surface)
{
  const int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  const int stride = cairo_image_surface_get_stride (surface) / 4;
  const guint32 *pixels = (const guint32 *) (void *) cairo_image_surface_get_data (surface);
  guint n = 0;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      n += pixels[y * stride + x] != pixels[0];
  return n;
}

/* Shapes without width and bands without values, in any room; something is there wherever there is room. */
static void
test_degenerate (void)
{
  static const struct { double width, height; } sizes[] = { { 1200, 640 }, { 420, 400 }, { 330, 170 }, { 60, 40 }, { 3, 2 } };
  static const char *const starts[] = { "constant", "orthogonal" };

  for (guint i = 0; i < 2 * 3 * G_N_ELEMENTS (sizes); i++)
    {
      const guint depths[] = { 1, 8, 60 }, s = i / 6;
      g_auto (Scene) scene;
      g_autoptr (BfJacobian) jacobian = make_jacobian (starts[i % 2], depths[i / 2 % 3]);
      cairo_surface_t *surface;
      g_autofree char *words = NULL;
      BfStyle style;

      scene_init (&scene);
      bf_style_init (&style, i % BF_N_THEMES);
      style.window = i % 4 > 1;
      scene.data.jacobian = jacobian;
      scene.data.hover = &scene.data.cursor;
      surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) sizes[s].width, (int) sizes[s].height);
      {
        cairo_t *cr = cairo_create (surface);

        bf_figure_draw (scene.figure, cr, sizes[s].width, sizes[s].height, &style, &scene.data);
        g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
        cairo_destroy (cr);
      }
      cairo_surface_flush (surface);
      if (sizes[s].width > 300)
        g_assert_cmpuint (count_drawn (surface), >, 500);
      cairo_surface_destroy (surface);
      words = scene.figure->describe (&scene.data);
      if (!strstr (words, i % 2 ? "root mean square 1.0 (" : "root mean square 0 ("))
        g_error ("%s", words);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/jacobian/applies", test_applies);
  g_test_add_func ("/plot/jacobian/csv", test_csv);
  g_test_add_func ("/plot/jacobian/describe", test_describe);
  g_test_add_func ("/plot/jacobian/pick", test_pick);
  g_test_add_func ("/plot/jacobian/degenerate", test_degenerate);
  return g_test_run ();
}
