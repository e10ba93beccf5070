/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-centre.h"

#include "bf-beside-curves.h"
#include "bf-data-view.h"
#include "bf-diagnosis-strip.h"
#include "bf-error-page.h"
#include "bf-gradients-view.h"
#include "bf-histograms-view.h"
#include "bf-kind-drop-down.h"
#include "bf-runs-menu.h"
#include "bf-timeline.h"
#include "bf-toasts.h"

#include <glib/gi18n-lib.h>

#define LEAST_PICTURE 140   /* px, of the whole network picture */

struct _BfCentre
{
  GtkBox parent_instance;

  BfFigureView *flow;
  GtkWidget *corner;
  GtkWidget *picture;   /* the flow and the line under it */
  GtkStackSwitcher *compare_switcher;
  BfCompareView *compare;
  BfDataView *data;
  GtkStack *views;
  GtkStack *pages;
  GtkStack *quantity_stack;
  GtkDropDown *norm_choice;
  GtkDropDown *values_choice;
  GtkDropDown *figure_choice;
  GtkWidget *scale_lock;
  GtkMenuButton *runs_button;
  BfRunsMenu *runs_menu;
  AdwToastOverlay *toast_overlay;
  BfErrorPage *error_page;
  BfGradientsView *gradients;
  BfHistogramsView *histograms;
  BfFigurePanel *curves;
  BfBesideCurves *beside;
  BfTimeline *timeline;
  GtkWidget *verdict;
  BfDiagnosisStrip *diagnosis;
  BfSessionDiagnosis *findings;   /* owned, or NULL */

  BfSession *session;
  BfToasts *toasts;
  GSimpleAction *view;
  GSimpleAction *quantity;
  GSimpleAction *lock;
};

G_DEFINE_FINAL_TYPE (BfCentre, bf_centre, GTK_TYPE_BOX)

static const char *
centre_get_view (BfCentre *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->views);
  return name ? name : "gradients";
}

static gboolean
centre_shows (BfCentre   *self,
              const char *view)
{
  return g_str_equal (centre_get_view (self), view);
}

static const BfQuantity *
get_chosen (GtkDropDown *choice)
{
  guint n, n_norms, selected = gtk_drop_down_get_selected (choice);
  const BfQuantity *quantities = bf_quantities (&n, &n_norms);
  return &quantities[selected < n ? selected : 0];
}

static gboolean
centre_is_locked (BfCentre *self)
{
  g_autoptr (GVariant) state = g_action_get_state (G_ACTION (self->lock));
  return g_variant_get_boolean (state);
}

/* The quantity in words, on the figures and in the action's state. */
static void
centre_show_quantity (BfCentre *self)
{
  guint map = gtk_drop_down_get_selected (self->norm_choice);
  const BfQuantity *norm = bf_quantities_get_map (map < bf_quantities_get_n_maps () ? map : 0), *values = get_chosen (self->values_choice);
  gboolean locked = centre_is_locked (self), histograms = centre_shows (self, "histograms");

  /* Runs are compared by norms. */
  if (norm->value && centre_shows (self, "compare"))
    {
      gtk_drop_down_set_selected (self->norm_choice, 0);
      return;
    }
  bf_gradients_view_set_quantity (self->gradients, norm, locked);
  bf_compare_view_set_quantity (self->compare, norm->value ? bf_quantities_get_map (0) : norm, locked);
  bf_figure_view_set_quantity (self->flow, BF_TENSOR_OUTPUT_GRADIENT, locked);
  bf_histograms_view_set_quantity (self->histograms, values, locked);
  g_simple_action_set_state (self->quantity, g_variant_new_string (histograms ? values->id : norm->id));
}

/* Two runs beside each other are compared by color: theirs has to be one scale, whatever was chosen. */
static void
centre_show_lock (BfCentre *self)
{
  gboolean two = self->session && centre_shows (self, "gradients") && bf_session_get_beside (self->session);
  g_simple_action_set_enabled (self->lock, !two);
  gtk_widget_set_tooltip_text (self->scale_lock, two ? _("Two runs beside each other keep one color scale")
                                                     : _("Keep this color scale for every run"));
}

