/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A newcomer with a mouse: a real pointer clicks everything that can be clicked, in every view, with the menus and
 * popovers that open. Each click arrives where it was aimed, nothing warns, and what was done to the experiment can
 * be undone to the last step.
 */
#include "ui-common.h"

#include "bf-file.h"

#define MOST_CLICKS 400
#define ANSWER      2      /* seconds, on a busy machine */

/* What leads out of the window, or to another experiment, is clicked by the tests that are about it. */
static const char *const elsewhere[] = {
  "New Window", "Open", "Open…", "Open Example", "Save", "Save As…", "Load…", "Save…", "Welcome", "Quit", "Choose a File…",
  "Export Report…", "Save Report…", "Open Study…", "Save Study…", "Save Table…", "Save Table as CSV…", "Open Folder",
};

typedef struct
{
  BfWindow *window;
  GHashTable *seen;     /* names of what was clicked */
  guint clicks;
  guint answered;
  char *opener;         /* the menu button clicked last */
} Walk;

static gboolean
run (const char *command)
{
  g_autofree char *out = NULL;   /* not among this test's own words */
  int status = 0;

  return g_spawn_command_line_sync (command, &out, NULL, &status, NULL) && status == 0;
}

/* Where a widget is on the display, which has no window manager: the window lies in the corner. */
static void
find_place (GtkWidget *widget, int *x, int *y)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GdkSurface *surface = gtk_native_get_surface (native);
  graphene_point_t middle = GRAPHENE_POINT_INIT (gtk_widget_get_width (widget) / 2.0f, gtk_widget_get_height (widget) / 2.0f), at;
  double left, top;

  g_assert_true (gtk_widget_compute_point (widget, GTK_WIDGET (native), &middle, &at));
  gtk_native_get_surface_transform (native, &left, &top);
  left += at.x;
  top += at.y;
  for (; GDK_IS_POPUP (surface); surface = gdk_popup_get_parent (GDK_POPUP (surface)))
    {
      left += gdk_popup_get_position_x (GDK_POPUP (surface));
      top += gdk_popup_get_position_y (GDK_POPUP (surface));
    }
  *x = (int) left;
  *y = (int) top;
}

static gboolean
has_words (GtkWidget *widget, const char *words)
{
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), words))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    if (has_words (child, words))
      return TRUE;
  return FALSE;
}

static gboolean
leads_elsewhere (GtkWidget *widget)
{
  for (GtkWidget *up = widget; up; up = gtk_widget_get_parent (up))
    if (GTK_IS_WINDOW_CONTROLS (up))
      return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (elsewhere); i++)
    if (has_words (widget, elsewhere[i]))
      return TRUE;
  return GTK_IS_LINK_BUTTON (widget);
}

static gboolean
is_clickable (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_CHECK_BUTTON (widget) || GTK_IS_SWITCH (widget)
         || g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkModelButton");
}

/* The visible words below a widget, so that a button is known again in a list made anew. */
static void
add_words (GString *name, GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    g_string_append_printf (name, " %s", gtk_label_get_text (GTK_LABEL (widget)));
  if (GTK_IS_IMAGE (widget) && gtk_image_get_icon_name (GTK_IMAGE (widget)))
    g_string_append_printf (name, " %s", gtk_image_get_icon_name (GTK_IMAGE (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    add_words (name, child);
}

static char *
make_name (GtkWidget *widget)
{
  GString *name = g_string_new (G_OBJECT_TYPE_NAME (widget));
  GtkWidget *up = gtk_widget_get_parent (widget);

  add_words (name, widget);
  for (guint i = 0; up && i < 4; i++, up = gtk_widget_get_parent (up))
    {
      const char *id = gtk_buildable_get_buildable_id (GTK_BUILDABLE (up));

      g_string_append_printf (name, " < %s %s", G_OBJECT_TYPE_NAME (up), id ? id : "");
    }
  return g_string_free (name, FALSE);
}

/* Seen, on the window's surface and not scrolled out of it, and not behind the panes that float. */
static gboolean
is_reachable (GtkWidget *widget)
{
  GtkWidget *native = GTK_WIDGET (gtk_widget_get_native (widget)), *hit;
  graphene_point_t middle = GRAPHENE_POINT_INIT (gtk_widget_get_width (widget) / 2.0f, gtk_widget_get_height (widget) / 2.0f), at;

  if (!gtk_widget_get_mapped (widget) || !gtk_widget_is_sensitive (widget) || gtk_widget_get_width (widget) < 2
      || !gtk_widget_compute_point (widget, native, &middle, &at))
    return FALSE;
  hit = gtk_widget_pick (native, at.x, at.y, GTK_PICK_DEFAULT);
  return hit && (hit == widget || gtk_widget_is_ancestor (hit, widget));
}

/* The next one not yet clicked, topmost popover first; name: its own (transfer full). */
static GtkWidget *
find_next (Walk *walk, GtkWidget *widget, char **name)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_next (walk, child, name);

      if (found)
        return found;
    }
  if (!is_clickable (widget) || leads_elsewhere (widget) || !is_reachable (widget))
    return NULL;
  *name = make_name (widget);
  if (!g_hash_table_contains (walk->seen, *name))
    return widget;
  g_clear_pointer (name, g_free);
  return NULL;
}

static GtkWidget *
find_popover (GtkWidget *widget)
{
  GtkWidget *found = NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child && !found; child = gtk_widget_get_next_sibling (child))
    found = find_popover (child);
  return found ? found : GTK_IS_POPOVER (widget) && gtk_widget_get_mapped (widget) ? widget : NULL;
}

