/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "bf-first-batch.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "../engine/bf-blas.h"
#include "../engine/bf-kernel.h"
#include "../engine/bf-reduce.h"
#include "../engine/bf-stage.h"
#include "../engine/bf-trainer.h"
#include "../engine/bf-vector-math.h"

static gboolean
check_count (const BfFirstBatch *self, GError **error)
{
  const guint count = bf_dataset_get_count_unsplit (self->data);
  const guint least = bf_network_needs_two_samples (self->network) ? 2 : 1;

  if (self->n >= least && self->n <= count)
    return TRUE;
  g_set_error (error, BF_ERROR, BF_ERROR_INVALID, _("%u samples were asked for; ask for %u to %u of %s."),
               self->n, least, count, bf_dataset_get_name (self->data));
  return FALSE;
}

/* The network of step 0: of the first stage, where there are stages. */
static BfPlan *
make_plan (BfSpec *spec, const BfShape *shape)
{
  g_autoptr (BfPlan) whole = bf_plan_new (spec, shape);
  g_autoptr (GArray) stages = bf_stages_list (whole);

  if (stages->len == 0)
    return g_steal_pointer (&whole);
  return bf_stage_make_plan (whole, &g_array_index (stages, BfStage, 0), NULL, NULL);
}

/* Products in double: where a gradient all but cancels, what is left would be the kernel's rounding, and no other
 * program's. */
static void
pass (BfFirstBatch *self)
{
  float *x = bf_network_get_input (self->network);
  const char *kernel = bf_kernel_get_id ();

  bf_kernel_force ("double");
  bf_flush_subnormals (!self->plan->spec->subnormals);
  bf_network_set_draws (self->network, FALSE);
  bf_dataset_gather_unsplit (self->data, self->n, x, self->labels, self->targets);
  bf_network_lsuv (self->network, self->n);
  bf_network_forward (self->network, self->n, TRUE);
  self->loss = bf_network_loss (self->network, self->n, self->labels, self->targets, NULL);
  bf_network_backward (self->network, self->n, FALSE);
  bf_flush_subnormals (FALSE);
  bf_kernel_force (kernel);
}

BfFirstBatch *
bf_first_batch_new (BfSpec *spec, guint n, const char *folder, GError **error)
{
  g_autoptr (BfFirstBatch) self = g_new0 (BfFirstBatch, 1);
  const BfShape *shape;

  self->n = n;
  self->data = bf_dataset_load (spec, folder, NULL, error);
  if (!self->data)
    return NULL;
  shape = bf_dataset_get_shape (self->data);
  self->plan = make_plan (spec, shape);
  self->network = bf_network_new (self->plan, spec->seed, MAX (n, 1), error);
  if (!self->network || !check_count (self, error))
    return NULL;
  if (shape->classes)
    self->labels = g_new0 (guint16, n);
  else
    self->targets = g_new0 (float, (gsize) n * shape->outputs);
  bf_blas_set_threads (bf_trainer_get_default_threads ());
  pass (self);
  return g_steal_pointer (&self);
}

void
bf_first_batch_free (BfFirstBatch *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->network, bf_network_free);
  g_clear_pointer (&self->plan, bf_plan_unref);
  g_clear_pointer (&self->data, bf_dataset_unref);
  g_free (self->labels);
  g_free (self->targets);
  g_free (self);
}

double
bf_first_batch_get_gradient_norm (const BfFirstBatch *self, guint w)
{
  const BfParameter *weight = bf_network_find_parameter (self->network, self->plan->weighted[w], "weight");

  return sqrt (bf_reduce_squares ((gsize) weight->rows * weight->columns, weight->gradient, 0));
}

static void
print_number (GString *text, double number)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, isfinite (number) ? g_ascii_formatd (digits, sizeof digits, "%.9g", number) : "null");
}

char *
bf_first_batch_print (const BfFirstBatch *self)
{
  GString *text = g_string_new ("{\"loss\": ");

  print_number (text, self->loss);
  g_string_append (text, ", \"gradient_norms\": [");
  for (guint w = 0; w < self->plan->n_weighted; w++)
    {
      if (w)
        g_string_append (text, ", ");
      print_number (text, bf_first_batch_get_gradient_norm (self, w));
    }
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}
