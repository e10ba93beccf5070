/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfStudySession is what one window shows of a study: the rows to choose from, how often each is
 * repeated, and the queue that trains them. The rows come from a ready-made study, from a file, or
 * from the window's experiment: itself without remedies, and with each remedy alone.
 */
#pragma once

#include "bf-session.h"
#include "bf-study-queue.h"

G_BEGIN_DECLS

/* In place of a ready-made study's id: the window's own experiment. */
#define BF_STUDY_THIS "this-experiment"

typedef enum
{
  BF_STUDY_IDLE,       /* no queue yet */
  BF_STUDY_RUNNING,
  BF_STUDY_PAUSED,
  BF_STUDY_FINISHED,   /* all runs have ended by themselves */
  BF_STUDY_CANCELLED,
} BfStudyState;

#define BF_TYPE_STUDY_SESSION (bf_study_session_get_type ())
G_DECLARE_FINAL_TYPE (BfStudySession, bf_study_session, BF, STUDY_SESSION, GObject)

/* Signals:
 *   "rows-changed"    the list of rows is another
 *   "changed"         a row was chosen or dropped, a number set
 *   "state-changed"   started, paused, ended
 *   "updated"         runs got on (at most once a poll)
 */
BfStudySession *bf_study_session_new (BfSession *session, const BfRunOptions *options);

/* Takes the rows of a ready-made study, or of the window's experiment; not while one is at work. */
gboolean          bf_study_session_choose    (BfStudySession *self, const char *id, GError **error);
/* The same of a study from a file; reffed. */
void              bf_study_session_open      (BfStudySession *self, BfStudy *study);
const char       *bf_study_session_get_id    (BfStudySession *self);
const char       *bf_study_session_get_name  (BfStudySession *self);
const char       *bf_study_session_get_summary (BfStudySession *self);

guint             bf_study_session_get_n_rows (BfStudySession *self);
const BfStudyRow *bf_study_session_get_row    (BfStudySession *self, guint row);
gboolean          bf_study_session_get_chosen (BfStudySession *self, guint row);
void              bf_study_session_set_chosen (BfStudySession *self, guint row, gboolean chosen);
void              bf_study_session_set_all_chosen (BfStudySession *self, gboolean chosen);
guint             bf_study_session_count_chosen (BfStudySession *self);
/* Of this experiment, the row without remedies and these alone: strings as for bf_spec_add_remedy_string(), each a
 * row. Not while one is at work. */
void              bf_study_session_choose_these (BfStudySession *self, const char *const *remedies);
/* A row with several remedies on; ids: NULL-ended, at least one, or one string with parameters. Returns its number, also where it is there already. */
guint             bf_study_session_add_combination (BfStudySession *self, const char *const *ids);
/* What a combination would train, with its remedies on: to look for conflicts. Transfer full. */
BfSpec           *bf_study_session_make_combination (BfStudySession *self, const char *const *ids);

guint             bf_study_session_get_seeds  (BfStudySession *self);
void              bf_study_session_set_seeds  (BfStudySession *self, guint seeds);
guint             bf_study_session_get_epochs (BfStudySession *self);
void              bf_study_session_set_epochs (BfStudySession *self, guint epochs);
guint             bf_study_session_get_jobs   (BfStudySession *self);
void              bf_study_session_set_jobs   (BfStudySession *self, guint jobs);

/* The chosen rows as a study of its own, with these seeds and epochs. Transfer full. */
BfStudy          *bf_study_session_make_study (BfStudySession *self);

BfStudyState      bf_study_session_get_state  (BfStudySession *self);
gboolean          bf_study_session_is_active  (BfStudySession *self);   /* running or paused */
void              bf_study_session_start      (BfStudySession *self);   /* needs a chosen row */
/* The study that was under way when the program ended, as the notebook has it: its name, or NULL. */
const char       *bf_study_session_find_left  (BfStudySession *self);
/* Goes on with it; runs that have ended are taken, the others go on where they stood. */
void              bf_study_session_go_on      (BfStudySession *self);
void              bf_study_session_set_paused (BfStudySession *self, gboolean paused);
void              bf_study_session_cancel     (BfStudySession *self);
/* TRUE while there may be more. Call once a frame. */
gboolean          bf_study_session_poll       (BfStudySession *self);

/* The queue started last, borrowed; NULL before the first. */
BfStudyQueue     *bf_study_session_get_queue  (BfStudySession *self);
/* The row of the queue that a row of the list became; -1: none. */
int               bf_study_session_find_place (BfStudySession *self, guint row);
/* The number of rows of the queue all of whose runs have ended. */
guint             bf_study_session_count_complete (BfStudySession *self);

G_END_DECLS
