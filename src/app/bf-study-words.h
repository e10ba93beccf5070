/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * How far a study is, in words and numbers as its table and the status bar show them. Texts are
 * translated and transfer full unless told otherwise.
 */
#pragma once

#include "../lab/bf-study-session.h"

G_BEGIN_DECLS

/* Of a row: of all its runs together. */
typedef enum
{
  BF_STUDY_PROGRESS_NONE,
  BF_STUDY_PROGRESS_WAITING,
  BF_STUDY_PROGRESS_TRAINING,
  BF_STUDY_PROGRESS_COMPLETE,    /* at least one seed finished, all have ended */
  BF_STUDY_PROGRESS_DIVERGED,    /* all that ended diverged */
  BF_STUDY_PROGRESS_FAILED,
  BF_STUDY_PROGRESS_CANCELLED,
  BF_N_STUDY_PROGRESS
} BfStudyProgress;

BfStudyProgress bf_study_get_progress (BfStudyQueue *queue, guint row);
const char     *bf_study_progress_get_word (BfStudyProgress progress);   /* static; NULL: none */

/* The columns of the table. */
typedef enum
{
  BF_STUDY_COLUMN_RUN,
  BF_STUDY_COLUMN_ACCURACY,
  BF_STUDY_COLUMN_PUBLISHED,
  BF_STUDY_COLUMN_LOSS,
  BF_STUDY_COLUMN_ATTENUATION,
  BF_STUDY_COLUMN_SPEED,
  BF_STUDY_COLUMN_TIME,
  BF_N_STUDY_COLUMNS
} BfStudyColumn;

const char *bf_study_column_get_title (BfStudyQueue *queue, BfStudyColumn column);   /* static; queue may be NULL */
/* Whether any row of the study has something to show there. */
gboolean    bf_study_column_is_used   (BfStudyQueue *queue, BfStudyColumn column);

typedef struct
{
  char *texts[BF_N_STUDY_COLUMNS];      /* "" where there is nothing yet */
  double values[BF_N_STUDY_COLUMNS];    /* to sort by; NaN: none */
  gboolean words;                       /* the accuracy's place holds a word, "waiting" */
  BfStudyProgress progress;
} BfStudyCells;

void  bf_study_cells_init  (BfStudyCells *self, BfStudyQueue *queue, guint row);
void  bf_study_cells_clear (BfStudyCells *self);

/* "Batch Normalization: 86.0 ± 0.2 % after 10 epochs, 3 seeds. Published: 87.4 %." */
char *bf_study_describe_row   (BfStudyQueue *queue, guint row);
/* "Skip Connections, seed 44" of the run at work that began first; NULL: none. */
char *bf_study_describe_now   (BfStudyQueue *queue);
/* "run 22 of 30" */
char *bf_study_describe_count (BfStudyQueue *queue);
/* "7 of 10 rows complete" */
char *bf_study_describe_rows  (BfStudySession *study);
/* "2 min 10 s left"; NULL: not known. */
char *bf_study_describe_left  (BfStudyQueue *queue);
/* "37 s", "2 min 10 s", "2 h 5 min" */
char *bf_study_format_time    (double seconds);

/* The table as tab-separated text to paste, as it is shown; and as CSV with every number in full. */
char *bf_study_print_table    (BfStudyQueue *queue);
char *bf_study_print_csv      (BfStudyQueue *queue);
/* A line a run. */
char *bf_study_print_runs     (BfStudyQueue *queue);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BfStudyCells, bf_study_cells_clear)

G_END_DECLS
