/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-experiment.h"

#include <glib/gstdio.h>
#include <locale.h>

#include "bf-file.h"
#include "bf-remedy.h"

typedef struct
{
  BfExperiment *experiment;
  GHashTable *counts;   /* property → times */
} Fixture;

static void
count (GObject *object, GParamSpec *pspec, gpointer data)
{
  GHashTable *counts = data;

  g_hash_table_insert (counts, (gpointer) pspec->name,
                       GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, pspec->name)) + 1));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfSpec) spec = bf_examples_load ("t1-baseline", NULL);

  fixture->experiment = bf_experiment_new (spec);
  fixture->counts = g_hash_table_new (g_str_hash, g_str_equal);
  g_signal_connect (fixture->experiment, "notify", G_CALLBACK (count), fixture->counts);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->experiment);
  g_hash_table_unref (fixture->counts);
}

static guint
take_count (Fixture *fixture, const char *property)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (fixture->counts, property));

  g_hash_table_remove (fixture->counts, property);
  return n;
}

static void
set_batch (Fixture *fixture, guint batch, const char *merge)
{
  BfSpec *spec = bf_experiment_copy_spec (fixture->experiment);

  spec->batch = batch;
  bf_experiment_edit (fixture->experiment, spec, "Batch", merge);
}

static guint
get_batch (Fixture *fixture)
{
  return bf_experiment_get_spec (fixture->experiment)->batch;
}

static void
test_undo_and_redo (Fixture *fixture, gconstpointer data)
{
  BfExperiment *experiment = fixture->experiment;
  BfSpec *first = bf_experiment_get_spec (experiment);

  bf_experiment_undo (experiment);
  set_batch (fixture, 10, NULL);
  bf_experiment_set_remedy (experiment, "activation", TRUE);
  g_assert_cmpstr (bf_experiment_get_undo_label (experiment), ==, "Activation on");
  bf_experiment_undo (experiment);
  g_assert_cmpstr (bf_experiment_get_undo_label (experiment), ==, "Batch");
  g_assert_cmpstr (bf_experiment_get_redo_label (experiment), ==, "Activation on");
  bf_experiment_undo (experiment);
  g_assert_true (bf_experiment_get_spec (experiment) == first);
  g_assert_false (bf_experiment_get_can_undo (experiment));
  bf_experiment_redo (experiment);
  bf_experiment_redo (experiment);
  g_assert_false (bf_experiment_get_can_redo (experiment));
  g_assert_true (bf_spec_find_remedy (bf_experiment_get_spec (experiment), "activation")->on);
  bf_experiment_undo (experiment);
  /* A new edit ends what could be redone. */
  set_batch (fixture, 11, NULL);
  g_assert_false (bf_experiment_get_can_redo (experiment));
}

static void
test_notifies_once (Fixture *fixture, gconstpointer data)
{
  set_batch (fixture, 10, NULL);
  g_assert_cmpuint (take_count (fixture, "spec"), ==, 1);
  g_assert_cmpuint (take_count (fixture, "modified"), ==, 1);
  g_assert_cmpuint (take_count (fixture, "can-undo"), ==, 1);
  g_assert_cmpuint (take_count (fixture, "undo-label"), ==, 1);
  g_assert_cmpuint (g_hash_table_size (fixture->counts), ==, 0);

  set_batch (fixture, 11, NULL);
  g_assert_cmpuint (take_count (fixture, "spec"), ==, 1);
  g_assert_cmpuint (g_hash_table_size (fixture->counts), ==, 0);

  /* The same again is no edit. */
  set_batch (fixture, 11, NULL);
  g_assert_cmpuint (g_hash_table_size (fixture->counts), ==, 0);

  bf_experiment_undo (fixture->experiment);
  bf_experiment_undo (fixture->experiment);
  g_assert_cmpuint (take_count (fixture, "spec"), ==, 2);
  g_assert_cmpuint (take_count (fixture, "modified"), ==, 1);
  g_assert_cmpuint (take_count (fixture, "can-undo"), ==, 1);
  g_assert_cmpuint (take_count (fixture, "can-redo"), ==, 1);
}

static void
test_merge (Fixture *fixture, gconstpointer data)
{
  for (guint i = 1; i < 20; i++)
    set_batch (fixture, 64 + i, "batch");
  bf_experiment_undo (fixture->experiment);
  g_assert_cmpuint (get_batch (fixture), ==, 64);
  g_assert_false (bf_experiment_get_can_undo (fixture->experiment));
  /* After an undo the next one is a step of its own, and so is one of another key. */
  set_batch (fixture, 10, "batch");
  set_batch (fixture, 11, "other");
  bf_experiment_undo (fixture->experiment);
  g_assert_cmpuint (get_batch (fixture), ==, 10);
}

static void
test_spun_back (Fixture *fixture, gconstpointer data)
{
  set_batch (fixture, 65, "batch");
  set_batch (fixture, 64, "batch");
  g_assert_false (bf_experiment_get_can_undo (fixture->experiment));
  g_assert_false (bf_experiment_get_modified (fixture->experiment));
  set_batch (fixture, 63, "batch");
  g_assert_true (bf_experiment_get_can_undo (fixture->experiment));
  bf_experiment_undo (fixture->experiment);
  g_assert_cmpuint (get_batch (fixture), ==, 64);
}

static void
test_remedy_off_again (Fixture *fixture, gconstpointer data)
{
  bf_experiment_set_remedy (fixture->experiment, "activation", TRUE);
  g_assert_true (bf_experiment_get_modified (fixture->experiment));
  g_assert_false (bf_spec_same_run (bf_experiment_get_spec (fixture->experiment), bf_experiment_get_effective (fixture->experiment)));
  bf_experiment_set_remedy (fixture->experiment, "activation", FALSE);
  g_assert_cmpstr (bf_experiment_get_undo_label (fixture->experiment), ==, "Activation off");
  g_assert_false (bf_experiment_get_modified (fixture->experiment));
  g_assert_true (bf_spec_same_run (bf_experiment_get_spec (fixture->experiment), bf_experiment_get_effective (fixture->experiment)));
  bf_experiment_set_remedy (fixture->experiment, "increasing-weights", FALSE);
  g_assert_cmpstr (bf_experiment_get_undo_label (fixture->experiment), ==, "Activation off");
}

static void
test_save (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "mine.backflow", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) back = NULL;

  set_batch (fixture, 10, NULL);
  g_assert_true (bf_experiment_save (fixture->experiment, file, &error));
  g_assert_no_error (error);
  g_assert_false (bf_experiment_get_modified (fixture->experiment));
  g_assert_cmpuint (take_count (fixture, "file"), ==, 1);
  back = bf_file_load (path, NULL, &error);
  g_assert_true (bf_spec_equal (back, bf_experiment_get_spec (fixture->experiment)));
  bf_experiment_undo (fixture->experiment);
  g_assert_true (bf_experiment_get_modified (fixture->experiment));
  bf_experiment_redo (fixture->experiment);
  g_assert_false (bf_experiment_get_modified (fixture->experiment));

  bf_experiment_replace (fixture->experiment, back, NULL);
  g_assert_false (bf_experiment_get_can_undo (fixture->experiment));
  g_assert_null (bf_experiment_get_file (fixture->experiment));
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/experiment/undo-and-redo", test_undo_and_redo);
  ADD ("/experiment/notifies-once", test_notifies_once);
  ADD ("/experiment/merge", test_merge);
  ADD ("/experiment/spun-back", test_spun_back);
  ADD ("/experiment/remedy-off-again", test_remedy_off_again);
  ADD ("/experiment/save", test_save);
  return g_test_run ();
}
