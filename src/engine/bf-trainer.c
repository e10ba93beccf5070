/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Step 0 is passed through and measured when the trainer is made, so that the start can be looked
 * at before any training; the first step then goes on from that pass instead of repeating it. All
 * memory is taken at the start, but for a column when one is complete and a frame when one is due.
 *
 * A stage of growing and freezing begins with its first step: only there is memory taken again. Batches
 * and epochs go on across stages; so that they are alike in all, a last batch of one sample is dropped when
 * any layer of the whole network has no use for it.
 *
 * What is recorded never touches what is computed: weights are the same with recording on or off.
 */
#include "bf-trainer-private.h"

#include "bf-blas.h"
#include "bf-clip.h"
#include "bf-layer.h"
#include "bf-random.h"
#include "bf-schedule.h"
#include "bf-stage.h"
#include "bf-stats.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

/* The update ratio takes a copy of the weights, so it is measured at each of so many steps only. */
#define UPDATE_EVERY 10
/* Seconds of training that the speed is a mean of; between this and its double. */
#define SPEED_WINDOW 0.5

guint
bf_trainer_get_default_threads (void)
{
  return 1;
}

static gboolean
check_fit (const BfPlan *plan, const BfDataset *data, GError **error)
{
  const BfShape *shape = bf_dataset_get_shape (data);

  if (plan->error)
    g_set_error_literal (error, BF_ERROR, BF_ERROR_INVALID, plan->error);
  else if (shape->inputs != plan->shape.inputs || shape->outputs != plan->shape.outputs
           || shape->classes != plan->shape.classes)
    g_set_error (error, BF_ERROR, BF_ERROR_INVALID,
                 _("The network was laid out for %u inputs and %u outputs, and %s has %u and %u. Lay it out for this data."),
                 plan->shape.inputs, plan->shape.outputs, bf_dataset_get_name (data), shape->inputs, shape->outputs);
  else if (bf_dataset_get_count (data, BF_PART_TRAIN) == 0)
    g_set_error (error, BF_ERROR, BF_ERROR_INVALID,
                 _("%s leaves no sample to train on. Use a smaller validation share."), bf_dataset_get_name (data));
  else
    return TRUE;
  return FALSE;
}

static gboolean
needs_two_samples (const BfPlan *plan)
{
  for (guint l = 0; l < plan->n_layers; l++)
    if (bf_layer_get_kind (plan->layers[l].layer)->needs_two_samples)
      return TRUE;
  return FALSE;
}

/* The last, smaller batch of an epoch counts; one of a single sample has no variance, so batch
 * norm cannot use it. */
static guint64
count_steps (const BfPlan *plan, guint n_train, guint batch)
{
  const guint rest = n_train % batch;
  const gboolean dropped = rest == 0 || (rest == 1 && n_train > batch && needs_two_samples (plan));

  return n_train / batch + (dropped ? 0 : 1);
}

static void
shuffle (BfTrainer *self)
{
  gsl_ran_shuffle (self->random, self->order, self->n_train, sizeof *self->order);
}

/* Each thread has its rows of the batch, and asks for those of the next one: that comes a step later. */
static void
gather_part (gpointer data, guint part, guint parts)
{
  BfTrainer *self = data;
  const guint inputs = self->plan->shape.inputs, outputs = self->plan->shape.outputs;
  const guint first = (guint) (self->steps % self->steps_per_epoch) * self->batch;
  const guint begin = self->n * part / parts, end = self->n * (part + 1) / parts;
  const guint next = first + self->batch + begin;

  bf_dataset_gather (self->data, BF_PART_TRAIN, self->order + first + begin, 0, end - begin,
                     bf_network_get_input (self->stage->network) + (gsize) begin * inputs, inputs,
                     self->labels ? self->labels + begin : NULL,
                     self->targets ? self->targets + (gsize) begin * outputs : NULL);
  if (next < self->n_train)
    bf_dataset_prefetch (self->data, BF_PART_TRAIN, self->order + next, MIN (end - begin, self->n_train - next));
}

static void
gather_batch (BfTrainer *self)
{
  const guint first = (guint) (self->steps % self->steps_per_epoch) * self->batch;

  self->n = MIN (self->batch, self->n_train - first);
  bf_crew_run (bf_network_get_crew (self->stage->network), gather_part, self);
}

