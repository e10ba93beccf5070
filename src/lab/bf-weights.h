/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The weights of a network as tensors of a safetensors file, named as the PyTorch script's
 * state_dict names them (bf-code.h), so that either side reads what the other wrote.
 */
#pragma once

#include "bf-run.h"
#include "bf-safetensors.h"
#include "../engine/bf-network.h"

G_BEGIN_DECLS

/* Parameters and running statistics as they are now: of BfTensorValues, transfer full. */
GPtrArray *bf_weights_list (BfNetwork *network);

/* Weights as they were after `step` updates, immutable. */
typedef struct
{
  gatomicrefcount references;
  BfPlan *plan;         /* of the network that they belong to; with stages, of the present one */
  GPtrArray *tensors;   /* as listed */
  gboolean *frozen;     /* [plan->n_layers] */
  guint64 step;
  double rate;          /* the learning rate of the step that comes next */
} BfWeights;

BfWeights *bf_weights_new   (BfNetwork *network, guint64 step, double rate);
BfWeights *bf_weights_ref   (BfWeights *self);
void       bf_weights_unref (BfWeights *self);

/* Copies them into the network. Every parameter must be there, of its shape, all numbers finite; running
 * statistics may lack, and what else is in the file is left alone. On error the network is as it was. */
gboolean   bf_weights_take (BfNetwork *network, GPtrArray *tensors, GError **error);

/* Those of a network of the same plan; nothing is checked. */
void       bf_weights_copy (BfNetwork *network, GPtrArray *tensors);

/* The file's tensors, when they fit the network of a plan; transfer full. Slow: for another thread. */
GPtrArray *bf_weights_load (BfPlan *plan, const char *path, GError **error);

/* Writes those of a run as they are between two of its steps. Waits for that: for another thread. */
gboolean   bf_weights_save (BfRun *run, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfWeights, bf_weights_unref)

G_END_DECLS
