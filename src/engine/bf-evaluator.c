/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * First the samples of the split in the file's order, in batches of the training size as the trainer
 * evaluates, so that both give the same numbers; then the points of the grid. Layers that normalize
 * over the batch see neighbouring points together unless they are spread: the points are taken in
 * strides that are prime to their number.
 */
#include "bf-evaluation.h"

#include "bf-blas.h"
#include "bf-loss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GRID     BF_EVALUATION_GRID
#define UNITS    BF_EVALUATION_UNITS
#define POINTS   (GRID * GRID)
#define STRIDE   1597        /* prime to 4096 */
#define MARGIN   0.12        /* of the data's range, around the grid */
#define MOST_WORST   100
#define MOST_WEIGHTS 256     /* units whose weights are shown */
#define MOST_UNITS   512     /* of all layers, whose responses are shown */

struct _BfEvaluator
{
  BfDataset *data;
  BfNetwork *network;      /* its own; NULL at first */
  guint16 *labels;         /* (batch) */
  float *targets;          /* (batch, outputs) */
  float *gradient;         /* (outputs): what losses write and nobody reads */
  double low[2], high[2];  /* of the training samples, as scaled */

  BfEvaluation *result;    /* under way */
  guint done;              /* samples */
  guint points;            /* of the grid */
  double sum;
  guint right;
};

static void
unit_grid_free (gpointer data)
{
  BfUnitGrid *grid = data;

  g_free (grid->values);
  g_free (grid);
}

/* Where the samples lie, with a margin. */
static void
find_range (BfEvaluator *self)
{
  const guint n = bf_dataset_get_count (self->data, BF_PART_TRAIN);
  float x[2];

  for (guint i = 0; i < n; i++)
    {
      bf_dataset_gather (self->data, BF_PART_TRAIN, NULL, i, 1, x, 2, NULL, NULL);
      for (guint k = 0; k < 2; k++)
        {
          self->low[k] = i ? MIN (self->low[k], x[k]) : x[k];
          self->high[k] = i ? MAX (self->high[k], x[k]) : x[k];
        }
    }
  for (guint k = 0; k < 2; k++)
    {
      const double range = self->high[k] - self->low[k], margin = range > 0 ? MARGIN * range : 1;

      self->low[k] -= margin;
      self->high[k] += margin;
    }
}

BfEvaluator *
bf_evaluator_new (BfDataset *data)
{
  BfEvaluator *self = g_new0 (BfEvaluator, 1);

  self->data = bf_dataset_ref (data);
  if (bf_dataset_get_shape (data)->inputs == 2)
    find_range (self);
  return self;
}

static void
drop_network (BfEvaluator *self)
{
  g_clear_pointer (&self->network, bf_network_free);
  g_clear_pointer (&self->labels, g_free);
  g_clear_pointer (&self->targets, g_free);
  g_clear_pointer (&self->gradient, g_free);
}

void
bf_evaluator_free (BfEvaluator *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->result, bf_evaluation_unref);
  drop_network (self);
  bf_dataset_unref (self->data);
  g_free (self);
}

/* A network for the plan at hand; stages of a training may have one each. */
static gboolean
have_network (BfEvaluator *self, BfPlan *plan, GError **error)
{
  const guint batch = plan->spec->batch;

  if (self->network && bf_network_get_plan (self->network) == plan)
    return TRUE;
  drop_network (self);
  self->network = bf_network_new (plan, plan->spec->seed, batch, error);
  if (!self->network)
    return FALSE;
  self->labels = g_new0 (guint16, batch);
  self->targets = g_new0 (float, (gsize) batch * plan->shape.outputs);
  self->gradient = g_new0 (float, plan->shape.outputs);
  return TRUE;
}

static void
take_weights (BfEvaluator *self, BfNetwork *network)
{
  memcpy (bf_network_get_values (self->network), bf_network_get_values (network),
          bf_network_get_size (network) * sizeof (float));
  if (bf_network_get_buffer_size (network) > 0)
    memcpy (bf_network_get_buffer_values (self->network), bf_network_get_buffer_values (network),
            bf_network_get_buffer_size (network) * sizeof (float));
}

/* The first layer's weights as pictures: only where it sees the pixels themselves. */
static void
copy_first_weights (BfEvaluator *self)
{
  BfEvaluation *result = self->result;
  const BfParameter *weight;
  guint width, height;

  if (!bf_dataset_get_image_size (self->data, &width, &height) || result->plan->n_weighted == 0)
    return;
  weight = bf_network_find_parameter (self->network, result->plan->weighted[0], "weight");
  if (!weight || weight->columns != width * height)
    return;
  result->n_weights = MIN (weight->rows, MOST_WEIGHTS);
  result->weights = g_memdup2 (weight->value, (gsize) result->n_weights * weight->columns * sizeof (float));
}

