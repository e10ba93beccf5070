/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-expectation.h"

#include "bf-remedy.h"
#include "../engine/bf-trainer.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

typedef struct
{
  BfSpec *base;
  char *remedy;
  BfDataset *data;
  double input_square;
} Question;

static void
question_free (Question *self)
{
  bf_spec_unref (self->base);
  g_free (self->remedy);
  bf_dataset_unref (self->data);
  g_free (self);
}

gboolean
bf_way_measure (const BfColumn *column, const BfPlan *plan, guint *layers, double *whole)
{
  guint first, last;

  *layers = 0;
  *whole = NAN;
  if (!bf_plan_get_hidden (plan, &first, &last))
    return FALSE;
  *layers = last - first;
  *whole = bf_column_get_norm (column, bf_plan_get_stage_end (plan, first), BF_TENSOR_OUTPUT_GRADIENT)
           / bf_column_get_norm (column, bf_plan_get_stage_end (plan, last), BF_TENSOR_OUTPUT_GRADIENT);
  return isfinite (*whole);
}

/* FALSE where theory is silent. */
static gboolean
ask_theory (const BfPlan *plan, double input_square, BfExpectation *expectation)
{
  g_autoptr (BfTheory) theory = bf_theory_new (plan, input_square);
  guint first, last;

  if (theory->reason || !bf_plan_get_hidden (plan, &first, &last))
    return FALSE;
  expectation->by = BF_EXPECTED_BY_THEORY;
  expectation->layers = last - first;
  expectation->whole = pow (10, theory->layers[first].log_gradient);
  return TRUE;
}

static gboolean
ask_network (BfPlan *plan, BfDataset *data, BfExpectation *expectation, GError **error)
{
  g_autoptr (BfTrainer) trainer = bf_trainer_new (plan, data, 1, error);
  g_autoptr (BfSnapshot) snapshot = trainer ? bf_trainer_snapshot (trainer) : NULL;

  if (!snapshot)
    return FALSE;
  expectation->by = BF_EXPECTED_BY_PASS;
  bf_way_measure (snapshot->start, snapshot->plan, &expectation->layers, &expectation->whole);
  return TRUE;
}

static BfSpec *
make_effective (const Question *question, GError **error)
{
  g_autoptr (BfSpec) spec = bf_spec_copy (question->base);

  return bf_spec_add_remedy_string (spec, question->remedy, error) ? bf_remedies_apply (spec) : NULL;
}

static void
answer (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Question *question = data;
  g_autofree char *id = g_strndup (question->remedy, strcspn (question->remedy, ":"));
  const BfRemedy *remedy = bf_remedy_find (id);
  g_autofree BfExpectation *expectation = g_new0 (BfExpectation, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = NULL;
  g_autoptr (BfPlan) plan = NULL;

  expectation->whole = expectation->one = NAN;
  if (!(remedy && remedy->only_steps))
    {
      spec = make_effective (question, &error);
      plan = spec ? bf_plan_new (spec, bf_dataset_get_shape (question->data)) : NULL;
      if (g_task_return_error_if_cancelled (task))
        return;
      if (!plan || (!ask_theory (plan, question->input_square, expectation)
                    && !ask_network (plan, question->data, expectation, &error)))
        {
          g_task_return_error (task, g_steal_pointer (&error));
          return;
        }
      if (expectation->layers > 0)
        expectation->one = pow (expectation->whole, 1.0 / expectation->layers);
    }
  g_task_return_pointer (task, g_steal_pointer (&expectation), g_free);
}

void
bf_expectation_ask (BfSpec *base, const char *remedy, BfDataset *data, double input_square,
                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  g_return_if_fail (base != NULL && remedy != NULL && data != NULL);
  *question = (Question) { bf_spec_ref (base), g_strdup (remedy), bf_dataset_ref (data), input_square };
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  g_task_run_in_thread (task, answer);
}

gboolean
bf_expectation_finish (GAsyncResult *result, BfExpectation *expectation, GError **error)
{
  g_autofree BfExpectation *found = g_task_propagate_pointer (G_TASK (result), error);

  if (!found)
    return FALSE;
  *expectation = *found;
  return TRUE;
}
