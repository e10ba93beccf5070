/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Findings about the gradient on its way back. What is compared is ‖∂L/∂h‖ behind the hidden layers: its
 * ratio from layer to layer is exactly the product of what the layer's parts do.
 */
#include "bf-diagnosis-private.h"

#include "../engine/bf-activation.h"
#include "../engine/bf-factors.h"
#include "../engine/bf-format.h"
#include "../engine/bf-theory.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static const char *const factor_keys[BF_N_FACTORS] = { "slope", "weights", "normalization", "skip", "other" };

/* The way from behind the last hidden layer to behind the first, or to the first that anything reaches. */
typedef struct
{
  guint first, last;        /* weighted */
  guint reached;            /* the first that is not exactly 0 */
  double decades;           /* lost (> 0) or grown (< 0) from `last` to `first`; ∞: nothing arrives */
  double per_layer;         /* factor of a layer, from `last` to `reached` */
  double factors[BF_N_FACTORS];   /* of a layer, in the mean; NaN: no such part, or not measured */
} Way;

static double
log_behind (const BfDiagnosis *self, guint weighted)
{
  return bf_diagnosis_median (self, bf_column_log_output_gradient, bf_plan_get_stage_end (self->plan, weighted));
}

/* FALSE where it was not measured. */
static gboolean
find_way (const BfDiagnosis *self, Way *way)
{
  double end, whole;

  if (!bf_diagnosis_get_hidden (self, &way->first, &way->last))
    return FALSE;
  end = log_behind (self, way->last);
  way->decades = end - log_behind (self, way->first);
  if (isnan (way->decades) || isinf (end))
    return FALSE;
  way->reached = way->first;
  while (way->reached < way->last && isinf (log_behind (self, way->reached)))
    way->reached++;
  way->per_layer = NAN;
  for (guint i = 0; i < BF_N_FACTORS; i++)
    way->factors[i] = NAN;
  if (way->reached == way->last || !bf_factors_between (self->now, self->plan, way->reached, way->last, way->factors, &whole))
    return TRUE;
  way->per_layer = pow (whole, 1.0 / (way->last - way->reached));
  for (guint i = 0; i < BF_N_FACTORS; i++)
    way->factors[i] = pow (way->factors[i], 1.0 / (way->last - way->reached));
  return TRUE;
}

/* decades: in the direction that is looked for. */
static gboolean
counts (const BfDiagnosis *self, const Way *way, double decades)
{
  if (decades < bf_diagnosis_threshold (self, "decades"))
    return FALSE;
  return decades >= bf_diagnosis_threshold (self, "decades_any")
         || decades / (way->last - way->first) >= bf_diagnosis_threshold (self, "decades_per_layer");
}

/* The first column in which as much was lost (sign 1) or grown (−1). */
static guint64
find_since (const BfDiagnosis *self, const Way *way, int sign)
{
  const guint first = bf_plan_get_stage_end (self->plan, way->first), last = bf_plan_get_stage_end (self->plan, way->last);

  for (guint i = 0; i < self->snapshot->columns->len; i++)
    {
      const BfColumn *column = self->snapshot->columns->pdata[i];

      if (counts (self, way, sign * (bf_column_log_output_gradient (column, last) - bf_column_log_output_gradient (column, first))))
        return column->first;
    }
  return 0;
}

static void
add_evidence (const BfDiagnosis *self, const Way *way, BfFinding *finding)
{
  g_autoptr (BfTheory) made = NULL;
  const BfTheory *theory;

  bf_finding_set (finding, "decades", way->decades);
  bf_finding_set (finding, "decades_per_layer", way->decades / (way->last - way->first));
  bf_finding_set (finding, "ratio", pow (10, -way->decades));
  bf_finding_set (finding, "per_layer", way->per_layer);
  for (guint i = 0; i < BF_N_FACTORS; i++)
    if (!isnan (way->factors[i]))
      bf_finding_set (finding, factor_keys[i], way->factors[i]);
  bf_finding_set (finding, "attenuation", bf_column_get_attenuation (self->now, self->plan));
  if (!self->facts)
    return;
  theory = self->facts->theory;
  if (!theory)
    theory = made = bf_theory_new (self->plan, self->facts->input_rms * self->facts->input_rms);
  if (theory->reason)
    return;
  bf_finding_set (finding, "theory_slope", theory->layers[way->last].slope_factor);
  bf_finding_set (finding, "theory_weights", theory->layers[way->last].weight_factor);
  bf_finding_set (finding, "theory_ratio", pow (10, theory->layers[way->first].log_gradient));
}

