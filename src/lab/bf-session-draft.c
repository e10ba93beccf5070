/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-session-draft.h"

#include <glib/gi18n-lib.h>

#include "bf-file.h"

void
bf_session_draft_keep (BfNotebook *notebook, gint64 id, BfExperiment *experiment, const char *run, guint number)
{
  GFile *file = bf_experiment_get_file (experiment);
  g_autofree char *spec = bf_file_print (bf_experiment_get_spec (experiment));
  g_autofree char *saved = bf_file_print (bf_experiment_get_saved (experiment));
  g_autofree char *uri = file ? g_file_get_uri (file) : NULL;
  g_autofree char *uuid = g_strdup (run);
  const BfNotebookDraft draft = { .id = id, .spec = spec, .saved = saved, .file = uri, .run = uuid, .number = number };

  bf_notebook_set_draft (notebook, &draft);
}

BfExperiment *
bf_session_draft_parse (const BfNotebookDraft *draft, GError **error)
{
  g_autoptr (BfSpec) spec = bf_file_parse (draft->spec, -1, _("the notebook"), NULL, error);
  g_autoptr (BfSpec) saved = spec && draft->saved ? bf_file_parse (draft->saved, -1, _("the notebook"), NULL, error) : NULL;
  g_autoptr (GFile) file = draft->file ? g_file_new_for_uri (draft->file) : NULL;

  if (!spec || (draft->saved && !saved))
    return NULL;
  return bf_experiment_new_draft (spec, saved, file);
}
