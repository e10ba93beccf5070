/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The network picture, looked at where its layout says that things stand.
 */
#include "figures/flow-private.h"
#include "sample-flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One picture with the layout that it was drawn by; 4 pixels a logical pixel. */
#define SCALE 4

typedef struct
{
  BfSnapshot *snapshot;
  BfFigureRun run;
  BfFigureData data;
  BfStyle style;
  double width, height;
  cairo_surface_t *surface;
  cairo_t *cr;
  BfDraw draw;
  BfFlowModel model;
  BfFlowLayout layout;
} Picture;

static void
picture_init_snapshot (Picture *self, BfSnapshot *snapshot, double width, double height, int chosen)
{
  BfRect area = { 0, 0, width, height };

  *self = (Picture) { .snapshot = snapshot, .run = { snapshot, "Run 1", BF_FAMILY_BASELINE }, .width = width, .height = height };
  self->data = (BfFigureData) { .runs = &self->run, .n_runs = 1, .show_cursor = chosen >= 0,
                                .cursor = { (guint) MAX (chosen, 0), 0 }, .scale_locked = TRUE };
  bf_style_init (&self->style, BF_THEME_LIGHT);
  self->style.window = TRUE;
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (width * SCALE), (int) (height * SCALE));
  cairo_surface_set_device_scale (self->surface, SCALE, SCALE);
  self->cr = cairo_create (self->surface);
  bf_figure_draw (bf_figure_find ("flow"), self->cr, width, height, &self->style, &self->data);
  cairo_surface_flush (self->surface);
  bf_draw_init (&self->draw, self->cr, width, height, &self->style);
  bf_flow_model_init (&self->model, &self->data, 0);
  bf_flow_layout_init (&self->layout, &self->draw, &self->data, &self->model, &area, FALSE, G_MAXDOUBLE);
}

static void
picture_init (Picture *self, const SampleFlow *sample, double width, double height, int chosen)
{
  picture_init_snapshot (self, sample_flow_new (sample), width, height, chosen);
}

