/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Checkpoints. One that is taken goes on for a few steps; one that is not leaves the trainer as it was.
 */
#include "fuzz.h"

#include "training.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  static BfTrainer *trainer;
  static GBytes *fresh;
  g_autoptr (GBytes) checkpoint = bf_fuzz_seal (bytes, size, "BFCK");
  g_autoptr (GError) error = NULL;
  gboolean taken;

  if (!trainer)
    {
      trainer = bf_fuzz_trainer ();
      fresh = bf_trainer_save (trainer);
    }
  taken = bf_trainer_restore (trainer, checkpoint, &error);
  bf_fuzz_check (taken, error);
  if (taken)
    {
      g_autoptr (BfSnapshot) snapshot = NULL;

      for (guint i = 0; i < 3; i++)
        bf_trainer_step (trainer);
      snapshot = bf_trainer_snapshot (trainer);
      g_clear_pointer (&trainer, bf_trainer_free);
      g_clear_pointer (&fresh, g_bytes_unref);
    }
  else
    {
      g_autoptr (GBytes) after = bf_trainer_save (trainer);

      g_assert (g_bytes_equal (fresh, after));
    }
  return 0;
}
