/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * libpng leaves by longjmp when something is wrong, so what it works on lies in one struct
 * that is cleared in one place.
 */
#include "bf-png.h"

#include <glib/gi18n-lib.h>
#include <png.h>
#include <string.h>

#include "../engine/bf-kind.h"

#define KEY "backflow-experiment"

typedef struct
{
  png_structp png;
  png_infop info;
  char message[160];
  GByteArray *out;         /* writing */
  const guint8 *in;        /* reading */
  gsize left;
  guint8 *row;
  char *text;              /* read */
} BfPng;

static void
on_error (png_structp png, png_const_charp message)
{
  BfPng *self = png_get_error_ptr (png);

  g_strlcpy (self->message, message ? message : "", sizeof self->message);
  png_longjmp (png, 1);
}

static void
on_warning (png_structp png, png_const_charp message)
{
}

static void
on_write (png_structp png, png_bytep data, png_size_t length)
{
  g_byte_array_append (((BfPng *) png_get_io_ptr (png))->out, data, (guint) length);
}

static void
on_flush (png_structp png)
{
}

static void
on_read (png_structp png, png_bytep data, png_size_t length)
{
  BfPng *self = png_get_io_ptr (png);

  if (length > self->left)
    png_error (png, "the file ends early");
  memcpy (data, self->in, length);
  self->in += length;
  self->left -= length;
}

/* A row of cairo's premultiplied native-endian pixels as RGB or RGBA bytes. */
static void
convert_row (const guint32 *pixels, int width, gboolean alpha, guint8 *row)
{
  for (int x = 0; x < width; x++)
    {
      guint32 p = pixels[x], a = alpha ? p >> 24 : 255;

      for (int shift = 16; shift >= 0; shift -= 8)
        {
          guint32 c = p >> shift & 0xff;
          *row++ = (guint8) (a == 255 ? c : a == 0 ? 0 : MIN (255, (c * 255 + a / 2) / a));
        }
      if (alpha)
        *row++ = (guint8) a;
    }
}

static gboolean
write_file (BfPng *self, cairo_surface_t *surface, double dpi, const char *text)
{
  int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  int stride = cairo_image_surface_get_stride (surface);
  gboolean alpha = cairo_image_surface_get_format (surface) == CAIRO_FORMAT_ARGB32;
  png_uint_32 per_meter = (png_uint_32) (dpi / 0.0254 + 0.5);
  png_text chunk = { .compression = PNG_ITXT_COMPRESSION_zTXt, .key = (char *) KEY, .text = (char *) text };

  if (setjmp (png_jmpbuf (self->png)))
    return FALSE;
  png_set_write_fn (self->png, self, on_write, on_flush);
  png_set_user_limits (self->png, 0x7fffffff, 0x7fffffff);
  png_set_IHDR (self->png, self->info, (png_uint_32) width, (png_uint_32) height, 8,
                alpha ? PNG_COLOR_TYPE_RGBA : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  /* Figures are flat areas, lines and letters, of which zlib sees the repetitions best as they are: choosing a filter for each
   * row takes as long again, and most files are larger. */
  png_set_filter (self->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
  png_set_sRGB (self->png, self->info, PNG_sRGB_INTENT_PERCEPTUAL);
  png_set_pHYs (self->png, self->info, per_meter, per_meter, PNG_RESOLUTION_METER);
  if (text)
    png_set_text (self->png, self->info, &chunk, 1);
  png_write_info (self->png, self->info);
  for (int y = 0; y < height; y++)
    {
      const guint8 *line = cairo_image_surface_get_data (surface) + (gsize) y * (gsize) stride;

      convert_row ((const guint32 *) (const void *) line, width, alpha, self->row);
      png_write_row (self->png, self->row);
    }
  png_write_end (self->png, NULL);
  return TRUE;
}

GBytes *
bf_png_write (cairo_surface_t *surface, double dpi, const char *text, GError **error)
{
  BfPng self = { .out = g_byte_array_new () };
  gboolean good = FALSE;

  cairo_surface_flush (surface);
  self.row = g_malloc (4 * (gsize) cairo_image_surface_get_width (surface));
  self.png = png_create_write_struct (PNG_LIBPNG_VER_STRING, &self, on_error, on_warning);
  self.info = self.png ? png_create_info_struct (self.png) : NULL;
  if (self.info)
    good = write_file (&self, surface, dpi, text);
  png_destroy_write_struct (&self.png, &self.info);
  g_free (self.row);
  if (good)
    return g_byte_array_free_to_bytes (self.out);
  g_byte_array_unref (self.out);
  g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("The PNG could not be written: %s."), self.message);
  return NULL;
}

static gboolean
read_file (BfPng *self)
{
  png_textp chunks;
  int n = 0;

  if (setjmp (png_jmpbuf (self->png)))
    return FALSE;
  png_set_read_fn (self->png, self, on_read);
  png_set_user_limits (self->png, 0x7fffffff, 0x7fffffff);
  png_set_chunk_malloc_max (self->png, 64 << 20);
  png_read_info (self->png, self->info);
  png_get_text (self->png, self->info, &chunks, &n);
  for (int i = 0; i < n && !self->text; i++)
    if (g_str_equal (chunks[i].key, KEY) && chunks[i].text)
      self->text = g_strdup (chunks[i].text);
  return TRUE;
}

char *
bf_png_read_text (GBytes *file, GError **error)
{
  BfPng self = { 0 };
  gboolean good = FALSE;

  self.in = g_bytes_get_data (file, &self.left);
  self.png = png_create_read_struct (PNG_LIBPNG_VER_STRING, &self, on_error, on_warning);
  self.info = self.png ? png_create_info_struct (self.png) : NULL;
  if (self.info)
    good = read_file (&self);
  png_destroy_read_struct (&self.png, &self.info, NULL);
  if (!good)
    g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("The PNG is damaged: %s."), self.message);
  return self.text;
}
