/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Another optimizer, with a learning rate that suits it.
 */
#include "../bf-remedy.h"

#include <glib/gi18n-lib.h>

static void
apply (BfSpec *spec, const BfOptions *options)
{
  bf_options_free (spec->optimizer);
  spec->optimizer = bf_options_copy (bf_options_choice (options, "kind"));
  spec->learning_rate = bf_options_number (options, "learning_rate");
}

static const BfParam params[] = {
  { .id = "kind", .name = N_("Kind"), .type = BF_PARAM_CHOICE, .table = bf_optimizers, .fallback_text = "adam" },
  { .id = "learning_rate", .name = N_("Learning Rate"), .type = BF_PARAM_NUMBER, .minimum = 0, .maximum = 1000, .fallback = 0.001 },
  { NULL }
};

const BfRemedy bf_remedy_optimizer = {
  .kind = {
    .id = "optimizer",
    .name = N_("Optimizer"),
    .summary = N_("Adam divides each gradient by its own recent size, so small gradients take steps too."),
    .params = params,
  },
  .family = "optimizer, rate",
  .stage = BF_STAGE_OPTIMIZER,
  .formula = "w ← w − rate · m̂ / (√v̂ + ε)",
  .reference = "Kingma & Ba 2015",
  .link = "https://arxiv.org/abs/1412.6980",
  .acts_on = N_("the step of each weight"),
  .only_steps = TRUE,
  .cost = N_("Two more numbers a weight; the gradient still vanishes, only the step does not."),
  .apply = apply,
};
