/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Every figure of the table, of runs good and bad, in every theme, format and size.
 */
#include "bf-draw.h"
#include "bf-export.h"
#include "sample-evaluation.h"
#include "sample-snapshot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  const char *name;
  SampleKind kind;
  guint hidden, columns, per_column;
} Sample;

static const Sample samples[] = {
  { "vanishing", SAMPLE_VANISHING, 7, 200, 2 },
  { "healthy", SAMPLE_HEALTHY, 7, 1024, 40 },
  { "exploding", SAMPLE_EXPLODING, 10, 28, 1 },
  { "zeros", SAMPLE_ZEROS, 49, 60, 4 },
  { "nan", SAMPLE_NAN, 10, 1, 1 },
  { "only-start", SAMPLE_VANISHING, 7, 0, 1 },
  { "one-layer", SAMPLE_VANISHING, 0, 5, 1 },
  { "one-step", SAMPLE_VANISHING, 2, 1, 1 },
};

typedef struct
{
  BfSnapshot *snapshots[2];
  BfFigureRun runs[2];
  BfCursor cursor;
  BfFigureData data;
} Scene;

static void
scene_init (Scene *self, const BfFigure *figure, const Sample *sample, guint n_runs)
{
  static const BfFamily families[] = { BF_FAMILY_BASELINE, BF_FAMILY_NORMALIZATION };
  static const char *const labels[] = { "baseline", "batch, \"normalization\"" };

  *self = (Scene) { 0 };
  for (guint i = 0; i < n_runs; i++)
    {
      self->snapshots[i] = sample_snapshot_new (i ? SAMPLE_HEALTHY : sample->kind, sample->hidden, sample->columns,
                                                sample->per_column);
      self->runs[i] = (BfFigureRun) { self->snapshots[i], labels[i], families[i] };
    }
  self->cursor = (BfCursor) { self->snapshots[0]->plan->n_weighted / 2, self->snapshots[0]->steps / 2 };
  self->data = (BfFigureData) { .runs = self->runs, .n_runs = n_runs, .cursor = self->cursor, .show_cursor = TRUE,
                                .tensor = BF_TENSOR_WEIGHT_GRADIENT, .scale_locked = TRUE };
  sample_evaluation_fill (figure, &self->data);
}

