/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Reads an experiment from JSON. What is wrong is named with the file and the place, such as
 * network[0].layers[1].units. A key that nobody asked for becomes a warning, so a reader of the
 * tables notes which keys of each object it knows.
 */
#include "bf-file.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "bf-remedy.h"

#define MAX_BYTES   (16 * 1024 * 1024)
#define MAX_NESTING 64
/* Leaves room for the ids of layers added later. */
#define MAX_LAYER_ID 2000000000

typedef struct
{
  const char *name;       /* of the file, for messages */
  GString *place;         /* "network[0].units" */
  gint64 version;
  GPtrArray *warnings;
  guint n_layers;
  GHashTable *ids;        /* of layers, set of guint32 */
  GError **error;
} Reader;

/* Goes into a key, or an element when key is NULL; returns what leave() needs. */
static gsize
enter (Reader *self, const char *key, guint element)
{
  gsize before = self->place->len;

  if (key)
    g_string_append_printf (self->place, "%s%s", before ? "." : "", key);
  else
    g_string_append_printf (self->place, "[%u]", element);
  return before;
}

static void
leave (Reader *self, gsize before)
{
  g_string_truncate (self->place, before);
}

G_GNUC_PRINTF (2, 3) static gboolean
fail (Reader *self, const char *format, ...)
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
static gboolean
fail_with (Reader *self, GError *cause)
{
  g_set_error (self->error, BF_ERROR, cause->code, _("“%s”, %s: %s"), self->name, self->place->str, cause->message);
  g_error_free (cause);
  return FALSE;
}

static void
warn_unknown (Reader *self, const char *key)
{
  gsize before = enter (self, key, 0);

  if (self->version > BF_FILE_VERSION)
    g_ptr_array_add (self->warnings,
                     g_strdup_printf (_("The experiment was written by a newer Backflow (format %d). Opened without the key “%s”."),
                                      (int) self->version, self->place->str));
  else
    g_ptr_array_add (self->warnings,
                     g_strdup_printf (_("“%s” has a key that is not known, “%s”. Opened without it."),
                                      self->name, self->place->str));
  leave (self, before);
}

/* Warns of members that are neither in `known` (ended by NULL) nor parameters of a kind (or NULL). */
static void
check_keys (Reader *self, JsonObject *object, const char *const *known, const BfKind *kind)
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

static const char *
get_text (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static gboolean
read_number (Reader *self, JsonObject *object, const char *key, double low, double high, gboolean whole, double *value)
{
  JsonNode *node = json_object_get_member (object, key);
  gsize before = enter (self, key, 0);
  gboolean ok = TRUE;

  if (node && !is_number (node))
    ok = fail (self, _("a number is expected."));
  else if (node)
    {
      double number = json_node_get_double (node);

      if (!(number >= low && number <= high))
        ok = fail (self, _("must lie between %g and %.16g."), low, high);
      else if (whole && number != floor (number))
        ok = fail (self, _("a whole number is expected."));
      else
        *value = number;
    }
  leave (self, before);
  return ok;
}

static gboolean
read_boolean (Reader *self, JsonObject *object, const char *key, gboolean *value)
{
  JsonNode *node = json_object_get_member (object, key);
  gsize before = enter (self, key, 0);
  gboolean ok = TRUE;

  if (node && !(JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN))
    ok = fail (self, _("true or false is expected."));
  else if (node)
    *value = json_node_get_boolean (node);
  leave (self, before);
  return ok;
}

static gboolean
read_text (Reader *self, JsonObject *object, const char *key, char **value)
{
  JsonNode *node = json_object_get_member (object, key);
  gsize before = enter (self, key, 0);
  gboolean ok = TRUE;

  if (node && !get_text (node))
    ok = fail (self, _("a text in quotation marks is expected."));
  else if (node)
    {
      g_free (*value);
      *value = g_strdup (get_text (node));
    }
  leave (self, before);
  return ok;
}

/* Instances of kinds */

static BfOptions *read_choice (Reader *self, JsonNode *node, BfTable table, const char *what);

static gboolean
read_param (Reader *self, JsonNode *node, BfOptions *options, const BfParam *param)
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
      if (!get_text (node))
        return fail (self, _("a text in quotation marks is expected."));
      return bf_options_set_text (options, param->id, get_text (node), &cause) || fail_with (self, cause);
    case BF_PARAM_BOOLEAN:
      if (!(JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN))
        return fail (self, _("true or false is expected."));
      return bf_options_set_number (options, param->id, json_node_get_boolean (node), &cause) || fail_with (self, cause);
    case BF_PARAM_NUMBER:
    case BF_PARAM_INTEGER:
    case BF_PARAM_LAYER:
    default:
      if (!is_number (node))
        return fail (self, _("a number is expected."));
      return bf_options_set_number (options, param->id, json_node_get_double (node), &cause) || fail_with (self, cause);
    }
}

