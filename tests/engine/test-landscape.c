/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 *
 * The loss around the weights, against what calculus says of it.
 */
#include "bf-landscape.h"
#include "bf-network.h"
#include "bf-trainer.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const char *name;
  const char *data;
  const char *loss;
  const char *extra;      /* a layer kind after the first dense layer, or NULL */
  const char *function;   /* activation */
  gboolean exact;
} Case;

static const Case cases[] = {
  { "tanh", "spiral", "cross-entropy", NULL, "tanh", TRUE },
  { "batch-norm", "spiral", "cross-entropy", "batch-norm", "tanh", TRUE },
  { "tensor-norm", "blobs", "mse", "tensor-norm", "sigmoid", TRUE },
  { "dropout", "moons", "cross-entropy", "dropout", "gelu", TRUE },
  { "layer-norm", "random-regression", "mse", "layer-norm", "softplus", TRUE },
  { "gradient-norm", "spiral", "cross-entropy", "gradient-norm", "tanh", FALSE },
};

typedef struct
{
  BfDataset *data;
  BfPlan *plan;
  BfNetwork *network;
} Fixture;

static void
set_choice (BfOptions **options, const BfKind *const *(*table) (void), const char *id)
{
  g_clear_pointer (options, bf_options_free);
  *options = bf_options_new (bf_kind_find (table, id));
}

static BfSpec *
make_spec (const Case *row)
{
  BfSpec *spec = bf_spec_new ();

  set_choice (&spec->data, bf_data_sources, row->data);
  set_choice (&spec->loss, bf_losses, row->loss);
  spec->validation_share = 0.25;
  spec->learning_rate = 0.1;
  spec->batch = 48;
  spec->seed = 11;
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (bf_options_set_number (bf_spec_append (spec, "dense")->options, "units", 9 + i, NULL));
      if (i == 0 && row->extra)
        bf_spec_append (spec, row->extra);
      g_assert_true (bf_options_set_choice (bf_spec_append (spec, "activation")->options, "function", row->function, NULL));
    }
  bf_spec_append (spec, "dense");
  return spec;
}

