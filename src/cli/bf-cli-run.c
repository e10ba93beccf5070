/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * backflow-cli run: the window's job without a window. The same run on the same worker thread;
 * this file's loop takes the place of the frame clock.
 */
#include "bf-cli.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <unistd.h>

#include "../lab/bf-file.h"
#include "../lab/bf-remedy.h"
#include "../lab/bf-run.h"
#include "../plot/bf-export.h"

#define POLL_MICROSECONDS 20000
#define CLOSE_SECONDS 10   /* for the notebook to take the last state */

typedef struct
{
  char *folder;
  gint64 seed;
  int epochs;
  gint64 steps;
  int threads;
  char **remedies;
  char *out;
  char **figures;
  char *format;
  gboolean json;
  char *notebook;
  gboolean again;         /* also one that has finished */
  BfFormat file_format;   /* of `format` */
} RunArguments;

static void
run_arguments_clear (RunArguments *self)
{
  g_free (self->folder);
  g_strfreev (self->remedies);
  g_free (self->out);
  g_strfreev (self->figures);
  g_free (self->format);
  g_free (self->notebook);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RunArguments, run_arguments_clear)

static volatile sig_atomic_t interrupted;

static gboolean
on_interrupt (gpointer data)
{
  interrupted = 1;
  return G_SOURCE_CONTINUE;
}

static gboolean
check_numbers (const RunArguments *arguments, GError **error)
{
  const struct { const char *name; gint64 value, maximum; } numbers[] = {
    { "--seed", arguments->seed, (G_GINT64_CONSTANT (1) << 53) - 1 },
    { "--epochs", arguments->epochs, 1000000 },
    { "--steps", arguments->steps, G_GINT64_CONSTANT (1) << 40 },
    { "--threads", arguments->threads, 256 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].value < -1 || numbers[i].value > numbers[i].maximum
        || (numbers[i].value == 0 && i > 0))
      {
        g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("%s must lie between %d and %lld."), numbers[i].name,
                     i > 0, (long long) numbers[i].maximum);
        return FALSE;
      }
  if (arguments->epochs > 0 && arguments->steps > 0)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("--epochs and --steps exclude each other."));
      return FALSE;
    }
  return TRUE;
}

/* What only the words of the command line can get wrong, before anything is read. */
static gboolean
check_arguments (RunArguments *arguments, GError **error)
{
  const BfKind *const *formats = bf_formats ();

  if (!check_numbers (arguments, error))
    return FALSE;
  if (arguments->format)
    {
      const BfKind *format = bf_kind_find_error (bf_formats, _("Format"), arguments->format, error);

      if (!format)
        return FALSE;
      for (guint i = 0; formats[i]; i++)
        if (formats[i] == format)
          arguments->file_format = (BfFormat) i;
    }
  for (guint i = 0; arguments->figures && arguments->figures[i]; i++)
    if (!bf_kind_find_error (bf_figures, _("Figure"), arguments->figures[i], error))
      return FALSE;
  if (arguments->figures && !arguments->out)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("--figure needs --out DIR, the folder to write to."));
      return FALSE;
    }
  return TRUE;
}

/* The spec to train: base with the command line's changes, its remedies on. */
static BfSpec *
make_base (BfSpec *loaded, const RunArguments *arguments, GError **error)
{
  g_autoptr (BfSpec) base = bf_spec_copy (loaded);

  if (arguments->seed >= 0)
    base->seed = (guint64) arguments->seed;
  if (arguments->epochs > 0)
    base->epochs = (guint) arguments->epochs;
  for (guint i = 0; arguments->remedies && arguments->remedies[i]; i++)
    if (!bf_spec_add_remedy_string (base, arguments->remedies[i], error))
      return NULL;
  return g_steal_pointer (&base);
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
      double share = (double) snapshot->steps / (double) snapshot->steps_planned;
      char bar[31] = "";

      for (int i = 0; i < 30; i++)
        bar[i] = i < (int) (30 * share) ? '#' : '.';
      g_printerr ("\r%s %5.1f %%  %.0f steps/s ", bar, 100 * share, snapshot->steps_per_second);
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
      if (interrupted)
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

static gboolean
write_figure (const BfFigure *figure, const BfFigureData *shown, BfSpec *base, const RunArguments *arguments, GError **error)
{
  const BfFormat formats[] = { arguments->file_format, BF_FORMAT_CSV };
  g_autofree char *experiment = bf_file_print (base);
  BfStyle style;

  bf_style_init (&style, BF_THEME_LIGHT);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s.%s", figure->kind.id, bf_formats ()[formats[i]]->id);
      g_autofree char *path = g_build_filename (arguments->out, name, NULL);
      BfExportOptions options;

      bf_export_options_init (&options, formats[i]);
      options.experiment = experiment;
      if (!bf_export_to_file (figure, &style, shown, &options, path, error))
        return FALSE;
      g_printerr ("%s\n", path);
    }
  return TRUE;
}

/* What the network answers at the end; NULL: the run takes no more commands. */
static BfEvaluation *
evaluate (BfRun *run)
{
  if (bf_run_evaluate (run, bf_evaluation_choose_part (bf_run_get_dataset (run))))
    bf_run_wait (run);
  return bf_run_get_evaluation (run);
}

