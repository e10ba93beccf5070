/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Sums over float32 values in double, in lanes that become vector instructions. The order of the
 * additions is the same whatever the instructions.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Σ a */
double bf_reduce_sum      (gsize n, const float *a);
/* Σ (a − center)² */
double bf_reduce_squares  (gsize n, const float *a, double center);
/* Σ a (b − center) */
double bf_reduce_products (gsize n, const float *a, const float *b, double center);

/* Of each column of a (rows, columns), into sums (columns): Σ a, Σ (a − center)², Σ a (b − center). */
void bf_reduce_columns          (guint rows, guint columns, const float *a, double *sums);
void bf_reduce_column_squares   (guint rows, guint columns, const float *a, const double *centers, double *sums);
void bf_reduce_column_products  (guint rows, guint columns, const float *a, const float *b,
                                 const double *centers, double *sums);

G_END_DECLS
