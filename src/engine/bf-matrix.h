/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Double matrices for what is computed on request, column-major as LAPACK has them (it comes with OpenBLAS), and
 * products of many of them: a chain keeps its singular values apart however many decades lie between them.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint rows, columns;   /* may be 0 */
  double *values;        /* column after column */
} BfMatrix;

/* All 0. */
BfMatrix *bf_matrix_new  (guint rows, guint columns);
BfMatrix *bf_matrix_copy (const BfMatrix *self);
BfMatrix *bf_matrix_transpose (const BfMatrix *self);
void      bf_matrix_free (BfMatrix *self);

static inline double *
bf_matrix_at (const BfMatrix *self, guint row, guint column)
{
  return self->values + (gsize) column * self->rows + row;
}

gboolean bf_matrix_is_finite (const BfMatrix *self);

/* min (rows, columns) singular values, the largest first. Finite matrices only. The smallest are right to about
 * 1e-16 of the largest; graded: to 1e-12 of themselves where rows of very different size cause the spread, six times
 * slower. FALSE: LAPACK found none (it did not converge). */
gboolean bf_matrix_get_singular_values (const BfMatrix *self, gboolean graded, double *values);

/* A product A_k ⋯ A_2 A_1 that grows on the left, as Q D T: columns of Q orthonormal, D diagonal with its own power of
 * ten, T well-conditioned (stratification: Loh et al. 1989, Stewart 1995). */
typedef struct _BfChain BfChain;

BfChain *bf_chain_new      (void);   /* the identity of any size */
BfChain *bf_chain_copy     (const BfChain *self);
void     bf_chain_free     (BfChain *self);
/* A from the left. Its rows that are exactly 0 stay exactly 0. */
void     bf_chain_multiply (BfChain *self, const BfMatrix *a);
/* log₁₀ of the singular values, the largest first; -∞: exactly 0, or 140 decades below the largest. n: as many as
 * wanted; missing ones are -∞. */
gboolean bf_chain_get_log_values (const BfChain *self, guint n, double *log_values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfMatrix, bf_matrix_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfChain, bf_chain_free)

G_END_DECLS
