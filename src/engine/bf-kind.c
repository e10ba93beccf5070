/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-kind.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

G_DEFINE_QUARK (bf-error-quark, bf_error)

/* One value; which member counts is the parameter's type. */
typedef struct
{
  double number;
  char *text;
  BfOptions *choice;
} BfValue;

struct _BfOptions
{
  const BfKind *kind;
  guint n_values;
  BfValue values[];
};

const BfKind *
bf_kind_find (BfTable table, const char *id)
{
  for (const BfKind *const *kind = table (); *kind; kind++)
    if (g_str_equal ((*kind)->id, id))
      return *kind;
  return NULL;
}

const BfKind *
bf_kind_find_error (BfTable table, const char *what, const char *id, GError **error)
{
  const BfKind *found = bf_kind_find (table, id);
  g_autoptr (GString) known = NULL;

  if (found)
    return found;
  known = g_string_new (NULL);
  for (const BfKind *const *kind = table (); *kind; kind++)
    g_string_append_printf (known, "%s%s", known->len ? ", " : "", (*kind)->id);
  g_set_error (error, BF_ERROR, BF_ERROR_UNKNOWN,
               _("%s “%s” is not known. There are: %s."), what, id, known->str);
  return NULL;
}

const BfParam *
bf_kind_find_param (const BfKind *kind, const char *id)
{
  for (const BfParam *param = kind->params; param && param->id; param++)
    if (g_str_equal (param->id, id))
      return param;
  return NULL;
}

const char *
bf_kind_get_name (const BfKind *kind)
{
  return kind->name && *kind->name ? g_dgettext (GETTEXT_PACKAGE, kind->name) : "";
}

const char *
bf_kind_get_summary (const BfKind *kind)
{
  return kind->summary && *kind->summary ? g_dgettext (GETTEXT_PACKAGE, kind->summary) : "";
}

BfOptions *
bf_options_new (const BfKind *kind)
{
  guint n = 0;
  BfOptions *self;

  for (const BfParam *param = kind->params; param && param->id; param++)
    n++;
  self = g_malloc0 (sizeof (BfOptions) + n * sizeof (BfValue));
  self->kind = kind;
  self->n_values = n;
  for (guint i = 0; i < n; i++)
    {
      const BfParam *param = &kind->params[i];

      self->values[i].number = param->fallback;
      if (param->type == BF_PARAM_TEXT)
        self->values[i].text = g_strdup (param->fallback_text ? param->fallback_text : "");
      else if (param->type == BF_PARAM_CHOICE)
        {
          const BfKind *chosen = param->fallback_text ? bf_kind_find (param->table, param->fallback_text)
                                                      : param->table ()[0];
          g_assert (chosen);
          self->values[i].choice = bf_options_new (chosen);
        }
    }
  return self;
}

BfOptions *
bf_options_copy (const BfOptions *self)
{
  BfOptions *copy;

  if (!self)
    return NULL;
  copy = g_memdup2 (self, sizeof (BfOptions) + self->n_values * sizeof (BfValue));
  for (guint i = 0; i < copy->n_values; i++)
    {
      copy->values[i].text = g_strdup (self->values[i].text);
      copy->values[i].choice = bf_options_copy (self->values[i].choice);
    }
  return copy;
}

void
bf_options_free (BfOptions *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->n_values; i++)
    {
      g_free (self->values[i].text);
      bf_options_free (self->values[i].choice);
    }
  g_free (self);
}

gboolean
bf_options_equal (const BfOptions *a, const BfOptions *b)
{
  if (a == b)
    return TRUE;
  if (!a || !b || a->kind != b->kind)
    return FALSE;
  for (guint i = 0; i < a->n_values; i++)
    if (a->values[i].number != b->values[i].number
        || g_strcmp0 (a->values[i].text, b->values[i].text) != 0
        || !bf_options_equal (a->values[i].choice, b->values[i].choice))
      return FALSE;
  return TRUE;
}

const BfKind *
bf_options_get_kind (const BfOptions *self)
{
  return self->kind;
}

gboolean
bf_options_is (const BfOptions *self, const char *kind_id)
{
  return g_str_equal (self->kind->id, kind_id);
}

/* The place of a parameter, or -1. */
static int
find_value (const BfOptions *self, const char *id)
{
  const BfParam *param = bf_kind_find_param (self->kind, id);

  return param ? (int) (param - self->kind->params) : -1;
}

static const BfValue *
get_value (const BfOptions *self, const char *id)
{
  int i = find_value (self, id);

  if (i < 0)
    g_error ("“%s” has no parameter “%s”", self->kind->id, id);
  return &self->values[i];
}

double
bf_options_number (const BfOptions *self, const char *id)
{
  return get_value (self, id)->number;
}

guint
bf_options_integer (const BfOptions *self, const char *id)
{
  return (guint) get_value (self, id)->number;
}

gboolean
bf_options_boolean (const BfOptions *self, const char *id)
{
  return get_value (self, id)->number != 0;
}

