/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Passes through the layers. An output that a later layer adds as well (skip) receives its gradient
 * from two sides. Layers only ever write ∂x; for such outputs the network has it written to `spare`
 * and adds it.
 *
 * Where threads share a pass, each follows all layers with its columns, and they meet only where a layer reads what
 * others have written.
 *
 * Where all samples have become the same, one of them goes on for all, and back comes what gradients there are that
 * differ; where those have become zero, nothing does. Samples that are nearly the same are computed from the first and
 * their differences from it: in long sums of their own, each would keep its own rounding errors for ever, from layer to layer,
 * long after all else has died. All threads see the same values at a meeting, so they decide alike.
 */
#include "bf-network-private.h"

#include "bf-loss.h"

#include <math.h>
#include <string.h>

#define FLOATS_A_LINE 16

/* What the threads of one pass share. */
typedef struct
{
  BfNetwork *network;
  guint n;
  guint first;                  /* backward: the last layer that is come to */
  BfBatchRows rows;             /* backward: of the loss's gradient … */
  const float *distinct;   /* … and those rows, when they are fewer than n */
} Step;

/* A layer's pass, in all threads or in the first. */
static void
pass_part (const BfPass *pass, void (*run) (const BfPass *), guint part, guint parts)
{
  BfPass mine;

  if (parts == 1 || !bf_layer_get_kind (pass->layer->layer)->shares)
    {
      if (part == 0)
        run (pass);
      return;
    }
  mine = *pass;
  mine.part = part;
  mine.parts = parts;
  run (&mine);
}

static gboolean
is_by_row (const BfNetwork *self, guint l)
{
  return bf_layer_get_kind (self->passes[l].layer->layer)->by_row;
}

/* Whether the rows of a layer's output that are like its first may be left out: the next layer has no need of them, and
 * no other layer reads it. */
static gboolean
leaves_out (const BfNetwork *self, guint l)
{
  return l + 1 < self->plan->n_layers && is_by_row (self, l + 1) && !self->shared[l];
}

/* Whether layer l can go on from what layer `before` has done of the same columns, in the same thread. */
static gboolean
goes_on (const BfNetwork *self, guint l, guint before)
{
  return bf_layer_get_kind (self->passes[l].layer->layer)->elementwise
         && bf_layer_get_kind (self->passes[before].layer->layer)->shares;
}

/* After a meeting: asks for what others have just written of values (n, width), all but this thread's own columns, before
 * the product waits for it line by line. */
static void
fetch_columns (const float *values, guint n, guint width, guint part, guint parts)
{
  const guint begin = bf_crew_get_begin (width, part, parts), end = bf_crew_get_begin (width, part + 1, parts);

  for (const float *row = values; row < values + (gsize) n * width; row += width)
    for (guint j = 0; j < width; j += FLOATS_A_LINE)
      if (j < begin || j >= end)
        __builtin_prefetch (row + j);
}

/* The rows of one part's columns, to where they are missing. */
static void
spread_part (const BfBatchRows *rows, float *values, guint n, guint width, guint part, guint parts)
{
  bf_batch_rows_spread (rows, values, n, width, bf_crew_get_begin (width, part, parts), bf_crew_get_begin (width, part + 1, parts));
}

/* A layer's forward pass for the one row that all samples have; the others are written where the next layer is to
 * find them. */
static void
forward_one (const BfNetwork *self, guint l, guint n, guint part, guint parts)
{
  const BfBatchRows rows = { 1, self->first };
  BfPass pass = self->passes[l];

  pass.n = 1;
  pass_part (&pass, bf_layer_get_kind (pass.layer->layer)->forward, part, parts);
  if (!leaves_out (self, l))
    spread_part (&rows, self->outputs[l], n, pass.layer->outputs, part, parts);
  if (part == 0)
    self->output_rows[l] = leaves_out (self, l) ? rows : (BfBatchRows) { 0 };
}

