/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A figure leaves the window by four doors: the export dialog, the clipboard, the mouse, a table
 * of its numbers. The quick doors take the figure's own size at twice the screen's resolution.
 */
#include "bf-figure-view-private.h"

#include "bf-centre.h"
#include "bf-export-dialog.h"
#include "bf-file-dialog.h"
#include "../lab/bf-settings.h"
#include "../lab/bf-write.h"
#include "../report/bf-finding-title.h"

#include <glib/gi18n-lib.h>

#define QUICK_DPI 192
#define DRAG_ICON_WIDTH 240

gboolean
bf_figure_view_is_ready (BfFigureView *self)
{
  g_autoptr (BfScene) scene = bf_figure_view_make_scene (self);
  const BfFigure *figure = bf_figure_view_get_figure (self);
  return scene && figure && bf_figure_applies (figure, bf_scene_get_data (scene));
}

/* What is shown, under the title that it has outside of the window: what the diagnosis finds in it, where it says so. */
static BfScene *
figure_view_make_titled (BfFigureView *self)
{
  BfScene *scene = bf_figure_view_make_scene (self);
  BfCentre *centre = BF_CENTRE (gtk_widget_get_ancestor (GTK_WIDGET (self), BF_TYPE_CENTRE));
  BfSessionDiagnosis *diagnosis = centre ? bf_centre_get_diagnosis (centre) : NULL;
  const BfSnapshot *looked_at = diagnosis ? bf_session_diagnosis_get_snapshot (diagnosis) : NULL;
  const BfFigureData *data = scene ? bf_scene_get_data (scene) : NULL;
  if (!looked_at || !data || !self->figure || data->runs[0].snapshot->plan != looked_at->plan)
    return scene;
  const BfFinding *finding = bf_finding_find_for_figure (bf_session_diagnosis_get_findings (diagnosis), self->figure, data);
  bf_scene_set_title (scene, finding ? finding->title : NULL);
  return scene;
}

static GBytes *
figure_view_make_bytes (BfFigureView  *self,
                        BfScene       *scene,
                        BfFormat       format,
                        GError       **error)
{
  g_autofree char *experiment = bf_scene_print_experiment (scene);
  BfExportOptions options;
  BfStyle style;

  bf_export_options_init (&options, format);
  options.dpi = QUICK_DPI;
  options.experiment = experiment;
  bf_figure_view_init_style (GTK_WIDGET (self), &style);
  return bf_export_to_bytes (bf_figure_view_get_figure (self), &style, bf_scene_get_data (scene), &options, error);
}

static void
figure_view_toast (BfFigureView *self,
                   const char   *text)
{
  BfCentre *centre = BF_CENTRE (gtk_widget_get_ancestor (GTK_WIDGET (self), BF_TYPE_CENTRE));
  if (centre)
    bf_centre_add_toast (centre, adw_toast_new (text));
}

void
bf_figure_view_export (BfFigureView *self)
{
  g_return_if_fail (BF_IS_FIGURE_VIEW (self));

  g_autoptr (BfScene) scene = figure_view_make_titled (self);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  if (!scene || !GTK_IS_WINDOW (root) || !bf_figure_view_get_figure (self))
    return;
  BfCentre *centre = BF_CENTRE (gtk_widget_get_ancestor (GTK_WIDGET (self), BF_TYPE_CENTRE));
  GtkWindow *dialog = bf_export_dialog_new (bf_figure_view_get_figure (self), scene, centre);
  gtk_window_set_transient_for (dialog, GTK_WINDOW (root));
  gtk_window_present (dialog);
}

void
bf_figure_view_copy (BfFigureView *self)
{
  g_return_if_fail (BF_IS_FIGURE_VIEW (self));

  g_autoptr (BfScene) scene = figure_view_make_titled (self);
  if (!scene || !bf_figure_view_get_figure (self))
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = figure_view_make_bytes (self, scene, BF_FORMAT_PNG, &error);
  if (!bytes)
    {
      figure_view_toast (self, error->message);
      return;
    }
  g_autoptr (GdkContentProvider) content = gdk_content_provider_new_for_bytes ("image/png", bytes);
  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), content);
  figure_view_toast (self, _("Figure copied"));
}

static void
on_data_file (GFile    *file,
              gpointer  data)
{
  g_autoptr (BfFigureView) self = data;
  g_autoptr (BfScene) scene = figure_view_make_titled (self);
  if (!file || !scene)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = figure_view_make_bytes (self, scene, BF_FORMAT_CSV, &error);
  BfCentre *centre = BF_CENTRE (gtk_widget_get_ancestor (GTK_WIDGET (self), BF_TYPE_CENTRE));
  if (bytes && bf_write_bytes (file, bytes, &error))
    {
      if (centre)
        bf_centre_toast_saved (centre, file);
    }
  else
    figure_view_toast (self, error->message);
}

