/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Everything is measured at every step: on the seven-layer network that is 630,000 values, read
 * once each, which takes about a tenth of the time of the step itself.
 */
#include "bf-probe.h"

#include "bf-activation.h"
#include "bf-stats.h"

#include <math.h>
#include <string.h>

/* Threads that take part in a reading. */
#define MAX_PARTS 64

#define ALL_TENSORS ((1u << BF_N_TENSORS) - 1)

/* Where a tensor of a layer stands. */
typedef struct
{
  const float *values;   /* NULL: the layer has no such tensor */
  gsize size;            /* of parameters; of outputs, the width */
  gboolean batched;      /* n times the size */
  const BfParameter *parameter;   /* or NULL */
} Place;

struct _BfProbe
{
  BfNetwork *network;
  guint n_layers;
  guint n_tensors;
  guint n_rows;
  const guint *rows;                  /* [layer]: its row of columns and frames; NULL: its index */
  Place *places;                      /* [layer * BF_N_TENSORS + tensor] */
  const BfActivation **activations;   /* [layer], NULL: another kind */
  float *ratios;                      /* [layer], update ratios as last measured */
  float *before;                      /* the parameter arena before an update */
  guint8 *alive;                      /* scratch, as wide as the widest layer */
};

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

static Place *
get_place (BfProbe *self, guint layer, BfTensor tensor)
{
  return &self->places[layer * BF_N_TENSORS + tensor];
}

static guint
get_row (const BfProbe *self, guint layer)
{
  return self->rows ? self->rows[layer] : layer;
}

static gsize
get_size (const Place *place, guint n)
{
  return place->batched ? place->size * n : place->size;
}

