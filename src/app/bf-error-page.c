/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-error-page.h"

#include "bf-file-dialog.h"

#include <glib/gi18n-lib.h>

struct _BfErrorPage
{
  AdwBin parent_instance;

  AdwStatusPage *page;
  GtkButton *choose_data;
  BfSession *session;
};

G_DEFINE_FINAL_TYPE (BfErrorPage, bf_error_page, ADW_TYPE_BIN)

/* What stands in the way of a picture, in plain words; NULL: nothing. */
static const char *
error_page_get_words (BfErrorPage  *self,
                      const char  **title)
{
  BfPlan *plan = bf_session_get_plan (self->session);
  BfSessionRun *run = bf_session_get_current (self->session);
  const GError *error = run ? bf_run_get_error (run->run) : NULL;
  *title = plan->n_layers == 0 ? _("No Layers") : plan->error ? _("This Network Cannot Be Trained") : _("Could Not Start");
  if (plan->n_layers == 0)
    return _("Add a layer, or open a ready-made experiment.");
  if (plan->error)
    return plan->error;
  return bf_session_get_state (self->session) == BF_RUN_FAILED && error ? error->message : NULL;
}

/* The parameter that names the file or folder that a source reads; NULL: it makes its data. */
static const char *
get_data_place (const BfSpec *spec)
{
  static const char *const places[] = { "file", "folder" };
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (bf_kind_find_param (bf_options_get_kind (spec->data), places[i]))
      return places[i];
  return NULL;
}

static void
on_data_chosen (GFile    *file,
                gpointer  data)
{
  g_autoptr (BfErrorPage) self = data;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;
  if (!path || !self->session)
    return;
  BfExperiment *experiment = bf_session_get_experiment (self->session);
  g_autoptr (BfSpec) spec = bf_experiment_copy_spec (experiment);
  const char *place = get_data_place (spec);
  if (place && bf_options_set_text (spec->data, place, path, NULL))
    bf_experiment_edit (experiment, g_steal_pointer (&spec), _("Data"), NULL);
}

static void
on_choose_data (BfErrorPage *self)
{
  const char *place = get_data_place (bf_experiment_get_spec (bf_session_get_experiment (self->session)));
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  if (g_strcmp0 (place, "folder") == 0)
    bf_file_dialog_open_folder (window, _("Choose a Data Folder"), on_data_chosen, g_object_ref (self));
  else if (place)
    bf_file_dialog_open (window, _("Choose a Data File"), NULL, NULL, on_data_chosen, g_object_ref (self));
}

/* Data that cannot be read is put right here. */
static void
error_page_show_choice (BfErrorPage *self)
{
  const char *place = get_data_place (bf_experiment_get_spec (bf_session_get_experiment (self->session)));
  gboolean unread = place && bf_session_get_state (self->session) == BF_RUN_FAILED && !bf_session_get_plan (self->session)->error;
  gtk_widget_set_visible (GTK_WIDGET (self->choose_data), unread);
  gtk_button_set_label (self->choose_data, g_strcmp0 (place, "folder") == 0 ? _("_Choose Another Folder…") : _("_Choose Another File…"));
}

static void
error_page_dispose (GObject *object)
{
  g_clear_object (&BF_ERROR_PAGE (object)->session);
  G_OBJECT_CLASS (bf_error_page_parent_class)->dispose (object);
}

static void
bf_error_page_class_init (BfErrorPageClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = error_page_dispose;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/error-page.ui");
  gtk_widget_class_bind_template_child (widget, BfErrorPage, page);
  gtk_widget_class_bind_template_child (widget, BfErrorPage, choose_data);
  gtk_widget_class_bind_template_callback (widget, on_choose_data);
}

static void
bf_error_page_init (BfErrorPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
bf_error_page_set_session (BfErrorPage *self,
                           BfSession   *session)
{
  g_return_if_fail (BF_IS_ERROR_PAGE (self));

  g_set_object (&self->session, session);
}

gboolean
bf_error_page_update (BfErrorPage *self)
{
  g_return_val_if_fail (BF_IS_ERROR_PAGE (self) && self->session, FALSE);

  const char *title, *sentence = error_page_get_words (self, &title);
  if (!sentence)
    return FALSE;
  g_autofree char *markup = g_markup_escape_text (sentence, -1);
  adw_status_page_set_title (self->page, title);
  adw_status_page_set_description (self->page, markup);
  error_page_show_choice (self);
  return TRUE;
}
