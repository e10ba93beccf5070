/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A figure with its caption row: what it shows, a dim remark, and the export button in the corner.
 */
#pragma once

#include "bf-figure-view.h"

G_BEGIN_DECLS

#define BF_TYPE_FIGURE_PANEL (bf_figure_panel_get_type ())
G_DECLARE_FINAL_TYPE (BfFigurePanel, bf_figure_panel, BF, FIGURE_PANEL, GtkBox)

/* Property "figure": the figure's id, for .ui files. */

BfFigureView *bf_figure_panel_get_view    (BfFigurePanel *self);
/* A small control in the row of the caption, before the button that exports. */
void          bf_figure_panel_add_control (BfFigurePanel *self, GtkWidget *control);
void          bf_figure_panel_set_caption (BfFigurePanel *self, const char *title, const char *remark);

G_END_DECLS
