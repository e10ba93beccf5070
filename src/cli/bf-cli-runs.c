/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * backflow-cli runs: what a notebook keeps, newest first.
 */
#include "bf-cli.h"
#include "bf-cli-json.h"

#include <glib/gi18n.h>
#include <math.h>

#include "../lab/bf-notebook.h"

static void
add_entry (JsonBuilder *builder, const BfNotebookEntry *entry)
{
  json_builder_begin_object (builder);
  bf_json_add_text (builder, "run", entry->uuid);
  bf_json_add_text (builder, "name", entry->name);
  json_builder_set_member_name (builder, "star");
  json_builder_add_boolean_value (builder, entry->star);
  bf_json_add_count (builder, "created", (guint64) entry->created);
  bf_json_add_count (builder, "changed", (guint64) entry->changed);
  bf_json_add_text (builder, "state", entry->state);
  bf_json_add_text (builder, "experiment", entry->experiment);
  bf_json_add_text (builder, "remedies", entry->remedies);
  bf_json_add_count (builder, "seed", entry->seed);
  bf_json_add_text (builder, "version", entry->version);
  bf_json_add_count (builder, "steps", entry->steps);
  bf_json_add_count (builder, "steps_planned", entry->planned);
  bf_json_add_count (builder, "epochs", entry->epochs);
  bf_json_add_number (builder, "train_loss", entry->loss);
  bf_json_add_number (builder, "validation_accuracy", entry->accuracy);
  bf_json_add_number (builder, "test_accuracy", entry->test_accuracy);
  bf_json_add_text (builder, "study", entry->study_name);
  bf_json_add_text (builder, "row", entry->row);
  json_builder_end_object (builder);
}

static void
print_json (GPtrArray *entries)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "runs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < entries->len; i++)
    add_entry (builder, entries->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  g_print ("%s\n", text);
}

static const char *
translate_state (const char *state)
{
  static const struct { const char *state, *word; } words[] = {
    { "training", N_("training") },
    { "paused", N_("paused") },
    { "finished", N_("finished") },
    { "diverged", N_("diverged") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].state, state))
      return _(words[i].word);
  return state;
}

static void
print_table (GPtrArray *entries)
{
  g_print ("%-8s  %-16s  %-9s  %12s  %8s  %s\n", _("run"), _("changed"), _("state"), _("steps"), _("accuracy"), _("name"));
  for (guint i = 0; i < entries->len; i++)
    {
      const BfNotebookEntry *entry = entries->pdata[i];
      g_autoptr (GDateTime) changed = g_date_time_new_from_unix_local (entry->changed);
      g_autofree char *date = g_date_time_format (changed, "%Y-%m-%d %H:%M");
      g_autofree char *accuracy = isfinite (entry->accuracy) ? g_strdup_printf ("%.1f %%", 100 * entry->accuracy) : g_strdup ("–");

      g_print ("%-8.8s  %-16s  %-9s  %12" G_GUINT64_FORMAT "  %8s  %s%s%s%s\n", entry->uuid, date,
               translate_state (entry->state), entry->steps, accuracy, entry->star ? "★ " : "", entry->name,
               g_str_equal (entry->name, entry->experiment) ? "" : ", ",
               g_str_equal (entry->name, entry->experiment) ? "" : entry->experiment);
    }
}

BfExit
bf_cli_runs (int argc, char **argv)
{
  g_autofree char *path = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "notebook", 0, 0, G_OPTION_ARG_FILENAME, &path, N_("The notebook; by default the window’s"), N_("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print one JSON object"), NULL },
    { NULL }
  };
  g_autoptr (BfNotebook) notebook = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GError) error = NULL;
  BfExit code;

  if (!bf_cli_parse ("", _("Lists the runs that a notebook keeps, newest first."), entries, &argc, &argv, &code))
    return code;
  if (argc != 1)
    {
      g_printerr (_("backflow-cli: runs takes no name. Try “backflow-cli resume RUN”.\n"));
      return BF_EXIT_USAGE;
    }
  if (!path)
    path = bf_notebook_get_default_path ();
  notebook = bf_notebook_new (path);
  runs = bf_notebook_list (notebook, FALSE, &error);
  if (!runs)
    return bf_cli_fail (BF_EXIT_INPUT, error);
  if (json)
    print_json (runs);
  else
    print_table (runs);
  return BF_EXIT_DONE;
}
