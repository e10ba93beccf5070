/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Layers of several runs beside each other, the spread over seeds, and clipping.
 */
#include "bf-layer-places.h"
#include "figures/depth-private.h"
#include "sample-snapshot.h"

#include <math.h>
#include <string.h>

/* The network of a snapshot with a dense layer more before the layer at `at`. */
static BfSnapshot *
insert_layer (BfSnapshot *snapshot, guint at)
{
  BfSnapshot *wider = sample_snapshot_new (SAMPLE_VANISHING, snapshot->plan->n_weighted, 3, 1);
  BfPlan *old = snapshot->plan, *plan = wider->plan;
  guint32 id = 1000;

  g_assert_cmpuint (plan->n_weighted, ==, old->n_weighted + 1);
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      BfPlanLayer *layer = &plan->layers[plan->weighted[w]];
      BfLayer *copy = g_memdup2 (layer->layer, sizeof (BfLayer));   /* the plan borrows it */
      const guint like = w < at ? w : w - 1;

      copy->id = w == at ? id++ : old->layers[old->weighted[like]].layer->id;
      layer->copy = w == at ? 0 : old->layers[old->weighted[like]].copy;
      layer->layer = copy;
      g_test_queue_free (copy);
    }
  return wider;
}

static void
test_same_layers_stand_beside_each_other (void)
{
  g_autoptr (BfSnapshot) first = sample_snapshot_new (SAMPLE_VANISHING, 4, 3, 1);
  g_autoptr (BfSnapshot) second = insert_layer (first, 2);
  const BfFigureRun runs[] = { { first, "A", BF_FAMILY_BASELINE }, { second, "B", BF_FAMILY_ACTIVATION } };
  const BfFigureData data = { .runs = runs, .n_runs = 2, .tensor = BF_TENSOR_WEIGHT_GRADIENT };
  g_autoptr (BfLayerPlaces) places = bf_layer_places_new (&data);

  g_assert_cmpuint (places->n, ==, 6);
  for (guint w = 0; w < 5; w++)
    {
      g_assert_cmpuint (places->of[0][w], ==, w < 2 ? w : w + 1);
      g_assert_cmpuint (places->of[1][w < 2 ? w : w + 1], ==, places->of[0][w]);
    }
  g_assert_cmpint (places->first[2], ==, -1);
  g_assert_cmpint (places->first[3], ==, 2);
}

/* A place is no layer's number where another run has more layers: a warning would end this. */
static void
test_more_places_than_layers_are_drawn (void)
{
  g_autoptr (BfSnapshot) first = sample_snapshot_new (SAMPLE_VANISHING, 4, 3, 1);
  g_autoptr (BfSnapshot) second = insert_layer (first, 2);
  const BfFigureRun runs[] = { { first, "A", BF_FAMILY_BASELINE }, { second, "B", BF_FAMILY_ACTIVATION } };
  const BfFigureData data = { .runs = runs, .n_runs = 2, .tensor = BF_TENSOR_WEIGHT_GRADIENT, .show_cursor = TRUE };
  static const char *const figures[] = { "depth", "profile", "heatmap" };

  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    {
      cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR, NULL);
      cairo_t *cr = cairo_create (surface);
      BfStyle style;

      bf_style_init (&style, BF_THEME_LIGHT);
      style.window = TRUE;
      bf_figure_draw (bf_figure_find (figures[i]), cr, 500, 260, &style, &data);
      g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
    }
}

static void
test_one_run_has_its_own_places (void)
{
  g_autoptr (BfSnapshot) snapshot = sample_snapshot_new (SAMPLE_HEALTHY, 7, 3, 1);
  const BfFigureRun run = { snapshot, NULL, BF_FAMILY_BASELINE };
  const BfFigureData data = { .runs = &run, .n_runs = 1 };
  g_autoptr (BfLayerPlaces) places = bf_layer_places_new (&data);

  g_assert_cmpuint (places->n, ==, 8);
  for (guint w = 0; w < 8; w++)
    g_assert_cmpuint (places->of[0][w], ==, w);
}

