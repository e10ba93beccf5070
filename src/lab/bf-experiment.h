/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfExperiment is what a user edits: the base spec with its remedies, a history of undo and redo,
 * the file it lives in. Every edit replaces the immutable spec, so undo is going back to an old one.
 */
#pragma once

#include <gio/gio.h>
#include "../engine/bf-plan.h"

G_BEGIN_DECLS

#define BF_TYPE_EXPERIMENT (bf_experiment_get_type ())
G_DECLARE_FINAL_TYPE (BfExperiment, bf_experiment, BF, EXPERIMENT, GObject)

/* Properties (all notify exactly when they change): "spec" (boxed-less, read with the getter; notify
 * only), "file" (GFile), "modified", "can-undo", "can-redo", "undo-label", "redo-label", "name".
 * Signal "replaced": after the notifications of bf_experiment_replace(). */

BfExperiment *bf_experiment_new       (BfSpec *spec);    /* refs it */
/* As it was left: spec as edited, saved as it was opened or saved last (NULL: the same), one step of undo between
 * them; file may be NULL. */
BfExperiment *bf_experiment_new_draft (BfSpec *spec, BfSpec *saved, GFile *file);
BfSpec       *bf_experiment_get_saved (BfExperiment *self);       /* borrowed */
BfSpec       *bf_experiment_get_spec  (BfExperiment *self);       /* base, borrowed */
BfSpec       *bf_experiment_get_effective (BfExperiment *self);   /* remedies applied, borrowed, cached */

/* Begins an edit: a copy of the spec to change. */
BfSpec       *bf_experiment_copy_spec (BfExperiment *self);
/* Takes the changed copy (transfer full) as the new spec; label (translated) names the step for
 * undo. An equal spec changes nothing. Edits with the same non-NULL `merge` key within two
 * seconds become one step (spinning a number). */
void          bf_experiment_edit      (BfExperiment *self, BfSpec *spec, const char *label, const char *merge);
/* Another experiment altogether; empties the history. */
void          bf_experiment_replace   (BfExperiment *self, BfSpec *spec, GFile *file);
void          bf_experiment_undo      (BfExperiment *self);
void          bf_experiment_redo      (BfExperiment *self);
gboolean      bf_experiment_get_can_undo (BfExperiment *self);
gboolean      bf_experiment_get_can_redo (BfExperiment *self);
guint         bf_experiment_get_n_undo     (BfExperiment *self);   /* edits that can be undone */
guint64       bf_experiment_get_n_edits    (BfExperiment *self);   /* made so far; what is undone or redone is none */
const char   *bf_experiment_get_undo_label (BfExperiment *self);
const char   *bf_experiment_get_redo_label (BfExperiment *self);
gboolean      bf_experiment_get_modified (BfExperiment *self);
GFile        *bf_experiment_get_file  (BfExperiment *self);
gboolean      bf_experiment_save      (BfExperiment *self, GFile *file, GError **error);
/* Switches a remedy on or off as one undoable edit, labelled “Batch Normalization on”. */
void          bf_experiment_set_remedy (BfExperiment *self, const char *id, gboolean on);
/* Switches a remedy on with its parameters, "activation:function=relu" (bf_spec_add_remedy_string()), as one
 * undoable edit. */
gboolean      bf_experiment_add_remedy (BfExperiment *self, const char *text, GError **error);

G_END_DECLS
