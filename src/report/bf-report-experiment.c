/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What was trained: the network layer by layer with what the remedies made of it, the remedies, the
 * training, the data.
 */
#include "bf-report-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "../engine/bf-format.h"
#include "../lab/bf-remedy.h"
#include "../lab/bf-spec-diff.h"

/* Settings of a choice without its name: "Mean: 0, Standard Deviation: 0.05"; NULL: none. */
static char *
print_settings (const BfOptions *options)
{
  g_autofree char *all = bf_options_describe (options);
  const char *name = bf_kind_get_name (bf_options_get_kind (options));
  gsize start = strlen (name);

  if (strlen (all) <= start + 3)
    return NULL;
  return g_strndup (all + start + 2, strlen (all) - start - 3);
}

/* What follows a layer with weights, up to the next: "Batch Normalization (…), Sigmoid". */
static char *
print_followers (const BfPlan *plan, guint first, guint end)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;

  for (guint i = first; i < end; i++)
    {
      const BfOptions *options = plan->layers[i].layer->options;
      const BfOptions *shown = bf_options_is (options, "activation") && bf_kind_find_param (bf_options_get_kind (options), "function")
                                 ? bf_options_choice (options, "function") : options;
      g_autofree char *text = NULL;

      if (plan->layers[i].from >= 0)
        /* Translators: a skip connection's end: "+ Dense 2", where it comes from. */
        text = g_strdup_printf (_("+ %s"), plan->layers[plan->layers[i].from].name);
      else
        text = bf_options_describe (shown);
      g_strv_builder_add (builder, text);
    }
  names = g_strv_builder_end (builder);
  return g_strjoinv (_(", "), names);
}

static char *
print_start (const BfLayer *layer)
{
  const BfKind *kind = bf_options_get_kind (layer->options);
  g_autofree char *start = bf_kind_find_param (kind, "start") ? bf_options_describe (bf_options_choice (layer->options, "start")) : NULL;
  g_autofree char *gain = NULL;

  if (!start || layer->gain == 0 || layer->gain == 1)
    return g_steal_pointer (&start);
  gain = bf_format_value (layer->gain);
  /* Translators: starting weights, and a factor on them: "He Normal × 1.4". */
  return g_strdup_printf (_("%s × %s"), start, gain);
}

static void
add_layer_row (BfReportTable *table, const BfPlan *plan, guint w)
{
  guint index = plan->weighted[w], end = w + 1 < plan->n_weighted ? plan->weighted[w + 1] : plan->n_layers;
  const BfPlanLayer *layer = &plan->layers[index];
  guint64 parameters = 0;
  char *name;

  for (guint i = index; i < end; i++)
    parameters += plan->layers[i].parameters;
  /* Translators: a layer that does not learn: "Dense 1, frozen". */
  name = layer->layer->frozen ? g_strdup_printf (_("%s, frozen"), layer->name) : g_strdup (layer->name);
  bf_report_table_take (table, name);
  bf_report_table_take (table, g_strdup_printf ("%u → %u", layer->inputs, layer->outputs));
  bf_report_table_take (table, print_followers (plan, index + 1, end));
  bf_report_table_take (table, print_start (layer->layer));
  bf_report_table_take (table, bf_format_count (parameters));
}

static void
add_network (const BfPlan *plan, BfDocument *document)
{
  const BfDocumentColumn columns[] = {
    { _("Layer"), .whole = TRUE }, { _("Units"), TRUE }, { _("Then"), FALSE }, { _("Starting Weights"), FALSE }, { _("Parameters"), TRUE },
  };
  g_autoptr (BfReportTable) table = bf_report_table_new ();
  guint before = plan->n_weighted > 0 ? plan->weighted[0] : plan->n_layers;

  bf_document_add_text (document, BF_DOCUMENT_SUBHEADING, _("Network"));
  if (before > 0)
    {
      g_autofree char *layers = print_followers (plan, 0, before);
      /* Translators: what stands before the first layer with weights. */
      g_autofree char *text = g_strdup_printf (_("Before the first layer: %s"), layers);

      bf_document_add_text (document, BF_DOCUMENT_BODY, text);
    }
  for (guint w = 0; w < plan->n_weighted; w++)
    add_layer_row (table, plan, w);
  bf_report_table_put (table, document, columns, G_N_ELEMENTS (columns));
}

static void
add_remedies (const BfSpec *base, BfDocument *document)
{
  const BfDocumentColumn columns[] = { { _("Remedy"), FALSE }, { _("Settings"), FALSE }, { _("What It Does"), FALSE }, { _("Paper"), FALSE } };
  g_autoptr (BfReportTable) table = bf_report_table_new ();

  bf_document_add_text (document, BF_DOCUMENT_SUBHEADING, _("Remedies"));
  for (const BfKind *const *kind = bf_remedies (); *kind; kind++)
    {
      const BfRemedySetting *setting = bf_spec_find_remedy (base, (*kind)->id);
      g_autofree char *conflict = setting && setting->on ? bf_remedy_get_conflict (base, (*kind)->id) : NULL;

      if (!setting || !setting->on)
        continue;
      bf_report_table_add (table, bf_kind_get_name (*kind));
      bf_report_table_take (table, print_settings (setting->options));
      bf_report_table_take (table, conflict ? g_strdup_printf ("%s %s", bf_kind_get_summary (*kind), conflict)
                                            : g_strdup (bf_kind_get_summary (*kind)));
      bf_report_table_add (table, ((const BfRemedy *) *kind)->reference);
    }
  if (table->cells->len == 0)
    bf_document_add_text (document, BF_DOCUMENT_BODY, _("None is switched on: the network is as it was built."));
  bf_report_table_put (table, document, columns, G_N_ELEMENTS (columns));
}

