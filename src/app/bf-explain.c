/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-explain.h"

#include "bf-explain-way.h"
#include "bf-number-label.h"
#include "../engine/bf-format.h"
#include "../lab/bf-expectation.h"
#include "../lab/bf-remedy.h"
#include "../lab/bf-thresholds.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

struct _BfExplain
{
  GtkPopover parent_instance;

  GtkLabel *title;
  GtkLabel *cause;
  GtkWidget *way;
  GtkLabel *intro;
  GtkBox *factors;
  GtkWidget *weights_intro;
  GtkBox *weight_factors;
  GtkLabel *silence;
  GtkGrid *evidence;
  GtkWidget *remedies_part;
  GtkGrid *remedies;
  GtkExpander *when;
  GtkGrid *thresholds;

  BfSession *session;
  BfSessionDiagnosis *diagnosis;
  GCancellable *asking;
  char *made_of;        /* the finding and its remedies, for which the table stands */
};

enum { COLUMN_NAME, COLUMN_ACTS, COLUMN_ONE, COLUMN_ALL, COLUMN_BY, COLUMN_APPLY, N_COLUMNS };

/* An answer that is awaited: the labels of its row. */
typedef struct
{
  GtkLabel *one, *all, *by;   /* owned */
} Awaited;

static const struct { const char *finding, *title, *when; } words[] = {
  { "vanishing-gradient", N_("Why the gradient vanishes here"), N_("When does it count as vanishing?") },
  { "exploding-gradient", N_("Why the gradient grows here"), N_("When does it count as growing?") },
};

G_DEFINE_FINAL_TYPE (BfExplain, bf_explain, GTK_TYPE_POPOVER)

static GtkWidget *
make_label (const char *text, gboolean dim, gboolean caption)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "ellipsize", PANGO_ELLIPSIZE_END, NULL);

  bf_number_label_set (GTK_LABEL (label), text);
  if (dim)
    gtk_widget_add_css_class (label, "dim-label");
  if (caption)
    gtk_widget_add_css_class (label, "caption");
  return label;
}

static GtkLabel *
attach_number (GtkGrid *grid, int column, int row, const char *text)
{
  GtkWidget *label = make_label (text, FALSE, FALSE);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_grid_attach (grid, label, column, row, 1, 1);
  return GTK_LABEL (label);
}

/* Theory of the run that the finding is of, where it speaks. */
static const BfTheory *
get_theory (BfExplain *self)
{
  const BfTaskFacts *facts = bf_session_diagnosis_get_facts (self->diagnosis);

  return facts && facts->theory && !facts->theory->reason ? facts->theory : NULL;
}

static void
show_way (BfExplain *self, const BfFinding *finding)
{
  const BfSnapshot *snapshot = bf_session_diagnosis_get_snapshot (self->diagnosis);
  const BfTaskFacts *facts = bf_session_diagnosis_get_facts (self->diagnosis);
  const BfColumn *column = bf_snapshot_get_column (snapshot, finding->last);
  g_autofree char *step = bf_format_count (column->last), *text = NULL;
  guint n;

  gtk_widget_set_visible (self->way, FALSE);
  if (!bf_explain_fill_way (self->factors, self->weight_factors, column, snapshot->plan, get_theory (self), &n))
    return;
  /* Translators: above the factors of a layer */
  text = g_strdup_printf (ngettext ("On the way back, every layer multiplies the gradient by %u factor (measured at step %s):",
                                    "On the way back, every layer multiplies the gradient by %u factors (measured at step %s):", n), n, step);
  gtk_label_set_label (self->intro, text);
  gtk_widget_set_visible (self->way, TRUE);
  gtk_widget_set_visible (self->weights_intro, gtk_widget_get_first_child (GTK_WIDGET (self->weight_factors)) != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->silence), facts && facts->theory && facts->theory->reason);
  if (facts && facts->theory && facts->theory->reason)
    gtk_label_set_label (self->silence, facts->theory->reason);
}

/* The numbers of findings that are not about the way back. */
static void
show_evidence (BfExplain *self, const BfFinding *finding)
{
  const gboolean of_way = !isnan (bf_finding_get_evidence (finding, "decades"));
  int row = 0;

  bf_explain_empty (GTK_WIDGET (self->evidence));
  for (guint i = 0; i < finding->evidence->len && !of_way; i++)
    {
      const char *name;
      g_autofree char *value = bf_evidence_format (&g_array_index (finding->evidence, BfEvidence, i), &name);

      if (!value)
        continue;
      gtk_grid_attach (self->evidence, make_label (name, TRUE, FALSE), 0, row, 1, 1);
      attach_number (self->evidence, 1, row++, value);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->evidence), row > 0);
}

