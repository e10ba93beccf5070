/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of BfSession share: bf-session.c decides which run belongs to the experiment, -runs.c is what a user
 * does to the list of runs, -train.c the commands, -cursor.c the cursor.
 */
#pragma once

#include "bf-session-entry.h"

G_BEGIN_DECLS

struct _BfSession
{
  GObject parent_instance;

  BfExperiment *experiment;
  BfRunOptions options;
  char *folder;
  BfNotebook *notebook;  /* or NULL */
  gint64 draft;          /* its number there */
  BfSessionEntry *opening;  /* owned, to be shown in place of a new run, or NULL */
  BfSessionEntry *wanted;   /* of runs: to be shown whatever the spec says, or NULL */
  GPtrArray *removed;    /* runs that can be brought back, the last one deleted last; or NULL */
  GArray *restored;      /* those that were, and can be deleted again; or NULL */
  BfPlan *plan;
  BfShape shape;         /* of shape_data */
  BfOptions *shape_data; /* the data whose shape is known, or NULL */

  GPtrArray *runs;       /* of BfSessionEntry */
  BfSessionEntry *current;        /* borrowed from runs */
  BfSessionEntry *beside;         /* borrowed from runs */
  BfSessionEntry *next;           /* loading, owned; then it becomes current */
  gboolean next_trains;
  gboolean due;          /* a new run is to be started */
  gboolean due_trains;   /* and trains, as what it replaces did when the edit was made */
  gint64 started;        /* when the last one was */
  gboolean draws;        /* the run to be started draws its weights, whatever the last one started with */
  guint last_number;
  gint64 beside_time;    /* of training since it was put beside; −1: by hand, stays */
  gint64 polled;

  guint cursor_layer;
  guint64 cursor_step;
  gboolean live;
};

/* Its signals. */
enum { SPEC_CHANGED, RUN_CHANGED, UPDATED, CURSOR_CHANGED, N_SIGNALS };

/* Whether the shape of the experiment’s data is known from a run. */
gboolean bf_session_knows_shape (BfSession *self);
void bf_session_emit  (BfSession *self, guint which);
/* A new run (transfer full) joins the list. */
void bf_session_add   (BfSession *self, BfSessionEntry *entry, guint number);
/* A run that was deleted (transfer full); and none of those any more. */
void bf_session_keep_removed   (BfSession *self, BfSessionEntry *entry, gboolean shown);
void bf_session_forget_removed (BfSession *self);
/* A run, not the one shown, that trained what the experiment trains now; or NULL. */
BfSessionEntry *bf_session_find_older (BfSession *self);
/* Shows a run; the one before goes when it is not worth keeping. entry: in the list or (transfer full) new. */
void bf_session_show  (BfSession *self, BfSessionEntry *entry, gboolean put_beside);
/* Starts the run of the experiment as it stands. */
void bf_session_start (BfSession *self, gboolean train);

G_END_DECLS
