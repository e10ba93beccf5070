/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The owner's side of an examination. Each start makes a job, which is looked at until it is done.
 */
#include "bf-examination-job.h"

/* How often the owner looks at a job. */
#define LOOK_MILLISECONDS 30

struct _BfExamination
{
  GObject parent_instance;

  const BfExaminationKind *kind;
  BfRun *run;             /* owns this; NULL when it went */
  BfExaminationJob *job;  /* under way, or NULL */
  guint source;           /* looks at it */
  double fraction;
  BfOptions *asked;    /* of the job */
  gpointer result;
  BfOptions *options;  /* of the result */
  guint64 step;
  GError *error;
};

enum { PROP_0, PROP_RUNNING, PROP_FRACTION, PROP_RESULT, PROP_ERROR, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (BfExamination, bf_examination, G_TYPE_OBJECT)

/* Lets go of the job under way; its thread ends by itself. */
static void
drop_job (BfExamination *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (self->job)
    bf_examination_job_cancel (self->job);
  g_clear_pointer (&self->job, bf_examination_job_unref);
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
      g_clear_pointer (&self->options, bf_options_free);
      self->options = g_steal_pointer (&self->asked);
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
  const double fraction = bf_examination_job_get_fraction (self->job);
  gpointer result;
  guint64 step;
  GError *error;

  if (bf_examination_job_take (self->job, &result, &step, &error))
    {
      self->source = 0;
      take_up (self, result, step, error);
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
  g_clear_pointer (&self->asked, bf_options_free);
  g_clear_pointer (&self->options, bf_options_free);
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
  g_clear_pointer (&self->asked, bf_options_free);
  self->asked = options ? bf_options_copy (options) : bf_options_new (&self->kind->kind);
  self->job = bf_examination_job_new (self->kind, self->asked, bf_run_get_worker (self->run));
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

const BfOptions *
bf_examination_get_options (BfExamination *self)
{
  return self->options;
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
  g_return_if_fail (BF_IS_EXAMINATION (self));
  if (!self->job)
    return;
  bf_examination_job_wait (self->job);
  g_clear_handle_id (&self->source, g_source_remove);
  look (self);
}