static void
show_thresholds (BfExplain *self, const BfFinding *finding)
{
  const char *const *ids = bf_finding_get_thresholds (finding->id);
  const BfOptions *options = bf_session_diagnosis_get_thresholds (self->diagnosis);
  const char *label = _("When does it count?");
  int row = 0;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].finding, finding->id))
      label = _(words[i].when);
  gtk_expander_set_label (self->when, label);
  gtk_widget_set_visible (GTK_WIDGET (self->when), *ids != NULL);
  bf_explain_empty (GTK_WIDGET (self->thresholds));
  for (; *ids; ids++)
    {
      const BfParam *param = bf_kind_find_param (bf_thresholds_kind (), *ids);
      g_autofree char *number = bf_format_plain (bf_options_number (options, *ids), 3);
      GtkWidget *name = make_label (_(param->name), FALSE, FALSE), *source;

      /* Translators: least value at which a finding counts: "from 2" */
      g_autofree char *from = g_strdup_printf (_("from %s"), number);

      source = make_label (bf_threshold_get_source (*ids), TRUE, TRUE);
      g_object_set (source, "ellipsize", PANGO_ELLIPSIZE_NONE, "wrap", TRUE, "width-chars", 76, "max-width-chars", 76, NULL);
      gtk_widget_set_hexpand (name, TRUE);
      gtk_grid_attach (self->thresholds, name, 0, row, 1, 1);
      attach_number (self->thresholds, 1, row++, from);
      gtk_grid_attach (self->thresholds, source, 0, row++, 2, 1);
    }
}

static void
awaited_free (Awaited *self)
{
  g_object_unref (self->one);
  g_object_unref (self->all);
  g_object_unref (self->by);
  g_free (self);
}

static void
show_numbers (const Awaited *row, double one, double whole)
{
  g_autofree char *each = isfinite (one) ? bf_format_value (one) : NULL;
  g_autofree char *factor = each ? g_strdup_printf (_("× %s"), each) : NULL;
  g_autofree char *part = isfinite (whole) ? bf_format_part (whole) : NULL;
  g_autofree char *all = !part ? NULL : whole < 0.67 ? g_strdup (part) : g_strdup_printf (_("× %s"), part);

  bf_number_label_set (row->one, factor ? factor : "–");
  bf_number_label_set (row->all, all ? all : "–");
}

static void
on_expected (GObject *source, GAsyncResult *result, gpointer data)
{
  static const char *const by[] = {
    [BF_EXPECTED_NOTHING] = N_("not on the gradient"), [BF_EXPECTED_BY_THEORY] = N_("theory"), [BF_EXPECTED_BY_PASS] = N_("one pass"),
  };
  Awaited *row = data;
  BfExpectation expectation;
  g_autoptr (GError) error = NULL;

  if (bf_expectation_finish (result, &expectation, &error))
    {
      show_numbers (row, expectation.one, expectation.whole);
      gtk_label_set_label (row->by, _(by[expectation.by]));
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      gtk_label_set_label (row->one, "–");
      gtk_label_set_label (row->all, "–");
      gtk_widget_set_tooltip_text (GTK_WIDGET (row->by), error->message);
    }
  awaited_free (row);
}

/* A run of the session that has this remedy on and is otherwise the experiment as it stands. */
static const BfSessionRun *
find_tried (BfExplain *self, const char *text)
{
  g_autoptr (BfSpec) spec = bf_experiment_copy_spec (bf_session_get_experiment (self->session));
  GPtrArray *runs = bf_session_get_runs (self->session);
  g_autoptr (BfSpec) effective = NULL;

  if (!bf_spec_add_remedy_string (spec, text, NULL))
    return NULL;
  effective = bf_remedies_apply (spec);
  for (guint i = runs->len; i-- > 0;)
    {
      const BfSessionRun *run = runs->pdata[i];

      if (bf_spec_same_run (effective, bf_run_get_spec (run->run)) && bf_run_get_snapshot (run->run))
        return run;
    }
  return NULL;
}

