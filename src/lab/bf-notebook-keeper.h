/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Keeps one run in a notebook. The training thread offers its trainer between steps; when it is
 * time, its state is copied and handed to the notebook's thread. While that one is still writing
 * nothing is taken, so that at most one state waits and training never does.
 */
#pragma once

#include "../engine/bf-trainer.h"
#include "bf-notebook.h"

G_BEGIN_DECLS

typedef struct _BfKeeper BfKeeper;

/* What the notebook shall know of a run before it trains. */
typedef struct
{
  const char *name;        /* "Run 2" */
  BfSpec *base;            /* with remedies */
  const char *folder;      /* data folder asked for, or NULL */
  guint threads;
  guint64 limit;           /* steps in place of epochs, or 0 */
  const char *study;       /* key of a study, or NULL */
  const char *study_name;
  const char *row;         /* its row's id */
} BfKeeperInfo;

/* Writes nothing before a step is made. */
BfKeeper   *bf_keeper_new      (BfNotebook *notebook, const BfKeeperInfo *info);
/* Goes on keeping a run; an error when it is at work elsewhere. */
BfKeeper   *bf_keeper_reopen   (BfNotebook *notebook, const BfNotebookRun *run, GError **error);
BfKeeper   *bf_keeper_ref      (BfKeeper *self);
void        bf_keeper_unref    (BfKeeper *self);

const char *bf_keeper_get_uuid (BfKeeper *self);
BfNotebook *bf_keeper_get_notebook (BfKeeper *self);
/* Before anything is written; afterwards bf_notebook_rename() does it. */
void        bf_keeper_set_name (BfKeeper *self, const char *name);
/* Learning rate or epochs of the run are others. */
void        bf_keeper_set_base (BfKeeper *self, BfSpec *base);
void        bf_keeper_drop     (BfKeeper *self);   /* the run is to leave no trace */

/* The training thread's: */

void        bf_keeper_set_data (BfKeeper *self, const char *digest);
/* Takes the state when it is time. state: "training", "paused", "finished", "diverged", a constant;
 * another than the last time is always taken. rest: it may be the last time for long, so all is taken. */
void        bf_keeper_offer    (BfKeeper *self, BfTrainer *trainer, const char *state, gboolean rest);
/* Whether a state that is offered now would be taken, as far as the clock tells. */
gboolean    bf_keeper_is_due   (const BfKeeper *self, const char *state);
/* Nothing more comes. */
void        bf_keeper_close    (BfKeeper *self);

/* Digest of a dataset's samples and split, by some of them. */
char       *bf_keeper_digest   (BfDataset *data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfKeeper, bf_keeper_unref)

G_END_DECLS
