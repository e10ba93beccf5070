/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * backflow-cli gradients: loss and gradient norms of the starting weights, for one batch that a
 * script in another framework can repeat.
 */
#include "bf-cli.h"

#include <glib/gi18n.h>

#include "../lab/bf-file.h"
#include "../lab/bf-first-batch.h"
#include "../lab/bf-remedy.h"

BfSpec *
bf_cli_load_effective (const char *what, gint64 seed, char **remedies, BfExit *code)
{
  g_autoptr (BfSpec) loaded = NULL;
  g_autoptr (BfSpec) base = NULL;
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;

  if (seed < -1 || seed > (gint64) BF_MAX_SEED)
    {
      g_set_error (&error, BF_ERROR, BF_ERROR_INVALID, _("--seed must lie between 0 and %lld."), (long long) BF_MAX_SEED);
      *code = bf_cli_fail (BF_EXIT_USAGE, error);
      return NULL;
    }
  loaded = bf_experiment_load_any (what, &warnings, &error);
  if (!loaded)
    {
      *code = bf_cli_fail (BF_EXIT_INPUT, error);
      return NULL;
    }
  for (guint i = 0; warnings && warnings[i]; i++)
    g_printerr ("backflow-cli: %s\n", warnings[i]);
  base = bf_spec_copy (loaded);
  if (seed >= 0)
    base->seed = (guint64) seed;
  for (guint i = 0; remedies && remedies[i]; i++)
    if (!bf_spec_add_remedy_string (base, remedies[i], &error))
      {
        *code = bf_cli_fail (BF_EXIT_USAGE, error);
        return NULL;
      }
  return bf_remedies_apply (base);
}

static void
print_table (const BfFirstBatch *batch)
{
  g_print (_("Loss %g\n"), batch->loss);
  for (guint w = 0; w < batch->plan->n_weighted; w++)
    g_print ("%-12s %.4g\n", batch->plan->layers[batch->plan->weighted[w]].name,
             bf_first_batch_get_gradient_norm (batch, w));
}

BfExit
bf_cli_gradients (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  g_auto (GStrv) remedies = NULL;
  gint64 seed = -1;
  int samples = 64;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "samples", 0, 0, G_OPTION_ARG_INT, &samples, N_("First samples of the training file to pass as one batch"), N_("N") },
    { "remedy", 0, 0, G_OPTION_ARG_STRING_ARRAY, &remedies, N_("Switch a remedy on; may be repeated"), N_("ID[:name=value,…]") },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Seed of weights and data"), N_("N") },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &folder, N_("Folder or file to take the data from"), N_("DIR") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON object"), NULL },
    { NULL }
  };
  g_autoptr (BfSpec) spec = NULL;
  g_autoptr (BfFirstBatch) batch = NULL;
  g_autoptr (GError) error = NULL;
  BfExit code;

  if (!bf_cli_parse ("EXPERIMENT", _("Prints loss and gradient norms of the starting weights for one batch:\n"
                                     "the first samples of the training file, before any split."),
                     entries, &argc, &argv, &code))
    return code;
  if (argc != 2 || samples < 1 || samples > BF_MAX_BATCH)
    {
      g_printerr (_("backflow-cli: gradients takes one experiment, and --samples from 1 to %d.\n"), BF_MAX_BATCH);
      return BF_EXIT_USAGE;
    }
  spec = bf_cli_load_effective (argv[1], seed, remedies, &code);
  if (!spec)
    return code;
  batch = bf_first_batch_new (spec, (guint) samples, folder, &error);
  if (!batch)
    return bf_cli_fail (BF_EXIT_INPUT, error);
  if (json)
    {
      g_autofree char *text = bf_first_batch_print (batch);

      g_print ("%s\n", text);
    }
  else
    print_table (batch);
  return BF_EXIT_DONE;
}
