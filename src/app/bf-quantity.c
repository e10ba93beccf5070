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

/* Names as in bf_layer_values(). */
#define DERIVED(id, name, caption) { id, BF_TENSOR_WEIGHT_GRADIENT, name, caption, NULL, NULL, id }

static const BfQuantity derived[] = {
  DERIVED ("gradient-rms", N_("Gradient RMS"), N_("Gradient RMS by layer and step")),
  DERIVED ("attenuation", N_("Attenuation"), N_("Gradient norm against the last hidden layer’s")),
  DERIVED ("gain", N_("Gain per layer"), N_("What each layer does to ∂L/∂h on its way back")),
  DERIVED ("update-ratio", N_("Update ratio"), N_("Weight change over weights, a step")),
  DERIVED ("saturated", N_("Saturated outputs"), N_("Share of outputs where the slope is nearly gone")),
  DERIVED ("dead", N_("Dead units"), N_("Share of units that are 0 for every sample")),
  DERIVED ("output-mean", N_("Activation mean"), N_("Mean of the activations by layer and step")),
  DERIVED ("output-spread", N_("Activation spread"), N_("Standard deviation of the activations")),
  DERIVED ("zeros", N_("Zero gradients"), N_("Share of gradients that are exactly zero")),
  DERIVED ("nonfinite", N_("Non-finite gradients"), N_("Share of gradients that are not finite")),
};

guint
bf_quantities_get_n_maps (void)
{
  return N_NORMS + G_N_ELEMENTS (derived);
}

const BfQuantity *
bf_quantities_get_map (guint i)
{
  g_return_val_if_fail (i < bf_quantities_get_n_maps (), &quantities[0]);

  return i < N_NORMS ? &quantities[i] : &derived[i - N_NORMS];
}

guint
bf_quantity_get_place (const BfQuantity *self)
{
  for (guint i = 0; i < bf_quantities_get_n_maps (); i++)
    if (bf_quantities_get_map (i) == self)
      return i;
  return 0;
}

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
  for (guint i = 0; i < G_N_ELEMENTS (derived); i++)
    if (g_str_equal (derived[i].id, id))
      return &derived[i];
  return NULL;
}
