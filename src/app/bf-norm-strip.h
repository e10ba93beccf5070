/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The norms of a folded block, a cell each, 20 px high; one can be chosen by click or arrow key.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BF_TYPE_NORM_STRIP (bf_norm_strip_get_type ())
G_DECLARE_FINAL_TYPE (BfNormStrip, bf_norm_strip, BF, NORM_STRIP, GtkWidget)

/* Signal "chosen" (guint cell): by the user. */

GtkWidget *bf_norm_strip_new          (void);
/* norms: n values, or NULL when nothing is measured; a NaN is a norm that is not finite. */
void       bf_norm_strip_set_norms    (BfNormStrip *self, const double *norms, guint n);
void       bf_norm_strip_set_selected (BfNormStrip *self, int cell);   /* -1: none */

G_END_DECLS
