/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-export-job.h"

BfExportJob *
bf_export_job_new (const BfFigure *figure,
                   BfScene        *scene)
{
  BfExportJob *self = g_new0 (BfExportJob, 1);
  self->figure = figure;
  self->scene = bf_scene_ref (scene);
  return self;
}

BfExportJob *
bf_export_job_copy (const BfExportJob *self)
{
  BfExportJob *copy = g_new0 (BfExportJob, 1);
  *copy = *self;
  bf_scene_ref (copy->scene);
  copy->experiment = g_strdup (self->experiment);
  copy->options.experiment = copy->experiment;
  return copy;
}

void
bf_export_job_free (BfExportJob *self)
{
  bf_scene_unref (self->scene);
  g_free (self->experiment);
  g_free (self);
}

void
bf_export_job_set_carry (BfExportJob *self,
                         gboolean     carry)
{
  if (carry && !self->experiment)
    self->experiment = bf_scene_print_experiment (self->scene);
  if (!carry)
    g_clear_pointer (&self->experiment, g_free);
  self->options.experiment = self->experiment;
}

void
bf_export_job_get_size (const BfExportJob *self,
                        double            *width,
                        double            *height)
{
  *width = self->options.width > 0 ? self->options.width : self->figure->width;
  *height = self->options.height > 0 ? self->options.height : self->figure->height;
}

static void
export_job_thread (GTask        *task,
                   gpointer      source,
                   gpointer      data,
                   GCancellable *cancellable)
{
  BfExportJob *self = data;
  GError *error = NULL;
  GBytes *bytes = bf_export_to_bytes (self->figure, &self->style, bf_scene_get_data (self->scene), &self->options, &error);
  if (bytes)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

void
bf_export_job_run (BfExportJob         *self,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_task_data (task, self, (GDestroyNotify) bf_export_job_free);
  g_task_set_return_on_cancel (task, FALSE);
  g_task_run_in_thread (task, export_job_thread);
}

GBytes *
bf_export_job_finish (GAsyncResult  *result,
                      GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
