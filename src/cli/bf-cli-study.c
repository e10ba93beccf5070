/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * backflow-cli study: trains all rows of a study, as many runs at once as there are jobs, and
 * prints them in one table. Interrupted, it prints what has ended.
 */
#include "bf-cli-results.h"

#include <glib/gi18n.h>
#include <math.h>
#include <unistd.h>

#include "../lab/bf-file.h"
#include "../plot/bf-export.h"
#include "../report/bf-study-rows.h"

/* Drawn of each row, with every seed. */
static const char *const row_figures[] = { "curves", "depth" };

#define POLL_MICROSECONDS 50000
#define CLOSE_SECONDS 10   /* for the notebook to take the last states */

typedef struct
{
  char *folder;
  int seeds;
  int epochs;
  int jobs;
  char *out;
  char *report;
  char *loss_axis;
  gboolean json;
  char *notebook;
} StudyArguments;

static void
study_arguments_clear (StudyArguments *self)
{
  g_free (self->folder);
  g_free (self->out);
  g_free (self->report);
  g_free (self->loss_axis);
  g_free (self->notebook);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StudyArguments, study_arguments_clear)

static gboolean
check_arguments (const StudyArguments *arguments, GError **error)
{
  const BfCliNumber numbers[] = {
    { "--seeds", arguments->seeds, 1, BF_STUDY_MAX_SEEDS },
    { "--epochs", arguments->epochs, 1, 1000000 },
    { "--jobs", arguments->jobs, 1, 256 },
  };

  return bf_cli_check_numbers (numbers, G_N_ELEMENTS (numbers), error) && bf_cli_check_loss_axis (arguments->loss_axis, error);
}

/* Progress, on standard error */

/* "Batch Normalization, seed 42: test accuracy 87.4 %" */
static void
show_run (const BfStudyRow *row, const BfStudyRun *run)
{
  const BfSnapshot *snapshot = run->snapshot;

  if (run->state == BF_STUDY_RUN_FAILED)
    g_printerr (_("%s, seed %llu could not start: %s\n"), row->label, (unsigned long long) run->seed, run->error->message);
  else if (run->state == BF_STUDY_RUN_DIVERGED)
    g_printerr (_("%s, seed %llu diverged at step %llu in %s\n"), row->label, (unsigned long long) run->seed,
                (unsigned long long) snapshot->diverged_step, snapshot->plan->layers[snapshot->diverged_layer].name);
  else if (run->state == BF_STUDY_RUN_FINISHED && isfinite (snapshot->test_accuracy))
    g_printerr (_("%s, seed %llu: test accuracy %.2f %%\n"), row->label, (unsigned long long) run->seed,
                100 * snapshot->test_accuracy);
  else if (run->state == BF_STUDY_RUN_FINISHED && snapshot->epochs->len > 0)
    g_printerr (_("%s, seed %llu: training loss %.4f\n"), row->label, (unsigned long long) run->seed,
                g_array_index (snapshot->epochs, BfEpoch, snapshot->epochs->len - 1).train_loss);
}

static void
show_bar (BfStudyQueue *queue)
{
  const double share = bf_study_queue_get_progress (queue);
  const double seconds = bf_study_queue_get_seconds_left (queue);
  char bar[BF_CLI_BAR_LENGTH + 1];

  bf_cli_draw_bar (share, bar);
  if (seconds < 0)
    g_printerr (_("\r\033[K%s %5.1f %%  %u of %u runs"), bar, 100 * share, bf_study_queue_count_ended (queue),
                bf_study_queue_count_runs (queue));
  else
    g_printerr (_("\r\033[K%s %5.1f %%  %u of %u runs, %u:%02u left"), bar, 100 * share,
                bf_study_queue_count_ended (queue), bf_study_queue_count_runs (queue), (guint) seconds / 60,
                (guint) seconds % 60);
}

static void
show_progress (BfStudyQueue *queue, gboolean *shown, gboolean terminal)
{
  const BfStudy *study = bf_study_queue_get_study (queue);

  for (guint which = 0; which < bf_study_queue_get_seeds (queue); which++)
    for (guint r = 0; r < study->rows->len; r++)
      {
        const BfStudyRun *run = bf_study_queue_get_run (queue, r, which);
        gboolean *known = &shown[which * study->rows->len + r];

        if (*known || run->state == BF_STUDY_RUN_QUEUED || run->state == BF_STUDY_RUN_TRAINING)
          continue;
        *known = TRUE;
        if (terminal)
          g_printerr ("\r\033[K");
        show_run (study->rows->pdata[r], run);
      }
  if (terminal)
    show_bar (queue);
}

