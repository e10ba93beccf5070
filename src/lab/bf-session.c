/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What happens at an edit, in the order in which it is looked for:
 *  - the run to come or the one shown trains just this already: learning rate and epochs go to it;
 *  - an older run did: it is shown again (so undo brings back the run that belonged to the spec);
 *  - else a new run is due. It starts at the next poll, and at most a few times a second, so that
 *    spinning a number makes no dozens of runs. One that made no step yet is replaced.
 */
#include "bf-session-draft.h"
#include "bf-session-private.h"

#include <glib/gi18n-lib.h>

#define MAX_RUNS 20
/* Older runs than these give up their network and thread; what they recorded stays. */
#define MAX_RESTING 4
#define START_MICROSECONDS (G_USEC_PER_SEC / 4)
/* How long the run before stays beside the new one, in time of training. */
#define BESIDE_MICROSECONDS (60 * G_USEC_PER_SEC)

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BfSession, bf_session, G_TYPE_OBJECT)

void
bf_session_emit (BfSession *self, guint which)
{
  g_signal_emit (self, signals[which], 0);
}

/* What the next start shows. */
static void
keep_draft (BfSession *self)
{
  BfKeeper *keeper = self->current ? bf_run_get_keeper (self->current->run.run) : NULL;

  if (self->notebook)
    bf_session_draft_keep (self->notebook, self->draft, self->experiment, keeper ? bf_keeper_get_uuid (keeper) : NULL,
                           self->current ? self->current->run.number : 0);
}

/* The plan */

/* Before the data is loaded: a shape in which nothing is wrong with the two ends. */
static BfShape
guess_shape (BfSession *self, BfSpec *effective)
{
  BfShape shape = { .inputs = self->shape_data ? self->shape.inputs : 1 };
  g_autoptr (BfPlan) plan = bf_plan_new (effective, &shape);

  shape.outputs = plan->n_layers ? plan->layers[plan->n_layers - 1].outputs : 1;
  shape.classes = bf_options_is (effective->loss, "cross-entropy") ? shape.outputs : 0;
  return shape;
}

gboolean
bf_session_knows_shape (BfSession *self)
{
  return self->shape_data
         && bf_options_equal (self->shape_data, bf_experiment_get_effective (self->experiment)->data);
}

static void
update_plan (BfSession *self)
{
  BfSpec *effective = bf_experiment_get_effective (self->experiment);
  BfShape shape = bf_session_knows_shape (self) ? self->shape : guess_shape (self, effective);

  g_clear_pointer (&self->plan, bf_plan_unref);
  self->plan = bf_plan_new (effective, &shape);
  bf_session_emit (self, SPEC_CHANGED);
}

/* Learns the shape from a run's data, when it is news. */
static void
learn_shape (BfSession *self, const BfSessionEntry *entry)
{
  BfDataset *data = entry ? bf_run_get_dataset (entry->run.run) : NULL;
  const BfOptions *source = entry ? bf_run_get_spec (entry->run.run)->data : NULL;

  if (!data || bf_session_knows_shape (self)
      || !bf_options_equal (source, bf_experiment_get_effective (self->experiment)->data))
    return;
  self->shape = *bf_dataset_get_shape (data);
  g_clear_pointer (&self->shape_data, bf_options_free);
  self->shape_data = bf_options_copy (source);
  update_plan (self);
}

/* Which run is current */

static void
forget (BfSession *self, BfSessionEntry *entry)
{
  if (self->beside == entry)
    self->beside = NULL;
  if (self->current == entry)
    self->current = NULL;
  g_ptr_array_remove (self->runs, entry);
}

static void
limit_runs (BfSession *self)
{
  guint resting = 0;

  for (guint i = 0; i < self->runs->len && self->runs->len > MAX_RUNS; )
    if (self->runs->pdata[i] == self->current || self->runs->pdata[i] == self->beside)
      i++;
    else
      forget (self, self->runs->pdata[i]);
  for (guint i = self->runs->len; i > 0; i--)
    if (self->runs->pdata[i - 1] != self->current && ++resting > MAX_RESTING)
      bf_run_stop (((BfSessionEntry *) self->runs->pdata[i - 1])->run.run);
}

