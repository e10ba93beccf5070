/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The exclusive or: a point belongs to the second class where x and y differ in sign. Noise is
 * added afterwards, so it blurs the borders.
 */
#include "bf-toy.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
place (gsl_rng *random, guint klass, guint classes, double *x, double *y)
{
  const double side = gsl_rng_uniform_int (random, 2) ? 1 : -1;

  *x = side * gsl_rng_uniform (random);
  *y = side * gsl_rng_uniform (random) * (klass == 0 ? 1 : -1);
}

static BfRawData *
load (const BfOptions *options, guint64 seed, const char *folder, GCancellable *cancellable, GError **error)
{
  return bf_toy_new (options, seed, _("XOR"), 2, place);
}

static const BfParam params[] = {
  BF_TOY_SAMPLES,
  BF_TOY_NOISE (0.05),
  { NULL },
};

const BfDataSource bf_data_xor = {
  .kind = {
    .id = "xor",
    .name = N_("XOR"),
    .summary = N_("Four squares in two classes, the oldest problem that one layer cannot solve"),
    .params = params,
  },
  .load = load,
};
