/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Gradients above a limit are shortened before the update.
 */
#include "../bf-remedy.h"

#include <glib/gi18n-lib.h>

/* The engine's clippings without "none". */
static const BfKind *const *
list_kinds (void)
{
  static const BfKind *table[8];
  static gsize once;

  if (g_once_init_enter (&once))
    {
      guint n = 0;

      for (const BfKind *const *kind = bf_clippings (); *kind && n + 1 < G_N_ELEMENTS (table); kind++)
        if (!g_str_equal ((*kind)->id, "none"))
          table[n++] = *kind;
      g_once_init_leave (&once, 1);
    }
  return table;
}

static void
apply (BfSpec *spec, const BfOptions *options)
{
  bf_options_free (spec->clipping);
  spec->clipping = bf_options_copy (bf_options_choice (options, "kind"));
}

static const BfParam params[] = {
  { .id = "kind", .name = N_("Kind"), .type = BF_PARAM_CHOICE, .table = list_kinds, .fallback_text = "global-norm" },
  { NULL }
};

const BfRemedy bf_remedy_gradient_clipping = {
  .kind = {
    .id = "gradient-clipping",
    .name = N_("Gradient Clipping"),
    .summary = N_("A gradient longer than the limit is shortened, so that one step cannot throw the weights away."),
    .params = params,
  },
  .family = "gradient norm, clipping",
  .stage = BF_STAGE_CLIPPING,
  .formula = "g ← g · min(1, limit / ‖g‖)",
  .reference = "Pascanu, Mikolov & Bengio 2013",
  .link = "https://arxiv.org/abs/1211.5063",
  .acts_on = N_("the length of a step"),
  .only_steps = TRUE,
  .cost = N_("Little; it does nothing for a gradient that vanishes, and a low limit slows training."),
  .apply = apply,
};
