/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Singular values of matrices whose values are known, and of products over hundreds of decades.
 */
#include "bf-matrix.h"

#include "bf-blas.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#define SIZE 12

static void
assert_near (double value, double expected, double tolerance)
{
  if (!(fabs (value - expected) <= tolerance))
    g_error ("%.12g in place of %.12g", value, expected);
}

/* values: row by row, as one writes them. */
static BfMatrix *
make (guint rows, guint columns, const double *values)
{
  BfMatrix *self = bf_matrix_new (rows, columns);

  for (guint i = 0; i < rows; i++)
    for (guint j = 0; j < columns; j++)
      *bf_matrix_at (self, i, j) = values[i * columns + j];
  return self;
}

static BfMatrix *
make_random (gsl_rng *random, guint rows, guint columns)
{
  BfMatrix *self = bf_matrix_new (rows, columns);

  for (guint i = 0; i < rows * columns; i++)
    self->values[i] = gsl_ran_gaussian_ziggurat (random, 1);
  return self;
}

/* I − 2 v vᵀ / vᵀv. */
static BfMatrix *
make_orthogonal (gsl_rng *random, guint n)
{
  g_autoptr (BfMatrix) v = make_random (random, n, 1);
  BfMatrix *self = bf_matrix_new (n, n);
  double square = 0;

  for (guint i = 0; i < n; i++)
    square += v->values[i] * v->values[i];
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      *bf_matrix_at (self, i, j) = (i == j) - 2 * v->values[i] * v->values[j] / square;
  return self;
}

static BfMatrix *
multiply (const BfMatrix *a, const BfMatrix *b)
{
  BfMatrix *c = bf_matrix_new (a->rows, b->columns);

  for (guint i = 0; i < a->rows; i++)
    for (guint j = 0; j < b->columns; j++)
      for (guint k = 0; k < a->columns; k++)
        *bf_matrix_at (c, i, j) += *bf_matrix_at (a, i, k) * *bf_matrix_at (b, k, j);
  return c;
}

/* By hand: √45 and √5; (3, 2): as NumPy prints them. */
static void
test_known (void)
{
  g_autoptr (BfMatrix) square = make (2, 2, (const double[]) { 3, 0, 4, 5 });
  g_autoptr (BfMatrix) tall = make (3, 2, (const double[]) { 1, 2, 3, 4, 5, 6 });
  g_autoptr (BfMatrix) wide = make (2, 3, (const double[]) { 1, 3, 5, 2, 4, 6 });
  g_autoptr (BfMatrix) none = bf_matrix_new (0, 4);

  for (guint graded = 0; graded < 2; graded++)
    {
      double values[2];

      g_assert_true (bf_matrix_get_singular_values (square, graded, values));
      assert_near (values[0], sqrt (45), 1e-14);
      assert_near (values[1], sqrt (5), 1e-14);
      g_assert_true (bf_matrix_get_singular_values (tall, graded, values));
      assert_near (values[0], 9.525518091565104, 1e-14);
      assert_near (values[1], 0.5143005806586441, 1e-14);
      g_assert_true (bf_matrix_get_singular_values (wide, graded, values));
      assert_near (values[0], 9.525518091565104, 1e-14);
      assert_near (values[1], 0.5143005806586441, 1e-14);
      g_assert_true (bf_matrix_get_singular_values (none, graded, values));
    }
}

/* Rows from 1 to 1e-140: each singular value keeps its digits. */
static void
test_graded (void)
{
  gsl_rng *random = gsl_rng_alloc (gsl_rng_mt19937);
  g_autoptr (BfMatrix) q = make_orthogonal (random, SIZE);
  double values[SIZE];

  for (guint i = 0; i < SIZE; i++)
    for (guint j = 0; j < SIZE; j++)
      *bf_matrix_at (q, i, j) *= pow (10, -140.0 * i / (SIZE - 1));
  g_assert_true (bf_matrix_get_singular_values (q, TRUE, values));
  for (guint i = 0; i < SIZE; i++)
    assert_near (log10 (values[i]), -140.0 * i / (SIZE - 1), 1e-12 * 140);
  gsl_rng_free (random);
}

