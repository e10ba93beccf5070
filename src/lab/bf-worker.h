/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The training thread of a run, and all that it shares with the run's own thread. It holds
 * a reference to itself, touches no GObject but a cancellable, and outlives its run by at most a step.
 */
#pragma once

#include <gio/gio.h>
#include "bf-run.h"
#include "bf-weights.h"
#include "../engine/bf-evaluation.h"

G_BEGIN_DECLS

/* What is asked of the worker, read between steps. */
typedef struct
{
  gboolean set_train;
  gboolean train;         /* go on step after step, or rest */
  guint steps;            /* single steps to make after that */
  gboolean stop;
  gboolean set_rate;
  double rate;
  guint threads;          /* to share a step among from here on; 0: as before */
  gboolean set_epochs;
  guint epochs;
  BfSpec *live;           /* owned: clipping and frozen layers as here; or NULL */
  gboolean evaluate;      /* with the weights as they are then */
  BfPart part;
  gboolean list_weights;
} BfCommands;

typedef struct
{
  gatomicrefcount references;
  BfSpec *spec;
  char *folder;
  guint threads;
  guint64 limit;          /* steps in place of epochs, or 0 */
  gboolean unwatched;
  GPtrArray *weights;     /* to start with, or NULL */
  GCancellable *cancellable;
  BfKeeper *keeper;       /* or NULL */
  BfNotebookRun *resume;  /* what it goes on with, until it does; or NULL */

  GMutex mutex;           /* guards what follows */
  GCond changed;          /* a command was given, or the worker came to rest */
  BfCommands commands;
  guint64 given, read;    /* commands so far */
  BfRunState state;
  gboolean busy;          /* loading, training, or a command under way */
  gboolean started;       /* the thread was */
  gboolean ended;         /* no more commands are read */
  BfSnapshot *slot;       /* the newest, until taken */
  BfDataset *dataset;
  BfEvaluation *evaluation;  /* the newest, until taken */
  BfWeights *listed;      /* when asked for, until all took them; those of one that ended stay */
  guint64 listed_for;     /* commands read when they were listed */
  guint listing;          /* callers that wait for them */
  gboolean recovering;    /* one of them reads what a kept run left that will never train again */
  GError *error;
  char *notice;           /* why it may not go on bit for bit, or NULL */
} BfWorker;

/* Starts the thread; with something to resume, at the first command. */
BfWorker *bf_worker_new   (BfSpec *spec, const BfRunOptions *options);
void      bf_worker_unref (BfWorker *self);

/* Changes commands between these two; at the second the worker is told. */
BfCommands *bf_worker_begin (BfWorker *self);
void        bf_worker_end   (BfWorker *self);

BfWorker *bf_worker_ref   (BfWorker *self);
/* Of a run; borrowed. */
BfWorker *bf_run_get_worker (BfRun *run);
/* The weights between two steps, or those that a run left that has ended; transfer full. NULL: it has none. Waits
 * for that; from any thread but its own. */
BfWeights *bf_worker_hold_weights (BfWorker *self);
/* Reads data and weights of a run that the notebook keeps as diverged, which has no thread that could be asked; of any
 * other does nothing. Waits; from any thread. */
void       bf_worker_recover (BfWorker *self);
/* Its data, and why it could not start; NULL where there is none (yet). Transfer full. */
BfDataset *bf_worker_hold_dataset (BfWorker *self);
GError    *bf_worker_copy_error   (BfWorker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfWorker, bf_worker_unref)

G_END_DECLS
