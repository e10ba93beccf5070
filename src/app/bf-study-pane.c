/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study-pane.h"

#include <glib/gi18n-lib.h>

#include "bf-message.h"
#include "bf-number-spin.h"
#include "bf-study-combine.h"
#include "bf-study-row.h"
#include "bf-throttle.h"
#include "../lab/bf-file.h"

struct _BfStudyPane
{
  GtkBox parent_instance;

  GtkMenuButton *study_button;
  GtkLabel *study_name;
  GtkLabel *summary;
  GtkListBox *list;
  GtkWidget *combine;
  BfStudyCombine *combination;
  GtkListBox *numbers;
  GtkSpinButton *seeds;
  GtkSpinButton *epochs;
  GtkSpinButton *jobs;
  GtkWidget *start;

  BfStudySession *study;   /* owned */
  BfThrottle refreshing;
  gboolean updating;
};

enum { SAVE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BfStudyPane, bf_study_pane, GTK_TYPE_BOX)

static void
refresh_rows (gpointer data)
{
  BfStudyPane *self = data;
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    bf_study_row_widget_refresh (BF_STUDY_ROW_WIDGET (row));
}

static void
show_rows (BfStudyPane *self)
{
  GtkListBoxRow *row;
  const char *summary = bf_study_session_get_summary (self->study);

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < bf_study_session_get_n_rows (self->study); i++)
    gtk_list_box_append (self->list, bf_study_row_widget_new (self->study, i));
  gtk_label_set_label (self->study_name, bf_study_session_get_name (self->study));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->study_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  bf_study_session_get_name (self->study), -1);
  gtk_label_set_label (self->summary, summary);
  gtk_widget_set_visible (GTK_WIDGET (self->summary), *summary != '\0');
  bf_study_combine_set_study (self->combination, self->study);
}

static void
show_numbers (BfStudyPane *self)
{
  self->updating = TRUE;
  bf_number_spin_set (self->seeds, bf_study_session_get_seeds (self->study));
  bf_number_spin_set (self->epochs, bf_study_session_get_epochs (self->study));
  bf_number_spin_set (self->jobs, bf_study_session_get_jobs (self->study));
  self->updating = FALSE;
  refresh_rows (self);
}

/* What is at work keeps its rows and numbers. */
static void
show_state (BfStudyPane *self)
{
  gboolean active = bf_study_session_is_active (self->study);

  gtk_widget_set_sensitive (GTK_WIDGET (self->study_button), !active);
  gtk_widget_set_sensitive (self->combine, !active);
  gtk_widget_set_sensitive (GTK_WIDGET (self->numbers), !active);
  gtk_widget_set_visible (self->start, !active);
  bf_throttle_flush (&self->refreshing);
}

static void
on_updated (BfStudyPane *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    bf_throttle_call (&self->refreshing);
}

static void
on_row_activated (GtkListBox    *list,
                  GtkListBoxRow *row,
                  BfStudyPane   *self)
{
  bf_study_row_widget_toggle (BF_STUDY_ROW_WIDGET (row));
}

static void
on_numbers_changed (BfStudyPane *self)
{
  if (self->updating || self->study == NULL)
    return;
  bf_study_session_set_seeds (self->study, (guint) gtk_spin_button_get_value_as_int (self->seeds));
  bf_study_session_set_epochs (self->study, (guint) gtk_spin_button_get_value_as_int (self->epochs));
  bf_study_session_set_jobs (self->study, (guint) gtk_spin_button_get_value_as_int (self->jobs));
}

static void
on_add_combination (BfStudyPane *self)
{
  g_auto (GStrv) ids = bf_study_combine_get_ids (self->combination);
  guint row = bf_study_session_add_combination (self->study, (const char *const *) ids);
  GtkListBoxRow *widget = gtk_list_box_get_row_at_index (self->list, (int) row);

  if (widget)
    gtk_widget_grab_focus (GTK_WIDGET (widget));
}

static void
action_choose (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  BfStudyPane *self = BF_STUDY_PANE (widget);
  g_autoptr (GError) error = NULL;

  if (bf_study_session_is_active (self->study))
    return;
  if (!bf_study_session_choose (self->study, g_variant_get_string (parameter, NULL), &error))
    bf_message_show (GTK_WINDOW (gtk_widget_get_root (widget)), _("The Study Could Not Be Opened"), error->message);
}

