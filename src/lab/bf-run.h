/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfRun trains one effective spec on a worker thread. Commands are read between steps; the newest
 * snapshot lies in one guarded slot. The worker emits nothing: bf_run_poll(), called once a frame
 * (or in the command line's loop), takes the slot over and notifies on the caller's thread.
 */
#pragma once

#include <glib-object.h>
#include "../engine/bf-evaluation.h"
#include "../engine/bf-trainer.h"
#include "bf-notebook-keeper.h"

G_BEGIN_DECLS

typedef enum
{
  BF_RUN_LOADING,    /* data and starting weights */
  BF_RUN_FAILED,     /* could not start: bf_run_get_error() */
  BF_RUN_READY,      /* step 0 measured, not trained */
  BF_RUN_TRAINING,
  BF_RUN_PAUSED,
  BF_RUN_FINISHED,
  BF_RUN_DIVERGED,
  BF_RUN_CANCELLED,
} BfRunState;

#define BF_TYPE_RUN (bf_run_get_type ())
G_DECLARE_FINAL_TYPE (BfRun, bf_run, BF, RUN, GObject)

typedef struct
{
  const char *folder;   /* data folder asked for, or NULL */
  guint threads;        /* 0: the default */
  guint64 steps;        /* planned steps in place of epochs; 0: epochs */
  BfKeeper *keeper;     /* keeps it in a notebook; NULL: it is not kept */
  BfNotebookRun *resume;   /* goes on with this run; NULL: begins */
  GPtrArray *weights;   /* to start with, of BfTensorValues; NULL: drawn from the seed */
  gboolean unwatched;   /* one of many: two or three snapshots a second are enough, and what these do not show (nor the recording
                         * in the end, bf_trainer_set_brief()) is not measured */
} BfRunOptions;

/* spec: effective, reffed. Properties "state", "snapshot", "evaluation" (notify only). Starts loading at once; one
 * that goes on shows its recording at once, and loads when it is told to do something. */
BfRun       *bf_run_new          (BfSpec *spec, const BfRunOptions *options);
BfSpec      *bf_run_get_spec     (BfRun *self);
BfRunState   bf_run_get_state    (BfRun *self);
const GError *bf_run_get_error   (BfRun *self);
gboolean     bf_run_get_ended    (BfRun *self);   /* for good: failed, diverged, stopped; takes no more commands */
BfSnapshot  *bf_run_get_snapshot (BfRun *self);   /* borrowed; NULL while loading */
BfDataset   *bf_run_get_dataset  (BfRun *self);   /* borrowed; NULL while loading */
BfEvaluation *bf_run_get_evaluation (BfRun *self);  /* borrowed, the newest; NULL: none was asked for yet */

BfKeeper    *bf_run_get_keeper   (BfRun *self);   /* borrowed, or NULL */
/* Why a run that went on may not give the same bits as one that was never interrupted; NULL: it does. */
const char  *bf_run_get_notice   (BfRun *self);
/* Loads what it needs to go on, without a step. */
void         bf_run_wake         (BfRun *self);

/* Takes over what the worker left since the last call, notifies; TRUE while it may leave more
 * (loading, training, or a command under way). */
gboolean     bf_run_poll         (BfRun *self);

void         bf_run_train        (BfRun *self);   /* or go on; after finished: adds the spec's epochs again */
void         bf_run_pause        (BfRun *self);
void         bf_run_step         (BfRun *self);   /* one step, then paused */
void         bf_run_stop         (BfRun *self);   /* cancelled for good; returns at once */
void         bf_run_set_learning_rate (BfRun *self, double rate);
/* How many threads share a step from the next one on; the numbers stay the same. */
void         bf_run_set_threads  (BfRun *self, guint threads);
void         bf_run_set_epochs   (BfRun *self, guint epochs);
/* Clipping and frozen layers from the next step on, as that spec has them. */
void         bf_run_set_live     (BfRun *self, BfSpec *spec);
/* Asks for an evaluation of a split with the weights as they are; it comes with a later poll. Training goes
 * on meanwhile, and its numbers stay the same. FALSE: the run has ended for good, or one is still under way. */
gboolean     bf_run_evaluate     (BfRun *self, BfPart part);
/* Its weights between two steps (bf-weights.h), transfer full, not to be changed; of one that has ended, those that
 * it left; NULL when it has none (never loaded, too large to stay). Blocks meanwhile; from any thread. */
GPtrArray   *bf_run_list_weights (BfRun *self);
/* Blocks until the worker has read all commands and reached a resting state. For tests and the CLI. */
void         bf_run_wait         (BfRun *self);

G_END_DECLS
