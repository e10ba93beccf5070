/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The matrix products: GSL's interface over OpenBLAS, which stands in place of GSL's own CBLAS
 * (a tenth of the speed, or less).
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Once, before the first product; later calls do nothing. One thread, GSL's aborting handler off. */
void        bf_blas_init        (void);
void        bf_blas_set_threads (guint threads);
/* File of the library whose products are used, or NULL when the system does not tell. */
const char *bf_blas_get_library (void);

/* C = op(A) op(B) + beta · C for row-major float32, C (m, n), the inner extent k. transpose:
 * A is given as (k, m), B as (n, k). */
void bf_blas_product (gboolean transpose_a, gboolean transpose_b, guint m, guint n, guint k,
                      const float *a, const float *b, float beta, float *c);

/* Subnormal numbers in the calling thread: flushed to zero (fast) or kept. */
void     bf_flush_subnormals   (gboolean flush);
gboolean bf_flushes_subnormals (void);

G_END_DECLS
