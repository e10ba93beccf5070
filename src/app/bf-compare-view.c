/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The page of the runs follows the session: the run at work against the one beside it, until other
 * ones are chosen. Runs are known by their numbers, since the session may let go of one.
 */
#include "bf-compare-view.h"

#include "bf-diff-table.h"
#include "bf-kind-drop-down.h"
#include "../lab/bf-spec-diff.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

struct _BfCompareView
{
  GtkBox parent_instance;

  GtkStack *stack;
  GtkStack *runs_pages;
  GtkDropDown *choices[2];
  GtkMenuButton *more_button;
  GtkBox *more_rows;
  GtkLabel *match;
  BfFigurePanel *heatmaps;
  BfFigurePanel *difference;
  BfFigurePanel *depth;
  BfFigurePanel *curves;
  BfDiffTable *table;
  GtkWidget *study;          /* owned as a child of the stack, or NULL */

  BfSession *session;
  guint numbers[2];          /* of the runs shown; 0: none */
  GArray *more;              /* of guint: runs in the curves as well */
  guint current;             /* number of the session's run when last looked at */
  guint beside;
  const BfPlan *matched[2];  /* borrowed, only compared: of the sentence shown */
  gboolean filling;
};

enum { PROP_0, PROP_PAGE, N_PROPS };
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (BfCompareView, bf_compare_view, GTK_TYPE_BOX)

static BfSessionRun *
compare_view_find_run (BfCompareView *self,
                       guint          number)
{
  GPtrArray *runs = self->session ? bf_session_get_runs (self->session) : NULL;
  for (guint i = 0; runs && i < runs->len; i++)
    if (((BfSessionRun *) g_ptr_array_index (runs, i))->number == number)
      return g_ptr_array_index (runs, i);
  return NULL;
}

/* The newest run but one. */
static guint
compare_view_find_other (BfCompareView *self,
                         guint          number)
{
  GPtrArray *runs = bf_session_get_runs (self->session);
  for (guint i = runs->len; i > 0; i--)
    if (((BfSessionRun *) g_ptr_array_index (runs, i - 1))->number != number)
      return ((BfSessionRun *) g_ptr_array_index (runs, i - 1))->number;
  return 0;
}

static gboolean
compare_view_is_more (BfCompareView *self,
                      guint          number)
{
  for (guint i = 0; i < self->more->len; i++)
    if (g_array_index (self->more, guint, i) == number)
      return TRUE;
  return FALSE;
}

/* A new run, or another one beside it, is what one wants to look at. */
static void
compare_view_follow (BfCompareView *self)
{
  BfSessionRun *current = bf_session_get_current (self->session), *beside = bf_session_get_beside (self->session);
  guint number = current ? current->number : 0, other = beside ? beside->number : 0;

  if (number != self->current || !compare_view_find_run (self, self->numbers[0]))
    {
      guint before = self->numbers[0];
      self->numbers[0] = number ? number : compare_view_find_other (self, 0);
      if (compare_view_find_run (self, before) && before != self->numbers[0])
        self->numbers[1] = before;
    }
  if (other && other != self->beside && other != self->numbers[0])
    self->numbers[1] = other;
  if (self->numbers[1] == self->numbers[0] || !compare_view_find_run (self, self->numbers[1]))
    self->numbers[1] = compare_view_find_other (self, self->numbers[0]);
  self->current = number;
  self->beside = other;
}

/* What both have in common, in words, when it is another pair or another start. */
static void
compare_view_show_match (BfCompareView *self)
{
  BfSessionRun *a = compare_view_find_run (self, self->numbers[0]), *b = compare_view_find_run (self, self->numbers[1]);
  BfSnapshot *x = a ? bf_run_get_snapshot (a->run) : NULL, *y = b ? bf_run_get_snapshot (b->run) : NULL;
  if (!x || !y || (self->matched[0] == x->plan && self->matched[1] == y->plan))
    return;
  BfRunMatch match;
  bf_run_match_init (&match, x, y);
  g_autofree char *words = bf_run_match_describe (&match, x, y);
  gtk_label_set_label (self->match, words);
  self->matched[0] = x->plan;
  self->matched[1] = y->plan;
}

