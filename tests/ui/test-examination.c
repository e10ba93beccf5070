/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A figure that is computed on request: asked for, cancelled, come, and grown old.
 */
#include "bf-beside-curves.h"
#include "bf-examination.h"
#include "bf-examination-bar.h"
#include "bf-options-form.h"
#include "bf-settings.h"
#include "ui-common.h"

#include <string.h>

typedef struct
{
  BfWindow *window;
  BfExaminationBar *bar;
  GtkLabel *state;
  GtkButton *button;
  GtkWidget *progress;
  BfExamination *examination;
} Scene;

static void
step (BfWindow *window)
{
  guint64 steps = bf_session_get_snapshot (ui_session (window))->steps;
  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (ui_session (window))->steps == steps + 1, 30);
  ui_wait_until (bf_session_get_state (ui_session (window)) == BF_RUN_PAUSED, 30);
}

static Scene
make_scene_of (const char *figure, guint64 steps)
{
  Scene self = { .window = ui_window ("t1-baseline") };
  g_autofree char *choice = g_strconcat ("win.quantity::", figure, NULL);
  for (guint64 i = 0; i < steps; i++)
    step (self.window);
  ui_activate (self.window, "win.view::curves");
  ui_activate (self.window, choice);
  ui_spin (0.3);
  self.bar = BF_EXAMINATION_BAR (ui_find (self.window, "BfExaminationBar", NULL));
  self.state = GTK_LABEL (gtk_widget_get_first_child (GTK_WIDGET (self.bar)));
  self.button = GTK_BUTTON (ui_find (self.bar, "GtkButton", "button"));
  self.progress = ui_find (self.bar, "GtkProgressBar", NULL);
  self.examination = bf_examination_of (bf_session_get_current (ui_session (self.window))->run, bf_examination_find (figure));
  return self;
}

static Scene
make_scene (void)
{
  return make_scene_of ("jacobian", 1);
}

static void
click (const Scene *self)
{
  g_signal_emit_by_name (self->button, "clicked");
}

static guint32 *
grab (const Scene *self, int *size)
{
  int width, height;
  guint32 *pixels = ui_grab (GTK_WIDGET (bf_beside_curves_get_view (BF_BESIDE_CURVES (ui_find (self->window, "BfBesideCurves", NULL)))),
                             &width, &height);
  *size = width * height * 4;
  return pixels;
}

static void
test_computes (gconstpointer figure)
{
  Scene self = make_scene_of (figure, 1);
  int size_before, size_after;
  g_autofree guint32 *before = NULL, *after = NULL;

  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (self.bar)));
  g_assert_false (gtk_widget_get_visible (self.progress));
  g_assert_cmpstr (gtk_button_get_label (self.button), ==, "_Compute");
  before = grab (&self, &size_before);
  click (&self);
  g_assert_true (bf_examination_get_running (self.examination));
  g_assert_true (gtk_widget_get_visible (self.progress));
  g_assert_cmpstr (gtk_button_get_label (self.button), ==, "Ca_ncel");
  ui_wait_until (!bf_examination_get_running (self.examination), 120);
  g_assert_nonnull (bf_examination_get_result (self.examination));
  g_assert_false (gtk_widget_get_visible (self.progress));
  g_assert_cmpstr (gtk_button_get_label (self.button), ==, "_Compute Again");
  g_assert_cmpstr (gtk_label_get_label (self.state), ==, "After step 1");
  ui_spin (0.5);
  after = grab (&self, &size_after);
  g_assert_true (size_before != size_after || memcmp (before, after, (gsize) size_before) != 0);

  step (self.window);
  ui_wait_until (strstr (gtk_label_get_label (self.state), "the run is at 2"), 10);
  ui_close (self.window);
}

static void
test_cancels (void)
{
  Scene self = make_scene ();

  ui_activate (self.window, "win.examine");
  g_assert_true (bf_examination_get_running (self.examination));
  click (&self);
  g_assert_false (bf_examination_get_running (self.examination));
  g_assert_null (bf_examination_get_result (self.examination));
  g_assert_cmpstr (gtk_button_get_label (self.button), ==, "_Compute");
  ui_spin (0.2);
  g_assert_null (bf_examination_get_result (self.examination));
  ui_close (self.window);
}

/* Before the first step there are no curves, but there are weights. */
static void
test_start (void)
{
  Scene self = make_scene_of ("loss-line", 0);

  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (self.bar)));
  click (&self);
  ui_wait_until (!bf_examination_get_running (self.examination), 120);
  g_assert_nonnull (bf_examination_get_result (self.examination));
  g_assert_cmpstr (gtk_label_get_label (self.state), ==, "After step 0");
  ui_close (self.window);
}

