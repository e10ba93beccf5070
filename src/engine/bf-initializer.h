/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Starting weights: the table bf_initializers() has a row each.
 */
#pragma once

#include "bf-kind.h"

#include <gsl/gsl_rng.h>

G_BEGIN_DECLS

typedef struct
{
  BfKind kind;
  /* Fills W (rows: units, fan out; columns: fan in), row-major. */
  void (*draw) (const BfOptions *options, gsl_rng *random, guint rows, guint columns, float *values);
  /* Mean and variance of a weight; NULL where weights are not drawn around a mean alike. */
  void (*moments) (const BfOptions *options, guint rows, guint columns, double *mean, double *variance);
  gboolean draws_bias;    /* biases are drawn too, from U(±1/√fan_in); else they start at 0 */
  gboolean data_driven;   /* scaled by what the first batch gives: bf_network_lsuv() */
  guint64 maximum;        /* the most weights that it can fill in a few seconds; 0: any number */
} BfInitializer;

/* Biases of an initializer that draws them: U(±1/√fan_in). */
void bf_initializer_draw_bias (gsl_rng *random, guint fan_in, guint n, float *values);

G_END_DECLS
