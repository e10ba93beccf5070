/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-toy.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_randist.h>
#include "../bf-random.h"
#include "bf-count.h"

/* "A", "B" …: the classes of a toy have no names of their own. */
static char **
letters (guint n)
{
  char **names = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    names[i] = g_strdup_printf ("%c", 'A' + i);
  return names;
}

BfRawData *
bf_toy_new (const BfOptions *options, guint64 seed, const char *name, guint classes, BfToyPlace place)
{
  const guint n = bf_options_integer (options, "samples");
  const double noise = bf_options_number (options, "noise");
  gsl_rng *random = bf_random_new (seed, 0, 0, "data");
  BfRawData *raw = g_new0 (BfRawData, 1);
  g_autofree char *n_train = NULL;
  g_autofree char *n_test = NULL;

  g_assert (classes <= 26);
  raw->name = g_strdup (name);
  raw->n_test = (guint) (n * BF_TOY_TEST_SHARE);
  raw->n_train = n - raw->n_test;
  raw->inputs = 2;
  raw->outputs = raw->classes = classes;
  raw->values = g_new (float, 2 * (gsize) n);
  raw->labels = g_new (guint16, n);
  for (gsize i = 0; i < n; i++)
    {
      double x, y;

      raw->labels[i] = (guint16) (i % classes);
      place (random, raw->labels[i], classes, &x, &y);
      raw->values[2 * i] = (float) (x + gsl_ran_gaussian_ziggurat (random, noise));
      raw->values[2 * i + 1] = (float) (y + gsl_ran_gaussian_ziggurat (random, noise));
    }
  gsl_rng_free (random);
  raw->class_names = letters (classes);
  raw->input_names = g_strdupv ((char *[]) { "x", "y", NULL });
  n_train = bf_group_digits (raw->n_train);
  n_test = bf_group_digits (raw->n_test);
  raw->origin = g_strdup_printf (_("%s training and %s test points, made from the seed"), n_train, n_test);
  return raw;
}
