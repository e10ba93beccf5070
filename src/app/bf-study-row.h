/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One row of a study to check, with a sign of how far it is.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-study-session.h"

G_BEGIN_DECLS

#define BF_TYPE_STUDY_ROW_WIDGET (bf_study_row_widget_get_type ())
G_DECLARE_FINAL_TYPE (BfStudyRowWidget, bf_study_row_widget, BF, STUDY_ROW_WIDGET, GtkListBoxRow)

GtkWidget *bf_study_row_widget_new     (BfStudySession *study, guint row);
void       bf_study_row_widget_refresh (BfStudyRowWidget *self);
void       bf_study_row_widget_toggle  (BfStudyRowWidget *self);

G_END_DECLS