static void
go_live (BfSession *self)
{
  self->live = TRUE;
  bf_session_emit (self, CURSOR_CHANGED);
}

void
bf_session_add (BfSession *self, BfSessionEntry *entry, guint number)
{
  entry->run.number = number;
  if (!entry->run.label)
    {
      g_autofree char *label = g_strdup_printf (_("Run %u"), number);

      bf_session_entry_set_label (entry, label);
    }
  g_ptr_array_add (self->runs, entry);
}

void
bf_session_show (BfSession *self, BfSessionEntry *entry, gboolean put_beside)
{
  BfSessionEntry *old = self->current;
  gint64 now = g_get_monotonic_time ();
  gboolean is_new = !g_ptr_array_find (self->runs, entry, NULL);
  gboolean keep = old && bf_session_entry_is_worth_keeping (old, now);
  guint place = 0;

  if (is_new)
    bf_session_add (self, entry, old && !keep ? old->run.number : ++self->last_number);
  entry->shown = now;
  self->current = entry;
  if (self->beside == entry)
    self->beside = NULL;
  if (keep && put_beside)
    {
      self->beside = old;
      self->beside_time = 0;
    }
  if (old && !keep)
    {
      /* It stays in memory until everyone has let go of it. */
      if (self->beside == old)
        self->beside = NULL;
      g_ptr_array_find (self->runs, old, &place);
      g_ptr_array_steal_index (self->runs, place);
    }
  limit_runs (self);
  bf_session_emit (self, RUN_CHANGED);
  go_live (self);
  bf_session_emit (self, UPDATED);
  keep_draft (self);
  if (old && !keep)
    bf_session_entry_discard (old);
}

static void
drop_next (BfSession *self)
{
  g_clear_pointer (&self->next, bf_session_entry_free);
  self->next_trains = FALSE;
}

static gboolean
trains_now (BfSession *self)
{
  return self->next ? self->next_trains : bf_session_entry_is_training (self->current);
}

void
bf_session_start (BfSession *self, gboolean train)
{
  BfRunOptions options = self->options;
  BfSessionEntry *entry;

  /* Loaded weights stay those to start with for as long as they fit. */
  if (options.weights == NULL && !self->draws
      && bf_session_entry_trains (self->current, bf_experiment_get_effective (self->experiment)))
    options.weights = self->current->weights;
  entry = bf_session_entry_new (self->experiment, &options, self->notebook);
  drop_next (self);
  self->due = FALSE;
  self->started = g_get_monotonic_time ();
  if (self->current && bf_session_entry_is_training (self->current))
    bf_run_pause (self->current->run.run);
  entry->trained_on = train;
  if (train)
    bf_run_train (entry->run.run);
  if (!self->current)
    {
      bf_session_show (self, entry, FALSE);
      return;
    }
  self->next = entry;
  self->next_trains = train;
  bf_session_emit (self, UPDATED);
}

/* The run to come has its data and starting weights, or failed. */
static void
promote (BfSession *self)
{
  BfSessionEntry *entry = g_steal_pointer (&self->next);

  self->next_trains = FALSE;
  learn_shape (self, entry);
  if (bf_session_entry_get_state (entry) == BF_RUN_FAILED && self->plan->error)
    {
      /* The network's fault: the plan says so at its place, and the last run stays. */
      bf_session_entry_free (entry);
      bf_session_emit (self, UPDATED);
      return;
    }
  bf_session_show (self, entry, !g_str_equal (entry->run.remedies, self->current->run.remedies));
}

BfSessionEntry *
bf_session_find_older (BfSession *self)
{
  const BfSpec *effective = bf_experiment_get_effective (self->experiment);

  for (guint i = self->runs->len; i > 0; i--)
    {
      BfSessionEntry *entry = self->runs->pdata[i - 1];

      if (entry != self->current && bf_session_entry_get_steps (entry) > 0 && bf_session_entry_trains (entry, effective)
          && entry->rate == effective->learning_rate && bf_spec_same_live (entry->live, effective))
        return entry;
    }
  return NULL;
}

