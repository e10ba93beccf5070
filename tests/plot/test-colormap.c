/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-cells.h"

#include <math.h>

static void
test_lightness_only_rises (void)
{
  double before = -1;

  for (double v = BF_MAGNITUDE_LOW; v <= BF_MAGNITUDE_HIGH; v += 0.05)
    {
      double lightness = bf_color_get_lightness (bf_colormap_magnitude (v));

      g_assert_cmpfloat (lightness, >, before);
      before = lightness;
    }
}

static void
test_stops (void)
{
  g_assert_cmphex (bf_color_get_pixel (bf_colormap_magnitude (-12)), ==, 0xff17113a);
  g_assert_cmphex (bf_color_get_pixel (bf_colormap_magnitude (-5)), ==, 0xff0181a0);
  g_assert_cmphex (bf_color_get_pixel (bf_colormap_magnitude (2)), ==, 0xfffbf191);
  g_assert_cmphex (bf_color_get_pixel (bf_colormap_magnitude (38)), ==, 0xff98103a);
  g_assert_cmphex (bf_color_get_pixel (bf_colormap_magnitude (500)), ==, 0xff98103a);
  g_assert_cmphex (bf_color_get_pixel (bf_colormap_magnitude (-INFINITY)), ==, 0xff17113a);
  g_assert_cmphex (bf_color_get_pixel (bf_colormap_diverging (BF_THEME_LIGHT, 0)), ==, 0xfff5f4f2);
}

static guint
distance (guint32 a, guint32 b)
{
  guint d = 0;

  for (guint shift = 0; shift < 24; shift += 8)
    d += (guint) ABS ((int) (a >> shift & 0xff) - (int) (b >> shift & 0xff));
  return d;
}

static void
test_table_is_the_map (void)
{
  for (double v = -13; v < 40; v += 0.037)
    g_assert_cmpuint (distance (bf_colormap_magnitude_pixel (v), bf_color_get_pixel (bf_colormap_magnitude (v))), <=, 9);
}

static void
test_over_range_jumps (void)
{
  g_assert_cmpuint (distance (bf_colormap_magnitude_pixel (2), bf_colormap_magnitude_pixel (2.01)), >, 60);
}

static BfCell
cell_of (float log_norm, guint32 states)
{
  static const BfMagnitude fixed = { BF_MAGNITUDE_LOW, BF_MAGNITUDE_HIGH, FALSE };

  return bf_cell_new (&(BfStats) { .log_norm = log_norm, .states = states, .size = 100 }, &fixed);
}

static void
test_states (void)
{
  g_assert_cmpint (cell_of (-3, 0).state, ==, BF_CELL_VALUE);
  g_assert_cmpint (cell_of (-13, 0).state, ==, BF_CELL_BELOW);
  g_assert_cmpint (cell_of (-38, BF_STATE_SUBNORMAL).state, ==, BF_CELL_SUBNORMAL);
  g_assert_cmpint (cell_of (5, 0).state, ==, BF_CELL_ABOVE);
  g_assert_cmpint (cell_of (-3, BF_STATE_ZERO).state, ==, BF_CELL_ZERO);
  g_assert_cmpint (cell_of (-3, BF_STATE_ZERO | BF_STATE_NAN).state, ==, BF_CELL_NAN);
  g_assert_true (cell_of (-3, BF_STATE_INFINITE).infinite);
  g_assert_false (cell_of (-3, BF_STATE_INFINITE | BF_STATE_NAN).infinite);
  g_assert_true (cell_of (-3, BF_STATE_FROZEN).frozen);
  g_assert_cmpint (bf_cell_new (&(BfStats) { .log_norm = 0 }, &(BfMagnitude) { -12, 2 }).state, ==, BF_CELL_EMPTY);
}

/* Pixels of a cell: how many differ from `color`. */
static guint
count_other (guint32 color, const guint32 *pixels, guint n)
{
  guint other = 0;

  for (guint i = 0; i < n; i++)
    other += distance (pixels[i], color) > 24;
  return other;
}

/* Zero, NaN and what is off the scale have a hatch or dots of their own, in each theme. */
static void
test_states_look_different (void)
{
  static const struct { float log; guint32 states; gboolean patterned; } cells[] = {
    { -11.9f, 0, FALSE }, { -14, 0, TRUE }, { -40, BF_STATE_SUBNORMAL, TRUE }, { 20, 0, TRUE },
    { NAN, BF_STATE_ZERO, TRUE }, { NAN, BF_STATE_NAN, TRUE }, { -11.9f, BF_STATE_FROZEN, TRUE },
  };
  static const BfMagnitude fixed = { BF_MAGNITUDE_LOW, BF_MAGNITUDE_HIGH, FALSE };
  enum { SIZE = 40 };

  for (guint theme = 0; theme < BF_N_THEMES; theme++)
    {
      guint32 pixels[G_N_ELEMENTS (cells)][SIZE * SIZE];
      BfStyle style;

      bf_style_init (&style, theme);
      for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
        {
          cairo_surface_t *surface = cairo_image_surface_create_for_data ((guint8 *) pixels[i], CAIRO_FORMAT_RGB24,
                                                                          SIZE, SIZE, SIZE * 4);
          cairo_t *cr = cairo_create (surface);
          BfCell cell = cell_of (cells[i].log, cells[i].states);
          guint32 most;
          BfDraw draw;

          bf_draw_init (&draw, cr, 1000, 1000, &style);
          bf_draw_cell (&draw, &cell, &fixed, &(BfRect) { 0, 0, SIZE, SIZE });
          bf_draw_clear (&draw);
          cairo_destroy (cr);
          cairo_surface_destroy (surface);
          most = pixels[i][SIZE * SIZE / 2 + 1];
          g_assert_cmpint (count_other (most, pixels[i], SIZE * SIZE) > 0, ==, cells[i].patterned);
          for (guint j = 0; j < i; j++)
            {
              guint different = 0;

              for (guint p = 0; p < SIZE * SIZE; p++)
                different += distance (pixels[i][p], pixels[j][p]) > 24;
              g_assert_cmpuint (different, >, SIZE * SIZE / 50);
            }
        }
    }
}

static void
test_family_ink_is_legible (void)
{
  for (guint theme = 0; theme < BF_N_THEMES; theme++)
    for (guint family = 0; family < BF_N_FAMILIES; family++)
      {
        BfStyle style;
        BfColor ink, surface;

        bf_style_init (&style, theme);
        ink = bf_style_get_family_ink (&style, family);
        surface = bf_style_get_color (&style, BF_ROLE_SURFACE);
        g_assert_cmpfloat (fabs (bf_color_get_lightness (ink) - bf_color_get_lightness (surface)), >, 0.3);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/colormap/lightness-only-rises", test_lightness_only_rises);
  g_test_add_func ("/colormap/stops", test_stops);
  g_test_add_func ("/colormap/table-is-the-map", test_table_is_the_map);
  g_test_add_func ("/colormap/over-range-jumps", test_over_range_jumps);
  g_test_add_func ("/colormap/states", test_states);
  g_test_add_func ("/colormap/states-look-different", test_states_look_different);
  g_test_add_func ("/colormap/family-ink-is-legible", test_family_ink_is_legible);
  return g_test_run ();
}
