/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-data-details.h"

#include "../engine/bf-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MOST_INPUTS 200

static void
clear_grid (GtkGrid *grid)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (grid))))
    gtk_grid_remove (grid, child);
}

static GtkWidget *
add_cell (GtkGrid    *grid,
          int         column,
          int         row,
          const char *text,
          const char *class)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  if (class)
    gtk_widget_add_css_class (label, class);
  gtk_widget_add_css_class (label, "numeric");
  gtk_grid_attach (grid, label, column, row, 1, 1);
  return label;
}

/* A fact wraps, and can be copied: paths are long. */
static void
add_fact (GtkGrid    *grid,
          const char *name,
          const char *value)
{
  int row = 0;
  while (gtk_grid_get_child_at (grid, 0, row))
    row++;
  GtkWidget *key = add_cell (grid, 0, row, name, "dim-label"), *label = add_cell (grid, 1, row, value, NULL);
  gtk_widget_set_valign (key, GTK_ALIGN_START);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_RELATION_LABELLED_BY, key, NULL, -1);
}

/* "0 … 255, mean 72.9, deviation 90" */
static char *
print_range (double low,
             double high,
             double mean,
             double sd)
{
  /* A standardized mean is 0 but for rounding. */
  if (fabs (mean) < 1e-6 * sd)
    mean = 0;
  g_autofree char *from = bf_format_plain (low, 4), *to = bf_format_plain (high, 4);
  g_autofree char *middle = bf_format_plain (mean, 3), *deviation = bf_format_plain (sd, 3);
  /* Translators: lowest value, highest value, mean, standard deviation */
  return g_strdup_printf (_("%s … %s, mean %s ± %s"), from, to, middle, deviation);
}

static char *
print_inputs (const BfDataFacts *facts)
{
  guint width, height;
  g_autofree char *count = bf_format_count (facts->n_inputs);
  if (bf_dataset_get_image_size (facts->data, &width, &height))
    /* Translators: number of inputs, width and height of an image */
    return g_strdup_printf (_("%s pixels, %u × %u"), count, width, height);
  return g_steal_pointer (&count);
}

static char *
print_samples (const BfDataFacts *facts)
{
  g_autofree char *train = bf_format_count (facts->counts[BF_PART_TRAIN]);
  g_autofree char *validation = bf_format_count (facts->counts[BF_PART_VALIDATION]);
  g_autofree char *test = bf_format_count (facts->counts[BF_PART_TEST]);
  return g_strdup_printf (_("%s training, %s validation, %s test"), train, validation, test);
}

static char *
print_invalid (const BfDataFacts *facts)
{
  g_autofree char *values = bf_format_count (facts->values), *invalid = bf_format_count (facts->invalid);
  return facts->invalid ? g_strdup_printf (_("%s of %s values are not numbers"), invalid, values)
                        : g_strdup_printf (_("None in %s values"), values);
}

