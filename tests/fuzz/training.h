/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The training whose bytes the targets "checkpoint" and "snapshot" read: all that can be in them, and small.
 */
#pragma once

#include "bf-bytes.h"
#include "bf-trainer.h"

#include <stdint.h>
#include <string.h>

#define HEADER 20   /* magic, version, length, check sum */

static inline BfTrainer *
bf_fuzz_trainer (void)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfPlan) plan = NULL;
  const BfStage stages[] = { { 1, 1, 2 }, { 2, 2, 2 } };
  static const char *const kinds[] = { "dense", "batch-norm", "activation", "dense", "dropout", "dense" };
  BfTrainer *trainer;

  g_clear_pointer (&spec->data, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "moons"));
  bf_options_set_number (spec->data, "samples", 40, NULL);
  g_clear_pointer (&spec->optimizer, bf_options_free);
  spec->optimizer = bf_options_new (bf_kind_find (bf_optimizers, "adam"));
  spec->validation_share = 0.2;
  spec->batch = 8;
  spec->seed = 7;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      BfLayer *layer = bf_spec_append (spec, kinds[i]);

      if (i % 3 == 0)
        bf_options_set_number (layer->options, "units", 3, NULL);
      else if (i == G_N_ELEMENTS (kinds) - 1)
        bf_options_set_number (layer->options, "units", 2, NULL);
    }
  spec->stages = g_array_new (FALSE, FALSE, sizeof (BfStage));
  g_array_append_vals (spec->stages, stages, G_N_ELEMENTS (stages));
  data = bf_dataset_load (spec, NULL, NULL, NULL);
  plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  trainer = bf_trainer_new (plan, data, 1, NULL);
  g_assert (trainer != NULL);
  return trainer;
}

/* As they are, or, where the first byte says so, the rest under a header and a check sum that fit:
 * no change would get past the sum otherwise. */
static inline GBytes *
bf_fuzz_seal (const uint8_t *bytes, size_t size, const char *magic)
{
  BfWriter writer;

  if (size == 0 || !(bytes[0] & 1))
    return g_bytes_new (bytes + MIN (size, 1), size - MIN (size, 1));
  bf_writer_begin (&writer, magic, 2);
  bf_writer_raw (&writer, bytes + 1, size - 1);
  return bf_writer_seal (&writer);
}
