/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Findings about the units of single layers.
 */
#include "bf-diagnosis-private.h"

#include "../engine/bf-activation.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Of a layer's share over the window: what every column has at least. A unit that was alive in one of
 * them is not dead. */
static double
least_dead (const BfDiagnosis *self, guint layer)
{
  double least = NAN;

  for (guint i = 0; i < self->window->len; i++)
    {
      const double dead = (double) ((const BfColumn *) self->window->pdata[i])->layers[layer].dead;

      if (!isnan (dead))
        least = fmin (least, dead);
    }
  return least;
}

static double
column_saturated (const BfColumn *column, guint layer)
{
  return (double) column->layers[layer].saturated;
}

/* The share of a weighted layer's stage, looked for by `share` in the activations of it; which: of what layer. */
static double
find_in_stage (const BfDiagnosis *self, guint weighted, double (*share) (const BfDiagnosis *, guint), guint *which)
{
  double most = NAN;

  for (guint i = self->plan->weighted[weighted]; i <= bf_plan_get_stage_end (self->plan, weighted); i++)
    {
      const double here = share (self, i);

      if (isnan (here) || here <= most)
        continue;
      most = here;
      *which = i;
    }
  return most;
}

static double
median_saturated (const BfDiagnosis *self, guint layer)
{
  return bf_diagnosis_median (self, column_saturated, layer);
}

/* Adds the layers whose share is at least the threshold; returns the worst of them (its layer in the plan). */
static BfFinding *
find_layers (BfDiagnosis *self, const char *id, const char *threshold, double (*share) (const BfDiagnosis *, guint),
             guint *worst, double *most)
{
  BfFinding *finding = NULL;

  *most = 0;
  for (guint w = 0; w < self->plan->n_weighted; w++)
    {
      guint layer = 0;
      const double here = find_in_stage (self, w, share, &layer);

      if (!(here >= bf_diagnosis_threshold (self, threshold)))
        continue;
      if (!finding)
        finding = bf_diagnosis_add (self, id, BF_SEVERITY_WARNING);
      bf_finding_add_layer (finding, w);
      if (here <= *most)
        continue;
      *most = here;
      *worst = layer;
    }
  return finding;
}

static const char *
name_stage (const BfPlan *plan, guint layer)
{
  guint w = plan->n_weighted - 1;

  while (w > 0 && plan->weighted[w] > layer)
    w--;
  return plan->layers[plan->weighted[w]].name;
}

/* The first column in which so many were dead. */
static guint64
find_first_dead (const BfDiagnosis *self, guint layer, guint64 otherwise)
{
  for (guint i = 0; i < self->snapshot->columns->len; i++)
    {
      const BfColumn *column = self->snapshot->columns->pdata[i];

      if ((double) column->layers[layer].dead >= bf_diagnosis_threshold (self, "dead"))
        return column->first;
    }
  return otherwise;
}

void
bf_diagnose_dead_units (BfDiagnosis *self)
{
  guint worst = 0, units, dead;
  double most;
  BfFinding *finding = find_layers (self, "dead-units", "dead", least_dead, &worst, &most);
  g_autofree char *layers = NULL;

  if (!finding)
    return;
  finding->since = find_first_dead (self, worst, finding->since);
  units = self->plan->layers[worst].outputs;
  dead = (guint) lround (most * units);
  layers = bf_finding_name_layers (finding, self->plan);
  bf_finding_set (finding, "dead", most);
  bf_finding_set (finding, "units", units);
  finding->title = g_strdup_printf (_("Many units are dead: %s"), layers);
  finding->sentence = g_strdup_printf (ngettext ("%u of the %u units of %s gives 0 for every sample, so no gradient passes it.",
                                                 "%u of the %u units of %s give 0 for every sample, so no gradient passes them.", dead),
                                       dead, units, name_stage (self->plan, worst));
  finding->cause = g_strdup (_("Their inputs are negative for all samples: by their start, or since a long step pushed them there. A slope of 0 never brings them back."));
  bf_diagnosis_suggest (self, finding, "activation:function=leaky-relu");
  bf_diagnosis_suggest (self, finding, "initialization:scheme=he-normal");
  bf_diagnosis_suggest (self, finding, "batch-norm");
}

