/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The thread's side of an examination.
 */
#include "bf-examination-job.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

#include "bf-background.h"
#include "bf-weights.h"

/* How long the end of the program waits for jobs under way. */
#define EXIT_SECONDS 30

struct _BfExaminationJob
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
};

static GMutex live_mutex;
static GCond live_changed;
static GPtrArray *live;   /* of BfExaminationJob whose thread runs */

void
bf_examination_job_unref (BfExaminationJob *self)
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
compute (BfExaminationJob *job, guint64 *step, GError **error)
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
  BfExaminationJob *job = data;
  GError *error = NULL;
  guint64 step = 0;
  gpointer result;

  bf_background_enter ();
  result = compute (job, &step, &error);
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
  bf_examination_job_unref (job);
  return NULL;
}

/* No thread may compute while the program's libraries are taken down. */
static void
cancel_all (void)
{
  const gint64 deadline = g_get_monotonic_time () + EXIT_SECONDS * G_USEC_PER_SEC;

  g_mutex_lock (&live_mutex);
  for (guint i = 0; i < live->len; i++)
    g_cancellable_cancel (((BfExaminationJob *) live->pdata[i])->cancellable);
  while (live->len > 0 && g_cond_wait_until (&live_changed, &live_mutex, deadline))
    ;
  g_mutex_unlock (&live_mutex);
}

BfExaminationJob *
bf_examination_job_new (const BfExaminationKind *kind, const BfOptions *options, BfWorker *worker)
{
  BfExaminationJob *self = g_new0 (BfExaminationJob, 1);
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
      bf_examination_job_unref (self);
    }
  return self;
}

double
bf_examination_job_get_fraction (BfExaminationJob *self)
{
  return bf_progress_get_fraction (&self->progress);
}

void
bf_examination_job_cancel (BfExaminationJob *self)
{
  g_cancellable_cancel (self->cancellable);
}

gboolean
bf_examination_job_take (BfExaminationJob *self, gpointer *result, guint64 *step, GError **error)
{
  gboolean done;

  g_mutex_lock (&self->mutex);
  done = self->done;
  *result = g_steal_pointer (&self->result);
  *error = g_steal_pointer (&self->error);
  *step = self->step;
  g_mutex_unlock (&self->mutex);
  return done;
}

void
bf_examination_job_wait (BfExaminationJob *self)
{
  g_mutex_lock (&self->mutex);
  while (!self->done)
    g_cond_wait (&self->ended, &self->mutex);
  g_mutex_unlock (&self->mutex);
}