/* An older run takes over; it trains on when the one shown did. */
static void
go_back_to (BfSession *self, BfSessionEntry *entry, BfSpec *effective)
{
  gboolean train = trains_now (self);

  drop_next (self);
  if (bf_session_entry_is_training (self->current))
    bf_run_pause (self->current->run.run);
  bf_session_entry_hand_over (entry, effective);
  if (train)
    bf_run_train (entry->run.run);
  bf_session_show (self, entry, FALSE);
}

static void
follow_spec (BfSession *self)
{
  BfSpec *effective = bf_experiment_get_effective (self->experiment);
  BfSessionEntry *older;

  if (self->wanted)
    {
      self->due = FALSE;
      go_back_to (self, g_steal_pointer (&self->wanted), effective);
      return;
    }
  self->due_trains = self->due ? self->due_trains : trains_now (self);
  self->due = FALSE;
  if (bf_session_entry_trains (self->next, effective) && bf_session_entry_hand_over (self->next, effective))
    return;
  if (bf_session_entry_trains (self->current, effective) && bf_session_entry_hand_over (self->current, effective))
    {
      if (bf_run_get_keeper (self->current->run.run))
        bf_keeper_set_base (bf_run_get_keeper (self->current->run.run), bf_experiment_get_spec (self->experiment));
      if (self->next && self->next_trains)
        bf_run_train (self->current->run.run);
      drop_next (self);
      return;
    }
  older = bf_session_find_older (self);
  if (older)
    go_back_to (self, older, effective);
  else
    self->due = TRUE;
}

static void
on_spec (BfSession *self)
{
  update_plan (self);
  follow_spec (self);
  keep_draft (self);
}

/* A run of the notebook (transfer full) is shown at once, and then gets its data and its network, so that it can
 * be looked into. */
static void
show_kept (BfSession *self, BfSessionEntry *entry)
{
  drop_next (self);
  self->due = FALSE;
  entry->rate = bf_experiment_get_effective (self->experiment)->learning_rate;
  bf_session_show (self, entry, FALSE);
  bf_run_wake (entry->run.run);
}

/* Another experiment altogether: its runs are its own. */
static void
on_replaced (BfSession *self)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->runs);

  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_session_entry_free);
  self->current = self->beside = NULL;
  self->last_number = 0;
  self->cursor_layer = 0;
  bf_session_forget_removed (self);
  if (self->opening)
    show_kept (self, g_steal_pointer (&self->opening));
  else
    bf_session_start (self, FALSE);
}

/* The object */

static void
bf_session_dispose (GObject *object)
{
  BfSession *self = BF_SESSION (object);

  if (self->experiment)
    {
      keep_draft (self);
      g_signal_handlers_disconnect_by_data (self->experiment, self);
    }
  g_clear_object (&self->experiment);
  bf_session_forget_removed (self);
  self->current = self->beside = NULL;
  g_clear_pointer (&self->next, bf_session_entry_free);
  g_clear_pointer (&self->runs, g_ptr_array_unref);
  G_OBJECT_CLASS (bf_session_parent_class)->dispose (object);
}

static void
bf_session_finalize (GObject *object)
{
  BfSession *self = BF_SESSION (object);

  g_clear_pointer (&self->plan, bf_plan_unref);
  g_clear_pointer (&self->shape_data, bf_options_free);
  g_clear_pointer (&self->notebook, bf_notebook_unref);
  g_free (self->folder);
  G_OBJECT_CLASS (bf_session_parent_class)->finalize (object);
}

static void
bf_session_class_init (BfSessionClass *klass)
{
  static const char *const names[N_SIGNALS] = { "spec-changed", "run-changed", "updated", "cursor-changed" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bf_session_dispose;
  object_class->finalize = bf_session_finalize;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], BF_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bf_session_init (BfSession *self)
{
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_session_entry_free);
  self->live = TRUE;
}

