/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study.h"

#include <math.h>

#include "bf-file.h"
#include "bf-remedy.h"

static void
row_free (gpointer data)
{
  BfStudyRow *row = data;

  g_free (row->id);
  g_free (row->label);
  g_free (row->note);
  bf_spec_unref (row->base);
  g_free (row);
}

BfStudy *
bf_study_new (const char *id, const char *name)
{
  BfStudy *self = g_new0 (BfStudy, 1);

  g_atomic_ref_count_init (&self->references);
  self->id = g_strdup (id);
  self->name = g_strdup (name);
  self->summary = g_strdup ("");
  self->seeds = 1;
  self->rows = g_ptr_array_new_with_free_func (row_free);
  return self;
}

BfStudy *
bf_study_ref (BfStudy *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_study_unref (BfStudy *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->id);
  g_free (self->name);
  g_free (self->summary);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

BfStudyRow *
bf_study_add_row (BfStudy *self, const char *id, const char *label, BfSpec *base)
{
  BfStudyRow *row = g_new0 (BfStudyRow, 1);

  row->id = g_strdup (id);
  row->label = g_strdup (label);
  row->note = g_strdup ("");
  row->base = bf_spec_ref (base);
  row->published_test_accuracy = NAN;
  row->published_train_loss = NAN;
  g_ptr_array_add (self->rows, row);
  return row;
}

BfSpec *
bf_study_row_make_spec (const BfStudyRow *self, guint which, guint epochs)
{
  g_autoptr (BfSpec) base = bf_spec_copy (self->base);
  BfSpec *spec;

  /* Seeds stay below 2^53, also those after the last. */
  base->seed = (base->seed + which) & BF_MAX_SEED;
  if (epochs > 0)
    base->epochs = epochs;
  spec = bf_remedies_apply (base);
  for (guint i = 0; epochs > 0 && spec->stages && i < spec->stages->len; i++)
    g_array_index (spec->stages, BfStage, i).epochs = epochs;
  return spec;
}

/* Hidden layers and the output. */
static guint
count_weighted (const BfSpec *spec)
{
  guint n = 0;

  for (guint b = 0; b < spec->blocks->len; b++)
    {
      const BfBlock *block = spec->blocks->pdata[b];

      for (guint i = 0; i < block->layers->len; i++)
        n += bf_options_is (((BfLayer *) block->layers->pdata[i])->options, "dense") ? block->count : 0;
    }
  return n;
}

double
bf_study_estimate_work (const BfSpec *spec)
{
  const guint weighted = count_weighted (spec), n_stages = spec->stages ? spec->stages->len : 0;
  double work = 0;

  for (guint i = 0; i < n_stages; i++)
    {
      const BfStage *stage = &g_array_index (spec->stages, BfStage, i);
      const guint hidden = stage->last ? stage->last + 1 : weighted;

      work += (double) MIN (hidden, weighted) * (stage->epochs ? stage->epochs : spec->epochs);
    }
  return n_stages ? work : (double) weighted * spec->epochs;
}
