/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Same seed, same number of threads: after 1,000 steps the weights are the same to the last bit, whatever else
 * happens meanwhile.
 */
#include "bf-run.h"

#include "bf-data-cache.h"
#include "bf-safetensors.h"
#include "bf-weights.h"

#define STEPS 1000

typedef struct
{
  const char *name;
  guint threads;
  BfSpec *(*make) (void);
} Network;

static void
add_dense (BfSpec *spec, guint units)
{
  g_assert_true (bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", units, NULL));
}

static void
add_activation (BfSpec *spec, const char *function)
{
  g_assert_true (bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", function, NULL));
}

/* Images through seven layers of sigmoids; few units, but enough for two threads to share. */
static BfSpec *
make_images (void)
{
  BfSpec *spec = bf_spec_new ();

  g_clear_pointer (&spec->data, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "fashion-mnist"));
  spec->batch = 64;
  spec->learning_rate = 0.1;
  for (guint i = 0; i < 7; i++)
    {
      add_dense (spec, 32);
      add_activation (spec, "sigmoid");
    }
  add_dense (spec, 10);
  return spec;
}

/* All that draws, gathers or keeps a state. */
static BfSpec *
make_state (void)
{
  BfSpec *spec = bf_spec_new ();

  g_clear_pointer (&spec->data, bf_options_free);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, "moons"));
  g_clear_pointer (&spec->optimizer, bf_options_free);
  spec->optimizer = bf_options_new (bf_kind_find (bf_optimizers, "adam"));
  spec->validation_share = 0.2;
  spec->batch = 32;
  spec->learning_rate = 0.01;
  for (guint i = 0; i < 4; i++)
    {
      add_dense (spec, 24);
      bf_spec_append (spec, "batch-norm");
      add_activation (spec, "relu");
      bf_spec_append (spec, "dropout");
    }
  add_dense (spec, 2);
  return spec;
}

static const Network networks[] = {
  { "images", 1, make_images },
  { "images", 2, make_images },
  { "state", 1, make_state },
  { "state", 2, make_state },
};

/* Takes over the list. */
static char *
digest (GPtrArray *weights)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_assert_cmpuint (weights->len, >, 0);
  for (guint i = 0; i < weights->len; i++)
    {
      const BfTensorValues *tensor = weights->pdata[i];
      gsize n;
      const guint8 *data = g_bytes_get_data (tensor->values, &n);

      g_checksum_update (checksum, data, (gssize) n);
    }
  g_ptr_array_unref (weights);
  return g_strdup (g_checksum_get_string (checksum));
}

static BfTrainer *
make_trainer (const Network *network)
{
  g_autoptr (BfSpec) spec = network->make ();
  g_autoptr (GError) error = NULL;
  g_autoptr (BfDataset) data = bf_data_cache_load (spec, NULL, NULL, &error);
  g_autoptr (BfPlan) plan = NULL;
  BfTrainer *trainer;

  g_assert_no_error (error);
  plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  trainer = bf_trainer_new (plan, data, network->threads, &error);
  g_assert_no_error (error);
  bf_trainer_set_planned (trainer, STEPS);
  return trainer;
}

static void
make_steps (BfTrainer *trainer, guint n)
{
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (bf_trainer_step (trainer), ==, BF_STEP_MADE);
}

static char *
train (const Network *network)
{
  g_autoptr (BfTrainer) trainer = make_trainer (network);

  make_steps (trainer, STEPS);
  return digest (bf_weights_list (bf_trainer_get_network (trainer)));
}

static char *
train_unrecorded (const Network *network)
{
  g_autoptr (BfTrainer) trainer = make_trainer (network);

  bf_trainer_set_recording (trainer, FALSE);
  make_steps (trainer, STEPS);
  return digest (bf_weights_list (bf_trainer_get_network (trainer)));
}