static void
picture_clear (Picture *self)
{
  bf_flow_model_clear (&self->model);
  bf_draw_clear (&self->draw);
  cairo_destroy (self->cr);
  cairo_surface_destroy (self->surface);
  bf_snapshot_unref (self->snapshot);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

static guint32
pixel_at (const Picture *self, int x, int y)
{
  const guchar *data = cairo_image_surface_get_data (self->surface);
  guint32 pixel;

  x = CLAMP (x, 0, cairo_image_surface_get_width (self->surface) - 1);
  y = CLAMP (y, 0, cairo_image_surface_get_height (self->surface) - 1);
  memcpy (&pixel, data + (gsize) y * cairo_image_surface_get_stride (self->surface) + 4 * (gsize) x, 4);
  return pixel & 0xffffff;
}

static guint32
pixel (const Picture *self, double x, double y)
{
  return pixel_at (self, (int) floor (x * SCALE), (int) floor (y * SCALE));
}

static gboolean
is_near (guint32 a, guint32 b, int tolerance)
{
  for (guint shift = 0; shift < 24; shift += 8)
    if (abs ((int) (a >> shift & 0xff) - (int) (b >> shift & 0xff)) > tolerance)
      return FALSE;
  return TRUE;
}

static guint32
role_pixel (const Picture *self, BfRole role)
{
  return bf_color_get_pixel (self->draw.colors[role]) & 0xffffff;
}

/* Height of what is neither surface nor bed at x, about the stream's center. */
static double
stream_height (const Picture *self, double x)
{
  double reach = MIN (0.9 * self->layout.width, self->layout.center - self->layout.values_y - 7);   /* below the values */
  int first = G_MAXINT, last = -1;

  for (int y = (int) ((self->layout.center - reach) * SCALE); y < (int) ((self->layout.center + reach) * SCALE); y++)
    {
      guint32 p = pixel_at (self, (int) (x * SCALE), y);

      if (is_near (p, role_pixel (self, BF_ROLE_BAND), 18))   /* the edge of the bed is between both */
        continue;
      first = MIN (first, y);
      last = y;
    }
  return last < 0 ? 0 : (last - first + 1) / (double) SCALE;
}

/* Pixels of one color in the bed of a gap. */
static guint
count_pixels (const Picture *self, guint gap, guint32 color, int tolerance)
{
  BfRect bed = bf_flow_run_rect (&self->layout, gap, gap);
  guint count = 0;

  for (int y = (int) (bed.y * SCALE) + 2; y < (int) ((bed.y + bed.height) * SCALE) - 2; y++)
    for (int x = (int) (bed.x * SCALE) + 2; x < (int) ((bed.x + bed.width) * SCALE) - 2; x++)
      count += is_near (pixel_at (self, x, y), color, tolerance);
  return count;
}

static void
test_decade_halves (void)
{
  static const SampleFlow sample = { .hidden = 4, .output = -1, .decades = 1 };
  g_auto (Picture) picture;
  double widest, before;

  picture_init (&picture, &sample, 900, 190, -1);
  before = widest = stream_height (&picture, bf_flow_gap_left (&picture.layout, 5) + 2);
  g_assert_cmpfloat_with_epsilon (widest, picture.layout.width, 1.2);
  for (guint gap = 4; gap >= 2; gap--)
    {
      double now = stream_height (&picture, bf_flow_gap_left (&picture.layout, gap) + 2);

      g_assert_cmpfloat_with_epsilon (now / before, 0.5, 0.09);
      before = now;
    }
}

static void
test_color_is_magnitude (void)
{
  static const SampleFlow sample = { .hidden = 2, .output = -1, .decades = 0.5 };
  g_auto (Picture) picture;

  picture_init (&picture, &sample, 900, 190, -1);
  for (guint gap = 1; gap <= 3; gap++)
    {
      guint32 expected = bf_color_get_pixel (bf_colormap_magnitude (picture.model.gaps[gap].log)) & 0xffffff;
      double y = picture.layout.center + 0.25 * stream_height (&picture, bf_flow_gap_left (&picture.layout, gap) + 2);

      g_assert_true (is_near (pixel (&picture, bf_flow_gap_left (&picture.layout, gap) + 2, y), expected, 8));
    }
}

static void
test_clipped (void)
{
  static const SampleFlow sample = { .hidden = 4, .output = -1, .decades = -1.5 };
  g_auto (Picture) picture;
  double height;

  picture_init (&picture, &sample, 900, 190, -1);
  height = stream_height (&picture, bf_flow_gap_left (&picture.layout, 2) + 3);
  g_assert_cmpfloat_with_epsilon (height, BF_FLOW_CLIP * picture.layout.width, 1.5);
  /* Above 10² in the over-range colors. */
  g_assert_true (picture.model.gaps[1].log > BF_MAGNITUDE_HIGH);
  g_assert_cmpuint (count_pixels (&picture, 1, bf_color_get_pixel (bf_colormap_magnitude (picture.model.gaps[1].log)) & 0xffffff, 8),
                    >, 200);
}

/* Zero, NaN, ∞, tiny and missing: each looks different from each other. */
static void
test_states (void)
{
  static const SampleFlow sample = { .hidden = 9, .output = -1, .decades = 0 };
  BfSnapshot *snapshot = sample_flow_new (&sample);
  g_auto (Picture) picture;
  guint32 bed;

  sample_flow_set (snapshot, 0, 0);
  sample_flow_set (snapshot, 1, 0);
  sample_flow_set (snapshot, 3, 1e-9);
  sample_flow_set (snapshot, 5, NAN);
  sample_flow_set (snapshot, 7, 1e-14);
  picture_init_snapshot (&picture, snapshot, 900, 190, -1);
  bed = role_pixel (&picture, BF_ROLE_BAND);
  /* Exactly zero: no bed, but a hatch on the surface. */
  g_assert_cmpuint (count_pixels (&picture, 1, bed, 2), <, 50);   /* mixed at the hatch's edges */
  g_assert_cmpuint (count_pixels (&picture, 1, role_pixel (&picture, BF_ROLE_INK_3), 6), >, 100);
  g_assert_cmpuint (count_pixels (&picture, 1, role_pixel (&picture, BF_ROLE_SURFACE), 2), >, 100);
  /* Small: a line in the bed. */
  g_assert_cmpuint (count_pixels (&picture, 4, bed, 2), >, 1000);
  g_assert_cmpuint (count_pixels (&picture, 4, role_pixel (&picture, BF_ROLE_INK_3), 6), ==, 0);
  g_assert_cmpfloat_with_epsilon (stream_height (&picture, bf_flow_gap_center (&picture.layout, 4)), BF_FLOW_LINE, 0.6);
  /* NaN: its own gray, crossed. */
  g_assert_cmpuint (count_pixels (&picture, 6, bed, 2), <, 50);
  g_assert_cmpuint (count_pixels (&picture, 6, role_pixel (&picture, BF_ROLE_NAN), 3), >, 100);
  g_assert_cmpuint (count_pixels (&picture, 6, role_pixel (&picture, BF_ROLE_INK_3), 0), <, 30);
  /* Below 10⁻¹²: dots, so that some columns of the line are bare bed. */
  {
    guint bare = 0, full = 0;

    for (double x = bf_flow_gap_left (&picture.layout, 8); x < bf_flow_gap_right (&picture.layout, 8); x += 0.5)
      *(is_near (pixel (&picture, x, picture.layout.center), bed, 3) ? &bare : &full) += 1;
    g_assert_cmpuint (bare, >, full);
    g_assert_cmpuint (full, >, 0);
  }
}

static void
test_skip (void)
{
  static const SampleFlow with = { .hidden = 7, .skip_every = 3, .output = -0.9, .decades = 0.6 };
  static const SampleFlow without = { .hidden = 7, .output = -0.9, .decades = 0.6 };
  g_auto (Picture) picture;
  g_auto (Picture) plain;
  const BfFlowSkip *skip;
  double x, y;
  guint32 expected;

  picture_init (&picture, &with, 900, 190, -1);
  picture_init (&plain, &without, 900, 190, -1);
  g_assert_cmpuint (picture.model.skips->len, ==, 2);
  g_assert_cmpuint (plain.model.skips->len, ==, 0);
  skip = &g_array_index (picture.model.skips, BfFlowSkip, 0);
  g_assert_cmpuint (skip->from, ==, 1);
  g_assert_cmpuint (skip->to, ==, 4);
  g_assert_cmpuint (skip->lane, ==, 0);
  /* The channel lies beneath the bed, in the color of the gradient at the sum; the arc above. */
  expected = bf_color_get_pixel (bf_colormap_magnitude (skip->value.log)) & 0xffffff;
  x = bf_flow_skip_start (&picture.layout, skip) + picture.layout.reach + 6;
  y = picture.layout.center + picture.layout.depth + 0.3 * bf_flow_width (picture.layout.width,
                                              bf_flow_relative_width (&picture.model, skip->value.log));
  g_assert_true (is_near (pixel (&picture, x, y), expected, 40));
  g_assert_false (is_near (pixel (&plain, x, y), expected, 40));
  g_assert_true (is_near (pixel (&picture, x, picture.layout.arc_top),
                          bf_color_get_pixel (bf_style_get_family (&picture.style, BF_FAMILY_SKIP)) & 0xffffff, 30));
}

/* Skips over one another get lanes of their own, the short one nearest. */
static void
test_lanes (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  BfSnapshot *snapshot;
  g_auto (Picture) picture;
  static const SampleFlow sample = { .hidden = 1, .output = -1 };

  for (guint i = 0; i < 6; i++)
    {
      bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 16, NULL);
      if (i >= 3)
        bf_options_set_number (bf_spec_append (spec, "add")->options, "from", i == 3 ? 3 : i == 4 ? 2 : 1, NULL);
    }
  snapshot = sample_flow_new (&sample);
  bf_plan_unref (snapshot->plan);
  bf_column_unref (snapshot->start);
  snapshot->plan = bf_plan_new (spec, &(BfShape) { 784, 16, 16 });
  g_assert_null (snapshot->plan->error);
  snapshot->start = bf_column_new (snapshot->plan->n_layers);
  for (guint w = 0; w < 6; w++)
    sample_flow_set (snapshot, (int) w, 0.1);
  picture_init_snapshot (&picture, snapshot, 900, 190, -1);
  g_assert_cmpuint (picture.model.skips->len, ==, 3);
  g_assert_cmpuint (picture.model.n_lanes, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (g_array_index (picture.model.skips, BfFlowSkip, i).lane, ==, i);
}

static void
test_chosen_and_changed (void)
{
  static const SampleFlow sample = { .hidden = 4, .activation = "relu", .activation_remedy = "activation",
                                     .frozen = 1, .output = -1, .decades = 0.3 };
  g_auto (Picture) picture;
  const BfFlowLayout *layout;
  double top;
  guint accent, hatched = 0, clean = 0;

  picture_init (&picture, &sample, 900, 190, 2);
  layout = &picture.layout;
  top = layout->middle - layout->block_height / 2;
  accent = role_pixel (&picture, BF_ROLE_ACCENT);
  g_assert_true (is_near (pixel (&picture, bf_flow_block_left (layout, 2) + 20, top), accent, 24));
  g_assert_true (is_near (pixel (&picture, bf_flow_block_left (layout, 1) + 20, top),
                          bf_color_get_pixel (bf_style_get_family (&picture.style, BF_FAMILY_ACTIVATION)) & 0xffffff, 40));
  g_assert_true (is_near (pixel (&picture, bf_flow_block_left (layout, 4) + 20, top), role_pixel (&picture, BF_ROLE_AXIS), 40));
  for (double x = 8; x < 40; x += 0.25)
    {
      hatched += !is_near (pixel (&picture, bf_flow_block_left (layout, 0) + x, top + 6), 0xffffff, 20);
      clean += !is_near (pixel (&picture, bf_flow_block_left (layout, 1) + x, top + 6), 0xffffff, 20);
    }
  g_assert_cmpuint (hatched, >, 8);
  g_assert_cmpuint (clean, ==, 0);
}

static BfSnapshot *
make_wrong (void)
{
  static const SampleFlow sample = { .hidden = 1, .output = -1 };
  BfSnapshot *snapshot = sample_flow_new (&sample);
  g_autoptr (BfSpec) spec = bf_spec_new ();

  for (guint i = 0; i < 3; i++)
    bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 32 << i, NULL);
  bf_options_set_number (bf_spec_append (spec, "add")->options, "from", 1, NULL);
  bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 10, NULL);
  bf_plan_unref (snapshot->plan);
  bf_column_unref (snapshot->start);
  snapshot->plan = bf_plan_new (spec, &(BfShape) { 784, 10, 10 });
  snapshot->start = bf_column_new (snapshot->plan->n_layers);
  return snapshot;
}