static void
scene_clear (Scene *self)
{
  for (guint i = 0; i < self->data.n_runs; i++)
    bf_snapshot_unref (self->snapshots[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static cairo_surface_t *
draw_image (const BfFigure *figure, double width, double height, const BfStyle *style, const BfFigureData *data)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) width, (int) height);
  cairo_t *cr = cairo_create (surface);

  bf_figure_draw (figure, cr, width, height, style, data);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static guint32
get_pixel (cairo_surface_t *surface, int x, int y)
{
  guint8 *data = cairo_image_surface_get_data (surface);

  return *(guint32 *) (void *) (data + y * cairo_image_surface_get_stride (surface) + 4 * x);
}

/* Pixels that differ from the corner's. */
static guint
count_drawn (cairo_surface_t *surface)
{
  int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  guint n = 0;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      n += get_pixel (surface, x, y) != get_pixel (surface, 0, 0);
  return n;
}

static void
test_table (void)
{
  static const char *const known[] = { "heatmap", "curves", "depth", "profile" };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_nonnull (bf_figure_find (known[i]));
  g_assert_null (bf_figure_find ("nothing"));
  for (const BfKind *const *kind = bf_figures (); *kind; kind++)
    {
      const BfFigure *figure = (const BfFigure *) *kind;

      g_assert_true (figure->draw && figure->csv && figure->describe);
      g_assert_cmpfloat (figure->width, >=, 200);
      g_assert_cmpfloat (figure->height, >=, 200);
      g_assert_true ((*kind)->name && (*kind)->summary);
      for (const BfKind *const *other = bf_figures (); other != kind; other++)
        g_assert_cmpstr ((*other)->id, !=, (*kind)->id);
    }
}

/* Something is drawn, on the theme's surface, within the corners. */
static void
test_drawn_in_every_theme (gconstpointer user_data)
{
  const BfFigure *figure = user_data;

  for (guint s = 0; s < G_N_ELEMENTS (samples); s++)
    for (guint theme = 0; theme < BF_N_THEMES; theme++)
      {
        g_auto (Scene) scene;
        cairo_surface_t *surface;
        BfStyle style;

        scene_init (&scene, figure, &samples[s], 1 + s % 2);
        bf_style_init (&style, theme);
        style.window = s % 3 == 2;
        style.right_to_left = s % 2;
        surface = draw_image (figure, 640, 400, &style, &scene.data);
        g_assert_cmphex (get_pixel (surface, 0, 0), ==, theme == BF_THEME_DARK ? 0xff1d1d20 : 0xffffffff);
        g_assert_cmphex (get_pixel (surface, 639, 399), ==, get_pixel (surface, 0, 0));
        g_assert_cmpuint (count_drawn (surface), >, 1500);
        cairo_surface_destroy (surface);
      }
}

static void
test_transparent (gconstpointer user_data)
{
  g_auto (Scene) scene;
  cairo_surface_t *surface;
  BfStyle style;

  scene_init (&scene, user_data, &samples[0], 1);
  bf_style_init (&style, BF_THEME_DARK);
  style.transparent = TRUE;
  surface = draw_image (user_data, 640, 400, &style, &scene.data);
  g_assert_cmphex (get_pixel (surface, 0, 0), ==, 0);
  g_assert_cmpuint (count_drawn (surface), >, 1500);
  cairo_surface_destroy (surface);
}

/* What is read out lies beside the cell, and not over the names of the rows. */
static void
test_card_leaves_names (void)
{
  static const char *const ids[] = { "heatmap", "compare", "difference" };
  const int width = 460, height = 300;

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      const BfFigure *figure = bf_figure_find (ids[i]);
      g_auto (Scene) scene;
      cairo_surface_t *bare;
      BfCursor hover;
      BfStyle style;
      guint drawn = 0;
      int left = 0;

      scene_init (&scene, figure, &samples[0], 2);
      bf_style_init (&style, BF_THEME_LIGHT);
      style.window = TRUE;
      hover = scene.cursor;
      while (left < width && !figure->pick (left, height / 2.0, width, height, &style, &scene.data, &hover))
        left++;
      g_assert_cmpint (left, <, width / 2);
      scene.data.show_cursor = FALSE;
      bare = draw_image (figure, width, height, &style, &scene.data);
      scene.data.hover = &hover;
      for (hover.weighted = 0; hover.weighted < scene.snapshots[0]->plan->n_weighted; hover.weighted++)
        for (hover.step = 0; hover.step <= bf_snapshot_get_last_step (scene.snapshots[1]); hover.step += 7)
          {
            cairo_surface_t *surface = draw_image (figure, width, height, &style, &scene.data);

            for (int y = 0; y < height; y += 3)
              {
                for (int x = 0; x < left - 6; x++)
                  g_assert_cmphex (get_pixel (surface, x, y), ==, get_pixel (bare, x, y));
                for (int x = left; x < width; x += 3)
                  drawn += get_pixel (surface, x, y) != get_pixel (bare, x, y);
              }
            cairo_surface_destroy (surface);
          }
      g_assert_cmpuint (drawn, >, 100);
      cairo_surface_destroy (bare);
    }
}

/* No size breaks a figure, nor any place of the pointer. */
static void
test_every_size (gconstpointer user_data)
{
  static const double sizes[][2] = {
    { 1, 1 }, { 2, 300 }, { 300, 2 }, { 20, 20 }, { 60, 40 }, { 120, 90 }, { 236, 200 }, { 400, 60 }, { 90, 500 }, { 2400, 300 },
  };
  const BfFigure *figure = user_data;

  for (guint s = 0; s < G_N_ELEMENTS (samples); s++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        g_auto (Scene) scene;
        BfCursor hover;
        BfStyle style;

        scene_init (&scene, figure, &samples[s], 1 + i % 2);
        hover = scene.cursor;
        scene.data.hover = &hover;
        scene.data.scale_locked = i % 2;
        bf_style_init (&style, BF_THEME_LIGHT);
        style.window = (s + i) % 2;
        cairo_surface_destroy (draw_image (figure, sizes[i][0], sizes[i][1], &style, &scene.data));
        for (double x = -5; figure->pick && x < sizes[i][0] + 10; x += MAX (1, sizes[i][0] / 7))
          for (double y = -5; y < sizes[i][1] + 10; y += MAX (1, sizes[i][1] / 7))
            {
              BfCursor cursor = { G_MAXUINT, G_MAXUINT64 };

              if (!figure->pick (x, y, sizes[i][0], sizes[i][1], &style, &scene.data, &cursor))
                continue;
              g_assert_cmpuint (cursor.weighted, <, scene.snapshots[0]->plan->n_weighted);
              g_assert_cmpuint (cursor.step, <=, bf_snapshot_get_last_step (scene.snapshots[0]));
            }
      }
}

