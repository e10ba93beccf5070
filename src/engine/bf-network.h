/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A plan compiled: one arena for parameters, one for gradients, one for activations and their
 * gradients. All memory is taken at the start; a step allocates nothing.
 */
#pragma once

#include "bf-batch-rows.h"
#include "bf-crew.h"
#include "bf-optimizer.h"
#include "bf-plan.h"

#include <gsl/gsl_rng.h>

G_BEGIN_DECLS

typedef struct _BfNetwork BfNetwork;

/* One parameter tensor, row-major; its gradient stands in the other arena at the same place. */
typedef struct
{
  guint layer;          /* index in the plan */
  const char *name;     /* "weight", "bias", "scale", "shift", "projection" */
  guint rows, columns;  /* a vector has one row */
  gsize offset;         /* in the arenas, in floats */
  float *value;
  float *gradient;      /* NULL: a buffer */
  gboolean frozen;
  float start;          /* what every element starts with, unless the layer draws it */
} BfParameter;

/* Draws the starting weights (mt19937 per layer, seeded by seed, permanent id, copy, purpose).
 * batch: the largest number of samples in a step. A plan with an error gives that error. */
BfNetwork *bf_network_new  (BfPlan *plan, guint64 seed, guint batch, GError **error);
void       bf_network_free (BfNetwork *self);

BfPlan            *bf_network_get_plan       (BfNetwork *self);
guint              bf_network_get_batch      (BfNetwork *self);
guint              bf_network_get_n_parameters (BfNetwork *self);   /* tensors */
const BfParameter *bf_network_get_parameters (BfNetwork *self);
/* Floats in an arena; tensors begin at multiples of 64 bytes, and what lies between them is 0. */
gsize              bf_network_get_size       (BfNetwork *self);
float             *bf_network_get_values     (BfNetwork *self);     /* the parameter arena */
float             *bf_network_get_gradients  (BfNetwork *self);
/* NULL when the layer has no parameter of that name. */
const BfParameter *bf_network_find_parameter (BfNetwork *self, guint layer, const char *name);

/* A number that is another one as soon as the tensor's values may be others: as long as it stays, an update has changed no
 * bit, and nobody has asked for a pointer to values, by any of the functions above. Keep none beyond a step. */
guint64            bf_network_get_written    (const BfNetwork *self, guint tensor);

/* Between steps: whether a layer's tensors are updated. */
void               bf_network_set_frozen     (BfNetwork *self, guint layer, gboolean frozen);

/* Buffers: what training passes change and no optimizer ("running-mean", "running-var"); in an arena of
 * their own, laid out like the parameters', of get_buffer_size() floats. They belong in a checkpoint. */
guint              bf_network_get_n_buffers     (BfNetwork *self);
const BfParameter *bf_network_get_buffers       (BfNetwork *self);
gsize              bf_network_get_buffer_size   (BfNetwork *self);
float             *bf_network_get_buffer_values (BfNetwork *self);
const BfParameter *bf_network_find_buffer       (BfNetwork *self, guint layer, const char *name);

/* The generator of a layer whose training passes draw (dropout), or NULL; its state (gsl_rng_state())
 * belongs in a checkpoint. */
gsl_rng *bf_network_get_random     (BfNetwork *self, guint layer);
/* All generators to where they were in the new network. */
void     bf_network_restart_random (BfNetwork *self);
/* Off: training passes draw nothing, and dropout keeps everything. At first on. */
void     bf_network_set_draws      (BfNetwork *self, gboolean on);

/* Whether a training batch of one sample is of no use (batch norm): it is to be dropped. */
gboolean bf_network_needs_two_samples (BfNetwork *self);

/* Threads that share the passes and the update; one when a step is too small to gain. Returns how many. The weights
 * become the same bits with any number. At first one. */
guint   bf_network_set_threads (BfNetwork *self, guint threads);
/* NULL: one thread. */
BfCrew *bf_network_get_crew    (BfNetwork *self);

/* One update of n floats of the arena from `offset` on, whole tensors; state: the optimizer's arena. */
void    bf_network_update (BfNetwork *self, const BfOptimizer *optimizer, const BfOptions *options, float rate,
                           guint64 step, gsize offset, gsize n, float *state);

/* Where a batch is to be written: (batch, inputs) row-major. */
float *bf_network_get_input  (BfNetwork *self);
/* Output of a layer (n, outputs), and ∂L/∂ of it after backward. The last layer's output are the logits. */
float *bf_network_get_output (BfNetwork *self, guint layer);
float *bf_network_get_output_gradient (BfNetwork *self, guint layer);
/* Which rows of them are there at present, while nobody has asked for them by the two functions above: others stand empty.
 * With no row of the output's gradient, those of the layer's parameters are 0. */
const BfBatchRows *bf_network_get_output_rows   (const BfNetwork *self, guint layer);
const BfBatchRows *bf_network_get_gradient_rows (const BfNetwork *self, guint layer);
/* ∂L/∂input (n, inputs); only after a backward pass with input_gradient, else NULL. */
float *bf_network_get_input_gradient  (BfNetwork *self);

/* Scales the weights of layers that start with a data-driven initializer (LSUV) so that their outputs have
 * variance 1 for the n samples in the input. Once, before the first step; does nothing without such layers. */
void   bf_network_lsuv     (BfNetwork *self, guint n);

/* Forward pass of n samples in the input. training: dropout, batch statistics. */
void   bf_network_forward  (BfNetwork *self, guint n, gboolean training);
/* Loss of the last forward pass (mean, in double), writes ∂L/∂output. labels (n) or targets
 * (n, outputs). correct: NULL, or gets the number of samples whose largest output is the label. */
double bf_network_loss     (BfNetwork *self, guint n, const guint16 *labels, const float *targets, guint *correct);
/* Backward pass from ∂L/∂output: fills every gradient (overwrites). */
void   bf_network_backward (BfNetwork *self, guint n, gboolean input_gradient);
/* The same no further than that layer: what stands in the gradients before it is of no use. */
void   bf_network_backward_to (BfNetwork *self, guint n, guint layer);

/* The same passes in one thread, cut so that `go_on` is asked every few hundredths of a second at any size, and with every
 * sample computed: bit for bit the same, but for the rounding where samples are the same or nearly so. FALSE as soon as that is FALSE; outputs and gradients are then those of no pass. */
typedef gboolean (*BfGoOn) (gpointer data, GError **error);

gboolean bf_network_forward_while  (BfNetwork *self, guint n, gboolean training, BfGoOn go_on, gpointer data, GError **error);
gboolean bf_network_backward_while (BfNetwork *self, guint n, BfGoOn go_on, gpointer data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfNetwork, bf_network_free)

G_END_DECLS
