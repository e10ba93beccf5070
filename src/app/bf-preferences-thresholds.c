/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The page Diagnosis: a row for every threshold of the table, with where its number comes from.
 */
#include "bf-preferences-private.h"

#include <glib/gi18n-lib.h>

#include "bf-number-spin.h"
#include "../lab/bf-settings.h"
#include "../lab/bf-thresholds.h"

static BfOptions *
read_options (void)
{
  return bf_thresholds_parse (bf_settings_get_text (bf_settings_get (), "thresholds"));
}

static void
on_value (GtkSpinButton *spin,
          const char    *id)
{
  g_autoptr (BfOptions) options = read_options ();
  g_autofree char *text = NULL;

  /* What is shown is rounded; a value that only looks the same is not set. */
  if (!bf_options_set_number (options, id, gtk_spin_button_get_value (spin), NULL))
    return;
  text = bf_thresholds_print (options);
  bf_settings_set_text (bf_settings_get (), "thresholds", text);
}

/* The spin buttons follow the setting. */
static void
on_setting (BfPreferencesThresholds *self)
{
  g_autoptr (BfOptions) options = read_options ();

  for (guint i = 0; i < self->spins->len; i++)
    {
      GtkSpinButton *spin = self->spins->pdata[i];
      const char *id = g_object_get_data (G_OBJECT (spin), "id");

      if (gtk_spin_button_get_value (spin) != bf_options_number (options, id))
        {
          g_signal_handlers_block_by_func (spin, on_value, (gpointer) id);
          bf_number_spin_set (spin, bf_options_number (options, id));
          g_signal_handlers_unblock_by_func (spin, on_value, (gpointer) id);
        }
    }
  gtk_widget_set_sensitive (self->reset, *bf_settings_get_text (bf_settings_get (), "thresholds") != '\0');
}

static void
add_row (BfPreferencesThresholds *self,
         const BfParam           *param)
{
  GtkWidget *row = adw_action_row_new (), *spin = bf_number_spin_new_for (param);
  g_autofree char *source = g_markup_escape_text (bf_threshold_get_source (param->id), -1);
  const char *name = g_dgettext (GETTEXT_PACKAGE, param->name);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), source);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  g_object_set_data (G_OBJECT (spin), "id", (gpointer) param->id);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (spin, "value-changed", G_CALLBACK (on_value), (gpointer) param->id);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), spin);
  adw_preferences_group_add (self->group, row);
  g_ptr_array_add (self->spins, spin);
}

void
bf_preferences_thresholds_init (BfPreferencesThresholds *self)
{
  self->spins = g_ptr_array_new ();
  for (const BfParam *param = bf_thresholds_kind ()->params; param->id; param++)
    add_row (self, param);
  self->handler = g_signal_connect_swapped (bf_settings_get (), "notify::thresholds", G_CALLBACK (on_setting), self);
  on_setting (self);
}

void
bf_preferences_thresholds_clear (BfPreferencesThresholds *self)
{
  g_clear_signal_handler (&self->handler, bf_settings_get ());
  g_clear_pointer (&self->spins, g_ptr_array_unref);
}
