/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What the two-dimensional toys share: points in the plane in a few classes, made from the seed, a
 * fifth of them kept for testing.
 */
#pragma once

#include <gsl/gsl_rng.h>
#include "bf-dataset.h"

G_BEGIN_DECLS

#define BF_TOY_TEST_SHARE 0.2

#define BF_TOY_SAMPLES { "samples", N_("Samples"), BF_PARAM_INTEGER, 20, 1000000, 1000 }
#define BF_TOY_NOISE(sd) { "noise", N_("Noise"), BF_PARAM_NUMBER, 0, 10, sd }
#define BF_TOY_CLASSES(fallback) { "classes", N_("Classes"), BF_PARAM_INTEGER, 2, 10, fallback }

/* A noiseless point of one of `classes` classes; about −1 … 1 in both coordinates. */
typedef void (*BfToyPlace) (gsl_rng *random, guint klass, guint classes, double *x, double *y);

/* Draws options' "samples" points, classes in turn, and adds normal noise of the standard
 * deviation "noise" to both coordinates. name: translated. */
BfRawData *bf_toy_new (const BfOptions *options, guint64 seed, const char *name, guint classes,
                       BfToyPlace place);

G_END_DECLS