static void
compare_view_show_figures (BfCompareView *self)
{
  BfSessionRun *a = compare_view_find_run (self, self->numbers[0]), *b = compare_view_find_run (self, self->numbers[1]);
  if (!a || !b)
    return;

  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_vals (all, self->numbers, 2);
  for (guint i = 0; i < self->more->len; i++)
    {
      guint number = g_array_index (self->more, guint, i);
      if (number != self->numbers[0] && number != self->numbers[1])
        g_array_append_val (all, number);
    }
  bf_figure_view_set_numbers (bf_figure_panel_get_view (self->heatmaps), self->numbers, 2);
  bf_figure_view_set_numbers (bf_figure_panel_get_view (self->difference), self->numbers, 2);
  bf_figure_view_set_numbers (bf_figure_panel_get_view (self->depth), &g_array_index (all, guint, 0), all->len);
  bf_figure_view_set_numbers (bf_figure_panel_get_view (self->curves), &g_array_index (all, guint, 0), all->len);
  /* Translators: what a figure shows: one run over another, "Run 2 over Run 1". */
  g_autofree char *remark = g_strdup_printf (_("%s over %s"), a->label, b->label);
  bf_figure_panel_set_caption (self->difference, _("Ratio"), remark);
  bf_diff_table_set_runs (self->table, a, b);
  compare_view_show_match (self);
}

static char *
name_run (const BfSessionRun *run)
{
  /* Translators: a run and its remedies: "Run 2, Batch Normalization". */
  return g_strdup_printf (_("%s, %s"), run->label, *run->remedies ? run->remedies : _("no remedy"));
}

static void
compare_view_select (BfCompareView *self,
                     guint          which)
{
  GPtrArray *runs = bf_session_get_runs (self->session);
  for (guint i = 0; i < runs->len; i++)
    if (((BfSessionRun *) g_ptr_array_index (runs, i))->number == self->numbers[which])
      gtk_drop_down_set_selected (self->choices[which], i);
}

static void
compare_view_fill_choice (BfCompareView *self,
                          guint          which)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GPtrArray *runs = bf_session_get_runs (self->session);
  for (guint i = 0; i < runs->len; i++)
    {
      g_autofree char *name = name_run (g_ptr_array_index (runs, i));
      gtk_string_list_append (names, name);
    }
  gtk_drop_down_set_model (self->choices[which], G_LIST_MODEL (names));
  compare_view_select (self, which);
}

static void
on_more_toggled (GtkCheckButton *check,
                 BfCompareView  *self)
{
  guint number = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (check), "number"));
  for (guint i = self->more->len; i > 0; i--)
    if (g_array_index (self->more, guint, i - 1) == number)
      g_array_remove_index (self->more, i - 1);
  if (gtk_check_button_get_active (check))
    g_array_append_val (self->more, number);
  compare_view_show_figures (self);
}

/* The runs that are neither of the two. */
static void
compare_view_fill_more (BfCompareView *self)
{
  GPtrArray *runs = bf_session_get_runs (self->session);
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->more_rows))))
    gtk_box_remove (self->more_rows, child);
  for (guint i = 0; i < runs->len; i++)
    {
      const BfSessionRun *run = g_ptr_array_index (runs, i);
      if (run->number == self->numbers[0] || run->number == self->numbers[1])
        continue;
      g_autofree char *name = name_run (run);
      GtkWidget *check = gtk_check_button_new_with_label (name);
      g_object_set_data (G_OBJECT (check), "number", GUINT_TO_POINTER (run->number));
      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), compare_view_is_more (self, run->number));
      g_signal_connect (check, "toggled", G_CALLBACK (on_more_toggled), self);
      gtk_box_append (self->more_rows, check);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), runs->len > 2);
}

