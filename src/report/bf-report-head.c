/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What stands first: what it is of, when and with which program it was made, and the numbers that one
 * looks for, a column a run.
 */
#include "bf-report-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

#include "../engine/bf-format.h"

static void
add_made (BfDocument *document, const BfReportLook *look, const char *seed)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (look->created);
  /* Translators: a date as g_date_time_format() writes it, "November 22, 2026, 14:05". */
  g_autofree char *date = time ? g_date_time_format (time, _("%B %-d, %Y, %H:%M")) : NULL;
  /* Translators: date, version of the program, "seed 42": the line below a report's title. */
  g_autofree char *line = g_strdup_printf (_("%s. Backflow %s, %s."), date ? date : "", BF_VERSION, seed);

  bf_document_add_text (document, BF_DOCUMENT_LEAD, line);
}

static char *
print_seeds (BfReport *self)
{
  const BfReportEntry *entry = self->runs->len > 0 ? self->runs->pdata[0] : NULL;

  if (self->rows)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u seed a row", "%u seeds a row", self->rows->n_seeds), self->rows->n_seeds);
  return g_strdup_printf (_("seed %" PRIu64), entry->base->seed);
}

void
bf_report_add_head (BfReport *self, BfDocument *document, const BfReportLook *look)
{
  const BfReportEntry *first = self->runs->len > 0 ? self->runs->pdata[0] : NULL;
  g_autofree char *seeds = print_seeds (self), *runs = NULL;
  const char *title = self->rows ? self->rows->study->name : first->base->name;

  bf_document_add_text (document, BF_DOCUMENT_TITLE, title && *title ? title : _("Untitled"));
  bf_document_add_text (document, BF_DOCUMENT_LEAD, self->rows ? self->rows->study->summary : first->base->summary);
  if (!self->rows && self->runs->len > 1)
    /* Translators: the names of two runs. */
    runs = g_strdup_printf (_("%s against %s"), first->name, ((BfReportEntry *) self->runs->pdata[1])->name);
  else if (!self->rows && g_strcmp0 (first->name, first->base->name) != 0)
    runs = g_strdup (first->name);
  bf_document_add_text (document, BF_DOCUMENT_LEAD, runs);
  add_made (document, look, seeds);
}

/* The numbers: each has a function that prints it of a run, NULL where it is not known. */

static const BfEpoch *
get_last_epoch (const BfReportEntry *entry)
{
  const GArray *epochs = entry->snapshot->epochs;

  return epochs->len > 0 ? &g_array_index (epochs, BfEpoch, epochs->len - 1) : NULL;
}

static char *
print_outcome (const BfReportEntry *entry)
{
  const BfSnapshot *snapshot = entry->snapshot;
  g_autofree char *step = bf_format_count (snapshot->diverged_step);

  switch (snapshot->outcome)
    {
    case BF_OUTCOME_FINISHED:
      return g_strdup (_("finished"));
    case BF_OUTCOME_DIVERGED:
      /* Translators: a step, a layer. */
      return g_strdup_printf (_("diverged at step %s in %s"), step, snapshot->plan->layers[snapshot->diverged_layer].name);
    case BF_OUTCOME_CANCELLED:
      return g_strdup (_("stopped"));
    case BF_OUTCOME_NONE:
    default:
      return g_strdup (snapshot->steps > 0 ? _("not at its end") : _("not trained: its start"));
    }
}

static char *
print_steps (const BfReportEntry *entry)
{
  g_autofree char *made = bf_format_count (entry->snapshot->steps), *planned = bf_format_count (entry->snapshot->steps_planned);

  return g_strdup_printf (_("%s of %s"), made, planned);
}

static char *
print_epochs (const BfReportEntry *entry)
{
  return entry->snapshot->epochs->len > 0 ? bf_format_count (entry->snapshot->epochs->len) : NULL;
}

static char *
print_train_loss (const BfReportEntry *entry)
{
  const BfEpoch *last = get_last_epoch (entry);

  return last ? bf_report_print_loss (last->train_loss) : NULL;
}

static char *
print_train_accuracy (const BfReportEntry *entry)
{
  const BfEpoch *last = get_last_epoch (entry);

  return last && isfinite (last->train_accuracy) ? bf_format_percent (last->train_accuracy) : NULL;
}

static char *
print_validation_loss (const BfReportEntry *entry)
{
  const BfEpoch *last = get_last_epoch (entry);

  return last && isfinite (last->validation_loss) ? bf_report_print_loss (last->validation_loss) : NULL;
}

static char *
print_validation_accuracy (const BfReportEntry *entry)
{
  const BfEpoch *last = get_last_epoch (entry);

  return last && isfinite (last->validation_accuracy) ? bf_format_percent (last->validation_accuracy) : NULL;
}

