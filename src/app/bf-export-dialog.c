/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-export-dialog.h"

#include "bf-export-job.h"
#include "bf-figure-choices.h"
#include "bf-file-dialog.h"
#include "../lab/bf-settings.h"
#include "../lab/bf-write.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define SETTLE_TIME   150     /* ms after the last change */
#define TABLE_LINES   20      /* of a CSV preview */
#define PREVIEW_SPACE 20.0    /* px around the picture */
#define CHECKER       8.0
#define MM_PER_PIXEL  (25.4 / 96)

struct _BfExportDialog
{
  AdwWindow parent_instance;

  GtkBox *format_box;
  AdwComboRow *size_row;
  GtkWidget *resolution_row;
  GtkSpinButton *resolution;
  GtkWidget *look_group;
  AdwComboRow *style_row;
  GtkSwitch *transparent;
  GtkSpinButton *text_size;
  GtkSwitch *title;
  GtkWidget *carry_group;
  GtkSwitch *carry;
  GtkLabel *pixels;
  GtkLabel *bytes;
  GtkStack *previews;
  GtkDrawingArea *picture;
  GtkLabel *table;
  GtkLabel *trouble;

  const BfFigure *figure;
  BfScene *scene;
  BfCentre *centre;          /* weak */
  BfFormat format;
  BfExportJob *shown;        /* what the preview draws */
  GFile *file;               /* where it is being saved */
  GCancellable *estimate;    /* of the size of the file; NULL: none under way */
  guint settle_source;
};

/* What a format is called on the clipboard, and what a file of it ends in. */
static const char *const mime_types[BF_N_FORMATS] = { "image/png", "image/svg+xml", "application/pdf", "text/csv" };

G_DEFINE_FINAL_TYPE (BfExportDialog, bf_export_dialog, ADW_TYPE_WINDOW)

static BfExportJob *
export_dialog_make_job (BfExportDialog *self)
{
  BfExportJob *job = bf_export_job_new (self->figure, self->scene);

  bf_style_init (&job->style, (BfTheme) MIN (adw_combo_row_get_selected (self->style_row), BF_N_THEMES - 1));
  job->style.transparent = gtk_switch_get_active (self->transparent);
  job->style.font_scale = gtk_spin_button_get_value (self->text_size) / 100;
  job->style.window = !gtk_switch_get_active (self->title);
  job->style.right_to_left = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  bf_export_options_init (&job->options, self->format);
  bf_figure_size_get (adw_combo_row_get_selected (self->size_row), &job->options.width, &job->options.height);
  job->options.dpi = gtk_spin_button_get_value (self->resolution);
  bf_export_job_set_carry (job, self->format != BF_FORMAT_CSV && gtk_switch_get_active (self->carry));
  return job;
}

static void
export_dialog_show_trouble (BfExportDialog *self,
                            const GError   *error)
{
  gtk_label_set_label (self->trouble, error->message);
  gtk_stack_set_visible_child_name (self->previews, "trouble");
}

