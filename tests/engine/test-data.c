/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Backflow authors
 */
#include "data-files.h"

#include <math.h>

static BfDataset *
load (BfSpec *spec, const char *folder)
{
  g_autoptr (GError) error = NULL;
  BfDataset *dataset = bf_dataset_load (spec, folder, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (dataset);
  return dataset;
}

/* All inputs of a part, row after row. */
static float *
gather_all (const BfDataset *dataset, BfPart part)
{
  const guint n = bf_dataset_get_count (dataset, part), inputs = bf_dataset_get_shape (dataset)->inputs;
  float *x = g_new (float, (gsize) n * inputs + 1);

  bf_dataset_gather (dataset, part, NULL, 0, n, x, inputs, NULL, NULL);
  return x;
}

static char *
sample_folder (void)
{
  return g_build_filename (bf_data_dir (), "fashion-mnist-sample", NULL);
}

static void
test_data_dir (void)
{
  g_assert_true (g_file_test (bf_data_dir (), G_FILE_TEST_IS_DIR));
  g_assert_true (g_path_is_absolute (bf_data_dir ()));
}

static void
test_tables (void)
{
  g_assert_cmpstr (bf_data_sources ()[0]->id, ==, "fashion-mnist");
  for (const BfKind *const *kind = bf_data_sources (); *kind; kind++)
    {
      g_assert_cmpstr ((*kind)->name, !=, "");
      g_assert_cmpstr ((*kind)->summary, !=, "");
      g_assert_nonnull (((const BfDataSource *) *kind)->load);
      bf_options_free (bf_options_new (*kind));
    }
  for (const char *const *id = (const char *const[]) { "none", "unit", "standardized", NULL }; *id; id++)
    g_assert_nonnull (bf_kind_find (bf_scalings, *id));
}

static void
test_sample (void)
{
  static const guint wanted[BF_N_PARTS] = { 5400, 600, 1000 };
  g_autofree char *folder = sample_folder ();
  g_autoptr (BfSpec) spec = spec_of ("fashion-mnist", "unit", 0.1);
  g_autoptr (BfDataset) dataset = load (spec, folder);
  guint width, height, of_class[2][10] = { { 0 } };
  double sum = 0;

  g_assert_cmpuint (bf_dataset_get_shape (dataset)->inputs, ==, 784);
  g_assert_cmpuint (bf_dataset_get_shape (dataset)->outputs, ==, 10);
  g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, 10);
  g_assert_true (bf_dataset_get_image_size (dataset, &width, &height));
  g_assert_cmpuint (width, ==, 28);
  g_assert_cmpuint (height, ==, 28);
  g_assert_cmpstr (bf_dataset_get_class_names (dataset)[9], ==, "Ankle Boot");
  g_assert_null (bf_dataset_get_class_names (dataset)[10]);
  g_assert_true (g_str_has_prefix (bf_dataset_get_origin (dataset), "Fashion-MNIST, 6,000 training and 1,000 test images from "));
  for (BfPart part = 0; part < BF_N_PARTS; part++)
    {
      const guint n = bf_dataset_get_count (dataset, part);
      g_autofree guint16 *labels = g_new (guint16, n);
      g_autofree float *x = g_new (float, n * 784);

      g_assert_cmpuint (n, ==, wanted[part]);
      bf_dataset_gather (dataset, part, NULL, 0, n, x, 784, labels, NULL);
      for (guint i = 0; i < n; i++)
        of_class[part == BF_PART_TEST][labels[i]]++;
      for (guint i = 0; i < n * 784; i++)
        {
          g_assert_true (x[i] >= 0 && x[i] <= 1);
          sum += x[i];
        }
    }
  for (guint k = 0; k < 10; k++)
    {
      g_assert_cmpuint (of_class[0][k], ==, 600);
      g_assert_cmpuint (of_class[1][k], ==, 100);
    }
  /* The mean of all pixels of the full training set is known to be 0.2860. */
  g_assert_cmpfloat_with_epsilon (sum / (7000.0 * 784), 0.2860, 0.005);
}

