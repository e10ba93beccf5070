/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-notebook-private.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "bf-file.h"
#include "bf-snapshot-pack.h"
#include "bf-remedy.h"
#include "bf-run.h"
#include "same-recording.h"

#define TIMEOUT (60 * G_USEC_PER_SEC)

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "notes", "notebook.db", NULL);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      remove_all (inner);
    }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_all (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static BfSpec *
load_spec (const char *example)
{
  g_autoptr (GError) error = NULL;
  BfSpec *spec = bf_examples_load (example, &error);

  g_assert_no_error (error);
  return spec;
}

static BfKeeper *
keep (BfNotebook *notebook, BfSpec *base, const char *name)
{
  const BfKeeperInfo info = { .name = name, .base = base, .threads = 1, .limit = 300 };

  return bf_keeper_new (notebook, &info);
}

/* A run of that many steps, kept when a notebook is given; returns when it rests. */
static BfRun *
train (BfKeeper *keeper, BfSpec *base, guint64 steps)
{
  const BfRunOptions options = { .threads = 1, .steps = steps, .keeper = keeper };
  g_autoptr (BfSpec) effective = bf_remedies_apply (base);
  BfRun *run = bf_run_new (effective, &options);

  bf_run_train (run);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_FINISHED);
  return run;
}

/* Trains an experiment and keeps it; returns its uuid. */
static char *
keep_run (BfNotebook *notebook, const char *example, const char *name, guint64 steps)
{
  g_autoptr (BfSpec) base = load_spec (example);
  g_autoptr (BfKeeper) keeper = keep (notebook, base, name);
  g_autoptr (BfRun) run = train (keeper, base, steps);
  g_autoptr (GError) error = NULL;

  bf_run_stop (run);
  bf_notebook_close (notebook, 10, &error);
  g_assert_no_error (error);
  return g_strdup (bf_keeper_get_uuid (keeper));
}

static BfNotebookRun *
load (BfNotebook *notebook, const char *uuid)
{
  g_autoptr (GError) error = NULL;
  BfNotebookRun *run = bf_notebook_load (notebook, uuid, &error);

  g_assert_no_error (error);
  return run;
}

/* What a resumed run goes on as; steps: planned in all. */
static BfRun *
resume (BfNotebook *notebook, BfNotebookRun *kept, BfKeeper **keeper)
{
  g_autoptr (GError) error = NULL;
  BfRunOptions options = { .threads = 1, .steps = kept->limit, .resume = kept };

  *keeper = bf_keeper_reopen (notebook, kept, &error);
  g_assert_no_error (error);
  options.keeper = *keeper;
  return bf_run_new (kept->snapshot->plan->spec, &options);
}

/* Everything that was measured comes back as it was. */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfNotebook) notebook = bf_notebook_new (fixture->path);
  g_autoptr (BfSpec) base = load_spec ("t2-batch-norm");
  g_autoptr (BfKeeper) keeper = keep (notebook, base, "Run 1");
  g_autoptr (BfRun) run = train (keeper, base, 37);
  g_autoptr (BfNotebookRun) kept = NULL;
  g_autoptr (GError) error = NULL;
  BfSnapshot *a = bf_run_get_snapshot (run), *b;

  bf_notebook_flush (notebook, &error);
  g_assert_no_error (error);
  g_assert_true (bf_notebook_is_saved (notebook));
  kept = load (notebook, bf_keeper_get_uuid (keeper));
  b = kept->snapshot;
  g_assert_cmpstr (kept->name, ==, "Run 1");
  g_assert_cmpstr (kept->state, ==, "finished");
  g_assert_true (bf_spec_equal (kept->base, base));
  assert_same_recording (a, b);
  g_assert_cmpuint (a->frames->len, ==, b->frames->len);
  for (guint i = 0; i < a->frames->len; i++)
    {
      g_autoptr (GBytes) one = bf_snapshot_pack_frame (a, i);
      g_autoptr (GBytes) two = bf_snapshot_pack_frame (b, i);

      g_assert_true (g_bytes_equal (one, two));
    }
  g_assert_cmpmem (a->sample, a->plan->shape.inputs * sizeof (float), b->sample, b->plan->shape.inputs * sizeof (float));
  g_assert_cmpuint (b->steps_planned, ==, 37);
  bf_run_stop (run);
}

