/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfRunsMenu lists the runs of the session: which of them stands beside the current one, and
 * which may go. It is the popover of the "With Run 1" button.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-session.h"

G_BEGIN_DECLS

#define BF_TYPE_RUNS_MENU (bf_runs_menu_get_type ())
G_DECLARE_FINAL_TYPE (BfRunsMenu, bf_runs_menu, BF, RUNS_MENU, GtkPopover)

void bf_runs_menu_set_session (BfRunsMenu *self, BfSession *session);

/* Signal "remove" (guint number): the user asked to remove the run of that number. */

G_END_DECLS
