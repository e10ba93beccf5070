/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Runs a target without a fuzzer: on every file of its corpus, and on COUNT changed copies of each
 * (always the same ones), as a test that is over in a second. usage: TARGET COUNT FOLDER|FILE…
 */
#include "fuzz.h"

#include <stdlib.h>

typedef struct
{
  uint64_t state;
} Random;

/* Steele, Lea & Flood 2014: splitmix64. */
static uint64_t
draw (Random *self, uint64_t below)
{
  uint64_t z = self->state += 0x9e3779b97f4a7c15;

  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return below ? (z ^ z >> 31) % below : 0;
}

static void
flip_bit (GByteArray *bytes, Random *random)
{
  bytes->data[draw (random, bytes->len)] ^= (guint8) (1u << draw (random, 8));
}

static void
set_byte (GByteArray *bytes, Random *random)
{
  static const guint8 telling[] = { 0, 1, 0x7f, 0x80, 0xff, '"', '{', ',', '-', '9', '\n' };

  bytes->data[draw (random, bytes->len)] = telling[draw (random, G_N_ELEMENTS (telling))];
}

static void
cut_off (GByteArray *bytes, Random *random)
{
  g_byte_array_set_size (bytes, (guint) draw (random, bytes->len));
}

static void
take_out (GByteArray *bytes, Random *random)
{
  const guint at = (guint) draw (random, bytes->len);

  g_byte_array_remove_range (bytes, at, (guint) draw (random, MIN (bytes->len - at, 16)));
}

static void
repeat_part (GByteArray *bytes, Random *random)
{
  const guint at = (guint) draw (random, bytes->len);
  const guint n = (guint) draw (random, MIN (bytes->len - at, 64));
  g_autofree guint8 *part = g_memdup2 (bytes->data + at, n);

  g_byte_array_append (bytes, part, n);
}

static void (*const changes[]) (GByteArray *, Random *) = { flip_bit, flip_bit, set_byte, set_byte, cut_off, take_out, repeat_part };

static void
run_changed (const char *content, gsize size, Random *random)
{
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new ((guint) size);

  g_byte_array_append (bytes, (const guint8 *) content, (guint) size);
  for (guint n = 1 + (guint) draw (random, 4); n > 0 && bytes->len > 0; n--)
    changes[draw (random, G_N_ELEMENTS (changes))] (bytes, random);
  LLVMFuzzerTestOneInput (bytes->data, bytes->len);
}

static guint
run_file (const char *path, guint count)
{
  g_autofree char *content = NULL;
  gsize size;
  Random random = { 0 };

  if (!g_file_get_contents (path, &content, &size, NULL))
    g_error ("%s cannot be read.", path);
  random.state = size;
  LLVMFuzzerTestOneInput ((const uint8_t *) content, size);
  for (guint i = 0; i < count; i++)
    run_changed (content, size, &random);
  return 1;
}

static guint
run_path (const char *path, guint count)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  if (!dir)
    return run_file (path, count);
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      n += run_path (child, count);
    }
  return n;
}

int
main (int argc, char **argv)
{
  const guint count = argc > 1 ? (guint) strtoul (argv[1], NULL, 10) : 0;
  guint n = 0;

  for (int i = 2; i < argc; i++)
    n += run_path (argv[i], count);
  g_print ("1..1\n%sok 1 %s: %u files, %u changed copies of each\n", n > 0 ? "" : "not ", g_get_prgname (), n, count);
  return n > 0 ? 0 : 1;
}
