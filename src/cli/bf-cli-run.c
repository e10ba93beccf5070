/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * backflow-cli run: the window's job without a window. The same run on the same worker thread;
 * this file's loop takes the place of the frame clock.
 */
#include "bf-cli-experiment.h"
#include "bf-cli-results.h"

#include <glib/gi18n.h>
#include <math.h>
#include <unistd.h>

#include "../lab/bf-remedy.h"
#include "../lab/bf-run.h"

#define POLL_MICROSECONDS 20000
#define CLOSE_SECONDS 10   /* for the notebook to take the last state */

typedef struct
{
  BfCliExperiment experiment;
  BfCliResults results;
  int epochs;
  gint64 steps;
  int threads;
  gboolean json;
  char *notebook;
  gboolean again;         /* also one that has finished */
} RunArguments;

static void
run_arguments_clear (RunArguments *self)
{
  bf_cli_experiment_clear (&self->experiment);
  bf_cli_results_clear (&self->results);
  g_free (self->notebook);
}

#define RUN_ARGUMENTS_INIT { .experiment = BF_CLI_EXPERIMENT_INIT, .epochs = -1, .steps = -1, .threads = -1 }

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RunArguments, run_arguments_clear)

/* What only the words of the command line can get wrong, before anything is read. */
static gboolean
check_arguments (const RunArguments *arguments, GError **error)
{
  const BfCliNumber numbers[] = {
    { "--epochs", arguments->epochs, 1, 1000000 },
    { "--steps", arguments->steps, 1, G_GINT64_CONSTANT (1) << 40 },
    { "--threads", arguments->threads, 1, 256 },
  };

  if (!bf_cli_check_numbers (numbers, G_N_ELEMENTS (numbers), error))
    return FALSE;
  if (arguments->epochs > 0 && arguments->steps > 0)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("--epochs and --steps exclude each other."));
      return FALSE;
    }
  return bf_cli_results_check (&arguments->results, error);
}

static void
show_epoch (const BfEpoch *epoch, guint epochs)
{
  g_printerr (_("Epoch %u of %u: training loss %.4f"), epoch->epoch, epochs, epoch->train_loss);
  if (isfinite (epoch->train_accuracy))
    g_printerr (_(", accuracy %.1f %%"), 100 * epoch->train_accuracy);
  if (isfinite (epoch->validation_loss))
    g_printerr (_("; validation loss %.4f"), epoch->validation_loss);
  if (isfinite (epoch->validation_accuracy))
    g_printerr (_(", accuracy %.1f %%"), 100 * epoch->validation_accuracy);
  g_printerr ("\n");
}

/* A bar on a terminal, a line an epoch in a pipe. */
static void
show_progress (const BfSnapshot *snapshot, guint *epochs_shown, gboolean terminal)
{
  if (terminal && snapshot->steps_planned > 0)
    {
      const double share = (double) snapshot->steps / (double) snapshot->steps_planned;
      char bar[BF_CLI_BAR_LENGTH + 1];

      g_printerr ("\r%s %5.1f %%  %.0f steps/s ", bf_cli_draw_bar (share, bar), 100 * share, snapshot->steps_per_second);
    }
  for (; *epochs_shown < snapshot->epochs->len; (*epochs_shown)++)
    {
      if (terminal)
        g_printerr ("\r\033[K");
      show_epoch (&g_array_index (snapshot->epochs, BfEpoch, *epochs_shown),
                  (guint) ((snapshot->steps_planned + snapshot->steps_per_epoch - 1) / snapshot->steps_per_epoch));
    }
}

