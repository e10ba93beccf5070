/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Starting weights W (rows = fan out, columns = fan in). Sources: Glorot, Bengio 2010; He et al.
 * 2015; LeCun et al. 1998; Saxe et al. 2014 (orthogonal); Mishkin, Matas 2016 (LSUV).
 */
#include "bf-initializer.h"

#include "bf-spec.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_randist.h>
#include <math.h>

/* 4096 × 4096: a QR decomposition of seconds, in 400 MB. */
#define ORTHOGONAL_MAXIMUM (1 << 24)

static void
fill_uniform (gsl_rng *random, double low, double high, gsize n, float *values)
{
  for (gsize i = 0; i < n; i++)
    values[i] = (float) (low + (high - low) * gsl_rng_uniform (random));
}

static void
fill_normal (gsl_rng *random, double mean, double sd, gsize n, float *values)
{
  for (gsize i = 0; i < n; i++)
    values[i] = (float) (mean + gsl_ran_gaussian_ziggurat (random, sd));
}

static void
draw_framework_default (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values)
{
  fill_uniform (random, -1 / sqrt (columns), 1 / sqrt (columns), (gsize) rows * columns, values);
}

void
bf_initializer_draw_bias (gsl_rng *random, guint fan_in, guint n, float *values)
{
  fill_uniform (random, -1 / sqrt (fan_in), 1 / sqrt (fan_in), n, values);
}

static void
draw_normal (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values)
{
  fill_normal (random, bf_options_number (options, "mean"), bf_options_number (options, "std"),
               (gsize) rows * columns, values);
}

static void
draw_uniform (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values)
{
  fill_uniform (random, bf_options_number (options, "low"), bf_options_number (options, "high"),
                (gsize) rows * columns, values);
}

static void
draw_glorot_uniform (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values)
{
  double bound = sqrt (6.0 / ((double) rows + columns));

  fill_uniform (random, -bound, bound, (gsize) rows * columns, values);
}

static void
draw_glorot_normal (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values)
{
  fill_normal (random, 0, sqrt (2.0 / ((double) rows + columns)), (gsize) rows * columns, values);
}

static void
draw_he_uniform (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values)
{
  double bound = sqrt (6.0 / columns);

  fill_uniform (random, -bound, bound, (gsize) rows * columns, values);
}

static void
draw_he_normal (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values)
{
  fill_normal (random, 0, sqrt (2.0 / columns), (gsize) rows * columns, values);
}

static void
draw_lecun_normal (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values)
{
  fill_normal (random, 0, sqrt (1.0 / columns), (gsize) rows * columns, values);
}

/* A uniformly distributed orthogonal matrix: A normal, A = QR, Q = A R⁻¹ with each column's sign
 * chosen so that R's diagonal is positive (Mezzadri 2007). Q is got by a triangular solve, since
 * GSL would otherwise build the whole square factor. A tall (M ≥ N); a wide W is its transpose. */
static void
fill_orthogonal (gsl_rng *random, double gain, guint rows, guint columns, float *values)
{
  gboolean wide = rows < columns;
  gsize tall = MAX (rows, columns), narrow = MIN (rows, columns);
  gsl_matrix *q = gsl_matrix_alloc (tall, narrow);
  gsl_matrix *r = gsl_matrix_alloc (tall, narrow);
  gsl_matrix *t = gsl_matrix_alloc (narrow, narrow);
  gsl_matrix_view upper = gsl_matrix_submatrix (r, 0, 0, narrow, narrow);

  for (gsize i = 0; i < tall; i++)
    for (gsize j = 0; j < narrow; j++)
      gsl_matrix_set (q, i, j, gsl_ran_gaussian_ziggurat (random, 1));
  gsl_matrix_memcpy (r, q);
  gsl_linalg_QR_decomp_r (r, t);
  gsl_blas_dtrsm (CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, 1, &upper.matrix, q);
  for (gsize i = 0; i < tall; i++)
    for (gsize j = 0; j < narrow; j++)
      values[wide ? j * tall + i : i * narrow + j] =
        (float) (gain * copysign (1, gsl_matrix_get (r, j, j)) * gsl_matrix_get (q, i, j));
  gsl_matrix_free (q);
  gsl_matrix_free (r);
  gsl_matrix_free (t);
}

static void
draw_orthogonal (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values)
{
  fill_orthogonal (random, bf_options_number (options, "gain"), rows, columns, values);
}

static void
draw_lsuv (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values)
{
  fill_orthogonal (random, 1, rows, columns, values);
}

static void
draw_constant (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values)
{
  for (gsize i = 0; i < (gsize) rows * columns; i++)
    values[i] = (float) bf_options_number (options, "value");
}

static void
draw_identity (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values)
{
  for (guint i = 0; i < rows; i++)
    for (guint j = 0; j < columns; j++)
      values[(gsize) i * columns + j] = i == j;
}

