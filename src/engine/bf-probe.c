/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Everything is measured at every step: on the seven-layer network that is 630,000 values, read
 * once each, which takes about a tenth of the time of the step itself.
 */
#include "bf-probe-private.h"

#include <math.h>
#include <string.h>

#define ALL_TENSORS ((1u << BF_N_TENSORS) - 1)

static const struct
{
  const char *name;
  BfTensor value, gradient;
} slots[] = {
  { "weight",     BF_TENSOR_WEIGHT, BF_TENSOR_WEIGHT_GRADIENT },
  { "scale",      BF_TENSOR_WEIGHT, BF_TENSOR_WEIGHT_GRADIENT },
  { "projection", BF_TENSOR_WEIGHT, BF_TENSOR_WEIGHT_GRADIENT },
  { "bias",       BF_TENSOR_BIAS,   BF_TENSOR_BIAS_GRADIENT },
  { "shift",      BF_TENSOR_BIAS,   BF_TENSOR_BIAS_GRADIENT },
};

static void
place_parameter (BfProbe *self, const BfParameter *parameter, guint tensor)
{
  const gsize size = (gsize) parameter->rows * parameter->columns;

  for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
    if (g_str_equal (slots[i].name, parameter->name))
      {
        *get_place (self, parameter->layer, slots[i].value) = (Place) { parameter->value, size, FALSE, parameter, tensor,
                                                                        .histogram = g_new0 (BfHistogram, 1) };
        *get_place (self, parameter->layer, slots[i].gradient)
          = (Place) { parameter->gradient, size, FALSE, parameter, .rows = bf_network_get_gradient_rows (self->network, parameter->layer) };
        self->n_tensors += 2;
      }
}

static const BfActivation *
find_activation (const BfPlanLayer *layer)
{
  const BfOptions *options = layer->layer->options;

  if (!bf_options_is (options, "activation"))
    return NULL;
  return (const BfActivation *) bf_options_get_kind (bf_options_choice (options, "function"));
}

static void
allocate_blocks (BfProbe *self)
{
  gsize blocks = 0;

  for (guint i = 0; i < self->n_layers * BF_N_TENSORS; i++)
    {
      self->places[i].first_block = blocks;
      if (self->places[i].values)
        blocks += count_blocks (get_size (&self->places[i], bf_network_get_batch (self->network)));
    }
  self->blocks = g_new (BfMeasureBlock, MAX (blocks, 1));
}

BfProbe *
bf_probe_new (BfNetwork *network)
{
  const BfPlan *plan = bf_network_get_plan (network);
  const BfParameter *parameters = bf_network_get_parameters (network);
  BfProbe *self = g_new0 (BfProbe, 1);
  guint widest = 1;

  self->network = network;
  self->n_layers = self->n_rows = plan->n_layers;
  self->places = g_new0 (Place, plan->n_layers * BF_N_TENSORS);
  self->activations = g_new0 (const BfActivation *, plan->n_layers);
  self->ratios = g_new (float, plan->n_layers);
  self->before = g_new (float, bf_network_get_size (network));
  for (guint i = 0; i < bf_network_get_n_parameters (network); i++)
    place_parameter (self, &parameters[i], i);
  for (guint l = 0; l < plan->n_layers; l++)
    {
      const guint width = plan->layers[l].outputs;

      *get_place (self, l, BF_TENSOR_OUTPUT) = (Place) { bf_network_get_output (network, l), width, TRUE, NULL,
                                                              .rows = bf_network_get_output_rows (network, l) };
      *get_place (self, l, BF_TENSOR_OUTPUT_GRADIENT) = (Place) { bf_network_get_output_gradient (network, l), width, TRUE, NULL,
                                                                       .rows = bf_network_get_gradient_rows (network, l) };
      self->ratios[l] = NAN;
      self->activations[l] = find_activation (&plan->layers[l]);
      self->n_tensors += 2;
      widest = MAX (widest, width);
    }
  self->alive = g_new (guint8, widest);
  allocate_blocks (self);
  g_mutex_init (&self->mutex);
  return self;
}

void
bf_probe_free (BfProbe *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->n_layers * BF_N_TENSORS; i++)
    g_free (self->places[i].histogram);
  g_free (self->places);
  g_free (self->activations);
  g_free (self->ratios);
  g_free (self->before);
  g_free (self->alive);
  g_free (self->blocks);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
bf_probe_set_rows (BfProbe *self, const guint *rows, guint n_rows)
{
  self->rows = rows;
  self->n_rows = n_rows;
}

float *
bf_probe_get_ratios (BfProbe *self)
{
  return self->ratios;
}

void
bf_probe_flag_frozen (BfProbe *self, BfColumn *column)
{
  for (guint l = 0; l < self->n_layers; l++)
    for (guint t = 0; t < BF_N_TENSORS; t++)
      {
        const BfParameter *parameter = get_place (self, l, t)->parameter;
        BfStats *stats = &column->layers[get_row (self, l)].tensors[t];

        if (parameter)
          stats->states = parameter->frozen ? stats->states | BF_STATE_FROZEN : stats->states & ~BF_STATE_FROZEN;
      }
}

