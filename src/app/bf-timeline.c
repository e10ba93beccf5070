/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-timeline.h"

#include "bf-damage.h"
#include "bf-events-popover.h"
#include "bf-kind-drop-down.h"
#include "bf-number-label.h"
#include "bf-throttle.h"
#include "bf-timeline-scale.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define UPDATES_PER_SECOND 30
#define PLAY_SECONDS 16.0   /* at 1× a whole recording takes so long, whatever its length */
#define LEAST_SPEED 0.5     /* steps a second, of short recordings */

struct _BfTimeline
{
  GtkBox parent_instance;

  GtkButton *play_button;
  GtkDropDown *speed;
  BfTimelineScale *scale;
  GtkWidget *events_button;
  BfEventsPopover *events;
  GtkLabel *position;

  BfSession *session;
  BfThrottle updating;
  GSimpleAction *play;
  GSimpleAction *live;
  GSimpleAction *speed_action;

  guint tick;          /* while the recording plays */
  gint64 played_at;    /* time of the last frame */
  double played;       /* step, with its fraction */
};

G_DEFINE_FINAL_TYPE (BfTimeline, bf_timeline, GTK_TYPE_BOX)

static const struct { const char *label; double factor; } speeds[] = {
  { N_("0.1×"), 0.1 }, { N_("0.25×"), 0.25 }, { N_("0.5×"), 0.5 }, { N_("1×"), 1 },
  { N_("2×"), 2 }, { N_("4×"), 4 }, { N_("8×"), 8 }, { N_("16×"), 16 },
};
#define USUAL_SPEED 3

static guint64
timeline_get_last (BfTimeline *self)
{
  BfSnapshot *snapshot = self->session ? bf_session_get_snapshot (self->session) : NULL;
  return snapshot ? bf_snapshot_get_last_step (snapshot) : 0;
}

static void
timeline_show_playing (BfTimeline *self)
{
  gboolean playing = self->tick != 0;
  g_simple_action_set_state (self->play, g_variant_new_boolean (playing));
  gtk_button_set_icon_name (self->play_button, playing ? "media-playback-pause-symbolic"
                                                       : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->play_button), playing ? _("Stop playing (Ctrl+Space)")
                                                                       : _("Play the recording (Ctrl+Space)"));
}

static void
timeline_stop (BfTimeline *self)
{
  if (self->tick == 0)
    return;
  gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  timeline_show_playing (self);
}

/* In steps a second. */
static double
timeline_get_speed (BfTimeline *self)
{
  guint selected = MIN (gtk_drop_down_get_selected (self->speed), G_N_ELEMENTS (speeds) - 1);
  return MAX (LEAST_SPEED, (double) timeline_get_last (self) / PLAY_SECONDS * speeds[selected].factor);
}

/* At the end of what is recorded: while the run trains, what comes is followed. */
static void
timeline_end (BfTimeline *self)
{
  timeline_stop (self);
  if (self->session && bf_session_get_state (self->session) == BF_RUN_TRAINING)
    bf_session_set_live (self->session, TRUE);
}

static gboolean
timeline_tick (GtkWidget     *widget,
               GdkFrameClock *clock,
               gpointer       data)
{
  BfTimeline *self = BF_TIMELINE (widget);
  guint64 last = timeline_get_last (self);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  double seconds = self->played_at ? (double) (now - self->played_at) / G_USEC_PER_SEC : 0;

  self->played_at = now;
  self->played += seconds * timeline_get_speed (self);
  if (self->session)
    bf_session_set_cursor_step (self->session, (guint64) MIN (self->played, (double) last));
  if (self->played >= (double) last)
    timeline_end (self);
  return G_SOURCE_CONTINUE;
}

static void
timeline_play (BfTimeline *self)
{
  guint64 step = bf_session_get_cursor_step (self->session);
  self->played = step >= timeline_get_last (self) ? 0 : (double) step;
  self->played_at = 0;
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), timeline_tick, NULL, NULL);
  timeline_show_playing (self);
}

static void
on_play (GSimpleAction *action,
         GVariant      *parameter,
         BfTimeline    *self)
{
  if (self->tick != 0)
    timeline_stop (self);
  else if (self->session && timeline_get_last (self) > 0)
    timeline_play (self);
}

/* Without a parameter: the accelerator and the toggle both change the state. */
static void
on_live (GSimpleAction *action,
         GVariant      *parameter,
         BfTimeline    *self)
{
  timeline_stop (self);
  if (self->session)
    bf_session_set_live (self->session, !bf_session_get_live (self->session));
}

