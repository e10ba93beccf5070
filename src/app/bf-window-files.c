/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Experiments from files and into files. A figure carries its experiment, so a PNG, SVG or PDF
 * opens like a .backflow file.
 */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "bf-file-dialog.h"
#include "bf-message.h"
#include "bf-window-private.h"
#include "../lab/bf-file.h"
#include "../lab/bf-settings.h"
#include "../plot/bf-export.h"

#define MOST_BYTES (64 * 1024 * 1024)   /* of a file to open: a figure at a high resolution */

static gboolean
is_figure (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return (size > 4 && (memcmp (data, "\x89PNG", 4) == 0 || memcmp (data, "%PDF", 4) == 0))
         || (size > 0 && g_strstr_len (data, MIN (size, 1024), "<svg") != NULL);
}

static GBytes *
read_file (GFile   *file,
           GError **error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                                                  G_FILE_QUERY_INFO_NONE, NULL, error);

  if (info == NULL)
    return NULL;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY || g_file_info_get_size (info) > MOST_BYTES)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                   _("It is a folder, or too large for an experiment or a figure. Choose a .backflow, PNG, SVG or PDF file."));
      return NULL;
    }
  return g_file_load_bytes (file, NULL, NULL, error);
}

/* The experiment in a file; *figure: it came with a figure, so the file is not its home. */
static BfSpec *
read_spec (GFile     *file,
           gboolean  *figure,
           GStrv     *warnings,
           GError   **error)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GBytes) bytes = read_file (file, error);
  g_autofree char *text = NULL;

  if (bytes == NULL)
    return NULL;
  *figure = is_figure (bytes);
  if (!*figure)
    return bf_file_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), name, warnings, error);
  text = bf_export_read_experiment (bytes, name, error);
  return text ? bf_file_parse (text, -1, name, warnings, error) : NULL;
}

BfWindow *
bf_window_choose_window (BfWindow *self)
{
  BfWindow *other;

  if (!bf_experiment_get_modified (bf_session_get_experiment (self->session)))
    return self;
  other = bf_window_new (gtk_window_get_application (GTK_WINDOW (self)));
  gtk_window_present (GTK_WINDOW (other));
  return other;
}

static void
open_study (BfWindow   *self,
            GFile      *file,
            const char *name)
{
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) warnings = NULL;
  g_autoptr (BfStudy) study = path ? bf_study_load_any (path, &warnings, &error) : NULL;

  if (study == NULL)
    {
      g_autofree char *heading = g_strdup_printf (_("“%s” Could Not Be Opened"), name);

      bf_message_show (GTK_WINDOW (self), heading, error ? error->message : _("Copy it to this computer first."));
      return;
    }
  bf_window_open_study (self, study);
  if (warnings)
    {
      g_autofree char *heading = g_strdup_printf (_("“%s” Was Not Understood in Full"), name);
      g_autofree char *body = g_strjoinv ("\n", warnings);

      bf_message_show (GTK_WINDOW (self), heading, body);
    }
}

void
bf_window_open (BfWindow *self,
                GFile    *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) warnings = NULL;
  g_autoptr (BfSpec) spec = NULL;
  gboolean figure = FALSE;
  BfWindow *window;

  g_return_if_fail (BF_IS_WINDOW (self));

  if (g_str_has_suffix (name, ".study"))
    {
      open_study (self, file, name);
      return;
    }
  if (g_str_has_suffix (name, ".safetensors") && g_file_peek_path (file))
    {
      bf_window_load_weights (self, g_file_peek_path (file));
      return;
    }
  spec = read_spec (file, &figure, &warnings, &error);
  if (spec == NULL)
    {
      g_autofree char *heading = g_strdup_printf (_("“%s” Could Not Be Opened"), name);

      bf_settings_remove_recent (bf_settings_get (), file);
      bf_message_show (GTK_WINDOW (self), heading, error->message);
      return;
    }
  bf_window_add_recent (self, file);
  window = bf_window_choose_window (self);
  bf_experiment_replace (bf_session_get_experiment (window->session), spec, figure ? NULL : file);
  if (warnings)
    {
      g_autofree char *heading = g_strdup_printf (_("“%s” Was Not Understood in Full"), name);
      g_autofree char *body = g_strjoinv ("\n", warnings);

      bf_message_show (GTK_WINDOW (window), heading, body);
    }
}

