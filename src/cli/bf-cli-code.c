/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * backflow-cli code: the experiment as a script of another framework, on standard output.
 */
#include "bf-cli-experiment.h"

#include <glib/gi18n.h>

#include "../lab/bf-code.h"
#include "../lab/bf-file.h"
#include "../lab/bf-safetensors.h"

typedef struct
{
  char *framework;
  BfCliExperiment experiment;
  int parity;
  char *weights;
} CodeArguments;

static void
code_arguments_clear (CodeArguments *self)
{
  g_free (self->framework);
  bf_cli_experiment_clear (&self->experiment);
  g_free (self->weights);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CodeArguments, code_arguments_clear)

static const BfKind *
check_arguments (const CodeArguments *arguments, GError **error)
{
  const char *framework = arguments->framework ? arguments->framework : "pytorch";

  const BfCliNumber parity = { "--parity", arguments->parity, 1, BF_MAX_BATCH };

  if (!bf_cli_check_numbers (&parity, 1, error))
    return NULL;
  if ((arguments->parity > 0) != (arguments->weights != NULL))
    g_set_error (error, BF_ERROR, BF_ERROR_INVALID,
                 _("--parity N and --weights FILE belong together: the starting weights are written to FILE."));
  else
    return bf_kind_find_error (bf_code_frameworks, _("Framework"), framework, error);
  return NULL;
}

static void
print_script (const BfKind *framework, BfPlan *plan, const BfDataset *data, const CodeArguments *arguments)
{
  g_autofree char *folder = arguments->experiment.folder ? g_canonicalize_filename (arguments->experiment.folder, NULL) : NULL;
  g_autofree char *weights = arguments->weights ? g_canonicalize_filename (arguments->weights, NULL) : NULL;
  const BfCodeOptions options = {
    .plan = plan, .data = data, .folder = folder, .weights = weights,
    .samples = arguments->parity > 0 ? (guint) arguments->parity : 0,
  };
  g_autofree char *script = bf_code_print (framework, &options);

  g_print ("%s", script);
}

static BfExit
print_parity (const BfKind *framework, BfSpec *spec, const CodeArguments *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfFirstBatch) batch = bf_first_batch_new (spec, (guint) arguments->parity, arguments->experiment.folder, &error);
  g_autoptr (GPtrArray) tensors = NULL;

  if (!batch)
    return bf_cli_fail (BF_EXIT_INPUT, error);
  tensors = bf_code_list_tensors (batch);
  if (!bf_safetensors_save (arguments->weights, tensors, &error))
    return bf_cli_fail (BF_EXIT_INPUT, error);
  print_script (framework, batch->plan, batch->data, arguments);
  return BF_EXIT_DONE;
}

static BfExit
print_training (const BfKind *framework, BfSpec *spec, const CodeArguments *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfDataset) data = bf_dataset_load (spec, arguments->experiment.folder, NULL, &error);
  g_autoptr (BfPlan) plan = NULL;

  if (!data)
    return bf_cli_fail (BF_EXIT_INPUT, error);
  plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  if (plan->error)
    {
      g_set_error_literal (&error, BF_ERROR, BF_ERROR_INVALID, plan->error);
      return bf_cli_fail (BF_EXIT_INPUT, error);
    }
  print_script (framework, plan, data, arguments);
  return BF_EXIT_DONE;
}

BfExit
bf_cli_code (int argc, char **argv)
{
  g_auto (CodeArguments) arguments = { .experiment = BF_CLI_EXPERIMENT_INIT, .parity = -1 };
  const GOptionEntry entries[] = {
    { "framework", 0, 0, G_OPTION_ARG_STRING, &arguments.framework, N_("pytorch or keras"), N_("NAME") },
    BF_CLI_EXPERIMENT_ENTRIES (&arguments.experiment),
    { "parity", 0, 0, G_OPTION_ARG_INT, &arguments.parity,
      N_("Not a training, but one pass of the first N samples, as “gradients” makes it"), N_("N") },
    { "weights", 0, 0, G_OPTION_ARG_FILENAME, &arguments.weights,
      N_("With --parity: write the starting weights there (safetensors)"), N_("FILE") },
    { NULL }
  };
  g_autoptr (BfSpec) spec = NULL;
  g_autoptr (GError) error = NULL;
  const BfKind *framework;
  BfExit code;

  if (!bf_cli_parse ("EXPERIMENT", _("Prints an experiment as a short script of another framework."),
                     entries, &argc, &argv, &code))
    return code;
  if (argc != 2)
    {
      g_printerr (_("backflow-cli: code takes one experiment. Try “backflow-cli list experiments”.\n"));
      return BF_EXIT_USAGE;
    }
  framework = check_arguments (&arguments, &error);
  if (!framework)
    return bf_cli_fail (BF_EXIT_USAGE, error);
  spec = bf_cli_load_effective (argv[1], &arguments.experiment, &code);
  if (!spec)
    return code;
  return arguments.parity > 0 ? print_parity (framework, spec, &arguments) : print_training (framework, spec, &arguments);
}
