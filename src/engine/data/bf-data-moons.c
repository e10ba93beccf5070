/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Two half circles that reach into each other, moved so that their common center is the origin and
 * scaled to about −1 … 1.
 */
#include "bf-toy.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
place (gsl_rng *random, guint klass, guint classes, double *x, double *y)
{
  const double angle = M_PI * gsl_rng_uniform (random);
  const double side = klass == 0 ? 1 : -1;

  *x = side * (cos (angle) - 0.5) / 1.5;
  *y = side * (sin (angle) - 0.25) / 1.5;
}

static BfRawData *
load (const BfOptions *options, guint64 seed, const char *folder, GCancellable *cancellable, GError **error)
{
  return bf_toy_new (options, seed, _("Moons"), 2, place);
}

static const BfParam params[] = {
  BF_TOY_SAMPLES,
  BF_TOY_NOISE (0.08),
  { NULL },
};

const BfDataSource bf_data_moons = {
  .kind = {
    .id = "moons",
    .name = N_("Moons"),
    .summary = N_("Two half circles that reach into each other"),
    .params = params,
  },
  .load = load,
};
