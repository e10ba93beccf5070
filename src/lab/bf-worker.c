/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A lock is taken once a step, and never held while a step is made. A snapshot is left only when
 * the last one was taken and some time went by, so that a reader sets the pace and not the training.
 */
#include "bf-worker.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

#include "bf-background.h"
#include "bf-data-cache.h"
#include "bf-weights.h"

/* About 80 snapshots a second: more than the window can show. */
#define PUBLISH_MICROSECONDS 12000
#define UNWATCHED_MICROSECONDS 400000
/* How long the end of the program waits for steps under way. */
#define EXIT_SECONDS 5
/* An evaluation takes at most one part in so many of the time while training. */
#define EVALUATION_SHARE 10
/* A run that ended leaves its weights, unless they take more than 64 MB. */
#define MOST_FLOATS_LEFT (1 << 24)

/* The thread's own. */
typedef struct
{
  BfWorker *shared;
  BfTrainer *trainer;
  BfRunState state;
  gboolean training;      /* until told to pause, finished or diverged */
  guint steps;            /* single ones to make */
  guint64 made;
  guint64 added;          /* steps that “train” adds after the end */
  gint64 published;
  gboolean due, keep_due; /* a snapshot after this step, to be seen or to be kept */
  BfEvaluator *evaluator; /* NULL until one is asked for */
  gint64 evaluated;       /* when it last worked, and for how long */
  gint64 evaluation_cost;
} Work;

static GMutex live_mutex;
static GCond live_changed;
static GPtrArray *live;   /* of BfWorker whose thread runs */

void
bf_worker_unref (BfWorker *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  bf_spec_unref (self->spec);
  bf_spec_unref (self->commands.live);
  g_free (self->folder);
  g_object_unref (self->cancellable);
  g_clear_pointer (&self->slot, bf_snapshot_unref);
  g_clear_pointer (&self->dataset, bf_dataset_unref);
  g_clear_pointer (&self->evaluation, bf_evaluation_unref);
  g_clear_pointer (&self->weights, g_ptr_array_unref);
  g_clear_pointer (&self->listed, bf_weights_unref);
  g_clear_error (&self->error);
  g_free (self->notice);
  g_clear_pointer (&self->keeper, bf_keeper_unref);
  g_clear_pointer (&self->resume, bf_notebook_run_unref);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}

BfCommands *
bf_worker_begin (BfWorker *self)
{
  g_mutex_lock (&self->mutex);
  return &self->commands;
}

static void start (BfWorker *self);

/* A worker that sleeps starts at its first command, unless that is to stop. */
void
bf_worker_end (BfWorker *self)
{
  const gboolean begin = !self->started && !self->commands.stop;

  if (self->commands.stop)
    g_cancellable_cancel (self->cancellable);
  if (!self->started && self->commands.stop && !self->ended)
    {
      self->ended = TRUE;
      if (self->keeper)
        bf_keeper_close (self->keeper);
    }
  if (!self->ended)
    self->given++;
  if (begin)
    self->started = self->busy = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
  if (begin)
    start (self);
}

/* Leaves the state and, when there is something to see, a snapshot. */
static void
publish (Work *work, gboolean rest)
{
  BfWorker *shared = work->shared;
  BfSnapshot *snapshot = work->trainer ? bf_trainer_snapshot (work->trainer) : NULL;
  BfSnapshot *old = NULL;

  work->published = g_get_monotonic_time ();
  g_mutex_lock (&shared->mutex);
  if (snapshot)
    {
      old = shared->slot;
      shared->slot = snapshot;
    }
  if (rest)
    {
      shared->state = work->state;
      shared->busy = FALSE;
      g_cond_broadcast (&shared->changed);
    }
  g_mutex_unlock (&shared->mutex);
  g_clear_pointer (&old, bf_snapshot_unref);
}

/* The states that a notebook knows. A run that is stopped while it trains is one that would go on. */
static const char *const kept_states[BF_RUN_CANCELLED + 1] = {
  [BF_RUN_READY] = "paused",
  [BF_RUN_TRAINING] = "training",
  [BF_RUN_PAUSED] = "paused",
  [BF_RUN_FINISHED] = "finished",
  [BF_RUN_DIVERGED] = "diverged",
};

