/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The header is bounded before it is parsed, places are checked against the bytes that are there before
 * anything is taken from them, and sizes are multiplied without overflow.
 */
#include "bf-safetensors.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "bf-json-text.h"

#define MAX_HEADER (16 << 20)   /* bytes; a tensor takes about a hundred */
#define ALIGNMENT 8             /* the header is filled up with spaces to a multiple */

static const struct { const char *name; gsize size; } types[] = {
  [BF_TENSOR_FLOAT32] = { "F32", 4 },
  [BF_TENSOR_INT64] = { "I64", 8 },
};

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

guint64
bf_tensor_values_get_count (const BfTensorValues *self)
{
  guint64 count = 1;

  for (guint i = 0; i < self->rank; i++)
    count *= self->shape[i];
  return count;
}

BfTensorValues *
bf_tensor_values_new (const char *name, BfTensorType type, guint rank, const guint64 *shape, gconstpointer values)
{
  BfTensorValues *self = g_new0 (BfTensorValues, 1);

  g_assert (rank <= BF_MAX_TENSOR_RANK);
  self->name = g_strdup (name);
  self->type = type;
  self->rank = rank;
  for (guint i = 0; i < rank; i++)
    self->shape[i] = shape[i];
  self->values = g_bytes_new (values, bf_tensor_values_get_count (self) * types[type].size);
  return self;
}

void
bf_tensor_values_free (BfTensorValues *self)
{
  if (!self)
    return;
  g_free (self->name);
  g_clear_pointer (&self->values, g_bytes_unref);
  g_free (self);
}

const BfTensorValues *
bf_safetensors_find (GPtrArray *tensors, const char *name)
{
  for (guint i = 0; i < tensors->len; i++)
    if (g_str_equal (((const BfTensorValues *) tensors->pdata[i])->name, name))
      return tensors->pdata[i];
  return NULL;
}

static void
build_tensor (JsonBuilder *builder, const BfTensorValues *tensor, gsize *place)
{
  json_builder_set_member_name (builder, tensor->name);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "dtype");
  json_builder_add_string_value (builder, types[tensor->type].name);
  json_builder_set_member_name (builder, "shape");
  json_builder_begin_array (builder);
  for (guint i = 0; i < tensor->rank; i++)
    json_builder_add_int_value (builder, (gint64) tensor->shape[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "data_offsets");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, (gint64) *place);
  *place += g_bytes_get_size (tensor->values);
  json_builder_add_int_value (builder, (gint64) *place);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static GString *
print_header (GPtrArray *tensors)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *json = NULL;
  gsize place = 0;
  GString *text;

  json_builder_begin_object (builder);
  for (guint i = 0; i < tensors->len; i++)
    build_tensor (builder, tensors->pdata[i], &place);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json = json_to_string (root, FALSE);
  text = g_string_new (json);
  while (text->len % ALIGNMENT)
    g_string_append_c (text, ' ');
  return text;
}

gboolean
bf_safetensors_save (const char *path, GPtrArray *tensors, GError **error)
{
  GString *header = print_header (tensors);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const guint64 length = GUINT64_TO_LE ((guint64) header->len);

  g_byte_array_append (bytes, (const guint8 *) &length, sizeof length);
  g_byte_array_append (bytes, (const guint8 *) header->str, (guint) header->len);
  g_string_free (header, TRUE);
  for (guint i = 0; i < tensors->len; i++)
    {
      gsize size;
      const guint8 *values = g_bytes_get_data (((BfTensorValues *) tensors->pdata[i])->values, &size);

      if (size > G_MAXUINT - bytes->len)
        {
          g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("“%s”: the tensors are more than four gigabytes."), path);
          return FALSE;
        }
      if (size)
        g_byte_array_append (bytes, values, (guint) size);
    }
  return g_file_set_contents (path, (const char *) bytes->data, bytes->len, error);
}

/* One reading: what errors speak of. */
typedef struct
{
  const char *name;      /* of the file */
  const guint8 *data;    /* after the header */
  gsize size;
  GError **error;
} Reading;

G_GNUC_PRINTF (3, 4) static gboolean
fail (const Reading *self, const char *tensor, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list arguments;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (tensor)
    /* Translators: file, tensor, what is wrong with it. */
    g_set_error (self->error, BF_ERROR, BF_ERROR_FILE, _("“%s”, tensor “%s”: %s"), self->name, tensor, why);
  else
    /* Translators: file, what is wrong with it. */
    g_set_error (self->error, BF_ERROR, BF_ERROR_FILE, _("“%s”: %s"), self->name, why);
  return FALSE;
}

