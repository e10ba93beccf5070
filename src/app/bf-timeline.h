/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfTimeline is the row under the views: play and its speed, the slider of the recording, the list of its events,
 * the step in words, and Live, which follows the newest step. Playing stops at the end; while the run
 * trains it then follows what comes.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-session-diagnosis.h"

G_BEGIN_DECLS

#define BF_TYPE_TIMELINE (bf_timeline_get_type ())
G_DECLARE_FINAL_TYPE (BfTimeline, bf_timeline, BF, TIMELINE, GtkBox)

void bf_timeline_set_session (BfTimeline *self, BfSession *session);
/* Whose findings are marked where they began. */
void bf_timeline_set_diagnosis (BfTimeline *self, BfSessionDiagnosis *diagnosis);
/* Adds "play" and "live" (stateful, boolean) and "speed" (stateful, double: 1 is the usual one), the window's
 * `run.play`, `run.live` and `run.speed`, to the map. */
void bf_timeline_add_actions (BfTimeline *self, GActionMap *run);

G_END_DECLS
