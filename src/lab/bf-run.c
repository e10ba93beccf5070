/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The run's own side: what it last took over from the worker. A command shows in the state at
 * once, and what the worker says counts again when it has read the command.
 */
#include "bf-run.h"

#include "bf-worker.h"

struct _BfRun
{
  GObject parent_instance;

  BfWorker *worker;
  BfRunState state;
  BfSnapshot *snapshot;
  BfDataset *dataset;
  BfEvaluation *evaluation;
  gboolean evaluating;     /* one was asked for and did not come yet */
  GError *error;
  char *notice;
  gboolean ended;
};

enum { PROP_0, PROP_STATE, PROP_SNAPSHOT, PROP_EVALUATION, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BfRun, bf_run, G_TYPE_OBJECT)

static void
bf_run_dispose (GObject *object)
{
  BfRun *self = BF_RUN (object);

  if (self->worker)
    {
      bf_worker_begin (self->worker)->stop = TRUE;
      bf_worker_end (self->worker);
    }
  G_OBJECT_CLASS (bf_run_parent_class)->dispose (object);
}

static void
bf_run_finalize (GObject *object)
{
  BfRun *self = BF_RUN (object);

  g_clear_pointer (&self->worker, bf_worker_unref);
  g_clear_pointer (&self->snapshot, bf_snapshot_unref);
  g_clear_pointer (&self->dataset, bf_dataset_unref);
  g_clear_pointer (&self->evaluation, bf_evaluation_unref);
  g_clear_error (&self->error);
  g_free (self->notice);
  G_OBJECT_CLASS (bf_run_parent_class)->finalize (object);
}

static void
bf_run_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BfRun *self = BF_RUN (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_SNAPSHOT:
      g_value_set_pointer (value, self->snapshot);
      break;
    case PROP_EVALUATION:
      g_value_set_pointer (value, self->evaluation);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bf_run_class_init (BfRunClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = bf_run_dispose;
  object_class->finalize = bf_run_finalize;
  object_class->get_property = bf_run_get_property;
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, BF_RUN_CANCELLED, 0, flags);
  properties[PROP_SNAPSHOT] = g_param_spec_pointer ("snapshot", NULL, NULL, flags);
  properties[PROP_EVALUATION] = g_param_spec_pointer ("evaluation", NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
bf_run_init (BfRun *self)
{
}

BfRun *
bf_run_new (BfSpec *spec, const BfRunOptions *options)
{
  BfRun *self = g_object_new (BF_TYPE_RUN, NULL);

  self->worker = bf_worker_new (spec, options);
  if (options && options->resume)
    {
      self->snapshot = bf_snapshot_ref (options->resume->snapshot);
      self->state = self->worker->state;
    }
  return self;
}

BfSpec *
bf_run_get_spec (BfRun *self)
{
  return self->worker->spec;
}

BfRunState
bf_run_get_state (BfRun *self)
{
  return self->state;
}

const GError *
bf_run_get_error (BfRun *self)
{
  return self->error;
}

gboolean
bf_run_get_ended (BfRun *self)
{
  return self->ended;
}

BfSnapshot *
bf_run_get_snapshot (BfRun *self)
{
  return self->snapshot;
}

BfDataset *
bf_run_get_dataset (BfRun *self)
{
  return self->dataset;
}

BfEvaluation *
bf_run_get_evaluation (BfRun *self)
{
  return self->evaluation;
}

BfKeeper *
bf_run_get_keeper (BfRun *self)
{
  return self->worker->keeper;
}

const char *
bf_run_get_notice (BfRun *self)
{
  return self->notice;
}

void
bf_run_wake (BfRun *self)
{
  g_return_if_fail (BF_IS_RUN (self));
  bf_worker_begin (self->worker);
  bf_worker_end (self->worker);
}

static void
set_state (BfRun *self, BfRunState state)
{
  if (state == self->state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

gboolean
bf_run_poll (BfRun *self)
{
  BfWorker *worker = self->worker;
  BfSnapshot *snapshot;
  BfEvaluation *evaluation;
  BfRunState state = self->state;
  gboolean more;

  g_return_val_if_fail (BF_IS_RUN (self), FALSE);
  g_mutex_lock (&worker->mutex);
  snapshot = g_steal_pointer (&worker->slot);
  evaluation = g_steal_pointer (&worker->evaluation);
  if (!self->dataset && worker->dataset)
    self->dataset = bf_dataset_ref (worker->dataset);
  if (!self->notice && worker->notice)
    self->notice = g_strdup (worker->notice);
  if (!self->error && worker->error)
    self->error = g_error_copy (worker->error);
  /* Until the data is there, loading is what there is to see. */
  if (worker->read == worker->given || worker->state == BF_RUN_FAILED)
    state = worker->state;
  more = !worker->ended && (worker->busy || worker->read != worker->given);
  self->ended |= worker->ended;
  /* None is under way any more when it came, or when it could not be made. */
  if (evaluation || !more)
    self->evaluating = FALSE;
  g_mutex_unlock (&worker->mutex);

  g_object_freeze_notify (G_OBJECT (self));
  if (snapshot)
    {
      g_clear_pointer (&self->snapshot, bf_snapshot_unref);
      self->snapshot = snapshot;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SNAPSHOT]);
    }
  if (evaluation)
    {
      g_clear_pointer (&self->evaluation, bf_evaluation_unref);
      self->evaluation = evaluation;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EVALUATION]);
    }
  set_state (self, state);
  g_object_thaw_notify (G_OBJECT (self));
  return more;
}