static gboolean
read_params (Reader *self, JsonObject *object, BfOptions *options)
{
  for (const BfParam *param = bf_options_get_kind (options)->params; param && param->id; param++)
    {
      JsonNode *node = json_object_get_member (object, param->id);
      gsize before;
      gboolean ok;

      if (!node)
        continue;
      before = enter (self, param->id, 0);
      ok = read_param (self, node, options, param);
      leave (self, before);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

/* The kind named by a text, or NULL with error. */
static const BfKind *
read_kind (Reader *self, JsonNode *node, BfTable table, const char *what)
{
  const char *id = node ? get_text (node) : NULL;
  GError *cause = NULL;
  const BfKind *kind;

  if (!id)
    {
      fail (self, _("the id of a kind in quotation marks is expected."));
      return NULL;
    }
  kind = bf_kind_find_error (table, what, id, &cause);
  if (!kind)
    fail_with (self, cause);
  return kind;
}

/* An object that names its kind under `key` and holds its parameters. */
static BfOptions *
read_options (Reader *self, JsonObject *object, const char *key, BfTable table, const char *what, const char *const *known)
{
  gsize before = enter (self, key, 0);
  const BfKind *kind = read_kind (self, json_object_get_member (object, key), table, what);
  g_autoptr (BfOptions) options = NULL;

  leave (self, before);
  if (!kind)
    return NULL;
  options = bf_options_new (kind);
  if (!read_params (self, object, options))
    return NULL;
  check_keys (self, object, known, kind);
  return g_steal_pointer (&options);
}

/* "id", or { "kind": "id", parameters … }. */
static BfOptions *
read_choice (Reader *self, JsonNode *node, BfTable table, const char *what)
{
  static const char *const known[] = { "kind", NULL };
  const BfKind *kind;

  if (JSON_NODE_HOLDS_OBJECT (node))
    return read_options (self, json_node_get_object (node), "kind", table, what, known);
  kind = read_kind (self, node, table, what);
  return kind ? bf_options_new (kind) : NULL;
}

static gboolean
read_choice_member (Reader *self, JsonObject *object, const char *key, BfTable table, const char *what, BfOptions **value)
{
  JsonNode *node = json_object_get_member (object, key);
  gsize before;
  BfOptions *options;

  if (!node)
    return TRUE;
  before = enter (self, key, 0);
  options = read_choice (self, node, table, what);
  leave (self, before);
  if (!options)
    return FALSE;
  bf_options_free (*value);
  *value = options;
  return TRUE;
}

/* The network */

static gboolean
read_layer_id (Reader *self, JsonObject *object, BfLayer *layer)
{
  double id = 0;

  if (!read_number (self, object, "id", 1, MAX_LAYER_ID, TRUE, &id))
    return FALSE;
  if (id == 0)   /* gets one when all the others are known */
    return TRUE;
  layer->id = (guint32) id;
  if (!g_hash_table_add (self->ids, GUINT_TO_POINTER (layer->id)))
    return fail (self, _("another layer has the id %u already."), layer->id);
  return TRUE;
}

static BfLayer *
read_layer (Reader *self, JsonNode *node)
{
  static const char *const known[] = { "id", "kind", "frozen", NULL };
  g_autoptr (BfLayer) layer = g_new0 (BfLayer, 1);
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      fail (self, _("a layer, an object in braces, is expected."));
      return NULL;
    }
  if (++self->n_layers > BF_MAX_LAYERS)
    {
      fail (self, _("there are more than %d layers."), BF_MAX_LAYERS);
      return NULL;
    }
  object = json_node_get_object (node);
  layer->options = read_options (self, object, "kind", bf_layer_kinds, _("Layer"), known);
  if (!layer->options || !read_layer_id (self, object, layer) || !read_boolean (self, object, "frozen", &layer->frozen))
    return NULL;
  return g_steal_pointer (&layer);
}

static gboolean
read_layers (Reader *self, JsonObject *object, BfBlock *block)
{
  JsonNode *node = json_object_get_member (object, "layers");
  JsonArray *array;

  if (!node || !JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) == 0)
    return fail (self, _("a block needs “layers”, a list of at least one layer in brackets."));
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      gsize before = enter (self, "layers", 0);
      BfLayer *layer;

      enter (self, NULL, i);
      layer = read_layer (self, json_array_get_element (array, i));
      leave (self, before);
      if (!layer)
        return FALSE;
      g_ptr_array_add (block->layers, layer);
    }
  return TRUE;
}

