/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A figure that leaves the program says in its title what is found in it.
 */
#pragma once

#include "../lab/bf-diagnosis.h"
#include "../plot/bf-figure.h"

G_BEGIN_DECLS

/* What the diagnosis says of the gradient's way back, where the figure shows that of one run: of the gradient, at a
 * step from which on it held. findings: of BfFinding, of the figure's first run. Borrowed; NULL: nothing. */
const BfFinding *bf_finding_find_for_figure (GPtrArray *findings, const BfFigure *figure, const BfFigureData *data);

G_END_DECLS