static void
test_wrong (void)
{
  g_auto (Picture) picture;
  g_autofree char *words = NULL;

  picture_init_snapshot (&picture, make_wrong (), 900, 190, -1);
  g_assert_nonnull (picture.model.plan->error);
  g_assert_true (is_near (pixel (&picture, bf_flow_block_left (&picture.layout, 2) + 20,
                                 picture.layout.middle - picture.layout.block_height / 2),
                          role_pixel (&picture, BF_ROLE_DANGER), 30));
  words = bf_figure_find ("flow")->describe (&picture.data);
  g_assert_nonnull (strstr (words, picture.model.plan->error));
}

static void
test_describe (void)
{
  static const SampleFlow sample = { .hidden = 7, .output = -1, .decades = 1 };
  static const SampleFlow skip = { .hidden = 7, .skip_every = 3, .output = -1, .decades = 1 };
  g_auto (Picture) picture;
  g_auto (Picture) skipped;
  g_auto (Picture) zeros;
  g_autofree char *words = NULL, *skips = NULL, *nothing = NULL;
  BfSnapshot *snapshot;

  picture_init (&picture, &sample, 900, 190, -1);
  words = bf_figure_find ("flow")->describe (&picture.data);
  g_assert_nonnull (strstr (words, "Network of 8 blocks."));
  g_assert_nonnull (strstr (words, "leaves the loss at 0.10, reaches block 1 at 1.0 × 10⁻⁸, 7.0 decades less"));
  picture_init (&skipped, &skip, 900, 190, -1);
  skips = bf_figure_find ("flow")->describe (&skipped.data);
  g_assert_nonnull (strstr (skips, "2 skip connections. Block 2 to 4 carries "));
  snapshot = sample_flow_new (&sample);
  for (int w = 0; w < 3; w++)
    sample_flow_set (snapshot, w, 0);
  picture_init_snapshot (&zeros, snapshot, 900, 190, -1);
  nothing = bf_figure_find ("flow")->describe (&zeros.data);
  g_assert_nonnull (strstr (nothing, "exactly 0 in Dense 1 to 3"));
}