/* "Sigmoid’s slope × 0.25, weights × 0.58" */
static char *
list_factors (const BfDiagnosis *self, const Way *way)
{
  g_autoptr (GString) list = g_string_new (NULL);
  const BfKind *activation = bf_plan_get_activation (self->plan, way->last);
  const char *names[BF_N_FACTORS] = { NULL, _("weights"), _("normalization"), _("weights and skip connection"), _("the rest") };

  for (guint i = 0; i < BF_N_FACTORS; i++)
    {
      g_autofree char *value = NULL, *slope = NULL;

      if (isnan (way->factors[i]))
        continue;
      value = bf_format_value (way->factors[i]);
      if (i == BF_FACTOR_SLOPE && activation)
        slope = g_strdup_printf (_("%s’s slope"), bf_kind_get_name (activation));
      /* Translators: between the items of a list */
      g_string_append (list, list->len ? _(", ") : "");
      /* Translators: a part of a layer and the factor that it multiplies by: "weights × 0.58" */
      g_string_append_printf (list, _("%s × %s"), slope ? slope : names[i] ? names[i] : _("slope"), value);
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static const char *
name_of (const BfDiagnosis *self, guint weighted)
{
  return self->plan->layers[self->plan->weighted[weighted]].name;
}

static char *
say_way (const BfDiagnosis *self, const Way *way)
{
  g_autofree char *share = bf_format_part (pow (10, -way->decades));
  g_autofree char *one = bf_format_value (way->per_layer);
  g_autofree char *list = list_factors (self, way);

  if (isinf (way->decades))
    /* Translators: layers: "Nothing arrives at Dense 1: its gradient is exactly 0. …" */
    return way->per_layer > 0
           ? g_strdup_printf (_("Nothing arrives at %s: its gradient is exactly 0. From %s to %s each layer passes on × %s: %s."),
                              name_of (self, way->first), name_of (self, way->last), name_of (self, way->reached), one, list)
           : g_strdup_printf (_("Nothing arrives at %s: its gradient is exactly 0."), name_of (self, way->first));
  if (isnan (way->per_layer))
    return g_strdup_printf (_("%s receives %s of what %s does."), name_of (self, way->first), share, name_of (self, way->last));
  if (way->decades > 0)
    return g_strdup_printf (_("%s receives %s of what %s does. Each layer passes on × %s: %s."),
                            name_of (self, way->first), share, name_of (self, way->last), one, list);
  return g_strdup_printf (_("%s receives %s times what %s does. Each layer multiplies it by %s: %s."),
                          name_of (self, way->first), share, name_of (self, way->last), one, list);
}

static gboolean
takes_most (const Way *way, BfFactor factor)
{
  const double log_factor = log (way->factors[factor]) * (way->decades > 0 ? -1 : 1);

  if (isnan (log_factor) || log_factor <= 0)
    return FALSE;
  for (guint i = 0; i < BF_N_FACTORS; i++)
    if (log (way->factors[i]) * (way->decades > 0 ? -1 : 1) > log_factor)
      return FALSE;
  return TRUE;
}

static gboolean
saturates (const BfKind *activation)
{
  return activation && !isnan (((const BfActivation *) activation)->saturated_low);
}

static char *
say_why_it_vanishes (const BfDiagnosis *self, const Way *way)
{
  const BfKind *activation = bf_plan_get_activation (self->plan, way->last);

  if (takes_most (way, BF_FACTOR_SLOPE) && activation)
    {
      g_autofree char *most = bf_format_plain (((const BfActivation *) activation)->slope_maximum, 2);

      return g_strdup_printf (_("The slope of %s takes the most. It is %s at its best, and layer after layer multiplies by it."),
                              bf_kind_get_name (activation), most);
    }
  if (takes_most (way, BF_FACTOR_WEIGHTS))
    return g_strdup (_("The weights take the most: they are too small for so many inputs. Larger starting weights, scaled by the number of inputs, keep the size of the gradient."));
  if (takes_most (way, BF_FACTOR_NORMALIZATION))
    return g_strdup (_("The normalization takes the most: it divides by a spread that is larger than 1."));
  return g_strdup (_("No part takes much, but there are many layers, and their factors multiply."));
}

static char *
say_why_it_grows (const BfDiagnosis *self, const Way *way)
{
  if (takes_most (way, BF_FACTOR_WEIGHTS) || takes_most (way, BF_FACTOR_SKIP))
    return g_strdup (_("The weights are too large for so many units: each layer multiplies the gradient, and the factors multiply."));
  if (takes_most (way, BF_FACTOR_NORMALIZATION))
    return g_strdup (_("The normalization divides by a spread far below 1, which multiplies the gradient."));
  return g_strdup (_("Each layer multiplies the gradient by a little more than 1, and there are many."));
}

static void
suggest_against_vanishing (const BfDiagnosis *self, const Way *way, BfFinding *finding)
{
  const BfKind *activation = bf_plan_get_activation (self->plan, way->last);

  bf_diagnosis_suggest (self, finding, "batch-norm");
  if (saturates (activation))
    bf_diagnosis_suggest (self, finding, "activation:function=relu");
  bf_diagnosis_suggest (self, finding, saturates (activation) ? "initialization:scheme=glorot-normal" : "initialization:scheme=he-normal");
  bf_diagnosis_suggest (self, finding, "skip-connections");
}

void
bf_diagnose_vanishing (BfDiagnosis *self)
{
  BfFinding *finding;
  Way way;

  if (!find_way (self, &way) || !counts (self, &way, way.decades) || bf_diagnosis_find (self, "symmetric-start"))
    return;
  finding = bf_diagnosis_add (self, "vanishing-gradient", BF_SEVERITY_WARNING);
  finding->since = find_since (self, &way, 1);
  for (guint w = way.first; w < way.last; w++)
    if (!(log_behind (self, way.last) - log_behind (self, w) < bf_diagnosis_threshold (self, "decades")))
      bf_finding_add_layer (finding, w);
  add_evidence (self, &way, finding);
  finding->title = g_strdup (self->snapshot->steps == 0 ? _("The gradient will not reach the first layers")
                                                        : _("The gradient vanishes on its way to the first layers"));
  finding->sentence = say_way (self, &way);
  finding->cause = say_why_it_vanishes (self, &way);
  suggest_against_vanishing (self, &way, finding);
}

static double
log_output (const BfColumn *column, guint layer)
{
  const double norm = bf_column_get_norm (column, layer, BF_TENSOR_OUTPUT);

  return norm > 0 && isfinite (norm) ? log10 (norm) : NAN;
}

static void
suggest_against_growth (const BfDiagnosis *self, const Way *way, BfFinding *finding)
{
  bf_diagnosis_suggest (self, finding, saturates (bf_plan_get_activation (self->plan, way->last))
                                       ? "initialization:scheme=glorot-normal" : "initialization:scheme=he-normal");
  bf_diagnosis_suggest (self, finding, "batch-norm");
  bf_diagnosis_suggest (self, finding, "gradient-clipping");
}

/* Where the gradient of the very first pass is not finite, the signal tells: it went through the same weights. */
static void
diagnose_exploding_signal (BfDiagnosis *self)
{
  g_autofree char *factor = NULL;
  double decades, per_layer;
  BfFinding *finding;
  Way way;

  if ((self->snapshot->outcome != BF_OUTCOME_DIVERGED && self->snapshot->steps > 0) || !bf_diagnosis_get_hidden (self, &way.first, &way.last))
    return;
  while (way.last > way.first && isnan (log_output (self->now, bf_plan_get_stage_end (self->plan, way.last))))
    way.last--;
  decades = log_output (self->now, bf_plan_get_stage_end (self->plan, way.last))
            - log_output (self->now, bf_plan_get_stage_end (self->plan, way.first));
  if (way.last == way.first || isnan (decades) || !counts (self, &way, decades))
    return;
  per_layer = pow (10, decades / (way.last - way.first));
  factor = bf_format_value (per_layer);
  finding = bf_diagnosis_add (self, "exploding-gradient", BF_SEVERITY_WARNING);
  for (guint w = way.first; w <= way.last; w++)
    bf_finding_add_layer (finding, w);
  bf_finding_set (finding, "signal_decades", decades);
  bf_finding_set (finding, "signal_per_layer", per_layer);
  finding->title = g_strdup (_("Signal and gradient grow from layer to layer"));
  finding->sentence = g_strdup_printf (_("From %s to %s each layer multiplies the signal by %s, and on its way back the gradient meets the same weights."),
                                       name_of (self, way.first), name_of (self, way.last), factor);
  finding->cause = g_strdup (_("The weights are too large for so many units: each layer multiplies the gradient, and the factors multiply."));
  suggest_against_growth (self, &way, finding);
}

void
bf_diagnose_exploding (BfDiagnosis *self)
{
  BfFinding *finding;
  Way way;

  if (!find_way (self, &way))
    {
      diagnose_exploding_signal (self);
      return;
    }
  if (!counts (self, &way, -way.decades))
    return;
  finding = bf_diagnosis_add (self, "exploding-gradient", BF_SEVERITY_WARNING);
  finding->since = find_since (self, &way, -1);
  for (guint w = way.first; w < way.last; w++)
    if (log_behind (self, w) - log_behind (self, way.last) >= bf_diagnosis_threshold (self, "decades"))
      bf_finding_add_layer (finding, w);
  add_evidence (self, &way, finding);
  finding->title = g_strdup (_("The gradient grows on its way to the first layers"));
  finding->sentence = say_way (self, &way);
  finding->cause = say_why_it_grows (self, &way);
  suggest_against_growth (self, &way, finding);
}

/* log10 of the largest gradient norm of a layer in a column. */
static double
largest_gradient (const BfDiagnosis *self, const BfColumn *column)
{
  double largest = -INFINITY;

  for (guint w = 0; w < self->plan->n_weighted; w++)
    {
      const double norm = bf_column_get_norm (column, self->plan->weighted[w], BF_TENSOR_WEIGHT_GRADIENT);

      if (!isfinite (norm))
        return INFINITY;
      largest = fmax (largest, log10 (norm));
    }
  return largest;
}

/* The last step before the gradients left what was usual in this run, by a decade; −1: there is none. */
static gint64
find_calm_step (const BfDiagnosis *self)
{
  const GPtrArray *columns = self->snapshot->columns;
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (double));
  double usual;
  guint i;

  for (i = 0; i < columns->len; i++)
    {
      const double size = largest_gradient (self, columns->pdata[i]);

      if (isfinite (size))
        g_array_append_val (sizes, size);
    }
  if (sizes->len == 0)
    return -1;
  g_array_sort (sizes, bf_compare_numbers);
  usual = g_array_index (sizes, double, sizes->len / 2);
  for (i = columns->len; i-- > 0;)
    if (largest_gradient (self, columns->pdata[i]) < usual + 1)
      return (gint64) ((const BfColumn *) columns->pdata[i])->last;
  return -1;
}

void
bf_diagnose_diverged (BfDiagnosis *self)
{
  static const char *const sentences[] = {
    [BF_DIVERGED_OUTPUT] = N_("Its output is not finite."),
    [BF_DIVERGED_LOSS] = N_("The loss behind it is not finite."),
    [BF_DIVERGED_GRADIENT] = N_("Its gradient is not finite."),
    [BF_DIVERGED_PARAMETER] = N_("Its weights are not finite."),
  };
  const BfSnapshot *snapshot = self->snapshot;
  g_autofree char *step = NULL;
  BfFinding *finding;

  if (snapshot->outcome != BF_OUTCOME_DIVERGED)
    return;
  step = bf_format_count (snapshot->diverged_step);
  finding = bf_diagnosis_add (self, "diverged", BF_SEVERITY_ERROR);
  for (guint w = 0; w < self->plan->n_weighted; w++)
    if (snapshot->diverged_layer >= self->plan->weighted[w] && snapshot->diverged_layer <= bf_plan_get_stage_end (self->plan, w))
      bf_finding_add_layer (finding, w);
  bf_finding_set (finding, "step", snapshot->diverged_step);
  if (snapshot->diverged_step > 0)
    {
      finding->go_back = find_calm_step (self);
      finding->learning_rate = bf_diagnosis_find_calmer_rate (self);
    }
  finding->title = g_strdup (snapshot->diverged_step == 0 ? _("The first pass is already not finite")
                                                          : _("Training stopped: the numbers are no longer finite"));
  /* Translators: a step, a layer, and a sentence on what is not finite there */
  finding->sentence = g_strdup_printf (_("First at step %s, in %s. %s"), step, self->plan->layers[snapshot->diverged_layer].name,
                                       _(sentences[snapshot->diverged_what]));
  finding->cause = g_strdup (snapshot->diverged_step == 0
                             ? _("The starting weights make each layer’s output larger than the one before, beyond what a number holds.")
                             : _("Steps made the weights larger and larger until a number no longer held them."));
  bf_diagnosis_suggest (self, finding, snapshot->diverged_step == 0 ? "initialization:scheme=he-normal" : "gradient-clipping");
  bf_diagnosis_suggest (self, finding, "batch-norm");
  if (snapshot->diverged_step > 0)
    bf_diagnosis_suggest (self, finding, "initialization:scheme=he-normal");
}
