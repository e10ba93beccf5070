/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A scene is what a figure shows at one moment: the runs of a session with their snapshots held,
 * the cursor, the quantity. The window draws a new one at each change; the export dialog keeps
 * the one that stood when it opened, while training goes on.
 */
#pragma once

#include "../lab/bf-session.h"
#include "../lab/bf-study-queue.h"
#include "../plot/bf-export.h"
#include "../report/bf-family.h"

G_BEGIN_DECLS

/* Which run of the session comes first in a figure; the other one follows, if there is one. Figures
 * of a single run take it for their axes alone. */
typedef enum
{
  BF_SCENE_THIS,
  BF_SCENE_BESIDE,
} BfSceneRuns;

typedef struct _BfScene BfScene;

/* NULL while there is nothing measured to show. */
BfScene *bf_scene_new   (BfSession *session, BfSceneRuns which, BfTensor tensor, gboolean scale_locked);
/* The rows of a study, for the figures that compare them; chosen: a row, counted from 1, or 0. NULL while
 * nothing is measured. */
BfScene *bf_scene_new_for_study (BfStudyQueue *queue, guint chosen);
/* The runs of these numbers, in that order; those that the session no longer has are left out. */
BfScene *bf_scene_new_of_runs (BfSession *session, const guint *numbers, guint n, BfTensor tensor, gboolean scale_locked);
BfScene *bf_scene_ref   (BfScene *self);
void     bf_scene_unref (BfScene *self);

const BfFigureData *bf_scene_get_data  (BfScene *self);   /* lives as long as the scene */
void                bf_scene_set_hover (BfScene *self, const BfCursor *hover);   /* NULL: none */
/* What of it is drawn from now on. */
void                bf_scene_set_part  (BfScene *self, BfDrawPart part);
/* The session's runs of the same experiments with other seeds, for figures that show their spread. */
void                bf_scene_add_seeds (BfScene *self, BfSession *session);
/* The step that distributions are shown against; NULL: the start. */
void                bf_scene_set_pinned (BfScene *self, const guint64 *step);
/* What is known of the data, and the cell of the confusion matrix whose samples are shown; either may be NULL. */
void                bf_scene_set_data  (BfScene *self, BfDataFacts *facts, const BfConfusionCell *cell);
/* How losses are laid out; automatic to begin with. */
void                bf_scene_set_loss_axis (BfScene *self, BfAxis axis);
/* What heatmap and profile show in place of a norm, a row of bf_layer_values(); NULL: the norm. */
void                bf_scene_set_value (BfScene *self, const BfLayerValue *value);
/* The title that an exported figure gets; NULL: the figure's own. */
void                bf_scene_set_title (BfScene *self, const char *title);

/* The base experiment as JSON, for a file to carry; and a file name without ending,
 * "t1-baseline-heatmap". Transfer full. */
char *bf_scene_print_experiment (BfScene *self);
char *bf_scene_suggest_name     (BfScene *self, const BfFigure *figure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfScene, bf_scene_unref)

G_END_DECLS
