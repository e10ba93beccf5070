/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A figure on its way to a file: what to draw and how. Poster sizes take seconds to encode, so the
 * work is done on a thread of its own.
 */
#pragma once

#include <gio/gio.h>
#include "bf-scene.h"

G_BEGIN_DECLS

typedef struct
{
  const BfFigure *figure;
  BfScene *scene;            /* owned */
  BfStyle style;
  BfExportOptions options;   /* experiment is the job's own */
  char *experiment;
} BfExportJob;

/* scene: reffed. style and options are left to the caller. */
BfExportJob *bf_export_job_new  (const BfFigure *figure, BfScene *scene);
BfExportJob *bf_export_job_copy (const BfExportJob *self);
void         bf_export_job_free (BfExportJob *self);

/* Carries the base experiment, or not. */
void         bf_export_job_set_carry (BfExportJob *self, gboolean carry);
/* The picture's size, logical pixels. */
void         bf_export_job_get_size  (const BfExportJob *self, double *width, double *height);

/* Makes the bytes on a thread; self: transfer full. */
void    bf_export_job_run    (BfExportJob *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GBytes *bf_export_job_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BfExportJob, bf_export_job_free)

G_END_DECLS
