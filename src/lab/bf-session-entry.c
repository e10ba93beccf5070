/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-session-entry.h"

#include "bf-remedy.h"

/* A run that an edit started and the next edit replaced this soon is not kept. */
#define BRIEF_MICROSECONDS G_USEC_PER_SEC

static const char *
get_family (const BfSpec *base)
{
  for (guint i = 0; i < base->remedies->len; i++)
    {
      const BfRemedySetting *setting = base->remedies->pdata[i];

      if (setting->on)
        return ((const BfRemedy *) bf_options_get_kind (setting->options))->family;
    }
  return "baseline";
}

static BfSessionEntry *
make (BfSpec *base, BfSpec *effective, BfRun *run)
{
  BfSessionEntry *entry = g_new0 (BfSessionEntry, 1);

  entry->run.remedies = bf_spec_describe_remedies (base);
  entry->run.family = get_family (base);
  entry->run.run = run;
  entry->run.base = bf_spec_ref (base);
  entry->rate = effective->learning_rate;
  entry->epochs = effective->epochs;
  entry->live = bf_spec_ref (effective);
  return entry;
}

BfSessionEntry *
bf_session_entry_new (BfExperiment *experiment, const BfRunOptions *options, BfNotebook *notebook)
{
  BfSpec *base = bf_experiment_get_spec (experiment);
  BfSpec *effective = bf_experiment_get_effective (experiment);
  const BfKeeperInfo info = { .base = base, .folder = options->folder, .threads = options->threads, .limit = options->steps };
  g_autoptr (BfKeeper) keeper = notebook ? bf_keeper_new (notebook, &info) : NULL;
  BfRunOptions kept = *options;
  BfSessionEntry *entry;

  kept.keeper = keeper;
  entry = make (base, effective, bf_run_new (effective, &kept));
  entry->weights = options->weights ? g_ptr_array_ref (options->weights) : NULL;
  return entry;
}

static BfRun *
resume (BfNotebook *notebook, BfNotebookRun *kept, GError **error)
{
  g_autoptr (BfKeeper) keeper = bf_keeper_reopen (notebook, kept, error);
  const BfRunOptions options = {
    .folder = kept->folder, .threads = kept->threads, .steps = kept->limit, .keeper = keeper, .resume = kept,
  };

  return keeper ? bf_run_new (kept->snapshot->plan->spec, &options) : NULL;
}

BfSessionEntry *
bf_session_entry_reopen (BfNotebook *notebook, BfNotebookRun *kept, GError **error)
{
  BfRun *run = resume (notebook, kept, error);
  BfSessionEntry *entry;

  if (!run)
    return NULL;
  entry = make (kept->base, kept->snapshot->plan->spec, run);
  if (*kept->name)
    entry->run.label = g_strdup (kept->name);
  entry->run.star = kept->star;
  return entry;
}

gboolean
bf_session_entry_revive (BfSessionEntry *entry, BfNotebook *notebook)
{
  BfKeeper *keeper = bf_run_get_keeper (entry->run.run);
  g_autoptr (BfNotebookRun) kept = NULL;
  BfRun *run;

  if (!keeper || bf_session_entry_get_state (entry) != BF_RUN_CANCELLED || !bf_notebook_flush (notebook, NULL))
    return FALSE;
  kept = bf_notebook_load (notebook, bf_keeper_get_uuid (keeper), NULL);
  run = kept ? resume (notebook, kept, NULL) : NULL;
  if (!run)
    return FALSE;
  g_object_unref (entry->run.run);
  entry->run.run = run;
  return TRUE;
}

void
bf_session_entry_set_label (BfSessionEntry *entry, const char *label)
{
  BfKeeper *keeper = bf_run_get_keeper (entry->run.run);

  g_free (entry->run.label);
  entry->run.label = g_strdup (label);
  if (keeper)
    bf_notebook_rename (bf_keeper_get_notebook (keeper), bf_keeper_get_uuid (keeper), label);
}

void
bf_session_entry_discard (BfSessionEntry *entry)
{
  g_autoptr (BfKeeper) keeper = bf_run_get_keeper (entry->run.run) ? bf_keeper_ref (bf_run_get_keeper (entry->run.run)) : NULL;

  if (keeper)
    bf_keeper_drop (keeper);
  if (keeper && bf_session_entry_get_steps (entry) > 0)
    bf_notebook_delete (bf_keeper_get_notebook (keeper), bf_keeper_get_uuid (keeper));
  bf_session_entry_free (entry);
}

void
bf_session_entry_free (BfSessionEntry *entry)
{
  bf_run_stop (entry->run.run);
  g_object_unref (entry->run.run);
  bf_spec_unref (entry->run.base);
  bf_spec_unref (entry->live);
  g_free (entry->run.label);
  g_free (entry->run.remedies);
  g_clear_pointer (&entry->weights, g_ptr_array_unref);
  g_free (entry);
}

BfRunState
bf_session_entry_get_state (const BfSessionEntry *entry)
{
  return bf_run_get_state (entry->run.run);
}

gboolean
bf_session_entry_is_training (const BfSessionEntry *entry)
{
  return entry && bf_session_entry_get_state (entry) == BF_RUN_TRAINING;
}

gboolean
bf_session_entry_is_over (const BfSessionEntry *entry)
{
  return bf_run_get_ended (entry->run.run);
}

guint64
bf_session_entry_get_steps (const BfSessionEntry *entry)
{
  BfSnapshot *snapshot = bf_run_get_snapshot (entry->run.run);

  return snapshot ? snapshot->steps : 0;
}

/* Whether it is worth keeping when another takes its place. */
gboolean
bf_session_entry_is_worth_keeping (const BfSessionEntry *entry, gint64 now)
{
  if (bf_session_entry_get_steps (entry) == 0 || bf_session_entry_get_state (entry) == BF_RUN_FAILED)
    return FALSE;
  return !(entry->trained_on && now - entry->shown < BRIEF_MICROSECONDS);
}

gboolean
bf_session_entry_trains (const BfSessionEntry *entry, const BfSpec *effective)
{
  return entry && bf_spec_same_training (bf_run_get_spec (entry->run.run), effective);
}

/* Hands what can change while it trains to a run of this network. FALSE: it takes a new run. */
gboolean
bf_session_entry_hand_over (BfSessionEntry *entry, BfSpec *effective)
{
  const gboolean live = !bf_spec_same_live (entry->live, effective);

  /* Before the first step it is so from the start, not a change on the way. */
  if ((live || entry->rate != effective->learning_rate)
      && (bf_session_entry_is_over (entry) || (bf_session_entry_get_steps (entry) == 0 && !bf_session_entry_is_training (entry))))
    return FALSE;
  /* A run that is complete stays as it was trained, to be compared with. */
  if (live && bf_session_entry_get_state (entry) == BF_RUN_FINISHED)
    return FALSE;
  if (live)
    {
      bf_run_set_live (entry->run.run, effective);
      bf_spec_unref (entry->live);
      entry->live = bf_spec_ref (effective);
    }
  if (entry->rate != effective->learning_rate)
    {
      bf_run_set_learning_rate (entry->run.run, effective->learning_rate);
      entry->rate = effective->learning_rate;
    }
  if (entry->epochs != effective->epochs)
    {
      bf_run_set_epochs (entry->run.run, effective->epochs);
      entry->epochs = effective->epochs;
    }
  return TRUE;
}
