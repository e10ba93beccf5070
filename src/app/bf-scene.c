/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-scene.h"

#include "../lab/bf-examination.h"
#include "../lab/bf-file.h"
#include "../lab/bf-session-diagnosis.h"
#include "../lab/bf-study-session.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_RUNS 8

/* What was asked of a run, by the examination's id, and where figures find it. */
static const struct { const char *id; gsize place; } examined[] = {
  { "jacobian", G_STRUCT_OFFSET (BfFigureData, jacobian) },
  { "loss-line", G_STRUCT_OFFSET (BfFigureData, loss_line) },
  { "landscape", G_STRUCT_OFFSET (BfFigureData, loss_plane) },
};

struct _BfScene
{
  gatomicrefcount references;
  BfFigureRun runs[MAX_RUNS];
  char *labels[MAX_RUNS];
  BfSpec *specs[MAX_RUNS];     /* effective; NULL where not known */
  GPtrArray *siblings[MAX_RUNS];   /* of BfSnapshot, or NULL */
  char *title;
  BfSpec *base;
  BfStudy *study;       /* whose rows are shown, or NULL */
  BfFigureRow *rows;
  BfSnapshot **seeds;   /* of all rows, one after the other; held where not NULL */
  guint n_seeds;
  char *subtitle;
  BfCursor hover;
  guint64 pinned;
  BfDataFacts *facts;
  BfEvaluation *evaluation;
  gpointer examined[G_N_ELEMENTS (examined)];   /* results, held where not NULL */
  BfConfusionCell cell;
  BfFigureData data;
};

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
  self->specs[n] = bf_spec_ref (bf_run_get_spec (run->run));
  if (bf_run_get_theory (run->run))
    self->runs[n].theory = bf_theory_ref (bf_run_get_theory (run->run));
  self->data.n_runs++;
  if (!self->base)
    self->base = bf_spec_ref (run->base);
}

static BfScene *
scene_alloc (void)
{
  BfScene *self = g_new0 (BfScene, 1);
  g_atomic_ref_count_init (&self->references);
  self->data.runs = self->runs;
  return self;
}

static void
scene_set_up (BfScene   *self,
              BfSession *session,
              BfTensor   tensor,
              gboolean   scale_locked)
{
  const BfPlan *plan = self->runs[0].snapshot->plan;
  guint layer = bf_session_get_cursor_layer (session);
  self->data.cursor.weighted = plan->n_weighted > 0 ? MIN (layer, plan->n_weighted - 1) : 0;
  self->data.cursor.step = bf_session_get_cursor_step (session);
  self->data.show_cursor = plan->n_weighted > 0;
  self->data.tensor = tensor;
  self->data.scale_locked = scale_locked;
}

BfScene *
bf_scene_new_of_runs (BfSession   *session,
                      const guint *numbers,
                      guint        n,
                      BfTensor     tensor,
                      gboolean     scale_locked)
{
  g_return_val_if_fail (BF_IS_SESSION (session), NULL);

  g_autoptr (BfScene) self = scene_alloc ();
  GPtrArray *runs = bf_session_get_runs (session);
  for (guint i = 0; i < n; i++)
    for (guint r = 0; r < runs->len; r++)
      if (((BfSessionRun *) g_ptr_array_index (runs, r))->number == numbers[i])
        scene_add_run (self, g_ptr_array_index (runs, r));
  if (self->data.n_runs == 0)
    return NULL;
  scene_set_up (self, session, tensor, scale_locked);
  return g_steal_pointer (&self);
}

/* The newest results of the first run. */
static void
scene_hold_examined (BfScene *self,
                     BfRun   *run)
{
  for (guint i = 0; i < G_N_ELEMENTS (examined); i++)
    {
      const BfExaminationKind *kind = bf_examination_find (examined[i].id);
      gpointer result = bf_examination_get_result (bf_examination_of (run, kind));
      self->examined[i] = result ? kind->ref (result) : NULL;
      G_STRUCT_MEMBER (gconstpointer, &self->data, examined[i].place) = self->examined[i];
    }
}

BfScene *
bf_scene_new (BfSession   *session,
              BfSceneRuns  which,
              BfTensor     tensor,
              gboolean     scale_locked)
{
  g_return_val_if_fail (BF_IS_SESSION (session), NULL);

  g_autoptr (BfScene) self = scene_alloc ();
  BfSessionRun *current = bf_session_get_current (session), *beside = bf_session_get_beside (session);
  BfSessionRun *first = which == BF_SCENE_BESIDE ? beside : current;
  scene_add_run (self, first);
  if (self->data.n_runs == 0)
    return NULL;
  scene_add_run (self, first == beside ? current : beside);

  BfEvaluation *evaluation = bf_run_get_evaluation (first->run);
  self->data.evaluation = self->evaluation = evaluation ? bf_evaluation_ref (evaluation) : NULL;
  scene_hold_examined (self, first->run);
  scene_set_up (self, session, tensor, scale_locked);
  return g_steal_pointer (&self);
}

/* The row's seeds lie at its place in self->seeds. */
static void
scene_add_row (BfScene      *self,
               BfStudyQueue *queue,
               guint         r)
{
  const BfStudyRow *row = self->study->rows->pdata[r];
  guint n = bf_study_queue_get_seeds (queue);
  BfFigureRow *shown = &self->rows[r];
  *shown = (BfFigureRow) { row->label, bf_family_from_id (bf_study_get_family (self->study, r)), FALSE,
                           self->seeds + r * n, n, row->published_test_accuracy };
  for (guint i = 0; i < r; i++)
    shown->hollow |= self->rows[i].family == shown->family;
  for (guint i = 0; i < n; i++)
    {
      const BfStudyRun *run = bf_study_queue_get_run (queue, r, i);
      if (run->snapshot)
        self->seeds[r * n + i] = bf_snapshot_ref (run->snapshot);
    }
}

