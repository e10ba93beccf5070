/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-quantity.h"

#include <glib/gi18n-lib.h>

#define N_NORMS 4

static const BfQuantity quantities[] = {
  { "weight-gradient", BF_TENSOR_WEIGHT_GRADIENT,
    N_("Gradient norm"), N_("Gradient norm by layer and step"),
    N_("Weight gradients"), N_("Weight gradients, every layer") },
  { "output-gradient", BF_TENSOR_OUTPUT_GRADIENT,
    N_("Activation gradient norm"), N_("Norm of ∂L/∂h by layer and step"),
    N_("Activation gradients"), N_("Activation gradients, every layer") },
  { "weight", BF_TENSOR_WEIGHT,
    N_("Weight norm"), N_("Weight norm by layer and step"),
    N_("Weights"), N_("Weights, every layer") },
  { "output", BF_TENSOR_OUTPUT,
    N_("Activation norm"), N_("Activation norm by layer and step"),
    N_("Activations"), N_("Activations, every layer") },
  { "bias", BF_TENSOR_BIAS,
    NULL, NULL,
    N_("Biases"), N_("Biases, every layer") },
  { "bias-gradient", BF_TENSOR_BIAS_GRADIENT,
    NULL, NULL,
    N_("Bias gradients"), N_("Bias gradients, every layer") },
};

const BfQuantity *
bf_quantities (guint *n,
               guint *n_norms)
{
  *n = G_N_ELEMENTS (quantities);
  *n_norms = N_NORMS;
  return quantities;
}

const BfQuantity *
bf_quantity_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (quantities); i++)
    if (g_str_equal (quantities[i].id, id))
      return &quantities[i];
  return NULL;
}
