/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-file-reader.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "bf-remedy.h"

/* Goes into a key, or an element when key is NULL; returns what leave() needs. */
gsize
bf_file_enter (BfFileReader *self, const char *key, guint element)
{
  gsize before = self->place->len;

  if (key)
    g_string_append_printf (self->place, "%s%s", before ? "." : "", key);
  else
    g_string_append_printf (self->place, "[%u]", element);
  return before;
}

void
bf_file_leave (BfFileReader *self, gsize before)
{
  g_string_truncate (self->place, before);
}

gboolean
bf_file_fail (BfFileReader *self, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (self->place->len)
    g_set_error (self->error, BF_ERROR, BF_ERROR_INVALID, _("“%s”, %s: %s"), self->name, self->place->str, what);
  else
    g_set_error (self->error, BF_ERROR, BF_ERROR_FILE, _("“%s”: %s"), self->name, what);
  return FALSE;
}

/* An error of the tables, with file and place put before it. */
gboolean
bf_file_fail_with (BfFileReader *self, GError *cause)
{
  g_set_error (self->error, BF_ERROR, cause->code, _("“%s”, %s: %s"), self->name, self->place->str, cause->message);
  g_error_free (cause);
  return FALSE;
}

static void
warn_unknown (BfFileReader *self, const char *key)
{
  gsize before = bf_file_enter (self, key, 0);

  if (self->version > BF_FILE_VERSION)
    g_ptr_array_add (self->warnings,
                     g_strdup_printf (_("The experiment was written by a newer Backflow (format %d). Opened without the key “%s”."),
                                      (int) self->version, self->place->str));
  else
    g_ptr_array_add (self->warnings,
                     g_strdup_printf (_("“%s” has a key that is not known, “%s”. Opened without it."),
                                      self->name, self->place->str));
  bf_file_leave (self, before);
}

/* Warns of members that are neither in `known` (ended by NULL) nor parameters of a kind (or NULL). */
void
bf_file_check_keys (BfFileReader *self, JsonObject *object, const char *const *known, const BfKind *kind)
{
  JsonObjectIter iter;
  const char *key;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, NULL))
    if (!g_strv_contains (known, key) && !(kind && bf_kind_find_param (kind, key)))
      warn_unknown (self, key);
}

/* Values. A missing key leaves the default; one of the wrong type is an error. */

static gboolean
is_number (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node)
         && (json_node_get_value_type (node) == G_TYPE_INT64 || json_node_get_value_type (node) == G_TYPE_DOUBLE);
}

