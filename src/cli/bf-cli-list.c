/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * backflow-cli list: what the tables hold, one row a line: id, name, one line of why; below each
 * its parameters with type, range and default.
 */
#include "bf-cli.h"

#include <glib/gi18n.h>

#include "../lab/bf-file.h"
#include "../lab/bf-remedy.h"
#include "../lab/bf-study.h"
#include "../plot/bf-figure.h"

static const struct
{
  const char *name;
  BfTable table;
} lists[] = {
  { "layers", bf_layer_kinds },
  { "activations", bf_activations },
  { "initializers", bf_initializers },
  { "optimizers", bf_optimizers },
  { "clippings", bf_clippings },
  { "schedules", bf_schedules },
  { "losses", bf_losses },
  { "scalings", bf_scalings },
  { "remedies", bf_remedies },
  { "figures", bf_figures },
  { "data", bf_data_sources },
};

static char *
describe_param (const BfParam *param)
{
  switch (param->type)
    {
    case BF_PARAM_NUMBER:
    case BF_PARAM_INTEGER:
      return g_strdup_printf ("%g … %g (%g)", param->minimum, param->maximum, param->fallback);
    case BF_PARAM_BOOLEAN:
      return g_strdup (param->fallback ? "on, off (on)" : "on, off (off)");
    case BF_PARAM_CHOICE:
      {
        const BfKind *const *kinds = param->table ();
        g_autoptr (GString) ids = g_string_new (NULL);

        for (guint i = 0; kinds[i]; i++)
          g_string_append_printf (ids, "%s%s", i ? ", " : "", kinds[i]->id);
        g_string_append_printf (ids, " (%s)", param->fallback_text ? param->fallback_text : kinds[0]->id);
        return g_string_free (g_steal_pointer (&ids), FALSE);
      }
    case BF_PARAM_TEXT:
      return g_strdup (_("text"));
    case BF_PARAM_LAYER:
      return g_strdup (_("an earlier layer"));
    default:
      g_assert_not_reached ();
    }
}

static void
list_table (BfTable table)
{
  const BfKind *const *kinds = table ();

  for (guint i = 0; kinds[i]; i++)
    {
      g_print ("%-18s %s — %s\n", kinds[i]->id, bf_kind_get_name (kinds[i]), bf_kind_get_summary (kinds[i]));
      for (const BfParam *param = kinds[i]->params; param && param->id; param++)
        {
          g_autofree char *values = describe_param (param);

          g_print ("  %-16s %s\n", param->id, values);
        }
    }
}

static BfExit
list_experiments (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) examples = bf_examples_list (&error);

  if (!examples)
    return bf_cli_fail (BF_EXIT_INPUT, error);
  for (guint i = 0; i < examples->len; i++)
    {
      const BfExample *example = examples->pdata[i];

      g_print ("%-18s %s — %s\n", example->id, example->name, example->summary);
    }
  return BF_EXIT_DONE;
}

static BfExit
list_studies (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = bf_studies_list (&error);

  if (!ids)
    return bf_cli_fail (BF_EXIT_INPUT, error);
  for (guint i = 0; ids[i]; i++)
    {
      g_autoptr (BfStudy) study = bf_study_load_any (ids[i], NULL, &error);

      if (!study)
        return bf_cli_fail (BF_EXIT_INPUT, error);
      g_print ("%-18s %s — %s\n", ids[i], study->name, study->summary);
    }
  return BF_EXIT_DONE;
}

BfExit
bf_cli_list (int argc, char **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  BfExit code;

  if (!bf_cli_parse ("layers|activations|initializers|optimizers|clippings|schedules|losses|scalings|remedies|figures|experiments|studies|data",
                     _("Lists what there is, by the ids that files and options use."), entries, &argc, &argv, &code))
    return code;
  if (argc == 2 && g_str_equal (argv[1], "experiments"))
    return list_experiments ();
  if (argc == 2 && g_str_equal (argv[1], "studies"))
    return list_studies ();
  for (guint i = 0; argc == 2 && i < G_N_ELEMENTS (lists); i++)
    if (g_str_equal (argv[1], lists[i].name))
      {
        list_table (lists[i].table);
        return BF_EXIT_DONE;
      }
  g_printerr (_("backflow-cli: list takes one of layers, activations, initializers, optimizers, clippings, schedules, losses, scalings, "
                "remedies, figures, experiments, studies, data.\n"));
  return BF_EXIT_USAGE;
}
