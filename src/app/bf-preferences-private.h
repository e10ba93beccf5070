/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of the preferences share.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef struct
{
  AdwPreferencesGroup *group;   /* borrowed */
  GtkWidget *reset;
  GPtrArray *spins;             /* borrowed, one a threshold */
  gulong handler;
} BfPreferencesThresholds;

/* With group and reset set: makes the rows, and keeps them and the setting together until cleared. */
void bf_preferences_thresholds_init  (BfPreferencesThresholds *self);
void bf_preferences_thresholds_clear (BfPreferencesThresholds *self);

G_END_DECLS
