/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-diagnosis-strip.h"

#include "bf-button-row.h"
#include "bf-explain.h"
#include "../engine/bf-format.h"
#include "../lab/bf-remedy.h"

#include <glib/gi18n-lib.h>

struct _BfDiagnosisStrip
{
  GtkBox parent_instance;

  GtkImage *icon;
  GtkLabel *title;
  GtkMenuButton *more;
  GtkLabel *sentence;
  GtkWidget *try_label;
  BfButtonRow *buttons;
  GtkMenuButton *explain_button;
  BfExplain *explain;

  BfSession *session;
  BfSessionDiagnosis *diagnosis;
  char *told;          /* id of the finding that assistive technology was told of */
  char *made_of;       /* the actions of the buttons */
  char *others;        /* the ids in the menu */
  gboolean low;
};

static const struct { const char *icon, *tint; } looks[] = {
  [BF_SEVERITY_INFORMATION] = { "dialog-information-symbolic", "information" },
  [BF_SEVERITY_WARNING] = { "dialog-warning-symbolic", "warning" },
  [BF_SEVERITY_ERROR] = { "dialog-error-symbolic", "error" },
  [BF_SEVERITY_GOOD] = { "emblem-ok-symbolic", "success" },
};

G_DEFINE_FINAL_TYPE (BfDiagnosisStrip, bf_diagnosis_strip, GTK_TYPE_BOX)

static void
strip_show_look (BfDiagnosisStrip *self, BfSeverity severity)
{
  gtk_image_set_from_icon_name (self->icon, looks[severity].icon);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    (i == severity ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (GTK_WIDGET (self), looks[i].tint);
}

static gboolean
replace (char **old, GString *text)
{
  g_autofree char *new = g_string_free (text, FALSE);

  if (g_strcmp0 (*old, new) == 0)
    return FALSE;
  g_free (*old);
  *old = g_steal_pointer (&new);
  return TRUE;
}

/* A learning rate that a remedy decides is not this strip's to change. */
static gboolean
strip_may_set_rate (BfDiagnosisStrip *self)
{
  BfExperiment *experiment = bf_session_get_experiment (self->session);

  return bf_experiment_get_spec (experiment)->learning_rate == bf_experiment_get_effective (experiment)->learning_rate;
}

static void
strip_add_go_back (BfDiagnosisStrip *self, const BfFinding *finding)
{
  g_autofree char *count = bf_format_count ((guint64) finding->go_back);
  g_autofree char *label = g_strdup_printf (_("Go Back to Step %s"), count);
  g_autofree char *action = g_strdup_printf ("run.go-to(uint64 %" G_GINT64_FORMAT ")", finding->go_back);

  bf_button_row_add (self->buttons, label, action, _("Shows the last step before the gradients left what was usual"));
}

static void
strip_add_rate (BfDiagnosisStrip *self, const BfFinding *finding)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *rate = bf_format_plain (finding->learning_rate, 3);
  g_autofree char *label = g_strdup_printf (_("Learning Rate %s"), rate);
  g_autofree char *action = g_strdup_printf ("run.learning-rate(double %s)",
                                             g_ascii_dtostr (digits, sizeof digits, finding->learning_rate));

  bf_button_row_add (self->buttons, label, action, NULL);
}

static void
strip_add_remedy (BfDiagnosisStrip *self, const char *text)
{
  g_autofree char *id = g_strndup (text, strcspn (text, ":"));
  g_autofree char *label = bf_remedy_string_get_name (text);
  g_autofree char *action = g_strconcat ("win.remedy-apply::", text, NULL);
  const BfRemedy *remedy = bf_remedy_find (id);

  bf_button_row_add (self->buttons, label, action, remedy ? bf_kind_get_summary (&remedy->kind) : NULL);
}

static void
strip_add_compare (BfDiagnosisStrip *self, const BfFinding *finding)
{
  GVariant *remedies = g_variant_new_strv ((const char *const *) finding->remedies->pdata, finding->remedies->len);
  g_autofree char *action = g_action_print_detailed_name ("win.try-these", remedies);

  bf_button_row_add (self->buttons, _("Compare Them…"), action, _("Tries them in a study, with several seeds"));
}

static void
strip_show_buttons (BfDiagnosisStrip *self, const BfFinding *finding)
{
  GString *text = g_string_new (NULL);
  const gboolean rate = finding->learning_rate > 0 && strip_may_set_rate (self);

  g_string_append_printf (text, "%" G_GINT64_FORMAT " %g", finding->go_back, rate ? finding->learning_rate : 0);
  for (guint i = 0; i < finding->remedies->len; i++)
    g_string_append_printf (text, " %s", (char *) finding->remedies->pdata[i]);
  gtk_widget_set_visible (self->try_label, finding->go_back >= 0 || rate || finding->remedies->len > 0);
  if (!replace (&self->made_of, text))
    return;
  bf_button_row_clear (self->buttons);
  if (finding->go_back >= 0)
    strip_add_go_back (self, finding);
  for (guint i = 0; i < finding->remedies->len; i++)
    strip_add_remedy (self, finding->remedies->pdata[i]);
  if (rate)
    strip_add_rate (self, finding);
  if (finding->remedies->len > 1)
    strip_add_compare (self, finding);
}

