/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * Every layer kind × every activation × every loss: the gradient of each parameter and of each
 * input against differences of the loss. The forward pass is float32, the loss double: with a
 * step of 0.005 its rounding leaves about 1e-4 of a slope; the fourth-order formula leaves less.
 * Layers that draw draw the same at each pass. Of a kind that changes the gradient on purpose only
 * what comes after it can be told by differences; test-norms has its own test of it.
 */
#include "bf-activation.h"
#include "bf-layer.h"
#include "bf-loss.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#define INPUTS  5
#define OUTPUTS 3
#define SAMPLES 4
#define STEP    0.005f

typedef struct
{
  const BfKind *kind;
  const BfKind *activation;
  const BfKind *loss;
  gboolean projection;
} Trial;

static void
append_activation (BfSpec *spec, const BfKind *activation)
{
  bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", activation->id, NULL);
}

static BfLayer *
append_dense (BfSpec *spec, guint units)
{
  BfLayer *layer = bf_spec_append (spec, "dense");

  bf_options_set_number (layer->options, "units", units, NULL);
  bf_options_set_choice (layer->options, "start", "normal", NULL);
  bf_options_set_number (bf_options_edit_choice (layer->options, "start"), "std", 0.8, NULL);
  return layer;
}

/* dense, activation, dense, activation, the kind, activation, dense. What takes an earlier layer
 * takes the first dense layer's activation, or with a projection that dense layer, which is wider. */
static BfSpec *
make_spec (const Trial *trial)
{
  BfSpec *spec = bf_spec_new ();
  BfLayer *first, *source, *tested;

  bf_options_free (spec->loss);
  spec->loss = bf_options_new (trial->loss);
  first = append_dense (spec, trial->projection ? 6 : 4);
  append_activation (spec, trial->activation);
  source = trial->projection ? first : g_ptr_array_index (((BfBlock *) spec->blocks->pdata[1])->layers, 0);
  append_dense (spec, 4);
  append_activation (spec, trial->activation);
  tested = g_str_equal (trial->kind->id, "dense") ? append_dense (spec, 4) : bf_spec_append (spec, trial->kind->id);
  for (const BfParam *param = trial->kind->params; param && param->id; param++)
    if (param->type == BF_PARAM_LAYER)
      bf_options_set_number (tested->options, param->id, source->id, NULL);
    else if (param->table == bf_activations)
      bf_options_set_choice (tested->options, param->id, trial->activation->id, NULL);
  if (bf_kind_find_param (trial->kind, "rate"))   /* half of so few units is often all */
    bf_options_set_number (tested->options, "rate", 0.2, NULL);
  if (trial->projection)
    bf_options_set_number (tested->options, "projection", 1, NULL);
  append_activation (spec, trial->activation);
  append_dense (spec, OUTPUTS);
  return spec;
}

/* Whether an activation's input lies so near a kink that a step may cross it. */
static gboolean
near_kink (BfNetwork *network)
{
  const BfPlan *plan = bf_network_get_plan (network);

  for (guint l = 1; l < plan->n_layers; l++)
    {
      const BfActivation *f;

      if (!bf_options_is (plan->layers[l].layer->options, "activation"))
        continue;
      f = (const BfActivation *) bf_options_get_kind (bf_options_choice (plan->layers[l].layer->options, "function"));
      for (guint i = 0; i < SAMPLES * plan->layers[l].inputs; i++)
        {
          double x = bf_network_get_output (network, l - 1)[i];

          if (x == 0 && bf_layer_get_kind (plan->layers[l - 1].layer)->draws)
            continue;   /* dropped: it stays there */
          if (fabs (f->slope (x + 0.05) - f->slope (x - 0.05)) > 0.12)
            return TRUE;
        }
    }
  return FALSE;
}

static double
loss_of (BfNetwork *network, const guint16 *labels, const float *targets)
{
  bf_network_restart_random (network);
  bf_network_forward (network, SAMPLES, TRUE);
  return bf_network_loss (network, SAMPLES, labels, targets, NULL);
}

/* ∂L/∂value by the five-point formula; the value is put back. */
static double
difference (BfNetwork *network, const guint16 *labels, const float *targets, float *value)
{
  static const struct { float at; double weight; } points[] = { { 1, 8 }, { -1, -8 }, { 2, -1 }, { -2, 1 } };
  float kept = *value;
  double sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    {
      *value = kept + points[i].at * STEP;
      sum += points[i].weight * loss_of (network, labels, targets);
    }
  *value = kept;
  return sum / (12 * (double) STEP);
}

