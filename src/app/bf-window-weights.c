/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Weights to and from safetensors files. Loading changes no experiment: it starts a new run with
 * them and keeps the one before.
 */
#include <glib/gi18n-lib.h>

#include "bf-file-dialog.h"
#include "bf-message.h"
#include "bf-window-private.h"
#include "../lab/bf-weights.h"

/* What a thread of its own works on. The thread may let go of its task last, so the window is no part of
 * it, and the run is given back where the answer comes. */
typedef struct
{
  BfRun *run;
  BfPlan *plan;
  char *path;
} Job;

static void
job_free (Job *job)
{
  g_clear_object (&job->run);
  g_clear_pointer (&job->plan, bf_plan_unref);
  g_free (job->path);
  g_free (job);
}

static void
work_save (GTask        *task,
           gpointer      source,
           gpointer      task_data,
           GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;

  if (bf_weights_save (job->run, job->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (BfWindow) self = data;
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_path_get_basename (job->path), *text = NULL;
  gboolean saved = g_task_propagate_boolean (G_TASK (result), &error);

  g_clear_object (&job->run);
  text = g_strdup_printf (saved ? _("Weights saved as “%s”") : _("“%s” Could Not Be Saved"), name);
  if (self->session && saved)
    bf_window_toast (self, text, FALSE);
  else if (self->session)
    bf_message_show (GTK_WINDOW (self), text, error->message);
}

void
bf_window_save_weights (BfWindow   *self,
                        const char *path)
{
  BfSessionRun *run = bf_session_get_current (self->session);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_saved, g_object_ref (self));
  Job *job = g_new0 (Job, 1);

  job->path = g_strdup (path);
  job->run = run ? g_object_ref (run->run) : NULL;
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  if (run)
    g_task_run_in_thread (task, work_save);
  else
    g_task_return_new_error (task, BF_ERROR, BF_ERROR_INVALID, "%s", _("There is no run yet: press Train first."));
  bf_window_watch (self);
}

static void
work_load (GTask        *task,
           gpointer      source,
           gpointer      task_data,
           GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  GPtrArray *weights = bf_weights_load (job->plan, job->path, &error);

  if (weights)
    g_task_return_pointer (task, weights, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (BfWindow) self = data;
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autofree char *name = g_path_get_basename (job->path), *text = NULL, *escaped = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) weights = g_task_propagate_pointer (G_TASK (result), &error);
  AdwToast *toast;

  if (self->session == NULL)
    return;
  if (weights == NULL)
    {
      text = g_strdup_printf (_("The Weights in “%s” Could Not Be Loaded"), name);
      bf_message_show (GTK_WINDOW (self), text, error->message);
      return;
    }
  bf_session_start_with (self->session, weights);
  bf_window_watch (self);
  text = g_strdup_printf (_("A new run starts with the weights of “%s”"), name);
  escaped = g_markup_escape_text (text, -1);
  toast = adw_toast_new (escaped);
  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_action_name (toast, "win.forget-weights");
  bf_centre_add_toast (self->centre, toast);
}

void
bf_window_load_weights (BfWindow   *self,
                        const char *path)
{
  BfPlan *plan = bf_session_get_plan (self->session);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_loaded, g_object_ref (self));
  Job *job = g_new0 (Job, 1);

  job->path = g_strdup (path);
  job->plan = bf_plan_ref (plan);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  if (plan->error)
    g_task_return_new_error (task, BF_ERROR, BF_ERROR_INVALID, "%s", plan->error);
  else
    g_task_run_in_thread (task, work_load);
}

static void
on_save_chosen (GFile    *file,
                gpointer  data)
{
  g_autoptr (BfWindow) self = data;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (path && self->session)
    bf_window_save_weights (self, path);
}

static void
on_load_chosen (GFile    *file,
                gpointer  data)
{
  g_autoptr (BfWindow) self = data;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (path && self->session)
    bf_window_load_weights (self, path);
}

static void
on_save (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  BfWindow *self = data;
  const char *name = bf_experiment_get_spec (bf_session_get_experiment (self->session))->name;
  g_autofree char *suggested = g_strconcat (name && *name ? name : _("Untitled"), ".safetensors", NULL);

  bf_file_dialog_save (GTK_WINDOW (self), _("Save Weights"), g_strdelimit (suggested, "/", '-'),
                       on_save_chosen, g_object_ref (self));
}

static void
on_load (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  static const char *const patterns[] = { "*.safetensors", NULL };

  bf_file_dialog_open (data, _("Load Weights"), _("Weights (safetensors)"), patterns, on_load_chosen, g_object_ref (data));
}

static void
on_forget (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       data)
{
  BfWindow *self = data;

  bf_session_start_with (self->session, NULL);
  bf_window_watch (self);
}

static const GActionEntry actions[] = {
  { "forget-weights", on_forget },
  { "load-weights", on_load },
  { "save-weights", on_save },
};

void
bf_window_init_weights (BfWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
