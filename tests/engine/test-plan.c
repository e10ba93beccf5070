/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What a spec becomes when it is laid out: names, shapes, and what is wrong in plain words.
 */
#include "bf-network.h"

#include <string.h>

static const BfShape images = { 784, 10, 10 };

static BfLayer *
append_dense (BfSpec *spec, guint units)
{
  BfLayer *layer = bf_spec_append (spec, "dense");

  g_assert_true (bf_options_set_number (layer->options, "units", units, NULL));
  return layer;
}

static BfLayer *
append_add (BfSpec *spec, guint32 from)
{
  BfLayer *layer = bf_spec_append (spec, "add");

  g_assert_true (bf_options_set_number (layer->options, "from", from, NULL));
  return layer;
}

static void
assert_error (BfSpec *spec, const BfShape *shape, int layer, const char *words)
{
  g_autoptr (BfPlan) plan = bf_plan_new (spec, shape);

  g_assert_nonnull (plan->error);
  if (!strstr (plan->error, words))
    g_error ("“%s” does not say “%s”", plan->error, words);
  g_assert_cmpint (plan->error_layer, ==, layer);
  if (layer >= 0)
    g_assert_cmpstr (plan->layers[layer].error, ==, plan->error);
}

/* T1's network: a block of dense and sigmoid, seven times, and the output. */
static BfSpec *
make_baseline (void)
{
  BfSpec *spec = bf_spec_new ();
  BfBlock *block = bf_block_new (TRUE, 7);

  g_ptr_array_add (block->layers, bf_layer_new (spec, "dense"));
  g_ptr_array_add (block->layers, bf_layer_new (spec, "activation"));
  g_ptr_array_add (spec->blocks, block);
  append_dense (spec, 10);
  return spec;
}

static void
test_baseline (void)
{
  g_autoptr (BfSpec) spec = make_baseline ();
  g_autoptr (BfPlan) plan = bf_plan_new (spec, &images);
  guint first, last;

  g_assert_null (plan->error);
  g_assert_cmpint (plan->error_layer, ==, -1);
  g_assert_cmpuint (plan->n_layers, ==, 15);
  g_assert_cmpuint (plan->n_weighted, ==, 8);
  g_assert_cmpuint (plan->parameters, ==, 784 * 128 + 128 + 6 * (128 * 128 + 128) + 128 * 10 + 10);
  g_assert_cmpstr (plan->layers[4].name, ==, "Dense 3");
  g_assert_cmpstr (plan->layers[5].name, ==, "Sigmoid 3");
  g_assert_cmpstr (plan->layers[14].name, ==, "Output");
  g_assert_cmpuint (plan->layers[5].copy, ==, 2);
  g_assert_cmpuint (plan->layers[0].inputs, ==, 784);
  g_assert_cmpuint (plan->layers[14].outputs, ==, 10);
  g_assert_true (bf_plan_get_hidden (plan, &first, &last));
  g_assert_cmpuint (first, ==, 0);
  g_assert_cmpuint (last, ==, 6);
  g_assert_cmpuint (bf_plan_get_stage_end (plan, 2), ==, 5);
  g_assert_cmpuint (bf_plan_get_stage_end (plan, 7), ==, 14);
}

static void
test_single (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfPlan) plan = NULL;
  guint first, last;

  append_dense (spec, 10);
  plan = bf_plan_new (spec, &images);
  g_assert_null (plan->error);
  g_assert_false (bf_plan_get_hidden (plan, &first, &last));
}

static void
test_whole (void)
{
  static const BfShape numbers = { 8, 3, 0 };
  g_autoptr (BfSpec) spec = bf_spec_new ();

  assert_error (spec, &images, -1, "The network has no layers");
  bf_spec_append (spec, "activation");
  assert_error (spec, &images, -1, "no dense layer");
  append_dense (spec, 3);
  assert_error (spec, &numbers, -1, "needs classes");
  assert_error (spec, &(BfShape) { 0, 3, 3 }, -1, "no features");
  bf_options_free (spec->loss);
  spec->loss = bf_options_new (bf_kind_find (bf_losses, "mse"));
  {
    g_autoptr (BfPlan) plan = bf_plan_new (spec, &numbers);

    g_assert_null (plan->error);
  }
}