/* … for samples that are nearly the same. Each thread subtracts its columns. */
static void
forward_near (const BfNetwork *self, guint l, guint n, guint part, guint parts)
{
  BfPass pass = self->passes[l];
  const guint width = pass.layer->inputs;

  bf_batch_rows_subtract (pass.x, n, width, bf_crew_get_begin (width, part, parts), bf_crew_get_begin (width, part + 1, parts),
                          self->differences);
  if (parts > 1)
    bf_crew_wait (self->crew);
  pass.differences = self->differences;
  pass_part (&pass, bf_layer_get_kind (pass.layer->layer)->forward, part, parts);
}

static void
prepare_forward (BfNetwork *self, guint l, guint n, gboolean training)
{
  BfPass *pass = &self->passes[l];

  pass->n = n;
  pass->training = training;
  pass->random = training && self->draws ? self->random[l] : NULL;
}

void
bf_network_forward_layer (BfNetwork *self, guint l, guint n, gboolean training)
{
  self->output_rows[l] = (BfBatchRows) { 0 };
  self->same[l] = FALSE;
  prepare_forward (self, l, n, training);
  bf_layer_get_kind (self->passes[l].layer->layer)->forward (&self->passes[l]);
}

static void
begin_forward (BfNetwork *self, guint n)
{
  if (self->searches)
    bf_network_forget_rows (self, self->output_rows);
  self->forward_n = n;
}

static void
forward_part (gpointer data, guint part, guint parts)
{
  const Step *step = data;
  BfNetwork *self = step->network;
  gboolean same = FALSE;

  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      const BfPass *pass = &self->passes[l];
      BfRowsRelation relation = BF_ROWS_APART;

      if (parts > 1 && l > 0 && !goes_on (self, l, l - 1))
        {
          bf_crew_wait (self->crew);
          fetch_columns (pass->x, same ? 1 : step->n, pass->layer->inputs, part, parts);
        }
      if (same && is_by_row (self, l))
        relation = BF_ROWS_SAME;
      else if (self->searched[l])
        relation = bf_batch_rows_compare (pass->x, step->n, pass->layer->inputs);
      same = relation == BF_ROWS_SAME;
      if (same)
        forward_one (self, l, step->n, part, parts);
      else if (relation == BF_ROWS_NEAR)
        forward_near (self, l, step->n, part, parts);
      else
        pass_part (pass, bf_layer_get_kind (pass->layer->layer)->forward, part, parts);
      if (part == 0 && self->searches)
        self->same[l] = same;
    }
}

void
bf_network_forward (BfNetwork *self, guint n, gboolean training)
{
  Step step = { .network = self, .n = n };

  g_return_if_fail (n > 0 && n <= self->batch);
  self->input_gradient_known = FALSE;
  begin_forward (self, n);
  for (guint l = 0; l < self->plan->n_layers; l++)
    prepare_forward (self, l, n, training);
  bf_crew_run (self->crew, forward_part, &step);
}

/* Samples whose largest output is the label; the first of equals counts, as in PyTorch. */
static guint
count_correct (const float *output, guint n, guint outputs, const guint16 *labels)
{
  guint correct = 0;

  for (guint i = 0; i < n; i++)
    {
      const float *z = output + (gsize) i * outputs;
      guint best = 0;

      for (guint j = 1; j < outputs; j++)
        if (z[j] > z[best])
          best = j;
      correct += best == labels[i] && !isnan (z[best]);
    }
  return correct;
}

double
bf_network_loss (BfNetwork *self, guint n, const guint16 *labels, const float *targets, guint *correct)
{
  const BfLoss *loss = (const BfLoss *) bf_options_get_kind (self->plan->spec->loss);
  guint last = self->plan->n_layers - 1;
  guint outputs = self->plan->layers[last].outputs;

  if (correct)
    *correct = labels ? count_correct (self->outputs[last], n, outputs, labels) : 0;
  self->gradient_rows[last] = (BfBatchRows) { 0 };
  return loss->compute (n, outputs, self->outputs[last], labels, targets, self->output_gradients[last]);
}

