/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The activations' float32 loops, for the table in bf-activation.c alone.
 */
#pragma once

#include <glib.h>

#define BF_ACTIVATION_LOOPS(name)                                                                   \
  void bf_##name##_forward (gsize n, const float *restrict x, float *restrict y);                   \
  void bf_##name##_backward (gsize n, const float *restrict x, const float *restrict y,             \
                             const float *restrict dy, float *restrict dx);

BF_ACTIVATION_LOOPS (elu)
BF_ACTIVATION_LOOPS (gelu)
BF_ACTIVATION_LOOPS (hard_sigmoid)
BF_ACTIVATION_LOOPS (hard_swish)
BF_ACTIVATION_LOOPS (hard_tanh)
BF_ACTIVATION_LOOPS (leaky_relu)
BF_ACTIVATION_LOOPS (linear)
BF_ACTIVATION_LOOPS (mish)
BF_ACTIVATION_LOOPS (relu)
BF_ACTIVATION_LOOPS (relu6)
BF_ACTIVATION_LOOPS (selu)
BF_ACTIVATION_LOOPS (sigmoid)
BF_ACTIVATION_LOOPS (silu)
BF_ACTIVATION_LOOPS (softplus)
BF_ACTIVATION_LOOPS (softsign)
BF_ACTIVATION_LOOPS (tanh)

#undef BF_ACTIVATION_LOOPS