/* rest: it may be the last time for long. */
static void
keep (Work *work, gboolean rest)
{
  if (work->shared->keeper && work->trainer && kept_states[work->state])
    bf_keeper_offer (work->shared->keeper, work->trainer, kept_states[work->state], rest);
}

/* What makes other bits than an uninterrupted run would have; NULL: nothing. */
static char *
find_difference (const BfWorker *shared, const char *data)
{
  const BfNotebookRun *run = shared->resume;
  g_autofree char *machine = bf_notebook_describe_machine ();
  const guint threads = shared->threads ? shared->threads : bf_trainer_get_default_threads ();

  if (!g_str_equal (run->data, data))
    return g_strdup (_("The data is no longer what this run was trained on, so it does not go on as it would have."));
  if (!g_str_equal (run->version, BF_VERSION))
    return g_strdup_printf (_("Trained by Backflow %s: it goes on, but not to the last bit as it would have."), run->version);
  if (!g_str_equal (run->machine, machine) || (run->threads && run->threads != threads))
    return g_strdup (_("Trained on another kind of processor: it goes on, but not to the last bit as it would have."));
  return NULL;
}

/* Goes on where the notebook has it. */
static gboolean
resume (Work *work, const char *data, GError **error)
{
  BfWorker *shared = work->shared;
  const BfNotebookRun *run = shared->resume;

  if (!bf_trainer_restore (work->trainer, run->checkpoint, error)
      || !bf_trainer_restore_recording (work->trainer, run->snapshot, error))
    {
      /* What it recorded stays to be seen. */
      g_clear_pointer (&work->trainer, bf_trainer_free);
      return FALSE;
    }
  work->made = run->snapshot->steps;
  if (work->state == BF_RUN_DIVERGED)
    return TRUE;   /* it will not go on */
  g_mutex_lock (&shared->mutex);
  shared->notice = find_difference (shared, data);
  g_mutex_unlock (&shared->mutex);
  return TRUE;
}

static gboolean
load (Work *work, GError **error)
{
  BfWorker *shared = work->shared;
  g_autoptr (BfDataset) data = bf_data_cache_load (shared->spec, shared->folder, shared->cancellable, error);
  g_autoptr (BfPlan) plan = NULL;
  g_autofree char *digest = NULL;

  if (!data)
    return FALSE;
  g_mutex_lock (&shared->mutex);
  shared->dataset = bf_dataset_ref (data);
  g_mutex_unlock (&shared->mutex);
  plan = bf_plan_new (shared->spec, bf_dataset_get_shape (data));
  work->trainer = bf_trainer_new (plan, data, shared->threads ? shared->threads : bf_trainer_get_default_threads (), error);
  if (!work->trainer)
    return FALSE;
  if (shared->weights)
    {
      if (!bf_weights_take (bf_trainer_get_network (work->trainer), shared->weights, error))
        return FALSE;
      bf_trainer_measure_start (work->trainer);
    }
  if (shared->limit)
    bf_trainer_set_planned (work->trainer, shared->limit);
  work->added = bf_trainer_get_planned (work->trainer);
  if (shared->keeper || shared->resume)
    digest = bf_keeper_digest (data);
  if (shared->keeper)
    bf_keeper_set_data (shared->keeper, digest);
  return !shared->resume || resume (work, digest, error);
}

static gboolean
is_evaluating (const Work *work)
{
  return work->evaluator && bf_evaluator_is_under_way (work->evaluator);
}

static void
begin_evaluation (Work *work, BfPart part)
{
  g_autoptr (GError) error = NULL;

  if (is_evaluating (work))
    return;
  if (!work->evaluator)
    work->evaluator = bf_evaluator_new (work->shared->dataset);
  if (!bf_evaluator_begin (work->evaluator, bf_trainer_get_network (work->trainer), part, work->made, &error))
    g_info ("No evaluation: %s", error->message);
}