/* The figures of studies: rows that have not begun, a seed that is missing, one row of a family after another. */
static void
test_rows (void)
{
  static const char *const ids[] = { "accuracy", "attenuation", "results" };
  BfSnapshot *a = sample_snapshot_new (SAMPLE_HEALTHY, 7, 60, 4), *b = sample_snapshot_new (SAMPLE_VANISHING, 7, 60, 4);
  BfSnapshot *const first[] = { a, b, NULL }, *const none[] = { NULL, NULL, NULL };
  const BfFigureRow rows[] = {
    { "No Remedy", BF_FAMILY_BASELINE, FALSE, first, 3, 0.1 },
    { "Batch, \"after\"", BF_FAMILY_NORMALIZATION, FALSE, first, 2, NAN },
    { "Layer", BF_FAMILY_NORMALIZATION, TRUE, none, 3, 0.874 },
  };
  const BfFigureRun run = { a, "Run 1", BF_FAMILY_BASELINE };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      const BfFigure *figure = bf_figure_find (ids[i]);
      BfFigureData data = { .runs = &run, .n_runs = 1 };
      g_autoptr (GString) csv = g_string_new (NULL);
      g_autofree char *words = NULL;

      g_assert_false (bf_figure_applies (figure, &data));
      data.rows = rows;
      data.n_rows = G_N_ELEMENTS (rows);
      g_assert_true (bf_figure_applies (figure, &data));
      for (guint theme = 0; theme < BF_N_THEMES; theme++)
        for (data.chosen_row = 0; data.chosen_row <= 3; data.chosen_row++)
          {
            cairo_surface_t *surface;
            BfStyle style;

            bf_style_init (&style, theme);
            style.window = data.chosen_row % 2;
            style.right_to_left = data.chosen_row > 1;
            surface = draw_image (figure, 640, 400, &style, &data);
            g_assert_cmpuint (count_drawn (surface), >, 1500);
            cairo_surface_destroy (surface);
          }
      figure->csv (csv, &data);
      g_assert_nonnull (strstr (csv->str, "\"Batch, \"\"after\"\"\""));
      g_assert_null (strstr (csv->str, "\nLayer"));
      words = figure->describe (&data);
      g_assert_cmpuint (strlen (words), >, 20);
    }
  bf_snapshot_unref (a);
  bf_snapshot_unref (b);
}

/* Of a picture's pixels from left to before right, those of a color. */
static guint
count_colored (cairo_surface_t *surface, int left, int right, BfColor color)
{
  const guint32 wanted = 0xff000000 | (guint32) lround (color.r * 255) << 16 | (guint32) lround (color.g * 255) << 8 | (guint32) lround (color.b * 255);
  guint n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = left; x < right; x++)
      n += get_pixel (surface, x, y) == wanted;
  return n;
}

/* Half way, a row's last mark is in the middle, and stays there when another row trains seven times as long. */
static void
test_rows_of_other_lengths (void)
{
  BfSnapshot *a = sample_snapshot_new (SAMPLE_HEALTHY, 7, 60, 4), *b = sample_snapshot_new (SAMPLE_HEALTHY, 7, 60, 4);
  BfSnapshot *const one[] = { a }, *const other[] = { b };
  const BfFigureRow rows[] = {
    { "Short", BF_FAMILY_ACTIVATION, FALSE, one, 1, NAN }, { "Long", BF_FAMILY_NORMALIZATION, FALSE, other, 1, NAN },
  };
  const BfFigureRun run = { a, "Run 1", BF_FAMILY_BASELINE };
  const BfFigureData data = { .runs = &run, .n_runs = 1, .rows = rows, .n_rows = 2 };
  guint marked[2];
  BfStyle style;

  bf_style_init (&style, BF_THEME_LIGHT);
  for (guint longer = 0; longer < 2; longer++)
    {
      cairo_surface_t *surface;

      b->steps_planned = a->steps_planned * (longer ? 7 : 1);
      surface = draw_image (bf_figure_find ("accuracy"), 640, 400, &style, &data);
      marked[longer] = count_colored (surface, 240, 380, bf_style_get_family (&style, BF_FAMILY_ACTIVATION));
      cairo_surface_destroy (surface);
    }
  g_assert_cmpuint (marked[0], >, 0);
  g_assert_cmpuint (marked[1], >, 0);
  bf_snapshot_unref (a);
  bf_snapshot_unref (b);
}

