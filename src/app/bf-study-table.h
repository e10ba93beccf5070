/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The table of a study: a line a row, with its family's mark, its numbers as they come in. A click
 * on a title sorts.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-study-session.h"

G_BEGIN_DECLS

#define BF_TYPE_STUDY_TABLE (bf_study_table_get_type ())
G_DECLARE_FINAL_TYPE (BfStudyTable, bf_study_table, BF, STUDY_TABLE, GtkBox)

/* Signal "chosen": another row is selected. */

/* Shows the rows of this queue; borrowed until the next call. NULL: none. */
void  bf_study_table_set_queue  (BfStudyTable *self, BfStudyQueue *queue);
void  bf_study_table_refresh    (BfStudyTable *self);
int   bf_study_table_get_chosen (BfStudyTable *self);   /* row of the queue; -1: none */
void  bf_study_table_choose     (BfStudyTable *self, guint row);

G_END_DECLS
