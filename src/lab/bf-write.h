/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Files that leave the program, written whole or not at all.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Writes and says, where it cannot, what stands in the way and what to do: a full disk, a folder that may not
 * be written to. Blocks: from a thread of its own where the disk may be slow. */
gboolean bf_write_bytes         (GFile *file, GBytes *bytes, GError **error);
/* The same sentence for an error of GIO. Transfer full. */
char    *bf_write_explain_error (GFile *file, const GError *error);

G_END_DECLS
