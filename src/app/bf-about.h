/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* AdwAboutWindow gives way to a dialog in later libadwaita: the one place that names it. */
void bf_about_present (GtkWindow *parent);

G_END_DECLS
