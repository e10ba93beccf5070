/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Reads an experiment: the layers, the settings and the whole.
 */
#include "bf-file.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "bf-file-reader.h"
#include "bf-remedy.h"

/* Leaves room for the ids of layers added later. */
#define MAX_LAYER_ID 2000000000

/* The network */

static gboolean
read_layer_id (BfFileReader *self, JsonObject *object, BfLayer *layer)
{
  double id = 0;

  if (!bf_file_read_number (self, object, "id", 1, MAX_LAYER_ID, TRUE, &id))
    return FALSE;
  if (id == 0)   /* gets one when all the others are known */
    return TRUE;
  layer->id = (guint32) id;
  if (!g_hash_table_add (self->ids, GUINT_TO_POINTER (layer->id)))
    return bf_file_fail (self, _("another layer has the id %u already."), layer->id);
  return TRUE;
}

static BfLayer *
read_layer (BfFileReader *self, JsonNode *node)
{
  static const char *const known[] = { "id", "kind", "frozen", NULL };
  g_autoptr (BfLayer) layer = g_new0 (BfLayer, 1);
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      bf_file_fail (self, _("a layer, an object in braces, is expected."));
      return NULL;
    }
  if (++self->n_layers > BF_MAX_LAYERS)
    {
      bf_file_fail (self, _("there are more than %d layers."), BF_MAX_LAYERS);
      return NULL;
    }
  object = json_node_get_object (node);
  layer->options = bf_file_read_options (self, object, "kind", bf_layer_kinds, _("Layer"), known);
  if (!layer->options || !read_layer_id (self, object, layer) || !bf_file_read_boolean (self, object, "frozen", &layer->frozen))
    return NULL;
  return g_steal_pointer (&layer);
}

static gboolean
read_layers (BfFileReader *self, JsonObject *object, BfBlock *block)
{
  JsonNode *node = json_object_get_member (object, "layers");
  JsonArray *array;

  if (!node || !JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) == 0)
    return bf_file_fail (self, _("a block needs “layers”, a list of at least one layer in brackets."));
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      gsize before = bf_file_enter (self, "layers", 0);
      BfLayer *layer;

      bf_file_enter (self, NULL, i);
      layer = read_layer (self, json_array_get_element (array, i));
      bf_file_leave (self, before);
      if (!layer)
        return FALSE;
      g_ptr_array_add (block->layers, layer);
    }
  return TRUE;
}

