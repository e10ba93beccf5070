/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Writes an experiment as JSON that a person can read and a version control system can compare:
 * keys in a fixed order, a layer a line, the shortest digits that give the same number again.
 */
#include "bf-file.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static void
print_text (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (out, '"');
  for (const char *p = valid; *p; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (out, "\\%c", *p);
    else if (*p == '\n')
      g_string_append (out, "\\n");
    else if ((guchar) *p < 0x20 || *p == 0x7f)
      g_string_append_printf (out, "\\u%04x", (guint) *p);
    else
      g_string_append_c (out, *p);
  g_string_append_c (out, '"');
}

static void
print_number (GString *out, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  /* JSON has no such numbers, and no parameter accepts them. */
  if (!isfinite (number))
    {
      g_critical ("a number of an experiment is not finite");
      number = 0;
    }
  for (int digits = 15; digits <= 17; digits++)
    {
      g_autofree char *format = g_strdup_printf ("%%.%dg", digits);

      g_ascii_formatd (text, sizeof text, format, number);
      if (g_ascii_strtod (text, NULL) == number)
        break;
    }
  g_string_append (out, text);
}

static void print_choice (GString *out, const BfOptions *options);

/* "id": value, after a comma, for each parameter. */
static void
print_params (GString *out, const BfOptions *options)
{
  for (const BfParam *param = bf_options_get_kind (options)->params; param && param->id; param++)
    {
      g_string_append_printf (out, ", \"%s\": ", param->id);
      if (param->type == BF_PARAM_CHOICE)
        print_choice (out, bf_options_choice (options, param->id));
      else if (param->type == BF_PARAM_TEXT)
        print_text (out, bf_options_text (options, param->id));
      else if (param->type == BF_PARAM_BOOLEAN)
        g_string_append (out, bf_options_boolean (options, param->id) ? "true" : "false");
      else
        print_number (out, bf_options_number (options, param->id));
    }
}

/* A kind without parameters is its id alone. */
static void
print_choice (GString *out, const BfOptions *options)
{
  const BfKind *kind = bf_options_get_kind (options);

  if (kind->params && kind->params->id)
    {
      g_string_append_printf (out, "{ \"kind\": \"%s\"", kind->id);
      print_params (out, options);
      g_string_append (out, " }");
    }
  else
    g_string_append_printf (out, "\"%s\"", kind->id);
}

static void
print_layer (GString *out, const BfLayer *layer)
{
  g_string_append_printf (out, "{ \"id\": %u, \"kind\": \"%s\"", layer->id, bf_options_get_kind (layer->options)->id);
  print_params (out, layer->options);
  if (layer->frozen)
    g_string_append (out, ", \"frozen\": true");
  g_string_append (out, " }");
}

static void
print_block (GString *out, const BfBlock *block)
{
  gboolean group = block->group || block->count != 1;

  if (group)
    g_string_append_printf (out, "{ \"block\": %u, \"layers\": [", block->count);
  for (guint i = 0; i < block->layers->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      if (group)
        g_string_append (out, "\n      ");
      else if (i > 0)
        g_string_append (out, "\n    ");
      print_layer (out, block->layers->pdata[i]);
    }
  if (group)
    g_string_append (out, "\n    ] }");
}

static void
print_network (GString *out, const BfSpec *spec)
{
  gboolean first = TRUE;

  g_string_append (out, "  \"network\": [");
  for (guint b = 0; b < spec->blocks->len; b++)
    {
      const BfBlock *block = spec->blocks->pdata[b];

      if (block->layers->len == 0)
        continue;
      g_string_append (out, first ? "\n    " : ",\n    ");
      print_block (out, block);
      first = FALSE;
    }
  g_string_append (out, first ? "],\n" : "\n  ],\n");
}

static void
print_remedies (GString *out, const BfSpec *spec)
{
  g_string_append (out, "  \"remedies\": [");
  for (guint i = 0; i < spec->remedies->len; i++)
    {
      const BfRemedySetting *setting = spec->remedies->pdata[i];

      g_string_append_printf (out, "%s\n    { \"remedy\": \"%s\", \"on\": %s", i ? "," : "",
                              bf_options_get_kind (setting->options)->id, setting->on ? "true" : "false");
      print_params (out, setting->options);
      g_string_append (out, " }");
    }
  g_string_append (out, spec->remedies->len ? "\n  ]\n" : "]\n");
}

/* A setting that says nothing while it is as it comes. */
static void
print_unless (GString *out, const char *key, const BfOptions *options, BfTable table, const char *plain)
{
  g_autoptr (BfOptions) fallback = bf_options_new (bf_kind_find (table, plain));

  if (bf_options_equal (options, fallback))
    return;
  g_string_append_printf (out, ",\n  \"%s\": ", key);
  print_choice (out, options);
}

static void
print_training (GString *out, const BfSpec *spec)
{
  g_string_append (out, "  \"loss\": ");
  print_choice (out, spec->loss);
  g_string_append (out, ",\n  \"optimizer\": ");
  print_choice (out, spec->optimizer);
  print_unless (out, "clipping", spec->clipping, bf_clippings, "none");
  g_string_append (out, ",\n  \"learning_rate\": ");
  print_number (out, spec->learning_rate);
  print_unless (out, "schedule", spec->schedule, bf_schedules, "constant");
  g_string_append_printf (out, ",\n  \"batch\": %u,\n  \"epochs\": %u,\n  \"seed\": %" G_GUINT64_FORMAT
                          ",\n  \"subnormals\": %s,\n",
                          spec->batch, spec->epochs, spec->seed, spec->subnormals ? "true" : "false");
}

/**
 * The text of a .backflow file; the same spec gives the same bytes.
 */
char *
bf_file_print (BfSpec *spec)
{
  GString *out = g_string_new ("{\n");

  g_string_append_printf (out, "  \"format\": \"backflow-experiment\",\n  \"version\": %d,\n  \"name\": ", BF_FILE_VERSION);
  print_text (out, spec->name);
  g_string_append (out, ",\n  \"summary\": ");
  print_text (out, spec->summary);
  g_string_append (out, ",\n  \"data\": ");
  print_choice (out, spec->data);
  g_string_append_printf (out, ",\n  \"scaling\": \"%s\",\n  \"validation\": ", spec->scaling->id);
  print_number (out, spec->validation_share);
  g_string_append (out, ",\n");
  print_network (out, spec);
  print_training (out, spec);
  print_remedies (out, spec);
  g_string_append (out, "}\n");
  return g_string_free (out, FALSE);
}

/**
 * Writes to a temporary file and renames it, so that a full disk never destroys an experiment.
 */
gboolean
bf_file_save (BfSpec *spec, const char *path, GError **error)
{
  g_autofree char *text = bf_file_print (spec);
  g_autoptr (GError) failure = NULL;

  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &failure))
    return TRUE;
  g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("The experiment was not saved. %s"), failure->message);
  return FALSE;
}
