/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What heatmap and profile show besides norms: every row of the table drawn, written and said.
 */
#include "bf-layer-value.h"
#include "sample-snapshot.h"

#include <math.h>
#include <string.h>

static const SampleKind kinds[] = { SAMPLE_VANISHING, SAMPLE_HEALTHY, SAMPLE_EXPLODING, SAMPLE_ZEROS, SAMPLE_NAN };

static void
test_drawn (void)
{
  static const char *const ids[] = { "heatmap", "profile" };
  guint n;
  const BfLayerValue *values = bf_layer_values (&n);

  for (guint i = 0; i < n * G_N_ELEMENTS (kinds) * G_N_ELEMENTS (ids); i++)
    {
      const BfFigure *figure = bf_figure_find (ids[i % 2]);
      g_autoptr (BfSnapshot) snapshot = sample_snapshot_new (kinds[i / 2 % G_N_ELEMENTS (kinds)], 7, 40, 2);
      const BfFigureRun run = { snapshot, "Run 1", BF_FAMILY_BASELINE };
      const BfCursor hover = { 3, 20 };
      const BfFigureData data = { .runs = &run, .n_runs = 1, .cursor = hover, .show_cursor = i % 3 == 0, .hover = i % 4 ? &hover : NULL,
                                  .tensor = BF_TENSOR_WEIGHT_GRADIENT, .value = &values[i / 2 / G_N_ELEMENTS (kinds)], .scale_locked = i % 7 < 4 };
      g_autoptr (GString) csv = g_string_new (NULL);
      g_autofree char *words = figure->describe (&data);
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 640, 400);
      cairo_t *cr = cairo_create (surface);
      BfStyle style;

      bf_style_init (&style, i % BF_N_THEMES);
      style.window = i % 5 == 0;
      bf_figure_draw (figure, cr, 640, 400, &style, &data);
      g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
      figure->csv (csv, &data);
      g_assert_nonnull (strstr (csv->str, data.value->id));
      g_assert_nonnull (strstr (words, data.value->name));
    }
}

/* The gains of layers 2 … n are ratios of neighboring norms: they multiply to the whole. */
static void
test_gains_multiply (void)
{
  g_autoptr (BfSnapshot) snapshot = sample_snapshot_new (SAMPLE_VANISHING, 7, 1, 1);
  const BfPlan *plan = snapshot->plan;
  g_autoptr (BfColumn) column = bf_column_copy (snapshot->start);
  const BfLayerValue *gain = bf_layer_value_find ("gain");
  double product = 1;

  for (guint w = 0; w < plan->n_weighted; w++)
    column->layers[bf_plan_get_stage_end (plan, w)].tensors[BF_TENSOR_OUTPUT_GRADIENT] = (BfStats) { .log_norm = -0.3f * (w + 1) * w, .size = 1, .counted = 1 };
  for (guint w = 1; w < plan->n_weighted; w++)
    product *= gain->get (column, plan, w);
  g_assert_cmpfloat_with_epsilon (log10 (product),
                                  log10 (bf_column_get_norm (column, bf_plan_get_stage_end (plan, 0), BF_TENSOR_OUTPUT_GRADIENT)
                                         / bf_column_get_norm (column, bf_plan_get_stage_end (plan, plan->n_weighted - 1), BF_TENSOR_OUTPUT_GRADIENT)),
                                  1e-3);
}

static void
test_attenuation (void)
{
  g_autoptr (BfSnapshot) snapshot = sample_snapshot_new (SAMPLE_VANISHING, 7, 1, 1);
  g_autoptr (BfColumn) column = bf_column_copy (snapshot->start);
  const BfLayerValue *value = bf_layer_value_find ("attenuation");

  for (guint i = 0; i < column->n_layers; i++)
    column->layers[i].tensors[BF_TENSOR_WEIGHT_GRADIENT].counted = 1;
  g_assert_cmpfloat (bf_column_get_attenuation (column, snapshot->plan), <, 1e-3);
  g_assert_cmpfloat_with_epsilon (log10 (value->get (column, snapshot->plan, 0)),
                                  log10 (bf_column_get_attenuation (column, snapshot->plan)), 1e-3);
  g_assert_cmpfloat (value->get (column, snapshot->plan, 6), ==, 1);
  g_assert_true (isnan (value->get (column, snapshot->plan, 7)));   /* the output is not hidden */
}

/* What is not a number is a state, never a small value; a share of 0 is a value. */
static void
test_states (void)
{
  g_autoptr (BfSnapshot) nan = sample_snapshot_new (SAMPLE_NAN, 3, 2, 1), well = sample_snapshot_new (SAMPLE_HEALTHY, 3, 2, 1);
  const BfColumn *bad = nan->columns->pdata[0], *good = well->columns->pdata[0];
  const BfCell rms = bf_layer_value_get_cell (bf_layer_value_find ("gradient-rms"), bad, nan->plan, 1);
  const BfCell share = bf_layer_value_get_cell (bf_layer_value_find ("nonfinite"), bad, nan->plan, 1);
  const BfCell none = bf_layer_value_get_cell (bf_layer_value_find ("nonfinite"), good, well->plan, 1);

  g_assert_cmpint (rms.state, ==, BF_CELL_NAN);
  g_assert_cmpint (share.state, ==, BF_CELL_VALUE);
  g_assert_cmpfloat (share.log, ==, 1);
  g_assert_cmpint (none.state, ==, BF_CELL_VALUE);
  g_assert_cmpfloat (none.log, ==, 0);
}

/* A scale that is let go holds all that is finite and no more than reads well; a locked one is that of the table. */
static void
test_fitted (void)
{
  guint n, narrower = 0;
  const BfLayerValue *values = bf_layer_values (&n);

  for (guint i = 0; i < n * G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (BfSnapshot) snapshot = sample_snapshot_new (kinds[i % G_N_ELEMENTS (kinds)], 7, 40, 2);
      const BfFigureRun run = { snapshot, "Run 1", BF_FAMILY_BASELINE };
      const BfLayerValue *value = &values[i / G_N_ELEMENTS (kinds)];
      BfFigureData data = { .runs = &run, .n_runs = 1, .tensor = BF_TENSOR_WEIGHT_GRADIENT, .value = value, .scale_locked = TRUE };
      BfMagnitude locked, fitted;

      bf_layer_value_init_range (&locked, &data);
      g_assert_false (locked.fitted);
      data.scale_locked = FALSE;
      bf_layer_value_init_range (&fitted, &data);
      g_assert_true (fitted.fitted);
      g_assert_cmpfloat (fitted.low, <, fitted.high);
      narrower += fitted.high - fitted.low < locked.high - locked.low;
      if (value->scale == BF_VALUE_GAIN || value->scale == BF_VALUE_SIGNED)
        g_assert_cmpfloat (fitted.low, ==, -fitted.high);
      for (guint c = 0; c < snapshot->columns->len; c++)
        for (guint w = 0; w < snapshot->plan->n_weighted; w++)
          {
            const BfCell cell = bf_layer_value_get_cell (value, snapshot->columns->pdata[c], snapshot->plan, w);

            g_assert_false (cell.log < fitted.low - 1e-6 || cell.log > fitted.high + 1e-6);
          }
    }
  g_assert_cmpuint (narrower, >, n);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/values/drawn", test_drawn);
  g_test_add_func ("/values/gains-multiply", test_gains_multiply);
  g_test_add_func ("/values/attenuation", test_attenuation);
  g_test_add_func ("/values/states", test_states);
  g_test_add_func ("/values/fitted", test_fitted);
  return g_test_run ();
}
