/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Findings about the data, the steps and what they come to.
 */
#include "bf-diagnosis-private.h"

#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define FACT_SAMPLES 1024
/* Steps before an update ratio says anything. */
#define FEW_STEPS 20
/* Below this share of the targets' spread a number is the same for every sample. */
#define SAME_ANSWER 0.05
/* Above guessing by so much an accuracy is no longer that of one answer. */
#define SAME_ACCURACY 0.03
/* A step longer than the weights themselves leaves nothing of their start. */
#define LONGEST 1.0
/* Losses beside their best that tell of overfitting. */
#define RISEN 1.1
#define LAST_EPOCHS 3

static void
measure_inputs (const float *x, gsize n, BfTaskFacts *facts)
{
  double sum = 0;

  facts->input_largest = 0;
  for (gsize i = 0; i < n; i++)
    {
      sum += (double) x[i] * x[i];
      facts->input_largest = fmax (facts->input_largest, fabs ((double) x[i]));
    }
  facts->input_rms = sqrt (sum / n);
}

/* One answer for all: the shares of the classes; its loss is their entropy. */
static void
measure_classes (const guint16 *labels, guint n, guint classes, gboolean entropy, BfTaskFacts *facts)
{
  g_autofree guint *counts = g_new0 (guint, classes);
  double most = 0, loss = 0;

  for (guint i = 0; i < n; i++)
    counts[labels[i]]++;
  for (guint c = 0; c < classes; c++)
    {
      const double share = (double) counts[c] / n;

      most = fmax (most, share);
      loss -= share > 0 ? share * log (share) : 0;
    }
  facts->guess_accuracy = most;
  facts->guess_loss = entropy ? loss : NAN;
}

static void
measure_targets (const float *targets, guint n, guint outputs, gboolean square, BfTaskFacts *facts)
{
  double variance = 0;

  for (guint k = 0; k < outputs; k++)
    {
      double sum = 0, squares = 0;

      for (guint i = 0; i < n; i++)
        sum += (double) targets[(gsize) i * outputs + k];
      for (guint i = 0; i < n; i++)
        squares += pow ((double) targets[(gsize) i * outputs + k] - sum / n, 2);
      variance += squares / n / outputs;
    }
  facts->target_sd = sqrt (variance);
  facts->guess_loss = square ? variance : NAN;
}

void
bf_task_facts_measure (BfDataset *data, const BfSpec *spec, BfTaskFacts *facts)
{
  const BfShape *shape = bf_dataset_get_shape (data);
  const guint n = MIN (FACT_SAMPLES, bf_dataset_get_count (data, BF_PART_TRAIN));
  g_autofree float *x = g_new (float, (gsize) n * shape->inputs);
  g_autofree guint16 *labels = shape->classes ? g_new (guint16, n) : NULL;
  g_autofree float *targets = shape->classes ? NULL : g_new (float, (gsize) n * shape->outputs);

  *facts = (BfTaskFacts) { NAN, NAN, NAN, NAN, NAN, NULL };
  if (n == 0)
    return;
  bf_dataset_gather (data, BF_PART_TRAIN, NULL, 0, n, x, shape->inputs, labels, targets);
  measure_inputs (x, (gsize) n * shape->inputs, facts);
  if (labels)
    measure_classes (labels, n, shape->classes, bf_options_is (spec->loss, "cross-entropy"), facts);
  else
    measure_targets (targets, n, shape->outputs, bf_options_is (spec->loss, "mse"), facts);
}

void
bf_diagnose_unscaled_data (BfDiagnosis *self)
{
  g_autofree char *rms = NULL, *largest = NULL;
  BfFinding *finding;

  if (!self->facts || !(self->facts->input_rms > bf_diagnosis_threshold (self, "input_size")))
    return;
  rms = bf_format_plain (self->facts->input_rms, 3);
  largest = bf_format_plain (self->facts->input_largest, 4);
  finding = bf_diagnosis_add (self, "unscaled-data", BF_SEVERITY_WARNING);
  bf_finding_add_layer (finding, 0);
  bf_finding_set (finding, "input_rms", self->facts->input_rms);
  bf_finding_set (finding, "input_largest", self->facts->input_largest);
  finding->title = g_strdup (_("The inputs are not scaled"));
  finding->sentence = g_strdup_printf (_("They reach %s, and %s in the mean square; about 1 is healthy."), largest, rms);
  finding->cause = g_strdup (_("Starting weights are made for inputs of about 1. Choose a scaling under Training, Data."));
  bf_diagnosis_suggest (self, finding, "batch-norm");
}

static gboolean
rose (const BfDiagnosis *self)
{
  return bf_diagnosis_mean_loss (self) >= self->snapshot->start->loss;
}

static double
find_jump (const BfDiagnosis *self)
{
  double low = INFINITY, high = -INFINITY;

  for (guint i = 0; i < self->window->len; i++)
    {
      const BfColumn *column = g_ptr_array_index (self->window, i);

      low = fmin (low, column->loss_low);
      high = fmax (high, column->loss_high);
    }
  return (high - low) / bf_diagnosis_mean_loss (self);
}