/* "Run 2 came to × 0.98 a layer, × 0.9 in all, accuracy 83.9 %" */
static char *
say_tried (const BfSessionRun *run)
{
  const BfSnapshot *snapshot = bf_run_get_snapshot (run->run);
  const BfEpoch *epoch = snapshot->epochs->len ? &g_array_index (snapshot->epochs, BfEpoch, snapshot->epochs->len - 1) : NULL;
  g_autofree char *part = NULL, *step = bf_format_count (bf_snapshot_get_last_step (snapshot)), *accuracy = NULL;
  double whole;
  guint layers;

  if (snapshot->steps == 0 || !bf_way_measure (bf_snapshot_get_column (snapshot, G_MAXUINT64), snapshot->plan, &layers, &whole))
    return NULL;
  part = bf_format_ratio (whole);
  accuracy = epoch && isfinite (epoch->validation_accuracy) ? bf_format_percent (epoch->validation_accuracy) : NULL;
  if (accuracy)
    /* Translators: a run, what passes all layers, a step, an accuracy: "Tried in Run 2: 1.3 × at step 2,304, accuracy 83.9 %" */
    return g_strdup_printf (_("Tried in %s: %s at step %s, accuracy %s"), run->label, part, step, accuracy);
  return g_strdup_printf (_("Tried in %s: %s at step %s"), run->label, part, step);
}

static void
ask (BfExplain *self, const char *text, Awaited *row)
{
  const BfTaskFacts *facts = bf_session_diagnosis_get_facts (self->diagnosis);
  BfSessionRun *run = bf_session_get_current (self->session);
  BfDataset *data = run ? bf_run_get_dataset (run->run) : NULL;

  if (!facts || !data)
    {
      awaited_free (row);
      return;
    }
  bf_expectation_ask (bf_experiment_get_spec (bf_session_get_experiment (self->session)), text, data,
                      facts->input_rms * facts->input_rms, self->asking, on_expected, row);
}

static void
add_remedy (BfExplain *self, const char *text, int row)
{
  g_autofree char *id = g_strndup (text, strcspn (text, ":")), *name = bf_remedy_string_get_name (text);
  g_autofree char *action = g_strconcat ("win.remedy-apply::", text, NULL), *tried = NULL;
  /* Translators: %s is a remedy's name */
  g_autofree char *what = g_strdup_printf (_("Apply %s"), name);
  const BfRemedy *remedy = bf_remedy_find (id);
  const BfSessionRun *run = find_tried (self, text);
  GtkWidget *acts = make_label (_(remedy->acts_on), TRUE, FALSE), *by = make_label ("", TRUE, TRUE);
  GtkWidget *apply = gtk_button_new_with_mnemonic (_("Apply"));
  Awaited *awaited = g_new (Awaited, 1);

  gtk_grid_attach (self->remedies, make_label (name, FALSE, FALSE), COLUMN_NAME, row, 1, 1);
  gtk_widget_set_hexpand (acts, TRUE);
  gtk_grid_attach (self->remedies, acts, COLUMN_ACTS, row, 1, 1);
  awaited->one = g_object_ref (attach_number (self->remedies, COLUMN_ONE, row, "…"));
  awaited->all = g_object_ref (attach_number (self->remedies, COLUMN_ALL, row, "…"));
  gtk_grid_attach (self->remedies, by, COLUMN_BY, row, 1, 1);
  awaited->by = g_object_ref (GTK_LABEL (by));
  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (apply), action);
  g_signal_connect_swapped (apply, "clicked", G_CALLBACK (gtk_popover_popdown), self);
  gtk_widget_add_css_class (apply, "mini");
  g_object_set_data_full (G_OBJECT (apply), "remedy", g_steal_pointer (&id), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (apply), GTK_ACCESSIBLE_PROPERTY_LABEL, what, -1);
  gtk_grid_attach (self->remedies, apply, COLUMN_APPLY, row, 1, 1);
  tried = run ? say_tried (run) : NULL;
  if (tried)
    gtk_grid_attach (self->remedies, make_label (tried, TRUE, TRUE), COLUMN_NAME, row + 1, N_COLUMNS, 1);
  ask (self, text, awaited);
}

