/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfBesideCurves is the figure that stands beside the curves, one of a list; under one that is drawn on request, the
 * bar that asks for it.
 */
#pragma once

#include "bf-figure-panel.h"

G_BEGIN_DECLS

#define BF_TYPE_BESIDE_CURVES (bf_beside_curves_get_type ())
G_DECLARE_FINAL_TYPE (BfBesideCurves, bf_beside_curves, BF, BESIDE_CURVES, GtkBox)

/* The captions of what there is to choose from, translated; transfer full. */
GtkStringList *bf_beside_curves_list        (void);
/* The place of a figure in that list; -1: it is not there. */
int            bf_beside_curves_find        (const char *figure);

void           bf_beside_curves_set_session (BfBesideCurves *self, BfSession *session);
void           bf_beside_curves_choose      (BfBesideCurves *self, guint place);
BfFigureView  *bf_beside_curves_get_view    (BfBesideCurves *self);
/* Whether the figure that is chosen says something before the first step. */
gboolean       bf_beside_curves_shows_start (BfBesideCurves *self);

/* `win.examine` computes what the figure shows, or cancels that. */
void           bf_beside_curves_add_actions (BfBesideCurves *self, GActionMap *window);

G_END_DECLS
