/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Networks are written as words: "d" dense, "a" activation, "+" add, each with its id, and blocks
 * in parentheses with their count.
 */
#include "bf-edit.h"

#include <locale.h>

#include "bf-plan.h"

static char *
describe (const BfSpec *spec)
{
  GString *text = g_string_new (NULL);

  for (guint b = 0; b < spec->blocks->len; b++)
    {
      const BfBlock *block = spec->blocks->pdata[b];

      if (b)
        g_string_append_c (text, ' ');
      if (block->group)
        g_string_append_c (text, '(');
      for (guint i = 0; i < block->layers->len; i++)
        {
          const BfLayer *layer = block->layers->pdata[i];

          g_string_append_printf (text, "%s%c%u", i ? " " : "",
                                  bf_options_is (layer->options, "add") ? '+' : *bf_options_get_kind (layer->options)->id, layer->id);
        }
      if (block->group)
        g_string_append_printf (text, ")%u", block->count);
    }
  return g_string_free (text, FALSE);
}

#define assert_network(spec, expected) \
  G_STMT_START { g_autofree char *text_ = describe (spec); g_assert_cmpstr (text_, ==, expected); } G_STMT_END

/* d1 a2 d3 a4 d5 */
static BfSpec *
make_flat (void)
{
  BfSpec *spec = bf_spec_new ();

  for (guint i = 0; i < 2; i++)
    {
      bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 20 + i, NULL);
      bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", "tanh", NULL);
    }
  bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 10, NULL);
  return spec;
}

/* (d1 a2 d3 a4)3 d5 */
static BfSpec *
make_grouped (void)
{
  BfSpec *spec = make_flat ();

  g_assert_true (bf_edit_group (spec, 1, 3, NULL));
  g_assert_true (bf_edit_set_count (spec, 0, 3, NULL));
  assert_network (spec, "(d1 a2 d3 a4)3 d5");
  return spec;
}

static void
test_add (void)
{
  g_autoptr (BfSpec) spec = make_flat ();
  guint32 id = bf_edit_add_layer (spec, 1, "dense", NULL);

  /* Behind the unit, like its neighbour. */
  assert_network (spec, "d1 a2 d6 a7 d3 a4 d5");
  g_assert_cmpuint (id, ==, 6);
  g_assert_cmpuint (bf_options_integer (bf_spec_find_layer (spec, 6, NULL, NULL)->options, "units"), ==, 20);
  g_assert_true (bf_options_is (bf_options_choice (bf_spec_find_layer (spec, 7, NULL, NULL)->options, "function"), "tanh"));
  g_assert_cmpuint (bf_edit_add_layer (spec, 0, "dense", NULL), ==, 8);
  assert_network (spec, "d8 a9 d1 a2 d6 a7 d3 a4 d5");
  g_assert_cmpuint (bf_edit_add_layer (spec, 3, "add", NULL), ==, 10);
  assert_network (spec, "d8 a9 d1 a2 d6 a7 d3 a4 +10 d5");
  /* It skips the layer that it stands behind. */
  g_assert_cmpuint (bf_options_integer (bf_spec_find_layer (spec, 10, NULL, NULL)->options, "from"), ==, 7);
  /* Behind the output one like the output, with no activation. */
  g_assert_cmpuint (bf_edit_add_layer (spec, 5, "dense", NULL), ==, 11);
  assert_network (spec, "d8 a9 d1 a2 d6 a7 d3 a4 +10 d5 d11");
  g_assert_cmpuint (bf_options_integer (bf_spec_find_layer (spec, 11, NULL, NULL)->options, "units"), ==, 10);
}

static void
test_add_to_nothing (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (bf_edit_add_layer (spec, 0, "dense", NULL), ==, 1);
  assert_network (spec, "d1 a2");
  g_assert_cmpuint (bf_edit_add_layer (spec, 9, "dense", &error), ==, 0);
  g_assert_error (error, BF_ERROR, BF_ERROR_UNKNOWN);
  g_clear_error (&error);
  g_assert_cmpuint (bf_edit_add_layer (spec, 1, "magic", &error), ==, 0);
  g_assert_error (error, BF_ERROR, BF_ERROR_UNKNOWN);
}

static void
test_add_in_group (void)
{
  g_autoptr (BfSpec) spec = make_grouped ();

  g_assert_cmpuint (bf_edit_add_layer (spec, 1, "dense", NULL), ==, 6);
  assert_network (spec, "(d1 a2 d6 a7 d3 a4)3 d5");
  g_assert_cmpuint (bf_edit_add_block (spec, 6, 4, NULL), ==, 8);
  assert_network (spec, "(d1 a2 d6 a7 d3 a4)3 (d8 a9)4 d5");
}

