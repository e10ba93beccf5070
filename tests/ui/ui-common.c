/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "ui-common.h"

#include <libintl.h>
#include <locale.h>

#include "bf-figure-view.h"
#include "bf-file.h"

static BfApplication *application;

double
ui_patience (void)
{
  const char *factor = g_getenv ("BF_TEST_PATIENCE");

  return factor ? g_ascii_strtod (factor, NULL) : 1;
}

static gboolean
on_tick (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
ui_iterate (void)
{
  gboolean passed = FALSE;
  guint source = g_timeout_add (10, on_tick, &passed);

  g_main_context_iteration (NULL, TRUE);
  if (!passed)
    g_source_remove (source);
}

void
ui_spin (double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * 1e6);

  while (g_get_monotonic_time () < end)
    ui_iterate ();
}

void
ui_init (int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;

  gtk_test_init (argc, argv, NULL);
  /* What GNOME sets; there are no settings on the display of a test. */
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", "gtk-decoration-layout", ":close", NULL);
  application = bf_application_new (G_APPLICATION_NON_UNIQUE);
  g_application_set_default (G_APPLICATION (application));
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, &error));
}

void
ui_set_language (void)
{
  const char *locale = g_getenv ("BF_PSEUDO_LOCALE");

  if (locale == NULL)
    return;
  g_setenv ("LANGUAGE", "xx", TRUE);
  setlocale (LC_ALL, "C.UTF-8");   /* GTK's test set another, which may not be there */
  bindtextdomain (GETTEXT_PACKAGE, locale);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

BfSession *
ui_session (BfWindow *window)
{
  return bf_window_get_session (window);
}

BfWindow *
ui_window (const char *experiment)
{
  BfWindow *window = bf_window_new (GTK_APPLICATION (application));

  gtk_window_present (GTK_WINDOW (window));
  if (experiment)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BfSpec) spec = bf_examples_load (experiment, &error);

      g_assert_no_error (error);
      bf_experiment_replace (bf_session_get_experiment (ui_session (window)), spec, NULL);
    }
  ui_wait_until (gtk_widget_get_mapped (GTK_WIDGET (window)), 10);
  /* The run of the replaced experiment may be asked for at the next frame only. */
  ui_spin (0.1);
  ui_wait_until (bf_session_get_state (ui_session (window)) == BF_RUN_READY, 30);
  return window;
}

void
ui_close (BfWindow *window)
{
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_close (GTK_WINDOW (window));
  ui_wait_until (window == NULL, 10);
}

/* run.* lives in a group that the window inserts; win.* in the window. */
gboolean
ui_enabled (BfWindow *window, const char *action)
{
  g_auto (GStrv) parts = g_strsplit (action, ".", 2);
  GActionGroup *group = g_str_equal (parts[0], "run") ? G_ACTION_GROUP (window->run_actions)
                                                      : G_ACTION_GROUP (window);

  g_assert_true (g_action_group_has_action (group, parts[1]));
  return g_action_group_get_action_enabled (group, parts[1]);
}

void
ui_activate (BfWindow *window, const char *action)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_action_parse_detailed_name (action, &name, &target, &error));
  g_assert_true (ui_enabled (window, name));
  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (window), name, target));
}

static gboolean
matches (GtkWidget *widget, const char *type_name, const char *label)
{
  GType type = g_type_from_name (type_name);

  if (!type || !g_type_is_a (G_OBJECT_TYPE (widget), type))
    return FALSE;
  if (!label)
    return TRUE;
  if (GTK_IS_LABEL (widget))
    return g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), label);
  return g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), label) == 0;
}

GtkWidget *
ui_find (gpointer root, const char *type_name, const char *label)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = matches (child, type_name, label) ? child : ui_find (child, type_name, label);

      if (found)
        return found;
    }
  return NULL;
}

/* NULL between a new layout and its first frame. */
static GskRenderNode *
paint (GdkPaintable *paintable, GtkWidget *widget)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  return gtk_snapshot_free_to_node (snapshot);
}

guint32 *
ui_grab (GtkWidget *widget, int *width, int *height)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  graphene_rect_t area;
  guint32 *pixels;

  ui_wait_until (node || (node = paint (paintable, widget)), 10);
  area = GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node, &area);
  *width = gdk_texture_get_width (texture);
  *height = gdk_texture_get_height (texture);
  pixels = g_new (guint32, (gsize) *width * *height);
  gdk_texture_download (texture, (guchar *) pixels, (gsize) *width * 4);
  return pixels;
}

static GtkWidget *
find_figure (GtkWidget *root, const char *id)
{
  if (BF_IS_FIGURE_VIEW (root) && gtk_widget_get_mapped (root))
    {
      const BfFigure *figure = bf_figure_view_get_figure (BF_FIGURE_VIEW (root));

      if (figure && g_str_equal (figure->kind.id, id))
        return root;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_figure (child, id);

      if (found)
        return found;
    }
  return NULL;
}

void
ui_hover (gpointer root, const char *figure, double x, double y)
{
  GtkWidget *view = find_figure (GTK_WIDGET (root), figure);
  g_autoptr (GListModel) controllers = NULL;

  g_assert_nonnull (view);
  controllers = gtk_widget_observe_controllers (view);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_MOTION (controller))
        g_signal_emit_by_name (controller, "motion", x * gtk_widget_get_width (view), y * gtk_widget_get_height (view));
    }
  ui_spin (0.1);
}
