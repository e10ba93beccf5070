/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Every clipping of the table: what it promises of elements and norms, the factor that it reports,
 * and that the record is of gradients before it.
 */
#include "bf-clip.h"
#include "bf-trainer.h"

#include <math.h>
#include <string.h>

static BfSpec *
make_spec (void)
{
  BfSpec *spec = bf_spec_new ();

  bf_options_free (spec->data);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "moons"));
  g_assert_true (bf_options_set_number (spec->data, "samples", 100, NULL));
  spec->scaling = bf_kind_find (bf_scalings, "none");
  spec->epochs = 1;
  for (guint i = 0; i < 3; i++)
    {
      BfLayer *layer = bf_spec_append (spec, "dense");

      g_assert_true (bf_options_set_number (layer->options, "units", i < 2 ? 6 : 2, NULL));
      layer->frozen = i == 0;
    }
  return spec;
}

static void
set_clipping (BfSpec *spec, const BfKind *kind, double limit)
{
  bf_options_free (spec->clipping);
  spec->clipping = bf_options_new (kind);
  if (bf_kind_find_param (kind, "limit"))
    g_assert_true (bf_options_set_number (spec->clipping, "limit", limit, NULL));
}

static BfNetwork *
make_network (BfSpec *spec)
{
  g_autoptr (BfPlan) plan = bf_plan_new (spec, &(BfShape) { 2, 2, 2 });
  g_autoptr (GError) error = NULL;
  BfNetwork *network = bf_network_new (plan, 1, 4, &error);

  g_assert_no_error (error);
  return network;
}

static void
fill_gradients (BfNetwork *network)
{
  for (guint i = 0; i < bf_network_get_n_parameters (network); i++)
    {
      const BfParameter *p = &bf_network_get_parameters (network)[i];

      for (guint k = 0; k < p->rows * p->columns; k++)
        p->gradient[k] = sinf (1.3f * (float) k) * (float) (i + 1);
    }
}

/* ‖gradient‖₂ and largest |element| of the tensors from first to last, without the frozen. */
static double
get_norm (BfNetwork *network, guint first, guint last, double *largest)
{
  double squares = 0;

  *largest = 0;
  for (guint i = first; i <= last; i++)
    {
      const BfParameter *p = &bf_network_get_parameters (network)[i];

      for (guint k = 0; k < p->rows * p->columns && !p->frozen; k++)
        {
          squares += (double) p->gradient[k] * p->gradient[k];
          *largest = fmax (*largest, fabs (p->gradient[k]));
        }
    }
  return sqrt (squares);
}

/* What each promises at a limit: the largest element, every tensor's norm, or the norm of all. */
static void
assert_limited (BfNetwork *network, const char *id, double limit)
{
  guint n = bf_network_get_n_parameters (network);
  double largest, norm = get_norm (network, 0, n - 1, &largest), ignored;

  if (g_str_equal (id, "value"))
    g_assert_cmpfloat_with_epsilon (largest, limit, 1e-6);
  if (g_str_equal (id, "global-norm"))
    g_assert_cmpfloat_with_epsilon (norm, limit, 1e-6);
  for (guint i = 2; i < n && g_str_equal (id, "norm"); i++)
    g_assert_cmpfloat_with_epsilon (get_norm (network, i, i, &ignored), limit, 1e-6);
}