/* Without a folder the source takes the full set when the system has it, else the sample. */
static void
test_fashion_origin (void)
{
  g_autoptr (BfSpec) spec = spec_of ("fashion-mnist", "unit", 0.1);
  g_autoptr (BfDataset) dataset = load (spec, NULL);

  if (g_file_test ("/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz", G_FILE_TEST_EXISTS))
    {
      g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TRAIN), ==, 54000);
      g_assert_cmpstr (bf_dataset_get_origin (dataset), ==,
                       "Fashion-MNIST, 60,000 training and 10,000 test images from /usr/share/datasets/fashion-mnist");
    }
  else
    {
      g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TRAIN), ==, 5400);
      g_assert_nonnull (strstr (bf_dataset_get_origin (dataset), "sample of 6,000"));
    }
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  const float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

/* Random regression has no two equal first inputs, so they name the samples. */
static void
test_split_disjoint_and_complete (void)
{
  g_autoptr (BfSpec) spec = spec_of ("random-regression", "none", 0.25);
  g_autoptr (BfSpec) whole_spec = spec_of ("random-regression", "none", 0);
  g_autoptr (BfDataset) dataset = load (spec, NULL);
  g_autoptr (BfDataset) whole = load (whole_spec, NULL);
  g_autofree float *train = gather_all (dataset, BF_PART_TRAIN);
  g_autofree float *validation = gather_all (dataset, BF_PART_VALIDATION);
  g_autofree float *all = gather_all (whole, BF_PART_TRAIN);
  float first[1000], wanted[1000];

  g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TRAIN), ==, 750);
  g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_VALIDATION), ==, 250);
  g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TEST), ==, 0);
  g_assert_cmpuint (bf_dataset_get_count (whole, BF_PART_TRAIN), ==, 1000);
  g_assert_cmpuint (bf_dataset_get_count (whole, BF_PART_VALIDATION), ==, 0);
  for (guint i = 0; i < 1000; i++)
    {
      first[i] = i < 750 ? train[i * 100] : validation[(i - 750) * 100];
      wanted[i] = all[i * 100];
    }
  qsort (first, 1000, sizeof (float), compare_floats);
  qsort (wanted, 1000, sizeof (float), compare_floats);
  g_assert_cmpmem (first, sizeof first, wanted, sizeof wanted);
  for (guint i = 1; i < 1000; i++)
    g_assert_cmpfloat (first[i], >, first[i - 1]);
}

static void
test_split_leaves_a_training_sample (void)
{
  g_autoptr (BfSpec) spec = spec_of ("random-regression", "none", 0.9);
  g_autoptr (BfDataset) dataset = NULL;

  g_assert_true (bf_options_set_number (spec->data, "samples", 1, NULL));
  dataset = load (spec, NULL);
  g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TRAIN), ==, 1);
  g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_VALIDATION), ==, 0);
}

/* Every generated source: the same from the same seed, another from another. */
static void
test_seed (void)
{
  static const char *const sources[] = { "blobs", "circles", "moons", "random-regression", "spiral", "xor" };

  for (guint s = 0; s < G_N_ELEMENTS (sources); s++)
    {
      g_autoptr (BfSpec) spec = spec_of (sources[s], "none", 0.1);
      g_autoptr (BfSpec) other_spec = spec_of (sources[s], "none", 0.1);
      g_autoptr (BfDataset) one = load (spec, NULL);
      g_autoptr (BfDataset) again = load (spec, NULL);
      g_autoptr (BfDataset) other = NULL;
      const gsize size = sizeof (float) * bf_dataset_get_count (one, BF_PART_TRAIN) * bf_dataset_get_shape (one)->inputs;
      g_autofree float *x = gather_all (one, BF_PART_TRAIN);
      g_autofree float *x_again = gather_all (again, BF_PART_TRAIN);
      g_autofree float *x_other = NULL;

      other_spec->seed = spec->seed + 1;
      other = load (other_spec, NULL);
      x_other = gather_all (other, BF_PART_TRAIN);
      g_assert_cmpmem (x, size, x_again, size);
      g_assert_true (memcmp (x, x_other, size) != 0);
    }
}

