/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A mt19937 is written as its 624 words and its place among them. GSL keeps them as longs, whose size
 * depends on the machine, and takes any place on trust: both are looked after here.
 */
#include "bf-bytes.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define HEADER 20   /* magic 4, version 4, length 8, check sum 4 */
#define TWISTER_WORDS 624

/* As gsl's mt.c has it (GSL 1.0 to 2.8). */
typedef struct
{
  unsigned long words[TWISTER_WORDS];
  int place;
} Twister;

/* Eight bytes at a time (Kounavis, Berry 2005); table k advances a byte by k more zero bytes. */
static guint32 crc_tables[8][256];

static void
make_crc_tables (void)
{
  static gsize made = 0;

  if (!g_once_init_enter (&made))
    return;
  for (guint32 i = 0; i < 256; i++)
    {
      guint32 crc = i;

      for (guint bit = 0; bit < 8; bit++)
        crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
      crc_tables[0][i] = crc;
    }
  for (guint k = 1; k < 8; k++)
    for (guint i = 0; i < 256; i++)
      crc_tables[k][i] = crc_tables[k - 1][i] >> 8 ^ crc_tables[0][crc_tables[k - 1][i] & 0xff];
  g_once_init_leave (&made, 1);
}

static guint32
get_word (const guint8 *data)
{
  return data[0] | (guint32) data[1] << 8 | (guint32) data[2] << 16 | (guint32) data[3] << 24;
}

static guint32
get_crc (const guint8 *data, gsize n)
{
  guint32 crc = 0xffffffffu;

  make_crc_tables ();
  for (; n >= 8; n -= 8, data += 8)
    {
      const guint32 low = crc ^ get_word (data), high = get_word (data + 4);

      crc = crc_tables[7][low & 0xff] ^ crc_tables[6][low >> 8 & 0xff] ^ crc_tables[5][low >> 16 & 0xff]
            ^ crc_tables[4][low >> 24] ^ crc_tables[3][high & 0xff] ^ crc_tables[2][high >> 8 & 0xff]
            ^ crc_tables[1][high >> 16 & 0xff] ^ crc_tables[0][high >> 24];
    }
  for (; n > 0; n--)
    crc = crc >> 8 ^ crc_tables[0][(crc ^ *data++) & 0xff];
  return ~crc;
}

static guint8 *
extend (BfWriter *self, gsize n)
{
  guint8 *end;

  if (self->room - self->n < n)
    {
      self->room = MAX (self->n + n, self->room + self->room / 2);
      self->data = g_realloc (self->data, self->room);
    }
  end = self->data + self->n;
  self->n += n;
  return end;
}

void
bf_writer_raw (BfWriter *self, gconstpointer data, gsize n)
{
  if (n > 0)
    memcpy (extend (self, n), data, n);
}

void
bf_writer_u8 (BfWriter *self, guint8 value)
{
  *extend (self, 1) = value;
}

void
bf_writer_u32 (BfWriter *self, guint32 value)
{
  const guint32 little = GUINT32_TO_LE (value);

  bf_writer_raw (self, &little, sizeof little);
}

void
bf_writer_u64 (BfWriter *self, guint64 value)
{
  const guint64 little = GUINT64_TO_LE (value);

  bf_writer_raw (self, &little, sizeof little);
}

void
bf_writer_double (BfWriter *self, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  bf_writer_u64 (self, bits);
}

void
bf_writer_text (BfWriter *self, const char *text)
{
  const gsize n = strlen (text);

  bf_writer_u32 (self, (guint32) n);
  bf_writer_raw (self, text, n);
}

void
bf_writer_words (BfWriter *self, gconstpointer words, gsize n)
{
  guint8 *end = extend (self, n * 4);

  bf_bytes_to_words (words, end, n);   /* to and from are the same */
}

void
bf_writer_doubles (BfWriter *self, const double *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    bf_writer_double (self, values[i]);
}

void
bf_writer_random (BfWriter *self, const gsl_rng *random)
{
  const Twister *twister = gsl_rng_state (random);

  g_return_if_fail (gsl_rng_size (random) == sizeof (Twister));
  for (guint i = 0; i < TWISTER_WORDS; i++)
    bf_writer_u32 (self, (guint32) twister->words[i]);
  bf_writer_u32 (self, (guint32) twister->place);
}

void
bf_writer_begin (BfWriter *self, const char *magic, guint32 version)
{
  *self = (BfWriter) { 0 };
  bf_writer_raw (self, magic, 4);
  bf_writer_u32 (self, version);
  memset (extend (self, HEADER - 8), 0, HEADER - 8);
}

