/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Another activation in every hidden layer. What stands behind the last dense layer belongs to
 * the output and is left alone, except in a block whose earlier copies are hidden layers: copies
 * share their description.
 */
#include "../bf-remedy.h"

#include <glib/gi18n-lib.h>

/* The number of blocks that hold hidden layers, and how many layers of the last of them do. */
static guint
find_hidden_end (const BfSpec *spec, guint *layers)
{
  for (guint b = spec->blocks->len; b > 0; b--)
    {
      const BfBlock *block = spec->blocks->pdata[b - 1];

      for (guint i = block->layers->len; i > 0; i--)
        {
          const BfLayer *layer = block->layers->pdata[i - 1];

          if (!bf_options_is (layer->options, "dense"))
            continue;
          *layers = block->count > 1 ? block->layers->len : i;
          return b;
        }
    }
  *layers = 0;
  return 0;
}

static void
apply (BfSpec *spec, const BfOptions *options)
{
  const BfOptions *function = bf_options_choice (options, "function");
  guint layers_of_last;
  guint n_blocks = find_hidden_end (spec, &layers_of_last);

  for (guint b = 0; b < n_blocks; b++)
    {
      BfBlock *block = spec->blocks->pdata[b];
      guint n = b + 1 == n_blocks ? layers_of_last : block->layers->len;

      for (guint i = 0; i < n; i++)
        {
          BfLayer *layer = block->layers->pdata[i];

          if (!bf_options_is (layer->options, "activation")
              || bf_options_equal (bf_options_choice (layer->options, "function"), function))
            continue;
          bf_remedy_copy_choice (layer->options, "function", function);
          layer->remedy = g_intern_static_string ("activation");
        }
    }
}

static const BfParam params[] = {
  { .id = "function", .name = N_("Function"), .type = BF_PARAM_CHOICE, .table = bf_activations, .fallback_text = "relu" },
  { NULL }
};

const BfRemedy bf_remedy_activation = {
  .kind = {
    .id = "activation",
    .name = N_("Activation"),
    .summary = N_("A slope near 1 lets the gradient through each layer; sigmoid’s is at most 0.25."),
    .params = params,
  },
  .family = "activation",
  .stage = BF_STAGE_ACTIVATION,
  .formula = "ReLU(x) = max(0, x)   f′ = 1 for x > 0",
  .reference = "Nair & Hinton 2010",
  .link = "https://icml.cc/Conferences/2010/papers/432.pdf",
  .acts_on = N_("the slope of every unit"),
  .cost = N_("None; with ReLU, units that never become positive are lost."),
  .apply = apply,
};
