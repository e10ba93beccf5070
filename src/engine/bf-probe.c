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

#define ALL_TENSORS ((1u << BF_N_TENSORS) - 1)

/* Where a tensor of a layer stands. */
typedef struct
{
  const float *values;   /* NULL: the layer has no such tensor */
  gsize size;            /* of parameters; of outputs, the width */
  gboolean batched;      /* n times the size */
  const BfParameter *parameter;   /* or NULL */
  gsize first_block;     /* in the probe's */
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
  BfMeasureBlock *blocks;             /* scratch, of all tensors of a whole batch */
  GMutex mutex;                       /* over the histograms of a frame while it is counted */
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

static gsize
count_blocks (gsize size)
{
  return (size + BF_MEASURE_BLOCK - 1) / BF_MEASURE_BLOCK;
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
  allocate_blocks (self);
  g_mutex_init (&self->mutex);
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

  stats->dead = NAN;
  if (!brief)
    stats->saturated = NAN;
  if (!activation)
    return;
  if (!brief && !isnan (activation->saturated_low))
    stats->saturated = (float) bf_stats_get_outside (place->values, get_size (place, n),
                                                     activation->saturated_low, activation->saturated_high);
  if (activation->rectifier)
    stats->dead = stats->tensors[BF_TENSOR_OUTPUT].zeros < n
                  ? 0
                  : (float) bf_stats_get_dead (place->values, n, place->size, self->alive);
}

/* One reading of tensors, shared among threads: each has the same part of every tensor, in whole blocks. Of weights
 * that is, but for the edges, what the thread has computed itself. */
typedef struct _Reading Reading;

struct _Reading
{
  BfProbe *probe;
  guint n, wanted;
  BfFrame *frame;
  gboolean brief;
  gint nonfinite;
  void (*read) (Reading *reading, guint place, gsize first, gsize n);
};

static void
read_part (gpointer data, guint part, guint parts)
{
  Reading *reading = data;
  BfProbe *self = reading->probe;

  for (guint i = 0; i < self->n_layers * BF_N_TENSORS; i++)
    {
      const gsize size = get_size (&self->places[i], reading->n), blocks = count_blocks (size);
      const gsize first = blocks * part / parts * BF_MEASURE_BLOCK;
      const gsize end = MIN (size, blocks * (part + 1) / parts * BF_MEASURE_BLOCK);

      if (reading->wanted & 1u << i % BF_N_TENSORS && self->places[i].values && first < end)
        reading->read (reading, i, first, end - first);
    }
}

static void
run_reading (Reading *reading)
{
  bf_crew_run (bf_network_get_crew (reading->probe->network), read_part, reading);
}

/* Whether of the i-th place the norm is enough. Units that are dead are looked for in every step, by their zeros. */
static gboolean
is_norm_enough (const Reading *reading, guint i)
{
  const BfActivation *activation = reading->probe->activations[i / BF_N_TENSORS];

  return reading->brief && !(i % BF_N_TENSORS == BF_TENSOR_OUTPUT && activation && activation->rectifier);
}

static void
measure_some (Reading *reading, guint i, gsize first, gsize n)
{
  const Place *place = &reading->probe->places[i];
  BfMeasureBlock *block = reading->probe->blocks + place->first_block + first / BF_MEASURE_BLOCK;
  const gboolean brief = is_norm_enough (reading, i);

  for (gsize at = 0; at < n; at += BF_MEASURE_BLOCK, block++)
    if (brief)
      block->squares = bf_measure_squares (place->values + first + at, (int) MIN (BF_MEASURE_BLOCK, n - at));
    else
      bf_measure_block (block, place->values + first + at, (int) MIN (BF_MEASURE_BLOCK, n - at));
}

/* FALSE: not all is finite, and has to be looked at. */
static gboolean
fold_squares (const BfProbe *self, const Place *place, gsize size, BfStats *stats)
{
  double squares = 0;

  for (gsize i = 0; i < count_blocks (size); i++)
    squares += self->blocks[place->first_block + i].squares;
  if (isfinite (squares))
    bf_stats_set_squares (stats, squares, size);
  return isfinite (squares);
}

static void
fold_place (BfProbe *self, guint n, const Place *place, gboolean brief, BfStats *stats)
{
  BfMeasure measure;

  if (!place->values)
    {
      bf_stats_set_none (stats);
      return;
    }
  if (!brief || !fold_squares (self, place, get_size (place, n), stats))
    {
      bf_measure_fold (&measure, self->blocks + place->first_block, place->values, get_size (place, n));
      bf_stats_set_measure (stats, &measure);
    }
  if (place->parameter && place->parameter->frozen)
    stats->states |= BF_STATE_FROZEN;
}

static void
fold (const Reading *reading, BfColumn *column)
{
  BfProbe *self = reading->probe;

  for (guint l = 0; l < self->n_layers; l++)
    for (guint t = 0; t < BF_N_TENSORS; t++)
      if (reading->wanted & 1u << t)
        fold_place (self, reading->n, get_place (self, l, t), is_norm_enough (reading, l * BF_N_TENSORS + t),
                    &column->layers[get_row (self, l)].tensors[t]);
}

void
bf_probe_measure (BfProbe *self, guint n, gboolean brief, BfColumn *column)
{
  Reading reading = { self, n, ALL_TENSORS, .brief = brief, .read = measure_some };

  run_reading (&reading);
  fold (&reading, column);
  for (guint l = 0; l < self->n_layers; l++)
    {
      BfLayerStats *stats = &column->layers[get_row (self, l)];

      measure_activation (self, n, l, brief, stats);
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
count_some (Reading *reading, guint i, gsize first, gsize n)
{
  BfProbe *self = reading->probe;
  BfHistogram *into = *get_slot (self, reading->frame, i);
  BfHistogram counted = { 0 };

  if (!into)
    return;
  bf_histogram_count (&counted, self->places[i].values + first, n);
  g_mutex_lock (&self->mutex);
  bf_histogram_add (into, &counted);
  g_mutex_unlock (&self->mutex);
}

/* While a tensor is still in the cache. */
static void
measure_and_count_some (Reading *reading, guint i, gsize first, gsize n)
{
  measure_some (reading, i, first, n);
  count_some (reading, i, first, n);
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
  Reading reading = { self, n, wanted, .frame = frame };

  reading.read = !frame ? measure_some : !column ? count_some : measure_and_count_some;
  if (frame)
    clear_histograms (self, wanted, frame);
  run_reading (&reading);
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

static void
look_for_nonfinite (Reading *reading, guint i, gsize first, gsize n)
{
  if (!bf_stats_all_finite (reading->probe->places[i].values + first, n))
    g_atomic_int_set (&reading->nonfinite, TRUE);
}

/* Parameters need no look: one that is not finite makes an output that is not, whatever it is multiplied with. */
static gboolean
is_all_finite (BfProbe *self, guint n)
{
  Reading reading = { self, n, ALL_TENSORS & ~(1u << BF_TENSOR_WEIGHT | 1u << BF_TENSOR_BIAS), .read = look_for_nonfinite };

  run_reading (&reading);
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