static void
centre_show_view (BfCentre *self)
{
  const char *name = centre_get_view (self);
  gboolean compare = centre_shows (self, "compare"), data = centre_shows (self, "data");
  gboolean study = compare && g_str_equal (bf_compare_view_get_page (self->compare), "study");
  gboolean colored = !study && !data && !centre_shows (self, "curves");
  g_simple_action_set_state (self->view, g_variant_new_string (name));
  /* Norms are chosen for the pictures of runs; of a study's table they say nothing. */
  gtk_widget_set_visible (GTK_WIDGET (self->quantity_stack), colored || centre_shows (self, "curves"));
  gtk_widget_set_visible (self->scale_lock, colored);
  centre_show_lock (self);
  gtk_widget_set_visible (self->picture, !compare && !data);
  gtk_widget_set_visible (GTK_WIDGET (self->compare_switcher), compare && bf_compare_view_has_study (self->compare));
  gtk_widget_set_visible (GTK_WIDGET (self->timeline), !study);
  gtk_widget_set_visible (self->verdict, !study);
  if (colored || centre_shows (self, "curves"))
    gtk_stack_set_visible_child_name (self->quantity_stack, compare ? "gradients" : name);
  centre_show_quantity (self);
}

static void
centre_show_page (BfCentre *self)
{
  if (!self->session)
    return;
  if (centre_shows (self, "compare"))
    {
      gtk_stack_set_visible_child_name (self->pages, "views");   /* it has an empty page of its own */
      return;
    }
  gboolean failed = bf_error_page_update (self->error_page);
  BfSnapshot *snapshot = bf_session_get_snapshot (self->session);
  /* The data and the distributions of the start are worth a look; the other figures need steps. */
  gboolean start = centre_shows (self, "histograms") || centre_shows (self, "data")
                   || (centre_shows (self, "curves") && bf_beside_curves_shows_start (self->beside));
  gboolean empty = snapshot && snapshot->columns->len == 0 && !start;
  /* The picture over an error is of the network before it. */
  gtk_widget_set_opacity (GTK_WIDGET (self->flow), failed ? 0.3 : 1);
  gtk_stack_set_visible_child_name (self->pages, failed ? "error" : !snapshot ? "loading" : empty ? "empty" : "views");
}

static void
centre_show_figure (BfCentre *self)
{
  bf_beside_curves_choose (self->beside, gtk_drop_down_get_selected (self->figure_choice));
  centre_show_page (self);
}

static void
centre_show_runs (BfCentre *self)
{
  BfSessionRun *beside = bf_session_get_beside (self->session);
  g_autofree char *label = beside ? g_strdup_printf (_("With %s"), beside->label) : NULL;
  gtk_menu_button_set_label (self->runs_button, label ? label : _("Runs"));
  /* Comparing has a choice of its own; the data are the same for all. */
  gtk_widget_set_visible (GTK_WIDGET (self->runs_button), bf_session_get_runs (self->session)->len > 1
                          && !centre_shows (self, "compare") && !centre_shows (self, "data"));
  centre_show_lock (self);
  centre_show_page (self);
}

static void
on_view_changed (BfCentre *self)
{
  centre_show_view (self);
  if (self->session)
    centre_show_runs (self);
}

static BfSessionRun *
centre_find_run (BfCentre *self,
                 guint     number)
{
  GPtrArray *runs = bf_session_get_runs (self->session);
  for (guint i = 0; i < runs->len; i++)
    if (((BfSessionRun *) g_ptr_array_index (runs, i))->number == number)
      return g_ptr_array_index (runs, i);
  return NULL;
}

static void
on_bring_back (BfCentre *self,
               AdwToast *toast)
{
  if (self->session)
    bf_session_bring_back (self->session, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (toast), "number")));
}

static void
on_remove_run (BfCentre *self,
               guint     number)
{
  BfSessionRun *run = centre_find_run (self, number);
  if (!run)
    return;
  /* Translators: "Run 1 deleted" */
  g_autofree char *title = g_strdup_printf (_("%s deleted"), run->label);
  g_autofree char *escaped = g_markup_escape_text (title, -1);
  AdwToast *toast = adw_toast_new (escaped);
  adw_toast_set_button_label (toast, _("_Undo"));
  g_object_set_data (G_OBJECT (toast), "number", GUINT_TO_POINTER (run->number));
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_bring_back), self, G_CONNECT_SWAPPED);
  bf_session_remove_run (self->session, run);
  bf_centre_add_toast (self, toast);
}

