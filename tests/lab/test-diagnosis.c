/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The diagnosis, scored on labelled experiments (tests/data/diagnosis, labels known from how each was
 * built), and its numbers: the factors multiply to the measured ratio.
 */
#include "bf-diagnosis.h"
#include "bf-factors.h"
#include "bf-file.h"
#include "bf-remedy.h"
#include "bf-run.h"
#include "bf-thresholds.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define LEAST 0.95

typedef struct
{
  guint right, missed, wrong;
} Score;

static double
get_precision (const Score *score)
{
  return score->right + score->wrong ? (double) score->right / (score->right + score->wrong) : NAN;
}

static double
get_recall (const Score *score)
{
  return score->right + score->missed ? (double) score->right / (score->right + score->missed) : NAN;
}

static BfRun *
train (BfSpec *base, guint64 steps)
{
  g_autoptr (BfSpec) spec = bf_remedies_apply (base);
  BfRun *run = bf_run_new (spec, &(BfRunOptions) { .steps = steps });

  bf_run_wait (run);
  g_assert_no_error (bf_run_get_error (run));
  if (steps > 0)
    {
      bf_run_train (run);
      bf_run_wait (run);
    }
  return run;
}

static BfRun *
train_file (const char *path, guint64 steps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) base = bf_file_load (path, NULL, &error);

  g_assert_no_error (error);
  return train (base, steps);
}

static GPtrArray *
diagnose (BfRun *run)
{
  BfTaskFacts facts;

  bf_task_facts_measure (bf_run_get_dataset (run), bf_run_get_spec (run), &facts);
  return bf_diagnose (bf_run_get_snapshot (run), &facts, NULL);
}

static gboolean
has (GPtrArray *findings, const char *id)
{
  for (guint i = 0; i < findings->len; i++)
    if (g_str_equal (((BfFinding *) findings->pdata[i])->id, id))
      return TRUE;
  return FALSE;
}

static gboolean
is_expected (JsonArray *labels, const char *id)
{
  for (guint i = 0; i < json_array_get_length (labels); i++)
    if (g_str_equal (json_array_get_string_element (labels, i), id))
      return TRUE;
  return FALSE;
}

/* Every finding says where, by what and why. */
static void
check_words (GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const BfFinding *finding = findings->pdata[i];

      g_assert_cmpuint (strlen (finding->title), >, 8);
      g_assert_cmpuint (strlen (finding->sentence), >, 20);
      g_assert_cmpuint (strlen (finding->cause), >, 20);
      g_assert_cmpuint (finding->evidence->len, >, 0);
      g_assert_null (strstr (finding->sentence, "nan"));
      g_assert_null (strstr (finding->sentence, "inf "));
      for (guint k = 0; k < finding->remedies->len; k++)
        {
          g_autoptr (BfSpec) spec = bf_spec_new ();
          g_autoptr (GError) error = NULL;

          bf_spec_add_remedy_string (spec, finding->remedies->pdata[k], &error);
          g_assert_no_error (error);
        }
    }
}

static void
score_experiment (const char *dir, const char *name, JsonObject *label, Score *scores)
{
  const BfKind *const *kinds = bf_finding_kinds ();
  JsonArray *expected = json_object_get_array_member (label, "findings");
  g_autofree char *file = g_strconcat (name, ".backflow", NULL);
  g_autofree char *path = g_build_filename (dir, file, NULL);
  g_autoptr (BfRun) run = train_file (path, (guint64) json_object_get_int_member (label, "steps"));
  g_autoptr (GPtrArray) findings = diagnose (run);

  check_words (findings);
  for (guint i = 0; kinds[i]; i++)
    {
      const gboolean found = has (findings, kinds[i]->id), labelled = is_expected (expected, kinds[i]->id);

      scores[i].right += found && labelled;
      scores[i].missed += labelled && !found;
      scores[i].wrong += found && !labelled;
      if (found != labelled)
        g_test_message ("%s: %s %s", name, found ? "found without a label:" : "missed:", kinds[i]->id);
    }
}

