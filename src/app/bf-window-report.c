/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Export Report: of the run shown and the one beside it, or of the study while that is shown. The network is
 * first asked for its answers as it stands; the pages are drawn and written on a thread of their own.
 */
#include <glib/gi18n-lib.h>

#include "bf-file-dialog.h"
#include "bf-message.h"
#include "bf-window-private.h"
#include "../lab/bf-examination.h"
#include "../lab/bf-session-diagnosis.h"
#include "../lab/bf-write.h"
#include "../report/bf-report.h"

#define EVALUATION_SECONDS 10   /* then the report goes without the newest answers */

/* A report on its way. The thread may let go of its task last, so the window is no part of it. */
typedef struct
{
  BfReport *report;
  BfReportLook look;
  GFile *file;
} Job;

static void
job_free (Job *job)
{
  g_clear_pointer (&job->report, bf_report_free);
  g_clear_object (&job->file);
  g_free (job);
}

static void
work (GTask        *task,
      gpointer      source,
      gpointer      task_data,
      GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes = bf_report_print (job->report, &job->look, NULL, &error);

  if (bytes && bf_write_bytes (job->file, bytes, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_open_report (AdwToast *toast,
                BfWindow *self)
{
  gtk_show_uri (GTK_WINDOW (self), g_object_get_data (G_OBJECT (toast), "uri"), GDK_CURRENT_TIME);
}

static void
tell_saved (BfWindow *self,
            GFile    *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *text = g_strdup_printf (_("Report saved as “%s”"), name);
  g_autofree char *markup = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (markup);

  adw_toast_set_button_label (toast, _("_Open"));
  g_object_set_data_full (G_OBJECT (toast), "uri", g_file_get_uri (file), g_free);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_open_report), self, 0);
  bf_centre_add_toast (self->centre, toast);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (BfWindow) self = data;
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean saved = g_task_propagate_boolean (G_TASK (result), &error);

  if (self->session && saved)
    tell_saved (self, job->file);
  else if (self->session)
    bf_message_show (GTK_WINDOW (self), _("The Report Could Not Be Saved"), error->message);
}

/* What was examined of a run, or NULL. */
static gpointer
find_result (BfRun      *run,
             const char *id)
{
  return bf_examination_get_result (bf_examination_of (run, bf_examination_find (id)));
}

static void
add_run (BfReport     *report,
         BfSessionRun *run)
{
  BfSnapshot *snapshot = run ? bf_run_get_snapshot (run->run) : NULL;

  if (snapshot)
    bf_report_add_run (report, &(BfReportRun) {
      .snapshot = snapshot, .base = run->base, .data = bf_run_get_dataset (run->run),
      .evaluation = bf_run_get_evaluation (run->run), .label = run->label,
      .jacobian = find_result (run->run, "jacobian"), .loss_line = find_result (run->run, "loss-line"),
      .loss_plane = find_result (run->run, "landscape"),
    });
}

static BfReport *
make_report (BfWindow *self)
{
  BfStudyQueue *queue = bf_window_shows_study (self) ? bf_study_session_get_queue (self->study) : NULL;
  BfReport *report = bf_report_new ();

  bf_report_set_thresholds (report, bf_session_diagnosis_get_thresholds (self->diagnosis));
  if (queue)
    bf_report_set_study (report, queue);
  else
    {
      add_run (report, bf_session_get_current (self->session));
      add_run (report, bf_session_get_beside (self->session));
    }
  return report;
}

static void
write_report (BfWindow *self,
              GFile    *file)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_written, g_object_ref (self));
  Job *job = g_new0 (Job, 1);

  job->report = make_report (self);
  job->file = g_object_ref (file);
  job->look.paper = bf_paper_get_default ();
  job->look.right_to_left = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  job->look.loss_axis = bf_figure_view_get_loss_axis ();
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, work);
}

/* Waiting for a run's answers. */
typedef struct
{
  BfWindow *window;
  GFile *file;
  BfRun *run;
  gulong handler;
  guint timeout;
} Wait;

static void
end_waiting (Wait *wait)
{
  g_signal_handler_disconnect (wait->run, wait->handler);
  g_clear_handle_id (&wait->timeout, g_source_remove);
  if (wait->window->session)
    write_report (wait->window, wait->file);
  g_object_unref (wait->window);
  g_object_unref (wait->file);
  g_object_unref (wait->run);
  g_free (wait);
}

static gboolean
on_waited (gpointer data)
{
  Wait *wait = data;

  wait->timeout = 0;
  end_waiting (wait);
  return G_SOURCE_REMOVE;
}

void
bf_window_export_report (BfWindow *self,
                         GFile    *file)
{
  BfSessionRun *current = bf_session_get_current (self->session);
  BfEvaluation *known = current ? bf_run_get_evaluation (current->run) : NULL;
  BfSnapshot *snapshot = current ? bf_run_get_snapshot (current->run) : NULL;
  BfDataset *data = current ? bf_run_get_dataset (current->run) : NULL;
  Wait *wait;

  if (bf_window_shows_study (self) || !snapshot || !data || (known && known->step == snapshot->steps)
      || !bf_run_evaluate (current->run, bf_evaluation_choose_part (data)))
    {
      write_report (self, file);
      return;
    }
  wait = g_new0 (Wait, 1);
  wait->window = g_object_ref (self);
  wait->file = g_object_ref (file);
  wait->run = g_object_ref (current->run);
  wait->handler = g_signal_connect_swapped (wait->run, "notify::evaluation", G_CALLBACK (end_waiting), wait);
  wait->timeout = g_timeout_add_seconds (EVALUATION_SECONDS, on_waited, wait);
  bf_window_watch (self);
}

static void
on_chosen (GFile    *file,
           gpointer  data)
{
  g_autoptr (BfWindow) self = data;

  if (file && self->session)
    bf_window_export_report (self, file);
}

static void
on_export_report (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       data)
{
  BfWindow *self = data;
  g_autoptr (BfReport) report = make_report (self);
  g_autofree char *stem = bf_report_suggest_name (report), *name = g_strconcat (stem, ".pdf", NULL);

  bf_file_dialog_save (GTK_WINDOW (self), _("Export Report"), name, on_chosen, g_object_ref (self));
}

static const GActionEntry actions[] = {
  { "export-report", on_export_report },
};

void
bf_window_init_report (BfWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