/* A file a line, without its folder where the line above tells it. */
static char *
print_files (const BfRawData *raw)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; raw->files[i]; i++)
    {
      g_autofree char *folder = g_path_get_dirname (raw->files[i]), *name = g_path_get_basename (raw->files[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", strstr (raw->origin, folder) ? name : raw->files[i]);
    }
  return g_string_free (text, FALSE);
}

void
bf_data_details_fill_facts (GtkGrid           *grid,
                            const BfDataFacts *facts)
{
  const BfRawData *raw = bf_dataset_get_raw (facts->data);
  g_autofree char *inputs = print_inputs (facts), *samples = print_samples (facts), *invalid = print_invalid (facts);
  const BfRange *all = &facts->all;
  g_autofree char *range = print_range (all->low, all->high, all->mean, all->sd);
  g_autofree char *scaled = print_range (all->scaled_low, all->scaled_high, all->scaled_mean, all->scaled_sd);
  const char *scaling = bf_kind_get_name (bf_dataset_get_scaling (facts->data));
  g_autofree char *after = g_strdup_printf ("%s: %s", scaling, scaled);

  clear_grid (grid);
  add_fact (grid, _("Samples"), samples);
  add_fact (grid, _("Inputs"), inputs);
  add_fact (grid, _("Range"), range);
  add_fact (grid, _("Scaled"), after);
  if (facts->n_targets > 0)
    {
      const BfRange *target = &facts->targets[0];
      g_autofree char *targets = print_range (target->low, target->high, target->mean, target->sd);
      add_fact (grid, _("Target"), targets);
    }
  add_fact (grid, _("Missing or Invalid"), invalid);
  if (facts->constant > 0)
    {
      g_autofree char *constant = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u input is the same in every training sample",
                                                                "%u inputs are the same in every training sample", facts->constant),
                                                   facts->constant);
      add_fact (grid, _("Constant"), constant);
    }
  add_fact (grid, _("Source"), raw->origin);
  if (raw->files)
    {
      g_autofree char *files = print_files (raw);
      add_fact (grid, _("Files"), files);
    }
  if (raw->licence)
    add_fact (grid, _("License"), raw->licence);
}

void
bf_data_details_fill_classes (GtkGrid           *grid,
                              const BfDataFacts *facts)
{
  const char *const heads[] = { _("Class"), _("Training"), _("Validation"), _("Test") };
  const char *const *names = bf_dataset_get_class_names (facts->data);

  clear_grid (grid);
  for (guint c = 0; facts->classes && c < G_N_ELEMENTS (heads); c++)
    add_cell (grid, (int) c, 0, heads[c], "dim-label");
  for (guint k = 0; k < MIN (facts->classes, MOST_INPUTS); k++)
    {
      add_cell (grid, 0, (int) k + 1, names ? names[k] : "", NULL);
      for (guint part = 0; part < BF_N_PARTS; part++)
        {
          g_autofree char *count = bf_format_count (bf_data_facts_get_class_count (facts, part, k));
          add_cell (grid, (int) part + 1, (int) k + 1, count, NULL);
        }
    }
}

static void
add_input (GtkGrid       *grid,
           int            row,
           const BfRange *input)
{
  const double values[] = { input->low, input->high, input->mean, input->sd, input->scaled_low, input->scaled_high };
  g_autofree char *number = g_strdup_printf (_("Input %d"), row);

  add_cell (grid, 0, row, input->name ? input->name : number, input->constant ? "dim-label" : NULL);
  for (guint c = 0; c < G_N_ELEMENTS (values); c++)
    {
      g_autofree char *text = isfinite (values[c]) ? bf_format_plain (values[c], 4) : g_strdup ("–");
      add_cell (grid, (int) c + 1, row, text, NULL);
    }
  g_autofree char *invalid = bf_format_count (input->invalid);
  add_cell (grid, G_N_ELEMENTS (values) + 1, row, invalid, input->invalid ? "error" : NULL);
}

void
bf_data_details_fill_inputs (GtkGrid           *grid,
                             const BfDataFacts *facts)
{
  const char *const heads[] = { _("Input"), _("Lowest"), _("Highest"), _("Mean"), _("Deviation"),
                                _("Scaled Lowest"), _("Scaled Highest"), _("Invalid") };

  clear_grid (grid);
  for (guint c = 0; c < G_N_ELEMENTS (heads); c++)
    add_cell (grid, (int) c, 0, heads[c], "dim-label");
  for (guint j = 0; j < MIN (facts->n_inputs, MOST_INPUTS); j++)
    add_input (grid, (int) j + 1, &facts->inputs[j]);
  if (facts->n_inputs > MOST_INPUTS)
    {
      g_autofree char *more = g_strdup_printf (_("and %u more"), facts->n_inputs - MOST_INPUTS);
      add_cell (grid, 0, MOST_INPUTS + 1, more, "dim-label");
    }
}
