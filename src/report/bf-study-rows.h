/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The rows of a study as figures take them, held as they stand while the study goes on.
 */
#pragma once

#include "../lab/bf-study-queue.h"
#include "../plot/bf-figure.h"

G_BEGIN_DECLS

typedef struct
{
  BfStudy *study;
  guint n_rows, n_seeds;
  BfSnapshot **seeds;       /* of all rows, one after the other; held where not NULL */
  BfFigureRow *rows;
  BfFigureRun first;        /* of the first run that there is: figures name its data; its snapshot may be NULL */
} BfStudyRows;

BfStudyRows *bf_study_rows_new  (BfStudyQueue *queue);
void         bf_study_rows_free (BfStudyRows *self);

/* What figures of a study draw from; lives as long as self. */
BfFigureData bf_study_rows_get_data (const BfStudyRows *self);
/* Whether this figure is one that compares the rows of a study, and has something to show of this one. */
gboolean     bf_study_rows_applies  (const BfStudyRows *self, const BfFigure *figure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfStudyRows, bf_study_rows_free)

G_END_DECLS
