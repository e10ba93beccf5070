/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Each remedy on each ready-made experiment.
 */
#include "bf-remedy.h"

#include <locale.h>
#include <string.h>

#include "bf-dataset.h"
#include "bf-file.h"
#include "bf-plan.h"

static GPtrArray *
load_all (void)
{
  g_autoptr (GPtrArray) examples = bf_examples_list (NULL);
  GPtrArray *specs = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_spec_unref);

  g_assert_nonnull (examples);
  for (guint i = 0; i < examples->len; i++)
    g_ptr_array_add (specs, bf_examples_load (((const BfExample *) examples->pdata[i])->id, NULL));
  return specs;
}

static gboolean
has_mark (const BfSpec *spec, const char *id)
{
  for (guint b = 0; b < spec->blocks->len; b++)
    {
      const BfBlock *block = spec->blocks->pdata[b];

      for (guint i = 0; i < block->layers->len; i++)
        if (g_strcmp0 (((const BfLayer *) block->layers->pdata[i])->remedy, id) == 0)
          return TRUE;
    }
  return FALSE;
}

static void
test_on_and_off (void)
{
  g_autoptr (GPtrArray) specs = load_all ();

  for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
    {
      guint changed = 0;

      for (guint i = 0; i < specs->len; i++)
        {
          BfSpec *base = specs->pdata[i];
          g_autofree char *before = bf_file_print (base), *after = NULL;
          g_autoptr (BfSpec) on = bf_spec_copy (base);
          g_autoptr (BfSpec) effective = NULL, off = NULL, plain = bf_remedies_apply (base);

          g_assert_true (bf_spec_same_run (base, plain));
          bf_spec_ensure_remedy (on, (*kind)->id)->on = TRUE;
          effective = bf_remedies_apply (on);
          changed += !bf_spec_same_run (base, effective) || base->learning_rate != effective->learning_rate;
          g_assert_true (bf_spec_same_run (base, on));
          bf_spec_find_remedy (on, (*kind)->id)->on = FALSE;
          off = bf_remedies_apply (on);
          g_assert_true (bf_spec_equal (off, base));
          after = bf_file_print (base);
          g_assert_cmpstr (before, ==, after);
        }
      /* A remedy that never does anything is none. */
      g_assert_cmpuint (changed, >, 0);
    }
}

/* With a remedy the experiment can still be built on its data. */
static void
test_effective_fits (void)
{
  g_autoptr (GPtrArray) specs = load_all ();

  for (guint i = 0; i < specs->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BfDataset) data = bf_dataset_load (specs->pdata[i], NULL, NULL, &error);

      g_assert_no_error (error);
      for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
        {
          g_autoptr (BfSpec) on = bf_spec_copy (specs->pdata[i]);
          g_autoptr (BfSpec) effective = NULL;
          g_autoptr (BfPlan) plan = NULL;

          bf_spec_ensure_remedy (on, (*kind)->id)->on = TRUE;
          effective = bf_remedies_apply (on);
          plan = bf_plan_new (effective, bf_dataset_get_shape (data));
          g_assert_cmpstr (plan->error, ==, NULL);
        }
    }
}

static void
test_activation (void)
{
  g_autoptr (BfSpec) base = bf_examples_load ("t1-baseline", NULL);
  g_autoptr (BfSpec) effective = NULL;
  BfLayer *last = bf_spec_append (base, "activation");
  const BfBlock *block;

  bf_options_set_choice (last->options, "function", "tanh", NULL);
  g_assert_true (bf_spec_add_remedy_string (base, "activation", NULL));
  effective = bf_remedies_apply (base);
  block = effective->blocks->pdata[0];
  g_assert_true (bf_options_is (bf_options_choice (((BfLayer *) block->layers->pdata[1])->options, "function"), "relu"));
  g_assert_true (has_mark (effective, "activation"));
  /* The output's stays. */
  block = effective->blocks->pdata[2];
  g_assert_true (bf_options_is (bf_options_choice (((BfLayer *) block->layers->pdata[0])->options, "function"), "tanh"));
}

static void
test_increasing_weights (void)
{
  g_autoptr (BfSpec) base = bf_examples_load ("t1-baseline", NULL);
  g_autoptr (BfSpec) effective = NULL;

  g_assert_true (bf_spec_add_remedy_string (base, "increasing-weights:std=0.5", NULL));
  effective = bf_remedies_apply (base);
  for (guint b = 0; b < 2; b++)
    {
      const BfLayer *dense = ((const BfBlock *) effective->blocks->pdata[b])->layers->pdata[0];
      const BfOptions *start = bf_options_choice (dense->options, "start");

      g_assert_true (bf_options_is (start, "normal"));
      g_assert_cmpfloat (bf_options_number (start, "mean"), ==, 0);
      g_assert_cmpfloat (bf_options_number (start, "std"), ==, 0.5);
      g_assert_cmpstr (dense->remedy, ==, "increasing-weights");
    }
}

static void
test_strings (void)
{
  static const struct { const char *text, *word; } wrong[] = {
    { "magic", "increasing-weights" },
    { "increasing-weights:std", "name=value" },
    { "increasing-weights:sd=1", "std" },
    { "increasing-weights:std=-1", "between" },
    { "increasing-weights:std=one", "number" },
    { "activation:function=step", "sigmoid" },
  };
  g_autoptr (BfSpec) spec = bf_examples_load ("t1-baseline", NULL);
  g_autofree char *names = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (bf_spec_add_remedy_string (spec, wrong[i].text, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, wrong[i].word));
      g_assert_cmpuint (spec->remedies->len, ==, 0);
    }
  g_assert_true (bf_spec_add_remedy_string (spec, "activation:function=elu", NULL));
  g_assert_true (bf_spec_add_remedy_string (spec, "increasing-weights: std = 2 ,", NULL));
  /* The table's order, not that of the command line. */
  names = bf_spec_describe_remedies (spec);
  g_assert_cmpstr (names, ==, "Increasing Weights, Activation");
  g_assert_cmpfloat (bf_options_number (bf_spec_find_remedy (spec, "increasing-weights")->options, "std"), ==, 2);
}

static void
test_conflict (void)
{
  g_autoptr (BfSpec) spec = bf_examples_load ("t2-relu", NULL);
  g_autoptr (BfSpec) other = bf_examples_load ("t1-baseline", NULL);
  g_autofree char *nothing = NULL, *off = bf_remedy_get_conflict (spec, "activation"), *none = NULL;

  g_assert_null (off);
  g_assert_true (bf_spec_add_remedy_string (spec, "activation", NULL));
  g_assert_true (bf_spec_add_remedy_string (other, "activation", NULL));
  nothing = bf_remedy_get_conflict (spec, "activation");
  none = bf_remedy_get_conflict (other, "activation");
  g_assert_nonnull (nothing);
  g_assert_null (none);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/remedies/on-and-off", test_on_and_off);
  g_test_add_func ("/remedies/effective-fits", test_effective_fits);
  g_test_add_func ("/remedies/activation", test_activation);
  g_test_add_func ("/remedies/increasing-weights", test_increasing_weights);
  g_test_add_func ("/remedies/strings", test_strings);
  g_test_add_func ("/remedies/conflict", test_conflict);
  return g_test_run ();
}
