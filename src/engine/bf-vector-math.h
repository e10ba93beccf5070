/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Elementary functions in float32 without branches or calls, so that the compiler turns a loop
 * over them into vector instructions. Errors are a few units in the last place; NaN stays NaN.
 * The polynomials are the minimax ones of Cephes (Moshier).
 */
#pragma once

#include <glib.h>
#include <math.h>

/* A loop compiled for each generation of vector instructions; the best one is chosen at start. */
#if defined (__x86_64__) && defined (__gnu_linux__) && !defined (__clang__) && !defined (__SANITIZE_THREAD__)
#define BF_VECTORIZED __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BF_VECTORIZED
#endif

/* Adding 1.5 · 2²³ rounds to a whole number, which then stands in the low bits. */
#define BF_ROUNDING 12582912.0f

/* 2ⁿ for a whole n of −126 … 127, given as n + BF_ROUNDING. */
static inline float
bf_exp2_whole (float rounded)
{
  union { float value; guint32 bits; } scale = { rounded };

  scale.bits = (scale.bits + 127) << 23;
  return scale.value;
}

/* x = n ln 2 + r, |r| ≤ ln 2 / 2: returns r, n + BF_ROUNDING, and the polynomial p of eʳ = 1 + r + r² p. */
static inline float
bf_exp_reduce (float x, float *rounded, float *p)
{
  float n, r;

  *rounded = x * 1.44269504f + BF_ROUNDING;
  n = *rounded - BF_ROUNDING;
  r = x - n * 0.693359375f + n * 2.12194440e-4f;
  *p = (((((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r
          + 4.1665795894e-2f) * r + 1.6666665459e-1f) * r + 5.0000001201e-1f);
  return r;
}

/* eˣ for x ≤ 0; 0 below the smallest normal number. */
static inline float
bf_exp_negative (float x)
{
  float n, p, r;
  float inside = x < -87.0f ? -87.0f : x;

  r = bf_exp_reduce (inside, &n, &p);
  r = (r * r * p + r + 1.0f) * bf_exp2_whole (n);
  return x < -87.0f ? 0.0f : r;
}

/* eˣ − 1 for x ≤ 0, also where it is small. */
static inline float
bf_expm1_negative (float x)
{
  float n, p, r, scale;
  float inside = x < -87.0f ? -87.0f : x;

  r = bf_exp_reduce (inside, &n, &p);
  scale = bf_exp2_whole (n);
  return (r * r * p + r) * scale + (scale - 1.0f);
}

/* ln (1 + x) for 0 ≤ x ≤ 1, also where it is small. */
static inline float
bf_log1p_unit (float x)
{
  gboolean large = x > 0.41421356f;
  /* ln (1 + x) = ln 2 + ln (1 + (x − 1) / 2) */
  float t = large ? 0.5f * x - 0.5f : x;
  float square = t * t;
  float p = ((((((((7.0376836292e-2f * t - 1.1514610310e-1f) * t + 1.1676998740e-1f) * t
                 - 1.2420140846e-1f) * t + 1.4249322787e-1f) * t - 1.6668057665e-1f) * t
              + 2.0000714765e-1f) * t - 2.4999993993e-1f) * t + 3.3333331174e-1f);
  float y = t * square * p - 0.5f * square + t;

  return large ? y + 0.69314718f : y;
}

static inline float
bf_sigmoid (float x)
{
  float e = bf_exp_negative (-fabsf (x));

  return (x < 0 ? e : 1.0f) / (1.0f + e);
}

static inline float
bf_tanh (float x)
{
  float e = bf_exp_negative (-2.0f * fabsf (x));
  float far = copysignf ((1.0f - e) / (1.0f + e), x);
  float square = x * x;
  float near = ((((-5.70498872745e-3f * square + 2.06390887954e-2f) * square - 5.37397155531e-2f) * square
                 + 1.33314422036e-1f) * square - 3.33332819422e-1f) * square * x + x;

  return fabsf (x) < 0.625f ? near : far;
}
