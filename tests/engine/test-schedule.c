/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The rate at chosen steps of each schedule, by hand, and that the trainer makes its steps with it.
 */
#include "bf-schedule.h"

#include <math.h>

#include "bf-trainer.h"

/* Ten steps an epoch, 100 in all. */
static double
get_factor (const BfOptions *options, guint64 step)
{
  const BfScheduleTime time = { step, 10, 100 };

  return bf_schedule_get_factor (options, &time);
}

static void
assert_factor (const BfOptions *options, guint64 step, double expected)
{
  const double factor = get_factor (options, step);

  if (!(fabs (factor - expected) <= 1e-12))
    g_error ("%s at step %u: %.15g in place of %.15g", bf_options_get_kind (options)->id, (guint) step, factor, expected);
}

static BfOptions *
make (const char *id, double warmup)
{
  BfOptions *options = bf_options_new (bf_kind_find (bf_schedules, id));

  g_assert_true (bf_options_set_number (options, "warmup", warmup, NULL));
  return options;
}

static void
test_values (void)
{
  g_autoptr (BfOptions) constant = make ("constant", 0), step = make ("step", 0);
  g_autoptr (BfOptions) exponential = make ("exponential", 0), cosine = make ("cosine", 0);

  g_assert_true (bf_options_set_number (step, "every", 3, NULL));
  g_assert_true (bf_options_set_number (step, "factor", 0.5, NULL));
  g_assert_true (bf_options_set_number (exponential, "factor", 0.9, NULL));
  g_assert_true (bf_options_set_number (cosine, "last", 0.1, NULL));
  for (guint i = 0; i < 200; i += 33)
    assert_factor (constant, i, 1);
  assert_factor (step, 0, 1);
  assert_factor (step, 29, 1);
  assert_factor (step, 30, 0.5);
  assert_factor (step, 60, 0.25);
  assert_factor (exponential, 9, 1);
  assert_factor (exponential, 10, 0.9);
  assert_factor (exponential, 35, 0.9 * 0.9 * 0.9);
  assert_factor (cosine, 0, 1);
  assert_factor (cosine, 25, 0.1 + 0.9 * (1 + sqrt (0.5)) / 2);
  assert_factor (cosine, 50, 0.55);
  assert_factor (cosine, 100, 0.1);
  assert_factor (cosine, 1000, 0.1);
}

/* Two epochs up, then as without warm-up from there. */
static void
test_warmup (void)
{
  for (const BfKind *const *kind = bf_schedules (); *kind; kind++)
    {
      g_autoptr (BfOptions) options = make ((*kind)->id, 2);

      assert_factor (options, 0, 0.05);
      assert_factor (options, 9, 0.5);
      assert_factor (options, 19, 1);
      assert_factor (options, 20, 1);
    }
  {
    g_autoptr (BfOptions) cosine = make ("cosine", 2);

    assert_factor (cosine, 60, 0.5);   /* halfway between 20 and 100 */
    assert_factor (cosine, 100, 0);
  }
}

static BfSpec *
make_spec (void)
{
  BfSpec *spec = bf_spec_new ();
  BfLayer *layer = bf_spec_append (spec, "dense");

  bf_options_free (spec->data);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "blobs"));
  g_assert_true (bf_options_set_number (spec->data, "samples", 100, NULL));
  spec->validation_share = 0;
  spec->learning_rate = 0.5;
  spec->batch = 20;
  spec->epochs = 3;
  {
    g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, NULL);

    g_assert_true (bf_options_set_number (layer->options, "units", bf_dataset_get_shape (data)->outputs, NULL));
  }
  return spec;
}

/* The weights after three epochs, and the rates that the record shows. */
static float *
train (BfSpec *spec, GArray *rates, gsize *n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, &error);
  g_autoptr (BfPlan) plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  g_autoptr (BfTrainer) trainer = bf_trainer_new (plan, data, 1, &error);
  g_autoptr (BfSnapshot) snapshot = NULL;

  g_assert_no_error (error);
  while (bf_trainer_step (trainer) == BF_STEP_MADE)
    ;
  snapshot = bf_trainer_snapshot (trainer);
  for (guint64 i = 0; i < snapshot->steps; i++)
    g_array_append_val (rates, bf_snapshot_get_column (snapshot, i)->learning_rate);
  *n = bf_network_get_size (bf_trainer_get_network (trainer));
  return g_memdup2 (bf_network_get_values (bf_trainer_get_network (trainer)), *n * sizeof (float));
}

static void
test_trainer (void)
{
  g_autoptr (BfSpec) plain = make_spec (), decaying = make_spec (), same = make_spec ();
  g_autoptr (GArray) rates = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) others = g_array_new (FALSE, FALSE, sizeof (float));
  g_autofree float *a = NULL, *b = NULL, *c = NULL;
  gsize n = 0;

  bf_options_free (decaying->schedule);
  decaying->schedule = make ("exponential", 0);
  g_assert_true (bf_options_set_number (decaying->schedule, "factor", 0.5, NULL));
  bf_options_free (same->schedule);   /* a factor of 1 is no schedule */
  same->schedule = make ("exponential", 0);
  g_assert_true (bf_options_set_number (same->schedule, "factor", 1, NULL));
  a = train (plain, others, &n);
  b = train (decaying, rates, &n);
  c = train (same, others, &n);
  g_assert_cmpuint (rates->len, >=, 12);
  g_assert_cmpfloat (g_array_index (rates, float, 0), ==, 0.5f);
  for (guint i = 1; i < rates->len; i++)
    g_assert_cmpfloat (g_array_index (rates, float, i), <=, g_array_index (rates, float, i - 1));
  g_assert_cmpfloat (g_array_index (rates, float, rates->len - 1), ==, 0.125f);
  g_assert_true (memcmp (a, c, n * sizeof (float)) == 0);
  g_assert_true (memcmp (a, b, n * sizeof (float)) != 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/values", test_values);
  g_test_add_func ("/schedule/warmup", test_warmup);
  g_test_add_func ("/schedule/trainer", test_trainer);
  return g_test_run ();
}
