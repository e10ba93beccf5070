/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A long computation seen from outside: how far it is, and whether it is still wanted. One thread computes and
 * reports, any other looks.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GCancellable *cancellable;   /* borrowed, or NULL */
  gint part;                   /* atomic: of BF_PROGRESS_WHOLE */
} BfProgress;

#define BF_PROGRESS_WHOLE 10000

/* fraction: done so far, 0 … 1. FALSE with G_IO_ERROR_CANCELLED: it is no longer wanted. self may be NULL: nobody
 * looks. To be called about every 20 ms at least. */
gboolean bf_progress_report       (BfProgress *self, double fraction, GError **error);
double   bf_progress_get_fraction (BfProgress *self);

G_END_DECLS