static void
set_up (Fixture *self, BfSpec *spec)
{
  g_autoptr (GError) error = NULL;
  BfBlock *last = spec->blocks->pdata[spec->blocks->len - 1];
  BfLayer *output = last->layers->pdata[last->layers->len - 1];

  self->data = bf_dataset_load (spec, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (bf_options_set_number (output->options, "units", bf_dataset_get_shape (self->data)->outputs, NULL));
  self->plan = bf_plan_new (spec, bf_dataset_get_shape (self->data));
  self->network = bf_network_new (self->plan, spec->seed, bf_landscape_get_batch (self->plan, self->data), &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self)
{
  bf_network_free (self->network);
  bf_plan_unref (self->plan);
  bf_dataset_unref (self->data);
}

static float *
copy_values (BfNetwork *network)
{
  return g_memdup2 (bf_network_get_values (network), bf_network_get_size (network) * sizeof (float));
}

/* For small steps first order, for some more second order; the slope at 0 is −‖g‖². */
static void
test_slope (gconstpointer data)
{
  const Case *row = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = make_spec (row);
  g_autoptr (BfGradientLine) line = NULL;
  g_autofree float *before = NULL;
  guint small = 0, medium = 0;
  Fixture fixture;

  set_up (&fixture, spec);
  before = copy_values (fixture.network);
  line = bf_gradient_line_new (fixture.network, fixture.data, 3, 0.003, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (before, bf_network_get_size (fixture.network) * sizeof (float), bf_network_get_values (fixture.network),
                   bf_network_get_size (fixture.network) * sizeof (float));
  g_assert_cmpuint (line->center.step, ==, 3);
  g_assert_cmpuint (line->center.samples % line->center.batch, ==, 0);
  g_assert_cmpfloat (line->squares, >, 1e-6);
  g_assert_cmpint (line->exact, ==, row->exact);
  for (guint i = 0; i < line->n && row->exact; i++)
    {
      const BfLinePoint *point = &line->points[i];
      const double fall = line->center.loss - point->loss, first = point->step * line->squares;

      /* What float32 can tell of a difference of losses. */
      if (first < 2e-4 * line->center.loss)
        continue;
      if (point->step * fabs (line->curvature) < 0.01)
        {
          small++;
          g_assert_cmpfloat_with_epsilon (fall / first, 1, 0.01);
        }
      if (point->step * fabs (line->curvature) < 0.15)
        {
          medium++;
          g_assert_cmpfloat_with_epsilon (fall / (line->center.loss - bf_gradient_line_predict (line, point->step, TRUE)), 1, 0.02);
        }
    }
  if (row->exact)
    g_assert_cmpuint (small + medium, >, 8);
  tear_down (&fixture);
}

/* A linear network of one layer and the mean squared error: L is a parabola along any line, exactly. */
static void
test_parabola (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = bf_spec_new ();
  g_autoptr (BfGradientLine) line = NULL;
  double end;
  Fixture fixture;

  set_choice (&spec->data, bf_data_sources, "random-regression");
  set_choice (&spec->loss, bf_losses, "mse");
  spec->batch = 64;
  bf_spec_append (spec, "dense");
  set_up (&fixture, spec);
  line = bf_gradient_line_new (fixture.network, fixture.data, 0, 0.01, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (line->curvature, >, 0);
  for (guint i = 0; i < line->n; i++)
    {
      const BfLinePoint *point = &line->points[i];
      const double size = line->center.loss + point->step * line->squares * (1 + point->step * line->curvature);

      g_assert_cmpfloat_with_epsilon (point->loss / size, bf_gradient_line_predict (line, point->step, TRUE) / size, 1e-3);
    }
  end = 2 / line->curvature;
  g_assert_cmpfloat_with_epsilon (bf_gradient_line_find_edge (line) / end, 1, 0.02);
  /* Points are a twentieth of a decade apart. */
  g_assert_cmpfloat_with_epsilon (log10 (line->points[bf_gradient_line_find_lowest (line)].step / (end / 2)), 0, 0.03);
  g_assert_cmpfloat (line->points[0].step, <, 0.01);
  g_assert_cmpfloat (line->points[line->n - 1].step, >, 3 * end);
  tear_down (&fixture);
}

static double
get_norm (const float *values, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += (double) values[i] * values[i];
  return sqrt (sum);
}

/* Each unit's weights have the network's length; biases and norms stay. */
static void
test_filters (void)
{
  g_autoptr (BfSpec) spec = make_spec (&cases[1]);
  float *d[3];
  const BfParameter *parameters;
  guint rows = 0, still = 0;
  Fixture fixture;

  set_up (&fixture, spec);
  for (guint i = 0; i < 3; i++)
    {
      d[i] = g_new0 (float, bf_network_get_size (fixture.network));
      g_assert_true (bf_loss_plane_draw_direction (fixture.network, i % 2, i / 2, d[i], NULL, NULL));
    }
  parameters = bf_network_get_parameters (fixture.network);
  for (guint i = 0; i < bf_network_get_n_parameters (fixture.network); i++)
    {
      const BfParameter *tensor = &parameters[i];

      for (guint row = 0; row < tensor->rows; row++)
        for (guint k = 0; k < 3; k++)
          {
            const float *filter = d[k] + tensor->offset + (gsize) row * tensor->columns;

            if (g_str_equal (tensor->name, "weight"))
              {
                const double own = get_norm (tensor->value + (gsize) row * tensor->columns, tensor->columns);

                rows++;
                g_assert_cmpfloat (own, >, 0);
                g_assert_cmpfloat_with_epsilon (get_norm (filter, tensor->columns) / own, 1, 1e-5);
              }
            else
              {
                still++;
                g_assert_cmpfloat (get_norm (filter, tensor->columns), ==, 0);
              }
          }
    }
  g_assert_cmpuint (rows, >, 40);
  g_assert_cmpuint (still, >, 6);
  for (guint i = 1; i < 3; i++)
    g_assert_cmpint (memcmp (d[0], d[i], bf_network_get_size (fixture.network) * sizeof (float)), !=, 0);
  for (guint i = 0; i < 3; i++)
    g_free (d[i]);
  tear_down (&fixture);
}

static BfLossPlane *
make_plane (Fixture *fixture, guint direction)
{
  g_autoptr (GError) error = NULL;
  BfLossPlane *plane = bf_loss_plane_new (fixture->network, fixture->data, 0, 5, 1, direction, NULL, &error);

  g_assert_no_error (error);
  return plane;
}

static void
test_plane (gconstpointer data)
{
  const Case *row = data;
  g_autoptr (BfSpec) spec = make_spec (row);
  g_autoptr (BfLossPlane) plane = NULL, again = NULL, other = NULL;
  g_autoptr (BfGradientLine) line = NULL;
  double low, high;
  Fixture fixture;

  set_up (&fixture, spec);
  plane = make_plane (&fixture, 0);
  again = make_plane (&fixture, 0);
  other = make_plane (&fixture, 1);
  g_assert_cmpmem (plane->losses, 25 * sizeof (double), again->losses, 25 * sizeof (double));
  g_assert_cmpint (memcmp (plane->losses, other->losses, 25 * sizeof (double)), !=, 0);
  /* The middle is the network as it is: on the line's sample, what the line says. */
  line = bf_gradient_line_new (fixture.network, fixture.data, 0, 0.1, NULL, NULL);
  g_assert_cmpfloat (plane->center.loss, ==, line->center.loss);
  g_assert_cmpfloat (plane->losses[12], ==, other->losses[12]);
  g_assert_true (bf_loss_plane_get_range (plane, &low, &high));
  g_assert_cmpfloat (low, <, high);
  g_assert_cmpfloat (bf_loss_plane_get_place (plane, 0), ==, -1);
  g_assert_cmpfloat (bf_loss_plane_get_place (plane, 2), ==, 0);
  g_assert_cmpfloat (bf_loss_plane_get_place (plane, 4), ==, 1);
  tear_down (&fixture);
}

/* Frozen layers stay where they are. */
static void
test_frozen (void)
{
  g_autoptr (BfSpec) spec = make_spec (&cases[0]);
  g_autoptr (BfGradientLine) line = NULL, free_line = NULL;
  g_autofree float *d = NULL;
  const BfParameter *first;
  Fixture fixture;

  set_up (&fixture, spec);
  free_line = bf_gradient_line_new (fixture.network, fixture.data, 0, 0.1, NULL, NULL);
  bf_network_set_frozen (fixture.network, 0, TRUE);
  d = g_new0 (float, bf_network_get_size (fixture.network));
  g_assert_true (bf_loss_plane_draw_direction (fixture.network, 0, 0, d, NULL, NULL));
  first = bf_network_find_parameter (fixture.network, 0, "weight");
  g_assert_cmpfloat (get_norm (d + first->offset, first->rows * first->columns), ==, 0);
  line = bf_gradient_line_new (fixture.network, fixture.data, 0, 0.1, NULL, NULL);
  g_assert_cmpfloat (line->squares, >, 0);
  g_assert_cmpfloat (line->squares, <, free_line->squares);
  g_assert_cmpfloat (line->center.loss, ==, free_line->center.loss);
  tear_down (&fixture);
}

/* Weights that overflow: the plane keeps such losses; there is no way down from where the loss is none. */
static void
test_not_finite (void)
{
  g_autoptr (GError) error = NULL;
  Case row = cases[0];
  g_autoptr (BfSpec) spec = NULL;
  g_autoptr (BfLossPlane) plane = NULL;
  guint bad = 0;
  Fixture fixture;

  row.function = "linear";
  spec = make_spec (&row);
  set_up (&fixture, spec);
  for (gsize i = 0; i < bf_network_get_size (fixture.network); i++)
    bf_network_get_values (fixture.network)[i] *= 3e13f;
  plane = make_plane (&fixture, 0);
  for (guint i = 0; i < 25; i++)
    bad += !isfinite (plane->losses[i]);
  g_assert_cmpuint (bad, >, 0);
  g_assert_null (bf_gradient_line_new (fixture.network, fixture.data, 0, 0.1, NULL, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_INVALID);
  tear_down (&fixture);
}

/* All weights 0 but those of the last layer's biases: nothing moves but they; then not even these. */
static void
test_no_gradient (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BfSpec) spec = make_spec (&cases[0]);
  g_autoptr (BfGradientLine) line = NULL;
  Fixture fixture;

  set_up (&fixture, spec);
  for (guint l = 0; l < fixture.plan->n_layers; l++)
    bf_network_set_frozen (fixture.network, l, TRUE);
  line = bf_gradient_line_new (fixture.network, fixture.data, 0, 0.1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (line->squares, ==, 0);
  g_assert_cmpuint (line->n, ==, 0);
  g_assert_true (isnan (bf_gradient_line_find_edge (line)));
  tear_down (&fixture);
}

static void
test_training_keeps_its_bits (void)
{
  g_autoptr (BfSpec) spec = make_spec (&cases[3]);
  g_autoptr (BfTrainer) asked = NULL, alone = NULL;
  Fixture fixture;

  set_up (&fixture, spec);
  asked = bf_trainer_new (fixture.plan, fixture.data, 1, NULL);
  alone = bf_trainer_new (fixture.plan, fixture.data, 1, NULL);
  for (guint64 step = 0; step < 20; step++)
    {
      BfNetwork *a = bf_trainer_get_network (asked), *b = bf_trainer_get_network (alone);
      g_autoptr (BfGradientLine) line = NULL;
      g_autoptr (BfLossPlane) plane = NULL;

      memcpy (bf_network_get_values (fixture.network), bf_network_get_values (a), bf_network_get_size (a) * sizeof (float));
      line = bf_gradient_line_new (fixture.network, fixture.data, step, 0.1, NULL, NULL);
      plane = make_plane (&fixture, 0);
      bf_trainer_step (asked);
      bf_trainer_step (alone);
      g_assert_cmpmem (bf_network_get_values (a), bf_network_get_size (a) * sizeof (float),
                       bf_network_get_values (b), bf_network_get_size (b) * sizeof (float));
    }
  tear_down (&fixture);
}

typedef struct
{
  BfProgress progress;
  gulong delay;
  double fraction;   /* done when it was cancelled */
} Canceller;

/* Of the whole work: less than a pass over the samples. */
#define MOST_AFTER_CANCEL 0.01

static gpointer
cancel_later (gpointer data)
{
  Canceller *self = data;

  g_usleep (self->delay);
  self->fraction = bf_progress_get_fraction (&self->progress);
  g_cancellable_cancel (self->progress.cancellable);
  return NULL;
}

static void
cancel_after (Fixture *fixture, gulong delay)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Canceller canceller = { { cancellable, 0 }, delay, 0 };
  GThread *thread = g_thread_new ("cancel", cancel_later, &canceller);

  g_assert_null (bf_gradient_line_new (fixture->network, fixture->data, 0, 0.1, &canceller.progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_assert_cmpfloat (bf_progress_get_fraction (&canceller.progress), <=, canceller.fraction + MOST_AFTER_CANCEL);
}

/* 34 million weights, seconds a pass: while it begins, in a pass forward, and in one backward. */
static void
test_cancel (void)
{
  static const gulong delays[] = { 20000, 300000, 700000 };
  g_autoptr (BfSpec) spec = make_spec (&cases[1]);
  Fixture fixture;

  spec->batch = 400;
  for (guint b = 0; b < spec->blocks->len; b++)
    {
      BfBlock *block = spec->blocks->pdata[b];

      for (guint i = 0; i < block->layers->len; i++)
        if (bf_options_is (((BfLayer *) block->layers->pdata[i])->options, "dense"))
          g_assert_true (bf_options_set_number (((BfLayer *) block->layers->pdata[i])->options, "units", 5800, NULL));
    }
  set_up (&fixture, spec);
  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    cancel_after (&fixture, delays[i]);
  tear_down (&fixture);
}

/* It only rises, and comes to 1. */
static void
test_progress (void)
{
  g_autoptr (BfSpec) spec = make_spec (&cases[0]);
  BfProgress progress = { NULL, 0 };
  g_autoptr (BfGradientLine) line = NULL;
  g_autoptr (BfLossPlane) plane = NULL;
  Fixture fixture;

  set_up (&fixture, spec);
  line = bf_gradient_line_new (fixture.network, fixture.data, 0, 0.1, &progress, NULL);
  g_assert_cmpfloat (bf_progress_get_fraction (&progress), ==, 1);
  progress.part = 0;
  plane = bf_loss_plane_new (fixture.network, fixture.data, 0, 3, 0.5, 0, &progress, NULL);
  g_assert_cmpfloat (bf_progress_get_fraction (&progress), ==, 1);
  tear_down (&fixture);
}

/* Passes in parts are the same bits as whole ones. */
static gboolean
count (gpointer data, GError **error)
{
  ++*(guint *) data;
  return TRUE;
}

static void
test_passes_in_parts (void)
{
  g_autoptr (BfSpec) spec = make_spec (&cases[1]);
  g_autofree float *gradients = NULL;
  g_autofree guint16 *labels = NULL;
  double loss;
  guint asked = 0;
  gsize bytes;
  Fixture fixture;

  for (guint b = 0; b < spec->blocks->len; b++)
    {
      BfBlock *block = spec->blocks->pdata[b];

      for (guint i = 0; i < block->layers->len; i++)
        if (bf_options_is (((BfLayer *) block->layers->pdata[i])->options, "dense"))
          g_assert_true (bf_options_set_number (((BfLayer *) block->layers->pdata[i])->options, "units", 2600, NULL));
    }
  set_up (&fixture, spec);
  labels = g_new0 (guint16, spec->batch);
  bytes = bf_network_get_size (fixture.network) * sizeof (float);
  bf_dataset_gather (fixture.data, BF_PART_TRAIN, NULL, 0, spec->batch, bf_network_get_input (fixture.network),
                     fixture.plan->shape.inputs, labels, NULL);
  bf_network_forward (fixture.network, spec->batch, TRUE);
  loss = bf_network_loss (fixture.network, spec->batch, labels, NULL, NULL);
  bf_network_backward (fixture.network, spec->batch, FALSE);
  gradients = g_memdup2 (bf_network_get_gradients (fixture.network), bytes);
  memset (bf_network_get_gradients (fixture.network), 0, bytes);
  g_assert_true (bf_network_forward_while (fixture.network, spec->batch, TRUE, count, &asked, NULL));
  g_assert_cmpuint (asked, >, fixture.plan->n_layers);
  g_assert_cmpfloat (bf_network_loss (fixture.network, spec->batch, labels, NULL, NULL), ==, loss);
  g_assert_true (bf_network_backward_while (fixture.network, spec->batch, count, &asked, NULL));
  g_assert_cmpmem (gradients, bytes, bf_network_get_gradients (fixture.network), bytes);
  tear_down (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *slope = g_strdup_printf ("/landscape/slope/%s", cases[i].name);
      g_autofree char *plane = g_strdup_printf ("/landscape/plane/%s", cases[i].name);

      g_test_add_data_func (slope, &cases[i], test_slope);
      g_test_add_data_func (plane, &cases[i], test_plane);
    }
  g_test_add_func ("/landscape/parabola", test_parabola);
  g_test_add_func ("/landscape/filters", test_filters);
  g_test_add_func ("/landscape/frozen", test_frozen);
  g_test_add_func ("/landscape/not-finite", test_not_finite);
  g_test_add_func ("/landscape/no-gradient", test_no_gradient);
  g_test_add_func ("/landscape/training-keeps-its-bits", test_training_keeps_its_bits);
  g_test_add_func ("/landscape/progress", test_progress);
  g_test_add_func ("/landscape/passes-in-parts", test_passes_in_parts);
  g_test_add_func ("/landscape/cancel", test_cancel);
  return g_test_run ();
}
