/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The few routines of LAPACK that are used. It stands in OpenBLAS's library, whose headers do not declare it. Matrices
 * are column-major; the sizes at the ends are the lengths of the strings, as Fortran passes them.
 */
#pragma once

#include <stddef.h>

/* Singular values of a (m, n), which is overwritten, by bidiagonalization. */
void dgesdd_ (const char *job, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
              const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork, int *info, size_t);
/* … of a (m, n), m ≥ n, by one-sided Jacobi rotations: times work[0] / work[1]. */
void dgejsv_ (const char *joba, const char *jobu, const char *jobv, const char *jobr, const char *jobt, const char *jobp,
              const int *m, const int *n, double *a, const int *lda, double *sva, double *u, const int *ldu, double *v,
              const int *ldv, double *work, const int *lwork, int *iwork, int *info,
              size_t, size_t, size_t, size_t, size_t, size_t);
/* QR with column pivoting: a P = Q R, Q as reflectors and tau, pivots counted from 1. */
void dgeqp3_ (const int *m, const int *n, double *a, const int *lda, int *jpvt, double *tau, double *work,
              const int *lwork, int *info);
/* The first n columns of Q from k reflectors, in place. */
void dorgqr_ (const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau, double *work,
              const int *lwork, int *info);