static void
test_deep (gconstpointer user_data)
{
  static const Sample deep = { "deep", SAMPLE_ZEROS, 999, 4, 1 };
  g_auto (Scene) scene;
  cairo_surface_t *surface;
  BfStyle style;

  scene_init (&scene, user_data, &deep, 1);
  bf_style_init (&style, BF_THEME_LIGHT);
  surface = draw_image (user_data, 900, 500, &style, &scene.data);
  g_assert_cmpuint (count_drawn (surface), >, 1500);
  cairo_surface_destroy (surface);
}

static GBytes *
export (const BfFigure *figure, BfFormat format, const BfFigureData *data)
{
  g_autoptr (GError) error = NULL;
  BfExportOptions options;
  BfStyle style;
  GBytes *bytes;

  bf_style_init (&style, BF_THEME_PRINT);
  bf_export_options_init (&options, format);
  options.experiment = "{\"seed\": 42}";
  bytes = bf_export_to_bytes (figure, &style, data, &options, &error);
  g_assert_no_error (error);
  return bytes;
}

static void
on_start (GMarkupParseContext *context, const char *name, const char **attributes, const char **values,
          gpointer user_data, GError **error)
{
  guint *seen = user_data;

  *seen |= g_str_equal (name, "svg") ? 1 : g_str_equal (name, "metadata") ? 2 : g_str_equal (name, "desc") ? 4 : 0;
}

static void
test_svg (gconstpointer user_data)
{
  static const GMarkupParser parser = { .start_element = on_start };

  for (guint s = 0; s < G_N_ELEMENTS (samples); s++)
    {
      g_auto (Scene) scene;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GMarkupParseContext) context = NULL;
      guint seen = 0;
      gsize size;

      scene_init (&scene, user_data, &samples[s], 2);
      bytes = export (user_data, BF_FORMAT_SVG, &scene.data);
      context = g_markup_parse_context_new (&parser, 0, &seen, NULL);
      g_markup_parse_context_parse (context, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &error);
      g_assert_no_error (error);
      g_markup_parse_context_end_parse (context, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (seen, ==, 7);
      g_bytes_get_data (bytes, &size);
      g_assert_cmpuint (size, <, 4 << 20);
    }
}

static void
test_pdf (gconstpointer user_data)
{
  const BfFigure *figure = user_data;
  g_auto (Scene) scene;
  g_autoptr (GBytes) bytes = NULL;
  const char *data, *box;
  gsize size;
  double width, height;

  scene_init (&scene, figure, &samples[0], 1);
  bytes = export (figure, BF_FORMAT_PDF, &scene.data);
  data = g_bytes_get_data (bytes, &size);
  g_assert_cmpint (memcmp (data, "%PDF-1.4", 8), ==, 0);
  box = memmem (data, size, "/MediaBox [ 0 0 ", 16);
  g_assert_nonnull (box);
  width = g_ascii_strtod (box + 16, (char **) &box);
  height = g_ascii_strtod (box, NULL);
  g_assert_cmpfloat_with_epsilon (width, figure->width * 0.75, 0.01);
  g_assert_cmpfloat_with_epsilon (height, figure->height * 0.75, 0.01);
  g_assert_nonnull (memmem (data, size, "20260101", 8));
}