guint
bf_probe_get_n_tensors (const BfProbe *self)
{
  return self->n_tensors;
}

/* Shares that only some activations have. */
static void
measure_activation (BfProbe *self, guint n, guint l, gboolean brief, BfLayerStats *stats)
{
  const BfActivation *activation = self->activations[l];
  const Place *place = get_place (self, l, BF_TENSOR_OUTPUT);
  const guint there = place->rows->which ? 1 : n;

  stats->dead = NAN;
  if (!brief)
    stats->saturated = NAN;
  if (!activation)
    return;
  if (!brief && !isnan (activation->saturated_low))
    stats->saturated = (float) bf_stats_get_outside (place->values, get_size (place, there),
                                                     activation->saturated_low, activation->saturated_high);
  if (activation->rectifier)
    stats->dead = stats->tensors[BF_TENSOR_OUTPUT].zeros < n
                  ? 0
                  : (float) bf_stats_get_dead (place->values, there, place->size, self->alive);
}

/* Has what is not there of samples written. */
static void
complete (BfProbe *self, guint i)
{
  if (i % BF_N_TENSORS == BF_TENSOR_OUTPUT)
    bf_network_get_output (self->network, i / BF_N_TENSORS);
  else if (self->places[i].batched)
    bf_network_get_output_gradient (self->network, i / BF_N_TENSORS);
}

/* FALSE: not all is finite, and has to be looked at. */
static gboolean
fold_squares (const BfProbe *self, guint n, guint i, double *squares)
{
  const Place *place = &self->places[i];
  const gsize blocks = count_blocks (get_size (place, n));

  *squares = 0;
  for (gsize block = 0; block < blocks; block++)
    *squares += self->blocks[place->first_block + block].squares;
  return isfinite (*squares);
}

static void
fold_place (BfProbe *self, guint n, guint i, gboolean brief, BfStats *stats)
{
  const Place *place = &self->places[i];
  BfMeasure measure;
  double squares;

  if (!place->values)
    {
      bf_stats_set_none (stats);
      return;
    }
  if (!fold_squares (self, n, i, &squares))
    {
      brief = FALSE;
      complete (self, i);
    }
  if (brief)
    bf_stats_set_squares (stats, squares, get_size (place, n));
  else
    {
      bf_measure_fold (&measure, self->blocks + place->first_block, place->values, get_size (place, n));
      bf_stats_set_measure (stats, &measure);
    }
  if (place->parameter && place->parameter->frozen)
    stats->states |= BF_STATE_FROZEN;
}

static void
fold (const BfReading *reading, BfColumn *column)
{
  BfProbe *self = reading->probe;

  for (guint l = 0; l < self->n_layers; l++)
    for (guint t = 0; t < BF_N_TENSORS; t++)
      if (!bf_reading_has (reading, l, t))
        bf_stats_set_none (&column->layers[get_row (self, l)].tensors[t]);
      else if (reading->wanted & 1u << t)
        fold_place (self, reading->n, l * BF_N_TENSORS + t, is_norm_enough (reading, l * BF_N_TENSORS + t),
                    &column->layers[get_row (self, l)].tensors[t]);
}

static void
measure (BfProbe *self, guint n, gboolean brief, guint first, BfColumn *column)
{
  BfReading reading = { self, n, ALL_TENSORS, .measures = TRUE, .brief = brief, .first = first };

  bf_reading_run (&reading);
  fold (&reading, column);
  for (guint l = 0; l < self->n_layers; l++)
    {
      BfLayerStats *stats = &column->layers[get_row (self, l)];

      measure_activation (self, n, l, brief, stats);
      stats->update_ratio = self->ratios[l];
    }
}

void
bf_probe_measure (BfProbe *self, guint n, gboolean brief, BfColumn *column)
{
  measure (self, n, brief, 0, column);
}

void
bf_probe_measure_from (BfProbe *self, guint n, guint first, BfColumn *column)
{
  measure (self, n, TRUE, first, column);
}

static void
clear_histograms (BfProbe *self, guint wanted, BfFrame *frame)
{
  for (guint i = 0; i < self->n_layers * BF_N_TENSORS; i++)
    if (wanted & 1u << i % BF_N_TENSORS && *get_slot (self, frame, i))
      **get_slot (self, frame, i) = (BfHistogram) { 0 };
}

void
bf_probe_read_tensors (BfProbe *self, guint n, guint wanted, BfColumn *column, BfFrame *frame)
{
  BfReading reading = { self, n, wanted, .measures = column != NULL, .frame = frame };

  if (frame)
    clear_histograms (self, wanted, frame);
  bf_reading_run (&reading);
  if (column)
    fold (&reading, column);
}

