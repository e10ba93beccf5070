/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include <adwaita.h>
#include "../lab/bf-session.h"

G_BEGIN_DECLS

#define BF_TYPE_WINDOW (bf_window_get_type ())
G_DECLARE_FINAL_TYPE (BfWindow, bf_window, BF, WINDOW, AdwApplicationWindow)

/* A window on a session of its own, with the ready-made experiment `t1-baseline`. */
BfWindow  *bf_window_new         (GtkApplication *application);
/* With the experiment that was shown last. */
BfWindow *bf_window_new_restored (GtkApplication *application);
/* The page with ways to begin; first: of the first start, when the experiment is the ready-made one. */
void       bf_window_show_welcome (BfWindow *self, gboolean first);
BfSession *bf_window_get_session (BfWindow *self);

/* Opens a .backflow file, or the experiment that a figure carries. What cannot be read is told in
 * a message; what was edited and not saved stays in this window, and the file gets a new one. */
void       bf_window_open        (BfWindow *self, GFile *file);

G_END_DECLS
