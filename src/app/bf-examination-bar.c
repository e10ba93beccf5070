/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-examination-bar.h"

#include "bf-options-form.h"
#include "bf-throttle.h"
#include "../engine/bf-format.h"
#include "../lab/bf-examination-options.h"
#include "../lab/bf-settings.h"

#include <glib/gi18n-lib.h>

#define UPDATES_PER_SECOND 4

struct _BfExaminationBar
{
  GtkBox parent_instance;

  GtkLabel *state;
  GtkProgressBar *progress;
  GtkButton *button;
  GtkWidget *choices;                /* menu button of the options; not seen where the kind has none */
  BfOptionsForm *form;
  GtkLabel *explanation;
  GtkWidget *defaults;

  BfSession *session;
  const BfExaminationKind *kind;     /* NULL: the figure takes none */
  BfExamination *examination;        /* of the current run; NULL: there is none */
  BfThrottle updating;
};

enum { SIGNAL_RESULT, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BfExaminationBar, bf_examination_bar, GTK_TYPE_BOX)

/* What it is asked with: what was chosen last, in any window. */
static BfOptions *
bar_dup_options (BfExaminationBar *self)
{
  return bf_examination_options_find (bf_settings_get_text (bf_settings_get (), "examinations"), self->kind);
}

/* Whether the result is of other options than those chosen by now. */
static gboolean
is_of_other_options (BfExaminationBar *self)
{
  g_autoptr (BfOptions) chosen = bar_dup_options (self);
  const BfOptions *options = bf_examination_get_options (self->examination);
  return options && !bf_options_equal (options, chosen);
}

/* What step the result is of, and where the run is by now. */
static char *
print_age (BfExaminationBar *self)
{
  guint64 taken = bf_examination_get_step (self->examination);
  BfSnapshot *snapshot = bf_session_get_snapshot (self->session);
  g_autofree char *step = bf_format_count (taken);
  if (!snapshot || snapshot->steps == taken)
    /* Translators: a step */
    return g_strdup_printf (_("After step %s"), step);
  g_autofree char *now = bf_format_count (snapshot->steps);
  /* Translators: two steps */
  return g_strdup_printf (_("After step %s; the run is at %s"), step, now);
}

static char *
print_state (BfExaminationBar *self)
{
  const GError *error = bf_examination_get_error (self->examination);
  if (bf_examination_get_running (self->examination))
    return g_strdup (_("Computing…"));
  if (error)
    return g_strdup (error->message);
  if (bf_examination_get_result (self->examination))
    {
      g_autofree char *age = print_age (self);
      /* Translators: "After step 40" */
      return is_of_other_options (self) ? g_strdup_printf (_("%s, with other options"), age) : g_steal_pointer (&age);
    }
  return g_strdup (_("Computed on request, beside the training"));
}

static void
bar_show_state (BfExaminationBar *self)
{
  g_autofree char *words = print_state (self);
  gtk_label_set_label (self->state, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->state), words);
}

/* The form of the kind's options, what they come to, and whether they are the defaults. */
static void
bar_show_options (BfExaminationBar *self)
{
  gtk_widget_set_visible (self->choices, self->kind && self->kind->explain);
  if (!self->kind || !self->kind->explain)
    return;
  g_autoptr (BfOptions) options = bar_dup_options (self), defaults = bf_options_new (&self->kind->kind);
  g_autofree char *explanation = self->kind->explain (options);
  if (!bf_options_form_get_options (self->form) || !bf_options_equal (bf_options_form_get_options (self->form), options))
    bf_options_form_set_options (self->form, options);
  gtk_label_set_label (self->explanation, explanation);
  gtk_widget_set_sensitive (self->defaults, !bf_options_equal (options, defaults));
}

static void
bar_remember (BfExaminationBar *self,
              const BfOptions  *options)
{
  BfSettings *settings = bf_settings_get ();
  g_autofree char *list = bf_examination_options_change (bf_settings_get_text (settings, "examinations"), options);
  bf_settings_set_text (settings, "examinations", list);
}

static void
on_form_changed (BfExaminationBar *self)
{
  bar_remember (self, bf_options_form_get_options (self->form));
}

static void
on_defaults_clicked (BfExaminationBar *self)
{
  g_autoptr (BfOptions) defaults = bf_options_new (&self->kind->kind);
  bar_remember (self, defaults);
}

static void
bar_show (BfExaminationBar *self)
{
  gboolean there = self->kind && self->examination;
  gtk_widget_set_visible (GTK_WIDGET (self), there);
  if (!there)
    return;
  gboolean running = bf_examination_get_running (self->examination);
  const char *label = running ? _("Ca_ncel") : bf_examination_get_result (self->examination) ? _("_Compute Again") : _("_Compute");
  gtk_widget_set_visible (GTK_WIDGET (self->progress), running);
  gtk_progress_bar_set_fraction (self->progress, bf_examination_get_fraction (self->examination));
  if (g_strcmp0 (gtk_button_get_label (self->button), label) != 0)
    gtk_button_set_label (self->button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, bf_kind_get_name (&self->kind->kind), -1);
  bar_show_state (self);
}

