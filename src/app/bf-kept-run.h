/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfKeptRun is a run of the notebook as an item of a list model; BfKeptRunRow shows it. A row does nothing itself:
 * it activates kept.open and kept.beside (s: uuid), kept.star (sb), kept.name (ss), kept.export (ss: uuid, kind) and runs.delete (s),
 * which those above it have.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-notebook.h"

G_BEGIN_DECLS

/* Signal "changed": name or star are others, or the name is to be edited. */
#define BF_TYPE_KEPT_RUN (bf_kept_run_get_type ())
G_DECLARE_FINAL_TYPE (BfKeptRun, bf_kept_run, BF, KEPT_RUN, GObject)

BfKeptRun             *bf_kept_run_new          (BfNotebookEntry *entry);   /* transfer full */
const BfNotebookEntry *bf_kept_run_get_entry    (BfKeptRun *self);
void                   bf_kept_run_set_name     (BfKeptRun *self, const char *name);
void                   bf_kept_run_set_star     (BfKeptRun *self, gboolean star);
void                   bf_kept_run_set_renaming (BfKeptRun *self, gboolean renaming);
gboolean               bf_kept_run_get_renaming (BfKeptRun *self);
/* Whether each word is somewhere in what the row says, in any case. */
gboolean               bf_kept_run_matches      (BfKeptRun *self, const char *words);

/* "Batch Normalization, 3 epochs, paused" */
char *bf_kept_run_describe (const BfNotebookEntry *entry);

/* The menu of a run: open (or not), rename, save (unless uuid is NULL), delete. rename, remove: actions with that
 * target (floating). */
GMenuModel *bf_kept_run_make_menu (const char *uuid, const char *rename, const char *remove, GVariant *target, gboolean open);

#define BF_TYPE_KEPT_RUN_ROW (bf_kept_run_row_get_type ())
G_DECLARE_FINAL_TYPE (BfKeptRunRow, bf_kept_run_row, BF, KEPT_RUN_ROW, GtkBox)

GtkWidget *bf_kept_run_row_new     (void);
void       bf_kept_run_row_set_run (BfKeptRunRow *self, BfKeptRun *run);   /* or NULL */

/* A toggle that is a star, and says so. */
void       bf_star_show (GtkToggleButton *button, gboolean star, const char *name);

G_END_DECLS
