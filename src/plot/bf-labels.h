/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Labels at the ends of lines, pushed apart.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Moves the n positions so that neighbors are at least `distance` apart, within low … high as far
 * as they fit, as little as possible, keeping their order. NaN counts as high. */
void bf_labels_spread (double *positions, guint n, double distance, double low, double high);

G_END_DECLS
