/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-cli.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

static const struct
{
  const char *name;
  const char *summary;
  BfExit (*run) (int argc, char **argv);
} verbs[] = {
  { "run", N_("Train an experiment, print the result, write figures"), bf_cli_run },
  { "study", N_("Train all rows of a study and print them beside what was published"), bf_cli_study },
  { "runs", N_("List the runs that a notebook keeps"), bf_cli_runs },
  { "resume", N_("Go on with a run of a notebook"), bf_cli_resume },
  { "list", N_("List layers, activations, remedies, figures, experiments …"), bf_cli_list },
  { "check", N_("Check an experiment file and show its network"), bf_cli_check },
  { "code", N_("Print an experiment as a PyTorch or Keras script"), bf_cli_code },
  { "gradients", N_("Print the gradient norms of one batch at the start"), bf_cli_gradients },
  { "bench", N_("Measure the speed of training"), bf_cli_bench },
  { "diagnose", N_("Say what is wrong with an experiment, why, and what to try"), bf_cli_diagnose },
};

static void
print_usage (void)
{
  g_print (_("Usage: backflow-cli VERB [OPTION…]\n\n"));
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_print ("  %-10s %s\n", verbs[i].name, _(verbs[i].summary));
  g_print (_("\nbackflow-cli VERB --help tells more of each.\n"
             "Exit codes: 0 done, 1 the run diverged, 2 bad usage, 3 bad input.\n"));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, BF_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (argc < 2)
    {
      g_printerr (_("backflow-cli: a verb is missing. Try “backflow-cli --help”.\n"));
      return BF_EXIT_USAGE;
    }
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    {
      print_usage ();
      return BF_EXIT_DONE;
    }
  if (g_str_equal (argv[1], "--version"))
    {
      g_print ("backflow-cli %s\n", BF_VERSION);
      return BF_EXIT_DONE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (argv[1], verbs[i].name))
      return verbs[i].run (argc - 1, argv + 1);
  g_printerr (_("backflow-cli: “%s” is not a verb. Try “backflow-cli --help”.\n"), argv[1]);
  return BF_EXIT_USAGE;
}
