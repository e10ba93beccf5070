/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The window: header, three panes, status bar. It owns the session, polls it once a frame while
 * something is under way, and hands it to the panes; no pane talks to another.
 */
#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "bf-message.h"
#include "bf-throttle.h"
#include "bf-window-private.h"
#include "../lab/bf-file.h"
#include "../lab/bf-settings.h"
#include "../lab/bf-thresholds.h"

#define FIRST_EXPERIMENT "t1-baseline"

G_DEFINE_FINAL_TYPE (BfWindow, bf_window, ADW_TYPE_APPLICATION_WINDOW)

static gboolean
on_tick (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       data)
{
  BfWindow *self = BF_WINDOW (widget);

  gboolean session = bf_session_poll (self->session), study = bf_study_session_poll (self->study);

  if (session || study)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

void
bf_window_watch (BfWindow *self)
{
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

void
bf_window_toast (BfWindow   *self,
                 const char *text,
                 gboolean    undoable)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);   /* a toast's title is markup */
  AdwToast *toast = adw_toast_new (escaped);

  if (undoable)
    {
      adw_toast_set_button_label (toast, _("_Undo"));
      adw_toast_set_action_name (toast, "win.undo");
      g_set_object (&self->undo_toast, toast);
      g_free (self->undo_label);
      self->undo_label = bf_session_dup_undo_label (self->session);
    }
  bf_centre_add_toast (self->centre, toast);
}

/* An offer to undo goes when its step is no longer the last one. */
static void
dismiss_undo (BfWindow *self)
{
  g_autofree char *label = bf_session_dup_undo_label (self->session);

  if (self->undo_toast == NULL || g_strcmp0 (label, self->undo_label) == 0)
    return;
  adw_toast_dismiss (self->undo_toast);
  g_clear_object (&self->undo_toast);
}

/* A run beside another says when it begins, and with what. */
static void
tell_run (BfWindow *self)
{
  BfSessionRun *run = bf_session_get_current (self->session);
  g_autofree char *text = NULL;

  if (run == NULL || run->number == self->last_run || bf_session_get_state (self->session) != BF_RUN_TRAINING)
    return;
  if (self->last_run > 0 && *run->remedies)
    {
      /* Translators: "Run 2 started with Batch Normalization" */
      text = g_strdup_printf (_("%s started with %s"), run->label, run->remedies);
      bf_window_toast (self, text, FALSE);
    }
  self->last_run = run->number;
}

static void
on_message (BfNetworkPane *pane,
            const char    *text,
            gboolean       undoable,
            BfWindow      *self)
{
  bf_window_toast (self, text, undoable);
}

/* "Run 2, seed 42, Batch Normalization" */
static char *
describe_run (BfWindow *self)
{
  const BfSpec *spec = bf_experiment_get_spec (bf_session_get_experiment (self->session));
  BfSessionRun *run = bf_session_get_current (self->session);
  const BfSnapshot *snapshot = bf_session_get_snapshot (self->session);

  if (self->study && bf_study_session_is_active (self->study) && gtk_widget_get_mapped (GTK_WIDGET (self->study_page)))
    /* Translators: a study's name */
    return g_strdup_printf (_("Study “%s”"), bf_study_queue_get_study (bf_study_session_get_queue (self->study))->name);
  if (run == NULL || snapshot == NULL || (snapshot->steps == 0 && snapshot->outcome == BF_OUTCOME_NONE))
    return g_strdup_printf (_("Not trained yet, seed %" PRIu64), spec->seed);
  if (*run->remedies)
    return g_strdup_printf (_("%s, seed %" PRIu64 ", %s"), run->label, spec->seed, run->remedies);
  return g_strdup_printf (_("%s, seed %" PRIu64), run->label, spec->seed);
}

void
bf_window_update_title (BfWindow *self)
{
  const BfSpec *spec = bf_experiment_get_spec (bf_session_get_experiment (self->session));
  const char *name = spec->name && *spec->name ? spec->name : _("Untitled");
  g_autofree char *subtitle = describe_run (self);

  adw_window_title_set_title (self->title, name);
  if (g_strcmp0 (adw_window_title_get_subtitle (self->title), subtitle) != 0)
    adw_window_title_set_subtitle (self->title, subtitle);
  gtk_window_set_title (GTK_WINDOW (self), name);
}

