/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Step 0 is passed through and measured when the trainer is made, so that the start can be looked
 * at before any training; the first step then goes on from that pass instead of repeating it. All
 * memory is taken at the start, but for a column when one is complete and a frame when one is due.
 *
 * What is recorded never touches what is computed: weights are the same with recording on or off.
 */
#include "bf-trainer.h"

#include "bf-blas.h"
#include "bf-clip.h"
#include "bf-optimizer.h"
#include "bf-probe.h"
#include "bf-random.h"
#include "bf-recording.h"
#include "bf-schedule.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

/* The update ratio takes a copy of the weights, so it is measured at each of so many steps only. */
#define UPDATE_EVERY 10
/* Seconds of training that the speed is a mean of; between this and its double. */
#define SPEED_WINDOW 0.5

/* Neighbouring parameters that are updated together: all but the frozen. */
typedef struct
{
  gsize offset, n;
} Run;

struct _BfTrainer
{
  BfPlan *plan;
  BfDataset *data;
  BfNetwork *network;
  BfProbe *probe;
  BfRecording *recording;
  const BfOptimizer *optimizer;
  float *state;
  GArray *runs;            /* of Run */

  gsl_rng *random;         /* of the shuffles */
  guint *order;            /* [n_train] */
  guint n_train;
  guint batch;
  guint16 *labels;
  float *targets;
  float *sample;

  guint64 steps;           /* updates made */
  guint64 planned;
  guint64 steps_per_epoch;
  double learning_rate;    /* the base rate */
  gboolean recording_on;
  gboolean primed;         /* the pass of the next step is already made */
  gboolean frame_wanted;   /* someone looks: measure a frame at the next step */
  guint64 framed;          /* step of the newest frame */
  BfColumn *start;
  BfColumn *step;          /* scratch */
  guint n;                 /* samples of the last pass */
  double loss, accuracy;   /* of the last pass */

  double loss_sum, accuracy_sum;   /* of the epoch */
  GArray *epochs;
  GPtrArray *marks;
  double test_loss, test_accuracy;
  BfOutcome outcome;
  guint diverged_layer;
  BfDivergedWhat diverged_what;
  double seconds[2];       /* training time of the window before and of this one */
  guint64 counts[2];       /* their steps */
};

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

/* The last, smaller batch of an epoch counts; one of a single sample has no variance, so batch
 * norm cannot use it. */
static guint64
count_steps (BfNetwork *network, guint n_train, guint batch)
{
  const guint rest = n_train % batch;
  const gboolean dropped = rest == 0 || (rest == 1 && n_train > batch && bf_network_needs_two_samples (network));

  return n_train / batch + (dropped ? 0 : 1);
}

static void
find_runs (BfTrainer *self)
{
  const BfParameter *parameters = bf_network_get_parameters (self->network);
  const guint n = bf_network_get_n_parameters (self->network);
  Run run = { 0, 0 };

  self->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  for (guint i = 0; i < n; i++)
    {
      const gsize end = i + 1 < n ? parameters[i + 1].offset : bf_network_get_size (self->network);

      if (!parameters[i].frozen)
        {
          if (run.n == 0)
            run.offset = parameters[i].offset;
          run.n = end - run.offset;
        }
      if (run.n > 0 && (parameters[i].frozen || i + 1 == n))
        {
          g_array_append_val (self->runs, run);
          run.n = 0;
        }
    }
}

static void
shuffle (BfTrainer *self)
{
  gsl_ran_shuffle (self->random, self->order, self->n_train, sizeof *self->order);
}

static void
gather_batch (BfTrainer *self)
{
  const guint first = (guint) (self->steps % self->steps_per_epoch) * self->batch;

  self->n = MIN (self->batch, self->n_train - first);
  bf_dataset_gather (self->data, BF_PART_TRAIN, self->order + first, 0, self->n,
                     bf_network_get_input (self->network), self->plan->shape.inputs, self->labels, self->targets);
}

