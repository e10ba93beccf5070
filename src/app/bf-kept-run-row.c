/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-kept-run.h"

#include "bf-family-mark.h"
#include "../report/bf-family.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "../engine/bf-format.h"

struct _BfKeptRunRow
{
  GtkBox parent_instance;

  BfFamilyMark *mark;
  GtkStack *names;
  GtkLabel *title;
  GtkLabel *remark;
  GtkEntry *entry;
  GtkLabel *accuracy;
  GtkLabel *when;
  GtkToggleButton *star;
  GtkMenuButton *menu;

  BfKeptRun *run;      /* owned, or NULL */
  gboolean showing;    /* what the widgets say comes from the run, not from the user */
};

G_DEFINE_FINAL_TYPE (BfKeptRunRow, bf_kept_run_row, GTK_TYPE_BOX)

void
bf_star_show (GtkToggleButton *button,
              gboolean         star,
              const char      *name)
{
  /* Translators: a run's name */
  g_autofree char *label = g_strdup_printf (star ? _("Remove the star from %s") : _("Give %s a star"), name);

  gtk_toggle_button_set_active (button, star);
  gtk_button_set_icon_name (GTK_BUTTON (button), star ? "starred-symbolic" : "non-starred-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
on_star (BfKeptRunRow *self)
{
  if (self->showing || self->run == NULL)
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "kept.star", "(sb)", bf_kept_run_get_entry (self->run)->uuid,
                              gtk_toggle_button_get_active (self->star));
}

/* Ends the editing of the name; an empty one changes nothing. */
static void
end_renaming (BfKeptRunRow *self,
              gboolean      take)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  g_autoptr (BfKeptRun) run = self->run ? g_object_ref (self->run) : NULL;

  if (run == NULL || !bf_kept_run_get_renaming (run))
    return;
  bf_kept_run_set_renaming (run, FALSE);
  if (take && *name && !g_str_equal (name, bf_kept_run_get_entry (run)->name))
    gtk_widget_activate_action (GTK_WIDGET (self), "kept.name", "(ss)", bf_kept_run_get_entry (run)->uuid, name);
}

static void
on_name_given (BfKeptRunRow *self)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));

  end_renaming (self, TRUE);
  gtk_widget_grab_focus (item);
}

static void
on_entry_left (BfKeptRunRow *self)
{
  end_renaming (self, TRUE);
}

static gboolean
on_entry_key (GtkEventControllerKey *keys,
              guint                  keyval,
              guint                  keycode,
              GdkModifierType        state,
              BfKeptRunRow          *self)
{
  if (keyval != GDK_KEY_Escape)
    return FALSE;
  end_renaming (self, FALSE);
  gtk_widget_grab_focus (gtk_widget_get_parent (GTK_WIDGET (self)));
  return TRUE;
}

static void
show_name (BfKeptRunRow *self)
{
  const BfNotebookEntry *entry = bf_kept_run_get_entry (self->run);
  const gboolean renaming = bf_kept_run_get_renaming (self->run);
  const gboolean was = g_strcmp0 (gtk_stack_get_visible_child_name (self->names), "entry") == 0;

  gtk_label_set_label (self->title, entry->name);
  gtk_stack_set_visible_child_name (self->names, renaming ? "entry" : "names");
  if (renaming && !was)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->entry), entry->name);
      gtk_widget_grab_focus (GTK_WIDGET (self->entry));
    }
}

static char *
format_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (seconds), now = g_date_time_new_now_local ();
  const gboolean today = g_date_time_get_year (time) == g_date_time_get_year (now)
                         && g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (now);

  return g_date_time_format (time, today ? "%H:%M" : "%x");
}

/* The focus is on the list's own widget around the row. */
static void
show_label (BfKeptRunRow *self)
{
  const BfNotebookEntry *entry = bf_kept_run_get_entry (self->run);
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));

  if (item)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, entry->name,
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, gtk_label_get_label (self->remark), -1);
}

static void
show (BfKeptRunRow *self)
{
  const BfNotebookEntry *entry = bf_kept_run_get_entry (self->run);
  const double accuracy = isnan (entry->test_accuracy) ? entry->accuracy : entry->test_accuracy;
  g_autofree char *remark = bf_kept_run_describe (entry), *when = format_time (entry->created);
  g_autofree char *percent = isnan (accuracy) ? g_strdup ("") : bf_format_percent (accuracy);
  /* Translators: a run's name */
  g_autofree char *more = g_strdup_printf (_("More about %s"), entry->name);

  self->showing = TRUE;
  show_name (self);
  bf_family_mark_set (self->mark, bf_family_from_id (entry->family), FALSE);
  gtk_label_set_label (self->remark, remark);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->remark), remark);
  gtk_label_set_label (self->accuracy, percent);
  gtk_label_set_label (self->when, when);
  show_label (self);
  bf_star_show (self->star, entry->star, entry->name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->menu), more);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, more, -1);
  self->showing = FALSE;
}

static void
kept_run_row_dispose (GObject *object)
{
  bf_kept_run_row_set_run (BF_KEPT_RUN_ROW (object), NULL);
  G_OBJECT_CLASS (bf_kept_run_row_parent_class)->dispose (object);
}

static void
bf_kept_run_row_class_init (BfKeptRunRowClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = kept_run_row_dispose;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/kept-run-row.ui");
  gtk_widget_class_bind_template_child (widget, BfKeptRunRow, mark);
  gtk_widget_class_bind_template_child (widget, BfKeptRunRow, names);
  gtk_widget_class_bind_template_child (widget, BfKeptRunRow, title);
  gtk_widget_class_bind_template_child (widget, BfKeptRunRow, remark);
  gtk_widget_class_bind_template_child (widget, BfKeptRunRow, entry);
  gtk_widget_class_bind_template_child (widget, BfKeptRunRow, accuracy);
  gtk_widget_class_bind_template_child (widget, BfKeptRunRow, when);
  gtk_widget_class_bind_template_child (widget, BfKeptRunRow, star);
  gtk_widget_class_bind_template_child (widget, BfKeptRunRow, menu);
  gtk_widget_class_bind_template_callback (widget, on_star);
  gtk_widget_class_bind_template_callback (widget, on_name_given);
  gtk_widget_class_bind_template_callback (widget, on_entry_left);
  gtk_widget_class_bind_template_callback (widget, on_entry_key);
}

static void
on_parent (BfKeptRunRow *self)
{
  if (self->run)
    show_label (self);
}

static void
bf_kept_run_row_init (BfKeptRunRow *self)
{
  g_type_ensure (BF_TYPE_FAMILY_MARK);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::parent", G_CALLBACK (on_parent), NULL);
}

GtkWidget *
bf_kept_run_row_new (void)
{
  return g_object_new (BF_TYPE_KEPT_RUN_ROW, NULL);
}

void
bf_kept_run_row_set_run (BfKeptRunRow *self,
                         BfKeptRun    *run)
{
  g_autoptr (GMenuModel) menu = NULL;
  const char *uuid = run ? bf_kept_run_get_entry (run)->uuid : NULL;

  if (self->run)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_set_object (&self->run, run);
  if (run == NULL)
    return;
  menu = bf_kept_run_make_menu (uuid, "runs.rename", "runs.delete", g_variant_new_string (uuid), TRUE);
  gtk_menu_button_set_menu_model (self->menu, menu);
  g_signal_connect_swapped (run, "changed", G_CALLBACK (show), self);
  show (self);
}
