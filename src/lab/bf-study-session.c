/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study-session-private.h"

#include "bf-notebook-study.h"

G_DEFINE_FINAL_TYPE (BfStudySession, bf_study_session, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

void
bf_study_session_emit (BfStudySession *self, guint which)
{
  g_signal_emit (self, signals[which], 0);
}

/* Numbers */

guint
bf_study_session_get_seeds (BfStudySession *self)
{
  return self->seeds;
}

static void
set_number (BfStudySession *self, guint *number, guint value)
{
  if (*number == value)
    return;
  *number = value;
  bf_study_session_emit (self, CHANGED);
}

void
bf_study_session_set_seeds (BfStudySession *self, guint seeds)
{
  set_number (self, &self->seeds, CLAMP (seeds, 1, BF_STUDY_MAX_SEEDS));
}

/* A study may leave the epochs to its experiments: then those of the first one. */
guint
bf_study_session_get_epochs (BfStudySession *self)
{
  return self->epochs ? self->epochs
                      : self->rows->rows->len > 0 ? bf_study_session_get_row (self, 0)->base->epochs : 1;
}

void
bf_study_session_set_epochs (BfStudySession *self, guint epochs)
{
  if (epochs != bf_study_session_get_epochs (self))
    set_number (self, &self->epochs, MAX (1, epochs));
}

guint
bf_study_session_get_jobs (BfStudySession *self)
{
  return self->jobs;
}

void
bf_study_session_set_jobs (BfStudySession *self, guint jobs)
{
  set_number (self, &self->jobs, MAX (1, jobs));
}

/* The study at work */

BfStudy *
bf_study_session_make_study (BfStudySession *self)
{
  BfStudy *study = bf_study_new (self->id, self->rows->name);

  g_free (study->summary);
  study->summary = g_strdup (self->rows->summary);
  study->seeds = self->seeds;
  study->epochs = self->epochs;
  for (guint i = 0; i < self->rows->rows->len; i++)
    {
      const BfStudyRow *from = self->rows->rows->pdata[i];
      BfStudyRow *row;

      if (!bf_study_session_get_chosen (self, i))
        continue;
      row = bf_study_add_row (study, from->id, from->label, from->base);
      g_free (row->note);
      row->note = g_strdup (from->note);
      row->published_test_accuracy = from->published_test_accuracy;
      row->published_train_loss = from->published_train_loss;
    }
  return study;
}

/* As long as it is under way the notebook has it, so that the next start can go on with it. */
static void
keep (BfStudySession *self)
{
  BfNotebook *notebook = bf_session_get_notebook (self->session);
  g_autofree char *text = NULL;

  if (!notebook)
    return;
  if (!bf_study_session_is_active (self))
    {
      bf_notebook_drop_study (notebook, self->kept);
      self->kept = 0;
      return;
    }
  if (self->kept && self->state == BF_STUDY_PAUSED)
    return;
  text = bf_study_print (bf_study_queue_get_study (self->queue));
  self->kept = self->kept ? self->kept : bf_notebook_new_draft ();
  bf_notebook_set_study (notebook, self->kept, bf_study_queue_get_study (self->queue)->id, text);
}

static void
set_state (BfStudySession *self, BfStudyState state)
{
  if (self->state == state)
    return;
  self->state = state;
  keep (self);
  bf_study_session_emit (self, STATE_CHANGED);
}

void
bf_study_session_start (BfStudySession *self)
{
  BfStudyOptions options = { .folder = self->folder, .jobs = self->jobs, .notebook = bf_session_get_notebook (self->session) };
  g_autoptr (BfStudy) study = NULL;
  int place = 0;

  g_return_if_fail (BF_IS_STUDY_SESSION (self));
  if (bf_study_session_is_active (self) || bf_study_session_count_chosen (self) == 0)
    return;
  study = bf_study_session_make_study (self);
  for (guint i = 0; i < self->places->len; i++)
    g_array_index (self->places, int, i) = bf_study_session_get_chosen (self, i) ? place++ : -1;
  g_clear_pointer (&self->left, bf_study_unref);
  g_clear_pointer (&self->queue, bf_study_queue_free);
  self->queue = bf_study_queue_new (study, &options);
  set_state (self, BF_STUDY_RUNNING);
  bf_study_session_emit (self, UPDATED);
}

const char *
bf_study_session_find_left (BfStudySession *self)
{
  BfNotebook *notebook = bf_session_get_notebook (self->session);

  g_return_val_if_fail (BF_IS_STUDY_SESSION (self), NULL);
  if (!self->left && !bf_study_session_is_active (self) && notebook)
    self->left = bf_notebook_get_study (notebook, &self->kept);
  return self->left ? self->left->name : NULL;
}

void
bf_study_session_go_on (BfStudySession *self)
{
  g_autoptr (BfStudy) study = g_steal_pointer (&self->left);

  g_return_if_fail (BF_IS_STUDY_SESSION (self));
  if (!study || bf_study_session_is_active (self))
    return;
  bf_study_session_open (self, study);
  bf_study_session_start (self);
}

void
bf_study_session_set_paused (BfStudySession *self, gboolean paused)
{
  g_return_if_fail (BF_IS_STUDY_SESSION (self));
  if (!bf_study_session_is_active (self) || paused == (self->state == BF_STUDY_PAUSED))
    return;
  if (paused)
    bf_study_queue_pause (self->queue);
  else
    bf_study_queue_resume (self->queue);
  set_state (self, paused ? BF_STUDY_PAUSED : BF_STUDY_RUNNING);
}

void
bf_study_session_cancel (BfStudySession *self)
{
  g_return_if_fail (BF_IS_STUDY_SESSION (self));
  if (!bf_study_session_is_active (self))
    return;
  bf_study_queue_cancel (self->queue);
  set_state (self, BF_STUDY_CANCELLED);
  bf_study_session_emit (self, UPDATED);
}

gboolean
bf_study_session_poll (BfStudySession *self)
{
  gboolean more;

  g_return_val_if_fail (BF_IS_STUDY_SESSION (self), FALSE);
  if (self->state != BF_STUDY_RUNNING)
    return FALSE;
  more = bf_study_queue_poll (self->queue);
  bf_study_session_emit (self, UPDATED);
  if (!more)
    set_state (self, BF_STUDY_FINISHED);
  return self->state == BF_STUDY_RUNNING;
}

BfStudyState
bf_study_session_get_state (BfStudySession *self)
{
  return self->state;
}

gboolean
bf_study_session_is_active (BfStudySession *self)
{
  return self->state == BF_STUDY_RUNNING || self->state == BF_STUDY_PAUSED;
}

BfStudyQueue *
bf_study_session_get_queue (BfStudySession *self)
{
  return self->queue;
}

int
bf_study_session_find_place (BfStudySession *self, guint row)
{
  return row < self->places->len ? g_array_index (self->places, int, row) : -1;
}

guint
bf_study_session_count_complete (BfStudySession *self)
{
  guint complete = 0, n = self->queue ? bf_study_queue_get_study (self->queue)->rows->len : 0;

  for (guint i = 0; i < n; i++)
    {
      BfStudySummary summary;

      bf_study_queue_summarize (self->queue, i, &summary);
      complete += summary.states[BF_STUDY_RUN_QUEUED] + summary.states[BF_STUDY_RUN_TRAINING] == 0;
    }
  return complete;
}

static void
bf_study_session_dispose (GObject *object)
{
  BfStudySession *self = BF_STUDY_SESSION (object);

  g_clear_pointer (&self->queue, bf_study_queue_free);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bf_study_session_parent_class)->dispose (object);
}

