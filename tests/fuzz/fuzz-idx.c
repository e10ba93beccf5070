/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * IDX files, raw and gzip: as images, and as labels.
 */
#include "fuzz.h"

#include "bf-idx.h"

static void
check (const char *path, BfIdxContent content)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfIdx) idx = bf_idx_read (path, content, NULL, &error);
  guint sum = 0;

  bf_fuzz_check (idx != NULL, error);
  if (!idx)
    return;
  for (gsize i = 0; i < (gsize) idx->count * idx->features; i++)
    sum += idx->bytes[i];
  g_assert (sum <= 255u * idx->count * idx->features);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  const char *path = bf_fuzz_file (bytes, size);

  check (path, BF_IDX_IMAGES);
  check (path, BF_IDX_LABELS);
  return 0;
}
