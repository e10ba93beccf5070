/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Rows of outputs and gradients that a pass has left out are written when somebody asks for them.
 */
#include "bf-network-private.h"

void
bf_network_forget_rows (BfNetwork *self, BfBatchRows *rows)
{
  for (guint l = 0; l < self->plan->n_layers; l++)
    rows[l] = (BfBatchRows) { 0 };
}

static void
spread (BfNetwork *self, BfBatchRows *rows, float *values, guint n, guint layer)
{
  const guint width = self->plan->layers[layer].outputs;

  bf_batch_rows_spread (rows, values, n, width, 0, width);
  *rows = (BfBatchRows) { 0 };
}

void
bf_network_spread_output (BfNetwork *self, guint layer)
{
  spread (self, &self->output_rows[layer], self->outputs[layer], self->forward_n, layer);
}

void
bf_network_spread_gradient (BfNetwork *self, guint layer)
{
  spread (self, &self->gradient_rows[layer], self->output_gradients[layer], self->backward_n, layer);
}