const char *
bf_options_text (const BfOptions *self, const char *id)
{
  return get_value (self, id)->text;
}

const BfOptions *
bf_options_choice (const BfOptions *self, const char *id)
{
  return get_value (self, id)->choice;
}

BfOptions *
bf_options_edit_choice (BfOptions *self, const char *id)
{
  return get_value (self, id)->choice;
}

/* The place of a parameter of one of the accepted types, or -1 with error. */
static int
find_for_writing (BfOptions *self, const char *id, guint types, GError **error)
{
  int i = find_value (self, id);

  if (i < 0)
    {
      g_autoptr (GString) known = g_string_new (NULL);

      for (guint k = 0; k < self->n_values; k++)
        g_string_append_printf (known, "%s%s", k ? ", " : "", self->kind->params[k].id);
      if (known->len)
        g_set_error (error, BF_ERROR, BF_ERROR_UNKNOWN, _("“%s” has no parameter “%s”. It has: %s."),
                     self->kind->id, id, known->str);
      else
        g_set_error (error, BF_ERROR, BF_ERROR_UNKNOWN, _("“%s” has no parameters; “%s” was given."),
                     self->kind->id, id);
      return -1;
    }
  if (!(types & (1u << self->kind->params[i].type)))
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("“%s” of “%s” is given a value of another type."),
                   id, self->kind->id);
      return -1;
    }
  return i;
}

gboolean
bf_options_set_number (BfOptions *self, const char *id, double value, GError **error)
{
  int i = find_for_writing (self, id,
                            1u << BF_PARAM_NUMBER | 1u << BF_PARAM_INTEGER | 1u << BF_PARAM_BOOLEAN
                            | 1u << BF_PARAM_LAYER, error);
  const BfParam *param;
  double low, high;

  if (i < 0)
    return FALSE;
  param = &self->kind->params[i];
  low = param->type == BF_PARAM_BOOLEAN || param->type == BF_PARAM_LAYER ? 0 : param->minimum;
  high = param->type == BF_PARAM_BOOLEAN ? 1 : param->type == BF_PARAM_LAYER ? G_MAXUINT32 : param->maximum;
  if (!(value >= low && value <= high))
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("“%s” of “%s” must lie between %g and %g; %g was given."),
                   id, self->kind->id, low, high, value);
      return FALSE;
    }
  if (param->type != BF_PARAM_NUMBER && value != floor (value))
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("“%s” of “%s” must be a whole number; %g was given."),
                   id, self->kind->id, value);
      return FALSE;
    }
  self->values[i].number = value;
  return TRUE;
}

gboolean
bf_options_set_text (BfOptions *self, const char *id, const char *value, GError **error)
{
  int i = find_for_writing (self, id, 1u << BF_PARAM_TEXT, error);

  if (i < 0 || (self->kind->params[i].check && !self->kind->params[i].check (value, error)))
    return FALSE;
  g_free (self->values[i].text);
  self->values[i].text = g_strdup (value);
  return TRUE;
}

gboolean
bf_options_set_choice (BfOptions *self, const char *id, const char *kind_id, GError **error)
{
  int i = find_for_writing (self, id, 1u << BF_PARAM_CHOICE, error);
  const BfKind *kind;

  if (i < 0)
    return FALSE;
  kind = bf_kind_find_error (self->kind->params[i].table, bf_kind_get_name (self->kind), kind_id, error);
  if (!kind)
    return FALSE;
  bf_options_free (self->values[i].choice);
  self->values[i].choice = bf_options_new (kind);
  return TRUE;
}

static gboolean
parse_number (const char *value, double *number)
{
  static const struct { const char *word; double number; } words[] = {
    { "true", 1 }, { "on", 1 }, { "yes", 1 }, { "false", 0 }, { "off", 0 }, { "no", 0 },
  };
  char *end;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (value, words[i].word))
      {
        *number = words[i].number;
        return TRUE;
      }
  errno = 0;
  *number = g_ascii_strtod (value, &end);
  return end != value && *end == '\0';
}

gboolean
bf_options_set_string (BfOptions *self, const char *id, const char *value, GError **error)
{
  int i = find_value (self, id);
  double number;

  if (i < 0)
    for (guint k = 0; k < self->n_values; k++)
      if (self->values[k].choice && find_value (self->values[k].choice, id) >= 0)
        return bf_options_set_string (self->values[k].choice, id, value, error);
  if (i >= 0 && self->kind->params[i].type == BF_PARAM_TEXT)
    return bf_options_set_text (self, id, value, error);
  if (i >= 0 && self->kind->params[i].type == BF_PARAM_CHOICE)
    return bf_options_set_choice (self, id, value, error);
  if (i >= 0 && !parse_number (value, &number))
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("“%s” of “%s” must be a number; “%s” was given."),
                   id, self->kind->id, value);
      return FALSE;
    }
  return bf_options_set_number (self, id, i >= 0 ? number : 0, error);
}
