/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The centre of the window: the one cursor through plot, timeline and readout; what leaves a
 * figure; runs beside each other; what assistive technology is told.
 */
#include "bf-data-view.h"
#include "bf-compare-view.h"
#include "bf-diff-table.h"
#include "bf-export-job.h"
#include "bf-figure-panel.h"
#include "bf-quantity.h"
#include "bf-throttle.h"
#include "bf-timeline-scale.h"
#include "ui-common.h"

#include <math.h>
#include <string.h>

/* A window with a few steps behind it, at rest. */
static BfWindow *
trained_window (guint steps)
{
  BfWindow *window = ui_window ("t1-baseline");
  for (guint i = 1; i <= steps; i++)
    {
      ui_activate (window, "run.step");
      ui_wait_until (bf_session_get_snapshot (ui_session (window))->steps >= i, 30);
    }
  ui_wait_until (bf_session_get_state (ui_session (window)) == BF_RUN_PAUSED, 30);
  return window;
}

static BfFigureView *
find_heatmap (BfWindow *window)
{
  return bf_figure_panel_get_view (BF_FIGURE_PANEL (ui_find (ui_find (window, "BfGradientsView", NULL),
                                                             "BfFigurePanel", NULL)));
}

static const char *
get_readout (BfWindow *window, int row, int column)
{
  GtkWidget *grid = ui_find (ui_find (window, "BfReadout", NULL), "GtkGrid", NULL);
  return gtk_label_get_label (GTK_LABEL (gtk_grid_get_child_at (GTK_GRID (grid), column, row)));
}

/* "× 0.14" → 0.14 */
static double
get_factor (BfWindow *window, int row)
{
  const char *text = get_readout (window, row, 1);
  g_assert_true (g_str_has_prefix (text, "× "));
  return g_ascii_strtod (text + strlen ("× "), NULL);
}

static void
test_readout_factors_multiply (void)
{
  BfWindow *window = trained_window (2);
  bf_session_set_cursor_layer (ui_session (window), 3);
  ui_spin (0.3);

  g_assert_cmpstr (get_readout (window, 1, 0), ==, "Passes back");
  g_assert_cmpstr (get_readout (window, 2, 0), ==, "Sigmoid’s slope");
  g_assert_cmpstr (get_readout (window, 3, 0), ==, "Weights");
  double whole = get_factor (window, 1), slope = get_factor (window, 2), weights = get_factor (window, 3);
  g_assert_cmpfloat (slope, >, 0.1);
  g_assert_cmpfloat (slope, <=, 0.25);
  g_assert_cmpfloat (fabs (slope * weights / whole - 1), <, 0.08);   /* two digits each */
  ui_close (window);
}

static void
test_timeline_moves_the_cursor (void)
{
  BfWindow *window = trained_window (6);
  BfSession *session = ui_session (window);
  GtkWidget *scale = ui_find (window, "BfTimelineScale", NULL);
  gboolean handled;

  ui_spin (0.2);
  g_assert_true (bf_session_get_live (session));
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (scale)), ==, 5);
  g_signal_emit_by_name (scale, "change-value", GTK_SCROLL_JUMP, 2.2, &handled);
  g_assert_false (bf_session_get_live (session));
  g_assert_cmpuint (bf_session_get_cursor_step (session), ==, 2);
  g_signal_emit_by_name (scale, "change-value", GTK_SCROLL_JUMP, 1000.0, &handled);
  g_assert_cmpuint (bf_session_get_cursor_step (session), ==, 5);
  ui_spin (0.2);
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (scale)), ==, 5);
  ui_activate (window, "run.live");
  g_assert_true (bf_session_get_live (session));
  ui_close (window);
}

static void
test_recording_plays_to_its_end (void)
{
  BfWindow *window = trained_window (4);
  BfSession *session = ui_session (window);

  ui_activate (window, "run.play");
  ui_wait_until (bf_session_get_cursor_step (session) < 2, 5);
  ui_wait_until (bf_session_get_cursor_step (session) == 3, 20);
  ui_close (window);
}

