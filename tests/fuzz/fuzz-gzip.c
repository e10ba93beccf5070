/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * IDX files packed by gzip. The bytes are packed before they are read, so that changes reach what
 * is inside; the first two choose where the packed file is cut off or damaged.
 */
#include "fuzz.h"

#include "bf-idx.h"

static GBytes *
pack (const uint8_t *bytes, size_t size)
{
  g_autoptr (GConverter) packer = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, packer);

  g_assert (g_output_stream_write_all (stream, bytes, size, NULL, NULL, NULL));
  g_assert (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BfIdx) idx = NULL;
  g_autofree uint8_t *copy = NULL;
  gsize length;

  if (size < 2)
    return 0;
  packed = pack (bytes + 2, size - 2);
  copy = g_memdup2 (g_bytes_get_data (packed, &length), g_bytes_get_size (packed));
  if (bytes[0] & 1)
    length = length * bytes[1] / 256;
  else if (bytes[0] & 2)
    copy[length * bytes[1] / 256] ^= (uint8_t) (bytes[0] | 1);
  idx = bf_idx_read (bf_fuzz_file (copy, length), BF_IDX_IMAGES, NULL, &error);
  bf_fuzz_check (idx != NULL, error);
  return 0;
}
