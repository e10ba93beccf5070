/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-random.h"

/* The finalizer of splitmix64 (Steele, Lea, Flood 2014): every input bit moves every output bit. */
static guint64
mix (guint64 hash, guint64 word)
{
  hash += word + G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  hash = (hash ^ (hash >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  hash = (hash ^ (hash >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return hash ^ (hash >> 31);
}

gsl_rng *
bf_random_new (guint64 seed, guint32 id, guint32 copy, const char *purpose)
{
  gsl_rng *random = gsl_rng_alloc (gsl_rng_mt19937);
  guint64 hash = mix (0, seed);

  hash = mix (hash, id);
  hash = mix (hash, copy);
  for (const char *c = purpose; *c; c++)
    hash = mix (hash, (guchar) *c);
  /* mt19937 takes 32 bits, and reads 0 as its default seed. */
  gsl_rng_set (random, (gulong) (hash >> 32));
  return random;
}
