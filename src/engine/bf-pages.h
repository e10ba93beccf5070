/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Asks for large pages for memory of some megabytes that is read all over; of less, and where there are none, it does
 * nothing. filled: it holds something already. */
void bf_pages_enlarge (gpointer memory, gsize size, gboolean filled);

G_END_DECLS