/* Each block is found under its middle, and nothing beside the network. */
static void
test_pick (void)
{
  static const guint hidden[] = { 0, 2, 7, 18, 49, 199, 999 };
  const BfFigure *figure = bf_figure_find ("flow");

  for (guint i = 0; i < G_N_ELEMENTS (hidden); i++)
    for (double width = 450; width <= 900; width += 450)
      {
        SampleFlow sample = { .hidden = hidden[i], .output = -1, .decades = 0.01, .folded = TRUE };
        g_auto (Picture) picture;
        BfCursor cursor = { G_MAXUINT, 0 };

        picture_init (&picture, &sample, width, 190, -1);
        for (guint w = 0; w <= hidden[i]; w++)
          {
            double x = bf_flow_block_left (&picture.layout, w) + picture.layout.block_width / 2;

            g_assert_true (figure->pick (x, picture.layout.middle, width, 190, &picture.style, &picture.data, &cursor));
            g_assert_cmpuint (cursor.weighted, ==, w);
          }
        g_assert_false (figure->pick (2, 60, width, 190, &picture.style, &picture.data, &cursor));
        g_assert_false (figure->pick (width - 2, 60, width, 190, &picture.style, &picture.data, &cursor));
        g_assert_false (figure->pick (width / 2, 191, width, 190, &picture.style, &picture.data, &cursor));
      }
}

