/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-examination-options.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BETWEEN " "   /* the words of a list */

char *
bf_examination_options_print (const BfOptions *self)
{
  const BfKind *kind = bf_options_get_kind (self);
  GString *text = g_string_new (kind->id);

  for (const BfParam *param = kind->params; param && param->id; param++)
    {
      const double value = param->type == BF_PARAM_INTEGER ? bf_options_integer (self, param->id) : bf_options_number (self, param->id);
      char digits[G_ASCII_DTOSTR_BUF_SIZE];

      if (value != param->fallback)
        g_string_append_printf (text, "%c%s=%s", text->len == strlen (kind->id) ? ':' : ',', param->id,
                                g_ascii_dtostr (digits, sizeof digits, value));
    }
  return g_string_free (text, FALSE);
}

/* "name=value" of one option. */
static gboolean
set_pair (BfOptions *options, const char *pair, GError **error)
{
  const char *equals = strchr (pair, '=');
  g_autofree char *name = equals ? g_strndup (pair, (gsize) (equals - pair)) : NULL;

  if (equals)
    return bf_options_set_string (options, name, equals + 1, error);
  g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("“%s” is not of the form name=value."), pair);
  return FALSE;
}

BfOptions *
bf_examination_options_parse (const char *text, GError **error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *id = colon ? g_strndup (text, (gsize) (colon - text)) : g_strdup (text);
  const BfKind *kind = bf_kind_find_error (bf_examinations, _("Examination"), id, error);
  g_autoptr (BfOptions) options = kind ? bf_options_new (kind) : NULL;
  g_auto (GStrv) pairs = g_strsplit (colon ? colon + 1 : "", ",", -1);

  for (guint i = 0; kind && pairs[i]; i++)
    if (!set_pair (options, pairs[i], error))
      return NULL;
  return g_steal_pointer (&options);
}

BfOptions *
bf_examination_options_find (const char *list, const BfExaminationKind *kind)
{
  g_auto (GStrv) words = g_strsplit (list, BETWEEN, -1);

  for (guint i = 0; words[i]; i++)
    {
      g_autoptr (BfOptions) options = *words[i] ? bf_examination_options_parse (words[i], NULL) : NULL;

      if (options && bf_options_get_kind (options) == &kind->kind)
        return g_steal_pointer (&options);
    }
  return bf_options_new (&kind->kind);
}

char *
bf_examination_options_change (const char *list, const BfOptions *options)
{
  g_auto (GStrv) words = g_strsplit (list, BETWEEN, -1);
  g_autofree char *word = bf_examination_options_print (options);
  const BfKind *kind = bf_options_get_kind (options);
  GString *text = g_string_new (NULL);

  for (guint i = 0; words[i]; i++)
    {
      g_autoptr (BfOptions) other = *words[i] ? bf_examination_options_parse (words[i], NULL) : NULL;

      if (other && bf_options_get_kind (other) != kind)
        g_string_append_printf (text, "%s%s", text->len ? BETWEEN : "", words[i]);
    }
  if (strchr (word, ':'))
    g_string_append_printf (text, "%s%s", text->len ? BETWEEN : "", word);
  return g_string_free (text, FALSE);
}
