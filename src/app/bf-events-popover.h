/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfEventsPopover lists what happened during the run, a row an event, for those who come with the keyboard or do
 * not see the marks of the timeline; choosing one goes to its step.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BF_TYPE_EVENTS_POPOVER (bf_events_popover_get_type ())
G_DECLARE_FINAL_TYPE (BfEventsPopover, bf_events_popover, BF, EVENTS_POPOVER, GtkPopover)

/* events: of BfTimelineEvent, copied. */
void bf_events_popover_show_events (BfEventsPopover *self, GPtrArray *events);

/* Signal "chosen" (guint64 step). */

G_END_DECLS
