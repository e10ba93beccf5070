/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-data-view.h"

#include "bf-data-details.h"
#include "bf-figure-panel.h"
#include "bf-throttle.h"
#include "../engine/bf-format.h"
#include "../plot/bf-pictures.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define EVALUATIONS_PER_SECOND 1

struct _BfDataView
{
  GtkBox parent_instance;

  GtkLabel *name;
  GtkWidget *spinner;
  GtkWidget *details;
  GtkGrid *facts;
  GtkGrid *classes;
  GtkGrid *inputs;
  GtkWidget *answers_switcher;
  GtkWidget *reasons_switcher;
  GtkStack *answers;
  GtkStack *reasons;
  BfFigurePanel *samples;
  BfFigurePanel *surface;
  BfFigurePanel *confusion;
  BfFigurePanel *scatter;
  BfFigurePanel *units;
  BfFigurePanel *mistakes;
  BfFigurePanel *weights;

  BfSession *session;
  BfDataset *measuring;       /* whose facts are being gathered */
  GCancellable *cancellable;
  BfDataFacts *known;         /* NULL: not yet */
  BfEvaluation *shown;        /* what the captions speak of */
  BfConfusionCell cell;
  gboolean has_cell;
  BfThrottle asking;
  guint tick;                 /* while an answer is awaited */
};

G_DEFINE_FINAL_TYPE (BfDataView, bf_data_view, GTK_TYPE_BOX)

static BfFigureView *
data_view_get_figure (BfDataView *self,
                      guint       i)
{
  BfFigurePanel *const panels[] = { self->samples, self->surface, self->confusion, self->scatter, self->units,
                                    self->mistakes, self->weights };
  return i < G_N_ELEMENTS (panels) ? bf_figure_panel_get_view (panels[i]) : NULL;
}

static void
data_view_hand_out (BfDataView *self)
{
  BfFigureView *figure;
  for (guint i = 0; (figure = data_view_get_figure (self, i)); i++)
    bf_figure_view_set_data (figure, self->known, self->has_cell ? &self->cell : NULL);
}

static BfRun *
data_view_get_run (BfDataView *self)
{
  BfSessionRun *run = self->session ? bf_session_get_current (self->session) : NULL;
  return run ? run->run : NULL;
}

/* One stack's page is of use or not; the switcher only with a choice. */
static void
show_page (GtkStack   *stack,
           GtkWidget  *switcher,
           const char *wanted[],
           const char *all[])
{
  gtk_widget_set_visible (switcher, wanted[0] && wanted[1]);
  for (guint i = 0; all[i]; i++)
    {
      GtkWidget *child = gtk_stack_get_child_by_name (stack, all[i]);
      gboolean of_use = g_strv_contains (wanted, all[i]);
      gtk_widget_set_visible (child, of_use);   /* for assistive technology too */
      gtk_stack_page_set_visible (gtk_stack_get_page (stack, child), of_use);
    }
  if (wanted[0] && !g_strv_contains (wanted, gtk_stack_get_visible_child_name (stack)))
    gtk_stack_set_visible_child_name (stack, wanted[0]);
}

/* What there is to see of this kind of data. */
static void
data_view_choose_pages (BfDataView *self,
                        BfDataset  *data)
{
  const BfShape *shape = bf_dataset_get_shape (data);
  guint width, height;
  gboolean plane = shape->inputs == 2, image = bf_dataset_get_image_size (data, &width, &height);
  const char *answers[4] = { NULL }, *reasons[4] = { NULL };
  guint a = 0, r = 0;

  if (plane)
    answers[a++] = "surface";
  answers[a++] = shape->classes ? "confusion" : "scatter";
  if (plane)
    reasons[r++] = "units";
  reasons[r++] = "mistakes";
  if (image)
    reasons[r++] = "weights";
  show_page (self->answers, self->answers_switcher, answers, (const char *[]) { "surface", "confusion", "scatter", NULL });
  show_page (self->reasons, self->reasons_switcher, reasons, (const char *[]) { "units", "mistakes", "weights", NULL });
}

