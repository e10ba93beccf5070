/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The verdict under the timeline: its words, its buttons, Explain, and that it does not flicker.
 */
#include "ui-common.h"

#include "bf-diagnosis-strip.h"
#include "bf-remedy-row.h"
#include "bf-settings.h"

static BfSessionDiagnosis *
diagnosis_of (BfWindow *window)
{
  return window->diagnosis;
}

static const char *
shown_id (BfWindow *window)
{
  const BfFinding *finding = bf_session_diagnosis_get_shown (diagnosis_of (window));

  return finding ? finding->id : "";
}

static GtkWidget *
strip_child (BfWindow *window, const char *id)
{
  return GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (bf_centre_get_strip (window->centre)), BF_TYPE_DIAGNOSIS_STRIP, id));
}

static BfWindow *
vanishing_window (void)
{
  BfWindow *window = ui_window ("t1-baseline");

  ui_wait_until (g_str_equal (shown_id (window), "vanishing-gradient"), 20);
  return window;
}

static void
test_start (void)
{
  BfWindow *window = vanishing_window ();
  BfExperiment *experiment = bf_session_get_experiment (ui_session (window));

  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (strip_child (window, "title"))), ==,
                   "The gradient will not reach the first layers");
  g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (strip_child (window, "sentence"))), "Dense 1 receives 1/"));
  g_assert_nonnull (ui_find (strip_child (window, "buttons"), "GtkLabel", "Batch Normalization"));
  g_assert_nonnull (ui_find (strip_child (window, "buttons"), "GtkLabel", "ReLU"));
  /* A button is one edit, and one undo takes it back. */
  ui_activate (window, "win.remedy-apply::activation:function=relu");
  g_assert_cmpstr (bf_experiment_get_undo_label (experiment), ==, "ReLU on");
  g_assert_true (bf_spec_find_remedy (bf_experiment_get_spec (experiment), "activation")->on);
  ui_activate (window, "win.undo");
  g_assert_false (bf_experiment_get_can_undo (experiment));
  g_assert_null (bf_spec_find_remedy (bf_experiment_get_spec (experiment), "activation"));
  ui_close (window);
}

/* "Compare Them…" checks what the finding names, and no remedy. */
static void
test_compare (void)
{
  BfWindow *window = vanishing_window ();
  const BfFinding *finding = bf_session_diagnosis_get_shown (diagnosis_of (window));
  guint n = finding->remedies->len, checked = 0;
  GVariant *remedies = g_variant_new_strv ((const char *const *) finding->remedies->pdata, n);
  g_autofree char *action = g_action_print_detailed_name ("win.try-these", remedies);

  g_assert_cmpuint (n, >, 1);
  ui_activate (window, action);
  g_assert_cmpuint (bf_study_session_count_chosen (window->study), ==, n + 1);
  g_assert_true (bf_study_session_get_chosen (window->study, 0));
  for (guint i = 0; i < bf_study_session_get_n_rows (window->study); i++)
    if (bf_study_session_get_chosen (window->study, i))
      checked += g_str_equal (bf_study_session_get_row (window->study, i)->label, "ReLU")
                 || g_str_equal (bf_study_session_get_row (window->study, i)->label, "Batch Normalization");
  g_assert_cmpuint (checked, ==, 2);
  ui_close (window);
}

static void
test_dots (void)
{
  BfWindow *window = vanishing_window ();
  GtkWidget *dot = NULL;
  GtkListBox *list = GTK_LIST_BOX (gtk_widget_get_template_child (GTK_WIDGET (window->remedy_pane), BF_TYPE_REMEDY_PANE, "list"));
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (list, i)) != NULL; i++)
    {
      const char *id = bf_remedy_row_get_id (BF_REMEDY_ROW (row));
      gboolean suggested = bf_session_diagnosis_suggests (diagnosis_of (window), id);

      dot = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (row), BF_TYPE_REMEDY_ROW, "dot"));
      g_assert_cmpint (gtk_widget_get_visible (dot), ==, suggested);
      if (g_str_equal (id, "batch-norm"))
        g_assert_true (suggested);
      if (g_str_equal (id, "gradient-clipping"))
        g_assert_false (suggested);
    }
  ui_close (window);
}

static void
test_explain (void)
{
  BfWindow *window = vanishing_window ();
  GtkWidget *explain = strip_child (window, "explain");

  ui_activate (window, "win.remedy-explain::batch-norm");
  ui_wait_until (gtk_widget_get_mapped (explain), 5);
  g_assert_nonnull (ui_find (explain, "GtkLabel", "Why the gradient vanishes here"));
  g_assert_nonnull (ui_find (explain, "GtkLabel", "Sigmoid’s slope"));
  g_assert_nonnull (ui_find (explain, "GtkLabel", "6 layers"));
  /* What is expected comes from theory, or from one pass. */
  ui_wait_until (ui_find (explain, "GtkLabel", "theory") && ui_find (explain, "GtkLabel", "one pass"), 30);
  gtk_popover_popdown (GTK_POPOVER (explain));
  ui_close (window);
}