/* The split of files, too, comes from the seed and only from it. */
static void
test_split_seed (void)
{
  g_autofree char *folder = sample_folder ();
  guint16 *labels[3];

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (BfSpec) spec = spec_of ("fashion-mnist", i == 1 ? "none" : "unit", 0.1);
      g_autoptr (BfDataset) dataset = NULL;
      g_autofree float *x = g_new (float, 600 * 784);

      spec->seed = i == 2 ? 43 : 42;
      dataset = load (spec, folder);
      labels[i] = g_new (guint16, 600);
      bf_dataset_gather (dataset, BF_PART_VALIDATION, NULL, 0, 600, x, 784, labels[i], NULL);
    }
  g_assert_cmpmem (labels[0], 1200, labels[1], 1200);
  g_assert_true (memcmp (labels[0], labels[2], 1200) != 0);
  for (guint i = 0; i < 3; i++)
    g_free (labels[i]);
}

static void
test_random_regression (void)
{
  g_autoptr (BfSpec) spec = spec_of ("random-regression", "none", 0);
  g_autoptr (BfDataset) dataset = load (spec, NULL);
  g_autofree float *x = g_new (float, 1000 * 100);
  float targets[1000];
  double sum = 0, squares = 0;

  g_assert_cmpuint (bf_dataset_get_shape (dataset)->inputs, ==, 100);
  g_assert_cmpuint (bf_dataset_get_shape (dataset)->outputs, ==, 1);
  g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, 0);
  bf_dataset_gather (dataset, BF_PART_TRAIN, NULL, 0, 1000, x, 100, NULL, targets);
  for (guint i = 0; i < 1000 * 100; i++)
    {
      g_assert_true (x[i] >= 0 && x[i] <= 1);
      sum += x[i];
      squares += x[i] * x[i];
    }
  g_assert_cmpfloat_with_epsilon (sum / 1e5, 1 / 2.0, 0.01);
  g_assert_cmpfloat_with_epsilon (squares / 1e5, 1 / 3.0, 0.01);
  sum = 0;
  for (guint i = 0; i < 1000; i++)
    sum += targets[i];
  g_assert_cmpfloat_with_epsilon (sum / 1e3, 0.5, 0.05);
}

static void
test_toys (void)
{
  static const struct { const char *source; guint classes; } toys[] = {
    { "blobs", 3 }, { "circles", 2 }, { "moons", 2 }, { "spiral", 2 }, { "xor", 2 },
  };

  for (guint t = 0; t < G_N_ELEMENTS (toys); t++)
    {
      g_autoptr (BfSpec) spec = spec_of (toys[t].source, "none", 0.1);
      g_autoptr (BfDataset) dataset = load (spec, NULL);
      float x[200][2];
      guint16 labels[200];
      guint of_class[10] = { 0 };

      g_assert_cmpuint (bf_dataset_get_shape (dataset)->classes, ==, toys[t].classes);
      g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TRAIN), ==, 720);
      g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_VALIDATION), ==, 80);
      g_assert_cmpuint (bf_dataset_get_count (dataset, BF_PART_TEST), ==, 200);
      bf_dataset_gather (dataset, BF_PART_TEST, NULL, 0, 200, x[0], 2, labels, NULL);
      for (guint i = 0; i < 200; i++)
        {
          g_assert_true (fabsf (x[i][0]) < 2 && fabsf (x[i][1]) < 2);
          of_class[labels[i]]++;
        }
      for (guint k = 0; k < toys[t].classes; k++)
        g_assert_cmpuint (of_class[k], >=, 200 / toys[t].classes);
    }
}

