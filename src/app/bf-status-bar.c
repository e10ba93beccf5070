/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-status-bar.h"

#include "bf-damage.h"
#include "bf-number-label.h"
#include "bf-study-words.h"
#include "bf-throttle.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define UPDATES_PER_SECOND 4     /* numbers that change at every step would flicker */
#define ROOM_FOR_SPEED     800   /* px */
#define RECENT_STEPS       100   /* loss and accuracy are means over so many */

struct _BfStatusBar
{
  GtkBox parent_instance;

  GtkLabel *state;
  GtkProgressBar *progress;
  GtkLabel *percent;
  GtkLabel *speed;
  GtkLabel *left;
  GtkLabel *loss;
  GtkLabel *accuracy;
  GtkLabel *data;
  GtkLabel *saved;
  GtkLabel *study_run;
  GtkLabel *study_rows;

  BfSession *session;
  BfStudySession *study;
  BfRunState shown;
  BfThrottle refreshing;
};

G_DEFINE_FINAL_TYPE (BfStatusBar, bf_status_bar, GTK_TYPE_BOX)

/* "37 s", "4 min", "2 h 5 min". */
static char *
format_duration (double seconds)
{
  guint64 whole = (guint64) llround (MAX (0, seconds));
  if (whole < 100)
    return g_strdup_printf (_("%d s"), (int) whole);
  if (whole < 6000)
    return g_strdup_printf (_("%d min"), (int) ((whole + 30) / 60));
  return g_strdup_printf (_("%d h %d min"), (int) (whole / 3600), (int) (whole % 3600 / 60));
}

static char *
make_epoch_words (const BfSnapshot *snapshot)
{
  guint64 epoch = MAX (1, snapshot->steps_per_epoch);
  g_autofree char *now = bf_format_count (MIN (snapshot->steps, MAX (1, snapshot->steps_planned) - 1) / epoch + 1);
  g_autofree char *all = bf_format_count ((snapshot->steps_planned + epoch - 1) / epoch);
  return g_strdup_printf (_("Epoch %s of %s"), now, all);
}

static char *
make_finished_words (const BfSnapshot *snapshot)
{
  int epochs = (int) snapshot->epochs->len;
  if (epochs == 0 || snapshot->steps_per_second <= 0)
    return g_strdup (_("Finished"));
  g_autofree char *time = bf_study_format_time ((double) snapshot->steps / snapshot->steps_per_second);
  return g_strdup_printf (ngettext ("Finished, %d epoch in %s", "Finished, %d epochs in %s", epochs), epochs, time);
}

/* "Stopped at step 70 in Dense 3: its output is not finite" */
static char *
make_diverged_words (const BfSnapshot *snapshot)
{
  static const char *const reasons[] = {
    [BF_DIVERGED_OUTPUT] = N_("its output is not finite"),
    [BF_DIVERGED_LOSS] = N_("the loss is not finite"),
    [BF_DIVERGED_GRADIENT] = N_("its gradient is not finite"),
    [BF_DIVERGED_PARAMETER] = N_("its parameters are not finite"),
  };
  g_autofree char *step = bf_format_count (snapshot->diverged_step);
  guint layer = MIN (snapshot->diverged_layer, snapshot->plan->n_layers - 1);
  /* Translators: a step, a layer, a reason: "Stopped at step 70 in Dense 3: its output is not finite" */
  return g_strdup_printf (_("Stopped at step %s in %s: %s"), step, snapshot->plan->layers[layer].name,
                          _(reasons[snapshot->diverged_what]));
}

static char *
make_steps_words (const BfSnapshot *snapshot,
                  BfRunState        state)
{
  /* The same number as beside the timeline. */
  g_autofree char *step = bf_format_count (bf_snapshot_get_last_step (snapshot));
  return g_strdup_printf (state == BF_RUN_PAUSED ? _("Paused at step %s") : _("Stopped at step %s"), step);
}

static char *
make_words (BfSession        *session,
            BfRunState        state,
            const BfSnapshot *snapshot)
{
  if (bf_session_get_plan (session)->error)
    return g_strdup (_("This network cannot be trained"));
  if (state == BF_RUN_FAILED)
    return g_strdup (_("Could not start"));
  if (state == BF_RUN_LOADING || !snapshot)
    return g_strdup (_("Loading…"));
  if (state == BF_RUN_TRAINING)
    return make_epoch_words (snapshot);
  if (state == BF_RUN_FINISHED)
    return make_finished_words (snapshot);
  if (state == BF_RUN_DIVERGED)
    return make_diverged_words (snapshot);
  if (state == BF_RUN_PAUSED || state == BF_RUN_CANCELLED)
    return make_steps_words (snapshot, state);
  return g_strdup (_("Ready"));
}

static void
set_label (GtkLabel   *label,
           const char *text)
{
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
  if (text)
    gtk_label_set_label (label, text);
}

