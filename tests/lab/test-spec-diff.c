/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What differs between two experiments; and that a remedy changes nothing that it does not speak of:
 * the layers that both have start with the same weights, and both see the same batches.
 */
#include "bf-file.h"
#include "bf-network.h"
#include "bf-remedy.h"
#include "bf-spec-diff.h"
#include "bf-trainer.h"

#include <locale.h>
#include <string.h>

static BfSpec *
load (const char *id)
{
  g_autoptr (GError) error = NULL;
  BfSpec *spec = bf_examples_load (id, &error);

  g_assert_no_error (error);
  return spec;
}

/* A copy with remedies, "batch-norm:affine=false skip-connections". */
static BfSpec *
with (BfSpec *base, const char *remedies)
{
  g_auto (GStrv) all = g_strsplit (remedies, " ", -1);
  BfSpec *spec = bf_spec_copy (base);

  for (guint i = 0; all[i]; i++)
    {
      g_autoptr (GError) error = NULL;
      bf_spec_add_remedy_string (spec, all[i], &error);
      g_assert_no_error (error);
    }
  return spec;
}

static const BfDiffRow *
find_row (GPtrArray *rows, const char *what)
{
  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (((BfDiffRow *) rows->pdata[i])->what, what))
      return rows->pdata[i];
  for (guint i = 0; i < rows->len; i++)
    g_test_message ("row “%s”", ((BfDiffRow *) rows->pdata[i])->what);
  g_error ("no row “%s”", what);
}

static void
test_equal (void)
{
  g_autoptr (BfSpec) a = load ("t1-baseline"), b = bf_spec_copy (a), c = with (a, "batch-norm");
  g_autoptr (GPtrArray) none = bf_spec_diff (a, b), alike = bf_spec_diff (c, c);

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (alike->len, ==, 0);
}

static void
test_inserted (void)
{
  g_autoptr (BfSpec) a = load ("t1-baseline"), b = with (a, "batch-norm");
  g_autoptr (GPtrArray) rows = bf_spec_diff (a, b), back = bf_spec_diff (b, a);
  const BfDiffRow *row = find_row (rows, "Batch Normalization");

  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpint (row->group, ==, BF_DIFF_REMEDY);
  g_assert_cmpstr (row->a, ==, "off");
  g_assert_true (g_str_has_prefix (row->b, "on ("));
  row = rows->pdata[1];
  g_assert_cmpint (row->group, ==, BF_DIFF_LAYER);
  g_assert_nonnull (strstr (row->what, " … "));   /* seven copies in one row */
  g_assert_null (row->a);
  g_assert_true (g_str_has_prefix (row->b, "Batch Norm"));
  row = back->pdata[1];
  g_assert_nonnull (row->a);
  g_assert_null (row->b);
}

static void
test_changed (void)
{
  g_autoptr (BfSpec) a = load ("t1-baseline"), b = with (a, "activation optimizer");
  g_autoptr (GPtrArray) rows = NULL;
  const BfDiffRow *row;
  guint layers = 0;

  b->seed = 7;
  b->batch = 32;
  rows = bf_spec_diff (a, b);
  row = find_row (rows, "Seed");
  g_assert_cmpint (row->group, ==, BF_DIFF_TRAINING);
  g_assert_cmpstr (row->a, ==, "42");
  g_assert_cmpstr (row->b, ==, "7");
  g_assert_cmpstr (find_row (rows, "Batch")->b, ==, "32");
  row = find_row (rows, "Optimizer");   /* the remedy's own row comes first */
  g_assert_cmpint (row->group, ==, BF_DIFF_REMEDY);
  for (guint i = 0; i < rows->len; i++)
    {
      row = rows->pdata[i];
      layers += row->group == BF_DIFF_LAYER;
      if (row->group == BF_DIFF_LAYER && g_str_has_suffix (row->what, ", Function"))
        {
          g_assert_cmpstr (row->a, ==, "Sigmoid");
          g_assert_cmpstr (row->b, !=, "Sigmoid");
        }
      if (i > 0)
        g_assert_cmpint (((BfDiffRow *) rows->pdata[i - 1])->group, <=, row->group);
    }
  g_assert_cmpuint (layers, >=, 1);
}