/* Forward and backward pass of the gathered batch. */
static void
pass_batch (BfTrainer *self, gboolean input_gradient)
{
  guint correct;

  bf_network_forward (self->network, self->n, TRUE);
  self->loss = bf_network_loss (self->network, self->n, self->labels, self->targets, &correct);
  self->accuracy = self->plan->shape.classes ? (double) correct / self->n : NAN;
  bf_network_backward (self->network, self->n, input_gradient);
}

/* The rate of the step to be made. */
static double
get_rate (const BfTrainer *self)
{
  const BfScheduleTime time = { self->steps, self->steps_per_epoch, self->planned };

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
  column->learning_rate = (float) get_rate (self);
  column->clip_factor = 1;
}

static void
measure_step (BfTrainer *self, BfColumn *column)
{
  bf_probe_measure (self->probe, self->n, column);
  column->input_gradient = bf_probe_get_input_gradient (self->probe, self->n);
  describe_step (self, column);
}

static void
add_frame (BfTrainer *self)
{
  bf_recording_add_frame (self->recording, bf_probe_count (self->probe, self->n, self->steps));
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
  self->sample = g_memdup2 (bf_network_get_input (self->network), self->plan->shape.inputs * sizeof (float));
  bf_network_lsuv (self->network, self->n);
  pass_batch (self, TRUE);
  measure_step (self, self->start);
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
  self->steps_per_epoch = count_steps (self->network, self->n_train, self->batch);
  self->planned = self->steps_per_epoch * spec->epochs;
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
  self->probe = bf_probe_new (self->network);
  self->recording = bf_recording_new (self->plan->n_layers);
  self->recording_on = TRUE;
  self->start = bf_column_new (self->plan->n_layers);
  self->step = bf_column_new (self->plan->n_layers);
  self->epochs = g_array_new (FALSE, FALSE, sizeof (BfEpoch));
  self->marks = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_mark_free);
  self->test_loss = self->test_accuracy = NAN;
}

BfTrainer *
bf_trainer_new (BfPlan *plan, BfDataset *data, guint threads, GError **error)
{
  g_autoptr (BfTrainer) self = NULL;
  g_autoptr (BfNetwork) network = NULL;

  g_return_val_if_fail (plan != NULL && data != NULL, NULL);
  if (!check_fit (plan, data, error))
    return NULL;
  network = bf_network_new (plan, plan->spec->seed, plan->spec->batch, error);
  if (!network)
    return NULL;
  bf_blas_set_threads (MAX (threads, 1));
  self = g_new0 (BfTrainer, 1);
  self->plan = bf_plan_ref (plan);
  self->data = bf_dataset_ref (data);
  self->network = g_steal_pointer (&network);
  self->optimizer = (const BfOptimizer *) bf_options_get_kind (plan->spec->optimizer);
  self->state = g_new0 (float, bf_network_get_size (self->network) * self->optimizer->state_size);
  self->learning_rate = plan->spec->learning_rate;
  find_runs (self);
  set_up_data (self);
  set_up_record (self);
  prime (self);
  return g_steal_pointer (&self);
}

void
bf_trainer_free (BfTrainer *self)
{
  if (!self)
    return;
  bf_probe_free (self->probe);
  bf_recording_free (self->recording);
  bf_network_free (self->network);
  g_clear_pointer (&self->start, bf_column_unref);
  g_clear_pointer (&self->step, bf_column_unref);
  g_clear_pointer (&self->runs, g_array_unref);
  g_clear_pointer (&self->epochs, g_array_unref);
  g_clear_pointer (&self->marks, g_ptr_array_unref);
  g_clear_pointer (&self->random, gsl_rng_free);
  g_free (self->state);
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

  bf_clip_apply (self->network, self->plan->spec->clipping, self->recording_on ? &factor : NULL);
  self->step->clip_factor = (float) factor;
}

