/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Tables of samples.
 */
#include "fuzz.h"

#include "bf-csv.h"

#include <math.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfRawData) raw = bf_csv_read (bf_fuzz_file (bytes, size), "", 1, NULL, &error);

  bf_fuzz_check (raw != NULL, error);
  if (!raw)
    return 0;
  g_assert (raw->inputs > 0 && raw->outputs > 0 && raw->n_train > 0);
  for (gsize i = 0; i < (gsize) (raw->n_train + raw->n_test) * raw->inputs; i++)
    g_assert (isfinite (raw->values[i]));
  if (raw->labels)
    for (gsize i = 0; i < raw->n_train + raw->n_test; i++)
      g_assert (raw->labels[i] < raw->classes);
  return 0;
}
