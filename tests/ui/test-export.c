/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What leaves the window: every figure in every format carries its experiment, and brings it back when it is
 * opened; so do the clipboard, what is dragged out, and the report. Warnings are fatal (g_test).
 */
#include "ui-common.h"

#include <glib/gstdio.h>
#include <string.h>

#include "bf-export-job.h"
#include "bf-figure-panel.h"
#include "bf-file.h"

static char *folder;

static BfWindow *
open_trained (const char *experiment)
{
  BfWindow *window = ui_window (experiment);
  BfRun *run = bf_session_get_current (ui_session (window))->run;

  ui_activate (window, "run.step");
  ui_wait_until (bf_session_get_snapshot (ui_session (window))->steps == 1, 30);
  g_assert_true (bf_run_evaluate (run, bf_evaluation_choose_part (bf_run_get_dataset (run))));
  bf_window_watch (window);
  ui_wait_until (bf_run_get_evaluation (run), 30);
  return window;
}

static BfSpec *
get_spec (BfWindow *window)
{
  return bf_experiment_get_spec (bf_session_get_experiment (ui_session (window)));
}

static GFile *
save (const char *name, GBytes *bytes)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  return g_file_new_for_path (path);
}

/* Another experiment in between, then the file. */
static void
assert_opens (BfWindow *window, GFile *file, BfSpec *expected)
{
  bf_window_open_example (window, "t2-sigmoid");
  g_assert_false (bf_spec_equal (get_spec (window), expected));
  bf_window_open (window, file);
  g_assert_true (bf_spec_equal (get_spec (window), expected));
}

static void
assert_carries (GBytes *bytes, BfSpec *base, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *carried = bf_export_read_experiment (bytes, what, &error), *printed = bf_file_print (base);

  g_assert_no_error (error);
  g_assert_cmpstr (carried, ==, printed);
}

static void
on_bytes (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(GBytes **) data = bf_export_job_finish (result, &error);
  g_assert_no_error (error);
}

static GBytes *
make_bytes (const BfFigure *figure, BfScene *scene, BfFormat format)
{
  BfExportJob *job = bf_export_job_new (figure, scene);
  GBytes *bytes = NULL;

  bf_style_init (&job->style, BF_THEME_PRINT);
  bf_export_options_init (&job->options, format);
  job->options.dpi = 72;
  bf_export_job_set_carry (job, format != BF_FORMAT_CSV);
  bf_export_job_run (job, NULL, on_bytes, &bytes);
  ui_wait_until (bytes, 30);
  return bytes;
}

/* The number of figures that there was something of. */
static guint
export_all (BfWindow *window)
{
  BfSession *session = ui_session (window);
  g_autoptr (BfScene) scene = bf_scene_new (session, BF_SCENE_THIS, BF_TENSOR_WEIGHT_GRADIENT, TRUE);
  g_autoptr (BfDataFacts) facts = bf_data_facts_new (bf_run_get_dataset (bf_session_get_current (session)->run));
  guint n = 0;

  bf_scene_set_data (scene, facts, NULL);
  for (const BfKind *const *kind = bf_figures (); *kind; kind++)
    {
      const BfFigure *figure = (const BfFigure *) *kind;

      if (!bf_figure_applies (figure, bf_scene_get_data (scene)))
        continue;
      n++;
      for (BfFormat format = 0; format < BF_N_FORMATS; format++)
        {
          g_autoptr (GBytes) bytes = make_bytes (figure, scene, format);
          const char *text = g_bytes_get_data (bytes, NULL);

          if (format != BF_FORMAT_CSV)
            assert_carries (bytes, get_spec (window), (*kind)->id);
          else
            g_assert_true (g_ascii_isalpha (text[0]) && memchr (text, '\n', g_bytes_get_size (bytes)));
        }
    }
  return n;
}

static void
test_every_figure_carries_it (void)
{
  static const char *const experiments[] = { "t1-baseline", "spiral", "t2-relu" };

  for (guint i = 0; i < G_N_ELEMENTS (experiments); i++)
    {
      BfWindow *window = open_trained (experiments[i]);

      g_assert_cmpuint (export_all (window), >=, 12);
      ui_close (window);
    }
}

static void
test_each_format_opens (void)
{
  BfWindow *window = open_trained ("t1-baseline");
  g_autoptr (BfSpec) base = bf_spec_ref (get_spec (window));
  g_autoptr (BfScene) scene = bf_scene_new (ui_session (window), BF_SCENE_THIS, BF_TENSOR_WEIGHT_GRADIENT, TRUE);

  for (BfFormat format = BF_FORMAT_PNG; format <= BF_FORMAT_PDF; format++)
    {
      g_autoptr (GBytes) bytes = make_bytes (bf_figure_find ("heatmap"), scene, format);
      g_autofree char *name = g_strconcat ("heatmap.", bf_formats ()[format]->id, NULL);
      g_autoptr (GFile) file = save (name, bytes);

      assert_opens (window, file, base);
    }
  ui_close (window);
}