static void
test_output_width (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();

  append_dense (spec, 20);
  append_dense (spec, 12);
  bf_spec_append (spec, "activation");
  assert_error (spec, &images, 1,
                "The data has 10 classes, but the last dense layer has 12 units. Set its units to 10.");
  assert_error (spec, &(BfShape) { 8, 3, 0 }, 1, "Set its units to 3.");
}

static void
test_add_errors (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  BfLayer *first = append_dense (spec, 20), *add;

  append_dense (spec, 30);
  add = append_add (spec, 0);
  append_dense (spec, 10);
  assert_error (spec, &images, 2, "Choose the earlier layer");
  bf_options_set_number (add->options, "from", 77, NULL);
  assert_error (spec, &images, 2, "is gone");
  bf_options_set_number (add->options, "from", add->id, NULL);
  assert_error (spec, &images, 2, "comes later");
  bf_options_set_number (add->options, "from", add->id + 1, NULL);
  assert_error (spec, &images, 2, "comes later");
  bf_options_set_number (add->options, "from", first->id, NULL);
  assert_error (spec, &images, 2, "Dense 1 gives width 20, but here the width is 30.");
  bf_options_set_number (add->options, "projection", 1, NULL);
  {
    g_autoptr (BfPlan) plan = bf_plan_new (spec, &images);

    g_assert_null (plan->error);
    g_assert_cmpuint (plan->layers[2].parameters, ==, 20 * 30);
    g_assert_cmpstr (plan->layers[2].name, ==, "Add 2");
    g_assert_cmpint (plan->layers[2].from, ==, 0);
    g_assert_cmpint (plan->layers[1].from, ==, -1);
  }
}

/* In a block, "from" is the same copy's layer, or an earlier block's last copy. */
static void
test_add_in_block (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  BfBlock *stem = bf_block_new (TRUE, 2), *block = bf_block_new (TRUE, 3);
  BfLayer *inner, *within, *across;
  g_autoptr (BfPlan) plan = NULL;

  g_ptr_array_add (stem->layers, bf_layer_new (spec, "dense"));
  g_ptr_array_add (stem->layers, bf_layer_new (spec, "activation"));
  inner = bf_layer_new (spec, "activation");
  within = bf_layer_new (spec, "add");
  across = bf_layer_new (spec, "add");
  bf_options_set_number (within->options, "from", inner->id, NULL);
  bf_options_set_number (across->options, "from", ((BfLayer *) stem->layers->pdata[1])->id, NULL);
  g_ptr_array_add (block->layers, inner);
  g_ptr_array_add (block->layers, bf_layer_new (spec, "dense"));
  g_ptr_array_add (block->layers, within);
  g_ptr_array_add (block->layers, across);
  g_ptr_array_add (spec->blocks, stem);
  g_ptr_array_add (spec->blocks, block);
  append_dense (spec, 10);
  plan = bf_plan_new (spec, &images);
  g_assert_null (plan->error);
  g_assert_cmpint (plan->layers[6].from, ==, 4);     /* first copy: its own activation */
  g_assert_cmpint (plan->layers[10].from, ==, 8);    /* second copy */
  g_assert_cmpint (plan->layers[7].from, ==, 3);     /* the stem's last copy */
  g_assert_cmpint (plan->layers[15].from, ==, 3);
}

static void
test_limits (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  BfBlock *block = bf_block_new (TRUE, BF_MAX_COPIES);

  append_dense (spec, BF_MAX_UNITS);
  append_dense (spec, BF_MAX_UNITS);
  assert_error (spec, &images, 1, "parameters");
  for (guint i = 0; i < 5; i++)
    g_ptr_array_add (block->layers, bf_layer_new (spec, "activation"));
  g_ptr_array_add (spec->blocks, block);
  assert_error (spec, &images, -1, "more than 4000 layers");
  block->count = G_MAXUINT;
  assert_error (spec, &images, -1, "Repeat it between");
  block->count = 0;
  assert_error (spec, &images, -1, "Repeat it between");
}

