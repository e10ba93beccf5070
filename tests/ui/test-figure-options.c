/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * How figures are shown: the lock of their scales, the axis of losses.
 */
#include "bf-figure-view.h"
#include "bf-finding-title.h"
#include "bf-settings.h"
#include "ui-common.h"

static void
train (BfWindow *window, guint64 steps)
{
  guint64 end = bf_session_get_snapshot (ui_session (window))->steps + steps;

  for (; bf_session_get_snapshot (ui_session (window))->steps < end;)
    {
      guint64 next = bf_session_get_snapshot (ui_session (window))->steps + 1;

      ui_activate (window, "run.step");
      ui_wait_until (bf_session_get_snapshot (ui_session (window))->steps == next
                     && bf_session_get_state (ui_session (window)) == BF_RUN_PAUSED, 30);
    }
}

static guint32 *
grab (GtkWidget *widget, gsize *size)
{
  int width, height;
  guint32 *pixels;

  ui_spin (0.3);
  pixels = ui_grab (widget, &width, &height);
  *size = (gsize) width * height * 4;
  return pixels;
}

static gboolean
looks_the_same (GtkWidget *widget, const guint32 *before, gsize size_before)
{
  gsize size;
  g_autofree guint32 *now = grab (widget, &size);

  return size == size_before && memcmp (now, before, size) == 0;
}

/* Letting the scale go changes the picture of every quantity; locking it brings the old one back. Beside another run
 * there is nothing to let go, and the button says why. */
static void
test_lock (void)
{
  static const char *const quantities[] = { "weight-gradient", "update-ratio", "gain", "output-mean", "attenuation" };
  BfWindow *window = ui_window ("t1-baseline");
  GtkWidget *view = ui_find (window, "BfGradientsView", NULL), *button = ui_find (window, "GtkToggleButton", "scale_lock");

  train (window, 3);
  for (guint i = 0; i < G_N_ELEMENTS (quantities); i++)
    {
      g_autofree char *action = g_strconcat ("win.quantity::", quantities[i], NULL);
      g_autofree guint32 *locked = NULL;
      gsize size;

      ui_activate (window, action);
      locked = grab (view, &size);
      ui_activate (window, "win.scale-lock");
      g_assert_false (looks_the_same (view, locked, size));
      ui_activate (window, "win.scale-lock");
      g_assert_true (looks_the_same (view, locked, size));
    }
  g_assert_true (gtk_widget_get_sensitive (button));
  ui_activate (window, "win.remedy-apply::batch-norm");
  ui_wait_until (bf_session_get_beside (ui_session (window)) != NULL, 30);
  g_assert_false (ui_enabled (window, "win.scale-lock"));
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (button), "Two runs"));
  ui_activate (window, "win.view::histograms");
  g_assert_true (ui_enabled (window, "win.scale-lock"));
  ui_close (window);
}

/* The menu of the curves chooses, for them and the landscape, and it is remembered; what is exported follows. */
static void
test_loss_axis (void)
{
  BfWindow *window = ui_window ("t1-baseline");
  GtkWidget *panel, *options, *view;
  g_autofree guint32 *automatic = NULL;
  g_autoptr (BfScene) scene = NULL;
  gsize size;

  train (window, 3);
  ui_activate (window, "win.view::gradients");
  g_assert_false (gtk_widget_get_visible (ui_find (ui_find (window, "BfGradientsView", NULL), "GtkMenuButton", "options")));
  ui_activate (window, "win.view::curves");
  panel = ui_find (window, "BfFigurePanel", "curves");
  options = ui_find (panel, "GtkMenuButton", "options");
  view = ui_find (panel, "BfFigureView", NULL);
  g_assert_true (gtk_widget_get_visible (options));
  automatic = grab (view, &size);
  g_assert_true (gtk_widget_activate_action (options, "figure.loss-axis", "s", "logarithmic"));
  g_assert_false (looks_the_same (view, automatic, size));
  g_assert_cmpstr (bf_settings_get_text (bf_settings_get (), "loss-axis"), ==, "logarithmic");
  scene = bf_figure_view_make_scene (BF_FIGURE_VIEW (view));
  g_assert_cmpint (bf_scene_get_data (scene)->loss_axis, ==, BF_AXIS_LOG);
  g_assert_true (gtk_widget_activate_action (view, "figure.loss-axis", "s", "automatic"));   /* the figure's own menu */
  g_assert_true (looks_the_same (view, automatic, size));
  ui_close (window);
}

/* The finding of the window is the title of figures of the gradient that leave it, and of no others. */
static void
test_finding_as_title (void)
{
  BfWindow *window = ui_window ("t1-baseline");
  BfSessionDiagnosis *diagnosis = window->diagnosis;
  GPtrArray *findings;
  g_autoptr (BfScene) scene = NULL;
  BfFigureData data;
  const BfFinding *finding;

  train (window, 2);
  ui_wait_until (bf_session_diagnosis_get_shown (diagnosis) != NULL, 20);
  findings = bf_session_diagnosis_get_findings (diagnosis);
  scene = bf_scene_new (ui_session (window), BF_SCENE_THIS, BF_TENSOR_WEIGHT_GRADIENT, TRUE);
  data = *bf_scene_get_data (scene);
  finding = bf_finding_find_for_figure (findings, bf_figure_find ("heatmap"), &data);
  g_assert_nonnull (finding);
  g_assert_cmpstr (finding->id, ==, "vanishing-gradient");
  g_assert_null (bf_finding_find_for_figure (findings, bf_figure_find ("curves"), &data));
  data.tensor = BF_TENSOR_WEIGHT;
  g_assert_null (bf_finding_find_for_figure (findings, bf_figure_find ("heatmap"), &data));
  data.tensor = BF_TENSOR_WEIGHT_GRADIENT;
  data.n_runs = 2;
  g_assert_null (bf_finding_find_for_figure (findings, bf_figure_find ("heatmap"), &data));
  g_assert_true (bf_centre_get_diagnosis (window->centre) == diagnosis);
  ui_close (window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/ui/figure-options/lock", test_lock);
  g_test_add_func ("/ui/figure-options/loss-axis", test_loss_axis);
  g_test_add_func ("/ui/figure-options/finding-as-title", test_finding_as_title);
  return g_test_run ();
}