static BfFigureView *
find_heatmap (BfWindow *window)
{
  return bf_figure_panel_get_view (BF_FIGURE_PANEL (ui_find (ui_find (window, "BfGradientsView", NULL), "BfFigurePanel", NULL)));
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  gdk_content_provider_write_mime_type_finish (GDK_CONTENT_PROVIDER (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
assert_provides (GdkContentProvider *provider, BfSpec *base)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GBytes) bytes = NULL;
  gboolean done = FALSE;

  gdk_content_provider_write_mime_type_async (provider, "image/png", stream, G_PRIORITY_DEFAULT, NULL, on_written, &done);
  ui_wait_until (done, 10);
  g_output_stream_close (stream, NULL, NULL);
  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
  assert_carries (bytes, base, "a picture");
}

static void
test_clipboard (void)
{
  BfWindow *window = open_trained ("t1-baseline");
  BfFigureView *view = find_heatmap (window);

  bf_figure_view_copy (view);
  assert_provides (gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (view))), get_spec (window));
  ui_close (window);
}

static GtkDragSource *
find_drag_source (BfFigureView *view)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (view));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DRAG_SOURCE (controller))
        return GTK_DRAG_SOURCE (controller);
    }
  return NULL;
}

/* Other programs get the picture, a file manager a file; which opens again. */
static void
test_dragged_out (void)
{
  BfWindow *window = open_trained ("t1-baseline");
  g_autoptr (BfSpec) base = bf_spec_ref (get_spec (window));
  GtkDragSource *source = find_drag_source (find_heatmap (window));
  GdkContentProvider *provider = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (source);
  g_signal_emit_by_name (source, "prepare", 10.0, 10.0, &provider);
  g_assert_nonnull (provider);
  assert_provides (provider, base);
  g_value_init (&value, G_TYPE_FILE);
  gdk_content_provider_get_value (provider, &value, &error);
  g_assert_no_error (error);
  assert_opens (window, g_value_get_object (&value), base);
  g_file_delete (g_value_get_object (&value), NULL, NULL);
  g_object_unref (provider);
  ui_close (window);
}

static void
test_report (void)
{
  BfWindow *window = open_trained ("t2-relu");
  g_autoptr (BfSpec) base = bf_spec_ref (get_spec (window));
  g_autofree char *path = g_build_filename (folder, "report.pdf", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_assert_true (ui_enabled (window, "win.export-report"));
  ui_activate (window, "run.step");   /* the report asks for the answers of this step */
  ui_wait_until (bf_session_get_snapshot (ui_session (window))->steps == 2, 30);
  bf_window_export_report (window, file);
  ui_wait_until (g_file_test (path, G_FILE_TEST_EXISTS), 60);
  g_assert_cmpuint (bf_run_get_evaluation (bf_session_get_current (ui_session (window))->run)->step, ==, 2);
  ui_spin (0.3);
  assert_opens (window, file, base);
  ui_close (window);
}

static GtkWindow *
find_message (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window))
        return window;
    }
  return NULL;
}

/* Where it cannot be written the window says why, and lives on. */
static void
test_report_that_cannot_be_saved (void)
{
  BfWindow *window = open_trained ("t2-relu");
  g_autoptr (GFile) file = g_file_new_for_path ("/no/such/folder/report.pdf");

  bf_window_export_report (window, file);
  ui_wait_until (find_message (), 60);
  g_assert_nonnull (strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (find_message ())), "Choose another"));
  gtk_window_destroy (find_message ());
  ui_close (window);
}

int
main (int argc, char **argv)
{
  int result;

  ui_init (&argc, &argv);
  folder = g_dir_make_tmp ("backflow-export-XXXXXX", NULL);
  g_test_add_func ("/ui/export/every-figure-carries-it", test_every_figure_carries_it);
  g_test_add_func ("/ui/export/each-format-opens", test_each_format_opens);
  g_test_add_func ("/ui/export/clipboard", test_clipboard);
  g_test_add_func ("/ui/export/dragged-out", test_dragged_out);
  g_test_add_func ("/ui/export/report", test_report);
  g_test_add_func ("/ui/export/report-that-cannot-be-saved", test_report_that_cannot_be_saved);
  result = g_test_run ();
  g_free (folder);
  return result;
}
