/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfButtonRow shows as many of its buttons as there is room for, four at most; the rest are in the menu
 * "More…" at its end.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BF_TYPE_BUTTON_ROW (bf_button_row_get_type ())
G_DECLARE_FINAL_TYPE (BfButtonRow, bf_button_row, BF, BUTTON_ROW, GtkWidget)

/* Takes all buttons away, and adds one: label, detailed action, and why it is there (NULL: no tooltip). */
void bf_button_row_clear (BfButtonRow *self);
void bf_button_row_add   (BfButtonRow *self, const char *label, const char *action, const char *tooltip);

G_END_DECLS
