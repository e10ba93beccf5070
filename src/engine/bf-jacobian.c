/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The product up to a layer grows from piece to piece, cut where all of the signal goes through one output (no skip
 * connection passes by). Within a piece, where a sum cannot become small beside its parts, it is made in one go.
 */
#include "bf-jacobian.h"

#include "bf-jacobian-rows.h"
#include "bf-layer.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The most samples of a batch whose statistics normalize. */
#define MOST_BATCH 512
/* The most entries of a Jacobian: a dozen copies of it must fit in memory, and its values be found in a minute. */
#define MOST_ENTRIES (1u << 22)
/* How much slower singular values of a product are found than those of a layer. */
#define PRODUCT_COST 6.0

/* Work on one sample after another. */
typedef struct
{
  BfJacobian *result;
  BfJacobianRows *rows;
  guint *begins;        /* [layer]: index in the plan where the piece begins that it ends, or stands in */
  BfChain *chain;       /* up to the piece under way */
  guint rank;           /* of its values that are resolved */
  guint kept;           /* samples without anything that is not finite */
  BfProgress *progress;
  double done, whole;   /* cost */
} Work;

BfJacobian *
bf_jacobian_ref (BfJacobian *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
clear_spectra (BfSpectrum *spectra, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_free (spectra[i].log_values);
      g_free (spectra[i].sorted);
    }
  g_free (spectra);
}

void
bf_jacobian_unref (BfJacobian *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  clear_spectra (self->layers, self->n_layers);
  clear_spectra (self->products, self->n_layers);
  bf_plan_unref (self->plan);
  g_free (self);
}

/* The part of the plan between the output of the weighted layer before and that of w. */
static guint
get_first (const BfPlan *plan, guint w)
{
  return w > 0 ? bf_plan_get_stage_end (plan, w - 1) + 1 : 0;
}

/* Whether all of the signal goes through the output of layer l. */
static gboolean
is_cut (const BfPlan *plan, guint l)
{
  for (guint k = l + 1; k < plan->n_layers; k++)
    if (plan->layers[k].from >= 0 && plan->layers[k].from < (int) l)
      return FALSE;
  return TRUE;
}

static guint *
list_begins (const BfPlan *plan)
{
  guint *begins = g_new0 (guint, plan->n_weighted);

  for (guint w = 1; w < plan->n_weighted; w++)
    begins[w] = is_cut (plan, bf_plan_get_stage_end (plan, w - 1)) ? get_first (plan, w) : begins[w - 1];
  return begins;
}

static void
init_spectrum (BfSpectrum *self, guint outputs, guint inputs, guint n_samples)
{
  *self = (BfSpectrum) { MIN (outputs, inputs), outputs, inputs };
  self->log_values = g_new0 (float, (gsize) n_samples * self->n_values);
}

static BfJacobian *
jacobian_new (BfPlan *plan, guint batch, guint n_samples, guint64 step)
{
  BfJacobian *self = g_new0 (BfJacobian, 1);

  g_atomic_ref_count_init (&self->references);
  self->plan = bf_plan_ref (plan);
  self->step = step;
  self->batch = batch;
  self->n_layers = plan->n_weighted;
  self->layers = g_new0 (BfSpectrum, plan->n_weighted);
  self->products = g_new0 (BfSpectrum, plan->n_weighted);
  for (guint w = 0; w < plan->n_weighted; w++)
    {
      const guint outputs = plan->layers[bf_plan_get_stage_end (plan, w)].outputs;

      init_spectrum (&self->layers[w], outputs, plan->layers[get_first (plan, w)].inputs, n_samples);
      init_spectrum (&self->products[w], outputs, plan->layers[0].inputs, n_samples);
    }
  return self;
}

static double
get_cost (const BfSpectrum *spectrum)
{
  return (double) spectrum->outputs * spectrum->inputs * spectrum->n_values + 1;
}

/* After work of that cost. */
static gboolean
report (Work *work, double cost, GError **error)
{
  work->done += cost;
  return bf_progress_report (work->progress, work->done / work->whole, error);
}

/* Singular values of one Jacobian: how many are resolved, or -1 when it is not finite. */
static int
measure (const BfMatrix *matrix, double *values)
{
  const guint n = MIN (matrix->rows, matrix->columns);
  guint rank = 0;

  if (!bf_matrix_is_finite (matrix) || !bf_matrix_get_singular_values (matrix, FALSE, values))
    return -1;
  while (rank < n && values[rank] > 0 && values[rank] >= BF_JACOBIAN_RESOLUTION * values[0])
    rank++;
  return (int) rank;
}

