/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the pointer is over is read out beside it: the figures of measured points, and that of two runs.
 */
#include "bf-draw.h"
#include "sample-evaluation.h"
#include "sample-snapshot.h"

#include <math.h>
#include <string.h>

#define WIDTH  560
#define HEIGHT 420

typedef struct
{
  const BfFigure *figure;
  BfSnapshot *snapshots[2];
  BfFigureRun runs[2];
  BfFigureData data;
  BfStyle style;
} Scene;

static Scene *
make_scene (const char *figure)
{
  Scene *self = g_new0 (Scene, 1);

  self->figure = bf_figure_find (figure);
  for (guint i = 0; i < 2; i++)
    {
      self->snapshots[i] = sample_snapshot_new (i ? SAMPLE_HEALTHY : SAMPLE_VANISHING, 7, 100, 1);
      self->runs[i] = (BfFigureRun) { self->snapshots[i], i ? "Run 1" : "Run 2", i ? BF_FAMILY_NORMALIZATION : BF_FAMILY_BASELINE };
    }
  self->data = (BfFigureData) { .runs = self->runs, .n_runs = 2, .tensor = BF_TENSOR_WEIGHT_GRADIENT, .scale_locked = TRUE };
  sample_evaluation_fill (self->figure, &self->data);
  bf_style_init (&self->style, BF_THEME_LIGHT);
  self->style.window = TRUE;
  return self;
}

static void
free_scene (Scene *self)
{
  for (guint i = 0; i < 2; i++)
    bf_snapshot_unref (self->snapshots[i]);
  g_free (self);
}

static cairo_surface_t *
draw (Scene *self, cairo_surface_t *onto, BfDrawPart part)
{
  cairo_surface_t *surface = onto ? onto : cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);

  self->data.part = part;
  bf_figure_draw (self->figure, cr, WIDTH, HEIGHT, &self->style, &self->data);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static gboolean
is_equal (cairo_surface_t *a, cairo_surface_t *b)
{
  return memcmp (cairo_image_surface_get_data (a), cairo_image_surface_get_data (b),
                 (gsize) HEIGHT * cairo_image_surface_get_stride (a)) == 0;
}

/* Middle, in x, of what differs. */
static double
find_difference (cairo_surface_t *a, cairo_surface_t *b)
{
  const int stride = cairo_image_surface_get_stride (a) / 4;
  const guint32 *p = (const guint32 *) (const void *) cairo_image_surface_get_data (a);
  const guint32 *q = (const guint32 *) (const void *) cairo_image_surface_get_data (b);
  int low = WIDTH, high = -1;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      if (p[y * stride + x] != q[y * stride + x])
        {
          low = MIN (low, x);
          high = MAX (high, x);
        }
  return high < low ? -1 : (low + high) / 2.0;
}

/* A card for every place over the plot; what the hand draws over the ground is the whole figure. */
static void
test_points (gconstpointer id)
{
  Scene *self = make_scene (id);
  cairo_surface_t *bare = draw (self, NULL, BF_DRAW_ALL), *ground = draw (self, NULL, BF_DRAW_GROUND);
  const BfLossPlane *plane = g_str_equal (id, "landscape") ? self->data.loss_plane : NULL;
  const guint n = plane ? plane->side * plane->side : self->data.loss_line->n;
  guint over = 0, last = G_MAXUINT, changes = 0, low = G_MAXUINT, high = 0;

  g_assert_true (is_equal (bare, ground));
  g_assert_null (self->figure->pick);   /* a click chooses nothing */
  for (int x = -4; x < WIDTH + 8; x += 3)
    {
      BfCursor at = { .point = G_MAXUINT };

      if (!self->figure->read (x, HEIGHT / 2.0, WIDTH, HEIGHT, &self->style, &self->data, &at))
        continue;
      over++;
      g_assert_cmpuint (at.point, <, n);
      low = MIN (low, plane ? at.point % plane->side : at.point);
      high = MAX (high, plane ? at.point % plane->side : at.point);
      changes += at.point != last;
      last = at.point;
      self->data.hover = &at;
      {
        cairo_surface_t *all = draw (self, NULL, BF_DRAW_ALL), *pieces = draw (self, draw (self, NULL, BF_DRAW_GROUND), BF_DRAW_HAND);

        g_assert_false (is_equal (all, bare));
        g_assert_true (is_equal (all, pieces));
        cairo_surface_destroy (all);
        cairo_surface_destroy (pieces);
      }
      self->data.hover = NULL;
    }
  g_assert_cmpuint (over, >, WIDTH / 3 / 2);
  g_assert_cmpuint (changes, >=, 20);
  g_assert_cmpuint (low, ==, 0);
  g_assert_cmpuint (high, ==, plane ? plane->side - 1 : n - 1);
  cairo_surface_destroy (bare);
  cairo_surface_destroy (ground);
  free_scene (self);
}

