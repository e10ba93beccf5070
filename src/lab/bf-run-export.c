/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-run-export.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "../engine/bf-trainer.h"
#include "bf-data-cache.h"
#include "bf-file.h"
#include "bf-weights.h"

static gboolean
write_experiment (const BfNotebookRun *run, const char *path, GError **error)
{
  return bf_file_save (run->base, path, error);
}

/* A checkpoint is what a trainer goes on with, so one is made: of the same plan and data, and no step is trained. */
static gboolean
write_weights (const BfNotebookRun *run, const char *path, GError **error)
{
  BfSpec *spec = run->snapshot->plan->spec;
  g_autoptr (BfDataset) data = bf_data_cache_load (spec, run->folder, NULL, error);
  g_autoptr (BfPlan) plan = data ? bf_plan_new (spec, bf_dataset_get_shape (data)) : NULL;
  g_autoptr (BfTrainer) trainer = plan ? bf_trainer_new (plan, data, run->threads ? run->threads : bf_trainer_get_default_threads (), error)
                                       : NULL;
  g_autoptr (GPtrArray) tensors = NULL;

  if (!trainer)
    return FALSE;
  if (run->limit)
    bf_trainer_set_planned (trainer, run->limit);
  if (!bf_trainer_restore (trainer, run->checkpoint, error))
    return FALSE;
  tensors = bf_weights_list (bf_trainer_get_network (trainer));
  return bf_safetensors_save (path, tensors, error);
}

static void
append_number (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (out, ',');
  if (isfinite (value))
    g_string_append (out, g_ascii_formatd (text, sizeof text, "%.9g", value));
}

char *
bf_run_print_metrics (const BfSnapshot *snapshot)
{
  GString *out = g_string_new ("epoch,step,train_loss,train_accuracy,validation_loss,validation_accuracy\n");

  for (guint i = 0; i < snapshot->epochs->len; i++)
    {
      const BfEpoch *epoch = &g_array_index (snapshot->epochs, BfEpoch, i);

      g_string_append_printf (out, "%u,%" G_GUINT64_FORMAT, epoch->epoch, epoch->step);
      append_number (out, epoch->train_loss);
      append_number (out, epoch->train_accuracy);
      append_number (out, epoch->validation_loss);
      append_number (out, epoch->validation_accuracy);
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

static gboolean
write_metrics (const BfNotebookRun *run, const char *path, GError **error)
{
  g_autofree char *text = bf_run_print_metrics (run->snapshot);

  return g_file_set_contents (path, text, -1, error);
}

static const BfRunExport exports[] = {
  { "experiment", N_("_Experiment…"), N_("Save the Run’s Experiment"), ".backflow", write_experiment },
  { "weights", N_("_Weights…"), N_("Save the Run’s Weights"), ".safetensors", write_weights },
  { "metrics", N_("_Numbers by Epoch…"), N_("Save the Run’s Numbers"), ".csv", write_metrics },
  { NULL },
};

const BfRunExport *
bf_run_exports (void)
{
  return exports;
}

const BfRunExport *
bf_run_export_find (const char *id)
{
  for (const BfRunExport *one = exports; one->id; one++)
    if (g_str_equal (one->id, id))
      return one;
  return NULL;
}

gboolean
bf_run_export_to_file (const BfRunExport *self, BfNotebook *notebook, const char *uuid, const char *path, GError **error)
{
  g_autoptr (BfNotebookRun) run = NULL;

  bf_notebook_flush (notebook, NULL);
  run = bf_notebook_load (notebook, uuid, error);
  return run && self->write (run, path, error);
}
