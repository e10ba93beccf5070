/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfGradientsView is evidence: the heatmap of layer and step, of one run or of two above each
 * other on one scale, and beside it the profile over the layers at the cursor's step.
 */
#pragma once

#include "bf-figure-panel.h"
#include "bf-quantity.h"

G_BEGIN_DECLS

#define BF_TYPE_GRADIENTS_VIEW (bf_gradients_view_get_type ())
G_DECLARE_FINAL_TYPE (BfGradientsView, bf_gradients_view, BF, GRADIENTS_VIEW, GtkWidget)

void          bf_gradients_view_set_session  (BfGradientsView *self, BfSession *session);
void          bf_gradients_view_set_quantity (BfGradientsView *self, const BfQuantity *quantity, gboolean scale_locked);
BfFigureView *bf_gradients_view_get_main     (BfGradientsView *self);   /* the heatmap of this run */

G_END_DECLS
