/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One pass that another program can repeat: the starting weights, the first samples of the training
 * file before any split, as one batch in training mode with dropout off, and nothing updated. With stages it
 * is the first stage's network. Not while a training runs in this process: the kernel is changed for the pass.
 */
#pragma once

#include "../engine/bf-network.h"
#include "../engine/data/bf-dataset.h"

G_BEGIN_DECLS

typedef struct
{
  BfDataset *data;
  BfPlan *plan;         /* of the network: with stages, of the first one's */
  BfNetwork *network;   /* after the backward pass: its input, weights and gradients */
  guint n;
  guint16 *labels;      /* (n), or NULL */
  float *targets;       /* (n, outputs), or NULL */
  double loss;
} BfFirstBatch;

/* spec: effective. folder: data folder asked for, or NULL. */
BfFirstBatch *bf_first_batch_new  (BfSpec *spec, guint n, const char *folder, GError **error);
void          bf_first_batch_free (BfFirstBatch *self);

/* ‖∂L/∂W‖₂ of the w-th layer with weights, counted from 0. */
double bf_first_batch_get_gradient_norm (const BfFirstBatch *self, guint w);

/* {"loss": …, "gradient_norms": […]}, null for what is not finite. Transfer full. */
char *bf_first_batch_print (const BfFirstBatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfFirstBatch, bf_first_batch_free)

G_END_DECLS