/* What a weight is in the mean, for the theory of wide layers. */

static void
framework_default_moments (const BfOptions *options, guint rows, guint columns, double *mean, double *variance)
{
  *mean = 0;
  *variance = 1.0 / (3.0 * columns);
}

static void
normal_moments (const BfOptions *options, guint rows, guint columns, double *mean, double *variance)
{
  const double sd = bf_options_number (options, "std");

  *mean = bf_options_number (options, "mean");
  *variance = sd * sd;
}

static void
uniform_moments (const BfOptions *options, guint rows, guint columns, double *mean, double *variance)
{
  const double low = bf_options_number (options, "low"), high = bf_options_number (options, "high");

  *mean = (low + high) / 2;
  *variance = (high - low) * (high - low) / 12;
}

static void
glorot_moments (const BfOptions *options, guint rows, guint columns, double *mean, double *variance)
{
  *mean = 0;
  *variance = 2.0 / ((double) rows + columns);
}

static void
he_moments (const BfOptions *options, guint rows, guint columns, double *mean, double *variance)
{
  *mean = 0;
  *variance = 2.0 / columns;
}

static void
lecun_moments (const BfOptions *options, guint rows, guint columns, double *mean, double *variance)
{
  *mean = 0;
  *variance = 1.0 / columns;
}

/* The longer side's vectors have `narrow` orthonormal companions: Σ w² = gain² × narrow. */
static void
orthogonal_moments (const BfOptions *options, guint rows, guint columns, double *mean, double *variance)
{
  const double gain = bf_options_number (options, "gain");

  *mean = 0;
  *variance = gain * gain / MAX (rows, columns);
}

static const BfParam normal_params[] = {
  { "mean", N_("Mean"), BF_PARAM_NUMBER, -1000, 1000, 0 },
  { "std", N_("Standard Deviation"), BF_PARAM_NUMBER, 0, 1000, 1 },
  { NULL }
};

static const BfParam uniform_params[] = {
  { "low", N_("Lowest"), BF_PARAM_NUMBER, -1000, 1000, 0 },
  { "high", N_("Highest"), BF_PARAM_NUMBER, -1000, 1000, 1 },
  { NULL }
};

static const BfParam orthogonal_params[] = {
  { "gain", N_("Gain"), BF_PARAM_NUMBER, 0, 1000, 1 },
  { NULL }
};

static const BfParam constant_params[] = {
  { "value", N_("Value"), BF_PARAM_NUMBER, -1000, 1000, 0 },
  { NULL }
};

static const BfInitializer initializers[] = {
  { { "framework-default", N_("Default"), N_("Uniform within ±1/√inputs, biases too: what PyTorch does"), NULL },
    draw_framework_default, framework_default_moments, .draws_bias = TRUE },
  { { "normal", N_("Normal"), N_("A bell curve of a width that you choose"), normal_params }, draw_normal,
    normal_moments },
  { { "uniform", N_("Uniform"), N_("Evenly between two limits that you choose"), uniform_params }, draw_uniform,
    uniform_moments },
  { { "glorot-uniform", N_("Glorot Uniform"), N_("Keeps the variance both ways; made for tanh and sigmoid"), NULL },
    draw_glorot_uniform, glorot_moments },
  { { "glorot-normal", N_("Glorot Normal"), N_("As Glorot uniform, from a bell curve"), NULL }, draw_glorot_normal,
    glorot_moments },
  { { "he-uniform", N_("He Uniform"), N_("Makes up for the half that ReLU cuts off"), NULL }, draw_he_uniform, he_moments },
  { { "he-normal", N_("He Normal"), N_("As He uniform, from a bell curve"), NULL }, draw_he_normal, he_moments },
  { { "lecun-normal", N_("LeCun Normal"), N_("Keeps the forward variance; SELU asks for it"), NULL }, draw_lecun_normal,
    lecun_moments },
  { { "orthogonal", N_("Orthogonal"), N_("Turns vectors without stretching them"), orthogonal_params }, draw_orthogonal,
    orthogonal_moments, .maximum = ORTHOGONAL_MAXIMUM },
  { { "constant", N_("Constant"), N_("All weights alike: every unit learns the same"), constant_params }, draw_constant },
  { { "identity", N_("Identity"), N_("Each unit passes one input on"), NULL }, draw_identity },
  { { "lsuv", N_("LSUV"), N_("Orthogonal, then scaled by the first batch to variance 1"), NULL },
    draw_lsuv, .data_driven = TRUE, .maximum = ORTHOGONAL_MAXIMUM },
};

const BfKind *const *
bf_initializers (void)
{
  static const BfKind *table[G_N_ELEMENTS (initializers) + 1];
  static gsize once;

  if (g_once_init_enter (&once))
    {
      for (guint i = 0; i < G_N_ELEMENTS (initializers); i++)
        table[i] = &initializers[i].kind;
      g_once_init_leave (&once, 1);
    }
  return table;
}
