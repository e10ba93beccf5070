/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What line and plane share: the sample, and the loss over it.
 */
#pragma once

#include "bf-landscape.h"

G_BEGIN_DECLS

typedef struct
{
  BfNetwork *network;    /* borrowed, like the data */
  BfDataset *data;
  guint *order;          /* [samples]: indices of training samples */
  guint batch;
  guint samples;         /* whole batches */
  guint16 *labels;       /* [batch] */
  float *targets;        /* (batch, outputs) */
  float *center;         /* the network's weights, arena-shaped */
  BfProgress *progress;
  double fraction;       /* done so far, for cancelling in between */
} BfLossSample;

gboolean bf_loss_sample_init  (BfLossSample *self, BfNetwork *network, BfDataset *data, BfProgress *progress, GError **error);
void     bf_loss_sample_clear (BfLossSample *self);
void     bf_loss_sample_describe (const BfLossSample *self, guint64 step, BfLandscapeCenter *center);

/* Mean loss and accuracy (NaN without classes) with the network's present weights. gradient: NULL, or gets ∂L/∂θ,
 * arena-shaped, 0 for what is frozen. FALSE: cancelled. */
gboolean bf_loss_sample_pass  (BfLossSample *self, double *loss, double *accuracy, float *gradient, GError **error);
/* The network's weights: center + a d + b e; d and e arena-shaped or NULL. FALSE: cancelled. */
gboolean bf_loss_sample_move  (BfLossSample *self, double a, const float *d, double b, const float *e, GError **error);
void     bf_loss_sample_return (BfLossSample *self);
/* Σ a b over two arenas. FALSE: cancelled. */
gboolean bf_loss_sample_multiply (BfLossSample *self, const float *a, const float *b, double *product, GError **error);

/* An arena of the network's shape, all 0; NULL with an error. g_free(). */
float   *bf_landscape_allocate (BfNetwork *network, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BfLossSample, bf_loss_sample_clear)

G_END_DECLS