GBytes *
bf_writer_seal (BfWriter *self)
{
  const gsize n = self->n;
  const guint64 length = GUINT64_TO_LE ((guint64) (n - HEADER));
  const guint32 crc = GUINT32_TO_LE (get_crc (self->data + HEADER, n - HEADER));
  guint8 *data = g_steal_pointer (&self->data);

  memcpy (data + 8, &length, 8);
  memcpy (data + 16, &crc, 4);
  *self = (BfWriter) { 0 };
  return g_bytes_new_take (g_realloc (data, n), n);
}

gboolean
bf_reader_open (BfReader *self, GBytes *bytes, const char *magic, guint32 version, GError **error)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);
  guint64 length;

  *self = (BfReader) { 0 };
  if (n < HEADER || memcmp (data, magic, 4) != 0)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("What was kept of the run is damaged: it does not begin as it should. Run it anew."));
      return FALSE;
    }
  self->version = get_word (data + 4);
  if (self->version == 0 || self->version > version)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE,
                   _("What was kept of the run is of version %u, and this program reads version %u. Use the program that wrote it."),
                   self->version, version);
      return FALSE;
    }
  memcpy (&length, data + 8, 8);
  if (GUINT64_FROM_LE (length) != n - HEADER || get_word (data + 16) != get_crc (data + HEADER, n - HEADER))
    {
      g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("What was kept of the run is damaged: its check sum does not fit. Run it anew."));
      return FALSE;
    }
  self->next = data + HEADER;
  self->left = n - HEADER;
  return TRUE;
}

gboolean
bf_reader_close (BfReader *self, GError **error)
{
  if (!self->failed && self->left == 0)
    return TRUE;
  g_set_error (error, BF_ERROR, BF_ERROR_FILE, _("What was kept of the run is damaged: it has values that cannot be. Run it anew."));
  return FALSE;
}

const guint8 *
bf_reader_raw (BfReader *self, gsize n)
{
  const guint8 *data = self->next;

  if (self->failed || n > self->left)
    {
      self->failed = TRUE;
      return NULL;
    }
  self->next += n;
  self->left -= n;
  return data;
}

guint8
bf_reader_u8 (BfReader *self)
{
  const guint8 *data = bf_reader_raw (self, 1);

  return data ? *data : 0;
}

guint32
bf_reader_u32 (BfReader *self)
{
  const guint8 *data = bf_reader_raw (self, 4);

  return data ? get_word (data) : 0;
}

guint64
bf_reader_u64 (BfReader *self)
{
  const guint8 *data = bf_reader_raw (self, 8);

  return data ? get_word (data) | (guint64) get_word (data + 4) << 32 : 0;
}

double
bf_reader_double (BfReader *self)
{
  const guint64 bits = bf_reader_u64 (self);
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

char *
bf_reader_text (BfReader *self)
{
  const guint32 n = bf_reader_u32 (self);
  const guint8 *data = bf_reader_raw (self, n);

  if (data && g_utf8_validate_len ((const char *) data, n, NULL))
    return g_strndup ((const char *) data, n);
  self->failed = TRUE;
  return g_strdup ("");
}

void
bf_reader_words (BfReader *self, gpointer words, gsize n)
{
  const guint8 *data = n <= self->left / 4 ? bf_reader_raw (self, n * 4) : NULL;

  if (n == 0)
    return;
  if (data)
    bf_bytes_to_words (data, words, n);
  else
    {
      self->failed = TRUE;
      memset (words, 0, n * 4);
    }
}

void
bf_reader_doubles (BfReader *self, double *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    values[i] = bf_reader_double (self);
}

gsl_rng *
bf_reader_random (BfReader *self)
{
  gsl_rng *random = gsl_rng_alloc (gsl_rng_mt19937);
  Twister *twister = gsl_rng_state (random);
  guint32 place;

  g_return_val_if_fail (gsl_rng_size (random) == sizeof (Twister), random);
  for (guint i = 0; i < TWISTER_WORDS; i++)
    twister->words[i] = bf_reader_u32 (self);
  place = bf_reader_u32 (self);
  self->failed = self->failed || place > TWISTER_WORDS;
  if (self->failed)
    g_clear_pointer (&random, gsl_rng_free);
  else
    twister->place = (int) place;
  return random;
}

void
bf_bytes_to_words (const guint8 *data, gpointer words, gsize n)
{
  if (n == 0)
    return;
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    memcpy (words, data, n * 4);
  else
    for (gsize i = 0; i < n; i++)
      {
        const guint32 word = get_word (data + 4 * i);

        memcpy ((guint8 *) words + 4 * i, &word, 4);
      }
}
