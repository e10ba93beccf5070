/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-format.h"
#include "bf-draw.h"
#include "bf-labels.h"
#include "bf-room.h"
#include "bf-smooth.h"

#include <math.h>

static void
assert_taken (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_values (void)
{
  assert_taken (bf_format_value (3.8e-5), "3.8 × 10⁻⁵");
  assert_taken (bf_format_value (2.71e-6), "2.7 × 10⁻⁶");
  assert_taken (bf_format_value (0.0019), "0.0019");
  assert_taken (bf_format_value (0.013), "0.013");
  assert_taken (bf_format_value (0.1), "0.10");
  assert_taken (bf_format_value (0.79), "0.79");
  assert_taken (bf_format_value (-0.79), "−0.79");
  assert_taken (bf_format_value (2.31), "2.3");
  assert_taken (bf_format_value (64.4), "64");
  assert_taken (bf_format_value (640000), "6.4 × 10⁵");
  assert_taken (bf_format_value (0), "0");
  assert_taken (bf_format_value (NAN), "NaN");
  assert_taken (bf_format_value (INFINITY), "∞");
  assert_taken (bf_format_value (-INFINITY), "−∞");
}

/* Rounding to two digits must not leave ten in front of the power. */
static void
test_values_at_the_edges (void)
{
  assert_taken (bf_format_value (0.000999), "0.0010");
  assert_taken (bf_format_value (9.99e-5), "1.0 × 10⁻⁴");
  assert_taken (bf_format_value (9.97e20), "1.0 × 10²¹");
  assert_taken (bf_format_value (99.9), "1.0 × 10²");
  assert_taken (bf_format_value (5e-324), "4.9 × 10⁻³²⁴");
  assert_taken (bf_format_value (1.7e308), "1.7 × 10³⁰⁸");
}

static void
test_powers (void)
{
  assert_taken (bf_format_power (-12), "10⁻¹²");
  assert_taken (bf_format_power (0), "1");
  assert_taken (bf_format_power (1), "10");
  assert_taken (bf_format_power (2), "10²");
  assert_taken (bf_format_power (38), "10³⁸");
}

static void
test_counts (void)
{
  assert_taken (bf_format_count (0), "0");
  assert_taken (bf_format_count (999), "999");
  assert_taken (bf_format_count (1250), "1,250");
  assert_taken (bf_format_count (G_MAXUINT64), "18,446,744,073,709,551,615");
}

static void
test_ratios_and_shares (void)
{
  assert_taken (bf_format_ratio (1 / 37412.0), "1 / 37,000");
  assert_taken (bf_format_ratio (3.7), "3.7 ×");
  assert_taken (bf_format_ratio (0.67), "0.67 ×");
  assert_taken (bf_format_ratio (0.5), "1 / 2.0");
  assert_taken (bf_format_ratio (0), "0 ×");
  assert_taken (bf_format_ratio (NAN), "NaN");
  assert_taken (bf_format_ratio (INFINITY), "∞");
  assert_taken (bf_format_percent (0.871), "87.1 %");
  assert_taken (bf_format_percent (NAN), "NaN");
}

static void
test_ticks (void)
{
  assert_taken (bf_format_tick (0, 0.25), "0");
  assert_taken (bf_format_tick (0.25, 0.25), "0.25");
  assert_taken (bf_format_tick (0.5, 0.25), "0.50");
  assert_taken (bf_format_tick (-2.5, 2.5), "−2.5");
  assert_taken (bf_format_tick (1500, 250), "1,500");
  assert_taken (bf_format_plain (0.01, 4), "0.01");
  assert_taken (bf_format_plain (2.30258, 4), "2.303");
  g_assert_cmpfloat (bf_ticks_step (0, 1688, 8), ==, 250);
  g_assert_cmpfloat (bf_ticks_step (0, 1, 6), ==, 0.2);
  g_assert_cmpfloat (bf_ticks_step (0, 0, 6), ==, 1);
  g_assert_cmpint (bf_ticks_decades (-12, 2, 600, 34), ==, 1);
  g_assert_cmpint (bf_ticks_decades (-12, 2, 263, 34), ==, 2);
  g_assert_cmpfloat (bf_nice_above (2304), ==, 2500);
  g_assert_cmpfloat (bf_nice_above (1000), ==, 1000);
  g_assert_cmpfloat (bf_nice_above (1001), ==, 1250);
}

static void
test_labels_are_pushed_apart (void)
{
  double y[] = { 10, 12, 11, 200, NAN };

  bf_labels_spread (y, G_N_ELEMENTS (y), 20, 0, 300);
  g_assert_cmpfloat (y[0], <, y[2]);
  g_assert_cmpfloat (y[2], <, y[1]);
  g_assert_cmpfloat_with_epsilon (y[2] - y[0], 20, 1e-9);
  g_assert_cmpfloat_with_epsilon (y[1] - y[2], 20, 1e-9);
  g_assert_cmpfloat (y[0], >=, 0);
  g_assert_cmpfloat_with_epsilon (y[3], 200, 1e-9);
  g_assert_cmpfloat_with_epsilon (y[4], 300, 1e-9);
  bf_labels_spread (NULL, 0, 20, 0, 300);
}

/* A straight line comes back straight, to its very ends; that is what a moving mean cannot do. */
static void
test_smoothing_has_no_lag (void)
{
  double x[50], y[50], w[50], fitted[50], empty;

  for (guint i = 0; i < 50; i++)
    {
      x[i] = i;
      y[i] = i == 20 ? NAN : 3 * i + 1;
      w[i] = 1 + i % 3;
    }
  bf_smooth (x, y, w, 50, 6, x, fitted, 50);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpfloat_with_epsilon (fitted[i], 3 * i + 1.0, 1e-6);
  bf_smooth (x, y, w, 50, 1, &(double) { 500 }, &empty, 1);
  g_assert_true (isnan (empty));
}

/* A line that rises from the left, a gap, and a level one. */
static void
test_room_among_lines (void)
{
  g_autoptr (BfRoom) room = bf_room_new (&(BfRect) { 0, 0, 300, 300 });

  g_assert_true (bf_room_is_free (room, &(BfRect) { 0, 0, 100, 100 }));
  bf_room_line_to (room, 0, 100);
  bf_room_line_to (room, 100, 0);
  bf_room_line_to (room, NAN, NAN);
  bf_room_line_to (room, 150, 20);
  bf_room_line_to (room, 200, 20);
  g_assert_false (bf_room_is_free (room, &(BfRect) { 40, 40, 20, 20 }));
  g_assert_false (bf_room_is_free (room, &(BfRect) { 0, 0, 300, 300 }));
  g_assert_true (bf_room_is_free (room, &(BfRect) { 0, 0, 45, 45 }));
  g_assert_true (bf_room_is_free (room, &(BfRect) { 60, 60, 40, 40 }));
  g_assert_true (bf_room_is_free (room, &(BfRect) { 110, 0, 30, 100 }));
  g_assert_false (bf_room_is_free (room, &(BfRect) { 160, 10, 10, 15 }));
  g_assert_true (bf_room_is_free (room, &(BfRect) { 160, 21, 10, 15 }));
  g_assert_true (bf_room_is_free (room, &(BfRect) { 201, 10, 10, 15 }));
  g_assert_false (bf_room_is_free (room, &(BfRect) { 295, 10, 10, 15 }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/values", test_values);
  g_test_add_func ("/format/values-at-the-edges", test_values_at_the_edges);
  g_test_add_func ("/format/powers", test_powers);
  g_test_add_func ("/format/counts", test_counts);
  g_test_add_func ("/format/ratios-and-shares", test_ratios_and_shares);
  g_test_add_func ("/format/ticks", test_ticks);
  g_test_add_func ("/format/labels-are-pushed-apart", test_labels_are_pushed_apart);
  g_test_add_func ("/format/room-among-lines", test_room_among_lines);
  g_test_add_func ("/format/smoothing-has-no-lag", test_smoothing_has_no_lag);
  return g_test_run ();
}
