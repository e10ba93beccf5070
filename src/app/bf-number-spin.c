/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-number-spin.h"

#include <math.h>

#define MOST_DIGITS 6

/* Decimals that write `value` in full, at most MOST_DIGITS. */
static guint
count_digits (double value)
{
  for (guint digits = 0; digits < MOST_DIGITS; digits++)
    {
      double scaled = value * pow (10, digits);

      if (fabs (scaled - round (scaled)) < 1e-6 * MAX (1, fabs (scaled)) && (round (scaled) != 0 || value == 0))
        return digits;
    }
  return MOST_DIGITS;
}

/* One click changes the last digit of the default, or a tenth of it when it is a power of ten. */
static double
find_step (double minimum,
           double maximum,
           double fallback)
{
  double decade;

  if (fallback == 0)
    return maximum - minimum <= 1 ? 0.05 : maximum - minimum <= 100 ? 0.1 : 1;
  decade = pow (10, floor (log10 (fabs (fallback))));
  if (fabs (fallback / decade - 1) < 1e-9)
    decade /= 10;
  return MIN (decade, fallback < 1 ? pow (10, -(double) count_digits (fallback)) : decade);
}

static gboolean
on_output (GtkSpinButton *self,
           gpointer       user_data)
{
  double value = gtk_spin_button_get_value (self);
  guint digits = gtk_spin_button_get_digits (self);
  g_autofree char *text = g_strdup_printf ("%.*f", (int) digits, value);

  if (fabs (g_strtod (text, NULL) - value) > 1e-6 * fabs (value))
    {
      g_free (text);
      text = g_strdup_printf ("%.5g", value);
    }
  if (!g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (self))))
    gtk_editable_set_text (GTK_EDITABLE (self), text);
  return TRUE;
}

static int
on_input (GtkSpinButton *self,
          double        *value,
          gpointer       user_data)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self));
  char *end = NULL;

  *value = g_strtod (text, &end);
  return end == text || *end != '\0' || !isfinite (*value) ? GTK_INPUT_ERROR : TRUE;
}

void
bf_number_spin_prepare (GtkSpinButton *self,
                        double         minimum,
                        double         maximum,
                        double         fallback,
                        gboolean       integer)
{
  double step = integer ? 1 : find_step (minimum, maximum, fallback);

  gtk_spin_button_configure (self,
                             gtk_adjustment_new (CLAMP (fallback, minimum, maximum), minimum, maximum,
                                                 step, step * 10, 0),
                             0, integer ? 0 : count_digits (step));
  gtk_spin_button_set_numeric (self, FALSE);   /* "1e-8" is a number too */
  gtk_editable_set_width_chars (GTK_EDITABLE (self), 6);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self), 6);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  g_signal_connect (self, "output", G_CALLBACK (on_output), NULL);
  g_signal_connect (self, "input", G_CALLBACK (on_input), NULL);
}

GtkWidget *
bf_number_spin_new (double   minimum,
                    double   maximum,
                    double   fallback,
                    gboolean integer)
{
  GtkWidget *self = gtk_spin_button_new (NULL, 0, 0);

  bf_number_spin_prepare (GTK_SPIN_BUTTON (self), minimum, maximum, fallback, integer);
  return self;
}

GtkWidget *
bf_number_spin_new_for (const BfParam *param)
{
  return bf_number_spin_new (param->minimum, param->maximum, param->fallback,
                             param->type == BF_PARAM_INTEGER);
}

void
bf_number_spin_set (GtkSpinButton *self,
                    double         value)
{
  if (gtk_spin_button_get_value (self) != value)
    gtk_spin_button_set_value (self, value);
}