/* experiment: transfer full. */
static BfSession *
make (BfExperiment *experiment, const BfRunOptions *options, BfNotebook *notebook)
{
  BfSession *self = g_object_new (BF_TYPE_SESSION, NULL);

  self->folder = g_strdup (options ? options->folder : NULL);
  if (options)
    self->options = *options;
  self->options.folder = self->folder;
  self->notebook = notebook ? bf_notebook_ref (notebook) : NULL;
  self->draft = bf_notebook_new_draft ();
  self->experiment = experiment;
  g_signal_connect_swapped (self->experiment, "notify::spec", G_CALLBACK (on_spec), self);
  g_signal_connect_swapped (self->experiment, "notify::file", G_CALLBACK (keep_draft), self);
  g_signal_connect_swapped (self->experiment, "replaced", G_CALLBACK (on_replaced), self);
  update_plan (self);
  return self;
}

BfSession *
bf_session_new_kept (BfSpec *spec, const BfRunOptions *options, BfNotebook *notebook)
{
  BfSession *self = make (bf_experiment_new (spec), options, notebook);

  bf_session_start (self, FALSE);
  return self;
}

BfSession *
bf_session_new (BfSpec *spec, const BfRunOptions *options)
{
  return bf_session_new_kept (spec, options, NULL);
}

BfSession *
bf_session_new_restored (BfNotebook *notebook, const BfRunOptions *options, gboolean *interrupted, GError **error)
{
  g_autoptr (BfNotebookDraft) draft = bf_notebook_get_draft (notebook, error);
  BfExperiment *experiment = draft ? bf_session_draft_parse (draft, error) : NULL;
  g_autoptr (BfNotebookRun) kept = NULL;
  BfSessionEntry *entry = NULL;
  BfSession *self;

  *interrupted = FALSE;
  if (!experiment)
    return NULL;
  self = make (experiment, options, notebook);
  self->draft = draft->id;
  self->last_number = MAX (draft->number, 1) - 1;
  kept = draft->run ? bf_notebook_load (notebook, draft->run, NULL) : NULL;
  if (kept && bf_spec_same_run (kept->snapshot->plan->spec, bf_experiment_get_effective (experiment)))
    entry = bf_session_entry_reopen (notebook, kept, NULL);
  if (entry)
    show_kept (self, entry);
  else
    bf_session_start (self, FALSE);
  *interrupted = entry && kept->interrupted;
  return self;
}

/* One of the session's runs, with its experiment as a step that can be undone. */
static void
show_own (BfSession *self, BfSessionEntry *entry)
{
  if (entry == self->current)
    return;
  self->wanted = entry;
  bf_experiment_edit (self->experiment, bf_spec_copy (entry->run.base), entry->run.label, NULL);
  if (self->wanted)   /* the spec was this one: nobody was told */
    follow_spec (self);
}

gboolean
bf_session_open_run (BfSession *self, const char *uuid, GError **error)
{
  g_autoptr (BfNotebookRun) kept = NULL;
  BfSessionRun *own;

  g_return_val_if_fail (BF_IS_SESSION (self) && self->notebook, FALSE);
  own = bf_session_find_run (self, uuid);
  if (own)
    {
      show_own (self, (BfSessionEntry *) own);
      return TRUE;
    }
  bf_notebook_flush (self->notebook, NULL);
  kept = bf_notebook_load (self->notebook, uuid, error);
  self->opening = kept ? bf_session_entry_reopen (self->notebook, kept, error) : NULL;
  if (!self->opening)
    return FALSE;
  bf_experiment_replace (self->experiment, kept->base, NULL);
  return TRUE;
}

BfNotebook *
bf_session_get_notebook (BfSession *self)
{
  return self->notebook;
}

void
bf_session_start_with (BfSession *self, GPtrArray *weights)
{
  g_return_if_fail (BF_IS_SESSION (self));
  self->options.weights = weights;
  self->draws = weights == NULL;
  bf_session_start (self, FALSE);
  self->options.weights = NULL;
  self->draws = FALSE;
}