static void
test_start_limit (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();

  bf_options_set_choice (append_dense (spec, 65536)->options, "start", "orthogonal", NULL);
  append_dense (spec, 10);
  assert_error (spec, &images, 0, "“Orthogonal”");
}

/* An error in one row leaves the shapes of the others readable. */
static void
test_after_error (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfPlan) plan = NULL;

  append_dense (spec, 20);
  append_add (spec, 0);
  append_dense (spec, 10);
  plan = bf_plan_new (spec, &images);
  g_assert_cmpint (plan->error_layer, ==, 1);
  g_assert_cmpuint (plan->layers[2].inputs, ==, 20);
  g_assert_cmpuint (plan->layers[2].parameters, ==, 210);
  g_assert_null (plan->layers[2].error);
}

/* Copies that have blocks of their own are laid out as in the group, and one of them can be named. */
static void
test_copies_apart (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  BfBlock *block = bf_block_new (TRUE, 1);
  g_autoptr (BfPlan) plan = NULL;
  BfLayer *last, *named;

  g_ptr_array_add (block->layers, bf_layer_new (spec, "activation"));
  g_ptr_array_add (block->layers, bf_layer_new (spec, "add"));
  bf_options_set_number (((BfLayer *) block->layers->pdata[1])->options, "from", ((BfLayer *) block->layers->pdata[0])->id, NULL);
  for (guint copy = 0; copy < 3; copy++)
    {
      BfBlock *own = copy ? bf_block_copy (block) : block;

      own->first = copy;
      g_ptr_array_add (spec->blocks, own);
    }
  last = append_add (spec, ((BfLayer *) block->layers->pdata[0])->id);
  named = append_add (spec, ((BfLayer *) block->layers->pdata[0])->id);
  named->from_copy = 2;
  append_dense (spec, 10);
  plan = bf_plan_new (spec, &images);
  g_assert_null (plan->error);
  for (guint copy = 0; copy < 3; copy++)
    {
      g_assert_cmpuint (plan->layers[2 * copy + 1].copy, ==, copy);
      g_assert_cmpint (plan->layers[2 * copy + 1].from, ==, 2 * copy);
    }
  g_assert_true (plan->layers[6].layer == last);
  g_assert_cmpint (plan->layers[6].from, ==, 4);
  g_assert_cmpint (plan->layers[7].from, ==, 2);
}

/* The gain multiplies the weights that are drawn without it. */
static void
test_gain (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  BfLayer *layer = append_dense (spec, 10);
  g_autoptr (BfPlan) plan = bf_plan_new (spec, &images);
  g_autoptr (BfNetwork) plain = bf_network_new (plan, 1, 1, NULL), more = NULL;
  const BfParameter *a, *b;

  layer->gain = 4;
  more = bf_network_new (plan, 1, 1, NULL);
  a = bf_network_get_parameters (plain);
  b = bf_network_get_parameters (more);
  g_assert_cmpfloat (a[0].value[5], !=, 0);
  for (guint i = 0; i < 10 * images.inputs; i++)
    g_assert_cmpfloat (b[0].value[i], ==, 4 * a[0].value[i]);
  g_assert_cmpfloat (b[1].value[3], ==, a[1].value[3]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/baseline", test_baseline);
  g_test_add_func ("/plan/single", test_single);
  g_test_add_func ("/plan/whole", test_whole);
  g_test_add_func ("/plan/output-width", test_output_width);
  g_test_add_func ("/plan/add/errors", test_add_errors);
  g_test_add_func ("/plan/add/in-block", test_add_in_block);
  g_test_add_func ("/plan/copies-apart", test_copies_apart);
  g_test_add_func ("/plan/gain", test_gain);
  g_test_add_func ("/plan/limits", test_limits);
  g_test_add_func ("/plan/start-limit", test_start_limit);
  g_test_add_func ("/plan/after-error", test_after_error);
  return g_test_run ();
}