static void
test_forms (void)
{
  static const struct { guint hidden; double width; BfFlowForm form; } forms[] = {
    { 7, 900, BF_FLOW_BLOCKS }, { 15, 900, BF_FLOW_BLOCKS }, { 15, 450, BF_FLOW_BARS }, { 16, 900, BF_FLOW_BARS },
    { 58, 900, BF_FLOW_BARS }, { 59, 900, BF_FLOW_FOLDED }, { 999, 450, BF_FLOW_FOLDED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      SampleFlow sample = { .hidden = forms[i].hidden, .output = -1, .decades = 0.1, .folded = TRUE };
      g_auto (Picture) picture;

      picture_init (&picture, &sample, forms[i].width, 190, 3);
      g_assert_cmpint (picture.layout.form, ==, forms[i].form);
    }
}

static void
test_csv (void)
{
  static const SampleFlow sample = { .hidden = 7, .skip_every = 3, .output = -1, .decades = 1 };
  g_auto (Picture) picture;
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;

  picture_init (&picture, &sample, 900, 190, -1);
  bf_figure_find ("flow")->csv (out, &picture.data);
  lines = g_strsplit (out->str, "\n", -1);
  /* Header, input, 8 layers, 2 skips, and what follows the last line's end. */
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + 1 + 8 + 2 + 1);
  g_assert_cmpstr (lines[0], ==, "run,step,point,layer,to_layer,gradient_norm");
  g_assert_cmpstr (lines[9], ==, "\"Run 1\",0,output,8,,0.1");
  g_assert_true (g_str_has_prefix (lines[10], "\"Run 1\",0,skip,1,4,"));
}