static void
add_unit_grids (BfEvaluation *result)
{
  const BfPlan *plan = result->plan;
  const guint hidden = plan->n_weighted ? plan->n_weighted - 1 : 0;
  const guint most = hidden ? MAX (1, MOST_UNITS / hidden) : 0;

  result->units = g_ptr_array_new_with_free_func (unit_grid_free);
  for (guint w = 0; w < MIN (hidden, MOST_UNITS); w++)
    {
      BfUnitGrid *grid = g_new0 (BfUnitGrid, 1);

      grid->weighted = w;
      grid->n_units = plan->layers[bf_plan_get_stage_end (plan, w)].outputs;
      grid->n_shown = MIN (grid->n_units, most);
      grid->values = g_new (float, (gsize) grid->n_shown * UNITS * UNITS);
      g_ptr_array_add (result->units, grid);
    }
}

static void
allocate_answers (BfEvaluation *result, gboolean probabilities)
{
  const gsize n = MAX (result->count, 1);

  result->losses = g_new0 (float, n);
  if (result->classes == 0)
    {
      result->targets = g_new0 (float, n * result->outputs);
      result->predictions = g_new0 (float, n * result->outputs);
      return;
    }
  result->labels = g_new0 (guint16, n);
  result->answers = g_new0 (guint16, n);
  result->confusion = g_new0 (guint32, (gsize) result->classes * result->classes);
  if (probabilities)
    result->probabilities = g_new0 (float, n);
}

/* Whether the outputs are logits, which the loss turns into probabilities. */
static gboolean
has_probabilities (const BfPlan *plan)
{
  const BfLoss *loss = (const BfLoss *) bf_options_get_kind (plan->spec->loss);

  return plan->shape.classes > 0 && loss->needs_classes;
}

gboolean
bf_evaluator_begin (BfEvaluator *self, BfNetwork *network, BfPart part, guint64 step, GError **error)
{
  BfPlan *plan = bf_network_get_plan (network);
  BfEvaluation *result;

  g_clear_pointer (&self->result, bf_evaluation_unref);
  if (!have_network (self, plan, error))
    return FALSE;
  take_weights (self, network);
  result = self->result = g_new0 (BfEvaluation, 1);
  g_atomic_ref_count_init (&result->references);
  result->data = bf_dataset_ref (self->data);
  result->plan = bf_plan_ref (plan);
  result->part = part;
  result->step = step;
  result->count = bf_dataset_get_count (self->data, part);
  result->classes = plan->shape.classes;
  result->outputs = plan->shape.outputs;
  allocate_answers (result, has_probabilities (plan));
  copy_first_weights (self);
  if (plan->shape.inputs == 2)
    {
      memcpy (result->low, self->low, sizeof result->low);
      memcpy (result->high, self->high, sizeof result->high);
      result->grid = g_new (float, (gsize) POINTS * result->outputs);
      add_unit_grids (result);
    }
  self->done = self->points = self->right = 0;
  self->sum = 0;
  return TRUE;
}

gboolean
bf_evaluator_is_under_way (const BfEvaluator *self)
{
  return self->result != NULL;
}

/* softmax of z at k, by log-sum-exp. */
static double
get_probability (const float *z, guint n, guint k)
{
  double maximum = z[0], sum = 0;

  for (guint j = 1; j < n; j++)
    maximum = MAX (maximum, z[j]);
  for (guint j = 0; j < n; j++)
    sum += exp (z[j] - maximum);
  return exp (z[k] - maximum) / sum;
}

static guint
find_answer (const float *z, guint n)
{
  guint best = 0;

  for (guint j = 1; j < n; j++)
    if (z[j] > z[best])
      best = j;
  return isnan (z[best]) ? BF_NO_ANSWER : best;
}

static void
keep_class (BfEvaluator *self, guint i, guint label, const float *z)
{
  BfEvaluation *result = self->result;
  const guint answer = find_answer (z, result->outputs);

  result->labels[i] = (guint16) label;
  result->answers[i] = (guint16) answer;
  if (answer == BF_NO_ANSWER)
    result->undefined++;
  else
    result->confusion[(gsize) label * result->classes + answer]++;
  if (result->probabilities)
    result->probabilities[i] = answer == BF_NO_ANSWER ? NAN : (float) get_probability (z, result->outputs, answer);
  self->right += answer == label;
}

static void
keep_numbers (BfEvaluator *self, guint i, const float *target, const float *z)
{
  BfEvaluation *result = self->result;
  const gsize outputs = result->outputs;
  gboolean finite = TRUE;

  memcpy (result->targets + i * outputs, target, outputs * sizeof *target);
  memcpy (result->predictions + i * outputs, z, outputs * sizeof *z);
  for (guint j = 0; j < outputs; j++)
    finite &= isfinite (z[j]);
  result->undefined += !finite;
}