/* FALSE: not everything is finite. */
static gboolean
measure_layer (Work *work, guint w, const BfMatrix *matrix)
{
  BfSpectrum *spectrum = &work->result->layers[w];
  float *logs = spectrum->log_values + (gsize) work->kept * spectrum->n_values;
  g_autofree double *values = g_new (double, MAX (spectrum->n_values, 1));
  const int rank = measure (matrix, values);

  for (int i = 0; i < (int) spectrum->n_values; i++)
    logs[i] = i < rank ? (float) log10 (values[i]) : -INFINITY;
  return rank >= 0;
}

/* matrix: from the beginning of the piece to the output of w. */
static gboolean
measure_product (Work *work, guint w, const BfMatrix *matrix)
{
  BfSpectrum *spectrum = &work->result->products[w];
  float *logs = spectrum->log_values + (gsize) work->kept * spectrum->n_values;
  g_autofree double *values = g_new (double, MAX (MIN (matrix->rows, matrix->columns), 1));
  g_autofree double *log_values = g_new (double, MAX (spectrum->n_values, 1));
  g_autoptr (BfChain) chain = bf_chain_copy (work->chain);
  const int rank = measure (matrix, values);
  const guint resolved = MIN (work->rank, (guint) MAX (rank, 0));

  if (rank < 0)
    return FALSE;
  bf_chain_multiply (chain, matrix);
  if (!bf_chain_get_log_values (chain, spectrum->n_values, log_values))
    return FALSE;
  for (guint i = 0; i < spectrum->n_values; i++)
    logs[i] = i < resolved ? (float) log_values[i] : -INFINITY;
  if (w + 1 < work->result->n_layers && work->begins[w + 1] > work->begins[w])
    {
      bf_chain_free (work->chain);
      work->chain = g_steal_pointer (&chain);
      work->rank = resolved;
    }
  return TRUE;
}

/* *finite: FALSE when the sample is to be left out. */
static gboolean
work_on_layer (Work *work, guint w, guint sample, gboolean *finite, GError **error)
{
  const BfPlan *plan = work->result->plan;
  const guint first = get_first (plan, w), last = bf_plan_get_stage_end (plan, w);
  g_autoptr (BfMatrix) own = bf_jacobian_rows_compute (work->rows, first, last, sample), piece = NULL;

  *finite = measure_layer (work, w, own);
  if (!report (work, get_cost (&work->result->layers[w]), error))
    return FALSE;
  if (*finite && work->begins[w] < first)
    piece = bf_jacobian_rows_compute (work->rows, work->begins[w], last, sample);
  *finite = *finite && measure_product (work, w, piece ? piece : own);
  return report (work, PRODUCT_COST * get_cost (&work->result->products[w]), error);
}

static gboolean
work_on_sample (Work *work, guint sample, GError **error)
{
  gboolean finite = TRUE;

  g_clear_pointer (&work->chain, bf_chain_free);
  work->chain = bf_chain_new ();
  work->rank = G_MAXUINT;
  for (guint w = 0; w < work->result->n_layers && finite; w++)
    if (!work_on_layer (work, w, sample, &finite, error))
      return FALSE;
  if (finite)
    work->kept++;
  else
    work->result->n_undefined++;
  return TRUE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

/* The root of the mean square of 10^v; a log of something beyond the numbers is no trouble. */
static double
get_log_rms (const float *sorted, gsize n)
{
  const double most = sorted[n - 1];
  double sum = 0;

  if (most == -INFINITY)
    return -INFINITY;
  for (gsize i = 0; i < n; i++)
    sum += pow (10, 2 * (sorted[i] - most));
  return most + 0.5 * log10 (sum / (double) n);
}

static void
finish_spectrum (BfSpectrum *self, guint n_samples)
{
  const gsize n = (gsize) n_samples * self->n_values;

  self->sorted = g_memdup2 (self->log_values, n * sizeof (float));
  qsort (self->sorted, n, sizeof (float), compare);
  while (self->n_zeros < n && self->sorted[self->n_zeros] == -INFINITY)
    self->n_zeros++;
  self->log_rms = get_log_rms (self->sorted, n);
}

static gboolean
finish (Work *work, GError **error)
{
  BfJacobian *self = work->result;

  if (work->kept == 0)
    {
      g_set_error_literal (error, BF_ERROR, BF_ERROR_INVALID,
                           _("No sample has finite outputs in every layer, so there are no Jacobians. "
                             "Go back to step 0 and train fewer steps."));
      return FALSE;
    }
  self->n_samples = work->kept;
  for (guint w = 0; w < self->n_layers; w++)
    {
      finish_spectrum (&self->layers[w], self->n_samples);
      finish_spectrum (&self->products[w], self->n_samples);
    }
  return TRUE;
}

guint
bf_jacobian_choose (const BfPlan *plan, guint count, guint *n_samples)
{
  gboolean mixes = FALSE;
  guint widest = 1, batch;

  for (guint l = 0; l < plan->n_layers; l++)
    {
      mixes |= bf_layer_get_kind (plan->layers[l].layer)->mixes_samples;
      widest = MAX (widest, plan->layers[l].outputs);
    }
  if (*n_samples == 0)
    *n_samples = CLAMP (2048 / widest, 2, 8);
  batch = mixes ? MIN (plan->spec->batch, MOST_BATCH) : *n_samples;
  batch = MAX (MIN (batch, count), 1);
  *n_samples = MIN (*n_samples, batch);
  return batch;
}

static gboolean
check_size (const BfJacobian *self, GError **error)
{
  for (guint w = 0; w < self->n_layers; w++)
    for (guint k = 0; k < 2; k++)
      {
        const BfSpectrum *spectrum = k ? &self->products[w] : &self->layers[w];

        if ((guint64) spectrum->outputs * spectrum->inputs <= MOST_ENTRIES)
          continue;
        g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE,
                     _("The Jacobian at %s has %u × %u entries, and at most 2,048 × 2,048 are examined. Use fewer units."),
                     self->plan->layers[self->plan->weighted[w]].name, spectrum->outputs, spectrum->inputs);
        return FALSE;
      }
  return TRUE;
}

