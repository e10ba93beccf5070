/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The notebook keeps every run until it is deleted: what was trained, its recording, its metrics,
 * and the state of its training, so that it can go on bit for bit after a restart. It is one SQLite
 * file. One thread of its own does all the writing, on a connection of its own; readers have
 * theirs. What cannot be written stays in memory and is tried again; training never waits for it.
 *
 * Safe from any thread.
 */
#pragma once

#include <gio/gio.h>
#include "../engine/bf-snapshot.h"

G_BEGIN_DECLS

#define BF_NOTEBOOK_ERROR (bf_notebook_error_quark ())
GQuark bf_notebook_error_quark (void);

typedef enum
{
  BF_NOTEBOOK_ERROR_FAILED,      /* anything else */
  BF_NOTEBOOK_ERROR_FULL,        /* the disk is */
  BF_NOTEBOOK_ERROR_READ_ONLY,   /* the file, its folder, or the whole disk */
  BF_NOTEBOOK_ERROR_NEWER,       /* of a newer program: never written, never read */
  BF_NOTEBOOK_ERROR_DAMAGED,     /* or no notebook at all: left as it is */
  BF_NOTEBOOK_ERROR_BUSY,        /* another program does not let go of it */
  BF_NOTEBOOK_ERROR_LOCKED,      /* the run is at work in another window */
  BF_NOTEBOOK_ERROR_NO_RUN,      /* there is no such run */
} BfNotebookErrorCode;

typedef struct _BfNotebook BfNotebook;

/* Where the notebook lies when nobody says otherwise: BACKFLOW_NOTEBOOK, else
 * notebook.db in the folder of the preferences (by default backflow in the user's data folder). */
char       *bf_notebook_get_default_path (void);

/* Never fails: what is wrong with the file is a problem to be shown, and training goes on. */
BfNotebook *bf_notebook_new   (const char *path);
/* That of the process, at the default place; borrowed. Made when first asked for; closed once, at the end. */
BfNotebook *bf_notebook_get_default   (void);
void        bf_notebook_close_default (guint seconds);
BfNotebook *bf_notebook_ref   (BfNotebook *self);
/* The last one waits for what is being written. */
void        bf_notebook_unref (BfNotebook *self);

char       *bf_notebook_dup_path (BfNotebook *self);
/* Keeps from here on in another file, with all that the runs at work have so far. Runs that ended
 * stay where they were written. */
void        bf_notebook_set_path (BfNotebook *self, const char *path);

/* What is wrong (transfer full, a message that names file and remedy), or NULL. */
GError     *bf_notebook_get_problem (BfNotebook *self);
/* Whether all that is known is in the file, but for what came in the last moments. */
gboolean    bf_notebook_is_saved    (BfNotebook *self);
/* Tries at once what could not be written; it is tried again by itself every few seconds. */
void        bf_notebook_retry       (BfNotebook *self);
/* Opens or makes the file now rather than with the first save; blocks. */
gboolean    bf_notebook_open        (BfNotebook *self, GError **error);
/* Blocks until all that was given so far is written (TRUE) or cannot be. */
gboolean    bf_notebook_flush       (BfNotebook *self, GError **error);
/* The same, after waiting at most so many seconds for runs that are told to stop. */
gboolean    bf_notebook_close       (BfNotebook *self, guint seconds, GError **error);

/* Moves a damaged notebook aside, untouched, so that a new one takes its place; returns where to. */
char       *bf_notebook_set_aside   (BfNotebook *self, GError **error);

/* The runs list */

typedef struct
{
  char *uuid;
  char *name;              /* "Run 2", or what the user called it */
  gboolean star;
  gint64 created, changed; /* seconds since 1970 */
  char *state;             /* training, paused, finished, diverged */
  char *experiment;        /* the spec's name */
  char *remedies;          /* "Batch Normalization", "" when none */
  const char *family;      /* of its first remedy; "baseline" */
  guint64 seed;
  char *version;           /* of the program that wrote it last */
  guint64 steps, planned;
  guint epochs;            /* complete ones */
  double loss, accuracy;   /* of the last epoch: training loss; validation accuracy; NaN: none */
  double test_accuracy;    /* NaN: none */
  char *study, *row;       /* of a study's run: key and the row's id; else NULL */
  char *study_name;
} BfNotebookEntry;

void       bf_notebook_entry_free (BfNotebookEntry *entry);
/* Newest first (transfer full). deleted: those that wait to be brought back, instead of the others. */
GPtrArray *bf_notebook_list       (BfNotebook *self, gboolean deleted, GError **error);
/* By uuid, the first letters of one, or a name that only one run has (transfer full). */
char      *bf_notebook_find       (BfNotebook *self, const char *what, GError **error);

/* These are written soon; the list shows them after bf_notebook_flush(). */
void       bf_notebook_rename     (BfNotebook *self, const char *uuid, const char *name);
void       bf_notebook_set_star   (BfNotebook *self, const char *uuid, gboolean star);
void       bf_notebook_delete     (BfNotebook *self, const char *uuid);
void       bf_notebook_undelete   (BfNotebook *self, const char *uuid);

/* A run as it was kept */

typedef struct
{
  gatomicrefcount references;
  char *uuid;
  char *name;
  gboolean star;
  char *state;           /* paused, finished, diverged; training: at work in another window */
  gboolean interrupted;  /* it trained when it was kept last */
  BfSpec *base;          /* with remedies */
  char *folder;          /* data folder asked for, or NULL */
  guint threads;         /* that it was trained with */
  guint64 limit;         /* steps planned in place of epochs, or 0 */
  char *version;
  char *machine;         /* what else the bits depend on: bf_notebook_describe_machine() */
  char *data;            /* digest of the samples */
  BfSnapshot *snapshot;  /* its recording; plan->spec is the effective spec */
  GBytes *checkpoint;    /* for bf_trainer_load() */
} BfNotebookRun;

BfNotebookRun *bf_notebook_load      (BfNotebook *self, const char *uuid, GError **error);
BfNotebookRun *bf_notebook_run_ref   (BfNotebookRun *self);
void           bf_notebook_run_unref (BfNotebookRun *self);

/* Processor and libraries, as far as the numbers depend on them (transfer full). */
char *bf_notebook_describe_machine (void);

/* Drafts: what a window shows, with what is not saved to a file. */

typedef struct
{
  gint64 id;
  char *spec;      /* as edited, .backflow text */
  char *saved;     /* as it was opened or saved last */
  char *file;      /* URI, or NULL */
  char *run;       /* uuid of the run shown, or NULL */
  guint number;    /* of the session's last run */
  gint64 changed;
} BfNotebookDraft;

void             bf_notebook_draft_free (BfNotebookDraft *draft);
/* A number for a new window's draft. */
gint64           bf_notebook_new_draft  (void);
void             bf_notebook_set_draft  (BfNotebook *self, const BfNotebookDraft *draft);
void             bf_notebook_drop_draft (BfNotebook *self, gint64 id);
/* The one changed last (transfer full); NULL when there is none. */
BfNotebookDraft *bf_notebook_get_draft  (BfNotebook *self, GError **error);

/* A window's study under way. id: a number of its own; name: the study's id; text: the .study file it would be. */
void             bf_notebook_set_study  (BfNotebook *self, gint64 id, const char *name, const char *text);
void             bf_notebook_drop_study (BfNotebook *self, gint64 id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfNotebook, bf_notebook_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfNotebookRun, bf_notebook_run_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfNotebookEntry, bf_notebook_entry_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfNotebookDraft, bf_notebook_draft_free)

G_END_DECLS
