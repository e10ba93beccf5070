/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The verbs of backflow-cli, one file each. A verb gets its own name as argv[0] and returns the
 * program's exit code. Standard output is for results, standard error for everything else.
 */
#pragma once

#include <glib.h>

#include "../engine/bf-snapshot.h"
#include "../lab/bf-study-queue.h"
#include "../report/bf-report.h"

G_BEGIN_DECLS

typedef enum
{
  BF_EXIT_DONE = 0,
  BF_EXIT_DIVERGED = 1,
  BF_EXIT_USAGE = 2,
  BF_EXIT_INPUT = 3,
  BF_EXIT_INTERRUPTED = 130,   /* as a shell reports SIGINT */
} BfExit;

BfExit bf_cli_run   (int argc, char **argv);
BfExit bf_cli_resume (int argc, char **argv);
BfExit bf_cli_runs  (int argc, char **argv);
BfExit bf_cli_list  (int argc, char **argv);
BfExit bf_cli_check (int argc, char **argv);
BfExit bf_cli_study (int argc, char **argv);
BfExit bf_cli_code (int argc, char **argv);
BfExit bf_cli_bench (int argc, char **argv);
BfExit bf_cli_gradients (int argc, char **argv);
BfExit bf_cli_diagnose (int argc, char **argv);

/* Prints "backflow-cli: message" to standard error and returns `code`. */
BfExit bf_cli_fail (BfExit code, const GError *error);

/* Parses a verb's options. FALSE: *code is what to return (--help is done, an error is usage). */
gboolean bf_cli_parse (const char *parameters, const char *summary, const GOptionEntry *entries,
                       int *argc, char ***argv, BfExit *code);

/* A number of the command line, -1 where it was not given. */
typedef struct
{
  const char *name;   /* "--epochs" */
  gint64 value;
  gint64 minimum, maximum;
} BfCliNumber;

gboolean bf_cli_check_numbers (const BfCliNumber *numbers, guint n_numbers, GError **error);

/* What was read in spite of something, on standard error. warnings: or NULL. */
void bf_cli_warn (char **warnings);

/* From the first call of bf_cli_watch_interrupt() on, SIGINT and SIGTERM only make bf_cli_is_interrupted() true. They
 * are taken by the main context. */
void bf_cli_watch_interrupt (void);
gboolean bf_cli_is_interrupted (void);

/* "######...." for a share from 0 to 1. */
#define BF_CLI_BAR_LENGTH 30
const char *bf_cli_draw_bar (double share, char bar[BF_CLI_BAR_LENGTH + 1]);

/* The report's PDF to a file, on the locale's paper. */
gboolean bf_cli_write_report (BfReport *report, BfAxis loss_axis, const char *path, GError **error);

/* A run's result: one JSON object (keys in data/experiments/README.md), or a table of the layers.
 * Transfer full. */
char *bf_run_report_json  (const BfSnapshot *snapshot, const char *experiment);
char *bf_run_report_table (const BfSnapshot *snapshot);

/* A study's results so far: one JSON object (keys in data/studies/README.md), a table of the rows,
 * or CSV with a line a run. Transfer full. */
char *bf_study_report_json  (BfStudyQueue *queue);
char *bf_study_report_table (BfStudyQueue *queue);
char *bf_study_report_csv   (BfStudyQueue *queue);

G_END_DECLS