/* A batch of the evaluation. Training goes on in between and keeps most of the time. */
static void
evaluate (Work *work)
{
  const gint64 began = g_get_monotonic_time ();
  BfEvaluation *result, *old;

  if (work->training && began - work->evaluated < EVALUATION_SHARE * work->evaluation_cost)
    return;
  result = bf_evaluator_work (work->evaluator);
  work->evaluated = g_get_monotonic_time ();
  work->evaluation_cost = work->evaluated - began;
  if (!result)
    return;
  g_mutex_lock (&work->shared->mutex);
  old = work->shared->evaluation;
  work->shared->evaluation = result;
  g_mutex_unlock (&work->shared->mutex);
  g_clear_pointer (&old, bf_evaluation_unref);
}

/* What to be when not training: by what was made and what is planned. */
static BfRunState
get_rest_state (const Work *work)
{
  if (work->made >= bf_trainer_get_planned (work->trainer))
    return BF_RUN_FINISHED;
  return work->made > 0 ? BF_RUN_PAUSED : BF_RUN_READY;
}

/* Takes the commands over; waits for one while there is nothing to do. Tells whether a snapshot
 * would be taken. */
static BfCommands
read_commands (Work *work, gboolean *slot_free)
{
  BfWorker *shared = work->shared;
  BfCommands commands;

  g_mutex_lock (&shared->mutex);
  while (shared->read == shared->given && !work->training && work->steps == 0 && !is_evaluating (work))
    g_cond_wait (&shared->changed, &shared->mutex);
  if (shared->read != shared->given)
    {
      shared->read = shared->given;
      if (shared->commands.set_train)
        {
          work->training = shared->commands.train;
          work->steps = shared->commands.steps;
        }
      /* A command counts as read from here on, so the state must not be the one from before it. */
      if (work->training)
        shared->state = work->state = BF_RUN_TRAINING;
      else if (work->state == BF_RUN_TRAINING)
        shared->state = work->state = get_rest_state (work);
      shared->busy = TRUE;
    }
  commands = shared->commands;
  shared->commands.steps = shared->commands.threads = 0;
  shared->commands.set_train = shared->commands.set_rate = shared->commands.set_epochs = FALSE;
  shared->commands.evaluate = shared->commands.list_weights = FALSE;
  shared->commands.live = NULL;
  *slot_free = shared->slot == NULL;
  g_mutex_unlock (&shared->mutex);
  return commands;
}

/* What others ask for, and what is left of a run that ended. */
static void
list_weights (Work *work)
{
  BfWeights *weights = bf_weights_new (bf_trainer_get_network (work->trainer), work->made,
                                       bf_trainer_get_learning_rate (work->trainer));

  g_mutex_lock (&work->shared->mutex);
  g_clear_pointer (&work->shared->listed, bf_weights_unref);
  work->shared->listed = weights;
  work->shared->listed_for = work->shared->read;
  g_cond_broadcast (&work->shared->changed);
  g_mutex_unlock (&work->shared->mutex);
}

static void
come_to_rest (Work *work, BfRunState state)
{
  work->state = state;
  work->training = FALSE;
  work->steps = 0;
}

static gboolean
is_time (const Work *work)
{
  return g_get_monotonic_time () - work->published >= (work->shared->unwatched ? UNWATCHED_MICROSECONDS : PUBLISH_MICROSECONDS);
}

/* Whether a snapshot is to be taken after the next step; one that is watched decides when the step is made. */
static void
look_ahead (Work *work, gboolean slot_free)
{
  const BfWorker *shared = work->shared;

  work->due = !shared->unwatched || (slot_free && is_time (work));
  work->keep_due = shared->keeper && (!shared->unwatched || bf_keeper_is_due (shared->keeper, kept_states[work->state]));
}

static void
make_step (Work *work)
{
  BfStepResult result;

  bf_trainer_set_brief (work->trainer, !work->due && !work->keep_due);
  result = bf_trainer_step (work->trainer);
  if (result == BF_STEP_MADE)
    {
      work->made++;
      if (work->steps > 0)
        work->steps--;
      if (work->made >= bf_trainer_get_planned (work->trainer))
        result = bf_trainer_step (work->trainer);
    }
  if (result == BF_STEP_DIVERGED)
    come_to_rest (work, BF_RUN_DIVERGED);
  else if (result == BF_STEP_FINISHED)
    come_to_rest (work, BF_RUN_FINISHED);
}

