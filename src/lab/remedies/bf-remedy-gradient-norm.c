/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * An identity in every hidden layer whose backward pass normalizes the gradient (the first tutorial’s remedy 7).
 */
#include "../bf-remedy-edit.h"

#include <glib/gi18n-lib.h>

static const BfParam params[] = {
  { .id = "place", .name = N_("Place"), .type = BF_PARAM_CHOICE, .table = bf_remedy_places, .fallback_text = "after" },
  { NULL }
};

const BfRemedy bf_remedy_gradient_norm = {
  .kind = {
    .id = "gradient-norm",
    .name = N_("Gradient Normalization"),
    .summary = N_("The gradient is brought to mean 0 and variance 1 on its way back, however small it came."),
    .params = params,
  },
  .family = "gradient norm, clipping",
  .stage = BF_STAGE_GRADIENT,
  .formula = "back: (g − mean(g)) / (std(g) + 10⁻⁶), over the whole tensor",
  .reference = "Chen et al. 2018",
  .link = "https://arxiv.org/abs/1711.02257",
  .acts_on = N_("the gradient itself"),
  .cost = N_("What is passed back is no longer the loss’s derivative; rounding noise is enlarged with it."),
  .apply = bf_remedy_add_layers,
};
