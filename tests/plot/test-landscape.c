/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The figures of the loss around the weights, of losses that are known.
 */
#include "bf-figure.h"
#include "../../src/plot/figures/landscape-private.h"
#include "sample-snapshot.h"

#include <math.h>
#include <string.h>

typedef double (*Loss) (double a, double b);

static double
bowl (double a, double b)
{
  return 1 + a * a + b * b;
}

static double
saddle (double a, double b)
{
  return 2 + a * b;
}

static double
steep (double a, double b)
{
  return 1e-3 * exp (8 * (a * a + b * b));
}

/* Not finite on the right of a = 0.55. */
static double
broken (double a, double b)
{
  return a > 0.8 ? NAN : a > 0.55 ? INFINITY : bowl (a, b);
}

static double
nowhere (double a, double b)
{
  return INFINITY;
}

static double
flat (double a, double b)
{
  return 0.5;
}

/* Rising with a alone. */
static double
slope (double a, double b)
{
  return 2 + a;
}

static BfLossPlane *
make_plane (Loss loss, guint side)
{
  BfLossPlane *self = g_new0 (BfLossPlane, 1);

  self->side = side;
  self->reach = 1;
  self->center = (BfLandscapeCenter) { 1234, 512, 64, 42, loss (0, 0), NAN };
  self->losses = g_new (double, side * side);
  self->accuracies = g_new (double, side * side);
  for (guint i = 0; i < side * side; i++)
    {
      self->losses[i] = loss (bf_loss_plane_get_place (self, i % side), bf_loss_plane_get_place (self, i / side));
      self->accuracies[i] = NAN;
    }
  return self;
}

static void
free_plane (BfLossPlane *self)
{
  g_free (self->losses);
  g_free (self->accuracies);
  g_free (self);
}

/* Every piece of every line lies where the loss is that of the line; a ring is closed. */
static void
test_contours (void)
{
  BfLossPlane *plane = make_plane (bowl, 41);
  BfLossScale scale;
  guint rings = 0;

  bf_loss_scale_init (&scale, plane, BF_AXIS_AUTOMATIC);
  g_assert_false (scale.log);
  g_assert_cmpuint (scale.n_levels, >, 3);
  for (guint l = 0; l < scale.n_levels; l++)
    {
      g_autoptr (GArray) pieces = bf_loss_plane_trace (plane, &scale, scale.levels[l]);
      double length = 0;

      g_assert_cmpuint (pieces->len % 4, ==, 0);
      for (guint i = 0; i < pieces->len; i += 4)
        {
          const double *piece = &g_array_index (pieces, double, i);

          for (guint end = 0; end < 4; end += 2)
            g_assert_cmpfloat_with_epsilon (bowl (piece[end] / 20 - 1, piece[end + 1] / 20 - 1), scale.levels[l], 2e-3);
          length += hypot (piece[0] - piece[2], piece[1] - piece[3]) / 20;
        }
      if (scale.levels[l] >= 2)   /* beyond the sides of the plane */
        continue;
      rings++;
      g_assert_cmpfloat_with_epsilon (length, 2 * G_PI * sqrt (scale.levels[l] - 1), 0.02);
    }
  g_assert_cmpuint (rings, >, 1);
  free_plane (plane);
}

/* The four branches about a saddle never meet in a square that the level does not pass through. */
static void
test_saddle (void)
{
  BfLossPlane *plane = make_plane (saddle, 6);   /* the saddle is in the middle of a square */
  BfLossScale scale;

  bf_loss_scale_init (&scale, plane, BF_AXIS_AUTOMATIC);
  for (guint l = 0; l < 2; l++)
    {
      const double level = l ? 2.02 : 1.98;
      g_autoptr (GArray) pieces = bf_loss_plane_trace (plane, &scale, level);

      g_assert_cmpuint (pieces->len, >, 0);
      for (guint i = 0; i < pieces->len; i += 4)
        {
          const double *piece = &g_array_index (pieces, double, i);
          const double a = (piece[0] + piece[2]) / 2 - 2.5, b = (piece[1] + piece[3]) / 2 - 2.5;

          /* Above 2 where a and b have one sign, below where they have not. */
          g_assert_true ((a * b > 0) == (level > 2));
        }
    }
  free_plane (plane);
}