/* Two settings of one remedy differ by them alone. */
static void
test_remedy_parameter (void)
{
  g_autoptr (BfSpec) base = load ("t1-baseline");
  g_autoptr (BfSpec) a = with (base, "batch-norm"), b = with (base, "batch-norm:affine=false");
  g_autoptr (GPtrArray) rows = bf_spec_diff (a, b);
  const BfDiffRow *row = rows->pdata[0];

  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_true (g_str_has_prefix (row->what, "Batch Normalization, "));
  g_assert_cmpstr (row->a, ==, "yes");
  g_assert_cmpstr (row->b, ==, "no");
}

/* A layer removed and one frozen. */
static void
test_edited (void)
{
  g_autoptr (BfSpec) a = load ("t1-baseline"), b = bf_spec_copy (a);
  BfBlock *block = b->blocks->pdata[0];
  g_autoptr (GPtrArray) rows = NULL;

  block->count -= 1;
  ((BfLayer *) block->layers->pdata[0])->frozen = TRUE;
  rows = bf_spec_diff (a, b);
  g_assert_cmpstr (find_row (rows, "Dense 1 … Dense 6, Frozen")->b, ==, "yes");
  g_assert_null (find_row (rows, "Dense 7")->b);
  g_assert_nonnull (find_row (rows, "Dense 7")->a);
}

/* Every remedy on every ready-made experiment has at least a row, and every row says something. */
static void
test_every_remedy (void)
{
  g_autoptr (GPtrArray) examples = bf_examples_list (NULL);

  for (guint i = 0; i < examples->len; i++)
    for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
      {
        g_autoptr (BfSpec) a = load (((const BfExample *) examples->pdata[i])->id), b = with (a, (*kind)->id);
        g_autoptr (GPtrArray) rows = bf_spec_diff (a, b);

        for (guint r = 0; r < rows->len; r++)
          {
            const BfDiffRow *row = rows->pdata[r];

            g_assert_true (row->a || row->b);
            g_assert_cmpstr (row->a, !=, row->b);
            g_assert_true (*row->what && (!row->a || *row->a) && (!row->b || *row->b));
            g_assert_true (g_utf8_validate (row->what, -1, NULL));
          }
        /* Where the experiment has the remedy on by itself there is none. */
        g_assert_true (rows->len > 0 || bf_spec_equal (a, b));
      }
}

/* Starting weights and batches */

/* The program's largest network takes a while; this one has every part. */
static BfSpec *
make_small (void)
{
  g_autoptr (BfSpec) baseline = load ("t1-baseline");
  BfSpec *spec = bf_spec_copy (baseline);
  BfBlock *block = spec->blocks->pdata[0];

  bf_options_free (spec->data);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "blobs"));
  bf_options_set_number (spec->data, "classes", 10, NULL);
  bf_options_set_number (((BfLayer *) block->layers->pdata[0])->options, "units", 12, NULL);
  spec->batch = 16;
  return spec;
}

static BfTrainer *
make_trainer (BfSpec *base, BfDataset *data)
{
  g_autoptr (BfSpec) effective = bf_remedies_apply (base);
  g_autoptr (BfPlan) plan = bf_plan_new (effective, bf_dataset_get_shape (data));
  g_autoptr (GError) error = NULL;
  BfTrainer *trainer = bf_trainer_new (plan, data, 1, &error);

  g_assert_no_error (error);
  return trainer;
}

static int
find_same (const BfPlan *plan, const BfPlanLayer *wanted)
{
  for (guint i = 0; i < plan->n_layers; i++)
    if (plan->layers[i].layer->id == wanted->layer->id && plan->layers[i].copy == wanted->copy
        && bf_options_get_kind (plan->layers[i].layer->options) == bf_options_get_kind (wanted->layer->options))
      return (int) i;
  return -1;
}

/* Number of weighted layers that both have with the same starting weights, bit for bit. */
static guint
count_same_starts (BfNetwork *a, BfNetwork *b, guint *shared)
{
  const BfPlan *plan = bf_network_get_plan (a);
  guint same = 0;

  *shared = 0;
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      const BfPlanLayer *layer = &plan->layers[plan->weighted[w]];
      int other = find_same (bf_network_get_plan (b), layer);
      const BfParameter *x = bf_network_find_parameter (a, layer->index, "weight"), *y;

      if (other < 0)
        continue;
      (*shared)++;
      y = bf_network_find_parameter (b, (guint) other, "weight");
      same += x->rows == y->rows && x->columns == y->columns
              && memcmp (x->value, y->value, sizeof (float) * x->rows * x->columns) == 0;
    }
  return same;
}

