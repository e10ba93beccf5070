/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-remedy-row.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "bf-options-form.h"
#include "../engine/bf-format.h"

struct _BfRemedyRow
{
  GtkListBoxRow parent_instance;

  GtkImage *arrow;
  GtkLabel *name;
  GtkWidget *warning;
  GtkWidget *dot;
  GtkLabel *result;
  GtkLabel *here;
  GtkSwitch *toggle;
  GtkRevealer *revealer;
  GtkLabel *summary;
  GtkLabel *formula;
  BfOptionsForm *form;
  GtkLabel *cost;
  GtkLabel *conflict;
  GtkLinkButton *paper;
  GtkLabel *paper_label;
  GtkLabel *paper_name;

  const BfRemedy *remedy;
  BfSession *session;    /* owned */
  gboolean updating;
  gboolean suggested;
};

G_DEFINE_FINAL_TYPE (BfRemedyRow, bf_remedy_row, GTK_TYPE_LIST_BOX_ROW)

/* The dot goes once the remedy is on, or was tried: then its accuracy stands there. */
static void
show_dot (BfRemedyRow *self)
{
  gboolean shown = self->suggested && !gtk_switch_get_active (self->toggle)
                   && !gtk_widget_get_visible (GTK_WIDGET (self->result));

  gtk_widget_set_visible (self->dot, shown);
}

/* A remedy says why it is without effect, or that it is suggested. */
static void
describe (BfRemedyRow *self)
{
  const char *conflict = gtk_label_get_label (self->conflict);
  const char *text = *conflict ? conflict : self->suggested ? _("Suggested by the diagnosis") : "";

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
on_toggled (GtkSwitch   *toggle,
            GParamSpec  *pspec,
            BfRemedyRow *self)
{
  if (!self->updating && self->session)
    bf_experiment_set_remedy (bf_session_get_experiment (self->session), self->remedy->kind.id,
                              gtk_switch_get_active (toggle));
}

static void
on_form_changed (BfOptionsForm *form,
                 const char    *name,
                 BfRemedyRow   *self)
{
  BfExperiment *experiment = bf_session_get_experiment (self->session);
  BfSpec *spec = bf_experiment_copy_spec (experiment);
  BfRemedySetting *setting = bf_spec_ensure_remedy (spec, self->remedy->kind.id);
  g_autofree char *label = g_strdup_printf (C_("remedy: parameter", "%s: %s"),
                                            bf_kind_get_name (&self->remedy->kind), name);
  g_autofree char *merge = g_strdup_printf ("remedy-%s-%s", self->remedy->kind.id, name);

  bf_options_free (setting->options);
  setting->options = bf_options_copy (bf_options_form_get_options (form));
  bf_experiment_edit (experiment, spec, label, merge);
}

static void
on_spec_changed (BfRemedyRow *self)
{
  const BfSpec *spec = bf_experiment_get_spec (bf_session_get_experiment (self->session));
  BfRemedySetting *setting = bf_spec_find_remedy (spec, self->remedy->kind.id);
  g_autoptr (BfOptions) fallback = setting ? NULL : bf_options_new (&self->remedy->kind);
  g_autofree char *conflict = bf_remedy_get_conflict (spec, self->remedy->kind.id);

  self->updating = TRUE;
  gtk_switch_set_active (self->toggle, setting && setting->on);
  bf_options_form_set_options (self->form, setting ? setting->options : fallback);
  gtk_widget_set_visible (GTK_WIDGET (self->form), !bf_options_form_is_empty (self->form));
  gtk_label_set_label (self->conflict, conflict ? conflict : "");
  gtk_widget_set_visible (GTK_WIDGET (self->conflict), conflict != NULL);
  gtk_widget_set_visible (self->warning, conflict != NULL);
  gtk_widget_set_tooltip_text (self->warning, conflict);
  describe (self);
  show_dot (self);
  self->updating = FALSE;
}

static void
bf_remedy_row_dispose (GObject *object)
{
  BfRemedyRow *self = BF_REMEDY_ROW (object);

  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bf_remedy_row_parent_class)->dispose (object);
}

static void
bf_remedy_row_class_init (BfRemedyRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bf_remedy_row_dispose;
  g_type_ensure (BF_TYPE_OPTIONS_FORM);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backflow/Backflow/remedy-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, arrow);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, name);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, warning);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, dot);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, result);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, here);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, toggle);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, revealer);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, summary);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, formula);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, form);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, cost);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, conflict);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, paper);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, paper_label);
  gtk_widget_class_bind_template_child (widget_class, BfRemedyRow, paper_name);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_form_changed);
}