static void
test_png (gconstpointer user_data)
{
  const BfFigure *figure = user_data;
  g_auto (Scene) scene;
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;
  gsize size;

  scene_init (&scene, figure, &samples[0], 1);
  bytes = export (figure, BF_FORMAT_PNG, &scene.data);
  data = g_bytes_get_data (bytes, &size);
  g_assert_cmpint (memcmp (data, "\x89PNG", 4), ==, 0);
  g_assert_cmpuint ((guint) data[16] << 24 | data[17] << 16 | data[18] << 8 | data[19], ==, (guint) (2 * figure->width));
  g_assert_nonnull (memmem (data, size, "pHYs\x00\x00\x1d\x87\x00\x00\x1d\x87\x01", 13));   /* 7559 a meter: 192 dpi */
  g_assert_nonnull (memmem (data, size, "iTXtbackflow-experiment", 23));
}

/* Each row has as many fields as the header, quoted commas aside, and no row is empty. */
static void
test_csv (gconstpointer user_data)
{
  const BfFigure *figure = user_data;

  for (guint s = 0; s < G_N_ELEMENTS (samples); s++)
    {
      g_auto (Scene) scene;
      g_autoptr (GString) out = g_string_new (NULL);
      g_auto (GStrv) rows = NULL;
      guint fields = 0;

      scene_init (&scene, figure, &samples[s], 2);
      figure->csv (out, &scene.data);
      g_assert_true (g_str_has_suffix (out->str, "\n"));
      g_string_truncate (out, out->len - 1);
      rows = g_strsplit (out->str, "\n", -1);
      g_assert_cmpuint (g_strv_length (rows), >=, 2);
      for (guint i = 0; rows[i]; i++)
        {
          gboolean quoted = FALSE;
          guint n = 1;

          for (const char *c = rows[i]; *c; c++)
            {
              quoted ^= *c == '"';
              n += *c == ',' && !quoted;
            }
          fields = i == 0 ? n : fields;
          g_assert_cmpuint (n, ==, fields);
        }
    }
}

static void
test_described (gconstpointer user_data)
{
  const BfFigure *figure = user_data;

  for (guint s = 0; s < G_N_ELEMENTS (samples); s++)
    {
      g_auto (Scene) scene;
      g_autofree char *words = NULL;

      scene_init (&scene, figure, &samples[s], 1);
      words = figure->describe (&scene.data);
      g_assert_true (g_utf8_validate (words, -1, NULL));
      g_assert_cmpuint (strlen (words), >, 20);
    }
}

/* The heatmap: cells have the map's colors, rows stand in the network's order, CSV has a row a cell. */
static void
test_heatmap_cells (void)
{
  const BfFigure *figure = bf_figure_find ("heatmap");
  g_auto (Scene) scene;
  g_autoptr (GString) out = g_string_new (NULL);
  cairo_surface_t *surface;
  BfCursor cursor;
  BfStyle style;
  guint found = 0, rows = 0;

  scene_init (&scene, figure, &samples[0], 1);
  scene.data.show_cursor = FALSE;
  bf_style_init (&style, BF_THEME_LIGHT);
  surface = draw_image (figure, 800, 500, &style, &scene.data);
  for (int y = 1; y < 500; y += 3)
    {
      const BfStats *stats;
      guint32 pixel = get_pixel (surface, 300, y), expected;
      guint d = 0;

      if (!figure->pick (300.5, y + 0.5, 800, 500, &style, &scene.data, &cursor))
        continue;
      stats = &bf_snapshot_get_column (scene.snapshots[0], cursor.step)
                 ->layers[scene.snapshots[0]->plan->weighted[cursor.weighted]].tensors[BF_TENSOR_WEIGHT_GRADIENT];
      expected = bf_colormap_magnitude_pixel (stats->log_norm);
      for (guint shift = 0; shift < 24; shift += 8)
        d += (guint) ABS ((int) (pixel >> shift & 0xff) - (int) (expected >> shift & 0xff));
      found += d < 24;
      rows++;
    }
  cairo_surface_destroy (surface);
  g_assert_cmpuint (rows, >, 60);
  g_assert_cmpuint (found, >, rows * 9 / 10);   /* gaps between rows aside */
  figure->csv (out, &scene.data);
  rows = 0;
  for (const char *c = out->str; *c; c++)
    rows += *c == '\n';
  g_assert_cmpuint (rows, ==, 1 + samples[0].columns * (samples[0].hidden + 1));
}

