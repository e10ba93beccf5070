/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A stage is a layer with weights and what follows it up to the next one. What it passes back is
 * the gradient at the stage before over the gradient at its own output: with G(j) = ‖∂L/∂h‖ at the
 * output of layer j, each layer of the stage has the factor G(j − 1) / G(j), and they multiply to
 * the whole. Where another branch leaves (a skip), its share is part of the factor, and the name says so.
 */
#include "bf-readout.h"

#include "bf-damage.h"
#include "bf-number-label.h"
#include "bf-throttle.h"
#include "../engine/bf-factors.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define UPDATES_PER_SECOND 15
#define MAX_FACTORS 6
#define MOST_SHORT 99.5    /* from here bf_format_value() writes powers of ten; factors wait until … */
#define MOST_PLAIN 9999.5

struct _BfReadout
{
  GtkBox parent_instance;

  GtkGrid *grid;
  GtkLabel *layer;
  GtkLabel *step;
  BfSession *session;
  BfThrottle updating;
  guint rows;        /* shown in the grid */
};

G_DEFINE_FINAL_TYPE (BfReadout, bf_readout, GTK_TYPE_BOX)

/* Rows are made once and kept: the read-out changes thirty times a second. */
static void
readout_set_row (BfReadout  *self,
                 const char *name,
                 gboolean    indent,
                 const char *value)
{
  int row = (int) self->rows++;
  GtkWidget *left = gtk_grid_get_child_at (self->grid, 0, row);
  GtkWidget *right = gtk_grid_get_child_at (self->grid, 1, row);
  if (!left)
    {
      left = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "hexpand", TRUE, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
      right = g_object_new (GTK_TYPE_LABEL, "xalign", 1.0f, NULL);
      gtk_widget_add_css_class (left, "dim-label");
      gtk_widget_add_css_class (right, "numeric");
      gtk_grid_attach (self->grid, left, 0, row, 1, 1);
      gtk_grid_attach (self->grid, right, 1, row, 1, 1);
      gtk_accessible_update_relation (GTK_ACCESSIBLE (right), GTK_ACCESSIBLE_RELATION_LABELLED_BY, left, NULL, -1);
    }
  gtk_label_set_label (GTK_LABEL (left), name);
  bf_number_label_set (GTK_LABEL (right), value);
  gtk_widget_set_margin_start (left, indent ? 14 : 0);
  gtk_widget_set_visible (left, TRUE);
  gtk_widget_set_visible (right, TRUE);
}

static void
readout_hide_rest (BfReadout *self)
{
  for (int row = (int) self->rows; gtk_grid_get_child_at (self->grid, 0, row); row++)
    for (int column = 0; column < 2; column++)
      gtk_widget_set_visible (gtk_grid_get_child_at (self->grid, column, row), FALSE);
}

static char *
format_factor (double factor)
{
  if (!isfinite (factor))
    return g_strdup ("–");
  gboolean plain = factor >= MOST_SHORT && factor < MOST_PLAIN;
  g_autofree char *number = plain ? bf_format_count ((guint64) llround (factor)) : bf_format_value (factor);
  /* Translators: a factor; the space does not break: "× 0.14" */
  return g_strdup_printf (_("× %s"), number);
}

static char *
format_share (float share)
{
  if (share > 0 && share < 0.0995f)
    return bf_format_percent (share);
  /* Translators: a share without decimals: "12 %" */
  return g_strdup_printf (_("%.0f %%"), 100.0 * (double) share);
}

/* Without subnormal numbers an exact zero may have been one of them. */
static char *
format_norm (const BfPlan *plan,
             double        norm)
{
  return norm == 0 && !plan->spec->subnormals ? g_strdup (_("0 (below 10⁻³⁷)")) : bf_format_value (norm);
}

/* ∂L/∂input is measured only now and then: the column of the last time, of which all factors of
 * the first layer then are, so that they multiply. */
static const BfColumn *
find_measured (const BfSnapshot *snapshot,
               const BfColumn   *column)
{
  const BfColumn *found = column;
  for (guint i = 0; isnan (column->input_gradient) && i < snapshot->columns->len; i++)
    {
      const BfColumn *other = g_ptr_array_index (snapshot->columns, i);
      if (other->first > column->first)
        break;
      if (!isnan (other->input_gradient))
        found = other;
    }
  return found;
}

/* A part's name with a capital, as the other rows. */
static char *
make_factor_name (const BfPlan *plan,
                  guint         layer)
{
  g_autofree char *name = bf_factor_get_name (plan, layer);
  g_autofree char *first = g_utf8_strup (name, g_utf8_next_char (name) - name);
  return g_strconcat (first, g_utf8_next_char (name), NULL);
}

