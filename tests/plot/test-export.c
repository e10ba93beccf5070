/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-export.h"
#include "sample-snapshot.h"

#include <string.h>

/* What JSON may hold and a format may stumble over. */
static const char experiment[] =
  "{\n  \"name\": \"Ünïcode ∇ <&> ]]> \\\"quoted\\\" (a) \\\\\",\n\t\"seed\": 42, \"summary\": \"日本語\"\n}";

static GBytes *
export_sample (BfFormat format, const char *text, GError **error)
{
  BfSnapshot *snapshot = sample_snapshot_new (SAMPLE_VANISHING, 3, 20, 1);
  BfFigureRun run = { snapshot, "run", BF_FAMILY_BASELINE };
  BfFigureData data = { .runs = &run, .n_runs = 1, .tensor = BF_TENSOR_WEIGHT_GRADIENT, .scale_locked = TRUE };
  BfExportOptions options;
  BfStyle style;
  GBytes *bytes;

  bf_style_init (&style, BF_THEME_LIGHT);
  bf_export_options_init (&options, format);
  options.experiment = text;
  options.width = 400;
  options.height = 300;
  bytes = bf_export_to_bytes (bf_figure_find ("heatmap"), &style, &data, &options, error);
  bf_snapshot_unref (snapshot);
  return bytes;
}

static void
test_round_trip (void)
{
  for (guint format = BF_FORMAT_PNG; format <= BF_FORMAT_PDF; format++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = export_sample (format, experiment, &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = bf_export_read_experiment (bytes, "figure", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, experiment);
    }
}

static void
test_long_round_trip (void)
{
  g_autoptr (GString) text = g_string_new ("{");

  for (guint i = 0; i < 40000; i++)
    g_string_append_printf (text, "\"key%u\": %u,\n", i, i);
  for (guint format = BF_FORMAT_PNG; format <= BF_FORMAT_PDF; format++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = export_sample (format, text->str, &error);
      g_autofree char *read = NULL;

      g_assert_no_error (error);
      read = bf_export_read_experiment (bytes, "figure", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (read, ==, text->str);
    }
}

static void
test_nothing_carried (void)
{
  for (guint format = BF_FORMAT_PNG; format <= BF_FORMAT_CSV; format++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = export_sample (format, NULL, NULL);

      g_assert_null (bf_export_read_experiment (bytes, "figure", &error));
      g_assert_error (error, BF_ERROR, BF_ERROR_FILE);
      g_assert_nonnull (strstr (error->message, "figure"));
    }
}

static void
test_same_bytes_again (void)
{
  static const BfFormat formats[] = { BF_FORMAT_PNG, BF_FORMAT_PDF, BF_FORMAT_CSV };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GBytes) a = export_sample (formats[i], experiment, NULL);
      g_autoptr (GBytes) b = export_sample (formats[i], experiment, NULL);

      g_assert_true (g_bytes_equal (a, b));
    }
}

/* Files cut anywhere and files with bytes changed give an error or the text, never a crash. */
static void
test_damaged_files (void)
{
  for (guint format = BF_FORMAT_PNG; format <= BF_FORMAT_PDF; format++)
    {
      g_autoptr (GBytes) bytes = export_sample (format, experiment, NULL);
      gsize size;
      const guint8 *data = g_bytes_get_data (bytes, &size);

      for (guint i = 0; i < 300; i++)
        {
          g_autoptr (GBytes) cut = g_bytes_new (data, i < 150 ? i : size * i / 300);
          g_autofree guint8 *changed = g_memdup2 (data, size);
          g_autoptr (GBytes) other = NULL;
          g_autoptr (GError) error = NULL, error2 = NULL;
          g_autofree char *text = bf_export_read_experiment (cut, "cut", &error), *text2 = NULL;

          g_assert_true ((text == NULL) == (error != NULL));
          for (guint k = 0; k < 5; k++)
            changed[(i * 7919u + k * 104729u) % MIN (size, 3000)] ^= (guint8) (1 + i + k);
          other = g_bytes_new (changed, size);
          text2 = bf_export_read_experiment (other, "changed", &error2);
          g_assert_true ((text2 == NULL) == (error2 != NULL));
        }
    }
}

static void
test_garbage (void)
{
  static const char *const files[] = {
    "", "x", "hello", "<svg", "<svg>", "%PDF-", "%PDF-1.4 backflow-experiment-base64:", "\x89PNG\r\n\x1a\n",
    "<?xml version=\"1.0\"?><svg><metadata><backflow:experiment>", "<svg><backflow:experiment></backflow:experiment></svg>",
    "%PDF-1.4 backflow-experiment-base64:////", "%PDF-1.4 backflow-experiment-base64:!",
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (files[i], strlen (files[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (bf_export_read_experiment (bytes, "garbage", &error));
      g_assert_nonnull (error);
    }
}

static void
test_absurd_sizes (void)
{
  static const struct { double width, height, dpi; } sizes[] = {
    { 1e9, 100, 96 }, { 100, 1e300, 96 }, { 30000, 30000, 96 }, { 20000, 100, 600 }, { 0.5, 100, 96 }, { 100, 100, 1e9 },
  };
  BfSnapshot *snapshot = sample_snapshot_new (SAMPLE_VANISHING, 3, 20, 1);
  BfFigureRun run = { snapshot, "run", BF_FAMILY_BASELINE };
  BfFigureData data = { .runs = &run, .n_runs = 1, .tensor = BF_TENSOR_WEIGHT_GRADIENT };
  BfStyle style;

  bf_style_init (&style, BF_THEME_LIGHT);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      BfExportOptions options;
      g_autoptr (GError) error = NULL;

      bf_export_options_init (&options, BF_FORMAT_PNG);
      options.width = sizes[i].width;
      options.height = sizes[i].height;
      options.dpi = sizes[i].dpi;
      g_assert_null (bf_export_to_bytes (bf_figure_find ("heatmap"), &style, &data, &options, &error));
      g_assert_error (error, BF_ERROR, BF_ERROR_TOO_LARGE);
    }
  bf_snapshot_unref (snapshot);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/round-trip", test_round_trip);
  g_test_add_func ("/export/long-round-trip", test_long_round_trip);
  g_test_add_func ("/export/nothing-carried", test_nothing_carried);
  g_test_add_func ("/export/same-bytes-again", test_same_bytes_again);
  g_test_add_func ("/export/damaged-files", test_damaged_files);
  g_test_add_func ("/export/garbage", test_garbage);
  g_test_add_func ("/export/absurd-sizes", test_absurd_sizes);
  return g_test_run ();
}
