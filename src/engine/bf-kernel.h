/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The matrix product of the dense layers, in vector code for the processor at hand: AVX-512, AVX2 with
 * FMA, or plain vectors of four floats (x86-64, aarch64); CBLAS for shapes that these do not suit.
 * Chosen when first used; BACKFLOW_KERNEL=avx512|avx2|portable|cblas|double forces one. "double" sums in double,
 * slowly. With AVX-512, zeros of an operand that has many, as images have, are left out: the same bits.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BfKernel BfKernel;

/* C = start + op(A) op(B), or C + op(A) op(B); float32, rows `stride` floats apart. */
typedef struct
{
  guint m, n, k;           /* C (m, n), the inner extent k */
  const float *a;          /* (m, k); transpose_a: (k, m) */
  gsize a_stride;
  const float *b;          /* (k, n); transpose_b: (n, k) */
  gsize b_stride;
  float *c;
  gsize c_stride;
  const float *start;      /* (n), what each row of C begins with; NULL: 0 */
  gboolean add;            /* to what C holds, in place of start */
  gboolean transpose_a, transpose_b;
} BfProduct;

/* The kernel in use: "avx512", "avx2", "portable", "cblas" or "double". */
const char *bf_kernel_get_id (void);
/* Forces one, for tests; FALSE when this processor cannot run it. Not while a product is computed. */
gboolean    bf_kernel_force  (const char *id);

/* The part of C that falls to one of `parts` threads: whole C when parts is 1. The parts together are the same
 * bits as the whole. */
void bf_kernel_multiply (const BfProduct *product, guint part, guint parts);

/* Floating-point operations a second of one thread, at most: measured in a few hundredths of a second, without memory. */
double bf_kernel_measure_peak (void);

G_END_DECLS
