/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What can be done with a run that is kept, whether it is one of this window's or not: the actions "kept", which the
 * runs menu and the list of all runs share.
 */
#include <glib/gi18n-lib.h>

#include "bf-all-runs.h"
#include "bf-file-dialog.h"
#include "bf-message.h"
#include "bf-window-private.h"
#include "../lab/bf-run-export.h"

/* What a thread of its own writes. It may be let go last there, so the window is no part of it. */
typedef struct
{
  const BfRunExport *export;
  BfNotebook *notebook;
  char *uuid;
  char *path;
} Job;

/* A file chooser's window and what is to be saved, until a file is chosen. */
typedef struct
{
  BfWindow *window;   /* owned */
  const BfRunExport *export;
  char *uuid;
} Choice;

static void
job_free (Job *job)
{
  bf_notebook_unref (job->notebook);
  g_free (job->uuid);
  g_free (job->path);
  g_free (job);
}

static GtkWindow *
get_front (BfWindow *self)
{
  return self->all_runs ? GTK_WINDOW (self->all_runs) : GTK_WINDOW (self);
}

static void
work (GTask        *task,
      gpointer      source,
      gpointer      task_data,
      GCancellable *cancellable)
{
  const Job *job = task_data;
  GError *error = NULL;

  if (bf_run_export_to_file (job->export, job->notebook, job->uuid, job->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (BfWindow) self = data;
  const Job *job = g_task_get_task_data (G_TASK (result));
  g_autofree char *name = g_path_get_basename (job->path), *text = NULL;
  g_autoptr (GError) error = NULL;
  const gboolean saved = g_task_propagate_boolean (G_TASK (result), &error);

  text = g_strdup_printf (saved ? _("Saved as “%s”") : _("“%s” Could Not Be Saved"), name);
  if (self->session == NULL)
    return;
  if (!saved)
    bf_message_show (get_front (self), text, error->message);
  else if (self->all_runs)
    bf_all_runs_add_toast (self->all_runs, text);
  else
    bf_window_toast (self, text, FALSE);
}

void
bf_window_export_run (BfWindow   *self,
                      const char *uuid,
                      const char *kind,
                      const char *path)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_written, g_object_ref (self));
  Job *job = g_new0 (Job, 1);

  job->export = bf_run_export_find (kind);
  job->notebook = bf_notebook_ref (bf_session_get_notebook (self->session));
  job->uuid = g_strdup (uuid);
  job->path = g_strdup (path);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, work);
}

static void
on_chosen (GFile    *file,
           gpointer  data)
{
  Choice *choice = data;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (path && choice->window->session)
    bf_window_export_run (choice->window, choice->uuid, choice->export->id, path);
  g_object_unref (choice->window);
  g_free (choice->uuid);
  g_free (choice);
}

static void
on_export (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       data)
{
  BfWindow *self = data;
  Choice *choice = g_new0 (Choice, 1);
  const char *uuid, *kind;
  g_autofree char *suggested = NULL;
  BfSessionRun *own;

  g_variant_get (parameter, "(&s&s)", &uuid, &kind);
  own = bf_session_find_run (self->session, uuid);
  choice->window = g_object_ref (self);
  choice->export = bf_run_export_find (kind);
  choice->uuid = g_strdup (uuid);
  suggested = g_strconcat (own ? own->label : self->all_runs ? bf_all_runs_get_name (self->all_runs, uuid) : _("Run"),
                           choice->export->extension, NULL);
  bf_file_dialog_save (get_front (self), _(choice->export->title), g_strdelimit (suggested, "/", '-'), on_chosen, choice);
}

static void
on_star (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  BfWindow *self = data;
  BfSessionRun *own;
  const char *uuid;
  gboolean star;

  g_variant_get (parameter, "(&sb)", &uuid, &star);
  own = bf_session_find_run (self->session, uuid);
  if (own)
    bf_session_star_run (self->session, own, star);
  else
    bf_notebook_set_star (bf_session_get_notebook (self->session), uuid, star);
  if (self->all_runs)
    bf_all_runs_update (self->all_runs, uuid, NULL, star);
}

static void
on_name (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  BfWindow *self = data;
  BfSessionRun *own;
  const char *uuid, *name;

  g_variant_get (parameter, "(&s&s)", &uuid, &name);
  own = bf_session_find_run (self->session, uuid);
  if (own)
    bf_session_rename_run (self->session, own, name);
  else
    bf_notebook_rename (bf_session_get_notebook (self->session), uuid, name);
  if (self->all_runs)
    bf_all_runs_update (self->all_runs, uuid, name, -1);
}

/* In this window, or in another when something here is not saved; one that stays shut has a message. */
static void
on_open (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  BfWindow *self = data;
  const char *uuid = g_variant_get_string (parameter, NULL);
  BfWindow *window = bf_session_find_run (self->session, uuid) ? self : bf_window_choose_window (self);
  g_autoptr (GError) error = NULL;

  if (!bf_session_open_run (window->session, uuid, &error))
    {
      bf_message_show (get_front (self), _("The Run Could Not Be Opened"), error->message);
      return;
    }
  bf_window_watch (window);
  if (self->all_runs)
    gtk_window_destroy (GTK_WINDOW (self->all_runs));
}

/* Beside the run shown; without one, or when it is that one, there is nothing to stand beside. */
static void
on_beside (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       data)
{
  BfWindow *self = data;
  g_autoptr (GError) error = NULL;

  if (!bf_session_put_beside (self->session, g_variant_get_string (parameter, NULL), &error))
    {
      bf_message_show (get_front (self), _("The Run Could Not Be Opened"), error->message);
      return;
    }
  bf_window_watch (self);
  if (self->all_runs)
    gtk_window_destroy (GTK_WINDOW (self->all_runs));
}

static void
on_all_runs (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       data)
{
  BfWindow *self = data;

  if (self->all_runs == NULL)
    {
      g_set_weak_pointer (&self->all_runs, bf_all_runs_new (GTK_WINDOW (self), self->session));
      gtk_widget_insert_action_group (GTK_WIDGET (self->all_runs), "kept", G_ACTION_GROUP (self->kept_actions));
    }
  gtk_window_present (GTK_WINDOW (self->all_runs));
}

void
bf_window_init_runs (BfWindow *self)
{
  static const GActionEntry window_actions[] = { { "all-runs", on_all_runs } };
  static const GActionEntry actions[] = {
    { "beside", on_beside, "s" },
    { "export", on_export, "(ss)" },
    { "name", on_name, "(ss)" },
    { "open", on_open, "s" },
    { "star", on_star, "(sb)" },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), window_actions, G_N_ELEMENTS (window_actions), self);
  self->kept_actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->kept_actions), actions, G_N_ELEMENTS (actions), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "kept", G_ACTION_GROUP (self->kept_actions));
}

void
bf_window_dispose_runs (BfWindow *self)
{
  if (self->all_runs)
    gtk_window_destroy (GTK_WINDOW (self->all_runs));
  g_clear_weak_pointer (&self->all_runs);
  g_clear_object (&self->kept_actions);
}
