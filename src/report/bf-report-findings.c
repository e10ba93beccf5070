/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the diagnosis found: what, where, the numbers behind it, why, and what to try.
 */
#include "bf-report-private.h"

#include <glib/gi18n-lib.h>

#include "../engine/bf-format.h"
#include "../lab/bf-remedy.h"

static char *
print_layers (const BfFinding *finding, const BfPlan *plan)
{
  guint n = finding->layers->len;
  guint first, last;

  if (n == 0)
    return NULL;
  first = g_array_index (finding->layers, guint, 0);
  last = g_array_index (finding->layers, guint, n - 1);
  if (n == 1)
    return g_strdup (plan->layers[plan->weighted[first]].name);
  if (n == 2)
    /* Translators: two layers. */
    return g_strdup_printf (_("%s and %s"), plan->layers[plan->weighted[first]].name, plan->layers[plan->weighted[last]].name);
  if (last - first + 1 == n)
    /* Translators: the first and the last of several layers: "Dense 1 … Dense 7". */
    return g_strdup_printf (_("%s … %s"), plan->layers[plan->weighted[first]].name, plan->layers[plan->weighted[last]].name);
  /* Translators: how many layers, the first and the last of them. */
  return g_strdup_printf (_("%u layers from %s to %s"), n, plan->layers[plan->weighted[first]].name,
                          plan->layers[plan->weighted[last]].name);
}

static char *
print_steps (const BfFinding *finding)
{
  g_autofree char *first = bf_format_count (finding->first), *last = bf_format_count (finding->last);
  g_autofree char *since = bf_format_count (finding->since);

  /* Translators: steps: "1,200 … 1,400, so since step 63". */
  return finding->first == finding->last ? g_strdup_printf (_("%s, so since step %s"), last, since)
                                         : g_strdup_printf (_("%s … %s, so since step %s"), first, last, since);
}

static char *
print_remedies (const BfFinding *finding)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;

  for (guint i = 0; i < finding->remedies->len; i++)
    {
      g_autofree char *name = bf_remedy_string_get_name (finding->remedies->pdata[i]);

      g_strv_builder_add (builder, name);
    }
  if (finding->learning_rate > 0)
    {
      g_autofree char *rate = bf_format_value (finding->learning_rate);
      g_autofree char *text = g_strdup_printf (_("Learning rate %s"), rate);

      g_strv_builder_add (builder, text);
    }
  names = g_strv_builder_end (builder);
  return names[0] ? g_strjoinv (_(", "), names) : NULL;
}

static void
add_finding (const BfFinding *finding, const BfPlan *plan, BfDocument *document)
{
  g_autoptr (BfReportTable) table = bf_report_table_new ();

  bf_document_add_text (document, BF_DOCUMENT_STRONG, finding->title);
  bf_document_add_text (document, BF_DOCUMENT_BODY, finding->sentence);
  bf_document_add_text (document, BF_DOCUMENT_BODY, finding->cause);
  bf_report_table_pair (table, _("Where"), print_layers (finding, plan));
  if (!g_str_equal (finding->id, "none"))
    bf_report_table_pair (table, _("Steps looked at"), print_steps (finding));
  for (guint i = 0; i < finding->evidence->len; i++)
    {
      const char *name;
      char *value = bf_evidence_format (&g_array_index (finding->evidence, BfEvidence, i), &name);

      bf_report_table_pair (table, name, value);
    }
  bf_report_table_pair (table, _("What to try"), print_remedies (finding));
  bf_report_table_put_pairs (table, document);
}

void
bf_report_add_findings (BfReport *self, BfDocument *document)
{
  bf_document_add_text (document, BF_DOCUMENT_HEADING, _("Diagnosis"));
  for (guint r = 0; r < self->runs->len; r++)
    {
      const BfReportEntry *entry = self->runs->pdata[r];

      if (self->runs->len > 1)
        bf_document_add_text (document, BF_DOCUMENT_SUBHEADING, entry->name);
      for (guint i = 0; i < entry->findings->len; i++)
        add_finding (entry->findings->pdata[i], entry->snapshot->plan, document);
    }
}
