/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#pragma once

#include "bf-figure.h"

/* Sets facts, evaluation and Jacobians of a small network that was trained a little, on data that the figure is
 * for. They live as long as the program. */
void sample_evaluation_fill (const BfFigure *figure, BfFigureData *data);