static void
check_tensor (BfNetwork *network, const guint16 *labels, const float *targets,
              const char *name, float *values, const float *gradients, guint size)
{
  g_autofree float *kept = g_memdup2 (gradients, size * sizeof (float));
  double largest = 0;

  for (guint i = 0; i < size; i++)
    largest = fmax (largest, fabs (kept[i]));
  if (largest == 0)
    g_error ("the gradient of %s is 0 everywhere", name);
  for (guint i = 0; i < size; i++)
    {
      double expected = difference (network, labels, targets, values + i);

      if (!(fabs (kept[i] - expected) <= 2e-3 * largest + 1.5e-4))
        g_error ("the gradient of %s at %u is %g in place of %g", name, i, kept[i], expected);
    }
}

/* A network with no input near a kink. */
static BfNetwork *
make_network (BfPlan *plan, float *targets)
{
  for (guint64 seed = 1; seed < 2000; seed++)
    {
      g_autoptr (GError) error = NULL;
      BfNetwork *network = bf_network_new (plan, seed, SAMPLES, &error);
      gsl_rng *random = gsl_rng_alloc (gsl_rng_mt19937);

      g_assert_no_error (error);
      gsl_rng_set (random, (gulong) seed);
      for (guint i = 0; i < SAMPLES * INPUTS; i++)
        bf_network_get_input (network)[i] = (float) gsl_ran_gaussian (random, 1);
      for (guint i = 0; i < SAMPLES * OUTPUTS; i++)
        targets[i] = (float) gsl_ran_gaussian (random, 1);
      gsl_rng_free (random);
      bf_network_forward (network, SAMPLES, TRUE);
      if (!near_kink (network))
        return network;
      bf_network_free (network);
    }
  g_error ("no start without kinks was found");
}

/* The first layer whose gradients are derivatives of the loss; 0: all, and so is the input's. */
static guint
get_first_derived (const BfPlan *plan)
{
  guint first = 0;

  for (guint l = 0; l < plan->n_layers; l++)
    if (bf_layer_get_kind (plan->layers[l].layer)->changes_gradient)
      first = l + 1;
  return first;
}

static void
test_gradients (gconstpointer data)
{
  const Trial *trial = data;
  gboolean classes = ((const BfLoss *) trial->loss)->needs_classes;
  const guint16 all_labels[SAMPLES] = { 0, 2, 1, 2 }, *labels = classes ? all_labels : NULL;
  float all_targets[SAMPLES * OUTPUTS], *targets = classes ? NULL : all_targets;
  g_autoptr (BfSpec) spec = make_spec (trial);
  g_autoptr (BfPlan) plan = bf_plan_new (spec, &(BfShape) { INPUTS, OUTPUTS, classes ? OUTPUTS : 0 });
  g_autoptr (BfNetwork) network = make_network (plan, all_targets);
  guint n = bf_network_get_n_parameters (network);
  guint first = get_first_derived (plan);

  for (guint i = 0; first ? i < n : i <= n; i++)
    {
      const BfParameter *p = &bf_network_get_parameters (network)[i];
      g_autofree char *name = i < n ? g_strdup_printf ("%s of layer %u", p->name, p->layer) : g_strdup ("the input");

      if (i < n && p->layer < first)
        continue;
      loss_of (network, labels, targets);
      bf_network_backward (network, SAMPLES, TRUE);
      if (i < n)
        check_tensor (network, labels, targets, name, p->value, p->gradient, p->rows * p->columns);
      else
        check_tensor (network, labels, targets, name, bf_network_get_input (network),
                      bf_network_get_input_gradient (network), SAMPLES * INPUTS);
    }
}

static void
add_trial (const BfKind *kind, const BfKind *activation, const BfKind *loss, gboolean projection)
{
  Trial trial = { kind, activation, loss, projection };
  g_autofree char *path = g_strdup_printf ("/gradients/%s%s/%s/%s", kind->id, projection ? "-projection" : "",
                                           activation->id, loss->id);

  g_test_add_data_func_full (path, g_memdup2 (&trial, sizeof trial), test_gradients, g_free);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (const BfKind *const *kind = bf_layer_kinds (); *kind; kind++)
    for (const BfKind *const *activation = bf_activations (); *activation; activation++)
      for (const BfKind *const *loss = bf_losses (); *loss; loss++)
        {
          add_trial (*kind, *activation, *loss, FALSE);
          if (bf_kind_find_param (*kind, "projection"))
            add_trial (*kind, *activation, *loss, TRUE);
        }
  return g_test_run ();
}