static gboolean
adds_to_input (const BfNetwork *self, guint l)
{
  return l > 0 && self->shared[l - 1];
}

static void
prepare_backward (BfNetwork *self, guint l, guint n, gboolean wanted)
{
  BfPass *pass = &self->passes[l];
  float *dx = l ? self->output_gradients[l - 1] : self->input_gradient;

  pass->n = n;
  pass->dx = !wanted ? NULL : adds_to_input (self, l) ? self->spare : dx;
}

static void
add_spare (BfNetwork *self, guint l, guint n)
{
  float *dx = self->output_gradients[l - 1];

  for (gsize i = 0; i < (gsize) n * self->passes[l].layer->inputs; i++)
    dx[i] += self->spare[i];
}

/* Whether layer l works on those rows of its output's gradient that there are. */
static gboolean
takes_rows (const BfNetwork *self, guint l, const BfBatchRows *rows)
{
  return is_by_row (self, l) && !self->shared[l] && (rows->n == 0 || self->same[l]);
}

/* Where those rows are. */
static const float *
get_rows (const Step *step, guint l, const BfBatchRows *rows)
{
  return rows->which && l + 1 == step->network->plan->n_layers ? step->distinct : step->network->output_gradients[l];
}

/* A layer's backward pass for the rows of gradient that are there; afterwards, those of its input's. */
static void
backward_rows (const Step *step, guint l, BfBatchRows *rows, guint part, guint parts)
{
  const BfNetwork *self = step->network;
  BfPass pass = self->passes[l];

  pass.same = self->same[l];
  pass.dy_rows = rows->which ? rows : NULL;
  pass.dy = get_rows (step, l, rows);
  pass_part (&pass, bf_layer_get_kind (pass.layer->layer)->backward, part, parts);
  if (!pass.dx || (l > 0 && takes_rows (self, l - 1, rows)))
    return;
  spread_part (rows, pass.dx, step->n, pass.layer->inputs, part, parts);
  *rows = (BfBatchRows) { step->n, NULL };
}

static void
backward_layer (const Step *step, guint l, BfBatchRows *rows, guint part, guint parts)
{
  BfNetwork *self = step->network;
  const BfPass *pass = &self->passes[l];
  const float *dy = get_rows (step, l, rows);

  if (self->searched[l] && rows->n > 0 && bf_batch_rows_are_zero (dy, rows->n, pass->layer->outputs))
    *rows = (BfBatchRows) { 0, self->first };
  if (part == 0 && l + 1 < self->plan->n_layers)
    self->gradient_rows[l] = *rows;
  if (rows->which || self->same[l])
    backward_rows (step, l, rows, part, parts);
  else
    pass_part (pass, bf_layer_get_kind (pass->layer->layer)->backward, part, parts);
}

static void
backward_part (gpointer data, guint part, guint parts)
{
  const Step *step = data;
  BfNetwork *self = step->network;
  BfBatchRows rows = step->rows;

  for (guint l = self->plan->n_layers; l-- > step->first;)
    {
      const guint after = l + 1;

      if (parts > 1 && after < self->plan->n_layers && (adds_to_input (self, after) || !goes_on (self, l, after)))
        {
          bf_crew_wait (self->crew);
          fetch_columns (self->output_gradients[l], rows.n, self->plan->layers[l].outputs, part, parts);
        }
      if (self->searches)
        backward_layer (step, l, &rows, part, parts);
      else
        pass_part (&self->passes[l], bf_layer_get_kind (self->passes[l].layer->layer)->backward, part, parts);
      if (!adds_to_input (self, l) || !self->passes[l].dx)
        continue;
      if (parts > 1)
        bf_crew_wait (self->crew);
      if (part == 0)
        add_spare (self, l, step->n);
    }
}