static void
test_scales (void)
{
  BfLossPlane *plane = make_plane (steep, 25);
  BfLossScale scale;

  bf_loss_scale_init (&scale, plane, BF_AXIS_AUTOMATIC);
  g_assert_true (scale.log);
  g_assert_cmpfloat (bf_loss_scale_get_place (&scale, scale.low), ==, 0);
  g_assert_cmpfloat (bf_loss_scale_get_place (&scale, scale.high), ==, 1);
  g_assert_cmpfloat_with_epsilon (bf_loss_scale_get_place (&scale, sqrt (scale.low * scale.high)), 0.5, 1e-12);
  g_assert_true (isnan (bf_loss_scale_get_place (&scale, INFINITY)));
  for (guint i = 1; i < scale.n_levels; i++)
    g_assert_cmpfloat (scale.levels[i], >, scale.levels[i - 1]);
  g_assert_cmpuint (scale.n_levels, >, 5);
  free_plane (plane);

  /* Chosen, whatever the range; lines enough, and rising. */
  for (guint axis = 0; axis < BF_N_AXES; axis++)
    {
      plane = make_plane (axis == BF_AXIS_LINEAR ? steep : bowl, 25);
      bf_loss_scale_init (&scale, plane, axis);
      g_assert_cmpint (scale.log, ==, axis == BF_AXIS_LOG);
      g_assert_cmpuint (scale.n_levels, >=, 3);
      for (guint i = 1; i < scale.n_levels; i++)
        g_assert_cmpfloat (scale.levels[i], >, scale.levels[i - 1]);
      free_plane (plane);
    }
  plane = make_plane (saddle, 25);
  for (guint i = 0; i < 25 * 25; i++)
    plane->losses[i] -= 5;
  bf_loss_scale_init (&scale, plane, BF_AXIS_LOG);   /* no logarithm of what is below 0 */
  g_assert_false (scale.log);
  free_plane (plane);

  plane = make_plane (flat, 5);
  bf_loss_scale_init (&scale, plane, BF_AXIS_AUTOMATIC);
  g_assert_cmpuint (scale.n_levels, ==, 0);
  g_assert_cmpfloat (bf_loss_scale_get_place (&scale, 0.5), ==, 0.5);
  free_plane (plane);
}

static cairo_surface_t *
draw (const BfLossPlane *plane, BfTheme theme, double width, double height)
{
  BfSnapshot *snapshot = sample_snapshot_new (SAMPLE_HEALTHY, 3, 4, 1);
  const BfFigureRun run = { snapshot, "run", BF_FAMILY_BASELINE };
  const BfFigureData data = { .runs = &run, .n_runs = 1, .loss_plane = plane };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) width, (int) height);
  cairo_t *cr = cairo_create (surface);
  BfStyle style;

  bf_style_init (&style, theme);
  style.window = TRUE;
  bf_figure_draw (bf_figure_find ("landscape"), cr, width, height, &style, &data);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  bf_snapshot_unref (snapshot);
  return surface;
}

static double
get_lightness (cairo_surface_t *surface, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  const guint32 pixel = *(const guint32 *) (const void *) (data + y * cairo_image_surface_get_stride (surface) + 4 * x);

  return bf_color_get_lightness ((BfColor) { (pixel >> 16 & 255) / 255.0, (pixel >> 8 & 255) / 255.0, (pixel & 255) / 255.0, 1 });
}

/* In grey, the way of the loss is that of the lightness: it goes one way from low to high. */
static void
test_grey (gconstpointer data)
{
  const BfTheme theme = GPOINTER_TO_UINT (data);
  BfLossPlane *plane = make_plane (slope, 25);
  cairo_surface_t *surface = draw (plane, theme, 600, 560);
  const double way = theme == BF_THEME_DARK ? 1 : -1;
  double means[2] = { 0 };

  /* Whatever words and lines pass there. */
  for (int y = 60; y < 300; y++)
    for (guint side = 0; side < 2; side++)
      means[side] += get_lightness (surface, side ? 440 : 100, y) / 240;
  g_test_message ("lightness %.2f to %.2f", means[0], means[1]);
  g_assert_cmpfloat (way * (means[1] - means[0]), >, 0.2);
  cairo_surface_destroy (surface);
  free_plane (plane);
}