static void
bf_study_session_finalize (GObject *object)
{
  BfStudySession *self = BF_STUDY_SESSION (object);

  g_clear_pointer (&self->rows, bf_study_unref);
  g_clear_pointer (&self->left, bf_study_unref);
  g_array_unref (self->chosen);
  g_array_unref (self->places);
  g_ptr_array_unref (self->combined);
  g_free (self->folder);
  g_free (self->id);
  G_OBJECT_CLASS (bf_study_session_parent_class)->finalize (object);
}

static void
bf_study_session_class_init (BfStudySessionClass *class)
{
  static const char *const names[N_SIGNALS] = { "rows-changed", "changed", "state-changed", "updated" };

  G_OBJECT_CLASS (class)->dispose = bf_study_session_dispose;
  G_OBJECT_CLASS (class)->finalize = bf_study_session_finalize;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], BF_TYPE_STUDY_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bf_study_session_init (BfStudySession *self)
{
  self->chosen = g_array_new (FALSE, TRUE, sizeof (gboolean));
  self->places = g_array_new (FALSE, TRUE, sizeof (int));
  self->combined = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  self->jobs = g_get_num_processors ();
}

BfStudySession *
bf_study_session_new (BfSession *session, const BfRunOptions *options)
{
  BfStudySession *self;

  g_return_val_if_fail (BF_IS_SESSION (session), NULL);
  self = g_object_new (BF_TYPE_STUDY_SESSION, NULL);
  self->session = g_object_ref (session);
  self->folder = g_strdup (options ? options->folder : NULL);
  bf_study_session_take_this (self);
  g_signal_connect_object (session, "spec-changed", G_CALLBACK (bf_study_session_follow_this), self, G_CONNECT_SWAPPED);
  return self;
}
