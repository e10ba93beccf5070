/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What happened during a run, as small flags in a lane above a plot over steps; and the keys of
 * the states that occur.
 */
#pragma once

#include "bf-cells.h"
#include "../engine/bf-run-events.h"

G_BEGIN_DECLS

/* Flags stand on the upper edge of `plot`: grey for facts, accent for a user's change, danger for
 * divergence. Labels thin out before flags do. */
void bf_draw_events     (BfDraw *draw, const BfRect *plot, const BfScale *steps, const BfSnapshot *snapshot);

/* The stage that a step falls in, or NULL. */
const BfStageMark *bf_stage_mark_find (const BfSnapshot *snapshot, guint64 step);

/* Top right: a key for each state whose bit (1 << BfCellState, 1 << BF_N_CELLS for frozen) is set. */
void bf_draw_state_keys (BfDraw *draw, guint states);

G_END_DECLS