/* Without noise the classes are where their names say. */
static void
test_toy_shapes (void)
{
  for (guint t = 0; t < 2; t++)
    {
      g_autoptr (BfSpec) spec = spec_of (t ? "xor" : "circles", "none", 0);
      g_autoptr (BfDataset) dataset = NULL;
      float x[800][2];
      guint16 labels[800];

      g_assert_true (bf_options_set_number (spec->data, "noise", 0, NULL));
      dataset = load (spec, NULL);
      bf_dataset_gather (dataset, BF_PART_TRAIN, NULL, 0, 800, x[0], 2, labels, NULL);
      for (guint i = 0; i < 800; i++)
        if (t == 0)
          g_assert_cmpfloat_with_epsilon (hypot (x[i][0], x[i][1]), labels[i] ? 1.0 : 0.5, 1e-6);
        else
          g_assert_cmpint (x[i][0] * x[i][1] < 0, ==, labels[i]);
    }
}

static void
test_gather_order_and_stride (void)
{
  g_autoptr (BfSpec) spec = spec_of ("random-regression", "none", 0.1);
  g_autoptr (BfDataset) dataset = NULL;
  const guint order[3] = { 5, 0, 5 };
  float all[9][4], some[3][7], targets[9], some_targets[3];

  g_assert_true (bf_options_set_number (spec->data, "samples", 10, NULL));
  g_assert_true (bf_options_set_number (spec->data, "inputs", 4, NULL));
  dataset = load (spec, NULL);
  bf_dataset_gather (dataset, BF_PART_TRAIN, NULL, 0, 9, all[0], 4, NULL, targets);
  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < 7; j++)
      some[i][j] = -7;
  bf_dataset_gather (dataset, BF_PART_TRAIN, order, 0, 3, some[0], 7, NULL, some_targets);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpmem (some[i], 16, all[order[i]], 16);
      g_assert_cmpfloat (some_targets[i], ==, targets[order[i]]);
      g_assert_cmpfloat (some[i][4], ==, -7);
    }
  bf_dataset_gather (dataset, BF_PART_TRAIN, NULL, 6, 3, some[0], 7, NULL, NULL);
  g_assert_cmpmem (some[2], 16, all[8], 16);
}

/* Over the training split: mean 0 and deviation 1, or exactly 0 … 1; over the others not. */
static void
test_scaling_from_training_split (void)
{
  for (guint s = 0; s < 2; s++)
    {
      g_autoptr (BfSpec) spec = spec_of ("random-regression", s ? "standardized" : "unit", 0.5);
      g_autoptr (BfDataset) dataset = NULL;
      g_autofree float *x = NULL;
      g_autofree float *validation = NULL;
      gboolean beyond = FALSE;

      g_assert_true (bf_options_set_number (spec->data, "samples", 100, NULL));
      dataset = load (spec, NULL);
      x = gather_all (dataset, BF_PART_TRAIN);
      validation = gather_all (dataset, BF_PART_VALIDATION);
      for (guint j = 0; j < 100; j++)
        {
          double sum = 0, squares = 0, low = INFINITY, high = -INFINITY;

          for (guint i = 0; i < 50; i++)
            {
              sum += x[i * 100 + j];
              squares += x[i * 100 + j] * x[i * 100 + j];
              low = MIN (low, x[i * 100 + j]);
              high = MAX (high, x[i * 100 + j]);
            }
          if (s == 0)
            {
              g_assert_cmpfloat_with_epsilon (low, 0, 1e-6);
              g_assert_cmpfloat_with_epsilon (high, 1, 1e-6);
            }
          else
            {
              g_assert_cmpfloat_with_epsilon (sum / 50, 0, 1e-5);
              g_assert_cmpfloat_with_epsilon (squares / 50, 1, 1e-5);
            }
          for (guint i = 0; i < 50; i++)
            beyond |= validation[i * 100 + j] < low || validation[i * 100 + j] > high;
        }
      g_assert_true (beyond);
    }
}

