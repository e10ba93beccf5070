/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The numbers behind a finding in words, and which thresholds it goes by.
 */
#include "bf-diagnosis.h"

#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

typedef enum { PLAIN, VALUE, PERCENT, COUNT, FACTOR, PART } Form;

static const struct
{
  const char *id, *name;
  Form form;
} names[] = {
  { "decades", N_("Decades lost, first against last hidden layer"), PLAIN },
  { "decades_per_layer", N_("Decades lost in a layer"), PLAIN },
  { "ratio", N_("First layer’s share of the last one’s gradient"), PART },
  { "per_layer", N_("One layer"), FACTOR },
  { "slope", N_("Slope"), FACTOR },
  { "weights", N_("Weights"), FACTOR },
  { "normalization", N_("Normalization"), FACTOR },
  { "skip", N_("Weights and skip connection"), FACTOR },
  { "other", N_("The rest"), FACTOR },
  { "attenuation", N_("First over last hidden layer, gradient of the weights"), PART },
  { "theory_slope", N_("Theory: slope"), FACTOR },
  { "theory_weights", N_("Theory: weights"), FACTOR },
  { "theory_ratio", N_("Theory: first layer’s share"), PART },
  { "signal_decades", N_("Decades that the signal grows"), PLAIN },
  { "signal_per_layer", N_("Growth of the signal in a layer"), FACTOR },
  { "step", N_("Step"), COUNT },
  { "dead", N_("Dead units, share"), PERCENT },
  { "units", N_("Units of the layer"), COUNT },
  { "saturated", N_("Saturated outputs, share"), PERCENT },
  { "weight", N_("Every starting weight"), VALUE },
  { "layers", N_("Frozen layers"), COUNT },
  { "input_rms", N_("Inputs, root of the mean square"), VALUE },
  { "input_largest", N_("Largest input"), VALUE },
  { "update_ratio", N_("Step over size of the weights"), VALUE },
  { "longest_step", N_("Longest step over size of the weights"), VALUE },
  { "loss_jump", N_("Jump of the loss"), PERCENT },
  { "loss", N_("Loss"), VALUE },
  { "guess_loss", N_("Loss of guessing"), VALUE },
  { "accuracy", N_("Accuracy"), PERCENT },
  { "best_epoch", N_("Epoch of the lowest validation loss"), COUNT },
  { "train_loss", N_("Training loss"), VALUE },
  { "validation_loss", N_("Validation loss"), VALUE },
  { "train_accuracy", N_("Training accuracy"), PERCENT },
  { "validation_accuracy", N_("Validation accuracy"), PERCENT },
};

static char *
format (double value, Form form)
{
  g_autofree char *number = NULL;

  switch (form)
    {
    case PLAIN:
      return isfinite (value) ? bf_format_plain (value, 3) : bf_format_value (value);
    case PERCENT:
      return bf_format_percent (value);
    case COUNT:
      return bf_format_count ((guint64) llround (value));
    case PART:
      return bf_format_part (value);
    case FACTOR:
      number = bf_format_value (value);
      /* Translators: a factor; the space does not break: "× 0.14" */
      return g_strdup_printf (_("× %s"), number);
    case VALUE:
    default:
      return bf_format_value (value);
    }
}

char *
bf_evidence_format (const BfEvidence *self, const char **name)
{
  *name = self->id;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i].id, self->id))
      {
        *name = _(names[i].name);
        return isnan (self->value) ? NULL : format (self->value, names[i].form);
      }
  return isnan (self->value) ? NULL : bf_format_value (self->value);
}

const char *const *
bf_finding_get_thresholds (const char *id)
{
  static const struct { const char *finding; const char *thresholds[4]; } table[] = {
    { "exploding-gradient", { "decades", "decades_per_layer", "decades_any" } },
    { "vanishing-gradient", { "decades", "decades_per_layer", "decades_any" } },
    { "unscaled-data", { "input_size" } },
    { "dead-units", { "dead" } },
    { "saturation", { "saturated" } },
    { "learning-rate-too-large", { "update_high", "loss_jump" } },
    { "learning-rate-too-small", { "update_low" } },
    { "collapsed-output", { "guess", "guess_steps" } },
    { "overfitting", { "overfitting" } },
  };
  static const char *const none[] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].finding, id))
      return table[i].thresholds;
  return none;
}