/* Forward and backward pass of the gathered batch. */
static void
pass_batch (BfTrainer *self, gboolean input_gradient, gboolean brief)
{
  guint correct;

  bf_network_forward (self->stage->network, self->n, TRUE);
  self->loss = bf_network_loss (self->stage->network, self->n, self->labels, self->targets, &correct);
  self->accuracy = self->plan->shape.classes ? (double) correct / self->n : NAN;
  if (brief)
    bf_network_backward_to (self->stage->network, self->n, self->stage->first_trained);
  else
    bf_network_backward (self->stage->network, self->n, input_gradient);
}

double
bf_trainer_get_learning_rate (const BfTrainer *self)
{
  const guint index = self->stage->index;
  const guint64 begin = self->begins[index];
  const guint64 end = index + 1 < self->n_stages ? MIN (self->ends[index], self->planned) : self->planned;
  const BfScheduleTime time = { self->steps - begin, self->steps_per_epoch, end - MIN (end, begin) };

  return self->learning_rate * bf_schedule_get_factor (self->plan->spec->schedule, &time);
}

static void
describe_step (BfTrainer *self, BfColumn *column)
{
  column->first = column->last = self->steps;
  column->count = 1;
  column->loss = isfinite (self->loss) ? self->loss : NAN;
  column->loss_low = column->loss_high = column->loss;
  column->accuracy = self->accuracy;
  column->learning_rate = (float) bf_trainer_get_learning_rate (self);
  column->clip_factor = 1;
}

static void
measure_step (BfTrainer *self, gboolean brief, BfColumn *column)
{
  if (brief)
    bf_probe_measure_from (self->stage->probe, self->n, self->stage->first_trained, column);
  else
    bf_probe_measure (self->stage->probe, self->n, FALSE, column);
  self->measured |= !brief;
  column->input_gradient = bf_probe_get_input_gradient (self->stage->probe, self->n);
  describe_step (self, column);
}

static void
add_frame (BfTrainer *self)
{
  bf_recording_add_frame (self->recording, bf_probe_count (self->stage->probe, self->n, self->steps));
  self->framed = self->steps;
  self->frame_wanted = FALSE;
}

/* Step 0: the pass before any update, measured for the start. */
static void
prime (BfTrainer *self)
{
  bf_flush_subnormals (!self->plan->spec->subnormals);
  shuffle (self);
  gather_batch (self);
  self->sample = g_memdup2 (bf_network_get_input (self->stage->network), self->plan->shape.inputs * sizeof (float));
  bf_network_lsuv (self->stage->network, self->n);
  pass_batch (self, TRUE, FALSE);
  measure_step (self, FALSE, self->step);
  bf_column_unref (self->start);
  self->start = bf_column_copy (self->step);
  add_frame (self);
  self->primed = TRUE;
  bf_flush_subnormals (FALSE);
}

static void
set_up_data (BfTrainer *self)
{
  const BfSpec *spec = self->plan->spec;

  self->n_train = bf_dataset_get_count (self->data, BF_PART_TRAIN);
  self->batch = MIN (spec->batch, self->n_train);
  self->steps_per_epoch = count_steps (self->plan, self->n_train, self->batch);
  bf_trainer_set_epochs (self, spec->epochs);
  self->random = bf_random_new (spec->seed, 0, 0, "shuffle");
  self->order = g_new (guint, self->n_train);
  for (guint i = 0; i < self->n_train; i++)
    self->order[i] = i;
  if (self->plan->shape.classes)
    self->labels = g_new0 (guint16, spec->batch);
  else
    self->targets = g_new0 (float, (gsize) spec->batch * self->plan->shape.outputs);
}

static void
set_up_record (BfTrainer *self)
{
  self->recording = bf_recording_new (self->plan->n_layers);
  self->recording_on = TRUE;
  self->start = bf_column_new (self->plan->n_layers);
  self->step = bf_column_new (self->plan->n_layers);
  self->epochs = g_array_new (FALSE, FALSE, sizeof (BfEpoch));
  self->marks = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_mark_free);
  self->test_loss = self->test_accuracy = NAN;
}

