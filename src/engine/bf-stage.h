/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The stages of growing and freezing, and the network of each.
 */
#pragma once

#include "bf-plan.h"

G_BEGIN_DECLS

/* transfer full, of BfStage: those of the plan's spec with an existing layer, first and last within the hidden
 * layers. epochs as given (0: the spec's). Empty: no stages, the whole network trains. */
GArray *bf_stages_list (const BfPlan *plan);

/* The network of a stage, as a plan of its own: absent layers are left out, frozen ones flagged, the output
 * layer starts with the framework's default. rows (may be NULL): gets, transfer full, the index in the whole
 * plan of each of its layers. taken_over (may be NULL): [plan->n_layers], layers whose start does not matter. */
BfPlan *bf_stage_make_plan (const BfPlan *plan, const BfStage *stage, const gboolean *taken_over, guint **rows);

/* Whether a stage freezes a layer (by its index in the whole plan) that is there. */
gboolean bf_stage_freezes (const BfPlan *plan, const BfStage *stage, guint layer);

/* Index in a plan of the first layer that is drawn anew at each stage: the output layer. */
guint   bf_stage_get_output (const BfPlan *plan);

/* Translated: "Dense 1–2 train". */
char   *bf_stage_make_label (const BfPlan *plan, const BfStage *stage);

G_END_DECLS
