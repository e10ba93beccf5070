/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * backflow-cli check FILE: reads an experiment, lays its network out on its data, and says what
 * is wrong, or shows the layers with shapes and parameter counts.
 */
#include "bf-cli.h"

#include <glib/gi18n.h>

#include "../engine/data/bf-dataset.h"
#include "../lab/bf-file.h"
#include "../lab/bf-remedy.h"

static void
print_plan (const BfPlan *plan)
{
  for (guint i = 0; i < plan->n_layers; i++)
    {
      const BfPlanLayer *layer = &plan->layers[i];

      g_print ("%4u  %-16s %-14s %6u → %-6u %10" G_GUINT64_FORMAT "%s%s\n", layer->index, layer->name,
               bf_options_get_kind (layer->layer->options)->id, layer->inputs, layer->outputs,
               layer->parameters, layer->error ? "  ← " : "", layer->error ? layer->error : "");
    }
  g_print (_("%u layers, %llu parameters\n"), plan->n_layers, (unsigned long long) plan->parameters);
}

BfExit
bf_cli_check (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &folder, N_("Folder or file to take the data from"), N_("DIR") },
    { NULL }
  };
  g_autoptr (BfSpec) base = NULL;
  g_autoptr (BfSpec) spec = NULL;
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfPlan) plan = NULL;
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;
  BfExit code;

  if (!bf_cli_parse ("FILE", _("Checks an experiment file or a ready-made experiment."), entries, &argc, &argv, &code))
    return code;
  if (argc != 2)
    {
      g_printerr (_("backflow-cli: check takes one experiment. Try “backflow-cli check --help”.\n"));
      return BF_EXIT_USAGE;
    }
  base = bf_experiment_load_any (argv[1], &warnings, &error);
  if (!base)
    return bf_cli_fail (BF_EXIT_INPUT, error);
  for (guint i = 0; warnings && warnings[i]; i++)
    g_printerr ("backflow-cli: %s\n", warnings[i]);
  spec = bf_remedies_apply (base);
  data = bf_dataset_load (spec, folder, NULL, &error);
  if (!data)
    return bf_cli_fail (BF_EXIT_INPUT, error);
  plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  g_print ("%s\n%s\n", spec->name, bf_dataset_get_origin (data));
  print_plan (plan);
  if (plan->error)
    {
      g_printerr ("backflow-cli: “%s”: %s\n", argv[1], plan->error);
      return BF_EXIT_INPUT;
    }
  return BF_EXIT_DONE;
}