/* Train is the one suggested action; while a run trains, its button pauses and is plain. */
void
bf_window_update_train_button (BfWindow *self)
{
  gboolean training = bf_session_get_state (self->session) == BF_RUN_TRAINING;
  /* While a study is composed, its button is the suggested one. */
  gboolean suggested = !training && !(bf_window_shows_study (self) && !bf_study_session_is_active (self->study));

  adw_button_content_set_icon_name (self->train_content,
                                    training ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  adw_button_content_set_label (self->train_content, training ? _("_Pause") : _("_Train"));
  gtk_widget_set_tooltip_text (self->train_button,
                               training ? _("Pause (Ctrl+Return)") : _("Train (Ctrl+Return)"));
  (suggested ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (self->train_button, "suggested-action");
}

static void
on_updated (BfWindow *self)
{
  bf_window_update_title (self);
  bf_window_update_train_button (self);
  tell_run (self);
  bf_window_update_actions (self);
}

static void
on_changed (BfWindow *self)
{
  dismiss_undo (self);
  on_updated (self);
  bf_window_watch (self);
}

static void
set_session (BfWindow  *self,
             BfSession *session)
{
  BfExperiment *experiment = bf_session_get_experiment (session);

  self->session = session;
  bf_window_set_study (self, bf_study_session_new (session, NULL));
  bf_network_pane_set_session (self->network_pane, session);
  bf_readout_set_session (self->readout, session);
  self->diagnosis = bf_session_diagnosis_new (session);
  bf_centre_set_session (self->centre, session);
  bf_centre_set_diagnosis (self->centre, self->diagnosis);
  bf_remedy_pane_set_session (self->remedy_pane, session);
  bf_remedy_pane_set_diagnosis (self->remedy_pane, self->diagnosis);
  bf_training_settings_set_session (self->training_settings, session);
  bf_status_bar_set_session (self->status_bar, session);
  g_signal_connect_object (session, "spec-changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "run-changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "updated", G_CALLBACK (on_updated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (experiment, "notify", G_CALLBACK (on_updated), self, G_CONNECT_SWAPPED);
  on_changed (self);
}

static void
on_thresholds (BfWindow *self)
{
  g_autoptr (BfOptions) options = bf_thresholds_parse (bf_settings_get_text (bf_settings_get (), "thresholds"));

  bf_session_diagnosis_set_thresholds (self->diagnosis, options);
}

static void
on_threads (BfWindow *self)
{
  bf_session_set_threads (self->session, bf_settings_get_int (bf_settings_get (), "threads"));
}

/* Size and panes of the window that is closed last are those of the next one. */
static void
keep_size (BfWindow *self)
{
  BfSettings *settings = bf_settings_get ();
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  bf_settings_set_int (settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
  bf_settings_set_int (settings, "window-width", width);
  bf_settings_set_int (settings, "window-height", height);
  bf_settings_set_int (settings, "left-width", self->sides[BF_SIDE_LEFT].width);
  bf_settings_set_int (settings, "right-width", self->sides[BF_SIDE_RIGHT].width);
}

static void
restore_size (BfWindow *self)
{
  BfSettings *settings = bf_settings_get ();

  gtk_window_set_default_size (GTK_WINDOW (self), bf_settings_get_int (settings, "window-width"),
                               bf_settings_get_int (settings, "window-height"));
  if (bf_settings_get_int (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

/* The experiment to begin with. Without its file (a broken installation) the window opens on an
 * empty network and says why. */
static BfSpec *
load_first (BfWindow *self)
{
  g_autoptr (GError) error = NULL;
  BfSpec *spec = bf_examples_load (FIRST_EXPERIMENT, &error);

  if (spec)
    {
      bf_window_prefer (spec);
      return spec;
    }
  bf_message_show (GTK_WINDOW (self), _("The First Experiment Is Missing"), error->message);
  return bf_spec_new ();
}

static void
bf_window_size_allocate (GtkWidget *widget,
                         int        width,
                         int        height,
                         int        baseline)
{
  GTK_WIDGET_CLASS (bf_window_parent_class)->size_allocate (widget, width, height, baseline);
  bf_window_allocate_panes (BF_WINDOW (widget), width, height);
}

static gboolean
on_escape (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  return bf_window_leave_welcome (BF_WINDOW (widget)) || bf_window_close_overlays (BF_WINDOW (widget))
         || bf_centre_close_details (BF_WINDOW (widget)->centre);
}

static void
bf_window_dispose (GObject *object)
{
  BfWindow *self = BF_WINDOW (object);

  if (self->session)
    keep_size (self);
  bf_window_dispose_notebook (self);
  bf_window_dispose_runs (self);
  bf_window_dispose_panes (self);
  if (self->tick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_object (&self->undo_toast);
  g_clear_pointer (&self->undo_label, g_free);
  g_clear_object (&self->study);
  g_clear_object (&self->diagnosis);
  g_clear_object (&self->session);
  g_clear_object (&self->run_actions);
  G_OBJECT_CLASS (bf_window_parent_class)->dispose (object);
}

static void
bf_window_class_init (BfWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_window_dispose;
  widget_class->size_allocate = bf_window_size_allocate;
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);

  g_type_ensure (BF_TYPE_CENTRE);
  g_type_ensure (BF_TYPE_NETWORK_PANE);
  g_type_ensure (BF_TYPE_READOUT);
  g_type_ensure (BF_TYPE_REMEDY_PANE);
  g_type_ensure (BF_TYPE_STATUS_BAR);
  g_type_ensure (BF_TYPE_STUDY_PANE);
  g_type_ensure (BF_TYPE_TRAINING_SETTINGS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/window.ui");
  gtk_widget_class_bind_template_child (widget_class, BfWindow, title);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, train_button);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, train_content);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, reset_button);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, undo_button);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, redo_button);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, narrow_menu);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, examples_menu);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, recent_menu);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, code_menu);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, outer_paned);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, inner_paned);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, left);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, right);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, scrim);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, left_revealer);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, right_revealer);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, network_pane);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, readout);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, centre);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, remedy_pane);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, training_settings);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, status_bar);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, right_stack);
  gtk_widget_class_bind_template_child (widget_class, BfWindow, study_pane);
  gtk_widget_class_bind_template_callback (widget_class, on_message);
  gtk_widget_class_bind_template_callback (widget_class, bf_window_close_overlays);
}

