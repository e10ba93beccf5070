/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Packed snapshots, whole and in parts: the upper bits of the first byte choose which. What is read can be
 * packed again, and is the same then; and a trainer takes it or tells why not.
 */
#include "fuzz.h"

#include "bf-snapshot-pack.h"
#include "training.h"

typedef enum { WHOLE, HEAD, COLUMNS, FRAME } Part;

static const char *const magics[] = { "BFSN", "BFSH", "BFSC", "BFSF" };

static void
check_whole (const BfSnapshot *snapshot, GBytes *bytes)
{
  g_autoptr (GBytes) again = bf_snapshot_pack (snapshot);

  g_assert (g_bytes_equal (bytes, again));
  bf_snapshot_get_column (snapshot, 5);
  bf_snapshot_get_frame (snapshot, 5);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  static BfTrainer *trainer;
  static BfSnapshot *own;
  static GBytes *head;
  const Part part = size ? bytes[0] >> 1 & 3 : WHOLE;
  g_autoptr (GBytes) packed = bf_fuzz_seal (bytes, size, magics[part]);
  g_autoptr (BfSnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;
  gboolean taken;

  if (!trainer)
    {
      trainer = bf_fuzz_trainer ();
      own = bf_trainer_snapshot (trainer);
      head = bf_snapshot_pack_head (own);
    }
  if (part == WHOLE || part == HEAD)
    {
      snapshot = part == WHOLE ? bf_snapshot_unpack (packed, own->plan, &error)
                               : bf_snapshot_unpack_head (packed, own->plan, &error);
      bf_fuzz_check (snapshot != NULL, error);
      if (snapshot && part == WHOLE)
        check_whole (snapshot, packed);
      return 0;
    }
  snapshot = bf_snapshot_unpack_head (head, own->plan, NULL);
  taken = part == COLUMNS ? bf_snapshot_unpack_columns (snapshot, packed, &error)
                          : bf_snapshot_unpack_frame (snapshot, packed, &error);
  bf_fuzz_check (taken, error);
  return 0;
}
