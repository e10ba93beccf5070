/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Batch norm (Ioffe, Szegedy 2015): for each of the D features, over the n samples of the batch,
 * x̂ = (x − mean) / √(variance + ε) with the biased variance; y = scale · x̂ + shift, or y = x̂.
 * Backward: ∂scale = Σ ∂y x̂, ∂shift = Σ ∂y, ∂x = scale / √(variance + ε) · (∂y − Σ∂y / n − x̂ Σ(∂y x̂) / n).
 *
 * Training moves the running mean and the (unbiased) running variance by `momentum` towards the
 * batch's; evaluation uses them as constants. With statistics of the batch there are none, and
 * evaluation uses the batch's own.
 */
#include "bf-layer.h"

#include "bf-reduce.h"
#include "bf-vector-math.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static const BfKind running_statistics = { "running", N_("Running"), N_("Evaluation uses means kept while training"), NULL };
static const BfKind batch_statistics = { "batch", N_("Batch"), N_("Evaluation uses the batch's own mean and variance"), NULL };

const BfKind *const *
bf_batch_norm_statistics (void)
{
  static const BfKind *const kinds[] = { &running_statistics, &batch_statistics, NULL };

  return kinds;
}

/* Scratch, D of each. All in double, rounded once into y and dx: what is left of a gradient after mean and slope are
 * taken away can be a millionth of it. */
typedef struct
{
  double *means, *variances;   /* of the samples */
  double *sums, *products;     /* of ∂y: Σ ∂y, Σ ∂y (x − mean) */
  double *factors;             /* 1 / √(variance + ε) */
  double *gains, *offsets;     /* y = gain · (x − mean) + offset */
} Work;

static gsize
batch_norm_scratch (const BfPlanLayer *layer, guint batch)
{
  return layer->outputs * 7 * sizeof (double);
}

static Work
get_work (const BfPass *pass)
{
  gsize d = pass->layer->outputs;
  double *first = pass->scratch;

  return (Work) { first, first + d, first + 2 * d, first + 3 * d, first + 4 * d, first + 5 * d, first + 6 * d };
}

static gboolean
keeps_running (const BfPlanLayer *layer)
{
  return bf_options_get_kind (bf_options_choice (layer->layer->options, "statistics")) == &running_statistics;
}

static gboolean
is_affine (const BfPlanLayer *layer)
{
  return bf_options_boolean (layer->layer->options, "affine");
}

static void
batch_norm_plan (const BfPlan *plan, BfPlanLayer *layer)
{
  if (plan->spec->batch < 2)
    layer->error = g_strdup (_("Batch norm compares the samples of a batch, and here a batch has one sample. "
                               "Use a batch of two or more."));
}

static guint
batch_norm_tensors (const BfPlan *plan, const BfPlanLayer *layer, BfTensorShape *shapes)
{
  if (!is_affine (layer))
    return 0;
  shapes[0] = (BfTensorShape) { "scale", 1, layer->outputs, 1 };
  shapes[1] = (BfTensorShape) { "shift", 1, layer->outputs, 0 };
  return 2;
}

static guint
batch_norm_buffers (const BfPlan *plan, const BfPlanLayer *layer, BfTensorShape *shapes)
{
  if (!keeps_running (layer))
    return 0;
  shapes[0] = (BfTensorShape) { "running-mean", 1, layer->outputs, 0 };
  shapes[1] = (BfTensorShape) { "running-var", 1, layer->outputs, 1 };
  return 2;
}

/* Whether this pass's statistics are those of its own samples. */
static gboolean
uses_batch (const BfPass *pass)
{
  return pass->training || !keeps_running (pass->layer);
}

static void
measure_batch (const BfPass *pass, const Work *work)
{
  guint d = pass->layer->outputs;

  bf_reduce_columns (pass->n, d, pass->x, work->means);
  for (guint j = 0; j < d; j++)
    work->means[j] /= pass->n;
  bf_reduce_column_squares (pass->n, d, pass->x, work->means, work->variances);
  for (guint j = 0; j < d; j++)
    work->variances[j] /= pass->n;
}

static void
take_running (const BfPass *pass, const Work *work)
{
  for (guint j = 0; j < pass->layer->outputs; j++)
    {
      work->means[j] = pass->buffers[0].value[j];
      work->variances[j] = pass->buffers[1].value[j];
    }
}