void
bf_trainer_enter_stage (BfTrainer *self, BfTrainerStage *stage)
{
  g_clear_pointer (&self->stage, bf_trainer_stage_free);
  self->stage = stage;
  self->measured = FALSE;
  bf_network_set_threads (stage->network, self->threads);
  bf_trainer_stage_freeze (stage, self->frozen);
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      BfLayerStats *layer = &self->step->layers[l];

      for (guint t = 0; t < BF_N_TENSORS; t++)
        bf_stats_set_none (&layer->tensors[t]);
      layer->update_ratio = layer->saturated = layer->dead = NAN;
    }
}

/* At its first step the present stage gives way to the next. */
static void
begin_next_stage (BfTrainer *self)
{
  const guint index = self->stage->index + 1;
  g_autoptr (GError) error = NULL;
  BfTrainerStage *stage;

  bf_trainer_stage_keep (self->stage, self->kept);
  stage = bf_trainer_stage_new (self->plan, self->stages, index, self->kept, &error);
  if (!stage)
    g_error ("%s", error->message);   /* tried before the start: the memory that was there is gone */
  self->begins[index] = self->steps;
  bf_trainer_enter_stage (self, stage);
}

/* Whether the networks of all stages can be made: tried with the largest. Its weights are not drawn. */
static gboolean
check_stages (BfTrainer *self, GError **error)
{
  guint largest = 0;

  if (self->n_stages == 1)
    return TRUE;
  for (guint i = 1; i < self->n_stages; i++)
    if (g_array_index (self->stages, BfStage, i).last > g_array_index (self->stages, BfStage, largest).last)
      largest = i;
  return bf_trainer_stage_try (self->plan, self->stages, largest, error);
}

static void
set_up_stages (BfTrainer *self)
{
  self->stages = bf_stages_list (self->plan);
  self->n_stages = MAX (self->stages->len, 1);
  self->begins = g_new0 (guint64, self->n_stages);
  self->ends = g_new0 (guint64, self->n_stages);
  self->kept = bf_kept_array_new (self->plan->n_layers);
  self->frozen = g_new (gboolean, self->plan->n_layers);
  for (guint l = 0; l < self->plan->n_layers; l++)
    self->frozen[l] = self->plan->layers[l].layer->frozen;
}

BfTrainer *
bf_trainer_new (BfPlan *plan, BfDataset *data, guint threads, GError **error)
{
  g_autoptr (BfTrainer) self = NULL;
  BfTrainerStage *stage;

  g_return_val_if_fail (plan != NULL && data != NULL, NULL);
  if (!check_fit (plan, data, error))
    return NULL;
  self = g_new0 (BfTrainer, 1);
  self->threads = MAX (threads, 1);
  self->plan = bf_plan_ref (plan);
  self->data = bf_dataset_ref (data);
  self->learning_rate = plan->spec->learning_rate;
  self->clipping = bf_options_copy (plan->spec->clipping);
  set_up_stages (self);
  if (!check_stages (self, error))
    return NULL;
  stage = bf_trainer_stage_new (plan, self->stages, 0, NULL, error);
  if (!stage)
    return NULL;
  set_up_record (self);
  bf_trainer_enter_stage (self, stage);
  set_up_data (self);
  prime (self);
  return g_steal_pointer (&self);
}

void
bf_trainer_free (BfTrainer *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->stage, bf_trainer_stage_free);
  bf_recording_free (self->recording);
  g_clear_pointer (&self->stages, g_array_unref);
  g_clear_pointer (&self->kept, g_ptr_array_unref);
  g_clear_pointer (&self->start, bf_column_unref);
  g_clear_pointer (&self->step, bf_column_unref);
  g_clear_pointer (&self->epochs, g_array_unref);
  g_clear_pointer (&self->marks, g_ptr_array_unref);
  g_clear_pointer (&self->random, gsl_rng_free);
  bf_options_free (self->clipping);
  g_free (self->begins);
  g_free (self->ends);
  g_free (self->frozen);
  g_free (self->order);
  g_free (self->labels);
  g_free (self->targets);
  g_free (self->sample);
  bf_dataset_unref (self->data);
  bf_plan_unref (self->plan);
  g_free (self);
}

/* Clipping comes after the record: gradients are seen as backpropagation gave them. */
static void
clip (BfTrainer *self)
{
  double factor = 1;

  bf_clip_apply (self->stage->network, self->clipping, self->recording_on ? &factor : NULL);
  self->step->clip_factor = (float) factor;
}

