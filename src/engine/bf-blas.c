/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-blas.h"

#include <dlfcn.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <string.h>
#ifdef __SSE__
#include <immintrin.h>
#endif

/* OpenBLAS's own call; its cblas.h and GSL's cannot both be included. */
void openblas_set_num_threads (int threads);

void
bf_blas_set_threads (guint threads)
{
  openblas_set_num_threads ((int) CLAMP (threads, 1, 1024));
}

const char *
bf_blas_get_library (void)
{
  Dl_info info;

  return dladdr ((void *) cblas_sgemm, &info) ? info.dli_fname : NULL;
}

void
bf_blas_init (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  gsl_set_error_handler_off ();
  bf_blas_set_threads (1);
  if (bf_blas_get_library () && strstr (bf_blas_get_library (), "gslcblas"))
    g_message ("The matrix products come from %s, which is slow. Put OpenBLAS before it.", bf_blas_get_library ());
  g_once_init_leave (&once, 1);
}

void
bf_blas_product (gboolean transpose_a, gboolean transpose_b, guint m, guint n, guint k,
                 const float *a, const float *b, float beta, float *c)
{
  gsl_matrix_float_const_view va = transpose_a ? gsl_matrix_float_const_view_array (a, k, m)
                                               : gsl_matrix_float_const_view_array (a, m, k);
  gsl_matrix_float_const_view vb = transpose_b ? gsl_matrix_float_const_view_array (b, n, k)
                                               : gsl_matrix_float_const_view_array (b, k, n);
  gsl_matrix_float_view vc = gsl_matrix_float_view_array (c, m, n);

  gsl_blas_sgemm (transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
                  1.0f, &va.matrix, &vb.matrix, beta, &vc.matrix);
}

void
bf_flush_subnormals (gboolean flush)
{
#ifdef __SSE__
  const guint bits = 0x8040;   /* flush-to-zero, denormals-are-zero */

  _mm_setcsr (flush ? _mm_getcsr () | bits : _mm_getcsr () & ~bits);
#elif defined (__aarch64__)
  guint64 control;

  __asm__ volatile ("mrs %0, fpcr" : "=r" (control));
  control = flush ? control | (1u << 24) : control & ~((guint64) 1 << 24);
  __asm__ volatile ("msr fpcr, %0" : : "r" (control));
#endif
}

gboolean
bf_flushes_subnormals (void)
{
#ifdef __SSE__
  return (_mm_getcsr () & 0x8040) != 0;
#elif defined (__aarch64__)
  guint64 control;

  __asm__ volatile ("mrs %0, fpcr" : "=r" (control));
  return (control & 1u << 24) != 0;
#else
  return FALSE;
#endif
}
