/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A row of a study's table as a list model has it. Signal "changed" when its cells are others.
 */
#pragma once

#include "bf-study-words.h"

G_BEGIN_DECLS

#define BF_TYPE_STUDY_ITEM (bf_study_item_get_type ())
G_DECLARE_FINAL_TYPE (BfStudyItem, bf_study_item, BF, STUDY_ITEM, GObject)

struct _BfStudyItem
{
  GObject parent_instance;

  guint row;            /* of the queue */
  const char *family;
  gboolean second;      /* not the first row of its family: a hollow mark */
  BfStudyCells cells;
};

BfStudyItem *bf_study_item_new     (BfStudyQueue *queue, guint row);
void         bf_study_item_refresh (BfStudyItem *self, BfStudyQueue *queue);

G_END_DECLS
