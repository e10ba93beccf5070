/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Layer normalization in every hidden layer.
 */
#include "../bf-remedy-edit.h"

#include <glib/gi18n-lib.h>

static const BfParam params[] = {
  { .id = "place", .name = N_("Place"), .type = BF_PARAM_CHOICE, .table = bf_remedy_places, .fallback_text = "before" },
  { .id = "affine", .name = N_("Scale and Shift"), .type = BF_PARAM_BOOLEAN, .minimum = 0, .maximum = 1, .fallback = 1 },
  { NULL }
};

const BfRemedy bf_remedy_layer_norm = {
  .kind = {
    .id = "layer-norm",
    .name = N_("Layer Normalization"),
    .summary = N_("Each sample’s values to mean 0 and variance 1 over the layer’s units; batches of any size."),
    .params = params,
  },
  .family = "normalization",
  .stage = BF_STAGE_NORMALIZATION,
  .formula = "(x − mean) / √(variance + ε) · scale + shift, over the features",
  .reference = "Ba, Kiros & Hinton 2016",
  .link = "https://arxiv.org/abs/1607.06450",
  .acts_on = N_("the spread of a layer’s input"),
  .cost = N_("Longer steps; the layer’s overall level is lost to the next one."),
  .apply = bf_remedy_add_layers,
};