static char *
print_best_accuracy (const BfReportEntry *entry)
{
  const GArray *epochs = entry->snapshot->epochs;
  const BfEpoch *best = NULL;
  g_autofree char *accuracy = NULL;

  for (guint i = 0; i < epochs->len; i++)
    {
      const BfEpoch *epoch = &g_array_index (epochs, BfEpoch, i);

      if (isfinite (epoch->validation_accuracy) && (!best || epoch->validation_accuracy > best->validation_accuracy))
        best = epoch;
    }
  if (!best)
    return NULL;
  accuracy = bf_format_percent (best->validation_accuracy);
  /* Translators: an accuracy and when it was reached: "83.9 % in epoch 31". */
  return g_strdup_printf (_("%s in epoch %u"), accuracy, best->epoch);
}

static char *
print_test_loss (const BfReportEntry *entry)
{
  return isfinite (entry->snapshot->test_loss) ? bf_report_print_loss (entry->snapshot->test_loss) : NULL;
}

static char *
print_test_accuracy (const BfReportEntry *entry)
{
  return isfinite (entry->snapshot->test_accuracy) ? bf_format_percent (entry->snapshot->test_accuracy) : NULL;
}

static const BfColumn *
get_last_column (const BfReportEntry *entry)
{
  return bf_snapshot_get_column (entry->snapshot, bf_snapshot_get_last_step (entry->snapshot));
}

static char *
print_start_attenuation (const BfReportEntry *entry)
{
  double ratio = bf_column_get_attenuation (entry->snapshot->start, entry->snapshot->plan);

  return isnan (ratio) ? NULL : bf_format_ratio (ratio);
}

static char *
print_attenuation (const BfReportEntry *entry)
{
  double ratio = bf_column_get_attenuation (get_last_column (entry), entry->snapshot->plan);

  return isnan (ratio) || entry->snapshot->steps == 0 ? NULL : bf_format_ratio (ratio);
}

static char *
print_parameters (const BfReportEntry *entry)
{
  return bf_format_count (entry->snapshot->plan->parameters);
}

static char *
print_depth (const BfReportEntry *entry)
{
  return bf_format_count (entry->snapshot->plan->n_weighted);
}

static char *
print_speed (const BfReportEntry *entry)
{
  return entry->snapshot->steps_per_second > 0 ? bf_format_count ((guint64) llround (entry->snapshot->steps_per_second)) : NULL;
}

static const struct { const char *name; char *(*print) (const BfReportEntry *entry); } numbers[] = {
  { N_("Outcome"), print_outcome },
  { N_("Test accuracy"), print_test_accuracy },
  { N_("Validation accuracy"), print_validation_accuracy },
  { N_("Best validation accuracy"), print_best_accuracy },
  { N_("Training accuracy"), print_train_accuracy },
  { N_("Test loss"), print_test_loss },
  { N_("Validation loss"), print_validation_loss },
  { N_("Training loss"), print_train_loss },
  { N_("Attenuation at the start, first over last hidden layer"), print_start_attenuation },
  { N_("Attenuation at the end"), print_attenuation },
  { N_("Steps"), print_steps },
  { N_("Epochs"), print_epochs },
  { N_("Layers with weights"), print_depth },
  { N_("Parameters"), print_parameters },
  { N_("Steps a second"), print_speed },
};

void
bf_report_add_numbers (BfReport *self, BfDocument *document)
{
  guint n = self->runs->len + 1;
  g_autofree BfDocumentColumn *columns = g_new0 (BfDocumentColumn, n);
  g_autoptr (BfReportTable) table = bf_report_table_new ();

  columns[0].title = n > 2 ? "" : NULL;
  columns[0].dim = TRUE;
  for (guint r = 1; r < n; r++)
    columns[r].title = n > 2 ? ((BfReportEntry *) self->runs->pdata[r - 1])->name : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GPtrArray) values = g_ptr_array_new ();
      gboolean known = FALSE;

      for (guint r = 0; r + 1 < n; r++)
        {
          char *value = numbers[i].print (self->runs->pdata[r]);

          known |= value != NULL;
          g_ptr_array_add (values, value ? value : g_strdup ("–"));
        }
      if (known)
        bf_report_table_add (table, _(numbers[i].name));
      for (guint r = 0; r < values->len; r++)
        if (known)
          bf_report_table_take (table, values->pdata[r]);
        else
          g_free (values->pdata[r]);
    }
  bf_document_add_text (document, BF_DOCUMENT_HEADING, _("At a Glance"));
  bf_report_table_put (table, document, columns, n);
}