static void
test_remove (void)
{
  g_autoptr (BfSpec) spec = make_flat ();
  g_autoptr (BfSpec) grouped = make_grouped ();

  g_assert_true (bf_edit_remove_layer (spec, 1, NULL));
  assert_network (spec, "d3 a4 d5");
  g_assert_true (bf_edit_remove_layer (spec, 4, NULL));
  assert_network (spec, "d3 d5");
  g_assert_true (bf_edit_remove_layer (spec, 3, NULL));
  g_assert_true (bf_edit_remove_layer (spec, 5, NULL));
  assert_network (spec, "");
  g_assert_true (bf_edit_remove_layer (grouped, 1, NULL));
  assert_network (grouped, "(d3 a4)3 d5");
  g_assert_true (bf_edit_remove_layer (grouped, 3, NULL));
  assert_network (grouped, "d5");
}

static void
test_move (void)
{
  g_autoptr (BfSpec) spec = make_flat ();
  g_autoptr (GError) error = NULL;

  g_assert_false (bf_edit_move_layer (spec, 1, -1, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_INVALID);
  g_assert_true (bf_edit_move_layer (spec, 1, 1, NULL));
  assert_network (spec, "d3 a4 d1 a2 d5");
  g_assert_true (bf_edit_move_layer (spec, 1, 1, NULL));
  assert_network (spec, "d3 a4 d5 d1 a2");
  g_assert_false (bf_edit_move_layer (spec, 1, 1, NULL));
  g_assert_true (bf_edit_move_layer (spec, 1, -1, NULL));
  g_assert_true (bf_edit_move_layer (spec, 1, -1, NULL));
  assert_network (spec, "d1 a2 d3 a4 d5");
  g_assert_true (bf_edit_move_layer (spec, 2, 1, NULL));
  assert_network (spec, "d1 d3 a2 a4 d5");
}

static void
test_move_with_groups (void)
{
  g_autoptr (BfSpec) spec = make_grouped ();

  g_assert_true (bf_edit_move_layer (spec, 1, 1, NULL));
  assert_network (spec, "(d3 a4 d1 a2)3 d5");
  /* Out at the edge. */
  g_assert_true (bf_edit_move_layer (spec, 1, 1, NULL));
  assert_network (spec, "(d3 a4)3 d1 a2 d5");
  /* Past the whole group. */
  g_assert_true (bf_edit_move_layer (spec, 1, -1, NULL));
  assert_network (spec, "d1 a2 (d3 a4)3 d5");
  g_assert_true (bf_edit_move_layer (spec, 1, 1, NULL));
  assert_network (spec, "(d3 a4)3 d1 a2 d5");
  /* All that the group holds takes it along. */
  g_assert_true (bf_edit_move_layer (spec, 3, 1, NULL));
  assert_network (spec, "d1 a2 (d3 a4)3 d5");
  g_assert_true (bf_edit_move_layer (spec, 3, -1, NULL));
  assert_network (spec, "(d3 a4)3 d1 a2 d5");
  g_assert_false (bf_edit_move_layer (spec, 3, -1, NULL));
}

static void
test_place (void)
{
  g_autoptr (BfSpec) spec = make_flat ();
  g_autoptr (BfSpec) grouped = make_grouped ();

  g_assert_true (bf_edit_place_layer (spec, 3, 1, NULL));
  assert_network (spec, "d3 a4 d1 a2 d5");
  /* Never between a dense layer and its activation. */
  g_assert_true (bf_edit_place_layer (spec, 1, 4, NULL));
  assert_network (spec, "d1 a2 d3 a4 d5");
  g_assert_true (bf_edit_place_layer (spec, 1, 0, NULL));
  assert_network (spec, "d3 a4 d5 d1 a2");
  g_assert_true (bf_edit_place_layer (spec, 1, 1, NULL));
  assert_network (spec, "d3 a4 d5 d1 a2");
  g_assert_true (bf_edit_place_layer (grouped, 5, 3, NULL));
  assert_network (grouped, "(d1 a2 d5 d3 a4)3");
  g_assert_true (bf_edit_place_layer (grouped, 1, 0, NULL));
  assert_network (grouped, "(d5 d3 a4)3 d1 a2");
}

static void
test_copy (void)
{
  g_autoptr (BfSpec) spec = make_flat ();
  g_autoptr (BfSpec) grouped = make_grouped ();

  g_assert_cmpuint (bf_edit_copy_layer (spec, 3, NULL), ==, 6);
  assert_network (spec, "d1 a2 d3 a4 d6 a7 d5");
  g_assert_cmpuint (bf_options_integer (bf_spec_find_layer (spec, 6, NULL, NULL)->options, "units"), ==, 21);
  g_assert_cmpuint (bf_edit_copy_layer (grouped, 1, NULL), ==, 6);
  assert_network (grouped, "(d1 a2 d6 a7 d3 a4)3 d5");
}

static void
test_group_and_ungroup (void)
{
  g_autoptr (BfSpec) spec = make_flat ();
  g_autoptr (GError) error = NULL;

  g_assert_true (bf_edit_group (spec, 3, 3, NULL));
  assert_network (spec, "d1 a2 (d3 a4)1 d5");
  g_assert_false (bf_edit_group (spec, 1, 5, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (bf_edit_set_count (spec, 2, 3, NULL));
  g_assert_false (bf_edit_set_count (spec, 0, 3, &error));
  g_clear_error (&error);
  g_assert_false (bf_edit_set_count (spec, 2, BF_MAX_COPIES + 1, &error));
  g_clear_error (&error);
  g_assert_true (bf_edit_ungroup (spec, 2, NULL));
  assert_network (spec, "d1 a2 d3 a4 d6 a7 d8 a9 d5");
  g_assert_false (bf_edit_ungroup (spec, 2, &error));
}

static void
test_unlink (void)
{
  g_autoptr (BfSpec) first = make_grouped (), middle = make_grouped (), last = make_grouped ();

  g_assert_cmpuint (bf_edit_unlink_copy (first, 0, 0, NULL), ==, 1);
  assert_network (first, "d1 a2 d3 a4 (d6 a7 d8 a9)2 d5");
  g_assert_cmpuint (bf_edit_unlink_copy (middle, 0, 1, NULL), ==, 6);
  assert_network (middle, "(d1 a2 d3 a4)1 d6 a7 d8 a9 (d10 a11 d12 a13)1 d5");
  g_assert_cmpuint (bf_edit_unlink_copy (last, 0, 2, NULL), ==, 6);
  assert_network (last, "(d1 a2 d3 a4)2 d6 a7 d8 a9 d5");
  g_assert_cmpuint (bf_edit_unlink_copy (last, 0, 2, NULL), ==, 0);
}

/* The places that additions come from, one plan index a layer (-1: none). */
static char *
get_sources (BfSpec *spec)
{
  const BfShape shape = { 20, 20, 0 };
  g_autoptr (BfPlan) plan = bf_plan_new (spec, &shape);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < plan->n_layers; i++)
    if (bf_options_is (plan->layers[i].layer->options, "add"))
      g_string_append_printf (text, "%u<%d ", i, plan->layers[i].from);
  return g_string_free (text, FALSE);
}

/* Additions inside a group and behind it name the same copies however the group is taken apart. */
static void
test_references (void)
{
  g_autoptr (BfSpec) spec = make_grouped ();
  g_autofree char *before = NULL;
  guint32 inside = bf_edit_add_layer (spec, 3, "add", NULL);
  guint32 outside = bf_edit_add_layer (spec, 5, "add", NULL);

  bf_options_set_number (bf_spec_find_layer (spec, inside, NULL, NULL)->options, "from", 2, NULL);
  bf_options_set_number (bf_spec_find_layer (spec, outside, NULL, NULL)->options, "from", 4, NULL);
  before = get_sources (spec);
  g_assert_cmpstr (before, ==, "4<1 9<6 14<11 16<13 ");
  for (int copy = -1; copy < 3; copy++)
    {
      g_autoptr (BfSpec) apart = bf_spec_copy (spec);
      g_autofree char *after = NULL;

      if (copy < 0)
        g_assert_true (bf_edit_ungroup (apart, 0, NULL));
      else
        g_assert_cmpuint (bf_edit_unlink_copy (apart, 0, (guint) copy, NULL), >, 0);
      after = get_sources (apart);
      g_assert_cmpstr (after, ==, before);
    }
}

static void
test_activation (void)
{
  g_autoptr (BfSpec) spec = make_flat ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (bf_edit_get_activation (spec, 1)->id, ==, 2);
  g_assert_null (bf_edit_get_activation (spec, 5));
  g_assert_true (bf_edit_set_activation (spec, 1, "relu", NULL));
  g_assert_true (bf_options_is (bf_options_choice (bf_edit_get_activation (spec, 1)->options, "function"), "relu"));
  g_assert_true (bf_edit_set_activation (spec, 1, NULL, NULL));
  assert_network (spec, "d1 d3 a4 d5");
  g_assert_true (bf_edit_set_activation (spec, 5, "sigmoid", NULL));
  assert_network (spec, "d1 d3 a4 d5 a6");
  g_assert_false (bf_edit_set_activation (spec, 5, "step", &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_UNKNOWN);
}

static void
test_limit (void)
{
  g_autoptr (BfSpec) spec = make_grouped ();
  g_autoptr (GError) error = NULL;

  g_assert_true (bf_edit_set_count (spec, 0, 999, NULL));
  g_assert_cmpuint (bf_edit_copy_layer (spec, 1, &error), ==, 0);
  g_assert_error (error, BF_ERROR, BF_ERROR_TOO_LARGE);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edit/add", test_add);
  g_test_add_func ("/edit/add-to-nothing", test_add_to_nothing);
  g_test_add_func ("/edit/add-in-group", test_add_in_group);
  g_test_add_func ("/edit/remove", test_remove);
  g_test_add_func ("/edit/move", test_move);
  g_test_add_func ("/edit/move-with-groups", test_move_with_groups);
  g_test_add_func ("/edit/place", test_place);
  g_test_add_func ("/edit/copy", test_copy);
  g_test_add_func ("/edit/group-and-ungroup", test_group_and_ungroup);
  g_test_add_func ("/edit/unlink", test_unlink);
  g_test_add_func ("/edit/references", test_references);
  g_test_add_func ("/edit/activation", test_activation);
  g_test_add_func ("/edit/limit", test_limit);
  return g_test_run ();
}
