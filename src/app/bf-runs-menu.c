/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-runs-menu.h"

#include "bf-family-mark.h"
#include "bf-kept-run.h"
#include "bf-scene.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MOST_KEPT 4   /* runs of earlier sittings and of studies; all of them stand in the list of all runs */

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
uncheck_others (BfRunsMenu     *self,
                GtkCheckButton *check)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->rows)); row; row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *other = gtk_widget_get_first_child (row);

      if (other != GTK_WIDGET (check) && gtk_widget_get_sensitive (other))
        gtk_check_button_set_active (GTK_CHECK_BUTTON (other), FALSE);
    }
}

/* One run stands beside the one shown, or none. */
static void
on_toggled (GtkCheckButton *check,
            BfRunsMenu     *self)
{
  BfSessionRun *run = find_run (self->session, get_number (GTK_WIDGET (check)));

  if (gtk_check_button_get_active (check))
    {
      bf_session_set_beside (self->session, run);
      uncheck_others (self, check);
    }
  else if (run && run == bf_session_get_beside (self->session))
    bf_session_set_beside (self->session, NULL);
}

static void
action_remove (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  gtk_popover_popdown (GTK_POPOVER (widget));
  g_signal_emit (widget, signals[REMOVE], 0, g_variant_get_uint32 (parameter));
}

static GtkStack *
find_names (BfRunsMenu *self,
            guint       number)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->rows)); row; row = gtk_widget_get_next_sibling (row))
    if (get_number (row) == number)
      return g_object_get_data (G_OBJECT (row), "names");
  return NULL;
}

/* In place: Return takes the name, Escape closes the menu and leaves it. */
static void
action_rename (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  GtkStack *names = find_names (BF_RUNS_MENU (widget), g_variant_get_uint32 (parameter));

  if (names == NULL)
    return;
  gtk_stack_set_visible_child_name (names, "entry");
  gtk_widget_grab_focus (gtk_stack_get_visible_child (names));
}

static void
on_name_given (GtkEntry   *entry,
               BfRunsMenu *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
  BfSessionRun *run = find_run (self->session, get_number (GTK_WIDGET (entry)));

  gtk_popover_popdown (GTK_POPOVER (self));
  if (run && *name)
    bf_session_rename_run (self->session, run, name);
}

static void
on_star (GtkToggleButton *button,
         BfRunsMenu      *self)
{
  BfSessionRun *run = find_run (self->session, get_number (GTK_WIDGET (button)));
  gboolean star = gtk_toggle_button_get_active (button);

  if (run == NULL || run->star == star)
    return;
  bf_session_star_run (self->session, run, star);
  bf_star_show (button, star, run->label);
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
runs_menu_make_check (BfRunsMenu   *self,
                      BfSessionRun *run)
{
  GtkWidget *check = gtk_check_button_new ();
  g_autofree char *label = g_strdup_printf (_("Show %s beside this run"), run->label);
  gboolean current = run == bf_session_get_current (self->session);
  g_object_set_data (G_OBJECT (check), "number", GUINT_TO_POINTER (run->number));
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_sensitive (check, !current);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), current || run == bf_session_get_beside (self->session));
  g_signal_connect (check, "toggled", G_CALLBACK (on_toggled), self);
  return check;
}

static GtkWidget *
runs_menu_make_star (BfRunsMenu   *self,
                     BfSessionRun *run)
{
  GtkWidget *button = gtk_toggle_button_new ();
  g_object_set_data (G_OBJECT (button), "number", GUINT_TO_POINTER (run->number));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  bf_star_show (GTK_TOGGLE_BUTTON (button), run->star, run->label);
  g_signal_connect (button, "toggled", G_CALLBACK (on_star), self);
  return button;
}

/* What is not in the notebook yet cannot be saved from it. */
static GtkWidget *
runs_menu_make_more (BfRunsMenu   *self,
                     BfSessionRun *run)
{
  GtkWidget *button = gtk_menu_button_new ();
  BfSnapshot *snapshot = bf_run_get_snapshot (run->run);
  const char *uuid = snapshot && snapshot->steps > 0 ? bf_session_get_uuid (run) : NULL;
  g_autoptr (GMenuModel) menu = bf_kept_run_make_menu (uuid, "runs.rename", "runs.remove",
                                                       g_variant_new_uint32 (run->number), FALSE);
  /* Translators: a run's name */
  g_autofree char *label = g_strdup_printf (_("More about %s"), run->label);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), menu);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return button;
}