static void
check_resume (Fixture *fixture, const char *example)
{
  g_autoptr (BfSpec) base = load_spec (example);
  g_autoptr (BfRun) whole = train (NULL, base, 300);
  g_autofree char *uuid = NULL;
  g_autoptr (GError) error = NULL;

  {
    g_autoptr (BfNotebook) notebook = bf_notebook_new (fixture->path);
    g_autoptr (BfKeeper) keeper = keep (notebook, base, "Run 1");
    const BfRunOptions options = { .threads = 1, .steps = 300, .keeper = keeper };
    g_autoptr (BfSpec) effective = bf_remedies_apply (base);
    g_autoptr (BfRun) run = bf_run_new (effective, &options);

    for (guint i = 0; i < 143; i++)
      bf_run_step (run);
    bf_run_wait (run);
    g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_PAUSED);
    uuid = g_strdup (bf_keeper_get_uuid (keeper));
    bf_run_stop (run);
    bf_notebook_close (notebook, 10, &error);
    g_assert_no_error (error);
  }
  {
    g_autoptr (BfNotebook) notebook = bf_notebook_new (fixture->path);
    g_autoptr (BfNotebookRun) kept = load (notebook, uuid);
    g_autoptr (BfKeeper) keeper = NULL;
    g_autoptr (BfRun) run = resume (notebook, kept, &keeper);
    g_autoptr (BfNotebookRun) again = NULL;

    /* Its recording is there before anything is loaded. */
    g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_PAUSED);
    g_assert_cmpuint (bf_run_get_snapshot (run)->steps, ==, 143);
    bf_run_train (run);
    bf_run_wait (run);
    g_assert_no_error (bf_run_get_error (run));
    g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_FINISHED);
    g_assert_null (bf_run_get_notice (run));
    assert_same_recording (bf_run_get_snapshot (run), bf_run_get_snapshot (whole));
    bf_notebook_flush (notebook, &error);
    g_assert_no_error (error);
    again = load (notebook, uuid);
    assert_same_recording (again->snapshot, bf_run_get_snapshot (whole));
    g_assert_cmpstr (again->state, ==, "finished");
    /* Train after the end adds the same steps. */
    bf_run_train (run);
    bf_run_wait (run);
    g_assert_cmpuint (bf_run_get_snapshot (run)->steps, ==, 600);
    bf_run_stop (run);
  }
}

/* 300 steps in one go, or in two programs: the same bits. */
static void
test_resume (Fixture *fixture, gconstpointer data)
{
  check_resume (fixture, data);
}

static void
test_edits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfNotebook) notebook = bf_notebook_new (fixture->path);
  g_autofree char *first = keep_run (notebook, "spiral", "Run 1", 5);
  g_autofree char *second = keep_run (notebook, "spiral", "Run 2", 6);
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) deleted = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  const BfNotebookEntry *entry;

  bf_notebook_rename (notebook, first, "With “quotes”; DROP TABLE run");
  bf_notebook_set_star (notebook, first, TRUE);
  bf_notebook_delete (notebook, second);
  bf_notebook_flush (notebook, &error);
  g_assert_no_error (error);
  entries = bf_notebook_list (notebook, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 1);
  entry = entries->pdata[0];
  g_assert_cmpstr (entry->name, ==, "With “quotes”; DROP TABLE run");
  g_assert_true (entry->star);
  g_assert_cmpuint (entry->steps, ==, 5);
  deleted = bf_notebook_list (notebook, TRUE, &error);
  g_assert_cmpuint (deleted->len, ==, 1);
  bf_notebook_undelete (notebook, second);
  bf_notebook_flush (notebook, &error);
  found = bf_notebook_find (notebook, "Run 2", &error);
  g_assert_cmpstr (found, ==, second);
  g_assert_null (bf_notebook_find (notebook, "Run 7", &error));
  g_assert_error (error, BF_NOTEBOOK_ERROR, BF_NOTEBOOK_ERROR_NO_RUN);
}