/* A single sample has no unbiased variance: it moves nothing. */
static void
move_running (const BfPass *pass, const Work *work)
{
  double momentum = bf_options_number (pass->layer->layer->options, "momentum");
  float *mean = pass->buffers[0].value, *variance = pass->buffers[1].value;

  if (pass->n < 2)
    return;
  for (guint j = 0; j < pass->layer->outputs; j++)
    {
      mean[j] = (float) ((1 - momentum) * mean[j] + momentum * work->means[j]);
      variance[j] = (float) ((1 - momentum) * variance[j] + momentum * work->variances[j] * pass->n / (pass->n - 1.0));
    }
}

static void
find_gains (const BfPass *pass, const Work *work)
{
  double epsilon = bf_options_number (pass->layer->layer->options, "epsilon");
  gboolean affine = is_affine (pass->layer);

  for (guint j = 0; j < pass->layer->outputs; j++)
    {
      work->factors[j] = 1 / sqrt (work->variances[j] + epsilon);
      work->gains[j] = affine ? work->factors[j] * pass->parameters[0].value[j] : work->factors[j];
      work->offsets[j] = affine ? pass->parameters[1].value[j] : 0;
    }
}

BF_VECTORIZED static void
normalize (guint n, guint d, const float *restrict x, const double *restrict means,
           const double *restrict gains, const double *restrict offsets, float *restrict y)
{
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < d; j++)
      y[(gsize) i * d + j] = (float) ((x[(gsize) i * d + j] - means[j]) * gains[j] + offsets[j]);
}

static void
batch_norm_forward (const BfPass *pass)
{
  Work work = get_work (pass);

  if (uses_batch (pass))
    measure_batch (pass, &work);
  else
    take_running (pass, &work);
  if (pass->training && keeps_running (pass->layer))
    move_running (pass, &work);
  find_gains (pass, &work);
  normalize (pass->n, pass->layer->outputs, pass->x, work.means, work.gains, work.offsets, pass->y);
}

/* ∂x = gain · (∂y − slope · (x − mean) − level), slope and level for each feature. */
BF_VECTORIZED static void
pass_back (guint n, guint d, const float *restrict x, const float *restrict dy, const double *restrict means,
           const double *restrict gains, const double *restrict slopes, const double *restrict levels,
           float *restrict dx)
{
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < d; j++)
      {
        gsize k = (gsize) i * d + j;

        dx[k] = (float) (gains[j] * (dy[k] - slopes[j] * (x[k] - means[j]) - levels[j]));
      }
}

static void
batch_norm_backward (const BfPass *pass)
{
  Work work = get_work (pass);
  guint d = pass->layer->outputs;

  bf_reduce_columns (pass->n, d, pass->dy, work.sums);
  bf_reduce_column_products (pass->n, d, pass->dy, pass->x, work.means, work.products);
  if (is_affine (pass->layer))
    for (guint j = 0; j < d; j++)
      {
        pass->parameters[0].gradient[j] = (float) (work.products[j] * work.factors[j]);
        pass->parameters[1].gradient[j] = (float) work.sums[j];
      }
  if (!pass->dx)
    return;
  for (guint j = 0; j < d; j++)
    {
      double share = uses_batch (pass) ? 1.0 / pass->n : 0;   /* running values do not depend on x */

      work.products[j] *= share * work.factors[j] * work.factors[j];
      work.sums[j] *= share;
    }
  pass_back (pass->n, d, pass->x, pass->dy, work.means, work.gains, work.products, work.sums, pass->dx);
}

static const BfParam params[] = {
  { "statistics", N_("Statistics"), BF_PARAM_CHOICE, .table = bf_batch_norm_statistics, .fallback_text = "running" },
  { "affine", N_("Scale and Shift"), BF_PARAM_BOOLEAN, 0, 1, 1 },
  { "epsilon", N_("Epsilon"), BF_PARAM_NUMBER, 0, 1, 1e-5 },
  { "momentum", N_("Momentum"), BF_PARAM_NUMBER, 0, 1, 0.1 },
  { NULL }
};

extern const BfLayerKind bf_layer_batch_norm;
const BfLayerKind bf_layer_batch_norm = {
  .kind = { "batch-norm", N_("Batch Norm"), N_("Each feature to mean 0 and variance 1 over the batch"), params },
  .plan = batch_norm_plan,
  .tensors = batch_norm_tensors,
  .buffers = batch_norm_buffers,
  .mixes_samples = TRUE,
  .scratch = batch_norm_scratch,
  .needs_two_samples = TRUE,
  .forward = batch_norm_forward,
  .backward = batch_norm_backward,
};
