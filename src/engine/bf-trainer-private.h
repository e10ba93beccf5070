/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the files of the trainer share.
 */
#pragma once

#include "bf-recording.h"
#include "bf-trainer-stage.h"
#include "bf-trainer.h"

G_BEGIN_DECLS

struct _BfTrainer
{
  BfPlan *plan;            /* of the whole network */
  BfDataset *data;
  guint threads;
  GArray *stages;          /* of BfStage; empty: one, the whole network */
  guint n_stages;          /* at least 1 */
  guint64 *begins;         /* [n_stages]: step at which each began, of those begun */
  guint64 *ends;           /* [n_stages]: … and is to end */
  BfTrainerStage *stage;   /* the present one */
  GPtrArray *kept;         /* of BfKept or NULL, [plan->n_layers]: layers that are not there at present */
  gboolean *frozen;        /* [plan->n_layers], by the user */
  BfOptions *clipping;
  BfRecording *recording;

  gsl_rng *random;         /* of the shuffles */
  guint *order;            /* [n_train] */
  guint n_train;
  guint batch;
  guint16 *labels;
  float *targets;
  float *sample;

  guint64 steps;           /* updates made */
  guint64 planned;
  guint64 steps_per_epoch;
  double learning_rate;    /* the base rate */
  gboolean recording_on;
  gboolean passed_briefly; /* the last step was */
  gboolean brief;          /* nobody looks: what merging with later steps loses is not measured */
  gboolean measured;       /* a step of this stage has been measured, all of it */
  gboolean primed;         /* the pass of the next step is already made */
  gboolean frame_wanted;   /* someone looks: measure a frame at the next step */
  guint64 framed;          /* step of the newest frame */
  BfColumn *start;
  BfColumn *step;          /* scratch; rows of absent layers are empty */
  guint n;                 /* samples of the last pass */
  double loss, accuracy;   /* of the last pass */

  double loss_sum, accuracy_sum;   /* of the epoch */
  GArray *epochs;
  GPtrArray *marks;
  double test_loss, test_accuracy;
  BfOutcome outcome;
  guint diverged_layer;
  BfDivergedWhat diverged_what;
  double seconds[2];       /* training time of the window before and of this one */
  guint64 counts[2];       /* their steps */
};

/* The present stage, instead of the one before; takes it. */
void bf_trainer_enter_stage (BfTrainer *self, BfTrainerStage *stage);

G_END_DECLS
