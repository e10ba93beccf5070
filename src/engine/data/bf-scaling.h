/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Input scaling: x = (value − offset) · factor for each feature, with offset and factor taken from
 * the training split alone, so that nothing of the validation and test samples leaks into it.
 */
#pragma once

#include "bf-dataset.h"

G_BEGIN_DECLS

/* A row of bf_scalings(). fit() fills offset and factor (raw->inputs each) from the n samples
 * `rows` (indices into raw). */
typedef struct
{
  BfKind kind;
  void (*fit) (const BfRawData *raw, const guint *rows, guint n, float *offset, float *factor);
} BfScaling;

G_END_DECLS
