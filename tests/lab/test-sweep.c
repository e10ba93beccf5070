/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Bad numbers: every activation × starting weights × optimizer × learning rate from 1e-8 to 1e8 either trains
 * or stops as diverged, with step and layer. In between there is never a number in columns, epochs or findings
 * that is not finite and does not say so. With BF_SWEEP=all each combination, else one in eleven.
 */
#include "bf-trainer.h"

#include <math.h>
#include <string.h>

#include "bf-diagnosis.h"

/* Besides that, all is as in any other experiment. */
typedef struct
{
  const BfKind *activation, *initializer, *optimizer;
  double rate;
} Case;

typedef struct
{
  guint trained, diverged;
} Tally;

static void
add_dense (BfSpec *spec, guint units, const BfKind *initializer)
{
  BfLayer *dense = bf_spec_append (spec, "dense");

  g_assert_true (bf_options_set_number (dense->options, "units", units, NULL));
  g_assert_true (bf_options_set_choice (dense->options, "start", initializer->id, NULL));
}

static BfSpec *
make_spec (const Case *c)
{
  BfSpec *spec = bf_spec_new ();

  g_clear_pointer (&spec->data, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "moons"));
  g_assert_true (bf_options_set_number (spec->data, "samples", 60, NULL));
  spec->validation_share = 0.2;
  spec->batch = 16;
  spec->epochs = 4;
  spec->seed = 3;
  spec->learning_rate = c->rate;
  g_clear_pointer (&spec->optimizer, bf_options_free);
  spec->optimizer = bf_options_new (c->optimizer);
  for (guint i = 0; i < 5; i++)
    {
      add_dense (spec, 8, c->initializer);
      g_assert_true (bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function",
                                            c->activation->id, NULL));
    }
  add_dense (spec, 2, c->initializer);
  return spec;
}

static const Case *current;

static void
fail (const char *what, int line)
{
  g_test_message ("line %d, %s, %s, %s, %g: not %s", line, current->activation->id, current->initializer->id,
                  current->optimizer->id, current->rate, what);
  g_test_fail ();
}

/* Goes on, so that one sweep shows all. */
#define EXPECT(expression) do { if (!(expression)) fail (#expression, __LINE__); } while (0)

static void
check_stats (const BfStats *stats)
{
  const gboolean bad = (stats->states & (BF_STATE_INFINITE | BF_STATE_NAN)) != 0;

  if (stats->size == 0)
    return;
  EXPECT (bad == (stats->nonfinite > 0));
  if (bad)
    return;
  EXPECT (isfinite (stats->rms) && isfinite (stats->mean) && isfinite (stats->sd));
  EXPECT (isfinite (stats->minimum) && isfinite (stats->maximum));
  EXPECT (isfinite (stats->norm_low) && isfinite (stats->norm_high) && stats->norm_low <= stats->norm_high);
  /* No mean of logarithms: only where the norm was 0 in each step. */
  EXPECT (isfinite (stats->log_norm) || (stats->states & BF_STATE_ZERO && stats->counted == 0));
}

static void
check_column (const BfColumn *column, gboolean last)
{
  EXPECT (isfinite (column->learning_rate) && isfinite (column->clip_factor));
  EXPECT (isfinite (column->accuracy));
  EXPECT (last || isfinite (column->loss));
  for (guint l = 0; l < column->n_layers; l++)
    {
      EXPECT (!isinf (column->layers[l].update_ratio));
      for (guint t = 0; t < BF_N_TENSORS; t++)
        {
          check_stats (&column->layers[l].tensors[t]);
          EXPECT (last || column->layers[l].tensors[t].nonfinite == 0);
        }
    }
}

/* The first that is not finite belongs to the step at which the training ended, and is told. */
static void
check_divergence (const BfSnapshot *snapshot)
{
  const BfColumn *column = bf_snapshot_get_column (snapshot, snapshot->diverged_step);
  /* After the last update, or the last of an epoch, there is no pass of a batch to see it in. */
  gboolean seen = !isfinite (column->loss)
                  || (snapshot->steps % snapshot->steps_per_epoch == 0 && snapshot->diverged_step == snapshot->steps);

  EXPECT (snapshot->diverged_step <= snapshot->steps);
  EXPECT (snapshot->diverged_layer < snapshot->plan->n_layers);
  for (guint t = 0; t < BF_N_TENSORS; t++)
    seen = seen || column->layers[snapshot->diverged_layer].tensors[t].nonfinite > 0;
  EXPECT (seen);
}

static void
check_words (const char *text)
{
  EXPECT (!g_regex_match_simple ("\\b(nan|inf)\\b", text, G_REGEX_CASELESS, 0));
}

