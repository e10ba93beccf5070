/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfTimelineScale is the slider of the recording: a GtkScale, so that its value is known to
 * assistive technology, with epoch ticks below and event marks above. Steps run from left to
 * right in every language, as in the figures over it. A click on a mark goes to its very step; its tooltip and
 * the slider's accessible description say what happened.
 */
#pragma once

#include <gtk/gtk.h>
#include "bf-timeline-marks.h"

G_BEGIN_DECLS

#define BF_TYPE_TIMELINE_SCALE (bf_timeline_scale_get_type ())
G_DECLARE_FINAL_TYPE (BfTimelineScale, bf_timeline_scale, BF, TIMELINE_SCALE, GtkScale)

/* Shows another snapshot (reffed; NULL: nothing recorded) at a step. Emits nothing. */
void bf_timeline_scale_show (BfTimelineScale *self, BfSnapshot *snapshot, guint64 step);

/* Events that the diagnosis knows of, besides those of the snapshot: takes their place. */
void bf_timeline_scale_clear_findings (BfTimelineScale *self);
void bf_timeline_scale_add_finding    (BfTimelineScale *self, guint64 step, const char *label, const char *sentence);

/* Of BfTimelineEvent, by step, borrowed until the next call of any of these. */
GPtrArray *bf_timeline_scale_get_events (BfTimelineScale *self);

/* Signals:
 *   "moved" (guint64 step)   the user chose a step
 *   "faster" (int by)        the user asked to play faster or slower, by so many speeds
 *   "play"                   to play or to stop */

G_END_DECLS
