/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A run that trains holds a lock on one byte, chosen by its uuid, of a file beside the notebook. The
 * system lets go of it when the program ends, however it ends, so no lock is ever stale. It belongs
 * to the open file and not to the process: two windows of one process exclude each other, too.
 */
#include "bf-notebook-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

static struct flock
get_range (const char *uuid)
{
  g_autofree char *checksum = g_compute_checksum_for_string (G_CHECKSUM_MD5, uuid, -1);
  const struct flock range = {
    .l_type = F_WRLCK,
    .l_whence = SEEK_SET,
    .l_start = (off_t) (g_ascii_strtoull (checksum + 16, NULL, 16) >> 2),
    .l_len = 1,
  };

  return range;
}

int
bf_notebook_lock_run (const char *path, const char *uuid, GError **error)
{
  g_autofree char *name = g_strconcat (path, "-locks", NULL);
  struct flock range = get_range (uuid);
  int file = open (name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (file < 0)
    return -1;
  if (fcntl (file, F_OFD_SETLK, &range) == 0)
    return file;
  if (errno == EAGAIN || errno == EACCES)
    bf_notebook_set_error (error, BF_NOTEBOOK_ERROR_LOCKED, path, uuid);
  close (file);
  return -1;
}

gboolean
bf_notebook_is_locked (const char *path, const char *uuid)
{
  g_autofree char *name = g_strconcat (path, "-locks", NULL);
  struct flock range = get_range (uuid);
  int file = open (name, O_RDWR | O_CLOEXEC);
  gboolean locked;

  if (file < 0)
    return FALSE;
  locked = fcntl (file, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
  close (file);
  return locked;
}