static void
status_bar_show_progress (BfStatusBar      *self,
                          BfRunState        state,
                          const BfSnapshot *snapshot)
{
  gboolean moving = state == BF_RUN_TRAINING, under_way = moving || state == BF_RUN_PAUSED || state == BF_RUN_DIVERGED;
  double share = snapshot && snapshot->steps_planned > 0
    ? MIN (1.0, (double) snapshot->steps / (double) snapshot->steps_planned) : 0;
  double seconds = moving ? bf_session_get_seconds_left (self->session) : -1;
  g_autofree char *percent = bf_format_percent (share);
  g_autofree char *steps = snapshot ? bf_format_count ((guint64) llround (snapshot->steps_per_second)) : NULL;
  g_autofree char *duration = seconds >= 0 ? format_duration (seconds) : NULL;
  g_autofree char *speed = steps ? g_strdup_printf (_("%s steps/s"), steps) : NULL;
  /* Translators: time: "36 s left" */
  g_autofree char *left = duration ? g_strdup_printf (_("%s left"), duration) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->progress), under_way && snapshot);
  gtk_progress_bar_set_fraction (self->progress, share);
  gtk_widget_set_visible (GTK_WIDGET (self->percent), under_way && snapshot);
  bf_number_label_set (self->percent, percent);
  gboolean room = gtk_widget_get_width (GTK_WIDGET (self)) >= ROOM_FOR_SPEED;
  set_label (self->speed, moving && room && snapshot && snapshot->steps_per_second > 0 ? speed : NULL);
  set_label (self->left, left);
}

/* Mean over the newest steps of what single batches give; NaN without any. */
static double
recent_mean (const BfSnapshot *snapshot,
             gsize             offset)
{
  double sum = 0;
  guint64 steps = 0;
  for (guint i = snapshot->columns->len; i-- > 0 && steps < RECENT_STEPS;)
    {
      const BfColumn *column = g_ptr_array_index (snapshot->columns, i);
      sum += (double) column->count * G_STRUCT_MEMBER (double, column, offset);
      steps += column->count;
    }
  return steps > 0 ? sum / (double) steps : NAN;
}

static double
get_loss (const BfSnapshot *snapshot)
{
  const GPtrArray *columns = snapshot->columns;
  if (columns->len == 0)
    return snapshot->start->loss;
  double last = ((BfColumn *) g_ptr_array_index (columns, columns->len - 1))->loss;
  return isfinite (last) ? recent_mean (snapshot, G_STRUCT_OFFSET (BfColumn, loss)) : last;
}

/* Of the validation split after the last epoch; before that, of the newest batches. */
static double
get_accuracy (const BfSnapshot *snapshot,
              const char      **of_what)
{
  const GArray *epochs = snapshot->epochs;
  double validation = epochs->len > 0 ? g_array_index (epochs, BfEpoch, epochs->len - 1).validation_accuracy : NAN;
  *of_what = isnan (validation) ? _("Accuracy on the newest training batches")
                                : _("Accuracy on the validation samples after the last epoch");
  return isnan (validation) ? recent_mean (snapshot, G_STRUCT_OFFSET (BfColumn, accuracy)) : validation;
}

static void
status_bar_show_result (BfStatusBar      *self,
                        const BfSnapshot *snapshot)
{
  g_autofree char *loss = NULL, *accuracy = NULL;
  if (snapshot && snapshot->columns->len > 0)
    {
      const char *of_what;
      double share = get_accuracy (snapshot, &of_what);
      g_autofree char *value = bf_format_plain (get_loss (snapshot), 4);
      g_autofree char *percent = bf_format_percent (share);
      loss = g_strdup_printf (_("Loss %s"), value);
      accuracy = isnan (share) ? NULL : g_strdup_printf (_("Accuracy %s"), percent);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->accuracy), of_what);
    }
  set_label (self->loss, loss);
  set_label (self->accuracy, accuracy);
}

static void
status_bar_show_data (BfStatusBar *self)
{
  BfSessionRun *run = bf_session_get_current (self->session);
  BfDataset *data = run ? bf_run_get_dataset (run->run) : NULL;
  set_label (self->data, data ? bf_dataset_get_name (data) : NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->data), data ? bf_dataset_get_origin (data) : NULL);
}

/* "Study “Remedies of T1”, run 22 of 30, 2 min 10 s left" */
static char *
make_study_words (BfStudySession *study)
{
  BfStudyQueue *queue = bf_study_session_get_queue (study);
  const char *name = bf_study_queue_get_study (queue)->name;
  g_autofree char *count = bf_study_describe_count (queue), *left = bf_study_describe_left (queue);
  if (bf_study_session_get_state (study) == BF_STUDY_PAUSED)
    /* Translators: a study's name, "run 22 of 30" */
    return g_strdup_printf (_("Study “%s” paused, %s"), name, count);
  if (!left)
    return g_strdup_printf (_("Study “%s”, %s"), name, count);
  /* Translators: a study's name, "run 22 of 30", "2 min 10 s left" */
  return g_strdup_printf (_("Study “%s”, %s, %s"), name, count, left);
}

