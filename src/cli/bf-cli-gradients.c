/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * backflow-cli gradients: loss and gradient norms of the starting weights, for one batch that a
 * script in another framework can repeat.
 */
#include "bf-cli-experiment.h"

#include <glib/gi18n.h>

#include "../lab/bf-file.h"
#include "../lab/bf-first-batch.h"

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
  g_auto (BfCliExperiment) experiment = BF_CLI_EXPERIMENT_INIT;
  int samples = 64;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "samples", 0, 0, G_OPTION_ARG_INT, &samples, N_("First samples of the training file to pass as one batch"), N_("N") },
    BF_CLI_EXPERIMENT_ENTRIES (&experiment),
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
  spec = bf_cli_load_effective (argv[1], &experiment, &code);
  if (!spec)
    return code;
  batch = bf_first_batch_new (spec, (guint) samples, experiment.folder, &error);
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
