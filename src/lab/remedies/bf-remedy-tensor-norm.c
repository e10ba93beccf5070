/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One mean and one standard deviation for a whole batch, in every hidden layer.
 */
#include "../bf-remedy-edit.h"

#include <glib/gi18n-lib.h>

static void
change_unit (BfSpec *spec, BfBlock *block, guint first, guint end, gpointer data)
{
  const BfOptions *options = data;
  const BfLayer *dense = block->layers->pdata[first];
  guint at = bf_remedy_find_place (block, first, end, bf_options_choice (options, "place"));
  BfLayer *layer = bf_remedy_layer_new (spec, "tensor-norm", "tensor-norm", dense->id);

  g_ptr_array_insert (block->layers, (int) at, layer);
}

static void
apply (BfSpec *spec, const BfOptions *options)
{
  bf_remedy_join (spec);
  bf_remedy_foreach_unit (spec, FALSE, change_unit, (gpointer) options);
}

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
  .apply = apply,
};
