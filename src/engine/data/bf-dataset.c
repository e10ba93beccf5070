/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The raw samples stay as their source read them (an image is a byte a pixel, a quarter of what
 * floats would take); a part is a list of row numbers, and a batch is scaled while it is copied.
 */
#include "bf-dataset.h"

#include <glib/gi18n-lib.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>
#include "../bf-pages.h"
#include "../bf-random.h"
#include "bf-scaling.h"
#include "../bf-vector-math.h"

/* Samples ahead, and bytes of each, that a batch asks for while it is gathered. */
#define PREFETCH_AHEAD 4
#define MAX_PREFETCHED 4096

struct _BfDataset
{
  gatomicrefcount references;
  BfRawData *raw;
  BfShape shape;
  guint counts[BF_N_PARTS];
  guint *rows[BF_N_PARTS];  /* row numbers in raw, ascending */
  float *offset;            /* (inputs): x = (value − offset) · factor */
  float *factor;
  const BfKind *scaling;
};

/* Draws which training samples are held out for validation; both parts keep the file's order. */
static void
split (BfDataset *self, double validation_share, guint64 seed)
{
  const guint n_train = self->raw->n_train, n_test = self->raw->n_test;
  const guint wanted = (guint) lround (validation_share * n_train);
  const guint n_validation = MIN (wanted, n_train - 1);
  g_autofree guint *drawn = g_new (guint, n_train);
  g_autofree guint8 *held_out = g_new0 (guint8, n_train);
  gsl_rng *random = bf_random_new (seed, 0, 0, "split");

  for (guint i = 0; i < n_train; i++)
    drawn[i] = i;
  gsl_ran_shuffle (random, drawn, n_train, sizeof *drawn);
  gsl_rng_free (random);
  for (guint i = 0; i < n_validation; i++)
    held_out[drawn[i]] = 1;

  self->rows[BF_PART_TRAIN] = g_new (guint, n_train - n_validation);
  self->rows[BF_PART_VALIDATION] = g_new (guint, n_validation);
  self->rows[BF_PART_TEST] = g_new (guint, n_test);
  for (guint i = 0; i < n_train + n_test; i++)
    {
      const BfPart part = i >= n_train ? BF_PART_TEST : held_out[i] ? BF_PART_VALIDATION : BF_PART_TRAIN;

      self->rows[part][self->counts[part]++] = i;
    }
}

/* The one place where every source is held to the contract of BfRawData, whatever file it read. */
static gboolean
check (const BfRawData *raw, GError **error)
{
  const gsize n = (gsize) raw->n_train + raw->n_test;

  g_assert (!raw->bytes != !raw->values && !raw->labels != !raw->targets);
  g_assert (raw->inputs > 0 && raw->outputs > 0);
  g_assert (raw->labels ? raw->classes == raw->outputs : raw->classes == 0);
  if (raw->n_train == 0)
    {
      g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("“%s” has no training samples."), raw->name);
      return FALSE;
    }
  for (gsize i = 0; raw->labels && i < n; i++)
    g_assert (raw->labels[i] < raw->classes);
  return TRUE;
}

static void
enlarge_pages (BfRawData *raw)
{
  const gsize values = ((gsize) raw->n_train + raw->n_test) * raw->inputs;

  if (raw->bytes)
    bf_pages_enlarge (raw->bytes, values, TRUE);
  else
    bf_pages_enlarge (raw->values, values * sizeof (float), TRUE);
}

BfDataset *
bf_dataset_load (const BfSpec *spec, const char *folder, GCancellable *cancellable, GError **error)
{
  const BfDataSource *source = (const BfDataSource *) bf_options_get_kind (spec->data);
  const BfScaling *scaling = (const BfScaling *) spec->scaling;
  g_autoptr (BfRawData) raw = source->load (spec->data, spec->seed, folder, cancellable, error);
  BfDataset *self;

  if (!raw || g_cancellable_set_error_if_cancelled (cancellable, error) || !check (raw, error))
    return NULL;
  self = g_new0 (BfDataset, 1);
  g_atomic_ref_count_init (&self->references);
  self->raw = g_steal_pointer (&raw);
  enlarge_pages (self->raw);
  self->shape = (BfShape) { self->raw->inputs, self->raw->outputs, self->raw->classes };
  split (self, spec->validation_share, spec->seed);
  self->scaling = spec->scaling;
  self->offset = g_new (float, self->shape.inputs);
  self->factor = g_new (float, self->shape.inputs);
  scaling->fit (self->raw, self->rows[BF_PART_TRAIN], self->counts[BF_PART_TRAIN], self->offset, self->factor);
  return self;
}