void
bf_session_set_threads (BfSession *self, guint threads)
{
  g_return_if_fail (BF_IS_SESSION (self));
  self->options.threads = threads;
}

BfExperiment *
bf_session_get_experiment (BfSession *self)
{
  return self->experiment;
}

BfPlan *
bf_session_get_plan (BfSession *self)
{
  return self->plan;
}

BfSessionRun *
bf_session_get_current (BfSession *self)
{
  return self->current ? &self->current->run : NULL;
}

BfSnapshot *
bf_session_get_snapshot (BfSession *self)
{
  return self->current ? bf_run_get_snapshot (self->current->run.run) : NULL;
}

BfRunState
bf_session_get_state (BfSession *self)
{
  if (!self->current)
    return BF_RUN_FAILED;
  if (self->next)
    return self->next_trains ? BF_RUN_TRAINING : BF_RUN_READY;
  return bf_session_entry_get_state (self->current);
}

GPtrArray *
bf_session_get_runs (BfSession *self)
{
  return self->runs;
}

BfSessionRun *
bf_session_get_beside (BfSession *self)
{
  return self->beside ? &self->beside->run : NULL;
}

static void
count_beside (BfSession *self, gint64 now)
{
  gint64 passed = now - self->polled;

  self->polled = now;
  if (!self->beside || self->beside_time < 0 || !bf_session_entry_is_training (self->current))
    return;
  self->beside_time += MIN (passed, G_USEC_PER_SEC);
  if (self->beside_time < BESIDE_MICROSECONDS)
    return;
  self->beside = NULL;
  bf_session_emit (self, RUN_CHANGED);
}

/* At divergence the cursor goes to the last step in which all was finite. */
static void
look_at_divergence (BfSession *self)
{
  BfSnapshot *snapshot = bf_session_get_snapshot (self);

  if (!self->live || !snapshot || snapshot->diverged_step == 0)
    return;
  bf_session_set_cursor_step (self, snapshot->diverged_step - 1);
}

static gboolean
poll_runs (BfSession *self)
{
  BfSnapshot *snapshot = bf_session_get_snapshot (self);
  BfRunState state = self->current ? bf_session_entry_get_state (self->current) : BF_RUN_FAILED;
  gboolean more = FALSE;

  for (guint i = 0; i < self->runs->len; i++)
    more |= bf_run_poll (((BfSessionEntry *) self->runs->pdata[i])->run.run);
  if (!self->current)
    return more;
  learn_shape (self, self->current);
  if (bf_session_entry_get_state (self->current) == BF_RUN_DIVERGED && state != BF_RUN_DIVERGED)
    look_at_divergence (self);
  if (bf_session_get_snapshot (self) != snapshot || bf_session_entry_get_state (self->current) != state)
    bf_session_emit (self, UPDATED);
  return more;
}

gboolean
bf_session_poll (BfSession *self)
{
  gint64 now = g_get_monotonic_time ();
  gboolean more;

  g_return_val_if_fail (BF_IS_SESSION (self), FALSE);
  if (self->due && self->plan->error && bf_session_knows_shape (self))
    self->due = FALSE;
  if (self->due && now - self->started >= START_MICROSECONDS)
    bf_session_start (self, self->due_trains);
  if (self->next)
    {
      bf_run_poll (self->next->run.run);
      if (bf_session_entry_get_state (self->next) != BF_RUN_LOADING)
        promote (self);
    }
  more = poll_runs (self);
  count_beside (self, now);
  return more || self->due || self->next;
}

double
bf_session_get_seconds_left (BfSession *self)
{
  BfSnapshot *snapshot = bf_session_get_snapshot (self);

  if (!snapshot || !(snapshot->steps_per_second > 0) || snapshot->outcome != BF_OUTCOME_NONE
      || snapshot->steps_planned < snapshot->steps)
    return -1;
  return (double) (snapshot->steps_planned - snapshot->steps) / snapshot->steps_per_second;
}
