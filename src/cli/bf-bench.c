/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Trains as the program does, batch by batch from shuffled data, and takes the time of whole steps.
 */
#include "bf-bench.h"

#include "../engine/bf-blas.h"
#include "../engine/bf-kernel.h"
#include "../engine/bf-probe.h"
#include "../engine/bf-recording.h"
#include "../engine/bf-trainer.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <time.h>

/* Seconds that CBLAS is given to show its speed. */
#define SGEMM_SECONDS 0.2

typedef struct
{
  const char *id;
  const char *data;
  guint inputs, samples;   /* of random data */
  guint layers, units;     /* hidden */
  const char *activation;
  guint batch;
  const char *loss;
} Network;

static const Network networks[] = {
  { "s1",   "fashion-mnist",     0,   0,    7,  128,  "sigmoid", 64, "cross-entropy" },
  { "s2",   "random-regression", 100, 1000, 10, 100,  "sigmoid", 32, "mse" },
  { "deep", "fashion-mnist",     0,   0,    50, 128,  "sigmoid", 64, "cross-entropy" },
  { "wide", "fashion-mnist",     0,   0,    7,  1024, "sigmoid", 64, "cross-entropy" },
  { "tiny", "random-regression", 2,   500,  6,  8,    "tanh",    10, "mse" },
};

const char *const *
bf_bench_list (void)
{
  static const char *ids[G_N_ELEMENTS (networks) + 1];

  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    ids[i] = networks[i].id;
  return ids;
}

static gboolean
find_network (const char *id, Network *network, GError **error)
{
  guint units, layers;
  int end = 0;

  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    if (g_str_equal (networks[i].id, id))
      {
        *network = networks[i];
        return TRUE;
      }
  if (sscanf (id, "%ux%u%n", &units, &layers, &end) == 2 && id[end] == '\0'
      && units > 0 && units <= BF_MAX_UNITS && layers > 0 && layers <= BF_MAX_COPIES)
    {
      *network = networks[0];
      network->units = units;
      network->layers = layers;
      return TRUE;
    }
  g_set_error (error, BF_ERROR, BF_ERROR_INVALID,
               _("“%s” is no network to measure. Choose s1, s2, deep, wide, tiny, or hidden layers such as 256x20."), id);
  return FALSE;
}

static BfSpec *
make_spec (const Network *network)
{
  BfSpec *spec = bf_spec_new ();

  bf_options_free (spec->data);
  bf_options_free (spec->loss);
  spec->data = bf_options_new (bf_kind_find (bf_data_sources, network->data));
  spec->loss = bf_options_new (bf_kind_find (bf_losses, network->loss));
  if (network->inputs > 0)
    {
      bf_options_set_number (spec->data, "inputs", network->inputs, NULL);
      bf_options_set_number (spec->data, "samples", network->samples, NULL);
    }
  spec->batch = network->batch;
  spec->validation_share = 0;
  spec->learning_rate = 0.01;
  return spec;
}

static void
add_layers (BfSpec *spec, const Network *network, guint outputs)
{
  for (guint i = 0; i <= network->layers; i++)
    {
      BfLayer *dense = bf_spec_append (spec, "dense");

      bf_options_set_number (dense->options, "units", i < network->layers ? network->units : outputs, NULL);
      if (i < network->layers)
        bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", network->activation, NULL);
    }
}

static BfTrainer *
make_trainer (const Network *network, const char *folder, guint threads, GError **error)
{
  g_autoptr (BfSpec) spec = make_spec (network);
  g_autoptr (BfDataset) data = bf_dataset_load (spec, folder, NULL, error);
  g_autoptr (BfPlan) plan = NULL;
  BfTrainer *trainer;

  if (!data)
    return NULL;
  add_layers (spec, network, bf_dataset_get_shape (data)->outputs);
  plan = bf_plan_new (spec, bf_dataset_get_shape (data));
  trainer = bf_trainer_new (plan, data, threads, error);
  if (trainer)
    bf_trainer_set_planned (trainer, G_MAXINT64);
  return trainer;
}

/* What is measured beside the trainer's own recording. */
typedef struct
{
  BfTrainer *trainer;
  BfBenchStatistics statistics;
  BfProbe *probe;
  BfColumn *column;
  BfFrame *frame;
  guint batch;
} Measurer;

static void
measurer_init (Measurer *self, BfTrainer *trainer, BfBenchStatistics statistics, guint batch)
{
  BfNetwork *network = bf_trainer_get_network (trainer);

  *self = (Measurer) { .trainer = trainer, .statistics = statistics, .batch = batch };
  self->probe = bf_probe_new (network);
  self->column = bf_column_new (bf_network_get_plan (network)->n_layers);
  self->frame = bf_probe_count (self->probe, batch, 0);
  bf_trainer_set_recording (trainer, statistics == BF_BENCH_FULL);
}

static void
measurer_clear (Measurer *self)
{
  bf_column_unref (self->column);
  bf_frame_unref (self->frame);
  bf_probe_free (self->probe);
}

