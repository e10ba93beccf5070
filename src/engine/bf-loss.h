/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Losses: the table bf_losses() has a row each. Both are accumulated in double, so that they are
 * finite for any finite float32 outputs.
 */
#pragma once

#include "bf-kind.h"

G_BEGIN_DECLS

typedef struct
{
  BfKind kind;
  gboolean needs_classes;
  /* Mean loss of n samples; writes ∂L/∂output (n, outputs). labels (n), or targets (n, outputs). */
  double (*compute) (guint n, guint outputs, const float *output, const guint16 *labels,
                     const float *targets, float *gradient);
} BfLoss;

G_END_DECLS
