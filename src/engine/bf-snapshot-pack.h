/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A snapshot as bytes and back, whole or in parts. Each part stands by itself (magic, version, length and
 * check sum, little-endian), so that of a long recording only the parts that changed are written: columns
 * of one run that agree in number, in the first's first and in the last's last step hold the same, and a
 * frame is told by its step.
 */
#pragma once

#include "bf-bytes.h"
#include "bf-snapshot.h"

G_BEGIN_DECLS

/* A good number of columns a part. */
#define BF_PACK_COLUMNS 64

/* All of it, in one. */
GBytes     *bf_snapshot_pack   (const BfSnapshot *self);
/* plan: what the snapshot's plan was. Damaged bytes, or those of another plan, give an error. */
BfSnapshot *bf_snapshot_unpack (GBytes *bytes, BfPlan *plan, GError **error);

/* In parts: all but columns and frames; columns first … first + n - 1; one frame. */
GBytes     *bf_snapshot_pack_head    (const BfSnapshot *self);
GBytes     *bf_snapshot_pack_columns (const BfSnapshot *self, guint first, guint n);
GBytes     *bf_snapshot_pack_frame   (const BfSnapshot *self, guint index);

/* Back: the head first, then columns and frames, in order. */
BfSnapshot *bf_snapshot_unpack_head    (GBytes *bytes, BfPlan *plan, GError **error);
gboolean    bf_snapshot_unpack_columns (BfSnapshot *self, GBytes *bytes, GError **error);
gboolean    bf_snapshot_unpack_frame   (BfSnapshot *self, GBytes *bytes, GError **error);

/* Within other bytes. Reading gives, transfer full, a column or frame even when the reader failed. */
void      bf_column_write (const BfColumn *self, BfWriter *writer);
BfColumn *bf_column_read  (BfReader *reader, guint n_layers);
void      bf_frame_write  (const BfFrame *self, BfWriter *writer);
BfFrame  *bf_frame_read   (BfReader *reader, guint n_layers);

G_END_DECLS
