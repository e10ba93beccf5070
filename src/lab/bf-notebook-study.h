/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A study's runs in the notebook: each has a key, made of all that its result depends on, so that the same study
 * asked for again takes what is finished and goes on with what is not, however the first one ended.
 */
#pragma once

#include "bf-notebook-keeper.h"
#include "bf-study.h"

G_BEGIN_DECLS

/* Key of a run: the study, its row, the effective experiment with seed and epochs, the data folder. Transfer full. */
char          *bf_notebook_make_study_key (const BfStudy *study, const BfStudyRow *row, BfSpec *effective, const char *folder);
/* The run of that key which came farthest, by this program and on this machine; NULL when there is none. */
BfNotebookRun *bf_notebook_find_study_run (BfNotebook *self, const char *key);

/* The study that was under way last and did not come to its end; NULL when there is none. Transfer full. */
BfStudy       *bf_notebook_get_study      (BfNotebook *self, gint64 *id);

G_END_DECLS
