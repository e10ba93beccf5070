/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * An optimizer turns gradients into updates, as PyTorch defines each: one file in optimizers/ that ends in
 * one const BfOptimizer, and one word in optimizers/meson.build. State lies in one arena of `state_size` ×
 * parameters floats.
 */
#pragma once

#include "bf-spec.h"

G_BEGIN_DECLS

typedef struct
{
  BfKind kind;
  guint state_size;     /* floats of state a parameter */
  /* Updates n parameters in place. step counts from 1. state: state_size arrays of n floats, at
   * first zero, `stride` floats apart. */
  void (*update) (const BfOptions *options, float learning_rate, guint64 step, gsize n,
                  float *restrict values, const float *restrict gradients, float *restrict state, gsize stride);
} BfOptimizer;

G_END_DECLS
