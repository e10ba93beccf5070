/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfReadout holds the numbers of the one cursor, so that figures stay free of text: the layer's
 * gradient norm and what its stage passes back, exactly, with the factors that multiply to it.
 */
#pragma once

#include <gtk/gtk.h>
#include "../lab/bf-session.h"

G_BEGIN_DECLS

#define BF_TYPE_READOUT (bf_readout_get_type ())
G_DECLARE_FINAL_TYPE (BfReadout, bf_readout, BF, READOUT, GtkBox)

void bf_readout_set_session (BfReadout *self, BfSession *session);

G_END_DECLS