BfJacobian *
bf_jacobian_new (BfNetwork *network, guint batch, guint n_samples, guint64 step, BfProgress *progress, GError **error)
{
  BfPlan *plan = bf_network_get_plan (network);
  g_autoptr (BfJacobian) self = jacobian_new (plan, batch, n_samples, step);
  g_autoptr (BfJacobianRows) rows = bf_jacobian_rows_new (network, batch);
  g_autofree guint *begins = list_begins (plan);
  Work work = { .result = self, .rows = rows, .begins = begins, .progress = progress };
  gboolean done = TRUE;

  g_return_val_if_fail (n_samples > 0 && n_samples <= batch, NULL);
  if (!check_size (self, error))
    return NULL;
  bf_network_set_draws (network, FALSE);
  bf_network_forward (network, batch, TRUE);
  for (guint w = 0; w < self->n_layers; w++)
    work.whole += n_samples * (get_cost (&self->layers[w]) + PRODUCT_COST * get_cost (&self->products[w]));
  for (guint i = 0; i < n_samples && done; i++)
    {
      work.done = work.whole * i / n_samples;
      done = work_on_sample (&work, (guint) ((guint64) i * batch / n_samples), error);
    }
  bf_chain_free (work.chain);
  return done && finish (&work, error) ? g_steal_pointer (&self) : NULL;
}

double
bf_spectrum_get_quantile (const BfSpectrum *self, const BfJacobian *jacobian, double q)
{
  const gsize n = (gsize) jacobian->n_samples * self->n_values;
  const double at = CLAMP (q, 0, 1) * (double) (n - 1);
  const gsize i = MIN ((gsize) at, n - 1), k = MIN (i + 1, n - 1);

  if (self->sorted[i] == -INFINITY)
    return -INFINITY;
  return self->sorted[i] + (at - (double) i) * (self->sorted[k] - self->sorted[i]);
}

/* E ‖J‖² of a layer with independent weights is outputs · inputs · Var W · E[φ′²], and that of a product grows by
 * outputs · Var W · E[φ′²]; the squares are the sum of those of the singular values. */
void
bf_jacobian_expect (const BfPlan *plan, const BfTheory *theory, guint weighted, double *layer, double *product)
{
  const double inputs = plan->layers[0].inputs;
  double sum = log10 (inputs), outputs = 0, fan_in, gain;

  *layer = *product = NAN;
  if (!theory || theory->reason || theory->n_layers != plan->n_weighted || weighted >= plan->n_weighted)
    return;
  for (guint w = 0; w <= weighted; w++)
    {
      outputs = plan->layers[plan->weighted[w]].outputs;
      fan_in = plan->layers[plan->weighted[w]].inputs;
      gain = theory->layers[w].weight_variance / fan_in * theory->layers[w].slope_square;
      sum += log10 (outputs * gain);
      *layer = 0.5 * log10 (MAX (outputs, fan_in) * gain);
    }
  *product = 0.5 * (sum - log10 (MIN (outputs, inputs)));
}