static void
show_remedies (BfExplain *self, const BfFinding *finding)
{
  const BfPlan *plan = bf_session_diagnosis_get_snapshot (self->diagnosis)->plan;
  g_autofree char *layers = NULL;
  guint first, last;

  if (self->asking)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->asking = g_cancellable_new ();
  bf_explain_empty (GTK_WIDGET (self->remedies));
  gtk_widget_set_visible (self->remedies_part, finding->remedies->len > 0);
  layers = bf_explain_count_layers (bf_plan_get_hidden (plan, &first, &last) ? last - first : 0);
  const char *const heads[N_COLUMNS] = { _("Remedy"), _("Acts on"), _("One layer"), layers, _("Known by"), "" };
  for (int i = 0; i < N_COLUMNS; i++)
    {
      GtkWidget *head = make_label (heads[i], TRUE, TRUE);

      gtk_label_set_xalign (GTK_LABEL (head), i == COLUMN_ONE || i == COLUMN_ALL ? 1 : 0);
      gtk_grid_attach (self->remedies, head, i, 0, 1, 1);
    }
  for (guint i = 0; i < finding->remedies->len; i++)
    add_remedy (self, finding->remedies->pdata[i], 1 + 2 * (int) i);
}

static void
explain_show (BfExplain *self)
{
  const BfFinding *finding = bf_session_diagnosis_get_shown (self->diagnosis);
  const char *title;

  if (!finding || !gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  title = finding->title;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].finding, finding->id))
      title = _(words[i].title);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->cause, finding->cause);
  show_way (self, finding);
  show_evidence (self, finding);
  /* The table keeps its buttons, and the trials their time, while only the numbers change. */
  if (g_strcmp0 (self->made_of, finding->id) == 0)
    return;
  g_free (self->made_of);
  self->made_of = g_strdup (finding->id);
  show_remedies (self, finding);
  show_thresholds (self, finding);
}

static void
on_shown (BfExplain *self)
{
  g_clear_pointer (&self->made_of, g_free);
  if (self->diagnosis)
    explain_show (self);
}

/* Nothing that is no longer looked at is measured. */
static void
on_closed (BfExplain *self)
{
  if (self->asking)
    g_cancellable_cancel (self->asking);
}

static void
explain_dispose (GObject *object)
{
  BfExplain *self = BF_EXPLAIN (object);

  on_closed (self);
  g_clear_object (&self->asking);
  bf_explain_set_session (self, NULL, NULL);
  g_clear_pointer (&self->made_of, g_free);
  G_OBJECT_CLASS (bf_explain_parent_class)->dispose (object);
}

static void
bf_explain_class_init (BfExplainClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = explain_dispose;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/explain.ui");
  gtk_widget_class_bind_template_child (widget, BfExplain, title);
  gtk_widget_class_bind_template_child (widget, BfExplain, cause);
  gtk_widget_class_bind_template_child (widget, BfExplain, way);
  gtk_widget_class_bind_template_child (widget, BfExplain, intro);
  gtk_widget_class_bind_template_child (widget, BfExplain, factors);
  gtk_widget_class_bind_template_child (widget, BfExplain, weights_intro);
  gtk_widget_class_bind_template_child (widget, BfExplain, weight_factors);
  gtk_widget_class_bind_template_child (widget, BfExplain, silence);
  gtk_widget_class_bind_template_child (widget, BfExplain, evidence);
  gtk_widget_class_bind_template_child (widget, BfExplain, remedies_part);
  gtk_widget_class_bind_template_child (widget, BfExplain, remedies);
  gtk_widget_class_bind_template_child (widget, BfExplain, when);
  gtk_widget_class_bind_template_child (widget, BfExplain, thresholds);
}

static void
bf_explain_init (BfExplain *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "show", G_CALLBACK (on_shown), NULL);
  g_signal_connect (self, "closed", G_CALLBACK (on_closed), NULL);
}

void
bf_explain_set_session (BfExplain *self, BfSession *session, BfSessionDiagnosis *diagnosis)
{
  g_return_if_fail (BF_IS_EXPLAIN (self));

  if (self->diagnosis)
    g_signal_handlers_disconnect_by_data (self->diagnosis, self);
  g_set_object (&self->session, session);
  g_set_object (&self->diagnosis, diagnosis);
  if (diagnosis)
    g_signal_connect_swapped (diagnosis, "changed", G_CALLBACK (explain_show), self);
}

void
bf_explain_point_at (BfExplain *self, const char *remedy)
{
  g_return_if_fail (BF_IS_EXPLAIN (self));

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->remedies)); child; child = gtk_widget_get_next_sibling (child))
    if (g_strcmp0 (g_object_get_data (G_OBJECT (child), "remedy"), remedy) == 0)
      gtk_widget_grab_focus (child);
}
