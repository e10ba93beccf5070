/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Snapshots of one step for tests of the network picture, made layer by layer.
 */
#pragma once

#include "bf-snapshot.h"

typedef struct
{
  guint hidden;          /* dense layers of 128 units with an activation, then an output of 10 */
  guint skip_every;      /* an add after every so many layers, from so many layers before; 0: none */
  const char *norm;      /* kind of a normalization in front of each activation, by the remedy; NULL */
  const char *activation;     /* NULL: sigmoid */
  const char *activation_remedy;   /* NULL: the student's own */
  guint frozen;          /* the first so many layers */
  double output;         /* log10 of the gradient's norm at the loss */
  double decades;        /* lost from layer to layer */
  gboolean folded;       /* one block, repeated */
} SampleFlow;

/* Norms 10^(output − decades · layers from the loss); a skip gives its whole gradient back at its
 * start. below 1e-45 they are exactly zero. */
BfSnapshot *sample_flow_new (const SampleFlow *sample);
/* Writes the gradient of layer w's stage (−1: ∂L/∂input). 0, NaN and infinities too. */
void        sample_flow_set (BfSnapshot *self, int weighted, double norm);
