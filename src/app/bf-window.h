/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BF_TYPE_WINDOW (bf_window_get_type ())
G_DECLARE_FINAL_TYPE (BfWindow, bf_window, BF, WINDOW, AdwApplicationWindow)

/* A window on a session of its own, with the ready-made experiment `t1-baseline`. */
BfWindow *bf_window_new (GtkApplication *application);

G_END_DECLS
