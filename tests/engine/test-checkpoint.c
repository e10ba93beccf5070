/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Saved at any step and restored in a new trainer, a training goes on bit for bit; damage is told, never obeyed.
 */
#include "bf-snapshot-pack.h"
#include "trainer-specs.h"

#define HEADER 20

/* All of a trainer as bytes, but for the speed. */
static GBytes *
pack_recording (BfTrainer *trainer)
{
  g_autoptr (BfSnapshot) snapshot = bf_trainer_snapshot (trainer);

  snapshot->steps_per_second = 0;
  return bf_snapshot_pack (snapshot);
}

static BfPlan *
make_plan (BfSpec *spec)
{
  g_autoptr (BfDataset) data = bf_dataset_load (spec, NULL, NULL, NULL);

  return bf_plan_new (spec, bf_dataset_get_shape (data));
}

static void
assert_same_bytes (GBytes *a, GBytes *b)
{
  g_assert_cmpuint (g_bytes_get_size (a), ==, g_bytes_get_size (b));
  g_assert_true (g_bytes_equal (a, b));
}

/* Stops after `before` steps and goes on for `after` in another trainer. */
static void
check_resumes (BfSpec *spec, guint64 planned, guint64 before, guint64 after)
{
  g_autoptr (BfTrainer) through = make_trainer (spec), resumed = make_trainer (spec);
  g_autoptr (BfPlan) plan = NULL;
  g_autoptr (BfSnapshot) snapshot = NULL;
  g_autoptr (GBytes) recording = NULL, checkpoint = NULL, x = NULL, y = NULL, z = NULL, w = NULL;
  g_autoptr (GError) error = NULL;

  bf_trainer_set_planned (through, planned);
  make_steps (through, before / 2);
  bf_trainer_set_learning_rate (through, 0.03);
  bf_trainer_set_frozen (through, 1, TRUE);
  make_steps (through, before - before / 2);
  recording = pack_recording (through);
  checkpoint = bf_trainer_save (through);
  g_assert_true (bf_trainer_restore (resumed, checkpoint, &error));
  g_assert_no_error (error);
  plan = make_plan (spec);
  snapshot = bf_snapshot_unpack (recording, plan, &error);
  g_assert_no_error (error);
  g_assert_true (bf_trainer_restore_recording (resumed, snapshot, &error));
  g_assert_no_error (error);
  x = bf_trainer_save (resumed);
  assert_same_bytes (checkpoint, x);
  make_steps (through, after);
  make_steps (resumed, after);
  y = bf_trainer_save (through);
  z = bf_trainer_save (resumed);
  assert_same_bytes (y, z);
  g_clear_pointer (&recording, g_bytes_unref);
  recording = pack_recording (through);
  w = pack_recording (resumed);
  assert_same_bytes (recording, w);
}

static BfSpec *
make_spec (const BfKind *optimizer, const char *extra, gboolean staged)
{
  BfSpec *spec = make_moons (3, extra, 6);

  g_clear_pointer (&spec->optimizer, bf_options_free);
  spec->optimizer = bf_options_new (optimizer);
  if (bf_kind_find_param (optimizer, "momentum"))
    g_assert_true (bf_options_set_number (spec->optimizer, "momentum", 0.9, NULL));
  g_clear_pointer (&spec->schedule, bf_options_free);
  spec->schedule = bf_options_new (bf_kind_find (bf_schedules, "cosine"));
  g_assert_true (bf_options_set_number (spec->schedule, "warmup", 1, NULL));
  if (staged)
    {
      add_stage (spec, 1, 2, 2);
      add_stage (spec, 1, 1, 1);
      add_stage (spec, 2, 3, 3);
    }
  return spec;
}

static void
test_every_optimizer (void)
{
  const char *extras[] = { "batch-norm", "dropout" };

  for (const BfKind *const *kind = bf_optimizers (); *kind; kind++)
    for (guint i = 0; i < 4; i++)
      {
        g_autoptr (BfSpec) spec = make_spec (*kind, extras[i & 1], i & 2);
        g_autoptr (BfTrainer) trainer = make_trainer (spec);
        const guint64 planned = bf_trainer_get_planned (trainer);

        for (guint k = 0; k < 2; k++)
          {
            const guint64 before = g_test_rand_int_range (1, (int) planned - 2);

            check_resumes (spec, planned, before, g_test_rand_int_range (1, (int) (planned - before)));
          }
      }
}

