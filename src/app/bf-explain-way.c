/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A layer's factors are geometric means over the layers of the way, so that they multiply to one layer's
 * factor, and that one, to the power of their number, to the whole.
 */
#include "bf-explain-way.h"

#include "bf-number-label.h"
#include "../engine/bf-factors.h"
#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

typedef enum { BOX_FACTOR, BOX_RESULT } BoxKind;

void
bf_explain_empty (GtkWidget *container)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (container)) != NULL)
    GTK_IS_GRID (container) ? gtk_grid_remove (GTK_GRID (container), child) : gtk_box_remove (GTK_BOX (container), child);
}

char *
bf_explain_count_layers (guint n)
{
  return g_strdup_printf (ngettext ("%u layer", "%u layers", n), n);
}

static GtkWidget *
make_label (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  bf_number_label_set (GTK_LABEL (label), text);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, class);
  return label;
}

/* theory: what is expected beside it, or NULL. */
static void
add_box (GtkBox *row, BoxKind kind, const char *name, const char *value, const char *theory)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *head = make_label (name, "caption");
  g_autofree char *text = g_strdup_printf ("%s: %s", name, value);

  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_add_css_class (box, "factor");
  if (kind == BOX_RESULT)
    gtk_widget_add_css_class (box, "result");
  gtk_widget_add_css_class (head, "dim-label");
  gtk_widget_set_tooltip_text (head, name);
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), make_label (value, "heading"));
  if (theory)
    {
      GtkWidget *label = make_label (theory, "caption");

      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (box), label);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_box_append (row, box);
}

static void
add_sign (GtkBox *row, const char *sign)
{
  gtk_box_append (row, gtk_label_new (sign));
}

static char *
format_factor (double factor)
{
  g_autofree char *number = bf_format_value (factor);

  /* Translators: a factor; the space does not break: "× 0.14" */
  return g_strdup_printf (_("× %s"), number);
}

static char *
format_theory (double factor)
{
  g_autofree char *number = isnan (factor) ? NULL : format_factor (factor);

  /* Translators: under a measured factor, what theory expects: "theory × 0.25" */
  return number ? g_strdup_printf (_("theory %s"), number) : NULL;
}

/* A part's name as of the last layer on the way that has it. */
static char *
name_part (const BfPlan *plan, guint to, BfFactor part)
{
  for (guint i = bf_plan_get_stage_end (plan, to) + 1; i-- > 0;)
    if (bf_factor_of_layer (plan, i) == part)
      {
        g_autofree char *name = bf_factor_get_name (plan, i);
        g_autofree char *first = g_utf8_strup (name, g_utf8_next_char (name) - name);

        return g_strconcat (first, g_utf8_next_char (name), NULL);
      }
  return g_strdup ("");
}

/* The mean over the layers of what theory says of one part; NaN where it says nothing. */
static double
expect_part (const BfTheory *theory, guint from, guint to, BfFactor part)
{
  double sum = 0;

  if (!theory || (part != BF_FACTOR_SLOPE && part != BF_FACTOR_WEIGHTS))
    return NAN;
  for (guint w = from + 1; w <= to; w++)
    sum += log (part == BF_FACTOR_SLOPE ? theory->layers[w].slope_factor : theory->layers[w].weight_factor);
  return exp (sum / (to - from));
}

static void
fill_weights (GtkBox *row, const BfColumn *column, const BfPlan *plan, guint first, guint last, double whole, const char *head)
{
  const guint a = plan->weighted[first], b = plan->weighted[last];
  const double slopes = bf_column_get_norm (column, a, BF_TENSOR_OUTPUT_GRADIENT)
                        / bf_column_get_norm (column, b, BF_TENSOR_OUTPUT_GRADIENT) / whole;
  const double weights = bf_column_get_norm (column, a, BF_TENSOR_WEIGHT_GRADIENT)
                         / bf_column_get_norm (column, b, BF_TENSOR_WEIGHT_GRADIENT);
  g_autofree char *part = bf_format_part (whole), *own = format_factor (slopes);
  g_autofree char *input = format_factor (weights / (whole * slopes)), *result = bf_format_part (weights);

  if (!isfinite (weights) || !isfinite (slopes) || weights <= 0)
    return;
  add_box (row, BOX_RESULT, head, part, NULL);
  add_sign (row, "·");
  add_box (row, BOX_FACTOR, _("Own slope"), own, NULL);
  add_sign (row, "·");
  add_box (row, BOX_FACTOR, _("Layer’s input"), input, NULL);
  add_sign (row, "=");
  add_box (row, BOX_RESULT, _("Gradient norm"), result, NULL);
}

gboolean
bf_explain_fill_way (GtkBox *row, GtkBox *weights, const BfColumn *column, const BfPlan *plan,
                     const BfTheory *theory, guint *n_factors)
{
  double factors[BF_N_FACTORS], whole;
  guint first, last, n;
  g_autofree char *one = NULL, *all = NULL, *head = NULL, *theory_one = NULL, *theory_part = NULL, *theory_all = NULL;

  *n_factors = 0;
  bf_explain_empty (GTK_WIDGET (row));
  bf_explain_empty (GTK_WIDGET (weights));
  if (!bf_plan_get_hidden (plan, &first, &last) || !bf_factors_between (column, plan, first, last, factors, &whole))
    return FALSE;
  n = last - first;
  for (BfFactor part = 0; part < BF_N_FACTORS; part++)
    {
      g_autofree char *name = NULL, *value = NULL, *expected = NULL;

      if (isnan (factors[part]))
        continue;
      name = name_part (plan, last, part);
      value = format_factor (pow (factors[part], 1.0 / n));
      expected = format_theory (expect_part (theory, first, last, part));
      if ((*n_factors)++ > 0)
        add_sign (row, "·");
      add_box (row, BOX_FACTOR, name, value, expected);
    }
  one = format_factor (pow (whole, 1.0 / n));
  all = bf_format_part (whole);
  head = bf_explain_count_layers (n);
  if (theory)
    {
      theory_one = format_theory (pow (10, theory->layers[first].log_gradient / n));
      theory_part = bf_format_part (pow (10, theory->layers[first].log_gradient));
      theory_all = g_strdup_printf (_("theory %s"), theory_part);
    }
  add_sign (row, "=");
  add_box (row, BOX_RESULT, _("One layer"), one, theory_one);
  add_sign (row, "→");
  add_box (row, BOX_RESULT, head, all, theory_all);
  fill_weights (weights, column, plan, first, last, whole, head);
  return TRUE;
}
