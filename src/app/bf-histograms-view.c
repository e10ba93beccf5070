/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-histograms-view.h"

#include "bf-number-label.h"
#include "bf-throttle.h"
#include "../engine/bf-format.h"
#include "../plot/bf-draw.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define UPDATES_PER_SECOND 15

enum { FACT_COUNT, FACT_MEAN, FACT_RANGE, FACT_ZERO, FACT_UNDER, FACT_BROKEN, N_FACTS };

struct _BfHistogramsView
{
  GtkBox parent_instance;

  BfFigurePanel *ridgelines;
  GtkToggleButton *pin;
  GtkPaned *paned;
  GtkWidget *details;
  GtkLabel *layer_name;
  GtkLabel *step;
  BfFigureView *layer;
  GtkGrid *grid;
  GtkLabel *names[N_FACTS];
  GtkLabel *values[N_FACTS];

  BfSession *session;
  BfTensor tensor;
  BfThrottle updating;
  BfSessionRun *pinned_run;   /* only compared, never looked into */
};

G_DEFINE_FINAL_TYPE (BfHistogramsView, bf_histograms_view, GTK_TYPE_BOX)

/* What is counted. */
static const char *const counted[BF_N_TENSORS] = {
  [BF_TENSOR_WEIGHT] = N_("Weights"),
  [BF_TENSOR_WEIGHT_GRADIENT] = N_("Weights"),
  [BF_TENSOR_BIAS] = N_("Biases"),
  [BF_TENSOR_BIAS_GRADIENT] = N_("Biases"),
  [BF_TENSOR_OUTPUT] = N_("Outputs in the batch"),
  [BF_TENSOR_OUTPUT_GRADIENT] = N_("Outputs in the batch"),
};

static void
set_fact (BfHistogramsView *self,
          guint             fact,
          const char       *name,
          const char       *value)
{
  gtk_widget_set_visible (GTK_WIDGET (self->names[fact]), value != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->values[fact]), value != NULL);
  gtk_label_set_label (self->names[fact], name);
  bf_number_label_set (self->values[fact], value ? value : "");
}

/* The mean has a sign, which histograms of |v| have not: from the column of that step. A column of
 * several steps holds that of its last one. */
static char *
format_mean (const BfSnapshot *snapshot,
             const BfFrame    *frame,
             guint             layer,
             BfTensor          tensor)
{
  const BfColumn *column = bf_snapshot_get_column (snapshot, frame->step);
  g_autofree char *value = bf_format_value (column->layers[layer].tensors[tensor].mean);
  return column->last == frame->step ? g_steal_pointer (&value) : g_strdup_printf ("≈ %s", value);
}

static char *
format_range (const BfHistogram *histogram)
{
  g_autofree char *low = bf_format_value (bf_histogram_get_quantile (histogram, 0.05));
  g_autofree char *high = bf_format_value (bf_histogram_get_quantile (histogram, 0.95));
  /* Translators: a range of values: "1.2 × 10⁻⁸ to 7.6 × 10⁻⁷" */
  return g_strdup_printf (_("%s to %s"), low, high);
}

/* "12 (0.1 %)"; without a share where there is none. */
static char *
format_part (const BfHistogram *histogram,
             guint              part)
{
  g_autofree char *count = bf_format_count (part), *share = bf_format_percent ((double) part / histogram->total);
  return part ? g_strdup_printf ("%s (%s)", count, share) : g_steal_pointer (&count);
}

static void
histograms_view_show_facts (BfHistogramsView  *self,
                            const BfSnapshot  *snapshot,
                            const BfFrame     *frame,
                            guint              layer,
                            const BfHistogram *histogram)
{
  g_autofree char *count = bf_format_count (histogram->total), *mean = format_mean (snapshot, frame, layer, self->tensor);
  g_autofree char *range = format_range (histogram), *zero = format_part (histogram, histogram->zero);
  g_autofree char *under = format_part (histogram, histogram->under), *power = bf_format_power ((int) BF_HISTOGRAM_LOW);
  g_autofree char *broken = format_part (histogram, histogram->infinite + histogram->nan);
  /* Translators: values smaller than a power of ten: "Below 10⁻¹²" */
  g_autofree char *below = g_strdup_printf (_("Below %s"), power);

  set_fact (self, FACT_COUNT, _(counted[self->tensor]), count);
  set_fact (self, FACT_MEAN, _("Mean"), mean);
  /* Translators: of the sizes of a layer's values */
  set_fact (self, FACT_RANGE, _("Size, 5 % to 95 %"), range);
  set_fact (self, FACT_ZERO, _("Exactly zero"), zero);
  set_fact (self, FACT_UNDER, below, histogram->under ? under : NULL);
  set_fact (self, FACT_BROKEN, _("NaN or infinite"), broken);
}

