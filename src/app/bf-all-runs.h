/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfAllRuns lists every run that the notebook keeps, newest first. Return opens one, F2 names it, Delete deletes it.
 * The window that opened it hands down its actions "kept" (bf-kept-run.h).
 */
#pragma once

#include <adwaita.h>
#include "../lab/bf-session.h"

G_BEGIN_DECLS

#define BF_TYPE_ALL_RUNS (bf_all_runs_get_type ())
G_DECLARE_FINAL_TYPE (BfAllRuns, bf_all_runs, BF, ALL_RUNS, AdwWindow)

/* session: that of the window; its runs are told of what happens to them here. */
BfAllRuns  *bf_all_runs_new       (GtkWindow *parent, BfSession *session);
void        bf_all_runs_add_toast (BfAllRuns *self, const char *text);
/* A run's name or star is another. */
void        bf_all_runs_update    (BfAllRuns *self, const char *uuid, const char *name, int star);   /* NULL, −1: as it was */
const char *bf_all_runs_get_name  (BfAllRuns *self, const char *uuid);
GtkSelectionModel *bf_all_runs_get_runs (BfAllRuns *self);   /* of BfKeptRun, as shown; borrowed */

G_END_DECLS
