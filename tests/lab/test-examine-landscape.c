/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The loss around the weights, asked of a run.
 */
#include "bf-examination.h"

#include <locale.h>
#include <math.h>

#include "../../src/engine/bf-landscape.h"
#include "bf-file.h"

static BfRun *
make (const char *example)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_experiment_load_any (example, NULL, &error);

  g_assert_no_error (error);
  return bf_run_new (spec, NULL);
}

static gpointer
examine (BfRun *run, const char *id, const BfOptions *options)
{
  BfExamination *examination = bf_examination_of (run, bf_examination_find (id));

  bf_examination_start (examination, options);
  bf_examination_wait (examination);
  g_assert_no_error (bf_examination_get_error (examination));
  return bf_examination_get_result (examination);
}

/* Measured between two steps, in units of the rate that is on. */
static void
test_line (void)
{
  g_autoptr (BfRun) run = make ("spiral");
  const BfGradientLine *line;

  for (guint i = 0; i < 3; i++)
    bf_run_step (run);
  bf_run_set_learning_rate (run, 0.037);
  bf_run_wait (run);
  line = examine (run, "loss-line", NULL);
  g_assert_cmpuint (line->center.step, ==, 3);
  g_assert_cmpfloat_with_epsilon (line->rate, 0.037, 1e-12);
  g_assert_cmpfloat (line->squares, >, 0);
  g_assert_cmpuint (line->n, >, 20);
  g_assert_cmpfloat (line->points[bf_gradient_line_find_lowest (line)].loss, <, line->center.loss);
}

static void
test_plane (void)
{
  g_autoptr (BfRun) run = make ("spiral");
  g_autoptr (BfOptions) options = bf_options_new (&bf_examination_find ("landscape")->kind);
  g_autofree double *before = NULL;
  const BfLossPlane *plane;

  g_assert_true (bf_options_set_number (options, "points", 2, NULL));
  g_assert_true (bf_options_set_number (options, "reach", 0.5, NULL));
  plane = examine (run, "landscape", options);
  g_assert_cmpuint (plane->side, ==, 5);
  g_assert_cmpfloat (plane->reach, ==, 0.5);
  before = g_memdup2 (plane->losses, 25 * sizeof (double));
  plane = examine (run, "landscape", options);
  g_assert_cmpmem (before, 25 * sizeof (double), plane->losses, 25 * sizeof (double));
  g_assert_true (bf_options_set_number (options, "directions", 2, NULL));
  plane = examine (run, "landscape", options);
  g_assert_cmpfloat (before[12], ==, plane->losses[12]);
  g_assert_cmpfloat (before[0], !=, plane->losses[0]);
}

/* What was frozen while the run was on does not move. */
static void
test_frozen_live (void)
{
  g_autoptr (BfRun) run = make ("spiral");
  g_autoptr (BfSpec) spec = bf_spec_copy (bf_run_get_spec (run));
  double free_squares;

  free_squares = ((const BfGradientLine *) examine (run, "loss-line", NULL))->squares;
  for (guint b = 0; b < spec->blocks->len; b++)
    {
      BfBlock *block = spec->blocks->pdata[b];

      for (guint i = 0; b + 1 < spec->blocks->len && i < block->layers->len; i++)
        ((BfLayer *) block->layers->pdata[i])->frozen = TRUE;
    }
  bf_run_set_live (run, spec);
  bf_run_wait (run);
  g_assert_cmpfloat (((const BfGradientLine *) examine (run, "loss-line", NULL))->squares, <, free_squares);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lab/examine-landscape/line", test_line);
  g_test_add_func ("/lab/examine-landscape/plane", test_plane);
  g_test_add_func ("/lab/examine-landscape/frozen-live", test_frozen_live);
  return g_test_run ();
}
