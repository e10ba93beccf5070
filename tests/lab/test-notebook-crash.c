/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The program is killed at random moments while it trains and writes, a hundred times. Each time the file must be
 * sound, hold at least what it held before, and let the run go on; a run that was killed again and again must end with
 * the same bits as one that never was.
 *
 * The child is this program again: it goes on with a run of the notebook, or begins it, until it has finished.
 */
#include "bf-notebook-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bf-file.h"
#include "bf-remedy.h"
#include "bf-run.h"
#include "same-recording.h"

#define KILLS 100
#define STEPS 1500
#define LONGEST 100000    /* microseconds from the start of a child to its end */
#define PERIOD 1000       /* of its saves: so that most kills meet one */
#define AT_MOST_LOST 3.5  /* seconds of training, with the saves as far apart as in use */

/* The child */

static BfSpec *
load_spec (void)
{
  g_autoptr (GError) error = NULL;
  BfSpec *spec = bf_examples_load ("spiral", &error);

  g_assert_no_error (error);
  return spec;
}

static BfRun *
begin_run (BfNotebook *notebook, const char *name, guint64 steps, BfKeeper **keeper)
{
  g_autoptr (BfSpec) base = load_spec ();
  g_autoptr (BfSpec) effective = bf_remedies_apply (base);
  const BfKeeperInfo info = { .name = name, .base = base, .threads = 1, .limit = steps };
  BfRunOptions options = { .threads = 1, .steps = steps };

  *keeper = notebook ? bf_keeper_new (notebook, &info) : NULL;
  options.keeper = *keeper;
  return bf_run_new (effective, &options);
}

static BfRun *
go_on (BfNotebook *notebook, const char *uuid, guint64 steps, BfKeeper **keeper)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfNotebookRun) kept = bf_notebook_load (notebook, uuid, &error);
  BfRunOptions options = { .threads = 1, .steps = steps, .resume = kept };

  g_assert_no_error (error);
  *keeper = bf_keeper_reopen (notebook, kept, &error);
  g_assert_no_error (error);
  options.keeper = *keeper;
  return bf_run_new (kept->snapshot->plan->spec, &options);
}

/* Tells on standard output how far it came, each time with the time. */
static void
train (BfRun *run)
{
  bf_run_train (run);
  while (bf_run_poll (run))
    {
      BfSnapshot *snapshot = bf_run_get_snapshot (run);
      gint64 report[2] = { g_get_monotonic_time (), snapshot ? (gint64) snapshot->steps : 0 };

      if (write (STDOUT_FILENO, report, sizeof report) < 0 && errno != EPIPE)
        break;
      g_usleep (500);
    }
}

static int
be_child (char **argv)
{
  const guint64 steps = g_ascii_strtoull (argv[4], NULL, 10);
  g_autoptr (BfNotebook) notebook = bf_notebook_new (argv[2]);
  g_autofree char *uuid = bf_notebook_find (notebook, argv[3], NULL);
  g_autoptr (BfKeeper) keeper = NULL;
  g_autoptr (BfRun) run = NULL;
  const gint64 period = g_ascii_strtoll (argv[5], NULL, 10);
  g_autoptr (GError) error = NULL;

  if (period)
    bf_notebook_set_period (notebook, period);
  run = uuid ? go_on (notebook, uuid, steps, &keeper) : begin_run (notebook, argv[3], steps, &keeper);
  train (run);
  g_assert_no_error (bf_run_get_error (run));
  g_assert_null (bf_run_get_notice (run));
  bf_run_stop (run);
  bf_notebook_close (notebook, 10, &error);
  g_assert_no_error (error);
  return 0;
}

/* The parent */

static const char *program;

typedef struct
{
  char *folder;
  char *path;
  BfSnapshot *whole;     /* of a run that was never interrupted */
  gint64 killed;         /* when */
  GByteArray *reports;   /* of the last child */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BfKeeper *none;
  g_autoptr (BfRun) run = begin_run (NULL, NULL, STEPS, &none);

  bf_run_train (run);
  bf_run_wait (run);
  g_assert_cmpint (bf_run_get_state (run), ==, BF_RUN_FINISHED);
  fixture->whole = bf_snapshot_ref (bf_run_get_snapshot (run));
  fixture->folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "notebook.db", NULL);
  fixture->reports = g_byte_array_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const endings[] = { "", "-wal", "-shm", "-locks" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, endings[i], NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  bf_snapshot_unref (fixture->whole);
  g_byte_array_unref (fixture->reports);
  g_free (fixture->folder);
  g_free (fixture->path);
}

