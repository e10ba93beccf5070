/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Starting weights by a scheme in every dense layer, the output's too. The gain multiplies what is drawn; LSUV
 * scales itself by the first batch.
 */
#include "../bf-remedy-edit.h"

#include <glib/gi18n-lib.h>

static void
change_unit (BfSpec *spec, BfBlock *block, guint first, guint end, gpointer data)
{
  const BfOptions *options = data;
  BfLayer *layer = block->layers->pdata[first];

  bf_remedy_copy_choice (layer->options, "start", bf_options_choice (options, "scheme"));
  layer->gain = bf_options_number (options, "gain");
  layer->remedy = g_intern_static_string ("initialization");
}

static void
apply (BfSpec *spec, const BfOptions *options)
{
  bf_remedy_foreach_unit (spec, TRUE, change_unit, (gpointer) options);
}

static const BfParam params[] = {
  { .id = "scheme", .name = N_("Scheme"), .type = BF_PARAM_CHOICE, .table = bf_initializers, .fallback_text = "he-normal" },
  { .id = "gain", .name = N_("Gain"), .type = BF_PARAM_NUMBER, .minimum = 1e-6, .maximum = 1000, .fallback = 1 },
  { NULL }
};

const BfRemedy bf_remedy_initialization = {
  .kind = {
    .id = "initialization",
    .name = N_("Initialization"),
    .summary = N_("Weights as wide as the layer’s size asks for: signals and gradients keep their length."),
    .params = params,
  },
  .family = "starting weights",
  .stage = BF_STAGE_START,
  .formula = "He: Var W = 2 / fan_in",
  .reference = "He et al. 2015",
  .link = "https://arxiv.org/abs/1502.01852",
  .acts_on = N_("the weights’ factor"),
  .cost = N_("None; orthogonal and LSUV starts take a moment for wide layers."),
  .apply = apply,
};