/* Drives the run until it rests for good. */
static void
wait_for_run (BfRun *run, gboolean again)
{
  gboolean terminal = isatty (STDERR_FILENO);
  gboolean started = FALSE, warned = FALSE;
  guint epochs_shown = 0;

  for (;;)
    {
      BfRunState state;

      while (g_main_context_iteration (NULL, FALSE))
        ;
      if (bf_cli_is_interrupted ())
        bf_run_stop (run);
      bf_run_poll (run);
      state = bf_run_get_state (run);
      if (!started && (state == BF_RUN_READY || state == BF_RUN_PAUSED || (state == BF_RUN_FINISHED && again)))
        {
          started = TRUE;
          epochs_shown = bf_run_get_snapshot (run)->epochs->len;
          if (bf_run_get_dataset (run))
            g_printerr ("%s\n", bf_dataset_get_origin (bf_run_get_dataset (run)));
          bf_run_train (run);
          continue;
        }
      if (bf_run_get_notice (run) && !warned)
        {
          warned = TRUE;
          g_printerr ("backflow-cli: %s\n", bf_run_get_notice (run));
        }
      if (started)
        show_progress (bf_run_get_snapshot (run), &epochs_shown, terminal);
      if (state == BF_RUN_FAILED || state == BF_RUN_FINISHED || state == BF_RUN_DIVERGED || state == BF_RUN_CANCELLED)
        break;
      g_usleep (POLL_MICROSECONDS);
    }
  if (terminal)
    g_printerr ("\r\033[K");
}

static BfExit
finish (BfRun *run, BfSpec *base, const char *what, const RunArguments *arguments)
{
  BfSnapshot *snapshot = bf_run_get_snapshot (run);
  const char *name = g_file_test (what, G_FILE_TEST_EXISTS) ? base->name : what;
  g_autofree char *report = arguments->json ? bf_run_report_json (snapshot, name) : bf_run_report_table (snapshot);
  g_autoptr (GError) error = NULL;

  g_print ("%s%s", report, arguments->json ? "\n" : "");
  if (!bf_cli_results_write (&arguments->results, run, base, name, &error))
    return bf_cli_fail (BF_EXIT_INPUT, error);
  if (bf_run_get_state (run) == BF_RUN_CANCELLED)
    return BF_EXIT_INTERRUPTED;
  return bf_run_get_snapshot (run)->outcome == BF_OUTCOME_DIVERGED ? BF_EXIT_DIVERGED : BF_EXIT_DONE;
}

/* Trains, waits until all is kept, and reports. */
static BfExit
train_and_report (BfSpec *spec, BfSpec *base, const char *what, const BfRunOptions *options, const RunArguments *arguments)
{
  g_autoptr (BfRun) run = bf_run_new (spec, options);
  g_autoptr (GError) error = NULL;
  BfExit code = BF_EXIT_INTERRUPTED;   /* stopped while the data was being read */

  wait_for_run (run, arguments->again);
  if (bf_run_get_state (run) == BF_RUN_FAILED)
    return bf_cli_fail (BF_EXIT_INPUT, bf_run_get_error (run));
  if (bf_run_get_snapshot (run))
    code = finish (run, base, what, arguments);
  bf_run_stop (run);
  if (options->keeper && !bf_notebook_close (bf_keeper_get_notebook (options->keeper), CLOSE_SECONDS, &error))
    return bf_cli_fail (BF_EXIT_INPUT, error);
  return code;
}

static BfExit
run_experiment (const char *what, const RunArguments *arguments)
{
  BfRunOptions options = {
    .folder = arguments->experiment.folder,
    .threads = arguments->threads > 0 ? (guint) arguments->threads : 0,
    .steps = arguments->steps > 0 ? (guint64) arguments->steps : 0,
  };
  g_autoptr (BfNotebook) notebook = arguments->notebook ? bf_notebook_new (arguments->notebook) : NULL;
  g_autoptr (BfKeeper) keeper = NULL;
  g_autoptr (BfSpec) base = NULL;
  g_autoptr (BfSpec) spec = NULL;
  g_autoptr (GError) error = NULL;
  BfExit code;

  base = bf_cli_load_base (what, &arguments->experiment, &code);
  if (!base)
    return code;
  if (arguments->epochs > 0)
    base->epochs = (guint) arguments->epochs;
  spec = bf_remedies_apply (base);
  if (notebook)
    {
      const BfKeeperInfo info = {
        .name = base->name, .base = base, .folder = options.folder, .threads = options.threads, .limit = options.steps,
      };

      if (!bf_notebook_open (notebook, &error))
        return bf_cli_fail (BF_EXIT_INPUT, error);
      options.keeper = keeper = bf_keeper_new (notebook, &info);
      g_printerr (_("Kept as run %s\n"), bf_keeper_get_uuid (keeper));
    }
  return train_and_report (spec, base, what, &options, arguments);
}

