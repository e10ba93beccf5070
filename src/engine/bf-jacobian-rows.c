/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * m rows go back through a layer at once: as a batch of m samples that are all alike, with a unit vector each at the
 * end. Where a layer mixes samples that would be another batch; there one row after the other goes back
 * through the true batch, as the gradient of one of its samples.
 */
#include "bf-jacobian-rows.h"

#include "bf-network-private.h"

#include <string.h>

struct _BfJacobianRows
{
  BfNetwork *network;
  guint n;             /* samples of the forward pass */
  guint m;             /* rows, of the matrix under way */
  guint sample;
  float **rows;        /* [layer + 1]: ∂ (last output) / ∂ (input of the layer), (m, inputs); NULL: none (yet) */
};

BfJacobianRows *
bf_jacobian_rows_new (BfNetwork *network, guint n)
{
  BfJacobianRows *self = g_new0 (BfJacobianRows, 1);

  g_return_val_if_fail (n > 0 && n <= network->batch, self);
  self->network = network;
  self->n = n;
  self->rows = g_new0 (float *, network->plan->n_layers + 1);
  return self;
}

void
bf_jacobian_rows_free (BfJacobianRows *self)
{
  if (!self)
    return;
  g_free (self->rows);
  g_free (self);
}

static const BfLayerKind *
get_kind (const BfJacobianRows *self, guint l)
{
  return bf_layer_get_kind (self->network->plan->layers[l].layer);
}

/* A sample's row of a batch, m times. */
static float *
repeat (const BfJacobianRows *self, const float *batch, guint width)
{
  float *rows = g_new (float, (gsize) self->m * width);

  for (guint i = 0; i < self->m; i++)
    memcpy (rows + (gsize) i * width, batch + (gsize) self->sample * width, width * sizeof (float));
  return rows;
}

/* Where the gradient of a layer's output is gathered: (m, outputs). */
static float *
get_rows (BfJacobianRows *self, guint after, guint width)
{
  if (!self->rows[after])
    self->rows[after] = g_new0 (float, (gsize) self->m * width);
  return self->rows[after];
}

/* A batch of m equal samples. */
static void
pass_alike (BfJacobianRows *self, guint l, guint first, const float *dy, float *dx)
{
  BfPass pass = self->network->passes[l];
  const BfLayerKind *kind = get_kind (self, l);
  const int from = pass.layer->from;
  g_autofree float *x = repeat (self, pass.x, pass.layer->inputs), *y = repeat (self, pass.y, pass.layer->outputs);
  g_autofree float *earlier = NULL, *ignored = NULL;
  g_autofree gpointer scratch = kind->scratch ? g_malloc0 (kind->scratch (pass.layer, self->m)) : NULL;

  if (from >= 0)
    earlier = repeat (self, pass.from, pass.from_width);
  if (from >= 0 && from + 1 < (int) first)
    ignored = g_new0 (float, (gsize) self->m * pass.from_width);
  pass.n = self->m;
  pass.x = x;
  pass.y = y;
  pass.scratch = scratch;
  pass.from = earlier;
  if (kind->scratch)
    kind->forward (&pass);
  pass.dy = dy;
  pass.dx = dx;
  if (from >= 0)
    pass.from_gradient = ignored ? ignored : get_rows (self, (guint) from + 1, pass.from_width);
  kind->backward (&pass);
}

/* The true batch, in which one sample has a gradient. */
static void
pass_mixed (BfJacobianRows *self, guint l, const float *dy, float *dx)
{
  BfPass pass = self->network->passes[l];
  const guint in = pass.layer->inputs, out = pass.layer->outputs;
  g_autofree float *given = g_new0 (float, (gsize) self->n * out), *gained = g_new (float, (gsize) self->n * in);

  pass.n = self->n;
  pass.dy = given;
  pass.dx = gained;
  for (guint i = 0; i < self->m; i++)
    {
      memcpy (given + (gsize) self->sample * out, dy + (gsize) i * out, out * sizeof (float));
      get_kind (self, l)->backward (&pass);
      memcpy (dx + (gsize) i * in, gained + (gsize) self->sample * in, in * sizeof (float));
    }
}

/* Takes the rows behind layer l to before it, where those of a skip may be waiting. */
static void
pass_back (BfJacobianRows *self, guint l, guint first)
{
  const BfPlanLayer *layer = &self->network->plan->layers[l];
  const BfLayerKind *kind = get_kind (self, l);
  g_autofree float *dy = g_steal_pointer (&self->rows[l + 1]);
  const gsize size = (gsize) self->m * layer->inputs;
  g_autofree float *dx = g_new0 (float, size);
  float *sum;

  if (kind->changes_gradient)
    memcpy (dx, dy, size * sizeof (float));   /* forward it is the identity */
  else if (kind->mixes_samples)
    pass_mixed (self, l, dy, dx);
  else
    pass_alike (self, l, first, dy, dx);
  sum = get_rows (self, l, layer->inputs);
  for (gsize i = 0; i < size; i++)
    sum[i] += dx[i];
}

BfMatrix *
bf_jacobian_rows_compute (BfJacobianRows *self, guint first, guint last, guint sample)
{
  const BfPlanLayer *layers = self->network->plan->layers;
  const guint m = layers[last].outputs, n = layers[first].inputs;
  g_autofree float *result = NULL;
  BfMatrix *matrix;

  g_return_val_if_fail (first <= last && sample < self->n, NULL);
  self->m = m;
  self->sample = sample;
  for (guint l = 0; l <= last; l++)
    bf_network_spread_output (self->network, l);
  for (guint i = 0; i < m; i++)
    get_rows (self, last + 1, m)[(gsize) i * m + i] = 1;
  for (guint l = last + 1; l-- > first;)
    pass_back (self, l, first);
  result = g_steal_pointer (&self->rows[first]);
  matrix = bf_matrix_new (m, n);
  for (guint i = 0; i < m; i++)
    for (guint j = 0; j < n; j++)
      *bf_matrix_at (matrix, i, j) = result[(gsize) i * n + j];
  return matrix;
}