/* The distinct rows of the loss's gradient, where the layer before it works on such. */
static void
find_rows (BfNetwork *self, Step *step)
{
  const guint last = self->plan->n_layers - 1;
  guint found = 0;

  step->rows = (BfBatchRows) { step->n, NULL };
  if (self->searches && takes_rows (self, last, &step->rows))
    found = bf_batch_rows_find (self->output_gradients[last], step->n, self->plan->layers[last].outputs, self->distinct, self->which);
  if (found > 0)
    step->rows = (BfBatchRows) { found, self->which };
  step->distinct = self->distinct;
}

static void
begin_backward (BfNetwork *self, guint n)
{
  if (self->searches)
    bf_network_forget_rows (self, self->gradient_rows);
  self->backward_n = n;
}

static void
backward (BfNetwork *self, guint n, guint first, gboolean input_gradient)
{
  Step step = { .network = self, .n = n, .first = first };

  begin_backward (self, n);
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      prepare_backward (self, l, n, l > first || input_gradient);
      if (self->shared[l])
        memset (self->output_gradients[l], 0, (gsize) n * self->plan->layers[l].outputs * sizeof (float));
    }
  find_rows (self, &step);
  bf_crew_run (self->crew, backward_part, &step);
  self->input_gradient_known = input_gradient;
}

void
bf_network_backward (BfNetwork *self, guint n, gboolean input_gradient)
{
  g_return_if_fail (n > 0 && n <= self->batch);
  backward (self, n, 0, input_gradient);
}

void
bf_network_backward_to (BfNetwork *self, guint n, guint layer)
{
  g_return_if_fail (n > 0 && n <= self->batch && layer < self->plan->n_layers);
  backward (self, n, layer, FALSE);
}

/* Multiplications of a layer between two questions; some 20 ms of one processor. */
#define MOST_PRODUCTS ((guint64) 1 << 28)

/* A layer's pass, one part after the other as threads would share it. */
static gboolean
pass_in_parts (BfNetwork *self, guint l, void (*run) (const BfPass *), BfGoOn go_on, gpointer data, GError **error)
{
  const BfPlanLayer *layer = self->passes[l].layer;
  const guint64 products = (guint64) self->passes[l].n * layer->outputs * (layer->weighted ? layer->inputs : 1);
  const guint parts = bf_layer_get_kind (layer->layer)->shares ? (guint) MIN (1 + products / MOST_PRODUCTS, 4096) : 1;

  for (guint part = 0; part < parts; part++)
    {
      pass_part (&self->passes[l], run, part, parts);
      if (!go_on (data, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
bf_network_forward_while (BfNetwork *self, guint n, gboolean training, BfGoOn go_on, gpointer data, GError **error)
{
  g_return_val_if_fail (n > 0 && n <= self->batch, FALSE);
  self->input_gradient_known = FALSE;
  begin_forward (self, n);
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      self->same[l] = FALSE;
      prepare_forward (self, l, n, training);
      if (!pass_in_parts (self, l, bf_layer_get_kind (self->passes[l].layer->layer)->forward, go_on, data, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
bf_network_backward_while (BfNetwork *self, guint n, BfGoOn go_on, gpointer data, GError **error)
{
  g_return_val_if_fail (n > 0 && n <= self->batch, FALSE);
  begin_backward (self, n);
  for (guint l = 0; l < self->plan->n_layers; l++)
    {
      prepare_backward (self, l, n, l > 0);
      if (self->shared[l])
        memset (self->output_gradients[l], 0, (gsize) n * self->plan->layers[l].outputs * sizeof (float));
    }
  for (guint l = self->plan->n_layers; l-- > 0;)
    {
      if (!pass_in_parts (self, l, bf_layer_get_kind (self->passes[l].layer->layer)->backward, go_on, data, error))
        return FALSE;
      if (adds_to_input (self, l))
        add_spare (self, l, n);
    }
  self->input_gradient_known = FALSE;
  return TRUE;
}
