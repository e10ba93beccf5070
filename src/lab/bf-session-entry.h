/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One run of a session, with what only the session needs to know of it.
 */
#pragma once

#include "bf-session.h"

G_BEGIN_DECLS

typedef struct
{
  BfSessionRun run;      /* first: what others see */
  double rate;           /* as it trains now */
  guint epochs;
  BfSpec *live;          /* clips and freezes as the run does now */
  GPtrArray *weights;    /* that it started with, or NULL: drawn */
  gboolean trained_on;   /* started training by itself, after an edit */
  gint64 shown;          /* when it became current */
} BfSessionEntry;

/* Starts the run of the experiment as it stands. notebook: keeps it; or NULL. */
BfSessionEntry *bf_session_entry_new  (BfExperiment *experiment, const BfRunOptions *options, BfNotebook *notebook);
/* A run of the notebook, at rest where it was; an error when it is at work elsewhere. */
BfSessionEntry *bf_session_entry_reopen (BfNotebook *notebook, BfNotebookRun *kept, GError **error);
/* One that gave up its network takes it up again from the notebook; FALSE when it cannot. */
gboolean        bf_session_entry_revive (BfSessionEntry *entry, BfNotebook *notebook);
/* Frees one that is not worth keeping: the notebook forgets it. */
void            bf_session_entry_discard (BfSessionEntry *entry);
void            bf_session_entry_free (BfSessionEntry *entry);

BfRunState bf_session_entry_get_state       (const BfSessionEntry *entry);
gboolean   bf_session_entry_is_training     (const BfSessionEntry *entry);   /* FALSE for NULL */
void       bf_session_entry_set_label       (BfSessionEntry *entry, const char *label);
gboolean   bf_session_entry_is_over         (const BfSessionEntry *entry);
guint64    bf_session_entry_get_steps       (const BfSessionEntry *entry);
/* When another takes its place. */
gboolean   bf_session_entry_is_worth_keeping (const BfSessionEntry *entry, gint64 now);
/* Whether it is a run of this network, data and start; FALSE for NULL. */
gboolean   bf_session_entry_trains          (const BfSessionEntry *entry, const BfSpec *effective);
/* Gives it learning rate, epochs, clipping and frozen layers. FALSE: it takes a new run. */
gboolean   bf_session_entry_hand_over       (BfSessionEntry *entry, BfSpec *effective);

G_END_DECLS