/* "87.1 % right, validation, step 2,304". Transfer full. */
static char *
print_remark (const BfEvaluation *evaluation)
{
  g_autofree char *step = bf_format_count (evaluation->step);
  const char *part = bf_part_get_name (evaluation->part);
  g_autofree char *value = NULL;

  if (evaluation->undefined > 0)
    return g_strdup_printf (_("After step %s its answers are not numbers"), step);
  if (evaluation->classes)
    {
      value = bf_format_percent (evaluation->accuracy);
      /* Translators: share of right answers, split ("validation"), step */
      return g_strdup_printf (_("%s right, %s, step %s"), value, part, step);
    }
  value = bf_format_value (evaluation->loss);
  /* Translators: loss, split ("validation"), step */
  return g_strdup_printf (_("loss %s, %s, step %s"), value, part, step);
}

static void
data_view_show_captions (BfDataView *self)
{
  g_autofree char *remark = self->shown ? print_remark (self->shown) : NULL, *mistakes = NULL;
  const char *title = _("Worst Mistakes");

  if (self->shown && self->shown->classes == 0)
    title = _("Largest Errors");
  else if (self->shown && self->has_cell)
    {
      const char *label = bf_class_get_name (self->shown->data, self->cell.label);
      const char *answer = bf_class_get_name (self->shown->data, self->cell.answer);
      /* Translators: a class, and the class that the network takes it for */
      mistakes = self->cell.label == self->cell.answer ? g_strdup_printf (_("%s, Rightly Known"), label)
                                                       : g_strdup_printf (_("%s Taken for %s"), label, answer);
    }
  bf_figure_panel_set_caption (self->confusion, _("Confusion Matrix"), remark);
  bf_figure_panel_set_caption (self->scatter, _("Targets and Answers"), remark);
  bf_figure_panel_set_caption (self->surface, _("Decision Surface"), remark);
  bf_figure_panel_set_caption (self->mistakes, mistakes ? mistakes : title,
                               self->has_cell ? _("Escape: the worst mistakes again") : NULL);
}

static void
data_view_show_facts (BfDataView *self)
{
  gtk_widget_set_visible (self->spinner, self->measuring != NULL);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), self->measuring != NULL);
  gtk_widget_set_visible (self->details, self->known != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), self->known != NULL);
  if (!self->known)
    return;
  gtk_label_set_label (self->name, bf_dataset_get_name (self->known->data));
  bf_data_details_fill_facts (self->facts, self->known);
  bf_data_details_fill_classes (self->classes, self->known);
  bf_data_details_fill_inputs (self->inputs, self->known);
  gtk_widget_set_visible (GTK_WIDGET (self->classes), self->known->classes > 0);
}

static void
measure_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  g_task_return_pointer (task, bf_data_facts_new (data), (GDestroyNotify) bf_data_facts_unref);
}

static void
on_measured (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (BfDataView) self = data;
  BfDataFacts *facts = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!facts)
    return;   /* cancelled: other data took its place */
  g_clear_pointer (&self->known, bf_data_facts_unref);
  self->known = facts;
  g_clear_pointer (&self->measuring, bf_dataset_unref);
  data_view_show_facts (self);
  data_view_hand_out (self);
}

static void
data_view_measure (BfDataView *self,
                   BfDataset  *data)
{
  if (data == self->measuring || (!self->measuring && self->known && self->known->data == data))
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->measuring, bf_dataset_unref);
  g_clear_pointer (&self->known, bf_data_facts_unref);
  self->has_cell = FALSE;
  self->measuring = bf_dataset_ref (data);
  self->cancellable = g_cancellable_new ();
  /* Not the task's own, which its thread may be the last to let go of: a widget is for the main thread alone. */
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_measured, g_object_ref (self));
  g_task_set_task_data (task, bf_dataset_ref (data), (GDestroyNotify) bf_dataset_unref);
  g_task_run_in_thread (task, measure_thread);
  gtk_label_set_label (self->name, bf_dataset_get_name (data));
  data_view_choose_pages (self, data);
  data_view_show_facts (self);
  data_view_hand_out (self);
}