static void
strip_show_others (BfDiagnosisStrip *self, GPtrArray *findings, const BfFinding *shown)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *label = NULL;
  guint n = findings->len - 1;

  for (guint i = 0; i < findings->len; i++)
    {
      const BfFinding *finding = findings->pdata[i];
      g_autofree char *action = g_strconcat ("diagnosis.show::", finding->id, NULL);

      if (finding == shown)
        continue;
      g_menu_append (menu, finding->title, action);
      g_string_append_printf (text, "%s|%s|", finding->id, finding->title);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->more), n > 0);
  if (!replace (&self->others, text))
    return;
  /* Translators: how many findings there are besides the one shown */
  label = g_strdup_printf (ngettext ("%u more", "%u more", n), n);
  gtk_menu_button_set_label (self->more, label);
  gtk_menu_button_set_menu_model (self->more, G_MENU_MODEL (menu));
}

static void
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_label (label), text) != 0)
    gtk_label_set_label (label, text);
}

/* The strip is a live region: its name is changed once for a finding, not with each number. */
static void
strip_tell (BfDiagnosisStrip *self, const BfFinding *finding)
{
  g_autofree char *text = NULL;

  if (g_strcmp0 (self->told, finding->id) == 0)
    return;
  g_free (self->told);
  self->told = g_strdup (finding->id);
  /* Translators: a finding's title, and what is said of it */
  text = g_strdup_printf (C_("finding", "%s. %s"), finding->title, finding->sentence);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
strip_show (BfDiagnosisStrip *self)
{
  const BfFinding *finding = bf_session_diagnosis_get_shown (self->diagnosis);
  const gboolean usable = finding && !bf_session_get_plan (self->session)->error
                          && bf_session_get_state (self->session) != BF_RUN_FAILED;

  gtk_widget_set_visible (GTK_WIDGET (self), usable);
  if (!usable)
    return;
  strip_show_look (self, finding->severity);
  set_text (self->title, finding->title);
  set_text (self->sentence, finding->sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), !self->low && *finding->sentence);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), self->low ? finding->sentence : NULL);
  strip_show_buttons (self, finding);
  strip_show_others (self, bf_session_diagnosis_get_findings (self->diagnosis), finding);
  strip_tell (self, finding);
}

static void
action_show (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BfDiagnosisStrip *self = BF_DIAGNOSIS_STRIP (widget);

  if (self->diagnosis)
    bf_session_diagnosis_choose (self->diagnosis, g_variant_get_string (parameter, NULL));
}

static void
strip_dispose (GObject *object)
{
  bf_diagnosis_strip_set_session (BF_DIAGNOSIS_STRIP (object), NULL, NULL);
  G_OBJECT_CLASS (bf_diagnosis_strip_parent_class)->dispose (object);
}

static void
strip_finalize (GObject *object)
{
  BfDiagnosisStrip *self = BF_DIAGNOSIS_STRIP (object);

  g_free (self->told);
  g_free (self->made_of);
  g_free (self->others);
  G_OBJECT_CLASS (bf_diagnosis_strip_parent_class)->finalize (object);
}

static void
bf_diagnosis_strip_class_init (BfDiagnosisStripClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = strip_dispose;
  G_OBJECT_CLASS (class)->finalize = strip_finalize;
  g_type_ensure (BF_TYPE_BUTTON_ROW);
  g_type_ensure (BF_TYPE_EXPLAIN);
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/diagnosis-strip.ui");
  gtk_widget_class_bind_template_child (widget, BfDiagnosisStrip, icon);
  gtk_widget_class_bind_template_child (widget, BfDiagnosisStrip, title);
  gtk_widget_class_bind_template_child (widget, BfDiagnosisStrip, more);
  gtk_widget_class_bind_template_child (widget, BfDiagnosisStrip, sentence);
  gtk_widget_class_bind_template_child (widget, BfDiagnosisStrip, try_label);
  gtk_widget_class_bind_template_child (widget, BfDiagnosisStrip, buttons);
  gtk_widget_class_bind_template_child (widget, BfDiagnosisStrip, explain_button);
  gtk_widget_class_bind_template_child (widget, BfDiagnosisStrip, explain);
  gtk_widget_class_install_action (widget, "diagnosis.show", "s", action_show);
}

static void
bf_diagnosis_strip_init (BfDiagnosisStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
bf_diagnosis_strip_set_session (BfDiagnosisStrip *self, BfSession *session, BfSessionDiagnosis *diagnosis)
{
  g_return_if_fail (BF_IS_DIAGNOSIS_STRIP (self));

  if (self->diagnosis)
    {
      g_signal_handlers_disconnect_by_data (self->diagnosis, self);
      g_signal_handlers_disconnect_by_data (self->session, self);
    }
  g_set_object (&self->session, session);
  g_set_object (&self->diagnosis, diagnosis);
  if (self->explain)
    bf_explain_set_session (self->explain, session, diagnosis);
  if (!diagnosis)
    return;
  g_signal_connect_swapped (diagnosis, "changed", G_CALLBACK (strip_show), self);
  g_signal_connect_swapped (session, "spec-changed", G_CALLBACK (strip_show), self);
  strip_show (self);
}

void
bf_diagnosis_strip_set_low (BfDiagnosisStrip *self, gboolean low)
{
  g_return_if_fail (BF_IS_DIAGNOSIS_STRIP (self));

  if (self->low == low)
    return;
  self->low = low;
  if (self->diagnosis)
    strip_show (self);
}

void
bf_diagnosis_strip_explain (BfDiagnosisStrip *self, const char *remedy)
{
  g_return_if_fail (BF_IS_DIAGNOSIS_STRIP (self));

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  gtk_menu_button_popup (self->explain_button);
  bf_explain_point_at (self->explain, remedy);
}