static void
on_result (BfExaminationBar *self)
{
  bar_show (self);
  g_signal_emit (self, signals[SIGNAL_RESULT], 0);
}

static void
bar_set_examination (BfExaminationBar *self,
                     BfExamination    *examination)
{
  if (self->examination == examination)
    return;
  if (self->examination)
    g_signal_handlers_disconnect_by_data (self->examination, self);
  g_set_object (&self->examination, examination);
  if (examination)
    {
      g_signal_connect_swapped (examination, "notify::result", G_CALLBACK (on_result), self);
      g_signal_connect_swapped (examination, "notify::running", G_CALLBACK (bar_show), self);
      g_signal_connect_swapped (examination, "notify::fraction", G_CALLBACK (bar_show), self);
      g_signal_connect_swapped (examination, "notify::error", G_CALLBACK (bar_show), self);
    }
  on_result (self);
}

/* Chosen here or in another window. */
static void
on_options_changed (BfExaminationBar *self)
{
  bar_show_options (self);
  if (self->kind && self->examination)
    bar_show_state (self);
}

/* Of the run that is current by now. */
static void
bar_follow (gpointer data)
{
  BfExaminationBar *self = data;
  BfSessionRun *run = self->session ? bf_session_get_current (self->session) : NULL;
  bar_set_examination (self, run && self->kind ? bf_examination_of (run->run, self->kind) : NULL);
  if (self->examination && !bf_examination_get_running (self->examination))
    bar_show_state (self);
}

static void
bar_update (BfExaminationBar *self)
{
  if (self->kind)
    bf_throttle_call (&self->updating);
}

static void
on_clicked (BfExaminationBar *self)
{
  bf_examination_bar_activate (self);
}

static void
examination_bar_dispose (GObject *object)
{
  BfExaminationBar *self = BF_EXAMINATION_BAR (object);
  if (self->examination)
    g_signal_handlers_disconnect_by_data (self->examination, self);
  g_clear_object (&self->examination);
  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  bf_throttle_clear (&self->updating);
  G_OBJECT_CLASS (bf_examination_bar_parent_class)->dispose (object);
}

static void
bf_examination_bar_class_init (BfExaminationBarClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = examination_bar_dispose;
  signals[SIGNAL_RESULT] = g_signal_new ("result", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/examination-bar.ui");
  gtk_widget_class_bind_template_child (widget, BfExaminationBar, state);
  gtk_widget_class_bind_template_child (widget, BfExaminationBar, progress);
  gtk_widget_class_bind_template_child (widget, BfExaminationBar, button);
  gtk_widget_class_bind_template_child (widget, BfExaminationBar, choices);
  gtk_widget_class_bind_template_child (widget, BfExaminationBar, form);
  gtk_widget_class_bind_template_child (widget, BfExaminationBar, explanation);
  gtk_widget_class_bind_template_child (widget, BfExaminationBar, defaults);
  gtk_widget_class_bind_template_callback (widget, on_clicked);
  gtk_widget_class_bind_template_callback (widget, on_form_changed);
  gtk_widget_class_bind_template_callback (widget, on_defaults_clicked);
}

static void
bf_examination_bar_init (BfExaminationBar *self)
{
  g_type_ensure (BF_TYPE_OPTIONS_FORM);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (bf_settings_get (), "notify::examinations", G_CALLBACK (on_options_changed), self, G_CONNECT_SWAPPED);
  bf_throttle_init (&self->updating, UPDATES_PER_SECOND, bar_follow, self);
}

void
bf_examination_bar_set_session (BfExaminationBar *self,
                                BfSession        *session)
{
  g_return_if_fail (BF_IS_EXAMINATION_BAR (self));

  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->session, session);
  if (session)
    {
      g_signal_connect_swapped (session, "updated", G_CALLBACK (bar_update), self);
      g_signal_connect_swapped (session, "run-changed", G_CALLBACK (bar_follow), self);
    }
  bar_follow (self);
}

void
bf_examination_bar_set_figure (BfExaminationBar *self,
                               const char       *figure)
{
  g_return_if_fail (BF_IS_EXAMINATION_BAR (self));

  self->kind = bf_examination_find (figure);
  bar_show_options (self);
  bar_follow (self);
  bar_show (self);
}

gboolean
bf_examination_bar_activate (BfExaminationBar *self)
{
  g_return_val_if_fail (BF_IS_EXAMINATION_BAR (self), FALSE);

  bar_follow (self);
  if (!self->examination)
    return FALSE;
  if (bf_examination_get_running (self->examination))
    bf_examination_cancel (self->examination);
  else
    {
      g_autoptr (BfOptions) options = bar_dup_options (self);
      bf_examination_start (self->examination, options);
    }
  return TRUE;
}