/* An answer comes with a poll, and a window at rest makes none. */
static gboolean
on_tick (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       data)
{
  BfDataView *self = BF_DATA_VIEW (widget);
  if (self->session && bf_session_poll (self->session))
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
is_new (BfRun *run)
{
  BfSnapshot *snapshot = bf_run_get_snapshot (run);
  BfEvaluation *evaluation = bf_run_get_evaluation (run);
  return snapshot && (!evaluation || evaluation->step != snapshot->steps);
}

static void
data_view_ask (gpointer data)
{
  BfDataView *self = data;
  BfRun *run = data_view_get_run (self);

  if (!run || !gtk_widget_get_mapped (GTK_WIDGET (self)) || !is_new (run)
      || !bf_run_evaluate (run, bf_evaluation_choose_part (bf_run_get_dataset (run))))
    return;
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

static void
data_view_update (BfDataView *self)
{
  BfRun *run = data_view_get_run (self);
  BfDataset *data = run ? bf_run_get_dataset (run) : NULL;
  BfEvaluation *evaluation = run ? bf_run_get_evaluation (run) : NULL;

  if (!data || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  data_view_measure (self, data);
  if (evaluation != self->shown)
    {
      g_clear_pointer (&self->shown, bf_evaluation_unref);
      self->shown = evaluation ? bf_evaluation_ref (evaluation) : NULL;
      data_view_show_captions (self);
    }
  if (is_new (run))
    bf_throttle_call (&self->asking);
}

static void
data_view_stack_changed (BfDataView *self)
{
  data_view_update (self);
}

static void
on_cell_picked (BfDataView *self,
                guint       label,
                guint       answer)
{
  const BfConfusionCell cell = { label, answer };
  gboolean same = self->has_cell && self->cell.label == label && self->cell.answer == answer;
  bf_data_view_set_cell (self, same ? NULL : &cell);
}

/* Arrow keys move the chosen cell; Escape lets go of it. */
static gboolean
on_confusion_key (GtkEventControllerKey *controller,
                  guint                  key,
                  guint                  code,
                  GdkModifierType        state,
                  BfDataView            *self)
{
  static const struct { guint key, keypad; int label, answer; } moves[] = {
    { GDK_KEY_Up, GDK_KEY_KP_Up, -1, 0 }, { GDK_KEY_Down, GDK_KEY_KP_Down, 1, 0 },
    { GDK_KEY_Left, GDK_KEY_KP_Left, 0, -1 }, { GDK_KEY_Right, GDK_KEY_KP_Right, 0, 1 },
  };
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK) || !self->shown || self->shown->classes == 0)
    return FALSE;
  if (key == GDK_KEY_Escape && self->has_cell)
    {
      bf_data_view_set_cell (self, NULL);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    if (key == moves[i].key || key == moves[i].keypad)
      {
        int last = (int) self->shown->classes - 1;
        BfConfusionCell cell = { 0, 0 };
        if (self->has_cell)
          cell = (BfConfusionCell) { (guint) CLAMP ((int) self->cell.label + moves[i].label, 0, last),
                                     (guint) CLAMP ((int) self->cell.answer + moves[i].answer, 0, last) };
        bf_data_view_set_cell (self, &cell);
        return TRUE;
      }
  return FALSE;
}

static gboolean
on_query_tooltip (GtkWidget  *widget,
                  int         x,
                  int         y,
                  gboolean    keyboard,
                  GtkTooltip *tooltip,
                  BfDataView *self)
{
  BfConfusionCell cell;
  if (keyboard || !self->shown || !bf_figure_view_pick_cell (BF_FIGURE_VIEW (widget), x, y, &cell)
      || MAX (cell.label, cell.answer) >= self->shown->classes)
    return FALSE;
  g_autofree char *count = bf_format_count (bf_evaluation_get_count (self->shown, cell.label, cell.answer));
  /* Translators: a class, the answer given, how often */
  g_autofree char *text = g_strdup_printf (_("Label %s, answer %s: %s"), bf_class_get_name (self->shown->data, cell.label),
                                           bf_class_get_name (self->shown->data, cell.answer), count);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
data_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bf_data_view_parent_class)->map (widget);
  data_view_update (BF_DATA_VIEW (widget));
}

static void
data_view_unmap (GtkWidget *widget)
{
  BfDataView *self = BF_DATA_VIEW (widget);
  bf_throttle_clear (&self->asking);
  GTK_WIDGET_CLASS (bf_data_view_parent_class)->unmap (widget);
}

static void
data_view_dispose (GObject *object)
{
  BfDataView *self = BF_DATA_VIEW (object);
  bf_data_view_set_session (self, NULL);
  bf_throttle_clear (&self->asking);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->measuring, bf_dataset_unref);
  g_clear_pointer (&self->known, bf_data_facts_unref);
  g_clear_pointer (&self->shown, bf_evaluation_unref);
  G_OBJECT_CLASS (bf_data_view_parent_class)->dispose (object);
}