/* Figures name the first run's data; of a study, the first that there is. */
static void
scene_find_first_run (BfScene *self)
{
  for (guint i = 0; i < self->n_seeds && self->data.n_runs == 0; i++)
    if (self->seeds[i])
      {
        self->runs[0].snapshot = bf_snapshot_ref (self->seeds[i]);
        self->data.n_runs = 1;
      }
}

BfScene *
bf_scene_new_for_study (BfStudyQueue *queue,
                        guint         chosen)
{
  g_return_val_if_fail (queue != NULL, NULL);

  g_autoptr (BfScene) self = g_new0 (BfScene, 1);
  g_atomic_ref_count_init (&self->references);
  self->data.runs = self->runs;
  self->study = bf_study_ref (bf_study_queue_get_study (queue));
  guint n_rows = self->study->rows->len, seeds = bf_study_queue_get_seeds (queue);
  self->n_seeds = n_rows * seeds;
  self->rows = g_new0 (BfFigureRow, n_rows);
  self->seeds = g_new0 (BfSnapshot *, self->n_seeds);
  for (guint r = 0; r < n_rows; r++)
    scene_add_row (self, queue, r);
  scene_find_first_run (self);
  if (self->data.n_runs == 0)
    return NULL;
  const BfStudyRow *carried = self->study->rows->pdata[chosen > 0 && chosen <= n_rows ? chosen - 1 : 0];
  self->base = bf_spec_ref (carried->base);
  /* Translators: a study's name, how often each row was repeated: "Remedies of T1, 3 seeds" */
  self->subtitle = g_strdup_printf (ngettext ("%s, %u seed", "%s, %u seeds", seeds), self->study->name, seeds);
  self->data.rows = self->rows;
  self->data.n_rows = n_rows;
  self->data.chosen_row = chosen;
  self->data.subtitle = self->subtitle;
  self->data.scale_locked = TRUE;
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
      g_clear_pointer (&self->runs[i].theory, bf_theory_free);
      g_free (self->labels[i]);
      g_clear_pointer (&self->specs[i], bf_spec_unref);
      g_clear_pointer (&self->siblings[i], g_ptr_array_unref);
    }
  for (guint i = 0; i < self->n_seeds; i++)
    g_clear_pointer (&self->seeds[i], bf_snapshot_unref);
  g_free (self->seeds);
  g_free (self->rows);
  g_clear_pointer (&self->study, bf_study_unref);
  g_clear_pointer (&self->base, bf_spec_unref);
  g_free (self->subtitle);
  g_clear_pointer (&self->facts, bf_data_facts_unref);
  g_clear_pointer (&self->evaluation, bf_evaluation_unref);
  for (guint i = 0; i < G_N_ELEMENTS (examined); i++)
    if (self->examined[i])
      bf_examination_find (examined[i].id)->unref (self->examined[i]);
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
bf_scene_set_pinned (BfScene       *self,
                     const guint64 *step)
{
  if (step)
    self->pinned = *step;
  self->data.pinned = step ? &self->pinned : NULL;
}

static gboolean
differ_in_seed (const BfSpec *a,
                const BfSpec *b)
{
  if (a->seed == b->seed || a->blocks->len != b->blocks->len || a->learning_rate != b->learning_rate)
    return FALSE;
  g_autoptr (BfSpec) copy = bf_spec_copy (b);
  copy->seed = a->seed;
  return bf_spec_equal (a, copy);
}

void
bf_scene_add_seeds (BfScene   *self,
                    BfSession *session)
{
  GPtrArray *runs = bf_session_get_runs (session);
  for (guint i = 0; i < self->data.n_runs; i++)
    {
      g_autoptr (GPtrArray) siblings = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_snapshot_unref);
      for (guint r = 0; r < runs->len && self->specs[i]; r++)
        {
          BfRun *run = ((BfSessionRun *) runs->pdata[r])->run;
          if (bf_run_get_snapshot (run) && differ_in_seed (self->specs[i], bf_run_get_spec (run)))
            g_ptr_array_add (siblings, bf_snapshot_ref (bf_run_get_snapshot (run)));
        }
      if (siblings->len == 0)
        continue;
      self->runs[i].seeds = (BfSnapshot *const *) siblings->pdata;
      self->runs[i].n_seeds = siblings->len;
      self->siblings[i] = g_steal_pointer (&siblings);
    }
}

void
bf_scene_set_part (BfScene    *self,
                   BfDrawPart  part)
{
  self->data.part = part;
}

void
bf_scene_set_data (BfScene               *self,
                   BfDataFacts           *facts,
                   const BfConfusionCell *cell)
{
  g_clear_pointer (&self->facts, bf_data_facts_unref);
  self->data.facts = self->facts = facts ? bf_data_facts_ref (facts) : NULL;
  if (cell)
    self->cell = *cell;
  self->data.cell = cell ? &self->cell : NULL;
}

void
bf_scene_set_value (BfScene            *self,
                    const BfLayerValue *value)
{
  self->data.value = value;
}

void
bf_scene_set_loss_axis (BfScene *self,
                        BfAxis   axis)
{
  self->data.loss_axis = axis;
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
  const char *own = self->study ? self->study->name : self->base->name;
  const char *name = own && *own ? own : "backflow";
  g_autofree char *ascii = g_str_to_ascii (name, NULL);
  g_autofree char *lower = g_ascii_strdown (ascii, -1);
  g_strcanon (lower, "abcdefghijklmnopqrstuvwxyz0123456789", '-');
  return g_strdup_printf ("%s-%s", lower, figure->kind.id);
}
