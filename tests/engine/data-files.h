/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Files made for a test, in a folder of its own that disappears with it.
 */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include "bf-dataset.h"

typedef struct
{
  char *dir;
} Fixture;

static inline void
set_up (Fixture *self, gconstpointer data)
{
  self->dir = g_dir_make_tmp ("backflow-data-XXXXXX", NULL);
  g_assert_nonnull (self->dir);
}

static inline void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (self->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (self->dir, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (self->dir), ==, 0);
  g_free (self->dir);
}

static inline char *
write_bytes (const Fixture *self, const char *name, const void *bytes, gsize size)
{
  char *path = g_build_filename (self->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  return path;
}

static inline GBytes *
gzip (const void *bytes, gsize size)
{
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GZlibCompressor) packer = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, G_CONVERTER (packer));

  g_assert_true (g_output_stream_write_all (stream, bytes, size, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

/* Writes bytes as they are, or packed when the name ends in .gz. */
static inline char *
write_named (const Fixture *self, const char *name, const void *bytes, gsize size)
{
  g_autoptr (GBytes) packed = NULL;

  if (!g_str_has_suffix (name, ".gz"))
    return write_bytes (self, name, bytes, size);
  packed = gzip (bytes, size);
  return write_bytes (self, name, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
}

/* An IDX header of these sizes and then n elements (NULL: zeros). */
static inline GByteArray *
make_idx (guint n_sizes, const guint32 *sizes, const guint8 *elements, gsize n)
{
  GByteArray *array = g_byte_array_new ();
  const guint8 magic[4] = { 0, 0, 8, (guint8) n_sizes };

  g_byte_array_append (array, magic, 4);
  for (guint i = 0; i < n_sizes; i++)
    {
      const guint32 big_endian = GUINT32_TO_BE (sizes[i]);

      g_byte_array_append (array, (const guint8 *) &big_endian, 4);
    }
  if (elements)
    g_byte_array_append (array, elements, (guint) n);
  else
    {
      const guint at = array->len;

      g_byte_array_set_size (array, at + (guint) n);
      memset (array->data + at, 0, n);
    }
  return array;
}

static inline void
write_images (const Fixture *self, const char *name, guint count, guint height, guint width, const guint8 *pixels)
{
  g_autoptr (GByteArray) idx = make_idx (3, (guint32[]) { count, height, width }, pixels, (gsize) count * height * width);

  g_free (write_named (self, name, idx->data, idx->len));
}

static inline void
write_labels (const Fixture *self, const char *name, guint count, const guint8 *labels)
{
  g_autoptr (GByteArray) idx = make_idx (1, (guint32[]) { count }, labels, count);

  g_free (write_named (self, name, idx->data, idx->len));
}

/* A spec of one data source with its defaults, without a network. */
static inline BfSpec *
spec_of (const char *source, const char *scaling, double validation_share)
{
  BfSpec *spec = bf_spec_new ();

  bf_options_free (spec->data);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, source));
  spec->scaling = bf_kind_find (bf_scalings, scaling);
  spec->validation_share = validation_share;
  return spec;
}
