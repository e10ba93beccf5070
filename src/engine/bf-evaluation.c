/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-evaluation.h"

#include <math.h>
#include <stdlib.h>

BfEvaluation *
bf_evaluation_ref (BfEvaluation *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bf_evaluation_unref (BfEvaluation *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->references))
    return;
  bf_dataset_unref (self->data);
  bf_plan_unref (self->plan);
  g_free (self->losses);
  g_free (self->worst);
  g_free (self->labels);
  g_free (self->answers);
  g_free (self->probabilities);
  g_free (self->confusion);
  g_free (self->targets);
  g_free (self->predictions);
  g_free (self->grid);
  g_free (self->weights);
  g_clear_pointer (&self->units, g_ptr_array_unref);
  g_free (self);
}

guint
bf_evaluation_get_count (const BfEvaluation *self, guint label, guint answer)
{
  g_return_val_if_fail (label < self->classes && answer < self->classes, 0);
  return self->confusion[(gsize) label * self->classes + answer];
}

double
bf_evaluation_get_recall (const BfEvaluation *self, guint label)
{
  guint n = 0;

  for (guint i = 0; i < self->count; i++)
    n += self->labels[i] == label;   /* those without an answer too */
  return n ? (double) bf_evaluation_get_count (self, label, label) / n : NAN;
}

double
bf_evaluation_get_precision (const BfEvaluation *self, guint answer)
{
  guint n = 0;

  for (guint label = 0; label < self->classes; label++)
    n += bf_evaluation_get_count (self, label, answer);
  return n ? (double) bf_evaluation_get_count (self, answer, answer) / n : NAN;
}

typedef struct
{
  float loss;
  guint index;
} Ranked;

/* The highest loss first; what is not a number before all; else as the file has them. */
static int
compare_losses (gconstpointer a, gconstpointer b)
{
  const Ranked *x = a, *y = b;
  const float u = isnan (x->loss) ? INFINITY : x->loss, v = isnan (y->loss) ? INFINITY : y->loss;

  return u != v ? (u < v ? 1 : -1) : x->index < y->index ? -1 : x->index > y->index;
}

guint *
bf_evaluation_find_cell (const BfEvaluation *self, guint label, guint answer, guint most, guint *n)
{
  g_autoptr (GArray) ranked = g_array_new (FALSE, FALSE, sizeof (Ranked));
  guint *found;

  for (guint i = 0; i < self->count; i++)
    if (self->labels[i] == label && self->answers[i] == answer)
      {
        Ranked row = { self->losses[i], i };
        g_array_append_val (ranked, row);
      }
  g_array_sort (ranked, compare_losses);
  *n = MIN (most, ranked->len);
  found = g_new (guint, MAX (*n, 1));
  for (guint i = 0; i < *n; i++)
    found[i] = g_array_index (ranked, Ranked, i).index;
  return found;
}

BfPart
bf_evaluation_choose_part (const BfDataset *data)
{
  static const BfPart parts[] = { BF_PART_VALIDATION, BF_PART_TEST };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (bf_dataset_get_count (data, parts[i]) > 0)
      return parts[i];
  return BF_PART_TRAIN;
}
