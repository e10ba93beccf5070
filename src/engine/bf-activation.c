/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The table of activations, and each function and its derivative in double precision: what theory
 * integrates, what figures draw, and what the float32 loops are tested against.
 */
#include "bf-activation.h"

#include "bf-activation-loops.h"
#include "bf-spec.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define SELU_SCALE 1.0507009873554804934193349852946
#define SELU_ALPHA 1.6732632423543772848170429916717

static double sigmoid (double x) { return x < 0 ? exp (x) / (1 + exp (x)) : 1 / (1 + exp (-x)); }
static double sigmoid_slope (double x) { return sigmoid (x) * sigmoid (-x); }
static double tanh_slope (double x) { return 1 - tanh (x) * tanh (x); }
static double relu (double x) { return x > 0 ? x : 0; }
static double relu_slope (double x) { return x > 0; }
static double leaky_relu (double x) { return x > 0 ? x : 0.01 * x; }
static double leaky_relu_slope (double x) { return x > 0 ? 1 : 0.01; }
static double elu (double x) { return x > 0 ? x : expm1 (x); }
static double elu_slope (double x) { return x > 0 ? 1 : exp (x); }
static double selu (double x) { return SELU_SCALE * (x > 0 ? x : SELU_ALPHA * expm1 (x)); }
static double selu_slope (double x) { return SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * exp (x)); }
static double gelu (double x) { return 0.5 * x * erfc (-x * M_SQRT1_2); }
static double silu (double x) { return x * sigmoid (x); }
static double silu_slope (double x) { return sigmoid (x) * (1 + x * sigmoid (-x)); }
static double softplus (double x) { return fmax (x, 0) + log1p (exp (-fabs (x))); }
static double softsign (double x) { return x / (1 + fabs (x)); }
static double softsign_slope (double x) { return 1 / ((1 + fabs (x)) * (1 + fabs (x))); }
static double hard_tanh (double x) { return CLAMP (x, -1, 1); }
static double hard_tanh_slope (double x) { return x > -1 && x < 1; }
static double hard_sigmoid (double x) { return CLAMP (x + 3, 0, 6) / 6; }
static double hard_sigmoid_slope (double x) { return x > -3 && x < 3 ? 1.0 / 6 : 0; }
static double hard_swish (double x) { return x * hard_sigmoid (x); }
static double hard_swish_slope (double x) { return x < -3 ? 0 : x > 3 ? 1 : x / 3 + 0.5; }
static double relu6 (double x) { return CLAMP (x, 0, 6); }
static double relu6_slope (double x) { return x > 0 && x < 6; }
static double mish (double x) { return x * tanh (softplus (x)); }
static double linear (double x) { return x; }
static double linear_slope (double x) { return 1; }

static double
gelu_slope (double x)
{
  return 0.5 * erfc (-x * M_SQRT1_2) + x * exp (-0.5 * x * x) / sqrt (2 * M_PI);
}

static double
mish_slope (double x)
{
  double t = tanh (softplus (x));

  return t + x * (1 - t * t) * sigmoid (x);
}

#define LOOPS(name) .forward = bf_##name##_forward, .backward = bf_##name##_backward
#define KINKS(n, ...) .n_kinks = n, .kinks = { __VA_ARGS__ }
#define UNBOUNDED .saturated_low = NAN, .saturated_high = NAN
/* The float just below 1: hard functions level off exactly. */
#define BELOW_ONE 0.99999994f

static const BfActivation activations[] = {
  { { "sigmoid", N_("Sigmoid"), N_("Squeezes into 0 … 1; its slope is never above 0.25"), NULL },
    sigmoid, sigmoid_slope, 0.25, 0.00628953f, 0.99371047f, LOOPS (sigmoid) },
  { { "tanh", N_("Tanh"), N_("Squeezes into −1 … 1, around 0; its slope is 1 in the middle"), NULL },
    tanh, tanh_slope, 1, -0.98742088f, 0.98742088f, LOOPS (tanh) },
  { { "relu", N_("ReLU"), N_("Passes what is positive on unchanged, and cuts off the rest"), NULL },
    relu, relu_slope, 1, UNBOUNDED, .rectifier = TRUE, LOOPS (relu), KINKS (1, 0) },
  { { "leaky-relu", N_("Leaky ReLU"), N_("ReLU that lets 1 % of the negative side through"), NULL },
    leaky_relu, leaky_relu_slope, 1, UNBOUNDED, LOOPS (leaky_relu), KINKS (1, 0) },
  { { "elu", N_("ELU"), N_("ReLU with a smooth negative side that ends at −1"), NULL },
    elu, elu_slope, 1, UNBOUNDED, LOOPS (elu), KINKS (1, 0) },
  { { "selu", N_("SELU"), N_("ELU scaled so that deep stacks keep their variance"), NULL },
    selu, selu_slope, SELU_SCALE * SELU_ALPHA, UNBOUNDED, LOOPS (selu), KINKS (1, 0) },
  { { "gelu", N_("GELU"), N_("A smooth ReLU; transformers use it"), NULL },
    gelu, gelu_slope, 1.1289041452, UNBOUNDED, LOOPS (gelu) },
  { { "silu", N_("SiLU"), N_("The input times its sigmoid, also called Swish"), NULL },
    silu, silu_slope, 1.0998393202, UNBOUNDED, LOOPS (silu) },
  { { "softplus", N_("Softplus"), N_("A smooth ReLU that never reaches 0"), NULL },
    softplus, sigmoid, 1, UNBOUNDED, LOOPS (softplus) },
  { { "softsign", N_("Softsign"), N_("Like tanh, but levels off slowly"), NULL },
    softsign, softsign_slope, 1, -0.84188612f, 0.84188612f, LOOPS (softsign), KINKS (1, 0) },
  { { "hard-tanh", N_("Hard Tanh"), N_("Tanh in three straight lines"), NULL },
    hard_tanh, hard_tanh_slope, 1, -BELOW_ONE, BELOW_ONE, LOOPS (hard_tanh), KINKS (2, -1, 1) },
  { { "hard-sigmoid", N_("Hard Sigmoid"), N_("Sigmoid in three straight lines"), NULL },
    hard_sigmoid, hard_sigmoid_slope, 1.0 / 6, 1e-30f, BELOW_ONE, LOOPS (hard_sigmoid), KINKS (2, -3, 3) },
  { { "hard-swish", N_("Hard Swish"), N_("SiLU from straight lines and a parabola"), NULL },
    hard_swish, hard_swish_slope, 1.5, UNBOUNDED, LOOPS (hard_swish), KINKS (2, -3, 3) },
  { { "relu6", N_("ReLU6"), N_("ReLU that stops at 6"), NULL },
    relu6, relu6_slope, 1, UNBOUNDED, .rectifier = TRUE, LOOPS (relu6), KINKS (2, 0, 6) },
  { { "mish", N_("Mish"), N_("A smooth ReLU that dips below 0"), NULL },
    mish, mish_slope, 1.0884981623, UNBOUNDED, LOOPS (mish) },
  { { "linear", N_("Linear"), N_("Changes nothing: layers then collapse into one"), NULL },
    linear, linear_slope, 1, UNBOUNDED, LOOPS (linear) },
};

const BfKind *const *
bf_activations (void)
{
  static const BfKind *table[G_N_ELEMENTS (activations) + 1];
  static gsize once;

  if (g_once_init_enter (&once))
    {
      for (guint i = 0; i < G_N_ELEMENTS (activations); i++)
        table[i] = &activations[i].kind;
      g_once_init_leave (&once, 1);
    }
  return table;
}
