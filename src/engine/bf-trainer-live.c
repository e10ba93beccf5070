/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What may be changed while a training stands between two steps, and what may be seen of it then.
 */
#include "bf-trainer-private.h"

#include "bf-stage.h"

#include <glib/gi18n-lib.h>
#include <math.h>

void
bf_trainer_set_planned (BfTrainer *self, guint64 steps)
{
  self->planned = steps;
  if (self->outcome != BF_OUTCOME_FINISHED || self->steps >= steps)
    return;
  self->outcome = BF_OUTCOME_NONE;
  self->test_loss = self->test_accuracy = NAN;
}

void
bf_trainer_set_epochs (BfTrainer *self, guint epochs)
{
  for (guint i = self->stage->index; i < self->n_stages; i++)
    {
      const guint own = i < self->stages->len ? g_array_index (self->stages, BfStage, i).epochs : 0;
      const guint64 begin = i == self->stage->index ? self->begins[i] : self->ends[i - 1];

      self->ends[i] = MAX (self->steps, begin + (own ? own : epochs) * self->steps_per_epoch);
    }
  bf_trainer_set_planned (self, self->ends[self->n_stages - 1]);
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

/* What the copies of a layer are called: "Dense 3", "Dense 3 to Dense 5". */
static char *
name_copies (const BfTrainer *self, guint32 id)
{
  const BfPlanLayer *first = NULL, *last = NULL;

  for (guint l = 0; l < self->plan->n_layers; l++)
    if (self->plan->layers[l].layer->id == id)
      {
        last = &self->plan->layers[l];
        first = first ? first : last;
      }
  if (first == last)
    return g_strdup (first->name);
  /* Translators: the names of the first and the last layer of a group: "Dense 3 to Dense 5". */
  return g_strdup_printf (_("%s to %s"), first->name, last->name);
}

void
bf_trainer_set_frozen (BfTrainer *self, guint32 layer, gboolean frozen)
{
  g_autofree char *names = NULL, *label = NULL;
  gboolean changed = FALSE;

  for (guint l = 0; l < self->plan->n_layers; l++)
    if (self->plan->layers[l].layer->id == layer && !self->frozen[l] != !frozen)
      {
        self->frozen[l] = frozen;
        changed = TRUE;
      }
  if (!changed)
    return;
  bf_trainer_stage_freeze (self->stage, self->frozen);
  names = name_copies (self, layer);
  /* Translators: the name of a layer, or of several. */
  label = g_strdup_printf (frozen ? _("Frozen: %s") : _("Trains again: %s"), names);
  g_ptr_array_add (self->marks, bf_mark_new (self->steps, label));
}

static char *
describe_clipping (const BfOptions *clipping)
{
  const BfKind *kind = bf_options_get_kind (clipping);

  if (!bf_kind_find_param (kind, "limit"))
    return g_strdup_printf (_("Clipping: %s"), bf_kind_get_name (kind));
  /* Translators: how gradients are clipped, and the limit: "Clipping: By Norm, 1". */
  return g_strdup_printf (_("Clipping: %s, %g"), bf_kind_get_name (kind), bf_options_number (clipping, "limit"));
}

void
bf_trainer_set_clipping (BfTrainer *self, const BfOptions *clipping)
{
  g_autofree char *label = NULL;

  if (bf_options_equal (self->clipping, clipping))
    return;
  bf_options_free (self->clipping);
  self->clipping = bf_options_copy (clipping);
  label = describe_clipping (clipping);
  g_ptr_array_add (self->marks, bf_mark_new (self->steps, label));
}

void
bf_trainer_set_recording (BfTrainer *self, gboolean on)
{
  self->recording_on = on;
}

void
bf_trainer_set_threads (BfTrainer *self, guint threads)
{
  self->threads = MAX (threads, 1);
  bf_network_set_threads (self->stage->network, self->threads);
}

void
bf_trainer_set_brief (BfTrainer *self, gboolean brief)
{
  self->brief = brief;
}

void
bf_trainer_cancel (BfTrainer *self)
{
  if (self->outcome == BF_OUTCOME_NONE)
    self->outcome = BF_OUTCOME_CANCELLED;
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

static GPtrArray *
list_stages (const BfTrainer *self)
{
  GPtrArray *marks = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_stage_mark_free);

  for (guint i = 0; i < self->stages->len && i <= self->stage->index; i++)
    {
      const BfStage *stage = &g_array_index (self->stages, BfStage, i);
      g_autofree char *label = bf_stage_make_label (self->plan, stage);

      g_ptr_array_add (marks, bf_stage_mark_new (self->begins[i], stage->first, stage->last, label));
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
  snapshot->stages = list_stages (self);
  snapshot->sample = g_memdup2 (self->sample, self->plan->shape.inputs * sizeof (float));
  bf_dataset_get_image_size (self->data, &snapshot->image_width, &snapshot->image_height);
  self->frame_wanted = TRUE;
  return snapshot;
}
