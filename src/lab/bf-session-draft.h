/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What a window shows, as the notebook keeps it, so that closing with unsaved changes loses nothing.
 */
#pragma once

#include "bf-experiment.h"
#include "bf-notebook.h"

G_BEGIN_DECLS

/* run: uuid of the run shown, or NULL; number: its number. */
void          bf_session_draft_keep  (BfNotebook *notebook, gint64 id, BfExperiment *experiment, const char *run, guint number);
/* The experiment of a draft (transfer full). */
BfExperiment *bf_session_draft_parse (const BfNotebookDraft *draft, GError **error);

G_END_DECLS