static void
update (BfTrainer *self)
{
  float *values = bf_network_get_values (self->network);
  const float *gradients = bf_network_get_gradients (self->network);
  const float rate = (float) get_rate (self);

  for (guint i = 0; i < self->runs->len; i++)
    {
      const Run run = g_array_index (self->runs, Run, i);

      self->optimizer->update (self->plan->spec->optimizer, rate, self->steps + 1, run.n,
                               values + run.offset, gradients + run.offset, self->state + run.offset,
                               bf_network_get_size (self->network));
    }
}

static gboolean
is_frame_due (const BfTrainer *self)
{
  return self->frame_wanted || self->steps + 1 == self->planned
         || bf_recording_wants_frame (self->recording, self->steps);
}

/* The pass of this step and the record of it; FALSE when something is not finite. */
static gboolean
pass_step (BfTrainer *self)
{
  const gboolean frame_due = self->recording_on && !self->primed && is_frame_due (self);
  const gboolean measured = self->recording_on || self->primed;

  if (self->primed)
    {
      memcpy (self->step->layers, self->start->layers, self->plan->n_layers * sizeof (BfLayerStats));
      self->step->input_gradient = self->start->input_gradient;
      describe_step (self, self->step);
    }
  else
    {
      if (self->steps % self->steps_per_epoch == 0)
        shuffle (self);
      gather_batch (self);
      pass_batch (self, frame_due);
    }
  if (self->recording_on && !self->primed)
    measure_step (self, self->step);
  self->primed = FALSE;
  if (frame_due)
    add_frame (self);
  return !bf_probe_find_nonfinite (self->probe, self->n, self->loss, measured ? self->step : NULL,
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
  const gboolean ratio = self->recording_on && self->steps % UPDATE_EVERY == 0;

  if (ratio)
    bf_probe_keep_weights (self->probe);
  clip (self);
  update (self);
  if (ratio)
    bf_probe_measure_update (self->probe, self->step);
  if (self->recording_on)
    bf_recording_add (self->recording, self->step);
  self->steps++;
  self->loss_sum += self->loss;
  self->accuracy_sum += self->accuracy;
}

static void
end_epoch (BfTrainer *self)
{
  BfEpoch epoch = {
    .epoch = self->epochs->len + 1,
    .step = self->steps,
    .train_loss = self->loss_sum / self->steps_per_epoch,
    .train_accuracy = self->accuracy_sum / self->steps_per_epoch,
  };

  bf_trainer_evaluate (self, BF_PART_VALIDATION, &epoch.validation_loss, &epoch.validation_accuracy);
  g_array_append_val (self->epochs, epoch);
  self->loss_sum = self->accuracy_sum = 0;
}

/* After the last planned step. Its update may have been the one that went too far. */
static void
finish (BfTrainer *self)
{
  if (bf_probe_find_nonfinite_parameter (self->probe, &self->diverged_layer))
    {
      self->diverged_what = BF_DIVERGED_PARAMETER;
      self->outcome = BF_OUTCOME_DIVERGED;
      return;
    }
  bf_trainer_evaluate (self, BF_PART_TEST, &self->test_loss, &self->test_accuracy);
  self->outcome = BF_OUTCOME_FINISHED;
}

/* What is finite of the step stays on record, and so does what is not. */
static void
diverge (BfTrainer *self)
{
  self->outcome = BF_OUTCOME_DIVERGED;
  if (!self->recording_on && self->steps > 0)
    measure_step (self, self->step);
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
  if (self->steps >= self->planned)
    finish (self);
  return BF_STEP_MADE;
}

void
bf_trainer_set_planned (BfTrainer *self, guint64 steps)
{
  self->planned = steps;
  if (self->outcome != BF_OUTCOME_FINISHED || self->steps >= steps)
    return;
  self->outcome = BF_OUTCOME_NONE;
  self->test_loss = self->test_accuracy = NAN;
}

guint64
bf_trainer_get_planned (const BfTrainer *self)
{
  return self->planned;
}

guint64
bf_trainer_get_steps_per_epoch (const BfTrainer *self)
{
  return self->steps_per_epoch;
}

void
bf_trainer_set_learning_rate (BfTrainer *self, double rate)
{
  g_autofree char *label = NULL;

  if (rate == self->learning_rate)
    return;
  self->learning_rate = rate;
  label = g_strdup_printf (_("Learning rate %g"), rate);
  g_ptr_array_add (self->marks, bf_mark_new (self->steps, label));
}

void
bf_trainer_set_recording (BfTrainer *self, gboolean on)
{
  self->recording_on = on;
}

void
bf_trainer_cancel (BfTrainer *self)
{
  if (self->outcome == BF_OUTCOME_NONE)
    self->outcome = BF_OUTCOME_CANCELLED;
}

BfNetwork *
bf_trainer_get_network (BfTrainer *self)
{
  return self->network;
}

void
bf_trainer_evaluate (BfTrainer *self, BfPart part, double *loss, double *accuracy)
{
  const guint count = bf_dataset_get_count (self->data, part);
  const guint batch = self->plan->spec->batch;
  double sum = 0;
  guint right = 0;

  bf_flush_subnormals (!self->plan->spec->subnormals);
  for (guint first = 0; first < count; first += batch)
    {
      const guint n = MIN (batch, count - first);
      guint correct = 0;

      bf_dataset_gather (self->data, part, NULL, first, n, bf_network_get_input (self->network),
                         self->plan->shape.inputs, self->labels, self->targets);
      bf_network_forward (self->network, n, FALSE);
      sum += n * bf_network_loss (self->network, n, self->labels, self->targets, &correct);
      right += correct;
    }
  bf_flush_subnormals (FALSE);
  *loss = count ? sum / count : NAN;
  *accuracy = count && self->plan->shape.classes ? (double) right / count : NAN;
}

static double
get_speed (const BfTrainer *self)
{
  const double seconds = self->seconds[0] + self->seconds[1];

  return seconds > 0 ? (double) (self->counts[0] + self->counts[1]) / seconds : 0;
}

static GPtrArray *
copy_marks (const BfTrainer *self)
{
  GPtrArray *marks = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_mark_free);

  for (guint i = 0; i < self->marks->len; i++)
    {
      const BfMark *mark = g_ptr_array_index (self->marks, i);
      g_ptr_array_add (marks, bf_mark_new (mark->step, mark->label));
    }
  return marks;
}

