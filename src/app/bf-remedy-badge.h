/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A small button with a remedy's name, beside a setting that the remedy decides: goes to it.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-remedy.h"

G_BEGIN_DECLS

/* badge: with a label as its child and the action win.remedy-show. remedy: NULL hides it. */
void bf_remedy_badge_set (GtkWidget *badge, const BfRemedy *remedy);

G_END_DECLS