void
bf_window_prefer (BfSpec *spec)
{
  if (bf_settings_get_int (bf_settings_get (), "subnormals"))
    spec->subnormals = TRUE;
}

void
bf_window_open_spec (BfWindow   *self,
                     BfSpec     *spec,
                     const char *text)
{
  BfWindow *window = bf_window_choose_window (self);

  bf_experiment_replace (bf_session_get_experiment (window->session), spec, NULL);
  bf_window_toast (window, text, FALSE);
}

void
bf_window_open_example (BfWindow   *self,
                        const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_examples_load (id, &error);

  if (spec)
    {
      bf_window_prefer (spec);
      bf_experiment_replace (bf_session_get_experiment (bf_window_choose_window (self)->session), spec, NULL);
    }
  else
    bf_message_show (GTK_WINDOW (self), _("The Experiment Could Not Be Opened"), error->message);
}

static void
on_open_chosen (GFile    *file,
                gpointer  data)
{
  g_autoptr (BfWindow) self = data;

  if (file)
    bf_window_open (self, file);
}

void
bf_window_choose_file (BfWindow *self)
{
  static const char *const patterns[] = { "*.backflow", "*.study", "*.png", "*.svg", "*.pdf", NULL };

  bf_file_dialog_open (GTK_WINDOW (self), _("Open Experiment"), _("Experiments and Figures"), patterns,
                       on_open_chosen, g_object_ref (self));
}

static void
save_to (BfWindow *self,
         GFile    *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GError) error = NULL;

  if (bf_experiment_save (bf_session_get_experiment (self->session), file, &error))
    {
      g_autofree char *text = g_strdup_printf (_("Saved as “%s”"), name);

      bf_window_add_recent (self, file);
      bf_window_toast (self, text, FALSE);
    }
  else
    {
      g_autofree char *heading = g_strdup_printf (_("“%s” Could Not Be Saved"), name);

      bf_message_show (GTK_WINDOW (self), heading, error->message);
    }
}

static void
on_save_chosen (GFile    *file,
                gpointer  data)
{
  g_autoptr (BfWindow) self = data;

  if (file)
    save_to (self, file);
}

void
bf_window_save (BfWindow *self)
{
  GFile *file = bf_experiment_get_file (bf_session_get_experiment (self->session));

  if (file)
    save_to (self, file);
  else
    bf_window_save_as (self);
}

void
bf_window_save_as (BfWindow *self)
{
  BfExperiment *experiment = bf_session_get_experiment (self->session);
  GFile *file = bf_experiment_get_file (experiment);
  const char *name = bf_experiment_get_spec (experiment)->name;
  g_autofree char *suggested = file ? g_file_get_basename (file)
                                    : g_strconcat (name && *name ? name : _("Untitled"), ".backflow", NULL);

  bf_file_dialog_save (GTK_WINDOW (self), _("Save Experiment"), g_strdelimit (suggested, "/", '-'),
                       on_save_chosen, g_object_ref (self));
}

static gboolean
on_drop (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         gpointer       data)
{
  GSList *files = g_value_get_boxed (value);   /* GdkFileList is this list */

  /* A figure let go over its own window was dragged by accident: the run must not go. */
  if (files == NULL || gdk_drop_get_drag (gtk_drop_target_get_current_drop (target)))
    return FALSE;
  for (GSList *file = files; file; file = file->next)
    bf_window_open (data, file->data);
  return TRUE;
}

void
bf_window_init_files (BfWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_autoptr (GPtrArray) examples = bf_examples_list (NULL);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  for (guint i = 0; examples && i < examples->len; i++)
    {
      const BfExample *example = g_ptr_array_index (examples, i);
      g_autoptr (GMenuItem) item = g_menu_item_new (example->name, NULL);

      g_menu_item_set_action_and_target (item, "win.open-example", "s", example->id);
      g_menu_append_item (self->examples_menu, item);
    }
}