static void
write_tiny_set (const Fixture *self)
{
  const guint8 pixels[4 * 4] = { 7, 0, 0, 255, 7, 0, 100, 0, 7, 0, 0, 0, 7, 0, 200, 255 };
  const guint8 test_pixels[2 * 4] = { 9, 9, 9, 9, 0, 0, 0, 0 };
  const guint8 labels[4] = { 0, 1, 2, 1 };

  write_images (self, "train-images-idx3-ubyte", 4, 2, 2, pixels);
  write_labels (self, "train-labels-idx1-ubyte", 4, labels);
  write_images (self, "t10k-images-idx3-ubyte", 2, 2, 2, test_pixels);
  write_labels (self, "t10k-labels-idx1-ubyte", 2, labels);
}

static void
test_scaling_of_images (Fixture *self, gconstpointer data)
{
  static const struct { const char *scaling; float wanted[4]; } cases[] = {
    { "none", { 7, 0, 100, 0 } },
    { "unit", { 7 / 255.0f, 0, 100 / 255.0f, 0 } },
    /* Third pixel: 0, 100, 0, 200 has mean 75 and deviation √6875; the fourth 127.5 and 127.5. */
    { "standardized", { 0, 0, 25 / 82.9156198f, -1 } },
  };

  write_tiny_set (self);
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autoptr (BfSpec) spec = spec_of ("idx", cases[c].scaling, 0);
      g_autoptr (BfDataset) dataset = load (spec, self->dir);
      float x[4];

      bf_dataset_gather (dataset, BF_PART_TRAIN, NULL, 1, 1, x, 4, NULL, NULL);
      for (guint j = 0; j < 4; j++)
        g_assert_cmpfloat_with_epsilon (x[j], cases[c].wanted[j], 1e-6);
      if (!g_str_equal (cases[c].scaling, "standardized"))
        continue;
      /* Constant in training: 0 everywhere, also where the test samples differ. */
      bf_dataset_gather (dataset, BF_PART_TEST, NULL, 0, 1, x, 4, NULL, NULL);
      g_assert_cmpfloat (x[0], ==, 0);
      g_assert_cmpfloat (x[1], ==, 0);
      g_assert_true (isfinite (x[2]) && isfinite (x[3]));
    }
}

static void
test_cancelled (void)
{
  g_autofree char *folder = sample_folder ();
  g_autoptr (BfSpec) spec = spec_of ("fashion-mnist", "unit", 0.1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (bf_dataset_load (spec, folder, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_too_large (void)
{
  g_autoptr (BfSpec) spec = spec_of ("random-regression", "none", 0);
  g_autoptr (GError) error = NULL;

  g_assert_true (bf_options_set_number (spec->data, "samples", 1000000, NULL));
  g_assert_true (bf_options_set_number (spec->data, "inputs", 65536, NULL));
  g_assert_null (bf_dataset_load (spec, NULL, NULL, &error));
  g_assert_error (error, BF_ERROR, BF_ERROR_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data/folder", test_data_dir);
  g_test_add_func ("/data/tables", test_tables);
  g_test_add_func ("/data/fashion-mnist/sample", test_sample);
  g_test_add_func ("/data/fashion-mnist/origin", test_fashion_origin);
  g_test_add_func ("/data/split/disjoint-and-complete", test_split_disjoint_and_complete);
  g_test_add_func ("/data/split/leaves-a-training-sample", test_split_leaves_a_training_sample);
  g_test_add_func ("/data/split/seed", test_split_seed);
  g_test_add_func ("/data/seed", test_seed);
  g_test_add_func ("/data/random-regression", test_random_regression);
  g_test_add_func ("/data/toys/parts", test_toys);
  g_test_add_func ("/data/toys/shapes", test_toy_shapes);
  g_test_add_func ("/data/gather/order-and-stride", test_gather_order_and_stride);
  g_test_add_func ("/data/scaling/training-split", test_scaling_from_training_split);
  g_test_add ("/data/scaling/images", Fixture, NULL, set_up, test_scaling_of_images, tear_down);
  g_test_add_func ("/data/cancelled", test_cancelled);
  g_test_add_func ("/data/too-large", test_too_large);
  return g_test_run ();
}
