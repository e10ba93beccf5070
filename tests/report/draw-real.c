/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * For the eye and for data/help/figures: draw-real FOLDER [--help-page] [--only WORD] draws every figure from
 * real runs, in light, dark and print, small and large, as PNG, SVG and PDF; with --help-page each once,
 * as the help shows it.
 */
#include "real-runs.h"

#include <stdlib.h>
#include <string.h>

#include "bf-export.h"
#include "bf-layer-value.h"
#include "bf-study-rows.h"
#include "bf-file.h"

static const RealRunKind kinds[] = {
  { "baseline", "t1-baseline", { NULL }, "Baseline", .epochs = 12, .family = BF_FAMILY_BASELINE },
  { "batch-norm", "t1-baseline", { "batch-norm" }, "Batch Normalization", .epochs = 12, .family = BF_FAMILY_NORMALIZATION },
  { "relu", "t1-baseline", { "activation:function=relu", "initialization:scheme=he-normal" }, "ReLU, He Normal",
    .epochs = 12, .family = BF_FAMILY_ACTIVATION },
  { "learned", "t1-baseline", { "increasing-weights:std=0.005", "batch-norm", "activation:function=relu" }, "ReLU", .epochs = 25,
    .family = BF_FAMILY_NORMALIZATION },
  { "skip", "t1-baseline", { "skip-connections" }, "Skip Connections", .epochs = 12, .family = BF_FAMILY_SKIP },
  { "frozen", "t1-baseline", { "fine-tuning:epochs=3" }, "Grow and Freeze", .epochs = 3, .family = BF_FAMILY_FINE_TUNING },
  { "clipped", "t1-baseline", { "activation:function=relu", "initialization:scheme=he-normal", "gradient-clipping:limit=4" },
    "Gradient Clipping", .steps = 600, .family = BF_FAMILY_GRADIENT },
  { "fifty", "t1-fifty", { NULL }, NULL, .steps = 40 },
  { "fifty-start", "t1-fifty", { NULL }, NULL },
  { "exploding", "t2-exploding", { NULL }, NULL, .epochs = 3 },
  { "regression", "t2-relu", { NULL }, NULL, .epochs = 40 },
  { "spiral", "spiral", { NULL }, NULL, .epochs = 60 },
  { "deep-2", "t1-baseline", { NULL }, NULL, .steps = 4, .copies = 1 },
  { "deep-3", "t1-baseline", { NULL }, NULL, .steps = 4, .copies = 2 },
  { "deep-12", "t1-baseline", { "skip-connections" }, NULL, .steps = 4, .copies = 12 },
  { "deep-16", "t1-baseline", { "activation:function=relu", "initialization:scheme=he-normal" }, NULL, .steps = 4, .copies = 16 },
  { "deep-17", "t1-baseline", { "batch-norm" }, NULL, .steps = 4, .copies = 16 },
  { "deep-25", "t1-baseline", { "activation:function=tanh", "skip-connections" }, NULL, .steps = 4, .copies = 25 },
  { "deep-35", "t1-baseline", { "activation:function=relu", "initialization:scheme=he-normal", "batch-norm" }, NULL, .steps = 4, .copies = 34 },
  { "deep-60", "t1-baseline", { "activation:function=relu", "initialization:scheme=he-normal" }, NULL, .steps = 4, .copies = 59 },
  { "deep-100", "t1-baseline", { "activation:function=tanh", "initialization:scheme=glorot-normal" }, NULL, .steps = 4, .copies = 99 },
  { "deep-100-skip", "t1-baseline", { "activation:function=relu", "skip-connections" }, NULL, .steps = 4, .copies = 99 },
};

