/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of the network share.
 */
#pragma once

#include "bf-layer.h"

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
  gboolean input_gradient_known;
};

/* Lists the tensors and takes all memory; everything is at its start but what layers draw. */
gboolean bf_network_allocate (BfNetwork *self, GError **error);
/* Every tensor of a list of n to the constant that it starts with. */
void     bf_network_fill     (BfNetwork *self, const BfParameter *tensors, guint n);

G_END_DECLS