static void
on_flow_export_clicked (BfCentre *self)
{
  bf_figure_view_export (self->flow);
}

/* Ctrl+E means the plot in focus; else the one that the view is about. */
static BfFigureView *
centre_get_figure (BfCentre *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;
  if (BF_IS_FIGURE_VIEW (focus) && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    return BF_FIGURE_VIEW (focus);
  if (centre_shows (self, "histograms"))
    return bf_histograms_view_get_main (self->histograms);
  if (centre_shows (self, "curves"))
    return bf_figure_panel_get_view (self->curves);
  if (centre_shows (self, "data"))
    return bf_data_view_get_main (self->data);
  if (centre_shows (self, "compare"))
    return bf_compare_view_get_main (self->compare);
  return bf_gradients_view_get_main (self->gradients);
}

static void
action_export_figure (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bf_figure_view_export (centre_get_figure (data));
}

static void
action_copy_figure (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bf_figure_view_copy (centre_get_figure (data));
}

static void
action_view (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  bf_centre_set_view (data, g_variant_get_string (parameter, NULL));
}

static void
action_quantity (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BfCentre *self = data;
  const BfQuantity *quantity = bf_quantity_find (g_variant_get_string (parameter, NULL));
  guint n, n_norms;
  const BfQuantity *first = bf_quantities (&n, &n_norms);
  int place = bf_beside_curves_find (g_variant_get_string (parameter, NULL));
  if (!quantity && place >= 0)
    gtk_drop_down_set_selected (self->figure_choice, (guint) place);
  if (!quantity)
    return;
  if (centre_shows (self, "histograms") && quantity->values)
    gtk_drop_down_set_selected (self->values_choice, (guint) (quantity - first));
  else if (quantity->norm)
    gtk_drop_down_set_selected (self->norm_choice, bf_quantity_get_place (quantity));
}

static void
action_scale_lock (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BfCentre *self = data;
  g_simple_action_set_state (action, g_variant_new_boolean (!centre_is_locked (self)));
  centre_show_quantity (self);
}

static void
centre_fill_choices (BfCentre *self)
{
  g_autoptr (GtkStringList) norms = gtk_string_list_new (NULL), values = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) figures = bf_beside_curves_list ();
  guint n, n_norms;
  const BfQuantity *quantities = bf_quantities (&n, &n_norms);
  for (guint i = 0; i < n; i++)
    {
      gtk_string_list_append (values, _(quantities[i].values));
    }
  for (guint i = 0; i < bf_quantities_get_n_maps (); i++)
    gtk_string_list_append (norms, _(bf_quantities_get_map (i)->norm));
  gtk_drop_down_set_model (self->figure_choice, G_LIST_MODEL (figures));
  gtk_drop_down_set_model (self->norm_choice, G_LIST_MODEL (norms));
  gtk_drop_down_set_model (self->values_choice, G_LIST_MODEL (values));
  bf_drop_down_style (self->norm_choice);
  bf_drop_down_style (self->values_choice);
  bf_drop_down_style (self->figure_choice);
  bf_drop_down_set_name (self->norm_choice, _("Quantity"));
  bf_drop_down_set_name (self->values_choice, _("Quantity"));
  bf_drop_down_set_name (self->figure_choice, _("Figure"));
}

static void
centre_dispose (GObject *object)
{
  BfCentre *self = BF_CENTRE (object);
  bf_centre_set_session (self, NULL);
  g_clear_pointer (&self->toasts, bf_toasts_free);
  g_clear_object (&self->view);
  g_clear_object (&self->quantity);
  g_clear_object (&self->lock);
  g_clear_object (&self->findings);
  G_OBJECT_CLASS (bf_centre_parent_class)->dispose (object);
}

