/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Ranges in one pass over the samples; mean and variance by Welford's recurrence (1962), which loses
 * no digits where the mean is large: m ← m + (v − m) / k, q ← q + (v − m_old)(v − m_new).
 */
#include "bf-data-facts.h"

#include <math.h>

typedef struct
{
  double low, high, mean, squares;
  double training_low, training_high;
  guint64 n;          /* training values */
  guint64 invalid;
} Measure;

static void
measure_init (Measure *self)
{
  *self = (Measure) { .low = INFINITY, .high = -INFINITY, .training_low = INFINITY, .training_high = -INFINITY };
}

static void
measure_add (Measure *self, double value, gboolean training)
{
  double before;

  if (!isfinite (value))
    {
      self->invalid++;
      return;
    }
  self->low = MIN (self->low, value);
  self->high = MAX (self->high, value);
  if (!training)
    return;
  self->training_low = MIN (self->training_low, value);
  self->training_high = MAX (self->training_high, value);
  before = value - self->mean;
  self->mean += before / ++self->n;
  self->squares += before * (value - self->mean);
}

static BfRange
get_range (const Measure *self, const char *name, double offset, double factor)
{
  const double sd = self->n ? sqrt (self->squares / self->n) : NAN, mean = self->n ? self->mean : NAN;
  const gboolean any = self->low <= self->high;
  const double low = any ? self->low : NAN, high = any ? self->high : NAN;

  return (BfRange) {
    .name = g_strdup (name), .low = low, .high = high, .mean = mean, .sd = sd,
    .scaled_low = (low - offset) * factor, .scaled_high = (high - offset) * factor,
    .scaled_mean = (mean - offset) * factor, .scaled_sd = sd * factor,
    .invalid = self->invalid, .constant = self->training_low >= self->training_high,
  };
}

/* Mean and variance of all inputs together from theirs one by one: they have the same number of values. */
static BfRange
join_ranges (const BfRange *ranges, guint n)
{
  BfRange all = { .low = INFINITY, .high = -INFINITY, .scaled_low = INFINITY, .scaled_high = -INFINITY, .constant = TRUE };
  double squares = 0, scaled_squares = 0;

  for (guint j = 0; j < n; j++)
    {
      const BfRange *r = &ranges[j];

      all.low = fmin (all.low, r->low);
      all.high = fmax (all.high, r->high);
      all.scaled_low = fmin (all.scaled_low, r->scaled_low);
      all.scaled_high = fmax (all.scaled_high, r->scaled_high);
      all.mean += r->mean / n;
      all.scaled_mean += r->scaled_mean / n;
      all.invalid += r->invalid;
      all.constant &= r->constant;
    }
  for (guint j = 0; j < n; j++)
    {
      const BfRange *r = &ranges[j];

      squares += (r->sd * r->sd + (r->mean - all.mean) * (r->mean - all.mean)) / n;
      scaled_squares += (r->scaled_sd * r->scaled_sd
                         + (r->scaled_mean - all.scaled_mean) * (r->scaled_mean - all.scaled_mean)) / n;
    }
  all.sd = sqrt (squares);
  all.scaled_sd = sqrt (scaled_squares);
  return all;
}

static void
measure_inputs (BfDataFacts *self)
{
  const BfRawData *raw = bf_dataset_get_raw (self->data);
  const char *const *names = bf_dataset_get_input_names (self->data);
  const gsize inputs = raw->inputs;
  g_autofree Measure *measures = g_new (Measure, inputs);

  for (guint j = 0; j < inputs; j++)
    measure_init (&measures[j]);
  for (guint part = 0; part < BF_N_PARTS; part++)
    for (guint i = 0; i < self->counts[part]; i++)
      {
        const gsize at = bf_dataset_get_row (self->data, part, i) * inputs;

        for (guint j = 0; j < inputs; j++)
          measure_add (&measures[j], raw->bytes ? raw->bytes[at + j] : (double) raw->values[at + j],
                       part == BF_PART_TRAIN);
      }
  self->n_inputs = raw->inputs;
  self->inputs = g_new0 (BfRange, inputs);
  for (guint j = 0; j < inputs; j++)
    {
      self->inputs[j] = get_range (&measures[j], names ? names[j] : NULL, bf_dataset_get_offsets (self->data)[j],
                                   bf_dataset_get_factors (self->data)[j]);
      self->constant += self->inputs[j].constant;
    }
  self->all = join_ranges (self->inputs, self->n_inputs);
}