static void
take_live (Work *work, const BfSpec *spec)
{
  bf_trainer_set_clipping (work->trainer, spec->clipping);
  for (guint b = 0; b < spec->blocks->len; b++)
    {
      const BfBlock *block = spec->blocks->pdata[b];

      for (guint i = 0; i < block->layers->len; i++)
        {
          const BfLayer *layer = block->layers->pdata[i];

          bf_trainer_set_frozen (work->trainer, layer->id, layer->frozen);
        }
    }
}

static void
obey (Work *work, const BfCommands *commands)
{
  if (commands->set_rate)
    bf_trainer_set_learning_rate (work->trainer, commands->rate);
  if (commands->live)
    take_live (work, commands->live);
  if (commands->threads)
    bf_trainer_set_threads (work->trainer, commands->threads);
  if (commands->set_epochs)
    {
      bf_trainer_set_epochs (work->trainer, commands->epochs);
      work->added = bf_trainer_get_planned (work->trainer);
    }
  /* Train after the end: as many steps again. */
  if (commands->set_train && (work->training || work->steps > 0) && work->made > 0
      && work->made >= bf_trainer_get_planned (work->trainer))
    bf_trainer_set_planned (work->trainer, work->made + work->added);
}

static void
train (Work *work)
{
  const BfWorker *shared = work->shared;

  publish (work, TRUE);
  for (;;)
    {
      gboolean slot_free;
      BfCommands commands = read_commands (work, &slot_free);

      if (!commands.stop)
        obey (work, &commands);
      g_clear_pointer (&commands.live, bf_spec_unref);
      if (commands.stop)
        break;
      if (commands.list_weights)
        list_weights (work);
      look_ahead (work, slot_free);
      if (work->training || work->steps > 0)
        make_step (work);
      if (work->state == BF_RUN_DIVERGED)
        return;
      if (work->training && work->keep_due)
        keep (work, FALSE);
      if (commands.evaluate)
        begin_evaluation (work, commands.part);
      if (is_evaluating (work))
        evaluate (work);
      if (!work->training && work->steps == 0 && !is_evaluating (work))
        {
          work->state = get_rest_state (work);
          keep (work, TRUE);
          publish (work, TRUE);
        }
      else if (shared->unwatched ? work->due : slot_free && is_time (work))
        publish (work, FALSE);
    }
  if (work->state != BF_RUN_FINISHED)
    {
      keep (work, TRUE);
      bf_trainer_cancel (work->trainer);
      work->state = BF_RUN_CANCELLED;
    }
}

