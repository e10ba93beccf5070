/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A norm as a small bar, 52 × 7: length and color on the fixed magnitude scale of every figure.
 * An exact zero is hatched, what is not finite is red and full.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BF_TYPE_NORM_BAR (bf_norm_bar_get_type ())
G_DECLARE_FINAL_TYPE (BfNormBar, bf_norm_bar, BF, NORM_BAR, GtkWidget)

GtkWidget *bf_norm_bar_new       (void);
/* known: FALSE draws the trough alone (nothing measured yet). */
void       bf_norm_bar_set_value (BfNormBar *self, gboolean known, double value);

G_END_DECLS
