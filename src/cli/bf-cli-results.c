/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-cli-results.h"

#include "bf-cli-examine.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "../lab/bf-diagnosis.h"
#include "../lab/bf-examination-options.h"
#include "../lab/bf-file.h"

void
bf_cli_results_clear (BfCliResults *self)
{
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->figures, g_strfreev);
  g_clear_pointer (&self->examinations, g_strfreev);
  g_clear_pointer (&self->format, g_free);
  g_clear_pointer (&self->report, g_free);
  g_clear_pointer (&self->loss_axis, g_free);
}

static gboolean
find_format (const BfCliResults *self, BfFormat *format, GError **error)
{
  const BfKind *const *formats = bf_formats ();
  const BfKind *kind = self->format ? bf_kind_find_error (bf_formats, _("Format"), self->format, error) : formats[BF_FORMAT_PNG];

  for (guint i = 0; kind && formats[i]; i++)
    if (formats[i] == kind)
      *format = (BfFormat) i;
  return kind != NULL;
}

gboolean
bf_cli_check_loss_axis (const char *id, GError **error)
{
  if (!id || g_str_equal (bf_axis_get_id (bf_axis_find (id)), id))
    return TRUE;
  g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("--loss-axis is automatic, linear or logarithmic, not “%s”."), id);
  return FALSE;
}

gboolean
bf_cli_results_check (const BfCliResults *self, GError **error)
{
  BfFormat format;

  if (!find_format (self, &format, error) || !bf_cli_check_loss_axis (self->loss_axis, error))
    return FALSE;
  for (guint i = 0; self->figures && self->figures[i]; i++)
    if (!bf_kind_find_error (bf_figures, _("Figure"), self->figures[i], error))
      return FALSE;
  for (guint i = 0; self->examinations && self->examinations[i]; i++)
    {
      g_autoptr (BfOptions) options = bf_examination_options_parse (self->examinations[i], error);

      if (!options)
        return FALSE;
    }
  if (self->examinations && !self->folder && !self->report)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("--examination needs --out DIR or --report FILE.pdf to write to."));
      return FALSE;
    }
  if (self->figures && !self->folder)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("--figure needs --out DIR, the folder to write to."));
      return FALSE;
    }
  return TRUE;
}

gboolean
bf_cli_make_folder (const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, 0755) == 0)
    return TRUE;
  g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("The folder “%s” cannot be made: %s."), folder, g_strerror (errno));
  return FALSE;
}

static gboolean
write_figure (const BfCliResults *self, const BfFigure *figure, const BfFigureData *shown, const char *experiment, GError **error)
{
  BfFormat formats[] = { BF_FORMAT_PNG, BF_FORMAT_CSV };
  BfStyle style;

  if (!find_format (self, &formats[0], error))
    return FALSE;
  bf_style_init (&style, BF_THEME_LIGHT);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s.%s", figure->kind.id, bf_formats ()[formats[i]]->id);
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      BfExportOptions options;

      bf_export_options_init (&options, formats[i]);
      options.experiment = experiment;
      if (!bf_export_to_file (figure, &style, shown, &options, path, error))
        return FALSE;
      g_printerr ("%s\n", path);
    }
  return TRUE;
}

/* What the network answers at the end; NULL: the run takes no more commands. It may bring another snapshot. */
static BfEvaluation *
evaluate (BfRun *run)
{
  if (bf_run_get_evaluation (run))
    return bf_run_get_evaluation (run);
  if (bf_run_evaluate (run, bf_evaluation_choose_part (bf_run_get_dataset (run))))
    bf_run_wait (run);
  return bf_run_get_evaluation (run);
}

/* What theory expects of the start: the dashed line of the figures. */
static BfTheory *
make_theory (BfRun *run)
{
  const BfPlan *plan = bf_run_get_snapshot (run)->plan;
  BfTaskFacts facts;

  bf_task_facts_measure (bf_run_get_dataset (run), plan->spec, &facts);
  return bf_theory_new (plan, facts.input_rms * facts.input_rms);
}

/* What an examination is asked with; NULL: nobody said. Checked before. */
static BfOptions *
get_options (const BfCliResults *self, const char *id)
{
  for (guint i = 0; self->examinations && self->examinations[i]; i++)
    {
      g_autoptr (BfOptions) options = bf_examination_options_parse (self->examinations[i], NULL);

      if (options && bf_options_is (options, id))
        return g_steal_pointer (&options);
    }
  return NULL;
}

