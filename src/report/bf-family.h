/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Families of remedies: words in the laboratory, colors and marks in figures.
 */
#pragma once

#include "../engine/bf-spec.h"
#include "../plot/bf-style.h"

G_BEGIN_DECLS

/* The family of a run (a remedy's family id) as the figures know it. */
BfFamily bf_family_from_id   (const char *id);
/* Of the first remedy of an experiment that is on. */
BfFamily bf_family_from_spec (const BfSpec *base);

G_END_DECLS
