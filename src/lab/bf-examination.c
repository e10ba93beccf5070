/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Each start makes a job: a thread with what it needs and what it leaves, shared with the examination that waits
 * for it. The job holds the run's worker and not the run, so that a run can go while it is examined.
 */
#include "bf-examination.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

#include "bf-weights.h"
#include "bf-worker.h"

/* How often the owner looks at a job. */
#define LOOK_MILLISECONDS 30
/* How long the end of the program waits for jobs under way. */
#define EXIT_SECONDS 5

typedef struct
{
  gatomicrefcount references;
  const BfExaminationKind *kind;
  BfOptions *options;
  BfWorker *worker;
  GCancellable *cancellable;
  BfProgress progress;

  GMutex mutex;           /* guards what follows */
  GCond ended;
  gboolean done;
  gpointer result;        /* until taken */
  guint64 step;
  GError *error;
} Job;

struct _BfExamination
{
  GObject parent_instance;

  const BfExaminationKind *kind;
  BfRun *run;             /* owns this; NULL when it went */
  Job *job;               /* under way, or NULL */
  guint source;           /* looks at it */
  double fraction;
  gpointer result;
  guint64 step;
  GError *error;
};

enum { PROP_0, PROP_RUNNING, PROP_FRACTION, PROP_RESULT, PROP_ERROR, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BfExamination, bf_examination, G_TYPE_OBJECT)

static GMutex live_mutex;
static GCond live_changed;
static GPtrArray *live;   /* of Job whose thread runs */

static void
job_unref (Job *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  if (self->result)
    self->kind->unref (self->result);
  g_clear_error (&self->error);
  bf_options_free (self->options);
  bf_worker_unref (self->worker);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->ended);
  g_free (self);
}

static gboolean
check_finite (BfNetwork *network, GError **error)
{
  const BfPlan *plan = bf_network_get_plan (network);
  const BfParameter *parameters = bf_network_get_parameters (network);

  for (guint i = 0; i < bf_network_get_n_parameters (network); i++)
    for (gsize k = 0; k < (gsize) parameters[i].rows * parameters[i].columns; k++)
      if (!isfinite (parameters[i].value[k]))
        {
          g_set_error (error, BF_ERROR, BF_ERROR_INVALID,
                       _("Weights of %s are no longer finite numbers. Go back to step 0 and train fewer steps."),
                       plan->layers[parameters[i].layer].name);
          return FALSE;
        }
  return TRUE;
}

BfNetwork *
bf_subject_compile (const BfSubject *self, guint batch, GError **error)
{
  g_autoptr (BfNetwork) network = bf_network_new (self->plan, 1, batch, error);

  if (!network)
    return NULL;
  bf_weights_copy (network, self->weights);
  for (guint l = 0; l < self->plan->n_layers; l++)
    bf_network_set_frozen (network, l, self->frozen[l]);
  return check_finite (network, error) ? g_steal_pointer (&network) : NULL;
}

static gpointer
compute (Job *job, guint64 *step, GError **error)
{
  g_autoptr (BfWeights) weights = bf_worker_hold_weights (job->worker);
  g_autoptr (BfDataset) data = bf_worker_hold_dataset (job->worker);
  BfSubject subject;

  if (!weights || !data)
    {
      GError *reason = bf_worker_copy_error (job->worker);

      if (reason)
        g_propagate_error (error, reason);
      else
        g_set_error_literal (error, BF_ERROR, BF_ERROR_INVALID,
                             _("This run is over and has given its weights up. Go back to step 0 and train again."));
      return NULL;
    }
  if (!bf_progress_report (&job->progress, 0, error))
    return NULL;
  subject = (BfSubject) { weights->plan, weights->tensors, data, weights->step, job->options,
                          weights->frozen, weights->rate };
  *step = weights->step;
  return job->kind->compute (&subject, &job->progress, error);
}

static gpointer
run_job (gpointer data)
{
  Job *job = data;
  GError *error = NULL;
  guint64 step = 0;
  gpointer result = compute (job, &step, &error);

  g_mutex_lock (&job->mutex);
  job->result = result;
  job->error = error;
  job->step = step;
  job->done = TRUE;
  g_cond_broadcast (&job->ended);
  g_mutex_unlock (&job->mutex);
  g_mutex_lock (&live_mutex);
  g_ptr_array_remove_fast (live, job);
  g_cond_broadcast (&live_changed);
  g_mutex_unlock (&live_mutex);
  job_unref (job);
  return NULL;
}

/* No thread may compute while the program's libraries are taken down. */
static void
cancel_all (void)
{
  const gint64 deadline = g_get_monotonic_time () + EXIT_SECONDS * G_USEC_PER_SEC;

  g_mutex_lock (&live_mutex);
  for (guint i = 0; i < live->len; i++)
    g_cancellable_cancel (((Job *) live->pdata[i])->cancellable);
  while (live->len > 0 && g_cond_wait_until (&live_changed, &live_mutex, deadline))
    ;
  g_mutex_unlock (&live_mutex);
}

static Job *
job_new (const BfExaminationKind *kind, const BfOptions *options, BfWorker *worker)
{
  Job *self = g_new0 (Job, 1);
  g_autoptr (GThread) thread = NULL;

  g_atomic_ref_count_init (&self->references);
  self->kind = kind;
  self->options = options ? bf_options_copy (options) : bf_options_new (&kind->kind);
  self->worker = bf_worker_ref (worker);
  self->cancellable = g_cancellable_new ();
  self->progress.cancellable = self->cancellable;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->ended);
  g_mutex_lock (&live_mutex);
  if (!live)
    {
      live = g_ptr_array_new ();
      atexit (cancel_all);
    }
  g_ptr_array_add (live, self);
  g_mutex_unlock (&live_mutex);
  g_atomic_ref_count_inc (&self->references);
  thread = g_thread_try_new ("examination", run_job, self, &self->error);
  if (!thread)
    {
      g_mutex_lock (&live_mutex);
      g_ptr_array_remove_fast (live, self);
      g_mutex_unlock (&live_mutex);
      self->done = TRUE;
      job_unref (self);
    }
  return self;
}

