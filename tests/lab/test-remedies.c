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

/* The base with remedies on, laid out. */
G_GNUC_NULL_TERMINATED static BfPlan *
make_plan (const char *example, ...)
{
  const BfShape images = { 784, 10, 10 }, numbers = { 100, 1, 0 };
  g_autoptr (BfSpec) base = bf_examples_load (example, NULL);
  g_autoptr (BfSpec) effective = NULL;
  const char *remedy;
  va_list remedies;

  va_start (remedies, example);
  while ((remedy = va_arg (remedies, const char *)))
    {
      g_autoptr (GError) error = NULL;

      bf_spec_add_remedy_string (base, remedy, &error);
      g_assert_no_error (error);
    }
  va_end (remedies);
  effective = bf_remedies_apply (base);
  return bf_plan_new (effective, g_str_has_prefix (example, "t2") ? &numbers : &images);
}

/* "dense batch-norm activation" of the layers from `first` to before `end`. */
static char *
describe (const BfPlan *plan, guint first, guint end)
{
  GString *text = g_string_new (NULL);

  g_assert_cmpstr (plan->error, ==, NULL);
  for (guint i = first; i < MIN (end, plan->n_layers); i++)
    g_string_append_printf (text, "%s%s", text->len ? " " : "", bf_options_get_kind (plan->layers[i].layer->options)->id);
  return g_string_free (text, FALSE);
}

static void
assert_unit (const BfPlan *plan, guint w, const char *expected)
{
  g_autofree char *text = describe (plan, plan->weighted[w], w + 1 < plan->n_weighted ? plan->weighted[w + 1] : plan->n_layers);

  g_assert_cmpstr (text, ==, expected);
}

/* Every hidden block gets it, the output none; in the order of the rows. */
static void
test_places (void)
{
  g_autoptr (BfPlan) before = make_plan ("t1-baseline", "batch-norm", NULL);
  g_autoptr (BfPlan) after = make_plan ("t2-relu", "batch-norm:place=after,affine=false", NULL);
  g_autoptr (BfPlan) both = make_plan ("t1-baseline", "layer-norm", "batch-norm", "gradient-norm", NULL);
  g_autoptr (BfPlan) behind = make_plan ("t1-baseline", "layer-norm:place=after", "batch-norm:place=after", "gradient-norm", NULL);

  assert_unit (before, 0, "dense batch-norm activation");
  assert_unit (before, 6, "dense batch-norm activation");
  assert_unit (before, 7, "dense");
  assert_unit (after, 0, "dense activation batch-norm");
  assert_unit (after, 9, "dense activation batch-norm");
  assert_unit (after, 10, "dense");
  g_assert_false (bf_options_boolean (after->layers[2].layer->options, "affine"));
  assert_unit (both, 3, "dense batch-norm layer-norm activation gradient-norm");
  assert_unit (behind, 3, "dense activation batch-norm layer-norm gradient-norm");
  g_assert_cmpstr (both->layers[1].layer->remedy, ==, "batch-norm");
  g_assert_cmpuint (both->layers[1].layer->id, ==, before->layers[1].layer->id);
}

/* Layers that stand one by one, not in a group. */
static void
test_single_layers (void)
{
  const BfShape shape = { 4, 3, 3 };
  g_autoptr (BfSpec) base = bf_spec_new (), effective = NULL;
  g_autoptr (BfPlan) plan = NULL;

  for (guint i = 0; i < 3; i++)
    {
      bf_options_set_number (bf_spec_append (base, "dense")->options, "units", i == 2 ? 3 : 5 + i, NULL);
      if (i < 2)
        bf_spec_append (base, "activation");
    }
  g_assert_true (bf_spec_add_remedy_string (base, "tensor-norm", NULL));
  g_assert_true (bf_spec_add_remedy_string (base, "skip-connections:every=1", NULL));
  effective = bf_remedies_apply (base);
  plan = bf_plan_new (effective, &shape);
  assert_unit (plan, 0, "dense tensor-norm activation");
  assert_unit (plan, 1, "dense tensor-norm activation add");
  /* 5 units to 6. */
  g_assert_cmpuint (plan->layers[6].parameters, ==, 30);
  g_assert_cmpint (plan->layers[6].from, ==, 2);
}