/* The window under construction is the first one, which shows what the last one did. */
static gboolean restoring;

static void
bf_window_init (BfWindow *self)
{
  const BfRunOptions options = { .threads = bf_settings_get_int (bf_settings_get (), "threads") };
  g_autoptr (BfSpec) spec = NULL;
  gboolean interrupted = FALSE;
  BfSession *session;

  gtk_widget_init_template (GTK_WIDGET (self));
  bf_throttle_follow (GTK_WIDGET (self));
  restore_size (self);
  bf_window_init_actions (self);
  bf_window_init_study (self);
  bf_window_init_files (self);
  bf_window_init_recent (self);
  bf_window_init_code (self);
  bf_window_init_weights (self);
  bf_window_init_report (self);
  bf_window_init_runs (self);
  bf_window_init_panes (self);
  session = restoring ? bf_session_new_restored (bf_notebook_get_default (), &options, &interrupted, NULL) : NULL;
  if (!session)
    {
      spec = load_first (self);
      session = bf_session_new_kept (spec, &options, bf_notebook_get_default ());
    }
  set_session (self, session);
  bf_window_init_notebook (self, interrupted);
  if (restoring)
    bf_window_offer_study (self);
  g_signal_connect_object (bf_settings_get (), "notify::threads", G_CALLBACK (on_threads), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bf_settings_get (), "notify::thresholds", G_CALLBACK (on_thresholds), self, G_CONNECT_SWAPPED);
  if (*bf_settings_get_text (bf_settings_get (), "thresholds"))
    on_thresholds (self);
}

BfWindow *
bf_window_new (GtkApplication *application)
{
  return g_object_new (BF_TYPE_WINDOW, "application", application, NULL);
}

BfWindow *
bf_window_new_restored (GtkApplication *application)
{
  BfWindow *self;

  restoring = TRUE;
  self = bf_window_new (application);
  restoring = FALSE;
  return self;
}

BfSession *
bf_window_get_session (BfWindow *self)
{
  g_return_val_if_fail (BF_IS_WINDOW (self), NULL);
  return self->session;
}