/* A point of the first row at step 20. */
static gboolean
find_cell (const BfFigure *figure, const BfFigureData *data, const BfStyle *style, guint *x, guint *y)
{
  for (*y = 0; *y < 500; *y += 4)
    for (*x = 0; *x < 800; *x += 2)
      {
        BfCursor at;

        if (figure->pick (*x, *y, 800, 500, style, data, &at) && at.weighted == 0 && at.step == 20)
          return TRUE;
      }
  return FALSE;
}

/* Blue where the first run has less than the second, orange where it has more. */
static void
test_difference_sign (void)
{
  const BfFigure *figure = bf_figure_find ("difference");
  BfStyle style;

  bf_style_init (&style, BF_THEME_LIGHT);
  for (guint swapped = 0; swapped < 2; swapped++)
    {
      static const Sample sample = { "vanishing", SAMPLE_VANISHING, 7, 40, 1 };
      g_auto (Scene) scene = { 0 };
      cairo_surface_t *surface;
      const guint8 *pixel;
      guint x, y;

      scene_init (&scene, figure, &sample, 2);
      scene.data.show_cursor = FALSE;
      if (swapped)
        {
          const BfFigureRun first = scene.runs[0];

          scene.runs[0] = scene.runs[1];
          scene.runs[1] = first;
        }
      g_assert_true (find_cell (figure, &scene.data, &style, &x, &y));
      surface = draw_image (figure, 800, 500, &style, &scene.data);
      cairo_surface_flush (surface);
      pixel = cairo_image_surface_get_data (surface) + (gsize) (y + 4) * cairo_image_surface_get_stride (surface) + 4 * x;
      if (swapped)
        g_assert_cmpuint (pixel[2], >, pixel[0] + 20);   /* red above blue */
      else
        g_assert_cmpuint (pixel[0], >, pixel[2] + 20);
      cairo_surface_destroy (surface);
    }
}

/* In the window the rows of heatmap and profile align: the same y picks the same layer. */
static void
test_rows_align (void)
{
  const BfFigure *heatmap = bf_figure_find ("heatmap"), *profile = bf_figure_find ("profile");
  g_auto (Scene) scene;
  BfStyle style;
  guint hits = 0;

  scene_init (&scene, heatmap, &samples[0], 1);
  bf_style_init (&style, BF_THEME_LIGHT);
  style.window = TRUE;
  for (double y = 0; y < 420; y++)
    {
      BfCursor a = { 99, 0 }, b = { 99, 0 };
      gboolean in_a = heatmap->pick (120, y, 500, 420, &style, &scene.data, &a);
      gboolean in_b = profile->pick (100, y, 236, 420, &style, &scene.data, &b);

      g_assert_cmpint (in_a, ==, in_b);
      g_assert_cmpuint (a.weighted, ==, b.weighted);
      g_assert_cmpint (in_a, ==, y >= BF_FIGURE_WINDOW_TOP && y < 420 - BF_FIGURE_WINDOW_BOTTOM);
      hits += in_a;
    }
  g_assert_cmpuint (hits, >, 300);
}

static void
add (const char *name, const BfFigure *figure, void (*test) (gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/figures/%s/%s", figure->kind.id, name);

  g_test_add_data_func (path, figure, test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figures/rows", test_rows);
  g_test_add_func ("/figures/rows-of-other-lengths", test_rows_of_other_lengths);
  g_test_add_func ("/figures/table", test_table);
  for (const BfKind *const *kind = bf_figures (); *kind; kind++)
    {
      const BfFigure *figure = (const BfFigure *) *kind;

      add ("drawn-in-every-theme", figure, test_drawn_in_every_theme);
      add ("transparent", figure, test_transparent);
      add ("every-size", figure, test_every_size);
      add ("deep", figure, test_deep);
      add ("svg", figure, test_svg);
      add ("pdf", figure, test_pdf);
      add ("png", figure, test_png);
      add ("csv", figure, test_csv);
      add ("described", figure, test_described);
    }
  g_test_add_func ("/figures/heatmap-cells", test_heatmap_cells);
  g_test_add_func ("/figures/card-leaves-names", test_card_leaves_names);
  g_test_add_func ("/figures/rows-align", test_rows_align);
  g_test_add_func ("/figures/difference-sign", test_difference_sign);
  return g_test_run ();
}