static void
on_estimated (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (BfExportDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = bf_export_job_finish (result, &error);
  if (g_task_get_cancellable (G_TASK (result)) != self->estimate || !self->estimate)
    return;   /* an older one */
  g_clear_object (&self->estimate);
  if (bytes)
    {
      g_autofree char *size = g_format_size (g_bytes_get_size (bytes));
      g_autofree char *words = g_strdup_printf (_("about %s"), size);
      gtk_label_set_label (self->bytes, words);
    }
  else
    export_dialog_show_trouble (self, error);
}

/* The first lines of the table, with a last "…" when there are more. */
static char *
make_table (const BfFigure *figure,
            BfScene        *scene)
{
  g_autoptr (GString) text = g_string_new (NULL);
  figure->csv (text, bf_scene_get_data (scene));
  char *end = text->str;
  for (guint line = 0; line < TABLE_LINES && end; line++)
    end = strchr (line == 0 ? end : end + 1, '\n');
  if (end && end[1])
    {
      g_string_truncate (text, end - text->str);
      g_string_append (text, "\n…");
    }
  return g_strdup (text->str);
}

static char *
make_pixels (const BfExportJob *job)
{
  double width, height, scale = job->options.format == BF_FORMAT_PNG ? job->options.dpi / 96 : MM_PER_PIXEL;
  bf_export_job_get_size (job, &width, &height);
  g_autofree char *across = bf_format_count ((guint64) llround (width * scale));
  g_autofree char *down = bf_format_count ((guint64) llround (height * scale));
  return g_strdup_printf (job->options.format == BF_FORMAT_PNG ? _("%s × %s px") : _("%s × %s mm"), across, down);
}

static gboolean
export_dialog_settle (gpointer data)
{
  BfExportDialog *self = data;
  self->settle_source = 0;

  g_clear_pointer (&self->shown, bf_export_job_free);
  self->shown = export_dialog_make_job (self);
  if (self->format == BF_FORMAT_CSV)
    {
      g_autofree char *table = make_table (self->figure, self->scene);
      gtk_label_set_label (self->table, table);
      gtk_label_set_label (self->pixels, "");
    }
  else
    {
      g_autofree char *pixels = make_pixels (self->shown);
      gtk_label_set_label (self->pixels, pixels);
      gtk_widget_queue_draw (GTK_WIDGET (self->picture));
    }
  gtk_stack_set_visible_child_name (self->previews, self->format == BF_FORMAT_CSV ? "table" : "picture");

  if (self->estimate)
    g_cancellable_cancel (self->estimate);
  g_clear_object (&self->estimate);
  self->estimate = g_cancellable_new ();
  bf_export_job_run (bf_export_job_copy (self->shown), self->estimate, on_estimated, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
on_changed (BfExportDialog *self)
{
  gboolean table = self->format == BF_FORMAT_CSV;
  gtk_widget_set_visible (self->resolution_row, self->format == BF_FORMAT_PNG);
  gtk_widget_set_visible (GTK_WIDGET (self->size_row), !table);
  gtk_widget_set_visible (self->look_group, !table);
  gtk_widget_set_visible (self->carry_group, !table);
  g_clear_handle_id (&self->settle_source, g_source_remove);
  self->settle_source = g_timeout_add (SETTLE_TIME, export_dialog_settle, self);
}

/* Around white, or around black for a picture that is meant for dark ground. */
static void
draw_checkers (cairo_t *cr,
               double   width,
               double   height,
               gboolean dark)
{
  double ground = dark ? 0.12 : 1, square = dark ? 0.19 : 0.87;
  cairo_set_source_rgb (cr, ground, ground, ground);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_fill_preserve (cr);
  cairo_clip (cr);
  cairo_set_source_rgb (cr, square, square, square);
  for (int row = 0; row * CHECKER < height; row++)
    for (int column = row % 2; column * CHECKER < width; column += 2)
      cairo_rectangle (cr, column * CHECKER, row * CHECKER, CHECKER, CHECKER);
  cairo_fill (cr);
}

static void
draw_shadow (cairo_t *cr,
             double   width,
             double   height)
{
  for (int i = 3; i > 0; i--)
    {
      cairo_new_path (cr);
      cairo_rectangle (cr, -i, -i + 1, width + 2 * i, height + 2 * i);
      cairo_set_source_rgba (cr, 0, 0, 0, 0.05);
      cairo_fill (cr);
    }
}

static void
draw_picture (GtkDrawingArea *area,
              cairo_t        *cr,
              int             width,
              int             height,
              gpointer        data)
{
  BfExportDialog *self = data;
  if (!self->shown || self->shown->options.format == BF_FORMAT_CSV)
    return;
  double across, down;
  bf_export_job_get_size (self->shown, &across, &down);
  double scale = MIN ((width - 2 * PREVIEW_SPACE) / across, (height - 2 * PREVIEW_SPACE) / down);
  if (scale <= 0)
    return;
  cairo_translate (cr, round ((width - across * scale) / 2), round ((height - down * scale) / 2));
  draw_shadow (cr, across * scale, down * scale);
  cairo_save (cr);
  if (self->shown->style.transparent)
    draw_checkers (cr, across * scale, down * scale, self->shown->style.theme == BF_THEME_DARK);
  cairo_scale (cr, scale, scale);
  cairo_rectangle (cr, 0, 0, across, down);
  cairo_clip (cr);
  bf_figure_draw (self->figure, cr, across, down, &self->shown->style, bf_scene_get_data (self->scene));
  cairo_restore (cr);
}

static void
on_format_toggled (GtkToggleButton *button,
                   BfExportDialog  *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  self->format = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "format"));
  on_changed (self);
}

static void
export_dialog_add_formats (BfExportDialog *self)
{
  const BfKind *const *formats = bf_formats ();
  guint chosen = bf_figure_choice_find (BF_CHOICE_FORMAT, bf_settings_get_text (bf_settings_get (), "figure-format"));
  GtkToggleButton *first = NULL;
  for (guint i = 0; formats[i]; i++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (bf_kind_get_name (formats[i]));
      g_object_set_data (G_OBJECT (button), "format", GUINT_TO_POINTER (i));
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), first);
      if (!first)
        first = GTK_TOGGLE_BUTTON (button);
      g_signal_connect (button, "toggled", G_CALLBACK (on_format_toggled), self);
      gtk_widget_add_css_class (button, "mini");
      gtk_box_append (self->format_box, button);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), i == chosen);
    }
}

static void
begin_with (AdwComboRow    *row,
            BfFigureChoice  choice,
            const char     *setting)
{
  g_autoptr (GtkStringList) list = bf_figure_choice_list (choice);

  adw_combo_row_set_model (row, G_LIST_MODEL (list));
  adw_combo_row_set_selected (row, bf_figure_choice_find (choice, bf_settings_get_text (bf_settings_get (), setting)));
}

