/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-runs-menu.h"

#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

struct _BfRunsMenu
{
  GtkPopover parent_instance;

  GtkBox *rows;
  BfSession *session;
};

enum { REMOVE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BfRunsMenu, bf_runs_menu, GTK_TYPE_POPOVER)

static BfSessionRun *
find_run (BfSession *session,
          guint      number)
{
  GPtrArray *runs = bf_session_get_runs (session);
  for (guint i = 0; i < runs->len; i++)
    if (((BfSessionRun *) g_ptr_array_index (runs, i))->number == number)
      return g_ptr_array_index (runs, i);
  return NULL;
}

static guint
get_number (GtkWidget *widget)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (widget), "number"));
}

static void
on_toggled (GtkCheckButton *check,
            BfRunsMenu     *self)
{
  if (gtk_check_button_get_active (check))
    bf_session_set_beside (self->session, find_run (self->session, get_number (GTK_WIDGET (check))));
}

static void
on_remove (GtkWidget  *button,
           BfRunsMenu *self)
{
  guint number = get_number (button);
  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[REMOVE], 0, number);
}

static char *
make_remark (const BfSessionRun *run)
{
  BfSnapshot *snapshot = bf_run_get_snapshot (run->run);
  const char *what = *run->remedies ? run->remedies : _("no remedy");
  g_autofree char *step = bf_format_count (snapshot ? bf_snapshot_get_last_step (snapshot) : 0);
  /* Translators: what was on in a run, and how far it came: "Batch Normalization, step 2,304" */
  return g_strdup_printf (_("%s, step %s"), what, step);
}

static char *
make_accuracy (const BfSessionRun *run)
{
  BfSnapshot *snapshot = bf_run_get_snapshot (run->run);
  if (!snapshot || snapshot->epochs->len == 0)
    return g_strdup ("");
  const BfEpoch *epoch = &g_array_index (snapshot->epochs, BfEpoch, snapshot->epochs->len - 1);
  double accuracy = isnan (epoch->validation_accuracy) ? epoch->train_accuracy : epoch->validation_accuracy;
  return isnan (accuracy) ? g_strdup ("") : bf_format_percent (accuracy);
}

static GtkWidget *
make_label (const char *text,
            const char *css_class,
            float       align)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), align);
  if (css_class)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
runs_menu_make_check (BfRunsMenu      *self,
                      BfSessionRun    *run,
                      GtkCheckButton **group)
{
  GtkWidget *check = gtk_check_button_new ();
  g_autofree char *label = g_strdup_printf (_("Show %s beside this run"), run->label);
  gboolean current = run == bf_session_get_current (self->session);
  g_object_set_data (G_OBJECT (check), "number", GUINT_TO_POINTER (run->number));
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_sensitive (check, !current);
  if (!current)
    gtk_check_button_set_group (GTK_CHECK_BUTTON (check), *group);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), current || run == bf_session_get_beside (self->session));
  if (!current)
    *group = GTK_CHECK_BUTTON (check);
  g_signal_connect (check, "toggled", G_CALLBACK (on_toggled), self);
  return check;
}

static GtkWidget *
runs_menu_make_remove (BfRunsMenu   *self,
                       BfSessionRun *run)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *label = g_strdup_printf (_("Remove %s"), run->label);
  g_object_set_data (G_OBJECT (button), "number", GUINT_TO_POINTER (run->number));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_sensitive (button, run != bf_session_get_current (self->session));
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove), self);
  return button;
}

static GtkWidget *
runs_menu_make_row (BfRunsMenu      *self,
                    BfSessionRun    *run,
                    GtkCheckButton **group)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  g_autofree char *remark = make_remark (run), *accuracy = make_accuracy (run);

  gtk_box_append (GTK_BOX (title), make_label (run->label, NULL, 0));
  if (run == bf_session_get_current (self->session))
    gtk_box_append (GTK_BOX (title), make_label (_("shown"), "badge", 0));
  GtkWidget *small = make_label (remark, "caption", 0);
  gtk_widget_add_css_class (small, "dim-label");
  gtk_box_append (GTK_BOX (names), title);
  gtk_box_append (GTK_BOX (names), small);
  gtk_widget_set_hexpand (names, TRUE);

  gtk_box_append (GTK_BOX (row), runs_menu_make_check (self, run, group));
  gtk_box_append (GTK_BOX (row), names);
  gtk_box_append (GTK_BOX (row), make_label (accuracy, "numeric", 1));
  gtk_box_append (GTK_BOX (row), runs_menu_make_remove (self, run));
  return row;
}

static void
runs_menu_fill (BfRunsMenu *self)
{
  GtkCheckButton *group = NULL;
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->rows))))
    gtk_box_remove (self->rows, child);
  GPtrArray *runs = bf_session_get_runs (self->session);
  for (guint i = runs->len; i-- > 0;)
    gtk_box_append (self->rows, runs_menu_make_row (self, g_ptr_array_index (runs, i), &group));
}

static void
on_show (BfRunsMenu *self)
{
  if (self->session)
    runs_menu_fill (self);
}

static void
on_show_none (BfRunsMenu *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
  bf_session_set_beside (self->session, NULL);
}

static void
on_all_runs (BfRunsMenu *self)
{
  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.all-runs", NULL);
}

static void
runs_menu_dispose (GObject *object)
{
  g_clear_object (&BF_RUNS_MENU (object)->session);
  G_OBJECT_CLASS (bf_runs_menu_parent_class)->dispose (object);
}

static void
bf_runs_menu_class_init (BfRunsMenuClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = runs_menu_dispose;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/runs-menu.ui");
  gtk_widget_class_bind_template_child (widget, BfRunsMenu, rows);
  gtk_widget_class_bind_template_callback (widget, on_show);
  gtk_widget_class_bind_template_callback (widget, on_show_none);
  gtk_widget_class_bind_template_callback (widget, on_all_runs);

  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
bf_runs_menu_init (BfRunsMenu *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
bf_runs_menu_set_session (BfRunsMenu *self,
                          BfSession  *session)
{
  g_return_if_fail (BF_IS_RUNS_MENU (self));

  g_set_object (&self->session, session);
}
