/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The window's study: composed in the right pane, at work beside the laboratory, shown in the
 * Compare view. It is polled with the session.
 */
#include <glib/gi18n-lib.h>

#include "bf-file-dialog.h"
#include "bf-message.h"
#include "bf-window-private.h"
#include "../lab/bf-study.h"

static void
enable (BfWindow   *self,
        const char *name,
        gboolean    enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->run_actions), name)), enabled);
}

static void
update_actions (BfWindow *self)
{
  gboolean active = bf_study_session_is_active (self->study);

  enable (self, "study-start", !active && bf_study_session_count_chosen (self->study) > 0);
  enable (self, "study-pause", active);
  enable (self, "study-cancel", active);
}

/* The table and the figures of the study, in the Compare view. */
static void
show_page (BfWindow *self)
{
  bf_centre_set_view (self->centre, "compare");
  bf_compare_view_set_page (bf_centre_get_compare (self->centre), "study");
}

gboolean
bf_window_shows_study (BfWindow *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->right_stack), "study") == 0;
}

static void
on_try_remedies (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       data)
{
  BfWindow *self = data;

  gtk_stack_set_visible_child_name (self->right_stack, "study");
  show_page (self);
  bf_window_show_side (self, BF_SIDE_RIGHT, TRUE);
  gtk_widget_child_focus (GTK_WIDGET (self->study_pane), GTK_DIR_TAB_FORWARD);
}

/* The same with nothing checked but these remedies, as on the command line ("activation:function=relu"), and none. */
static void
on_try_these (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  BfWindow *self = data;
  g_autofree const char **remedies = g_variant_get_strv (parameter, NULL);

  if (!bf_study_session_is_active (self->study))
    bf_study_session_choose_these (self->study, remedies);
  g_action_group_activate_action (G_ACTION_GROUP (self), "try-remedies", NULL);
}

static void
on_show_laboratory (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       data)
{
  BfWindow *self = data;

  gtk_stack_set_visible_child_name (self->right_stack, "lab");
  gtk_widget_child_focus (self->right, GTK_DIR_TAB_FORWARD);
}

static void
on_show_study (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       data)
{
  show_page (data);
}

static void
on_start (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       data)
{
  BfWindow *self = data;

  bf_study_session_start (self->study);
  show_page (self);
  bf_window_close_overlays (self);
  bf_window_watch (self);
}

static void
on_pause (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       data)
{
  BfWindow *self = data;

  bf_study_session_set_paused (self->study, bf_study_session_get_state (self->study) == BF_STUDY_RUNNING);
  bf_window_watch (self);
}

static void
on_cancel (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       data)
{
  bf_study_session_cancel (((BfWindow *) data)->study);
}

static gboolean
is_page_shown (BfWindow *self)
{
  GtkWidget *page = GTK_WIDGET (self->study_page);

  return gtk_widget_get_mapped (page);
}

static void
on_state_changed (BfWindow *self)
{
  update_actions (self);
  bf_window_update_train_button (self);
  bf_window_update_title (self);
  if (bf_study_session_get_state (self->study) == BF_STUDY_FINISHED)
    {
      AdwToast *toast = adw_toast_new (_("Study finished"));

      if (!is_page_shown (self))
        {
          adw_toast_set_button_label (toast, _("_Show"));
          adw_toast_set_action_name (toast, "win.show-study");
        }
      bf_centre_add_toast (self->centre, toast);
    }
}

/* A run of the study in the laboratory: its row's experiment with that run's seed and epochs. The
 * window's own, if not saved, stays, and the run gets a window. */
static void
on_open_run (BfStudyPage *page,
             guint        row,
             guint        which,
             BfWindow    *self)
{
  BfStudyQueue *queue = bf_study_session_get_queue (self->study);
  const BfStudyRow *shown = bf_study_queue_get_study (queue)->rows->pdata[row];
  const BfStudyRun *run = bf_study_queue_get_run (queue, row, which);
  g_autoptr (BfSpec) spec = bf_spec_copy (shown->base);
  g_autofree char *text = g_strdup_printf (_("%s: press Train to see this run"), shown->label);

  spec->seed = run->seed;
  if (bf_study_queue_get_study (queue)->epochs > 0)
    spec->epochs = bf_study_queue_get_study (queue)->epochs;
  g_free (spec->name);
  spec->name = g_strdup (shown->label);
  bf_window_open_spec (self, spec, text);
}

