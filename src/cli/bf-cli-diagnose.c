/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * backflow-cli diagnose: trains a little and says what is wrong, where, why, and what to try.
 */
#include "bf-cli-experiment.h"
#include "bf-cli-json.h"

#include <glib/gi18n.h>
#include <math.h>

#include "../lab/bf-diagnosis.h"
#include "../lab/bf-run.h"

#define STEPS 200

static void
add_layers (JsonBuilder *builder, const BfFinding *finding, const BfPlan *plan)
{
  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < finding->layers->len; i++)
    json_builder_add_string_value (builder, plan->layers[plan->weighted[g_array_index (finding->layers, guint, i)]].name);
  json_builder_end_array (builder);
}

static void
add_evidence (JsonBuilder *builder, const BfFinding *finding)
{
  json_builder_set_member_name (builder, "evidence");
  json_builder_begin_object (builder);
  for (guint i = 0; i < finding->evidence->len; i++)
    {
      const BfEvidence *evidence = &g_array_index (finding->evidence, BfEvidence, i);

      bf_json_add_number (builder, evidence->id, evidence->value);
    }
  json_builder_end_object (builder);
}

static void
add_finding (JsonBuilder *builder, const BfFinding *finding, const BfPlan *plan)
{
  const char *const names[] = { "id", "title", "sentence", "cause" };
  const char *const values[] = { finding->id, finding->title, finding->sentence, finding->cause };

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    bf_json_add_text (builder, names[i], values[i]);
  add_layers (builder, finding, plan);
  json_builder_set_member_name (builder, "steps");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, (gint64) finding->first);
  json_builder_add_int_value (builder, (gint64) finding->last);
  json_builder_end_array (builder);
  add_evidence (builder, finding);
  json_builder_set_member_name (builder, "remedies");
  json_builder_begin_array (builder);
  for (guint i = 0; i < finding->remedies->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (finding->remedies, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
print_json (GPtrArray *findings, const BfSnapshot *snapshot, const char *experiment)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  bf_json_add_text (builder, "experiment", experiment);
  bf_json_add_count (builder, "steps", snapshot->steps);
  json_builder_set_member_name (builder, "findings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < findings->len; i++)
    add_finding (builder, g_ptr_array_index (findings, i), snapshot->plan);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  g_print ("%s\n", text);
}

static void
print_text (GPtrArray *findings)
{
  if (findings->len == 0)
    g_print (_("Nothing is wrong: the gradient reaches every layer.\n"));
  for (guint i = 0; i < findings->len; i++)
    {
      const BfFinding *finding = g_ptr_array_index (findings, i);

      g_print ("%s%s (%s)\n  %s\n  %s\n", i > 0 ? "\n" : "", finding->title, finding->id, finding->sentence, finding->cause);
      for (guint k = 0; k < finding->remedies->len; k++)
        g_print (k == 0 ? _("  Try: --remedy %s\n") : _("       --remedy %s\n"), (char *) g_ptr_array_index (finding->remedies, k));
    }
}

BfExit
bf_cli_diagnose (int argc, char **argv)
{
  g_auto (BfCliExperiment) experiment = BF_CLI_EXPERIMENT_INIT;
  int steps = STEPS;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "steps", 0, 0, G_OPTION_ARG_INT, &steps, N_("Steps to train before looking; 0: the start alone"), N_("N") },
    BF_CLI_EXPERIMENT_ENTRIES (&experiment),
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON object"), NULL },
    { NULL }
  };
  g_autoptr (BfSpec) spec = NULL;
  g_autoptr (BfRun) run = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  BfTaskFacts facts;
  BfExit code;

  if (!bf_cli_parse ("EXPERIMENT", _("Trains a little and says what is wrong: where, by which numbers, why, and what to try."),
                     entries, &argc, &argv, &code))
    return code;
  if (argc != 2 || steps < 0)
    {
      g_printerr (_("backflow-cli: diagnose takes one experiment, and --steps from 0 on.\n"));
      return BF_EXIT_USAGE;
    }
  spec = bf_cli_load_effective (argv[1], &experiment, &code);
  if (!spec)
    return code;
  run = bf_run_new (spec, &(BfRunOptions) { .folder = experiment.folder, .steps = (guint64) steps });
  bf_run_wait (run);
  if (bf_run_get_state (run) == BF_RUN_FAILED)
    return bf_cli_fail (BF_EXIT_INPUT, bf_run_get_error (run));
  if (steps > 0)
    {
      bf_run_train (run);
      bf_run_wait (run);
    }
  bf_task_facts_measure (bf_run_get_dataset (run), spec, &facts);
  findings = bf_diagnose (bf_run_get_snapshot (run), &facts, NULL);
  if (json)
    print_json (findings, bf_run_get_snapshot (run), argv[1]);
  else
    print_text (findings);
  return BF_EXIT_DONE;
}