static BfExit
resume_run (const char *what, const RunArguments *arguments)
{
  g_autofree char *path = arguments->notebook ? g_strdup (arguments->notebook) : bf_notebook_get_default_path ();
  g_autoptr (BfNotebook) notebook = bf_notebook_new (path);
  g_autoptr (GError) error = NULL;
  g_autofree char *uuid = bf_notebook_find (notebook, what, &error);
  g_autoptr (BfNotebookRun) kept = uuid ? bf_notebook_load (notebook, uuid, &error) : NULL;
  g_autoptr (BfKeeper) keeper = kept ? bf_keeper_reopen (notebook, kept, &error) : NULL;
  BfRunOptions options = { .keeper = keeper, .resume = kept };

  if (!keeper)
    return bf_cli_fail (BF_EXIT_INPUT, error);
  options.folder = arguments->experiment.folder ? arguments->experiment.folder : kept->folder;
  options.threads = kept->threads;
  options.steps = kept->limit;
  return train_and_report (kept->snapshot->plan->spec, kept->base, kept->base->name, &options, arguments);
}

BfExit
bf_cli_run (int argc, char **argv)
{
  g_auto (RunArguments) arguments = RUN_ARGUMENTS_INIT;
  const GOptionEntry entries[] = {
    BF_CLI_EXPERIMENT_ENTRIES (&arguments.experiment),
    { "epochs", 0, 0, G_OPTION_ARG_INT, &arguments.epochs, N_("Epochs to train"), N_("N") },
    { "steps", 0, 0, G_OPTION_ARG_INT64, &arguments.steps, N_("Steps to train, in place of epochs"), N_("N") },
    { "threads", 0, 0, G_OPTION_ARG_INT, &arguments.threads, N_("Threads that share a step"), N_("N") },
    BF_CLI_RESULTS_ENTRIES (&arguments.results),
    { "json", 0, 0, G_OPTION_ARG_NONE, &arguments.json, N_("Print one JSON object"), NULL },
    { "notebook", 0, 0, G_OPTION_ARG_FILENAME, &arguments.notebook,
      N_("Keep the run in this notebook, so that “resume” can go on with it"), N_("FILE") },
    { NULL }
  };
  g_autoptr (GError) error = NULL;
  BfExit code;

  if (!bf_cli_parse ("EXPERIMENT", _("Trains an experiment: a .backflow file or a ready-made one\n"
                                     "(backflow-cli list experiments)."), entries, &argc, &argv, &code))
    return code;
  if (argc != 2)
    {
      g_printerr (_("backflow-cli: run takes one experiment. Try “backflow-cli list experiments”.\n"));
      return BF_EXIT_USAGE;
    }
  if (!check_arguments (&arguments, &error))
    return bf_cli_fail (BF_EXIT_USAGE, error);
  bf_cli_watch_interrupt ();
  return run_experiment (argv[1], &arguments);
}

BfExit
bf_cli_resume (int argc, char **argv)
{
  g_auto (RunArguments) arguments = RUN_ARGUMENTS_INIT;
  const GOptionEntry entries[] = {
    { "notebook", 0, 0, G_OPTION_ARG_FILENAME, &arguments.notebook, N_("The notebook; by default the window’s"), N_("FILE") },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &arguments.experiment.folder, N_("Folder or file to take the data from"), N_("DIR") },
    { "again", 0, 0, G_OPTION_ARG_NONE, &arguments.again, N_("Train a finished run for as many epochs again"), NULL },
    BF_CLI_RESULTS_ENTRIES (&arguments.results),
    { "json", 0, 0, G_OPTION_ARG_NONE, &arguments.json, N_("Print one JSON object"), NULL },
    { NULL }
  };
  g_autoptr (GError) error = NULL;
  BfExit code;

  if (!bf_cli_parse ("RUN", _("Goes on with a run of a notebook where it stood, to the last bit as if it had never\n"
                              "stopped (backflow-cli runs). RUN is its name or the first letters of its number."),
                     entries, &argc, &argv, &code))
    return code;
  if (argc != 2)
    {
      g_printerr (_("backflow-cli: resume takes one run. Try “backflow-cli runs”.\n"));
      return BF_EXIT_USAGE;
    }
  if (!check_arguments (&arguments, &error))
    return bf_cli_fail (BF_EXIT_USAGE, error);
  bf_cli_watch_interrupt ();
  return resume_run (argv[1], &arguments);
}