static void
update (BfTrainer *self)
{
  bf_trainer_stage_update (self->stage, (float) bf_trainer_get_learning_rate (self), self->steps + 1 - self->begins[self->stage->index]);
}

static gboolean
is_frame_due (const BfTrainer *self)
{
  return self->frame_wanted || self->steps + 1 == self->planned
         || bf_recording_wants_frame (self->recording, self->steps);
}

/* Whether of this step only that is measured which stays when later ones are merged with it. */
static gboolean
is_brief (const BfTrainer *self, gboolean frame_due)
{
  return self->brief && self->measured && !frame_due && self->steps + 1 != self->planned
         && bf_recording_count_missing (self->recording) > 1;
}

/* Whether the update ratio is measured at this step; what it shows in between is the last. In steps that nobody looks at that
 * is only where a column keeps it, or the training ends with it. */
static gboolean
is_ratio_due (const BfTrainer *self)
{
  if (!self->recording_on || self->steps % UPDATE_EVERY != 0)
    return FALSE;
  return !self->passed_briefly || bf_recording_count_missing (self->recording) <= UPDATE_EVERY
         || self->planned - self->steps <= UPDATE_EVERY;
}

/* The pass of this step and the record of it; FALSE when something is not finite. */
static gboolean
pass_step (BfTrainer *self)
{
  const gboolean frame_due = self->recording_on && !self->primed && is_frame_due (self);
  const gboolean measured = self->recording_on || self->primed;
  const gboolean brief = self->recording_on && !self->primed && is_brief (self, frame_due);

  self->passed_briefly = brief;
  if (self->primed)
    {
      memcpy (self->step->layers, self->start->layers, self->plan->n_layers * sizeof (BfLayerStats));
      bf_probe_flag_frozen (self->stage->probe, self->step);
      self->step->input_gradient = self->start->input_gradient;
      describe_step (self, self->step);
    }
  else
    {
      if (self->steps % self->steps_per_epoch == 0)
        shuffle (self);
      gather_batch (self);
      if (self->steps == self->begins[self->stage->index])
        bf_network_lsuv (self->stage->network, self->n);
      pass_batch (self, frame_due, brief);
    }
  if (self->recording_on && !self->primed)
    measure_step (self, brief, self->step);
  self->primed = FALSE;
  if (frame_due)
    add_frame (self);
  return !bf_probe_find_nonfinite (self->stage->probe, self->n, self->loss, measured ? self->step : NULL,
                                   &self->diverged_what, &self->diverged_layer);
}