static gboolean
is_covered (Walk *walk)
{
  GListModel *windows = gtk_window_get_toplevels ();
  gboolean covered = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      covered |= window != GTK_WIDGET (walk->window) && gtk_widget_get_mapped (window);
    }
  return covered;
}

/* The panes that a click hid come back: there is more to click in them. */
static void
show_panes (Walk *walk)
{
  static const char *const actions[] = { "show-network", "show-remedies" };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      g_autoptr (GVariant) shown = g_action_group_get_action_state (G_ACTION_GROUP (walk->window), actions[i]);

      if (!g_variant_get_boolean (shown))
        g_action_group_activate_action (G_ACTION_GROUP (walk->window), actions[i], NULL);
    }
  ui_spin (0.1);
}

static void
close_others (Walk *walk)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWidget *popover;

  while ((popover = find_popover (GTK_WIDGET (walk->window))))
    {
      gtk_popover_popdown (GTK_POPOVER (popover));
      ui_wait_until (!gtk_widget_get_mapped (popover), 5);
    }
  for (guint i = g_list_model_get_n_items (windows); i > 0; i--)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i - 1);

      if (window != GTK_WINDOW (walk->window) && gtk_widget_get_mapped (GTK_WIDGET (window)))
        gtk_window_close (window);
    }
  ui_spin (0.05);
}

static void
on_answer (Walk *walk)
{
  walk->answered = walk->clicks;
}

static void
click (Walk *walk, GtkWidget *widget, const char *name)
{
  const char *signal = GTK_IS_BUTTON (widget) ? "clicked" : GTK_IS_CHECK_BUTTON (widget) ? "toggled"
                       : GTK_IS_SWITCH (widget) ? "notify::active" : "clicked";
  g_autofree char *command = NULL;
  gulong handler;
  int x, y;

  find_place (widget, &x, &y);
  command = g_strdup_printf ("xdotool mousemove %d %d click 1", x, y);
  walk->clicks++;
  g_object_ref (widget);
  handler = g_signal_connect_swapped (widget, signal, G_CALLBACK (on_answer), walk);
  g_assert_true (run (command));
  for (gint64 end = g_get_monotonic_time () + (gint64) (ANSWER * G_USEC_PER_SEC * ui_patience ());
       walk->answered != walk->clicks && g_get_monotonic_time () < end; )
    ui_iterate ();
  if (walk->answered != walk->clicks)
    g_error ("a click at %d, %d on “%s” was not answered", x, y, name);
  ui_spin (0.1);
  g_signal_handler_disconnect (widget, handler);
  g_object_unref (widget);
}

/* Everything that is shown now, and what opens from there. */
static void
click_all (Walk *walk)
{
  for (;;)
    {
      GtkWidget *popover = find_popover (GTK_WIDGET (walk->window));
      g_autofree char *name = NULL;
      GtkWidget *widget = find_next (walk, popover ? popover : GTK_WIDGET (walk->window), &name);

      if (widget == NULL && popover == NULL)
        return;
      if (widget == NULL)
        {
          close_others (walk);
          continue;
        }
      g_assert_cmpuint (walk->clicks, <, MOST_CLICKS);
      g_hash_table_add (walk->seen, g_strdup (name));
      if (g_getenv ("POINTER_TELLS"))
        g_printerr ("%s\n", name);
      if (GTK_IS_MENU_BUTTON (gtk_widget_get_parent (widget)))
        {
          g_free (walk->opener);
          walk->opener = g_strdup (name);
        }
      click (walk, widget, name);
      /* A menu that closed is opened again for what else is in it. */
      if (popover && walk->opener && !find_popover (GTK_WIDGET (walk->window)))
        g_hash_table_remove (walk->seen, walk->opener);
      if (is_covered (walk))
        close_others (walk);
      show_panes (walk);
    }
}

static char *
print_experiment (BfWindow *window)
{
  return bf_file_print (bf_experiment_get_spec (bf_session_get_experiment (ui_session (window))));
}

static void
test_everything (void)
{
  static const char *const views[] = { "gradients", "histograms", "curves", "compare", "data" };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *before = NULL, *after = NULL;
  Walk walk = { ui_window ("spiral"), seen };
  BfExperiment *experiment = bf_session_get_experiment (ui_session (walk.window));

  if (!run ("xdotool version"))
    {
      g_test_skip ("no xdotool");
      ui_close (walk.window);
      return;
    }
  before = print_experiment (walk.window);
  for (guint v = 0; v < G_N_ELEMENTS (views); v++)
    {
      g_autofree char *action = g_strdup_printf ("win.view::%s", views[v]);

      ui_activate (walk.window, action);
      ui_spin (0.3);
      click_all (&walk);
    }
  g_assert_cmpuint (walk.clicks, >, 60);
  g_test_message ("%u clicks", walk.clicks);
  if (bf_session_get_state (ui_session (walk.window)) == BF_RUN_TRAINING)
    ui_activate (walk.window, "run.train");
  while (bf_experiment_get_can_undo (experiment))
    {
      if (g_getenv ("POINTER_TELLS"))
        g_printerr ("undo %s\n", bf_experiment_get_undo_label (experiment));
      bf_experiment_undo (experiment);
    }
  after = print_experiment (walk.window);
  g_assert_cmpstr (after, ==, before);
  close_others (&walk);
  g_free (walk.opener);
  ui_close (walk.window);
}

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  g_test_add_func ("/pointer/everything", test_everything);
  return g_test_run ();
}