static BfBlock *
read_block (BfFileReader *self, JsonNode *node)
{
  static const char *const known[] = { "block", "layers", NULL };
  g_autoptr (BfBlock) block = bf_block_new (FALSE, 1);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  double count = 1;
  BfLayer *layer;

  if (object && json_object_has_member (object, "block"))
    {
      if (!bf_file_read_number (self, object, "block", 1, BF_MAX_COPIES, TRUE, &count) || !read_layers (self, object, block))
        return NULL;
      bf_file_check_keys (self, object, known, NULL);
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
read_list (BfFileReader *self, JsonObject *object, const char *key, BfSpec *spec,
           gboolean (*read_element) (BfFileReader *self, JsonNode *node, BfSpec *spec))
{
  JsonNode *node = json_object_get_member (object, key);
  gsize before = bf_file_enter (self, key, 0);
  gboolean ok = TRUE;

  if (node && !JSON_NODE_HOLDS_ARRAY (node))
    ok = bf_file_fail (self, _("a list in brackets is expected."));
  for (guint i = 0; ok && node && i < json_array_get_length (json_node_get_array (node)); i++)
    {
      gsize outside = bf_file_enter (self, NULL, i);

      ok = read_element (self, json_array_get_element (json_node_get_array (node), i), spec);
      bf_file_leave (self, outside);
    }
  bf_file_leave (self, before);
  return ok;
}

static gboolean
read_network_element (BfFileReader *self, JsonNode *node, BfSpec *spec)
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
read_remedy (BfFileReader *self, JsonNode *node, BfSpec *spec)
{
  static const char *const known[] = { "remedy", "on", NULL };
  g_autoptr (BfOptions) options = NULL;
  const char *id;
  BfRemedySetting *setting;
  gboolean on = TRUE;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return bf_file_fail (self, _("a remedy, an object in braces, is expected."));
  options = bf_file_read_options (self, json_node_get_object (node), "remedy", bf_remedies, _("Remedy"), known);
  if (!options || !bf_file_read_boolean (self, json_node_get_object (node), "on", &on))
    return FALSE;
  id = bf_options_get_kind (options)->id;
  if (bf_spec_find_remedy (spec, id))
    return bf_file_fail (self, _("the remedy “%s” stands there twice."), id);
  setting = bf_spec_ensure_remedy (spec, id);
  setting->on = on;
  bf_options_free (setting->options);
  setting->options = g_steal_pointer (&options);
  return TRUE;
}

/* The whole */

static gboolean
read_header (BfFileReader *self, JsonObject *object)
{
  JsonNode *format = json_object_get_member (object, "format");
  double version = 0;

  if (!format || g_strcmp0 (bf_file_get_text (format), "backflow-experiment") != 0)
    return bf_file_fail (self, _("This is no experiment of Backflow: the key “format” is not “backflow-experiment”."));
  if (!json_object_has_member (object, "version"))
    return bf_file_fail (self, _("The key “version” is missing. This program writes version %d."), BF_FILE_VERSION);
  if (!bf_file_read_number (self, object, "version", 1, 1e6, TRUE, &version))
    return FALSE;
  self->version = (gint64) version;
  return TRUE;
}

static gboolean
read_training (BfFileReader *self, JsonObject *object, BfSpec *spec)
{
  double batch = spec->batch, epochs = spec->epochs, seed = (double) spec->seed;

  if (!bf_file_read_choice_member (self, object, "loss", bf_losses, _("Loss"), &spec->loss)
      || !bf_file_read_choice_member (self, object, "optimizer", bf_optimizers, _("Optimizer"), &spec->optimizer)
      || !bf_file_read_choice_member (self, object, "clipping", bf_clippings, _("Clipping"), &spec->clipping)
      || !bf_file_read_choice_member (self, object, "schedule", bf_schedules, _("Schedule"), &spec->schedule)
      || !bf_file_read_number (self, object, "learning_rate", 0, BF_MAX_LEARNING_RATE, FALSE, &spec->learning_rate)
      || !bf_file_read_number (self, object, "batch", 1, BF_MAX_BATCH, TRUE, &batch)
      || !bf_file_read_number (self, object, "epochs", 1, BF_MAX_EPOCHS, TRUE, &epochs)
      || !bf_file_read_number (self, object, "seed", 0, (double) BF_MAX_SEED, TRUE, &seed)
      || !bf_file_read_boolean (self, object, "subnormals", &spec->subnormals))
    return FALSE;
  spec->batch = (guint) batch;
  spec->epochs = (guint) epochs;
  spec->seed = (guint64) seed;
  return TRUE;
}

static gboolean
read_data (BfFileReader *self, JsonObject *object, BfSpec *spec)
{
  JsonNode *scaling = json_object_get_member (object, "scaling");

  if (!bf_file_read_choice_member (self, object, "data", bf_data_sources, _("Data"), &spec->data)
      || !bf_file_read_number (self, object, "validation", 0, BF_MAX_VALIDATION, FALSE, &spec->validation_share))
    return FALSE;
  if (scaling)
    {
      gsize before = bf_file_enter (self, "scaling", 0);
      const BfKind *kind = bf_file_read_kind (self, scaling, bf_scalings, _("Scaling"));

      bf_file_leave (self, before);
      if (!kind)
        return FALSE;
      spec->scaling = kind;
    }
  return TRUE;
}

BfSpec *
bf_file_read_spec (BfFileReader *self, JsonNode *root)
{
  static const char *const known[] = {
    "format", "version", "name", "summary", "data", "scaling", "validation", "network", "loss", "optimizer",
    "clipping", "learning_rate", "schedule", "batch", "epochs", "seed", "subnormals", "remedies", NULL
  };
  g_autoptr (BfSpec) spec = bf_spec_new ();
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      bf_file_fail (self, _("This is no experiment of Backflow: an object in braces is expected."));
      return NULL;
    }
  object = json_node_get_object (root);
  if (!read_header (self, object)
      || !bf_file_read_text (self, object, "name", &spec->name)
      || !bf_file_read_text (self, object, "summary", &spec->summary)
      || !read_data (self, object, spec)
      || !read_list (self, object, "network", spec, read_network_element)
      || !read_training (self, object, spec)
      || !read_list (self, object, "remedies", spec, read_remedy))
    return NULL;
  complete_ids (spec);
  bf_file_check_keys (self, object, known, NULL);
  if (self->version > BF_FILE_VERSION && self->warnings->len == 0)
    g_ptr_array_add (self->warnings, g_strdup_printf (_("The experiment was written by a newer Backflow (format %d)."),
                                                      (int) self->version));
  return g_steal_pointer (&spec);
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
  BfFileReader reader = { .name = name, .place = place, .version = BF_FILE_VERSION, .warnings = found, .ids = ids, .error = error };
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  JsonNode *root;
  BfSpec *spec;

  if (warnings)
    *warnings = NULL;
  if (!bf_file_check_text (&reader, text, size))
    return NULL;
  root = bf_file_read_json (&reader, parser, text, size);
  spec = root ? bf_file_read_spec (&reader, root) : NULL;
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
  else if (status.st_size > BF_FILE_MAX_BYTES)
    g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("“%s” has more than %d MiB; an experiment is a page of text."),
                 name, BF_FILE_MAX_BYTES >> 20);
  else if (!g_file_get_contents (path, &text, &length, &cause))
    g_set_error_literal (error, BF_ERROR, BF_ERROR_FILE, cause->message);
  else
    return bf_file_parse (text, (gssize) length, name, warnings, error);
  return NULL;
}
