/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Data, loss, optimizer, learning rate, batch, epochs, seed: what is trained on and how.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-session.h"

G_BEGIN_DECLS

#define BF_TYPE_TRAINING_SETTINGS (bf_training_settings_get_type ())
G_DECLARE_FINAL_TYPE (BfTrainingSettings, bf_training_settings, BF, TRAINING_SETTINGS, GtkBox)

void bf_training_settings_set_session (BfTrainingSettings *self, BfSession *session);

G_END_DECLS
