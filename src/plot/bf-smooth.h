/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Local linear fit with Gaussian weights: smooth without lag, and without the pull to the middle
 * that a moving mean has at the ends (Fan and Gijbels 1996).
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Fits (x, y, weight), x rising, at each of the n_at places, also rising. NaN values of y are left
 * out; NaN where nothing lies within four standard deviations. */
void bf_smooth (const double *x, const double *y, const double *weight, guint n, double sd,
                const double *at, double *fitted, guint n_at);

G_END_DECLS
