/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-write.h"

#include <glib/gi18n-lib.h>

#include "../engine/bf-kind.h"

static const struct { GIOErrorEnum code; const char *message; } remedies[] = {
  { G_IO_ERROR_NO_SPACE, N_("“%s” was not written: the disk is full. Free some space, or choose another folder.") },
  { G_IO_ERROR_PERMISSION_DENIED, N_("“%s” was not written: this folder may not be written to. Choose another one.") },
  { G_IO_ERROR_READ_ONLY, N_("“%s” was not written: the disk may only be read. Choose another folder.") },
  { G_IO_ERROR_NOT_FOUND, N_("“%s” was not written: there is no such folder. Choose another one.") },
  { G_IO_ERROR_NOT_DIRECTORY, N_("“%s” was not written: there is no such folder. Choose another one.") },
  { G_IO_ERROR_IS_DIRECTORY, N_("“%s” was not written: a folder has this name. Choose another name.") },
  { G_IO_ERROR_FILENAME_TOO_LONG, N_("“%s” was not written: the name is too long. Choose a shorter one.") },
};

char *
bf_write_explain_error (GFile *file, const GError *error)
{
  g_autofree char *name = g_file_get_parse_name (file);

  for (guint i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (g_error_matches (error, G_IO_ERROR, remedies[i].code))
      {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        return g_strdup_printf (_(remedies[i].message), name);
#pragma GCC diagnostic pop
      }
  return g_strdup_printf (_("“%s” was not written: %s"), name, error->message);
}

gboolean
bf_write_bytes (GFile *file, GBytes *bytes, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autofree char *message = NULL;
  gsize size;
  const char *content = g_bytes_get_data (bytes, &size);

  if (g_file_replace_contents (file, content, size, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL, NULL, &inner))
    return TRUE;
  message = bf_write_explain_error (file, inner);
  g_set_error_literal (error, BF_ERROR, BF_ERROR_FILE, message);
  return FALSE;
}
