/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Small trainings for the tests of stages and checkpoints.
 */
#pragma once

#include "bf-trainer.h"

#include <string.h>

static inline BfLayer *
add_dense (BfSpec *spec, guint units)
{
  BfLayer *layer = bf_spec_append (spec, "dense");

  g_assert_true (bf_options_set_number (layer->options, "units", units, NULL));
  g_assert_true (bf_options_set_choice (layer->options, "start", "glorot-uniform", NULL));
  return layer;
}

/* Moons through hidden layers of different widths, `extra` (or NULL) and tanh after each. */
static inline BfSpec *
make_moons (guint n_hidden, const char *extra, guint epochs)
{
  BfSpec *spec = bf_spec_new ();

  g_clear_pointer (&spec->data, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "moons"));
  g_assert_true (bf_options_set_number (spec->data, "samples", 100, NULL));
  spec->scaling = bf_kind_find (bf_scalings, "none");
  spec->validation_share = 0.2;
  spec->learning_rate = 0.05;
  spec->batch = 12;
  spec->epochs = epochs;
  spec->seed = 7;
  for (guint i = 0; i < n_hidden; i++)
    {
      add_dense (spec, 6 + i);
      if (extra)
        bf_spec_append (spec, extra);
      g_assert_true (bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", "tanh", NULL));
    }
  add_dense (spec, 2);
  return spec;
}

static inline void
add_stage (BfSpec *spec, guint first, guint last, guint epochs)
{
  const BfStage stage = { first, last, epochs };

  if (!spec->stages)
    spec->stages = g_array_new (FALSE, FALSE, sizeof (BfStage));
  g_array_append_val (spec->stages, stage);
}

static inline BfTrainer *
make_trainer (BfSpec *spec)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, &error);
  g_autoptr (BfPlan) plan = NULL;
  BfTrainer *trainer;

  g_assert_no_error (error);
  plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  trainer = bf_trainer_new (plan, data, 1, &error);
  g_assert_no_error (error);
  return trainer;
}

static inline void
make_steps (BfTrainer *trainer, guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_MADE);
}