static void
bf_data_view_class_init (BfDataViewClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = data_view_dispose;
  widget->map = data_view_map;
  widget->unmap = data_view_unmap;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/data-view.ui");
  gtk_widget_class_bind_template_child (widget, BfDataView, name);
  gtk_widget_class_bind_template_child (widget, BfDataView, spinner);
  gtk_widget_class_bind_template_child (widget, BfDataView, details);
  gtk_widget_class_bind_template_child (widget, BfDataView, facts);
  gtk_widget_class_bind_template_child (widget, BfDataView, classes);
  gtk_widget_class_bind_template_child (widget, BfDataView, inputs);
  gtk_widget_class_bind_template_child (widget, BfDataView, answers_switcher);
  gtk_widget_class_bind_template_child (widget, BfDataView, reasons_switcher);
  gtk_widget_class_bind_template_child (widget, BfDataView, answers);
  gtk_widget_class_bind_template_child (widget, BfDataView, reasons);
  gtk_widget_class_bind_template_child (widget, BfDataView, samples);
  gtk_widget_class_bind_template_child (widget, BfDataView, surface);
  gtk_widget_class_bind_template_child (widget, BfDataView, confusion);
  gtk_widget_class_bind_template_child (widget, BfDataView, scatter);
  gtk_widget_class_bind_template_child (widget, BfDataView, units);
  gtk_widget_class_bind_template_child (widget, BfDataView, mistakes);
  gtk_widget_class_bind_template_child (widget, BfDataView, weights);
  gtk_widget_class_bind_template_callback (widget, data_view_stack_changed);
}

static void
bf_data_view_init (BfDataView *self)
{
  g_type_ensure (BF_TYPE_FIGURE_PANEL);
  bf_throttle_init (&self->asking, EVALUATIONS_PER_SECOND, data_view_ask, self);
  gtk_widget_init_template (GTK_WIDGET (self));

  GtkWidget *confusion = GTK_WIDGET (bf_figure_panel_get_view (self->confusion));
  g_signal_connect_swapped (confusion, "cell-picked", G_CALLBACK (on_cell_picked), self);
  gtk_widget_set_has_tooltip (confusion, TRUE);
  g_signal_connect (confusion, "query-tooltip", G_CALLBACK (on_query_tooltip), self);
  GtkEventController *keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_confusion_key), self);
  gtk_widget_add_controller (confusion, keys);

  bf_figure_panel_set_caption (self->samples, _("Samples"), _("for training"));
  bf_figure_panel_set_caption (self->units, _("Unit Responses"), NULL);
  bf_figure_panel_set_caption (self->weights, _("First-Layer Weights"), NULL);
  data_view_show_captions (self);
  data_view_show_facts (self);
}

void
bf_data_view_set_session (BfDataView *self,
                          BfSession  *session)
{
  g_return_if_fail (BF_IS_DATA_VIEW (self));

  BfFigureView *figure;
  if (self->session)
    g_signal_handlers_disconnect_by_func (self->session, data_view_update, self);
  if (!g_set_object (&self->session, session) || !session)
    return;
  for (guint i = 0; (figure = data_view_get_figure (self, i)); i++)
    bf_figure_view_set_session (figure, session);
  g_signal_connect_swapped (session, "updated", G_CALLBACK (data_view_update), self);
  g_signal_connect_swapped (session, "run-changed", G_CALLBACK (data_view_update), self);
  data_view_update (self);
}

BfFigureView *
bf_data_view_get_main (BfDataView *self)
{
  g_return_val_if_fail (BF_IS_DATA_VIEW (self), NULL);

  return bf_figure_panel_get_view (BF_FIGURE_PANEL (gtk_stack_get_visible_child (self->answers)));
}

void
bf_data_view_set_cell (BfDataView            *self,
                       const BfConfusionCell *cell)
{
  g_return_if_fail (BF_IS_DATA_VIEW (self));

  self->has_cell = cell != NULL;
  if (cell)
    {
      self->cell = *cell;
      gtk_stack_set_visible_child_name (self->reasons, "mistakes");
    }
  data_view_hand_out (self);
  data_view_show_captions (self);
}
