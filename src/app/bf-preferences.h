/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The preferences, each bound to its setting: a change acts and is kept at once. The one place
 * that knows AdwPreferencesWindow, which later libadwaita replaces.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BF_TYPE_PREFERENCES (bf_preferences_get_type ())
G_DECLARE_FINAL_TYPE (BfPreferences, bf_preferences, BF, PREFERENCES, AdwPreferencesWindow)

void bf_preferences_present (GtkWindow *parent);

G_END_DECLS
