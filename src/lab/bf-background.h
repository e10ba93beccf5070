/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Threads that compute give way to the one that draws. Otherwise they hold every processor when a frame is due, and the
 * window waits for its turn several times in each: where it talks to the display, and where it starts.
 * They lose nothing by it: what the window leaves of the processors is most of them, and all of it is theirs.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For a program with a window, before it trains. Without, all threads are equal. */
void bf_background_enable (gboolean give_way);
/* At the start of a thread that computes for long: it has the lowest priority from here on, as have the threads it starts. */
void bf_background_enter  (void);

G_END_DECLS