static void
measure_targets (BfDataFacts *self)
{
  const BfRawData *raw = bf_dataset_get_raw (self->data);
  g_autofree Measure *measures = g_new (Measure, raw->outputs);

  if (!raw->targets)
    return;
  for (guint k = 0; k < raw->outputs; k++)
    measure_init (&measures[k]);
  for (guint part = 0; part < BF_N_PARTS; part++)
    for (guint i = 0; i < self->counts[part]; i++)
      for (guint k = 0; k < raw->outputs; k++)
        measure_add (&measures[k],
                     raw->targets[(gsize) bf_dataset_get_row (self->data, part, i) * raw->outputs + k],
                     part == BF_PART_TRAIN);
  self->n_targets = raw->outputs;
  self->targets = g_new0 (BfRange, raw->outputs);
  for (guint k = 0; k < raw->outputs; k++)
    self->targets[k] = get_range (&measures[k], NULL, 0, 1);
}

static void
count_classes (BfDataFacts *self)
{
  const BfRawData *raw = bf_dataset_get_raw (self->data);

  self->classes = raw->classes;
  if (self->classes == 0)
    return;
  self->class_counts = g_new0 (guint, (gsize) BF_N_PARTS * self->classes);
  for (guint part = 0; part < BF_N_PARTS; part++)
    for (guint i = 0; i < self->counts[part]; i++)
      self->class_counts[part * self->classes + raw->labels[bf_dataset_get_row (self->data, part, i)]]++;
}

/* Spread over the file, so that a sorted one does not show only its beginning. */
static void
choose_examples (BfDataFacts *self)
{
  const BfRawData *raw = bf_dataset_get_raw (self->data);
  g_autofree guint *seen = NULL;

  self->n_lists = MAX (self->classes, 1);
  self->examples = g_new (guint *, self->n_lists);
  self->n_examples = g_new0 (guint, self->n_lists);
  seen = g_new0 (guint, self->n_lists);
  for (guint k = 0; k < self->n_lists; k++)
    self->examples[k] = g_new (guint, BF_FACTS_EXAMPLES);
  for (guint i = 0; i < self->counts[BF_PART_TRAIN]; i++)
    {
      const guint k = self->classes ? raw->labels[bf_dataset_get_row (self->data, BF_PART_TRAIN, i)] : 0;
      const guint n = self->classes ? bf_data_facts_get_class_count (self, BF_PART_TRAIN, k) : self->counts[BF_PART_TRAIN];
      const guint wanted = MIN (n, BF_FACTS_EXAMPLES);

      /* The m-th of n is taken when it is the first at or after its share of the way. */
      if ((guint64) seen[k] * wanted >= (guint64) self->n_examples[k] * n && self->n_examples[k] < wanted)
        self->examples[k][self->n_examples[k]++] = i;
      seen[k]++;
    }
}

BfDataFacts *
bf_data_facts_new (BfDataset *data)
{
  BfDataFacts *self = g_new0 (BfDataFacts, 1);
  guint64 samples = 0;

  g_atomic_ref_count_init (&self->references);
  self->data = bf_dataset_ref (data);
  for (guint part = 0; part < BF_N_PARTS; part++)
    samples += self->counts[part] = bf_dataset_get_count (data, part);
  measure_inputs (self);
  measure_targets (self);
  count_classes (self);
  choose_examples (self);
  self->values = samples * (self->n_inputs + self->n_targets);
  self->invalid = self->all.invalid;
  for (guint k = 0; k < self->n_targets; k++)
    self->invalid += self->targets[k].invalid;
  return self;
}

BfDataFacts *
bf_data_facts_ref (BfDataFacts *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_data_facts_unref (BfDataFacts *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->references))
    return;
  for (guint j = 0; j < self->n_inputs; j++)
    g_free (self->inputs[j].name);
  for (guint k = 0; k < self->n_targets; k++)
    g_free (self->targets[k].name);
  for (guint k = 0; k < self->n_lists; k++)
    g_free (self->examples[k]);
  g_free (self->inputs);
  g_free (self->targets);
  g_free (self->class_counts);
  g_free (self->examples);
  g_free (self->n_examples);
  bf_dataset_unref (self->data);
  g_free (self);
}

guint
bf_data_facts_get_class_count (const BfDataFacts *self, BfPart part, guint label)
{
  g_return_val_if_fail (label < self->classes, 0);
  return self->class_counts[part * self->classes + label];
}
