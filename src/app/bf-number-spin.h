/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A GtkSpinButton for a number of any size: six characters wide, as many decimals as the value
 * needs, powers of ten for what is very small, steps that fit the default.
 */
#pragma once

#include <gtk/gtk.h>
#include "../engine/bf-kind.h"

G_BEGIN_DECLS

GtkWidget *bf_number_spin_new     (double minimum, double maximum, double fallback, gboolean integer);
GtkWidget *bf_number_spin_new_for (const BfParam *param);
void       bf_number_spin_prepare (GtkSpinButton *self, double minimum, double maximum, double fallback,
                                   gboolean integer);
/* Sets the value without a rounding to the shown decimals. */
void       bf_number_spin_set     (GtkSpinButton *self, double value);

G_END_DECLS
