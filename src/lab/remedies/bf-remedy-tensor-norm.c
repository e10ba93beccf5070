/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One mean and one standard deviation for a whole batch, in every hidden layer.
 */
#include "../bf-remedy-edit.h"

#include <glib/gi18n-lib.h>

static const BfParam params[] = {
  { .id = "place", .name = N_("Place"), .type = BF_PARAM_CHOICE, .table = bf_remedy_places, .fallback_text = "before" },
  { NULL }
};

const BfRemedy bf_remedy_tensor_norm = {
  .kind = {
    .id = "tensor-norm",
    .name = N_("Tensor Normalization"),
    .summary = N_("The whole batch’s values together to mean 0 and variance 1, as one tensor."),
    .params = params,
  },
  .family = "normalization",
  .stage = BF_STAGE_NORMALIZATION,
  .formula = "(x − mean) / std, over all elements of the batch",
  .reference = "Ioffe & Szegedy 2015",
  .link = "https://arxiv.org/abs/1502.03167",
  .acts_on = N_("the spread of a layer’s input"),
  .cost = N_("Longer steps; units keep their differences, and a sample’s result depends on its batch, in evaluation too."),
  .apply = bf_remedy_add_layers,
};
