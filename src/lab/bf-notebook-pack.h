/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A recording as bytes: every column and every frame by itself, since they never change once
 * complete, and a summary of the rest. Little-endian, the same on every machine.
 */
#pragma once

#include "../engine/bf-snapshot.h"

G_BEGIN_DECLS

GBytes   *bf_pack_column   (const BfColumn *column);
BfColumn *bf_unpack_column (GBytes *bytes, guint n_layers);   /* NULL: damaged, or of another network */
GBytes   *bf_pack_frame    (const BfFrame *frame);
BfFrame  *bf_unpack_frame  (GBytes *bytes, guint n_layers);

/* The shape of the data, the start, the sample, and all single numbers. */
GBytes   *bf_pack_summary   (const BfSnapshot *snapshot);
/* A snapshot without columns, frames, epochs and marks, of this effective spec; NULL as above. */
BfSnapshot *bf_unpack_summary (GBytes *bytes, BfSpec *effective);

G_END_DECLS