static void
leave (Work *work, GError *error)
{
  BfWorker *shared = work->shared;

  if (shared->keeper)
    {
      keep (work, TRUE);
      bf_keeper_close (shared->keeper);
    }
  publish (work, FALSE);
  if (work->trainer && bf_network_get_size (bf_trainer_get_network (work->trainer)) <= MOST_FLOATS_LEFT)
    list_weights (work);
  g_mutex_lock (&shared->mutex);
  if (error && (shared->commands.stop || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
    work->state = BF_RUN_CANCELLED;
  else if (error)
    {
      work->state = BF_RUN_FAILED;
      shared->error = g_error_copy (error);
    }
  shared->state = work->state;
  shared->read = shared->given;
  shared->busy = FALSE;
  shared->ended = TRUE;
  g_cond_broadcast (&shared->changed);
  g_mutex_unlock (&shared->mutex);
}

static gpointer
run (gpointer data)
{
  Work work = { .shared = data, .state = BF_RUN_LOADING };
  g_autoptr (GError) error = NULL;

  bf_background_enter ();
  if (load (&work, &error))
    {
      work.state = ((BfWorker *) data)->resume ? get_rest_state (&work) : BF_RUN_READY;
      train (&work);
    }
  leave (&work, error);
  g_clear_pointer (&work.evaluator, bf_evaluator_free);
  g_clear_pointer (&work.trainer, bf_trainer_free);
  g_mutex_lock (&live_mutex);
  g_ptr_array_remove_fast (live, data);
  g_cond_broadcast (&live_changed);
  g_mutex_unlock (&live_mutex);
  bf_worker_unref (data);
  return NULL;
}

/* Whether there is something to read, and nobody else did or does; waits for whoever does. */
static gboolean
begin_recovery (BfWorker *self)
{
  gboolean begin;

  g_mutex_lock (&self->mutex);
  while (self->recovering)
    g_cond_wait (&self->changed, &self->mutex);
  begin = self->resume && !self->started && self->state == BF_RUN_DIVERGED && !(self->listed && self->dataset);
  if (begin)
    {
      self->recovering = TRUE;
      g_clear_error (&self->error);
      g_clear_pointer (&self->dataset, bf_dataset_unref);
    }
  g_mutex_unlock (&self->mutex);
  return begin;
}

void
bf_worker_recover (BfWorker *self)
{
  Work work = { .shared = self, .state = BF_RUN_DIVERGED };
  g_autoptr (GError) error = NULL;

  if (!begin_recovery (self))
    return;
  if (load (&work, &error))
    list_weights (&work);
  g_clear_pointer (&work.trainer, bf_trainer_free);
  g_mutex_lock (&self->mutex);
  self->error = g_steal_pointer (&error);   /* the next one who asks tries again */
  self->recovering = FALSE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

/* No thread may compute while the program's libraries are taken down. */
static void
stop_all (void)
{
  gint64 deadline = g_get_monotonic_time () + EXIT_SECONDS * G_USEC_PER_SEC;

  g_mutex_lock (&live_mutex);
  for (guint i = 0; i < live->len; i++)
    {
      bf_worker_begin (live->pdata[i])->stop = TRUE;
      bf_worker_end (live->pdata[i]);
    }
  while (live->len > 0 && g_cond_wait_until (&live_changed, &live_mutex, deadline))
    ;
  g_mutex_unlock (&live_mutex);
}

static void
start (BfWorker *self)
{
  g_autoptr (GError) error = NULL;
  GThread *thread;

  g_mutex_lock (&live_mutex);
  if (!live)
    {
      live = g_ptr_array_new ();
      atexit (stop_all);
    }
  g_ptr_array_add (live, self);
  g_atomic_ref_count_inc (&self->references);
  g_mutex_unlock (&live_mutex);
  thread = g_thread_try_new ("training", run, self, &error);
  if (thread)
    {
      g_thread_unref (thread);
      return;
    }
  g_mutex_lock (&live_mutex);
  g_ptr_array_remove_fast (live, self);
  g_mutex_unlock (&live_mutex);
  self->state = BF_RUN_FAILED;
  self->busy = FALSE;
  self->ended = TRUE;
  self->error = g_steal_pointer (&error);
  bf_worker_unref (self);
}

static BfRunState
get_kept_state (const BfNotebookRun *run)
{
  for (guint i = 0; i < G_N_ELEMENTS (kept_states); i++)
    if (i != BF_RUN_READY && i != BF_RUN_TRAINING && g_strcmp0 (kept_states[i], run->state) == 0)
      return i;
  return BF_RUN_PAUSED;
}

BfWorker *
bf_worker_new (BfSpec *spec, const BfRunOptions *options)
{
  BfWorker *self = g_new0 (BfWorker, 1);

  g_atomic_ref_count_init (&self->references);
  self->spec = bf_spec_ref (spec);
  self->folder = g_strdup (options ? options->folder : NULL);
  self->threads = options ? options->threads : 0;
  self->limit = options ? options->steps : 0;
  self->unwatched = options && options->unwatched;
  self->weights = options && options->weights ? g_ptr_array_ref (options->weights) : NULL;
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  if (options && options->keeper)
    self->keeper = bf_keeper_ref (options->keeper);
  if (options && options->resume)
    {
      self->resume = bf_notebook_run_ref (options->resume);
      self->state = get_kept_state (options->resume);
      self->ended = self->state == BF_RUN_DIVERGED;
      return self;
    }
  self->state = BF_RUN_LOADING;
  self->busy = self->started = TRUE;
  start (self);
  return self;
}