static void
readout_add_factors (BfReadout      *self,
                     const BfPlan   *plan,
                     const BfColumn *column,
                     guint           first,
                     guint           end)
{
  double product = 1;
  for (guint layer = first; layer <= end; layer++)
    product *= bf_factor_measure (column, plan, layer);
  g_autofree char *whole = format_factor (product);
  readout_set_row (self, _("Passes back"), FALSE, whole);
  if (end == first || end - first >= MAX_FACTORS)
    return;
  for (guint layer = end + 1; layer-- > first;)
    {
      g_autofree char *value = format_factor (bf_factor_measure (column, plan, layer));
      g_autofree char *name = make_factor_name (plan, layer);
      readout_set_row (self, name, TRUE, value);
    }
}

static void
readout_add_units (BfReadout      *self,
                   const BfColumn *column,
                   guint           first,
                   guint           end)
{
  for (guint layer = first; layer <= end; layer++)
    {
      const BfLayerStats *stats = &column->layers[layer];
      g_autofree char *saturated = format_share (stats->saturated);
      g_autofree char *dead = format_share (stats->dead);
      if (!isnan (stats->saturated))
        readout_set_row (self, _("Saturated"), FALSE, saturated);
      if (!isnan (stats->dead))
        readout_set_row (self, _("Dead units"), FALSE, dead);
    }
}

static void
readout_show (BfReadout  *self,
              BfSnapshot *snapshot,
              guint       weighted,
              guint64     step)
{
  const BfPlan *plan = snapshot->plan;
  const BfColumn *column = bf_snapshot_get_column (snapshot, step);
  guint layer = plan->weighted[weighted];
  guint end = bf_plan_get_stage_end (plan, weighted);
  g_autofree char *count = bf_format_count (step);
  /* Translators: the step that the numbers below are of: "step 2,304" */
  g_autofree char *at = g_strdup_printf (_("step %s"), count);
  g_autofree char *norm = format_norm (plan, bf_column_get_norm (column, layer, BF_TENSOR_WEIGHT_GRADIENT));
  float ratio = column->layers[layer].update_ratio;
  g_autofree char *update = isnan (ratio) ? g_strdup ("–") : bf_format_value (ratio);

  gtk_label_set_label (self->layer, plan->layers[layer].name);
  gtk_label_set_label (self->step, at);
  self->rows = 0;
  if (column->layers[layer].tensors[BF_TENSOR_WEIGHT].size == 0)
    {
      readout_set_row (self, _("Not there yet: a later stage adds it"), FALSE, "");
      readout_hide_rest (self);
      return;
    }
  readout_set_row (self, _("Gradient norm"), FALSE, norm);
  readout_add_factors (self, plan, layer == 0 ? find_measured (snapshot, column) : column, layer, end);
  readout_add_units (self, column, layer, end);
  readout_set_row (self, _("Update ratio"), FALSE, update);
  readout_hide_rest (self);
}

static void
readout_refresh (gpointer data)
{
  BfReadout *self = data;
  BfSnapshot *snapshot = bf_session_get_snapshot (self->session);
  guint weighted = bf_session_get_cursor_layer (self->session);
  gboolean there = snapshot && weighted < snapshot->plan->n_weighted;
  gtk_widget_set_visible (GTK_WIDGET (self), there);
  if (there)
    readout_show (self, snapshot, weighted, bf_session_get_cursor_step (self->session));
}

static void
readout_update (BfReadout *self)
{
  bf_throttle_call (&self->updating);
}

static void
readout_dispose (GObject *object)
{
  bf_readout_set_session (BF_READOUT (object), NULL);
  G_OBJECT_CLASS (bf_readout_parent_class)->dispose (object);
}

static void
readout_snapshot (GtkWidget   *widget,
                  GtkSnapshot *snapshot)
{
  bf_damage_widget (snapshot, widget);
  GTK_WIDGET_CLASS (bf_readout_parent_class)->snapshot (widget, snapshot);
}

static void
bf_readout_class_init (BfReadoutClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = readout_dispose;
  widget->snapshot = readout_snapshot;
  gtk_widget_class_set_template_from_resource (widget, "/io/github/backflow/Backflow/readout.ui");
  gtk_widget_class_bind_template_child (widget, BfReadout, grid);
  gtk_widget_class_bind_template_child (widget, BfReadout, layer);
  gtk_widget_class_bind_template_child (widget, BfReadout, step);
}

static void
bf_readout_init (BfReadout *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bf_throttle_init (&self->updating, UPDATES_PER_SECOND, readout_refresh, self);
}

void
bf_readout_set_session (BfReadout *self,
                        BfSession *session)
{
  g_return_if_fail (BF_IS_READOUT (self));

  if (self->session)
    g_signal_handlers_disconnect_by_func (self->session, readout_update, self);
  bf_throttle_clear (&self->updating);
  if (!g_set_object (&self->session, session) || !session)
    return;
  const char *const changes[] = { "run-changed", "updated", "cursor-changed" };
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_swapped (session, changes[i], G_CALLBACK (readout_update), self);
  bf_throttle_flush (&self->updating);
}
