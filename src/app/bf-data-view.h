/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The data and what the network makes of it: facts and samples at the left; at the right the confusion
 * matrix, the decision surface or targets against answers, over the worst mistakes, the units'
 * responses or the first layer's weights. While it is seen, it asks the run for an evaluation about
 * once a second.
 */
#pragma once

#include "bf-figure-view.h"

G_BEGIN_DECLS

#define BF_TYPE_DATA_VIEW (bf_data_view_get_type ())
G_DECLARE_FINAL_TYPE (BfDataView, bf_data_view, BF, DATA_VIEW, GtkBox)

void          bf_data_view_set_session (BfDataView *self, BfSession *session);
/* The figure that "export" means when none has the focus. */
BfFigureView *bf_data_view_get_main    (BfDataView *self);
/* Shows the samples of a cell of the confusion matrix; NULL: the worst mistakes again. */
void          bf_data_view_set_cell    (BfDataView *self, const BfConfusionCell *cell);

G_END_DECLS