/* Keys as the slider gets them: its own controller, in the capture phase. */
static void
press (GtkWidget *scale, guint key, GdkModifierType state)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (scale);
  gboolean handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !handled; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, state, &handled);
    }
  g_assert_true (handled);
}

static void
test_speed_of_playing (void)
{
  BfWindow *window = trained_window (4);
  GtkWidget *scale = ui_find (window, "BfTimelineScale", NULL), *speed = ui_find (window, "GtkDropDown", "speed");
  g_autoptr (GVariant) state = NULL;

  ui_activate (window, "run.speed(8.0)");
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (speed)), ==, 6);
  press (scale, GDK_KEY_bracketright, 0);
  press (scale, GDK_KEY_bracketright, 0);
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (speed)), ==, 7);
  press (scale, GDK_KEY_bracketleft, 0);
  state = g_action_group_get_action_state (G_ACTION_GROUP (window->run_actions), "speed");
  g_assert_cmpfloat (g_variant_get_double (state), ==, 8);
  ui_close (window);
}

/* While a run trains, what was recorded is played, and then what comes is followed. */
static void
test_playing_goes_on_live (void)
{
  BfWindow *window = trained_window (6);
  BfSession *session = ui_session (window);

  bf_session_set_cursor_step (session, 0);
  ui_activate (window, "run.train");
  ui_activate (window, "run.speed(16.0)");
  ui_activate (window, "run.play");
  g_assert_false (bf_session_get_live (session) && bf_session_get_cursor_step (session) > 0);
  ui_wait_until (bf_session_get_live (session), 60);
  g_assert_cmpint (bf_session_get_state (session), ==, BF_RUN_TRAINING);
  ui_activate (window, "run.train");
  ui_close (window);
}

static void
test_events_are_listed_and_jumped_to (void)
{
  BfWindow *window = trained_window (6);
  BfSession *session = ui_session (window);
  GtkWidget *scale = ui_find (window, "BfTimelineScale", NULL), *popover = ui_find (window, "BfEventsPopover", NULL);
  GPtrArray *events;
  GtkListBox *list;

  ui_activate (window, "run.learning-rate(0.5)");
  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (session)->marks->len == 1, 10);
  ui_spin (0.3);
  events = bf_timeline_scale_get_events (BF_TIMELINE_SCALE (scale));
  g_assert_cmpuint (events->len, >=, 2);
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
  gtk_menu_button_popup (GTK_MENU_BUTTON (ui_find (window, "GtkMenuButton", "events_button")));
  ui_wait_until (gtk_widget_get_mapped (popover), 5);
  list = GTK_LIST_BOX (ui_find (popover, "GtkListBox", NULL));
  for (guint i = 0; i < events->len; i++)
    if (((BfTimelineEvent *) events->pdata[i])->kind == BF_EVENT_CHANGE)
      g_signal_emit_by_name (list, "row-activated", gtk_list_box_get_row_at_index (list, (int) i));
  g_assert_cmpuint (bf_session_get_cursor_step (session), ==, 6);
  ui_spin (0.2);
  press (scale, GDK_KEY_Left, GDK_CONTROL_MASK);
  g_assert_cmpuint (bf_session_get_cursor_step (session), ==, 0);
  ui_spin (0.2);
  press (scale, GDK_KEY_Right, GDK_CONTROL_MASK);
  g_assert_cmpuint (bf_session_get_cursor_step (session), ==, 6);
  ui_close (window);
}

static void
test_plot_tells_what_it_shows (void)
{
  BfWindow *window = trained_window (2);
  GtkWidget *heatmap = GTK_WIDGET (find_heatmap (window));

  ui_wait_until (gtk_widget_get_mapped (heatmap), 5);
  ui_spin (1.2);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (heatmap), GTK_ACCESSIBLE_ROLE_IMG);
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (heatmap), GTK_ACCESSIBLE_PROPERTY_LABEL));
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (heatmap), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (ui_find (window, "BfTimelineScale", NULL)),
                                   GTK_ACCESSIBLE_ROLE_SLIDER);
  ui_close (window);
}

static void
on_texture (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  *(GdkTexture **) data = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, &error);
  g_assert_no_error (error);
}

