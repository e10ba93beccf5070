/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The keys of a figure: they move the session's cursor, so every view goes along.
 */
#include "bf-figure-view-private.h"

#include "../engine/bf-run-events.h"

#define LONG_STEP 10   /* of an arrow key with Shift */

static gboolean
figure_view_menu_key (GtkWidget *widget,
                      GVariant  *args,
                      gpointer   data)
{
  bf_figure_view_popup (BF_FIGURE_VIEW (widget), gtk_widget_get_width (widget) / 2.0,
                     gtk_widget_get_height (widget) / 2.0);
  return TRUE;
}

static gboolean
figure_view_move_step (GtkWidget *widget,
                       GVariant  *args,
                       gpointer   data)
{
  BfSession *session = bf_figure_view_get_session (BF_FIGURE_VIEW (widget));
  BfSnapshot *snapshot = session ? bf_session_get_snapshot (session) : NULL;
  if (!snapshot)
    return FALSE;
  gint64 last = (gint64) bf_snapshot_get_last_step (snapshot);
  gint64 step = (gint64) bf_session_get_cursor_step (session) + g_variant_get_int32 (args);
  bf_session_set_cursor_step (session, (guint64) CLAMP (step, 0, last));
  return TRUE;
}

static gboolean
figure_view_move_event (GtkWidget *widget,
                        GVariant  *args,
                        gpointer   data)
{
  BfSession *session = bf_figure_view_get_session (BF_FIGURE_VIEW (widget));
  BfSnapshot *snapshot = session ? bf_session_get_snapshot (session) : NULL;
  if (!snapshot)
    return FALSE;
  guint64 step = bf_session_get_cursor_step (session);
  bf_session_set_cursor_step (session, bf_run_events_find (snapshot, step, g_variant_get_int32 (args)));
  return TRUE;
}

static gboolean
figure_view_move_layer (GtkWidget *widget,
                        GVariant  *args,
                        gpointer   data)
{
  BfSession *session = bf_figure_view_get_session (BF_FIGURE_VIEW (widget));
  BfPlan *plan = session ? bf_session_get_plan (session) : NULL;
  if (!plan || plan->n_weighted == 0)
    return FALSE;
  int layer = (int) bf_session_get_cursor_layer (session) + g_variant_get_int32 (args);
  bf_session_set_cursor_layer (session, (guint) CLAMP (layer, 0, (int) plan->n_weighted - 1));
  return TRUE;
}

static void
figure_view_newest (GtkWidget  *widget,
                    const char *action,
                    GVariant   *parameter)
{
  BfSession *session = bf_figure_view_get_session (BF_FIGURE_VIEW (widget));
  if (session)
    bf_session_set_live (session, TRUE);
}

/* Arrow keys: Left and Right go through the steps, Up and Down through the layers, which lie as
 * they are drawn: step 0 at the left in every language, the input on top. */
void
bf_figure_view_class_add_keys (GtkWidgetClass *class)
{
  static const struct { guint key, keypad; gboolean layer; int by; } moves[] = {
    { GDK_KEY_Left, GDK_KEY_KP_Left, FALSE, -1 },
    { GDK_KEY_Right, GDK_KEY_KP_Right, FALSE, 1 },
    { GDK_KEY_Up, GDK_KEY_KP_Up, TRUE, -1 },
    { GDK_KEY_Down, GDK_KEY_KP_Down, TRUE, 1 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      GtkShortcutFunc move = moves[i].layer ? figure_view_move_layer : figure_view_move_step;
      int by = moves[i].by;
      gtk_widget_class_add_binding (class, moves[i].key, 0, move, "i", by);
      gtk_widget_class_add_binding (class, moves[i].keypad, 0, move, "i", by);
      gtk_widget_class_add_binding (class, moves[i].key, GDK_SHIFT_MASK, move, "i", by * LONG_STEP);
      gtk_widget_class_add_binding (class, moves[i].keypad, GDK_SHIFT_MASK, move, "i", by * LONG_STEP);
    }
  gtk_widget_class_add_binding (class, GDK_KEY_Left, GDK_CONTROL_MASK, figure_view_move_event, "i", -1);
  gtk_widget_class_add_binding (class, GDK_KEY_Right, GDK_CONTROL_MASK, figure_view_move_event, "i", 1);
  gtk_widget_class_add_binding (class, GDK_KEY_Home, 0, figure_view_move_step, "i", G_MININT);
  gtk_widget_class_add_binding_action (class, GDK_KEY_End, 0, "figure.newest", NULL);
  gtk_widget_class_install_action (class, "figure.newest", NULL, figure_view_newest);
  gtk_widget_class_add_binding (class, GDK_KEY_Menu, 0, figure_view_menu_key, NULL);
  gtk_widget_class_add_binding (class, GDK_KEY_F10, GDK_SHIFT_MASK, figure_view_menu_key, NULL);
}