static BfBlock *
read_block (Reader *self, JsonNode *node)
{
  static const char *const known[] = { "block", "layers", NULL };
  g_autoptr (BfBlock) block = bf_block_new (FALSE, 1);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  double count = 1;
  BfLayer *layer;

  if (object && json_object_has_member (object, "block"))
    {
      if (!read_number (self, object, "block", 1, BF_MAX_COPIES, TRUE, &count) || !read_layers (self, object, block))
        return NULL;
      check_keys (self, object, known, NULL);
      block->group = TRUE;
      block->count = (guint) count;
      return g_steal_pointer (&block);
    }
  layer = read_layer (self, node);
  if (!layer)
    return NULL;
  g_ptr_array_add (block->layers, layer);
  return g_steal_pointer (&block);
}

/* The elements of a list member one after the other; a missing member is an empty list. */
static gboolean
read_list (Reader *self, JsonObject *object, const char *key, BfSpec *spec,
           gboolean (*read_element) (Reader *self, JsonNode *node, BfSpec *spec))
{
  JsonNode *node = json_object_get_member (object, key);
  gsize before = enter (self, key, 0);
  gboolean ok = TRUE;

  if (node && !JSON_NODE_HOLDS_ARRAY (node))
    ok = fail (self, _("a list in brackets is expected."));
  for (guint i = 0; ok && node && i < json_array_get_length (json_node_get_array (node)); i++)
    {
      gsize outside = enter (self, NULL, i);

      ok = read_element (self, json_array_get_element (json_node_get_array (node), i), spec);
      leave (self, outside);
    }
  leave (self, before);
  return ok;
}

static gboolean
read_network_element (Reader *self, JsonNode *node, BfSpec *spec)
{
  BfBlock *block = read_block (self, node);

  if (block)
    g_ptr_array_add (spec->blocks, block);
  return block != NULL;
}

/* Ids for layers that came without, and the next free one. */
static void
complete_ids (BfSpec *spec)
{
  guint32 last = 0;

  for (guint pass = 0; pass < 2; pass++)
    for (guint b = 0; b < spec->blocks->len; b++)
      {
        const BfBlock *block = spec->blocks->pdata[b];

        for (guint i = 0; i < block->layers->len; i++)
          {
            BfLayer *layer = block->layers->pdata[i];

            if (pass == 0)
              last = MAX (last, layer->id);
            else if (layer->id == 0)
              layer->id = ++last;
          }
      }
  spec->next_id = last + 1;
}

static gboolean
read_remedy (Reader *self, JsonNode *node, BfSpec *spec)
{
  static const char *const known[] = { "remedy", "on", NULL };
  g_autoptr (BfOptions) options = NULL;
  const char *id;
  BfRemedySetting *setting;
  gboolean on = TRUE;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (self, _("a remedy, an object in braces, is expected."));
  options = read_options (self, json_node_get_object (node), "remedy", bf_remedies, _("Remedy"), known);
  if (!options || !read_boolean (self, json_node_get_object (node), "on", &on))
    return FALSE;
  id = bf_options_get_kind (options)->id;
  if (bf_spec_find_remedy (spec, id))
    return fail (self, _("the remedy “%s” stands there twice."), id);
  setting = bf_spec_ensure_remedy (spec, id);
  setting->on = on;
  bf_options_free (setting->options);
  setting->options = g_steal_pointer (&options);
  return TRUE;
}

/* The whole */