static void
test_copied_figure_is_a_picture (void)
{
  BfWindow *window = trained_window (2);
  GtkWidget *heatmap = GTK_WIDGET (find_heatmap (window));
  g_autoptr (GdkTexture) texture = NULL;
  const BfFigure *figure = bf_figure_find ("heatmap");

  gtk_widget_grab_focus (heatmap);
  ui_activate (window, "win.copy-figure");
  gdk_clipboard_read_texture_async (gtk_widget_get_clipboard (heatmap), NULL, on_texture, &texture);
  ui_wait_until (texture != NULL, 20);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, (int) (2 * figure->width));
  g_assert_cmpint (gdk_texture_get_height (texture), ==, (int) (2 * figure->height));
  ui_close (window);
}

static void
on_bytes (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  *(GBytes **) data = bf_export_job_finish (result, &error);
  g_assert_no_error (error);
}

static void
test_exported_file_carries_the_experiment (void)
{
  BfWindow *window = trained_window (1);
  g_autoptr (BfScene) scene = bf_figure_view_make_scene (find_heatmap (window));
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  BfExportJob *job = bf_export_job_new (bf_figure_find ("heatmap"), scene);
  g_autofree char *expected = bf_scene_print_experiment (scene);

  bf_style_init (&job->style, BF_THEME_DARK);
  bf_export_options_init (&job->options, BF_FORMAT_SVG);
  bf_export_job_set_carry (job, TRUE);
  bf_export_job_run (job, NULL, on_bytes, &bytes);
  ui_wait_until (bytes != NULL, 20);
  g_autofree char *carried = bf_export_read_experiment (bytes, "picture.svg", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (carried, ==, expected);
  ui_close (window);
}

static void
test_second_run_stands_beside (void)
{
  BfWindow *window = trained_window (2);
  BfSession *session = ui_session (window);
  GtkWidget *button = ui_find (ui_find (window, "BfCentre", NULL), "GtkMenuButton", NULL);

  g_assert_false (gtk_widget_get_visible (button));
  bf_experiment_set_remedy (bf_session_get_experiment (session), "activation", TRUE);
  ui_wait_until (bf_session_get_runs (session)->len == 2 && bf_session_get_beside (session), 30);
  ui_spin (0.2);
  g_assert_true (gtk_widget_get_visible (button));
  g_assert_cmpstr (gtk_menu_button_get_label (GTK_MENU_BUTTON (button)), ==, "With Run 1");
  bf_session_set_beside (session, NULL);
  g_assert_cmpstr (gtk_menu_button_get_label (GTK_MENU_BUTTON (button)), ==, "Runs");
  bf_session_remove_run (session, g_ptr_array_index (bf_session_get_runs (session), 0));
  g_assert_false (gtk_widget_get_visible (button));
  ui_close (window);
}

static BfFigureView *
find_compare_figure (BfWindow *window, const char *id)
{
  return bf_figure_panel_get_view (BF_FIGURE_PANEL (ui_find (ui_find (window, "BfCompareView", NULL), "BfFigurePanel", id)));
}

static void
check_runs (BfWindow *window, const char *id, const char *first, const char *second)
{
  g_autoptr (BfScene) scene = bf_figure_view_make_scene (find_compare_figure (window, id));
  const BfFigureData *data = bf_scene_get_data (scene);

  g_assert_cmpuint (data->n_runs, ==, 2);
  g_assert_cmpstr (data->runs[0].label, ==, first);
  g_assert_cmpstr (data->runs[1].label, ==, second);
  g_assert_cmpuint (data->cursor.step, ==, bf_session_get_cursor_step (ui_session (window)));
}

/* What the view says the two have in common. */
static const char *
get_match (BfWindow *window)
{
  GtkWidget *compare = ui_find (window, "BfCompareView", NULL);

  return gtk_label_get_label (GTK_LABEL (gtk_widget_get_template_child (compare, BF_TYPE_COMPARE_VIEW, "match")));
}

/* A window with two runs, the second with a remedy and a step behind it. */
static BfWindow *
compared_window (void)
{
  BfWindow *window = trained_window (2);
  BfSession *session = ui_session (window);

  bf_experiment_set_remedy (bf_session_get_experiment (session), "batch-norm", TRUE);
  ui_wait_until (bf_session_get_runs (session)->len == 2, 30);
  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (session)->steps >= 1, 30);
  ui_activate (window, "win.view::compare");
  ui_spin (0.3);
  return window;
}