#define WEIGHTS (1u << BF_TENSOR_WEIGHT | 1u << BF_TENSOR_WEIGHT_GRADIENT)
#define ALL ((1u << BF_N_TENSORS) - 1)

static gboolean
make_step (Measurer *self)
{
  if (bf_trainer_step (self->trainer) != BF_STEP_MADE)
    return FALSE;
  if (self->statistics == BF_BENCH_EVERY)
    bf_probe_read_tensors (self->probe, self->batch, WEIGHTS, self->column, self->frame);
  else if (self->statistics == BF_BENCH_FULL)
    bf_probe_read_tensors (self->probe, self->batch, ALL, NULL, self->frame);
  return TRUE;
}

static double
get_processor_seconds (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

/* Steps until `steps` are made or, when that is 0, until `seconds` are over; returns steps a second. */
static double
make_steps (Measurer *self, guint64 steps, double seconds, guint64 *made)
{
  const gint64 began = g_get_monotonic_time ();
  double elapsed = 0;

  for (*made = 0; steps > 0 ? *made < steps : elapsed < seconds; ++*made)
    {
      if (!make_step (self))
        return 0;
      elapsed = (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;
    }
  return (double) *made / elapsed;
}

/* The three products of a dense layer, the last NULL for the first layer. */
static void
multiply_layer (BfNetwork *network, guint l, guint n, gboolean first)
{
  const BfParameter *weight = bf_network_find_parameter (network, l, "weight");
  const guint in = weight->columns, out = weight->rows;
  float *x = l ? bf_network_get_output (network, l - 1) : bf_network_get_input (network);
  float *dy = bf_network_get_output_gradient (network, l);

  bf_blas_product (FALSE, TRUE, n, out, in, x, weight->value, 0, bf_network_get_output (network, l));
  bf_blas_product (TRUE, FALSE, out, in, n, dy, x, 0, weight->gradient);
  if (!first)
    bf_blas_product (FALSE, FALSE, n, in, out, dy, weight->value, 0, bf_network_get_output_gradient (network, l - 1));
}

/* Leaves the network's activity spoilt. */
static double
measure_sgemm (BfNetwork *network, guint n, double flops)
{
  const BfPlan *plan = bf_network_get_plan (network);
  const gint64 end = g_get_monotonic_time () + (gint64) (SGEMM_SECONDS * G_USEC_PER_SEC);
  gint64 best = G_MAXINT64;

  bf_flush_subnormals (TRUE);
  bf_blas_set_threads (1);
  do
    {
      const gint64 began = g_get_monotonic_time ();

      for (guint repeat = 0; repeat < 4; repeat++)
        for (guint w = 0; w < plan->n_weighted; w++)
          multiply_layer (network, plan->weighted[w], n, w == 0);
      best = MIN (best, g_get_monotonic_time () - began);
    }
  while (g_get_monotonic_time () < end);
  bf_flush_subnormals (FALSE);
  return 4 * flops / ((double) MAX (best, 1) / G_USEC_PER_SEC);
}

static void
describe (BfBench *self, BfNetwork *network, BfProbe *probe, guint n)
{
  const BfPlan *plan = bf_network_get_plan (network);

  for (guint w = 0; w < plan->n_weighted; w++)
    {
      const BfParameter *weight = bf_network_find_parameter (network, plan->weighted[w], "weight");

      self->flops += (w ? 6.0 : 4.0) * n * weight->rows * weight->columns;
      self->parameters += (guint64) weight->rows * (weight->columns + 1);
    }
  self->recording_bytes = (double) bf_recording_get_limit (plan->n_layers, bf_probe_get_n_tensors (probe));
}

gboolean
bf_bench_run (BfBench *self, const char *network_id, const char *folder, guint threads,
              BfBenchStatistics statistics, guint64 steps, GError **error)
{
  g_autoptr (BfTrainer) trainer = NULL;
  Network network;
  Measurer measurer;
  guint64 warmed;
  double began;

  *self = (BfBench) { 0 };
  if (!find_network (network_id, &network, error))
    return FALSE;
  trainer = make_trainer (&network, folder, threads, error);
  if (!trainer)
    return FALSE;
  self->threads = bf_crew_get_threads (bf_network_get_crew (bf_trainer_get_network (trainer)));
  measurer_init (&measurer, trainer, statistics, network.batch);
  make_steps (&measurer, steps > 0 ? MIN (50, steps / 10 + 1) : 0, 0.2, &warmed);
  began = get_processor_seconds ();
  self->steps_per_second = make_steps (&measurer, steps, 1, &self->steps);
  self->steps_per_cpu_second = (double) self->steps / (get_processor_seconds () - began);
  describe (self, bf_trainer_get_network (trainer), measurer.probe, network.batch);
  self->peak_flops = bf_kernel_measure_peak ();
  self->sgemm_flops = measure_sgemm (bf_trainer_get_network (trainer), network.batch, self->flops);
  measurer_clear (&measurer);
  return TRUE;
}