static gboolean
read_header (Reader *self, JsonObject *object)
{
  JsonNode *format = json_object_get_member (object, "format");
  double version = 0;

  if (!format || g_strcmp0 (get_text (format), "backflow-experiment") != 0)
    return fail (self, _("This is no experiment of Backflow: the key “format” is not “backflow-experiment”."));
  if (!json_object_has_member (object, "version"))
    return fail (self, _("The key “version” is missing. This program writes version %d."), BF_FILE_VERSION);
  if (!read_number (self, object, "version", 1, 1e6, TRUE, &version))
    return FALSE;
  self->version = (gint64) version;
  return TRUE;
}

static gboolean
read_training (Reader *self, JsonObject *object, BfSpec *spec)
{
  double batch = spec->batch, epochs = spec->epochs, seed = (double) spec->seed;

  if (!read_choice_member (self, object, "loss", bf_losses, _("Loss"), &spec->loss)
      || !read_choice_member (self, object, "optimizer", bf_optimizers, _("Optimizer"), &spec->optimizer)
      || !read_number (self, object, "learning_rate", 0, BF_MAX_LEARNING_RATE, FALSE, &spec->learning_rate)
      || !read_number (self, object, "batch", 1, BF_MAX_BATCH, TRUE, &batch)
      || !read_number (self, object, "epochs", 1, BF_MAX_EPOCHS, TRUE, &epochs)
      || !read_number (self, object, "seed", 0, (double) BF_MAX_SEED, TRUE, &seed)
      || !read_boolean (self, object, "subnormals", &spec->subnormals))
    return FALSE;
  spec->batch = (guint) batch;
  spec->epochs = (guint) epochs;
  spec->seed = (guint64) seed;
  return TRUE;
}

static gboolean
read_data (Reader *self, JsonObject *object, BfSpec *spec)
{
  JsonNode *scaling = json_object_get_member (object, "scaling");

  if (!read_choice_member (self, object, "data", bf_data_sources, _("Data"), &spec->data)
      || !read_number (self, object, "validation", 0, BF_MAX_VALIDATION, FALSE, &spec->validation_share))
    return FALSE;
  if (scaling)
    {
      gsize before = enter (self, "scaling", 0);
      const BfKind *kind = read_kind (self, scaling, bf_scalings, _("Scaling"));

      leave (self, before);
      if (!kind)
        return FALSE;
      spec->scaling = kind;
    }
  return TRUE;
}

static BfSpec *
read_spec (Reader *self, JsonNode *root)
{
  static const char *const known[] = {
    "format", "version", "name", "summary", "data", "scaling", "validation", "network", "loss", "optimizer",
    "learning_rate", "batch", "epochs", "seed", "subnormals", "remedies", NULL
  };
  g_autoptr (BfSpec) spec = bf_spec_new ();
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      fail (self, _("This is no experiment of Backflow: an object in braces is expected."));
      return NULL;
    }
  object = json_node_get_object (root);
  if (!read_header (self, object)
      || !read_text (self, object, "name", &spec->name)
      || !read_text (self, object, "summary", &spec->summary)
      || !read_data (self, object, spec)
      || !read_list (self, object, "network", spec, read_network_element)
      || !read_training (self, object, spec)
      || !read_list (self, object, "remedies", spec, read_remedy))
    return NULL;
  complete_ids (spec);
  check_keys (self, object, known, NULL);
  if (self->version > BF_FILE_VERSION && self->warnings->len == 0)
    g_ptr_array_add (self->warnings, g_strdup_printf (_("The experiment was written by a newer Backflow (format %d)."),
                                                      (int) self->version));
  return g_steal_pointer (&spec);
}

/* The JSON library keeps the last of two equal keys and says nothing. */

typedef struct
{
  GPtrArray *open;      /* of GHashTable: keys so far of each object that is being read */
  GPtrArray *twice;     /* keys */
} Duplicates;

static void
on_object_start (JsonParser *parser, Duplicates *self)
{
  g_ptr_array_add (self->open, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL));
}

static void
on_object_member (JsonParser *parser, JsonObject *object, const char *key, Duplicates *self)
{
  if (self->open->len > 0 && !g_hash_table_add (self->open->pdata[self->open->len - 1], g_strdup (key)))
    g_ptr_array_add (self->twice, g_strdup (key));
}