void
bf_figure_view_save_data (BfFigureView *self)
{
  g_return_if_fail (BF_IS_FIGURE_VIEW (self));

  g_autoptr (BfScene) scene = figure_view_make_titled (self);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  if (!scene || !GTK_IS_WINDOW (root) || !bf_figure_view_get_figure (self))
    return;
  g_autofree char *stem = bf_scene_suggest_name (scene, bf_figure_view_get_figure (self));
  g_autofree char *name = g_strconcat (stem, ".csv", NULL);
  bf_file_dialog_save (GTK_WINDOW (root), _("Save Data"), name, on_data_file, g_object_ref (self));
}

static void
action_export (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bf_figure_view_export (BF_FIGURE_VIEW (widget));
}

static void
action_copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bf_figure_view_copy (BF_FIGURE_VIEW (widget));
}

static void
action_save_data (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bf_figure_view_save_data (BF_FIGURE_VIEW (widget));
}

void
bf_figure_view_class_add_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "figure.export", NULL, action_export);
  gtk_widget_class_install_action (class, "figure.copy", NULL, action_copy);
  gtk_widget_class_install_action (class, "figure.save-data", NULL, action_save_data);
}

BfAxis
bf_figure_view_get_loss_axis (void)
{
  return bf_axis_find (bf_settings_get_text (bf_settings_get (), "loss-axis"));
}

GMenuModel *
bf_figure_view_make_axis_menu (void)
{
  static const char *const names[BF_N_AXES] = { N_("_Automatic"), N_("_Linear"), N_("Lo_garithmic") };
  g_autoptr (GMenu) menu = g_menu_new (), axes = g_menu_new ();
  for (guint i = 0; i < BF_N_AXES; i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_(names[i]), NULL);
      g_menu_item_set_action_and_target (item, "figure.loss-axis", "s", bf_axis_get_id ((BfAxis) i));
      g_menu_append_item (axes, item);
    }
  g_menu_append_section (menu, _("Loss Axis"), G_MENU_MODEL (axes));
  return G_MENU_MODEL (g_steal_pointer (&menu));
}

void
bf_figure_view_fill_menu (BfFigureView *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_menu_append (menu, _("_Export Figure…"), "figure.export");
  g_menu_append (menu, _("_Copy Figure"), "figure.copy");
  g_menu_append (menu, _("_Save Data as CSV…"), "figure.save-data");
  if (self->figure && self->figure->loss_axis)
    {
      g_autoptr (GMenuModel) axes = bf_figure_view_make_axis_menu ();
      g_menu_append_section (menu, NULL, axes);
    }
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), G_MENU_MODEL (menu));
}

GtkWidget *
bf_figure_view_make_menu (void)
{
  GtkWidget *popover = gtk_popover_menu_new_from_model (NULL);
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  return popover;
}

/* A file manager wants a file: the picture is written to the run-time folder, which the system
 * empties; other programs take the bytes. */
static GdkContentProvider *
on_drag_prepare (GtkDragSource *source,
                 double         x,
                 double         y,
                 BfFigureView  *self)
{
  g_autoptr (BfScene) scene = figure_view_make_titled (self);
  const BfFigure *figure = bf_figure_view_get_figure (self);
  if (!scene || !figure)
    return NULL;
  g_autoptr (GBytes) bytes = figure_view_make_bytes (self, scene, BF_FORMAT_PNG, NULL);
  if (!bytes)
    return NULL;

  g_autofree char *stem = bf_scene_suggest_name (scene, figure);
  g_autofree char *name = g_strconcat (stem, ".png", NULL);
  g_autofree char *path = g_build_filename (g_get_user_runtime_dir (), name, NULL);
  GdkContentProvider *contents[2] = { gdk_content_provider_new_for_bytes ("image/png", bytes) };
  gsize n = 1, size;
  const char *data = g_bytes_get_data (bytes, &size);
  if (g_file_set_contents_full (path, data, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL))
    {
      g_autoptr (GFile) file = g_file_new_for_path (path);
      contents[n++] = gdk_content_provider_new_typed (G_TYPE_FILE, file);
    }
  return gdk_content_provider_new_union (contents, n);
}

static void
on_drag_begin (GtkDragSource *source,
               GdkDrag       *drag,
               BfFigureView  *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double scale = MIN (1.0, DRAG_ICON_WIDTH / (double) MAX (1, width));
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, width * scale, height * scale);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &all);
  cairo_scale (cr, scale, scale);
  bf_figure_view_paint (self, cr, width, height);
  cairo_destroy (cr);
  g_autoptr (GdkPaintable) icon = gtk_snapshot_to_paintable (snapshot, NULL);
  if (icon)
    gtk_drag_source_set_icon (source, icon, 0, 0);
}

GtkEventController *
bf_figure_view_make_drag_source (BfFigureView *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  g_signal_connect (source, "prepare", G_CALLBACK (on_drag_prepare), self);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_drag_begin), self);
  return GTK_EVENT_CONTROLLER (source);
}
