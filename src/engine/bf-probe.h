/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Reads a network between its backward pass and the update: statistics of every tensor into a
 * column, histograms into a frame, and the first thing that is not finite.
 */
#pragma once

#include "bf-network.h"
#include "bf-snapshot.h"

G_BEGIN_DECLS

typedef struct _BfProbe BfProbe;

BfProbe *bf_probe_new  (BfNetwork *network);   /* the network outlives it */
void     bf_probe_free (BfProbe *self);
/* The rows of columns and frames that the layers have, where those are of a larger network; rows outlive it. */
void     bf_probe_set_rows (BfProbe *self, const guint *rows, guint n_rows);
/* [layer]: update ratios as last measured, to be kept and written back. */
float   *bf_probe_get_ratios (BfProbe *self);
/* Writes which parameters are frozen now into a column. */
void     bf_probe_flag_frozen (BfProbe *self, BfColumn *column);
guint    bf_probe_get_n_tensors (const BfProbe *self);   /* of all layers together */

/* Statistics of all tensors of a step of n samples; update ratios are those last measured. brief: what merging with a
 * later step loses, and sizes, norms and states have no need of, stays as the column has it. */
void     bf_probe_measure (BfProbe *self, guint n, gboolean brief, BfColumn *column);
/* The same, brief, where the backward pass went no further than layer `first`: there are no gradients before it. */
void     bf_probe_measure_from (BfProbe *self, guint n, guint first, BfColumn *column);
/* Histograms of all tensors (transfer full). Allocates. */
BfFrame *bf_probe_count   (BfProbe *self, guint n, guint64 step);
/* Of some tensors, a bit 1 << BfTensor for each kind that is wanted: statistics into the column and histograms into the
 * frame, one of bf_probe_count(); either may be NULL. Allocates nothing. */
void     bf_probe_read_tensors (BfProbe *self, guint n, guint wanted, BfColumn *column, BfFrame *frame);
/* ‖∂L/∂input‖₂; NaN when the backward pass did not go that far. */
float    bf_probe_get_input_gradient (BfProbe *self, guint n);

/* The first that is not finite: outputs from input to output, the loss, gradients from output to
 * input, parameters. column: what bf_probe_measure() found, or NULL to look here. FALSE: all finite. */
gboolean bf_probe_find_nonfinite  (BfProbe *self, guint n, double loss, const BfColumn *column,
                                   BfDivergedWhat *what, guint *layer);
/* Parameters only. */
gboolean bf_probe_find_nonfinite_parameter (BfProbe *self, guint *layer);

/* Around an update: keeps the weights, then writes the update ratios. */
void     bf_probe_keep_weights  (BfProbe *self);
void     bf_probe_measure_update (BfProbe *self, BfColumn *column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfProbe, bf_probe_free)

G_END_DECLS