/* At the start, at the boundaries of stages, and at the end. */
static void
test_boundaries (void)
{
  g_autoptr (BfSpec) spec = make_spec (bf_kind_find (bf_optimizers, "adam"), "dropout", TRUE);
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  const guint64 epoch = bf_trainer_get_steps_per_epoch (trainer), planned = bf_trainer_get_planned (trainer);
  const guint64 places[] = { 0, 1, epoch, 2 * epoch - 1, 2 * epoch, 2 * epoch + 1, 3 * epoch, 3 * epoch + 1, planned };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    check_resumes (spec, planned, places[i], planned - places[i]);
}

/* Merged columns, an open one, thinned frames. */
static void
test_long (void)
{
  g_autoptr (BfSpec) spec = make_moons (1, NULL, 1);

  check_resumes (spec, 4000, 2501, 600);
  check_resumes (spec, 4000, 2048, 1201);
}

/* In parts: what was packed in parts is what was packed whole; a full part does not change any more. */
static void
test_parts (void)
{
  g_autoptr (BfSpec) spec = make_moons (2, "batch-norm", 30);
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfSnapshot) snapshot = NULL, later = NULL, back = NULL;
  g_autoptr (GBytes) head = NULL, first = NULL, same = NULL, whole = NULL, other = NULL;
  g_autoptr (GError) error = NULL;

  make_steps (trainer, 100);
  snapshot = bf_trainer_snapshot (trainer);
  make_steps (trainer, 50);
  later = bf_trainer_snapshot (trainer);
  first = bf_snapshot_pack_columns (snapshot, 0, BF_PACK_COLUMNS);
  same = bf_snapshot_pack_columns (later, 0, BF_PACK_COLUMNS);
  assert_same_bytes (first, same);
  head = bf_snapshot_pack_head (snapshot);
  back = bf_snapshot_unpack_head (head, snapshot->plan, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < snapshot->columns->len; i += BF_PACK_COLUMNS)
    {
      g_autoptr (GBytes) part = bf_snapshot_pack_columns (snapshot, i, MIN (BF_PACK_COLUMNS, snapshot->columns->len - i));

      g_assert_true (bf_snapshot_unpack_columns (back, part, &error));
    }
  for (guint i = 0; i < snapshot->frames->len; i++)
    {
      g_autoptr (GBytes) part = bf_snapshot_pack_frame (snapshot, i);

      g_assert_true (bf_snapshot_unpack_frame (back, part, &error));
    }
  whole = bf_snapshot_pack (snapshot);
  other = bf_snapshot_pack (back);
  assert_same_bytes (whole, other);
  g_assert_false (bf_snapshot_unpack_columns (back, first, NULL));   /* not in order */
  g_assert_cmpuint (back->columns->len, ==, snapshot->columns->len);
}

static void
test_other_experiment (void)
{
  g_autoptr (BfSpec) spec = make_moons (2, NULL, 3), other_spec = make_moons (2, NULL, 3);
  g_autoptr (BfTrainer) trainer = make_trainer (spec), other = NULL;
  g_autoptr (BfSnapshot) snapshot = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  other_spec->seed++;
  other = make_trainer (other_spec);
  make_steps (trainer, 5);
  bytes = bf_trainer_save (trainer);
  g_assert_false (bf_trainer_restore (other, bytes, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_FILE);
  g_clear_error (&error);
  snapshot = bf_trainer_snapshot (trainer);
  g_assert_false (bf_trainer_restore_recording (other, snapshot, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_FILE);
}

/* Cut short, or with a bit turned. */
static GBytes *
damage (GBytes *bytes, gboolean cut)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);
  const guint32 place = (guint32) g_test_rand_int_range (0, (int) n);
  guint8 *copy = g_memdup2 (data, n);

  copy[place] ^= 1 << g_test_rand_int_range (0, 8);
  return g_bytes_new_take (copy, cut ? place : n);
}