static void
count_time (BfTrainer *self, gint64 began)
{
  if (self->steps == 1)
    return;   /* its pass was made with the trainer: half a step */
  self->seconds[1] += (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;
  self->counts[1]++;
  if (self->seconds[1] < SPEED_WINDOW)
    return;
  self->seconds[0] = self->seconds[1];
  self->counts[0] = self->counts[1];
  self->seconds[1] = 0;
  self->counts[1] = 0;
}

static void
update_and_record (BfTrainer *self)
{
  const gboolean ratio = is_ratio_due (self);

  if (ratio)
    bf_probe_keep_weights (self->stage->probe);
  clip (self);
  update (self);
  if (ratio)
    bf_probe_measure_update (self->stage->probe, self->step);
  if (self->recording_on)
    bf_recording_add (self->recording, self->step);
  self->steps++;
  self->loss_sum += self->loss;
  self->accuracy_sum += self->accuracy;
}

/* Weights can be finite, and the batches so far, and still a sample gives what is not: then the training has
 * diverged as well, and no table shows a mean over it as if it were one. */
static void
evaluate (BfTrainer *self, BfPart part, double *loss, double *accuracy)
{
  bf_trainer_evaluate (self, part, loss, accuracy);
  if (bf_dataset_get_count (self->data, part) > 0 && !isfinite (*loss))
    self->outcome = BF_OUTCOME_DIVERGED;
}

static void
end_epoch (BfTrainer *self)
{
  BfEpoch epoch = {
    .epoch = (guint) (self->steps / self->steps_per_epoch),
    .step = self->steps,
    .train_loss = self->loss_sum / self->steps_per_epoch,
    .train_accuracy = self->accuracy_sum / self->steps_per_epoch,
  };

  evaluate (self, BF_PART_VALIDATION, &epoch.validation_loss, &epoch.validation_accuracy);
  g_array_append_val (self->epochs, epoch);
  self->loss_sum = self->accuracy_sum = 0;
}

/* After the last planned step. Its update may have been the one that went too far. */
static void
finish (BfTrainer *self)
{
  if (bf_probe_find_nonfinite_parameter (self->stage->probe, &self->diverged_layer))
    {
      self->diverged_what = BF_DIVERGED_PARAMETER;
      self->outcome = BF_OUTCOME_DIVERGED;
      return;
    }
  self->outcome = BF_OUTCOME_FINISHED;
  evaluate (self, BF_PART_TEST, &self->test_loss, &self->test_accuracy);
}

/* What is finite of the step stays on record, and so does what is not. */
static void
diverge (BfTrainer *self)
{
  self->outcome = BF_OUTCOME_DIVERGED;
  if (self->brief && self->recording_on && self->steps > 0)
    bf_network_backward (self->stage->network, self->n, FALSE);   /* what frozen layers had no need of */
  if ((!self->recording_on || self->brief) && self->steps > 0)
    measure_step (self, FALSE, self->step);
  bf_recording_add (self->recording, self->step);
  if (self->framed < self->steps)
    add_frame (self);
}

BfStepResult
bf_trainer_step (BfTrainer *self)
{
  const gint64 began = g_get_monotonic_time ();
  gboolean finite;

  if (self->outcome == BF_OUTCOME_DIVERGED)
    return BF_STEP_DIVERGED;
  if (self->outcome == BF_OUTCOME_NONE && self->steps >= self->planned)
    finish (self);
  if (self->outcome != BF_OUTCOME_NONE)
    return BF_STEP_FINISHED;
  if (self->stage->index + 1 < self->n_stages && self->steps >= self->ends[self->stage->index])
    begin_next_stage (self);
  bf_flush_subnormals (!self->plan->spec->subnormals);
  finite = pass_step (self);
  if (finite)
    update_and_record (self);
  else
    diverge (self);
  bf_flush_subnormals (FALSE);
  count_time (self, began);
  if (!finite)
    return BF_STEP_DIVERGED;
  if (self->steps % self->steps_per_epoch == 0)
    end_epoch (self);
  if (self->outcome == BF_OUTCOME_NONE && self->steps >= self->planned)
    finish (self);
  return BF_STEP_MADE;
}

BfNetwork *
bf_trainer_get_network (BfTrainer *self)
{
  return self->stage->network;
}

void
bf_trainer_evaluate (BfTrainer *self, BfPart part, double *loss, double *accuracy)
{
  const guint count = bf_dataset_get_count (self->data, part);
  const guint batch = self->plan->spec->batch;
  double sum = 0;
  gboolean finite = TRUE;
  guint right = 0;

  bf_flush_subnormals (!self->plan->spec->subnormals);
  for (guint first = 0; first < count; first += batch)
    {
      const guint n = MIN (batch, count - first);
      guint correct = 0;
      double mean;

      bf_dataset_gather (self->data, part, NULL, first, n, bf_network_get_input (self->stage->network),
                         self->plan->shape.inputs, self->labels, self->targets);
      bf_network_forward (self->stage->network, n, FALSE);
      mean = bf_network_loss (self->stage->network, n, self->labels, self->targets, &correct);
      if (finite && !isfinite (mean))
        finite = !bf_probe_find_nonfinite (self->stage->probe, n, mean, NULL, &self->diverged_what, &self->diverged_layer);
      sum += n * mean;
      right += correct;
    }
  bf_flush_subnormals (FALSE);
  *loss = count ? sum / count : NAN;
  *accuracy = count && self->plan->shape.classes ? (double) right / count : NAN;
}

/* The batch of step 0 is still in the network's input. */
void
bf_trainer_measure_start (BfTrainer *self)
{
  g_return_if_fail (self->steps == 0);

  bf_recording_free (self->recording);
  self->recording = bf_recording_new (self->plan->n_layers);
  bf_flush_subnormals (!self->plan->spec->subnormals);
  bf_network_restart_random (bf_trainer_get_network (self));
  pass_batch (self, TRUE, FALSE);
  measure_step (self, FALSE, self->step);
  bf_column_unref (self->start);
  self->start = bf_column_copy (self->step);
  add_frame (self);
  self->primed = TRUE;
  bf_flush_subnormals (FALSE);
}