static void
on_play_key (BfTimeline *self)
{
  g_action_activate (G_ACTION (self->play), NULL);
}

static void
timeline_set_speed (BfTimeline *self,
                    guint       speed)
{
  g_simple_action_set_state (self->speed_action, g_variant_new_double (speeds[speed].factor));
  if (gtk_drop_down_get_selected (self->speed) != speed)
    gtk_drop_down_set_selected (self->speed, speed);
}

static void
on_speed (BfTimeline *self)
{
  guint selected = gtk_drop_down_get_selected (self->speed);
  if (self->speed_action && selected < G_N_ELEMENTS (speeds))
    timeline_set_speed (self, selected);
}

static void
on_faster (BfTimeline *self,
           int         by)
{
  int selected = (int) gtk_drop_down_get_selected (self->speed) + by;
  timeline_set_speed (self, (guint) CLAMP (selected, 0, (int) G_N_ELEMENTS (speeds) - 1));
}

/* The speed nearest to the factor that was asked for. */
static void
on_speed_action (GSimpleAction *action,
                 GVariant      *parameter,
                 BfTimeline    *self)
{
  double factor = g_variant_get_double (parameter);
  guint nearest = 0;
  for (guint i = 1; i < G_N_ELEMENTS (speeds); i++)
    if (fabs (log (speeds[i].factor / factor)) < fabs (log (speeds[nearest].factor / factor)))
      nearest = i;
  if (factor > 0)
    timeline_set_speed (self, nearest);
}

static void
on_events_shown (BfTimeline *self)
{
  bf_events_popover_show_events (self->events, bf_timeline_scale_get_events (self->scale));
}

static void
on_moved (BfTimeline *self,
          guint64     step)
{
  timeline_stop (self);
  if (self->session)
    bf_session_set_cursor_step (self->session, step);
}

static char *
timeline_make_position (BfSnapshot *snapshot,
                        guint64     step)
{
  g_autofree char *count = bf_format_count (step);
  if (!snapshot || snapshot->steps == 0 || snapshot->steps_per_epoch == 0)
    /* Translators: a place in the training: "Step 2,304" */
    return g_strdup_printf (_("Step %s"), count);
  /* Translators: a place in the training: "Step 2,304, epoch 2.7" */
  return g_strdup_printf (_("Step %s, epoch %.1f"), count, (double) step / (double) snapshot->steps_per_epoch);
}

static void
timeline_show (gpointer data)
{
  BfTimeline *self = data;
  BfSnapshot *snapshot = bf_session_get_snapshot (self->session);
  guint64 step = snapshot ? bf_session_get_cursor_step (self->session) : 0;
  g_autofree char *position = timeline_make_position (snapshot, step);

  bf_timeline_scale_show (self->scale, snapshot, step);
  gtk_label_set_label (self->position, position);
  g_simple_action_set_enabled (self->play, timeline_get_last (self) > 0);
  gtk_widget_set_sensitive (self->events_button, snapshot != NULL);
  g_simple_action_set_state (self->live, g_variant_new_boolean (bf_session_get_live (self->session)));
}

static void
timeline_update (BfTimeline *self)
{
  bf_throttle_call (&self->updating);
}

static void
timeline_dispose (GObject *object)
{
  BfTimeline *self = BF_TIMELINE (object);
  timeline_stop (self);
  bf_timeline_set_session (self, NULL);
  g_clear_object (&self->play);
  g_clear_object (&self->live);
  g_clear_object (&self->speed_action);
  G_OBJECT_CLASS (bf_timeline_parent_class)->dispose (object);
}

static void
timeline_snapshot (GtkWidget   *widget,
                   GtkSnapshot *snapshot)
{
  bf_damage_widget (snapshot, widget);
  GTK_WIDGET_CLASS (bf_timeline_parent_class)->snapshot (widget, snapshot);
}

static void
bf_timeline_class_init (BfTimelineClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = timeline_dispose;
  widget->snapshot = timeline_snapshot;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/timeline.ui");
  gtk_widget_class_bind_template_child (widget, BfTimeline, play_button);
  gtk_widget_class_bind_template_child (widget, BfTimeline, scale);
  gtk_widget_class_bind_template_child (widget, BfTimeline, position);
  gtk_widget_class_bind_template_child (widget, BfTimeline, speed);
  gtk_widget_class_bind_template_child (widget, BfTimeline, events_button);
  gtk_widget_class_bind_template_child (widget, BfTimeline, events);
  gtk_widget_class_bind_template_callback (widget, on_moved);
  gtk_widget_class_bind_template_callback (widget, on_speed);
  gtk_widget_class_bind_template_callback (widget, on_faster);
  gtk_widget_class_bind_template_callback (widget, on_play_key);
  gtk_widget_class_bind_template_callback (widget, on_events_shown);
}

