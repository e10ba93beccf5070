/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A round cloud for each class, the centers evenly on a circle.
 */
#include "bf-toy.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
place (gsl_rng *random, guint klass, guint classes, double *x, double *y)
{
  const double angle = 2 * M_PI * klass / classes;

  *x = cos (angle);
  *y = sin (angle);
}

static BfRawData *
load (const BfOptions *options, guint64 seed, const char *folder, GCancellable *cancellable, GError **error)
{
  return bf_toy_new (options, seed, _("Blobs"), bf_options_integer (options, "classes"), place);
}

static const BfParam params[] = {
  BF_TOY_SAMPLES,
  BF_TOY_NOISE (0.2),
  BF_TOY_CLASSES (3),
  { NULL },
};

const BfDataSource bf_data_blobs = {
  .kind = {
    .id = "blobs",
    .name = N_("Blobs"),
    .summary = N_("A round cloud of points for each class; a single layer separates them"),
    .params = params,
  },
  .load = load,
};
