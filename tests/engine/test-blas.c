/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-blas.h"

#include <math.h>
#include <string.h>

/* GSL's own CBLAS has the same symbols and a tenth of the speed: it must not be the one bound. */
static void
test_library (void)
{
  bf_blas_init ();
  g_assert_nonnull (bf_blas_get_library ());
  g_test_message ("products come from %s", bf_blas_get_library ());
  g_assert_null (strstr (bf_blas_get_library (), "gslcblas"));
  g_assert_nonnull (strstr (bf_blas_get_library (), "blas"));
}

static float
element (const float *a, gboolean transpose, guint rows, guint columns, guint i, guint j)
{
  return transpose ? a[j * rows + i] : a[i * columns + j];
}

/* Each combination of transposes against the definition. */
static void
test_product (void)
{
  enum { M = 3, N = 4, K = 5 };
  float a[M * K], b[K * N], c[M * N];

  for (guint i = 0; i < M * K; i++)
    a[i] = sinf (i);
  for (guint i = 0; i < K * N; i++)
    b[i] = cosf (i);
  for (guint transposes = 0; transposes < 4; transposes++)
    {
      gboolean ta = transposes & 1, tb = transposes >> 1;

      for (guint i = 0; i < M * N; i++)
        c[i] = i;
      bf_blas_product (ta, tb, M, N, K, a, b, 1, c);
      for (guint i = 0; i < M; i++)
        for (guint j = 0; j < N; j++)
          {
            double sum = i * N + j;

            for (guint k = 0; k < K; k++)
              sum += element (a, ta, M, K, i, k) * element (b, tb, K, N, k, j);
            g_assert_cmpfloat_with_epsilon (c[i * N + j], sum, 1e-5);
          }
    }
}

static void
test_subnormals (void)
{
#if defined (__SSE__) || defined (__aarch64__)
  volatile float tiny = 1e-38f, half = 0.1f;

  if (g_getenv ("BF_VALGRIND"))
    {
      g_test_skip ("Valgrind's processor keeps subnormals");
      return;
    }
  bf_flush_subnormals (TRUE);
  g_assert_true (tiny * half == 0);
  bf_flush_subnormals (FALSE);
  g_assert_true (tiny * half > 0);
#else
  g_test_skip ("this processor's switch is not known");
#endif
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blas/library", test_library);
  g_test_add_func ("/blas/product", test_product);
  g_test_add_func ("/blas/subnormals", test_subnormals);
  return g_test_run ();
}
