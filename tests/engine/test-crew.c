/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Threads that share a step: they meet, sleep and wake; and the weights are the same bits with any number of them.
 */
#include "bf-crew.h"
#include "bf-optimizer.h"
#include "bf-trainer.h"

#include <string.h>

typedef struct
{
  BfCrew *crew;
  guint values[8];
  guint rounds;
  guint parts;      /* as many as there were */
  gboolean torn;
} Round;

/* Each writes its place, all meet, each reads all places. */
static void
write_and_read (gpointer data, guint part, guint parts)
{
  Round *round = data;

  if (part == 0)
    round->parts = parts;
  for (guint i = 1; i <= round->rounds; i++)
    {
      round->values[part] = i;
      if (parts > 1)
        bf_crew_wait (round->crew);
      for (guint other = 0; other < parts; other++)
        if (round->values[other] != i)
          round->torn = TRUE;
      if (parts > 1)
        bf_crew_wait (round->crew);
    }
}

static void
check_crew (guint threads, gulong pause)
{
  g_autoptr (BfCrew) crew = bf_crew_new (threads);
  Round round = { .crew = crew, .rounds = 20 };

  g_assert_cmpuint (bf_crew_get_threads (crew), ==, MAX (threads, 1));
  for (guint i = 0; i < 20; i++)
    {
      memset (round.values, 0, sizeof round.values);
      bf_crew_run (crew, write_and_read, &round);
      g_assert_true (round.parts == 1 || round.parts == threads);
      for (guint part = 0; part < round.parts; part++)
        g_assert_cmpuint (round.values[part], ==, round.rounds);
      g_usleep (pause);
    }
  g_assert_false (round.torn);
}

static void
test_meeting (void)
{
  for (guint threads = 0; threads <= 5; threads++)
    check_crew (threads, 0);
}

static void
test_sleeping (void)
{
  check_crew (2, 3000);
  check_crew (3, 3000);
}

/* The others are always late: soon the caller goes on without them, and later tries again. */
static void
be_late (gpointer data, guint part, guint parts)
{
  guint *shared = data;

  if (part == 1)
    g_usleep (2000);
  if (part == 0)
    shared[parts > 1]++;
}

static void
test_alone (void)
{
  g_autoptr (BfCrew) crew = bf_crew_new (2);
  guint shared[2] = { 0 }, before;

  for (guint i = 0; i < 1000 && shared[FALSE] == 0; i++)
    bf_crew_run (crew, be_late, shared);
  g_assert_cmpuint (shared[FALSE], >, 0);
  g_assert_cmpuint (shared[TRUE], >, 0);
  before = shared[TRUE];
  for (guint i = 0; i < 1000 && shared[TRUE] == before; i++)
    {
      g_usleep (10000);
      bf_crew_run (crew, be_late, shared);
    }
  g_assert_cmpuint (shared[TRUE], >, before);
}

static void
test_parts (void)
{
  for (guint extent = 0; extent < 200; extent++)
    for (guint parts = 1; parts < 6; parts++)
      {
        g_assert_cmpuint (bf_crew_get_begin (extent, 0, parts), ==, 0);
        g_assert_cmpuint (bf_crew_get_begin (extent, parts, parts), ==, extent);
        for (guint part = 0; part < parts; part++)
          g_assert_cmpuint (bf_crew_get_begin (extent, part, parts), <=, bf_crew_get_begin (extent, part + 1, parts));
      }
}

static void
set_units (BfLayer *layer, guint units)
{
  bf_options_set_number (layer->options, "units", units, NULL);
}

/* Widths that no thread's part divides, a norm, dropout and a skip among them. */
static BfSpec *
make_spec (const char *activation, const char *optimizer)
{
  BfSpec *spec = bf_spec_new ();

  g_clear_pointer (&spec->data, bf_options_free);
  g_clear_pointer (&spec->loss, bf_options_free);
  g_clear_pointer (&spec->optimizer, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "random-regression"));
  spec->loss = bf_options_new (bf_kind_find (bf_losses, "mse"));
  spec->optimizer = bf_options_new (bf_kind_find (bf_optimizers, optimizer));
  spec->batch = 48;
  spec->learning_rate = 1e-3;
  for (guint i = 0; i < 4; i++)
    {
      BfLayer *dense = bf_spec_append (spec, "dense");
      BfLayer *bend = bf_spec_append (spec, "activation");

      set_units (dense, i == 3 ? 150 : 150 + 11 * i);
      bf_options_set_choice (bend->options, "function", activation, NULL);
      if (i == 1)
        bf_spec_append (spec, "layer-norm");
      if (i == 2)
        bf_spec_append (spec, "dropout");
    }
  set_units (bf_spec_append (spec, "dense"), 1);
  return spec;
}

/* The weights after some steps (transfer full). changing: now one thread, now all. */
static float *
train (const BfSpec *base, guint threads, gboolean changing, guint steps, gboolean recording, gsize *size)
{
  g_autoptr (BfSpec) spec = bf_spec_copy (base);
  g_autoptr (GError) error = NULL;
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, &error);
  g_autoptr (BfPlan) plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  g_autoptr (BfTrainer) trainer = bf_trainer_new (plan, data, threads, &error);
  BfNetwork *network;

  g_assert_no_error (error);
  network = bf_trainer_get_network (trainer);
  g_assert_cmpuint (bf_crew_get_threads (bf_network_get_crew (network)), ==, threads);
  bf_trainer_set_planned (trainer, steps + 1);
  bf_trainer_set_recording (trainer, recording);
  for (guint i = 0; i < steps; i++)
    {
      if (changing)
        bf_trainer_set_threads (trainer, i / 2 % 2 ? threads : 1);
      g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_MADE);
    }
  *size = bf_network_get_size (network) * sizeof (float);
  return g_memdup2 (bf_network_get_values (network), *size);
}

static void
test_same_bits (void)
{
  static const char *const cases[][2] = { { "sigmoid", "sgd" }, { "gelu", "nadam" }, { "mish", "adamw" } };
  const guint steps = g_getenv ("BF_VALGRIND") ? 3 : 60;   /* there one thread runs at a time, and slowly */

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autoptr (BfSpec) spec = make_spec (cases[c][0], cases[c][1]);
      gsize size;
      g_autofree float *one = train (spec, 1, FALSE, steps, FALSE, &size);

      for (guint threads = 1; threads <= 4; threads++)
        {
          g_autofree float *many = train (spec, threads, threads > 2, steps, threads % 2 == 0, &size);

          for (gsize i = 0; i < size / sizeof (float); i++)
            if (one[i] != many[i])
              g_error ("%s, %u threads: float %zu is %.9g, not %.9g", cases[c][0], threads, i, many[i], one[i]);
        }
    }
}

static void
test_small (void)
{
  g_autoptr (BfSpec) spec = make_spec ("relu", "sgd");
  g_autoptr (GError) error = NULL;
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, &error);
  g_autoptr (BfPlan) plan = NULL;
  g_autoptr (BfNetwork) network = NULL;

  spec->batch = 4;
  plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  network = bf_network_new (plan, 1, 4, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bf_network_set_threads (network, 2), ==, 1);
  g_assert_null (bf_network_get_crew (network));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crew/meeting", test_meeting);
  g_test_add_func ("/crew/sleeping", test_sleeping);
  g_test_add_func ("/crew/alone", test_alone);
  g_test_add_func ("/crew/parts", test_parts);
  g_test_add_func ("/crew/same-bits-with-any-number", test_same_bits);
  g_test_add_func ("/crew/one-where-a-step-is-small", test_small);
  return g_test_run ();
}
