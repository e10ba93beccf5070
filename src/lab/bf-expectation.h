/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * What a remedy is expected to do to the gradient's way back, before it is tried: by mean-field theory where
 * it speaks, else by one forward and backward pass of the remedied network on its first batch.
 */
#pragma once

#include <gio/gio.h>
#include "../engine/bf-theory.h"
#include "../engine/bf-snapshot.h"
#include "../engine/data/bf-dataset.h"

G_BEGIN_DECLS

typedef enum
{
  BF_EXPECTED_NOTHING,     /* it changes what is made of the gradient, not the gradient */
  BF_EXPECTED_BY_THEORY,
  BF_EXPECTED_BY_PASS,
} BfExpectedBy;

typedef struct
{
  BfExpectedBy by;
  guint layers;            /* from behind the last hidden layer to behind the first */
  double whole;            /* ‖∂L/∂h‖ behind the first over that behind the last */
  double one;              /* of one layer, in the mean */
} BfExpectation;

/* base: as edited; remedy: a string of bf_spec_add_remedy_string(); data: of the run. Works on a thread. */
void     bf_expectation_ask    (BfSpec *base, const char *remedy, BfDataset *data, double input_square,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean bf_expectation_finish (GAsyncResult *result, BfExpectation *expectation, GError **error);

/* The way back as measured in a column; FALSE without two hidden layers, or where it was not measured. */
gboolean bf_way_measure (const BfColumn *column, const BfPlan *plan, guint *layers, double *whole);

G_END_DECLS
