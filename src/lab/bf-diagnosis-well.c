/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What is said of a run that nothing is wrong with.
 */
#include "bf-diagnosis-private.h"

#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* ‖∂L/∂h‖ behind the first hidden layer over that behind the last, at the newest step; NaN: not measured. */
static double
get_ratio (const BfSnapshot *snapshot, guint *first, guint *last)
{
  const BfPlan *plan = snapshot->plan;
  const BfColumn *now = bf_snapshot_get_column (snapshot, bf_snapshot_get_last_step (snapshot));

  if (!bf_plan_get_hidden (plan, first, last))
    return NAN;
  return bf_column_get_norm (now, bf_plan_get_stage_end (plan, *first), BF_TENSOR_OUTPUT_GRADIENT)
         / bf_column_get_norm (now, bf_plan_get_stage_end (plan, *last), BF_TENSOR_OUTPUT_GRADIENT);
}

static char *
say_ratio (const BfSnapshot *snapshot, const BfSnapshot *beside, const char *label, double *ratio)
{
  guint first, last, other_first, other_last;
  g_autofree char *part = NULL, *other = NULL;
  const char *from, *to;
  double before;

  *ratio = get_ratio (snapshot, &first, &last);
  if (!isfinite (*ratio))
    return NULL;
  part = bf_format_part (*ratio);
  from = snapshot->plan->layers[snapshot->plan->weighted[first]].name;
  to = snapshot->plan->layers[snapshot->plan->weighted[last]].name;
  before = beside ? get_ratio (beside, &other_first, &other_last) : NAN;
  if (!isfinite (before))
    return *ratio < 0.67
           /* Translators: layers: "Dense 1 receives 1/3 of what Dense 7 does." */
           ? g_strdup_printf (_("%s receives %s of what %s does."), from, part, to)
           : g_strdup_printf (_("%s receives %s × what %s does."), from, part, to);
  other = bf_format_part (before);
  return *ratio < 0.67
         /* Translators: the same, and another run: "…; in Run 1 it was 1/45,000." */
         ? g_strdup_printf (_("%s receives %s of what %s does; in %s it was %s."), from, part, to, label, other)
         : g_strdup_printf (_("%s receives %s × what %s does; in %s it was %s."), from, part, to, label, other);
}

/* The newest accuracy on validation samples, or, without such, on the batches; without classes the loss. */
static char *
format_reached (const BfSnapshot *snapshot, gboolean accuracy)
{
  const GArray *epochs = snapshot->epochs;
  const BfEpoch *last = epochs->len ? &g_array_index (epochs, BfEpoch, epochs->len - 1) : NULL;
  const BfColumn *now = bf_snapshot_get_column (snapshot, bf_snapshot_get_last_step (snapshot));
  double value = !last ? NAN : accuracy ? last->validation_accuracy : last->validation_loss;

  if (isnan (value))
    value = accuracy ? now->accuracy : now->loss;
  if (isnan (value))
    return NULL;
  return accuracy ? bf_format_percent (value) : bf_format_value (value);
}

static char *
say_reached (const BfSnapshot *snapshot, const BfSnapshot *beside, const char *label)
{
  const gboolean accuracy = snapshot->plan->shape.classes > 0;
  g_autofree char *own = snapshot->steps > 0 ? format_reached (snapshot, accuracy) : NULL;
  g_autofree char *other = beside && beside->steps > 0 ? format_reached (beside, accuracy) : NULL;

  if (!own)
    return NULL;
  if (!other)
    return g_strdup_printf (accuracy ? _("Accuracy %s.") : _("Loss %s."), own);
  /* Translators: this run's, another run's name, and what that one had: "Accuracy 83.9 %; Run 1 had 10.3 %." */
  return g_strdup_printf (accuracy ? _("Accuracy %s; %s had %s.") : _("Loss %s; %s had %s."), own, label, other);
}

BfFinding *
bf_diagnose_well (const BfSnapshot *snapshot, const BfSnapshot *beside, const char *label)
{
  BfFinding *finding = bf_finding_new ("none", BF_SEVERITY_GOOD);
  double ratio;
  g_autofree char *first = say_ratio (snapshot, beside, label, &ratio);
  g_autofree char *second = say_reached (snapshot, beside, label);

  finding->last = bf_snapshot_get_last_step (snapshot);
  if (isfinite (ratio))
    bf_finding_set (finding, "ratio", ratio);
  finding->title = g_strdup (isfinite (ratio) && snapshot->steps == 0 ? _("The gradient will reach every layer")
                             : isfinite (ratio) ? _("The gradient reaches every layer") : _("Nothing is wrong"));
  finding->sentence = first && second
                      /* Translators: two sentences, one after the other */
                      ? g_strdup_printf (C_("sentences", "%s %s"), first, second)
                      : g_strdup (first ? first : second ? second : "");
  finding->cause = g_strdup (_("No number lies beyond the thresholds of the diagnosis."));
  return finding;
}