double
bf_diagnosis_find_calmer_rate (const BfDiagnosis *self)
{
  const double began = (double) self->snapshot->start->learning_rate, now = (double) self->now->learning_rate;

  /* Raised while it ran: back to what it began with. */
  if (self->snapshot->marks->len > 0 && began > 0 && now > 1.5 * began)
    return began;
  return self->plan->spec->learning_rate / 10;
}

/* The longest step of the whole run, over the size of the layer that it changed. */
static double
find_longest_step (const BfDiagnosis *self)
{
  double longest = 0;

  for (guint i = 0; i < self->snapshot->columns->len; i++)
    for (guint w = 0; w < self->plan->n_weighted; w++)
      {
        const double ratio = bf_column_update_ratio (self->snapshot->columns->pdata[i], self->plan->weighted[w]);

        if (ratio > longest)
          longest = ratio;
      }
  return longest;
}

/* Long steps, and a loss that goes nowhere by them (now, or since one step was longer than the weights
 * themselves); or a run that was healthy at its start and diverged. */
void
bf_diagnose_rate_too_large (BfDiagnosis *self)
{
  const BfSnapshot *snapshot = self->snapshot;
  const gboolean diverged = snapshot->outcome == BF_OUTCOME_DIVERGED && snapshot->diverged_step > 0
                            && !bf_diagnosis_find (self, "exploding-gradient") && !bf_diagnosis_find (self, "unscaled-data");
  guint weighted = 0;
  const double update = bf_diagnosis_largest_update (self, &weighted), jump = find_jump (self);
  const double longest = find_longest_step (self);
  const gboolean lost = snapshot->steps >= FEW_STEPS && rose (self) && longest > LONGEST;
  const gboolean long_steps = snapshot->steps >= FEW_STEPS && update > bf_diagnosis_threshold (self, "update_high")
                              && jump > bf_diagnosis_threshold (self, "loss_jump") && rose (self);
  g_autofree char *share = NULL, *size = NULL;
  BfFinding *finding;

  if (!diverged && !long_steps && !lost)
    return;
  finding = bf_diagnosis_add (self, "learning-rate-too-large", BF_SEVERITY_WARNING);
  bf_finding_set (finding, "update_ratio", update);
  bf_finding_set (finding, "longest_step", longest);
  bf_finding_set (finding, "loss_jump", jump);
  finding->learning_rate = bf_diagnosis_find_calmer_rate (self);
  finding->title = g_strdup (_("The steps are too long"));
  if (long_steps)
    {
      share = bf_format_percent (jump);
      size = bf_format_percent (update);
      bf_finding_add_layer (finding, weighted);
      finding->sentence = g_strdup_printf (_("The loss jumps by %s between steps, and one step changes %s by %s of its size."),
                                           share, self->plan->layers[self->plan->weighted[weighted]].name, size);
    }
  else if (lost)
    {
      size = bf_format_plain (longest, 2);
      /* Translators: %s is a number: one step was 12 times as large as the weights that it changed */
      finding->sentence = g_strdup_printf (_("One step was %s times as large as the weights that it changed, and the loss is no better than at the start."), size);
    }
  else
    finding->sentence = g_strdup (_("The gradient was healthy at the start, and the steps led to numbers that are not finite."));
  finding->cause = g_strdup (_("A step follows the gradient beyond the region that it speaks of. Use a tenth of the learning rate."));
  bf_diagnosis_suggest (self, finding, "gradient-clipping");
  bf_diagnosis_suggest (self, finding, "learning-rate:warmup=1");
  bf_diagnosis_suggest (self, finding, "batch-norm");
}

void
bf_diagnose_rate_too_small (BfDiagnosis *self)
{
  guint weighted = 0;
  const double update = bf_diagnosis_largest_update (self, &weighted);
  g_autofree char *size = NULL;
  BfFinding *finding;

  if (self->snapshot->steps < FEW_STEPS || !(update < bf_diagnosis_threshold (self, "update_low"))
      || bf_diagnosis_mean_loss (self) < 0.5 * self->snapshot->start->loss || bf_diagnosis_find (self, "symmetric-start") || bf_diagnosis_find (self, "dead-units")
      || bf_diagnosis_find (self, "saturation"))
    return;
  size = bf_format_value (update);
  finding = bf_diagnosis_add (self, "learning-rate-too-small", BF_SEVERITY_WARNING);
  bf_finding_add_layer (finding, weighted);
  bf_finding_set (finding, "update_ratio", update);
  finding->learning_rate = 10 * self->plan->spec->learning_rate;
  finding->title = g_strdup (_("The weights hardly move"));
  finding->sentence = g_strdup_printf (_("One step changes %s, the layer that moves most, by %s of its size; about 10⁻³ is healthy."),
                                       self->plan->layers[self->plan->weighted[weighted]].name, size);
  finding->cause = g_strdup (_("The learning rate is too small for gradients of this size. Use ten times as much, or an optimizer that scales by itself."));
  bf_diagnosis_suggest (self, finding, "optimizer:kind=adam");
}

