/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfHistogramsView shows how large single values are: ridgelines of every layer; a click on a ridge
 * (or Return) opens the layer beside them, enlarged and with its facts, and it follows the cursor
 * until it is closed.
 */
#pragma once

#include "bf-figure-panel.h"
#include "bf-quantity.h"

G_BEGIN_DECLS

#define BF_TYPE_HISTOGRAMS_VIEW (bf_histograms_view_get_type ())
G_DECLARE_FINAL_TYPE (BfHistogramsView, bf_histograms_view, BF, HISTOGRAMS_VIEW, GtkBox)

void          bf_histograms_view_set_session  (BfHistogramsView *self, BfSession *session);
void          bf_histograms_view_set_quantity (BfHistogramsView *self, const BfQuantity *quantity, gboolean scale_locked);
BfFigureView *bf_histograms_view_get_main     (BfHistogramsView *self);   /* the ridgelines */

void          bf_histograms_view_open         (BfHistogramsView *self);
gboolean      bf_histograms_view_close        (BfHistogramsView *self);   /* whether a layer was open */

G_END_DECLS
