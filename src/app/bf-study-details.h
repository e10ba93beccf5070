/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What is known of one row of a study: its remedies, why it differs from what was published, and
 * the numbers of every seed, each of which can be opened in the laboratory.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-study-session.h"

G_BEGIN_DECLS

#define BF_TYPE_STUDY_DETAILS (bf_study_details_get_type ())
G_DECLARE_FINAL_TYPE (BfStudyDetails, bf_study_details, BF, STUDY_DETAILS, GtkPopover)

/* Signal "open" (guint row, guint which_seed). */

/* study: borrowed for as long as the popover is up. */
void bf_study_details_show    (BfStudyDetails *self, BfStudySession *study, guint row);
void bf_study_details_refresh (BfStudyDetails *self);

G_END_DECLS