/* Any size, theme and direction; with nothing measured; with no layer. */
static void
test_any_size (void)
{
  static const double sizes[][2] = { { 1, 1 }, { 30, 9 }, { 60, 300 }, { 190, 60 }, { 300, 140 }, { 2500, 40 }, { 500, 900 } };
  static const SampleFlow samples[] = {
    { .hidden = 0, .output = -1 }, { .hidden = 7, .skip_every = 2, .output = -1, .decades = 1 },
    { .hidden = 59, .skip_every = 1, .output = -1, .decades = 1 }, { .hidden = 999, .output = NAN, .folded = TRUE },
    { .hidden = 20, .output = -1, .decades = -3 },
  };

  for (guint s = 0; s < G_N_ELEMENTS (samples); s++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (guint k = 0; k < 3; k++)
        {
          BfSnapshot *snapshot = sample_flow_new (&samples[s]);
          BfFigureRun runs[] = { { snapshot, "a", BF_FAMILY_BASELINE }, { snapshot, "b", BF_FAMILY_SKIP } };
          BfCursor hover = { 0, 0 };
          BfFigureData data = { .runs = runs, .n_runs = 1 + k % 2, .cursor = { 1, 7 }, .show_cursor = k > 0, .hover = &hover };
          cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 64, 64);
          cairo_t *cr = cairo_create (surface);
          BfStyle style;

          if (k == 2)
            g_clear_pointer (&snapshot->sample, g_free);
          bf_style_init (&style, (BfTheme) k);
          style.window = k < 2;
          style.right_to_left = k == 1;
          bf_figure_draw (bf_figure_find ("flow"), cr, sizes[i][0], sizes[i][1], &style, &data);
          g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
          cairo_destroy (cr);
          cairo_surface_destroy (surface);
          bf_snapshot_unref (snapshot);
        }
}

static void
test_no_layers (void)
{
  static const SampleFlow sample = { .hidden = 0, .output = -1 };
  BfSnapshot *snapshot = sample_flow_new (&sample);
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_auto (Picture) picture;
  g_autofree char *words = NULL;

  bf_plan_unref (snapshot->plan);
  bf_column_unref (snapshot->start);
  snapshot->plan = bf_plan_new (spec, &(BfShape) { 784, 10, 10 });
  snapshot->start = bf_column_new (snapshot->plan->n_layers);
  picture_init_snapshot (&picture, snapshot, 600, 190, 0);
  words = bf_figure_find ("flow")->describe (&picture.data);
  g_assert_nonnull (words);
}

/* Two runs share W and the reference, whatever room each needs. */
static void
test_one_scale (void)
{
  static const SampleFlow base = { .hidden = 7, .output = -1, .decades = 1 };
  static const SampleFlow other = { .hidden = 7, .skip_every = 3, .output = 0.4, .decades = 0.4 };
  g_autoptr (BfSnapshot) a = sample_flow_new (&base);
  g_autoptr (BfSnapshot) b = sample_flow_new (&other);
  BfFigureRun runs[] = { { b, "skip", BF_FAMILY_SKIP }, { a, "base", BF_FAMILY_BASELINE } };
  BfFigureData data = { .runs = runs, .n_runs = 2 };
  g_auto (BfFlowModel) first = { 0 };
  g_auto (BfFlowModel) second = { 0 };

  bf_flow_model_init (&first, &data, 0);
  bf_flow_model_init (&second, &data, 1);
  g_assert_cmpfloat (first.reference, ==, -1);
  g_assert_cmpfloat (second.reference, ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flow/decade-halves-the-width", test_decade_halves);
  g_test_add_func ("/flow/color-is-magnitude", test_color_is_magnitude);
  g_test_add_func ("/flow/clipped", test_clipped);
  g_test_add_func ("/flow/states-differ", test_states);
  g_test_add_func ("/flow/skip", test_skip);
  g_test_add_func ("/flow/lanes", test_lanes);
  g_test_add_func ("/flow/chosen-changed-frozen", test_chosen_and_changed);
  g_test_add_func ("/flow/wrong", test_wrong);
  g_test_add_func ("/flow/describe", test_describe);
  g_test_add_func ("/flow/pick", test_pick);
  g_test_add_func ("/flow/forms", test_forms);
  g_test_add_func ("/flow/csv", test_csv);
  g_test_add_func ("/flow/any-size", test_any_size);
  g_test_add_func ("/flow/no-layers", test_no_layers);
  g_test_add_func ("/flow/one-scale", test_one_scale);
  return g_test_run ();
}