static gboolean
write_results (BfRun *of, BfSpec *base, const char *name, const RunArguments *arguments, GError **error)
{
  BfEvaluation *evaluation = evaluate (of);   /* first: it may bring another snapshot */
  BfSnapshot *snapshot = bf_run_get_snapshot (of);
  g_autoptr (BfDataFacts) facts = bf_data_facts_new (bf_run_get_dataset (of));
  const BfFigureRun run = { snapshot, snapshot->plan->spec->name, BF_FAMILY_BASELINE };
  const BfFigureData data = {
    .runs = &run, .n_runs = 1, .scale_locked = TRUE, .tensor = BF_TENSOR_WEIGHT_GRADIENT,
    .cursor = { 0, bf_snapshot_get_last_step (snapshot) },
    .evaluation = evaluation, .facts = facts,
  };
  g_autofree char *json = bf_report_json (snapshot, name);
  g_autofree char *json_path = g_build_filename (arguments->out, "result.json", NULL);
  g_autofree char *spec_path = g_build_filename (arguments->out, "experiment.backflow", NULL);

  if (g_mkdir_with_parents (arguments->out, 0755) != 0)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("The folder “%s” cannot be made: %s."), arguments->out,
                   g_strerror (errno));
      return FALSE;
    }
  if (!g_file_set_contents (json_path, json, -1, error) || !bf_file_save (base, spec_path, error))
    return FALSE;
  for (const BfKind *const *figure = bf_figures (); *figure; figure++)
    if ((!arguments->figures || g_strv_contains ((const char *const *) arguments->figures, (*figure)->id))
        && bf_figure_applies ((const BfFigure *) *figure, &data)
        && !write_figure ((const BfFigure *) *figure, &data, base, arguments, error))
      return FALSE;
  return TRUE;
}

static BfExit
finish (BfRun *run, BfSpec *base, const char *what, const RunArguments *arguments)
{
  BfSnapshot *snapshot = bf_run_get_snapshot (run);
  const char *name = g_file_test (what, G_FILE_TEST_EXISTS) ? base->name : what;
  g_autofree char *report = arguments->json ? bf_report_json (snapshot, name) : bf_report_table (snapshot);
  g_autoptr (GError) error = NULL;

  g_print ("%s%s", report, arguments->json ? "\n" : "");
  if (arguments->out && !write_results (run, base, name, arguments, &error))
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
    .folder = arguments->folder,
    .threads = arguments->threads > 0 ? (guint) arguments->threads : 0,
    .steps = arguments->steps > 0 ? (guint64) arguments->steps : 0,
  };
  g_autoptr (BfNotebook) notebook = arguments->notebook ? bf_notebook_new (arguments->notebook) : NULL;
  g_autoptr (BfKeeper) keeper = NULL;
  g_autoptr (BfSpec) loaded = NULL;
  g_autoptr (BfSpec) base = NULL;
  g_autoptr (BfSpec) spec = NULL;
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;

  loaded = bf_experiment_load_any (what, &warnings, &error);
  if (!loaded)
    return bf_cli_fail (BF_EXIT_INPUT, error);
  for (guint i = 0; warnings && warnings[i]; i++)
    g_printerr ("backflow-cli: %s\n", warnings[i]);
  base = make_base (loaded, arguments, &error);
  if (!base)
    return bf_cli_fail (BF_EXIT_USAGE, error);
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
  options.folder = arguments->folder ? arguments->folder : kept->folder;
  options.threads = kept->threads;
  options.steps = kept->limit;
  return train_and_report (kept->snapshot->plan->spec, kept->base, kept->base->name, &options, arguments);
}

BfExit
bf_cli_run (int argc, char **argv)
{
  g_auto (RunArguments) arguments = { .seed = -1, .epochs = -1, .steps = -1, .threads = -1 };
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &arguments.folder, N_("Folder or file to take the data from"), N_("DIR") },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &arguments.seed, N_("Seed of weights, split and shuffles"), N_("N") },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &arguments.epochs, N_("Epochs to train"), N_("N") },
    { "steps", 0, 0, G_OPTION_ARG_INT64, &arguments.steps, N_("Steps to train, in place of epochs"), N_("N") },
    { "threads", 0, 0, G_OPTION_ARG_INT, &arguments.threads, N_("Threads that share a step"), N_("N") },
    { "remedy", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments.remedies,
      N_("Switch a remedy on; may be repeated"), N_("ID[:name=value,…]") },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &arguments.out,
      N_("Write figures, their CSV, the result and the experiment there"), N_("DIR") },
    { "figure", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments.figures,
      N_("Only this figure; may be repeated"), N_("KIND") },
    { "format", 0, 0, G_OPTION_ARG_STRING, &arguments.format, N_("png, svg or pdf"), N_("FORMAT") },
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
  g_unix_signal_add (SIGINT, on_interrupt, NULL);
  g_unix_signal_add (SIGTERM, on_interrupt, NULL);
  return run_experiment (argv[1], &arguments);
}

BfExit
bf_cli_resume (int argc, char **argv)
{
  g_auto (RunArguments) arguments = { .seed = -1, .epochs = -1, .steps = -1, .threads = -1 };
  const GOptionEntry entries[] = {
    { "notebook", 0, 0, G_OPTION_ARG_FILENAME, &arguments.notebook, N_("The notebook; by default the window’s"), N_("FILE") },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &arguments.folder, N_("Folder or file to take the data from"), N_("DIR") },
    { "again", 0, 0, G_OPTION_ARG_NONE, &arguments.again, N_("Train a finished run for as many epochs again"), NULL },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &arguments.out,
      N_("Write figures, their CSV, the result and the experiment there"), N_("DIR") },
    { "figure", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments.figures,
      N_("Only this figure; may be repeated"), N_("KIND") },
    { "format", 0, 0, G_OPTION_ARG_STRING, &arguments.format, N_("png, svg or pdf"), N_("FORMAT") },
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
  g_unix_signal_add (SIGINT, on_interrupt, NULL);
  g_unix_signal_add (SIGTERM, on_interrupt, NULL);
  return resume_run (argv[1], &arguments);
}
