/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Writes a study as a `.study` file. The first row's experiment without its remedies stands once; a row
 * that differs from it by remedies alone names them, any other row brings its own experiment.
 */
#include "bf-study.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "bf-file.h"
#include "bf-remedy.h"

static void
print_text (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1), *json = NULL;
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), valid);

  json = json_to_string (node, FALSE);
  g_string_append (out, json);
}

static void
print_number (GString *out, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out, g_ascii_dtostr (text, sizeof text, number));
}

/* Remedies in words of the command line, "batch-norm:place=after,affine=false" */

static void
append_pairs (GString *out, const BfOptions *options)
{
  for (const BfParam *param = bf_options_get_kind (options)->params; param && param->id; param++)
    {
      g_string_append_c (out, out->len > 0 ? ',' : ':');
      g_string_append_printf (out, "%s=", param->id);
      if (param->type == BF_PARAM_CHOICE)
        {
          const BfOptions *choice = bf_options_choice (options, param->id);

          g_string_append (out, bf_options_get_kind (choice)->id);
          append_pairs (out, choice);
        }
      else if (param->type == BF_PARAM_TEXT)
        g_string_append (out, bf_options_text (options, param->id));
      else if (param->type == BF_PARAM_BOOLEAN)
        g_string_append (out, bf_options_boolean (options, param->id) ? "true" : "false");
      else
        print_number (out, bf_options_number (options, param->id));
    }
}

static char *
print_remedy (const BfRemedySetting *setting)
{
  g_autoptr (GString) pairs = g_string_new (NULL);

  append_pairs (pairs, setting->options);
  return g_strconcat (bf_options_get_kind (setting->options)->id, pairs->str, NULL);
}

static BfSpec *
copy_without_remedies (const BfSpec *spec)
{
  BfSpec *bare = bf_spec_copy (spec);

  g_ptr_array_set_size (bare->remedies, 0);
  return bare;
}

/* The texts of the remedies that are on, if on `common` they make what the row trains; else NULL. */
static GPtrArray *
make_remedies (const BfSpec *common, BfSpec *base)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (BfSpec) bare = copy_without_remedies (base), again = bf_spec_copy (common);
  g_autoptr (BfSpec) wanted = bf_remedies_apply (base), got = NULL;

  if (!bf_spec_equal (bare, common))
    return NULL;
  for (guint i = 0; i < base->remedies->len; i++)
    {
      const BfRemedySetting *setting = base->remedies->pdata[i];
      g_autofree char *text = setting->on ? print_remedy (setting) : NULL;

      if (text && !bf_spec_add_remedy_string (again, text, NULL))
        return NULL;
      if (text)
        g_ptr_array_add (texts, g_steal_pointer (&text));
    }
  got = bf_remedies_apply (again);
  return bf_spec_equal (wanted, got) ? g_steal_pointer (&texts) : NULL;
}

static void
print_experiment (GString *out, BfSpec *spec, const char *indent)
{
  g_autofree char *text = bf_file_print (spec);
  g_auto (GStrv) lines = NULL;

  g_strchomp (text);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    g_string_append_printf (out, "%s%s%s", i > 0 ? indent : "", lines[i], lines[i + 1] ? "\n" : "");
}

static void
print_published (GString *out, const BfStudyRow *row)
{
  gboolean accuracy = isfinite (row->published_test_accuracy), loss = isfinite (row->published_train_loss);

  if (!accuracy && !loss)
    return;
  g_string_append (out, ",\n      \"published\": {");
  if (accuracy)
    {
      g_string_append (out, " \"test_accuracy\": ");
      print_number (out, row->published_test_accuracy);
    }
  if (loss)
    {
      g_string_append_printf (out, "%s \"train_loss\": ", accuracy ? "," : "");
      print_number (out, row->published_train_loss);
    }
  g_string_append (out, " }");
}

static void
print_row (GString *out, const BfStudyRow *row, const BfSpec *common)
{
  g_autoptr (GPtrArray) remedies = make_remedies (common, row->base);

  g_string_append (out, "    { \"id\": ");
  print_text (out, row->id);
  g_string_append (out, ", \"label\": ");
  print_text (out, row->label);
  if (remedies && remedies->len > 0)
    {
      g_string_append (out, ",\n      \"remedies\": [");
      for (guint i = 0; i < remedies->len; i++)
        {
          g_string_append (out, i > 0 ? ", " : " ");
          print_text (out, remedies->pdata[i]);
        }
      g_string_append (out, " ]");
    }
  if (!remedies)
    {
      g_string_append (out, ",\n      \"experiment\": ");
      print_experiment (out, row->base, "      ");
    }
  print_published (out, row);
  if (*row->note)
    {
      g_string_append (out, ",\n      \"note\": ");
      print_text (out, row->note);
    }
  g_string_append (out, " }");
}

char *
bf_study_print (BfStudy *self)
{
  GString *out = g_string_new ("{\n");
  g_autoptr (BfSpec) common = NULL;

  g_return_val_if_fail (self->rows->len > 0, NULL);
  common = copy_without_remedies (((BfStudyRow *) self->rows->pdata[0])->base);
  g_string_append_printf (out, "  \"format\": \"backflow-study\",\n  \"version\": %d,\n  \"name\": ", BF_FILE_VERSION);
  print_text (out, self->name);
  g_string_append (out, ",\n  \"summary\": ");
  print_text (out, self->summary);
  g_string_append_printf (out, ",\n  \"seeds\": %u", self->seeds);
  if (self->epochs > 0)
    g_string_append_printf (out, ",\n  \"epochs\": %u", self->epochs);
  g_string_append (out, ",\n  \"experiment\": ");
  print_experiment (out, common, "  ");
  g_string_append (out, ",\n  \"rows\": [\n");
  for (guint i = 0; i < self->rows->len; i++)
    {
      print_row (out, self->rows->pdata[i], common);
      g_string_append (out, i + 1 < self->rows->len ? ",\n" : "\n");
    }
  g_string_append (out, "  ]\n}\n");
  return g_string_free (out, FALSE);
}

gboolean
bf_study_save (BfStudy *self, const char *path, GError **error)
{
  g_autofree char *text = bf_study_print (self);
  g_autoptr (GError) cause = NULL;

  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &cause))
    return TRUE;
  g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("The study was not saved. %s"), cause->message);
  return FALSE;
}
