/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "real-runs.h"

#include <string.h>
#include <unistd.h>

#include "bf-export.h"
#include "bf-file.h"
#include "bf-write.h"
#include "pdf-text.h"

static const RealRunKind relu = { "relu", "t2-relu", { NULL }, NULL, .epochs = 2 };
static const RealRunKind sigmoid = { "sigmoid", "t2-sigmoid", { "batch-norm" }, NULL, .epochs = 2 };
static const RealRunKind exploding = { "exploding", "t2-exploding", { NULL }, NULL, .epochs = 2 };
static const RealRunKind deep = { "deep", "t2-sigmoid", { NULL }, NULL, .copies = 99 };
static const RealRunKind long_run = { "long", "spiral", { NULL }, NULL, .epochs = 300 };

static const BfReportLook look = { .paper = BF_PAPER_A4, .created = 1700000000 };

static GBytes *
print (BfReport *report, guint *pages)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = bf_report_print (report, &look, pages, &error);

  g_assert_no_error (error);
  return bytes;
}

static void
assert_words (const char *text, const char *const *words)
{
  for (guint i = 0; text && words[i]; i++)
    if (!strstr (text, words[i]))
      g_error ("“%s” is not in the report", words[i]);
}

static void
assert_carries (GBytes *bytes, BfSpec *base)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *carried = bf_export_read_experiment (bytes, "report.pdf", &error), *printed = bf_file_print (base);
  g_autoptr (BfSpec) parsed = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (carried, ==, printed);
  parsed = bf_file_parse (carried, -1, "report.pdf", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (bf_spec_equal (parsed, base));
}

static void
test_of_a_run (void)
{
  static const char *const words[] = {
    "T2 ReLU", "seed 42", "Backflow " BF_VERSION, "At a Glance", "finished", "Diagnosis", "Experiment: T2 ReLU", "Dense 10",
    "Glorot", "Remedies", "Training", "Learning Rate", "Layer by Layer", "Epoch by Epoch", "Figures", "Figure 1. ", "Figure 9. ",
    "A row a layer, input on top", "Page 1 of ", NULL
  };
  g_autoptr (RealRun) run = real_run_new (&relu);
  g_autoptr (BfReport) report = bf_report_new ();
  g_autoptr (GBytes) bytes = NULL, again = NULL;
  g_autofree char *text = NULL, *name = NULL;
  guint pages;

  real_run_add_to_report (run, report);
  bytes = print (report, &pages);
  again = print (report, NULL);
  g_assert_true (g_bytes_equal (bytes, again));
  g_assert_cmpuint (pages, >=, 8);
  assert_carries (bytes, run->base);
  text = pdf_get_text (bytes);
  assert_words (text, words);
  if (text)
    g_assert_cmpuint (pdf_count (text, "\f"), ==, pages);
  if (text)
    g_assert_null (strstr (text, "What Differs"));
  name = bf_report_suggest_name (report);
  g_assert_cmpstr (name, ==, "t2-relu-report");
}

static void
test_of_two_runs (void)
{
  static const char *const words[] = {
    "against", "What Differs", "Batch Normalization", "off", "Two Runs on One Scale", "Difference of Two Runs", NULL
  };
  g_autoptr (RealRun) a = real_run_new (&relu), b = real_run_new (&sigmoid);
  g_autoptr (BfReport) report = bf_report_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  real_run_add_to_report (a, report);
  real_run_add_to_report (b, report);
  bytes = print (report, NULL);
  assert_carries (bytes, a->base);
  text = pdf_get_text (bytes);
  assert_words (text, words);
}

static void
test_of_a_diverged_run (void)
{
  static const char *const words[] = { "diverged at step", "∞", NULL };
  g_autoptr (RealRun) run = real_run_new (&exploding);
  g_autoptr (BfReport) report = bf_report_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpint (run->snapshot->outcome, ==, BF_OUTCOME_DIVERGED);
  real_run_add_to_report (run, report);
  bytes = print (report, NULL);
  text = pdf_get_text (bytes);
  assert_words (text, words);
}

/* Before any training, and so deep that the tables flow over pages. */
static void
test_of_a_start (void)
{
  g_autoptr (RealRun) run = real_run_new (&deep);
  g_autoptr (BfReport) report = bf_report_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpuint (run->snapshot->steps, ==, 0);
  real_run_add_to_report (run, report);
  bytes = print (report, NULL);
  text = pdf_get_text (bytes);
  for (guint i = 1; text && i <= 99; i++)
    {
      g_autofree char *row = g_strdup_printf ("Dense %u ", i);
      g_assert_cmpuint (pdf_count (text, row), >=, 2);   /* in both tables of layers */
    }
  if (text)
    g_assert_nonnull (strstr (text, "not trained"));
}

/* On the other paper, columns from right to left: nothing is lost. */
static void
test_from_right_to_left (void)
{
  const BfReportLook mirrored = { .paper = BF_PAPER_LETTER, .right_to_left = TRUE, .created = 1700000000 };
  g_autoptr (RealRun) run = real_run_new (&relu);
  g_autoptr (BfReport) report = bf_report_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  real_run_add_to_report (run, report);
  bytes = bf_report_print (report, &mirrored, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "0 0 612 792", 11));
  text = pdf_get_text (bytes);
  assert_words (text, (const char *const[]) { "At a Glance", "Dense 10", "Learning Rate", "Figure 9. ", NULL });
}