/* Numbers as answers: their spread over the batch against that of the targets. */
static gboolean
answers_alike (const BfDiagnosis *self)
{
  const BfPlanLayer *last = &self->plan->layers[self->plan->n_layers - 1];

  if (self->plan->shape.classes)
    return bf_diagnosis_mean_accuracy (self) <= self->facts->guess_accuracy + SAME_ACCURACY;
  return last->outputs == 1
         && (double) self->now->layers[last->index].tensors[BF_TENSOR_OUTPUT].sd < SAME_ANSWER * self->facts->target_sd;
}

void
bf_diagnose_collapsed_output (BfDiagnosis *self)
{
  const double loss = bf_diagnosis_mean_loss (self), near = bf_diagnosis_threshold (self, "guess");
  g_autofree char *now = NULL, *guess = NULL;
  BfFinding *finding;

  if (!self->facts || isnan (self->facts->guess_loss)
      || self->snapshot->steps < (guint64) bf_diagnosis_threshold (self, "guess_steps")
      || bf_diagnosis_find (self, "learning-rate-too-small") || !answers_alike (self)
      || loss < self->facts->guess_loss * (1 - near) || loss > self->facts->guess_loss * (1 + 4 * near))
    return;
  now = bf_format_plain (loss, 4);
  guess = bf_format_plain (self->facts->guess_loss, 4);
  finding = bf_diagnosis_add (self, "collapsed-output", BF_SEVERITY_WARNING);
  bf_finding_add_layer (finding, self->plan->n_weighted - 1);
  bf_finding_set (finding, "loss", loss);
  bf_finding_set (finding, "guess_loss", self->facts->guess_loss);
  bf_finding_set (finding, "accuracy", bf_diagnosis_mean_accuracy (self));
  finding->title = g_strdup (_("Every sample gets the same answer"));
  finding->sentence = g_strdup_printf (_("The loss is %s; to guess without looking at the input has %s."), now, guess);
  finding->cause = g_strdup (bf_diagnosis_find (self, "vanishing-gradient")
                             ? _("Only the last layers learn, and what reaches them no longer depends on the input.")
                             : _("What the last layer receives is nearly the same for every sample, so it learns the best single answer."));
  bf_diagnosis_suggest (self, finding, "batch-norm");
  bf_diagnosis_suggest (self, finding, "activation:function=relu");
  bf_diagnosis_suggest (self, finding, "skip-connections");
}

static guint
find_best_epoch (const GArray *epochs)
{
  guint best = 0;

  for (guint i = 1; i < epochs->len; i++)
    if (g_array_index (epochs, BfEpoch, i).validation_loss < g_array_index (epochs, BfEpoch, best).validation_loss)
      best = i;
  return best;
}

void
bf_diagnose_overfitting (BfDiagnosis *self)
{
  const GArray *epochs = self->snapshot->epochs;
  const BfEpoch *last, *best;
  double gap = INFINITY, risen = INFINITY, apart = INFINITY;
  g_autofree char *train = NULL, *validation = NULL, *at = NULL;
  const gboolean classes = self->plan->shape.classes > 0;
  BfFinding *finding;

  if (epochs->len < 2 * LAST_EPOCHS)
    return;
  last = &g_array_index (epochs, BfEpoch, epochs->len - 1);
  best = &g_array_index (epochs, BfEpoch, find_best_epoch (epochs));
  /* In each of the last epochs: one alone may be an accident. */
  for (guint i = epochs->len - LAST_EPOCHS; i < epochs->len; i++)
    {
      const BfEpoch *epoch = &g_array_index (epochs, BfEpoch, i);

      gap = fmin (gap, epoch->train_accuracy - epoch->validation_accuracy);
      risen = fmin (risen, epoch->validation_loss / best->validation_loss);
      apart = fmin (apart, epoch->validation_loss / epoch->train_loss);
    }
  if (isnan (last->validation_loss) || risen < RISEN
      || (classes ? gap < bf_diagnosis_threshold (self, "overfitting") : apart < 2))
    return;
  finding = bf_diagnosis_add (self, "overfitting", BF_SEVERITY_WARNING);
  bf_finding_set (finding, "best_epoch", best->epoch);
  bf_finding_set (finding, "train_loss", last->train_loss);
  bf_finding_set (finding, "validation_loss", last->validation_loss);
  bf_finding_set (finding, "train_accuracy", last->train_accuracy);
  bf_finding_set (finding, "validation_accuracy", last->validation_accuracy);
  train = classes ? bf_format_percent (last->train_accuracy) : bf_format_plain (last->train_loss, 3);
  validation = classes ? bf_format_percent (last->validation_accuracy) : bf_format_plain (last->validation_loss, 3);
  at = bf_format_count (best->epoch);
  finding->title = g_strdup (_("It learns the training samples by heart"));
  finding->sentence = classes
                      ? g_strdup_printf (_("Training accuracy %s, validation %s; the validation loss rises since epoch %s."), train, validation, at)
                      : g_strdup_printf (_("Training loss %s, validation %s; the validation loss rises since epoch %s."), train, validation, at);
  finding->cause = g_strdup (_("There are more weights than the samples can hold in check. Stop earlier, add Dropout layers or weight decay, or use more samples."));
}
