/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The network as a whole: what its start depends on, its memory, its loss at the edges, and that
 * it learns.
 */
#include "bf-layer.h"
#include "bf-optimizer.h"

#include <math.h>
#include <string.h>

static BfLayer *
append_dense (BfSpec *spec, guint units, const char *start)
{
  BfLayer *layer = bf_spec_append (spec, "dense");

  g_assert_true (bf_options_set_number (layer->options, "units", units, NULL));
  g_assert_true (bf_options_set_choice (layer->options, "start", start, NULL));
  return layer;
}

static BfNetwork *
compile (BfSpec *spec, guint inputs, guint outputs, guint64 seed)
{
  gboolean classes = bf_options_is (spec->loss, "cross-entropy");
  g_autoptr (BfPlan) plan = bf_plan_new (spec, &(BfShape) { inputs, outputs, classes ? outputs : 0 });
  g_autoptr (GError) error = NULL;
  BfNetwork *network = bf_network_new (plan, seed, 8, &error);

  g_assert_no_error (error);
  return network;
}

static void
assert_same_start (BfNetwork *a, guint layer_a, BfNetwork *b, guint layer_b, gboolean same)
{
  const BfParameter *wa = bf_network_find_parameter (a, layer_a, "weight");
  const BfParameter *wb = bf_network_find_parameter (b, layer_b, "weight");
  gsize size = (gsize) wa->rows * wa->columns * sizeof (float);

  g_assert_cmpuint (wa->rows * wa->columns, ==, wb->rows * wb->columns);
  g_assert_cmpint (memcmp (wa->value, wb->value, size) == 0, ==, same);
}

/* A layer's start depends on the seed, its permanent id and its copy, and on nothing else. */
static void
test_start (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfSpec) other = NULL;
  g_autoptr (BfNetwork) a = NULL, b = NULL, c = NULL, changed = NULL;
  BfBlock *block;

  append_dense (spec, 6, "he-normal");
  append_dense (spec, 6, "framework-default");
  append_dense (spec, 6, "framework-default");
  ((BfBlock *) spec->blocks->pdata[2])->count = 2;
  a = compile (spec, 6, 6, 1);
  b = compile (spec, 6, 6, 1);
  c = compile (spec, 6, 6, 2);
  g_assert_cmpmem (bf_network_get_values (a), bf_network_get_size (a) * sizeof (float),
                   bf_network_get_values (b), bf_network_get_size (b) * sizeof (float));
  assert_same_start (a, 1, c, 1, FALSE);
  assert_same_start (a, 1, a, 2, FALSE);
  assert_same_start (a, 2, a, 3, FALSE);
  /* Another first layer, an activation before the last block: the last block's start stays. */
  other = bf_spec_copy (spec);
  block = bf_block_new (FALSE, 1);
  bf_options_set_choice (((BfLayer *) ((BfBlock *) other->blocks->pdata[0])->layers->pdata[0])->options,
                         "start", "orthogonal", NULL);
  g_ptr_array_add (block->layers, bf_layer_new (other, "activation"));
  g_ptr_array_insert (other->blocks, 1, block);
  changed = compile (other, 6, 6, 1);
  assert_same_start (a, 0, changed, 0, FALSE);
  assert_same_start (a, 2, changed, 3, TRUE);
  assert_same_start (a, 3, changed, 4, TRUE);
}

static void
test_memory (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfNetwork) network = NULL;

  append_dense (spec, 3, "constant")->frozen = TRUE;
  bf_options_set_number (append_dense (spec, 2, "he-normal")->options, "bias", 0, NULL);
  network = compile (spec, 5, 2, 1);
  g_assert_cmpuint (bf_network_get_n_parameters (network), ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      const BfParameter *p = &bf_network_get_parameters (network)[i];

      g_assert_true (p->value == bf_network_get_values (network) + p->offset);
      g_assert_true (p->gradient == bf_network_get_gradients (network) + p->offset);
      g_assert_cmpuint ((gsize) p->value % 64, ==, 0);
      g_assert_cmpint (p->frozen, ==, p->layer == 0);
    }
  g_assert_null (bf_network_find_parameter (network, 1, "bias"));
  g_assert_null (bf_network_find_parameter (network, 0, "scale"));
  g_assert_nonnull (bf_network_find_parameter (network, 0, "bias"));
}