static void
wait_for_study (BfStudyQueue *queue)
{
  const gboolean terminal = isatty (STDERR_FILENO);
  g_autofree gboolean *shown = g_new0 (gboolean, bf_study_queue_count_runs (queue));

  while (bf_study_queue_poll (queue))
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      if (bf_cli_is_interrupted ())
        bf_study_queue_cancel (queue);
      show_progress (queue, shown, terminal);
      g_usleep (POLL_MICROSECONDS);
    }
  show_progress (queue, shown, terminal);
  if (terminal)
    g_printerr ("\r\033[K");
}

static gboolean
write_figure (const BfFigure *figure, const BfFigureData *data, BfSpec *base, const char *folder, const char *id, BfFormat format,
              GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s-%s.%s", id, figure->kind.id, bf_formats ()[format]->id);
  g_autofree char *path = NULL, *experiment = bf_file_print (base);
  BfExportOptions options;
  BfStyle style;

  /* A row's id is no way out of the folder. */
  path = g_build_filename (folder, g_strdelimit (name, "/\\", '-'), NULL);
  bf_style_init (&style, BF_THEME_LIGHT);
  bf_export_options_init (&options, format);
  options.experiment = experiment;
  if (!bf_export_to_file (figure, &style, data, &options, path, error))
    return FALSE;
  g_printerr ("%s\n", path);
  return TRUE;
}

/* The curves of every seed of a row above each other, and their gradients by depth. */
static gboolean
write_row (BfStudyQueue *queue, guint r, const StudyArguments *arguments, GError **error)
{
  const BfStudyRow *row = bf_study_queue_get_study (queue)->rows->pdata[r];
  const guint seeds = bf_study_queue_get_seeds (queue);
  g_autofree BfFigureRun *runs = g_new0 (BfFigureRun, seeds);
  g_autofree char *subtitle = NULL;
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
  BfFigureData data = {
    .runs = runs, .scale_locked = TRUE, .tensor = BF_TENSOR_WEIGHT_GRADIENT, .title = row->label,
    .loss_axis = bf_axis_find (arguments->loss_axis),
  };

  for (guint which = 0; which < seeds; which++)
    {
      const BfStudyRun *run = bf_study_queue_get_run (queue, r, which);
      char *label = g_strdup_printf (_("Seed %llu"), (unsigned long long) run->seed);

      g_ptr_array_add (labels, label);
      if (run->snapshot)
        runs[data.n_runs++] = (BfFigureRun) { run->snapshot, label, BF_FAMILY_BASELINE };
    }
  if (data.n_runs == 0)
    return TRUE;
  /* The figure's own names one seed. */
  if (data.n_runs > 1)
    data.subtitle = subtitle = g_strdup_printf (_("%s, %u seeds"), bf_study_queue_get_study (queue)->name, data.n_runs);
  data.cursor.step = bf_snapshot_get_last_step (runs[0].snapshot);
  for (guint i = 0; i < G_N_ELEMENTS (row_figures); i++)
    {
      const BfFigure *figure = bf_figure_find (row_figures[i]);

      if (!write_figure (figure, &data, row->base, arguments->out, row->id, BF_FORMAT_PNG, error)
          || !write_figure (figure, &data, row->base, arguments->out, row->id, BF_FORMAT_CSV, error))
        return FALSE;
    }
  return TRUE;
}

/* The figures that set the rows against each other; they carry the first row's experiment. */
static gboolean
write_comparison (BfStudyQueue *queue, const StudyArguments *arguments, GError **error)
{
  static const BfFormat formats[] = { BF_FORMAT_PNG, BF_FORMAT_CSV };
  g_autoptr (BfStudyRows) rows = bf_study_rows_new (queue);
  BfFigureData data = bf_study_rows_get_data (rows);
  const BfStudyRow *first = rows->study->rows->pdata[0];

  data.loss_axis = bf_axis_find (arguments->loss_axis);
  for (const BfKind *const *kind = bf_figures (); *kind; kind++)
    for (guint i = 0; i < G_N_ELEMENTS (formats) && bf_study_rows_applies (rows, (const BfFigure *) *kind); i++)
      if (!write_figure ((const BfFigure *) *kind, &data, first->base, arguments->out, "study", formats[i], error))
        return FALSE;
  return TRUE;
}

