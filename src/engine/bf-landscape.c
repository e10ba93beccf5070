/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * A pass gives way between parts of layers, and what goes through all weights between slices of them, so that even
 * a network whose batch takes seconds is left at once.
 */
#include "bf-landscape-private.h"

#include "bf-blas.h"
#include "bf-random.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_randist.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Floats that are moved between two looks at whether it is still wanted. */
#define SLICE ((gsize) 1 << 20)

typedef void (*SliceFunc) (gpointer data, gsize first, gsize end);

/* All floats of an arena, a slice at a time. */
static gboolean
go_through (BfLossSample *self, SliceFunc function, gpointer data, GError **error)
{
  const gsize size = bf_network_get_size (self->network);

  for (gsize first = 0; first < size; first += SLICE)
    {
      function (data, first, MIN (size, first + SLICE));
      if (!bf_progress_report (self->progress, self->fraction, error))
        return FALSE;
    }
  return TRUE;
}

guint
bf_landscape_get_batch (const BfPlan *plan, const BfDataset *data)
{
  return MIN (plan->spec->batch, bf_dataset_get_count (data, BF_PART_TRAIN));
}

float *
bf_landscape_allocate (BfNetwork *network, GError **error)
{
  const gsize size = bf_network_get_size (network);
  float *memory = g_try_new0 (float, MAX (size, 1));

  if (!memory)
    g_set_error (error, BF_ERROR, BF_ERROR_TOO_LARGE,
                 _("The loss around the weights needs %" PRIu64 " MB more than there is. Use fewer units."),
                 (guint64) (size * sizeof (float)) >> 20);
  return memory;
}

/* The sample in an order of its own, so that batches are mixed as in training. */
static void
choose_samples (BfLossSample *self)
{
  const BfPlan *plan = bf_network_get_plan (self->network);
  const guint n = bf_dataset_get_count (self->data, BF_PART_TRAIN);
  g_autoptr (gsl_rng) random = bf_random_new (plan->spec->seed, 0, 0, "landscape-sample");
  g_autofree guint *all = g_new (guint, n);

  self->batch = bf_landscape_get_batch (plan, self->data);
  self->samples = MAX (1, MIN (n, BF_LANDSCAPE_SAMPLES) / self->batch) * self->batch;
  for (guint i = 0; i < n; i++)
    all[i] = i;
  self->order = g_new (guint, self->samples);
  gsl_ran_choose (random, self->order, self->samples, all, n, sizeof *all);
  gsl_ran_shuffle (random, self->order, self->samples, sizeof *all);
}

static void
keep_center (gpointer data, gsize first, gsize end)
{
  BfLossSample *self = data;

  memcpy (self->center + first, bf_network_get_values (self->network) + first, (end - first) * sizeof (float));
}

gboolean
bf_loss_sample_init (BfLossSample *self, BfNetwork *network, BfDataset *data, BfProgress *progress, GError **error)
{
  const BfPlan *plan = bf_network_get_plan (network);

  *self = (BfLossSample) { .network = network, .data = data, .progress = progress };
  self->center = bf_landscape_allocate (network, error);
  if (!self->center || !go_through (self, keep_center, self, error))
    return FALSE;
  choose_samples (self);
  if (plan->shape.classes)
    self->labels = g_new0 (guint16, self->batch);
  else
    self->targets = g_new0 (float, (gsize) self->batch * plan->shape.outputs);
  bf_network_set_draws (network, FALSE);
  return TRUE;
}

void
bf_loss_sample_clear (BfLossSample *self)
{
  g_clear_pointer (&self->order, g_free);
  g_clear_pointer (&self->labels, g_free);
  g_clear_pointer (&self->targets, g_free);
  g_clear_pointer (&self->center, g_free);
}

void
bf_loss_sample_describe (const BfLossSample *self, guint64 step, BfLandscapeCenter *center)
{
  center->step = step;
  center->samples = self->samples;
  center->batch = self->batch;
  center->seed = bf_network_get_plan (self->network)->spec->seed;
}

typedef struct
{
  BfNetwork *network;
  float *sum;
  float share;      /* of one batch; 0: the sum begins */
} Gradients;

