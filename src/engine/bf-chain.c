/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * M = A_k ⋯ A_1 = 10^shift · Q diag (d) T. One more A: (A Q) diag (d) P = Q' R by QR with column pivoting, which keeps
 * columns of very different size apart; d' = |diag R|, and T' = diag (d')⁻¹ R Pᵀ T has rows of about length 1.
 *
 * Rows of A that are exactly 0 (units with slope 0) are taken out and remembered, since an orthogonal basis would
 * hold their 0 to 1e-16 of the largest value only, and that is large beside what many layers leave.
 */
#include "bf-matrix.h"

#include "bf-lapack.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <string.h>

/* What is this much smaller than the largest is given up: the squares of what is left of it must still be numbers. */
#define LEAST 1e-140
/* From this spread on the singular values are found in the way that keeps small ones. */
#define GRADED 1e-8

struct _BfChain
{
  gboolean begun;
  guint rows;       /* of M */
  guint *alive;     /* of Q's rows: which row of M */
  BfMatrix *q;      /* (alive, r) */
  double *d;        /* (r) */
  double shift;
  BfMatrix *t;      /* (r, columns of A_1, or less) */
};

BfChain *
bf_chain_new (void)
{
  return g_new0 (BfChain, 1);
}

BfChain *
bf_chain_copy (const BfChain *self)
{
  BfChain *copy = bf_chain_new ();

  if (!self->begun)
    return copy;
  *copy = *self;
  copy->q = bf_matrix_copy (self->q);
  copy->t = bf_matrix_copy (self->t);
  copy->alive = g_memdup2 (self->alive, self->q->rows * sizeof (guint));
  copy->d = g_memdup2 (self->d, self->q->columns * sizeof (double));
  return copy;
}

static void
clear (BfChain *self)
{
  g_clear_pointer (&self->q, bf_matrix_free);
  g_clear_pointer (&self->t, bf_matrix_free);
  g_clear_pointer (&self->alive, g_free);
  g_clear_pointer (&self->d, g_free);
}

void
bf_chain_free (BfChain *self)
{
  if (!self)
    return;
  clear (self);
  g_free (self);
}

/* C = A B. */
static BfMatrix *
multiply (const BfMatrix *a, const BfMatrix *b)
{
  BfMatrix *c = bf_matrix_new (a->rows, b->columns);

  if (a->rows > 0 && a->columns > 0 && b->columns > 0)
    cblas_dgemm (CblasColMajor, CblasNoTrans, CblasNoTrans, (int) a->rows, (int) b->columns, (int) a->columns, 1,
                 a->values, (int) a->rows, b->values, (int) b->rows, 0, c->values, (int) c->rows);
  return c;
}

static gboolean
is_zero_row (const BfMatrix *a, guint row)
{
  for (guint j = 0; j < a->columns; j++)
    if (*bf_matrix_at (a, row, j) != 0)
      return FALSE;
  return TRUE;
}

/* The rows of A that are not 0, of the columns that are alive. alive: gets which rows. */
static BfMatrix *
take_alive (const BfChain *self, const BfMatrix *a, guint **alive)
{
  const guint columns = self->begun ? self->q->rows : a->columns;
  g_autofree guint *rows = g_new (guint, MAX (a->rows, 1));
  guint n = 0;
  BfMatrix *result;

  for (guint i = 0; i < a->rows; i++)
    if (!is_zero_row (a, i))
      rows[n++] = i;
  result = bf_matrix_new (n, columns);
  for (guint j = 0; j < columns; j++)
    for (guint i = 0; i < n; i++)
      *bf_matrix_at (result, i, j) = *bf_matrix_at (a, rows[i], self->begun ? self->alive[j] : j);
  *alive = g_steal_pointer (&rows);
  return result;
}

/* c P = Q R: Q takes the place of c, with min (rows, columns) columns. Returns R Pᵀ (r, columns), and |diag R| in d. */
static BfMatrix *
factor (BfMatrix *c, double *d)
{
  const int m = (int) c->rows, n = (int) c->columns, r = MIN (m, n);
  const int size = 3 * n + 1 + 64 * (n + 1);
  g_autofree int *pivots = g_new0 (int, MAX (n, 1));
  g_autofree double *tau = g_new (double, MAX (r, 1)), *work = g_new (double, size);
  BfMatrix *right = bf_matrix_new ((guint) r, (guint) n);
  int info;

  if (r == 0)
    {
      c->columns = 0;
      return right;
    }
  dgeqp3_ (&m, &n, c->values, &m, pivots, tau, work, &size, &info);
  for (int j = 0; j < n; j++)
    for (int i = 0; i <= MIN (j, r - 1); i++)
      *bf_matrix_at (right, (guint) i, (guint) pivots[j] - 1) = *bf_matrix_at (c, (guint) i, (guint) j);
  for (int i = 0; i < r; i++)
    d[i] = fabs (*bf_matrix_at (c, (guint) i, (guint) i));
  dorgqr_ (&m, &r, &r, c->values, &m, tau, work, &size, &info);
  c->columns = (guint) r;
  return right;
}

/* A matrix of no more columns than rows with the same singular values: what is orthonormal at its right goes. */
static BfMatrix *
narrow (BfMatrix *a)
{
  g_autoptr (BfMatrix) transposed = NULL, right = NULL;
  g_autofree double *d = NULL;

  if (a->columns <= a->rows)
    return a;
  transposed = bf_matrix_transpose (a);
  d = g_new (double, MAX (a->rows, 1));
  right = factor (transposed, d);
  bf_matrix_free (a);
  return bf_matrix_transpose (right);
}

/* How many of d are worth keeping: pivoting has sorted them. */
static guint
count_kept (const double *d, guint r)
{
  guint kept = 0;

  while (kept < r && d[kept] > 0 && d[kept] >= LEAST * d[0])
    kept++;
  return kept;
}

/* The first n rows of a, each over its d. */
static BfMatrix *
divide_rows (const BfMatrix *a, guint n, const double *d)
{
  BfMatrix *result = bf_matrix_new (n, a->columns);

  for (guint j = 0; j < a->columns; j++)
    for (guint i = 0; i < n; i++)
      *bf_matrix_at (result, i, j) = *bf_matrix_at (a, i, j) / d[i];
  return result;
}

void
bf_chain_multiply (BfChain *self, const BfMatrix *a)
{
  g_autofree guint *alive = NULL;
  g_autoptr (BfMatrix) kept = NULL, left = NULL, right = NULL, scaled = NULL;
  g_autofree double *d = NULL;
  double largest;
  guint r;

  g_return_if_fail (!self->begun || a->columns == self->rows);
  kept = take_alive (self, a, &alive);
  left = self->begun ? multiply (kept, self->q) : g_steal_pointer (&kept);
  for (guint j = 0; self->begun && j < left->columns; j++)
    for (guint i = 0; i < left->rows; i++)
      *bf_matrix_at (left, i, j) *= self->d[j];
  d = g_new0 (double, MAX (left->columns, 1));
  right = factor (left, d);
  r = count_kept (d, left->columns);
  left->columns = r;
  scaled = divide_rows (right, r, d);
  if (self->begun)
    {
      BfMatrix *t = multiply (scaled, self->t);

      bf_matrix_free (scaled);
      scaled = t;
    }
  scaled = narrow (scaled);
  largest = r > 0 ? d[0] : 1;
  for (guint i = 0; i < r; i++)
    d[i] /= largest;
  self->shift += log10 (largest);
  clear (self);
  self->begun = TRUE;
  self->rows = a->rows;
  self->alive = g_steal_pointer (&alive);
  self->q = g_steal_pointer (&left);
  self->d = g_steal_pointer (&d);
  self->t = g_steal_pointer (&scaled);
}

gboolean
bf_chain_get_log_values (const BfChain *self, guint n, double *log_values)
{
  g_autoptr (BfMatrix) product = NULL;
  g_autofree double *values = NULL;
  guint r;

  for (guint i = 0; i < n; i++)
    log_values[i] = -INFINITY;
  if (!self->begun || self->t->rows == 0)
    return TRUE;
  r = self->t->rows;
  product = bf_matrix_copy (self->t);
  for (guint j = 0; j < product->columns; j++)
    for (guint i = 0; i < r; i++)
      *bf_matrix_at (product, i, j) *= self->d[i];
  values = g_new0 (double, MIN (r, product->columns));
  if (!bf_matrix_get_singular_values (product, self->d[r - 1] < GRADED, values))
    return FALSE;
  for (guint i = 0; i < MIN (n, MIN (r, product->columns)); i++)
    log_values[i] = values[i] > 0 ? log10 (values[i]) + self->shift : -INFINITY;
  return TRUE;
}