static void
histograms_view_refresh (gpointer data)
{
  BfHistogramsView *self = data;
  const BfSnapshot *snapshot = self->session ? bf_session_get_snapshot (self->session) : NULL;
  const BfPlan *plan = snapshot ? snapshot->plan : NULL;

  if (!gtk_widget_get_visible (self->details) || !plan || plan->n_weighted == 0)
    return;
  guint weighted = MIN (bf_session_get_cursor_layer (self->session), plan->n_weighted - 1);
  gboolean output = self->tensor == BF_TENSOR_OUTPUT || self->tensor == BF_TENSOR_OUTPUT_GRADIENT;
  guint layer = output ? bf_plan_get_stage_end (plan, weighted) : plan->weighted[weighted];
  const BfFrame *frame = bf_snapshot_get_frame (snapshot, bf_session_get_cursor_step (self->session));
  const BfHistogram *histogram = frame && layer < frame->n_layers ? frame->histograms[(gsize) layer * BF_N_TENSORS + self->tensor] : NULL;
  g_autofree char *count = bf_format_count (frame ? frame->step : 0);
  g_autofree char *step = g_strdup_printf (_("step %s"), count);

  gtk_label_set_label (self->layer_name, bf_layer_name (plan, weighted));
  gtk_label_set_label (self->step, step);
  gtk_widget_set_visible (GTK_WIDGET (self->grid), histogram && histogram->total > 0);
  if (histogram && histogram->total > 0)
    histograms_view_show_facts (self, snapshot, frame, layer, histogram);
}

static void
histograms_view_update (BfHistogramsView *self)
{
  if (gtk_widget_get_visible (self->details))
    bf_throttle_call (&self->updating);
}

/* The cursor's step stays beside the others, until the button goes up again. */
static void
on_pinned (BfHistogramsView *self)
{
  gboolean pinned = gtk_toggle_button_get_active (self->pin) && self->session;
  guint64 step = pinned ? bf_session_get_cursor_step (self->session) : 0;

  self->pinned_run = pinned ? bf_session_get_current (self->session) : NULL;
  bf_figure_view_set_pinned (bf_histograms_view_get_main (self), pinned ? &step : NULL);
  bf_figure_view_set_pinned (self->layer, pinned ? &step : NULL);
}

/* A step of another run is not the one that was pinned. */
static void
on_run_changed (BfHistogramsView *self)
{
  if (self->pinned_run && self->pinned_run != bf_session_get_current (self->session))
    gtk_toggle_button_set_active (self->pin, FALSE);
}