/* A list of at most `maximum` whole numbers, none negative; FALSE: it is none. */
static gboolean
read_numbers (JsonObject *object, const char *key, guint maximum, guint *n, guint64 *numbers)
{
  JsonNode *node = json_object_get_member (object, key);
  JsonArray *array;

  if (!node || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  array = json_node_get_array (node);
  *n = json_array_get_length (array);
  if (*n > maximum)
    return FALSE;
  for (guint i = 0; i < *n; i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (json_node_get_value_type (element) != G_TYPE_INT64 || json_node_get_int (element) < 0)
        return FALSE;
      numbers[i] = (guint64) json_node_get_int (element);
    }
  return TRUE;
}

static gboolean
read_type (const Reading *self, const char *name, JsonObject *object, BfTensorType *type)
{
  JsonNode *node = json_object_get_member (object, "dtype");
  const char *text = node && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;

  for (guint i = 0; text && i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].name, text))
      {
        *type = (BfTensorType) i;
        return TRUE;
      }
  return fail (self, name, _("The type is “%s”. Save the weights as F32 (float32)."), text ? text : "");
}

/* Elements of the shape × size, or FALSE when that is more than 2⁶⁴. */
static gboolean
get_size (const BfTensorValues *tensor, guint64 *size)
{
  *size = types[tensor->type].size;
  for (guint i = 0; i < tensor->rank; i++)
    if (!g_uint64_checked_mul (size, *size, tensor->shape[i]))
      return FALSE;
  return TRUE;
}

static BfTensorValues *
read_tensor (const Reading *self, const char *name, JsonNode *node)
{
  g_autoptr (BfTensorValues) tensor = g_new0 (BfTensorValues, 1);
  guint64 places[2], size;
  guint n_places;
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (self, name, _("A type, a shape and a place are expected.")), NULL;
  object = json_node_get_object (node);
  tensor->name = g_strdup (name);
  if (!read_type (self, name, object, &tensor->type))
    return NULL;
  if (!read_numbers (object, "shape", BF_MAX_TENSOR_RANK, &tensor->rank, tensor->shape) || !get_size (tensor, &size))
    return fail (self, name, _("The shape must be at most %d sizes."), BF_MAX_TENSOR_RANK), NULL;
  if (!read_numbers (object, "data_offsets", 2, &n_places, places) || n_places != 2
      || places[0] > places[1] || places[1] > self->size)
    return fail (self, name, _("Its place lies outside the file. Is the file cut off?")), NULL;
  if (places[1] - places[0] != size)
    return fail (self, name, _("Its place has %" PRIu64 " bytes, but its shape needs %" PRIu64 "."),
                 places[1] - places[0], size), NULL;
  tensor->values = g_bytes_new (self->data + places[0], size);   /* copied: aligned, whatever the header's length */
  return g_steal_pointer (&tensor);
}

/* Places must fill the data one after another, as the format asks: so no two tensors share bytes. */
static gboolean
check_total (const Reading *self, GPtrArray *tensors)
{
  gsize total = 0;

  for (guint i = 0; i < tensors->len; i++)
    {
      total += g_bytes_get_size (((BfTensorValues *) tensors->pdata[i])->values);
      if (total > self->size)
        break;
    }
  return total == self->size
         || fail (self, NULL, _("The tensors do not fill the file exactly. It is damaged."));
}

static GPtrArray *
read_tensors (const Reading *self, JsonObject *root)
{
  g_autoptr (GPtrArray) tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_tensor_values_free);
  g_autoptr (GList) names = json_object_get_members (root);
  gsize total = 0;

  for (GList *l = names; l; l = l->next)
    {
      BfTensorValues *tensor;

      if (g_strcmp0 (l->data, "__metadata__") == 0)
        continue;
      tensor = read_tensor (self, l->data, json_object_get_member (root, l->data));
      if (!tensor)
        return NULL;
      g_ptr_array_add (tensors, tensor);
      /* Copies of shared bytes must not add up beyond the file. */
      total += g_bytes_get_size (tensor->values);
      if (total > self->size)
        break;
    }
  return check_total (self, tensors) ? g_steal_pointer (&tensors) : NULL;
}

GPtrArray *
bf_safetensors_parse (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize size;
  const guint8 *start = g_bytes_get_data (bytes, &size);
  Reading reading = { .name = name, .error = error };
  const char *header;
  guint64 length;
  guint line;
  JsonNode *root;

  if (size < sizeof length)
    return fail (&reading, NULL, _("It is too short for a safetensors file.")), NULL;
  memcpy (&length, start, sizeof length);
  length = GUINT64_FROM_LE (length);
  if (length > size - sizeof length || length > MAX_HEADER)
    return fail (&reading, NULL, _("Its header would be %" PRIu64 " bytes long. "
                                   "It is cut off, or no safetensors file."), length), NULL;
  header = (const char *) start + sizeof length;
  reading.data = start + sizeof length + length;
  reading.size = size - sizeof length - length;
  if (bf_json_find_fault (header, length, &line) != BF_JSON_FINE
      || !json_parser_load_from_data (parser, header, (gssize) length, NULL))
    return fail (&reading, NULL, _("Its header is damaged. Is it a safetensors file?")), NULL;
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return fail (&reading, NULL, _("Its header lists no tensors. Is it a safetensors file?")), NULL;
  return read_tensors (&reading, json_node_get_object (root));
}

GPtrArray *
bf_safetensors_load (const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  g_autoptr (GBytes) bytes = NULL;

  if (!file)
    return NULL;
  bytes = g_mapped_file_get_bytes (file);
  return bf_safetensors_parse (bytes, name, error);
}
