/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * From where on a finding counts: numbers that users can change. Those of the gradient lead with its
 * change from layer to layer, since its size says little: it goes with the loss and the batch.
 */
#pragma once

#include "../engine/bf-kind.h"

G_BEGIN_DECLS

/* The one kind of options that holds all of them: its parameters are the table, for files and preferences. */
const BfKind *bf_thresholds_kind (void);
/* Where the number of a threshold comes from: one sentence, translated. */
const char   *bf_threshold_get_source (const char *id);

/* What differs from the usual numbers, "decades=3,dead=0.5", for the settings; reading takes what it can and
 * leaves the rest as usual. Transfer full. */
char         *bf_thresholds_print     (const BfOptions *self);
BfOptions    *bf_thresholds_parse     (const char *text);

G_END_DECLS