/* What is not finite is crossed and named; the words say how much of it there is. */
static void
test_not_finite (void)
{
  static const Loss losses[] = { broken, nowhere };

  for (guint i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      BfLossPlane *plane = make_plane (losses[i], 25);
      BfSnapshot *snapshot = sample_snapshot_new (SAMPLE_HEALTHY, 3, 4, 1);
      const BfFigureRun run = { snapshot, "run", BF_FAMILY_BASELINE };
      const BfFigureData data = { .runs = &run, .n_runs = 1, .loss_plane = plane };
      g_autofree char *words = bf_figure_find ("landscape")->describe (&data);
      g_autoptr (GString) csv = g_string_new (NULL);

      cairo_surface_destroy (draw (plane, BF_THEME_LIGHT, 600, 560));
      g_assert_nonnull (strstr (words, i ? "100.0" : "24.0"));
      bf_figure_find ("landscape")->csv (csv, &data);
      g_assert_nonnull (strstr (csv->str, ",inf,"));
      g_assert_true ((strstr (csv->str, ",nan,nan") != NULL) == (i == 0));
      bf_snapshot_unref (snapshot);
      free_plane (plane);
    }
}

/* A line is drawn of any kind: rising at once, never rising, not finite at its end or everywhere, without a gradient. */
static void
test_lines (void)
{
  static const struct { const char *name; double slope, square; guint finite, n; const char *said; } rows[] = {
    { "parabola", 1, 1, 60, 60, "climb" },
    { "endless", 1, 0, 60, 60, "Lowest" },
    { "climbing", -1, 1, 60, 60, "Loss" },
    { "breaks", 1, 1, 30, 60, "climb" },
    { "broken", 1, 1, 0, 60, "Loss" },
    { "none", 0, 0, 0, 0, "exactly 0" },
  };

  for (guint r = 0; r < G_N_ELEMENTS (rows); r++)
    {
      BfSnapshot *snapshot = sample_snapshot_new (SAMPLE_HEALTHY, 3, 4, 1);
      const BfFigureRun run = { snapshot, "run", BF_FAMILY_NORMALIZATION };
      BfLinePoint points[60];
      BfGradientLine line = { .plan = snapshot->plan, .center = { 10, 512, 64, 42, 2, 0.5 }, .rate = 0.01, .squares = 1,
                              .curvature = rows[r].square > 0 ? 2 : NAN, .exact = TRUE, .n = rows[r].n, .points = points };
      const BfFigureData data = { .runs = &run, .n_runs = 1, .loss_line = &line };
      g_autofree char *words = NULL;

      for (guint i = 0; i < line.n; i++)
        {
          const double t = 1e-3 * pow (10, i / 12.0);

          points[i] = (BfLinePoint) { t, i < rows[r].finite ? 2 - rows[r].slope * t + rows[r].square * t * t : INFINITY, NAN };
          if (rows[r].square == 0 && i < rows[r].finite)
            points[i].loss = 2 / (1 + t);
        }
      words = bf_figure_find ("loss-line")->describe (&data);
      g_test_message ("%s: %s", rows[r].name, words);
      g_assert_nonnull (strstr (words, rows[r].said));
      for (guint theme = 0; theme < BF_N_THEMES; theme++)
        for (guint width = 40; width < 1300; width *= 2)
          {
            cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) width, 500);
            cairo_t *cr = cairo_create (surface);
            BfStyle style;

            bf_style_init (&style, theme);
            bf_figure_draw (bf_figure_find ("loss-line"), cr, width, 500, &style, &data);
            g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
            if (width > 1000 && g_getenv ("PICTURES"))
              {
                g_autofree char *path = g_strdup_printf ("%s/line-%s-%u.png", g_getenv ("PICTURES"), rows[r].name, theme);

                cairo_surface_write_to_png (surface, path);
              }
            cairo_destroy (cr);
            cairo_surface_destroy (surface);
          }
      bf_snapshot_unref (snapshot);
    }
}

int
main (int argc, char *argv[])
{
  static const char *const themes[BF_N_THEMES] = { "light", "dark", "print" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/landscape/contours", test_contours);
  g_test_add_func ("/plot/landscape/saddle", test_saddle);
  g_test_add_func ("/plot/landscape/scales", test_scales);
  for (guint i = 0; i < BF_N_THEMES; i++)
    {
      g_autofree char *path = g_strconcat ("/plot/landscape/grey/", themes[i], NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_grey);
    }
  g_test_add_func ("/plot/landscape/not-finite", test_not_finite);
  g_test_add_func ("/plot/landscape/lines", test_lines);
  return g_test_run ();
}
