/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Each activation as one float32 expression of y = f(x) and one of f′(x), in a loop that the compiler
 * vectorises. f′ may use the output y where that is cheaper. Comparisons are written such that
 * NaN stays NaN.
 */
#include "bf-activation-loops.h"

#include "bf-vector-math.h"

#define SELU_SCALE 1.0507009873554805f
#define SELU_ALPHA 1.6732632423543772f
#define SQRT_HALF  0.70710678118654752f
#define SQRT_HALF_OVER_PI 0.39894228040143268f   /* 1 / √(2π) */

/* Multiplications and additions may be fused; a value is still the same bits whatever stands beside it (tested). */
#if defined (__GNUC__) && !defined (__clang__)
#define FUSED BF_VECTORIZED __attribute__ ((optimize ("O3", "fp-contract=fast")))
#else
#define FUSED BF_VECTORIZED
#endif

/* value, slope: expressions of X[i] and Y[i], written as x and y. */
#define LOOPS_COMPILED(compiled, name, value, slope)                                                \
  compiled void                                                                                     \
  bf_##name##_forward (gsize n, const float *restrict X, float *restrict Y)                         \
  {                                                                                                 \
    for (gsize i = 0; i < n; i++)                                                                   \
      {                                                                                             \
        float x = X[i];                                                                             \
        Y[i] = value;                                                                               \
      }                                                                                             \
  }                                                                                                 \
  compiled void                                                                                     \
  bf_##name##_backward (gsize n, const float *restrict X, const float *restrict Y,                  \
                        const float *restrict DY, float *restrict DX)                               \
  {                                                                                                 \
    for (gsize i = 0; i < n; i++)                                                                   \
      {                                                                                             \
        G_GNUC_UNUSED float x = X[i], y = Y[i];                                                     \
        DX[i] = DY[i] * (slope);                                                                    \
      }                                                                                             \
  }

#define LOOPS(name, value, slope) LOOPS_COMPILED (FUSED, name, value, slope)

static inline float
gelu_slope (float x)
{
  return 0.5f * (1.0f + erff (x * SQRT_HALF)) + x * SQRT_HALF_OVER_PI * bf_exp_negative (-0.5f * x * x);
}

static inline float
silu_slope (float x)
{
  float s = bf_sigmoid (x);

  return s * (1.0f + x * (1.0f - s));
}

/* tanh (ln (1 + eˣ)) = w / (w + 2) with w = eˣ (eˣ + 2); divided by e²ˣ for x > 0, so that nothing overflows. */
static inline float
mish_factor (float x, float *rest)
{
  float e = bf_exp_negative (-fabsf (x));
  float w = x < 0 ? e * (e + 2.0f) : 1.0f + 2.0f * e;
  float two = x < 0 ? 2.0f : 2.0f * e * e;

  /* 1 − tanh² = 4 (w + 1) / (w + 2)² */
  *rest = 2.0f * two * (w + 0.5f * two) / ((w + two) * (w + two));
  return w / (w + two);
}

static inline float
mish (float x)
{
  float rest;

  return x * mish_factor (x, &rest);
}

static inline float
mish_slope (float x)
{
  float rest;
  float factor = mish_factor (x, &rest);

  return factor + x * rest * bf_sigmoid (x);
}

/* softplus: ln (1 + eˣ) = max (x, 0) + ln (1 + e^−|x|) */
LOOPS (sigmoid, bf_sigmoid (x), y * (1.0f - y))
LOOPS (tanh, bf_tanh (x), 1.0f - y * y)
LOOPS (relu, x < 0 ? 0 : x, x > 0 ? 1.0f : 0.0f)
LOOPS (leaky_relu, x < 0 ? 0.01f * x : x, x > 0 ? 1.0f : 0.01f)
LOOPS (elu, x > 0 ? x : bf_expm1_negative (x > 0 ? 0 : x), x > 0 ? 1.0f : y + 1.0f)
LOOPS (selu, SELU_SCALE * (x > 0 ? x : SELU_ALPHA * bf_expm1_negative (x > 0 ? 0 : x)),
       x > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA)
LOOPS (gelu, 0.5f * x * (1.0f + erff (x * SQRT_HALF)), gelu_slope (x))
LOOPS (silu, x * bf_sigmoid (x), silu_slope (x))
LOOPS (softplus, (x < 0 ? 0 : x) + bf_log1p_unit (bf_exp_negative (-fabsf (x))), bf_sigmoid (x))
LOOPS (softsign, x / (1.0f + fabsf (x)), 1.0f / ((1.0f + fabsf (x)) * (1.0f + fabsf (x))))
LOOPS (hard_tanh, x < -1 ? -1 : x > 1 ? 1 : x, x > -1 && x < 1 ? 1.0f : 0.0f)
LOOPS (hard_sigmoid, (x < -3 ? 0 : x > 3 ? 6 : x + 3.0f) / 6.0f, x > -3 && x < 3 ? 1.0f / 6.0f : 0.0f)
LOOPS (hard_swish, x * (x < -3 ? 0 : x > 3 ? 6 : x + 3.0f) / 6.0f,
       x < -3 ? 0.0f : x > 3 ? 1.0f : x / 3.0f + 0.5f)
LOOPS (relu6, x < 0 ? 0 : x > 6 ? 6 : x, x > 0 && x < 6 ? 1.0f : 0.0f)
/* What is fused differs between a vector's choice of two values and a branch. */
LOOPS_COMPILED (BF_VECTORIZED, mish, mish (x), mish_slope (x))
LOOPS (linear, x, 1.0f)
