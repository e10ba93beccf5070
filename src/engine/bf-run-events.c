/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-run-events.h"

#include "bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
event_free (gpointer data)
{
  BfRunEvent *event = data;

  g_free (event->label);
  g_free (event->sentence);
  g_free (event);
}

/* Takes both texts over. */
static void
add (GPtrArray *events, BfEventKind kind, guint64 step, char *label, char *sentence)
{
  BfRunEvent *event = g_new (BfRunEvent, 1);

  *event = (BfRunEvent) { kind, step, label, sentence };
  g_ptr_array_add (events, event);
}

char *
bf_stage_mark_format (const BfStageMark *mark, const BfPlan *plan)
{
  if (mark->first == 1 && mark->last + 1 == plan->n_weighted)
    return g_strdup (C_("stage", "all"));
  return mark->first == mark->last ? g_strdup_printf ("%u", mark->first)
                                   : g_strdup_printf ("%u–%u", mark->first, mark->last);
}

static void
add_stages (GPtrArray *events, const BfSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->stages->len; i++)
    {
      const BfStageMark *stage = snapshot->stages->pdata[i];
      g_autofree char *step = bf_format_count (stage->step);

      /* Translators: a stage of growing and freezing begins: "Step 1,200: Dense 1–2 train" */
      add (events, BF_EVENT_STAGE, stage->step, bf_stage_mark_format (stage, snapshot->plan),
           g_strdup_printf (C_("event", "Step %s: %s"), step, stage->label));
    }
}

static void
add_changes (GPtrArray *events, const BfSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->marks->len; i++)
    {
      const BfMark *mark = snapshot->marks->pdata[i];
      g_autofree char *step = bf_format_count (mark->step);

      /* Translators: a change made by the user: "Step 1,200: Learning rate 0.1" */
      add (events, BF_EVENT_CHANGE, mark->step, g_strdup (mark->label),
           g_strdup_printf (C_("event", "Step %s: %s"), step, mark->label));
    }
}

static void
add_clipped (GPtrArray *events, const BfSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->columns->len; i++)
    {
      const BfColumn *column = snapshot->columns->pdata[i];
      g_autofree char *step = NULL;

      if (column->first_clipped == BF_NEVER)
        continue;
      step = bf_format_count (column->first_clipped);
      add (events, BF_EVENT_CLIPPED, column->first_clipped, g_strdup (_("first clip")),
           g_strdup_printf (_("Step %s: the gradient is clipped for the first time"), step));
      return;
    }
}

/* The layer with weights that a layer of the plan belongs to. */
static const char *
name_stage (const BfPlan *plan, guint layer)
{
  for (guint w = 0; w < plan->n_weighted; w++)
    if (layer >= plan->weighted[w] && layer <= bf_plan_get_stage_end (plan, w))
      return plan->layers[plan->weighted[w]].name;
  return plan->layers[layer].name;
}

static void
add_dead (GPtrArray *events, const BfSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->columns->len; i++)
    {
      const BfColumn *column = snapshot->columns->pdata[i];
      g_autofree char *step = NULL;
      const char *name;

      if (column->first_dead == BF_NEVER || column->dead_layer >= snapshot->plan->n_layers)
        continue;
      step = bf_format_count (column->first_dead);
      name = name_stage (snapshot->plan, column->dead_layer);
      add (events, BF_EVENT_DEAD, column->first_dead,
           /* Translators: the first layer without a living unit: "Dense 3 dead" */
           g_strdup_printf (_("%s dead"), name),
           g_strdup_printf (_("Step %s: every unit of %s gives 0 for every sample, for the first time"), step, name));
      return;
    }
}

/* With one epoch there is nothing that it is better than. */
static void
add_best (GPtrArray *events, const BfSnapshot *snapshot)
{
  const BfEpoch *best = NULL;
  const gboolean classes = snapshot->plan->shape.classes > 0;
  g_autofree char *step = NULL, *value = NULL, *number = NULL;

  for (guint i = 0; i < snapshot->epochs->len && snapshot->epochs->len > 1; i++)
    {
      const BfEpoch *epoch = &g_array_index (snapshot->epochs, BfEpoch, i);

      if (!isfinite (classes ? epoch->validation_accuracy : epoch->validation_loss))
        continue;
      if (!best || (classes ? epoch->validation_accuracy > best->validation_accuracy
                            : epoch->validation_loss < best->validation_loss))
        best = epoch;
    }
  if (!best)
    return;
  step = bf_format_count (best->step);
  number = bf_format_count (best->epoch);
  value = classes ? bf_format_percent (best->validation_accuracy) : bf_format_value (best->validation_loss);
  /* Translators: the epoch whose validation result is the best. */
  add (events, BF_EVENT_BEST, MIN (best->step, bf_snapshot_get_last_step (snapshot)), g_strdup (_("best")),
       classes ? g_strdup_printf (_("Step %s, end of epoch %s: best validation accuracy, %s"), step, number, value)
               : g_strdup_printf (_("Step %s, end of epoch %s: lowest validation loss, %s"), step, number, value));
}

static void
add_diverged (GPtrArray *events, const BfSnapshot *snapshot)
{
  g_autofree char *step = NULL;

  if (snapshot->outcome != BF_OUTCOME_DIVERGED)
    return;
  step = bf_format_count (snapshot->diverged_step);
  add (events, BF_EVENT_DIVERGED, snapshot->diverged_step, g_strdup (_("diverged")),
       g_strdup_printf (_("Step %s: diverged in %s"), step, snapshot->plan->layers[snapshot->diverged_layer].name));
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const BfRunEvent *x = *(BfRunEvent *const *) a, *y = *(BfRunEvent *const *) b;

  if (x->step != y->step)
    return x->step < y->step ? -1 : 1;
  return (int) x->kind - (int) y->kind;
}

GPtrArray *
bf_run_events_new (const BfSnapshot *snapshot)
{
  GPtrArray *events = g_ptr_array_new_with_free_func (event_free);

  if (!(snapshot->outcome == BF_OUTCOME_DIVERGED && snapshot->diverged_step == 0))
    add (events, BF_EVENT_START, 0, g_strdup (_("start")), g_strdup (_("Step 0: the start, before any training")));
  add_stages (events, snapshot);
  add_changes (events, snapshot);
  add_clipped (events, snapshot);
  add_dead (events, snapshot);
  add_best (events, snapshot);
  add_diverged (events, snapshot);
  g_ptr_array_sort (events, compare);
  return events;
}

static void
take_nearer (guint64 *found, guint64 event, guint64 step, int direction)
{
  if (direction < 0 ? event < step && event > *found : event > step && event < *found)
    *found = event;
}

guint64
bf_run_events_find (const BfSnapshot *snapshot, guint64 step, int direction)
{
  g_autoptr (GPtrArray) events = bf_run_events_new (snapshot);
  const guint64 last = bf_snapshot_get_last_step (snapshot);
  guint64 found = direction < 0 ? 0 : last;

  for (guint i = 0; i < events->len; i++)
    take_nearer (&found, MIN (((BfRunEvent *) events->pdata[i])->step, last), step, direction);
  for (guint i = 0; i < snapshot->epochs->len; i++)
    take_nearer (&found, MIN (g_array_index (snapshot->epochs, BfEpoch, i).step, last), step, direction);
  return found;
}
