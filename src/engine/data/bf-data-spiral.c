/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * One arm for each class: the radius grows with the angle, three quarters of a turn for a radius
 * of 1. The radius is drawn uniformly, so an arm is equally dense along it.
 */
#include "bf-toy.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
place (gsl_rng *random, guint klass, guint classes, double *x, double *y)
{
  const double radius = 0.05 + 0.95 * gsl_rng_uniform (random);
  const double angle = 2 * M_PI * (0.75 * radius + (double) klass / classes);

  *x = radius * cos (angle);
  *y = radius * sin (angle);
}

static BfRawData *
load (const BfOptions *options, guint64 seed, const char *folder, GCancellable *cancellable, GError **error)
{
  return bf_toy_new (options, seed, _("Spiral"), bf_options_integer (options, "classes"), place);
}

static const BfParam params[] = {
  BF_TOY_SAMPLES,
  BF_TOY_NOISE (0.03),
  BF_TOY_CLASSES (2),
  { NULL },
};

const BfDataSource bf_data_spiral = {
  .kind = {
    .id = "spiral",
    .name = N_("Spiral"),
    .summary = N_("Arms that wind around each other; the hardest of the toys, worth a deep network"),
    .params = params,
  },
  .load = load,
};
