/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfStudyPage shows a study at work: the queue with its one progress bar, the table, what is known
 * of the selected row, and figures with every seed.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-study-session.h"

G_BEGIN_DECLS

#define BF_TYPE_STUDY_PAGE (bf_study_page_get_type ())
G_DECLARE_FINAL_TYPE (BfStudyPage, bf_study_page, BF, STUDY_PAGE, GtkBox)

GtkWidget *bf_study_page_new       (void);
void       bf_study_page_set_study (BfStudyPage *self, BfStudySession *study);
/* The row that the info line is about. */
void       bf_study_page_choose    (BfStudyPage *self, guint row);

/* Signal "open-run" (guint row, guint which_seed): the user wants this run in the laboratory. Actions:
 * study.copy-table, study.save-table, study.save-runs. */

G_END_DECLS