const char *
bf_file_get_text (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

gboolean
bf_file_read_number (BfFileReader *self, JsonObject *object, const char *key, double low, double high, gboolean whole, double *value)
{
  JsonNode *node = json_object_get_member (object, key);
  gsize before = bf_file_enter (self, key, 0);
  gboolean ok = TRUE;

  if (node && !is_number (node))
    ok = bf_file_fail (self, _("a number is expected."));
  else if (node)
    {
      double number = json_node_get_double (node);

      if (!(number >= low && number <= high))
        ok = bf_file_fail (self, _("must lie between %g and %.16g."), low, high);
      else if (whole && number != floor (number))
        ok = bf_file_fail (self, _("a whole number is expected."));
      else
        *value = number;
    }
  bf_file_leave (self, before);
  return ok;
}

gboolean
bf_file_read_boolean (BfFileReader *self, JsonObject *object, const char *key, gboolean *value)
{
  JsonNode *node = json_object_get_member (object, key);
  gsize before = bf_file_enter (self, key, 0);
  gboolean ok = TRUE;

  if (node && !(JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN))
    ok = bf_file_fail (self, _("true or false is expected."));
  else if (node)
    *value = json_node_get_boolean (node);
  bf_file_leave (self, before);
  return ok;
}

gboolean
bf_file_read_text (BfFileReader *self, JsonObject *object, const char *key, char **value)
{
  JsonNode *node = json_object_get_member (object, key);
  gsize before = bf_file_enter (self, key, 0);
  gboolean ok = TRUE;

  if (node && !bf_file_get_text (node))
    ok = bf_file_fail (self, _("a text in quotation marks is expected."));
  else if (node)
    {
      g_free (*value);
      *value = g_strdup (bf_file_get_text (node));
    }
  bf_file_leave (self, before);
  return ok;
}

/* Instances of kinds */

static BfOptions *read_choice (BfFileReader *self, JsonNode *node, BfTable table, const char *what);

static gboolean
read_param (BfFileReader *self, JsonNode *node, BfOptions *options, const BfParam *param)
{
  GError *cause = NULL;

  switch (param->type)
    {
    case BF_PARAM_CHOICE:
      {
        g_autoptr (BfOptions) choice = read_choice (self, node, param->table, g_dgettext (GETTEXT_PACKAGE, param->name));

        if (choice)
          bf_remedy_copy_choice (options, param->id, choice);
        return choice != NULL;
      }
    case BF_PARAM_TEXT:
      if (!bf_file_get_text (node))
        return bf_file_fail (self, _("a text in quotation marks is expected."));
      return bf_options_set_text (options, param->id, bf_file_get_text (node), &cause) || bf_file_fail_with (self, cause);
    case BF_PARAM_BOOLEAN:
      if (!(JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN))
        return bf_file_fail (self, _("true or false is expected."));
      return bf_options_set_number (options, param->id, json_node_get_boolean (node), &cause) || bf_file_fail_with (self, cause);
    case BF_PARAM_NUMBER:
    case BF_PARAM_INTEGER:
    case BF_PARAM_LAYER:
    default:
      if (!is_number (node))
        return bf_file_fail (self, _("a number is expected."));
      return bf_options_set_number (options, param->id, json_node_get_double (node), &cause) || bf_file_fail_with (self, cause);
    }
}

static gboolean
read_params (BfFileReader *self, JsonObject *object, BfOptions *options)
{
  for (const BfParam *param = bf_options_get_kind (options)->params; param && param->id; param++)
    {
      JsonNode *node = json_object_get_member (object, param->id);
      gsize before;
      gboolean ok;

      if (!node)
        continue;
      before = bf_file_enter (self, param->id, 0);
      ok = read_param (self, node, options, param);
      bf_file_leave (self, before);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

/* The kind named by a text, or NULL with error. */
const BfKind *
bf_file_read_kind (BfFileReader *self, JsonNode *node, BfTable table, const char *what)
{
  const char *id = node ? bf_file_get_text (node) : NULL;
  GError *cause = NULL;
  const BfKind *kind;

  if (!id)
    {
      bf_file_fail (self, _("the id of a kind in quotation marks is expected."));
      return NULL;
    }
  kind = bf_kind_find_error (table, what, id, &cause);
  if (!kind)
    bf_file_fail_with (self, cause);
  return kind;
}

/* An object that names its kind under `key` and holds its parameters. */
BfOptions *
bf_file_read_options (BfFileReader *self, JsonObject *object, const char *key, BfTable table, const char *what, const char *const *known)
{
  gsize before = bf_file_enter (self, key, 0);
  const BfKind *kind = bf_file_read_kind (self, json_object_get_member (object, key), table, what);
  g_autoptr (BfOptions) options = NULL;

  bf_file_leave (self, before);
  if (!kind)
    return NULL;
  options = bf_options_new (kind);
  if (!read_params (self, object, options))
    return NULL;
  bf_file_check_keys (self, object, known, kind);
  return g_steal_pointer (&options);
}

/* "id", or { "kind": "id", parameters … }. */
static BfOptions *
read_choice (BfFileReader *self, JsonNode *node, BfTable table, const char *what)
{
  static const char *const known[] = { "kind", NULL };
  const BfKind *kind;

  if (JSON_NODE_HOLDS_OBJECT (node))
    return bf_file_read_options (self, json_node_get_object (node), "kind", table, what, known);
  kind = bf_file_read_kind (self, node, table, what);
  return kind ? bf_options_new (kind) : NULL;
}

gboolean
bf_file_read_choice_member (BfFileReader *self, JsonObject *object, const char *key, BfTable table, const char *what, BfOptions **value)
{
  JsonNode *node = json_object_get_member (object, key);
  gsize before;
  BfOptions *options;

  if (!node)
    return TRUE;
  before = bf_file_enter (self, key, 0);
  options = read_choice (self, node, table, what);
  bf_file_leave (self, before);
  if (!options)
    return FALSE;
  bf_options_free (*value);
  *value = options;
  return TRUE;
}
