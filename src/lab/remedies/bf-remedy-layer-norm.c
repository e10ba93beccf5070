/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Layer normalization in every hidden layer.
 */
#include "../bf-remedy-edit.h"

#include <glib/gi18n-lib.h>

static void
change_unit (BfSpec *spec, BfBlock *block, guint first, guint end, gpointer data)
{
  const BfOptions *options = data;
  const BfLayer *dense = block->layers->pdata[first];
  guint at = bf_remedy_find_place (block, first, end, bf_options_choice (options, "place"));
  BfLayer *layer = bf_remedy_layer_new (spec, "layer-norm", "layer-norm", dense->id);

  bf_options_set_number (layer->options, "affine", bf_options_boolean (options, "affine"), NULL);
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
  .apply = apply,
};