static void
print_scores (const Score *scores, Score *total)
{
  const BfKind *const *kinds = bf_finding_kinds ();

  g_test_message ("score: %-24s %9s %6s %6s %6s %6s", "finding", "precision", "recall", "right", "missed", "wrong");
  for (guint i = 0; kinds[i]; i++)
    {
      g_test_message ("score: %-24s %9.3f %6.3f %6u %6u %6u", kinds[i]->id, get_precision (&scores[i]), get_recall (&scores[i]),
                      scores[i].right, scores[i].missed, scores[i].wrong);
      total->right += scores[i].right;
      total->missed += scores[i].missed;
      total->wrong += scores[i].wrong;
    }
  g_test_message ("score: %-24s %9.3f %6.3f %6u %6u %6u", "overall", get_precision (total), get_recall (total), total->right,
                  total->missed, total->wrong);
}

static void
test_scores (void)
{
  g_autofree char *dir = g_build_filename (BF_TEST_DATA_DIR, "diagnosis", NULL);
  g_autofree char *path = g_build_filename (dir, "labels.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObjectIter iter;
  JsonNode *node;
  const char *name;
  Score scores[64] = { 0 }, total = { 0 };
  guint n = 0, healthy = 0;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  json_object_iter_init (&iter, json_node_get_object (json_parser_get_root (parser)));
  while (json_object_iter_next (&iter, &name, &node))
    {
      JsonObject *label = json_node_get_object (node);

      score_experiment (dir, name, label, scores);
      healthy += json_array_get_length (json_object_get_array_member (label, "findings")) == 0;
      n++;
    }
  print_scores (scores, &total);
  g_assert_cmpuint (n, >=, 80);
  g_assert_cmpuint (3 * healthy, >=, n);
  g_assert_cmpfloat (get_precision (&total), >=, LEAST);
  g_assert_cmpfloat (get_recall (&total), >=, LEAST);
}

/* On every ready-made experiment: the parts of a way multiply to what ‖∂L/∂h‖ is multiplied by, to float32's rounding. */
static void
test_factors (void)
{
  static const char *const names[] = { "spiral", "t2-sigmoid", "t2-relu", "t2-batch-norm", "t2-clipped" };
  static const char *const remedies[] = { NULL, "skip-connections", "layer-norm", "gradient-norm" };

  for (guint i = 0; i < G_N_ELEMENTS (names) * G_N_ELEMENTS (remedies); i++)
    {
      const char *remedy = remedies[i % G_N_ELEMENTS (remedies)];
      g_autoptr (BfSpec) loaded = bf_examples_load (names[i / G_N_ELEMENTS (remedies)], NULL);
      g_autoptr (BfSpec) base = bf_spec_copy (loaded);
      g_autoptr (BfRun) run = NULL;
      const BfSnapshot *snapshot;
      const BfColumn *column;
      double factors[BF_N_FACTORS], whole, product = 1, measured;
      guint first, last;

      if (remedy)
        g_assert_true (bf_spec_add_remedy_string (base, remedy, NULL));
      run = train (base, 20);
      snapshot = bf_run_get_snapshot (run);
      column = g_ptr_array_index (snapshot->columns, snapshot->columns->len - 1);
      g_assert_true (bf_plan_get_hidden (snapshot->plan, &first, &last));
      g_assert_true (bf_factors_between (column, snapshot->plan, first, last, factors, &whole));
      for (guint k = 0; k < BF_N_FACTORS; k++)
        product *= isnan (factors[k]) ? 1 : factors[k];
      measured = bf_column_get_norm (column, bf_plan_get_stage_end (snapshot->plan, first), BF_TENSOR_OUTPUT_GRADIENT)
                 / bf_column_get_norm (column, bf_plan_get_stage_end (snapshot->plan, last), BF_TENSOR_OUTPUT_GRADIENT);
      g_assert_cmpfloat (fabs (log (product / measured)), <, 1e-4);
      g_assert_cmpfloat (fabs (log (whole / measured)), <, 1e-4);
      /* A slope's factor is a mean of slopes. */
      if (!isnan (factors[BF_FACTOR_SLOPE]) && g_str_equal (snapshot->plan->spec->name, "T2 sigmoid"))
        g_assert_cmpfloat (factors[BF_FACTOR_SLOPE], <=, pow (0.2500001, last - first));
    }
}

/* What the baseline is told: a factor of a layer that, layer by layer, makes the whole. */
static void
test_sentence (void)
{
  g_autoptr (BfSpec) base = bf_examples_load ("t2-sigmoid", NULL);
  g_autoptr (BfRun) run = train (base, 0);
  g_autoptr (GPtrArray) findings = diagnose (run);
  const BfFinding *finding;
  double per_layer;

  g_assert_cmpuint (findings->len, ==, 1);
  finding = findings->pdata[0];
  g_assert_cmpstr (finding->id, ==, "vanishing-gradient");
  per_layer = bf_finding_get_evidence (finding, "per_layer");
  g_assert_cmpfloat (fabs (9 * log10 (per_layer) + bf_finding_get_evidence (finding, "decades")), <, 1e-3);
  g_assert_cmpfloat (fabs (log (bf_finding_get_evidence (finding, "slope") * bf_finding_get_evidence (finding, "weights") / per_layer)),
                     <, 1e-3);
  g_assert_cmpstr (finding->remedies->pdata[0], ==, "batch-norm");
  g_assert_cmpuint (finding->layers->len, >=, 5);
}

/* A user's threshold counts. */
static void
test_thresholds (void)
{
  g_autoptr (BfSpec) base = bf_examples_load ("t2-sigmoid", NULL);
  g_autoptr (BfRun) run = train (base, 0);
  g_autoptr (BfOptions) thresholds = bf_options_new (bf_thresholds_kind ());
  g_autoptr (GPtrArray) findings = NULL;

  for (const BfParam *param = bf_thresholds_kind ()->params; param->id; param++)
    g_assert_cmpuint (strlen (bf_threshold_get_source (param->id)), >, 10);
  bf_options_set_number (thresholds, "decades", 50, NULL);
  findings = bf_diagnose (bf_run_get_snapshot (run), NULL, thresholds);
  g_assert_false (has (findings, "vanishing-gradient"));
}

/* What the rules suggest can be applied, and has a name. */
static void
test_suggestions_apply (void)
{
  static const char *const files[] = { "t1-baseline", "t2-exploding", "t2-relu", "t1-fifty" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BfSpec) base = bf_examples_load (files[i], &error);
      g_autoptr (BfRun) run = train (base, 30);
      g_autoptr (GPtrArray) findings = bf_diagnose (bf_run_get_snapshot (run), NULL, NULL);

      for (guint k = 0; k < findings->len; k++)
        {
          const BfFinding *finding = findings->pdata[k];

          for (guint r = 0; r < finding->remedies->len; r++)
            {
              g_autoptr (BfSpec) spec = bf_spec_copy (base);
              g_autofree char *name = bf_remedy_string_get_name (finding->remedies->pdata[r]);

              g_assert_true (bf_spec_add_remedy_string (spec, finding->remedies->pdata[r], &error));
              g_assert_no_error (error);
              g_assert_true (g_unichar_isupper (g_utf8_get_char (name)));
            }
        }
    }
}

static void
test_thresholds_kept (void)
{
  g_autoptr (BfOptions) options = bf_thresholds_parse ("decades=3,dead=0.5,nonsense=1,overfitting=x");
  g_autofree char *text = bf_thresholds_print (options);

  g_assert_cmpfloat (bf_options_number (options, "decades"), ==, 3);
  g_assert_cmpfloat (bf_options_number (options, "overfitting"), ==, 0.1);
  g_assert_cmpstr (text, ==, "decades=3,dead=0.5");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/diagnosis/factors", test_factors);
  g_test_add_func ("/diagnosis/sentence", test_sentence);
  g_test_add_func ("/diagnosis/thresholds", test_thresholds);
  g_test_add_func ("/diagnosis/scores", test_scores);
  g_test_add_func ("/diagnosis/suggestions-apply", test_suggestions_apply);
  g_test_add_func ("/diagnosis/thresholds-kept", test_thresholds_kept);
  return g_test_run ();
}