/* Recorded now and then, and looked at all the time. */
static char *
train_looked_at (const Network *network)
{
  g_autoptr (BfTrainer) trainer = make_trainer (network);

  for (guint i = 0; i < STEPS; i++)
    {
      g_autoptr (BfSnapshot) snapshot = NULL;

      bf_trainer_set_recording (trainer, i / 7 % 3 != 0);
      make_steps (trainer, 1);
      snapshot = bf_trainer_snapshot (trainer);
    }
  return digest (bf_weights_list (bf_trainer_get_network (trainer)));
}

/* In five parts, each by a trainer that knows nothing but the checkpoint of the one before. */
static char *
train_resumed (const Network *network)
{
  g_autoptr (BfTrainer) trainer = make_trainer (network);

  for (guint part = 0; part < 5; part++)
    {
      g_autoptr (GBytes) checkpoint = NULL;
      g_autoptr (GError) error = NULL;

      make_steps (trainer, STEPS / 5);
      checkpoint = bf_trainer_save (trainer);
      bf_trainer_free (trainer);
      trainer = make_trainer (network);
      g_assert_true (bf_trainer_restore (trainer, checkpoint, &error));
      g_assert_no_error (error);
    }
  return digest (bf_weights_list (bf_trainer_get_network (trainer)));
}

static BfRun *
make_run (const Network *network)
{
  g_autoptr (BfSpec) spec = network->make ();
  const BfRunOptions options = { .threads = network->threads, .steps = STEPS };

  return bf_run_new (spec, &options);
}

static char *
finish (BfRun *run)
{
  bf_run_train (run);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_FINISHED);
  g_assert_cmpuint (bf_run_get_snapshot (run)->steps, ==, STEPS);
  return digest (bf_run_list_weights (run));
}

static char *
run (const Network *network)
{
  g_autoptr (BfRun) it = make_run (network);

  return finish (it);
}

static char *
run_paused (const Network *network)
{
  g_autoptr (BfRun) it = make_run (network);

  for (guint i = 0; i < 20; i++)
    {
      bf_run_step (it);
      bf_run_wait (it);
      bf_run_train (it);
      g_usleep (300);
      bf_run_pause (it);
      bf_run_wait (it);
      if (bf_run_get_snapshot (it)->steps >= STEPS)
        return digest (bf_run_list_weights (it));
    }
  return finish (it);
}

static char *
run_evaluated (const Network *network)
{
  g_autoptr (BfRun) it = make_run (network);
  guint asked = 0;

  bf_run_wait (it);
  bf_run_train (it);
  while (bf_run_poll (it))
    {
      asked += bf_run_evaluate (it, asked % 2 ? BF_PART_TEST : BF_PART_TRAIN);
      g_usleep (500);
    }
  g_assert_cmpuint (asked, >, 0);
  bf_run_wait (it);
  g_assert_cmpuint (bf_run_get_snapshot (it)->steps, ==, STEPS);
  return digest (bf_run_list_weights (it));
}

static const struct
{
  const char *name;
  char *(*train) (const Network *network);
} ways[] = {
  { "again", train },
  { "unrecorded", train_unrecorded },
  { "looked-at", train_looked_at },
  { "resumed", train_resumed },
  { "run", run },
  { "paused", run_paused },
  { "evaluated", run_evaluated },
};

static void
test_network (gconstpointer data)
{
  const Network *network = data;
  g_autofree char *expected = train (network);

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *weights = ways[i].train (network);

      g_test_message ("%s", ways[i].name);
      g_assert_cmpstr (weights, ==, expected);
    }
}

/* The comparison can fail: another seed gives other weights. */
static BfSpec *
make_other_seed (void)
{
  BfSpec *spec = make_state ();

  spec->seed++;
  return spec;
}

static void
test_other_seed (void)
{
  const Network other = { "other", 1, make_other_seed };
  g_autofree char *a = train (&networks[2]), *b = train (&other);

  g_assert_cmpstr (a, !=, b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autofree char *path = g_strdup_printf ("/determinism/%s/threads-%u", networks[i].name, networks[i].threads);

      g_test_add_data_func (path, &networks[i], test_network);
    }
  g_test_add_func ("/determinism/other-seed", test_other_seed);
  return g_test_run ();
}