void
bf_diagnose_saturation (BfDiagnosis *self)
{
  guint worst = 0;
  double most;
  BfFinding *finding = find_layers (self, "saturation", "saturated", median_saturated, &worst, &most);
  const BfActivation *activation;
  g_autofree char *share = NULL, *slope = NULL, *layers = NULL;

  if (!finding)
    return;
  activation = (const BfActivation *) bf_options_get_kind (bf_options_choice (self->plan->layers[worst].layer->options, "function"));
  share = bf_format_percent (most);
  slope = bf_format_value (0.025 * activation->slope_maximum);
  layers = bf_finding_name_layers (finding, self->plan);
  bf_finding_set (finding, "saturated", most);
  finding->title = g_strdup_printf (_("Saturated: %s"), layers);
  finding->sentence = g_strdup_printf (_("%s of the outputs of %s lie where %s is flat; its slope there is below %s."),
                                       share, name_stage (self->plan, worst), bf_kind_get_name (&activation->kind), slope);
  finding->cause = g_strdup (_("The inputs of these units are too large: large weights, or large inputs. At a flat end next to no gradient passes."));
  bf_diagnosis_suggest (self, finding, "initialization:scheme=glorot-normal");
  bf_diagnosis_suggest (self, finding, "batch-norm");
  bf_diagnosis_suggest (self, finding, "activation:function=relu");
}

static gboolean
starts_constant (const BfDiagnosis *self, guint weighted)
{
  const BfStats *stats = &self->snapshot->start->layers[self->plan->weighted[weighted]].tensors[BF_TENSOR_WEIGHT];

  return stats->size > 1 && !(stats->sd > 1e-6f * stats->rms);
}

/* Units are told apart by what comes in or by where their output goes: both must be the same for them to
 * get equal gradients forever. */
void
bf_diagnose_symmetric_start (BfDiagnosis *self)
{
  const BfPlan *plan = self->plan;
  BfFinding *finding = NULL;

  for (guint w = 0; w + 1 < plan->n_weighted; w++)
    {
      if (!starts_constant (self, w) || !starts_constant (self, w + 1) || plan->layers[plan->weighted[w]].outputs < 2)
        continue;
      if (!finding)
        finding = bf_diagnosis_add (self, "symmetric-start", BF_SEVERITY_WARNING);
      bf_finding_add_layer (finding, w);
    }
  if (!finding)
    return;
  bf_finding_set (finding, "weight", self->snapshot->start->layers[plan->weighted[g_array_index (finding->layers, guint, 0)]]
                                       .tensors[BF_TENSOR_WEIGHT].mean);
  finding->title = g_strdup (_("All units of a layer start equal"));
  finding->sentence = g_strdup (_("They get equal gradients and stay equal. Draw the starting weights at random."));
  finding->cause = g_strdup (_("Every weight of these layers starts with the same number, so nothing tells one unit from another."));
  bf_diagnosis_suggest (self, finding, "initialization:scheme=he-normal");
  bf_diagnosis_suggest (self, finding, "initialization:scheme=glorot-normal");
}

/* Layers that the user froze; those that wait in a schedule of stages are as they should be. */
void
bf_diagnose_frozen (BfDiagnosis *self)
{
  BfFinding *finding = NULL;
  g_autofree char *layers = NULL;

  for (guint w = 0; w < self->plan->n_weighted; w++)
    {
      if (!self->plan->layers[self->plan->weighted[w]].layer->frozen)
        continue;
      if (!finding)
        finding = bf_diagnosis_add (self, "frozen", BF_SEVERITY_INFORMATION);
      bf_finding_add_layer (finding, w);
    }
  if (!finding)
    return;
  layers = bf_finding_name_layers (finding, self->plan);
  bf_finding_set (finding, "layers", finding->layers->len);
  finding->title = g_strdup_printf (_("Frozen: %s"), layers);
  finding->sentence = g_strdup (_("Frozen layers have a gradient but do not move."));
  finding->cause = g_strdup (_("They are marked as frozen in the network. Thaw them to train them too."));
}
