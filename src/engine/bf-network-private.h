/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of the network share.
 */
#pragma once

#include "bf-layer.h"
#include "bf-batch-rows.h"

G_BEGIN_DECLS

struct _BfNetwork
{
  BfPlan *plan;
  guint batch;
  BfCrew *crew;            /* NULL: one thread */
  guint64 seed;
  BfPass *passes;          /* one a layer */
  gboolean *shared;        /* [layer]: a later layer adds its output */
  gsl_rng **random;        /* [layer], NULL: draws nothing */
  gboolean draws;          /* whether passes draw */

  BfParameter *parameters;
  guint n_parameters;
  gsize size;
  float *values;
  float *gradients;
  guint64 writes;          /* counts them … */
  guint64 *written;        /* [tensor]: … when its values were last changed by an update … */
  guint64 handed_out;      /* … and when anybody else was last given a pointer to values */
  gint *changed;           /* [tensor]: by the update under way */

  BfParameter *buffers;
  guint n_buffers;
  gsize buffer_size;
  float *buffer_values;

  float *activity;         /* holds all that follows, for a whole batch */
  float **outputs;         /* [layer] */
  float **output_gradients;
  float *input;
  float *input_gradient;
  float *spare;
  float **scratch;         /* [layer], what the layer kind asks for */

  gboolean *searched;      /* [layer]: its products are worth a look for rows that are the same, or zero */
  gboolean searches;       /* some are */
  gboolean *same;          /* [layer]: in the last pass all rows of its input were, and it was computed for one */
  BfBatchRows *output_rows;     /* [layer]: what is there of its output */
  BfBatchRows *gradient_rows;   /* [layer]: … and of the gradient of it */
  guint forward_n, backward_n;   /* samples of the last passes */
  guint8 *which;           /* [batch]: of the distinct rows of the loss's gradient */
  guint8 *first;           /* [batch]: 0 */
  float *differences;      /* (batch, inputs) of the widest layer searched: of its rows and the first */
  float *distinct;         /* (BF_MAX_DISTINCT_ROWS, outputs): of the loss's gradient */
  gboolean input_gradient_known;
};

/* Lists the tensors and takes all memory; everything is at its start but what layers draw. */
gboolean bf_network_allocate (BfNetwork *self, GError **error);
/* Every tensor of a list of n to the constant that it starts with. */
void     bf_network_fill     (BfNetwork *self, const BfParameter *tensors, guint n);

/* One layer's forward pass for n samples, all of it in this thread. */
void     bf_network_forward_layer (BfNetwork *self, guint layer, guint n, gboolean training);
/* Before a pass, or instead of one that looks for rows: every sample's row is there. */
void     bf_network_forget_rows (BfNetwork *self, BfBatchRows *rows);
/* Writes every sample's row of a layer's output, or of its gradient, where it is missing. */
void     bf_network_spread_output   (BfNetwork *self, guint layer);
void     bf_network_spread_gradient (BfNetwork *self, guint layer);

G_END_DECLS
