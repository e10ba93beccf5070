/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Room for words among lines: a note stands at the first of its places that no line goes through.
 */
#pragma once

#include "bf-draw.h"

G_BEGIN_DECLS

typedef struct _BfRoom BfRoom;

/* A point that a note stands at, as of BfText, and how. */
typedef struct { double x, y; BfAlign align; } BfPlace;

/* bounds: words stand within. */
BfRoom  *bf_room_new       (const BfRect *bounds);
void     bf_room_free      (BfRoom *self);
/* Goes on from the last point with a line; with x or y not finite, the line ends. */
void     bf_room_line_to   (BfRoom *self, double x, double y);
/* Whether the rectangle is within the bounds and no line goes through it. */
gboolean bf_room_is_free   (const BfRoom *self, const BfRect *rect);
/* Draws the string at the first of n places that is free, `text` saying how but for its alignment; FALSE: none is,
 * and nothing was drawn. */
gboolean bf_room_draw_text (const BfRoom *self, BfDraw *draw, const BfText *text, const BfPlace *places, guint n, const char *string);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfRoom, bf_room_free)

G_END_DECLS
