/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const char *
bf_fuzz_file (const uint8_t *bytes, size_t size)
{
  static char *path;
  static int file = -1;

  if (file < 0)
    {
      file = memfd_create ("fuzz", MFD_CLOEXEC);
      g_assert (file >= 0);
      path = g_strdup_printf ("/proc/self/fd/%d", file);
    }
  g_assert (ftruncate (file, 0) == 0);
  g_assert (pwrite (file, bytes, size, 0) == (ssize_t) size);
  return path;
}

void
bf_fuzz_check (gboolean result, const GError *error)
{
  g_assert (result == (error == NULL));
  if (!error)
    return;
  g_assert (error->message && strlen (error->message) > 10);
  g_assert (g_utf8_validate (error->message, -1, NULL));
}