/* Whether the study has the bar for itself. */
static gboolean
status_bar_show_study (BfStatusBar *self)
{
  gboolean active = self->study && bf_study_session_is_active (self->study);
  g_autofree char *run = active ? make_study_words (self->study) : NULL;
  g_autofree char *rows = active ? bf_study_describe_rows (self->study) : NULL;
  set_label (self->study_run, run);
  set_label (self->study_rows, rows);
  return active && self->shown != BF_RUN_TRAINING;
}

static void
status_bar_refresh (gpointer data)
{
  BfStatusBar *self = data;
  BfSnapshot *snapshot = bf_session_get_snapshot (self->session);
  self->shown = bf_session_get_state (self->session);

  g_autofree char *words = make_words (self->session, self->shown, snapshot);
  gtk_label_set_label (self->state, words);
  gboolean study = status_bar_show_study (self);
  gtk_widget_set_visible (GTK_WIDGET (self->state), !study);
  status_bar_show_progress (self, self->shown, snapshot);
  if (study)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->progress), FALSE);
      gtk_widget_set_visible (GTK_WIDGET (self->percent), FALSE);
    }
  status_bar_show_result (self, study ? NULL : snapshot);
  status_bar_show_data (self);
}

static void
status_bar_update (BfStatusBar *self)
{
  if (bf_session_get_state (self->session) != self->shown)
    bf_throttle_flush (&self->refreshing);
  else
    bf_throttle_call (&self->refreshing);
}

static void
status_bar_dispose (GObject *object)
{
  bf_status_bar_set_study (BF_STATUS_BAR (object), NULL);
  bf_status_bar_set_session (BF_STATUS_BAR (object), NULL);
  G_OBJECT_CLASS (bf_status_bar_parent_class)->dispose (object);
}

static void
status_bar_snapshot (GtkWidget   *widget,
                     GtkSnapshot *snapshot)
{
  bf_damage_widget (snapshot, widget);
  GTK_WIDGET_CLASS (bf_status_bar_parent_class)->snapshot (widget, snapshot);
}

static void
bf_status_bar_class_init (BfStatusBarClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = status_bar_dispose;
  widget->snapshot = status_bar_snapshot;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/status-bar.ui");
  gtk_widget_class_bind_template_child (widget, BfStatusBar, state);
  gtk_widget_class_bind_template_child (widget, BfStatusBar, progress);
  gtk_widget_class_bind_template_child (widget, BfStatusBar, percent);
  gtk_widget_class_bind_template_child (widget, BfStatusBar, speed);
  gtk_widget_class_bind_template_child (widget, BfStatusBar, left);
  gtk_widget_class_bind_template_child (widget, BfStatusBar, loss);
  gtk_widget_class_bind_template_child (widget, BfStatusBar, accuracy);
  gtk_widget_class_bind_template_child (widget, BfStatusBar, data);
  gtk_widget_class_bind_template_child (widget, BfStatusBar, saved);
  gtk_widget_class_bind_template_child (widget, BfStatusBar, study_run);
  gtk_widget_class_bind_template_child (widget, BfStatusBar, study_rows);
}

static void
bf_status_bar_init (BfStatusBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bf_throttle_init (&self->refreshing, UPDATES_PER_SECOND, status_bar_refresh, self);
}

void
bf_status_bar_set_session (BfStatusBar *self,
                           BfSession   *session)
{
  g_return_if_fail (BF_IS_STATUS_BAR (self));

  if (self->session)
    g_signal_handlers_disconnect_by_func (self->session, status_bar_update, self);
  bf_throttle_clear (&self->refreshing);
  if (!g_set_object (&self->session, session) || !session)
    return;
  const char *const changes[] = { "spec-changed", "run-changed", "updated" };
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_swapped (session, changes[i], G_CALLBACK (status_bar_update), self);
  bf_throttle_flush (&self->refreshing);
}

static void
status_bar_study_changed (BfStatusBar *self)
{
  if (self->session)
    bf_throttle_flush (&self->refreshing);
}

static void
status_bar_study_updated (BfStatusBar *self)
{
  if (self->session)
    bf_throttle_call (&self->refreshing);
}

void
bf_status_bar_set_study (BfStatusBar    *self,
                         BfStudySession *study)
{
  g_return_if_fail (BF_IS_STATUS_BAR (self));

  if (self->study)
    g_signal_handlers_disconnect_by_data (self->study, self);
  if (!g_set_object (&self->study, study) || !study)
    return;
  g_signal_connect_swapped (study, "state-changed", G_CALLBACK (status_bar_study_changed), self);
  g_signal_connect_swapped (study, "updated", G_CALLBACK (status_bar_study_updated), self);
}

void
bf_status_bar_set_saved (BfStatusBar *self,
                         const char  *word,
                         const char  *sentence)
{
  g_return_if_fail (BF_IS_STATUS_BAR (self));

  set_label (self->saved, word);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->saved), sentence);
}
