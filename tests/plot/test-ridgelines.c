/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "figures/ridgelines-private.h"
#include "sample-snapshot.h"

#include <math.h>
#include <string.h>

typedef struct
{
  BfSnapshot *snapshot;
  BfFigureRun run;
  BfFigureData data;
  BfStyle style;
} Scene;

static void
scene_init (Scene *self, SampleKind kind, guint hidden, guint columns)
{
  *self = (Scene) { .snapshot = sample_snapshot_new (kind, hidden, columns, 1) };
  self->run = (BfFigureRun) { self->snapshot, "Run 1", BF_FAMILY_BASELINE };
  self->data = (BfFigureData) { .runs = &self->run, .n_runs = 1, .cursor = { 0, G_MAXUINT }, .show_cursor = TRUE,
                                .tensor = BF_TENSOR_WEIGHT_GRADIENT, .scale_locked = TRUE };
  bf_style_init (&self->style, BF_THEME_LIGHT);
  self->style.window = TRUE;
}

static void
scene_clear (Scene *self)
{
  bf_snapshot_unref (self->snapshot);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static cairo_surface_t *
draw (const Scene *self, int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);

  bf_figure_draw (bf_figure_find ("ridgelines"), cr, width, height, &self->style, &self->data);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static guint32
pixel (cairo_surface_t *surface, int x, int y)
{
  guint32 p;

  memcpy (&p, cairo_image_surface_get_data (surface) + (gsize) y * cairo_image_surface_get_stride (surface) + 4 * (gsize) x, 4);
  return p & 0xffffff;
}

static guint
count_differences (cairo_surface_t *a, cairo_surface_t *b, int x0, int x1)
{
  guint count = 0;

  for (int y = 0; y < cairo_image_surface_get_height (a); y++)
    for (int x = x0; x < x1; x++)
      count += pixel (a, x, y) != pixel (b, x, y);
  return count;
}

/* Pixels of a bar above the axis. */
static guint
count_ink (cairo_surface_t *a, int x0, int x1)
{
  guint count = 0;

  for (int y = 0; y < 350; y++)
    for (int x = x0; x < x1; x++)
      count += pixel (a, x, y) == 0x5c5b63;
  return count;
}

static void
test_kernel (void)
{
  BfHistogram histogram = { .total = 32, .zero = 8, .nan = 4, .infinite = 2, .under = 2 };
  BfRidge ridge;

  histogram.bins[70] = 16;
  bf_ridge_init (&ridge, &histogram);
  g_assert_cmpfloat (ridge.shares[68], ==, 0.5 * 1 / 16);
  g_assert_cmpfloat (ridge.shares[69], ==, 0.5 * 4 / 16);
  g_assert_cmpfloat (ridge.shares[70], ==, 0.5 * 6 / 16);
  g_assert_cmpfloat (ridge.shares[71], ==, 0.5 * 4 / 16);
  g_assert_cmpfloat (ridge.shares[72], ==, 0.5 * 1 / 16);
  g_assert_cmpfloat (ridge.shares[73], ==, 0);
  g_assert_cmpint (ridge.first, ==, 68);
  g_assert_cmpint (ridge.last, ==, 72);
  g_assert_cmpfloat (ridge.zero, ==, 0.25);
  g_assert_cmpfloat (ridge.broken, ==, 6.0 / 32);
  g_assert_cmpfloat (ridge.under, ==, 2.0 / 32);
  g_assert_cmpfloat_with_epsilon (bf_ridge_get_mode (&ridge), -12 + 7.05, 1e-9);
  bf_ridge_init (&ridge, NULL);
  g_assert_false (ridge.present);
}

static void
test_medians (void)
{
  BfHistogram zeros = { .total = 4, .zero = 4 }, small = { .total = 4, .under = 4 }, broken = { .total = 4, .nan = 4 };
  const struct { const BfHistogram *histogram; const char *text; } cases[] = {
    { &zeros, "0" }, { &small, "< 10⁻¹²" }, { &broken, "NaN" }, { NULL, "–" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BfRidge ridge;
      g_autofree char *text = NULL;

      bf_ridge_init (&ridge, cases[i].histogram);
      g_assert_true (isnan (ridge.median));
      text = bf_ridge_format_median (&ridge);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* What is zero fills the left lane, what is not a number the right one. */
static void
test_lanes (void)
{
  g_auto (Scene) plain;
  g_auto (Scene) zeros;
  g_auto (Scene) broken;
  cairo_surface_t *images[3];

  scene_init (&plain, SAMPLE_VANISHING, 7, 0);
  scene_init (&zeros, SAMPLE_ZEROS, 7, 20);
  scene_init (&broken, SAMPLE_NAN, 7, 0);
  images[0] = draw (&plain, 570, 400);
  images[1] = draw (&zeros, 570, 400);
  images[2] = draw (&broken, 570, 400);
  g_assert_cmpuint (count_ink (images[0], 60, 90), <, 100);
  g_assert_cmpuint (count_ink (images[0], 533, 555), ==, 0);
  g_assert_cmpuint (count_ink (images[1], 60, 90), >, 400);
  g_assert_cmpuint (count_ink (images[1], 533, 555), ==, 0);
  g_assert_cmpuint (count_ink (images[2], 60, 90), ==, 0);
  g_assert_cmpuint (count_ink (images[2], 533, 555), >, 1000);
  for (guint i = 0; i < 3; i++)
    cairo_surface_destroy (images[i]);
}

/* A ridge at one place in every row: its left end rises as the gradient grows from layer to layer. */
static void
test_slope (void)
{
  g_auto (Scene) scene;
  double before = -INFINITY;

  scene_init (&scene, SAMPLE_VANISHING, 7, 0);
  for (guint w = 0; w < 8; w++)
    {
      BfRidge ridge;

      bf_ridge_init (&ridge, bf_ridge_find (scene.snapshot, scene.snapshot->frames->pdata[0], w, BF_TENSOR_WEIGHT_GRADIENT));
      g_assert_true (ridge.present);
      g_assert_cmpfloat (ridge.median, >, before + 0.4);
      before = ridge.median;
    }
}

static void
test_start_dashed (void)
{
  g_auto (Scene) now;
  cairo_surface_t *with, *without;
  GPtrArray *frames;

  scene_init (&now, SAMPLE_EXPLODING, 7, 10);
  with = draw (&now, 570, 400);
  frames = now.snapshot->frames;
  g_ptr_array_remove_index (frames, 0);
  without = draw (&now, 570, 400);
  g_assert_cmpuint (count_differences (with, without, 110, 530), >, 300);
  cairo_surface_destroy (with);
  cairo_surface_destroy (without);
}

/* From top to bottom every layer is met once, in order; of many a few, with first, last and chosen. */
static void
test_pick (void)
{
  const BfFigure *figure = bf_figure_find ("ridgelines");
  static const struct { guint hidden, chosen, rows; gboolean all; } cases[] = { { 7, 3, 8, TRUE }, { 199, 57, 24, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Scene) scene;
      guint met = 0, last = G_MAXUINT;
      gboolean chosen = FALSE;

      scene_init (&scene, SAMPLE_VANISHING, cases[i].hidden, 0);
      scene.data.cursor.weighted = cases[i].chosen;
      for (double y = 0; y < 400; y += 0.5)
        {
          BfCursor cursor = { 0, 0 };

          if (!figure->pick (300, y, 570, 400, &scene.style, &scene.data, &cursor) || cursor.weighted == last)
            continue;
          if (met == 0)
            g_assert_cmpuint (cursor.weighted, ==, 0);
          else
            g_assert_cmpuint (cursor.weighted, >, last);
          if (cases[i].all)
            g_assert_cmpuint (cursor.weighted, ==, met);
          last = cursor.weighted;
          chosen |= last == cases[i].chosen;
          met++;
        }
      g_assert_cmpuint (last, ==, cases[i].hidden);
      g_assert_true (chosen);
      g_assert_cmpuint (met, <=, cases[i].rows + 2);
      g_assert_cmpuint (met, >=, MIN (8, cases[i].rows));
      g_assert_false (figure->pick (300, 399, 570, 400, &scene.style, &scene.data, &(BfCursor) { 0 }));
    }
}

/* The rows of a layer add up to all its values. */
static void
test_csv (void)
{
  g_auto (Scene) scene;
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;
  guint64 sum = 0;
  double share = 0;

  scene_init (&scene, SAMPLE_VANISHING, 2, 0);
  bf_figure_find ("ridgelines")->csv (out, &scene.data);
  lines = g_strsplit (out->str, "\n", -1);
  g_assert_cmpstr (lines[0], ==, "run,step,layer,name,bin,log10_low,log10_high,count,share");
  for (guint i = 1; lines[i] && *lines[i]; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);

      g_assert_cmpuint (g_strv_length (cells), ==, 9);
      if (!g_str_equal (cells[2], "1"))
        continue;
      sum += g_ascii_strtoull (cells[7], NULL, 10);
      share += g_ascii_strtod (cells[8], NULL);
    }
  g_assert_cmpuint (sum, ==, bf_ridge_find (scene.snapshot, scene.snapshot->frames->pdata[0], 0,
                                            BF_TENSOR_WEIGHT_GRADIENT)->total);
  g_assert_cmpfloat_with_epsilon (share, 1, 1e-6);
}

static void
test_describe (void)
{
  g_auto (Scene) scene;
  g_auto (Scene) empty;
  g_autofree char *words = NULL, *none = NULL, *median = NULL;
  BfRidge ridge;

  scene_init (&scene, SAMPLE_VANISHING, 7, 0);
  words = bf_figure_find ("ridgelines")->describe (&scene.data);
  bf_ridge_init (&ridge, bf_ridge_find (scene.snapshot, scene.snapshot->frames->pdata[0], 0, BF_TENSOR_WEIGHT_GRADIENT));
  median = bf_ridge_format_median (&ridge);
  g_assert_nonnull (strstr (words, "in 8 layers"));
  g_assert_nonnull (strstr (words, median));
  scene_init (&empty, SAMPLE_VANISHING, 7, 0);
  g_ptr_array_set_size (empty.snapshot->frames, 0);
  none = bf_figure_find ("ridgelines")->describe (&empty.data);
  g_assert_cmpstr (none, ==, "No distribution was recorded.");
  cairo_surface_destroy (draw (&empty, 300, 200));
}

static void
test_any_size (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 40, 20 }, { 380, 60 }, { 60, 400 }, { 800, 500 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint tensor = 0; tensor < BF_N_TENSORS; tensor++)
      for (guint kind = 0; kind < N_SAMPLES; kind++)
        {
          g_auto (Scene) scene;

          scene_init (&scene, (SampleKind) kind, kind == SAMPLE_ZEROS ? 120 : 3, 4);
          scene.data.tensor = (BfTensor) tensor;
          scene.data.scale_locked = kind % 2;
          cairo_surface_destroy (draw (&scene, sizes[i][0], sizes[i][1]));
        }
}

/* A moment that is pinned stands beside the cursor's, in numbers, words and picture. */
static void
test_pinned_moment (void)
{
  g_auto (Scene) scene = { 0 };
  const BfFigure *figure = bf_figure_find ("ridgelines");
  g_autoptr (GString) csv = g_string_new (NULL);
  g_autofree char *words = NULL;
  cairo_surface_t *without, *with;
  guint64 pinned;
  gsize size;

  scene_init (&scene, SAMPLE_HEALTHY, 4, 40);
  scene.data.cursor.step = ((BfFrame *) scene.snapshot->frames->pdata[scene.snapshot->frames->len - 1])->step;
  without = draw (&scene, 700, 400);
  pinned = ((BfFrame *) scene.snapshot->frames->pdata[scene.snapshot->frames->len / 2])->step;
  g_assert_cmpuint (pinned, >, 0);
  scene.data.pinned = &pinned;
  with = draw (&scene, 700, 400);
  size = (gsize) cairo_image_surface_get_stride (with) * 400;
  g_assert_cmpint (memcmp (cairo_image_surface_get_data (with), cairo_image_surface_get_data (without), size), !=, 0);
  words = figure->describe (&scene.data);
  g_assert_nonnull (strstr (words, "pinned:"));
  figure->csv (csv, &scene.data);
  words = (g_free (words), g_strdup_printf (",%" G_GUINT64_FORMAT ",1,", pinned));
  g_assert_nonnull (strstr (csv->str, words));
  pinned = 0;   /* the enlarged layer says it of another moment than the cursor's */
  words = (g_free (words), bf_figure_find ("layer")->describe (&scene.data));
  g_assert_nonnull (strstr (words, "pinned:"));
  cairo_surface_destroy (with);
  cairo_surface_destroy (without);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ridgelines/kernel", test_kernel);
  g_test_add_func ("/ridgelines/medians", test_medians);
  g_test_add_func ("/ridgelines/lanes", test_lanes);
  g_test_add_func ("/ridgelines/slope", test_slope);
  g_test_add_func ("/ridgelines/start-dashed", test_start_dashed);
  g_test_add_func ("/ridgelines/pick", test_pick);
  g_test_add_func ("/ridgelines/csv", test_csv);
  g_test_add_func ("/ridgelines/describe", test_describe);
  g_test_add_func ("/ridgelines/any-size", test_any_size);
  g_test_add_func ("/ridgelines/pinned-moment", test_pinned_moment);
  return g_test_run ();
}