static GtkToggleButton *
make_pin (BfHistogramsView *self)
{
  GtkWidget *pin = gtk_toggle_button_new ();
  gtk_button_set_icon_name (GTK_BUTTON (pin), "view-pin-symbolic");
  gtk_widget_set_valign (pin, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (pin, "flat");
  gtk_widget_add_css_class (pin, "corner");
  gtk_widget_set_tooltip_text (pin, _("Pin this step: it stays, dashed, while the cursor moves"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (pin), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Pin This Step"), -1);
  g_signal_connect_swapped (pin, "toggled", G_CALLBACK (on_pinned), self);
  return GTK_TOGGLE_BUTTON (pin);
}

static void
on_export (BfHistogramsView *self)
{
  bf_figure_view_export (self->layer);
}

static void
on_close (BfHistogramsView *self)
{
  bf_histograms_view_close (self);
}

static gboolean
on_key (GtkEventControllerKey *keys,
        guint                  key,
        guint                  code,
        GdkModifierType        state,
        BfHistogramsView      *self)
{
  if (key != GDK_KEY_Return && key != GDK_KEY_KP_Enter && key != GDK_KEY_ISO_Enter)
    return FALSE;
  if (state & gtk_accelerator_get_default_mod_mask ())
    return FALSE;
  bf_histograms_view_open (self);
  return TRUE;
}

static void
histograms_view_dispose (GObject *object)
{
  bf_histograms_view_set_session (BF_HISTOGRAMS_VIEW (object), NULL);
  G_OBJECT_CLASS (bf_histograms_view_parent_class)->dispose (object);
}

static void
bf_histograms_view_class_init (BfHistogramsViewClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = histograms_view_dispose;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/histograms-view.ui");
  gtk_widget_class_bind_template_child (widget, BfHistogramsView, ridgelines);
  gtk_widget_class_bind_template_child (widget, BfHistogramsView, paned);
  gtk_widget_class_bind_template_child (widget, BfHistogramsView, details);
  gtk_widget_class_bind_template_child (widget, BfHistogramsView, layer_name);
  gtk_widget_class_bind_template_child (widget, BfHistogramsView, step);
  gtk_widget_class_bind_template_child (widget, BfHistogramsView, layer);
  gtk_widget_class_bind_template_child (widget, BfHistogramsView, grid);
  gtk_widget_class_bind_template_callback (widget, on_export);
  gtk_widget_class_bind_template_callback (widget, on_close);
}

static GtkLabel *
make_label (BfHistogramsView *self,
            int               column,
            int               row)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), column == 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_hexpand (label, column == 0);
  gtk_widget_add_css_class (label, column == 0 ? "dim-label" : "numeric");
  gtk_grid_attach (self->grid, label, column, row, 1, 1);
  return GTK_LABEL (label);
}

static void
bf_histograms_view_init (BfHistogramsView *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_type_ensure (BF_TYPE_FIGURE_PANEL);
  g_type_ensure (BF_TYPE_FIGURE_VIEW);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->tensor = BF_TENSOR_WEIGHT_GRADIENT;
  self->pin = make_pin (self);
  bf_figure_panel_add_control (self->ridgelines, GTK_WIDGET (self->pin));
  for (int fact = 0; fact < N_FACTS; fact++)
    {
      self->names[fact] = make_label (self, 0, fact);
      self->values[fact] = make_label (self, 1, fact);
    }
  bf_throttle_init (&self->updating, UPDATES_PER_SECOND, histograms_view_refresh, self);
  g_signal_connect_swapped (bf_histograms_view_get_main (self), "layer-picked", G_CALLBACK (bf_histograms_view_open), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (bf_histograms_view_get_main (self)), keys);
}

void
bf_histograms_view_set_session (BfHistogramsView *self,
                                BfSession        *session)
{
  g_return_if_fail (BF_IS_HISTOGRAMS_VIEW (self));

  if (self->session)
    {
      g_signal_handlers_disconnect_by_func (self->session, histograms_view_update, self);
      g_signal_handlers_disconnect_by_func (self->session, on_run_changed, self);
    }
  bf_throttle_clear (&self->updating);
  if (!g_set_object (&self->session, session) || !session)
    return;
  bf_figure_view_set_session (bf_histograms_view_get_main (self), session);
  bf_figure_view_set_session (self->layer, session);
  g_signal_connect_swapped (session, "run-changed", G_CALLBACK (on_run_changed), self);
  const char *const changes[] = { "run-changed", "updated", "cursor-changed" };
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_swapped (session, changes[i], G_CALLBACK (histograms_view_update), self);
}

void
bf_histograms_view_set_quantity (BfHistogramsView *self,
                                 const BfQuantity *quantity,
                                 gboolean          scale_locked)
{
  g_return_if_fail (BF_IS_HISTOGRAMS_VIEW (self));

  self->tensor = quantity->tensor;
  bf_figure_view_set_quantity (bf_histograms_view_get_main (self), quantity->tensor, scale_locked);
  bf_figure_view_set_quantity (self->layer, quantity->tensor, scale_locked);
  bf_figure_panel_set_caption (self->ridgelines, _(quantity->values_caption), NULL);
  histograms_view_update (self);
}

BfFigureView *
bf_histograms_view_get_main (BfHistogramsView *self)
{
  g_return_val_if_fail (BF_IS_HISTOGRAMS_VIEW (self), NULL);

  return bf_figure_panel_get_view (self->ridgelines);
}

void
bf_histograms_view_open (BfHistogramsView *self)
{
  g_return_if_fail (BF_IS_HISTOGRAMS_VIEW (self));

  if (gtk_widget_get_visible (self->details))
    return;
  gtk_widget_set_visible (self->details, TRUE);
  if (gtk_widget_get_width (GTK_WIDGET (self)) > 0)
    gtk_paned_set_position (self->paned, gtk_widget_get_width (GTK_WIDGET (self)) / 2);
  bf_throttle_flush (&self->updating);
}

gboolean
bf_histograms_view_close (BfHistogramsView *self)
{
  g_return_val_if_fail (BF_IS_HISTOGRAMS_VIEW (self), FALSE);

  if (!gtk_widget_get_visible (self->details))
    return FALSE;
  gtk_widget_set_visible (self->details, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (bf_histograms_view_get_main (self)));
  return TRUE;
}
