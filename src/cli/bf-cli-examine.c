/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-cli-examine.h"

#include <glib/gi18n.h>
#include <unistd.h>

#define POLL_MICROSECONDS 20000

static void
wait_for (BfExamination *examination)
{
  const gboolean terminal = isatty (STDERR_FILENO);
  const char *name = bf_kind_get_name (&bf_examination_get_kind (examination)->kind);

  while (bf_examination_get_running (examination))
    {
      char bar[BF_CLI_BAR_LENGTH + 1];

      while (g_main_context_iteration (NULL, FALSE))
        ;
      if (bf_cli_is_interrupted ())
        bf_examination_cancel (examination);
      if (terminal)
        g_printerr ("\r%s %s ", bf_cli_draw_bar (bf_examination_get_fraction (examination), bar), name);
      g_usleep (POLL_MICROSECONDS);
    }
  if (terminal)
    g_printerr ("\r\033[K");
}

gpointer
bf_cli_examine (BfRun *run, const char *id, const BfOptions *options, GError **error)
{
  const BfExaminationKind *kind = bf_examination_find (id);
  BfExamination *examination = bf_examination_of (run, kind);
  const GError *reason;

  bf_examination_start (examination, options);
  wait_for (examination);
  reason = bf_examination_get_error (examination);
  if (reason)
    g_propagate_error (error, g_error_copy (reason));
  else if (!bf_examination_get_result (examination))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Cancelled."));
  return reason ? NULL : bf_examination_get_result (examination);
}