/* A figure of one run or several. Those with `help` are shown in the help. */
static const struct
{
  const char *figure, *variant;
  const char *runs[5];
  gboolean help;
  BfTensor tensor;
  const char *value;    /* of bf_layer_values(), or NULL */
} scenes[] = {
  { "heatmap", NULL, { "baseline" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "heatmap", "fifty", { "fifty" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT },
  { "heatmap", "exploding", { "exploding" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT },
  { "heatmap", "frozen", { "frozen" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT },
  { "heatmap", "output", { "skip" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "heatmap", "gain", { "baseline" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT, "gain" },
  { "heatmap", "update-ratio", { "relu" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT, "update-ratio" },
  { "heatmap", "dead", { "relu" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT, "dead" },
  { "profile", NULL, { "baseline" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "clipping", NULL, { "clipped" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "ridgelines", NULL, { "baseline", "batch-norm" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "ridgelines", "one", { "relu" }, FALSE, BF_TENSOR_OUTPUT },
  { "ridgelines", "fifty", { "fifty" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT },
  { "bands", NULL, { "relu" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "layer", NULL, { "relu" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "curves", NULL, { "baseline", "batch-norm", "relu", "skip" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "curves", "one", { "relu" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT },
  { "depth", NULL, { "baseline", "batch-norm", "relu", "skip" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "depth", "fifty", { "fifty" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT },
  { "phase", NULL, { "baseline" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "phase", "relu", { "relu" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT },
  { "flow", NULL, { "baseline" }, TRUE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "skip", { "skip" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "batch-norm", { "batch-norm" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "frozen", { "frozen" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "exploding", { "exploding" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "spiral", { "spiral" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "002", { "deep-2" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "003", { "deep-3" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "013", { "deep-12" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "017", { "deep-16" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "018", { "deep-17" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "026", { "deep-25" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "035", { "deep-35" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "050", { "fifty-start" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "060", { "deep-60" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "100", { "deep-100" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "flow", "100-skip", { "deep-100-skip" }, FALSE, BF_TENSOR_OUTPUT_GRADIENT },
  { "jacobian", NULL, { "baseline" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "jacobian", "relu", { "relu" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT },
  { "loss-line", NULL, { "relu" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "landscape", NULL, { "relu" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "landscape", "baseline", { "baseline" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT },
  { "compare", NULL, { "baseline", "batch-norm" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "difference", NULL, { "batch-norm", "baseline" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "samples", NULL, { "relu" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "samples", "spiral", { "spiral" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT },
  { "samples", "regression", { "regression" }, FALSE, BF_TENSOR_WEIGHT_GRADIENT },
  { "confusion", NULL, { "relu" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "mistakes", NULL, { "relu" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "scatter", NULL, { "regression" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "surface", NULL, { "spiral" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "units", NULL, { "spiral" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "first-weights", NULL, { "learned" }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "accuracy", NULL, { NULL }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "attenuation", NULL, { NULL }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
  { "results", NULL, { NULL }, TRUE, BF_TENSOR_WEIGHT_GRADIENT },
};

typedef struct { const char *name; BfTheme theme; double width; BfFormat format; double dpi; } Look;

/* width: 0: the figure's own. */
static const Look looks[] = {
  { "light", BF_THEME_LIGHT, 0, BF_FORMAT_PNG, 96 },
  { "dark", BF_THEME_DARK, 0, BF_FORMAT_PNG, 96 },
  { "print", BF_THEME_PRINT, 0, BF_FORMAT_PNG, 96 },
  { "small", BF_THEME_LIGHT, 600, BF_FORMAT_PNG, 192 },
  { "small-dark", BF_THEME_DARK, 600, BF_FORMAT_PNG, 192 },
  { "print", BF_THEME_PRINT, 0, BF_FORMAT_SVG, 96 },
  { "print", BF_THEME_PRINT, 0, BF_FORMAT_PDF, 96 },
};
static const Look help_look = { NULL, BF_THEME_LIGHT, 0, BF_FORMAT_PNG, 72 };

static RealRun *runs[G_N_ELEMENTS (kinds)];

static RealRun *
get_run (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].id, id))
      {
        if (!runs[i])
          {
            g_printerr ("training %s\n", id);
            runs[i] = real_run_new (&kinds[i]);
          }
        return runs[i];
      }
  g_error ("no run %s", id);
}

static void
write_figure (const BfFigure *figure, const BfFigureData *data, BfSpec *base, const char *variant, const Look *look,
              const char *folder)
{
  g_autofree char *name = g_strdup_printf ("%s%s%s%s%s.%s", figure->kind.id, variant ? "-" : "", variant ? variant : "",
                                           look->name ? "-" : "", look->name ? look->name : "", bf_formats ()[look->format]->id);
  g_autofree char *path = g_build_filename (folder, name, NULL), *experiment = bf_file_print (base);
  g_autoptr (GError) error = NULL;
  BfExportOptions options;
  BfStyle style;

  bf_style_init (&style, look->theme);
  bf_export_options_init (&options, look->format);
  options.dpi = look->dpi;
  options.experiment = experiment;
  if (look->width > 0)
    {
      options.width = look->width;
      options.height = figure->height * look->width / figure->width;
    }
  bf_export_to_file (figure, &style, data, &options, path, &error);
  g_assert_no_error (error);
}

static void
draw_looks (const BfFigure *figure, const BfFigureData *data, BfSpec *base, const char *variant, const char *folder, gboolean help)
{
  if (help)
    write_figure (figure, data, base, NULL, &help_look, folder);
  for (guint i = 0; i < G_N_ELEMENTS (looks) && !help; i++)
    write_figure (figure, data, base, variant, &looks[i], folder);
}

static void
draw_runs (guint s, const char *folder, gboolean help)
{
  const BfFigure *figure = bf_figure_find (scenes[s].figure);
  BfFigureRun shown[G_N_ELEMENTS (scenes[s].runs)];
  RealRun *first = get_run (scenes[s].runs[0]);
  BfFigureData data = {
    .runs = shown, .cursor = { 0, bf_snapshot_get_last_step (first->snapshot) }, .scale_locked = TRUE,
    .tensor = scenes[s].tensor, .evaluation = first->evaluation, .facts = first->facts,
    .value = scenes[s].value ? bf_layer_value_find (scenes[s].value) : NULL,
  };

  for (guint i = 0; i < G_N_ELEMENTS (shown) && scenes[s].runs[i]; i++)
    shown[data.n_runs++] = real_run_get_figure_run (get_run (scenes[s].runs[i]));
  if (g_str_equal (scenes[s].figure, "jacobian"))
    data.jacobian = real_run_examine (first, scenes[s].figure);
  else if (g_str_equal (scenes[s].figure, "loss-line"))
    data.loss_line = real_run_examine (first, scenes[s].figure);
  else if (g_str_equal (scenes[s].figure, "landscape"))
    data.loss_plane = real_run_examine (first, scenes[s].figure);
  if (bf_figure_applies (figure, &data))
    draw_looks (figure, &data, first->base, scenes[s].variant, folder, help);
  else
    g_printerr ("%s does not apply\n", figure->kind.id);
}

static void
draw_study (guint s, BfStudyQueue *queue, const char *folder, gboolean help)
{
  const BfFigure *figure = bf_figure_find (scenes[s].figure);
  g_autoptr (BfStudyRows) rows = bf_study_rows_new (queue);
  const BfFigureData data = bf_study_rows_get_data (rows);

  draw_looks (figure, &data, ((BfStudyRow *) rows->study->rows->pdata[0])->base, NULL, folder, help);
}

int
main (int argc, char **argv)
{
  g_autoptr (BfStudyQueue) queue = NULL;
  gboolean help = FALSE;
  const char *only = NULL;

  if (argc < 2)
    {
      g_printerr ("draw-real FOLDER [--help-page] [--only WORD]\n");
      return 2;
    }
  for (int i = 2; i < argc; i++)
    if (g_str_equal (argv[i], "--help-page"))
      help = TRUE;
    else if (g_str_equal (argv[i], "--only") && i + 1 < argc)
      only = argv[++i];
  for (guint s = 0; s < G_N_ELEMENTS (scenes); s++)
    {
      g_autofree char *name = g_strconcat (scenes[s].figure, "-", scenes[s].variant, NULL);

      if ((help && !scenes[s].help) || (only && !strstr (name, only)))
        continue;
      if (scenes[s].runs[0])
        draw_runs (s, argv[1], help);
      else
        {
          if (!queue)
            queue = real_study_new ("t1-table", 2, 30);
          draw_study (s, queue, argv[1], help);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    g_clear_pointer (&runs[i], real_run_free);
  return 0;
}