BfDataset *
bf_dataset_ref (BfDataset *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_dataset_unref (BfDataset *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->references))
    return;
  for (guint part = 0; part < BF_N_PARTS; part++)
    g_free (self->rows[part]);
  g_free (self->offset);
  g_free (self->factor);
  bf_raw_data_free (self->raw);
  g_free (self);
}

const BfShape *
bf_dataset_get_shape (const BfDataset *self)
{
  return &self->shape;
}

const char *
bf_dataset_get_name (const BfDataset *self)
{
  return self->raw->name;
}

const char *
bf_dataset_get_origin (const BfDataset *self)
{
  return self->raw->origin;
}

const char *const *
bf_dataset_get_class_names (const BfDataset *self)
{
  return (const char *const *) self->raw->class_names;
}

const char *const *
bf_dataset_get_input_names (const BfDataset *self)
{
  return (const char *const *) self->raw->input_names;
}

gboolean
bf_dataset_get_image_size (const BfDataset *self, guint *width, guint *height)
{
  if (self->raw->image_width == 0)
    return FALSE;
  *width = self->raw->image_width;
  *height = self->raw->image_height;
  return TRUE;
}

guint
bf_dataset_get_count (const BfDataset *self, BfPart part)
{
  return self->counts[part];
}

const BfRawData *
bf_dataset_get_raw (const BfDataset *self)
{
  return self->raw;
}

guint
bf_dataset_get_row (const BfDataset *self, BfPart part, guint i)
{
  g_return_val_if_fail (i < self->counts[part], 0);
  return self->rows[part][i];
}

const float *
bf_dataset_get_offsets (const BfDataset *self)
{
  return self->offset;
}

const float *
bf_dataset_get_factors (const BfDataset *self)
{
  return self->factor;
}

const BfKind *
bf_dataset_get_scaling (const BfDataset *self)
{
  return self->scaling;
}

BF_VECTORIZED static void
scale_bytes (float *restrict x, const guint8 *restrict bytes, const float *restrict offset,
             const float *restrict factor, guint n)
{
  for (guint j = 0; j < n; j++)
    x[j] = (bytes[j] - offset[j]) * factor[j];
}

BF_VECTORIZED static void
scale_values (float *restrict x, const float *restrict values, const float *restrict offset,
              const float *restrict factor, guint n)
{
  for (guint j = 0; j < n; j++)
    x[j] = (values[j] - offset[j]) * factor[j];
}

/* One sample, `row` its place in the raw data, as the i-th of a batch. */
static void
copy_sample (const BfDataset *self, gsize row, gsize i, float *x, gsize stride, guint16 *labels, float *targets)
{
  const BfRawData *raw = self->raw;
  const gsize inputs = raw->inputs, outputs = raw->outputs;

  if (raw->bytes)
    scale_bytes (x + i * stride, raw->bytes + row * inputs, self->offset, self->factor, inputs);
  else
    scale_values (x + i * stride, raw->values + row * inputs, self->offset, self->factor, inputs);
  if (labels && raw->labels)
    labels[i] = raw->labels[row];
  if (targets && raw->targets)
    memcpy (targets + i * outputs, raw->targets + row * outputs, outputs * sizeof *targets);
}

/* Asks for a sample that is wanted soon: a shuffled one is seldom in any cache. */
static void
prefetch_sample (const BfDataset *self, gsize row)
{
  const gsize size = self->raw->inputs * (self->raw->bytes ? 1 : sizeof (float));
  const char *from = self->raw->bytes ? (const char *) self->raw->bytes : (const char *) self->raw->values;

  for (gsize at = 0; at < MIN (size, MAX_PREFETCHED); at += 64)
    __builtin_prefetch (from + row * size + at);
}

void
bf_dataset_gather (const BfDataset *self, BfPart part, const guint *order, guint first, guint n,
                   float *x, gsize stride, guint16 *labels, float *targets)
{
  for (guint i = 0; i < n; i++)
    {
      const guint place = order ? order[i] : first + i;

      g_assert (place < self->counts[part]);
      if (order && i + PREFETCH_AHEAD < n)
        prefetch_sample (self, self->rows[part][order[i + PREFETCH_AHEAD]]);
      copy_sample (self, self->rows[part][place], i, x, stride, labels, targets);
    }
}

void
bf_dataset_prefetch (const BfDataset *self, BfPart part, const guint *order, guint n)
{
  for (guint i = 0; i < n; i++)
    prefetch_sample (self, self->rows[part][order[i]]);
}

void
bf_dataset_gather_unsplit (const BfDataset *self, guint n, float *x, guint16 *labels, float *targets)
{
  g_assert (n <= self->raw->n_train);
  for (guint i = 0; i < n; i++)
    copy_sample (self, i, i, x, self->raw->inputs, labels, targets);
}

guint
bf_dataset_get_count_unsplit (const BfDataset *self)
{
  return self->raw->n_train;
}