static void
place_parameter (BfProbe *self, const BfParameter *parameter)
{
  const gsize size = (gsize) parameter->rows * parameter->columns;

  for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
    if (g_str_equal (slots[i].name, parameter->name))
      {
        *get_place (self, parameter->layer, slots[i].value) = (Place) { parameter->value, size, FALSE, parameter };
        *get_place (self, parameter->layer, slots[i].gradient) = (Place) { parameter->gradient, size, FALSE, parameter };
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
    place_parameter (self, &parameters[i]);
  for (guint l = 0; l < plan->n_layers; l++)
    {
      const guint width = plan->layers[l].outputs;

      *get_place (self, l, BF_TENSOR_OUTPUT) = (Place) { bf_network_get_output (network, l), width, TRUE, NULL };
      *get_place (self, l, BF_TENSOR_OUTPUT_GRADIENT) = (Place) { bf_network_get_output_gradient (network, l), width, TRUE, NULL };
      self->ratios[l] = NAN;
      self->activations[l] = find_activation (&plan->layers[l]);
      self->n_tensors += 2;
      widest = MAX (widest, width);
    }
  self->alive = g_new (guint8, widest);
  return self;
}

void
bf_probe_free (BfProbe *self)
{
  if (!self)
    return;
  g_free (self->places);
  g_free (self->activations);
  g_free (self->ratios);
  g_free (self->before);
  g_free (self->alive);
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
measure_activation (BfProbe *self, guint n, guint l, BfLayerStats *stats)
{
  const BfActivation *activation = self->activations[l];
  const Place *place = get_place (self, l, BF_TENSOR_OUTPUT);

  stats->saturated = stats->dead = NAN;
  if (!activation)
    return;
  if (!isnan (activation->saturated_low))
    stats->saturated = (float) bf_stats_get_outside (place->values, get_size (place, n),
                                                     activation->saturated_low, activation->saturated_high);
  if (activation->rectifier)
    stats->dead = stats->tensors[BF_TENSOR_OUTPUT].zeros < n
                  ? 0
                  : (float) bf_stats_get_dead (place->values, n, place->size, self->alive);
}

static void
measure_place (BfProbe *self, guint n, guint l, BfTensor t, BfStats *stats)
{
  const Place *place = get_place (self, l, t);
  BfMeasure measure;

  bf_stats_set_none (stats);
  if (!place->values)
    return;
  bf_measure_tensor (&measure, place->values, get_size (place, n));
  bf_stats_set_measure (stats, &measure);
  if (place->parameter && place->parameter->frozen)
    stats->states |= BF_STATE_FROZEN;
}

/* One reading of tensors, shared among threads: each has its own tensors, about as many values as the others. */
typedef struct
{
  BfProbe *probe;
  guint n, wanted;
  BfColumn *column;
  BfFrame *frame;
} Reading;

static void
read_part (const Reading *reading, guint part, guint parts, void (*read) (const Reading *, guint l, BfTensor t))
{
  BfProbe *self = reading->probe;
  gsize loads[MAX_PARTS] = { 0 };

  for (guint i = 0; i < self->n_layers * BF_N_TENSORS; i++)
    {
      guint least = 0;

      if (!(reading->wanted & 1u << i % BF_N_TENSORS))
        continue;
      for (guint other = 1; other < MIN (parts, MAX_PARTS); other++)
        if (loads[other] < loads[least])
          least = other;
      loads[least] += get_size (&self->places[i], reading->n);
      if (least == part)
        read (reading, i / BF_N_TENSORS, i % BF_N_TENSORS);
    }
}

static void
measure_one (const Reading *reading, guint l, BfTensor t)
{
  BfProbe *self = reading->probe;

  measure_place (self, reading->n, l, t, &reading->column->layers[get_row (self, l)].tensors[t]);
}

static void
measure_part (gpointer data, guint part, guint parts)
{
  read_part (data, part, parts, measure_one);
}

void
bf_probe_measure_tensors (BfProbe *self, guint n, guint wanted, BfColumn *column)
{
  Reading reading = { self, n, wanted, .column = column };

  bf_crew_run (bf_network_get_crew (self->network), measure_part, &reading);
}

void
bf_probe_measure (BfProbe *self, guint n, BfColumn *column)
{
  bf_probe_measure_tensors (self, n, ALL_TENSORS, column);
  for (guint l = 0; l < self->n_layers; l++)
    {
      BfLayerStats *stats = &column->layers[get_row (self, l)];

      measure_activation (self, n, l, stats);
      stats->update_ratio = self->ratios[l];
    }
}

/* Where a frame keeps the histogram of the i-th place. */
static BfHistogram **
get_slot (const BfProbe *self, BfFrame *frame, guint i)
{
  return &frame->histograms[get_row (self, i / BF_N_TENSORS) * BF_N_TENSORS + i % BF_N_TENSORS];
}

static void
count_one (const Reading *reading, guint l, BfTensor t)
{
  BfProbe *self = reading->probe;
  const Place *place = get_place (self, l, t);
  BfHistogram *histogram = *get_slot (self, reading->frame, l * BF_N_TENSORS + t);

  if (!histogram || !place->values)
    return;
  *histogram = (BfHistogram) { 0 };
  bf_histogram_count (histogram, place->values, get_size (place, reading->n));
}

static void
count_part (gpointer data, guint part, guint parts)
{
  read_part (data, part, parts, count_one);
}

void
bf_probe_count_tensors (BfProbe *self, guint n, guint wanted, BfFrame *frame)
{
  Reading reading = { self, n, wanted, .frame = frame };

  bf_crew_run (bf_network_get_crew (self->network), count_part, &reading);
}

BfFrame *
bf_probe_count (BfProbe *self, guint n, guint64 step)
{
  BfFrame *frame = bf_frame_new (self->n_rows);

  frame->step = step;
  for (guint i = 0; i < self->n_layers * BF_N_TENSORS; i++)
    if (self->places[i].values)
      *get_slot (self, frame, i) = g_new (BfHistogram, 1);
  bf_probe_count_tensors (self, n, ALL_TENSORS, frame);
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

gboolean
bf_probe_find_nonfinite (BfProbe *self, guint n, double loss, const BfColumn *column, BfDivergedWhat *what, guint *layer)
{
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
  memcpy (self->before, bf_network_get_values (self->network), bf_network_get_size (self->network) * sizeof (float));
}

void
bf_probe_measure_update (BfProbe *self, BfColumn *column)
{
  const float *values = bf_network_get_values (self->network);

  for (guint l = 0; l < self->n_layers; l++)
    {
      const Place *place = get_place (self, l, BF_TENSOR_WEIGHT);
      BfLayerStats *stats = &column->layers[get_row (self, l)];
      double change;

      if (!place->values || !(stats->tensors[BF_TENSOR_WEIGHT].rms > 0))
        continue;
      change = bf_stats_get_change (self->before + (place->values - values), place->values, place->size);
      self->ratios[l] = (float) (sqrt (change / place->size) / stats->tensors[BF_TENSOR_WEIGHT].rms);
      stats->update_ratio = self->ratios[l];
    }
}
