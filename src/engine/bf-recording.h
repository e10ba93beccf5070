/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The bounded memory of a training: at most BF_MAX_COLUMNS columns of scalars and BF_MAX_FRAMES
 * frames of histograms, however long it runs. When the columns are full, neighbours are merged
 * pairwise and from then on a column gathers twice as many steps; when the frames are full, every
 * other one goes and their stride doubles. Step 0's frame and the newest one always stay.
 */
#pragma once

#include "bf-bytes.h"
#include "bf-snapshot.h"

G_BEGIN_DECLS

#define BF_MAX_COLUMNS 1024
#define BF_MAX_FRAMES  64     /* besides step 0's and the newest */

typedef struct _BfRecording BfRecording;

BfRecording *bf_recording_new  (guint n_layers);
void         bf_recording_free (BfRecording *self);

/* Adds one step (count 1); what it holds is copied. Allocates only when this completes a column. */
void         bf_recording_add  (BfRecording *self, const BfColumn *step);

/* Whether a frame of this step belongs to the evenly spaced ones. */
/* Steps, at least one, until a column is complete: the extremes, means and shares that it keeps are the last one's. */
guint64      bf_recording_count_missing (const BfRecording *self);
gboolean     bf_recording_wants_frame (const BfRecording *self, guint64 step);
/* transfer full; steps must rise. Any frame may be added: it stays until a newer one comes. */
void         bf_recording_add_frame   (BfRecording *self, BfFrame *frame);

/* transfer full: arrays of references; the column that is still gathering is copied. */
GPtrArray   *bf_recording_get_columns (const BfRecording *self);
GPtrArray   *bf_recording_get_frames  (const BfRecording *self);

/* What no snapshot has of a recording: what is still gathering. */
void         bf_recording_write (const BfRecording *self, BfWriter *writer);
/* transfer full: one without columns and frames; NULL when it cannot be. */
BfRecording *bf_recording_read  (BfReader *reader, guint n_layers);
/* Takes over (by reference) columns and frames of a snapshot of the recording that was written. FALSE: they
 * are not of that one. */
gboolean     bf_recording_take  (BfRecording *self, const GPtrArray *columns, const GPtrArray *frames);

/* Bytes that the recording of a network can come to hold, whatever its number of steps;
 * n_histograms: tensors of all layers together. */
gsize        bf_recording_get_limit   (guint n_layers, guint n_histograms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfRecording, bf_recording_free)

G_END_DECLS
