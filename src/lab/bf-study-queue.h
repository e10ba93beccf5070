/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The runs of a study at work: rows × seeds, as many at once as there are jobs, each on one
 * thread of its own (one run a core is faster than all cores on one run, and its numbers do
 * not depend on what runs beside it). Poll it once a frame; results come in as they are ready.
 */
#pragma once

#include "../engine/bf-snapshot.h"
#include "bf-notebook.h"
#include "bf-study.h"

G_BEGIN_DECLS

typedef enum
{
  BF_STUDY_RUN_QUEUED,
  BF_STUDY_RUN_TRAINING,   /* or reading its data */
  BF_STUDY_RUN_FINISHED,
  BF_STUDY_RUN_DIVERGED,
  BF_STUDY_RUN_CANCELLED,
  BF_STUDY_RUN_FAILED,     /* could not start: error */
  BF_N_STUDY_RUN_STATES
} BfStudyRunState;

typedef struct
{
  guint row;
  guint64 seed;
  BfStudyRunState state;
  BfSnapshot *snapshot;   /* the newest; NULL before the first */
  GError *error;
  gboolean kept;          /* not trained now: as the notebook had it */
  double seconds;         /* since it was started, of training and reading, without pauses */
} BfStudyRun;

typedef struct
{
  const char *folder;   /* data folder asked for, or NULL */
  guint seeds;          /* 0: the study's */
  guint epochs;         /* 0: the study's */
  guint jobs;           /* runs at once; 0: one a core */
  BfNotebook *notebook; /* keeps the runs; what it has of this study is not trained again. NULL: none */
} BfStudyOptions;

/* A number over the seeds of a row that have it. */
typedef struct
{
  guint n;
  double mean;   /* NaN: none */
  double sd;     /* of a sample (n − 1); NaN below two */
} BfStudyNumber;

/* What the table shows of a row, of those of its runs that have ended. */
typedef struct
{
  guint states[BF_N_STUDY_RUN_STATES];     /* how many runs are in each */
  BfStudyNumber test_accuracy, train_loss, validation_loss;   /* losses: of the last epoch */
  BfStudyNumber steps_per_second;
  double attenuation;   /* geometric mean, at the last recorded step; NaN: none */
} BfStudySummary;

typedef struct _BfStudyQueue BfStudyQueue;

/* Starts nothing before the first poll. */
BfStudyQueue *bf_study_queue_new    (BfStudy *study, const BfStudyOptions *options);
void          bf_study_queue_free   (BfStudyQueue *self);   /* ends runs at work */

/* Takes over what the runs left, starts those whose turn it is; FALSE when all have ended
 * (while paused: TRUE, as there is more to come). */
gboolean      bf_study_queue_poll   (BfStudyQueue *self);
/* Ends the runs at work and drops those waiting; what has ended stays. */
void          bf_study_queue_cancel (BfStudyQueue *self);
/* Runs at work rest after their step and none is started, until it goes on. */
void          bf_study_queue_pause  (BfStudyQueue *self);
void          bf_study_queue_resume (BfStudyQueue *self);
gboolean      bf_study_queue_is_paused (BfStudyQueue *self);

BfStudy      *bf_study_queue_get_study (BfStudyQueue *self);
guint         bf_study_queue_get_seeds (BfStudyQueue *self);
guint         bf_study_queue_get_jobs  (BfStudyQueue *self);
/* Borrowed; changes at a poll. */
const BfStudyRun *bf_study_queue_get_run  (BfStudyQueue *self, guint row, guint which_seed);
guint         bf_study_queue_count_ended (BfStudyQueue *self);
guint         bf_study_queue_count_runs  (BfStudyQueue *self);

/* 0 … 1, by runs. */
double        bf_study_queue_get_progress     (BfStudyQueue *self);
/* Seconds to the end of the study, or −1 while unknown. */
double        bf_study_queue_get_seconds_left (BfStudyQueue *self);

void          bf_study_queue_summarize (BfStudyQueue *self, guint row, BfStudySummary *summary);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfStudyQueue, bf_study_queue_free)

G_END_DECLS