static void
action_save (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  g_signal_emit (widget, signals[SAVE], 0);
}

static void
action_check (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  BfStudyPane *self = BF_STUDY_PANE (widget);

  if (!bf_study_session_is_active (self->study))
    bf_study_session_set_all_chosen (self->study, g_variant_get_boolean (parameter));
}

static void
add_choice (GMenu      *menu,
            const char *label,
            const char *id)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "study.choose", "s", id);
  g_menu_append_item (menu, item);
}

static GMenuModel *
make_menu (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) studies = g_menu_new (), check = g_menu_new (), files = g_menu_new ();
  g_auto (GStrv) ids = bf_studies_list (NULL);

  add_choice (studies, _("_This Experiment"), BF_STUDY_THIS);
  for (guint i = 0; ids && ids[i]; i++)
    {
      g_autoptr (BfStudy) study = bf_study_load_any (ids[i], NULL, NULL);

      if (study)
        add_choice (studies, study->name, ids[i]);
    }
  g_menu_append (check, _("Check _All Rows"), "study.check(true)");
  g_menu_append (check, _("Check _No Row"), "study.check(false)");
  g_menu_append (files, _("_Open Study…"), "win.open");
  g_menu_append (files, _("_Save Study…"), "study.save");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (studies));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (check));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (files));
  return G_MENU_MODEL (menu);
}

static void
bf_study_pane_dispose (GObject *object)
{
  BfStudyPane *self = BF_STUDY_PANE (object);

  bf_study_pane_set_study (self, NULL);
  bf_throttle_clear (&self->refreshing);
  G_OBJECT_CLASS (bf_study_pane_parent_class)->dispose (object);
}

static void
bf_study_pane_class_init (BfStudyPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_study_pane_dispose;
  signals[SAVE] = g_signal_new ("save", BF_TYPE_STUDY_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (BF_TYPE_STUDY_COMBINE);
  gtk_widget_class_install_action (widget_class, "study.choose", "s", action_choose);
  gtk_widget_class_install_action (widget_class, "study.save", NULL, action_save);
  gtk_widget_class_install_action (widget_class, "study.check", "b", action_check);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/study-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, BfStudyPane, study_button);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPane, study_name);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPane, summary);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPane, list);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPane, combine);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPane, combination);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPane, numbers);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPane, seeds);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPane, epochs);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPane, jobs);
  gtk_widget_class_bind_template_child (widget_class, BfStudyPane, start);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_numbers_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_add_combination);
}

static void
bf_study_pane_init (BfStudyPane *self)
{
  g_autoptr (GMenuModel) menu = make_menu ();

  self->updating = TRUE;   /* the numbers are not the user's yet */
  gtk_widget_init_template (GTK_WIDGET (self));
  bf_throttle_init (&self->refreshing, 4, refresh_rows, self);
  gtk_menu_button_set_menu_model (self->study_button, menu);
  bf_number_spin_prepare (self->seeds, 1, BF_STUDY_MAX_SEEDS, 3, TRUE);
  bf_number_spin_prepare (self->epochs, 1, BF_MAX_EPOCHS, 10, TRUE);
  bf_number_spin_prepare (self->jobs, 1, g_get_num_processors (), 1, TRUE);
  self->updating = FALSE;
}

void
bf_study_pane_set_study (BfStudyPane    *self,
                         BfStudySession *study)
{
  g_return_if_fail (BF_IS_STUDY_PANE (self));

  if (self->study)
    g_signal_handlers_disconnect_by_data (self->study, self);
  if (!g_set_object (&self->study, study) || !study)
    return;
  g_signal_connect_swapped (study, "rows-changed", G_CALLBACK (show_rows), self);
  g_signal_connect_swapped (study, "changed", G_CALLBACK (show_numbers), self);
  g_signal_connect_swapped (study, "state-changed", G_CALLBACK (show_state), self);
  g_signal_connect_swapped (study, "updated", G_CALLBACK (on_updated), self);
  show_rows (self);
  show_numbers (self);
  show_state (self);
}