static void
bf_centre_class_init (BfCentreClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = centre_dispose;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/centre.ui");
  gtk_widget_class_bind_template_child (widget, BfCentre, flow);
  gtk_widget_class_bind_template_child (widget, BfCentre, corner);
  gtk_widget_class_bind_template_child (widget, BfCentre, picture);
  gtk_widget_class_bind_template_child (widget, BfCentre, compare);
  gtk_widget_class_bind_template_child (widget, BfCentre, data);
  gtk_widget_class_bind_template_child (widget, BfCentre, compare_switcher);
  gtk_widget_class_bind_template_child (widget, BfCentre, views);
  gtk_widget_class_bind_template_child (widget, BfCentre, pages);
  gtk_widget_class_bind_template_child (widget, BfCentre, quantity_stack);
  gtk_widget_class_bind_template_child (widget, BfCentre, norm_choice);
  gtk_widget_class_bind_template_child (widget, BfCentre, values_choice);
  gtk_widget_class_bind_template_child (widget, BfCentre, figure_choice);
  gtk_widget_class_bind_template_child (widget, BfCentre, scale_lock);
  gtk_widget_class_bind_template_child (widget, BfCentre, runs_button);
  gtk_widget_class_bind_template_child (widget, BfCentre, runs_menu);
  gtk_widget_class_bind_template_child (widget, BfCentre, toast_overlay);
  gtk_widget_class_bind_template_child (widget, BfCentre, error_page);
  gtk_widget_class_bind_template_child (widget, BfCentre, gradients);
  gtk_widget_class_bind_template_child (widget, BfCentre, histograms);
  gtk_widget_class_bind_template_child (widget, BfCentre, curves);
  gtk_widget_class_bind_template_child (widget, BfCentre, beside);
  gtk_widget_class_bind_template_child (widget, BfCentre, timeline);
  gtk_widget_class_bind_template_child (widget, BfCentre, verdict);
  gtk_widget_class_bind_template_child (widget, BfCentre, diagnosis);
  gtk_widget_class_bind_template_callback (widget, on_view_changed);
  gtk_widget_class_bind_template_callback (widget, centre_show_quantity);
  gtk_widget_class_bind_template_callback (widget, centre_show_figure);
  gtk_widget_class_bind_template_callback (widget, on_remove_run);
  gtk_widget_class_bind_template_callback (widget, on_flow_export_clicked);
}

static void
bf_centre_init (BfCentre *self)
{
  g_type_ensure (BF_TYPE_BESIDE_CURVES);
  g_type_ensure (BF_TYPE_COMPARE_VIEW);
  g_type_ensure (BF_TYPE_ERROR_PAGE);
  g_type_ensure (BF_TYPE_FIGURE_VIEW);
  g_type_ensure (BF_TYPE_DATA_VIEW);
  g_type_ensure (BF_TYPE_DIAGNOSIS_STRIP);
  g_type_ensure (BF_TYPE_FIGURE_PANEL);
  g_type_ensure (BF_TYPE_GRADIENTS_VIEW);
  g_type_ensure (BF_TYPE_HISTOGRAMS_VIEW);
  g_type_ensure (BF_TYPE_RUNS_MENU);
  g_type_ensure (BF_TYPE_TIMELINE);

  self->view = g_simple_action_new_stateful ("view", G_VARIANT_TYPE_STRING, g_variant_new_string ("gradients"));
  g_signal_connect_object (self->view, "activate", G_CALLBACK (action_view), self, 0);
  self->quantity = g_simple_action_new_stateful ("quantity", G_VARIANT_TYPE_STRING,
                                                 g_variant_new_string ("weight-gradient"));
  g_signal_connect_object (self->quantity, "activate", G_CALLBACK (action_quantity), self, 0);
  self->lock = g_simple_action_new_stateful ("scale-lock", NULL, g_variant_new_boolean (TRUE));
  g_signal_connect_object (self->lock, "activate", G_CALLBACK (action_scale_lock), self, 0);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->toasts = bf_toasts_new (self->toast_overlay);
  /* The picture is never mirrored, so the button in its corner is not. */
  gtk_widget_set_direction (self->corner, GTK_TEXT_DIR_LTR);
  gtk_stack_switcher_set_stack (self->compare_switcher, bf_compare_view_get_stack (self->compare));
  centre_fill_choices (self);
  bf_figure_panel_set_caption (self->curves, _("Loss and accuracy"), NULL);
  centre_show_figure (self);
  centre_show_view (self);
}