static void
test_of_many_epochs (void)
{
  static const char *const words[] = { "Every 3 epochs of 300.", "299", "300", "Decision Surface", "Unit Responses", NULL };
  g_autoptr (RealRun) run = real_run_new (&long_run);
  g_autoptr (BfReport) report = bf_report_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  real_run_add_to_report (run, report);
  bytes = print (report, NULL);
  text = pdf_get_text (bytes);
  assert_words (text, (const char *const[]) { words[0], words[2], words[3], words[4], NULL });
}

static void
test_of_a_study (void)
{
  g_autoptr (BfStudyQueue) queue = real_study_new ("t2-table", 1, 1);
  const BfStudy *study = bf_study_queue_get_study (queue);
  g_autoptr (BfReport) report = bf_report_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  bf_report_set_study (report, queue);
  bytes = print (report, NULL);
  text = pdf_get_text (bytes);
  assert_words (text, (const char *const[]) { study->name, "Results", "Attenuation", "Figure 1. ", NULL });
  for (guint r = 0; text && r < study->rows->len; r++)
    g_assert_cmpuint (pdf_count (text, ((BfStudyRow *) study->rows->pdata[r])->label), >=, 2);
  assert_carries (bytes, ((BfStudyRow *) study->rows->pdata[0])->base);
}

static void
test_nothing_to_report (void)
{
  g_autoptr (BfReport) report = bf_report_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (bf_report_print (report, &look, NULL, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_INVALID);
}

/* The same report is the same bytes, and losses laid out otherwise are not. */
static void
test_loss_axis (void)
{
  static const BfAxis axes[] = { BF_AXIS_LINEAR, BF_AXIS_LINEAR, BF_AXIS_LOG };
  g_autoptr (RealRun) run = real_run_new (&relu);
  g_autoptr (BfReport) report = bf_report_new ();
  GBytes *printed[G_N_ELEMENTS (axes)];

  real_run_add_to_report (run, report);
  for (guint i = 0; i < G_N_ELEMENTS (axes); i++)
    {
      const BfReportLook laid_out = { .paper = BF_PAPER_A4, .created = 1700000000, .loss_axis = axes[i] };
      g_autoptr (GError) error = NULL;

      printed[i] = bf_report_print (report, &laid_out, NULL, &error);
      g_assert_no_error (error);
    }
  g_assert_true (g_bytes_equal (printed[0], printed[1]));
  g_assert_false (g_bytes_equal (printed[0], printed[2]));
  for (guint i = 0; i < G_N_ELEMENTS (axes); i++)
    g_bytes_unref (printed[i]);
}

/* What stands in the way is told with what to do. */
static void
test_errors_of_writing (void)
{
  static const struct { GIOErrorEnum code; const char *word; } cases[] = {
    { G_IO_ERROR_NO_SPACE, "Free some space" }, { G_IO_ERROR_PERMISSION_DENIED, "Choose another" },
    { G_IO_ERROR_READ_ONLY, "Choose another" }, { G_IO_ERROR_FAILED, "the reason" },
  };
  g_autoptr (GFile) file = g_file_new_for_path ("/no/such/folder/report.pdf");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) io = g_error_new_literal (G_IO_ERROR, cases[i].code, "the reason");
      g_autofree char *message = bf_write_explain_error (file, io);

      g_assert_nonnull (strstr (message, "report.pdf"));
      g_assert_nonnull (strstr (message, cases[i].word));
    }
  g_assert_false (bf_write_bytes (file, bytes, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, "Choose another"));
}

/* The help shows every figure, with the line that reports have. */
static void
test_help_page (void)
{
  g_autofree char *path = g_build_filename (bf_data_dir (), "help", "figures.md", NULL), *page = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &page, NULL, &error);
  g_assert_no_error (error);
  for (const BfKind *const *kind = bf_figures (); *kind; kind++)
    {
      const BfFigure *figure = (const BfFigure *) *kind;
      g_autofree char *picture = g_strdup_printf ("%s.png", (*kind)->id), *link = g_strdup_printf ("(figures/%s)", picture);
      g_autofree char *file = g_build_filename (bf_data_dir (), "help", "figures", picture, NULL);

      g_test_message ("%s", (*kind)->id);
      g_assert_nonnull (figure->reading);
      g_assert_nonnull (strstr (page, (*kind)->name));
      g_assert_nonnull (strstr (page, figure->reading));
      g_assert_nonnull (strstr (page, link));
      g_assert_true (g_file_test (file, G_FILE_TEST_IS_REGULAR));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/of-a-run", test_of_a_run);
  g_test_add_func ("/report/of-two-runs", test_of_two_runs);
  g_test_add_func ("/report/of-a-diverged-run", test_of_a_diverged_run);
  g_test_add_func ("/report/of-a-start", test_of_a_start);
  g_test_add_func ("/report/from-right-to-left", test_from_right_to_left);
  g_test_add_func ("/report/loss-axis", test_loss_axis);
  g_test_add_func ("/report/of-many-epochs", test_of_many_epochs);
  g_test_add_func ("/report/of-a-study", test_of_a_study);
  g_test_add_func ("/report/help-page", test_help_page);
  g_test_add_func ("/report/nothing", test_nothing_to_report);
  g_test_add_func ("/report/errors-of-writing", test_errors_of_writing);
  return g_test_run ();
}