/* Errors come as errors: a plan that cannot be built, a batch whose outputs would fill the memory. */
static void
test_errors (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfPlan) empty = bf_plan_new (spec, &(BfShape) { 5, 2, 2 });
  g_autoptr (BfPlan) plan = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (bf_network_new (empty, 1, 8, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_INVALID);
  g_clear_error (&error);
  append_dense (spec, 2, "he-normal");
  plan = bf_plan_new (spec, &(BfShape) { 5, 2, 2 });
  g_assert_null (bf_network_new (plan, 1, G_MAXUINT, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_TOO_LARGE);
}

static void
test_input_gradient (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfNetwork) network = NULL;
  guint16 labels[] = { 0, 1 };

  append_dense (spec, 2, "he-normal");
  network = compile (spec, 5, 2, 1);
  bf_network_get_input (network)[0] = 1;
  bf_network_forward (network, 2, TRUE);
  bf_network_loss (network, 2, labels, NULL, NULL);
  g_assert_null (bf_network_get_input_gradient (network));
  bf_network_backward (network, 2, TRUE);
  g_assert_nonnull (bf_network_get_input_gradient (network));
  g_assert_cmpfloat (fabsf (bf_network_get_input_gradient (network)[0]), >, 0);
  bf_network_backward (network, 2, FALSE);
  g_assert_null (bf_network_get_input_gradient (network));
}

/* One linear layer with the identity as weights: the outputs are what we put in. */
static BfNetwork *
make_identity (const char *loss, guint width)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();

  bf_options_free (spec->loss);
  spec->loss = bf_options_new (bf_kind_find (bf_losses, loss));
  append_dense (spec, width, "identity");
  return compile (spec, width, width, 1);
}

static double
loss_of (BfNetwork *network, const float *x, guint n, const guint16 *labels, const float *targets, guint *correct)
{
  memcpy (bf_network_get_input (network), x, n * bf_network_get_plan (network)->shape.inputs * sizeof (float));
  bf_network_forward (network, n, TRUE);
  return bf_network_loss (network, n, labels, targets, correct);
}

static void
test_cross_entropy (void)
{
  g_autoptr (BfNetwork) network = make_identity ("cross-entropy", 3);
  const float even[] = { 2, 2, 2 }, huge[] = { 3e38f, -3e38f, 0, 1, 2, 3 };
  guint16 labels[] = { 1, 2 };
  guint correct;

  g_assert_cmpfloat_with_epsilon (loss_of (network, even, 1, labels, NULL, &correct), log (3), 1e-7);
  g_assert_cmpuint (correct, ==, 0);   /* the first of equals is chosen */
  g_assert_cmpfloat_with_epsilon (bf_network_get_output_gradient (network, 0)[1], -2 / 3.0, 1e-6);
  g_assert_cmpfloat_with_epsilon (loss_of (network, huge, 2, labels, NULL, &correct) / 3e38, 1, 1e-6);
  g_assert_cmpuint (correct, ==, 1);
  for (guint i = 0; i < 6; i++)
    g_assert_true (isfinite (bf_network_get_output_gradient (network, 0)[i]));
}

static void
test_mean_squared_error (void)
{
  g_autoptr (BfNetwork) network = make_identity ("mse", 2);
  const float x[] = { 1, 2, 3, 4 }, targets[] = { 1, 0, 3, 8 }, huge[] = { 3e38f, -3e38f };

  g_assert_cmpfloat_with_epsilon (loss_of (network, x, 2, NULL, targets, NULL), 5, 1e-7);
  g_assert_cmpfloat_with_epsilon (bf_network_get_output_gradient (network, 0)[3], -2, 1e-6);
  g_assert_true (isfinite (loss_of (network, huge, 1, NULL, targets, NULL)));
  /* Labels count as one-hot targets. */
  g_assert_cmpfloat_with_epsilon (loss_of (network, x, 1, (guint16[]) { 1 }, NULL, NULL), 1, 1e-7);
}

