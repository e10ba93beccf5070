/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * BfFigureView shows one figure of src/plot from a session: it draws when something changed (at
 * most thirty times a second), reads out what lies under the pointer, moves the session's cursor
 * by click and arrow keys, says the figure in words to assistive technology, and hands it out by
 * menu, clipboard and drag.
 */
#pragma once

#include <gtk/gtk.h>
#include "bf-scene.h"

G_BEGIN_DECLS

#define BF_TYPE_FIGURE_VIEW (bf_figure_view_get_type ())
G_DECLARE_FINAL_TYPE (BfFigureView, bf_figure_view, BF, FIGURE_VIEW, GtkDrawingArea)

/* Properties: "figure" (id, for .ui files), "runs" (BfSceneRuns), "least-width", "least-height":
 * the size below which it does not go; GtkDrawingArea's content size is what it likes best. */

void            bf_figure_view_set_session  (BfFigureView *self, BfSession *session);
/* In place of a session: what makes its scenes. Tell with bf_figure_view_update() that there is another. */
typedef BfScene *(*BfSceneFunc) (gpointer data);
void            bf_figure_view_set_source   (BfFigureView *self, BfSceneFunc make, gpointer data);
void            bf_figure_view_update       (BfFigureView *self);
void            bf_figure_view_set_runs     (BfFigureView *self, BfSceneRuns which);
void            bf_figure_view_set_quantity (BfFigureView *self, BfTensor tensor, gboolean scale_locked);
/* The step that distributions are shown against, dashed; NULL: the start. */
void            bf_figure_view_set_pinned (BfFigureView *self, const guint64 *step);
/* What heatmap and profile show in place of the tensor's norm; NULL: the norm. */
void            bf_figure_view_set_value    (BfFigureView *self, const BfLayerValue *value);
/* For figures of data: what is known of it, and the chosen cell of the confusion matrix; either may be NULL. */
void            bf_figure_view_set_data     (BfFigureView *self, BfDataFacts *facts, const BfConfusionCell *cell);
/* The cell of the confusion matrix at (x, y). A click on one emits "cell-picked" (label, answer); a click that
 * chose a layer, "layer-picked". */
gboolean        bf_figure_view_pick_cell    (BfFigureView *self, double x, double y, BfConfusionCell *cell);
/* These runs of the session in place of the current one and the one beside it; n 0: those again. */
void            bf_figure_view_set_numbers  (BfFigureView *self, const guint *numbers, guint n);
/* What the user chose for all figures with a loss axis; the property "loss-axis" is its id, and the action figure.loss-axis. */
BfAxis          bf_figure_view_get_loss_axis (void);
GMenuModel     *bf_figure_view_make_axis_menu (void);   /* transfer full */
const BfFigure *bf_figure_view_get_figure   (BfFigureView *self);   /* NULL: no such figure */
/* What it shows now, without read-out; NULL while nothing is measured. Transfer full. */
BfScene        *bf_figure_view_make_scene   (BfFigureView *self);

/* Also actions of the widget: figure.export, figure.copy, figure.save-data. */
void            bf_figure_view_export       (BfFigureView *self);
void            bf_figure_view_copy         (BfFigureView *self);
void            bf_figure_view_save_data    (BfFigureView *self);

G_END_DECLS