/* A run is at work in one place at a time, in this process as in another. */
static void
test_lock (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfNotebook) notebook = bf_notebook_new (fixture->path);
  g_autofree char *uuid = keep_run (notebook, "spiral", "Run 1", 5);
  g_autoptr (BfNotebook) other = bf_notebook_new (fixture->path);
  g_autoptr (BfNotebookRun) kept = load (notebook, uuid);
  g_autoptr (BfKeeper) keeper = NULL;
  g_autoptr (BfRun) run = resume (notebook, kept, &keeper);
  g_autoptr (GError) error = NULL;
  BfKeeper *again;

  g_assert_null (bf_keeper_reopen (other, kept, &error));
  g_assert_error (error, BF_NOTEBOOK_ERROR, BF_NOTEBOOK_ERROR_LOCKED);
  bf_run_stop (run);
  g_clear_object (&run);
  g_clear_pointer (&keeper, bf_keeper_unref);
  bf_notebook_flush (notebook, NULL);
  g_usleep (20000);
  again = bf_keeper_reopen (other, kept, NULL);
  g_assert_nonnull (again);
  bf_keeper_close (again);
  bf_keeper_unref (again);
}

/* Two programs that write to one notebook at once. */
static void
test_two_writers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfNotebook) one = bf_notebook_new (fixture->path);
  g_autoptr (BfNotebook) two = bf_notebook_new (fixture->path);
  g_autoptr (BfSpec) base = load_spec ("spiral");
  g_autoptr (BfKeeper) a = keep (one, base, "Run 1");
  g_autoptr (BfKeeper) b = keep (two, base, "Run 2");
  g_autoptr (BfRun) run_a = NULL, run_b = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;

  bf_notebook_set_period (one, 1000);
  bf_notebook_set_period (two, 1000);
  run_a = train (a, base, 400);
  run_b = train (b, base, 400);
  bf_run_stop (run_a);
  bf_run_stop (run_b);
  bf_notebook_close (one, 10, &error);
  g_assert_no_error (error);
  bf_notebook_close (two, 10, &error);
  g_assert_no_error (error);
  entries = bf_notebook_list (one, FALSE, &error);
  g_assert_cmpuint (entries->len, ==, 2);
}

/* Files that are not for this program */

static void
write_file (const char *path, const char *text, gssize length)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, text, length, NULL));
}

static char *
get_digest (const char *path)
{
  g_autofree char *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, length);
}

/* Training goes on, the problem has that code and names the file, and the file is left alone. */
static void
check_refused (Fixture *fixture, BfNotebookErrorCode code)
{
  g_autoptr (BfNotebook) notebook = bf_notebook_new (fixture->path);
  g_autofree char *before = get_digest (fixture->path);
  g_autofree char *after = NULL;
  g_autofree char *aside = NULL;
  g_autofree char *moved = NULL;
  g_autoptr (BfSpec) base = load_spec ("spiral");
  g_autoptr (BfKeeper) keeper = keep (notebook, base, "Run 1");
  g_autoptr (BfRun) run = train (keeper, base, 20);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  g_assert_false (bf_notebook_flush (notebook, &error));
  g_assert_error (error, BF_NOTEBOOK_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_clear_error (&error);
  g_assert_null (bf_notebook_list (notebook, FALSE, &error));
  g_assert_error (error, BF_NOTEBOOK_ERROR, (int) code);
  g_clear_error (&error);
  after = get_digest (fixture->path);
  g_assert_cmpstr (before, ==, after);

  /* Moved aside it is what it was, and the run goes into a new one. */
  aside = bf_notebook_set_aside (notebook, &error);
  g_assert_no_error (error);
  moved = get_digest (aside);
  g_assert_cmpstr (before, ==, moved);
  g_assert_true (bf_notebook_flush (notebook, &error));
  entries = bf_notebook_list (notebook, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 1);
  bf_run_stop (run);
}

static void
test_no_notebook (Fixture *fixture, gconstpointer data)
{
  g_autofree char *noise = g_strnfill (10000, 'x');

  write_file (fixture->path, noise, -1);
  check_refused (fixture, BF_NOTEBOOK_ERROR_DAMAGED);
}

static void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_other_program (Fixture *fixture, gconstpointer data)
{
  write_file (fixture->path, "", 0);
  run_sql (fixture->path, "PRAGMA application_id = 17; CREATE TABLE other (a)");
  check_refused (fixture, BF_NOTEBOOK_ERROR_DAMAGED);
}

static void
test_newer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfNotebook) notebook = bf_notebook_new (fixture->path);
  g_autofree char *uuid = keep_run (notebook, "spiral", "Run 1", 5);

  g_clear_pointer (&notebook, bf_notebook_unref);
  run_sql (fixture->path, "PRAGMA user_version = 99; PRAGMA wal_checkpoint (TRUNCATE)");
  check_refused (fixture, BF_NOTEBOOK_ERROR_NEWER);
}