/* Starts a child and kills it after so long, unless it ended before; 0: lets it end. Whether it ended by itself. */
static gboolean
run_child (Fixture *fixture, const char *name, guint64 steps, gint64 period, gint64 microseconds)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, steps);
  g_autofree char *every = g_strdup_printf ("%" G_GINT64_FORMAT, period);
  const char *argv[] = { program, "--child", fixture->path, name, number, every, NULL };
  g_autoptr (GError) error = NULL;
  guint8 buffer[4096];
  gssize n;
  GPid pid;
  int out, status;

  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL,
                                           &out, NULL, &error));
  if (microseconds)
    {
      g_usleep ((gulong) microseconds);
      fixture->killed = g_get_monotonic_time ();
      kill (pid, SIGKILL);
    }
  g_byte_array_set_size (fixture->reports, 0);
  while ((n = read (out, buffer, sizeof buffer)) > 0)
    g_byte_array_append (fixture->reports, buffer, (guint) n);
  close (out);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  if (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL && microseconds)
    return FALSE;
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  return TRUE;
}

static void
check_file (const char *path)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA integrity_check", -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (statement, 0), ==, "ok");
  sqlite3_finalize (statement);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA foreign_key_check", -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
  sqlite3_finalize (statement);
  sqlite3_close (db);
}

static BfNotebookRun *
load (BfNotebook *notebook, const char *name)
{
  g_autofree char *uuid = bf_notebook_find (notebook, name, NULL);
  g_autoptr (GError) error = NULL;
  BfNotebookRun *run = uuid ? bf_notebook_load (notebook, uuid, &error) : NULL;

  g_assert_no_error (error);
  return run;
}

static void
test_kills (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfNotebook) notebook = bf_notebook_new (fixture->path);
  guint64 before = 0, progressed = 0;
  guint kills = 0, finished = 0;

  while (kills < KILLS || before > 0)
    {
      g_autofree char *name = g_strdup_printf ("Run %u", finished + 1);
      const gboolean last = kills >= KILLS;
      const gboolean ended = run_child (fixture, name, STEPS, PERIOD, last ? 0 : g_test_rand_int_range (1000, LONGEST));
      g_autoptr (BfNotebookRun) kept = NULL;

      kills += !ended;
      check_file (fixture->path);
      kept = load (notebook, name);
      if (!kept)
        {
          g_assert_cmpuint (before, ==, 0);
          continue;
        }
      /* What was once kept is never lost again. */
      g_assert_cmpuint (kept->snapshot->steps, >=, before);
      progressed += kept->snapshot->steps > before;
      before = kept->snapshot->steps;
      if (!g_str_equal (kept->state, "finished"))
        {
          g_assert_false (ended);
          continue;
        }
      assert_same_recording (kept->snapshot, fixture->whole);
      finished++;
      before = 0;
    }
  g_test_message ("%u kills, %u runs finished, %u times steps were kept", kills, finished, (guint) progressed);
  g_assert_cmpuint (finished, >, 0);
  g_assert_cmpuint (progressed, >, 3);
}

/* With saves as far apart as in use: what is lost is what was trained since the last one. */
static void
test_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BfNotebook) notebook = bf_notebook_new (fixture->path);
  g_autoptr (BfNotebookRun) kept = NULL;
  const gint64 (*reports)[2];
  guint n, i = 0;

  g_assert_false (run_child (fixture, "Run 1", G_GUINT64_CONSTANT (1) << 40, 0, 3 * G_USEC_PER_SEC));
  kept = load (notebook, "Run 1");
  g_assert_nonnull (kept);
  reports = (gconstpointer) fixture->reports->data;
  n = fixture->reports->len / sizeof *reports;
  while (i < n && reports[i][1] <= (gint64) kept->snapshot->steps)
    i++;
  g_assert_cmpuint (i, >, 0);
  g_assert_cmpfloat ((double) (fixture->killed - reports[i - 1][0]) / G_USEC_PER_SEC, <, AT_MOST_LOST);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  if (argc == 6 && strcmp (argv[1], "--child") == 0)
    return be_child (argv);
  g_test_init (&argc, &argv, NULL);
  program = argv[0];

  g_test_add ("/notebook-crash/kills", Fixture, NULL, set_up, test_kills, tear_down);
  g_test_add ("/notebook-crash/lost", Fixture, NULL, set_up, test_lost, tear_down);
  return g_test_run ();
}