static void
fill_outcome (const BfTrainer *self, BfSnapshot *snapshot)
{
  snapshot->outcome = self->outcome;
  snapshot->test_loss = self->test_loss;
  snapshot->test_accuracy = self->test_accuracy;
  if (self->outcome != BF_OUTCOME_DIVERGED)
    return;
  snapshot->diverged_step = self->steps;
  snapshot->diverged_layer = self->diverged_layer;
  snapshot->diverged_what = self->diverged_what;
}

/* The next step then measures a frame, so that who looks sees distributions as new as the numbers. */
BfSnapshot *
bf_trainer_snapshot (BfTrainer *self)
{
  BfSnapshot *snapshot = g_new0 (BfSnapshot, 1);

  g_atomic_ref_count_init (&snapshot->references);
  snapshot->plan = bf_plan_ref (self->plan);
  snapshot->steps = self->steps;
  snapshot->steps_planned = self->planned;
  snapshot->steps_per_epoch = self->steps_per_epoch;
  snapshot->steps_per_second = get_speed (self);
  fill_outcome (self, snapshot);
  snapshot->start = bf_column_ref (self->start);
  snapshot->columns = bf_recording_get_columns (self->recording);
  snapshot->frames = bf_recording_get_frames (self->recording);
  snapshot->epochs = g_array_copy (self->epochs);
  snapshot->marks = copy_marks (self);
  snapshot->stages = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_stage_mark_free);
  snapshot->sample = g_memdup2 (self->sample, self->plan->shape.inputs * sizeof (float));
  bf_dataset_get_image_size (self->data, &snapshot->image_width, &snapshot->image_height);
  self->frame_wanted = TRUE;
  return snapshot;
}
