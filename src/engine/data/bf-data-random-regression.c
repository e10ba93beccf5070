/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Inputs and a target that have nothing to do with each other, all uniform in [0, 1): the best a
 * network can learn without overfitting is the target's mean, with a mean squared error of 1/12.
 * Useful for watching gradients alone. All samples are training samples.
 */
#include "bf-dataset.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_rng.h>
#include "../bf-random.h"
#include "bf-count.h"

static BfRawData *
load (const BfOptions *options, guint64 seed, const char *folder, GCancellable *cancellable, GError **error)
{
  const guint n = bf_options_integer (options, "samples"), inputs = bf_options_integer (options, "inputs");
  g_autofree char *count = bf_group_digits (n);
  g_autofree char *width = bf_group_digits (inputs);
  BfRawData *raw;
  gsl_rng *random;

  if ((guint64) n * inputs > 1u << 28)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE,
                   _("%s samples of %s inputs are more than a gigabyte. Choose fewer samples or inputs."), count, width);
      return NULL;
    }
  raw = g_new0 (BfRawData, 1);
  raw->name = g_strdup (_("Random Regression"));
  raw->origin = g_strdup_printf (_("%s samples of %s uniform random inputs and one uniform random target, made from the seed"),
                                 count, width);
  raw->n_train = n;
  raw->inputs = inputs;
  raw->outputs = 1;
  raw->values = g_new (float, (gsize) n * inputs);
  raw->targets = g_new (float, n);
  random = bf_random_new (seed, 0, 0, "data");
  for (gsize i = 0; i < (gsize) n * inputs; i++)
    raw->values[i] = (float) gsl_rng_uniform (random);
  for (guint i = 0; i < n; i++)
    raw->targets[i] = (float) gsl_rng_uniform (random);
  gsl_rng_free (random);
  return raw;
}

static const BfParam params[] = {
  { "samples", N_("Samples"), BF_PARAM_INTEGER, 1, 1000000, 1000 },
  { "inputs", N_("Inputs"), BF_PARAM_INTEGER, 1, 65536, 100 },
  { NULL },
};

const BfDataSource bf_data_random_regression = {
  .kind = {
    .id = "random-regression",
    .name = N_("Random Regression"),
    .summary = N_("Random inputs with a random target: nothing to learn but the mean, for watching gradients alone"),
    .params = params,
  },
  .load = load,
};
