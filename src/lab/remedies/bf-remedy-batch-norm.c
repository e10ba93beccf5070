/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Batch normalization in every hidden layer.
 */
#include "../bf-remedy-edit.h"

#include <glib/gi18n-lib.h>

static const BfParam params[] = {
  { .id = "place", .name = N_("Place"), .type = BF_PARAM_CHOICE, .table = bf_remedy_places, .fallback_text = "before" },
  { .id = "statistics", .name = N_("Statistics"), .type = BF_PARAM_CHOICE, .table = bf_batch_norm_statistics, .fallback_text = "running" },
  { .id = "affine", .name = N_("Scale and Shift"), .type = BF_PARAM_BOOLEAN, .minimum = 0, .maximum = 1, .fallback = 1 },
  { NULL }
};

const BfRemedy bf_remedy_batch_norm = {
  .kind = {
    .id = "batch-norm",
    .name = N_("Batch Normalization"),
    .summary = N_("Each unit’s values to mean 0 and variance 1 over the batch, so that no layer shrinks them."),
    .params = params,
  },
  .family = "normalization",
  .stage = BF_STAGE_NORMALIZATION,
  .formula = "(x − mean) / √(variance + ε) · scale + shift, over the batch",
  .reference = "Ioffe & Szegedy 2015",
  .link = "https://arxiv.org/abs/1502.03167",
  .acts_on = N_("the spread of every unit’s input"),
  .cost = N_("Longer steps; samples of a batch influence each other, and batches must not be tiny."),
  .apply = bf_remedy_add_layers,
};
