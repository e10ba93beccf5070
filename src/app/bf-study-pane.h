/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfStudyPane composes a study by pointing: which rows, how often, how long. While it runs, its
 * rows tell how far each is.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-study-session.h"

G_BEGIN_DECLS

#define BF_TYPE_STUDY_PANE (bf_study_pane_get_type ())
G_DECLARE_FINAL_TYPE (BfStudyPane, bf_study_pane, BF, STUDY_PANE, GtkBox)

void bf_study_pane_set_study (BfStudyPane *self, BfStudySession *study);

/* Also actions of the pane: study.choose(s), study.save, study.check(b). Signal "save": the user wants
 * the study in a file. */

G_END_DECLS
