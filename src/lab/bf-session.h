/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfSession is what one window shows: the experiment being edited, its current run, the runs kept
 * beside it, and the one cursor. Every view takes the session and never talks to another view.
 *
 * An edit that changes what is trained starts a new run (training on when the old one was
 * training) and keeps the old one; learning rate and epochs go to the run at work.
 */
#pragma once

#include "bf-experiment.h"
#include "bf-run.h"

G_BEGIN_DECLS

#define BF_TYPE_SESSION (bf_session_get_type ())
G_DECLARE_FINAL_TYPE (BfSession, bf_session, BF, SESSION, GObject)

/* One run of the session, kept until deleted. */
typedef struct
{
  guint number;          /* "Run 2" */
  char *label;           /* "Run 2", translated */
  char *remedies;        /* "Batch Normalization", "" when none */
  const char *family;    /* of its first remedy; "baseline" */
  BfRun *run;
  BfSpec *base;          /* the spec with remedies that it came from */
  gboolean star;
} BfSessionRun;

/* Signals:
 *   "spec-changed"      the experiment's spec (or its plan) is another
 *   "run-changed"       another run is current, or the list of runs changed
 *   "updated"           the current run's snapshot or state is another (at most once a poll); while live
 *                       the cursor's step goes along
 *   "cursor-changed"    step, layer or live was set
 *
 * A run that an edit asked for loads behind the one shown and takes its place when it is ready, so
 * that figures never go blank; meanwhile the state is that of the run to come. The current run is NULL
 * only when the last one was removed while the network cannot be built. A plan that has an error starts
 * no run.
 */
BfSession    *bf_session_new            (BfSpec *spec, const BfRunOptions *options);
/* The same with a notebook that keeps its runs, and the experiment itself with what is not saved to a file. */
BfSession    *bf_session_new_kept       (BfSpec *spec, const BfRunOptions *options, BfNotebook *notebook);
/* The experiment that a session of this notebook showed last, and its run; NULL when there is none. interrupted:
 * the run was training when it was kept last. */
BfSession    *bf_session_new_restored   (BfNotebook *notebook, const BfRunOptions *options, gboolean *interrupted,
                                         GError **error);
BfNotebook   *bf_session_get_notebook   (BfSession *self);   /* or NULL */
/* A run of the notebook and its experiment, in place of the present ones; one of the session's is shown again. */
gboolean      bf_session_open_run       (BfSession *self, const char *uuid, GError **error);
BfExperiment *bf_session_get_experiment (BfSession *self);
BfPlan       *bf_session_get_plan       (BfSession *self);   /* of the effective spec; shape from the data once known */
BfSessionRun *bf_session_get_current    (BfSession *self);
BfSnapshot   *bf_session_get_snapshot   (BfSession *self);   /* of the current run, borrowed; NULL while loading */
BfRunState    bf_session_get_state      (BfSession *self);
GPtrArray    *bf_session_get_runs       (BfSession *self);   /* of BfSessionRun, borrowed, oldest first */
BfSessionRun *bf_session_get_beside     (BfSession *self);   /* the run shown beside this one, or NULL */
void          bf_session_set_beside     (BfSession *self, BfSessionRun *run);
/* The same of a run of the notebook, which joins the session's runs. */
gboolean      bf_session_put_beside     (BfSession *self, const char *uuid, GError **error);
/* Deletes it; of the current run, goes back to the one before, or starts anew. It can be brought back, by its number
 * (FALSE: no more) or by undo, and is shown again when it was. */
void          bf_session_remove_run     (BfSession *self, BfSessionRun *run);
gboolean      bf_session_bring_back     (BfSession *self, guint number);
/* Edits of the experiment and deleted runs, in the order in which they were made and deleted. */
void          bf_session_undo           (BfSession *self);
void          bf_session_redo           (BfSession *self);
char         *bf_session_dup_undo_label (BfSession *self);   /* "Run 1 deleted"; transfer full, NULL: nothing to undo */
char         *bf_session_dup_redo_label (BfSession *self);
void          bf_session_rename_run     (BfSession *self, BfSessionRun *run, const char *name);
void          bf_session_star_run       (BfSession *self, BfSessionRun *run, gboolean star);
BfSessionRun *bf_session_find_run       (BfSession *self, const char *uuid);   /* as the notebook calls it; or NULL */
const char   *bf_session_get_uuid       (BfSessionRun *run);   /* of the notebook, or NULL */

/* A new run, at step 0, that starts with these weights (bf-weights.h) as long as the network is the same;
 * NULL: with those drawn from the seed. */
void          bf_session_start_with     (BfSession *self, GPtrArray *weights);

/* Threads that share a step of the runs from now on; 0: the default. */
void          bf_session_set_threads    (BfSession *self, guint threads);

/* Polls the current run; TRUE while there may be more. Call once a frame. */
gboolean      bf_session_poll           (BfSession *self);

void          bf_session_train          (BfSession *self);   /* train or pause; after divergence: from the start */
void          bf_session_step           (BfSession *self);
void          bf_session_reset          (BfSession *self);   /* back to step 0, same starting weights */

guint         bf_session_get_cursor_layer (BfSession *self); /* index into plan->weighted */
guint64       bf_session_get_cursor_step  (BfSession *self); /* the newest step while live */
gboolean      bf_session_get_live         (BfSession *self);
void          bf_session_set_cursor_layer (BfSession *self, guint weighted);
void          bf_session_set_cursor_step  (BfSession *self, guint64 step);   /* turns live off */
void          bf_session_set_live         (BfSession *self, gboolean live);

/* Seconds left of the current run, or -1 when unknown. */
double        bf_session_get_seconds_left (BfSession *self);

G_END_DECLS
