/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Trains one network on one dataset, a step at a time, and records what it measures. Everything
 * is decided by the spec, its seed and the number of threads. Belongs to one thread at a time.
 *
 * With stages (spec->stages) the network grows: each stage has its own network and optimizer, and takes
 * over the weights of the layers that both have. Schedule and warm-up run over the stage. What is recorded
 * speaks of the whole network: a layer that is not there yet has tensors of size 0, NaN for its ratios.
 */
#pragma once

#include "bf-network.h"
#include "bf-snapshot.h"
#include "data/bf-dataset.h"

G_BEGIN_DECLS

typedef struct _BfTrainer BfTrainer;

typedef enum
{
  BF_STEP_MADE,
  BF_STEP_FINISHED,   /* all planned steps are made; nothing was done */
  BF_STEP_DIVERGED,   /* nothing was updated; the snapshot says where */
} BfStepResult;

/* The number of threads that the window and the command line use when none is asked for. */
guint bf_trainer_get_default_threads (void);

/* A plan with an error, or one that does not fit the data, gives that error. Makes the starting
 * weights and measures step 0 (the snapshot's `start` and first frame) without any update. */
BfTrainer *bf_trainer_new  (BfPlan *plan, BfDataset *data, guint threads, GError **error);
void       bf_trainer_free (BfTrainer *self);

/* One forward and backward pass, the record of it, and the update. After an epoch's last step the
 * validation split is evaluated; after the last planned step the test split. */
BfStepResult bf_trainer_step (BfTrainer *self);

/* Plan `steps` in all (counted from step 0), in place of epochs. With stages: across all of them; more than
 * were planned prolong the last stage, fewer end in the stage they end in. */
void bf_trainer_set_planned (BfTrainer *self, guint64 steps);
/* Plan as if the spec had so many epochs; stages with epochs of their own, and those past, keep theirs. */
void bf_trainer_set_epochs (BfTrainer *self, guint epochs);
guint64 bf_trainer_get_planned (const BfTrainer *self);
guint64 bf_trainer_get_steps_per_epoch (const BfTrainer *self);

/* Of the step to be made, by rate and schedule. */
double  bf_trainer_get_learning_rate (const BfTrainer *self);
/* Live changes, from the next step on; leave a mark. */
void bf_trainer_set_learning_rate (BfTrainer *self, double rate);
/* All copies of the layer with that permanent id; what a stage freezes stays frozen. */
void bf_trainer_set_frozen (BfTrainer *self, guint32 layer, gboolean frozen);
void bf_trainer_set_clipping (BfTrainer *self, const BfOptions *clipping);
/* How many threads share a step from the next one on. Nothing else changes, not a bit. */
void bf_trainer_set_threads (BfTrainer *self, guint threads);

/* Off: no statistics are taken (the start still is). */
void bf_trainer_set_recording (BfTrainer *self, gboolean on);

/* Whether nobody takes a snapshot after the next step, nor after those that follow until this is called again. Such
 * steps then measure only what stays of them: norms, their extremes and states. What the columns hold when they are
 * complete is the same to the last bit; of one that is not, extremes, means and shares may be an earlier step's. Only the gradients of
 * frozen layers before the first that trains are left out of such steps, as those of layers that are not there. */
void bf_trainer_set_brief (BfTrainer *self, gboolean brief);

/* Ends the run as cancelled. */
void bf_trainer_cancel (BfTrainer *self);

/* transfer full; cheap (pointers), allowed between any two steps. */
BfSnapshot *bf_trainer_snapshot (BfTrainer *self);

/* All that going on bit for bit needs, but for what is complete of the recording; between any two steps.
 * Little-endian, with magic, version, length and check sum (bf-checkpoint.c tells the layout). */
GBytes *bf_trainer_save (BfTrainer *self);
/* self: newly made from the same plan, data and threads. Bytes that are damaged or of another training give
 * an error and leave self as it was. */
gboolean bf_trainer_restore (BfTrainer *self, GBytes *bytes, GError **error);
/* After bf_trainer_restore(): takes over columns, frames, epochs and marks of a snapshot taken at the same
 * step as the checkpoint. One that does not fit gives an error and changes nothing. */
gboolean bf_trainer_restore_recording (BfTrainer *self, const BfSnapshot *snapshot, GError **error);

/* The network that is trained, with stages that of the present one, freed when the next begins;
 * between steps only, and only to be read. */
BfNetwork *bf_trainer_get_network (BfTrainer *self);

/* After the network's values were replaced, before the first step: measures step 0 anew. */
void bf_trainer_measure_start (BfTrainer *self);

/* Mean loss and accuracy (NaN without classes) over a split, file order, batches of the training size. */
void bf_trainer_evaluate (BfTrainer *self, BfPart part, double *loss, double *accuracy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfTrainer, bf_trainer_free)

G_END_DECLS