static void
test_remedies_keep_start_and_batches (gconstpointer user_data)
{
  const BfRemedy *remedy = user_data;
  gboolean speaks_of_start = g_str_equal (remedy->family, "starting weights");
  g_autoptr (BfSpec) a = make_small (), b = with (a, remedy->kind.id);
  g_autoptr (GError) error = NULL;
  g_autoptr (BfDataset) data = bf_dataset_load (a, NULL, NULL, &error);
  g_autoptr (BfTrainer) plain = NULL, cured = NULL;
  g_autoptr (BfSnapshot) x = NULL, y = NULL;
  g_autofree char *words = NULL;
  BfRunMatch match;
  guint shared, same;

  g_assert_no_error (error);
  plain = make_trainer (a, data);
  cured = make_trainer (b, data);
  same = count_same_starts (bf_trainer_get_network (plain), bf_trainer_get_network (cured), &shared);
  g_assert_cmpuint (shared, >=, 2);
  if (!speaks_of_start)
    g_assert_cmpuint (same, ==, shared);

  /* What the view says is what holds. */
  x = bf_trainer_snapshot (plain);
  y = bf_trainer_snapshot (cured);
  bf_run_match_init (&match, x, y);
  words = bf_run_match_describe (&match, x, y);
  if (y->plan->spec->stages)   /* the network at hand is the first stage's, the match is of the whole */
    {
      g_assert_cmpuint (match.shared, >, shared);
      g_assert_cmpuint (match.same_start, >=, same);
    }
  else
    {
      g_assert_cmpuint (match.shared, ==, shared);
      g_assert_cmpuint (match.same_start, ==, same);
    }
  g_assert_true (match.same_seed && match.same_batches);
  g_assert_true (g_str_has_prefix (words, "Same seed, 42. "));
  g_assert_nonnull (strstr (words, "the same batches"));

  for (guint i = 0; i < 5; i++)
    {
      gsize inputs = x->plan->shape.inputs;

      g_assert_cmpint (bf_trainer_step (plain), ==, BF_STEP_MADE);
      if (bf_trainer_step (cured) != BF_STEP_MADE)
        break;
      g_assert_cmpmem (bf_network_get_input (bf_trainer_get_network (plain)), sizeof (float) * inputs * a->batch,
                       bf_network_get_input (bf_trainer_get_network (cured)), sizeof (float) * inputs * a->batch);
    }
}

static void
test_other_seed (void)
{
  g_autoptr (BfSpec) a = make_small (), b = bf_spec_copy (a);
  g_autoptr (GError) error = NULL;
  g_autoptr (BfDataset) data = bf_dataset_load (a, NULL, NULL, &error);
  g_autoptr (BfTrainer) first = NULL, second = NULL;
  g_autoptr (BfSnapshot) x = NULL, y = NULL;
  g_autofree char *words = NULL;
  BfRunMatch match;

  g_assert_no_error (error);
  b->seed = 43;
  first = make_trainer (a, data);
  second = make_trainer (b, data);
  x = bf_trainer_snapshot (first);
  y = bf_trainer_snapshot (second);
  bf_run_match_init (&match, x, y);
  words = bf_run_match_describe (&match, x, y);
  g_assert_cmpuint (match.shared, ==, x->plan->n_weighted);
  g_assert_cmpuint (match.same_start, ==, 0);
  g_assert_false (match.same_seed || match.same_batches);
  g_assert_true (g_str_has_prefix (words, "Different seeds, 42 and 43. The starting weights differ. "));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spec-diff/equal", test_equal);
  g_test_add_func ("/spec-diff/inserted", test_inserted);
  g_test_add_func ("/spec-diff/changed", test_changed);
  g_test_add_func ("/spec-diff/remedy-parameter", test_remedy_parameter);
  g_test_add_func ("/spec-diff/edited", test_edited);
  g_test_add_func ("/spec-diff/every-remedy", test_every_remedy);
  for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
    {
      g_autofree char *path = g_strdup_printf ("/run-match/%s", (*kind)->id);
      g_test_add_data_func (path, *kind, test_remedies_keep_start_and_batches);
    }
  g_test_add_func ("/run-match/other-seed", test_other_seed);
  return g_test_run ();
}