static GtkWidget *
runs_menu_make_entry (BfRunsMenu   *self,
                      BfSessionRun *run)
{
  GtkWidget *entry = gtk_entry_new ();
  g_object_set_data (G_OBJECT (entry), "number", GUINT_TO_POINTER (run->number));
  gtk_editable_set_text (GTK_EDITABLE (entry), run->label);
  gtk_widget_set_valign (entry, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name of the run"), -1);
  g_signal_connect (entry, "activate", G_CALLBACK (on_name_given), self);
  return entry;
}

/* As in the figures: the run shown has its family's mark filled, and the others of that family hollow. */
static GtkWidget *
runs_menu_make_mark (BfRunsMenu         *self,
                     const BfSessionRun *run)
{
  GtkWidget *mark = bf_family_mark_new ();
  const BfSessionRun *current = bf_session_get_current (self->session);

  bf_family_mark_set (BF_FAMILY_MARK (mark), bf_family_from_id (run->family),
                      run != current && current && g_strcmp0 (run->family, current->family) == 0);
  return mark;
}

static GtkWidget *
runs_menu_make_row (BfRunsMenu   *self,
                    BfSessionRun *run)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *stack = gtk_stack_new ();
  GtkWidget *title = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  g_autofree char *remark = make_remark (run), *accuracy = make_accuracy (run);

  gtk_box_append (GTK_BOX (title), make_label (run->label, NULL, 0));
  if (run == bf_session_get_current (self->session))
    gtk_box_append (GTK_BOX (title), make_label (_("shown"), "badge", 0));
  GtkWidget *small = make_label (remark, "caption", 0);
  gtk_widget_add_css_class (small, "dim-label");
  gtk_box_append (GTK_BOX (names), title);
  gtk_box_append (GTK_BOX (names), small);
  gtk_stack_add_named (GTK_STACK (stack), names, "names");
  gtk_stack_add_named (GTK_STACK (stack), runs_menu_make_entry (self, run), "entry");
  gtk_widget_set_hexpand (stack, TRUE);
  g_object_set_data (G_OBJECT (row), "number", GUINT_TO_POINTER (run->number));
  g_object_set_data (G_OBJECT (row), "names", stack);

  gtk_box_append (GTK_BOX (row), runs_menu_make_check (self, run));
  gtk_box_append (GTK_BOX (row), runs_menu_make_mark (self, run));
  gtk_box_append (GTK_BOX (row), stack);
  gtk_box_append (GTK_BOX (row), make_label (accuracy, "numeric", 1));
  gtk_box_append (GTK_BOX (row), runs_menu_make_star (self, run));
  gtk_box_append (GTK_BOX (row), runs_menu_make_more (self, run));
  return row;
}

static void
on_kept_toggled (GtkCheckButton *check,
                 BfRunsMenu     *self)
{
  if (!gtk_check_button_get_active (check))
    return;
  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (GTK_WIDGET (self), "kept.beside", "s", g_object_get_data (G_OBJECT (check), "uuid"));
}

/* A run of this experiment that the notebook has from another time: shown beside, it becomes one of the session's. */
static GtkWidget *
runs_menu_make_kept_row (BfRunsMenu            *self,
                         const BfNotebookEntry *entry)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10), *names = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *check = gtk_check_button_new (), *small;
  const double accuracy = isnan (entry->test_accuracy) ? entry->accuracy : entry->test_accuracy;
  g_autofree char *remark = bf_kept_run_describe (entry), *label = g_strdup_printf (_("Show %s beside this run"), entry->name);
  g_autofree char *percent = isnan (accuracy) ? g_strdup ("") : bf_format_percent (accuracy);

  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (check), "uuid", g_strdup (entry->uuid), g_free);
  g_signal_connect (check, "toggled", G_CALLBACK (on_kept_toggled), self);
  small = make_label (remark, "caption", 0);
  gtk_widget_add_css_class (small, "dim-label");
  gtk_label_set_ellipsize (GTK_LABEL (small), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (small), 36);
  gtk_widget_set_tooltip_text (small, remark);
  gtk_box_append (GTK_BOX (names), make_label (entry->name, NULL, 0));
  gtk_box_append (GTK_BOX (names), small);
  gtk_widget_set_hexpand (names, TRUE);
  gtk_box_append (GTK_BOX (row), check);
  gtk_box_append (GTK_BOX (row), names);
  gtk_box_append (GTK_BOX (row), make_label (percent, "numeric", 1));
  return row;
}

static void
runs_menu_fill_kept (BfRunsMenu *self)
{
  BfNotebook *notebook = bf_session_get_notebook (self->session);
  const char *experiment = bf_experiment_get_spec (bf_session_get_experiment (self->session))->name;
  g_autoptr (GPtrArray) entries = notebook && *experiment ? bf_notebook_list (notebook, FALSE, NULL) : NULL;
  guint n = 0;

  for (guint i = 0; entries && i < entries->len && n < MOST_KEPT; i++)
    {
      const BfNotebookEntry *entry = entries->pdata[i];

      if (!g_str_equal (entry->experiment, experiment) || entry->steps == 0 || bf_session_find_run (self->session, entry->uuid))
        continue;
      gtk_box_append (self->rows, runs_menu_make_kept_row (self, entry));
      n++;
    }
}

static void
runs_menu_fill (BfRunsMenu *self)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->rows))))
    gtk_box_remove (self->rows, child);
  GPtrArray *runs = bf_session_get_runs (self->session);
  for (guint i = runs->len; i-- > 0;)
    gtk_box_append (self->rows, runs_menu_make_row (self, g_ptr_array_index (runs, i)));
  runs_menu_fill_kept (self);
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

  gtk_widget_class_install_action (widget, "runs.remove", "u", action_remove);
  gtk_widget_class_install_action (widget, "runs.rename", "u", action_rename);

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
