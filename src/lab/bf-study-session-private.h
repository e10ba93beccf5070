/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of BfStudySession share: -rows.c makes the rows and says which are chosen, bf-study-session.c has the
 * numbers and the queue.
 */
#pragma once

#include "bf-study-session.h"

G_BEGIN_DECLS

struct _BfStudySession
{
  GObject parent_instance;

  BfSession *session;    /* owned */
  char *folder;          /* that options.folder points to */
  char *id;
  BfStudy *rows;         /* all rows, chosen or not; never shared */
  GArray *chosen;        /* of gboolean, a row each */
  GArray *places;        /* of int, a row each: its row in the queue; -1 */
  GPtrArray *combined;   /* of GStrv: combinations added to this experiment's rows */
  guint seeds;
  guint epochs;
  guint jobs;

  BfStudyQueue *queue;   /* owned */
  BfStudyState state;
  gint64 kept;           /* its number in the notebook while under way; 0: none */
  BfStudy *left;         /* what was under way when the program ended, or NULL */
};

/* Its signals. */
enum { ROWS_CHANGED, CHANGED, STATE_CHANGED, UPDATED, N_SIGNALS };
void bf_study_session_emit (BfStudySession *self, guint which);

/* The window's experiment: its rows, seeds and epochs. */
void bf_study_session_take_this (BfStudySession *self);
/* That experiment is another: its rows follow, what was chosen stays. A study at work keeps its own. */
void bf_study_session_follow_this (BfStudySession *self);

G_END_DECLS
