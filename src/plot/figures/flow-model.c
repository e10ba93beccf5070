/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the network picture shows, from the plan and one column of the recording.
 */
#include "flow-private.h"

#include <math.h>
#include <string.h>

/* Which family a remedy's parts are drawn in. */
static const struct { const char *remedy; BfFamily family; } families[] = {
  { "increasing-weights", BF_FAMILY_START },
  { "initialization", BF_FAMILY_START },
  { "activation", BF_FAMILY_ACTIVATION },
  { "batch-norm", BF_FAMILY_NORMALIZATION },
  { "tensor-norm", BF_FAMILY_NORMALIZATION },
  { "layer-norm", BF_FAMILY_NORMALIZATION },
  { "skip-connections", BF_FAMILY_SKIP },
  { "fine-tuning", BF_FAMILY_FINE_TUNING },
  { "gradient-norm", BF_FAMILY_GRADIENT },
  { "gradient-clipping", BF_FAMILY_GRADIENT },
  { "optimizer", BF_FAMILY_OPTIMIZER },
  { "learning-rate", BF_FAMILY_OPTIMIZER },
};

static BfFamily
find_family (const char *remedy)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (g_str_equal (families[i].remedy, remedy))
      return families[i].family;
  return BF_FAMILY_BASELINE;
}

static BfFlowValue
make_value (double norm)
{
  BfFlowValue value = { BF_FLOW_FINITE, norm, NAN };

  if (isnan (norm))
    value.state = BF_FLOW_NAN;
  else if (isinf (norm))
    value.state = BF_FLOW_INFINITE;
  else if (norm == 0)
    value.state = BF_FLOW_ZERO;
  else
    value.log = log10 (fabs (norm));
  return value;
}

/* Any NaN of the merged steps wins, then ∞, then zero; else the mean of log10. */
static BfFlowValue
read_value (const BfColumn *column, guint layer)
{
  const BfStats *stats;

  if (!column || layer >= column->n_layers)
    return (BfFlowValue) { BF_FLOW_MISSING, NAN, NAN };
  stats = &column->layers[layer].tensors[BF_TENSOR_OUTPUT_GRADIENT];
  if (stats->size == 0)
    return (BfFlowValue) { BF_FLOW_MISSING, NAN, NAN };
  if (stats->states & BF_STATE_NAN)
    return make_value (NAN);
  if (stats->states & BF_STATE_INFINITE)
    return make_value (INFINITY);
  if (stats->states & BF_STATE_ZERO)
    return make_value (0);
  if (isnan (stats->log_norm))
    return (BfFlowValue) { BF_FLOW_MISSING, NAN, NAN };
  return (BfFlowValue) { BF_FLOW_FINITE, pow (10, stats->log_norm), stats->log_norm };
}

static BfFlowValue
read_input (const BfColumn *column)
{
  if (!column || isnan (column->input_gradient))
    return (BfFlowValue) { BF_FLOW_MISSING, NAN, NAN };
  return make_value (column->input_gradient);
}

/* ∂L/∂input is measured only now and then: the last time before `column` stands for it, so that the
 * stream's end does not come and go while training. */
static const BfColumn *
find_input (const BfSnapshot *snapshot, const BfColumn *column)
{
  const BfColumn *found = snapshot->start;

  for (guint i = 0; snapshot->columns && i < snapshot->columns->len; i++)
    {
      const BfColumn *other = g_ptr_array_index (snapshot->columns, i);
      if (other->first > column->first)
        break;
      if (!isnan (other->input_gradient))
        found = other;
    }
  return found;
}

static guint
stage_end (const BfPlan *plan, guint w)
{
  return w + 1 < plan->n_weighted ? MIN (bf_plan_get_stage_end (plan, w), plan->n_layers - 1) : plan->n_layers - 1;
}

static BfFlowValue
read_gap (const BfPlan *plan, const BfColumn *column, guint gap)
{
  if (gap == 0 || plan->n_weighted == 0)
    return read_input (column);
  return read_value (column, stage_end (plan, gap - 1));
}

static void
look_into_stage (BfFlowBlock *block, const BfPlanLayer *layer)
{
  const BfOptions *options = layer->layer->options;

  if (layer->layer->remedy && !bf_options_is (options, "add"))   /* a skip is drawn as itself */
    {
      block->changed = TRUE;
      block->family = find_family (layer->layer->remedy);
    }
  if (bf_options_is (options, "activation") && !block->activation)
    block->activation = (const BfActivation *) bf_options_get_kind (bf_options_choice (options, "function"));
  else if (g_str_has_suffix (bf_options_get_kind (options)->id, "-norm") && block->n_inserted < BF_FLOW_INSERTED)
    {
      block->inserted[block->n_inserted++] = layer;
      block->inserted_last = block->activation != NULL;
    }
}

static void
read_block (BfFlowModel *self, guint w)
{
  const BfPlan *plan = self->plan;
  BfFlowBlock *block = &self->blocks[w];
  guint first = plan->weighted[w], last = stage_end (plan, w);

  block->layer = &plan->layers[first];
  block->frozen = block->layer->layer->frozen;
  if (self->column && self->snapshot->stages && self->snapshot->stages->len > 0 && first < self->column->n_layers)
    {
      const BfStats *weights = self->column->layers[first].tensors;

      block->absent = weights[BF_TENSOR_WEIGHT].size == 0;
      block->frozen |= (weights[BF_TENSOR_WEIGHT_GRADIENT].states & BF_STATE_FROZEN) != 0;
    }
  for (guint i = first; i <= last && i < plan->n_layers; i++)
    look_into_stage (block, &plan->layers[i]);
  block->softmax = w + 1 == self->n && !block->activation && plan->shape.classes > 0
                   && plan->spec->loss && bf_options_is (plan->spec->loss, "cross-entropy");
  block->wrong = plan->error && plan->error_layer >= 0
                 && (int) first <= plan->error_layer && plan->error_layer <= (int) last;
  block->inside = read_value (self->column, first);
}

