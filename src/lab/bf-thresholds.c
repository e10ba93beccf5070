/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-thresholds.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const BfParam params[] = {
  { "decades", N_("Gradient Lost or Grown in All"), BF_PARAM_NUMBER, 0.1, 100, 2, .unit = N_("decades") },
  { "decades_per_layer", N_("Lost or Grown in a Layer"), BF_PARAM_NUMBER, 0.01, 10, 0.25, .unit = N_("decades") },
  { "decades_any", N_("Lost or Grown, However Many Layers"), BF_PARAM_NUMBER, 0.1, 100, 3.5, .unit = N_("decades") },
  { "dead", N_("Dead Units of a Layer"), BF_PARAM_NUMBER, 0.01, 1, 0.4 },
  { "saturated", N_("Saturated Outputs of a Layer"), BF_PARAM_NUMBER, 0.01, 1, 0.5 },
  { "update_low", N_("Smallest Healthy Update"), BF_PARAM_NUMBER, 0, 1, 1e-5 },
  { "update_high", N_("Largest Healthy Update"), BF_PARAM_NUMBER, 0, 100, 0.1 },
  { "loss_jump", N_("Jump of the Loss"), BF_PARAM_NUMBER, 0.01, 100, 0.4 },
  { "guess", N_("Loss near Guessing"), BF_PARAM_NUMBER, 0, 1, 0.02 },
  { "guess_steps", N_("Steps before Guessing Counts"), BF_PARAM_INTEGER, 1, 1000000, 200 },
  { "input_size", N_("Size of the Inputs"), BF_PARAM_NUMBER, 0.1, 1e6, 5 },
  { "overfitting", N_("Gap of the Accuracies"), BF_PARAM_NUMBER, 0.01, 1, 0.1 },
  { NULL }
};

static const struct
{
  const char *id, *source;
} sources[] = {
  { "decades", N_("A factor of 100 between first and last hidden layer; the tutorials’ 10⁻⁴ and 100 are absolute sizes of the same order.") },
  { "decades_per_layer", N_("A sigmoid’s largest slope, 1/4, takes 0.6 decades; half of the layers’ usual loss is where training begins to suffer.") },
  { "decades_any", N_("In deep networks a small loss in each layer adds up; below 1/3,000 the first layers stand still beside the last.") },
  { "dead", N_("Nair & Hinton 2010 and Maas et al. 2013: up to half of the outputs may be 0 for a sample, but a unit that is 0 for all of them is lost.") },
  { "saturated", N_("Glorot & Bengio 2010: a layer most of whose outputs are at the ends passes next to nothing back.") },
  { "update_low", N_("About 10⁻³ of a weight’s size a step is healthy; a hundredth of that hardly moves.") },
  { "update_high", N_("A step of a tenth of a weight’s size leaves the region that its gradient speaks of.") },
  { "loss_jump", N_("The spread of the loss within neighboring steps, over its mean.") },
  { "guess", N_("The loss of an answer that does not look at its input, the entropy of the classes or the variance of the targets.") },
  { "guess_steps", N_("Every network guesses at first.") },
  { "input_size", N_("LeCun et al. 1998: inputs of about unit variance; five times that drives units into their flat ends.") },
  { "overfitting", N_("Training accuracy above validation accuracy while the validation loss rises.") },
};

const BfKind *
bf_thresholds_kind (void)
{
  static const BfKind kind = { "thresholds", N_("Thresholds"), N_("From where on the diagnosis speaks"), params };

  return &kind;
}

const char *
bf_threshold_get_source (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (g_str_equal (sources[i].id, id))
      return _(sources[i].source);
  g_return_val_if_reached ("");
}

char *
bf_thresholds_print (const BfOptions *self)
{
  GString *text = g_string_new (NULL);

  for (const BfParam *param = params; param->id; param++)
    {
      const double value = bf_options_number (self, param->id);
      char digits[G_ASCII_DTOSTR_BUF_SIZE];

      if (value != param->fallback)
        g_string_append_printf (text, "%s%s=%s", text->len ? "," : "", param->id, g_ascii_dtostr (digits, sizeof digits, value));
    }
  return g_string_free (text, FALSE);
}

BfOptions *
bf_thresholds_parse (const char *text)
{
  BfOptions *self = bf_options_new (bf_thresholds_kind ());
  g_auto (GStrv) pairs = g_strsplit (text, ",", -1);

  for (guint i = 0; pairs[i]; i++)
    {
      char *value = strchr (pairs[i], '=');

      if (!value)
        continue;
      *value++ = '\0';
      if (bf_kind_find_param (bf_thresholds_kind (), pairs[i]))
        bf_options_set_string (self, pairs[i], value, NULL);
    }
  return self;
}
