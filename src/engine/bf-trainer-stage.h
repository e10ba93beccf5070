/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What lives for a stage of a training: network, probe, optimizer. Without stages there is one, of the
 * plan itself. Between stages the layers' values are kept aside, by their index in the whole plan.
 */
#pragma once

#include "bf-network.h"
#include "bf-optimizer.h"
#include "bf-probe.h"

G_BEGIN_DECLS

/* What a layer that once trained takes along. */
typedef struct
{
  float *values;     /* its parameter tensors, one after the other */
  gsize n_values;
  float *buffers;
  gsize n_buffers;
  gsl_rng *random;   /* or NULL */
} BfKept;

typedef struct
{
  guint index;
  gboolean grows;        /* FALSE: there are no stages */
  BfStage stage;
  BfPlan *whole;
  BfPlan *plan;          /* of this network */
  guint *rows;           /* [plan->n_layers]: index in the whole plan */
  BfNetwork *network;
  BfProbe *probe;
  const BfOptimizer *optimizer;
  float *state;          /* of the optimizer */
  gsize state_size;      /* floats */
  GArray *runs;          /* neighbouring parameters that are updated together: all but the frozen */
  guint first_trained;   /* layer; 0 when none is */
} BfTrainerStage;

/* stages: as bf_stages_list(); kept: NULL, or of BfKept or NULL, [whole->n_layers], which is taken over. */
BfTrainerStage *bf_trainer_stage_new  (BfPlan *whole, const GArray *stages, guint index, GPtrArray *kept, GError **error);
/* Whether the network of a stage can be made, without drawing its weights. */
gboolean        bf_trainer_stage_try  (BfPlan *whole, const GArray *stages, guint index, GError **error);
void            bf_trainer_stage_free (BfTrainerStage *self);

/* Puts aside all but the output layer. */
void bf_trainer_stage_keep   (BfTrainerStage *self, GPtrArray *kept);
/* frozen: [whole->n_layers], besides those that the stage freezes. Allocates nothing once called. */
void bf_trainer_stage_freeze (BfTrainerStage *self, const gboolean *frozen);
/* step: from 1, in the stage. */
void bf_trainer_stage_update (BfTrainerStage *self, float rate, guint64 step);

/* What a layer of a plan keeps besides parameters. */
gsize    bf_trainer_stage_count_buffers (const BfPlan *plan, guint layer);
gboolean bf_trainer_stage_draws         (const BfPlan *plan, guint layer);

GPtrArray *bf_kept_array_new (guint n_layers);
BfKept    *bf_kept_new       (gsize n_values, gsize n_buffers);
void       bf_kept_free      (BfKept *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfTrainerStage, bf_trainer_stage_free)

G_END_DECLS
