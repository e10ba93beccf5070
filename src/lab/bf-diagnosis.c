/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The table of findings and what its rules share.
 */
#include "bf-diagnosis-private.h"

#include "bf-remedy.h"
#include "bf-thresholds.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_STEPS   200
#define WINDOW_COLUMNS 64

/* In order of weight: the first is what the strip shows. */
static const struct
{
  BfKind kind;
  BfDiagnosisRule rule;
} rules[] = {
  { { "diverged", N_("Diverged"), N_("An output, the loss, a gradient or a weight is not finite") }, bf_diagnose_diverged },
  { { "symmetric-start", N_("Symmetric Start"), N_("Hidden layers start with equal weights on both sides, so their units stay equal") },
    bf_diagnose_symmetric_start },
  { { "exploding-gradient", N_("Exploding Gradient"), N_("From the last hidden layer to the first the gradient grows decades") },
    bf_diagnose_exploding },
  { { "vanishing-gradient", N_("Vanishing Gradient"), N_("From the last hidden layer to the first the gradient loses decades") },
    bf_diagnose_vanishing },
  { { "unscaled-data", N_("Unscaled Data"), N_("The inputs are far larger than 1") }, bf_diagnose_unscaled_data },
  { { "dead-units", N_("Dead Units"), N_("Units that give 0 for every sample") }, bf_diagnose_dead_units },
  { { "saturation", N_("Saturation"), N_("Outputs where the activation is flat") }, bf_diagnose_saturation },
  { { "learning-rate-too-large", N_("Learning Rate Too Large"), N_("Steps that overshoot") }, bf_diagnose_rate_too_large },
  { { "learning-rate-too-small", N_("Learning Rate Too Small"), N_("Steps that hardly move a weight") }, bf_diagnose_rate_too_small },
  { { "collapsed-output", N_("Collapsed Output"), N_("The loss stays at that of one answer for all samples") },
    bf_diagnose_collapsed_output },
  { { "overfitting", N_("Overfitting"), N_("Better and better on what it trains on, worse on the rest") }, bf_diagnose_overfitting },
  { { "frozen", N_("Frozen Layers"), N_("Layers that are kept from moving") }, bf_diagnose_frozen },
};

const BfKind *const *
bf_finding_kinds (void)
{
  static const BfKind *table[G_N_ELEMENTS (rules) + 1];
  static gsize once;

  if (g_once_init_enter (&once))
    {
      for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
        table[i] = &rules[i].kind;
      g_once_init_leave (&once, 1);
    }
  return table;
}

void
bf_finding_free (BfFinding *self)
{
  if (!self)
    return;
  g_array_unref (self->layers);
  g_array_unref (self->evidence);
  g_ptr_array_unref (self->remedies);
  g_free (self->title);
  g_free (self->sentence);
  g_free (self->cause);
  g_free (self);
}

BfFinding *
bf_finding_new (const char *id, BfSeverity severity)
{
  BfFinding *finding = g_new0 (BfFinding, 1);

  finding->id = id;
  finding->severity = severity;
  finding->layers = g_array_new (FALSE, FALSE, sizeof (guint));
  finding->evidence = g_array_new (FALSE, FALSE, sizeof (BfEvidence));
  finding->remedies = g_ptr_array_new_with_free_func (g_free);
  finding->go_back = -1;
  return finding;
}

BfFinding *
bf_diagnosis_add (BfDiagnosis *self, const char *id, BfSeverity severity)
{
  BfFinding *finding = bf_finding_new (id, severity);
  const BfColumn *oldest = g_ptr_array_index (self->window, 0);

  finding->first = finding->since = oldest->first;
  finding->last = self->now->last;
  g_ptr_array_add (self->findings, finding);
  return finding;
}

BfFinding *
bf_diagnosis_find (const BfDiagnosis *self, const char *id)
{
  for (guint i = 0; i < self->findings->len; i++)
    {
      BfFinding *finding = g_ptr_array_index (self->findings, i);

      if (g_str_equal (finding->id, id))
        return finding;
    }
  return NULL;
}

double
bf_diagnosis_threshold (const BfDiagnosis *self, const char *id)
{
  return bf_options_number (self->thresholds, id);
}

void
bf_finding_set (BfFinding *self, const char *id, double value)
{
  const BfEvidence evidence = { id, value };

  /* What was not measured is no evidence. */
  if (!isnan (value))
    g_array_append_val (self->evidence, evidence);
}

double
bf_finding_get_evidence (const BfFinding *self, const char *id)
{
  for (guint i = 0; i < self->evidence->len; i++)
    {
      const BfEvidence *evidence = &g_array_index (self->evidence, BfEvidence, i);

      if (g_str_equal (evidence->id, id))
        return evidence->value;
    }
  return NAN;
}

void
bf_finding_add_layer (BfFinding *self, guint weighted)
{
  g_array_append_val (self->layers, weighted);
}

gboolean
bf_plan_has_kind (const BfPlan *plan, const char *kind_id)
{
  for (guint i = 0; i < plan->n_layers; i++)
    if (bf_options_is (plan->layers[i].layer->options, kind_id))
      return TRUE;
  return FALSE;
}

const BfKind *
bf_plan_get_activation (const BfPlan *plan, guint weighted)
{
  for (guint i = plan->weighted[weighted] + 1; i <= bf_plan_get_stage_end (plan, weighted); i++)
    if (bf_options_is (plan->layers[i].layer->options, "activation"))
      return bf_options_get_kind (bf_options_choice (plan->layers[i].layer->options, "function"));
  return NULL;
}

