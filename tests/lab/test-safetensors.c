/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-safetensors.h"

#include <glib/gstdio.h>
#include <string.h>

static GPtrArray *
parse (const char *header, gsize header_length, gsize data_size, GError **error)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree guint8 *data = g_malloc0 (data_size + 1);
  guint64 length = GUINT64_TO_LE ((guint64) header_length);

  g_byte_array_append (array, (guint8 *) &length, 8);
  g_byte_array_append (array, (const guint8 *) header, (guint) strlen (header));
  g_byte_array_append (array, data, (guint) data_size);
  bytes = g_bytes_new (array->data, array->len);
  return bf_safetensors_parse (bytes, "x.safetensors", error);
}

static void
test_round_trip (void)
{
  const float weight[6] = { 1, -2.5f, 3e-30f, 0, 5, 6 };
  const gint64 labels[3] = { 7, 0, 9 };
  g_autoptr (GPtrArray) tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) bf_tensor_values_free);
  g_autoptr (GPtrArray) read = NULL;
  g_autofree char *folder = g_dir_make_tmp ("backflow-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "w.safetensors", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  const BfTensorValues *found;

  g_ptr_array_add (tensors, bf_tensor_values_new ("0.weight", BF_TENSOR_FLOAT32, 2, (guint64[]) { 2, 3 }, weight));
  g_ptr_array_add (tensors, bf_tensor_values_new ("data.y", BF_TENSOR_INT64, 1, (guint64[]) { 3 }, labels));
  g_ptr_array_add (tensors, bf_tensor_values_new ("n", BF_TENSOR_INT64, 0, NULL, labels));
  g_assert_true (bf_safetensors_save (path, tensors, &error));
  g_assert_no_error (error);
  read = bf_safetensors_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->len, ==, 3);
  found = bf_safetensors_find (read, "0.weight");
  g_assert_cmpuint (found->rank, ==, 2);
  g_assert_cmpuint (found->shape[0], ==, 2);
  g_assert_cmpuint (found->shape[1], ==, 3);
  g_assert_cmpmem (g_bytes_get_data (found->values, NULL), g_bytes_get_size (found->values), weight, sizeof weight);
  found = bf_safetensors_find (read, "data.y");
  g_assert_cmpmem (g_bytes_get_data (found->values, NULL), g_bytes_get_size (found->values), labels, sizeof labels);
  g_assert_null (bf_safetensors_find (read, "1.weight"));
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpuint (((const guint8 *) contents)[0] % 8, ==, 0);   /* the numbers are aligned */
  g_unlink (path);
  g_rmdir (folder);
}

#define DEEP "[[[[[[[[[[[[[[[["

/* Each with the word that the message must hold. */
static void
test_garbage (void)
{
  static const struct { const char *header, *word; } cases[] = {
    { "", "safetensors" }, { "[]", "no tensors" }, { "{", "damaged" }, { "{\"a\": 1}", "“a”" },
    { DEEP DEEP DEEP DEEP DEEP, "damaged" }, { "{\"a\\777\": 1}", "damaged" }, { "{\"a\xff\": 1}", "damaged" },
    { "{\"a\": {}}", "type" },
    { "{\"a\": {\"dtype\": \"BF16\", \"shape\": [2], \"data_offsets\": [0, 4]}}", "BF16" },
    { "{\"a\": {\"dtype\": 3, \"shape\": [2], \"data_offsets\": [0, 8]}}", "type" },
    { "{\"a\": {\"dtype\": \"F32\", \"shape\": 2, \"data_offsets\": [0, 8]}}", "shape" },
    { "{\"a\": {\"dtype\": \"F32\", \"shape\": [-2], \"data_offsets\": [0, 8]}}", "shape" },
    { "{\"a\": {\"dtype\": \"F32\", \"shape\": [2.0], \"data_offsets\": [0, 8]}}", "shape" },
    { "{\"a\": {\"dtype\": \"F32\", \"shape\": [1,1,1,1,2], \"data_offsets\": [0, 8]}}", "shape" },
    { "{\"a\": {\"dtype\": \"F32\", \"shape\": [4611686018427387904, 4], \"data_offsets\": [0, 0]}}", "shape" },
    { "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8, 0]}}", "outside" },
    { "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0]}}", "outside" },
    { "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [4, 12]}}", "outside" },
    { "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 4611686018427387904]}}", "outside" },
    { "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 8]}}", "8 bytes" },
    { "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}", "fill" },
    { "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]},"
      " \"b\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]}}", "fill" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) tensors = parse (cases[i].header, strlen (cases[i].header), 8, &error);

      g_autofree char *shown = g_strescape (cases[i].header, NULL);   /* not all of them are UTF-8 */

      g_test_message ("%s → %s", shown, error ? error->message : "read");
      g_assert_null (tensors);
      g_assert_error (error, BF_ERROR, BF_ERROR_FILE);
      g_assert_nonnull (strstr (error->message, cases[i].word));
      g_assert_nonnull (strstr (error->message, "x.safetensors"));
    }
}

static void
test_header_length (void)
{
  static const guint64 lengths[] = { 3, 100, 1ull << 31, 1ull << 63, G_MAXUINT64, G_MAXUINT64 - 7 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) tensors = parse ("{}", lengths[i], 0, &error);

      g_assert_null (tensors);
      g_assert_error (error, BF_ERROR, BF_ERROR_FILE);
    }
}

static void
test_metadata (void)
{
  const char *header = "{\"__metadata__\": {\"format\": \"pt\"}, \"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]}}";
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tensors = parse (header, strlen (header), 8, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (tensors->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safetensors/round-trip", test_round_trip);
  g_test_add_func ("/safetensors/garbage", test_garbage);
  g_test_add_func ("/safetensors/header-length", test_header_length);
  g_test_add_func ("/safetensors/metadata", test_metadata);
  return g_test_run ();
}