static void
add_training (const BfSpec *spec, const BfSnapshot *snapshot, BfDocument *document)
{
  g_autoptr (BfReportTable) table = bf_report_table_new ();

  bf_document_add_text (document, BF_DOCUMENT_SUBHEADING, _("Training"));
  bf_report_table_pair (table, _("Loss"), bf_options_describe (spec->loss));
  bf_report_table_pair (table, _("Optimizer"), bf_options_describe (spec->optimizer));
  bf_report_table_pair (table, _("Learning Rate"), bf_format_plain (spec->learning_rate, 6));
  bf_report_table_pair (table, _("Learning Rate Schedule"), bf_options_describe (spec->schedule));
  bf_report_table_pair (table, _("Clipping"), bf_options_describe (spec->clipping));
  bf_report_table_pair (table, _("Batch"), bf_format_count (spec->batch));
  bf_report_table_pair (table, _("Epochs"), bf_format_count (spec->epochs));
  bf_report_table_pair (table, _("Seed"), g_strdup_printf ("%" PRIu64, spec->seed));
  if (spec->subnormals)
    bf_report_table_pair (table, _("Subnormal Numbers"), g_strdup (_("kept")));
  for (guint i = 0; i < snapshot->stages->len; i++)
    {
      const BfStageMark *stage = snapshot->stages->pdata[i];
      g_autofree char *step = bf_format_count (stage->step);

      bf_report_table_pair (table, i == 0 ? _("Stages") : "", g_strdup_printf (_("from step %s: %s"), step, stage->label));
    }
  for (guint i = 0; i < snapshot->marks->len; i++)
    {
      const BfMark *mark = snapshot->marks->pdata[i];
      g_autofree char *step = bf_format_count (mark->step);

      bf_report_table_pair (table, i == 0 ? _("Changed while it trained") : "", g_strdup_printf (_("at step %s: %s"), step, mark->label));
    }
  bf_report_table_put_pairs (table, document);
}

/* "0 … 255, mean 72.9 ± 90" */
static char *
print_range (double low, double high, double mean, double sd)
{
  g_autofree char *from = NULL, *to = NULL, *middle = NULL, *deviation = NULL;

  /* A standardized mean is 0 but for rounding. */
  if (fabs (mean) < 1e-6 * sd)
    mean = 0;
  from = bf_format_plain (low, 4);
  to = bf_format_plain (high, 4);
  middle = bf_format_plain (mean, 3);
  deviation = bf_format_plain (sd, 3);
  /* Translators: lowest value, highest value, mean, standard deviation */
  return g_strdup_printf (_("%s … %s, mean %s ± %s"), from, to, middle, deviation);
}

static char *
print_samples (const BfDataFacts *facts)
{
  g_autofree char *train = bf_format_count (facts->counts[BF_PART_TRAIN]);
  g_autofree char *validation = bf_format_count (facts->counts[BF_PART_VALIDATION]);
  g_autofree char *test = bf_format_count (facts->counts[BF_PART_TEST]);

  return g_strdup_printf (_("%s training, %s validation, %s test"), train, validation, test);
}

static void
add_data (const BfReportEntry *entry, const BfSpec *spec, BfDocument *document)
{
  g_autoptr (BfReportTable) table = bf_report_table_new ();
  const BfDataFacts *facts = entry->facts;

  bf_document_add_text (document, BF_DOCUMENT_SUBHEADING, _("Data"));
  bf_report_table_pair (table, _("Data"), bf_options_describe (spec->data));
  if (facts)
    {
      const BfRange *all = &facts->all;

      bf_report_table_pair (table, _("Source"), g_strdup (bf_dataset_get_origin (facts->data)));
      bf_report_table_pair (table, _("Samples"), print_samples (facts));
      bf_report_table_pair (table, _("Inputs"), bf_format_count (facts->n_inputs));
      if (facts->classes > 0)
        bf_report_table_pair (table, _("Classes"), bf_format_count (facts->classes));
      bf_report_table_pair (table, _("Range"), print_range (all->low, all->high, all->mean, all->sd));
      bf_report_table_pair (table, _("Scaled"), print_range (all->scaled_low, all->scaled_high, all->scaled_mean, all->scaled_sd));
    }
  bf_report_table_pair (table, _("Scaling"), g_strdup (bf_kind_get_name (spec->scaling)));
  bf_report_table_pair (table, _("Validation Share"), bf_format_percent (spec->validation_share));
  if (facts)
    bf_report_table_pair (table, _("License"), g_strdup (bf_dataset_get_raw (facts->data)->licence));
  bf_report_table_put_pairs (table, document);
}

void
bf_report_add_experiment (const BfReportEntry *entry, BfDocument *document)
{
  const BfPlan *plan = entry->snapshot->plan;
  g_autofree char *title = g_strdup_printf (_("Experiment: %s"), entry->name);

  bf_document_add_text (document, BF_DOCUMENT_HEADING, title);
  add_network (plan, document);
  add_remedies (entry->base, document);
  add_training (plan->spec, entry->snapshot, document);
  add_data (entry, plan->spec, document);
}