/* Lets go of the job under way; its thread ends by itself. */
static void
drop_job (BfExamination *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (self->job)
    g_cancellable_cancel (self->job->cancellable);
  g_clear_pointer (&self->job, job_unref);
  self->fraction = 0;
}

static void
notify (BfExamination *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* Takes up what a job left that is done. */
static void
take_up (BfExamination *self, gpointer result, guint64 step, GError *error)
{
  drop_job (self);
  if (result)
    {
      g_clear_pointer (&self->result, self->kind->unref);
      self->result = result;
      self->step = step;
    }
  self->error = error;
  g_object_freeze_notify (G_OBJECT (self));
  if (result)
    notify (self, PROP_RESULT);
  if (error)
    notify (self, PROP_ERROR);
  notify (self, PROP_RUNNING);
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
look (gpointer data)
{
  g_autoptr (BfExamination) self = g_object_ref (data);   /* who is notified may let it go */
  Job *job = self->job;
  const double fraction = bf_progress_get_fraction (&job->progress);
  gpointer result;
  GError *error;
  gboolean done;

  g_mutex_lock (&job->mutex);
  done = job->done;
  result = g_steal_pointer (&job->result);
  error = g_steal_pointer (&job->error);
  g_mutex_unlock (&job->mutex);
  if (done)
    {
      self->source = 0;
      take_up (self, result, job->step, error);
      return G_SOURCE_REMOVE;
    }
  if (fraction > self->fraction)
    {
      self->fraction = fraction;
      notify (self, PROP_FRACTION);
    }
  return G_SOURCE_CONTINUE;
}

static void
bf_examination_finalize (GObject *object)
{
  BfExamination *self = BF_EXAMINATION (object);

  drop_job (self);
  g_clear_pointer (&self->result, self->kind->unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (bf_examination_parent_class)->finalize (object);
}

static void
bf_examination_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BfExamination *self = BF_EXAMINATION (object);

  switch (id)
    {
    case PROP_RUNNING:
      g_value_set_boolean (value, self->job != NULL);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_RESULT:
      g_value_set_pointer (value, self->result);
      break;
    case PROP_ERROR:
      g_value_set_pointer (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bf_examination_class_init (BfExaminationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = bf_examination_finalize;
  object_class->get_property = bf_examination_get_property;
  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_RESULT] = g_param_spec_pointer ("result", NULL, NULL, flags);
  properties[PROP_ERROR] = g_param_spec_pointer ("error", NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
bf_examination_init (BfExamination *self)
{
}

const BfExaminationKind *
bf_examination_find (const char *id)
{
  return (const BfExaminationKind *) bf_kind_find (bf_examinations, id);
}

static void
leave_run (gpointer data)
{
  g_autoptr (BfExamination) self = data;

  self->run = NULL;
  bf_examination_cancel (self);
}

BfExamination *
bf_examination_of (BfRun *run, const BfExaminationKind *kind)
{
  g_autofree char *key = NULL;
  BfExamination *self;

  g_return_val_if_fail (BF_IS_RUN (run) && kind, NULL);
  key = g_strconcat ("bf-examination-", kind->kind.id, NULL);
  self = g_object_get_data (G_OBJECT (run), key);
  if (!self)
    {
      self = g_object_new (BF_TYPE_EXAMINATION, NULL);
      self->kind = kind;
      self->run = run;
      g_object_set_data_full (G_OBJECT (run), key, self, leave_run);
    }
  return self;
}

const BfExaminationKind *
bf_examination_get_kind (BfExamination *self)
{
  return self->kind;
}

void
bf_examination_start (BfExamination *self, const BfOptions *options)
{
  g_return_if_fail (BF_IS_EXAMINATION (self));
  if (self->job || !self->run)
    return;
  self->job = job_new (self->kind, options, bf_run_get_worker (self->run));
  self->source = g_timeout_add (LOOK_MILLISECONDS, look, self);
  g_object_freeze_notify (G_OBJECT (self));
  if (self->error)
    {
      g_clear_error (&self->error);
      notify (self, PROP_ERROR);
    }
  notify (self, PROP_FRACTION);
  notify (self, PROP_RUNNING);
  g_object_thaw_notify (G_OBJECT (self));
}

void
bf_examination_cancel (BfExamination *self)
{
  g_return_if_fail (BF_IS_EXAMINATION (self));
  if (!self->job)
    return;
  drop_job (self);
  notify (self, PROP_RUNNING);
}

gboolean
bf_examination_get_running (BfExamination *self)
{
  return self->job != NULL;
}

double
bf_examination_get_fraction (BfExamination *self)
{
  return self->fraction;
}

gpointer
bf_examination_get_result (BfExamination *self)
{
  return self->result;
}

guint64
bf_examination_get_step (BfExamination *self)
{
  return self->step;
}

const GError *
bf_examination_get_error (BfExamination *self)
{
  return self->error;
}

void
bf_examination_wait (BfExamination *self)
{
  Job *job = self->job;

  g_return_if_fail (BF_IS_EXAMINATION (self));
  if (!job)
    return;
  g_mutex_lock (&job->mutex);
  while (!job->done)
    g_cond_wait (&job->ended, &job->mutex);
  g_mutex_unlock (&job->mutex);
  g_clear_handle_id (&self->source, g_source_remove);
  look (self);
}
