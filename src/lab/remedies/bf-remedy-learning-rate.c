/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A schedule of the learning rate, with warm-up, and another base rate if one is given.
 */
#include "../bf-remedy.h"

#include <glib/gi18n-lib.h>

static void
apply (BfSpec *spec, const BfOptions *options)
{
  const double rate = bf_options_number (options, "rate");

  bf_options_free (spec->schedule);
  spec->schedule = bf_options_copy (bf_options_choice (options, "schedule"));
  if (rate > 0)
    spec->learning_rate = rate;
}

static const BfParam params[] = {
  { .id = "schedule", .name = N_("Schedule"), .type = BF_PARAM_CHOICE, .table = bf_schedules, .fallback_text = "cosine" },
  { .id = "rate", .name = N_("Base Rate"), .type = BF_PARAM_NUMBER, .minimum = 0, .maximum = 1000, .fallback = 0, .unit = N_("0: as it is") },
  { NULL }
};

const BfRemedy bf_remedy_learning_rate = {
  .kind = {
    .id = "learning-rate",
    .name = N_("Learning Rate Schedule"),
    .summary = N_("Large steps while much is to be gained, small ones to settle; a warm-up spares the start."),
    .params = params,
  },
  .family = "optimizer, rate",
  .stage = BF_STAGE_RATE,
  .formula = "rate · (1 + cos(π t / T)) / 2",
  .reference = "Loshchilov & Hutter 2017",
  .link = "https://arxiv.org/abs/1608.03983",
  .acts_on = N_("the length of the steps"),
  .only_steps = TRUE,
  .cost = N_("None; it is made for a number of epochs known beforehand."),
  .apply = apply,
};
