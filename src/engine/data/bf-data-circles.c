/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Rings around one center, the radii in equal steps up to 1.
 */
#include "bf-toy.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
place (gsl_rng *random, guint klass, guint classes, double *x, double *y)
{
  const double angle = 2 * M_PI * gsl_rng_uniform (random);
  const double radius = (klass + 1.0) / classes;

  *x = radius * cos (angle);
  *y = radius * sin (angle);
}

static BfRawData *
load (const BfOptions *options, guint64 seed, const char *folder, GCancellable *cancellable, GError **error)
{
  return bf_toy_new (options, seed, _("Circles"), bf_options_integer (options, "classes"), place);
}

static const BfParam params[] = {
  BF_TOY_SAMPLES,
  BF_TOY_NOISE (0.08),
  BF_TOY_CLASSES (2),
  { NULL },
};

const BfDataSource bf_data_circles = {
  .kind = {
    .id = "circles",
    .name = N_("Circles"),
    .summary = N_("Rings around one center; needs a hidden layer"),
    .params = params,
  },
  .load = load,
};