BfFrame *
bf_probe_count (BfProbe *self, guint n, guint64 step)
{
  BfFrame *frame = bf_frame_new (self->n_rows);

  frame->step = step;
  for (guint i = 0; i < self->n_layers * BF_N_TENSORS; i++)
    if (self->places[i].values)
      *get_slot (self, frame, i) = g_new (BfHistogram, 1);
  bf_probe_read_tensors (self, n, ALL_TENSORS, NULL, frame);
  return frame;
}

float
bf_probe_get_input_gradient (BfProbe *self, guint n)
{
  const float *gradient = bf_network_get_input_gradient (self->network);
  BfMeasure measure;

  if (!gradient)
    return NAN;
  bf_measure_tensor (&measure, gradient, (gsize) n * bf_network_get_plan (self->network)->shape.inputs);
  return measure.nonfinite ? NAN : (float) bf_measure_get_norm (&measure);
}

static gboolean
is_finite (BfProbe *self, guint n, const BfColumn *column, guint layer, BfTensor tensor)
{
  const Place *place = get_place (self, layer, tensor);

  if (!place->values)
    return TRUE;
  if (column)
    return column->layers[get_row (self, layer)].tensors[tensor].nonfinite == 0;
  if (place->batched)
    complete (self, layer * BF_N_TENSORS + tensor);
  return bf_stats_all_finite (place->values, get_size (place, n));
}

static gboolean
find_output (BfProbe *self, guint n, const BfColumn *column, guint *layer)
{
  for (guint l = 0; l < self->n_layers; l++)
    if (!is_finite (self, n, column, l, BF_TENSOR_OUTPUT))
      {
        *layer = get_row (self, l);
        return TRUE;
      }
  return FALSE;
}

static gboolean
find_gradient (BfProbe *self, guint n, const BfColumn *column, guint *layer)
{
  for (guint l = self->n_layers; l-- > 0;)
    if (!is_finite (self, n, column, l, BF_TENSOR_OUTPUT_GRADIENT)
        || !is_finite (self, n, column, l, BF_TENSOR_WEIGHT_GRADIENT)
        || !is_finite (self, n, column, l, BF_TENSOR_BIAS_GRADIENT))
      {
        *layer = get_row (self, l);
        return TRUE;
      }
  return FALSE;
}

static gboolean
find_parameter (BfProbe *self, const BfColumn *column, guint *layer)
{
  for (guint l = 0; l < self->n_layers; l++)
    if (!is_finite (self, 1, column, l, BF_TENSOR_WEIGHT) || !is_finite (self, 1, column, l, BF_TENSOR_BIAS))
      {
        *layer = get_row (self, l);
        return TRUE;
      }
  return FALSE;
}

/* Parameters need no look: one that is not finite makes an output that is not, whatever it is multiplied with. */
static gboolean
is_all_finite (BfProbe *self, guint n)
{
  BfReading reading = { self, n, ALL_TENSORS & ~(1u << BF_TENSOR_WEIGHT | 1u << BF_TENSOR_BIAS), .looks = TRUE };

  bf_reading_run (&reading);
  return !reading.nonfinite;
}

gboolean
bf_probe_find_nonfinite (BfProbe *self, guint n, double loss, const BfColumn *column, BfDivergedWhat *what, guint *layer)
{
  if (!column && isfinite (loss) && is_all_finite (self, n))
    return FALSE;
  *layer = get_row (self, self->n_layers - 1);
  *what = BF_DIVERGED_OUTPUT;
  if (find_output (self, n, column, layer))
    return TRUE;
  *what = BF_DIVERGED_LOSS;
  if (!isfinite (loss))
    return TRUE;
  *what = BF_DIVERGED_GRADIENT;
  if (find_gradient (self, n, column, layer))
    return TRUE;
  *what = BF_DIVERGED_PARAMETER;
  return find_parameter (self, column, layer);
}

gboolean
bf_probe_find_nonfinite_parameter (BfProbe *self, guint *layer)
{
  return find_parameter (self, NULL, layer);
}

void
bf_probe_keep_weights (BfProbe *self)
{
  const float *values = bf_network_get_values (self->network);

  for (guint l = 0; l < self->n_layers; l++)
    {
      const Place *place = get_place (self, l, BF_TENSOR_WEIGHT);

      if (place->values && !place->parameter->frozen)
        memcpy (self->before + (place->values - values), place->values, place->size * sizeof (float));
    }
}

void
bf_probe_measure_update (BfProbe *self, BfColumn *column)
{
  const float *values = bf_network_get_values (self->network);

  for (guint l = 0; l < self->n_layers; l++)
    {
      const Place *place = get_place (self, l, BF_TENSOR_WEIGHT);
      BfLayerStats *stats = &column->layers[get_row (self, l)];
      double change = 0;

      if (!place->values || !(stats->tensors[BF_TENSOR_WEIGHT].rms > 0))
        continue;
      if (!place->parameter->frozen)
        change = bf_stats_get_change (self->before + (place->values - values), place->values, place->size);
      self->ratios[l] = (float) (sqrt (change / place->size) / stats->tensors[BF_TENSOR_WEIGHT].rms);
      stats->update_ratio = self->ratios[l];
    }
}
