/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A number has no letters that would tell its direction: in a window from right to left it would
 * come out turned ("% 12"), so a mark tells it. */
void  bf_number_label_set  (GtkLabel *label, const char *number);
/* The same of a number in a list, in the program's direction; transfer full. */
char *bf_number_label_mark (const char *number);

G_END_DECLS