static void
test_compare_waits_for_a_second_run (void)
{
  BfWindow *window = trained_window (1);
  GtkWidget *compare = ui_find (window, "BfCompareView", NULL), *flow = ui_find (window, "BfCentre", NULL);

  flow = ui_find (flow, "BfFigureView", NULL);
  g_assert_true (gtk_widget_get_mapped (flow));
  ui_activate (window, "win.view::compare");
  ui_spin (0.2);
  g_assert_false (gtk_widget_get_mapped (flow));
  g_assert_cmpstr (bf_compare_view_get_page (BF_COMPARE_VIEW (compare)), ==, "runs");
  g_assert_true (gtk_widget_get_mapped (ui_find (compare, "AdwStatusPage", NULL)));
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (find_compare_figure (window, "difference"))));
  bf_experiment_set_remedy (bf_session_get_experiment (ui_session (window)), "activation", TRUE);
  ui_wait_until (gtk_widget_get_mapped (GTK_WIDGET (find_compare_figure (window, "difference"))), 30);
  ui_activate (window, "win.view::gradients");
  ui_spin (0.2);
  g_assert_true (gtk_widget_get_mapped (flow));
  ui_close (window);
}

static void
test_compare_shows_two_runs (void)
{
  static const char *const ids[] = { "heatmaps", "difference", "depth", "curves" };
  BfWindow *window = compared_window ();
  GtkWidget *compare = ui_find (window, "BfCompareView", NULL);
  GtkDropDown *first = GTK_DROP_DOWN (ui_find (compare, "GtkDropDown", "this_choice"));
  GtkDropDown *second = GTK_DROP_DOWN (ui_find (compare, "GtkDropDown", "other_choice"));
  const char *words = get_match (window);

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    check_runs (window, ids[i], "Run 2", "Run 1");
  g_assert_true (g_str_has_prefix (words, "Same seed, 42. Every layer starts with the same weights. "));
  g_assert_true (g_str_has_suffix (words, "Both see the same batches."));
  /* The remedy, and the layers that it inserted. */
  g_assert_cmpuint (bf_diff_table_get_n_rows (BF_DIFF_TABLE (ui_find (compare, "BfDiffTable", NULL))), ==, 2);

  /* One cursor. */
  bf_session_set_cursor_step (ui_session (window), 0);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    check_runs (window, ids[i], "Run 2", "Run 1");

  /* Choosing the other one swaps the two. */
  g_assert_cmpuint (gtk_drop_down_get_selected (first), ==, 1);
  g_assert_cmpuint (gtk_drop_down_get_selected (second), ==, 0);
  gtk_drop_down_set_selected (first, 0);
  g_assert_cmpuint (gtk_drop_down_get_selected (second), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    check_runs (window, ids[i], "Run 1", "Run 2");
  ui_close (window);
}

static void
test_compare_follows_the_session (void)
{
  BfWindow *window = compared_window ();
  BfSession *session = ui_session (window);

  /* Another seed: another run, against the one that stood here before. */
  g_autoptr (BfSpec) spec = bf_experiment_copy_spec (bf_session_get_experiment (session));
  spec->seed = 7;
  bf_experiment_edit (bf_session_get_experiment (session), g_steal_pointer (&spec), "Seed 7", NULL);
  ui_wait_until (bf_session_get_runs (session)->len == 3, 30);
  ui_spin (0.3);
  check_runs (window, "difference", "Run 3", "Run 2");
  g_assert_true (g_str_has_prefix (get_match (window), "Different seeds, 7 and 42. "));
  g_assert_true (gtk_widget_get_visible (ui_find (ui_find (window, "BfCompareView", NULL), "GtkMenuButton", NULL)));

  /* Runs that go leave no figure behind. */
  bf_session_remove_run (session, g_ptr_array_index (bf_session_get_runs (session), 1));
  ui_spin (0.2);
  check_runs (window, "difference", "Run 3", "Run 1");
  bf_session_remove_run (session, g_ptr_array_index (bf_session_get_runs (session), 0));
  ui_spin (0.2);
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (find_compare_figure (window, "difference"))));
  ui_close (window);
}