static void
timeline_fill_speeds (BfTimeline *self)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    gtk_string_list_take (words, bf_number_label_mark (_(speeds[i].label)));
  gtk_drop_down_set_model (self->speed, G_LIST_MODEL (words));
  bf_drop_down_style (self->speed);
  bf_drop_down_set_name (self->speed, _("Playing speed"));
  timeline_set_speed (self, USUAL_SPEED);
}

static void
bf_timeline_init (BfTimeline *self)
{
  g_type_ensure (BF_TYPE_TIMELINE_SCALE);
  g_type_ensure (BF_TYPE_EVENTS_POPOVER);
  gtk_widget_init_template (GTK_WIDGET (self));
  bf_throttle_init (&self->updating, UPDATES_PER_SECOND, timeline_show, self);

  self->play = g_simple_action_new_stateful ("play", NULL, g_variant_new_boolean (FALSE));
  g_signal_connect_object (self->play, "activate", G_CALLBACK (on_play), self, 0);
  self->live = g_simple_action_new_stateful ("live", NULL, g_variant_new_boolean (TRUE));
  g_signal_connect_object (self->live, "activate", G_CALLBACK (on_live), self, 0);
  self->speed_action = g_simple_action_new_stateful ("speed", G_VARIANT_TYPE_DOUBLE, g_variant_new_double (1));
  g_signal_connect_object (self->speed_action, "activate", G_CALLBACK (on_speed_action), self, 0);
  timeline_fill_speeds (self);
}

void
bf_timeline_set_session (BfTimeline *self,
                         BfSession  *session)
{
  g_return_if_fail (BF_IS_TIMELINE (self));

  if (self->session)
    g_signal_handlers_disconnect_by_func (self->session, timeline_update, self);
  bf_throttle_clear (&self->updating);
  if (!g_set_object (&self->session, session) || !session)
    return;
  const char *const changes[] = { "run-changed", "updated", "cursor-changed" };
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_swapped (session, changes[i], G_CALLBACK (timeline_update), self);
  bf_throttle_flush (&self->updating);
}

static void
on_diagnosed (BfSessionDiagnosis *diagnosis,
              BfTimeline         *self)
{
  static const struct { const char *id, *label; } marks[] = {
    { "vanishing-gradient", N_("vanishing") },
    { "exploding-gradient", N_("exploding") },
    { "dead-units", N_("dead units") },
  };
  GPtrArray *findings = bf_session_diagnosis_get_findings (diagnosis);

  bf_timeline_scale_clear_findings (self->scale);
  for (guint i = 0; i < findings->len; i++)
    for (guint k = 0; k < G_N_ELEMENTS (marks); k++)
      {
        const BfFinding *finding = g_ptr_array_index (findings, i);
        if (g_str_equal (finding->id, marks[k].id))
          {
            g_autofree char *step = bf_format_count (finding->since);
            /* Translators: where a trouble that the diagnosis found began: "Since step 120: Half of Dense 4 is dead" */
            g_autofree char *sentence = g_strdup_printf (_("Since step %s: %s"), step, finding->title);

            bf_timeline_scale_add_finding (self->scale, finding->since, _(marks[k].label), sentence);
          }
      }
}

void
bf_timeline_set_diagnosis (BfTimeline         *self,
                           BfSessionDiagnosis *diagnosis)
{
  g_return_if_fail (BF_IS_TIMELINE (self) && BF_IS_SESSION_DIAGNOSIS (diagnosis));

  g_signal_connect_object (diagnosis, "changed", G_CALLBACK (on_diagnosed), self, 0);
  on_diagnosed (diagnosis, self);
}

void
bf_timeline_add_actions (BfTimeline *self,
                         GActionMap *run)
{
  g_return_if_fail (BF_IS_TIMELINE (self));

  g_action_map_add_action (run, G_ACTION (self->play));
  g_action_map_add_action (run, G_ACTION (self->live));
  g_action_map_add_action (run, G_ACTION (self->speed_action));
}