static gboolean
write_results (BfStudyQueue *queue, const StudyArguments *arguments, GError **error)
{
  static const struct { const char *name; char *(*print) (BfStudyQueue *queue); } files[] = {
    { "study.json", bf_study_report_json },
    { "study.txt", bf_study_report_table },
    { "runs.csv", bf_study_report_csv },
  };

  if (!bf_cli_make_folder (arguments->out, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *text = files[i].print (queue);
      g_autofree char *path = g_build_filename (arguments->out, files[i].name, NULL);

      if (!g_file_set_contents (path, text, -1, error))
        return FALSE;
      g_printerr ("%s\n", path);
    }
  for (guint r = 0; r < bf_study_queue_get_study (queue)->rows->len; r++)
    if (!write_row (queue, r, arguments, error))
      return FALSE;
  return write_comparison (queue, arguments, error);
}

static gboolean
write_report (BfStudyQueue *queue, const StudyArguments *arguments, GError **error)
{
  g_autoptr (BfReport) report = bf_report_new ();

  bf_report_set_study (report, queue);
  return bf_cli_write_report (report, bf_axis_find (arguments->loss_axis), arguments->report, error);
}

static gboolean
has_failed (BfStudyQueue *queue)
{
  for (guint r = 0; r < bf_study_queue_get_study (queue)->rows->len; r++)
    for (guint which = 0; which < bf_study_queue_get_seeds (queue); which++)
      if (bf_study_queue_get_run (queue, r, which)->state == BF_STUDY_RUN_FAILED)
        return TRUE;
  return FALSE;
}

static BfExit
run_study (const char *what, const StudyArguments *arguments)
{
  g_autoptr (BfNotebook) notebook = arguments->notebook ? bf_notebook_new (arguments->notebook) : NULL;
  const BfStudyOptions options = {
    .notebook = notebook,
    .folder = arguments->folder,
    .seeds = (guint) MAX (arguments->seeds, 0),
    .epochs = (guint) MAX (arguments->epochs, 0),
    .jobs = (guint) MAX (arguments->jobs, 0),
  };
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BfStudy) study = bf_study_load_any (what, &warnings, &error);
  g_autoptr (BfStudyQueue) queue = NULL;
  g_autofree char *report = NULL;

  if (!study)
    return bf_cli_fail (BF_EXIT_INPUT, error);
  bf_cli_warn (warnings);
  if (notebook && !bf_notebook_open (notebook, &error))
    return bf_cli_fail (BF_EXIT_INPUT, error);
  queue = bf_study_queue_new (study, &options);
  wait_for_study (queue);
  if (notebook && !bf_notebook_close (notebook, CLOSE_SECONDS, &error))
    return bf_cli_fail (BF_EXIT_INPUT, error);
  report = arguments->json ? bf_study_report_json (queue) : bf_study_report_table (queue);
  g_print ("%s%s", report, arguments->json ? "\n" : "");
  if (arguments->out && !write_results (queue, arguments, &error))
    return bf_cli_fail (BF_EXIT_INPUT, error);
  if (arguments->report && !write_report (queue, arguments, &error))
    return bf_cli_fail (BF_EXIT_INPUT, error);
  if (bf_cli_is_interrupted ())
    return BF_EXIT_INTERRUPTED;
  return has_failed (queue) ? BF_EXIT_INPUT : BF_EXIT_DONE;
}

BfExit
bf_cli_study (int argc, char **argv)
{
  g_auto (StudyArguments) arguments = { .seeds = -1, .epochs = -1, .jobs = -1 };
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &arguments.folder, N_("Folder or file to take the data from"), N_("DIR") },
    { "seeds", 0, 0, G_OPTION_ARG_INT, &arguments.seeds, N_("Runs a row: the experiment’s seed and those after it"), N_("N") },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &arguments.epochs, N_("Epochs to train, of each stage where there are stages"), N_("N") },
    { "jobs", 0, 0, G_OPTION_ARG_INT, &arguments.jobs, N_("Runs at once; by default one a core"), N_("N") },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &arguments.out, N_("Write the table, every run as CSV, and figures there"), N_("DIR") },
    BF_CLI_LOSS_AXIS_ENTRY (&arguments.loss_axis),
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &arguments.report, N_("Write a report there: table, rows, figures"), N_("FILE.pdf") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &arguments.json, N_("Print one JSON object"), NULL },
    { "notebook", 0, 0, G_OPTION_ARG_FILENAME, &arguments.notebook,
      N_("Keep the runs in this notebook; called again with it, the study goes on where it stood"), N_("FILE") },
    { NULL }
  };
  g_autoptr (GError) error = NULL;
  BfExit code;

  if (!bf_cli_parse ("STUDY", _("Trains all rows of a study: a .study file or a ready-made one\n"
                                "(backflow-cli list studies)."), entries, &argc, &argv, &code))
    return code;
  if (argc != 2)
    {
      g_printerr (_("backflow-cli: study takes one study. Try “backflow-cli list studies”.\n"));
      return BF_EXIT_USAGE;
    }
  if (!check_arguments (&arguments, &error))
    return bf_cli_fail (BF_EXIT_USAGE, error);
  bf_cli_watch_interrupt ();
  return run_study (argv[1], &arguments);
}
