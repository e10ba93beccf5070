/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-idx.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "../bf-kind.h"
#include "bf-count.h"

#define MAX_DIMENSIONS 4u

/* An opened file: its stream gives the bytes of the IDX, unpacked. */
typedef struct
{
  char *name;            /* without folders, for messages */
  BfIdxContent content;
  GInputStream *stream;
  gboolean packed;
  gboolean cut;          /* a packed file ended before its own end */
  guint64 file_size;
  GCancellable *cancellable;
} Reader;

static void
reader_clear (Reader *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_object (&self->stream);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

void
bf_idx_free (BfIdx *self)
{
  if (!self)
    return;
  g_free (self->bytes);
  g_free (self);
}

static gboolean
open_stream (Reader *self, const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) raw = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NONE, self->cancellable, error);
  guint8 magic[2] = { 0 };
  gsize got;

  if (!info)
    return FALSE;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” is not an ordinary file."), self->name);
      return FALSE;
    }
  self->file_size = (guint64) g_file_info_get_size (info);
  raw = g_file_read (file, self->cancellable, error);
  if (!raw
      || !g_input_stream_read_all (G_INPUT_STREAM (raw), magic, sizeof magic, &got, self->cancellable, error)
      || !g_seekable_seek (G_SEEKABLE (raw), 0, G_SEEK_SET, self->cancellable, error))
    return FALSE;
  self->packed = got == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
  if (self->packed)
    {
      g_autoptr (GZlibDecompressor) unpack = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);

      self->stream = g_converter_input_stream_new (G_INPUT_STREAM (raw), G_CONVERTER (unpack));
    }
  else
    self->stream = G_INPUT_STREAM (g_steal_pointer (&raw));
  return TRUE;
}

static gboolean
refuse_damaged (const Reader *self, GError **error)
{
  g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” is a damaged gzip file. Copy the file again."), self->name);
  return FALSE;
}

/* Reads up to n bytes; *got < n means that the data end there, also when a packed file is cut. */
static gboolean
read_some (Reader *self, void *buffer, gsize n, gsize *got, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (g_input_stream_read_all (self->stream, buffer, n, got, self->cancellable, &local))
    return TRUE;
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
    {
      self->cut = TRUE;
      return TRUE;
    }
  if (self->packed && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
    return refuse_damaged (self, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
refuse_short_header (const Reader *self, gsize got, GError **error)
{
  if (got == 0)
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” is empty. Copy the file again."), self->name);
  else
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("“%s” ends within its header. Copy the file again."), self->name);
  return FALSE;
}

static const char *
element_type_name (guint8 type)
{
  static const struct { guint8 type; const char *name; } types[] = {
    { 0x09, N_("signed bytes") }, { 0x0b, N_("16-bit numbers") }, { 0x0c, N_("32-bit numbers") },
    { 0x0d, N_("32-bit floating-point numbers") }, { 0x0e, N_("64-bit floating-point numbers") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].type == type)
      return g_dgettext (GETTEXT_PACKAGE, types[i].name);
  return NULL;
}

static gboolean
check_magic (const Reader *self, const guint8 *magic, GError **error)
{
  const char *type = element_type_name (magic[2]);

  if (magic[0] == 0 && magic[1] == 0 && magic[2] == 0x08)
    return TRUE;
  if (magic[0] == 0 && magic[1] == 0 && type)
    g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                 _("“%s” is an IDX file of %s (type %02X); only unsigned bytes (type 08) can be read."),
                 self->name, type, magic[2]);
  else if (magic[0] == 0 && magic[1] == 0)
    g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                 _("“%s” is not an IDX file: it begins with 00 00 %02X, not 00 00 08."), self->name, magic[2]);
  else if (!self->packed && g_str_has_suffix (self->name, ".gz"))
    g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                 _("“%s” is not a gzip file, although its name ends in .gz: it begins with %02X %02X, not 1F 8B."),
                 self->name, magic[0], magic[1]);
  else
    g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                 _("“%s” is not an IDX file: it begins with %02X %02X, not 00 00 08."),
                 self->name, magic[0], magic[1]);
  return FALSE;
}

static gboolean
check_n_dimensions (const Reader *self, guint n, GError **error)
{
  if (self->content == BF_IDX_LABELS ? n == 1 : n >= 2 && n <= MAX_DIMENSIONS)
    return TRUE;
  g_set_error (error, BF_ERROR, BF_ERROR_FILE,
               self->content == BF_IDX_IMAGES
               ? _("“%s”: the number of dimensions is %u; images have 3 (number, height, width). Are these the labels?")
               : _("“%s”: the number of dimensions is %u; labels have 1. Are these the images?"),
               self->name, n);
  return FALSE;
}