/* The skips of a plan as "from>to", hidden blocks numbered from 1. */
static void
assert_skips (const BfPlan *plan, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_cmpstr (plan->error, ==, NULL);
  for (guint i = 0; i < plan->n_layers; i++)
    if (plan->layers[i].from >= 0)
      g_string_append_printf (text, "%s%u>%u", text->len ? " " : "", plan->layers[plan->layers[i].from].number,
                              plan->layers[i].number);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_skips (void)
{
  g_autoptr (BfPlan) t1 = make_plan ("t1-baseline", "skip-connections:placement=t1", "batch-norm", NULL);
  g_autoptr (BfPlan) every = make_plan ("t1-baseline", "skip-connections", NULL);
  g_autoptr (BfPlan) three = make_plan ("t2-relu", "skip-connections:every=3", NULL);
  g_autoptr (BfPlan) far = make_plan ("t2-relu", "skip-connections:every=10", NULL);

  assert_skips (t1, "1>3 4>7");
  assert_skips (every, "1>3 3>5 5>7");
  assert_skips (three, "1>4 4>7 7>10");
  assert_skips (far, "");
  assert_unit (t1, 0, "dense batch-norm activation");
  assert_unit (t1, 2, "dense batch-norm activation add");
  /* From one sum to the next, and from an activation where there is no sum. */
  g_assert_true (bf_options_is (every->layers[every->layers[every->weighted[5] - 1].from].layer->options, "add"));
  g_assert_true (bf_options_is (t1->layers[t1->layers[t1->n_layers - 2].from].layer->options, "activation"));
  /* Copies keep their numbers, which their weights are drawn from. */
  for (guint w = 0; w < 7; w++)
    g_assert_cmpuint (every->layers[every->weighted[w]].copy, ==, w);
}

/* "1-2 3-4" of the effective spec; "" without stages. */
static char *
describe_stages (const char *example, guint copies, const char *remedy)
{
  g_autoptr (BfSpec) base = bf_examples_load (example, NULL), effective = NULL;
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new (NULL);

  ((BfBlock *) base->blocks->pdata[0])->count = copies;
  bf_spec_add_remedy_string (base, remedy, &error);
  g_assert_no_error (error);
  effective = bf_remedies_apply (base);
  for (guint i = 0; effective->stages && i < effective->stages->len; i++)
    {
      const BfStage *stage = &g_array_index (effective->stages, BfStage, i);

      g_string_append_printf (text, "%s%u-%u", i ? " " : "", stage->first, stage->last);
      if (stage->epochs)
        g_string_append_printf (text, "×%u", stage->epochs);
    }
  return g_string_free (text, FALSE);
}

static void
test_stages (void)
{
  static const struct { guint copies; const char *remedy, *expected; } cases[] = {
    { 7, "fine-tuning", "1-2 3-4 1-4 5-6 1-6 7-7 1-7" },
    { 10, "fine-tuning", "1-2 3-4 1-4 5-6 1-6 7-10 1-10" },
    { 6, "fine-tuning", "1-2 3-4 1-4 5-6 1-6" },
    { 5, "fine-tuning", "1-2 3-4 1-4 1-5" },
    { 2, "fine-tuning", "" },
    { 1, "fine-tuning", "" },
    { 1, "fine-tuning:epochs=3", "1-1×3" },
    { 7, "fine-tuning:stages=1-2,3-4,epochs=2", "1-2×2 3-7×2" },
    { 7, "fine-tuning:stages= 1 , 2–3 , 4 -", "1-1 2-3 4-7" },
    { 3, "fine-tuning:stages=8-9,10-", "" },
    { 7, "fine-tuning:stages=3-,1-,5-", "3-7 1-7 5-7" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = describe_stages ("t1-baseline", cases[i].copies, cases[i].remedy);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_training (void)
{
  g_autoptr (BfPlan) plan = make_plan ("t1-baseline", "optimizer:kind=rmsprop,alpha=0.5,learning_rate=0.02",
                                       "gradient-clipping:kind=norm,limit=3",
                                       "learning-rate:schedule=step,every=4,warmup=2", NULL);
  g_autoptr (BfPlan) rate = make_plan ("t1-baseline", "optimizer", "learning-rate:rate=0.5", NULL);

  g_assert_true (bf_options_is (plan->spec->optimizer, "rmsprop"));
  g_assert_cmpfloat (bf_options_number (plan->spec->optimizer, "alpha"), ==, 0.5);
  g_assert_cmpfloat (plan->spec->learning_rate, ==, 0.02);
  g_assert_true (bf_options_is (plan->spec->clipping, "norm"));
  g_assert_cmpfloat (bf_options_number (plan->spec->clipping, "limit"), ==, 3);
  g_assert_true (bf_options_is (plan->spec->schedule, "step"));
  g_assert_cmpfloat (bf_options_number (plan->spec->schedule, "warmup"), ==, 2);
  g_assert_true (bf_options_is (rate->spec->optimizer, "adam"));
  g_assert_true (bf_options_is (rate->spec->schedule, "cosine"));
  g_assert_cmpfloat (rate->spec->learning_rate, ==, 0.5);
}

static void
test_rows (void)
{
  static const char *const order[] = {
    "increasing-weights", "initialization", "activation", "batch-norm", "tensor-norm", "layer-norm", "skip-connections",
    "fine-tuning", "gradient-norm", "gradient-clipping", "optimizer", "learning-rate",
  };

  for (guint i = 0; bf_remedies ()[i]; i++)
    {
      const BfRemedy *remedy = (const BfRemedy *) bf_remedies ()[i];

      g_assert_cmpstr (remedy->kind.id, ==, order[i]);
      g_assert_true (*remedy->kind.summary && *remedy->formula && *remedy->reference && *remedy->cost);
      g_assert_true (g_str_has_prefix (remedy->link, "https://"));
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
    { "fine-tuning:stages=", "no stage" },
    { "fine-tuning:stages=one", "Stage 1, “one”" },
    { "fine-tuning:stages=1-2;3-4", "expected" },
    { "fine-tuning:stages=0-2", "from 1" },
    { "fine-tuning:stages=4-2", "before it begins" },
    { "fine-tuning:stages=1-2,3-4,1-3", "Stage 3, “1-3”" },
    { "fine-tuning:stages=1-,2-5", "only grows" },
    { "fine-tuning:stages=1-99999", "4000" },
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

static void
assert_conflict (const char *first, const char *second, const char *id, const char *word)
{
  g_autoptr (BfSpec) spec = bf_examples_load ("t1-baseline", NULL);
  g_autofree char *why = NULL;

  g_assert_true (bf_spec_add_remedy_string (spec, first, NULL));
  g_assert_true (bf_spec_add_remedy_string (spec, second, NULL));
  why = bf_remedy_get_conflict (spec, id);
  if (word && !(why && strstr (why, word)))
    g_error ("%s with %s, “%s” lacks “%s”", first, second, why ? why : "", word);
  if (!word)
    g_assert_cmpstr (why, ==, NULL);
}

static void
test_which_wins (void)
{
  assert_conflict ("increasing-weights", "initialization", "increasing-weights", "Initialization");
  assert_conflict ("increasing-weights", "initialization", "initialization", NULL);
  assert_conflict ("optimizer", "learning-rate:rate=0.5", "optimizer", "Learning Rate");
  assert_conflict ("optimizer", "learning-rate:rate=0.5", "learning-rate", NULL);
  assert_conflict ("optimizer", "learning-rate", "optimizer", NULL);
  assert_conflict ("batch-norm", "layer-norm", "batch-norm", NULL);
  assert_conflict ("fine-tuning", "skip-connections", "fine-tuning", NULL);
  assert_conflict ("fine-tuning:stages=1-", "activation", "fine-tuning", "nothing");
  assert_conflict ("skip-connections:every=50", "activation", "skip-connections", "nothing");
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
  g_test_add_func ("/remedies/rows", test_rows);
  g_test_add_func ("/remedies/places", test_places);
  g_test_add_func ("/remedies/single-layers", test_single_layers);
  g_test_add_func ("/remedies/skips", test_skips);
  g_test_add_func ("/remedies/stages", test_stages);
  g_test_add_func ("/remedies/training", test_training);
  g_test_add_func ("/remedies/which-wins", test_which_wins);
  g_test_add_func ("/remedies/strings", test_strings);
  g_test_add_func ("/remedies/conflict", test_conflict);
  return g_test_run ();
}