static void
on_object_end (JsonParser *parser, JsonObject *object, Duplicates *self)
{
  if (self->open->len > 0)
    g_ptr_array_set_size (self->open, (int) self->open->len - 1);
}

/* The root of the text, or NULL with error. */
static JsonNode *
read_json (Reader *self, JsonParser *parser, const char *text, gsize size)
{
  g_autoptr (GPtrArray) open = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);
  g_autoptr (GPtrArray) twice = g_ptr_array_new_with_free_func (g_free);
  Duplicates duplicates = { open, twice };
  gboolean ok;

  g_signal_connect (parser, "object-start", G_CALLBACK (on_object_start), &duplicates);
  g_signal_connect (parser, "object-member", G_CALLBACK (on_object_member), &duplicates);
  g_signal_connect (parser, "object-end", G_CALLBACK (on_object_end), &duplicates);
  ok = json_parser_load_from_data (parser, text, (gssize) size, NULL);
  g_signal_handlers_disconnect_by_data (parser, &duplicates);
  if (!ok)
    {
      fail (self, _("line %d, column %d: the text is damaged or not JSON."),
            json_parser_get_current_line (parser), json_parser_get_current_pos (parser));
      return NULL;
    }
  for (guint i = 0; i < twice->len; i++)
    g_ptr_array_add (self->warnings,
                     g_strdup_printf (_("“%s” has the key “%s” twice in one place. The last one counts."),
                                      self->name, (const char *) twice->pdata[i]));
  if (!json_parser_get_root (parser))
    fail (self, _("This is no experiment of Backflow: an object in braces is expected."));
  return json_parser_get_root (parser);
}

/* What the JSON library does not bound: nesting is recursion there. */
static gboolean
check_text (Reader *self, const char *text, gsize length)
{
  guint depth = 0;
  gboolean quoted = FALSE;

  if (length > MAX_BYTES)
    return fail (self, _("The file has more than %d MiB; an experiment is a page of text."), MAX_BYTES >> 20);
  if (!g_utf8_validate_len (text, length, NULL))
    return fail (self, _("The file is not text in UTF-8."));
  for (gsize i = 0; i < length; i++)
    if (quoted && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && (text[i] == '{' || text[i] == '['))
      {
        if (++depth > MAX_NESTING)
          return fail (self, _("Braces and brackets are nested more than %d deep."), MAX_NESTING);
      }
    else if (!quoted && (text[i] == '}' || text[i] == ']') && depth > 0)
      depth--;
  return TRUE;
}

/**
 * Reads an experiment. length: of the text in bytes, or -1. Returns a spec (transfer full), or NULL
 * with an error that names `name` and the place.
 */
BfSpec *
bf_file_parse (const char *text, gssize length, const char *name, GStrv *warnings, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GString) place = g_string_new (NULL);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) ids = g_hash_table_new (NULL, NULL);
  Reader reader = { .name = name, .place = place, .version = BF_FILE_VERSION, .warnings = found, .ids = ids, .error = error };
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  JsonNode *root;
  BfSpec *spec;

  if (warnings)
    *warnings = NULL;
  if (!check_text (&reader, text, size))
    return NULL;
  root = read_json (&reader, parser, text, size);
  spec = root ? read_spec (&reader, root) : NULL;
  if (spec && warnings && found->len > 0)
    {
      g_ptr_array_add (found, NULL);
      *warnings = (GStrv) g_ptr_array_free (g_steal_pointer (&found), FALSE);
    }
  return spec;
}

/**
 * Reads an experiment from a file. Its size is looked at before anything is read.
 */
BfSpec *
bf_file_load (const char *path, GStrv *warnings, GError **error)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) cause = NULL;
  GStatBuf status = { 0 };
  gsize length = 0;

  if (warnings)
    *warnings = NULL;
  if (g_stat (path, &status) == 0 && !S_ISREG (status.st_mode))
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” is not a file."), name);
  else if (status.st_size > MAX_BYTES)
    g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("“%s” has more than %d MiB; an experiment is a page of text."),
                 name, MAX_BYTES >> 20);
  else if (!g_file_get_contents (path, &text, &length, &cause))
    g_set_error_literal (error, BF_ERROR, BF_ERROR_FILE, cause->message);
  else
    return bf_file_parse (text, (gssize) length, name, warnings, error);
  return NULL;
}
