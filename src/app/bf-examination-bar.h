/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfExaminationBar stands under a figure that is drawn on request: it computes what the figure shows with the weights
 * as they are, says how far that is, cancels it, and says of a result what step it is of.
 */
#pragma once

#include <gtk/gtk.h>

#include "../lab/bf-session.h"

G_BEGIN_DECLS

#define BF_TYPE_EXAMINATION_BAR (bf_examination_bar_get_type ())
G_DECLARE_FINAL_TYPE (BfExaminationBar, bf_examination_bar, BF, EXAMINATION_BAR, GtkBox)

/* Signal "result": the current run has another one, or another run is current. */

void     bf_examination_bar_set_session (BfExaminationBar *self, BfSession *session);
/* The figure's id is that of its examination; of any other the bar is not seen. */
void     bf_examination_bar_set_figure  (BfExaminationBar *self, const char *figure);
/* As the button does: computes, or cancels what is under way. FALSE: there is nothing to examine. */
gboolean bf_examination_bar_activate    (BfExaminationBar *self);

G_END_DECLS
