/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The phase diagram's tables against the engine's integrals and the literature's numbers.
 */
#include "figures/phase-private.h"
#include "sample-snapshot.h"

#include <math.h>

static const BfPhaseField *
get_field (const char *id)
{
  return bf_phase_field_get ((const BfActivation *) bf_kind_find (bf_activations, id));
}

/* The same χ as iterating the map itself gives, for functions that level off and that do not. */
static void
test_fixed_points (void)
{
  static const char *const ids[] = { "tanh", "sigmoid", "relu", "gelu", "softsign" };
  static const double weights[] = { 0.2, 0.9, 1.5, 3, 40 }, biases[] = { 0.001, 0.05, 0.4 };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      const BfPhaseField *field = get_field (ids[i]);
      g_autoptr (BfMeanField) slow = bf_mean_field_new (field->activation);

      for (guint w = 0; w < G_N_ELEMENTS (weights); w++)
        {
          double chis[G_N_ELEMENTS (biases)];

          bf_phase_field_fill (field, weights[w], G_N_ELEMENTS (biases), biases, chis);
          for (guint b = 0; b < G_N_ELEMENTS (biases); b++)
            {
              const double expected = bf_mean_field_get_chi (slow, weights[w], biases[b]);

              g_assert_cmpfloat_with_epsilon (chis[b], expected, 0.01 * expected);
              g_assert_cmpfloat_with_epsilon (bf_phase_field_get_chi (field, weights[w], biases[b]), expected, 0.01 * expected);
            }
        }
    }
}

/* tanh is critical at 1 without biases, ReLU at 2 whatever they are. */
static void
test_critical (void)
{
  g_assert_cmpfloat_with_epsilon (bf_phase_field_get_critical (get_field ("tanh"), 0), 1, 0.02);
  g_assert_cmpfloat_with_epsilon (bf_phase_field_get_critical (get_field ("relu"), 0), 2, 1e-3);
  g_assert_cmpfloat_with_epsilon (bf_phase_field_get_critical (get_field ("relu"), 0.3), 2, 1e-3);
  g_assert_true (get_field ("relu")->even && get_field ("leaky-relu")->even);
  g_assert_false (get_field ("tanh")->even || get_field ("elu")->even);
}

/* On its line χ is what the line says. */
static void
test_contours (void)
{
  const BfPhaseField *field = get_field ("tanh");
  guint n = 0;

  for (guint i = 0; i < BF_PHASE_QS; i++)
    {
      double w, b;

      if (!bf_phase_field_get_contour (field, 0.8, i, &w, &b) || b > 2)
        continue;
      g_assert_cmpfloat_with_epsilon (bf_phase_field_get_chi (field, w, b), 0.8, 0.01);
      n++;
    }
  g_assert_cmpuint (n, >, 50);
  g_assert_cmpfloat_with_epsilon (bf_phase_get_layers (pow (10, -2.0 / 30)), 30, 1e-9);
}

/* The first tutorial's network: framework default, so σw² = 1/3, deep in the ordered phase. */
static void
test_network (void)
{
  g_autoptr (BfSnapshot) snapshot = sample_snapshot_new (SAMPLE_VANISHING, 7, 1, 1);
  g_autoptr (BfPhaseNetwork) network = bf_phase_network_new (snapshot->plan);

  g_assert_null (network->reason);
  g_assert_cmpstr (network->activation->kind.id, ==, "sigmoid");
  g_assert_cmpuint (network->n_layers, ==, 7);
  for (guint i = 0; i < 7; i++)
    {
      g_assert_cmpfloat_with_epsilon (network->layers[i].weight_variance, 1 / 3.0, 1e-6);
      g_assert_cmpfloat (network->layers[i].chi, <, 0.021);   /* 1/3 / 16, the slope's largest */
    }
  g_assert_cmpfloat_with_epsilon (network->layers[3].bias_variance, 1 / (3.0 * 128), 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phase/fixed-points", test_fixed_points);
  g_test_add_func ("/phase/critical", test_critical);
  g_test_add_func ("/phase/contours", test_contours);
  g_test_add_func ("/phase/network", test_network);
  return g_test_run ();
}