void
bf_run_train (BfRun *self)
{
  BfCommands *commands;

  g_return_if_fail (BF_IS_RUN (self));
  if (self->ended)
    return;
  commands = bf_worker_begin (self->worker);
  commands->set_train = TRUE;
  commands->train = TRUE;
  bf_worker_end (self->worker);
  if (self->state != BF_RUN_LOADING)
    set_state (self, BF_RUN_TRAINING);
}

void
bf_run_pause (BfRun *self)
{
  BfCommands *commands;

  g_return_if_fail (BF_IS_RUN (self));
  if (self->ended)
    return;
  commands = bf_worker_begin (self->worker);
  commands->set_train = TRUE;
  commands->train = FALSE;
  commands->steps = 0;
  bf_worker_end (self->worker);
  if (self->state == BF_RUN_TRAINING)
    set_state (self, BF_RUN_PAUSED);
}

void
bf_run_step (BfRun *self)
{
  BfCommands *commands;

  g_return_if_fail (BF_IS_RUN (self));
  if (self->ended)
    return;
  commands = bf_worker_begin (self->worker);
  commands->set_train = TRUE;
  commands->train = FALSE;
  commands->steps++;
  bf_worker_end (self->worker);
  if (self->state == BF_RUN_TRAINING)
    set_state (self, BF_RUN_PAUSED);
}

void
bf_run_stop (BfRun *self)
{
  g_return_if_fail (BF_IS_RUN (self));
  bf_worker_begin (self->worker)->stop = TRUE;
  bf_worker_end (self->worker);
  if (!self->ended && self->state != BF_RUN_FINISHED)
    set_state (self, BF_RUN_CANCELLED);
  self->ended = TRUE;
}

void
bf_run_set_learning_rate (BfRun *self, double rate)
{
  BfCommands *commands;

  g_return_if_fail (BF_IS_RUN (self));
  commands = bf_worker_begin (self->worker);
  commands->set_rate = TRUE;
  commands->rate = rate;
  bf_worker_end (self->worker);
}

void
bf_run_set_threads (BfRun *self, guint threads)
{
  g_return_if_fail (BF_IS_RUN (self) && threads > 0);
  bf_worker_begin (self->worker)->threads = threads;
  bf_worker_end (self->worker);
}

void
bf_run_set_live (BfRun *self, BfSpec *spec)
{
  BfCommands *commands;

  g_return_if_fail (BF_IS_RUN (self));
  commands = bf_worker_begin (self->worker);
  g_clear_pointer (&commands->live, bf_spec_unref);
  commands->live = bf_spec_ref (spec);
  bf_worker_end (self->worker);
}

void
bf_run_set_epochs (BfRun *self, guint epochs)
{
  BfCommands *commands;

  g_return_if_fail (BF_IS_RUN (self));
  commands = bf_worker_begin (self->worker);
  commands->set_epochs = TRUE;
  commands->epochs = epochs;
  bf_worker_end (self->worker);
}

gboolean
bf_run_evaluate (BfRun *self, BfPart part)
{
  BfCommands *commands;

  g_return_val_if_fail (BF_IS_RUN (self) && part < BF_N_PARTS, FALSE);
  if (self->ended || self->evaluating)
    return FALSE;
  commands = bf_worker_begin (self->worker);
  commands->evaluate = TRUE;
  commands->part = part;
  bf_worker_end (self->worker);
  return self->evaluating = TRUE;
}

BfWorker *
bf_run_get_worker (BfRun *self)
{
  g_return_val_if_fail (BF_IS_RUN (self), NULL);
  return self->worker;
}

GPtrArray *
bf_run_list_weights (BfRun *self)
{
  g_autoptr (BfWeights) weights = NULL;

  g_return_val_if_fail (BF_IS_RUN (self), NULL);
  weights = bf_worker_hold_weights (self->worker);
  return weights ? g_ptr_array_ref (weights->tensors) : NULL;
}

void
bf_run_wait (BfRun *self)
{
  BfWorker *worker = self->worker;

  g_return_if_fail (BF_IS_RUN (self));
  g_mutex_lock (&worker->mutex);
  while (!worker->ended && (worker->busy || worker->read != worker->given))
    g_cond_wait (&worker->changed, &worker->mutex);
  g_mutex_unlock (&worker->mutex);
  bf_run_poll (self);
}