static void
compare_view_show_choice (BfCompareView *self)
{
  self->filling = TRUE;
  for (guint i = 0; i < 2; i++)
    compare_view_fill_choice (self, i);
  compare_view_fill_more (self);
  self->filling = FALSE;
  compare_view_show_figures (self);
}

static void
compare_view_show_runs (BfCompareView *self)
{
  gboolean two = self->session && bf_session_get_runs (self->session)->len > 1;
  gtk_stack_set_visible_child_name (self->runs_pages, two ? "figures" : "empty");
  if (!two)
    return;
  compare_view_follow (self);
  compare_view_show_choice (self);
}

/* Choosing the other one of the two swaps them. */
static void
on_chosen (BfCompareView *self,
           GParamSpec    *pspec,
           GtkDropDown   *choice)
{
  if (self->filling || !self->session)
    return;
  guint which = choice == self->choices[1], selected = gtk_drop_down_get_selected (choice);
  GPtrArray *runs = bf_session_get_runs (self->session);
  if (selected >= runs->len)
    return;
  guint number = ((BfSessionRun *) g_ptr_array_index (runs, selected))->number;
  if (number == self->numbers[!which])
    self->numbers[!which] = self->numbers[which];
  self->numbers[which] = number;
  /* The choice at hand is in the middle of telling: its list stays as it is. */
  self->filling = TRUE;
  compare_view_select (self, !which);
  self->filling = FALSE;
  compare_view_fill_more (self);
  compare_view_show_figures (self);
}

static void
on_page_changed (BfCompareView *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAGE]);
}

static void
compare_view_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  g_value_set_string (value, bf_compare_view_get_page (BF_COMPARE_VIEW (object)));
}

static void
compare_view_set_property (GObject      *object,
                           guint         id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  bf_compare_view_set_page (BF_COMPARE_VIEW (object), g_value_get_string (value));
}

static void
compare_view_dispose (GObject *object)
{
  BfCompareView *self = BF_COMPARE_VIEW (object);
  bf_compare_view_set_session (self, NULL);
  g_clear_pointer (&self->more, g_array_unref);
  G_OBJECT_CLASS (bf_compare_view_parent_class)->dispose (object);
}

static void
bf_compare_view_class_init (BfCompareViewClass *class)
{
  GObjectClass *object = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  object->dispose = compare_view_dispose;
  object->get_property = compare_view_get_property;
  object->set_property = compare_view_set_property;
  props[PROP_PAGE] = g_param_spec_string ("page", NULL, NULL, "runs",
                                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/compare-view.ui");
  gtk_widget_class_bind_template_child (widget, BfCompareView, stack);
  gtk_widget_class_bind_template_child (widget, BfCompareView, runs_pages);
  gtk_widget_class_bind_template_child_full (widget, "this_choice", FALSE, G_STRUCT_OFFSET (BfCompareView, choices[0]));
  gtk_widget_class_bind_template_child_full (widget, "other_choice", FALSE, G_STRUCT_OFFSET (BfCompareView, choices[1]));
  gtk_widget_class_bind_template_child (widget, BfCompareView, more_button);
  gtk_widget_class_bind_template_child (widget, BfCompareView, more_rows);
  gtk_widget_class_bind_template_child (widget, BfCompareView, match);
  gtk_widget_class_bind_template_child (widget, BfCompareView, heatmaps);
  gtk_widget_class_bind_template_child (widget, BfCompareView, difference);
  gtk_widget_class_bind_template_child (widget, BfCompareView, depth);
  gtk_widget_class_bind_template_child (widget, BfCompareView, curves);
  gtk_widget_class_bind_template_child (widget, BfCompareView, table);
  gtk_widget_class_bind_template_callback (widget, on_chosen);
  gtk_widget_class_bind_template_callback (widget, on_page_changed);
}

static void
bf_compare_view_init (BfCompareView *self)
{
  g_type_ensure (BF_TYPE_FIGURE_PANEL);
  g_type_ensure (BF_TYPE_DIFF_TABLE);
  self->more = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < 2; i++)
    bf_drop_down_style (self->choices[i]);
  bf_drop_down_set_name (self->choices[0], _("Run"));
  bf_drop_down_set_name (self->choices[1], _("Compared With"));
  bf_figure_panel_set_caption (self->curves, _("Loss and accuracy"), NULL);
  bf_compare_view_set_quantity (self, bf_quantity_find ("weight-gradient"), TRUE);
  compare_view_show_runs (self);
}

