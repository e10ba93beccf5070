/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-progress.h"

gboolean
bf_progress_report (BfProgress *self, double fraction, GError **error)
{
  if (!self)
    return TRUE;
  g_atomic_int_set (&self->part, (gint) (CLAMP (fraction, 0, 1) * BF_PROGRESS_WHOLE));
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

double
bf_progress_get_fraction (BfProgress *self)
{
  return (double) g_atomic_int_get (&self->part) / BF_PROGRESS_WHOLE;
}