static int
compare_span (gconstpointer a, gconstpointer b)
{
  const BfFlowSkip *left = a, *right = b;
  guint l = left->to - left->from, r = right->to - right->from;

  return l != r ? (l < r ? -1 : 1) : left->from < right->from ? -1 : left->from > right->from;
}

/* Short skips run nearest to the blocks; one that lies over another takes the next lane. */
static void
assign_lanes (BfFlowModel *self)
{
  g_autofree guint8 *taken = g_new0 (guint8, (self->n + 1) * BF_FLOW_LANES);

  g_array_sort (self->skips, compare_span);
  for (guint i = 0; i < self->skips->len; i++)
    {
      BfFlowSkip *skip = &g_array_index (self->skips, BfFlowSkip, i);

      for (skip->lane = 0; skip->lane + 1 < BF_FLOW_LANES; skip->lane++)
        if (!memchr (taken + skip->lane * (self->n + 1) + skip->from, 1, skip->to - skip->from))
          break;
      memset (taken + skip->lane * (self->n + 1) + skip->from, 1, skip->to - skip->from);
      self->n_lanes = MAX (self->n_lanes, skip->lane + 1);
    }
}

static void
read_skips (BfFlowModel *self)
{
  const BfPlan *plan = self->plan;

  for (guint i = 0; i < plan->n_layers; i++)
    {
      const BfPlanLayer *layer = &plan->layers[i];
      BfFlowSkip skip = { 0 };

      if (layer->from < 0 || layer->from >= (int) i)
        continue;
      skip.from = plan->layers[layer->from].number;
      skip.to = MIN (layer->number, self->n);
      skip.value = read_value (self->column, i);
      if (skip.from < skip.to)
        g_array_append_val (self->skips, skip);
    }
  assign_lanes (self);
  for (guint i = self->skips->len; i > 0; i--)
    {
      const BfFlowSkip *skip = &g_array_index (self->skips, BfFlowSkip, i - 1);

      self->begins[skip->from] = (int) i - 1;
      self->ends[skip->to] = (int) i - 1;
    }
}

/* W is the width of the power of ten nearest to what the loss sent back at the start of the base
 * run, in every picture beside it. */
static double
find_reference (const BfFigureData *data)
{
  const BfSnapshot *base = data->runs[0].snapshot;
  BfFlowValue value = { 0 };

  for (guint i = 0; i < data->n_runs; i++)
    if (data->runs[i].family == BF_FAMILY_BASELINE && data->runs[i].snapshot)
      {
        base = data->runs[i].snapshot;
        break;
      }
  for (guint gap = base->plan->n_weighted; gap > 0; gap--)
    {
      value = read_gap (base->plan, base->start, gap);
      if (value.state == BF_FLOW_FINITE)
        return CLAMP (round (value.log), -38, 38);
    }
  return -1;
}

/* Where blocks are not there yet the output's gradient goes straight to the last block that is. */
static void
pass_absent (BfFlowModel *self)
{
  for (guint gap = 1; gap <= self->n; gap++)
    if (self->blocks[gap - 1].absent)
      {
        self->gaps[gap] = self->gaps[gap - 1];
        self->gaps[gap].passed = TRUE;
      }
}

void
bf_flow_model_init (BfFlowModel *self, const BfFigureData *data, guint run)
{
  const BfSnapshot *snapshot = data->runs[run].snapshot;

  *self = (BfFlowModel) {
    .snapshot = snapshot,
    .plan = snapshot->plan,
    .column = snapshot->start || (snapshot->columns && snapshot->columns->len)
                ? bf_snapshot_get_column (snapshot, data->cursor.step) : NULL,
    .n = snapshot->plan->n_weighted,
    .skips = g_array_new (FALSE, FALSE, sizeof (BfFlowSkip)),
    .reference = find_reference (data),
  };
  self->blocks = g_new0 (BfFlowBlock, self->n + 1);
  self->gaps = g_new0 (BfFlowValue, self->n + 1);
  self->begins = g_new (int, self->n + 1);
  self->ends = g_new (int, self->n + 1);
  memset (self->begins, 0xff, (self->n + 1) * sizeof (int));
  memset (self->ends, 0xff, (self->n + 1) * sizeof (int));
  for (guint w = 0; w < self->n; w++)
    read_block (self, w);
  for (guint gap = 0; gap <= self->n; gap++)
    self->gaps[gap] = read_gap (self->plan, self->column, gap);
  if (self->column && isnan (self->column->input_gradient))
    self->gaps[0] = read_input (find_input (snapshot, self->column));
  pass_absent (self);
  read_skips (self);
}

void
bf_flow_model_clear (BfFlowModel *self)
{
  g_clear_pointer (&self->blocks, g_free);
  g_clear_pointer (&self->gaps, g_free);
  g_clear_pointer (&self->begins, g_free);
  g_clear_pointer (&self->ends, g_free);
  g_clear_pointer (&self->skips, g_array_unref);
}

double
bf_flow_relative_width (const BfFlowModel *self, double log10_norm)
{
  return exp2 (log10_norm - self->reference);
}

gboolean
bf_flow_next_run (const BfFlowModel *self, BfFlowState state, guint *gap, guint *first, guint *last)
{
  guint k = *gap;

  while (k <= self->n && self->gaps[k].state != state)
    k++;
  *first = k;
  while (k <= self->n && self->gaps[k].state == state)
    k++;
  *last = k - 1;
  *gap = k;
  return *first <= self->n;
}
