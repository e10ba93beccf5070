/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-scene.h"

#include "../lab/bf-file.h"

#include <string.h>

#define MAX_RUNS 2

struct _BfScene
{
  gatomicrefcount references;
  BfFigureRun runs[MAX_RUNS];
  char *labels[MAX_RUNS];
  char *title;
  BfSpec *base;
  BfCursor hover;
  BfFigureData data;
};

/* The remedies' families in the words of their table, in the order of BfFamily. */
static const char *const family_ids[BF_N_FAMILIES] = {
  "baseline", "activation", "normalization", "skip connections",
  "starting weights", "optimizer, rate", "fine-tuning", "gradient norm, clipping",
};

BfFamily
bf_family_from_id (const char *id)
{
  for (guint i = 0; id && i < BF_N_FAMILIES; i++)
    if (g_str_equal (id, family_ids[i]))
      return (BfFamily) i;
  return BF_FAMILY_BASELINE;
}

static void
scene_add_run (BfScene      *self,
               BfSessionRun *run)
{
  BfSnapshot *snapshot = run ? bf_run_get_snapshot (run->run) : NULL;
  guint n = self->data.n_runs;
  if (!snapshot || n == MAX_RUNS)
    return;
  self->labels[n] = g_strdup (run->label);
  self->runs[n] = (BfFigureRun) { bf_snapshot_ref (snapshot), self->labels[n], bf_family_from_id (run->family) };
  self->data.n_runs++;
  if (!self->base)
    self->base = bf_spec_ref (run->base);
}

BfScene *
bf_scene_new (BfSession   *session,
              BfSceneRuns  which,
              BfTensor     tensor,
              gboolean     scale_locked)
{
  g_return_val_if_fail (BF_IS_SESSION (session), NULL);

  g_autoptr (BfScene) self = g_new0 (BfScene, 1);
  g_atomic_ref_count_init (&self->references);
  self->data.runs = self->runs;
  BfSessionRun *current = bf_session_get_current (session), *beside = bf_session_get_beside (session);
  BfSessionRun *first = which == BF_SCENE_BESIDE ? beside : current;
  scene_add_run (self, first);
  if (self->data.n_runs == 0)
    return NULL;
  scene_add_run (self, first == beside ? current : beside);

  const BfPlan *plan = self->runs[0].snapshot->plan;
  guint layer = bf_session_get_cursor_layer (session);
  self->data.cursor.weighted = plan->n_weighted > 0 ? MIN (layer, plan->n_weighted - 1) : 0;
  self->data.cursor.step = bf_session_get_cursor_step (session);
  self->data.show_cursor = plan->n_weighted > 0;
  self->data.tensor = tensor;
  self->data.scale_locked = scale_locked;
  return g_steal_pointer (&self);
}

BfScene *
bf_scene_ref (BfScene *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_scene_unref (BfScene *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (guint i = 0; i < self->data.n_runs; i++)
    {
      bf_snapshot_unref (self->runs[i].snapshot);
      g_free (self->labels[i]);
    }
  g_clear_pointer (&self->base, bf_spec_unref);
  g_free (self->title);
  g_free (self);
}

const BfFigureData *
bf_scene_get_data (BfScene *self)
{
  return &self->data;
}

void
bf_scene_set_hover (BfScene        *self,
                    const BfCursor *hover)
{
  if (hover)
    self->hover = *hover;
  self->data.hover = hover ? &self->hover : NULL;
}

void
bf_scene_set_title (BfScene    *self,
                    const char *title)
{
  g_autofree char *old = self->title;
  self->title = g_strdup (title);
  self->data.title = self->title;
}

char *
bf_scene_print_experiment (BfScene *self)
{
  return bf_file_print (self->base);
}

char *
bf_scene_suggest_name (BfScene        *self,
                       const BfFigure *figure)
{
  const char *name = self->base->name && *self->base->name ? self->base->name : "backflow";
  g_autofree char *ascii = g_str_to_ascii (name, NULL);
  g_autofree char *lower = g_ascii_strdown (ascii, -1);
  g_strcanon (lower, "abcdefghijklmnopqrstuvwxyz0123456789", '-');
  return g_strdup_printf ("%s-%s", lower, figure->kind.id);
}