/* As a file */

static void
on_save_chosen (GFile    *file,
                gpointer  data)
{
  g_autoptr (BfWindow) self = data;
  g_autoptr (BfStudy) study = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (path == NULL)
    return;
  study = bf_study_session_make_study (self->study);
  if (bf_study_save (study, path, &error))
    bf_centre_toast_saved (self->centre, file);
  else
    bf_message_show (GTK_WINDOW (self), _("The Study Could Not Be Saved"), error->message);
}

static void
on_save (BfWindow *self)
{
  g_autofree char *name = g_strconcat (bf_study_session_get_name (self->study), ".study", NULL);

  bf_file_dialog_save (GTK_WINDOW (self), _("Save Study"), g_strdelimit (name, "/", '-'), on_save_chosen,
                       g_object_ref (self));
}

void
bf_window_open_study (BfWindow *self,
                      BfStudy  *study)
{
  if (bf_study_session_is_active (self->study))
    {
      bf_window_toast (self, _("A study is at work. End it first, or open the file in another window."), FALSE);
      return;
    }
  bf_study_session_open (self->study, study);
  g_action_group_activate_action (G_ACTION_GROUP (self), "try-remedies", NULL);
}

static void
on_go_on (BfWindow *self)
{
  bf_study_session_go_on (self->study);
  gtk_stack_set_visible_child_name (self->right_stack, "study");
  show_page (self);
  bf_window_watch (self);
}

void
bf_window_offer_study (BfWindow *self)
{
  const char *name = bf_study_session_find_left (self->study);
  g_autofree char *text = NULL, *escaped = NULL;
  AdwToast *toast;

  if (name == NULL)
    return;
  /* Translators: a study's name */
  text = g_strdup_printf (_("The study “%s” was under way"), name);
  escaped = g_markup_escape_text (text, -1);
  toast = adw_toast_new (escaped);
  adw_toast_set_button_label (toast, _("_Go On"));
  adw_toast_set_timeout (toast, 0);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_go_on), self, G_CONNECT_SWAPPED);
  bf_centre_add_toast (self->centre, toast);
}

void
bf_window_init_study (BfWindow *self)
{
  static const GActionEntry window_actions[] = {
    { "show-laboratory", on_show_laboratory },
    { "show-study", on_show_study },
    { "try-remedies", on_try_remedies },
    { "try-these", on_try_these, "as" },
  };
  static const GActionEntry run_actions[] = {
    { "study-cancel", on_cancel },
    { "study-pause", on_pause },
    { "study-start", on_start },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), window_actions, G_N_ELEMENTS (window_actions), self);
  g_action_map_add_action_entries (G_ACTION_MAP (self->run_actions), run_actions, G_N_ELEMENTS (run_actions), self);
  self->study_page = BF_STUDY_PAGE (bf_study_page_new ());
  bf_compare_view_set_study_page (bf_centre_get_compare (self->centre), GTK_WIDGET (self->study_page));
  g_signal_connect_object (self->study_page, "open-run", G_CALLBACK (on_open_run), self, 0);
  g_signal_connect_object (self->study_page, "map", G_CALLBACK (bf_window_update_title), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->study_page, "unmap", G_CALLBACK (bf_window_update_title), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->study_pane, "save", G_CALLBACK (on_save), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->right_stack, "notify::visible-child", G_CALLBACK (bf_window_update_train_button), self,
                           G_CONNECT_SWAPPED);
}

void
bf_window_set_study (BfWindow       *self,
                     BfStudySession *study)
{
  self->study = study;
  bf_study_pane_set_study (self->study_pane, study);
  bf_study_page_set_study (self->study_page, study);
  bf_status_bar_set_study (self->status_bar, study);
  g_signal_connect_object (study, "changed", G_CALLBACK (update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (study, "state-changed", G_CALLBACK (on_state_changed), self, G_CONNECT_SWAPPED);
  update_actions (self);
}