/* The same under a check sum that fits. */
static GBytes *
forge (GBytes *bytes, const char *magic)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);
  g_autofree guint8 *copy = g_memdup2 (data, n);
  /* Counts and flags lie at the front and the back, and there is little to be broken between. */
  const guint reach = MIN ((guint) n - HEADER, 2000);
  const guint away = (guint) g_test_rand_int_range (0, (int) reach);
  const gsize place = g_test_rand_bit () ? HEADER + away : n - 1 - away;
  BfWriter writer;

  copy[place] = g_test_rand_bit () ? 0xff : (guint8) g_test_rand_int_range (0, 256);
  bf_writer_begin (&writer, magic, 2);
  bf_writer_raw (&writer, copy + HEADER, n - HEADER - (g_test_rand_int_range (0, 8) ? 0 : away));
  return bf_writer_seal (&writer);
}

static void
test_damaged_checkpoint (void)
{
  g_autoptr (BfSpec) spec = make_spec (bf_kind_find (bf_optimizers, "adam"), "dropout", TRUE);
  g_autoptr (BfTrainer) trainer = make_trainer (spec), fresh = make_trainer (spec);
  g_autoptr (GBytes) good = NULL, untouched = bf_trainer_save (fresh);

  make_steps (trainer, 2 * bf_trainer_get_steps_per_epoch (trainer) + 3);
  good = bf_trainer_save (trainer);
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GBytes) bad = damage (good, i & 1), after = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (bf_trainer_restore (fresh, bad, &error));
      g_assert_error (error, BF_ERROR, BF_ERROR_FILE);
      after = bf_trainer_save (fresh);
      assert_same_bytes (untouched, after);
    }
  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (GBytes) bad = forge (good, "BFCK"), after = NULL;

      if (bf_trainer_restore (fresh, bad, NULL))
        {
          bf_trainer_step (fresh);
          bf_trainer_free (fresh);
          fresh = make_trainer (spec);
        }
      after = bf_trainer_save (fresh);
      assert_same_bytes (untouched, after);
    }
}

static void
test_damaged_recording (void)
{
  g_autoptr (BfSpec) spec = make_moons (2, "batch-norm", 3);
  g_autoptr (BfTrainer) trainer = make_trainer (spec);
  g_autoptr (BfSnapshot) snapshot = NULL;
  GBytes *parts[3];
  const char *const magics[] = { "BFSH", "BFSC", "BFSF" };

  make_steps (trainer, 9);
  snapshot = bf_trainer_snapshot (trainer);
  parts[0] = bf_snapshot_pack_head (snapshot);
  parts[1] = bf_snapshot_pack_columns (snapshot, 0, snapshot->columns->len);
  parts[2] = bf_snapshot_pack_frame (snapshot, 0);
  for (guint i = 0; i < 900; i++)
    {
      g_autoptr (GBytes) bad = i % 2 ? damage (parts[i % 3], i & 4) : forge (parts[i % 3], magics[i % 3]);
      g_autoptr (BfSnapshot) back = bf_snapshot_unpack_head (i % 3 ? parts[0] : bad, snapshot->plan, NULL);

      g_assert_true (!back || i % 2 == 0 || i % 3 > 0);
      if (!back)
        continue;
      if (i % 3 == 1)
        g_assert_true (!bf_snapshot_unpack_columns (back, bad, NULL) || i % 2 == 0);
      else if (i % 3 == 2)
        g_assert_true (!bf_snapshot_unpack_frame (back, bad, NULL) || i % 2 == 0);
    }
  for (guint i = 0; i < 3; i++)
    g_bytes_unref (parts[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/checkpoint/every-optimizer", test_every_optimizer);
  g_test_add_func ("/checkpoint/boundaries", test_boundaries);
  g_test_add_func ("/checkpoint/long", test_long);
  g_test_add_func ("/checkpoint/parts", test_parts);
  g_test_add_func ("/checkpoint/other-experiment", test_other_experiment);
  g_test_add_func ("/checkpoint/damaged-checkpoint", test_damaged_checkpoint);
  g_test_add_func ("/checkpoint/damaged-recording", test_damaged_recording);
  return g_test_run ();
}