/* Pages in the middle are overwritten: found when they are read. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfNotebook) notebook = bf_notebook_new (fixture->path);
  g_autofree char *uuid = keep_run (notebook, "spiral", "Run 1", 30);
  g_autofree char *text = NULL;
  gsize length;

  g_clear_pointer (&notebook, bf_notebook_unref);
  run_sql (fixture->path, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_assert_true (g_file_get_contents (fixture->path, &text, &length, NULL));
  memset (text + 4096, 0x5a, length - 4096);
  write_file (fixture->path, text, (gssize) length);
  check_refused (fixture, BF_NOTEBOOK_ERROR_DAMAGED);
}

/* A folder that cannot be made, since a file is in its place: as good as one that cannot be written, also for root. */
static void
test_read_only (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_autoptr (BfNotebook) notebook = NULL;
  g_autoptr (BfSpec) base = load_spec ("spiral");
  g_autoptr (BfKeeper) keeper = NULL;
  g_autoptr (BfRun) run = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *elsewhere = g_build_filename (fixture->folder, "elsewhere.db", NULL);

  write_file (folder, "", 0);
  notebook = bf_notebook_new (fixture->path);
  keeper = keep (notebook, base, "Run 1");
  run = train (keeper, base, 20);
  g_assert_false (bf_notebook_flush (notebook, &error));
  g_assert_error (error, BF_NOTEBOOK_ERROR, BF_NOTEBOOK_ERROR_READ_ONLY);
  g_assert_false (bf_notebook_is_saved (notebook));
  g_clear_error (&error);
  /* Elsewhere it goes. */
  bf_notebook_set_path (notebook, elsewhere);
  g_assert_true (bf_notebook_flush (notebook, &error));
  g_assert_no_error (error);
  g_assert_true (bf_notebook_is_saved (notebook));
  bf_run_stop (run);
}