/* Every size is at most 2^32 − 1 and is checked before it is multiplied. */
static gboolean
check_sizes (const Reader *self, const guint32 *sizes, guint n, BfIdx *idx, GError **error)
{
  g_autofree char *count = bf_group_digits (sizes[0]);
  guint64 features = 1;

  for (guint i = 1; i < n && features <= BF_IDX_MAX_FEATURES; i++)
    features *= sizes[i];
  if (sizes[0] == 0 || features == 0)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                   self->content == BF_IDX_IMAGES
                   ? _("“%s” holds no images.")
                   : _("“%s” holds no labels."),
                   self->name);
      return FALSE;
    }
  if (features > BF_IDX_MAX_FEATURES)
    {
      g_autofree char *most = bf_group_digits (BF_IDX_MAX_FEATURES);

      g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE,
                   _("“%s” claims images of more than %s pixels, the most that can be read. Is its header damaged?"),
                   self->name, most);
      return FALSE;
    }
  if (sizes[0] > BF_IDX_MAX_COUNT || sizes[0] * features > BF_IDX_MAX_BYTES)
    {
      g_autofree char *bytes = g_format_size_full (sizes[0] * features, G_FORMAT_SIZE_IEC_UNITS);

      g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE,
                   self->content == BF_IDX_IMAGES
                   ? _("“%s” claims %s images, %s in all, more than can be read. Is its header damaged?")
                   : _("“%s” claims %s labels, %s in all, more than can be read. Is its header damaged?"),
                   self->name, count, bytes);
      return FALSE;
    }
  idx->count = sizes[0];
  idx->features = (guint) features;
  idx->height = n == 3 ? sizes[1] : 0;
  idx->width = n == 3 ? sizes[2] : 0;
  return TRUE;
}

static gboolean
read_header (Reader *self, BfIdx *idx, gsize *header_size, GError **error)
{
  guint8 header[4 + 4 * MAX_DIMENSIONS] = { 0 };   /* of which a short file fills less */
  guint32 sizes[MAX_DIMENSIONS] = { 0 };
  gsize got, wanted;
  guint n;

  if (!read_some (self, header, 4, &got, error))
    return FALSE;
  if (got >= 2 && (header[0] != 0 || header[1] != 0) && !check_magic (self, header, error))
    return FALSE;
  if (got < 4)
    return refuse_short_header (self, got, error);
  n = header[3];
  if (!check_magic (self, header, error) || !check_n_dimensions (self, n, error))
    return FALSE;
  wanted = 4 * n;
  if (!read_some (self, header + 4, wanted, &got, error))
    return FALSE;
  if (got < wanted)
    return refuse_short_header (self, 4 + got, error);
  for (guint i = 0; i < n; i++)
    {
      memcpy (&sizes[i], header + 4 + 4 * i, 4);
      sizes[i] = GUINT32_FROM_BE (sizes[i]);
    }
  *header_size = 4 + wanted;
  return check_sizes (self, sizes, n, idx, error);
}

static gboolean
refuse_truncated (const Reader *self, const BfIdx *idx, guint64 bytes, GError **error)
{
  g_autofree char *there = bf_group_digits (bytes / idx->features);
  g_autofree char *claimed = bf_group_digits (idx->count);

  g_set_error (error, BF_ERROR, BF_ERROR_FILE,
               self->content == BF_IDX_IMAGES
               ? _("“%s” ends after %s of %s images. Copy the file again.")
               : _("“%s” ends after %s of %s labels. Copy the file again."),
               self->name, there, claimed);
  return FALSE;
}

static gboolean
refuse_surplus (const Reader *self, const BfIdx *idx, GError **error)
{
  g_autofree char *claimed = bf_group_digits (idx->count);

  g_set_error (error, BF_ERROR, BF_ERROR_FILE,
               self->content == BF_IDX_IMAGES
               ? _("“%s” goes on after the %s images of its header. Copy the file again.")
               : _("“%s” goes on after the %s labels of its header. Copy the file again."),
               self->name, claimed);
  return FALSE;
}

/* Memory follows the data: it starts at 1 MiB and doubles as they arrive, up to what the header
 * claims, so a small file that claims gigabytes never gets them. */
static gboolean
read_elements (Reader *self, BfIdx *idx, GError **error)
{
  const gsize total = (gsize) idx->count * idx->features;
  gsize room = 0, filled = 0, got;
  guint8 extra;

  while (filled < total)
    {
      guint8 *grown;

      room = MIN (total, room ? 2 * room : 1 << 20);
      grown = g_try_realloc (idx->bytes, room);
      if (!grown)
        {
          g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE, _("There is not enough memory for “%s”."), self->name);
          return FALSE;
        }
      idx->bytes = grown;
      if (!read_some (self, idx->bytes + filled, room - filled, &got, error))
        return FALSE;
      filled += got;
      if (filled < room)
        return refuse_truncated (self, idx, filled, error);
    }
  /* Asking for one byte more also makes the decompressor check the checksum at the end. */
  if (!read_some (self, &extra, 1, &got, error))
    return FALSE;
  if (self->cut)
    return refuse_damaged (self, error);
  return got == 0 || refuse_surplus (self, idx, error);
}

BfIdx *
bf_idx_read (const char *path, BfIdxContent content, GCancellable *cancellable, GError **error)
{
  g_auto (Reader) reader = { .content = content, .cancellable = cancellable };
  g_autoptr (BfIdx) idx = g_new0 (BfIdx, 1);
  gsize header_size;

  reader.name = g_filename_display_basename (path);
  if (!open_stream (&reader, path, error) || !read_header (&reader, idx, &header_size, error))
    return NULL;
  if (!reader.packed)
    {
      const guint64 total = (guint64) idx->count * idx->features;
      const guint64 there = reader.file_size - MIN (reader.file_size, header_size);

      if (there < total)
        {
          refuse_truncated (&reader, idx, there, error);
          return NULL;
        }
    }
  return read_elements (&reader, idx, error) ? g_steal_pointer (&idx) : NULL;
}