/* The pointer is answered, and a click leaves the cursor of all views where it is. */
static void
test_reads_out (gconstpointer figure)
{
  Scene self = make_scene_of (figure, 1);
  const guint64 step_before = bf_session_get_cursor_step (ui_session (self.window));
  int size_before, size_after;
  g_autofree guint32 *before = NULL, *after = NULL;

  ui_hover (self.window, figure, 0.5, 0.4);   /* not computed yet: nothing to read */
  click (&self);
  ui_wait_until (!bf_examination_get_running (self.examination), 120);
  ui_spin (0.5);
  before = grab (&self, &size_before);
  ui_hover (self.window, figure, 0.5, 0.4);
  ui_spin (0.2);
  after = grab (&self, &size_after);
  g_assert_cmpint (size_before, ==, size_after);
  g_assert_true (memcmp (before, after, (gsize) size_before) != 0);
  g_assert_cmpuint (bf_session_get_cursor_step (ui_session (self.window)), ==, step_before);
  ui_close (self.window);
}

static BfOptionsForm *
get_form (const Scene *self)
{
  return BF_OPTIONS_FORM (ui_find (self->bar, "BfOptionsForm", NULL));
}

static GtkWidget *
find_named (GtkWidget *root, const char *name)
{
  if (g_str_equal (gtk_widget_get_name (root), name))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_named (child, name);

      if (found)
        return found;
    }
  return NULL;
}

/* What is chosen is what is computed, is said of an older result, is remembered, and goes back to the defaults. */
static void
test_options (void)
{
  Scene self = make_scene_of ("landscape", 0);
  GtkWidget *choices = ui_find (self.bar, "GtkMenuButton", "choices");
  const BfLossPlane *plane;

  g_assert_true (gtk_widget_get_visible (choices));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (find_named (GTK_WIDGET (get_form (&self)), "points")), 3);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (find_named (GTK_WIDGET (get_form (&self)), "reach")), 0.5);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (find_named (GTK_WIDGET (get_form (&self)), "directions")), 2);
  g_assert_cmpstr (bf_settings_get_text (bf_settings_get (), "examinations"), ==, "landscape:points=3,reach=0.5,directions=2");
  click (&self);
  ui_wait_until (!bf_examination_get_running (self.examination), 120);
  plane = bf_examination_get_result (self.examination);
  g_assert_cmpuint (plane->side, ==, 7);
  g_assert_cmpfloat (plane->reach, ==, 0.5);
  g_assert_cmpstr (gtk_label_get_label (self.state), ==, "After step 0");
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (find_named (GTK_WIDGET (get_form (&self)), "points")), 4);
  g_assert_cmpstr (gtk_label_get_label (self.state), ==, "After step 0, with other options");
  ui_activate (self.window, "win.quantity::loss-line");
  g_assert_false (gtk_widget_get_visible (choices));
  ui_activate (self.window, "win.quantity::landscape");
  g_assert_cmpuint (bf_options_integer (bf_options_form_get_options (get_form (&self)), "points"), ==, 4);
  g_signal_emit_by_name (ui_find (choices, "GtkButton", "defaults"), "clicked");
  g_assert_cmpuint (bf_options_integer (bf_options_form_get_options (get_form (&self)), "points"), ==, 12);
  g_assert_cmpstr (bf_settings_get_text (bf_settings_get (), "examinations"), ==, "");
  ui_close (self.window);
}

/* Where there is nothing to ask for, there is no bar; and the window goes while something is computed. */
static void
test_comes_and_goes (void)
{
  Scene self = make_scene ();

  ui_activate (self.window, "win.quantity::depth");
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (self.bar)));
  ui_activate (self.window, "win.quantity::jacobian");
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (self.bar)));
  click (&self);
  g_assert_true (bf_examination_get_running (self.examination));
  ui_close (self.window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_data_func ("/ui/examination/computes/jacobian", "jacobian", test_computes);
  g_test_add_data_func ("/ui/examination/computes/loss-line", "loss-line", test_computes);
  g_test_add_data_func ("/ui/examination/computes/landscape", "landscape", test_computes);
  g_test_add_data_func ("/ui/examination/reads-out/loss-line", "loss-line", test_reads_out);
  g_test_add_data_func ("/ui/examination/reads-out/landscape", "landscape", test_reads_out);
  g_test_add_func ("/ui/examination/options", test_options);
  g_test_add_func ("/ui/examination/start", test_start);
  g_test_add_func ("/ui/examination/cancels", test_cancels);
  g_test_add_func ("/ui/examination/comes-and-goes", test_comes_and_goes);
  return g_test_run ();
}