/* Full in the middle of a run: what was written stays, and when there is room again all is. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfNotebook) notebook = bf_notebook_new (fixture->path);
  g_autofree char *before = keep_run (notebook, "spiral", "Run 1", 5);
  g_autoptr (BfSpec) base = load_spec ("spiral");
  g_autoptr (BfKeeper) keeper = keep (notebook, base, "Run 2");
  g_autoptr (BfRun) run = NULL;
  g_autoptr (BfNotebookRun) kept = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;

  bf_notebook_set_page_limit (notebook, 1);
  run = train (keeper, base, 300);
  g_assert_false (bf_notebook_flush (notebook, &error));
  g_assert_error (error, BF_NOTEBOOK_ERROR, BF_NOTEBOOK_ERROR_FULL);
  g_clear_error (&error);
  kept = load (notebook, before);
  g_assert_cmpuint (kept->snapshot->steps, ==, 5);
  g_clear_pointer (&kept, bf_notebook_run_unref);
  bf_notebook_set_page_limit (notebook, 0);
  g_assert_true (bf_notebook_flush (notebook, &error));
  kept = load (notebook, bf_keeper_get_uuid (keeper));
  g_assert_cmpuint (kept->snapshot->steps, ==, 300);
  entries = bf_notebook_list (notebook, FALSE, &error);
  g_assert_cmpuint (entries->len, ==, 2);
  bf_run_stop (run);
}

/* A notebook as the first version wrote it. */
static void
test_migration (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfNotebook) notebook = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  write_file (fixture->path, "", 0);
  run_sql (fixture->path,
           "PRAGMA application_id = 1114008695; PRAGMA user_version = 1;"
           "CREATE TABLE run (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
           " star INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL, changed INTEGER NOT NULL, deleted INTEGER,"
           " state TEXT NOT NULL, experiment TEXT NOT NULL, remedies TEXT NOT NULL, spec TEXT NOT NULL, seed INTEGER NOT NULL,"
           " threads INTEGER NOT NULL, step_limit INTEGER NOT NULL DEFAULT 0, folder TEXT, version TEXT NOT NULL,"
           " machine TEXT NOT NULL, data TEXT NOT NULL, steps INTEGER NOT NULL, planned INTEGER NOT NULL, test_loss REAL,"
           " test_accuracy REAL, study TEXT, study_name TEXT, study_row TEXT);"
           "CREATE TABLE epoch (run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, epoch INTEGER NOT NULL,"
           " step INTEGER NOT NULL, train_loss REAL, train_accuracy REAL, validation_loss REAL, validation_accuracy REAL,"
           " PRIMARY KEY (run, epoch)) WITHOUT ROWID;"
           "CREATE TABLE piece (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,"
           " kind INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
           " count INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (run, kind, first));"
           "CREATE TABLE checkpoint (run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE, step INTEGER NOT NULL,"
           " inputs INTEGER NOT NULL, outputs INTEGER NOT NULL, classes INTEGER NOT NULL, head BLOB NOT NULL, data BLOB NOT NULL);"
           "INSERT INTO run (uuid, name, created, changed, state, experiment, remedies, spec, seed, threads, version, machine,"
           " data, steps, planned) VALUES ('abcd-1', 'Old Run', 1, 2, 'finished', 'Spiral', '', '{}', 42, 1, '0.0.9', '', '', 7, 7);"
           "INSERT INTO epoch VALUES (1, 1, 7, 0.5, 0.75, NULL, NULL);");
  notebook = bf_notebook_new (fixture->path);
  bf_notebook_set_star (notebook, "abcd-1", TRUE);
  g_assert_true (bf_notebook_flush (notebook, &error));
  g_assert_no_error (error);
  entries = bf_notebook_list (notebook, FALSE, &error);
  g_assert_cmpuint (entries->len, ==, 1);
  g_assert_cmpstr (((BfNotebookEntry *) entries->pdata[0])->name, ==, "Old Run");
  g_assert_true (((BfNotebookEntry *) entries->pdata[0])->star);
  g_assert_cmpfloat (((BfNotebookEntry *) entries->pdata[0])->loss, ==, 0.5);
  g_assert_true (isnan (((BfNotebookEntry *) entries->pdata[0])->accuracy));
  g_assert_cmpint (sqlite3_open (fixture->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (bf_sql_get_number (db, "PRAGMA user_version", 0), ==, BF_NOTEBOOK_VERSION);
  g_assert_cmpint (bf_sql_get_number (db, "SELECT count(*) FROM draft", -1), ==, 0);
  sqlite3_close (db);
}

static void
test_draft (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfNotebook) notebook = bf_notebook_new (fixture->path);
  const BfNotebookDraft draft = { .id = 7, .spec = "a", .saved = "b", .run = "uuid", .number = 3 };
  g_autoptr (BfNotebookDraft) found = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (bf_notebook_get_draft (notebook, &error));
  g_assert_no_error (error);
  bf_notebook_set_draft (notebook, &draft);
  g_assert_true (bf_notebook_flush (notebook, &error));
  found = bf_notebook_get_draft (notebook, &error);
  g_assert_cmpint (found->id, ==, 7);
  g_assert_cmpstr (found->spec, ==, "a");
  g_assert_cmpstr (found->saved, ==, "b");
  g_assert_null (found->file);
  g_assert_cmpstr (found->run, ==, "uuid");
  g_assert_cmpuint (found->number, ==, 3);
  g_clear_pointer (&found, bf_notebook_draft_free);
  bf_notebook_drop_draft (notebook, 7);
  bf_notebook_flush (notebook, NULL);
  g_assert_null (bf_notebook_get_draft (notebook, NULL));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

#define ADD(path, data, test) g_test_add ("/notebook/" path, Fixture, data, set_up, test, tear_down)
  ADD ("round-trip", NULL, test_round_trip);
  ADD ("resume/spiral", "spiral", test_resume);
  ADD ("resume/batch-norm", "t2-batch-norm", test_resume);
  ADD ("edits", NULL, test_edits);
  ADD ("lock", NULL, test_lock);
  ADD ("two-writers", NULL, test_two_writers);
  ADD ("no-notebook", NULL, test_no_notebook);
  ADD ("other-program", NULL, test_other_program);
  ADD ("newer", NULL, test_newer);
  ADD ("damaged", NULL, test_damaged);
  ADD ("read-only", NULL, test_read_only);
  ADD ("full", NULL, test_full);
  ADD ("migration", NULL, test_migration);
  ADD ("draft", NULL, test_draft);
  return g_test_run ();
}