/* Whether a figure is to be written. Those that take an examination are when they are named, or with --examine. */
static gboolean
is_wanted (const BfCliResults *self, const char *id)
{
  g_autoptr (BfOptions) asked = get_options (self, id);

  if (asked)
    return TRUE;
  if (self->figures)
    return g_strv_contains ((const char *const *) self->figures, id);
  return self->examine || !bf_examination_find (id);
}

/* Figures and the examination of the same name, and where they find what it came to. */
static const struct { const char *id; gsize place; } examined[] = {
  { "jacobian", G_STRUCT_OFFSET (BfFigureData, jacobian) },
  { "loss-line", G_STRUCT_OFFSET (BfFigureData, loss_line) },
  { "landscape", G_STRUCT_OFFSET (BfFigureData, loss_plane) },
};

/* What is wanted and takes an examination. One that was named must come to something; else, whatever stands in its way
 * (weights that are no longer finite) leaves it out. FALSE with error. */
static gboolean
examine (const BfCliResults *self, BfRun *run, BfFigureData *data, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (examined); i++)
    {
      g_autoptr (BfOptions) options = get_options (self, examined[i].id);
      g_autoptr (GError) reason = NULL;

      if (!is_wanted (self, examined[i].id))
        continue;
      G_STRUCT_MEMBER (gconstpointer, data, examined[i].place) = bf_cli_examine (run, examined[i].id, options, &reason);
      if (reason && (self->figures || options || g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return FALSE;
        }
      if (reason)
        g_printerr ("backflow-cli: %s: %s\n", examined[i].id, reason->message);
    }
  return TRUE;
}

static gboolean
write_figures (const BfCliResults *self, BfRun *of, BfSpec *base, GError **error)
{
  BfEvaluation *evaluation = evaluate (of);
  BfSnapshot *snapshot = bf_run_get_snapshot (of);
  g_autoptr (BfDataFacts) facts = bf_data_facts_new (bf_run_get_dataset (of));
  g_autofree char *experiment = bf_file_print (base);
  g_autoptr (BfTheory) theory = make_theory (of);
  const BfFigureRun run = { snapshot, snapshot->plan->spec->name, BF_FAMILY_BASELINE, theory };
  BfFigureData data = {
    .runs = &run, .n_runs = 1, .scale_locked = TRUE, .tensor = BF_TENSOR_WEIGHT_GRADIENT,
    .cursor = { 0, bf_snapshot_get_last_step (snapshot) },
    .evaluation = evaluation, .facts = facts, .loss_axis = bf_axis_find (self->loss_axis),
  };

  if (!examine (self, of, &data, error))
    return FALSE;
  for (const BfKind *const *kind = bf_figures (); *kind; kind++)
    {
      const BfFigure *figure = (const BfFigure *) *kind;

      if (is_wanted (self, (*kind)->id) && bf_figure_applies (figure, &data)
          && !write_figure (self, figure, &data, experiment, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_folder (const BfCliResults *self, BfRun *run, BfSpec *base, const char *name, GError **error)
{
  g_autofree char *json = bf_run_report_json (bf_run_get_snapshot (run), name);
  g_autofree char *json_path = g_build_filename (self->folder, "result.json", NULL);
  g_autofree char *spec_path = g_build_filename (self->folder, "experiment.backflow", NULL);

  return bf_cli_make_folder (self->folder, error)
         && g_file_set_contents (json_path, json, -1, error)
         && bf_file_save (base, spec_path, error)
         && write_figures (self, run, base, error);
}

static gboolean
write_report (const BfCliResults *self, BfRun *of, BfSpec *base, GError **error)
{
  g_autoptr (BfReport) report = bf_report_new ();
  BfEvaluation *evaluation = evaluate (of);
  BfFigureData found = { 0 };
  BfReportRun run = {
    .snapshot = bf_run_get_snapshot (of), .base = base, .data = bf_run_get_dataset (of), .evaluation = evaluation,
  };

  if (!examine (self, of, &found, error))
    return FALSE;
  run.jacobian = (BfJacobian *) found.jacobian;
  run.loss_line = (BfGradientLine *) found.loss_line;
  run.loss_plane = (BfLossPlane *) found.loss_plane;
  bf_report_add_run (report, &run);
  return bf_cli_write_report (report, bf_axis_find (self->loss_axis), self->report, error);
}

gboolean
bf_cli_results_write (const BfCliResults *self, BfRun *run, BfSpec *base, const char *name, GError **error)
{
  return (!self->folder || write_folder (self, run, base, name, error))
         && (!self->report || write_report (self, run, base, error));
}