void
bf_centre_set_session (BfCentre  *self,
                       BfSession *session)
{
  g_return_if_fail (BF_IS_CENTRE (self));

  if (self->session)
    {
      g_signal_handlers_disconnect_by_func (self->session, centre_show_page, self);
      g_signal_handlers_disconnect_by_func (self->session, centre_show_runs, self);
    }
  if (!g_set_object (&self->session, session) || !session)
    return;
  bf_error_page_set_session (self->error_page, session);
  bf_figure_view_set_session (self->flow, session);
  bf_gradients_view_set_session (self->gradients, session);
  bf_histograms_view_set_session (self->histograms, session);
  bf_figure_view_set_session (bf_figure_panel_get_view (self->curves), session);
  bf_beside_curves_set_session (self->beside, session);
  bf_compare_view_set_session (self->compare, session);
  bf_data_view_set_session (self->data, session);
  bf_timeline_set_session (self->timeline, session);
  bf_runs_menu_set_session (self->runs_menu, session);
  g_signal_connect_swapped (session, "spec-changed", G_CALLBACK (centre_show_page), self);
  g_signal_connect_swapped (session, "updated", G_CALLBACK (centre_show_page), self);
  g_signal_connect_swapped (session, "run-changed", G_CALLBACK (centre_show_runs), self);
  centre_show_runs (self);
}

void
bf_centre_set_diagnosis (BfCentre           *self,
                         BfSessionDiagnosis *diagnosis)
{
  g_return_if_fail (BF_IS_CENTRE (self));

  g_set_object (&self->findings, diagnosis);
  bf_diagnosis_strip_set_session (self->diagnosis, self->session, diagnosis);
  bf_timeline_set_diagnosis (self->timeline, diagnosis);
}

BfSessionDiagnosis *
bf_centre_get_diagnosis (BfCentre *self)
{
  g_return_val_if_fail (BF_IS_CENTRE (self), NULL);

  return self->findings;
}

BfDiagnosisStrip *
bf_centre_get_strip (BfCentre *self)
{
  g_return_val_if_fail (BF_IS_CENTRE (self), NULL);

  return self->diagnosis;
}

void
bf_centre_set_view (BfCentre   *self,
                    const char *name)
{
  g_return_if_fail (BF_IS_CENTRE (self));

  if (gtk_stack_get_child_by_name (self->views, name))
    gtk_stack_set_visible_child_name (self->views, name);
}

void
bf_centre_set_picture_height (BfCentre *self,
                              int       height)
{
  g_return_if_fail (BF_IS_CENTRE (self));

  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->flow), height);
  gtk_widget_set_visible (self->corner, height >= LEAST_PICTURE);   /* it would hide the stream */
}

gboolean
bf_centre_close_details (BfCentre *self)
{
  g_return_val_if_fail (BF_IS_CENTRE (self), FALSE);

  return centre_shows (self, "histograms") && bf_histograms_view_close (self->histograms);
}

BfCompareView *
bf_centre_get_compare (BfCentre *self)
{
  g_return_val_if_fail (BF_IS_CENTRE (self), NULL);

  return self->compare;
}

void
bf_centre_add_toast (BfCentre *self,
                     AdwToast *toast)
{
  g_return_if_fail (BF_IS_CENTRE (self));

  bf_toasts_add (self->toasts, toast);
}

void
bf_centre_toast_saved (BfCentre *self,
                       GFile    *file)
{
  g_return_if_fail (BF_IS_CENTRE (self));

  bf_toasts_add_saved (self->toasts, file);
}

void
bf_centre_add_actions (BfCentre   *self,
                       GActionMap *window,
                       GActionMap *run)
{
  g_return_if_fail (BF_IS_CENTRE (self));

  const GActionEntry entries[] = {
    { .name = "export-figure", .activate = action_export_figure },
    { .name = "copy-figure", .activate = action_copy_figure },
  };
  g_action_map_add_action_entries (window, entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (window, G_ACTION (self->view));
  g_action_map_add_action (window, G_ACTION (self->quantity));
  g_action_map_add_action (window, G_ACTION (self->lock));
  bf_beside_curves_add_actions (self->beside, window);
  bf_timeline_add_actions (self->timeline, run);
}