static void
export_dialog_toast (BfExportDialog *self,
                     const char     *text)
{
  if (self->centre)
    bf_centre_add_toast (self->centre, adw_toast_new (text));
}

static void
on_copied (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (BfExportDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = bf_export_job_finish (result, &error);
  if (!bytes)
    {
      export_dialog_show_trouble (self, error);
      return;
    }
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  gsize size;
  const char *data_bytes = g_bytes_get_data (bytes, &size);
  g_autofree char *text = self->format == BF_FORMAT_CSV ? g_strndup (data_bytes, size) : NULL;
  g_autoptr (GdkContentProvider) content = text
    ? gdk_content_provider_new_typed (G_TYPE_STRING, text)
    : gdk_content_provider_new_for_bytes (mime_types[self->format], bytes);
  gdk_clipboard_set_content (clipboard, content);
  export_dialog_toast (self, text ? _("Data copied") : _("Figure copied"));
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_copy (BfExportDialog *self)
{
  bf_export_job_run (export_dialog_make_job (self), NULL, on_copied, g_object_ref (self));
}

static void
on_saved (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (BfExportDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = bf_export_job_finish (result, &error);
  g_autoptr (GFile) file = g_steal_pointer (&self->file);
  if (bytes && bf_write_bytes (file, bytes, &error))
    {
      if (self->centre)
        bf_centre_toast_saved (self->centre, file);
      gtk_window_close (GTK_WINDOW (self));
    }
  else
    export_dialog_show_trouble (self, error);
}

static void
on_file (GFile    *file,
         gpointer  data)
{
  g_autoptr (BfExportDialog) self = data;
  if (!file || self->file)
    return;
  self->file = g_object_ref (file);
  bf_export_job_run (export_dialog_make_job (self), NULL, on_saved, g_object_ref (self));
}

static void
on_save (BfExportDialog *self)
{
  g_autofree char *stem = bf_scene_suggest_name (self->scene, self->figure);
  g_autofree char *name = g_strdup_printf ("%s.%s", stem, bf_formats ()[self->format]->id);
  bf_file_dialog_save (GTK_WINDOW (self), _("Save Figure"), name, on_file, g_object_ref (self));
}

static void
export_dialog_dispose (GObject *object)
{
  BfExportDialog *self = BF_EXPORT_DIALOG (object);
  g_clear_handle_id (&self->settle_source, g_source_remove);
  if (self->estimate)
    g_cancellable_cancel (self->estimate);
  g_clear_object (&self->estimate);
  g_clear_object (&self->file);
  g_clear_weak_pointer (&self->centre);
  g_clear_pointer (&self->shown, bf_export_job_free);
  g_clear_pointer (&self->scene, bf_scene_unref);
  G_OBJECT_CLASS (bf_export_dialog_parent_class)->dispose (object);
}

/* A figure under way holds the closed dialog, beyond its parent's life maybe: then GtkWindow would look for the parent. */
static void
export_dialog_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bf_export_dialog_parent_class)->unmap (widget);
  gtk_window_set_transient_for (GTK_WINDOW (widget), NULL);
}

static void
bf_export_dialog_class_init (BfExportDialogClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = export_dialog_dispose;
  widget->unmap = export_dialog_unmap;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/export-dialog.ui");
  gtk_widget_class_bind_template_child (widget, BfExportDialog, format_box);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, size_row);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, resolution_row);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, resolution);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, look_group);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, style_row);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, transparent);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, text_size);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, title);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, carry_group);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, carry);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, pixels);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, bytes);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, previews);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, picture);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, table);
  gtk_widget_class_bind_template_child (widget, BfExportDialog, trouble);
  gtk_widget_class_bind_template_callback (widget, on_changed);
  gtk_widget_class_bind_template_callback (widget, on_copy);
  gtk_widget_class_bind_template_callback (widget, on_save);
  gtk_widget_class_add_binding_action (widget, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bf_export_dialog_init (BfExportDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  begin_with (self->size_row, BF_CHOICE_SIZE, "figure-size");
  begin_with (self->style_row, BF_CHOICE_STYLE, "figure-style");
  gtk_spin_button_set_value (self->resolution, bf_settings_get_int (bf_settings_get (), "figure-resolution"));
  gtk_spin_button_set_value (self->text_size, bf_settings_get_int (bf_settings_get (), "figure-text-size"));
  gtk_drawing_area_set_draw_func (self->picture, draw_picture, self, NULL);
  export_dialog_add_formats (self);
}

GtkWindow *
bf_export_dialog_new (const BfFigure *figure,
                      BfScene        *scene,
                      BfCentre       *centre)
{
  g_return_val_if_fail (figure != NULL && scene != NULL, NULL);

  BfExportDialog *self = g_object_new (BF_TYPE_EXPORT_DIALOG, NULL);
  self->figure = figure;
  self->scene = bf_scene_ref (scene);
  g_set_weak_pointer (&self->centre, centre);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->picture), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  bf_kind_get_name (&figure->kind), -1);
  on_changed (self);
  return GTK_WINDOW (self);
}
