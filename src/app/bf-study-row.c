/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-study-row.h"

#include <glib/gi18n-lib.h>

#include "bf-study-words.h"

struct _BfStudyRowWidget
{
  GtkListBoxRow parent_instance;

  GtkCheckButton *check;
  GtkLabel *name;
  GtkStack *sign;      /* "none", "icon", "spinner" */
  GtkImage *icon;
  GtkSpinner *spinner;

  BfStudySession *study;   /* owned */
  guint row;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (BfStudyRowWidget, bf_study_row_widget, GTK_TYPE_LIST_BOX_ROW)

static const char *const icons[BF_N_STUDY_PROGRESS] = {
  [BF_STUDY_PROGRESS_WAITING] = "content-loading-symbolic",
  [BF_STUDY_PROGRESS_COMPLETE] = "emblem-ok-symbolic",
  [BF_STUDY_PROGRESS_DIVERGED] = "dialog-warning-symbolic",
  [BF_STUDY_PROGRESS_FAILED] = "dialog-error-symbolic",
  [BF_STUDY_PROGRESS_CANCELLED] = "process-stop-symbolic",
};

static void
show_sign (BfStudyRowWidget *self)
{
  BfStudyQueue *queue = bf_study_session_get_queue (self->study);
  int place = bf_study_session_find_place (self->study, self->row);
  BfStudyProgress progress = place >= 0 && queue ? bf_study_get_progress (queue, (guint) place) : BF_STUDY_PROGRESS_NONE;
  const char *word = bf_study_progress_get_word (progress);

  gtk_spinner_set_spinning (self->spinner, progress == BF_STUDY_PROGRESS_TRAINING);
  if (icons[progress])
    gtk_image_set_from_icon_name (self->icon, icons[progress]);
  gtk_stack_set_visible_child_name (self->sign, progress == BF_STUDY_PROGRESS_TRAINING ? "spinner" : icons[progress] ? "icon" : "none");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->sign), word);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, word ? word : "", -1);
}

void
bf_study_row_widget_refresh (BfStudyRowWidget *self)
{
  gboolean active;

  g_return_if_fail (BF_IS_STUDY_ROW_WIDGET (self));

  if (self->row >= bf_study_session_get_n_rows (self->study))
    return;
  active = bf_study_session_is_active (self->study);
  self->updating = TRUE;
  gtk_check_button_set_active (self->check, bf_study_session_get_chosen (self->study, self->row));
  gtk_widget_set_sensitive (GTK_WIDGET (self->check), !active);
  self->updating = FALSE;
  show_sign (self);
}

void
bf_study_row_widget_toggle (BfStudyRowWidget *self)
{
  g_return_if_fail (BF_IS_STUDY_ROW_WIDGET (self));

  if (!bf_study_session_is_active (self->study))
    bf_study_session_set_chosen (self->study, self->row, !bf_study_session_get_chosen (self->study, self->row));
}

static void
on_toggled (BfStudyRowWidget *self)
{
  if (!self->updating)
    bf_study_session_set_chosen (self->study, self->row, gtk_check_button_get_active (self->check));
}

static void
bf_study_row_widget_dispose (GObject *object)
{
  BfStudyRowWidget *self = BF_STUDY_ROW_WIDGET (object);

  g_clear_object (&self->study);
  G_OBJECT_CLASS (bf_study_row_widget_parent_class)->dispose (object);
}

static void
bf_study_row_widget_class_init (BfStudyRowWidgetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_study_row_widget_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/study-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BfStudyRowWidget, check);
  gtk_widget_class_bind_template_child (widget_class, BfStudyRowWidget, name);
  gtk_widget_class_bind_template_child (widget_class, BfStudyRowWidget, sign);
  gtk_widget_class_bind_template_child (widget_class, BfStudyRowWidget, icon);
  gtk_widget_class_bind_template_child (widget_class, BfStudyRowWidget, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
}

static void
bf_study_row_widget_init (BfStudyRowWidget *self)
{
  self->updating = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->updating = FALSE;
}

GtkWidget *
bf_study_row_widget_new (BfStudySession *study,
                         guint           row)
{
  BfStudyRowWidget *self = g_object_new (BF_TYPE_STUDY_ROW_WIDGET, NULL);
  const char *label = bf_study_session_get_row (study, row)->label;

  self->study = g_object_ref (study);
  self->row = row;
  gtk_label_set_label (self->name, label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  bf_study_row_widget_refresh (self);
  return GTK_WIDGET (self);
}
