/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The events that a timeline marks: those of the recording, and where the diagnosis says that a trouble began.
 * Each kind has a shape of its own besides its color.
 */
#pragma once

#include <cairo.h>

#include "../engine/bf-run-events.h"
#include "../plot/bf-style.h"

G_BEGIN_DECLS

#define BF_EVENT_FINDING BF_N_EVENTS   /* in place of a BfEventKind */

typedef struct
{
  guint kind;       /* BfEventKind, or BF_EVENT_FINDING */
  guint64 step;
  char *label;
  char *sentence;
} BfTimelineEvent;

/* Both texts are copied. */
BfTimelineEvent *bf_timeline_event_new  (guint kind, guint64 step, const char *label, const char *sentence);
void             bf_timeline_event_free (BfTimelineEvent *self);

/* The mark of an event, its middle at (x, y), at most 2 × size wide and high. */
void bf_timeline_draw_mark (cairo_t *cr, guint kind, double x, double y, double size, gboolean dark);
void bf_timeline_set_color (cairo_t *cr, BfRole role, gboolean dark);

G_END_DECLS
