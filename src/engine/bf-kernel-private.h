/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the kernels share with the choice among them.
 */
#pragma once

#include "bf-kernel.h"

G_BEGIN_DECLS

struct _BfKernel
{
  const char *id;
  void (*multiply) (const BfProduct *product, guint first_row, guint end_row, guint first_column, guint end_column);
  /* For many zeros in the operand that is given as the layer has it, a sample a row: A, or B where A is transposed. It
   * has no samples in common beyond so many, and fewer columns in C, or rows, are not worth it. NULL: it does not tell
   * zeros apart. No add. */
  void (*multiply_sparse) (const BfProduct *product, guint first_row, guint end_row, guint first_column, guint end_column);
  guint most_samples, fewest;
  double (*fuse) (guint n, float *result);
};

extern const BfKernel bf_kernel_avx512, bf_kernel_avx2, bf_kernel_portable;

G_END_DECLS