static void
test_not_a_number (void)
{
  g_autoptr (BfNetwork) network = make_identity ("cross-entropy", 3);
  const float x[] = { 1, NAN, 2 };
  guint16 label = 2;
  guint correct;

  g_assert_true (isnan (loss_of (network, x, 1, &label, NULL, &correct)));
  g_assert_cmpuint (correct, ==, 0);
}

static double
variance_of (const float *values, guint n)
{
  double mean = 0, variance = 0;

  for (guint i = 0; i < n; i++)
    mean += values[i] / n;
  for (guint i = 0; i < n; i++)
    variance += (values[i] - mean) * (values[i] - mean) / n;
  return variance;
}

static void
test_lsuv (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfNetwork) network = NULL;

  append_dense (spec, 20, "lsuv");
  bf_spec_append (spec, "activation");
  append_dense (spec, 20, "lsuv");
  append_dense (spec, 5, "constant");
  network = compile (spec, 10, 5, 1);
  for (guint i = 0; i < 80; i++)
    bf_network_get_input (network)[i] = sinf (i * i);
  bf_network_lsuv (network, 8);
  bf_network_forward (network, 8, TRUE);
  g_assert_cmpfloat_with_epsilon (variance_of (bf_network_get_output (network, 0), 160), 1, 2e-3);
  g_assert_cmpfloat_with_epsilon (variance_of (bf_network_get_output (network, 2), 160), 1, 2e-3);
  g_assert_cmpfloat (bf_network_find_parameter (network, 3, "weight")->value[0], ==, 0);
}

/* Exclusive or: a hidden layer learns it with each form of SGD. */
static void
test_learns (gconstpointer setting)
{
  static const float x[] = { 0, 0, 0, 1, 1, 0, 1, 1 };
  static const guint16 labels[] = { 0, 1, 1, 0 };
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfNetwork) network = NULL;
  g_autofree float *state = NULL;
  g_auto (GStrv) pairs = g_strsplit (setting, ",", -1);
  const BfOptimizer *sgd = (const BfOptimizer *) bf_options_get_kind (spec->optimizer);
  guint correct;
  double loss = 0;

  for (guint i = 0; pairs[i]; i++)
    {
      g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);

      g_assert_true (bf_options_set_string (spec->optimizer, pair[0], pair[1], NULL));
    }
  append_dense (spec, 8, "glorot-uniform");
  bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", "tanh", NULL);
  append_dense (spec, 2, "glorot-uniform");
  network = compile (spec, 2, 2, 3);
  state = g_new0 (float, bf_network_get_size (network));
  for (guint step = 1; step <= 1000; step++)
    {
      loss = loss_of (network, x, 4, labels, NULL, &correct);
      bf_network_backward (network, 4, FALSE);
      sgd->update (spec->optimizer, 0.2f, step, bf_network_get_size (network), bf_network_get_values (network),
                   bf_network_get_gradients (network), state, bf_network_get_size (network));
    }
  g_assert_cmpfloat (loss, <, 0.1);
  g_assert_cmpuint (correct, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/start", test_start);
  g_test_add_func ("/network/memory", test_memory);
  g_test_add_func ("/network/errors", test_errors);
  g_test_add_func ("/network/input-gradient", test_input_gradient);
  g_test_add_func ("/network/not-a-number", test_not_a_number);
  g_test_add_func ("/network/lsuv", test_lsuv);
  g_test_add_data_func ("/network/learns/plain", "momentum=0", test_learns);
  g_test_add_data_func ("/network/learns/momentum", "momentum=0.9", test_learns);
  g_test_add_data_func ("/network/learns/nesterov", "momentum=0.9,nesterov=true", test_learns);
  g_test_add_data_func ("/network/learns/decay", "weight_decay=0.001", test_learns);
  g_test_add_func ("/loss/cross-entropy", test_cross_entropy);
  g_test_add_func ("/loss/mse", test_mean_squared_error);
  return g_test_run ();
}