static void
add_gradients (gpointer data, gsize first, gsize end)
{
  const Gradients *self = data;
  const float *gradients = bf_network_get_gradients (self->network);

  for (gsize i = first; i < end; i++)
    self->sum[i] = self->share > 0 ? self->sum[i] + self->share * gradients[i] : 0;
}

static void
leave_out_frozen (BfNetwork *network, float *gradient)
{
  const BfParameter *parameters = bf_network_get_parameters (network);

  for (guint i = 0; i < bf_network_get_n_parameters (network); i++)
    if (parameters[i].frozen)
      memset (gradient + parameters[i].offset, 0, (gsize) parameters[i].rows * parameters[i].columns * sizeof (float));
}

static gboolean
go_on (gpointer data, GError **error)
{
  const BfLossSample *self = data;

  return bf_progress_report (self->progress, self->fraction, error);
}

static gboolean
pass_batch (BfLossSample *self, guint first, double *loss, guint *correct, gboolean backward, GError **error)
{
  BfNetwork *network = self->network;

  bf_dataset_gather (self->data, BF_PART_TRAIN, self->order + first, 0, self->batch, bf_network_get_input (network),
                     bf_network_get_plan (network)->shape.inputs, self->labels, self->targets);
  if (!bf_network_forward_while (network, self->batch, TRUE, go_on, self, error))
    return FALSE;
  *loss = bf_network_loss (network, self->batch, self->labels, self->targets, correct);
  return !backward || bf_network_backward_while (network, self->batch, go_on, self, error);
}

static gboolean
pass_batches (BfLossSample *self, double *loss, double *accuracy, float *gradient, GError **error)
{
  const gboolean classes = bf_network_get_plan (self->network)->shape.classes > 0;
  Gradients gradients = { self->network, gradient, 0 };
  double sum = 0;
  guint right = 0;

  if (gradient && !go_through (self, add_gradients, &gradients, error))
    return FALSE;
  gradients.share = (float) self->batch / (float) self->samples;
  for (guint first = 0; first < self->samples; first += self->batch)
    {
      double mean;
      guint correct;

      if (!pass_batch (self, first, &mean, &correct, gradient != NULL, error)
          || (gradient && !go_through (self, add_gradients, &gradients, error)))
        return FALSE;
      sum += mean * self->batch;
      right += correct;
    }
  if (gradient)
    leave_out_frozen (self->network, gradient);
  *loss = sum / self->samples;
  *accuracy = classes ? (double) right / self->samples : NAN;
  return TRUE;
}

gboolean
bf_loss_sample_pass (BfLossSample *self, double *loss, double *accuracy, float *gradient, GError **error)
{
  gboolean done;

  bf_flush_subnormals (!bf_network_get_plan (self->network)->spec->subnormals);
  done = pass_batches (self, loss, accuracy, gradient, error);
  bf_flush_subnormals (FALSE);
  return done;
}

typedef struct
{
  float *values;
  const float *center, *d, *e;   /* d, e: may be NULL */
  double a, b;
} Move;

static void
move (gpointer data, gsize first, gsize end)
{
  const Move *self = data;

  for (gsize i = first; i < end; i++)
    self->values[i] = (float) (self->center[i] + (self->d ? self->a * self->d[i] : 0) + (self->e ? self->b * self->e[i] : 0));
}

gboolean
bf_loss_sample_move (BfLossSample *self, double a, const float *d, double b, const float *e, GError **error)
{
  Move data = { bf_network_get_values (self->network), self->center, d, e, a, b };

  return go_through (self, move, &data, error);
}

typedef struct
{
  const float *a, *b;
  double sum;
} Product;

static void
multiply (gpointer data, gsize first, gsize end)
{
  Product *self = data;
  double sum = 0;

  for (gsize i = first; i < end; i++)
    sum += (double) self->a[i] * self->b[i];
  self->sum += sum;
}

gboolean
bf_loss_sample_multiply (BfLossSample *self, const float *a, const float *b, double *product, GError **error)
{
  Product data = { a, b, 0 };

  if (!go_through (self, multiply, &data, error))
    return FALSE;
  *product = data.sum;
  return TRUE;
}

void
bf_loss_sample_return (BfLossSample *self)
{
  memcpy (bf_network_get_values (self->network), self->center, bf_network_get_size (self->network) * sizeof (float));
}
