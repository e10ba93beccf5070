/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Something that a user must read, with a Close button. The one place that knows
 * AdwMessageDialog, which later libadwaita replaces. */
void bf_message_show (GtkWindow *parent, const char *heading, const char *body);

G_END_DECLS
