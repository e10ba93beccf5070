/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * --report FILE.pdf of run, resume and study.
 */
#include "bf-cli.h"

#include "../lab/bf-write.h"

gboolean
bf_cli_write_report (BfReport *report, BfAxis loss_axis, const char *path, GError **error)
{
  const BfReportLook look = { .paper = bf_paper_get_default (), .loss_axis = loss_axis };
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GBytes) bytes = bf_report_print (report, &look, NULL, error);

  if (!bytes || !bf_write_bytes (file, bytes, error))
    return FALSE;
  g_printerr ("%s\n", path);
  return TRUE;
}