void
bf_compare_view_set_session (BfCompareView *self,
                             BfSession     *session)
{
  g_return_if_fail (BF_IS_COMPARE_VIEW (self));

  if (self->session)
    {
      g_signal_handlers_disconnect_by_func (self->session, compare_view_show_runs, self);
      g_signal_handlers_disconnect_by_func (self->session, compare_view_show_match, self);
    }
  if (!g_set_object (&self->session, session) || !session)
    return;
  BfFigurePanel *panels[] = { self->heatmaps, self->difference, self->depth, self->curves };
  for (guint i = 0; i < G_N_ELEMENTS (panels); i++)
    bf_figure_view_set_session (bf_figure_panel_get_view (panels[i]), session);
  g_signal_connect_swapped (session, "run-changed", G_CALLBACK (compare_view_show_runs), self);
  g_signal_connect_swapped (session, "updated", G_CALLBACK (compare_view_show_match), self);
  self->current = self->beside = 0;
  compare_view_show_runs (self);
}

void
bf_compare_view_set_quantity (BfCompareView    *self,
                              const BfQuantity *quantity,
                              gboolean          scale_locked)
{
  g_return_if_fail (BF_IS_COMPARE_VIEW (self));
  g_return_if_fail (quantity->norm != NULL);

  bf_figure_panel_set_caption (self->depth, _("By depth"), _(quantity->norm));
  /* Two runs are compared by color: the heatmaps keep the one scale, only that of the ratio fits. */
  bf_figure_view_set_quantity (bf_figure_panel_get_view (self->heatmaps), quantity->tensor, TRUE);
  bf_figure_view_set_quantity (bf_figure_panel_get_view (self->depth), quantity->tensor, TRUE);
  bf_figure_view_set_quantity (bf_figure_panel_get_view (self->difference), quantity->tensor, scale_locked);
}

BfFigureView *
bf_compare_view_get_main (BfCompareView *self)
{
  g_return_val_if_fail (BF_IS_COMPARE_VIEW (self), NULL);

  return bf_figure_panel_get_view (self->heatmaps);
}

void
bf_compare_view_set_study_page (BfCompareView *self,
                                GtkWidget     *child)
{
  g_return_if_fail (BF_IS_COMPARE_VIEW (self));

  if (self->study)
    gtk_stack_remove (self->stack, self->study);
  self->study = child;
  if (child)
    gtk_stack_add_titled (self->stack, child, "study", _("Study"));
  on_page_changed (self);   /* for those who show whether there is one */
}

gboolean
bf_compare_view_has_study (BfCompareView *self)
{
  g_return_val_if_fail (BF_IS_COMPARE_VIEW (self), FALSE);

  return self->study != NULL;
}

void
bf_compare_view_set_page (BfCompareView *self,
                          const char    *name)
{
  g_return_if_fail (BF_IS_COMPARE_VIEW (self));

  if (gtk_stack_get_child_by_name (self->stack, name))
    gtk_stack_set_visible_child_name (self->stack, name);
}

const char *
bf_compare_view_get_page (BfCompareView *self)
{
  g_return_val_if_fail (BF_IS_COMPARE_VIEW (self), NULL);

  const char *name = self->stack ? gtk_stack_get_visible_child_name (self->stack) : NULL;
  return name ? name : "runs";
}

GtkStack *
bf_compare_view_get_stack (BfCompareView *self)
{
  g_return_val_if_fail (BF_IS_COMPARE_VIEW (self), NULL);

  return self->stack;
}
