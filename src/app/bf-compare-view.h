/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfCompareView puts things side by side, on two pages: "runs", two or more runs of this session;
 * and "study", which another widget fills.
 */
#pragma once

#include "bf-figure-panel.h"
#include "bf-quantity.h"

G_BEGIN_DECLS

#define BF_TYPE_COMPARE_VIEW (bf_compare_view_get_type ())
G_DECLARE_FINAL_TYPE (BfCompareView, bf_compare_view, BF, COMPARE_VIEW, GtkBox)

/* Property "page" (notifies): "runs" or "study". */

void        bf_compare_view_set_session    (BfCompareView *self, BfSession *session);
/* scale_locked: of the ratio; heatmaps beside each other always keep the one scale. */
void        bf_compare_view_set_quantity   (BfCompareView *self, const BfQuantity *quantity, gboolean scale_locked);
BfFigureView *bf_compare_view_get_main     (BfCompareView *self);   /* the heatmaps */
/* The widget of the page "study" (transfer floating); NULL: no such page. Does not turn to it. */
void        bf_compare_view_set_study_page (BfCompareView *self, GtkWidget *child);
gboolean    bf_compare_view_has_study      (BfCompareView *self);
/* "study" without such a page changes nothing. */
void        bf_compare_view_set_page       (BfCompareView *self, const char *name);
const char *bf_compare_view_get_page       (BfCompareView *self);
/* The stack of the pages, for a switcher. */
GtkStack   *bf_compare_view_get_stack      (BfCompareView *self);

G_END_DECLS
