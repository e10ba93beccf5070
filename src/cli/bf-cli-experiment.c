/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-cli-experiment.h"

#include <glib/gi18n.h>

#include "../lab/bf-file.h"
#include "../lab/bf-remedy.h"

void
bf_cli_experiment_clear (BfCliExperiment *self)
{
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->remedies, g_strfreev);
}

static BfSpec *
load (const char *what, const BfCliExperiment *changes, BfExit *code, GError **error)
{
  const BfCliNumber seed = { "--seed", changes->seed, 0, (gint64) BF_MAX_SEED };
  g_autoptr (BfSpec) loaded = NULL;
  g_autoptr (BfSpec) base = NULL;
  g_auto (GStrv) warnings = NULL;

  *code = BF_EXIT_USAGE;
  if (!bf_cli_check_numbers (&seed, 1, error))
    return NULL;
  *code = BF_EXIT_INPUT;
  loaded = bf_experiment_load_any (what, &warnings, error);
  if (!loaded)
    return NULL;
  bf_cli_warn (warnings);
  *code = BF_EXIT_USAGE;
  base = bf_spec_copy (loaded);
  if (changes->seed >= 0)
    base->seed = (guint64) changes->seed;
  for (guint i = 0; changes->remedies && changes->remedies[i]; i++)
    if (!bf_spec_add_remedy_string (base, changes->remedies[i], error))
      return NULL;
  return g_steal_pointer (&base);
}

BfSpec *
bf_cli_load_base (const char *what, const BfCliExperiment *changes, BfExit *code)
{
  g_autoptr (GError) error = NULL;
  BfSpec *base = load (what, changes, code, &error);

  if (!base)
    bf_cli_fail (*code, error);
  return base;
}

BfSpec *
bf_cli_load_effective (const char *what, const BfCliExperiment *changes, BfExit *code)
{
  g_autoptr (BfSpec) base = bf_cli_load_base (what, changes, code);

  return base ? bf_remedies_apply (base) : NULL;
}
