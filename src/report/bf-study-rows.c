/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study-rows.h"

#include <math.h>

#include "bf-family.h"

static void
take_row (BfStudyRows *self, BfStudyQueue *queue, guint r)
{
  const BfStudyRow *row = self->study->rows->pdata[r];
  BfFigureRow *shown = &self->rows[r];

  for (guint i = 0; i < self->n_seeds; i++)
    {
      BfSnapshot *snapshot = bf_study_queue_get_run (queue, r, i)->snapshot;

      self->seeds[r * self->n_seeds + i] = snapshot ? bf_snapshot_ref (snapshot) : NULL;
      if (snapshot && !self->first.snapshot)
        self->first.snapshot = snapshot;
    }
  *shown = (BfFigureRow) {
    row->label, bf_family_from_id (bf_study_get_family (self->study, r)), FALSE, self->seeds + r * self->n_seeds,
    self->n_seeds, row->published_test_accuracy,
  };
  for (guint i = 0; i < r; i++)
    shown->hollow |= self->rows[i].family == shown->family;
}

BfStudyRows *
bf_study_rows_new (BfStudyQueue *queue)
{
  BfStudyRows *self = g_new0 (BfStudyRows, 1);

  self->study = bf_study_ref (bf_study_queue_get_study (queue));
  self->n_rows = self->study->rows->len;
  self->n_seeds = bf_study_queue_get_seeds (queue);
  self->seeds = g_new0 (BfSnapshot *, self->n_rows * self->n_seeds);
  self->rows = g_new0 (BfFigureRow, self->n_rows);
  self->first.label = self->study->name;
  for (guint r = 0; r < self->n_rows; r++)
    take_row (self, queue, r);
  return self;
}

void
bf_study_rows_free (BfStudyRows *self)
{
  for (guint i = 0; i < self->n_rows * self->n_seeds; i++)
    g_clear_pointer (&self->seeds[i], bf_snapshot_unref);
  bf_study_unref (self->study);
  g_free (self->seeds);
  g_free (self->rows);
  g_free (self);
}

BfFigureData
bf_study_rows_get_data (const BfStudyRows *self)
{
  return (BfFigureData) {
    .runs = &self->first, .n_runs = 1, .rows = self->rows, .n_rows = self->n_rows, .subtitle = self->study->name,
    .tensor = BF_TENSOR_WEIGHT_GRADIENT, .scale_locked = TRUE,
  };
}

/* A test accuracy, measured or published: without any, the figure of results would be empty. */
static gboolean
has_accuracies (const BfStudyRows *self)
{
  for (guint r = 0; r < self->n_rows; r++)
    if (isfinite (self->rows[r].published_accuracy))
      return TRUE;
  for (guint i = 0; i < self->n_rows * self->n_seeds; i++)
    if (self->seeds[i] && isfinite (self->seeds[i]->test_accuracy))
      return TRUE;
  return FALSE;
}

gboolean
bf_study_rows_applies (const BfStudyRows *self, const BfFigure *figure)
{
  static const char *const figures[] = { "accuracy", "attenuation", "results", NULL };

  return self->first.snapshot && g_strv_contains (figures, figure->kind.id)
         && (!g_str_equal (figure->kind.id, "results") || has_accuracies (self));
}