static void
test_limits (gconstpointer kind)
{
  g_autoptr (BfSpec) spec = make_spec ();
  g_autoptr (BfNetwork) network = make_network (spec);
  const BfParameter *frozen = bf_network_find_parameter (network, 0, "weight");
  g_autofree float *before = g_new (float, bf_network_get_size (network));
  guint n = bf_network_get_n_parameters (network);
  gsize bytes = bf_network_get_size (network) * sizeof (float);
  double norm, largest, factor = NAN;

  fill_gradients (network);
  memcpy (before, bf_network_get_gradients (network), bytes);
  norm = get_norm (network, 0, n - 1, &largest);
  set_clipping (spec, kind, 1e6);
  bf_clip_apply (network, spec->clipping, &factor);
  g_assert_cmpfloat (factor, ==, 1);
  g_assert_cmpmem (before, bytes, bf_network_get_gradients (network), bytes);
  set_clipping (spec, kind, 0.25);
  bf_clip_apply (network, spec->clipping, &factor);
  if (bf_kind_find_param (kind, "limit"))
    assert_limited (network, ((const BfKind *) kind)->id, 0.25);
  g_assert_cmpfloat_with_epsilon (factor, get_norm (network, 0, n - 1, &largest) / norm, 1e-9);
  g_assert_cmpmem (frozen->gradient, 12 * sizeof (float), before + frozen->offset, 12 * sizeof (float));
}

static void
test_zero (gconstpointer kind)
{
  g_autoptr (BfSpec) spec = make_spec ();
  g_autoptr (BfNetwork) network = make_network (spec);
  double factor = NAN;

  set_clipping (spec, kind, 0.25);
  bf_clip_apply (network, spec->clipping, &factor);
  g_assert_cmpfloat (factor, ==, 1);
  for (gsize i = 0; i < bf_network_get_size (network); i++)
    g_assert_cmpfloat (bf_network_get_gradients (network)[i], ==, 0);
}

/* The first step with and without clipping: one record, two updates. */
static void
test_record (void)
{
  g_autoptr (BfSpec) spec = make_spec (), clipped_spec = NULL;
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, NULL);
  g_autoptr (BfPlan) plan = bf_plan_new (spec, bf_dataset_get_shape (data)), clipped_plan = NULL;
  g_autoptr (BfTrainer) trainer = bf_trainer_new (plan, data, 1, NULL), clipped = NULL;
  g_autoptr (BfSnapshot) snapshot = NULL, clipped_snapshot = NULL;
  const BfColumn *a, *b;

  clipped_spec = bf_spec_copy (spec);
  g_assert_true (bf_spec_equal (spec, clipped_spec));
  set_clipping (clipped_spec, bf_kind_find (bf_clippings, "global-norm"), 1e-3);
  g_assert_false (bf_spec_equal (spec, clipped_spec));
  clipped_plan = bf_plan_new (clipped_spec, bf_dataset_get_shape (data));
  clipped = bf_trainer_new (clipped_plan, data, 1, NULL);
  bf_trainer_step (trainer);
  bf_trainer_step (clipped);
  snapshot = bf_trainer_snapshot (trainer);
  clipped_snapshot = bf_trainer_snapshot (clipped);
  a = bf_snapshot_get_column (snapshot, 0);
  b = bf_snapshot_get_column (clipped_snapshot, 0);
  g_assert_cmpfloat (a->clip_factor, ==, 1);
  g_assert_cmpfloat (b->clip_factor, <, 0.5);
  g_assert_cmpfloat (b->clip_factor, >, 0);
  for (guint l = 0; l < a->n_layers; l++)
    g_assert_cmpfloat (bf_column_get_norm (a, l, BF_TENSOR_WEIGHT_GRADIENT), ==,
                       bf_column_get_norm (b, l, BF_TENSOR_WEIGHT_GRADIENT));
  g_assert_cmpfloat_with_epsilon (b->layers[2].update_ratio / a->layers[2].update_ratio, b->clip_factor,
                                  0.01 * b->clip_factor);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (const BfKind *const *kind = bf_clippings (); *kind; kind++)
    {
      g_autofree char *limits = g_strconcat ("/clip/limits/", (*kind)->id, NULL);
      g_autofree char *zero = g_strconcat ("/clip/zero/", (*kind)->id, NULL);

      g_test_add_data_func (limits, *kind, test_limits);
      g_test_add_data_func (zero, *kind, test_zero);
    }
  g_test_add_func ("/clip/record", test_record);
  return g_test_run ();
}
