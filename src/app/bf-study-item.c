/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study-item.h"

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BfStudyItem, bf_study_item, G_TYPE_OBJECT)

static void
bf_study_item_finalize (GObject *object)
{
  bf_study_cells_clear (&BF_STUDY_ITEM (object)->cells);
  G_OBJECT_CLASS (bf_study_item_parent_class)->finalize (object);
}

static void
bf_study_item_class_init (BfStudyItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bf_study_item_finalize;
  signals[CHANGED] = g_signal_new ("changed", BF_TYPE_STUDY_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bf_study_item_init (BfStudyItem *self)
{
}

BfStudyItem *
bf_study_item_new (BfStudyQueue *queue,
                   guint         row)
{
  BfStudyItem *self = g_object_new (BF_TYPE_STUDY_ITEM, NULL);
  BfStudy *study = bf_study_queue_get_study (queue);

  self->row = row;
  self->family = bf_study_get_family (study, row);
  for (guint i = 0; i < row; i++)
    self->second |= g_str_equal (bf_study_get_family (study, i), self->family);
  bf_study_cells_init (&self->cells, queue, row);
  return self;
}

static gboolean
cells_equal (const BfStudyCells *a,
             const BfStudyCells *b)
{
  for (guint i = 0; i < BF_N_STUDY_COLUMNS; i++)
    if (!g_str_equal (a->texts[i], b->texts[i]))
      return FALSE;
  return a->words == b->words && a->progress == b->progress;
}

void
bf_study_item_refresh (BfStudyItem  *self,
                       BfStudyQueue *queue)
{
  BfStudyCells cells;
  gboolean same;

  bf_study_cells_init (&cells, queue, self->row);
  same = cells_equal (&cells, &self->cells);
  bf_study_cells_clear (&self->cells);
  self->cells = cells;
  if (!same)
    g_signal_emit (self, signals[CHANGED], 0);
}
