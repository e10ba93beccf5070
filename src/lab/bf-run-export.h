/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One run of the notebook as a file: its experiment, its weights, its numbers by epoch.
 */
#pragma once

#include "bf-notebook.h"

G_BEGIN_DECLS

typedef struct
{
  const char *id;
  const char *label;       /* in a menu, translatable */
  const char *title;       /* of the file chooser, translatable */
  const char *extension;   /* ".csv" */
  gboolean (*write) (const BfNotebookRun *run, const char *path, GError **error);
} BfRunExport;

/* Ended by one without id. */
const BfRunExport *bf_run_exports     (void);
const BfRunExport *bf_run_export_find (const char *id);   /* or NULL */

/* Writes a run as the notebook has it. Weights need its data: slow, for another thread. */
gboolean bf_run_export_to_file (const BfRunExport *self, BfNotebook *notebook, const char *uuid, const char *path,
                                GError **error);

/* Losses and accuracies by epoch as CSV, C-locale; what there is none of is empty. Transfer full. */
char    *bf_run_print_metrics (const BfSnapshot *snapshot);

G_END_DECLS
