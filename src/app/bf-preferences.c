/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-preferences.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "bf-figure-choices.h"
#include "bf-file-dialog.h"
#include "bf-preferences-private.h"
#include "../engine/bf-trainer.h"
#include "../lab/bf-settings.h"

struct _BfPreferences
{
  AdwPreferencesWindow parent_instance;

  AdwActionRow *threads_row;
  GtkSpinButton *threads;
  GtkSwitch *subnormals;
  AdwActionRow *notebook_row;
  GtkWidget *notebook_reset;
  AdwComboRow *format_row;
  AdwComboRow *size_row;
  AdwComboRow *style_row;
  GtkSpinButton *resolution;
  GtkSpinButton *text_size;
  AdwPreferencesGroup *thresholds;
  GtkWidget *thresholds_reset;
  BfPreferencesThresholds rows;
};

G_DEFINE_FINAL_TYPE (BfPreferences, bf_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* 0 threads: as many as the program finds best. */
static gboolean
on_threads_output (GtkSpinButton *spin,
                   BfPreferences *self)
{
  if (gtk_spin_button_get_value (spin) > 0)
    return FALSE;
  gtk_editable_set_text (GTK_EDITABLE (spin), _("Automatic"));
  return TRUE;
}

static int
on_threads_input (GtkSpinButton *spin,
                  double        *value,
                  BfPreferences *self)
{
  *value = g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (spin)), _("Automatic")) == 0
             ? 0 : g_strtod (gtk_editable_get_text (GTK_EDITABLE (spin)), NULL);
  return TRUE;
}

static void
show_notebook (BfPreferences *self)
{
  g_autofree char *folder = bf_settings_dup_notebook_folder (bf_settings_get ());
  g_autofree char *escaped = g_markup_escape_text (folder, -1);

  adw_action_row_set_subtitle (self->notebook_row, escaped);
  gtk_widget_set_visible (self->notebook_reset, *bf_settings_get_text (bf_settings_get (), "notebook-folder") != '\0');
}

static void
on_folder_chosen (GFile    *file,
                  gpointer  data)
{
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (path)
    bf_settings_set_text (bf_settings_get (), "notebook-folder", path);
}

static void
on_notebook_choose (BfPreferences *self)
{
  bf_file_dialog_open_folder (GTK_WINDOW (self), _("Folder of the Notebook"), on_folder_chosen, NULL);
}

static void
on_notebook_reset (BfPreferences *self)
{
  bf_settings_set_text (bf_settings_get (), "notebook-folder", "");
}

static gboolean
id_to_place (GBinding     *binding,
             const GValue *id,
             GValue       *place,
             gpointer      choice)
{
  g_value_set_uint (place, bf_figure_choice_find (GPOINTER_TO_INT (choice), g_value_get_string (id)));
  return TRUE;
}

static gboolean
place_to_id (GBinding     *binding,
             const GValue *place,
             GValue       *id,
             gpointer      choice)
{
  if (g_value_get_uint (place) == GTK_INVALID_LIST_POSITION)
    return FALSE;
  g_value_set_string (id, bf_figure_choice_get_id (GPOINTER_TO_INT (choice), g_value_get_uint (place)));
  return TRUE;
}

static void
bind_choice (AdwComboRow    *row,
             BfFigureChoice  choice,
             const char     *setting)
{
  g_autoptr (GtkStringList) list = bf_figure_choice_list (choice);

  adw_combo_row_set_model (row, G_LIST_MODEL (list));
  g_object_bind_property_full (bf_settings_get (), setting, row, "selected",
                               G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE,
                               id_to_place, place_to_id, GINT_TO_POINTER (choice), NULL);
}

static void
bind_spin (GtkSpinButton *spin,
           const char    *setting)
{
  g_object_bind_property (bf_settings_get (), setting, gtk_spin_button_get_adjustment (spin), "value",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

static void
on_thresholds_reset (BfPreferences *self)
{
  bf_settings_set_text (bf_settings_get (), "thresholds", "");
}

static void
bf_preferences_dispose (GObject *object)
{
  bf_preferences_thresholds_clear (&BF_PREFERENCES (object)->rows);
  G_OBJECT_CLASS (bf_preferences_parent_class)->dispose (object);
}

static void
bf_preferences_class_init (BfPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_preferences_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, BfPreferences, threads_row);
  gtk_widget_class_bind_template_child (widget_class, BfPreferences, threads);
  gtk_widget_class_bind_template_child (widget_class, BfPreferences, subnormals);
  gtk_widget_class_bind_template_child (widget_class, BfPreferences, notebook_row);
  gtk_widget_class_bind_template_child (widget_class, BfPreferences, notebook_reset);
  gtk_widget_class_bind_template_child (widget_class, BfPreferences, format_row);
  gtk_widget_class_bind_template_child (widget_class, BfPreferences, size_row);
  gtk_widget_class_bind_template_child (widget_class, BfPreferences, style_row);
  gtk_widget_class_bind_template_child (widget_class, BfPreferences, resolution);
  gtk_widget_class_bind_template_child (widget_class, BfPreferences, text_size);
  gtk_widget_class_bind_template_child (widget_class, BfPreferences, thresholds);
  gtk_widget_class_bind_template_child (widget_class, BfPreferences, thresholds_reset);
  gtk_widget_class_bind_template_callback (widget_class, on_thresholds_reset);
  gtk_widget_class_bind_template_callback (widget_class, on_threads_input);
  gtk_widget_class_bind_template_callback (widget_class, on_threads_output);
  gtk_widget_class_bind_template_callback (widget_class, on_notebook_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_notebook_reset);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bf_preferences_init (BfPreferences *self)
{
  guint threads = bf_trainer_get_default_threads ();
  g_autofree char *automatic = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  /* Translators: how many threads "Automatic" means on this computer */
  automatic = g_strdup_printf (_("Share one training step. “Automatic” is %u here; new runs take the number over."), threads);
  adw_action_row_set_subtitle (self->threads_row, automatic);
  self->rows = (BfPreferencesThresholds) { .group = self->thresholds, .reset = self->thresholds_reset };
  bf_preferences_thresholds_init (&self->rows);
  bind_spin (self->threads, "threads");
  bind_spin (self->resolution, "figure-resolution");
  bind_spin (self->text_size, "figure-text-size");
  g_object_bind_property (bf_settings_get (), "subnormals", self->subnormals, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  bind_choice (self->format_row, BF_CHOICE_FORMAT, "figure-format");
  bind_choice (self->size_row, BF_CHOICE_SIZE, "figure-size");
  bind_choice (self->style_row, BF_CHOICE_STYLE, "figure-style");
  g_signal_connect_object (bf_settings_get (), "notify::notebook-folder", G_CALLBACK (show_notebook), self,
                           G_CONNECT_SWAPPED);
  show_notebook (self);
}

void
bf_preferences_present (GtkWindow *parent)
{
  GtkWindow *window = g_object_new (BF_TYPE_PREFERENCES, "transient-for", parent, "modal", parent != NULL, NULL);

  gtk_window_present (window);
}