void
bf_diagnosis_suggest (const BfDiagnosis *self, BfFinding *finding, const char *remedy)
{
  g_autofree char *id = g_strndup (remedy, strcspn (remedy, ":"));
  const BfRemedySetting *setting = bf_spec_find_remedy (self->plan->spec, id);

  if ((setting && setting->on) || (!g_str_equal (id, "activation") && bf_plan_has_kind (self->plan, id))
      || (g_str_equal (id, "skip-connections") && bf_plan_has_kind (self->plan, "add")))
    return;
  g_ptr_array_add (finding->remedies, g_strdup (remedy));
}

char *
bf_finding_name_layers (const BfFinding *self, const BfPlan *plan)
{
  const guint n = self->layers->len;
  const guint first = n ? g_array_index (self->layers, guint, 0) : 0;
  const guint last = n ? g_array_index (self->layers, guint, n - 1) : 0;
  const char *from = plan->layers[plan->weighted[first]].name, *to = plan->layers[plan->weighted[last]].name;

  if (n == 1)
    return g_strdup (from);
  if (n == 2)
    return g_strdup_printf (_("%s and %s"), from, to);
  if (last - first + 1 == n)
    /* Translators: a row of layers: "Dense 2 to Dense 7" */
    return g_strdup_printf (_("%s to %s"), from, to);
  return g_strdup_printf (ngettext ("%u layer", "%u layers", n), n);
}

gboolean
bf_diagnosis_has_layer (const BfDiagnosis *self, guint weighted)
{
  return self->now->layers[self->plan->weighted[weighted]].tensors[BF_TENSOR_WEIGHT].size > 0;
}

gboolean
bf_diagnosis_get_hidden (const BfDiagnosis *self, guint *first, guint *last)
{
  if (!bf_plan_get_hidden (self->plan, first, last))
    return FALSE;
  while (*last > *first && !bf_diagnosis_has_layer (self, *last))
    (*last)--;
  return *last > *first;
}

int
bf_compare_numbers (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

double
bf_diagnosis_median (const BfDiagnosis *self, BfColumnNumber number, guint layer)
{
  double values[WINDOW_COLUMNS];
  guint n = 0;

  for (guint i = 0; i < self->window->len; i++)
    {
      const double value = number (g_ptr_array_index (self->window, i), layer);

      if (!isnan (value))
        values[n++] = value;
    }
  if (n == 0)
    return NAN;
  qsort (values, n, sizeof *values, bf_compare_numbers);
  return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double
bf_column_log_output_gradient (const BfColumn *column, guint layer)
{
  const double norm = bf_column_get_norm (column, layer, BF_TENSOR_OUTPUT_GRADIENT);

  return isfinite (norm) ? log10 (norm) : NAN;   /* −∞: exactly 0 */
}

double
bf_column_update_ratio (const BfColumn *column, guint layer)
{
  const double ratio = (double) column->layers[layer].update_ratio;

  return isfinite (ratio) ? ratio : NAN;
}

static double
mean_over_steps (const BfDiagnosis *self, gboolean accuracy)
{
  double sum = 0;
  guint n = 0;

  for (guint i = 0; i < self->window->len; i++)
    {
      const BfColumn *column = g_ptr_array_index (self->window, i);
      const double value = accuracy ? column->accuracy : column->loss;

      if (!isfinite (value))
        continue;
      sum += column->count * value;
      n += column->count;
    }
  return n ? sum / n : NAN;
}

double
bf_diagnosis_mean_loss (const BfDiagnosis *self)
{
  return mean_over_steps (self, FALSE);
}

double
bf_diagnosis_mean_accuracy (const BfDiagnosis *self)
{
  return mean_over_steps (self, TRUE);
}

double
bf_diagnosis_largest_update (const BfDiagnosis *self, guint *weighted)
{
  double largest = NAN;

  for (guint w = 0; w < self->plan->n_weighted; w++)
    {
      const double ratio = bf_diagnosis_median (self, bf_column_update_ratio, self->plan->weighted[w]);

      if (isnan (ratio) || ratio <= largest)
        continue;
      largest = ratio;
      *weighted = w;
    }
  return largest;
}

/* The columns of the last steps; what is not finite of a run that diverged is left out where there is more. */
static void
find_window (BfDiagnosis *self)
{
  const GPtrArray *columns = self->snapshot->columns;
  guint end = columns->len;

  self->window = g_ptr_array_new ();
  if (end > 1 && self->snapshot->outcome == BF_OUTCOME_DIVERGED)
    end--;
  for (guint i = end; i-- > 0 && self->window->len < WINDOW_COLUMNS;)
    {
      BfColumn *column = g_ptr_array_index (columns, i);

      if (self->window->len > 0 && column->last + WINDOW_STEPS < ((BfColumn *) self->window->pdata[0])->last)
        break;
      g_ptr_array_insert (self->window, 0, column);
    }
  if (self->window->len == 0)
    g_ptr_array_add (self->window, self->snapshot->start);
  self->now = g_ptr_array_index (self->window, self->window->len - 1);
}

static void
free_finding (gpointer finding)
{
  bf_finding_free (finding);
}

GPtrArray *
bf_diagnose (const BfSnapshot *snapshot, const BfTaskFacts *facts, const BfOptions *thresholds)
{
  g_autoptr (BfOptions) defaults = thresholds ? NULL : bf_options_new (bf_thresholds_kind ());
  BfDiagnosis self = {
    .snapshot = snapshot, .plan = snapshot->plan, .facts = facts, .thresholds = thresholds ? thresholds : defaults,
    .findings = g_ptr_array_new_with_free_func (free_finding),
  };

  find_window (&self);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    rules[i].rule (&self);
  g_ptr_array_unref (self.window);
  return self.findings;
}
