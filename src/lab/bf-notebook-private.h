/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of BfNotebook share.
 */
#pragma once

#include "bf-notebook-keeper.h"
#include "bf-notebook-sql.h"
#include "bf-notebook.h"

G_BEGIN_DECLS

#define BF_NOTEBOOK_VERSION 3

/* What was taken of a training at one moment. */
typedef struct
{
  BfSnapshot *snapshot;
  GBytes *checkpoint;
  const char *state;     /* of the run, as the table has it */
} BfSave;

/* An edit that waits to be written: one statement and its values. */
typedef struct
{
  const char *sql;
  GVariant *values;      /* a tuple of x, s and ms; owned */
} BfNotebookEdit;

struct _BfNotebook
{
  gatomicrefcount references;
  GThread *thread;

  GMutex mutex;          /* guards what follows */
  GCond changed;
  char *path;
  guint generation;      /* of the path */
  GQueue edits;          /* of BfNotebookEdit, in order */
  GPtrArray *keepers;    /* of BfKeeper, owned until closed and written */
  GError *problem;
  gint64 retry_at;       /* while there is a problem; 0: at once */
  guint64 attempts;      /* to write that came to an end */
  gboolean writing;
  gboolean quit;
  gboolean orphan;       /* the thread frees it */
  gint64 period;         /* of a run's saves, microseconds */
  guint page_limit;      /* 0: none */
};

/* Steps and columns of a piece of the recording; what agrees in these is the same. */
typedef struct { gint64 first, last, count; } BfPieceKey;

struct _BfKeeper
{
  gatomicrefcount references;
  BfNotebook *notebook;
  BfKeeperInfo info;     /* owned copies; immutable, but for the name, which the mutex guards */
  char *uuid;
  char *spec;            /* text of the experiment; guarded by the mutex */
  char *remedies;
  gint64 created;

  /* Guarded by the notebook's mutex. */
  BfSave *pending;       /* the newest that is not written */
  char *data;            /* digest, once known */
  gboolean star;
  gint64 deleted;        /* when, or 0 */
  gboolean begun;        /* something came */
  gboolean closed;       /* nothing more comes */
  gboolean dropped;      /* nothing more is to be written */
  gint64 cost;           /* microseconds of writing the last one */

  /* The training thread's. */
  gint64 taken;          /* when the last one was */
  gint64 take_cost;
  guint64 taken_steps;
  const char *taken_state;

  /* The writing thread's. */
  guint generation;
  gint64 row;            /* 0: not in the file */
  GArray *pieces[2];     /* of BfPieceKey: columns and frames in the file */
  guint epochs;          /* rows in the file */
  int lock;              /* descriptor, −1: not locked */
};

/* bf-notebook.c */
void     bf_notebook_edit_free   (BfNotebookEdit *edit);
void     bf_notebook_end_orphan  (BfNotebook *self);   /* by its own thread, at its end */

/* bf-notebook-schema.c */
void     bf_notebook_set_error   (GError **error, BfNotebookErrorCode code, const char *path, const char *reason);
sqlite3 *bf_notebook_open_writer (const char *path, GError **error);
sqlite3 *bf_notebook_open_reader (const char *path, GError **error);

/* bf-notebook-writer.c: the thread. */
gpointer bf_notebook_write_thread (gpointer data);

/* bf-notebook-write.c: one save in one transaction. */
gboolean bf_keeper_write (BfKeeper *self, sqlite3 *db, const BfSave *save, GError **error);
/* That what was written lies in another file. */
void     bf_keeper_forget_written (BfKeeper *self);

/* bf-notebook-lock.c: a run is at work in one place at a time. −1: cannot be locked here, or at work
 * elsewhere (then the error is set). */
int      bf_notebook_lock_run (const char *path, const char *uuid, GError **error);
gboolean bf_notebook_is_locked (const char *path, const char *uuid);

/* bf-notebook-keeper.c */
void     bf_save_free (BfSave *save);

/* For tests: how often runs are saved, and how many pages the file may have at most. */
void     bf_notebook_set_period     (BfNotebook *self, gint64 microseconds);
void     bf_notebook_set_page_limit (BfNotebook *self, guint pages);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfSave, bf_save_free)

G_END_DECLS