static void
test_short_product (void)
{
  gsl_rng *random = gsl_rng_alloc (gsl_rng_mt19937);
  g_autoptr (BfMatrix) a = make_random (random, 9, 30), b = make_random (random, 14, 9), c = make_random (random, 7, 14);
  g_autoptr (BfMatrix) ba = multiply (b, a), cba = multiply (c, ba);
  g_autoptr (BfChain) chain = bf_chain_new ();
  const BfMatrix *const factors[] = { a, b, c }, *const products[] = { a, ba, cba };

  for (guint k = 0; k < 3; k++)
    {
      const guint n = MIN (products[k]->rows, 9);
      double values[30], logs[30];

      bf_chain_multiply (chain, factors[k]);
      g_assert_true (bf_chain_get_log_values (chain, n + 2, logs));
      g_assert_true (bf_matrix_get_singular_values (products[k], FALSE, values));
      for (guint i = 0; i < n; i++)
        assert_near (logs[i], log10 (values[i]), 1e-12);
      /* More than there are. */
      g_assert_true (isinf (logs[n]) && isinf (logs[n + 1]));
    }
  gsl_rng_free (random);
}

/* A_k = U_k D U_{k−1}ᵀ: the product has the powers of D, here down to 10⁻⁸⁸⁰ and, of the smallest, beyond what
 * is kept beside the largest. */
static void
test_deep_product (void)
{
  gsl_rng *random = gsl_rng_alloc (gsl_rng_mt19937);
  const guint depth = 80;
  g_autoptr (BfChain) chain = bf_chain_new ();
  g_autoptr (BfMatrix) before = make_orthogonal (random, SIZE);
  double logs[SIZE];

  for (guint k = 1; k <= depth; k++)
    {
      BfMatrix *after = make_orthogonal (random, SIZE);
      g_autoptr (BfMatrix) scaled = bf_matrix_copy (before), a = NULL;

      for (guint i = 0; i < SIZE; i++)
        for (guint j = 0; j < SIZE; j++)
          *bf_matrix_at (scaled, i, j) *= pow (10, -0.5 * (i + 11));   /* reflections are symmetric */
      a = multiply (after, scaled);
      bf_matrix_free (before);
      before = after;
      bf_chain_multiply (chain, a);
      g_assert_true (bf_chain_get_log_values (chain, SIZE, logs));
      for (guint i = 0; i < SIZE; i++)
        if (0.5 * i * k < 139)
          assert_near (logs[i], -0.5 * (i + 11) * k, 1e-9 * k);
        else if (0.5 * i * k > 142)
          g_assert_true (isinf (logs[i]));
    }
  gsl_rng_free (random);
}

/* What is exactly 0 stays exactly 0, and takes none of the rest along. */
static void
test_dead_rows (void)
{
  gsl_rng *random = gsl_rng_alloc (gsl_rng_mt19937);
  g_autoptr (BfChain) chain = bf_chain_new (), copy = NULL;
  g_autoptr (BfMatrix) whole = NULL;
  double logs[SIZE], values[SIZE];

  for (guint k = 0; k < 4; k++)
    {
      g_autoptr (BfMatrix) a = make_random (random, SIZE, SIZE);
      BfMatrix *product;

      for (guint j = 0; j < SIZE; j++)
        for (guint i = 0; i < SIZE; i += 3)
          *bf_matrix_at (a, (i + k) % SIZE, j) = 0;
      product = whole ? multiply (a, whole) : bf_matrix_copy (a);
      bf_matrix_free (whole);
      whole = product;
      bf_chain_multiply (chain, a);
    }
  copy = bf_chain_copy (chain);
  g_assert_true (bf_chain_get_log_values (copy, SIZE, logs));
  g_assert_true (bf_matrix_get_singular_values (whole, FALSE, values));
  for (guint i = 0; i < SIZE; i++)
    if (i < SIZE * 2 / 3 && values[i] > 1e-10 * values[0])
      assert_near (logs[i], log10 (values[i]), 1e-6);
    else if (i >= SIZE * 2 / 3)
      g_assert_true (isinf (logs[i]));
  {
    g_autoptr (BfMatrix) nothing = bf_matrix_new (SIZE, SIZE);

    bf_chain_multiply (chain, nothing);
    g_assert_true (bf_chain_get_log_values (chain, SIZE, logs));
    g_assert_true (isinf (logs[0]));
    bf_chain_multiply (chain, whole);
    g_assert_true (bf_chain_get_log_values (chain, SIZE, logs));
    g_assert_true (isinf (logs[0]));
  }
  gsl_rng_free (random);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bf_blas_init ();
  g_test_add_func ("/matrix/known", test_known);
  g_test_add_func ("/matrix/graded", test_graded);
  g_test_add_func ("/matrix/short-product", test_short_product);
  g_test_add_func ("/matrix/deep-product", test_deep_product);
  g_test_add_func ("/matrix/dead-rows", test_dead_rows);
  return g_test_run ();
}
