/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfStatusBar says in words what the current run is doing, how fast, for how long, and how well.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-study-session.h"

G_BEGIN_DECLS

#define BF_TYPE_STATUS_BAR (bf_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (BfStatusBar, bf_status_bar, BF, STATUS_BAR, GtkBox)

void bf_status_bar_set_session (BfStatusBar *self, BfSession *session);
/* A study at work is told beside the current run, or in its place while that rests. */
void bf_status_bar_set_study   (BfStatusBar *self, BfStudySession *study);
/* Whether all is saved, in a word, and in a sentence; NULL: nothing to tell. */
void bf_status_bar_set_saved (BfStatusBar *self, const char *word, const char *sentence);

G_END_DECLS