static void
check_findings (const BfSnapshot *snapshot, const BfTaskFacts *facts)
{
  g_autoptr (GPtrArray) findings = bf_diagnose (snapshot, facts, NULL);

  EXPECT (snapshot->outcome != BF_OUTCOME_DIVERGED || findings->len > 0);
  for (guint i = 0; i < findings->len; i++)
    {
      const BfFinding *finding = findings->pdata[i];

      check_words (finding->title);
      check_words (finding->sentence);
      check_words (finding->cause);
      for (guint e = 0; e < finding->evidence->len; e++)
        EXPECT (!isnan (g_array_index (finding->evidence, BfEvidence, e).value));   /* infinite: a gradient of exactly 0 */
    }
}

static void
check_epochs (const BfSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->epochs->len; i++)
    {
      const BfEpoch *epoch = &g_array_index (snapshot->epochs, BfEpoch, i);
      /* The update that ended it may have been the one that went too far. */
      const gboolean last = snapshot->outcome == BF_OUTCOME_DIVERGED && epoch->step == snapshot->steps;

      EXPECT (isfinite (epoch->train_loss) && isfinite (epoch->train_accuracy));
      EXPECT (last || (isfinite (epoch->validation_loss) && isfinite (epoch->validation_accuracy)));
    }
}

static void
check_snapshot (const BfSnapshot *snapshot, const BfTaskFacts *facts)
{
  const gboolean diverged = snapshot->outcome == BF_OUTCOME_DIVERGED;

  EXPECT (diverged || snapshot->outcome == BF_OUTCOME_FINISHED);
  for (guint i = 0; i < snapshot->columns->len; i++)
    check_column (snapshot->columns->pdata[i], diverged && i + 1 == snapshot->columns->len);
  check_epochs (snapshot);
  if (diverged)
    check_divergence (snapshot);
  else
    {
      EXPECT (snapshot->steps == snapshot->steps_planned);
      EXPECT (isfinite (snapshot->test_loss) && isfinite (snapshot->test_accuracy));
    }
  check_findings (snapshot, facts);
}

static void
run_case (const Case *c, BfDataset *data, Tally *tally)
{
  g_autoptr (BfSpec) spec = make_spec (c);
  g_autoptr (BfPlan) plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  g_autoptr (GError) error = NULL;
  g_autoptr (BfTrainer) trainer = bf_trainer_new (plan, data, 1, &error);
  g_autoptr (BfSnapshot) snapshot = NULL;
  BfTaskFacts facts;
  guint64 calls = 0;

  g_assert_no_error (error);
  while (bf_trainer_step (trainer) == BF_STEP_MADE)
    g_assert_cmpuint (++calls, <=, bf_trainer_get_planned (trainer));
  snapshot = bf_trainer_snapshot (trainer);
  bf_task_facts_measure (data, spec, &facts);
  check_snapshot (snapshot, &facts);
  if (snapshot->outcome == BF_OUTCOME_DIVERGED)
    tally->diverged++;
  else
    tally->trained++;
}

static guint
count_kinds (const BfKind *const *kinds)
{
  guint n = 0;

  while (kinds[n])
    n++;
  return n;
}

#define LOWEST (-8)
#define N_RATES 17

/* All activations with all starting weights, one optimizer. */
static void
test_optimizer (gconstpointer which)
{
  const gboolean all = g_strcmp0 (g_getenv ("BF_SWEEP"), "all") == 0;
  const guint n_initializers = count_kinds (bf_initializers ());
  const guint n = count_kinds (bf_activations ()) * n_initializers * N_RATES;
  const Case first = { bf_activations ()[0], bf_initializers ()[0], which, 0.1 };
  g_autoptr (BfSpec) spec = make_spec (&first);
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, NULL);
  Tally tally = { 0 };

  for (guint i = 0; i < n; i += all ? 1 : 11)
    {
      const Case c = {
        .activation = bf_activations ()[i / N_RATES / n_initializers],
        .initializer = bf_initializers ()[i / N_RATES % n_initializers],
        .optimizer = which,
        .rate = pow (10, LOWEST + (int) (i % N_RATES)),
      };

      /* The last words, should it crash. */
      if (g_test_verbose ())
        g_test_message ("%s, %s, %s, %g", c.activation->id, c.initializer->id, c.optimizer->id, c.rate);
      current = &c;
      run_case (&c, data, &tally);
    }
  g_test_message ("%u trained, %u diverged", tally.trained, tally.diverged);
  g_assert_cmpuint (tally.trained, >, 0);
  g_assert_cmpuint (tally.diverged, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (const BfKind *const *kind = bf_optimizers (); *kind; kind++)
    {
      g_autofree char *path = g_strdup_printf ("/sweep/%s", (*kind)->id);

      g_test_add_data_func (path, *kind, test_optimizer);
    }
  return g_test_run ();
}
