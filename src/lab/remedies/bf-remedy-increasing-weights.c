/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Larger starting weights: N(0, std) in every dense layer, the output's too, and zero biases
 * (which every initializer but the framework's default gives).
 */
#include "../bf-remedy.h"

#include <glib/gi18n-lib.h>

static void
apply (BfSpec *spec, const BfOptions *options)
{
  for (guint b = 0; b < spec->blocks->len; b++)
    {
      const BfBlock *block = spec->blocks->pdata[b];

      for (guint i = 0; i < block->layers->len; i++)
        {
          BfLayer *layer = block->layers->pdata[i];

          if (!bf_options_is (layer->options, "dense"))
            continue;
          bf_options_set_choice (layer->options, "start", "normal", NULL);
          bf_options_set_number (bf_options_edit_choice (layer->options, "start"), "mean", 0, NULL);
          bf_options_set_number (bf_options_edit_choice (layer->options, "start"), "std",
                                 bf_options_number (options, "std"), NULL);
          layer->remedy = g_intern_static_string ("increasing-weights");
        }
    }
}

static const BfParam params[] = {
  { .id = "std", .name = N_("Standard Deviation"), .type = BF_PARAM_NUMBER, .minimum = 0, .maximum = 100, .fallback = 1 },
  { NULL }
};

const BfRemedy bf_remedy_increasing_weights = {
  .kind = {
    .id = "increasing-weights",
    .name = N_("Increasing Weights"),
    .summary = N_("Larger starting weights make up for the factor that each activation’s slope takes away."),
    .params = params,
  },
  .family = "starting weights",
  .stage = BF_STAGE_START,
  .formula = "W ~ N(0, σ²)   b = 0",
  .reference = "Bengio, Simard & Frasconi 1994",
  .link = "https://doi.org/10.1109/72.279181",
  .acts_on = N_("the weights’ factor"),
  .cost = N_("None; too large a spread saturates the units or makes the gradient explode."),
  .apply = apply,
};