static void
test_spread_over_seeds (void)
{
  g_autoptr (BfSnapshot) low = sample_snapshot_new (SAMPLE_VANISHING, 7, 3, 1);
  g_autoptr (BfSnapshot) high = sample_snapshot_new (SAMPLE_HEALTHY, 7, 3, 1);
  BfSnapshot *seeds[] = { high, NULL };
  const BfFigureRun alone = { low, "Run 1", BF_FAMILY_BASELINE };
  const BfFigureRun run = { low, "Run 1", BF_FAMILY_BASELINE, NULL, seeds, 2 };
  BfFigureData data = { .runs = &alone, .n_runs = 1, .tensor = BF_TENSOR_WEIGHT_GRADIENT };
  const BfFigure *figure = bf_figure_find ("depth");
  g_autofree char *words = NULL;
  g_autoptr (GString) csv = g_string_new (NULL);
  const BfColumn *a = low->columns->pdata[low->columns->len - 1], *b = high->columns->pdata[high->columns->len - 1];
  double from, to;

  g_assert_false (bf_depth_get_range (&data, 0, 0, &from, &to));
  data.runs = &run;
  g_assert_true (bf_depth_get_range (&data, 0, 0, &from, &to));
  g_assert_cmpfloat (fabs (from - (double) bf_column_get_stats (a, low->plan, 0, BF_TENSOR_WEIGHT_GRADIENT)->log_norm), <, 1e-6);
  g_assert_cmpfloat (fabs (to - (double) bf_column_get_stats (b, high->plan, 0, BF_TENSOR_WEIGHT_GRADIENT)->log_norm), <, 1e-6);
  words = figure->describe (&data);
  g_assert_nonnull (strstr (words, "Of 2 seeds"));
  figure->csv (csv, &data);
  g_assert_nonnull (strstr (csv->str, "Run 1, seed"));
}

/* Of a study, a line a row with the seeds that have begun. */
static void
test_rows_of_a_study (void)
{
  g_autoptr (BfSnapshot) a = sample_snapshot_new (SAMPLE_VANISHING, 3, 3, 1), b = sample_snapshot_new (SAMPLE_HEALTHY, 3, 3, 1);
  BfSnapshot *first[] = { NULL, a, b }, *second[] = { NULL, NULL, NULL };
  const BfFigureRow rows[] = { { "Baseline", BF_FAMILY_BASELINE, FALSE, first, 3 }, { "ReLU", BF_FAMILY_ACTIVATION, FALSE, second, 3 } };
  const BfFigureRun run = { a };
  const BfFigureData data = { .runs = &run, .n_runs = 1, .rows = rows, .n_rows = 2, .tensor = BF_TENSOR_WEIGHT_GRADIENT };
  g_autofree BfFigureRun *runs = NULL;
  BfFigureData shown;
  double low, high;

  runs = bf_depth_take_rows (&data, &shown);
  g_assert_cmpuint (shown.n_runs, ==, 1);
  g_assert_cmpstr (shown.runs[0].label, ==, "Baseline");
  g_assert_true (bf_depth_get_range (&shown, 0, 0, &low, &high));
}

static void
test_clipping_says_how_often (void)
{
  g_autoptr (BfSnapshot) snapshot = sample_snapshot_new (SAMPLE_HEALTHY, 3, 10, 4);
  const BfFigureRun run = { snapshot, NULL, BF_FAMILY_BASELINE };
  const BfFigureData data = { .runs = &run, .n_runs = 1, .tensor = BF_TENSOR_WEIGHT_GRADIENT };
  const BfFigure *figure = bf_figure_find ("clipping");
  g_autofree char *words = NULL;
  g_autoptr (GString) csv = g_string_new (NULL);

  for (guint i = 0; i < snapshot->columns->len; i++)
    {
      BfColumn *column = snapshot->columns->pdata[i];

      column->log_gradient = 1;
      column->log_clipped = i < 5 ? 1 : 0;
      column->normed = column->count;
      column->clipped = i < 5 ? 0 : column->count;
    }
  words = figure->describe (&data);
  g_assert_nonnull (strstr (words, "Clipped in"));
  figure->csv (csv, &data);
  g_assert_nonnull (strstr (csv->str, ",10,10,0\n"));
  g_assert_nonnull (strstr (csv->str, ",10,1,1\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/depth/same-layers", test_same_layers_stand_beside_each_other);
  g_test_add_func ("/depth/more-places-than-layers", test_more_places_than_layers_are_drawn);
  g_test_add_func ("/depth/one-run", test_one_run_has_its_own_places);
  g_test_add_func ("/depth/seeds", test_spread_over_seeds);
  g_test_add_func ("/depth/rows-of-a-study", test_rows_of_a_study);
  g_test_add_func ("/clipping/how-often", test_clipping_says_how_often);
  return g_test_run ();
}
