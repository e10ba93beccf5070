/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "sample-evaluation.h"

#include "bf-trainer.h"

typedef struct
{
  const char *data;
  const char *loss;
  guint units, steps;
  BfDataFacts *facts;
  BfEvaluation *evaluation;
  BfGradientLine *line;
  BfLossPlane *plane;
  BfJacobian *jacobian;
} Sample;

static Sample samples[] = {
  { "fashion-mnist", "cross-entropy", 24, 120 },
  { "spiral", "cross-entropy", 12, 1200 },
  { "random-regression", "mse", 12, 60 },
};

static void
add_hidden (BfSpec *spec, guint units)
{
  g_assert_true (bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", units, NULL));
  g_assert_true (bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", "tanh", NULL));
}

static void
make (Sample *self)
{
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfDataset) data = NULL;
  g_autoptr (BfPlan) plan = NULL;
  g_autoptr (BfTrainer) trainer = NULL;
  g_autoptr (BfEvaluator) evaluator = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&spec->data, bf_options_free);
  g_clear_pointer (&spec->loss, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, self->data));
  spec->loss = bf_options_new (bf_kind_find (bf_losses, self->loss));
  spec->validation_share = 0.2;
  spec->learning_rate = 0.1;
  spec->batch = 32;
  spec->epochs = 100;
  spec->seed = 3;
  data = bf_dataset_load (spec, NULL, NULL, &error);
  g_assert_no_error (error);
  add_hidden (spec, self->units);
  add_hidden (spec, self->units);
  g_assert_true (bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", bf_dataset_get_shape (data)->outputs, NULL));
  plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  trainer = bf_trainer_new (plan, data, 1, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < self->steps; i++)
    bf_trainer_step (trainer);
  evaluator = bf_evaluator_new (data);
  g_assert_true (bf_evaluator_begin (evaluator, bf_trainer_get_network (trainer), BF_PART_VALIDATION, self->steps, NULL));
  while (!self->evaluation)
    self->evaluation = bf_evaluator_work (evaluator);
  self->facts = bf_data_facts_new (data);
  self->line = bf_gradient_line_new (bf_trainer_get_network (trainer), data, self->steps, spec->learning_rate, NULL, &error);
  g_assert_no_error (error);
  self->plane = bf_loss_plane_new (bf_trainer_get_network (trainer), data, self->steps, 25, 1, 0, NULL, &error);
  g_assert_no_error (error);
  bf_dataset_gather (data, BF_PART_TRAIN, NULL, 0, 6, bf_network_get_input (bf_trainer_get_network (trainer)),
                     bf_dataset_get_shape (data)->inputs, NULL, NULL);
  self->jacobian = bf_jacobian_new (bf_trainer_get_network (trainer), 6, 6, self->steps, NULL, &error);
  g_assert_no_error (error);
}

void
sample_evaluation_fill (const BfFigure *figure, BfFigureData *data)
{
  const char *id = figure->kind.id;
  Sample *sample = &samples[g_str_equal (id, "surface") || g_str_equal (id, "units") ? 1 : g_str_equal (id, "scatter") ? 2 : 0];

  if (!sample->evaluation)
    make (sample);
  data->facts = sample->facts;
  data->evaluation = sample->evaluation;
  data->loss_line = sample->line;
  data->loss_plane = sample->plane;
  data->jacobian = sample->jacobian;
}