/* From right to left and narrow: no critical, and every figure says what it shows. */
static void
test_compare_is_accessible (void)
{
  static const char *const ids[] = { "heatmaps", "difference", "depth", "curves" };
  BfWindow *window = compared_window ();

  ui_spin (1.2);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      GtkAccessible *figure = GTK_ACCESSIBLE (find_compare_figure (window, ids[i]));
      g_assert_true (gtk_test_accessible_has_property (figure, GTK_ACCESSIBLE_PROPERTY_LABEL));
      g_assert_true (gtk_test_accessible_has_property (figure, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
      g_assert_true (gtk_widget_get_focusable (GTK_WIDGET (figure)));
    }
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  gtk_window_set_default_size (GTK_WINDOW (window), 720, 560);
  ui_spin (0.5);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  ui_spin (0.2);
  ui_close (window);
}

static void
test_quantities_name_their_tensor (void)
{
  gboolean seen[BF_N_TENSORS] = { FALSE };
  guint n, n_norms;
  const BfQuantity *quantities = bf_quantities (&n, &n_norms);

  for (guint i = 0; i < n; i++)
    {
      g_assert_false (seen[quantities[i].tensor]);
      seen[quantities[i].tensor] = TRUE;
      g_assert_true ((quantities[i].norm != NULL) == (i < n_norms));
      g_assert_true (bf_quantity_find (quantities[i].id) == &quantities[i]);
    }
  g_assert_cmpuint (n, ==, BF_N_TENSORS);
  g_assert_null (bf_quantity_find ("loss"));
}

static BfFigureView *
find_figure (BfWindow *window, const char *id)
{
  g_autoptr (GQueue) left = g_queue_new ();

  g_queue_push_tail (left, ui_find (window, "BfDataView", NULL));
  while (left->length > 0)
    {
      GtkWidget *widget = g_queue_pop_head (left);

      if (BF_IS_FIGURE_VIEW (widget) && g_str_equal (bf_figure_view_get_figure (BF_FIGURE_VIEW (widget))->kind.id, id))
        return BF_FIGURE_VIEW (widget);
      for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
        g_queue_push_tail (left, child);
    }
  g_error ("no figure %s", id);
}

static BfEvaluation *
get_evaluation (BfWindow *window)
{
  return bf_run_get_evaluation (bf_session_get_current (ui_session (window))->run);
}

/* It is evaluated while it is seen, and never otherwise. */
static void
test_data_view_asks_while_seen (void)
{
  BfWindow *window = trained_window (2);

  ui_spin (0.3);
  g_assert_null (get_evaluation (window));
  ui_activate (window, "win.view::data");
  ui_wait_until (get_evaluation (window) && get_evaluation (window)->step == 2, 30);
  g_assert_cmpuint (get_evaluation (window)->classes, ==, 10);
  ui_activate (window, "run.step");
  ui_wait_until (get_evaluation (window)->step == 3, 30);
  ui_activate (window, "win.view::curves");
  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (ui_session (window))->steps == 4, 30);
  ui_spin (1.3);
  g_assert_cmpuint (get_evaluation (window)->step, ==, 3);
  ui_close (window);
}

static void
test_confusion_cell_shows_its_samples (void)
{
  BfWindow *window = trained_window (1);
  BfFigureView *confusion, *mistakes;

  ui_activate (window, "win.view::data");
  ui_wait_until (get_evaluation (window), 30);
  ui_spin (0.3);
  confusion = find_figure (window, "confusion");
  mistakes = find_figure (window, "mistakes");
  g_signal_emit_by_name (confusion, "cell-picked", 2, 4);
  {
    g_autoptr (BfScene) scene = bf_figure_view_make_scene (mistakes);

    g_assert_nonnull (bf_scene_get_data (scene)->cell);
    g_assert_cmpuint (bf_scene_get_data (scene)->cell->label, ==, 2);
    g_assert_cmpuint (bf_scene_get_data (scene)->cell->answer, ==, 4);
    g_assert_nonnull (bf_scene_get_data (scene)->evaluation);
  }
  g_signal_emit_by_name (confusion, "cell-picked", 2, 4);
  {
    g_autoptr (BfScene) scene = bf_figure_view_make_scene (mistakes);

    g_assert_null (bf_scene_get_data (scene)->cell);
  }
  ui_close (window);
}