static void
bf_remedy_row_init (BfRemedyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_or_hide (GtkLabel   *label,
             const char *text)
{
  gtk_label_set_label (label, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text && *text);
}

/* Whether a run has the remedy on. */
static gboolean
has_remedy (const BfSessionRun *run,
            const char         *id)
{
  const BfRemedySetting *setting = bf_spec_find_remedy (run->base, id);

  return setting && setting->on;
}

/* Whether two runs differ in nothing but this remedy. */
static gboolean
differ_only_in (const BfSessionRun *a,
                const BfSessionRun *b,
                const char         *id)
{
  for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
    {
      gboolean on = has_remedy (a, (*kind)->id);

      if (g_str_equal ((*kind)->id, id))
        continue;
      if (on != has_remedy (b, (*kind)->id)
          || (on && !bf_options_equal (bf_spec_find_remedy (a->base, (*kind)->id)->options,
                                       bf_spec_find_remedy (b->base, (*kind)->id)->options)))
        return FALSE;
    }
  return bf_spec_same_run (a->base, b->base);
}

/* The best that a run reached on its validation samples: accuracy, or, without classes, loss. */
static double
get_best (const BfSessionRun *run,
          gboolean            accuracy)
{
  const BfSnapshot *snapshot = bf_run_get_snapshot (run->run);
  double best = NAN;

  for (guint i = 0; snapshot && i < snapshot->epochs->len; i++)
    {
      const BfEpoch *epoch = &g_array_index (snapshot->epochs, BfEpoch, i);
      double value = accuracy ? epoch->validation_accuracy : epoch->validation_loss;

      if (isfinite (value) && !(accuracy ? value <= best : value >= best))
        best = value;
    }
  return best;
}

/* Among the runs with the remedy (or, beside one, those that only lack it) the best; NULL: none has
 * come to the end of an epoch. */
static const BfSessionRun *
find_best (BfRemedyRow        *self,
           const BfSessionRun *beside,
           gboolean            accuracy,
           double             *best)
{
  GPtrArray *runs = bf_session_get_runs (self->session);
  const char *id = self->remedy->kind.id;
  const BfSessionRun *found = NULL;

  *best = NAN;
  for (guint i = 0; i < runs->len; i++)
    {
      const BfSessionRun *run = g_ptr_array_index (runs, i);
      double value = get_best (run, accuracy);

      if (has_remedy (run, id) != (beside == NULL) || (beside && !differ_only_in (run, beside, id)))
        continue;
      if (isfinite (value) && !(accuracy ? value <= *best : value >= *best))
        {
          found = run;
          *best = value;
        }
    }
  return found;
}

static char *
describe_here (gboolean accuracy,
               double   before,
               double   with)
{
  g_autofree char *from = accuracy ? bf_format_plain (100 * before, 3) : bf_format_value (before);
  g_autofree char *to = accuracy ? bf_format_percent (with) : bf_format_value (with);

  if (isnan (before))
    return g_strdup_printf (accuracy ? _("Here: accuracy %s") : _("Here: validation loss %s"), to);
  /* Translators: without the remedy and with it: "Here: accuracy 10.3 → 83.9 %" */
  return g_strdup_printf (accuracy ? _("Here: accuracy %s → %s") : _("Here: validation loss %s → %s"), from, to);
}

void
bf_remedy_row_update_results (BfRemedyRow *self)
{
  gboolean accuracy = TRUE;
  const BfSessionRun *run;
  double best, before = NAN;
  g_autofree char *text = NULL, *here = NULL;

  g_return_if_fail (BF_IS_REMEDY_ROW (self));

  run = find_best (self, NULL, accuracy, &best);
  if (run == NULL)
    run = find_best (self, NULL, accuracy = FALSE, &best);
  if (run)
    {
      find_best (self, run, accuracy, &before);
      text = accuracy ? bf_format_percent (best) : NULL;
      here = describe_here (accuracy, before, best);
    }
  set_or_hide (self->result, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->result), _("Best validation accuracy with this remedy"));
  set_or_hide (self->here, here);
  show_dot (self);
}

void
bf_remedy_row_set_suggested (BfRemedyRow *self,
                             gboolean     suggested)
{
  g_return_if_fail (BF_IS_REMEDY_ROW (self));

  if (self->suggested == suggested)
    return;
  self->suggested = suggested;
  describe (self);
  show_dot (self);
}

GtkWidget *
bf_remedy_row_new (const BfRemedy *remedy)
{
  BfRemedyRow *self = g_object_new (BF_TYPE_REMEDY_ROW, NULL);
  const char *name = bf_kind_get_name (&remedy->kind);

  self->remedy = remedy;
  gtk_label_set_label (self->name, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  set_or_hide (self->summary, bf_kind_get_summary (&remedy->kind));
  set_or_hide (self->formula, remedy->formula);
  set_or_hide (self->cost, remedy->cost ? g_dgettext (GETTEXT_PACKAGE, remedy->cost) : NULL);
  set_or_hide (self->paper_name, remedy->link ? NULL : remedy->reference);
  gtk_widget_set_visible (GTK_WIDGET (self->paper), remedy->link && remedy->reference);
  if (remedy->link && remedy->reference)
    {
      gtk_link_button_set_uri (self->paper, remedy->link);
      gtk_label_set_label (self->paper_label, remedy->reference);
    }
  return GTK_WIDGET (self);
}

void
bf_remedy_row_set_session (BfRemedyRow *self,
                           BfSession   *session)
{
  g_return_if_fail (BF_IS_REMEDY_ROW (self));

  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (g_set_object (&self->session, session) && session)
    {
      g_signal_connect_swapped (session, "spec-changed", G_CALLBACK (on_spec_changed), self);
      on_spec_changed (self);
    }
}

const char *
bf_remedy_row_get_id (BfRemedyRow *self)
{
  g_return_val_if_fail (BF_IS_REMEDY_ROW (self), NULL);
  return self->remedy->kind.id;
}

void
bf_remedy_row_set_expanded (BfRemedyRow *self,
                            gboolean     expanded)
{
  g_return_if_fail (BF_IS_REMEDY_ROW (self));

  gtk_revealer_set_reveal_child (self->revealer, expanded);
  gtk_image_set_from_icon_name (self->arrow, expanded ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED, expanded, -1);
}

gboolean
bf_remedy_row_get_expanded (BfRemedyRow *self)
{
  g_return_val_if_fail (BF_IS_REMEDY_ROW (self), FALSE);
  return gtk_revealer_get_reveal_child (self->revealer);
}