/* A point outside of what there is by now is read out as nothing. */
static void
test_gone (gconstpointer id)
{
  Scene *self = make_scene (id);
  cairo_surface_t *bare = draw (self, NULL, BF_DRAW_ALL), *hovered;

  self->data.hover = &(BfCursor) { .point = 1000000 };
  hovered = draw (self, NULL, BF_DRAW_ALL);
  g_assert_true (is_equal (bare, hovered));
  cairo_surface_destroy (bare);
  cairo_surface_destroy (hovered);
  self->data.loss_plane = NULL;
  self->data.loss_line = NULL;
  g_assert_false (self->figure->read (WIDTH / 2.0, HEIGHT / 2.0, WIDTH, HEIGHT, &self->style, &self->data, &(BfCursor) { 0 }));
  free_scene (self);
}

/* The ground stays while what was asked for is the same, whatever the run does. */
static void
test_ground (void)
{
  Scene *self = make_scene ("landscape");
  BfFigureData other = self->data;

  other.runs = &self->runs[1];
  other.n_runs = 1;
  self->runs[1].family = self->runs[0].family;
  g_assert_true (bf_figure_same_ground (self->figure, &self->data, &other));
  other.loss_plane = NULL;
  g_assert_false (bf_figure_same_ground (self->figure, &self->data, &other));
  free_scene (self);
}

/* Of two runs, the card stands beside the heatmap that the pointer is over. */
static void
test_panels (void)
{
  Scene *self = make_scene ("compare");
  cairo_surface_t *bare = draw (self, NULL, BF_DRAW_ALL);
  double middles[2] = { -1, -1 };

  for (guint side = 0; side < 2; side++)
    {
      BfCursor at = { 0 };

      g_assert_true (self->figure->pick (side ? 0.7 * WIDTH : 0.35 * WIDTH, HEIGHT / 2.0, WIDTH, HEIGHT, &self->style, &self->data, &at));
      g_assert_cmpuint (at.panel, ==, side);
      self->data.hover = &at;
      {
        cairo_surface_t *all = draw (self, NULL, BF_DRAW_ALL);

        middles[side] = find_difference (bare, all);
        cairo_surface_destroy (all);
      }
    }
  g_assert_cmpfloat (middles[0], >, 0);
  g_assert_cmpfloat (middles[1], >, middles[0] + 60);
  cairo_surface_destroy (bare);
  free_scene (self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/plot/readout/points/loss-line", "loss-line", test_points);
  g_test_add_data_func ("/plot/readout/points/landscape", "landscape", test_points);
  g_test_add_data_func ("/plot/readout/gone/loss-line", "loss-line", test_gone);
  g_test_add_data_func ("/plot/readout/gone/landscape", "landscape", test_gone);
  g_test_add_func ("/plot/readout/ground", test_ground);
  g_test_add_func ("/plot/readout/panels", test_panels);
  return g_test_run ();
}