static void
answer_samples (BfEvaluator *self)
{
  BfEvaluation *result = self->result;
  const BfPlan *plan = result->plan;
  const BfLoss *loss = (const BfLoss *) bf_options_get_kind (plan->spec->loss);
  const guint n = MIN (plan->spec->batch, result->count - self->done), outputs = result->outputs;
  const float *answers = bf_network_get_output (self->network, plan->n_layers - 1);

  bf_dataset_gather (self->data, result->part, NULL, self->done, n, bf_network_get_input (self->network),
                     plan->shape.inputs, self->labels, self->targets);
  bf_network_forward (self->network, n, FALSE);
  for (guint i = 0; i < n; i++)
    {
      const float *z = answers + (gsize) i * outputs, *target = self->targets + (gsize) i * outputs;
      const gboolean classes = result->classes > 0;
      const double of_one = loss->compute (1, outputs, z, classes ? self->labels + i : NULL,
                                           classes ? NULL : target, self->gradient);

      self->sum += of_one;
      result->losses[self->done + i] = (float) of_one;
      if (classes)
        keep_class (self, self->done + i, self->labels[i], z);
      else
        keep_numbers (self, self->done + i, target, z);
    }
  self->done += n;
}

static void
keep_units (BfEvaluator *self, guint point, guint i)
{
  const guint x = point % GRID, y = point / GRID, step = GRID / UNITS;

  if (x % step || y % step)
    return;
  for (guint u = 0; u < self->result->units->len; u++)
    {
      BfUnitGrid *grid = g_ptr_array_index (self->result->units, u);
      const guint end = bf_plan_get_stage_end (self->result->plan, grid->weighted);
      const float *outputs = bf_network_get_output (self->network, end) + (gsize) i * grid->n_units;

      for (guint k = 0; k < grid->n_shown; k++)
        grid->values[((gsize) k * UNITS + y / step) * UNITS + x / step] = outputs[k];
    }
}

static void
keep_point (BfEvaluator *self, guint point, const float *z)
{
  const guint outputs = self->result->outputs;
  float *out = self->result->grid + (gsize) point * outputs;

  for (guint j = 0; j < outputs; j++)
    out[j] = has_probabilities (self->result->plan) ? (float) get_probability (z, outputs, j) : z[j];
}

static void
answer_points (BfEvaluator *self)
{
  const BfEvaluation *result = self->result;
  const guint n = MIN (result->plan->spec->batch, POINTS - self->points);
  const float *answers = bf_network_get_output (self->network, result->plan->n_layers - 1);
  float *x = bf_network_get_input (self->network);

  for (guint i = 0; i < n; i++)
    {
      const guint point = (self->points + i) * STRIDE % POINTS, at[] = { point % GRID, point / GRID };

      for (guint k = 0; k < 2; k++)
        x[2 * i + k] = (float) (result->low[k] + (result->high[k] - result->low[k]) * (at[k] + 0.5) / GRID);
    }
  bf_network_forward (self->network, n, FALSE);
  for (guint i = 0; i < n; i++)
    {
      const guint point = (self->points + i) * STRIDE % POINTS;

      keep_point (self, point, answers + (gsize) i * result->outputs);
      keep_units (self, point, i);
    }
  self->points += n;
}

static int
compare_worst (gconstpointer a, gconstpointer b, gpointer data)
{
  const float *losses = data;
  const guint i = *(const guint *) a, j = *(const guint *) b;
  const float u = isnan (losses[i]) ? INFINITY : losses[i], v = isnan (losses[j]) ? INFINITY : losses[j];

  return u != v ? (u < v ? 1 : -1) : i < j ? -1 : i > j;
}

static void
rank_worst (BfEvaluation *result)
{
  guint n = 0;

  result->worst = g_new (guint, MAX (result->count, 1));
  for (guint i = 0; i < result->count; i++)
    if (result->classes == 0 || result->answers[i] != result->labels[i])
      result->worst[n++] = i;
  g_qsort_with_data (result->worst, (int) n, sizeof *result->worst, compare_worst, result->losses);
  result->n_worst = MIN (n, MOST_WORST);
}

static BfEvaluation *
finish (BfEvaluator *self)
{
  BfEvaluation *result = g_steal_pointer (&self->result);

  result->loss = result->count && isfinite (self->sum) ? self->sum / result->count : NAN;
  result->accuracy = result->count && result->classes ? (double) self->right / result->count : NAN;
  rank_worst (result);
  return result;
}

BfEvaluation *
bf_evaluator_work (BfEvaluator *self)
{
  BfEvaluation *result = self->result;

  if (!result)
    return NULL;
  bf_flush_subnormals (!result->plan->spec->subnormals);
  if (self->done < result->count)
    answer_samples (self);
  else if (result->grid && self->points < POINTS)
    answer_points (self);
  bf_flush_subnormals (FALSE);
  if (self->done < result->count || (result->grid && self->points < POINTS))
    return NULL;
  return finish (self);
}
