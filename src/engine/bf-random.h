/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * All randomness: one mt19937 for each use, seeded by a hash of the experiment's seed, the
 * permanent id of what draws, its copy, and the purpose. So a layer's weights depend neither on
 * threads nor on what is drawn elsewhere.
 */
#pragma once

#include <glib.h>
#include <gsl/gsl_rng.h>

G_BEGIN_DECLS

/* id: permanent id of a layer, 0 for what belongs to none; purpose: "weight", "shuffle" …
 * transfer full: gsl_rng_free(). */
gsl_rng *bf_random_new (guint64 seed, guint32 id, guint32 copy, const char *purpose);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (gsl_rng, gsl_rng_free)

G_END_DECLS