static GPtrArray *
list_of (const char *id)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_finding_free);
  BfFinding *finding = g_new0 (BfFinding, 1);

  finding->id = id;
  finding->severity = g_str_equal (id, "none") ? BF_SEVERITY_GOOD : BF_SEVERITY_WARNING;
  finding->layers = g_array_new (FALSE, FALSE, sizeof (guint));
  finding->evidence = g_array_new (FALSE, FALSE, sizeof (BfEvidence));
  finding->remedies = g_ptr_array_new_with_free_func (g_free);
  finding->title = g_strdup (id);
  finding->sentence = g_strdup ("");
  finding->cause = g_strdup ("");
  finding->go_back = -1;
  g_ptr_array_add (findings, finding);
  return findings;
}

/* What would go within three seconds stays; later it goes. A graver one waits its turn, an error does not. */
static void
test_no_flicker (void)
{
  BfWindow *window = vanishing_window ();
  BfSessionDiagnosis *diagnosis = diagnosis_of (window);
  const gint64 now = g_get_monotonic_time () + 100 * G_USEC_PER_SEC, second = G_USEC_PER_SEC;

  bf_session_diagnosis_take (diagnosis, list_of ("saturation"), now);
  g_assert_cmpstr (shown_id (window), ==, "saturation");
  bf_session_diagnosis_take (diagnosis, list_of ("none"), now + second);
  g_assert_cmpstr (shown_id (window), ==, "saturation");
  bf_session_diagnosis_take (diagnosis, list_of ("vanishing-gradient"), now + 2 * second);
  g_assert_cmpstr (shown_id (window), ==, "saturation");
  g_assert_cmpuint (bf_session_diagnosis_get_findings (diagnosis)->len, ==, 2);
  g_assert_true (gtk_widget_get_visible (strip_child (window, "more")));
  bf_session_diagnosis_take (diagnosis, list_of ("vanishing-gradient"), now + 4 * second);
  g_assert_cmpstr (shown_id (window), ==, "vanishing-gradient");
  bf_session_diagnosis_take (diagnosis, list_of ("none"), now + 8 * second);
  g_assert_cmpstr (shown_id (window), ==, "none");
  ui_close (window);
}

/* A threshold out of reach, and the finding is gone. */
static void
test_thresholds (void)
{
  BfWindow *window = vanishing_window ();

  bf_settings_set_text (bf_settings_get (), "thresholds", "decades=50,saturated=1,dead=1");
  ui_wait_until (g_str_equal (shown_id (window), "none"), 20);
  bf_settings_set_text (bf_settings_get (), "thresholds", "");
  ui_wait_until (g_str_equal (shown_id (window), "vanishing-gradient"), 20);
  ui_close (window);
}

/* A low window is not kept from being low by what it does not show. */
static void
test_fits (void)
{
  BfWindow *window = vanishing_window ();
  int least;

  gtk_window_set_default_size (GTK_WINDOW (window), 720, 560);
  bf_diagnosis_strip_set_low (bf_centre_get_strip (window->centre), TRUE);
  gtk_widget_measure (GTK_WIDGET (window->centre), GTK_ORIENTATION_VERTICAL, 720, &least, NULL, NULL, NULL);
  g_assert_cmpint (least, <=, 560 - 80);   /* header and status bar */
  ui_close (window);
}

static void
test_low (void)
{
  BfWindow *window = vanishing_window ();

  g_assert_true (gtk_widget_get_visible (strip_child (window, "sentence")));
  bf_diagnosis_strip_set_low (bf_centre_get_strip (window->centre), TRUE);
  g_assert_false (gtk_widget_get_visible (strip_child (window, "sentence")));
  g_assert_nonnull (gtk_widget_get_tooltip_text (strip_child (window, "title")));
  ui_close (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/diagnosis/start", test_start);
  g_test_add_func ("/diagnosis/compare", test_compare);
  g_test_add_func ("/diagnosis/dots", test_dots);
  g_test_add_func ("/diagnosis/explain", test_explain);
  g_test_add_func ("/diagnosis/no-flicker", test_no_flicker);
  g_test_add_func ("/diagnosis/thresholds", test_thresholds);
  g_test_add_func ("/diagnosis/low", test_low);
  g_test_add_func ("/diagnosis/fits", test_fits);
  return g_test_run ();
}
