/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A run's result in two forms: a JSON object for programs, a table of the layers for people.
 * Numbers that are not finite are null; the words mean what data/experiments/README.md says.
 */
#include "bf-cli.h"
#include "bf-cli-json.h"

#include <glib/gi18n.h>
#include <math.h>

static const char *
get_outcome (const BfSnapshot *snapshot)
{
  static const char *const ids[] = {
    [BF_OUTCOME_NONE] = "cancelled",
    [BF_OUTCOME_FINISHED] = "finished",
    [BF_OUTCOME_DIVERGED] = "diverged",
    [BF_OUTCOME_CANCELLED] = "cancelled",
  };

  return ids[snapshot->outcome];
}

/* ‖v‖₂ of a tensor at a column's last step, from its RMS; a column may hold several steps. */
static double
get_last_norm (const BfColumn *column, guint layer, BfTensor tensor)
{
  const BfStats *stats = &column->layers[layer].tensors[tensor];

  if (column->count == 1)
    return bf_column_get_norm (column, layer, tensor);
  return stats->size ? stats->rms * sqrt (stats->size) : NAN;
}

static const BfColumn *
get_last_column (const BfSnapshot *snapshot)
{
  return bf_snapshot_get_column (snapshot, bf_snapshot_get_last_step (snapshot));
}

static void
add_diverged (JsonBuilder *builder, const BfSnapshot *snapshot)
{
  json_builder_set_member_name (builder, "diverged");
  if (snapshot->outcome != BF_OUTCOME_DIVERGED)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  bf_json_add_count (builder, "step", snapshot->diverged_step);
  json_builder_set_member_name (builder, "layer");
  json_builder_begin_object (builder);
  bf_json_add_count (builder, "index", snapshot->diverged_layer);
  bf_json_add_text (builder, "name", snapshot->plan->layers[snapshot->diverged_layer].name);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
add_epochs (JsonBuilder *builder, const BfSnapshot *snapshot)
{
  json_builder_set_member_name (builder, "epochs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < snapshot->epochs->len; i++)
    {
      const BfEpoch *epoch = &g_array_index (snapshot->epochs, BfEpoch, i);

      json_builder_begin_object (builder);
      bf_json_add_count (builder, "epoch", epoch->epoch);
      bf_json_add_number (builder, "train_loss", epoch->train_loss);
      bf_json_add_number (builder, "train_accuracy", epoch->train_accuracy);
      bf_json_add_number (builder, "validation_loss", epoch->validation_loss);
      bf_json_add_number (builder, "validation_accuracy", epoch->validation_accuracy);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_layers (JsonBuilder *builder, const BfSnapshot *snapshot)
{
  const BfPlan *plan = snapshot->plan;
  const BfColumn *last = get_last_column (snapshot);

  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      guint index = plan->weighted[w];

      json_builder_begin_object (builder);
      bf_json_add_count (builder, "index", index);
      bf_json_add_text (builder, "kind", bf_options_get_kind (plan->layers[index].layer->options)->id);
      bf_json_add_number (builder, "gradient_norm_first",
                  get_last_norm (snapshot->start, index, BF_TENSOR_WEIGHT_GRADIENT));
      bf_json_add_number (builder, "gradient_norm_last", get_last_norm (last, index, BF_TENSOR_WEIGHT_GRADIENT));
      bf_json_add_number (builder, "weight_norm", get_last_norm (last, index, BF_TENSOR_WEIGHT));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

char *
bf_run_report_json (const BfSnapshot *snapshot, const char *experiment)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  bf_json_add_text (builder, "experiment", experiment);
  bf_json_add_count (builder, "seed", snapshot->plan->spec->seed);
  bf_json_add_count (builder, "steps", snapshot->steps);
  bf_json_add_text (builder, "outcome", get_outcome (snapshot));
  add_diverged (builder, snapshot);
  add_epochs (builder, snapshot);
  bf_json_add_number (builder, "test_accuracy", snapshot->test_accuracy);
  add_layers (builder, snapshot);
  bf_json_add_number (builder, "steps_per_second", snapshot->steps_per_second);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

static void
append_number (GString *out, double value)
{
  if (isnan (value))
    g_string_append_printf (out, "%13s", "NaN");
  else if (isinf (value))
    g_string_append_printf (out, "%13s", "infinite");
  else
    g_string_append_printf (out, "%13.3g", value);
}

static void
append_outcome (GString *out, const BfSnapshot *snapshot)
{
  static const char *const what[] = {
    [BF_DIVERGED_OUTPUT] = N_("its output is not finite"),
    [BF_DIVERGED_LOSS] = N_("the loss is not finite"),
    [BF_DIVERGED_GRADIENT] = N_("its gradient is not finite"),
    [BF_DIVERGED_PARAMETER] = N_("its parameters are not finite"),
  };

  if (snapshot->outcome != BF_OUTCOME_DIVERGED)
    return;
  g_string_append_printf (out, _("Diverged at step %llu in %s: %s.\n"), (unsigned long long) snapshot->diverged_step,
                          snapshot->plan->layers[snapshot->diverged_layer].name, _(what[snapshot->diverged_what]));
}

static void
append_metrics (GString *out, const BfSnapshot *snapshot)
{
  const BfEpoch *last;

  g_string_append_printf (out, _("%llu steps, %.0f steps/s\n"), (unsigned long long) snapshot->steps,
                          snapshot->steps_per_second);
  if (snapshot->epochs->len > 0)
    {
      last = &g_array_index (snapshot->epochs, BfEpoch, snapshot->epochs->len - 1);
      g_string_append_printf (out, _("Training loss %.4f"), last->train_loss);
      if (isfinite (last->validation_loss))
        g_string_append_printf (out, _(", validation loss %.4f"), last->validation_loss);
      if (isfinite (last->validation_accuracy))
        g_string_append_printf (out, _(", validation accuracy %.1f %%"), 100 * last->validation_accuracy);
      g_string_append_c (out, '\n');
    }
  if (isfinite (snapshot->test_accuracy))
    g_string_append_printf (out, _("Test accuracy %.1f %%\n"), 100 * snapshot->test_accuracy);
}

char *
bf_run_report_table (const BfSnapshot *snapshot)
{
  const BfPlan *plan = snapshot->plan;
  const BfColumn *last = get_last_column (snapshot);
  GString *out = g_string_new (NULL);
  double attenuation = bf_column_get_attenuation (last, plan);

  g_string_append_printf (out, "%-12s %7s %13s %13s %13s\n", _("Layer"), _("Units"),
                          _("∇W, step 0"), _("∇W, last"), _("Weights"));
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      guint index = plan->weighted[w];

      g_string_append_printf (out, "%-12s %7u ", plan->layers[index].name, plan->layers[index].outputs);
      append_number (out, get_last_norm (snapshot->start, index, BF_TENSOR_WEIGHT_GRADIENT));
      g_string_append_c (out, ' ');
      append_number (out, get_last_norm (last, index, BF_TENSOR_WEIGHT_GRADIENT));
      g_string_append_c (out, ' ');
      append_number (out, get_last_norm (last, index, BF_TENSOR_WEIGHT));
      g_string_append_c (out, '\n');
    }
  if (isfinite (attenuation))
    g_string_append_printf (out, _("Attenuation %.3g (first over last hidden layer)\n"), attenuation);
  append_metrics (out, snapshot);
  append_outcome (out, snapshot);
  return g_string_free (out, FALSE);
}