/* Each kind of data has its own figures; the facts come without any training. */
static void
test_data_view_fits_the_data (void)
{
  static const struct { const char *experiment, *seen, *hidden; } cases[] = {
    { "t1-baseline", "confusion", "surface" }, { "spiral", "surface", "scatter" }, { "t2-relu", "scatter", "confusion" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      BfWindow *window = ui_window (cases[i].experiment);
      BfFigureView *samples;

      ui_activate (window, "win.view::data");
      samples = find_figure (window, "samples");
      for (gboolean known = FALSE; !known; ui_iterate ())
        {
          g_autoptr (BfScene) scene = bf_figure_view_make_scene (samples);

          known = bf_scene_get_data (scene)->facts != NULL;
        }
      ui_wait_until (gtk_widget_get_mapped (GTK_WIDGET (find_figure (window, cases[i].seen))), 5);
      g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (find_figure (window, cases[i].hidden))));
      ui_spin (1.1);
      g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (samples), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
      ui_close (window);
    }
}

static void
count (gpointer data)
{
  ++*(guint *) data;
}

static void
test_throttle_keeps_its_rate (void)
{
  BfThrottle throttle;
  guint calls = 0;

  bf_throttle_init (&throttle, 20, count, &calls);
  bf_throttle_call (&throttle);
  g_assert_cmpuint (calls, ==, 1);
  for (gint64 end = g_get_monotonic_time () + 300000; g_get_monotonic_time () < end; ui_iterate ())
    bf_throttle_call (&throttle);
  g_assert_cmpuint (calls, >=, 2);
  g_assert_cmpuint (calls, <=, 8);
  bf_throttle_clear (&throttle);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/views/readout-factors-multiply", test_readout_factors_multiply);
  g_test_add_func ("/views/timeline-moves-the-cursor", test_timeline_moves_the_cursor);
  g_test_add_func ("/views/speed-of-playing", test_speed_of_playing);
  g_test_add_func ("/views/playing-goes-on-live", test_playing_goes_on_live);
  g_test_add_func ("/views/events-listed-and-jumped-to", test_events_are_listed_and_jumped_to);
  g_test_add_func ("/views/recording-plays-to-its-end", test_recording_plays_to_its_end);
  g_test_add_func ("/views/plot-tells-what-it-shows", test_plot_tells_what_it_shows);
  g_test_add_func ("/views/copied-figure-is-a-picture", test_copied_figure_is_a_picture);
  g_test_add_func ("/views/exported-file-carries-the-experiment", test_exported_file_carries_the_experiment);
  g_test_add_func ("/views/second-run-stands-beside", test_second_run_stands_beside);
  g_test_add_func ("/views/data-view-asks-while-seen", test_data_view_asks_while_seen);
  g_test_add_func ("/views/confusion-cell-shows-its-samples", test_confusion_cell_shows_its_samples);
  g_test_add_func ("/views/data-view-fits-the-data", test_data_view_fits_the_data);
  g_test_add_func ("/views/compare-waits-for-a-second-run", test_compare_waits_for_a_second_run);
  g_test_add_func ("/views/compare-shows-two-runs", test_compare_shows_two_runs);
  g_test_add_func ("/views/compare-follows-the-session", test_compare_follows_the_session);
  g_test_add_func ("/views/compare-is-accessible", test_compare_is_accessible);
  g_test_add_func ("/views/quantities-name-their-tensor", test_quantities_name_their_tensor);
  g_test_add_func ("/views/throttle-keeps-its-rate", test_throttle_keeps_its_rate);
  return g_test_run ();
}
